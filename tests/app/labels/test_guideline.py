"""The panel of the guideline: read, search, change."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from annotator.app.labels.guideline_view import GuidelinePanel
from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change, Edit
from annotator.services.projects import projects
from annotator.store.project import Project

TEXT = "# Rules\n\nA bridge is a bridge.\n\n![picture](https://example.org/p.png) <b>bold</b>\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace()
    made.adopt(projects.create(tmp_path / "case.anno", annotator="ada"))
    assert made.project is not None
    before = made.project.read.project.record().guideline
    made.perform(Change("Set", (Edit("project", 1, {"guideline": before}, {"guideline": TEXT}),)))
    yield made
    made.close_project()


@pytest.fixture
def panel(workspace: Workspace, qtbot: QtBot) -> GuidelinePanel:
    made = GuidelinePanel(workspace)
    qtbot.addWidget(made)
    made.resize(340, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def stored(workspace: Workspace) -> str:
    assert workspace.project is not None
    return workspace.project.read.project.record().guideline


def test_it_shows_the_guideline(panel: GuidelinePanel) -> None:
    assert panel.page.toPlainText().startswith("Rules\nA bridge is a bridge.")
    assert "<b>" in panel.page.toPlainText(), "tags are shown, not obeyed"


def test_typing_changes_it_in_one_step_of_undo(panel: GuidelinePanel, workspace: Workspace, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.edit, Qt.MouseButton.LeftButton)
    assert panel.source.isVisible() and panel.source.toPlainText() == TEXT
    qtbot.keyClicks(panel.source, "New. ")
    qtbot.waitUntil(lambda: stored(workspace).startswith("New. "), timeout=60_000)
    qtbot.keyClicks(panel.source, "More. ")
    qtbot.mouseClick(panel.edit, Qt.MouseButton.LeftButton)
    assert stored(workspace) == "New. More. " + TEXT
    assert panel.page.isVisible()
    workspace.undo()
    assert stored(workspace) == TEXT
    assert panel.page.toPlainText().startswith("Rules")


def test_search_goes_round(panel: GuidelinePanel, qtbot: QtBot) -> None:
    panel.search.setFocus()
    qtbot.keyClicks(panel.search, "bridge")
    assert panel._found.text() == "Found 2 times"
    first = panel.page.textCursor().selectionStart()
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.page.textCursor().selectionStart() > first
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.page.textCursor().selectionStart() == first
    qtbot.keyClick(panel.search, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert panel.page.textCursor().selectionStart() > first
    qtbot.keyClicks(panel.search, "xyz")
    assert panel._found.text() == "Not found"


def test_escape_clears_the_search_and_then_leaves(panel: GuidelinePanel, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.search, "a")
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.search.text() == ""
    with qtbot.waitSignal(panel.leave_requested, timeout=60_000):
        qtbot.keyClick(panel.search, Qt.Key.Key_Escape)


def test_a_link_is_copied_and_not_opened(panel: GuidelinePanel, workspace: Workspace, qtbot: QtBot) -> None:
    with qtbot.waitSignal(workspace.notified, timeout=60_000):
        panel.page.anchorClicked.emit(QUrl("https://example.org/a"))
    assert QGuiApplication.clipboard().text() == "https://example.org/a"
    assert panel.page.toPlainText().startswith("Rules")


def test_reading_only(panel: GuidelinePanel, workspace: Workspace, tmp_path: Path) -> None:
    workspace.close_project()
    assert panel._empty.isVisible()
    workspace.adopt(Project.open(tmp_path / "case.anno", read_only=True))
    assert not panel.edit.isEnabled()
    assert panel.edit.toolTip()
    assert panel.page.isVisible()
