"""What is typed is never lost: every field that writes without a button, driven by real keys."""

import ast
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

import annotator
from annotator.app.annotations.docked_views import INSPECTOR
from annotator.app.labels.docked_views import GUIDELINE
from annotator.app.labels.label_editor import LabelEditor
from annotator.app.projects.unsaved_dialog import UnsavedDialog
from annotator.app.shell.main_window import MainWindow
from annotator.app.state.typed_field import TypedField
from annotator.app.state.typed_texts import RETRY_MS
from annotator.app.widgets.pending_edit import LONGEST_WAIT, PAUSE, PendingEdit
from annotator.app.widgets.writing_dialog import WritingDialog
from annotator.domain.changes import Change, Edit, new_uid
from annotator.domain.errors import DiskFull, ProjectBusy
from annotator.services.sources import sources
from annotator.store.queries.read import Read

# The platform without a screen says so about every popup.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

TEXT = "Talks resume\n\nThe minister said the bridge was safe. It may open on Friday, a worker said."
SOURCE = Path(annotator.__file__).parent


@dataclass(frozen=True)
class Field:
    """A field that writes what is typed without a button."""

    name: str
    of: str
    """What it belongs to: an annotation, the guideline, or a label."""
    keys: str
    stored: Callable[[Any], Any]
    """Its value, from an annotation, the project's record, or a label."""

    @property
    def expected(self) -> Any:
        return {"probability": 7, "feature.amount": 7}.get(self.name, self.keys)


FIELDS = (
    Field("noteField", "annotation", "known", lambda found: found.note),
    Field("reliabilityReason", "annotation", "known", lambda found: found.reliability_reason),
    Field("credibilityReason", "annotation", "known", lambda found: found.credibility_reason),
    Field("probability", "annotation", "7", lambda found: found.probability),
    Field("feature.remark", "annotation", "known", lambda found: found.features.get("remark")),
    Field("feature.amount", "annotation", "7", lambda found: found.features.get("amount")),
    Field("feature.proof", "annotation", "https://a.example/", lambda found: found.features.get("proof")),
    Field("guidelineSource", "guideline", "known", lambda record: record.guideline),
    Field("labelName", "label", "known", lambda label: label.name),
    Field("labelInitials", "label", "kn", lambda label: label.initials),
    Field("labelColor", "label", "#123456", lambda label: label.color),
    Field("labelDescription", "label", "known", lambda label: label.description),
)
SOURCE_NAME = Field("sourceField", "annotation", "Ministry", lambda found: found.source)

CONSTRUCTED = {
    "TypedField": {
        "app/annotations/feature_fields.py": 1,  # one for each feature that is typed
        "app/annotations/inspector/section.py": 1,  # one for each of note, two reasons and probability
        "app/annotations/inspector/source_section.py": 1,
        "app/labels/guideline_view.py": 1,
        "app/labels/label_fields.py": 1,  # one for each of name, initials, colour and description
    },
    "PendingEdit": {
        "app/state/typed_field.py": 1,
        "app/widgets/grade_fields.py": 1,  # the probability, written by its TypedField
        "app/labels/split_dialog.py": 1,  # a filter: nothing of it is written
        "app/shell/preferences_dialog.py": 1,  # settings of the program, not of the project
    },
}


