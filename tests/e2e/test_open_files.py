"""While a project is open, no action of the window opens its files beside SQLite: its locks stay as they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QFileSystemModel, QMenu
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import Launch, press, put_caret
from tests.file_watch import linux_only, locked_files

from annotator.app.projects.export_dialog import ExportDialog
from annotator.app.projects.formats_dialog import FormatsDialog
from annotator.app.projects.new_project_dialog import NewProjectDialog
from annotator.app.shell.features import ACTIONS
from annotator.app.shell.main_window import MainWindow
from annotator.app.widgets import file_dialogs

pytestmark = linux_only

ENDS_THE_PROJECT = {"file.close", "file.quit"}


def is_ready(dialog: QDialog) -> bool:
    """Whether a dialog has listed the files of its folder, where it lists any."""
    for model in dialog.findChildren(QFileSystemModel):
        parent = model.index(model.rootPath())
        rows = [model.index(row, 0, parent) for row in range(model.rowCount(parent))]
        if not rows or not all(model.type(row) for row in rows):
            return False
    return True


class DialogCloser:
    """Closes each dialog and menu as soon as it has listed its folder; ``closed`` has the titles."""

    def __init__(self) -> None:
        self.closed: list[str] = []
        self._timer = QTimer(interval=10)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        if (menu := QApplication.activePopupWidget()) is not None:
            menu.close()
        for found in reversed(QApplication.topLevelWidgets()):
            if isinstance(found, QDialog) and found.isVisible() and is_ready(found):
                self.closed.append(found.windowTitle())
                found.reject()

    def stop(self) -> None:
        self._timer.stop()


@pytest.fixture
def closer() -> Iterator[DialogCloser]:
    made = DialogCloser()
    yield made
    made.stop()


def has_nothing_open(window: MainWindow) -> bool:
    """Whether all that an action began has ended."""
    shown = (found for found in QApplication.topLevelWidgets() if isinstance(found, QDialog | QMenu))
    return not window.jobs.running and not any(found.isVisible() for found in shown)


def test_every_action_leaves_the_locks(
    window: MainWindow, case: Path, qtbot: QtBot, closer: DialogCloser, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that every folder that a dialog could begin in is that of the project.
    monkeypatch.setattr(file_dialogs, "_last_folder", [str(case.parent)])
    monkeypatch.chdir(case.parent)
    monkeypatch.setenv("HOME", str(case.parent))
    (case.parent / "articles").mkdir()
    put_caret(window, "The minister said")
    press("1")
    qtbot.waitUntil(lambda: not window.jobs.running, timeout=60_000)
    held = locked_files(case.parent)
    assert held == ["case.anno", "case.anno-shm"]
    lost = {}
    for spec in ACTIONS:
        action = window.actions_by_id[spec.id]
        if spec.id in ENDS_THE_PROJECT or not action.isEnabled():
            continue
        action.trigger()
        qtbot.waitUntil(lambda: has_nothing_open(window), timeout=60_000)
        if (now := locked_files(case.parent)) != held:
            lost[spec.id] = now
            break
    assert not lost
    assert {"Open project", "Import files", "Import a folder", "Export as PDF"} <= set(closer.closed)


def test_the_buttons_that_ask_for_files_leave_the_locks(
    window: MainWindow, case: Path, qtbot: QtBot, closer: DialogCloser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_dialogs, "_last_folder", [str(case.parent)])
    (case.parent / "articles").mkdir()
    held = locked_files(case.parent)
    export = ExportDialog(window.workspace, lambda *_: None, window)
    new, formats = NewProjectDialog("ada", window), FormatsDialog(window)
    new.path_edit.setText(str(case.with_name("new.anno")))
    for dialog, browse in ((export, export._browse), (new, new._browse), (formats, formats._save)):
        browse()
        assert locked_files(case.parent) == held, type(dialog).__name__
        dialog.deleteLater()
    assert len(closer.closed) == 3


def test_a_second_window_of_files_after_the_project_was_opened_from_it(
    launched: Launch, case: Path, qtbot: QtBot, closer: DialogCloser
) -> None:
    window = launched(case)
    (case.parent / "articles").mkdir()
    for name in ("file.open", "file.import"):
        window.workspace.close_project()
        assert window.files.open_project(case)
        qtbot.waitUntil(lambda: not window.jobs.running, timeout=60_000)
        held = locked_files(case.parent)
        window.actions_by_id[name].trigger()
        assert locked_files(case.parent) == held == ["case.anno", "case.anno-shm"]
