"""The table of annotations: columns, order, filter, walking without feedback loops, and single-row updates."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from annotator.app.annotations.annotation_table import AnnotationTableView
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.records.columns import Column
from annotator.app.widgets.records.record_model import RecordModel
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.records import DocumentRow
from annotator.services.projects import projects
from annotator.services.sources import sources

KEY = Qt.Key
TEXT = "The minister denied the plan. Exports may rise, analysts said. The deal was signed on Monday."


@pytest.fixture
def workspace(tmp_path: Path, qtbot: QtBot) -> Iterator[Workspace]:
    project = projects.create(tmp_path / "case.anno", annotator="ada")
    source_id, change = sources.add(project, "The minister", "person")
    project.apply(change)
    project.apply(sources.assess(project, sources.get(project, source_id), "B"))
    values = {
        "uid": new_uid(),
        "title": "Plan",
        "text_sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
        "imported_at": now(),
    }
    (id,) = project.next_ids("document")
    project.apply(
        Change("Import", (Edit("document", id, None, values), Edit("document_text", id, None, {"text": TEXT})))
    )
    workspace = Workspace()
    workspace.adopt(project)
    workspace.open_document(id)
    claim, speculation, official = (label.id for label in workspace.labels)
    workspace.annotate([(63, 93)], claim, credibility=1, note="check the date")
    workspace.annotate([(30, 46)], speculation, probability=70, credibility=3)
    workspace.annotate([(0, 28)], official, source_id=source_id, credibility=2, probability=70)
    workspace.set_active(None)
    yield workspace
    workspace.close_project()


@pytest.fixture
def view(workspace: Workspace, qtbot: QtBot) -> AnnotationTableView:
    view = AnnotationTableView(workspace)
    qtbot.addWidget(view)
    view.resize(800, 260)
    view.show()
    qtbot.waitExposed(view)
    return view


def column(view: AnnotationTableView, number: int) -> list[str]:
    model = view.table.model()
    return [model.index(row, number).data() for row in range(model.rowCount())]


def ids(view: AnnotationTableView) -> list[int]:
    return [record.id for record in view.table.records.shown]


def click(view: AnnotationTableView, qtbot: QtBot, row: int) -> None:
    place = view.table.visualRect(view.table.model().index(row, 1)).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def test_every_column_by_place(view: AnnotationTableView) -> None:
    assert column(view, 0) == ["official statement", "speculation", "claim"]
    assert column(view, 1) == ["The minister denied the plan", "Exports may rise", "The deal was signed on Monday."]
    assert column(view, 2) == ["The minister", "", ""]
    assert column(view, 3) == ["B2 · 70%", "-3 · 70%", "-1"]
    assert column(view, 4) == ["", "", "check the date"]
    assert view.count.text() == "3 annotations"


def test_each_cell_says_what_it_is(view: AnnotationTableView) -> None:
    model = view.table.model()
    spoken = [model.index(0, number).data(Qt.ItemDataRole.AccessibleTextRole) for number in range(5)]
    assert spoken[0] == "Label: official statement" and spoken[2] == "Who said it: The minister"
    assert spoken[3] == (
        "Score: Reliability B: usually reliable, from the source; Credibility 2: probably true; Probability 70%: likely"
    )
    assert spoken[4] == "No note"


def test_a_click_makes_active_and_jumps_once(view: AnnotationTableView, workspace: Workspace, qtbot: QtBot) -> None:
    wanted: list[int] = []
    view.jump_requested.connect(wanted.append)
    click(view, qtbot, 1)
    assert workspace.active is not None and workspace.active.label == "speculation"
    assert set(wanted) == {workspace.active_id}
    wanted.clear()
    click(view, qtbot, 1)
    assert wanted == [workspace.active_id]


def test_keys_walk_and_the_text_follows(view: AnnotationTableView, workspace: Workspace, qtbot: QtBot) -> None:
    wanted: list[int] = []
    view.jump_requested.connect(wanted.append)
    view.table.setFocus()
    qtbot.keyClick(view.table, KEY.Key_Down)
    qtbot.keyClick(view.table, KEY.Key_Down)
    assert wanted == ids(view)[:2] and workspace.active_id == ids(view)[1]


def test_it_follows_the_active_annotation_without_an_echo(view: AnnotationTableView, workspace: Workspace) -> None:
    wanted: list[int] = []
    changes: list[int | None] = []
    view.jump_requested.connect(wanted.append)
    workspace.active_changed.connect(lambda: changes.append(workspace.active_id))
    for id in (ids(view)[2], ids(view)[0], None):
        workspace.set_active(id)
        assert view.selected_ids() == ([] if id is None else [id])
    assert wanted == [] and len(changes) == 3


def test_a_change_touches_only_its_row(view: AnnotationTableView, workspace: Workspace) -> None:
    model = view.table.model()
    touched: list[tuple[int, int]] = []
    resets: list[int] = []
    model.dataChanged.connect(lambda first, last: touched.append((first.row(), last.row())))
    model.modelReset.connect(lambda: resets.append(1))
    workspace.update(workspace.annotations[ids(view)[1]], credibility=4)
    assert touched == [(1, 1)] and resets == [] and column(view, 3)[1] == "-4 · 70%"


def test_a_new_annotation_comes_in_at_its_place(view: AnnotationTableView, workspace: Workspace) -> None:
    inserted: list[int] = []
    view.table.model().rowsInserted.connect(lambda parent, first, last: inserted.append(first))
    id = workspace.annotate([(48, 61)], workspace.labels[0].id)
    assert inserted == [2] and ids(view)[2] == id and view.selected_ids() == [id]


def test_a_removal_makes_no_neighbour_active_and_walking_goes_on_there(
    view: AnnotationTableView, workspace: Workspace, qtbot: QtBot
) -> None:
    wanted: list[int] = []
    click(view, qtbot, 1)
    last = ids(view)[2]
    view.jump_requested.connect(wanted.append)
    assert workspace.active is not None
    workspace.remove([workspace.active])
    assert wanted == [] and workspace.active_id is None and view.selected_ids() == []
    qtbot.keyClick(view.table, KEY.Key_Down)
    assert workspace.active_id == last


def test_several_can_be_selected(view: AnnotationTableView, qtbot: QtBot) -> None:
    click(view, qtbot, 0)
    qtbot.keyClick(view.table, KEY.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view.selected_ids() == ids(view)[:2]
    qtbot.keyClick(view.table, KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert view.selected_ids() == ids(view)


def test_sorting_by_the_score_puts_the_judged_first(view: AnnotationTableView, workspace: Workspace) -> None:
    workspace.annotate([(0, 3)], workspace.labels[0].id)
    view.table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert column(view, 3) == ["B2 · 70%", "-1", "-3 · 70%", ""]
    view.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert column(view, 0) == ["official statement", "claim", "speculation", "claim"]


def test_the_filters_narrow_down(view: AnnotationTableView, qtbot: QtBot) -> None:
    qtbot.keyClicks(view.filter_field, "70% may")
    qtbot.keyClick(view.filter_field, KEY.Key_Return)
    assert column(view, 0) == ["speculation"] and view.count.text() == "3 annotations, 1 shown"
    assert view.table.hasFocus() or view.table.current_id() is not None
    with qtbot.waitSignal(view.leave_requested):
        qtbot.keyClick(view.filter_field, KEY.Key_Escape)
    view.label_filter.setCurrentIndex(view.label_filter.findText("claim"))
    assert column(view, 0) == ["claim"]


def test_a_renamed_source_and_a_new_letter_are_shown(view: AnnotationTableView, workspace: Workspace) -> None:
    assert workspace.project is not None
    source = workspace.sources()[0]
    workspace.perform(sources.assess(workspace.project, source, "E"))
    assert column(view, 3)[0] == "E2 · 70%"
    workspace.perform(sources.update(source, name="Minister Novak"))
    assert column(view, 2)[0] == "Minister Novak"


def test_without_a_document_it_says_what_to_do(view: AnnotationTableView, workspace: Workspace) -> None:
    workspace.open_document(None)
    assert column(view, 0) == [] and "No document is open" in view.table.accessibleDescription()


ROWS = st.builds(
    DocumentRow,
    id=st.integers(1, 12),
    title=st.sampled_from("abc"),
    source=st.just(""),
    published_at=st.just(""),
    status=st.sampled_from(("new", "done")),
    annotations=st.integers(0, 2),
    words=st.just(0),
)
STEPS = st.one_of(
    st.tuples(st.just("put"), ROWS),
    st.tuples(st.just("drop"), st.integers(1, 12)),
    st.tuples(st.just("sort"), st.tuples(st.integers(-1, 2), st.booleans())),
    st.tuples(st.just("filter"), st.booleans()),
)


@given(st.lists(STEPS, max_size=25))
def test_row_by_row_comes_to_the_same_as_sorting_all(steps: list[tuple[str, object]]) -> None:
    columns = (
        Column("Title", lambda row: row.title),
        Column("Status", lambda row: row.status),
        Column("Spans", lambda row: str(row.annotations), key=lambda row: row.annotations),
    )
    keys = {0: lambda row: row.title, 1: lambda row: row.status, 2: lambda row: row.annotations}
    model = RecordModel(columns, lambda row: row.id)
    mirror: list[int] = []
    _mirror_rows(model, mirror)
    held: dict[int, DocumentRow] = {}
    sorts: list[tuple[int, bool]] = []
    is_filtered = False
    for name, value in steps:
        if name == "put":
            assert isinstance(value, DocumentRow)
            held[value.id] = value
            model.put([value])
        elif name == "drop":
            assert isinstance(value, int)
            held.pop(value, None)
            model.drop([value])
        elif name == "sort":
            assert isinstance(value, tuple)
            number, is_descending = value
            sorts = [] if number < 0 else [value, *(sort for sort in sorts if sort[0] != number)]
            order = Qt.SortOrder.DescendingOrder if is_descending else Qt.SortOrder.AscendingOrder
            model.sort(number, order)
        else:
            is_filtered = bool(value)
            model.set_filter((lambda row: row.status == "new") if is_filtered else None)
        expected = sorted(held.values(), key=lambda row: row.id)
        for number, is_descending in reversed(sorts):
            expected.sort(key=keys[number], reverse=is_descending)
        expected = [row for row in expected if not is_filtered or row.status == "new"]
        assert list(model.shown) == expected
        assert mirror == [row.id for row in expected]
        assert all(model.row_of(row.id) == place for place, row in enumerate(expected))


def _mirror_rows(model: RecordModel, mirror: list[int]) -> None:
    """Keep ``mirror`` by what the model tells, as Qt's views do."""

    def reset() -> None:
        mirror[:] = [row.id for row in model.shown]

    def inserted(_parent: QModelIndex, first: int, last: int) -> None:
        mirror[first:first] = [row.id for row in model.shown[first : last + 1]]

    def removed(_parent: QModelIndex, first: int, last: int) -> None:
        del mirror[first : last + 1]

    def moved(_parent: QModelIndex, first: int, _last: int, _to: QModelIndex, row: int) -> None:
        id = mirror.pop(first)
        mirror.insert(row - (row > first), id)

    model.modelReset.connect(reset)
    model.rowsInserted.connect(inserted)
    model.rowsRemoved.connect(removed)
    model.rowsMoved.connect(moved)