class Case:
    """A window on a new project of two documents, the first with two annotations."""

    def __init__(self, folder: Path, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot, self.window = qtbot, window
        self.path = folder / "case.anno"
        with annotator.create(self.path, annotator="ada") as project:
            stored = project._stored
            for name, kind in (("remark", "text"), ("amount", "number"), ("proof", "link")):
                (id,) = stored.next_ids("feature")
                values = {"uid": new_uid(), "name": name, "kind": kind, "choices": [], "description": "", "position": 9}
                stored.apply(Change("Add a feature", (Edit("feature", id, None, values),)))
            project.add_document("Talks", TEXT)
            project.add_document("Other", "Another text.")
            start, next_start = TEXT.index("the bridge"), TEXT.index("It may")
            self.first = project.annotate(1, start, next_start - 2, "claim", reliability="B").id
            self.second = project.annotate(1, next_start, len(TEXT) - 1, "claim").id
        assert window.files.open_project(self.path)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=10_000)
        self.window.workspace.set_active(self.first)

    def leave(self) -> None:
        """Close the project, and put back what a test may have changed of the window."""
        if self.window.workspace.project is not None and "apply" in vars(self.window.workspace.project):
            self.free()
        typed = self.window.workspace.typed
        typed.clear()
        typed._timer.setInterval(RETRY_MS)
        for field in self.window.findChildren(TypedField):
            field.pending.drop()
            field.pending._timer.setInterval(PAUSE)
            field.pending._longest.setInterval(LONGEST_WAIT)
        for dialog in self.window.findChildren(QDialog):
            dialog.give_up() if isinstance(dialog, WritingDialog) else dialog.close()
        self.window.close()
        self.qtbot.waitUntil(
            lambda: not self.window.jobs.running and self.window.workspace.project is None, timeout=10_000
        )
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def refuse(self, error: Exception) -> None:
        """Let every write be refused from now on."""

        def apply(*_: Any, **__: Any) -> None:
            raise error

        assert self.window.workspace.project is not None
        vars(self.window.workspace.project)["apply"] = apply

    def free(self) -> None:
        """Let writes succeed again."""
        vars(self.window.workspace.project).pop("apply")

    def widget(self, field: Field) -> QWidget:
        """The field, on the screen and with the focus."""
        window = self.window
        if field.of == "guideline":
            window.show_pane("guideline")
            if not window.view(GUIDELINE).edit.isChecked():
                QTest.mouseClick(window.view(GUIDELINE).edit, Qt.MouseButton.LeftButton)
            root: QWidget = window.view(GUIDELINE)
        elif field.of == "label":
            window.actions_by_id["labels.edit"].trigger()
            (root,) = window.findChildren(LabelEditor)
            self.qtbot.waitUntil(root.isActiveWindow, timeout=10_000)
        else:
            root = window.view(INSPECTOR)
        found = root.findChild(QWidget, field.name)
        assert isinstance(found, QLineEdit | QPlainTextEdit | QSpinBox)
        # Shown by the digit that it belongs to; here it is only typed into.
        found.show()
        found.setFocus()
        if not isinstance(found, QSpinBox):
            found.selectAll()
        return found

    def typed(self, widget: QWidget) -> TypedField:
        (found,) = widget.findChildren(TypedField, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return found

    def stored(self, field: Field) -> Any:
        """The value in the project that is open."""
        project = self.window.workspace.project
        assert project is not None
        return field.stored(self._row(field, project.read))

    def stored_on_disk(self, field: Field) -> Any:
        """The value in the file, read by a project of its own."""
        with annotator.open(self.path) as project:
            return field.stored(self._row(field, project._stored.read))

    def wait_until_stored(self, field: Field) -> None:
        self.qtbot.waitUntil(lambda: self.stored(field) == field.expected, timeout=20_000)

    def status(self) -> list[str]:
        """What the status bar says."""
        return [label.text() for label in self.window.statusBar().findChildren(QLabel)]

    def _row(self, field: Field, read: Read) -> Any:
        if field.of == "guideline":
            return read.project.record()
        if field.of == "label":
            return read.labels.all()[0]
        return read.annotations.one(self.first)


@pytest.fixture
def case(tmp_path: Path, qtbot: QtBot, shared_window: MainWindow) -> Iterator[Case]:
    made = Case(tmp_path, qtbot, shared_window)
    yield made
    made.leave()


# --- which fields there are -------------------------------------------------------------------------------------------


def test_every_field_that_waits_is_in_the_table() -> None:
    for name, expected in CONSTRUCTED.items():
        found: Counter[str] = Counter()
        for path in SOURCE.rglob("*.py"):
            if name in (text := path.read_text(encoding="utf-8")):
                calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
                found[path.relative_to(SOURCE).as_posix()] += sum(
                    isinstance(call.func, ast.Name) and call.func.id == name for call in calls
                )
        assert {path: count for path, count in found.items() if count} == expected, (
            f"a new {name} must be added to the table of fields in this test, and tried by it"
        )


def test_every_typed_field_of_the_window_is_tried(case: Case) -> None:
    for field in FIELDS:
        case.widget(field)
    found = {typed.widget.objectName() for typed in case.window.findChildren(TypedField)}
    assert found == {field.name for field in FIELDS} | {"feature.due", "feature.relay", "sourceField"}
    assert PAUSE <= LONGEST_WAIT <= 2000


# --- when it is written -----------------------------------------------------------------------------------------------


def test_it_is_written_while_keys_go_on(case: Case) -> None:
    for field in FIELDS:
        widget = case.widget(field)
        pending = case.typed(widget).pending
        # Only the longest wait can write here.
        pending._timer.setInterval(10_000_000)
        pending._longest.setInterval(50)
        QTest.keyClicks(widget, field.keys)
        case.wait_until_stored(field)
        assert pending._timer.isActive() or not pending.waits, field.name


def test_it_is_written_when_the_focus_leaves(case: Case) -> None:
    for field in FIELDS:
        widget = case.widget(field)
        QTest.keyClicks(widget, field.keys)
        widget.clearFocus()
        assert case.stored(field) == field.expected, field.name
        assert not case.typed(widget).is_unsaved, field.name


@pytest.mark.parametrize("of", ["annotation", "guideline", "label"])
def test_it_is_written_when_the_window_is_closed_at_once(case: Case, of: str) -> None:
    fields = [field for field in FIELDS if field.of == of]
    for field in fields:
        # Each was left for the next one but for the last, which has the focus when the window is closed.
        QTest.keyClicks(case.widget(field), field.keys)
    case.window.close()
    case.qtbot.waitUntil(lambda: case.window.workspace.project is None, timeout=10_000)
    for field in fields:
        assert case.stored_on_disk(field) == field.expected, field.name


@pytest.mark.parametrize("way", ["navigate.next_annotation", "navigate.next_document"])
def test_it_is_written_before_another_row_is_shown(case: Case, way: str) -> None:
    for field in FIELDS:
        if field.of != "annotation":
            continue
        case.window.workspace.open_document(1)
        case.window.workspace.set_active(case.first)
        QTest.keyClicks(case.widget(field), field.keys)
        case.window.actions_by_id[way].trigger()
        assert case.window.workspace.active_id != case.first
        assert case.stored(field) == field.expected, field.name
        with annotator.open(case.path, read_only=True) as other:
            assert field.stored(other.annotation(case.second)) in ("", None), field.name


def test_one_visit_is_one_step_of_undo(case: Case) -> None:
    for field in FIELDS:
        before = case.stored(field)
        typed = case.typed(case.widget(field))
        # It is written after the first key, the second, and the last.
        for keys in filter(None, (field.keys[:1], field.keys[1:2], field.keys[2:])):
            QTest.keyClicks(typed.widget, keys)
            typed.flush()
        assert case.stored(field) == field.expected, field.name
        case.window.workspace.undo()
        assert case.stored(field) == before, field.name


def test_a_space_between_two_words_stays_while_it_is_written(case: Case) -> None:
    for field in (FIELDS[0], FIELDS[1], FIELDS[4]):
        widget = case.widget(field)
        QTest.keyClicks(widget, "one ")
        case.typed(widget).flush()
        QTest.keyClicks(widget, "two")
        widget.clearFocus()
        assert case.stored(field) == "one two"


def test_an_undo_takes_back_what_was_typed_last(case: Case) -> None:
    note = FIELDS[0]
    widget = case.widget(note)
    QTest.keyClicks(widget, "first")
    widget.clearFocus()
    QTest.keyClicks(case.widget(note), "second")
    case.window.workspace.undo()
    assert case.stored(note) == "first"
    assert case.window.workspace.active_id == case.first
    case.window.workspace.redo()
    assert case.stored(note) == "second"


# --- what is refused --------------------------------------------------------------------------------------------------


def test_a_refused_value_stays_is_marked_and_is_written_later(case: Case) -> None:
    case.window.workspace.typed._timer.setInterval(10_000_000)
    for field in FIELDS:
        widget = case.widget(field)
        typed = case.typed(widget)
        before = case.stored(field)
        case.refuse(ProjectBusy("The project is still busy: nothing was changed."))
        QTest.keyClicks(widget, field.keys)
        typed.flush()
        assert case.stored(field) == before, field.name
        assert typed.is_unsaved, field.name
        assert widget.property("invalid") is True, field.name
        assert "The project is still busy" in widget.toolTip()
        assert "The project is still busy" in widget.accessibleDescription()
        assert "1 text not saved" in case.status()
        case.free()
        case.window.workspace.typed.retry()
        assert case.stored(field) == field.expected, field.name
        assert not widget.property("invalid"), field.name
        assert "busy" not in widget.toolTip() + widget.accessibleDescription()
        assert not typed.is_unsaved, field.name
        assert "Saved" in case.status()


def test_a_refused_value_is_written_by_itself_once_the_project_is_free(case: Case) -> None:
    widget = case.widget(FIELDS[0])
    case.refuse(ProjectBusy("The project is still busy: nothing was changed."))
    QTest.keyClicks(widget, "known")
    case.typed(widget).flush()
    case.window.workspace.typed._timer.setInterval(1)
    case.free()
    case.wait_until_stored(FIELDS[0])
    case.qtbot.waitUntil(lambda: not widget.property("invalid"), timeout=10_000)


def test_a_refused_value_belongs_to_its_annotation(case: Case) -> None:
    case.window.workspace.typed._timer.setInterval(10_000_000)
    for field in FIELDS:
        if field.of != "annotation":
            continue
        widget = case.widget(field)
        typed = case.typed(widget)
        case.refuse(DiskFull("The disk is full: nothing was changed."))
        QTest.keyClicks(widget, field.keys)
        typed.flush()
        kept = typed._read()
        case.window.workspace.set_active(case.second)
        assert typed._read() != kept, field.name
        assert not widget.property("invalid"), field.name
        case.window.workspace.set_active(case.first)
        assert typed._read() == kept, field.name
        assert widget.property("invalid") is True, field.name
        case.window.workspace.open_document(2)
        case.free()
        case.window.workspace.typed.retry()
        assert case.stored(field) == field.expected, field.name
        case.window.workspace.open_document(1)
        case.window.workspace.set_active(case.first)
        assert not widget.property("invalid"), field.name


@pytest.mark.parametrize("name", ["Ministry", "Somebody new"])
def test_a_refused_source_stays_and_is_named_later(case: Case, name: str) -> None:
    window = case.window
    assert window.workspace.project is not None
    window.workspace.perform(sources.add(window.workspace.project, "Ministry", "organisation")[1])
    edit = window.view(INSPECTOR).source.field.edit
    edit.setFocus()
    case.refuse(ProjectBusy("The project is still busy: nothing was changed."))
    QTest.keyClicks(edit, name)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == name
    assert edit.property("invalid") is True
    assert not case.stored(SOURCE_NAME)
    window.workspace.set_active(case.second)
    assert edit.text() == "" and not edit.property("invalid")
    window.workspace.set_active(case.first)
    assert edit.text() == name and edit.property("invalid") is True
    case.free()
    window.workspace.typed.retry()
    assert case.stored(SOURCE_NAME) == name
    assert edit.text() == name and not edit.property("invalid")
    assert len(window.workspace.typed) == 0


def test_a_refused_value_is_written_when_the_focus_leaves(case: Case) -> None:
    widget = case.widget(FIELDS[0])
    case.refuse(ProjectBusy("The project is still busy: nothing was changed."))
    QTest.keyClicks(widget, "known")
    case.typed(widget).flush()
    case.free()
    widget.clearFocus()
    assert case.stored(FIELDS[0]) == "known"


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [("feature.proof", "example.com", "https://example.com"), ("feature.amount", "12a", "12")],
)
def test_a_wrong_value_stays_with_the_reason(case: Case, name: str, wrong: str, right: str) -> None:
    field = next(field for field in FIELDS if field.name == name)
    widget = case.widget(field)
    assert isinstance(widget, QLineEdit)
    QTest.keyClicks(widget, wrong)
    widget.clearFocus()
    assert widget.text() == wrong
    assert widget.property("invalid") is True
    assert wrong in widget.toolTip()
    assert case.stored(field) is None
    problems = case.window.view(INSPECTOR).findChildren(QLabel, "unsavedProblem")
    assert next(label.text() for label in problems if label.text()).startswith("Not saved: ")
    assert case.window.toasts.shown == (), "half of a link is no reason for a message"
    case.widget(field)
    QTest.keyClicks(widget, right)
    widget.clearFocus()
    assert str(case.stored(field)) == right
    assert not widget.property("invalid")


