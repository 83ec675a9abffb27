"""The legend: what it shows, what it hides, and what it asks for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from annotator.app.labels.label_palette import LabelPalette
from annotator.app.labels.palette_painting import LabelRowDelegate
from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change, Edit
from annotator.services.annotations import labels
from annotator.services.documents import documents
from annotator.services.imports import importing
from annotator.services.projects import projects

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
    with qtbot.waitSignal(made.counts.changed, timeout=60_000):
        pass
    yield made
    workspace.close_project()


def texts(palette: LabelPalette) -> list[str]:
    model = palette.list.model()
    return [model.index(row, 0).data(ACCESSIBLE) for row in range(model.rowCount())]


def workspace_of(palette: LabelPalette) -> Workspace:
    return palette._workspace


def test_it_lists_the_labels_with_key_and_count(palette: LabelPalette) -> None:
    workspace = workspace_of(palette)
    assert texts(palette)[0] == "claim, key 1, 0 in this document, 0 in the project"
    workspace.open_document(workspace.document_rows()[0].id)
    workspace.annotate([(9, 29)], 1)
    assert texts(palette)[0] == "claim, key 1, 1 in this document, 1 in the project, label of the active annotation"
    workspace.undo()
    assert texts(palette)[0] == "claim, key 1, 0 in this document, 0 in the project"


def test_a_click_asks_for_the_label_and_leaves_the_focus(palette: LabelPalette, qtbot: QtBot) -> None:
    palette.list.clearFocus()
    place = palette.list.visualRect(palette.list.model().index(1, 0)).center()
    with qtbot.waitSignal(palette.label_requested, timeout=60_000) as wish:
        qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert wish.args == [2]
    assert not palette.list.hasFocus()


def test_the_keys_ask_too(palette: LabelPalette, qtbot: QtBot) -> None:
    palette.list.setFocus(Qt.FocusReason.TabFocusReason)
    palette.list.setCurrentIndex(palette.list.model().index(0, 0))
    qtbot.keyClick(palette.list, Qt.Key.Key_Down)
    qtbot.keyClick(palette.list, Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.label_requested, timeout=60_000) as wish:
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


@pytest.fixture
def nested(palette: LabelPalette) -> LabelPalette:
    """The palette with ``denial`` (4) under ``claim``, and an open document with one annotation of each."""
    workspace = workspace_of(palette)
    assert workspace.project is not None
    workspace.perform(labels.add(workspace.project, "denial", parent_id=1)[1])
    workspace.open_document(workspace.document_rows()[0].id)
    for label_id, span in ((1, (9, 19)), (4, (20, 29))):
        workspace.annotate([span], label_id)
    workspace.set_active(None)
    return palette


def spoken(palette: LabelPalette, label_id: int) -> str:
    return str(palette.index_of(label_id).data(ACCESSIBLE))


def test_nested_labels_stand_under_theirs_and_count_with_it(nested: LabelPalette, qtbot: QtBot) -> None:
    index = nested.index_of(4)
    assert index.parent() == nested.index_of(1)
    assert nested.list.isExpanded(nested.index_of(1))
    qtbot.waitUntil(lambda: "1 in the project" in spoken(nested, 4), timeout=60_000)
    assert "With the labels under it 2 and 2." in nested.index_of(1).data(Qt.ItemDataRole.ToolTipRole)
    nested.list.setFocus()
    nested.set_current(1)
    open_picture = nested.list.viewport().grab().toImage()
    qtbot.keyClick(nested.list, Qt.Key.Key_Left)
    assert not nested.list.isExpanded(nested.index_of(1))
    assert nested.list.viewport().grab().toImage() != open_picture
    # It stays folded whatever happens to the vocabulary.
    workspace = workspace_of(nested)
    assert workspace.project is not None
    workspace.perform(labels.add(workspace.project, "order")[1])
    assert not nested.list.isExpanded(nested.index_of(1))


def test_the_count_in_the_project_follows_what_is_written(palette: LabelPalette, qtbot: QtBot) -> None:
    workspace = workspace_of(palette)
    assert workspace.project is not None
    counts = palette.counts.by_label
    workspace.open_document(1)
    workspace.annotate([(9, 19)], 1)
    assert palette.counts.by_label is counts and counts[1] == 1
    active = workspace.active
    assert active is not None
    workspace.update(active, label_id=2)
    assert (counts[1], counts[2]) == (0, 1)
    workspace.undo()
    workspace.undo()
    assert (counts[1], counts[2]) == (0, 0)
    workspace.redo()
    workspace.perform(documents.trash([1]))
    qtbot.waitUntil(lambda: palette.counts.by_label[1] == 0, timeout=60_000)
    workspace.undo()
    qtbot.waitUntil(lambda: palette.counts.by_label[1] == 1, timeout=60_000)


def test_h_hides_and_s_shows_alone(nested: LabelPalette, qtbot: QtBot) -> None:
    filter = workspace_of(nested).label_filter
    nested.list.setFocus()
    nested.set_current(1)
    qtbot.keyClick(nested.list, Qt.Key.Key_H)
    assert filter.hidden_ids == {1, 4}
    assert spoken(nested, 4).endswith("hidden")
    qtbot.keyClick(nested.list, Qt.Key.Key_H)
    nested.set_current(2)
    qtbot.keyClick(nested.list, Qt.Key.Key_S)
    assert filter.hidden_ids == {1, 3, 4}
    assert spoken(nested, 2).endswith("shown alone")


def test_the_eye_hides_and_alt_shows_alone(nested: LabelPalette, qtbot: QtBot) -> None:
    filter = workspace_of(nested).label_filter
    painting = nested.list.itemDelegate()
    assert isinstance(painting, LabelRowDelegate)
    places = painting.parts(nested.list.visualRect(nested.index_of(2)), nested.list.font())
    left, viewport = Qt.MouseButton.LeftButton, nested.list.viewport()
    with qtbot.assertNotEmitted(nested.label_requested):
        qtbot.mouseClick(viewport, left, pos=places.eye.center())
        assert filter.hidden_ids == {2}
        qtbot.mouseClick(viewport, left, pos=places.eye.center())
        assert filter.hidden_ids == set()
        qtbot.mouseClick(viewport, left, Qt.KeyboardModifier.AltModifier, places.eye.center())
        assert filter.hidden_ids == {1, 3, 4}
        qtbot.mouseClick(viewport, left, pos=places.solo.center())
        assert filter.hidden_ids == set()


def test_a_narrow_pane_keeps_the_name_and_the_eye(nested: LabelPalette) -> None:
    painting = nested.list.itemDelegate()
    assert isinstance(painting, LabelRowDelegate)
    least = nested.fontMetrics().averageCharWidth() * 9
    for width in range(120, 420, 15):
        rects = [QRect(indent, 0, width - indent, 30) for indent in (16, 32)]
        root, child = (painting.parts(rect, nested.list.font()) for rect in rects)
        assert not root.eye.isEmpty() and root.eye.right() <= width
        # The columns are the same in every row, however deep.
        for part in ("document", "project", "solo", "eye"):
            assert getattr(root, part) == getattr(child, part)
        if not root.project.isEmpty():
            assert child.name.width() >= least
    assert not painting.parts(QRect(0, 0, 400, 30), nested.list.font()).project.isEmpty()


def test_a_name_is_written_over_in_its_place(nested: LabelPalette, qtbot: QtBot) -> None:
    nested.set_current(2)
    nested.list.setFocus()
    qtbot.keyClick(nested.list, Qt.Key.Key_F2)
    field = nested.list.findChild(QLineEdit, "labelNameField")
    assert field is not None and field.accessibleName() == "New name of speculation"
    field.selectAll()
    qtbot.keyClicks(field, "guess")
    with qtbot.waitSignal(nested.rename_requested, timeout=60_000) as wish:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert wish.args == [2, "guess"]


def test_the_swatch_has_the_line_of_the_text(nested: LabelPalette) -> None:
    assert "Its line is solid." in nested.index_of(1).data(Qt.ItemDataRole.ToolTipRole)
    workspace = workspace_of(nested)
    assert workspace.project is not None
    workspace.perform(labels.update(workspace.project, 2, color="#0072B2"))
    assert "Its line is drawn in dashes." in nested.index_of(2).data(Qt.ItemDataRole.ToolTipRole)


def test_it_needs_the_room_of_six_labels_where_there_are_more(nested: LabelPalette, qtbot: QtBot) -> None:
    workspace = workspace_of(nested)
    assert workspace.project is not None
    few = nested.minimumSizeHint().height()
    for name in ("one", "two", "three", "four"):
        workspace.perform(labels.add(workspace.project, name)[1])
    row = nested.list.visualRect(nested.index_of(1)).height()
    assert few < 6 * row <= nested.minimumSizeHint().height() < nested.sizeHint().height()
    # What is folded away needs none.
    least = nested.sizeHint().height()
    nested.list.collapse(nested.index_of(1))
    assert nested.sizeHint().height() == least - row
