"""The first thing that a new user runs: packaging/bootstrap.py."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "packaging" / "bootstrap.py"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing to install but one package that is nowhere."""
    (tmp_path / "packaging").mkdir()
    shutil.copy(SCRIPT, tmp_path / "packaging")
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    (tmp_path / "requirements.lock").write_text(f"annotator-nowhere==1 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def bootstrap(checkout: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", checkout / "packaging" / "bootstrap.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def start(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.run(
        [sys.executable, str(checkout / "packaging" / "bootstrap.py"), *arguments],
        env={**kept, "PIP_CONFIG_FILE": os.devnull, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def stamp_as_done(bootstrap: ModuleType, **changes: object) -> None:
    python: Path = bootstrap.VENV_PYTHON
    python.parent.mkdir(parents=True, exist_ok=True)
    python.touch()
    bootstrap.write_stamp({"key": bootstrap.key(), "root": str(bootstrap.ROOT), "qt": ["offscreen", "xcb"], **changes})


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (2, 7)])
def test_a_python_out_of_range_is_refused_in_one_sentence(bootstrap: ModuleType, version: tuple[int, int]) -> None:
    with pytest.raises(bootstrap.Refused) as refusal:
        bootstrap.check_python(version)
    assert f"is {version[0]}.{version[1]}: install one of these" in str(refusal.value)


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_a_python_in_range_is_taken(bootstrap: ModuleType, version: tuple[int, int]) -> None:
    bootstrap.check_python(version)


def test_a_python_built_without_sqlite_is_refused(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "sqlite3" else find(name))
    with pytest.raises(bootstrap.Refused, match="was built without sqlite3"):
        bootstrap.check_python()


def test_a_finished_venv_is_left_alone_in_silence(checkout: Path, bootstrap: ModuleType) -> None:
    stamp_as_done(bootstrap)
    before = bootstrap.STAMP.stat().st_mtime_ns
    answer = start(checkout, "--window", DISPLAY=":0")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert bootstrap.STAMP.stat().st_mtime_ns == before


def test_wrong_usage_is_said(checkout: Path) -> None:
    answer = start(checkout, "--windows")
    usage = "Usage: python packaging/bootstrap.py [--window] [--readers] [--docs]\n"
    assert (answer.returncode, answer.stderr) == (2, usage)


@pytest.mark.parametrize("file", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_is_installed_anew(checkout: Path, bootstrap: ModuleType, file: str) -> None:
    before = bootstrap.key()
    with (checkout / file).open("a", encoding="utf-8") as changed:
        changed.write("# changed\n")
    assert bootstrap.key() != before


@pytest.mark.parametrize("stamp", ["", "[]", "{", "null", '{"key": 1}'])
def test_a_broken_stamp_is_no_stamp(bootstrap: ModuleType, stamp: str) -> None:
    stamp_as_done(bootstrap)
    bootstrap.STAMP.write_text(stamp, encoding="utf-8")
    assert bootstrap.read_stamp().get("key") != bootstrap.key()


@pytest.mark.parametrize(
    ("changes", "anew"),
    [
        pytest.param({"key": None}, True, id="cut off"),
        pytest.param({"key": "older"}, False, id="older lock"),
        pytest.param({"key": "older", "root": "elsewhere"}, True, id="moved"),
    ],
)
def test_venv_is_made_anew_only_where_it_cannot_be_trusted(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], anew: bool
) -> None:
    steps: list[str] = []
    stamp_as_done(bootstrap, **changes)
    monkeypatch.setattr(bootstrap, "venv_works", lambda environment: True)
    monkeypatch.setattr(bootstrap, "make_venv", lambda environment: steps.append("venv"))
    monkeypatch.setattr(bootstrap, "pip_install", lambda environment, *arguments: steps.append(arguments[0]))
    monkeypatch.setattr(bootstrap, "say", lambda step: None)
    bootstrap.install(bootstrap.OWN)
    assert steps == ["venv"] * anew + ["--only-binary=:all:", "--no-deps"]
    assert json.loads(bootstrap.STAMP.read_text(encoding="utf-8"))["key"] == bootstrap.key()


def test_what_has_to_be_built_is_installed_last_and_alone(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, str]] = []

    def pip_install(environment: object, *arguments: str) -> None:
        calls.append((arguments[0], Path(arguments[-1]).read_text(encoding="utf-8")))

    bootstrap.READERS.folder.mkdir()
    bootstrap.READERS.lock.write_text("a==1 \\\n    --hash=x\n    # via seqeval\nseqeval==1 \\\n    --hash=y\nz==1\n")
    monkeypatch.setattr(bootstrap, "venv_works", lambda environment: True)
    monkeypatch.setattr(bootstrap, "pip_install", pip_install)
    monkeypatch.setattr(bootstrap, "say", lambda step: None)
    assert not bootstrap.is_ready(bootstrap.READERS)
    bootstrap.install(bootstrap.READERS)
    assert calls == [
        ("--only-binary=:all:", "a==1 \\\n    --hash=x\n    # via seqeval\nz==1\n"),
        ("--no-build-isolation", "seqeval==1 \\\n    --hash=y\n"),
    ]
    bootstrap.READERS.python.parent.mkdir()
    bootstrap.READERS.python.touch()
    assert bootstrap.is_ready(bootstrap.READERS)


@pytest.mark.parametrize("ci", [True, False])
def test_only_ci_insists_on_the_other_programs(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: bool
) -> None:
    def refuse(environment: object) -> None:
        raise bootstrap.Refused("There is no network.")

    monkeypatch.setattr(bootstrap, "install", refuse)
    monkeypatch.setenv("CI", "true" if ci else "")
    if ci:
        with pytest.raises(bootstrap.Refused):
            bootstrap.install_readers()
    else:
        bootstrap.install_readers()
        assert "no network. Until then the tests leave out the checks by other programs." in capsys.readouterr().err


