"""The registry of sources and its dialog: assess by key, edit, make, remove."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from pytestqt.qtbot import QtBot

from annotator.app.sources.source_dialog import SourceDialog
from annotator.app.sources.source_table import SourceTableView
from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.services.projects import projects
from annotator.services.sources import sources

KEY = Qt.Key
TEXT = "The spokesman denied it."


@pytest.fixture
def workspace(tmp_path: Path, qtbot: QtBot) -> Iterator[Workspace]:
    project = projects.create(tmp_path / "case.anno", annotator="ada")
    ids = {}
    for name, kind in (("Reuters", "outlet"), ("Vladimir Putin", "person"), ("Kremlin", "office")):
        ids[name], change = sources.add(project, name, kind, aliases=("Putin",) if kind == "person" else ())
        project.apply(change)
    project.apply(
        sources.assess(project, sources.get(project, ids["Reuters"]), "C", made_on="2024-01-02", rationale="old")
    )
    project.apply(
        sources.assess(project, sources.get(project, ids["Reuters"]), "B", made_on="2025-01-02", rationale="checked")
    )
    (id,) = project.next_ids("document")
    values = {
        "uid": new_uid(),
        "title": "Denial",
        "text_sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
        "source_id": ids["Reuters"],
        "imported_at": now(),
    }
    project.apply(
        Change("Import", (Edit("document", id, None, values), Edit("document_text", id, None, {"text": TEXT})))
    )
    workspace = Workspace()
    workspace.adopt(project)
    yield workspace
    workspace.close_project()


@pytest.fixture
def view(workspace: Workspace, qtbot: QtBot) -> SourceTableView:
    view = SourceTableView(workspace)
    qtbot.addWidget(view)
    view.resize(1000, 260)
    view.show()
    qtbot.waitExposed(view)
    return view


def row(view: SourceTableView, number: int) -> list[str]:
    model = view.table.model()
    return [model.index(number, column).data() for column in range(model.columnCount())]


def id_of(workspace: Workspace, name: str) -> int:
    return next(source.id for source in workspace.sources() if source.name == name)


def open_dialog(workspace: Workspace, qtbot: QtBot, id: int | None) -> SourceDialog:
    dialog = SourceDialog(workspace, id)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def test_every_column(view: SourceTableView) -> None:
    assert row(view, 0) == ["Kremlin", "office", "", "", "", "0", "0", ""]
    assert row(view, 1) == ["Reuters", "outlet", "usually reliable", "", "", "0", "1", "2025-01-02"]
    assert row(view, 2) == ["Vladimir Putin", "person", "", "", "Putin", "0", "0", ""]
    spoken = view.table.model().index(1, 2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Reliability B: usually reliable"
    assert view.count.text() == "3 sources"


def test_the_filter_finds_aliases(view: SourceTableView, qtbot: QtBot) -> None:
    qtbot.keyClicks(view.filter_field, "putin")
    qtbot.keyClick(view.filter_field, KEY.Key_Return)
    assert view.count.text() == "3 sources, 1 shown" and row(view, 0)[0] == "Vladimir Putin"


def test_a_letter_assesses_and_undo_takes_it_back(view: SourceTableView, workspace: Workspace, qtbot: QtBot) -> None:
    told: list[str] = []
    workspace.notified.connect(lambda sentence, undoable: told.append(sentence))
    view.table.show_id(id_of(workspace, "Kremlin"))
    qtbot.keyClick(view.table, KEY.Key_D)
    assert row(view, 0)[2] == "not usually reliable"
    assert told == ["Kremlin is assessed as D: not usually reliable."]
    number = workspace.project.log_number if workspace.project else 0
    qtbot.keyClick(view.table, KEY.Key_D)
    assert workspace.project is not None and workspace.project.log_number == number
    workspace.undo()
    assert row(view, 0)[2] == "" and view.table.current_id() == id_of(workspace, "Kremlin")


def test_only_a_source_that_nothing_names_is_removed(view: SourceTableView, workspace: Workspace, qtbot: QtBot) -> None:
    failed: list[str] = []
    workspace.error_occurred.connect(failed.append)
    view.table.show_id(id_of(workspace, "Reuters"))
    qtbot.mouseClick(view.remove_button, Qt.MouseButton.LeftButton)
    assert len(failed) == 1 and "cannot be removed" in failed[0] and row(view, 1)[0] == "Reuters"
    view.table.show_id(id_of(workspace, "Kremlin"))
    qtbot.mouseClick(view.remove_button, Qt.MouseButton.LeftButton)
    assert row(view, 0)[0] == "Reuters"


def test_counts_follow_the_annotations(view: SourceTableView, workspace: Workspace, qtbot: QtBot) -> None:
    workspace.open_document(1)
    workspace.annotate([(0, 13)], workspace.labels[0].id, source_id=id_of(workspace, "Kremlin"))
    qtbot.waitUntil(lambda: row(view, 0)[5] == "1", timeout=60_000)


def test_enter_opens_the_dialog_of_the_source(view: SourceTableView, workspace: Workspace, qtbot: QtBot) -> None:
    view.table.setFocus()
    view.table.show_id(id_of(workspace, "Reuters"))
    qtbot.keyClick(view.table, KEY.Key_Return)
    (dialog,) = view.findChildren(SourceDialog)
    assert dialog.isVisible() and dialog.name.text() == "Reuters"
    dialog.reject()


def test_the_buttons_follow_the_selection(view: SourceTableView, workspace: Workspace) -> None:
    assert not view.edit_button.isEnabled() and view.new_button.isEnabled()
    view.table.show_id(id_of(workspace, "Kremlin"))
    assert view.edit_button.isEnabled() and view.assess_button.isEnabled() and view.remove_button.isEnabled()


def test_the_dialog_shows_how_it_was_judged(workspace: Workspace, qtbot: QtBot) -> None:
    dialog = open_dialog(workspace, qtbot, id_of(workspace, "Reuters"))
    table = dialog.assessments
    model = table.model()
    cells = [[model.index(line, column).data() for column in range(5)] for line in range(table.rowCount())]
    assert cells == [
        ["2025-01-02", "B: usually reliable", "", "checked", "ada"],
        ["2024-01-02", "C: fairly reliable", "", "old", "ada"],
    ]


def test_the_dialog_saves_the_data(workspace: Workspace, qtbot: QtBot) -> None:
    id = id_of(workspace, "Vladimir Putin")
    dialog = open_dialog(workspace, qtbot, id)
    dialog.aliases.clear()
    qtbot.keyClicks(dialog.aliases, "Putin; President  Putin;; Putin")
    dialog.kind.setCurrentIndex(dialog.kind.findData("office"))
    dialog.parent_source.setCurrentIndex(dialog.parent_source.findText("Kremlin"))
    qtbot.keyClicks(dialog.note, "head of state")
    with qtbot.waitSignal(dialog.saved) as saved:
        qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    source = next(source for source in workspace.sources() if source.id == id)
    assert saved.args == [id] and not dialog.isVisible()
    assert source.aliases == ("Putin", "President Putin") and source.kind == "office"
    assert source.parent_id == id_of(workspace, "Kremlin") and source.note == "head of state"
    workspace.undo()
    assert next(source for source in workspace.sources() if source.id == id).aliases == ("Putin",)


def test_a_new_assessment_needs_a_letter_and_keeps_its_date(workspace: Workspace, qtbot: QtBot) -> None:
    id = id_of(workspace, "Kremlin")
    dialog = open_dialog(workspace, qtbot, id)
    assert not dialog.assess_button.isEnabled()
    dialog.letter.setCurrentIndex(dialog.letter.findData("E"))
    dialog.day.setDate(QDate(2024, 5, 6))
    qtbot.keyClicks(dialog.topic, "troops")
    qtbot.keyClicks(dialog.rationale, "denied what was filmed")
    qtbot.mouseClick(dialog.assess_button, Qt.MouseButton.LeftButton)
    assert workspace.project is not None
    (found,) = workspace.project.read.sources.assessments(source_id=id)
    assert found[2:-1] == ("2024-05-06", "E", "troops", "denied what was filmed", "ada") and found.uid
    assert dialog.isVisible() and dialog.assessments.rowCount() == 1 and dialog.letter.currentData() is None


def test_a_new_source_with_its_first_assessment_is_one_step(workspace: Workspace, qtbot: QtBot) -> None:
    dialog = open_dialog(workspace, qtbot, None)
    qtbot.keyClicks(dialog.name, "Gazprom")
    dialog.letter.setCurrentIndex(dialog.letter.findData("C"))
    qtbot.keyClick(dialog.name, KEY.Key_Return)
    made = next(source for source in workspace.sources() if source.name == "Gazprom")
    assert made.reliability == "C" and not dialog.isVisible()
    workspace.undo()
    assert "Gazprom" not in [source.name for source in workspace.sources()]


@pytest.mark.parametrize("name", ["", "reuters", "putin"])
def test_an_empty_or_taken_name_is_refused_in_place(workspace: Workspace, qtbot: QtBot, name: str) -> None:
    for id in (None, id_of(workspace, "Kremlin")):
        dialog = open_dialog(workspace, qtbot, id)
        dialog.name.setText(name)
        qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
        assert dialog.isVisible() and dialog.problem.isVisible() and dialog.problem.text().endswith(".")
        dialog.reject()
    assert len(workspace.sources()) == 3


def test_no_source_can_belong_to_its_own_part(workspace: Workspace, qtbot: QtBot) -> None:
    putin = next(source for source in workspace.sources() if source.name == "Vladimir Putin")
    workspace.perform(sources.update(putin, parent_id=id_of(workspace, "Kremlin")))
    dialog = open_dialog(workspace, qtbot, id_of(workspace, "Kremlin"))
    offered = [dialog.parent_source.itemText(number) for number in range(dialog.parent_source.count())]
    assert offered == ["nothing", "Reuters"]
