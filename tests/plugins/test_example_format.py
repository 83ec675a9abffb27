"""The example of docs/plugins.md: it is installed as any package is, found by its entry point, and round-trips."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.services.sample_project import make_sample

EXAMPLE = Path(__file__).resolve().parent / "example_format"
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "plugins.md"
TEXT = """=== Fire in the port
Fire in the port
The ministry said that [[official statement|twelve people died]]. It [[speculation|may have been gas]].

=== A quiet day
Nothing happened.
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plug-in as pip installs it, without a network."""
    folder = tmp_path_factory.mktemp("plugin")
    shutil.copytree(EXAMPLE, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    options = ("--no-index", "--no-deps", "--no-build-isolation", "--target", str(folder / "installed"))
    subprocess.run([*pip, *options, str(folder / "source")], check=True, capture_output=True)
    return folder / "installed"


def run(installed: Path, folder: Path, *arguments: str) -> str:
    """The answer of a command in ``folder``, in a process that has the plug-in."""
    command = [sys.executable, "-m", "annotator.main", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_an_installed_plug_in_reads_what_it_writes(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "articles.bracketed").write_text(TEXT, encoding="utf-8")
    assert "Bracketed text" in run(installed, tmp_path, "formats")
    run(installed, tmp_path, "new", "case.anno", "--annotator", "ada")
    run(installed, tmp_path, "import", "case.anno", "articles.bracketed")
    run(installed, tmp_path, "export", "case.anno", "again.bracketed", "--format", "bracketed")
    assert (tmp_path / "again.bracketed").read_text(encoding="utf-8") == TEXT


def test_losses_are_reported(installed: Path, tmp_path: Path) -> None:
    make_sample(tmp_path / "sample.anno").close()
    answer = run(installed, tmp_path, "export", "sample.anno", "all.bracketed", "--format", "bracketed")
    for loss in ("because they have gaps", "without notes"):
        assert loss in answer


def test_the_guide_shows_the_example_as_it_is() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for name in ("pyproject.toml", "bracketed_format.py"):
        assert (EXAMPLE / name).read_text(encoding="utf-8") in guide, f"docs/plugins.md shows another {name}."
