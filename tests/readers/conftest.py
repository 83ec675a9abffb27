"""Other people's programs read what was exported; each is asked in a process of its own, and says what it saw in JSON.

They live in ``.venv-readers``, which ``make test`` makes; spaCy, which Annotator brings itself, in ``.venv``. The small
programs that ask them are in ``programs``.
"""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.formats.test_round_trips import annotate_hard, annotate_plainly

import annotator
from annotator.services.exports import exporting
from annotator.services.exports.exporting import ExportReport

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(__file__).parent / "programs"

Ask = Callable[..., Any]
"""Runs a program of ``programs`` with the arguments given, and returns what it printed."""


def run(python: Path, home: Path, program: str, *arguments: str | Path) -> Any:
    """What a program prints, without a network and without leave to write into anybody's home."""
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    caches = {"HF_HOME": str(home), "XDG_CACHE_HOME": str(home), "MPLCONFIGDIR": str(home)}
    answer = subprocess.run(
        [python, "-I", "-W", "ignore", PROGRAMS / "offline.py", PROGRAMS / f"{program}.py", *arguments],
        env={**os.environ, **offline, **caches, "PYTHONUTF8": "1"},
        cwd=home,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-4000:]
    return json.loads(answer.stdout)


@pytest.fixture(scope="session")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Asks a program that lives in ``.venv-readers``; skips where that is not there, but not on CI."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "packaging" / "bootstrap.py")
    assert spec is not None and spec.loader is not None
    bootstrap = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bootstrap)
    if not bootstrap.is_ready(bootstrap.READERS):
        reason = "The other programs are not there, or not those of requirements-readers.lock: run make test once."
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    home = tmp_path_factory.mktemp("readers")
    return lambda program, *arguments: run(bootstrap.READERS.python, home, program, *arguments)


@pytest.fixture(scope="session")
def ask_spacy(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Asks spaCy, which is beside Annotator."""
    home = tmp_path_factory.mktemp("spacy")
    return lambda program, *arguments: run(Path(sys.executable), home, program, *arguments)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[annotator.Project]:
    """Emoji, Arabic and Chinese, relations and all grades; no overlaps, no fragments. Nobody changes it."""
    with annotator.create(tmp_path_factory.mktemp("plain") / "a.anno", annotator="ada", title="The harbour") as project:
        annotate_plainly(project)
        yield project


@pytest.fixture(scope="session")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[annotator.Project]:
    """Overlaps, fragments and edges inside words. Nobody changes it."""
    with annotator.create(tmp_path_factory.mktemp("hard") / "a.anno", annotator="ada", title="The harbour") as project:
        annotate_hard(project)
        yield project


@pytest.fixture
def exported(tmp_path: Path) -> Callable[..., Path]:
    """Exports a project: ``exported(project, "brat", "corpus", options={...})`` gives the path that was written."""

    def write(project: annotator.Project, format: str, name: str, **options: Any) -> Path:
        report: ExportReport = exporting.export(project._stored, tmp_path / name, format, **options)
        assert report.written
        return tmp_path / name

    return write
