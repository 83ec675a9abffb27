"""The palette of labels: what it shows and what it asks for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from annotator.app.views.label_palette import LabelPalette
from annotator.app.workspace import Workspace
from annotator.domain.changes import Change, Edit
from annotator.services import importing, projects

ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole


@pytest.fixture
def palette(tmp_path: Path, qtbot: QtBot) -> Iterator[LabelPalette]:
    workspace = Workspace()
    made = LabelPalette(workspace)
    qtbot.addWidget(made)
    article = tmp_path / "a.txt"
    article.write_text("A title\n\nThe bridge is closed. It may open soon.", encoding="utf-8")
    project = projects.create(tmp_path / "case.anno", annotator="ada")
    importing.import_files(project, [article])
    workspace.adopt(project)
    made.resize(240, 160)
    made.show()
    qtbot.waitExposed(made)
    yield made
    workspace.close_project()


def texts(palette: LabelPalette) -> list[str]:
    model = palette.list.model()
    return [model.index(row, 0).data(ACCESSIBLE) for row in range(model.rowCount())]


def workspace_of(palette: LabelPalette) -> Workspace:
    return palette._workspace


def test_it_lists_the_labels_with_key_and_count(palette: LabelPalette) -> None:
    workspace = workspace_of(palette)
    assert texts(palette)[0] == "claim, key 1, 0 in this document"
    workspace.open_document(workspace.document_rows()[0].id)
    workspace.annotate([(9, 29)], 1)
    assert texts(palette)[0] == "claim, key 1, 1 in this document, label of the active annotation"
    workspace.undo()
    assert texts(palette)[0] == "claim, key 1, 0 in this document"


def test_a_click_asks_for_the_label_and_leaves_the_focus(palette: LabelPalette, qtbot: QtBot) -> None:
    palette.list.clearFocus()
    place = palette.list.visualRect(palette.list.model().index(1, 0)).center()
    with qtbot.waitSignal(palette.label_requested, timeout=500) as wish:
        qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert wish.args == [2]
    assert not palette.list.hasFocus()


def test_the_keys_ask_too(palette: LabelPalette, qtbot: QtBot) -> None:
    palette.list.setFocus(Qt.FocusReason.TabFocusReason)
    palette.list.setCurrentIndex(palette.list.model().index(0, 0))
    qtbot.keyClick(palette.list, Qt.Key.Key_Down)
    qtbot.keyClick(palette.list, Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.label_requested, timeout=500) as wish:
        qtbot.keyClick(palette.list, Qt.Key.Key_Return)
    assert wish.args == [3]


def test_a_renamed_label_is_shown(palette: LabelPalette) -> None:
    edit = Edit("label", 1, {"name": "claim"}, {"name": "assertion"})
    assert workspace_of(palette).perform(Change("Rename", (edit,)))
    assert texts(palette)[0].startswith("assertion, key 1")


def test_the_description_is_its_tip(palette: LabelPalette) -> None:
    assert "Presented as a fact" in palette.list.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_without_a_project_it_says_so(palette: LabelPalette) -> None:
    workspace_of(palette).close_project()
    assert palette.currentWidget() is palette._empty
    assert palette._empty.text() == "Open a project to see its labels."
