"""What holds for every test: no screen, no network, no file of the user's."""

import gc
import importlib
import os
import shutil
import socket
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings
from tests import box_font
from tests.network_ban import forbid_internet

from annotator.files import open_projects

ROOT = Path(__file__).resolve().parent.parent

# Tests write projects, and SQLite waits for the disk after each change; memory is quicker. What failed tests leave must
# find room, and the library that injects faults must be allowed to run from there.
MEMORY = Path("/dev/shm")
if "TMPDIR" not in os.environ and MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
    room = os.statvfs(MEMORY)
    if room.f_bavail * room.f_frsize >= 2**30 and not room.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# Where bytecode is not kept, every process that a test starts compiles the whole package, which takes a second or two.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Before anything imports Qt or asks where settings are kept. Child processes inherit it.
if "ANNOTATOR_TEST_HEADED" not in os.environ:
    # The default screen of this platform is 800 x 800 pixels, smaller than that of any desktop.
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={Path(__file__).with_name('screen.json')}"
SESSION_HOME = Path(tempfile.mkdtemp(prefix="annotator-tests-"))
for variable, folder in {
    "ANNOTATOR_HOME": "annotator",
    "HOME": "home",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_CONFIG_HOME": "home/.config",
    "XDG_DATA_HOME": "home/.local/share",
    "XDG_STATE_HOME": "home/.local/state",
}.items():
    (SESSION_HOME / folder).mkdir(parents=True, exist_ok=True)
    os.environ[variable] = str(SESSION_HOME / folder)

FONTS = os.environ.get("ANNOTATOR_TEST_FONTS", "small")
"""A set of ``box_font``, or "system" for the fonts of this machine. Systems without fontconfig use theirs anyway."""
if FONTS != "system":
    font_folder = SESSION_HOME / "fonts"
    font_folder.mkdir()
    (font_folder / "boxes.ttf").write_bytes(box_font.build(box_font.SETS[FONTS]))
    (font_folder / "fonts.conf").write_text(
        f"<?xml version='1.0'?><fontconfig><dir>{font_folder}</dir><cachedir>{font_folder}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    os.environ["FONTCONFIG_FILE"] = str(font_folder / "fonts.conf")

WITHOUT_BAN = forbid_internet()
"""Empty where the kernel refuses internet sockets to all tests, to Qt in them and to what they start; else why not."""

if not WITHOUT_BAN:
    # On its import urllib3, which spaCy brings along, tries whether there is IPv6 by a socket to this machine.
    socket.has_ipv6 = False

# A slow moment of a shared machine is no failure; on CI the same examples are tried each time.
settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Load the test modules from the last to the first in every other process that runs the whole suite.

    When a module is loaded for the first time its assertions are rewritten, which takes longer than all else before
    the first test. Processes that come from both ends share that work by the bytecode that they keep.
    """
    is_odd = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 2 == 1
    gc.disable()
    try:
        if is_odd and session.config.args_source is pytest.Config.ArgsSource.TESTPATHS:
            for path in sorted((ROOT / "tests").rglob("test_*.py"), reverse=True):
                # What cannot be loaded, or is skipped, is told when it is collected.
                with suppress(Exception, pytest.skip.Exception):
                    importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        return (yield)
    finally:
        gc.enable()


def pytest_unconfigure() -> None:
    # Without a screen Qt holds on to what was copied until Python, whose object it may be, has gone.
    if (gui := sys.modules.get("PySide6.QtGui")) is not None and gui.QGuiApplication.instance() is not None:
        gui.QGuiApplication.clipboard().clear()
        # Where nothing was painted Qt reads the fonts only as it ends, and complains that their folder is gone.
        gui.QFontDatabase.families()
    shutil.rmtree(SESSION_HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_collection_within_qt(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep Python from collecting cyclic garbage in the midst of a call of Qt, as the program itself does.

    It would delete the widgets of an earlier test while Qt goes through all widgets, or within a lock that it needs.
    """
    if not {"qapp", "qtbot"}.intersection(request.fixturenames):
        yield
        return
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root for settings, logs and cache that no other test has seen."""
    home = tmp_path_factory.mktemp("annotator")
    monkeypatch.setenv("ANNOTATOR_HOME", str(home))
    return home


class NetworkUsed(Exception):
    """Code under test tried to leave this machine."""


def is_local(address: Any) -> bool:
    """Whether a socket address stays on this machine. A path or bytes is a Unix socket."""
    host = address[0] if isinstance(address, tuple) else None
    return host is None or host in {"localhost", "::1"} or str(host).startswith("127.")


@pytest.fixture(autouse=True)
def network_attempts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The addresses that were asked for. Each raises, and fails the test even where the code swallows that."""
    attempts: list[Any] = []

    def refuse(address: Any) -> NoReturn:
        attempts.append(address)
        raise NetworkUsed(f"{address!r}: Annotator opens no network connection.")

    def guard(name: str) -> None:
        original = getattr(socket.socket, name)

        def guarded(self: socket.socket, *arguments: Any) -> Any:
            # sendto(data, [flags,] address); the others have the address alone.
            return original(self, *arguments) if is_local(arguments[-1]) else refuse(arguments[-1])

        monkeypatch.setattr(socket.socket, name, guarded)

    make = socket.socket.__init__

    def guarded_make(self: socket.socket, *arguments: Any, **options: Any) -> None:
        try:
            make(self, *arguments, **options)
        except PermissionError:
            attempts.append("an internet socket")
            raise

    monkeypatch.setattr(socket.socket, "__init__", guarded_make)
    for name in ("connect", "connect_ex", "sendto"):
        guard(name)
    look_up = socket.getaddrinfo

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        return look_up(host, *arguments, **options) if is_local((host,)) else refuse(host)

    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)
    yield attempts
    assert not attempts, f"The network was asked for: {attempts}"


_opened_projects: list[str] = []
"""Where Python code opened a project file that was open, or a file beside it, since the test began."""

_looking = threading.local()


def _note_opened_project(event: str, arguments: tuple[Any, ...]) -> None:
    # SQLite opens its files by itself, which raises no such event; only what Python code opens does.
    if event != "open" or not open_projects._files or getattr(_looking, "own", False):
        return
    path, _mode, flags = arguments
    if not isinstance(path, str | bytes | os.PathLike) or (flags or 0) & getattr(os, "O_PATH", 0):
        return
    _looking.own = True
    try:
        if open_projects.is_open(os.fsdecode(path)) and not _is_by_a_test():
            _opened_projects.append("".join(traceback.format_stack(limit=12)))
    finally:
        _looking.own = False


def _is_by_a_test() -> bool:
    """Whether the innermost code that is ours is a test's: that may copy a project as another process would."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(str(ROOT)) and "site-packages" not in name and Path(name) != Path(__file__):
            # That module is the one that may, because it puts off the closing.
            return name.startswith(str(ROOT / "tests")) or name == open_projects.__file__
        frame = frame.f_back
    return False


sys.addaudithook(_note_opened_project)


@pytest.fixture(autouse=True)
def no_open_project_is_opened() -> Iterator[None]:
    """Fail a test in which our code opens a project that is open beside SQLite: on POSIX that drops SQLite's locks."""
    _opened_projects.clear()
    yield
    found, _opened_projects[:] = list(_opened_projects), []
    assert not found, f"A project that was open was opened beside SQLite:\n{found[0]}"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder ``shared`` beside the checkout: real articles, corpora and files of other tools."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("There is no folder 'shared' beside the checkout.")
    return folder