def test_the_reason_of_a_one_cannot_be_emptied(case: Case) -> None:
    window = case.window
    assert window.workspace.active is not None
    assert window.workspace.update(window.workspace.active, credibility=1, credibility_reason="seen by me")
    field = FIELDS[2]
    widget = case.widget(field)
    QTest.keyClick(widget, Qt.Key.Key_Delete)
    case.typed(widget).flush()
    assert case.stored(field) == "seen by me"
    assert widget.property("invalid") is True
    assert "change the digit first" in widget.toolTip()
    window.actions_by_id["grade.credibility.2"].trigger()
    case.typed(widget).flush()
    assert case.stored(field) == ""
    assert not widget.property("invalid")


def test_a_removed_annotation_keeps_what_was_typed(case: Case) -> None:
    field = FIELDS[0]
    QTest.keyClicks(case.widget(field), "known")
    assert case.window.workspace.active is not None
    case.window.workspace.remove([case.window.workspace.active])
    case.window.workspace.undo()
    assert case.stored(field) == "known"


def test_text_for_an_annotation_that_others_removed_is_kept_and_reported(case: Case) -> None:
    field = FIELDS[0]
    widget = case.widget(field)
    QTest.keyClicks(widget, "known")
    project = case.window.workspace.project
    assert project is not None
    undone = project.undo()  # not by the window: as a job or a script does
    while undone != "Annotate as claim" or case.first in case.window.workspace.annotations:
        undone = project.undo()
    (edit,) = case.window.workspace.typed
    assert edit.text == "known"
    assert "was removed" in edit.problem and "the bridge was safe" in edit.problem
    assert any("was removed" in toast.text for toast in case.window.toasts.shown)
    while case.first not in case.window.workspace.annotations:
        project.redo()
    case.window.workspace.typed.retry()
    assert case.stored(field) == "known"


