"""The log file, the crash file, and the handling of uncaught exceptions.

The log never contains text of a document, because users may send it to us.
"""

import faulthandler
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TextIO

from annotator.domain.errors import AnnotatorError
from annotator.files.user_folders import log_path

LOG_BYTES = 1_000_000
LOG_FILES = 3

Sentence = Callable[[str], None]

_log = logging.getLogger("annotator")
_qt_log = logging.getLogger("annotator.qt")
_QT_LEVELS = {
    "QtDebugMsg": logging.DEBUG,
    "QtInfoMsg": logging.INFO,
    "QtWarningMsg": logging.WARNING,
    "QtCriticalMsg": logging.ERROR,
    "QtFatalMsg": logging.CRITICAL,
}
_crash_streams: list[TextIO] = []
"""The open crash file: faulthandler needs it to stay open."""


def start(folder: Path | None = None, level: int = logging.INFO) -> None:
    """Open the log file and the crash file. Where the folder cannot be written, the program runs without them."""
    folder = folder or log_path()
    stop()
    _log.setLevel(level)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / "annotator.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
        )
        # Opened for appending, so that a second window can write its own messages and a reader can empty it.
        crash_stream = (folder / "crash.txt").open("a", encoding="utf-8")
    except OSError as error:
        _log.addHandler(logging.NullHandler())
        _log.warning("No log can be written in %s: %s", folder, error)
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    _log.addHandler(handler)
    # A crash of the interpreter writes its stack here, where the next start finds it.
    faulthandler.enable(crash_stream)
    _crash_streams.append(crash_stream)
    _log.info("Started: %s", versions())


def stop() -> None:
    """Close the files."""
    for handler in tuple(_log.handlers):
        if isinstance(handler, RotatingFileHandler | logging.NullHandler):
            _log.removeHandler(handler)
            handler.close()
    while _crash_streams:
        faulthandler.disable()
        _crash_streams.pop().close()


def previous_crash(folder: Path | None = None) -> str:
    """Return what an earlier run left when it crashed, or an empty text.

    It is returned only once; a copy stays beside the log.
    """
    folder = folder or log_path()
    crash = folder / "crash.txt"
    try:
        text = crash.read_text("utf-8", errors="replace").strip()
        if text:
            (folder / "crash-previous.txt").write_text(text + "\n", "utf-8")
            # Emptied and not removed, because another running window has it open.
            crash.write_text("", "utf-8")
    except OSError:
        return ""
    return without_home(text)


def versions() -> str:
    """Return annotator, Python, Qt and the system, in one line."""
    import importlib.metadata
    import platform

    found = []
    for name, package in (("Annotator", "annotator"), ("PySide6", "PySide6_Essentials")):
        try:
            found.append(f"{name} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} (not installed)")
    return f"{', '.join(found)}, Python {platform.python_version()}, {platform.platform()}"


def report_of(error: BaseException) -> str:
    """Return a bug report that can be sent: versions and traceback, without the name of the user's folder."""
    trace = "".join(traceback.format_exception(error))
    return without_home(f"{versions()}\n\n{trace}")


def without_home(text: str) -> str:
    """Return ``text`` with ``~`` in place of the user's folder."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


def install_hooks(known: Sentence, bug: Sentence) -> Callable[[], None]:
    """Report uncaught exceptions to the user; return the function that restores the old hooks.

    ``known(sentence)`` is called for an AnnotatorError, ``bug(report)`` for any other exception, which is logged too.
    Both may be called on any thread.
    """
    before = sys.excepthook, threading.excepthook

    def on_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            before[0](kind, error, trace)
        elif isinstance(error, AnnotatorError):
            _log.info("%s: %s", kind.__name__, without_home(str(error)))
            known(str(error))
        else:
            report = report_of(error.with_traceback(trace))
            _log.error("Unexpected: %s", report)
            bug(report)

    def on_thread_exception(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    def put_back() -> None:
        sys.excepthook, threading.excepthook = before

    sys.excepthook, threading.excepthook = on_exception, on_thread_exception
    return put_back


def note_qt_message(kind: str, category: str | None, text: str) -> None:
    """Write a message of Qt to the log. ``kind`` is the name of its QtMsgType, such as ``QtWarningMsg``."""
    _qt_log.log(_QT_LEVELS.get(kind, logging.WARNING), "%s: %s", category or "default", text)
