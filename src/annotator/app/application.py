"""The application: one QApplication, one window, error handling, and slow imports after the first paint."""

import atexit
import sys
import threading
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QApplication

from annotator import logs, settings
from annotator.app.background.garbage_collection import GarbageCollector
from annotator.app.shell.main_window import MainWindow
from annotator.app.style.icons import application_icon
from annotator.app.style.theme_switch import ThemeSwitch
from annotator.app.widgets.file_dialogs import recognise_projects_by_name
from annotator.services.projects.open_project import prepare_first_write


def launch(project: Path | None = None) -> MainWindow:
    """Build the window, open ``project`` in it if given, show it, and return it.

    If the project cannot be opened, the welcome page shows the reason.
    """
    application = the_application()
    chosen, state = settings.Settings(), settings.State()
    theme = ThemeSwitch(application, chosen.get(settings.THEME), chosen.get(settings.INTERFACE_SIZE))
    window = MainWindow(chosen, state, theme)
    theme.setParent(window)
    garbage = GarbageCollector(lambda: bool(window.jobs.running) or window.workspace.is_catching_up, window)
    window.jobs.started.connect(garbage.collect)
    window.painted.connect(lambda: _warm_up(window))
    if project is None and chosen.get(settings.REOPEN_LAST):
        project = next((path for path in state.recent_projects() if path.exists()), None)
    if project is not None:
        window.files.open_project(Path(project))
    window.show()
    for message in (*chosen.messages, *window.keymap.messages):
        window.toasts.warn(message)
    return window


def run(project: Path | None = None) -> int:
    """Launch the window and run it until it is closed; return the exit code."""
    from annotator.app.shell.crash_dialog import CrashDialog, CrashReporter

    logs.start()
    the_application()
    crash = logs.previous_crash()
    reporter = CrashReporter()
    logs.install_hooks(reporter.report_known, reporter.report_bug)
    qInstallMessageHandler(note_qt_message)
    window = launch(project)
    reporter.show_over(window)
    reporter.known.connect(window.toasts.warn)
    if crash:
        CrashDialog(crash, from_last_run=True, parent=window).open()
    return QApplication.exec()


def the_application() -> QApplication:
    """Return the application of this process; create it if there is none."""
    recognise_projects_by_name()
    application = QApplication.instance()
    if isinstance(application, QApplication):
        return application
    made = QApplication(sys.argv[:1])
    made.setApplicationName("annotator")
    made.setApplicationDisplayName("Annotator")
    made.setDesktopFileName("annotator")
    made.setWindowIcon(application_icon())
    atexit.register(_leave_clipboard)
    return made


def _leave_clipboard() -> None:
    """Replace the clipboard data by plain text owned by Qt: a Python object there would outlive Python and crash."""
    clipboard = QApplication.clipboard()
    for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
        if clipboard.ownsClipboard() if mode is QClipboard.Mode.Clipboard else clipboard.ownsSelection():
            clipboard.setText(clipboard.text(mode), mode)


def _warm_up(window: MainWindow) -> None:
    """Import in the background what the first write needs, make a backup that is due, and test the file."""
    threading.Thread(target=_import_for_later, name="warm up", daemon=True).start()
    window.build_ahead()
    window.recovery.start()


def _import_for_later() -> None:
    prepare_first_write()
    import_module("annotator.services.imports.importing")
    import_module("annotator.services.exports.exporting")


def note_qt_message(kind: QtMsgType, context: object, text: str) -> None:
    """Write a message of Qt to the log."""
    logs.note_qt_message(kind.name, getattr(context, "category", None), text)
