"""The history: newest first, page by page, and what was done to one annotation."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from annotator.app.projects import history_view
from annotator.app.projects.history_view import HistoryView
from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.services.projects import projects

TEXT = "The plan was denied. The plan may change."


@pytest.fixture
def workspace(tmp_path: Path, qtbot: QtBot) -> Iterator[Workspace]:
    project = projects.create(tmp_path / "case.anno", annotator="ada")
    (id,) = project.next_ids("document")
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    values = {"uid": new_uid(), "title": "Plan", "text_sha256": digest, "imported_at": now()}
    project.apply(
        Change("Import", (Edit("document", id, None, values), Edit("document_text", id, None, {"text": TEXT})))
    )
    workspace = Workspace()
    workspace.adopt(project)
    workspace.open_document(id)
    yield workspace
    workspace.close_project()


@pytest.fixture
def view(workspace: Workspace, qtbot: QtBot) -> HistoryView:
    view = HistoryView(workspace)
    qtbot.addWidget(view)
    view.resize(520, 300)
    view.show()
    qtbot.waitExposed(view)
    return view


def titles(view: HistoryView) -> list[str]:
    model = view.table.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_the_newest_comes_first_and_undo_is_told(view: HistoryView, workspace: Workspace) -> None:
    assert titles(view) == ["Import", "Create the project"]
    workspace.annotate([(0, 8)], workspace.labels[0].id)
    workspace.undo()
    workspace.redo()
    assert titles(view)[:4] == [
        "Redone: Annotate as claim",
        "Undone: Annotate as claim",
        "Annotate as claim",
        "Import",
    ]
    assert view.table.model().index(0, 2).data() == "ada" and view.count.text() == "5 changes"


def test_a_new_entry_does_not_read_the_others_again(view: HistoryView, workspace: Workspace) -> None:
    resets: list[int] = []
    view.table.model().modelReset.connect(lambda: resets.append(1))
    view.table.show_id(1)
    workspace.annotate([(0, 8)], workspace.labels[0].id)
    assert resets == [] and view.table.current_id() == 1 and len(titles(view)) == 3


def test_long_histories_are_read_page_by_page(
    workspace: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_view, "PAGE", 5)
    for number in range(24):
        workspace.annotate([(number, number + 3)], workspace.labels[0].id)
    view = HistoryView(workspace)
    qtbot.addWidget(view)
    model = view.table.model()
    sizes = [model.rowCount()]
    while model.canFetchMore(view.table.rootIndex()):
        model.fetchMore(view.table.rootIndex())
        sizes.append(model.rowCount())
    assert sizes == [5, 10, 20, 26]
    assert [record.id for record in view.table.records.shown] == list(range(26, 0, -1))


def test_the_active_annotation_alone_field_by_field(view: HistoryView, workspace: Workspace, qtbot: QtBot) -> None:
    claim, speculation = workspace.labels[0].id, workspace.labels[1].id
    other = workspace.annotate([(21, 29)], speculation)
    first = workspace.annotate([(0, 8)], claim)
    assert first is not None and other is not None
    workspace.update(workspace.annotations[first], credibility=3)
    workspace.update(workspace.annotations[first], credibility=2, label_id=speculation)
    workspace.update(workspace.annotations[other], note="not this one")
    view.only_active.click()
    assert titles(view) == [
        "Change the label (credibility 2, was 3; label speculation, was claim)",
        "Change the credibility (credibility 3, was nothing)",
        "Annotate as claim (made)",
    ]
    workspace.set_active(other)
    qtbot.waitUntil(lambda: len(titles(view)) == 2, timeout=60_000)
    assert titles(view)[0] == "Change the note (note not this one, was nothing)"
    view.only_active.click()
    assert titles(view)[-1] == "Create the project"


def test_a_row_tells_what_it_did(view: HistoryView, workspace: Workspace, qtbot: QtBot) -> None:
    id = workspace.annotate([(0, 8)], workspace.labels[0].id)
    assert id is not None
    view.table.selectRow(0)
    assert view.detail.isVisible() and view.detail.toPlainText() == "annotation “The plan”: made"


def test_the_history_of_a_row_is_not_misled_by_words_that_look_like_it(workspace: Workspace) -> None:
    first = workspace.annotate([(0, 8)], workspace.labels[0].id)
    other = workspace.annotate([(21, 29)], workspace.labels[0].id)
    assert first is not None and other is not None and workspace.project is not None
    workspace.update(workspace.annotations[other], note=f'["annotation",{first},')
    assert [change.title for change, _ in workspace.project.read.log.history_of("annotation", first)] == [
        "Annotate as claim"
    ]


def test_the_history_goes_back_past_a_removal(workspace: Workspace) -> None:
    id = workspace.annotate([(0, 8)], workspace.labels[0].id)
    assert id is not None and workspace.project is not None
    workspace.remove([workspace.annotations[id]])
    workspace.undo()
    kinds = [
        (change.kind, edit.after is None) for change, edit in workspace.project.read.log.history_of("annotation", id)
    ]
    assert kinds == [("undo", False), ("do", True), ("do", False)]


def test_closing_the_project_empties_it(view: HistoryView, workspace: Workspace) -> None:
    workspace.close_project()
    assert titles(view) == [] and view.table.accessibleDescription() == "No project is open."
