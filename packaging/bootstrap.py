"""Make ``.venv`` with the locked versions, install Annotator into it and check that Qt can start.

``make`` runs it; by hand: ``python packaging/bootstrap.py``, with ``--window`` where a window is to be opened, with
``--readers`` where the tests use independent programs, which are installed into ``.venv-readers``. With ``--docs`` it
makes only ``.venv-docs``, which builds the documentation. It needs Python 3.11, 3.12 or 3.13 and nothing else. It
prints a line for each step, prints nothing where nothing is to be done, and fails with one plain sentence.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "pyproject.toml"

OLDEST, NEWEST = (3, 11), (3, 13)
NEEDED_MODULES = ("ctypes", "sqlite3", "ssl", "venv", "zlib")
"""Parts of the standard library that a Python built without the right headers lacks."""


class Refused(Exception):
    """An installation that cannot continue. ``str(refusal)`` is one plain sentence: what failed, and what to do."""


class Environment(NamedTuple):
    """A virtual environment: its folder, and the lock file with the packages that it has.

    ``from_source``: packages that are published as source only; they are pure Python, and are built with packages of
    the lock. ``holds_project``: Annotator itself is installed there too.
    """

    folder: Path
    lock: Path
    from_source: tuple[str, ...] = ()
    holds_project: bool = False

    @property
    def python(self) -> Path:
        """The Python interpreter of the environment."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        """The record of what is installed (``key``; null during an installation) and of the Qt platforms that work."""
        return self.folder / "bootstrap.json"

    @property
    def pip_log(self) -> Path:
        """The log of the last run of pip."""
        return self.folder / "pip.log"


OWN = Environment(ROOT / ".venv", ROOT / "requirements.lock", holds_project=True)
READERS = Environment(ROOT / ".venv-readers", ROOT / "requirements-readers.lock", ("cpe", "seqeval"))
DOCS = Environment(ROOT / ".venv-docs", ROOT / "requirements-docs.lock")

VENV_PYTHON = OWN.python
STAMP = OWN.stamp


class Library(NamedTuple):
    """A system library that Qt loads, and the package that contains it on each family of Linux."""

    soname: str
    apt: str
    dnf: str
    pacman: str


OFFSCREEN_LIBRARIES = (
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Library("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    Library("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    Library("libfreetype.so.6", "libfreetype6", "freetype", "freetype2"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
)
XCB_LIBRARIES = (
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
)
INSTALL_COMMANDS = {
    "apt": ("apt-get", "install"),
    "dnf": ("dnf", "install"),
    "pacman": ("pacman", "-S"),
}


class QtPlatform(NamedTuple):
    """A platform plugin of Qt: the program that tests it, and the system libraries that it needs on Linux."""

    name: str
    probe: str
    libraries: tuple[Library, ...]


OFFSCREEN = QtPlatform(
    "offscreen",
    "from PySide6.QtWidgets import QApplication; QApplication([])",
    OFFSCREEN_LIBRARIES,
)
# Loading the plugin shows what is missing without a connection to the display.
XCB = QtPlatform(
    "xcb",
    "import ctypes; from PySide6.QtCore import QLibraryInfo as I; import PySide6.QtGui; "
    "ctypes.CDLL(I.path(I.LibraryPath.PluginsPath) + '/platforms/libqxcb.so')",
    OFFSCREEN_LIBRARIES + XCB_LIBRARIES,
)


def main(arguments: list[str]) -> int:
    """Do what is still to be done; return the exit code: 0 done, 1 refused, 2 wrong usage, 130 interrupted."""
    if set(arguments) - {"--window", "--readers", "--docs"}:
        print("Usage: python packaging/bootstrap.py [--window] [--readers] [--docs]", file=sys.stderr)
        return 2
    try:
        check_python()
        if "--docs" in arguments:
            install(DOCS)
            return 0
        install(OWN)
        if "--window" in arguments and opens_on_x11():
            check_qt(XCB)  # First: it needs all the libraries, so that one message names them.
        check_qt(OFFSCREEN)
        if "--readers" in arguments:
            install_readers()
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or OWN.folder}: {error.strerror or error}. Nothing was started.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


def say(step: str) -> None:
    """Print the step that begins, without delay even where the output is a pipe."""
    print(step, flush=True)


def check_python(version: tuple[int, int] = sys.version_info[:2]) -> None:
    """Raise Refused where this Python is out of range or was built without a part that is needed."""
    if not OLDEST <= version <= NEWEST:
        raise Refused(
            f"Annotator needs Python 3.11, 3.12 or 3.13, and {sys.executable} is {version[0]}.{version[1]}: "
            "install one of these, or name it: make run PYTHON=/path/to/python3."
        )
    lacking = [name for name in NEEDED_MODULES if importlib.util.find_spec(name) is None]
    if lacking:
        raise Refused(
            f"The Python at {sys.executable} was built without {' and '.join(lacking)}: "
            "use another one: make run PYTHON=/path/to/python3."
        )


def install(environment: Environment) -> None:
    """Install the locked versions into ``environment``, unless they are installed already. Raise Refused."""
    if is_ready(environment):
        return
    stamp = read_stamp(environment)
    wanted = key(environment)
    # A null key is an installation that was interrupted: pip takes an incomplete package for a complete one.
    cut_off = "key" in stamp and stamp["key"] is None
    if cut_off or stamp.get("root", str(ROOT)) != str(ROOT) or not venv_works(environment):
        make_venv(environment)
    write_stamp({"key": None}, environment)
    say(f"Installing the packages of {environment.lock.name} (a minute or two the first time) ...")
    install_lock(environment)
    if environment.holds_project:
        say("Installing Annotator ...")
        pip_install(environment, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    write_stamp({"key": wanted, "root": str(ROOT), "qt": []}, environment)


def install_readers() -> None:
    """Install the locked versions into ``.venv-readers``. Raise Refused only in CI: elsewhere its tests are skipped."""
    try:
        install(READERS)
    except Refused as refusal:
        if os.environ.get("CI"):
            raise
        print(f"{refusal} Until then the tests leave out the checks by other programs.", file=sys.stderr)


def install_lock(environment: Environment) -> None:
    """Install the packages of the lock: first those that are built, then those that must be built. Raise Refused."""
    pinned = ("--require-hashes", "--no-deps", "--requirement")
    if not environment.from_source:
        pip_install(environment, "--only-binary=:all:", *pinned, str(environment.lock))
        return
    built, source = parts(environment.lock.read_text(encoding="utf-8"), environment.from_source)
    for text, name, how in (
        (built, "built.txt", ("--only-binary=:all:",)),
        (source, "source.txt", ("--no-build-isolation", "--use-pep517")),
    ):
        part = environment.folder / name
        part.write_text(text, encoding="utf-8")
        pip_install(environment, *how, *pinned, str(part))


def parts(lock: str, names: tuple[str, ...]) -> tuple[str, str]:
    """Return the entries of a lock without those of ``names``, and those of ``names``."""
    entries = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)
    chosen = [entry for entry in entries if entry.partition("==")[0] in names]
    return "".join(entry for entry in entries if entry not in chosen), "".join(chosen)


def key(environment: Environment = OWN) -> str:
    """Return one checksum of everything that an installed environment depends on."""
    files = (environment.lock, PROJECT) if environment.holds_project else (environment.lock,)
    facts = [file.read_bytes() for file in files] + [repr(sys.version_info[:2]).encode(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(hashlib.sha256(fact).digest() for fact in facts)).hexdigest()


def read_stamp(environment: Environment = OWN) -> dict[str, Any]:
    """Return what the last run recorded; empty where there was none or it cannot be read."""
    try:
        stamp = json.loads(environment.stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(stamp: dict[str, Any], environment: Environment = OWN) -> None:
    """Record ``stamp`` for the next run."""
    environment.stamp.write_text(json.dumps(stamp), encoding="utf-8")


def is_ready(environment: Environment) -> bool:
    """Return whether ``environment`` exists and has the versions of its lock."""
    return environment.python.exists() and read_stamp(environment).get("key") == key(environment)


def venv_works(environment: Environment = OWN) -> bool:
    """Return whether ``environment`` runs, has pip, and is of the same Python version as this one."""
    try:
        answer = run(environment.python, "-I", "-c", "import pip, sys; print(*sys.version_info[:2])")
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def make_venv(environment: Environment) -> None:
    """Make a new, empty ``environment``. Raise Refused."""
    provide_ensurepip()
    say(f"Making {environment.folder.name} with Python {platform.python_version()} ...")
    # The base Python: where the environment's own runs this, it is about to be replaced.
    base = getattr(sys, "_base_executable", "") or sys.executable
    if environment.folder.exists():
        shutil.rmtree(environment.folder)
    answer = run(base, "-I", "-m", "venv", str(environment.folder))
    if answer.returncode != 0:
        raise Refused(f"Could not make {environment.folder.name}: {last_line(answer.stdout + answer.stderr)}")


def provide_ensurepip() -> None:
    """Install ensurepip, which Debian has in a separate package, as root; otherwise raise Refused, which names it."""
    if importlib.util.find_spec("ensurepip") is not None:
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if shutil.which("apt-get") is None:
        raise Refused(
            f"The Python at {sys.executable} has no ensurepip, which makes .venv: install your system's package for it."
        )
    if not is_root():
        raise Refused(f"Python's venv module is not whole here. Install it with: sudo apt-get install {package}")
    apt_install([package])
    importlib.invalidate_caches()
    if importlib.util.find_spec("ensurepip") is None:
        raise Refused(f"{package} is installed, but {sys.executable} still has no ensurepip: use Debian's own Python.")


def pip_install(environment: Environment, *arguments: str) -> None:
    """Run ``pip install`` with these arguments in ``environment``. Raise Refused."""
    # Override settings of the user that would install the packages elsewhere, or ask.
    settings = {"PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_ROOT_USER_ACTION": "ignore", "PIP_REQUIRE_VIRTUALENV": "0"}
    environment.pip_log.unlink(missing_ok=True)
    pip = (str(environment.python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    answer = run(*pip, "--log", str(environment.pip_log), *arguments, environment=settings)
    if answer.returncode != 0:
        log = environment.pip_log.read_text(encoding="utf-8", errors="replace") if environment.pip_log.exists() else ""
        raise Refused(why_pip_failed(answer.stdout + answer.stderr, log, environment))


def why_pip_failed(output: str, log: str = "", environment: Environment = OWN) -> str:
    """Return why pip failed, in one plain sentence, from its output and its log."""
    if "DO NOT MATCH THE HASHES" in output:
        names = ", ".join(re.findall(r"^\s+(\S+==\S+|\S+) from ", output, re.MULTILINE)) or "a package"
        return (
            f"What was downloaded for {names} is not what {environment.lock.name} names; nothing of it was installed."
        )
    if re.search(r"No space left on device|not enough space on the disk", output):
        return "The disk is full: the packages need about 1.5 GB. Make room and run the same command again."
    # Only the log states why pip skipped an index.
    if re.search(r"confirming the ssl certificate|CERTIFICATE_VERIFY_FAILED", output + log, re.IGNORECASE):
        return (
            "The packages could not be downloaded: the certificate of the package index is not trusted here. Install "
            "the ca-certificates of your system, or name your proxy's certificate with PIP_CERT, and try again."
        )
    if re.search(
        r"NewConnectionError|ConnectTimeout|Read ?time(?:d ?)?out|Connection(?:Reset|Refused)?Error|Connection broken"
        r"|name resolution|getaddrinfo failed|nodename nor servname|Network is unreachable|ProxyError"
        r"|Connection refused|IncompleteRead|Could not fetch URL \S+: connection error|5\d\d Server Error",
        output + log,
        re.IGNORECASE,
    ):
        return (
            "The packages could not be downloaded: the package index cannot be reached. "
            "Check the network (or the proxy) and run the same command again."
        )
    missing = re.search(r"No matching distribution found for (\S+)", output)
    if missing and "(from versions: none)" in output:
        return (
            f"The package index gave nothing for {missing.group(1)}: "
            "check the network (or the proxy, or pip's settings) and run the same command again."
        )
    if missing:
        return (
            f"There is no {missing.group(1)} for this system ({platform.system()} {platform.machine()}): "
            "Annotator runs on 64-bit Windows 10 or later, macOS 13 or later, and Linux with glibc 2.34 or later."
        )
    return f"pip could not install the packages: {last_line(output)} More is in {environment.pip_log}."


def check_qt(qt: QtPlatform) -> None:
    """Test ``qt`` once for an installed ``.venv``, and install missing system libraries. Raise Refused."""
    stamp = read_stamp()
    works = stamp.get("qt", [])
    if qt.name in works:
        return
    answer = probe(qt)
    if answer.returncode != 0:
        provide_libraries(qt, reason=last_line(answer.stderr))
    write_stamp({**stamp, "qt": [*works, qt.name]})


def opens_on_x11() -> bool:
    """Return whether a window would be opened on X11."""
    return (
        sys.platform == "linux"
        and bool(os.environ.get("DISPLAY"))
        and os.environ.get("QT_QPA_PLATFORM", "xcb").startswith("xcb")
    )


def probe(qt: QtPlatform) -> subprocess.CompletedProcess[str]:
    """Test ``qt`` in a separate process, because Qt aborts where it cannot start; return the result."""
    return run(VENV_PYTHON, "-I", "-c", qt.probe, environment={"QT_QPA_PLATFORM": "offscreen"})


def provide_libraries(qt: QtPlatform, reason: str) -> None:
    """Install the system libraries that ``qt`` lacks as root on Debian; otherwise raise Refused, which names them."""
    missing = [library for library in qt.libraries if not loads(library.soname)] if sys.platform == "linux" else []
    if not missing:
        raise Refused(f"Qt cannot start here: {reason}")
    family = next((family for family, command in INSTALL_COMMANDS.items() if shutil.which(command[0])), "")
    if family == "apt" and is_root():
        apt_install([library.apt for library in missing])
        answer = probe(qt)
        if answer.returncode != 0:
            raise Refused(f"Qt cannot start here: {last_line(answer.stderr)}")
        return
    raise Refused(missing_libraries(missing, family))


def missing_libraries(missing: list[Library], family: str) -> str:
    """Return a sentence with the missing libraries and, where ``family`` is known, the command that installs them."""
    names = ", ".join(library.soname for library in missing)
    if family not in INSTALL_COMMANDS:
        return f"Qt needs system libraries that are missing here: {names}. Install your system's packages for them."
    packages = dict.fromkeys(getattr(library, family) for library in missing)
    command = " ".join(("sudo", *INSTALL_COMMANDS[family], *packages))
    return f"Qt needs system libraries that are missing here: {names}. Install them with: {command}"


def loads(soname: str) -> bool:
    """Return whether the system has this library."""
    import ctypes  # Not above: check_python reports where it is missing.

    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def is_root() -> bool:
    """Return whether packages can be installed without a password."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def apt_install(packages: list[str]) -> None:
    """Install Debian packages without questions. Raise Refused."""
    say(f"Installing {' '.join(packages)} ...")
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", "-q", environment=environment)
    answer = run("apt-get", "install", "-q", "-y", "--no-install-recommends", *packages, environment=environment)
    if answer.returncode != 0:
        raise Refused(f"apt-get install {' '.join(packages)} failed: {last_line(answer.stderr)}")


def run(*command: str | Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program in the checkout without a terminal; return its output. Raise OSError where it does not exist."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def last_line(output: str) -> str:
    """Return the most informative line of a program's output: the last error, or else the last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(?:ERROR|E|\w*Error):", line)]
    return (errors or lines or ["it gave no reason."])[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