# --- closing with unsaved text ----------------------------------------------------------------------------------------


def asked(case: Case) -> UnsavedDialog:
    """Type a note that is refused, close the window, and return the question."""
    case.refuse(ProjectBusy("The project is still busy: nothing was changed."))
    QTest.keyClicks(case.widget(FIELDS[0]), "known")
    case.window.close()
    (dialog,) = case.window.findChildren(UnsavedDialog)
    assert dialog.isVisible()
    assert case.window.workspace.project is not None
    assert "known" in dialog.list.toPlainText()
    assert "still busy" in dialog.list.toPlainText()
    return dialog


def push(dialog: UnsavedDialog, button: QPushButton) -> None:
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)


def test_closing_with_unsaved_text_can_save_it_again(case: Case) -> None:
    dialog = asked(case)
    push(dialog, dialog.save)
    assert case.window.workspace.project is not None, "it is refused once more"
    case.free()
    push(dialog, dialog.save)
    case.qtbot.waitUntil(lambda: case.window.workspace.project is None, timeout=10_000)
    assert case.stored_on_disk(FIELDS[0]) == "known"


def test_closing_with_unsaved_text_can_discard_it(case: Case) -> None:
    dialog = asked(case)
    push(dialog, dialog.discard)
    case.qtbot.waitUntil(lambda: case.window.workspace.project is None, timeout=10_000)
    assert case.stored_on_disk(FIELDS[0]) == ""


