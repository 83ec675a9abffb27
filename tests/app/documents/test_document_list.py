"""The list of documents: order, filter, opening by key and mouse, status, trash, and single-row updates."""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from annotator.app.documents.document_list import DocumentListView
from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.services.projects import projects
from annotator.services.sources import sources
from annotator.store.project import Project

KEY = Qt.Key
TEXTS = (
    ("Pipeline talks", "Talks on the pipeline may start on Monday.", "2024-03-02", "new"),
    ("Border calm", "The ministry saw no troops. A café was open.", "2024-01-05", "done"),
    ("Gas prices", "Analysts expect prices to fall.", "2023-12-30", "in progress"),
    ("Annual review", "Nothing about the other matters.", "", "new"),
)


def add_documents(project: Project) -> None:
    id, change = sources.add(project, "Reuters", "outlet")
    project.apply(change)
    edits: list[Edit] = []
    for number, (title, text, date, status) in enumerate(TEXTS):
        values = {
            "uid": new_uid(),
            "title": title,
            "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "words": len(text.split()),
            "source_id": id if number == 1 else None,
            "published_at": date,
            "status": status,
            "imported_at": now(),
        }
        (document_id,) = project.next_ids("document")
        edits.append(Edit("document", document_id, None, values))
        edits.append(Edit("document_text", document_id, None, {"text": text}))
    project.apply(Change("Import", tuple(edits)))


@pytest.fixture
def workspace(tmp_path: Path, qtbot: QtBot) -> Iterator[Workspace]:
    project = projects.create(tmp_path / "case.anno", annotator="ada")
    add_documents(project)
    workspace = Workspace()
    workspace.adopt(project)
    yield workspace
    workspace.close_project()


@pytest.fixture
def view(workspace: Workspace, qtbot: QtBot) -> DocumentListView:
    view = DocumentListView(workspace)
    qtbot.addWidget(view)
    view.resize(700, 300)
    view.show()
    qtbot.waitExposed(view)
    return view


def _shows(view: DocumentListView, found: list[str]) -> bool:
    return titles(view) == found


def titles(view: DocumentListView) -> list[str]:
    model = view.table.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def click(view: DocumentListView, qtbot: QtBot, row: int, modifier: Qt.KeyboardModifier) -> None:
    place = view.table.visualRect(view.table.model().index(row, 0)).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, modifier, place)


NONE = Qt.KeyboardModifier.NoModifier


def test_the_list_shows_every_column_of_every_document(view: DocumentListView) -> None:
    model = view.table.model()
    assert [model.headerData(column, Qt.Orientation.Horizontal) for column in range(5)] == [
        "Title", "Source", "Date", "Status", "Annotations",
    ]  # fmt: skip
    assert [model.index(1, column).data() for column in range(5)] == [
        "Border calm", "Reuters", "2024-01-05", "done", "0",
    ]  # fmt: skip
    assert view.count.text() == "4 documents"


def test_a_click_opens_and_a_click_with_a_modifier_only_selects(view: DocumentListView, qtbot: QtBot) -> None:
    click(view, qtbot, 2, NONE)
    assert view._workspace.document is not None and view._workspace.document.title == "Gas prices"
    click(view, qtbot, 3, Qt.KeyboardModifier.ControlModifier)
    assert view._workspace.document.title == "Gas prices"
    assert view.selected_ids() == [3, 4]


def test_arrows_walk_and_enter_opens(view: DocumentListView, workspace: Workspace, qtbot: QtBot) -> None:
    view.table.setFocus()
    qtbot.keyClick(view.table, KEY.Key_Down)
    qtbot.keyClick(view.table, KEY.Key_Down)
    assert workspace.document is None
    qtbot.keyClick(view.table, KEY.Key_Return)
    assert workspace.document is not None and workspace.document.id == 2


def test_the_list_follows_the_open_document(view: DocumentListView, workspace: Workspace) -> None:
    workspace.open_document(3)
    assert view.selected_ids() == [3]


