"""The file of the open project is moved, replaced or deleted by others: the window says so, and nothing is lost."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import Launch, come_back, press, put_caret

import annotator
from annotator.app.annotations.docked_views import INSPECTOR
from annotator.app.labels.split_dialog import SplitDialog
from annotator.app.recovery.moved_file_dialog import MovedFileDialog
from annotator.app.shell.main_window import MainWindow
from annotator.app.state import workspace
from annotator.app.widgets import file_dialogs
from annotator.domain.errors import ProjectFileMoved
from annotator.store.project import Project

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows does not let others move an open project")


def annotate(window: MainWindow, words: str) -> None:
    put_caret(window, words)
    press("1", on=window.reading.view)


def quotes(path: Path) -> list[str]:
    with annotator.open(path, read_only=True) as project:
        return sorted(annotation.quote for annotation in project.annotations())


def dialog_of(qtbot: QtBot, window: MainWindow) -> MovedFileDialog:
    def shown() -> list[MovedFileDialog]:
        return [found for found in window.findChildren(MovedFileDialog) if found.isVisible()]

    qtbot.waitUntil(lambda: bool(shown()), timeout=10_000)
    (found,) = shown()
    return found


def replace_by_older(case: Path) -> None:
    case.with_name("kept").rename(case)


@pytest.mark.parametrize("lose", [replace_by_older, lambda case: case.unlink()], ids=["replaced", "deleted"])
def test_a_refused_step_is_done_in_the_file_that_was_saved(
    window: MainWindow, qtbot: QtBot, case: Path, lose: Callable[[Path], None]
) -> None:
    qtbot.waitUntil(lambda: not window.jobs.running)
    shutil.copy(case, case.with_name("kept"))
    annotate(window, "Nobody else")
    lose(case)
    annotate(window, "Prices may")
    dialog = dialog_of(qtbot, window)
    assert len(window.workspace.annotations) == 1
    assert "Not saved" in window.status._saved.text()
    assert dialog.step.isVisible() and "Annotate" in dialog.step.text() and dialog.go_on.isVisible()
    qtbot.mouseClick(dialog.go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.workspace.annotations) == 2)
    project = window.workspace.project
    assert project is not None and "rescued" in project.path.name and window.status._saved.text() == "Saved"
    assert len(quotes(project.path)) == 2


def test_everything_can_be_saved_elsewhere(
    window: MainWindow, qtbot: QtBot, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotate(window, "Nobody else")
    case.unlink()
    window.moved_file._timer.timeout.emit()
    dialog = dialog_of(qtbot, window)
    annotate(window, "Prices may")
    assert dialog.isVisible() and dialog.step.isVisible()
    out = tmp_path / "safe" / "case.anno"
    monkeypatch.setattr(file_dialogs, "ask_where_to_save", lambda *_args, **_options: out)
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert "no folder" in dialog.message.text()
    out.parent.mkdir()
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert window.workspace.project is not None and window.workspace.project.path == out
    assert len(window.workspace.annotations) == 2 and len(quotes(out)) == 2


def test_a_renamed_file_is_followed(window: MainWindow, qtbot: QtBot, case: Path) -> None:
    qtbot.waitUntil(lambda: not window.jobs.running)
    new = case.with_name("renamed.anno")
    case.rename(new)
    window.moved_file.check()
    qtbot.waitUntil(lambda: "renamed" in window.windowTitle())
    annotate(window, "Nobody else")
    assert window.status._saved.text() == "Saved" and not window.findChildren(MovedFileDialog)
    window.workspace.close_project()
    assert len(quotes(new)) == 1 and not case.exists()


def test_a_file_in_another_folder_is_gone_on_with(window: MainWindow, qtbot: QtBot, case: Path) -> None:
    annotate(window, "Nobody else")
    place = case.parent / "archive" / case.name
    place.parent.mkdir()
    case.rename(place)
    annotate(window, "Prices may")
    dialog = dialog_of(qtbot, window)
    qtbot.mouseClick(dialog.go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.workspace.annotations) == 2)
    found = window.workspace.project
    assert found is not None and len(quotes(found.path)) == 2


def test_a_reading_window_says_that_it_shows_the_past(launched: Launch, qtbot: QtBot, case: Path) -> None:
    with pytest.raises(ProjectFileMoved), annotator.open(case):  # noqa: PT012 - raised as it is closed
        window = launched(case)
        assert window.workspace.read_only
        shutil.copy(case, case.with_name("kept"))
        replace_by_older(case)
        window.moved_file.check()
        dialog_of(qtbot, window).reject()
        assert "from before" in window.status._saved.toolTip()
        window.moved_file.check()
        assert not [found for found in window.findChildren(MovedFileDialog) if found.isVisible()], "told once"


def test_every_refused_step_is_repeated(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = window.workspace

    def lose_the_file(name: str, step: Callable[[], object], left: int) -> None:
        """Delete the file before a step, go on, and expect as many annotations as after the step."""
        assert shown.project is not None
        lost = shown.project.path
        lost.unlink()
        step()
        dialog = dialog_of(qtbot, window)
        qtbot.waitUntil(dialog.step.isVisible, timeout=20_000)
        qtbot.mouseClick(dialog.go_on, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: shown.project is not None and shown.project.path != lost, timeout=20_000)
        qtbot.waitUntil(lambda: len(shown.annotations) == left and not window.jobs.running, timeout=20_000)
        assert len(quotes(shown.project.path)) == left, name

    lose_the_file("the first step, for which no number was taken so far", lambda: annotate(window, "Prices may"), 1)
    lose_the_file("undo", shown.undo, 0)
    lose_the_file("redo", shown.redo, 1)
    monkeypatch.setattr(Project, "is_undo_large", lambda _project: True)
    lose_the_file("undo as a job", shown.undo, 0)
    come_back(qtbot, window)
    annotate(window, "Nobody else")
    monkeypatch.setattr(workspace, "MANY", 0)
    lose_the_file("removal of many", lambda: shown.remove(shown.ordered_annotations()), 0)


def test_typed_text_is_written_to_the_new_file(window: MainWindow, qtbot: QtBot, case: Path) -> None:
    annotate(window, "Nobody else")
    case.unlink()
    note = window.view(INSPECTOR).texts.note
    note.setFocus()
    qtbot.keyClicks(note, "known")
    note.clearFocus()
    (kept,) = window.workspace.typed
    assert kept.value == "known"
    window.moved_file.check()
    qtbot.mouseClick(dialog_of(qtbot, window).go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [found.note for found in window.workspace.annotations.values()] == ["known"])
    assert not len(window.workspace.typed)


def test_a_dialog_of_a_refused_step_is_left_without_a_question(window: MainWindow, qtbot: QtBot, case: Path) -> None:
    annotate(window, "Nobody else")
    window.actions_by_id["labels.split"].trigger()
    (split,) = window.findChildren(SplitDialog)
    qtbot.keyClicks(split.name, "rumour")
    case.unlink()
    qtbot.mouseClick(split.split_button, Qt.MouseButton.LeftButton)
    assert split.isVisible() and split.name.text() == "rumour" and "was deleted" in split.problem.text()
    qtbot.mouseClick(dialog_of(qtbot, window).go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "rumour" in [label.name for label in window.workspace.labels])
    assert not [found for found in window.findChildren(SplitDialog) if found.isVisible()]