def test_closing_with_unsaved_text_can_be_called_off(case: Case) -> None:
    dialog = asked(case)
    push(dialog, dialog.copy)
    assert "known" in QApplication.clipboard().text()
    push(dialog, dialog.keep)
    assert case.window.isVisible() and case.window.workspace.project is not None
    assert case.widget(FIELDS[0]).property("invalid") is True


# --- kill -9 ----------------------------------------------------------------------------------------------------------

CHILD = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from annotator.app.application import launch
from annotator.app.labels.docked_views import GUIDELINE
from annotator.app.state.typed_field import TypedField

window = launch(Path(sys.argv[1]))
window.workspace.set_active(1)
window.show_pane("guideline")
window.view(GUIDELINE).edit.setChecked(True)
window.actions_by_id["labels.edit"].trigger()
widgets = [window.findChild(QWidget, name) for name in sys.argv[2:]]
for widget in widgets:
    widget.show()
    for typed in widget.findChildren(TypedField):
        # Only the longest wait can write here.
        typed.pending._timer.setInterval(10_000_000)
        typed.pending._longest.setInterval(100)
timer = QTimer(interval=20)
timer.timeout.connect(lambda: [QTest.keyClicks(widget, "a") for widget in widgets])
timer.start()
print("typing", flush=True)
QApplication.exec()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are ended in another way here")
def test_a_killed_window_keeps_what_was_typed_without_a_pause(tmp_path: Path, qapp: QApplication) -> None:
    names = ("noteField", "guidelineSource", "labelDescription", "feature.remark")
    fields = [field for field in FIELDS if field.name in names]
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        (id,) = project._stored.next_ids("feature")
        values = {"uid": new_uid(), "name": "remark", "kind": "text", "choices": [], "description": "", "position": 9}
        project._stored.apply(Change("Add a feature", (Edit("feature", id, None, values),)))
        project.add_document("Talks", TEXT)
        project.annotate(1, 31, 50, "claim")

    def stored() -> dict[str, str]:
        with annotator.open(path, read_only=True) as project:
            rows: dict[str, Any] = {
                "annotation": project._stored.read.annotations.one(1),
                "guideline": project._stored.read.project.record(),
                "label": project._stored.read.labels.all()[0],
            }
        return {field.name: str(field.stored(rows[field.of]) or "") for field in fields}

    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", CHILD, str(path), *(field.name for field in fields)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "typing\n"
            while not all("aaa" in text for text in stored().values()):
                assert child.poll() is None
                time.sleep(0.05)
        finally:
            child.kill()
    assert all("aaa" in text for text in stored().values()) and len(fields) == len(names)


def test_the_longest_wait_counts_from_the_first_key(qtbot: QtBot, qapp: QApplication) -> None:
    written: list[bool] = []
    pending = PendingEdit(qapp, pause=10_000_000, longest=1)
    pending.due.connect(lambda: written.append(pending.waits))
    pending.touch()
    qtbot.waitUntil(lambda: written == [False])
    pending.touch()
    pending.touch()
    qtbot.waitUntil(lambda: written == [False, False])
    assert not pending._timer.isActive() and not pending._longest.isActive()
    pending.hold()
    assert pending.waits
    pending.flush()
    assert len(written) == 3
    pending.deleteLater()