def test_sorting_is_stable_and_the_third_click_goes_back(view: DocumentListView, qtbot: QtBot) -> None:
    header = view.table.horizontalHeader()

    def click_header(column: int) -> None:
        place = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, NONE, place)

    click_header(0)
    assert titles(view) == sorted(titles(view))
    click_header(3)
    # New, in progress, done; the two new ones stay in the order of their titles.
    assert titles(view) == ["Annual review", "Pipeline talks", "Gas prices", "Border calm"]
    click_header(3)
    assert titles(view) == ["Border calm", "Gas prices", "Annual review", "Pipeline talks"]
    click_header(3)
    assert titles(view) == [title for title, *_ in TEXTS]


def test_documents_without_a_date_come_last(view: DocumentListView) -> None:
    view.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    assert titles(view) == ["Gas prices", "Border calm", "Pipeline talks", "Annual review"]


def test_next_and_previous_go_by_the_shown_order(view: DocumentListView, workspace: Workspace) -> None:
    view.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    opened = []
    while view.open_next():
        assert workspace.document is not None
        opened.append(workspace.document.title)
    assert opened == ["Annual review", "Border calm", "Gas prices", "Pipeline talks"]
    assert view.open_previous() and workspace.document is not None and workspace.document.title == "Gas prices"


def test_next_goes_on_from_a_document_that_the_filter_hides(
    view: DocumentListView, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.open_document(2)
    view.status_filter.setCurrentIndex(view.status_filter.findData("new"))
    assert titles(view) == ["Pipeline talks", "Annual review"]
    assert view.open_next() and workspace.document is not None and workspace.document.id == 4
    workspace.open_document(2)
    assert view.open_previous() and workspace.document.id == 1


def test_typing_filters_by_full_text_title_and_source(view: DocumentListView, qtbot: QtBot) -> None:
    for typed, found in (("cafe", ["Border calm"]), ("pri", ["Gas prices"]), ("reut", ["Border calm"])):
        view.search_field.clear()
        qtbot.keyClicks(view.search_field, typed)
        qtbot.waitUntil(partial(_shows, view, found), timeout=60_000)
    assert view.count.text() == "4 documents, 1 shown"


def test_the_filter_waits_until_typing_pauses(view: DocumentListView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.search_field.filtered, timeout=60_000) as heard:
        qtbot.keyClicks(view.search_field, "border")
        assert len(titles(view)) == 4
    assert heard.args == ["border"]


def test_enter_asks_for_hits_and_escape_clears_and_leaves(view: DocumentListView, qtbot: QtBot) -> None:
    qtbot.keyClicks(view.search_field, "troops")
    with qtbot.waitSignal(view.search_requested) as asked:
        qtbot.keyClick(view.search_field, KEY.Key_Return)
    assert asked.args == ["troops"] and titles(view) == ["Border calm"]
    with qtbot.waitSignal(view.leave_requested):
        qtbot.keyClick(view.search_field, KEY.Key_Escape)
    assert view.search_field.text() == "" and len(titles(view)) == 4


def test_the_status_of_several_is_one_step_of_undo(view: DocumentListView, workspace: Workspace, qtbot: QtBot) -> None:
    resets = []
    view.table.model().modelReset.connect(lambda: resets.append(1))
    click(view, qtbot, 0, NONE)
    click(view, qtbot, 3, Qt.KeyboardModifier.ControlModifier)
    view.operations.set_status("done")
    assert [row.status for row in workspace.document_rows()] == ["done", "done", "in progress", "done"]
    assert view.table.model().index(3, 3).data() == "done"
    workspace.undo()
    qtbot.waitUntil(lambda: view.table.model().index(3, 3).data() == "new")
    assert view.selected_ids() == [1, 4] and resets == []


def test_a_row_that_changes_moves_to_its_place(view: DocumentListView, workspace: Workspace) -> None:
    view.table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    view.table.show_id(1)
    view.operations.set_status("done")
    assert titles(view) == ["Annual review", "Gas prices", "Pipeline talks", "Border calm"]
    assert view.selected_ids() == [1]


def test_an_annotation_raises_the_count_of_its_document(view: DocumentListView, workspace: Workspace) -> None:
    workspace.open_document(2)
    workspace.annotate([(0, 12)], workspace.labels[0].id)
    assert view.table.model().index(1, 4).data() == "1"


def test_delete_moves_to_the_trash_and_it_comes_back(
    view: DocumentListView, workspace: Workspace, qtbot: QtBot
) -> None:
    told = []
    workspace.notified.connect(lambda sentence, undoable: told.append((sentence, undoable)))
    click(view, qtbot, 2, NONE)
    qtbot.keyClick(view.table, KEY.Key_Delete)
    qtbot.waitUntil(lambda: "Gas prices" not in titles(view), timeout=60_000)
    assert workspace.document is None and told == [("Move to the trash.", True)]
    view.show_trash(True)
    assert titles(view) == ["Gas prices"] and view.count.text() == "Trash: 1 document"
    view.table.selectRow(0)
    qtbot.keyClick(view.table, KEY.Key_Delete)
    view.operations.restore()
    qtbot.waitUntil(lambda: titles(view) == [], timeout=60_000)
    view.show_trash(False)
    assert titles(view) == [title for title, *_ in TEXTS]


def test_selection_and_scroll_position_survive_a_new_reading(
    view: DocumentListView, workspace: Workspace, qtbot: QtBot
) -> None:
    assert workspace.project is not None
    for _ in range(20):
        add_more(workspace.project)
    qtbot.waitUntil(lambda: len(titles(view)) == 84, timeout=60_000)
    view.table.show_id(50)
    before = view.table.verticalScrollBar().value()
    assert before > 0
    view.table.set_records(workspace.document_rows(), anew=True)
    assert view.selected_ids() == [50] and view.table.current_id() == 50
    assert view.table.verticalScrollBar().value() == before


def add_more(project: Project) -> None:
    edits = []
    for number in project.next_ids("document", 4):
        values = {"uid": new_uid(), "title": f"More {number}", "text_sha256": f"{number:064d}", "imported_at": now()}
        edits += [
            Edit("document", number, None, values),
            Edit("document_text", number, None, {"text": f"Text {number}"}),
        ]
    project.apply(Change("Import", tuple(edits)))


def test_a_renamed_source_is_shown(view: DocumentListView, workspace: Workspace, qtbot: QtBot) -> None:
    assert workspace.project is not None
    workspace.perform(sources.update(workspace.sources()[0], name="Agence"))
    qtbot.waitUntil(lambda: view.table.model().index(1, 1).data() == "Agence", timeout=60_000)


def test_a_narrow_pane_keeps_the_title(view: DocumentListView) -> None:
    view.resize(240, 300)
    hidden = [view.table.isColumnHidden(column) for column in range(5)]
    assert hidden[:3] == [False, True, True]
    assert sum(view.table.columnWidth(column) for column in range(5)) <= view.table.viewport().width()


def test_closing_the_project_empties_the_list(view: DocumentListView, workspace: Workspace) -> None:
    workspace.close_project()
    assert titles(view) == [] and view.count.text() == ""
    assert "No project" in view.table.accessibleDescription()


def test_the_menu_offers_what_fits(view: DocumentListView, qtbot: QtBot) -> None:
    click(view, qtbot, 0, NONE)
    names = [action.text() for action in view.operations.menu().actions() if not action.isSeparator()]
    assert names == ["Open", "Mark as new", "Mark as in progress", "Mark as done", "Move to the trash"]
    view.show_trash(True)
    assert [action.text() for action in view.operations.menu().actions()] == ["Take out of the trash"]