def test_without_a_network_one_sentence_says_so_and_the_next_run_begins_anew(
    checkout: Path, bootstrap: ModuleType
) -> None:
    """The real thing: a new .venv, a real pip, and an index that does not answer."""
    answer = start(checkout, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="1")
    assert answer.returncode == 1
    assert re.fullmatch(r"Making \.venv with Python 3\.\d+\.\S+ \.\.\.\nInstalling the packages .*\n", answer.stdout)
    assert answer.stderr == (
        "The packages could not be downloaded: the package index cannot be reached. "
        "Check the network (or the proxy) and run the same command again.\n"
    )
    assert bootstrap.venv_works()
    assert bootstrap.read_stamp() == {"key": None}


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES\n    typer==1 from http://a/b.whl (from -r x)",
            "for typer==1 is",
        ),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: No matching distribution found for blis==1.3.4", "There is no blis==1.3.4 for this system"),
        (
            "(from versions: none)\nERROR: No matching distribution found for a==1",
            "The package index gave nothing for a==1",
        ),
        ("WARNING: Retrying\nsocket.gaierror: Temporary failure in name resolution", "cannot be reached"),
        ("one\nERROR: something new\nnotice: two", "pip could not install the packages: ERROR: something new"),
        ("", "it gave no reason."),
    ],
)
def test_what_pip_says_becomes_one_sentence(bootstrap: ModuleType, output: str, sentence: str) -> None:
    said = bootstrap.why_pip_failed(output)
    assert sentence in said
    assert "\n" not in said


def test_why_an_index_was_skipped_is_found_in_the_log_of_pip(bootstrap: ModuleType) -> None:
    output = "(from versions: 0.1)\nERROR: No matching distribution found for a==1"
    skipped = "2024-01-01T00:00:00,000 Could not fetch URL https://index.invalid/a/: "
    untrusted = "There was a problem confirming the ssl certificate: self-signed certificate - skipping"
    assert "There is no a==1 for this system" in bootstrap.why_pip_failed(output, skipped + "404 Client Error")
    assert "cannot be reached" in bootstrap.why_pip_failed(output, skipped + "connection error: what - skipping")
    assert "is not trusted here" in bootstrap.why_pip_failed(output, skipped + untrusted)


@pytest.mark.parametrize(
    ("family", "command"),
    [
        ("apt", "sudo apt-get install libgl1 libegl1"),
        ("dnf", "sudo dnf install libglvnd-glx libglvnd-egl"),
        ("pacman", "sudo pacman -S libglvnd"),
    ],
)
def test_missing_libraries_are_named_with_the_command(bootstrap: ModuleType, family: str, command: str) -> None:
    missing = [library for library in bootstrap.OFFSCREEN_LIBRARIES if "GL.so" in library.soname]
    said = bootstrap.missing_libraries(missing, family)
    assert (
        said
        == f"Qt needs system libraries that are missing here: libGL.so.1, libEGL.so.1. Install them with: {command}"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux leaves libraries of Qt to the system.")
@pytest.mark.parametrize("root", [True, False])
def test_missing_libraries_are_installed_by_root_and_named_to_others(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, root: bool
) -> None:
    installed: list[str] = []

    def probe(qt: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 0 if installed else 1, "", "ImportError: libGL.so.1: cannot open")

    stamp_as_done(bootstrap, qt=[])
    monkeypatch.setattr(bootstrap, "probe", probe)
    monkeypatch.setattr(bootstrap, "loads", lambda soname: soname != "libGL.so.1")
    monkeypatch.setattr(bootstrap, "is_root", lambda: root)
    monkeypatch.setattr(bootstrap, "apt_install", installed.extend)
    monkeypatch.setattr(shutil, "which", lambda name: name if name == "apt-get" else None)
    if root:
        bootstrap.check_qt(bootstrap.OFFSCREEN)
        assert installed == ["libgl1"]
        assert bootstrap.read_stamp()["qt"] == ["offscreen"]
    else:
        with pytest.raises(bootstrap.Refused, match=r"libGL\.so\.1\. Install them with: sudo apt-get install libgl1$"):
            bootstrap.check_qt(bootstrap.OFFSCREEN)
        assert bootstrap.read_stamp()["qt"] == []


def test_the_probe_tells_a_library_that_is_there_from_one_that_is_not(bootstrap: ModuleType) -> None:
    assert not bootstrap.loads("libannotator-nowhere.so.9")
    if sys.platform == "linux":
        assert bootstrap.loads("libc.so.6")


@pytest.mark.parametrize(
    ("display", "qt_platform", "x11"), [(":0", None, True), (None, None, False), (":0", "offscreen", False)]
)
def test_xcb_is_tried_only_where_a_window_opens_on_x11(
    bootstrap: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    display: str | None,
    qt_platform: str | None,
    x11: bool,
) -> None:
    for name, value in {"DISPLAY": display, "QT_QPA_PLATFORM": qt_platform}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert bootstrap.opens_on_x11() is (x11 and sys.platform == "linux")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-readers.lock"])
def test_the_locks_name_versions_and_hashes_and_no_addresses(lock: str) -> None:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "://" in line or line.startswith("-")] == []
    pinned = [line for line in lines if re.match(r"[a-z0-9]", line)]
    assert len(pinned) > 50
    assert all(re.match(r"[a-z0-9-]+==\S+ (; .* )?\\$", line) for line in pinned)
