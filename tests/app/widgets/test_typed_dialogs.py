"""What is typed in a dialog stays there until it is written: every dialog with a text field, driven by real keys."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from tests.app.state.test_typed_text import TEXT, Case

import annotator
from annotator.app.claims.chain_dialog import ChainDialog
from annotator.app.claims.docked_views import CLAIMS
from annotator.app.claims.suggested_claims_dialog import ClaimSuggestionsDialog
from annotator.app.documents.docked_views import BOOKMARKS
from annotator.app.documents.properties_dialog import DocumentPropertiesDialog
from annotator.app.hypotheses.docked_views import HYPOTHESES
from annotator.app.labels.docked_views import LABELS
from annotator.app.shell.main_window import MainWindow
from annotator.app.sources.docked_views import SOURCES
from annotator.app.suggestions import suggestion_commands
from annotator.app.widgets.message_box import MessageBox
from annotator.app.widgets.writing_dialog import WritingDialog
from annotator.domain.errors import DiskFull, ProjectBusy
from annotator.services.annotations import bookmarks, relabelling
from annotator.services.claims import claims, hypotheses
from annotator.services.claims.claim_suggestions import Cluster
from annotator.services.documents import documents
from annotator.services.projects import projects
from annotator.store.project import Project
from annotator.store.queries.read import Read

# The platform without a screen says so about every popup.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

APP = Path(annotator.__file__).parent / "app"
KEYS = "known"
BUSY = ProjectBusy("The project is busy: nothing was changed. Try it again.")
PRESS = QTest.keyClick
CONTROL = Qt.KeyboardModifier.ControlModifier


def stored(case: Case, query: Callable[[Read], Iterable[Any]]) -> list[Any]:
    project = case.window.workspace.project
    assert project is not None
    return list(query(project.read))


def project_of(case: Case) -> Project:
    project = case.window.workspace.project
    assert project is not None
    return project


def texts_of_claims(case: Case) -> list[str]:
    return [claim.text for claim in stored(case, lambda read: read.claims.all())]


def notes_of_claims(case: Case) -> list[str]:
    return [claim.note for claim in stored(case, lambda read: read.claims.all())]


def notes_of_sources(case: Case) -> list[str]:
    return [source.note for source in stored(case, lambda read: read.sources.all())]


def questions(case: Case) -> list[str]:
    return [one.text for one in stored(case, lambda read: read.hypotheses.questions())]


def proposed(case: Case) -> list[str]:
    return [one.text for one in stored(case, lambda read: read.hypotheses.all(1))]


def reasons(case: Case) -> list[str]:
    return [one.credibility_reason for one in stored(case, lambda read: read.annotations.all())]


def with_claim(case: Case) -> Any:
    project = project_of(case)
    project.apply(claims.add(project, "Talks resume.", [case.first])[1])
    view = case.window.view(CLAIMS)
    case.window.show_pane("claims")
    view.show_claim(1)
    return view


def with_question(case: Case) -> Any:
    project = project_of(case)
    project.apply(hypotheses.ask(project, "Why?")[1])
    project.apply(hypotheses.propose(project, 1, "One answer")[1])
    project.apply(hypotheses.weigh(project, 1, [case.first]))
    view = case.window.view(HYPOTHESES)
    case.window.show_pane("hypotheses")
    view.show_question(1)
    view.table.setCurrentCell(0, 2)
    return view


def with_bookmark(case: Case) -> Any:
    workspace = case.window.workspace
    assert workspace.document is not None
    project_of(case).apply(bookmarks.add(project_of(case), workspace.document, 0, "First"))
    case.window.show_pane("bookmarks")
    view = case.window.view(BOOKMARKS)
    view.go_to_list()
    return view


def choose_reason(case: Case) -> None:
    workspace = case.window.workspace
    workspace.update(workspace.annotations[case.first], credibility=1)


def chain(case: Case) -> None:
    workspace = case.window.workspace
    dialog = ChainDialog(workspace, workspace.annotations[case.first], case.window)
    dialog.open()
    QTest.keyClicks(dialog.source.edit, "Northern Wire")


def suggested(case: Case) -> None:
    ClaimSuggestionsDialog(case.window.workspace, [Cluster((case.first,), None, 0.9, "alike")], case.window).open()


def properties(case: Case) -> None:
    DocumentPropertiesDialog(case.window.workspace, case.window).show()


def new_source(case: Case) -> None:
    case.window.show_pane("sources")
    view = case.window.view(SOURCES)
    view._open_dialog(None)


def known_source(case: Case) -> None:
    with_source(case)
    case.window.show_pane("sources")
    case.window.view(SOURCES)._open_dialog(1)


def with_source(case: Case) -> None:
    from annotator.services.sources import sources

    project = project_of(case)
    project.apply(sources.add(project, "Gazette")[1])


def judged_source(case: Case) -> None:
    known_source(case)
    dialog: Any = open_dialog(case)
    dialog.letter.setCurrentIndex(2)


@dataclass(frozen=True)
class Row:
    """One field of one dialog."""

    name: str
    dialog: str
    show: Callable[[Case], object]
    field: str
    """Attribute of the dialog."""
    confirm: Callable[[Any], object]
    stored: Callable[[Case], list[str]]


def click(name: str) -> Callable[[Any], None]:
    def press(dialog: Any) -> None:
        QTest.mouseClick(getattr(dialog, name), Qt.MouseButton.LeftButton)

    return press


def enter(name: str) -> Callable[[Any], None]:
    return lambda dialog: PRESS(getattr(dialog, name), Qt.Key.Key_Return)


def finish(dialog: Any) -> None:
    PRESS(dialog.text, Qt.Key.Key_Return, CONTROL)


def trigger(name: str) -> Callable[[Case], object]:
    return lambda case: case.window.actions_by_id[name].trigger()


ROWS = (
    Row("claim of the text", "ClaimDialog", trigger("claim.make"), "text", finish, texts_of_claims),
    Row("note of a new claim", "ClaimDialog", trigger("claim.make"), "note", enter("note"), notes_of_claims),
    Row("claim without text", "ClaimDialog", lambda case: with_claim(case).add(), "text", finish, texts_of_claims),
    Row("words of a claim", "ClaimDialog", lambda case: with_claim(case).edit(), "text", finish, texts_of_claims),
    Row("chosen claim", "ClaimChooser", trigger("claim.state"), "field", enter("field"), texts_of_claims),
    Row(
        "evidence", "ResolveDialog", lambda case: with_claim(case).resolve(), "evidence", click("ok"),
        lambda case: [one.evidence for one in stored(case, lambda read: read.claims.resolutions())],
    ),
    Row("reason", "GradeReasonDialog", choose_reason, "reason", enter("reason"), reasons),
    Row(
        "name of a source", "SourceDialog", new_source, "name", enter("name"),
        lambda case: [source.name for source in stored(case, lambda read: read.sources.all())],
    ),
    Row("note of a source", "SourceDialog", known_source, "note", click("save_button"), notes_of_sources),
    Row(
        "rationale", "SourceDialog", judged_source, "rationale", click("assess_button"),
        lambda case: [one.rationale for one in stored(case, lambda read: read.sources.assessments())],
    ),
    Row(
        "note of a document", "DocumentPropertiesDialog", properties, "note", click("ok"),
        lambda case: [document.note for document in (case.window.workspace.document,) if document is not None],
    ),
    Row(
        "note of a station", "ChainDialog", chain, "note", click("add_button"),
        lambda case: [link.note for link in stored(case, lambda read: read.claims.chain_links())],
    ),
    Row("suggested claim", "ClaimSuggestionsDialog", suggested, "text", click("make_button"), texts_of_claims),
    Row("question", "LineDialog", lambda case: with_question(case).ask(), "field", enter("field"), questions),
    Row("first question", "LineDialog", trigger("claim.weigh"), "field", enter("field"), questions),
    Row("hypothesis", "LineDialog", lambda case: with_question(case).propose(), "field", enter("field"), proposed),
    Row("other words", "LineDialog", lambda case: with_question(case).reword(), "field", enter("field"), questions),
    Row(
        "note of a cell", "LineDialog", lambda case: with_question(case).note_cell(), "field", enter("field"),
        lambda case: [one.note for one in stored(case, lambda read: read.hypotheses.ratings(evidence_ids=[1]))],
    ),
    Row(
        "new label", "SplitDialog", trigger("labels.split"), "name", click("split_button"),
        lambda case: [label.name for label in stored(case, lambda read: read.labels.all())],
    ),
    Row(
        "name of a bookmark", "LineDialog", lambda case: with_bookmark(case).rename(), "field", enter("field"),
        lambda case: [mark.name for mark in case.window.workspace.bookmarks()],
    ),
)  # fmt: skip

WITHOUT = {
    "AnnotateAllDialog": "It writes as a job: see test_a_refused_job_brings_its_dialog_back.",
    "CrashDialog": "Its text cannot be changed.",
    "ExportDialog": "It writes no text into the project.",
    "FormatsDialog": "Its text cannot be changed.",
    "KeymapEditor": "Its field filters the list.",
    "KeysSheet": "Its field filters the list.",
    "NewProjectDialog": "It makes a project: see test_a_project_that_cannot_be_made_keeps_the_dialog.",
    "PreferencesDialog": "Its fields are settings of the program.",
    "TableColumnsDialog": "Its text cannot be changed.",
    "TrainDialog": "Its name is that of a folder: see test_a_training_that_fails_brings_its_dialog_back.",
    "UnsavedDialog": "Its text cannot be changed.",
}
TEXT_FIELDS = {"QLineEdit", "QPlainTextEdit", "SourceField", "FilterField"}


@pytest.fixture
def case(tmp_path: Path, qtbot: QtBot, shared_window: MainWindow) -> Iterator[Case]:
    made = Case(tmp_path, qtbot, shared_window)
    yield made
    made.leave()


def open_dialog(case: Case) -> WritingDialog:
    return next(found for found in case.window.findChildren(WritingDialog) if found.isVisible())


def question(dialog: QWidget) -> MessageBox | None:
    return next((box for box in dialog.findChildren(MessageBox) if box.isVisible()), None)


def escape(case: Case, dialog: QWidget) -> None:
    """Press Escape in a dialog; in a window that is not active the key is that of an action elsewhere."""
    dialog.activateWindow()
    case.qtbot.waitUntil(dialog.isActiveWindow, timeout=10_000)
    PRESS(dialog, Qt.Key.Key_Escape)


def type_into(dialog: WritingDialog, row: Row) -> QWidget:
    field: QWidget = getattr(dialog, row.field)
    field.setFocus()
    PRESS(field, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(field, KEYS)
    return field


def text(field: Any) -> str:
    return str(field.toPlainText() if hasattr(field, "toPlainText") else field.text())


def test_every_dialog_with_a_text_field_is_listed() -> None:
    found = set()
    for path in APP.rglob("*.py"):
        if "Dialog):" not in (code := path.read_text(encoding="utf-8")):
            continue
        for node in ast.parse(code).body:
            if isinstance(node, ast.ClassDef) and {ast.unparse(base) for base in node.bases} & {
                "QDialog",
                "WritingDialog",
            }:
                names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
                if names & TEXT_FIELDS:
                    found.add(node.name)
    assert found == {row.dialog for row in ROWS} | WITHOUT.keys(), (
        "Add the dialog to ROWS or, with a reason, to WITHOUT."
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_refused_write_keeps_the_dialog_and_its_text(case: Case, row: Row) -> None:
    row.show(case)
    dialog = open_dialog(case)
    assert type(dialog).__name__ == row.dialog
    field = type_into(dialog, row)
    case.refuse(BUSY)
    row.confirm(dialog)
    assert dialog.isVisible() and text(field) == KEYS
    assert dialog.problem.isVisible() and dialog.problem.text() == str(BUSY)
    assert dialog.problem.textFormat() == Qt.TextFormat.PlainText
    assert field.property("invalid") is True
    assert KEYS not in row.stored(case)
    case.free()
    row.confirm(dialog)
    assert KEYS in row.stored(case)
    assert not dialog.isVisible() or not dialog.problem.isVisible()


def test_cancel_asks_after_a_refusal_and_can_copy(case: Case) -> None:
    trigger("claim.make")(case)
    dialog = open_dialog(case)
    field = type_into(dialog, ROWS[0])
    case.refuse(BUSY)
    finish(dialog)
    escape(case, dialog)
    box = question(dialog)
    assert box is not None and dialog.isVisible()
    escape(case, box)
    assert dialog.isVisible() and text(field) == KEYS
    escape(case, dialog)
    box = question(dialog)
    assert box is not None
    copy = box.findChild(QPushButton, "copyTypedText")
    assert copy is not None
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    assert QApplication.clipboard().text() == KEYS
    case.free()
    assert texts_of_claims(case) == []


def test_cancel_without_a_refusal_closes_at_once(case: Case) -> None:
    trigger("claim.make")(case)
    dialog = open_dialog(case)
    type_into(dialog, ROWS[0])
    escape(case, dialog)
    assert not dialog.isVisible() and texts_of_claims(case) == []


@pytest.mark.parametrize("way", ["close", "open"])
def test_leaving_the_project_asks_about_a_dialog_that_does_not_block_the_window(case: Case, way: str) -> None:
    other = case.path.with_name("other.anno")
    annotator.create(other).close()
    properties(case)
    dialog: Any = open_dialog(case)
    QTest.keyClicks(dialog.note, KEYS)
    window = case.window

    def leave() -> None:
        window.close() if way == "close" else window.files.open_project(other)

    leave()
    assert window.isVisible() and dialog.isVisible() and text(dialog.note) == KEYS
    assert project_of(case).path == case.path
    box = question(dialog)
    assert box is not None
    escape(case, box)
    leave()
    box = question(dialog)
    assert box is not None
    discard = box.findChild(QPushButton, "discardText")
    assert discard is not None
    QTest.mouseClick(discard, Qt.MouseButton.LeftButton)
    project = window.workspace.project
    assert project is None if way == "close" else project is not None and project.path == other


def test_the_chain_asks_before_a_station_is_dropped_that_was_not_added(case: Case) -> None:
    chain(case)
    dialog = open_dialog(case)
    dialog.reject()
    assert question(dialog) is not None and dialog.isVisible()


def test_a_new_source_and_its_first_assessment_are_one_change(case: Case) -> None:
    new_source(case)
    dialog: Any = open_dialog(case)
    QTest.keyClicks(dialog.name, KEYS)
    dialog.letter.setCurrentIndex(2)
    QTest.keyClicks(dialog.rationale, "heard before")
    number = project_of(case).log_number
    enter("name")(dialog)
    assert project_of(case).log_number == number + 1
    assert [one.rationale for one in stored(case, lambda read: read.sources.assessments())] == ["heard before"]


def annotate_all(case: Case) -> Any:
    case.window.reading.view.select(TEXT.index("said"), TEXT.index("said") + len("said"))
    trigger("annotate.all_occurrences")(case)
    dialog: Any = open_dialog(case)
    case.qtbot.waitUntil(dialog.annotate_button.isEnabled, timeout=20_000)
    QTest.keyClicks(dialog.source.edit, KEYS)
    return dialog


def split(case: Case) -> Any:
    trigger("labels.split")(case)
    dialog: Any = open_dialog(case)
    QTest.keyClicks(dialog.name, KEYS)
    return dialog


@pytest.mark.parametrize(
    ("show", "field", "button", "written"),
    [
        (annotate_all, lambda dialog: dialog.source.edit, "annotate_button", lambda read: read.sources.all()),
        (split, lambda dialog: dialog.name, "split_button", lambda read: read.labels.all()),
    ],
    ids=["annotate all", "split"],
)
def test_a_refused_job_brings_its_dialog_back(
    case: Case,
    monkeypatch: pytest.MonkeyPatch,
    show: Callable[[Case], Any],
    field: Callable[[Any], QWidget],
    button: str,
    written: Callable[[Any], Any],
) -> None:
    monkeypatch.setattr(relabelling, "SMALL_CHUNK", 1 if show is split else relabelling.SMALL_CHUNK)
    dialog = show(case)
    case.refuse(BUSY)
    click(button)(dialog)
    assert not dialog.isVisible() and case.window.jobs.running
    case.qtbot.waitUntil(dialog.isVisible, timeout=20_000)
    assert text(field(dialog)) == KEYS and dialog.problem.text() == str(BUSY)
    case.free()
    monkeypatch.undo()
    click(button)(dialog)
    case.qtbot.waitUntil(lambda: KEYS in [one.name for one in stored(case, written)], timeout=20_000)
    case.qtbot.waitUntil(lambda: not case.window.jobs.running, timeout=20_000)
    assert not [found for found in case.window.findChildren(WritingDialog) if found.isVisible()]


def test_a_project_that_cannot_be_made_keeps_the_dialog(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.qtbot.waitUntil(lambda: not case.window.jobs.running, timeout=20_000)
    other = case.path.with_name("other.anno")
    trigger("file.new")(case)
    dialog: Any = open_dialog(case)
    QTest.keyClicks(dialog.title_edit, KEYS)
    dialog.path_edit.setText(str(other))
    full = DiskFull("The disk is full: nothing was written.")

    def refuse(*_: Any, **__: Any) -> None:
        raise full

    with monkeypatch.context() as disk:
        disk.setattr(projects, "create", refuse)
        click("ok")(dialog)
    assert dialog.isVisible() and text(dialog.title_edit) == KEYS and dialog.message.text() == str(full)
    assert project_of(case).path == case.path
    click("ok")(dialog)
    case.qtbot.waitUntil(lambda: project_of(case).path == other, timeout=20_000)
    assert not [found for found in case.window.findChildren(WritingDialog) if found.isVisible()]


def test_a_training_that_fails_brings_its_dialog_back(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    full = DiskFull("The disk is full: no model was written.")

    def refuse(*_: Any, **__: Any) -> None:
        raise full

    monkeypatch.setattr(suggestion_commands, "in_process", refuse)
    trigger("suggest.train")(case)
    dialog: Any = open_dialog(case)
    QTest.keyClicks(dialog.field, KEYS)
    click("train")(dialog)
    assert not dialog.isVisible()
    case.qtbot.waitUntil(dialog.isVisible, timeout=20_000)
    assert text(dialog.field) == KEYS and dialog.problem.text() == str(full)


def test_a_name_that_is_refused_in_the_list_of_labels_is_written_later(case: Case) -> None:
    case.refuse(BUSY)
    case.window.view(LABELS).rename_requested.emit(1, KEYS)
    (kept,) = case.window.workspace.typed
    assert kept.value == KEYS and kept.problem == str(BUSY)
    case.free()
    case.window.workspace.typed.retry()
    assert KEYS in [label.name for label in stored(case, lambda read: read.labels.all())]
    assert not len(case.window.workspace.typed)
    case.window.view(LABELS).rename_requested.emit(1, "speculation")
    assert not len(case.window.workspace.typed)
    assert any("speculation" in toast.text for toast in case.window.toasts.shown)


def test_a_split_says_that_its_label_was_removed(case: Case) -> None:
    dialog = split(case)
    project = project_of(case)
    project.apply(relabelling.change_of(project, relabelling.merge(project, [1], 2)))
    assert dialog.isVisible() and text(dialog.name) == KEYS and not dialog.split_button.isEnabled()
    assert "was removed meanwhile" in dialog.problem.text()
    project.undo()
    assert not dialog.problem.isVisible() and dialog.split_button.isEnabled()


def test_properties_follow_what_is_changed_elsewhere(case: Case) -> None:
    properties(case)
    dialog: Any = open_dialog(case)
    document = case.window.workspace.document
    assert document is not None
    dialog.lines["author"].setText("Typed here")
    project_of(case).apply(documents.update(document, title="Other title", author="Somebody", status="done"))
    assert dialog.lines["title"].text() == "Other title" and dialog.status.currentText() == "done"
    assert dialog.lines["author"].text() == "Typed here"
    assert "The author was changed elsewhere" in dialog.message.text()
    case.window.workspace.undo()
    assert dialog.lines["title"].text() == "Talks" and dialog.status.currentText() == "new"
    click("ok")(dialog)
    assert not dialog.isVisible()
    found = case.window.workspace.document
    assert found is not None and (found.title, found.author, found.status) == ("Talks", "Typed here", "new")
