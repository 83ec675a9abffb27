"""The inspector: shows the active annotation and writes each edit once, to the right one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from annotator.app.annotations.inspector import text_section
from annotator.app.annotations.inspector.inspector import Inspector
from annotator.app.annotations.new_source_question import NewSourceQuestion
from annotator.app.annotations.source_grading import NO_SOURCE
from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change
from annotator.domain.dates import today
from annotator.domain.errors import ProjectBusy
from annotator.domain.fields import ANNOTATION_FIELDS
from annotator.domain.spans import Span
from annotator.services.annotations import annotating
from annotator.services.imports import importing
from annotator.services.projects import projects
from annotator.services.sources import sources
from annotator.store.project import Project

# The platform without a screen says so about every popup.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

TEXT = "Talks resume\n\nThe minister said the bridge was safe. It may open on Friday, a worker said, or on Monday."
OTHER = "Another paper\n\nNothing was said here about a bridge that might be open."


class Case:
    """A project with two documents and two annotations, and the inspector on it."""

    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        self.project = projects.create(folder / "case.anno", annotator="ada")
        for name, text in (("a.txt", TEXT), ("b.txt", OTHER)):
            (folder / name).write_text(text, encoding="utf-8")
        importing.import_files(self.project, [folder / "a.txt", folder / "b.txt"])
        self.workspace = Workspace()
        self.inspector = Inspector(self.workspace)
        qtbot.addWidget(self.inspector)
        self.workspace.adopt(self.project)
        self.documents = [row.id for row in self.workspace.document_rows()]
        self.workspace.open_document(self.documents[0])
        self.first = self.annotate("the bridge was safe", 3)
        self.second = self.annotate("It may open on Friday", 2)
        self.changes: list[Change] = []
        self.workspace.committed.connect(self.changes.append)
        self.workspace.set_active(self.first)
        self.inspector.resize(320, 900)
        self.inspector.show()
        qtbot.waitExposed(self.inspector)

    def annotate(self, words: str, label_id: int) -> int:
        assert self.workspace.document is not None
        start = self.workspace.document.text.index(words)
        id = self.workspace.annotate([(start, start + len(words))], label_id)
        assert id is not None
        return id

    def field(self, id: int, name: str) -> Any:
        return getattr(self.workspace.annotations[id], name)

    def edited(self) -> list[set[str]]:
        """The columns that each change wrote, without the time."""
        return [set(edit.after or {}) - {"updated_at"} for change in self.changes for edit in change.edits]


@pytest.fixture
def case(tmp_path: Path, qtbot: QtBot) -> Iterator[Case]:
    made = Case(tmp_path, qtbot)
    yield made
    made.workspace.close_project()


def click(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def part(case: Case, name: str) -> QToolButton:
    found: QToolButton | None = case.inspector.findChild(QToolButton, name)
    assert found is not None
    return found


def test_without_an_annotation_it_says_what_to_do(case: Case) -> None:
    case.workspace.set_active(None)
    assert case.inspector.currentIndex() == 0
    assert case.inspector.empty_page.title.text() == "Select words and press 1, 2 or 3"
    case.workspace.open_document(None)
    assert case.inspector.empty_page.title.text() == "No document is open"


def test_it_shows_the_active_annotation(case: Case) -> None:
    assert case.inspector.label.field.currentText() == "official statement  (3)"
    case.workspace.set_active(case.second)
    assert case.inspector.label.field.currentText() == "speculation  (2)"
    assert case.changes == []


def test_the_label_is_changed_by_keys(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_label()
    qtbot.keyClicks(case.inspector.label.field, "c")
    assert case.field(case.first, "label") == "claim"
    assert case.edited() == [{"label_id"}]


def test_a_new_source_is_made_and_named_in_one_undoable_change(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_source()
    edit = case.inspector.source.field.edit
    assert edit.objectName() == "sourceField"
    qtbot.keyClicks(edit, "Ann Roe")
    assert case.inspector.source.field.kind.isVisible()
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert case.field(case.first, "source") == "Ann Roe"
    assert [source.kind for source in case.workspace.sources()] == ["person"]
    assert len(case.changes) == 1
    assert not case.inspector.source.field.kind.isVisible()
    case.workspace.undo()
    assert case.field(case.first, "source") == ""
    assert case.workspace.sources() == []
    assert edit.text() == ""


def test_the_kind_of_a_new_source_can_be_chosen(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_source()
    qtbot.keyClicks(case.inspector.source.field.edit, "Ministry of Roads")
    assert case.inspector.source.field.kind.currentText() == "office"
    assert offered(case) == ["New source “Ministry of Roads”  (office)"]
    qtbot.keyClick(case.inspector.source.field.edit, Qt.Key.Key_Right)
    assert case.inspector.source.field.kind.hasFocus()
    qtbot.keyClicks(case.inspector.source.field.kind, "org")
    qtbot.keyClick(case.inspector.source.field.kind, Qt.Key.Key_Return)
    (source,) = case.workspace.sources()
    assert (source.name, source.kind) == ("Ministry of Roads", "organisation")
    assert case.field(case.first, "source") == "Ministry of Roads"


def registry(case: Case) -> None:
    for name, kind, aliases in (
        ("Jörg Möller", "person", ("the minister",)),
        ("Möller's office", "office", ()),
        ("Reuters", "outlet", ()),
    ):
        case.workspace.perform(sources.add(case.project, name, kind, aliases=aliases)[1])
    case.changes.clear()


def offered(case: Case) -> list[str]:
    model = case.inspector.source.field.popup.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_completion_matches_anywhere_and_in_aliases(case: Case, qtbot: QtBot) -> None:
    registry(case)
    case.inspector.focus_source()
    edit = case.inspector.source.field.edit
    qtbot.keyClicks(edit, "moller")
    assert offered(case) == [
        "Jörg Möller  (in the text)",
        "Möller's office  (office)",
        "New source “moller”  (organisation)",
    ]
    edit.clear()
    qtbot.keyClicks(edit, "minis")
    assert offered(case) == ["Jörg Möller  (also the minister, in the text)", "New source “minis”  (organisation)"]
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert case.field(case.first, "source") == "Jörg Möller"
    assert edit.text() == "Jörg Möller"
    assert case.edited() == [{"source_id"}]


def test_sources_that_the_text_names_come_first(case: Case, qtbot: QtBot) -> None:
    for name, aliases in (("Babel", ()), ("Bay Times", ("the bridge",)), ("Workers' Union", ("A worker",)), ("Bo", ())):
        case.workspace.perform(sources.add(case.project, name, "outlet", aliases=aliases)[1])
    case.workspace.set_active(case.second)
    case.inspector.focus_source()
    qtbot.keyClicks(case.inspector.source.field.edit, "b")
    assert [row.partition("  ")[0] for row in offered(case)] == ["Bay Times", "Babel", "Bo", "New source “b”"]
    case.inspector.source.field.edit.clear()
    qtbot.keyClicks(case.inspector.source.field.edit, "BO")
    assert offered(case)[0] == "Bo  (outlet)", "an exact name comes before all others"
    assert len(offered(case)) == 1, "nor is it offered as a new source"


def test_an_alias_typed_in_full_is_its_source(case: Case, qtbot: QtBot) -> None:
    registry(case)
    case.inspector.focus_source()
    qtbot.keyClicks(case.inspector.source.field.edit, "THE minister")
    qtbot.keyClick(case.inspector.source.field.edit, Qt.Key.Key_Return)
    assert case.field(case.first, "source") == "Jörg Möller"
    assert len(case.workspace.sources()) == 3


def test_enter_takes_the_first_offer(case: Case, qtbot: QtBot) -> None:
    registry(case)
    case.inspector.focus_source()
    qtbot.keyClicks(case.inspector.source.field.edit, "Jor")
    popup = case.inspector.source.field.popup
    assert popup.currentIndex().row() == 0
    assert case.inspector.source.field.edit.text() == "Jor", "the chosen offer is not put into the field"
    with qtbot.waitSignal(case.inspector.leave_requested, timeout=60_000):
        qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert case.field(case.first, "source") == "Jörg Möller"
    assert len(case.workspace.sources()) == 3


def test_a_new_source_is_made_by_the_last_offer_alone(case: Case, qtbot: QtBot) -> None:
    registry(case)
    case.inspector.focus_source()
    edit, popup = case.inspector.source.field.edit, case.inspector.source.field.popup
    qtbot.keyClicks(edit, "Jor")
    assert not case.inspector.source.field.kind.isVisible()
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    assert case.inspector.source.field.kind.isVisible()
    assert edit.text() == "Jor"
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert case.field(case.first, "source") == "Jor"
    assert len(case.workspace.sources()) == 4 and len(case.changes) == 1


def test_a_click_takes_an_offer_and_leaves(case: Case, qtbot: QtBot) -> None:
    registry(case)
    case.inspector.focus_source()
    popup = case.inspector.source.field.popup
    qtbot.keyClicks(case.inspector.source.field.edit, "er")
    row = offered(case).index("Reuters  (outlet)")
    place = popup.visualRect(popup.model().index(row, 0)).center()
    with qtbot.waitSignal(case.inspector.leave_requested, timeout=60_000):
        qtbot.mouseClick(popup.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert case.field(case.first, "source") == "Reuters" and not popup.isVisible()


def test_tab_takes_the_offer_and_goes_on_to_the_digit(case: Case, qtbot: QtBot) -> None:
    registry(case)
    left: list[bool] = []
    case.inspector.leave_requested.connect(lambda: left.append(True))
    case.inspector.focus_source()
    qtbot.keyClicks(case.inspector.source.field.edit, "reu")
    qtbot.keyClick(case.inspector.source.field.popup, Qt.Key.Key_Tab)
    assert case.field(case.first, "source") == "Reuters"
    assert case.inspector.grades.credibility.button("1").hasFocus()
    qtbot.keyClicks(case.inspector.grades.credibility.button("1"), "2")
    assert case.field(case.first, "credibility") == 2 and left == []


def test_escape_leaves_once_without_a_change(case: Case, qtbot: QtBot) -> None:
    registry(case)
    case.inspector.focus_source()
    edit = case.inspector.source.field.edit
    qtbot.keyClicks(edit, "reu")
    with qtbot.waitSignal(case.inspector.leave_requested, timeout=60_000):
        qtbot.keyClick(case.inspector.source.field.popup, Qt.Key.Key_Escape)
    assert edit.text() == "" and not case.inspector.source.field.popup.isVisible()
    case.inspector.focus_note()
    assert case.changes == [] and not len(case.workspace.typed) and question(qtbot, case) is None


def test_enter_in_an_unchanged_field_leaves_without_a_change(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_source()
    with qtbot.waitSignal(case.inspector.leave_requested, timeout=60_000):
        qtbot.keyClick(case.inspector.source.field.edit, Qt.Key.Key_Return)
    assert case.changes == []


def test_leaving_takes_an_exact_name_only(case: Case, qtbot: QtBot) -> None:
    registry(case)
    case.inspector.focus_source()
    qtbot.keyClicks(case.inspector.source.field.edit, "reuters")
    case.inspector.focus_note()
    assert case.field(case.first, "source") == "Reuters" and question(qtbot, case) is None
    case.workspace.set_active(case.second)
    case.inspector.focus_source()
    qtbot.keyClicks(case.inspector.source.field.edit, "reut")
    case.inspector.focus_note()
    dialog = question(qtbot, case)
    assert dialog is not None and case.field(case.second, "source") == ""
    assert case.inspector.source.field.edit.text() == "reut"
    click(qtbot, dialog.discard)
    assert case.inspector.source.field.edit.text() == "" and not len(case.workspace.typed)
    assert len(case.workspace.sources()) == 3


def question(qtbot: QtBot, case: Case) -> NewSourceQuestion | None:
    """The question whether a typed name is a new source, once it had the time to be asked."""
    qtbot.wait(20)
    shown = [found for found in case.inspector.findChildren(NewSourceQuestion) if found.isVisible()]
    if not shown:
        # The list of offers was a window of its own.
        case.inspector.activateWindow()
        qtbot.waitUntil(case.inspector.isActiveWindow)
    return shown[0] if shown else None


def test_a_new_name_is_asked_for_when_the_focus_leaves(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_source()
    qtbot.keyClicks(case.inspector.source.field.edit, "Norwire plc")
    case.inspector.focus_note()
    dialog = question(qtbot, case)
    assert dialog is not None and dialog.kind.currentText() == "organisation"
    assert dialog.windowTitle() == "New source “Norwire plc”?"
    click(qtbot, dialog.add)
    assert case.field(case.first, "source") == "Norwire plc" and len(case.changes) == 1
    assert not len(case.workspace.typed) and not case.inspector.source.field.edit.property("invalid")
    case.workspace.undo()
    assert case.field(case.first, "source") == "" and case.workspace.sources() == []


def test_the_question_is_about_the_annotation_for_which_the_name_was_typed(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_source()
    qtbot.keyClicks(case.inspector.source.field.edit, "Ann Roe")
    case.inspector.focus_note()
    case.workspace.set_active(case.second)
    dialog = question(qtbot, case)
    assert dialog is not None
    dialog.kind.setCurrentText("unnamed")
    click(qtbot, dialog.add)
    assert (case.field(case.first, "source"), case.field(case.second, "source")) == ("Ann Roe", "")
    assert [source.kind for source in case.workspace.sources()] == ["unnamed"]
    assert case.inspector.source.field.edit.text() == ""


def test_a_refused_answer_stays_with_the_reason(case: Case, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    case.inspector.focus_source()
    qtbot.keyClicks(case.inspector.source.field.edit, "Ann Roe")
    case.inspector.focus_note()
    dialog = question(qtbot, case)
    assert dialog is not None
    with monkeypatch.context() as patch:
        patch.setattr(case.project, "apply", refuse)
        click(qtbot, dialog.add)
        assert dialog.isVisible() and "still busy" in dialog.problem.text()
        assert len(case.workspace.typed) == 1
    click(qtbot, dialog.add)
    assert case.field(case.first, "source") == "Ann Roe" and not len(case.workspace.typed)


def refuse(*_: object, **__: object) -> None:
    raise ProjectBusy("The project is still busy: nothing was changed.")


def test_a_name_of_the_text_is_offered_and_confirmed_before_it_is_new(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_source()
    field = case.inspector.source.field
    qtbot.keyClick(field.edit, Qt.Key.Key_Down)
    assert offered(case)[0] == "Minister  (in the text)"
    qtbot.keyClick(field.popup, Qt.Key.Key_Return)
    assert field.edit.text() == "Minister" and case.changes == []
    assert field.popup.isVisible() and offered(case)[-1] == "New source “Minister”  (office)"
    qtbot.keyClick(field.popup, Qt.Key.Key_Return)
    assert case.field(case.first, "source") == "Minister"


def test_a_name_from_right_to_left_keeps_the_words_around_it_in_order(case: Case, qtbot: QtBot) -> None:
    told: list[str] = []
    case.workspace.notified.connect(lambda sentence, _: told.append(sentence))
    case.inspector.focus_source()
    # No key of the keyboard of the tests has these letters.
    case.inspector.source.field.edit.insert("רשות השידור")
    assert offered(case) == ["New source “\u2068רשות השידור\u2069”  (organisation)"]
    qtbot.keyClick(case.inspector.source.field.edit, Qt.Key.Key_Return)
    assert case.field(case.first, "source") == "רשות השידור"
    click(qtbot, case.inspector.reliability.button("B"))
    assert told[-1].startswith("\u2068רשות השידור\u2069 is assessed as B: usually reliable.")


def test_half_a_name_makes_no_source(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_source()
    qtbot.keyClicks(case.inspector.source.field.edit, "Ann")
    case.workspace.set_active(case.second)
    assert case.inspector.source.field.edit.text() == ""
    assert case.workspace.sources() == []
    assert case.changes == []


def test_a_new_name_that_was_not_confirmed_is_kept_for_its_annotation(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_source()
    qtbot.keyClicks(case.inspector.source.field.edit, "Ann")
    case.workspace.set_active(case.second)
    case.inspector.focus_source()
    case.workspace.set_active(case.first)
    edit = case.inspector.source.field.edit
    assert edit.text() == "Ann" and edit.property("invalid") is True
    (kept,) = case.workspace.typed
    assert "press Enter" in kept.problem
    case.workspace.typed.retry()
    assert case.workspace.sources() == []
    case.inspector.focus_source()
    qtbot.keyClick(edit, Qt.Key.Key_End)
    qtbot.keyClicks(edit, "a")
    qtbot.keyClick(case.inspector.source.field.popup, Qt.Key.Key_Return)
    assert case.field(case.first, "source") == "Anna"
    assert not len(case.workspace.typed) and not edit.property("invalid")


def test_a_new_name_that_is_deleted_again_is_not_kept(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_source()
    edit = case.inspector.source.field.edit
    qtbot.keyClicks(edit, "Ann")
    case.inspector.focus_note()
    assert not case.inspector.source.field.popup.isVisible()
    assert len(case.workspace.typed) == 1 and edit.text() == "Ann"
    case.inspector.focus_source()
    qtbot.keyClick(edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    case.inspector.focus_note()
    assert not len(case.workspace.typed) and not edit.property("invalid")


def test_emptying_the_source_takes_it_off(case: Case, qtbot: QtBot) -> None:
    registry(case)
    case.workspace.update(case.workspace.annotations[case.first], source_id=case.workspace.sources()[0].id)
    case.inspector.focus_source()
    qtbot.keyClick(case.inspector.source.field.edit, Qt.Key.Key_Delete)
    qtbot.keyClick(case.inspector.source.field.edit, Qt.Key.Key_Return)
    assert case.field(case.first, "source_id") is None


def assessed(case: Case, letter: str) -> int:
    registry(case)
    source = case.workspace.sources()[0]
    case.workspace.perform(sources.assess(case.project, source, letter))
    case.workspace.update(case.workspace.annotations[case.first], source_id=source.id)
    case.changes.clear()
    return source.id


def told(case: Case) -> list[tuple[str, bool]]:
    """The sentences of news from now on, each with whether it can be undone."""
    sentences: list[tuple[str, bool]] = []
    case.workspace.notified.connect(lambda sentence, can_undo: sentences.append((sentence, can_undo)))
    return sentences


def test_the_letter_of_the_source_is_shown_and_the_digit_is_not_preset(case: Case) -> None:
    assessed(case, "B")
    grades = case.inspector.grades
    assert grades.reliability.button("B").isChecked()
    assert grades.reliability.accessibleName() == "Reliability of Jörg Möller"
    assert grades.reliability.button("B").accessibleName() == "Reliability of Jörg Möller B: usually reliable"
    assert grades.scope.text() == "Usually reliable. Applies to its one statement."
    assert not grades.override.isVisible() and grades.differs.isVisible()
    assert grades.code.text() == "B-"
    assert not any(grades.credibility.button(str(digit)).isChecked() for digit in range(1, 7))


def test_a_letter_assesses_the_source_for_all_its_statements(case: Case, qtbot: QtBot) -> None:
    registry(case)
    id = case.workspace.sources()[0].id
    for annotation in (case.first, case.second):
        case.workspace.update(case.workspace.annotations[annotation], source_id=id)
    case.changes.clear()
    news = told(case)
    assert case.inspector.grades.scope.text() == "Source not assessed."
    click(qtbot, case.inspector.reliability.button("C"))
    (assessment,) = case.project.read.sources.assessments(source_id=id)
    assert (assessment.reliability, assessment.made_on, assessment.annotator) == ("C", today(), "ada")
    assert [case.field(one, "reliability") for one in (case.first, case.second)] == ["C", "C"]
    assert case.field(case.first, "reliability_override") is None
    assert news == [
        ("Jörg Möller is assessed as C: fairly reliable. Applies to all 2 of its statements.", True),
    ]
    assert len(case.changes) == 1 and case.inspector.grades.scope.text().endswith("all 2 of its statements.")
    case.workspace.undo()
    assert case.project.read.sources.assessments(source_id=id) == []
    assert case.field(case.second, "reliability") is None
    assert not case.inspector.reliability.button("C").isChecked()


def test_another_letter_is_another_assessment_of_today(case: Case, qtbot: QtBot) -> None:
    id = assessed(case, "B")
    click(qtbot, case.inspector.reliability.button("D"))
    held = case.project.read.sources.assessments(source_id=id)
    assert [one.reliability for one in held] == ["D", "B"] and held[0].made_on == today()
    qtbot.keyClicks(case.inspector.reliability.button("D"), "e")
    assert case.field(case.first, "reliability") == "E"


def test_the_letter_in_force_is_neither_repeated_nor_taken_off(case: Case, qtbot: QtBot) -> None:
    assessed(case, "B")
    news = told(case)
    click(qtbot, case.inspector.reliability.button("B"))
    qtbot.keyClick(case.inspector.reliability.button("B"), Qt.Key.Key_Delete)
    qtbot.keyClicks(case.inspector.reliability.button("B"), "b")
    assert case.changes == [] and case.inspector.reliability.button("B").isChecked()
    assert news == [("Jörg Möller is assessed as B already.", False)]


def test_an_assessment_of_a_later_day_is_not_silently_stronger(case: Case, qtbot: QtBot) -> None:
    registry(case)
    source = case.workspace.sources()[0]
    case.workspace.perform(sources.assess(case.project, source, "B", made_on="2999-01-01"))
    case.workspace.update(case.workspace.annotations[case.first], source_id=source.id)
    failures: list[str] = []
    case.workspace.error_occurred.connect(failures.append)
    case.changes.clear()
    click(qtbot, case.inspector.reliability.button("C"))
    assert case.changes == [] and case.inspector.reliability.button("B").isChecked()
    (failure,) = failures
    assert "dated 2999-01-01" in failure


def test_without_a_source_the_letters_are_inactive_and_say_why(case: Case, qtbot: QtBot) -> None:
    row = case.inspector.reliability
    assert not row.isEnabled() and row.accessibleDescription() == NO_SOURCE
    assert NO_SOURCE in row.button("A").toolTip() and row.button("A").accessibleDescription() == NO_SOURCE
    assert case.inspector.grades.scope.text() == NO_SOURCE
    assert not case.inspector.grades.differs.isVisible() and not case.inspector.grades.assess.isVisible()
    click(qtbot, row.button("C"))
    assert case.changes == []
    registry(case)
    case.workspace.update(case.workspace.annotations[case.first], source_id=case.workspace.sources()[0].id)
    assert row.isEnabled() and row.accessibleDescription() == ""
    assert "Minor doubt" in row.button("B").toolTip()


def test_a_refused_assessment_shows_the_stored_letter(
    case: Case, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assessed(case, "B")
    failures: list[str] = []
    case.workspace.error_occurred.connect(failures.append)
    monkeypatch.setattr(case.project, "apply", refuse)
    click(qtbot, case.inspector.reliability.button("C"))
    monkeypatch.undo()
    assert failures == ["The project is still busy: nothing was changed."]
    assert case.inspector.reliability.button("B").isChecked()
    assert not case.inspector.reliability.button("C").isChecked()


def test_a_letter_for_one_statement_alone_asks_for_its_reason(case: Case, qtbot: QtBot) -> None:
    assessed(case, "B")
    grades = case.inspector.grades
    click(qtbot, grades.differs)
    assert grades.override.isVisible() and case.changes == []
    assert grades.override.button("A").hasFocus()
    click(qtbot, grades.override.button("D"))
    assert case.field(case.first, "reliability_override") == "D"
    assert grades.reliability.button("B").isChecked(), "that of the source stays"
    assert grades.here.text() == "Here: D"
    assert QApplication.focusWidget() is grades.reliability_reason
    qtbot.keyClicks(grades.reliability_reason, "not there")
    assert case.field(case.first, "reliability_reason") == ""
    qtbot.keyClick(grades.reliability_reason, Qt.Key.Key_Return)
    assert case.field(case.first, "reliability_reason") == "not there"
    assert grades.here.text() == "Here: D, because not there"
    assert case.edited() == [{"reliability"}, {"reliability_reason"}]
    assert part(case, "inheritReliability").text() == "Use the source's letter"
    click(qtbot, grades.inherit)
    assert case.field(case.first, "reliability") == "B"
    assert case.field(case.first, "reliability_reason") == ""
    assert len(case.changes) == 3
    assert not grades.reliability_reason.isVisible() and not grades.override.isVisible()
    assert grades.differs.isVisible()


def test_a_statement_with_its_own_letter_keeps_it_when_the_source_is_assessed(case: Case, qtbot: QtBot) -> None:
    id = assessed(case, "B")
    case.workspace.update(case.workspace.annotations[case.second], source_id=id)
    case.workspace.update(case.workspace.annotations[case.first], reliability="D")
    assert case.inspector.grades.scope.text() == (
        "Usually reliable. Applies to 1 of its 2 statements; 1 has a letter of its own."
    )
    news = told(case)
    click(qtbot, case.inspector.reliability.button("C"))
    assert (case.field(case.first, "reliability"), case.field(case.second, "reliability")) == ("D", "C")
    assert news[0][0].endswith("1 has a letter of its own. This statement keeps its own D.")


def test_the_letter_of_the_source_is_no_other_letter(case: Case, qtbot: QtBot) -> None:
    assessed(case, "B")
    click(qtbot, case.inspector.grades.differs)
    news = told(case)
    click(qtbot, case.inspector.grades.override.button("B"))
    assert case.changes == [] and news == [("B is the letter of the source already.", False)]
    assert not case.inspector.grades.override.isVisible()
    click(qtbot, case.inspector.grades.differs)
    click(qtbot, case.inspector.grades.differs)
    assert case.changes == [] and not case.inspector.grades.override.isVisible()


def test_a_letter_given_here_can_be_removed_without_a_source(case: Case, qtbot: QtBot) -> None:
    case.workspace.update(case.workspace.annotations[case.first], reliability="D", reliability_reason="seen")
    assert not case.inspector.reliability.isEnabled() and case.inspector.grades.override.isEnabled()
    assert case.inspector.grades.here.text() == "Here: D, because seen"
    assert case.inspector.grades.inherit.text() == "Remove this letter"
    click(qtbot, case.inspector.grades.inherit)
    assert case.field(case.first, "reliability_override") is None


def test_another_annotation_shows_no_open_letters(case: Case, qtbot: QtBot) -> None:
    id = assessed(case, "B")
    case.workspace.update(case.workspace.annotations[case.second], source_id=id)
    click(qtbot, case.inspector.grades.differs)
    case.workspace.set_active(case.second)
    assert not case.inspector.grades.override.isVisible()


def test_the_digit_is_pressed_by_mouse_and_by_key(case: Case, qtbot: QtBot) -> None:
    row = case.inspector.grades.credibility
    click(qtbot, row.button("2"))
    assert case.field(case.first, "credibility") == 2
    assert case.inspector.grades.code.text() == "-2"
    assert "probably true" in case.inspector.grades.code_in_words.text()
    qtbot.keyClicks(row.button("2"), "5")
    assert case.field(case.first, "credibility") == 5
    click(qtbot, row.button("5"))
    assert case.field(case.first, "credibility") is None
    assert case.edited() == [{"credibility"}] * 3
    assert "Confirmed by other independent" in row.button("1").toolTip()


def test_arrows_move_in_a_row_of_grades(case: Case, qtbot: QtBot) -> None:
    row = case.inspector.likelihood.confidence
    row.setFocus()
    qtbot.keyClick(row.button("low"), Qt.Key.Key_Right)
    assert row.button("moderate").hasFocus()
    qtbot.keyClick(row.button("moderate"), Qt.Key.Key_Space)
    assert case.field(case.first, "confidence") == "moderate"


def test_a_probability_is_typed_and_written_once(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_probability()
    spin = case.inspector.likelihood.probability.spin
    assert spin.text() == "not given"
    qtbot.keyClicks(spin, "67")
    assert case.inspector.likelihood.probability.words.currentText() == "likely (55-80%)"
    assert case.changes == []
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert case.field(case.first, "probability") == 67
    assert case.edited() == [{"probability"}]
    spin.selectAll()
    qtbot.keyClick(spin, Qt.Key.Key_Delete)
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert case.field(case.first, "probability") is None


def test_a_word_sets_the_middle_of_its_band(case: Case, qtbot: QtBot) -> None:
    words = case.inspector.likelihood.probability.words
    words.setFocus()
    qtbot.keyClicks(words, "likely")
    assert case.field(case.first, "probability") == 67
    assert case.inspector.likelihood.probability.spin.value() == 67


def test_dragging_the_scale_writes_when_it_ends(case: Case, qtbot: QtBot) -> None:
    scale = case.inspector.likelihood.probability.scale
    qtbot.mousePress(scale, Qt.MouseButton.LeftButton, pos=QPoint(scale.width() // 4, 8))
    qtbot.mouseMove(scale, QPoint(scale.width() // 2, 8))
    assert case.changes == []
    qtbot.mouseRelease(scale, Qt.MouseButton.LeftButton, pos=QPoint(scale.width() // 2, 8))
    assert case.field(case.first, "probability") in range(20, 56)
    assert len(case.changes) == 1


def test_what_was_typed_goes_to_the_annotation_it_was_typed_for(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_note()
    qtbot.keyClicks(case.inspector.texts.note, "Ask the engineer")
    assert case.changes == []
    case.workspace.set_active(case.second)
    assert case.field(case.first, "note") == "Ask the engineer"
    assert case.field(case.second, "note") == ""
    assert case.inspector.texts.note.toPlainText() == ""


@pytest.mark.parametrize("way", ["other document", "no document", "closed project"])
def test_what_was_typed_is_kept_when_the_document_goes(case: Case, qtbot: QtBot, tmp_path: Path, way: str) -> None:
    case.inspector.focus_note()
    qtbot.keyClicks(case.inspector.texts.note, "Ask")
    if way == "other document":
        case.workspace.open_document(case.documents[1])
        case.workspace.open_document(case.documents[0])
    elif way == "no document":
        case.workspace.open_document(None)
        case.workspace.open_document(case.documents[0])
    else:
        case.workspace.close_project()
        case.workspace.open_project(tmp_path / "case.anno", "ada")
        case.workspace.open_document(case.documents[0])
    assert case.field(case.first, "note") == "Ask"


def test_a_note_is_saved_after_a_pause_and_the_cursor_stays(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_note()
    qtbot.keyClicks(case.inspector.texts.note, "one three")
    for _ in range(5):
        qtbot.keyClick(case.inspector.texts.note, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: case.field(case.first, "note") == "one three", timeout=60_000)
    qtbot.keyClicks(case.inspector.texts.note, "two ")
    assert case.inspector.texts.note.toPlainText() == "one two three"
    qtbot.keyClick(case.inspector.texts.note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert case.field(case.first, "note") == "one two three"
    case.workspace.undo()
    assert case.field(case.first, "note") == "", "one stay in the field is one step of undo"


def test_every_field_of_several_lines_is_left_by_the_same_key(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = [replace(field, editor="paragraph", reason_of="") for field in ANNOTATION_FIELDS if field.reason_of]
    monkeypatch.setattr(text_section, "ANNOTATION_FIELDS", [*more, *ANNOTATION_FIELDS])
    case = Case(tmp_path, qtbot)
    left: list[bool] = []
    case.inspector.leave_requested.connect(lambda: left.append(True))
    editors = case.inspector.findChildren(QPlainTextEdit)
    assert len(editors) == 3 and case.inspector.texts.note in editors
    for number, editor in enumerate(editors, start=1):
        qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert len(left) == number and editor.toPlainText() == ""
    case.workspace.close_project()


def test_another_edit_does_not_disturb_what_is_being_typed(case: Case, qtbot: QtBot) -> None:
    case.inspector.focus_note()
    qtbot.keyClicks(case.inspector.texts.note, "half")
    case.workspace.update(case.workspace.annotations[case.first], credibility=3)
    qtbot.keyClicks(case.inspector.texts.note, " done")
    case.inspector.flush()
    assert case.field(case.first, "note") == "half done"
    assert case.field(case.first, "credibility") == 3


def test_a_removed_annotation_takes_what_waits_with_it(case: Case, qtbot: QtBot) -> None:
    failures: list[str] = []
    case.workspace.error_occurred.connect(failures.append)
    case.inspector.focus_note()
    qtbot.keyClicks(case.inspector.texts.note, "late")
    case.workspace.remove([case.workspace.annotations[case.first]])
    assert case.inspector.currentIndex() == 0
    assert failures == []


def test_escape_goes_back_to_the_text(case: Case, qtbot: QtBot) -> None:
    fields = (
        case.inspector.texts.note,
        case.inspector.label.field,
        case.inspector.likelihood.probability.spin,
        case.inspector.source.field.edit,
    )
    for field in fields:
        field.setFocus()
        with qtbot.waitSignal(case.inspector.leave_requested, timeout=60_000):
            qtbot.keyClick(field, Qt.Key.Key_Escape)


def test_the_features_of_the_project_have_fields(case: Case, qtbot: QtBot) -> None:
    certainty = case.inspector.features.fields.field("certainty")
    assert isinstance(certainty, QComboBox)
    certainty.setFocus()
    qtbot.keyClicks(certainty, "pos")
    conditional = case.inspector.features.fields.field("conditional")
    assert isinstance(conditional, QCheckBox)
    conditional.setFocus()
    qtbot.keyClick(conditional, Qt.Key.Key_Space)
    due = case.inspector.features.fields.field("due")
    assert isinstance(due, QLineEdit)
    due.setFocus()
    qtbot.keyClicks(due, "2026-05-01")
    qtbot.keyClick(due, Qt.Key.Key_Return)
    expected = {"certainty": "possible", "conditional": True, "due": "2026-05-01"}
    assert case.field(case.first, "features") == expected
    qtbot.keyClick(conditional, Qt.Key.Key_Space)
    assert "conditional" not in case.field(case.first, "features")


def test_tab_goes_through_the_fields_in_their_order(case: Case, qtbot: QtBot) -> None:
    assessed(case, "B")
    case.inspector.focus_label()
    seen: list[str] = []
    for _ in range(30):
        focus = QApplication.focusWidget()
        assert focus is not None
        name = focus.objectName() or focus.accessibleName()
        seen.append(name)
        if name == "relate":
            break
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    order = [
        "labelField", "sourceField", "Credibility 1: confirmed", "Reliability of Jörg Möller B: usually reliable",
        "differsHere", "assessSource", "probability", "probabilityWord", "Confidence low", "cueFromSelection",
        "mentionFromSelection", "noteField", "feature.source form", "feature.due", "feature.relay", "relate",
    ]  # fmt: skip
    assert [name for name in seen if name in order] == order


def test_cue_and_mention_are_shown_and_cleared(case: Case, qtbot: QtBot) -> None:
    start = TEXT.index("said")
    case.workspace.update(case.workspace.annotations[case.first], cue=[(start, start + 4)])
    assert case.inspector.cue.words.text() == "“said”"
    with qtbot.waitSignal(case.inspector.mention_from_selection_requested, timeout=60_000):
        click(qtbot, part(case, "mentionFromSelection"))
    click(qtbot, part(case, "cueClear"))
    assert case.field(case.first, "cue") == ()
    assert case.inspector.cue.words.text() == "none"


def test_fragments_are_listed(case: Case) -> None:
    first, second = TEXT.index("on Friday"), TEXT.index("on Monday")
    case.workspace.update(case.workspace.annotations[case.second], fragments=[(first, first + 9), (second, second + 9)])
    case.workspace.set_active(case.second)
    assert case.inspector.quote.fragments.text() == "1. on Friday\n2. on Monday"
    case.workspace.set_active(case.first)
    assert not case.inspector.quote.fragments.isVisible()


def named(case: Case, qtbot: QtBot, name: str) -> QToolButton:
    def shown() -> list[QToolButton]:
        buttons = case.inspector.findChildren(QToolButton)
        return [button for button in buttons if button.accessibleName() == name and button.isVisible()]

    # What is put into a layout is shown at the next turn of the event loop.
    qtbot.waitUntil(lambda: len(shown()) == 1, timeout=60_000)
    return shown()[0]


def test_relations_are_listed_followed_and_removed(case: Case, qtbot: QtBot) -> None:
    case.workspace.perform(annotating.relate(case.project, case.first, case.second, "contradicts"))
    with qtbot.waitSignal(case.inspector.jump_requested, timeout=60_000) as jump:
        click(qtbot, named(case, qtbot, "Show the other annotation"))
    assert jump.args == [case.second]
    assert case.workspace.active_id == case.second
    case.workspace.set_active(case.first)
    click(qtbot, named(case, qtbot, "Remove the relation contradicts"))
    assert case.workspace.relations(case.first) == []


def test_a_relation_is_asked_for(case: Case, qtbot: QtBot) -> None:
    menu = case.inspector.relations.relate.menu()
    with qtbot.waitSignal(case.inspector.relate_requested, timeout=60_000) as wish:
        next(action for action in menu.actions() if action.text() == "supports").trigger()
    assert wish.args == ["supports"]


def test_assessing_is_asked_for(case: Case, qtbot: QtBot) -> None:
    source_id = assessed(case, "C")
    with qtbot.waitSignal(case.inspector.assess_requested, timeout=60_000) as wish:
        click(qtbot, part(case, "assessSource"))
    assert wish.args == [source_id]


def test_the_wheel_scrolls_and_changes_nothing(case: Case) -> None:
    case.inspector.setFocus()
    spin = case.inspector.likelihood.probability.spin
    case.workspace.update(case.workspace.annotations[case.first], probability=50)
    spin.clearFocus()
    place = spin.rect().center().toPointF()
    wheel = QWheelEvent(
        place, spin.mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(spin, wheel)
    assert spin.value() == 50


def test_a_project_for_reading_only_says_so(case: Case, tmp_path: Path) -> None:
    case.workspace.close_project()
    case.workspace.adopt(Project.open(tmp_path / "case.anno", read_only=True))
    case.workspace.notice = "Somebody else has it open."
    case.workspace.open_document(case.documents[0])
    case.workspace.set_active(case.first)
    assert case.inspector.quote.notice.text() == "Somebody else has it open."
    assert not case.inspector.label.field.isEnabled()
    assert not case.inspector.grades.credibility.isEnabled()
    assert case.inspector.texts.note.isReadOnly()


def test_every_field_has_a_name_for_screen_readers(case: Case) -> None:
    kinds = (QComboBox, QLineEdit, QPlainTextEdit, QToolButton, QCheckBox)
    fields = [widget for widget in case.inspector._fields.findChildren(QWidget) if isinstance(widget, kinds)]
    inner = {"qt_spinbox_lineedit"}
    nameless = [
        widget for widget in fields
        if not widget.accessibleName() and widget.objectName() not in inner
        and not isinstance(widget.parentWidget(), QLineEdit) and not (isinstance(widget, QToolButton) and widget.text())
    ]  # fmt: skip
    assert nameless == []


def test_the_span_of_another_document_is_asked_for(case: Case, qtbot: QtBot) -> None:
    case.workspace.open_document(case.documents[1])
    other = case.annotate("a bridge", 1)
    record = case.workspace.annotations[other]
    case.workspace.perform(annotating.relate(case.project, case.first, other, "repeats"))
    case.workspace.open_document(case.documents[0])
    case.workspace.set_active(case.first)
    with qtbot.waitSignal(case.inspector.hit_requested, timeout=60_000) as wish:
        click(qtbot, named(case, qtbot, "Show the other annotation"))
    assert wish.args == [case.documents[1], Span(record.start, record.end)]
