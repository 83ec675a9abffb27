"""Who said it, and the letter of the source, with keys and mouse: nothing is invented and nothing typed is lost."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, active, come_back, press, put_caret, said, type_text

import annotator
from annotator.app.actions.enabling import READ_ONLY_REASON
from annotator.app.annotations.docked_views import INSPECTOR
from annotator.app.annotations.inspector.inspector import Inspector
from annotator.app.annotations.new_source_question import NewSourceQuestion
from annotator.app.shell.main_window import MainWindow
from annotator.domain.dates import today
from annotator.domain.errors import ProjectBusy

# The platform without a screen says so about every popup.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Three statements without a source, in a text that names Gazprom, and a registry of three."""
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        document = project.add_document("Talks on the pipeline resume", ARTICLE)
        for words in ("the talks would resume", "We are close", "Prices may fall by spring"):
            start = ARTICLE.index(words)
            project.annotate(document, start, start + len(words), "claim")
        project.add_source("Gazprom", kind="organisation")
        project.add_source("Agency of Gas", kind="office")
        project.add_source("Courier", kind="outlet", aliases=["The Gazette"])
    return path


@pytest.fixture
def window(launched: Launch, case: Path) -> MainWindow:
    made = launched(case)
    first(made)
    return made


def first(window: MainWindow) -> None:
    """Make the first statement the active one, with the focus in the text."""
    window.workspace.set_active(window.workspace.ordered_annotations()[0].id)
    window.reading.view.setFocus()


def inspector(window: MainWindow) -> Inspector:
    return window.view(INSPECTOR)


def names(window: MainWindow) -> list[str]:
    """The names of the registry."""
    return sorted(source.name for source in window.workspace.sources())


def enter(window: MainWindow, *keys: str) -> None:
    """Press keys in the list of offers if it is open, else in the field."""
    popup = inspector(window).source.field.popup
    press(*keys, on=popup if popup.isVisible() else None)


def question(window: MainWindow, qtbot: QtBot) -> NewSourceQuestion:
    """The question whether the typed name is a new source, once it is asked."""

    def shown() -> list[NewSourceQuestion]:
        return [found for found in window.findChildren(NewSourceQuestion) if found.isVisible()]

    qtbot.waitUntil(lambda: bool(shown()), timeout=60_000)
    return shown()[0]


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_two_letters_and_enter_set_a_known_source_and_the_digit_follows(window: MainWindow) -> None:
    press("A")
    type_text("ga")
    assert not inspector(window).source.field.kind.isVisible()
    enter(window, "Return")
    assert active(window).source == "Gazprom" and names(window) == ["Agency of Gas", "Courier", "Gazprom"]
    assert window.reading.view.hasFocus()
    press("G", "3")
    assert active(window).credibility == 3
    press("Ctrl+Z", "Ctrl+Z")
    assert (active(window).source, active(window).credibility) == ("", None)


def test_a_label_a_source_and_a_digit_take_seven_keys(window: MainWindow) -> None:
    put_caret(window, "Nobody else agreed")
    keys = ("1", "A", "g", "a", "Return", "G", "2")
    for key in keys:
        enter(window, key)
    assert (active(window).quote, active(window).source, active(window).credibility) == (
        "Nobody else agreed.",
        "Gazprom",
        2,
    )
    assert len(keys) == 7


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Ministry of Roads", "office"),
        ("Reuters", "outlet"),
        ("Harbour plc", "organisation"),
        ("Rheintal GmbH", "organisation"),
        ("Anna Schmidt", "person"),
        ("ga2", "organisation"),
    ],
)
def test_a_new_name_is_offered_with_its_kind(window: MainWindow, name: str, kind: str) -> None:
    press("A")
    type_text(name)
    field = inspector(window).source.field
    assert field.popup.currentIndex().data() == f"New source “{name}”  ({kind})"
    assert field.kind.isVisible() and field.kind.currentText() == kind
    enter(window, "Return")
    made = next(source for source in window.workspace.sources() if source.name == name)
    assert made.kind == kind and active(window).source == name and window.reading.view.hasFocus()
    assert said(window)[-1] == f"{name} is a new source ({kind})."
    press("Ctrl+Z")
    assert active(window).source == "" and name not in names(window)


def test_the_kind_is_changed_with_the_mouse_before_enter(window: MainWindow) -> None:
    press("A")
    type_text("Reuters")
    field = inspector(window).source.field
    field.popup.hide()
    field.kind.setFocus(Qt.FocusReason.MouseFocusReason)
    press("P", "Return")
    assert next(source.kind for source in window.workspace.sources() if source.name == "Reuters") == "person"
    assert window.reading.view.hasFocus()


def test_tab_goes_on_to_the_digit(window: MainWindow) -> None:
    press("A")
    type_text("cour")
    enter(window, "Tab")
    assert active(window).source == "Courier"
    press("4")
    assert active(window).credibility == 4


def test_escape_once_drops_what_was_typed(window: MainWindow, qtbot: QtBot) -> None:
    for text in ("ga", "Norwire", "Gazprom"):
        press("A")
        type_text(text)
        enter(window, "Esc")
        assert window.reading.view.hasFocus() and active(window).source == ""
        assert inspector(window).source.field.edit.text() == ""
    qtbot.wait(150)
    assert not window.findChildren(NewSourceQuestion) and not len(window.workspace.typed)


def test_a_click_into_the_text_takes_an_exact_name(window: MainWindow) -> None:
    press("A")
    type_text("the gazette")
    click(window.reading.view.viewport())
    window.reading.view.setFocus(Qt.FocusReason.MouseFocusReason)
    first(window)
    assert active(window).source == "Courier"


@pytest.mark.parametrize("name", ["Norwire", "ga"])
def test_a_click_elsewhere_asks_before_it_adds_a_name(window: MainWindow, qtbot: QtBot, name: str) -> None:
    press("A")
    type_text(name)
    window.reading.view.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not inspector(window).source.field.popup.isVisible()
    dialog = question(window, qtbot)
    assert dialog.windowTitle() == f"New source “{name}”?" and name not in names(window)
    inside = window.frameGeometry()
    assert inside.contains(dialog.frameGeometry())
    press("Return", on=dialog.add)
    assert active(window).source == name and name in names(window)
    come_back(qtbot, window)
    qtbot.waitUntil(window.reading.view.hasFocus)
    press("G", "3")
    assert active(window).credibility == 3


def test_a_discarded_name_is_gone_and_the_source_before_is_back(window: MainWindow, qtbot: QtBot) -> None:
    press("A")
    type_text("cour")
    enter(window, "Return")
    press("A")
    type_text("Norwire")
    window.reading.view.setFocus(Qt.FocusReason.MouseFocusReason)
    press("Esc", on=question(window, qtbot))
    assert active(window).source == "Courier" and "Norwire" not in names(window)
    assert inspector(window).source.field.edit.text() == "Courier" and not len(window.workspace.typed)


def test_a_name_is_kept_for_its_statement_when_another_one_is_clicked(window: MainWindow, qtbot: QtBot) -> None:
    one, other = window.workspace.ordered_annotations()[:2]
    press("A")
    type_text("Norwire")
    page = window.reading.view
    place = page.rectangle(other.span.start + 2).center()
    QTest.mousePress(page.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    qtbot.wait(100)
    assert not window.findChildren(NewSourceQuestion), "not while the button is down"
    QTest.mouseRelease(page.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert active(window).id == other.id
    dialog = question(window, qtbot)
    click(dialog.add)
    sources = {found.id: found.source for found in window.workspace.ordered_annotations()}
    assert (sources[one.id], sources[other.id]) == ("Norwire", "")


def test_a_refused_name_stays_in_the_field(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ProjectBusy("The project is still busy: nothing was changed.")

    field = inspector(window).source.field
    press("A")
    type_text("cour")
    with monkeypatch.context() as patch:
        patch.setattr(window.workspace.project, "apply", refuse)
        enter(window, "Return")
        assert field.edit.text() == "Courier" and field.edit.property("invalid") is True
        assert field.edit.hasFocus(), "beside the reason"
        window.reading.view.setFocus(Qt.FocusReason.MouseFocusReason)
        qtbot.wait(150)
        assert not window.findChildren(NewSourceQuestion), "it was confirmed already"
    window.workspace.typed.retry()
    assert active(window).source == "Courier" and not field.edit.property("invalid")


# --- the letter -------------------------------------------------------------------------------------------------------


def give(window: MainWindow, *names: str) -> None:
    """Give the statements of the text these sources, in their order."""
    registry = {source.name: source.id for source in window.workspace.sources()}
    for annotation, name in zip(window.workspace.ordered_annotations(), names, strict=False):
        window.workspace.update(annotation, source_id=registry[name])
    first(window)


def letters(window: MainWindow) -> list[tuple[str | None, str | None]]:
    """The letter of each statement, and that of it alone."""
    return [(found.reliability, found.reliability_override) for found in window.workspace.ordered_annotations()]


def test_a_clicked_letter_is_that_of_the_source(window: MainWindow) -> None:
    give(window, "Gazprom", "Gazprom", "Courier")
    click(inspector(window).reliability.button("C"))
    assert letters(window) == [("C", None), ("C", None), (None, None)]
    assert said(window)[-1] == "Gazprom is assessed as C: fairly reliable. Applies to all 2 of its statements."
    assert window.workspace.project is not None
    (assessment,) = window.workspace.project.read.sources.assessments()
    assert (assessment.made_on, assessment.reliability) == (today(), "C")
    window.workspace.set_active(window.workspace.ordered_annotations()[1].id)
    assert inspector(window).reliability.button("C").isChecked()
    window.reading.view.setFocus()
    press("Ctrl+Z")
    assert letters(window) == [(None, None)] * 3


def test_the_key_of_a_letter_follows_the_same_rule(window: MainWindow) -> None:
    press("G", "B")
    assert letters(window) == [(None, None)] * 3
    assert said(window)[-1] == "The letter is that of a source: say who said it first."
    give(window, "Gazprom", "Gazprom")
    press("G", "B")
    assert letters(window) == [("B", None), ("B", None), (None, None)]
    press("G", "D", "G", "0")
    assert letters(window)[0] == ("D", None), "the letter of the source stays"
    press("Ctrl+Z")
    assert letters(window)[0] == ("B", None)


def test_differs_here_and_back_by_keys_alone(window: MainWindow) -> None:
    give(window, "Gazprom", "Gazprom")
    press("G", "B")
    grades = inspector(window).grades
    grades.differs.setFocus(Qt.FocusReason.TabFocusReason)
    press("Space", "D")
    assert letters(window)[:2] == [("D", "D"), ("B", None)]
    type_text("not at the quay")
    press("Return")
    assert active(window).reliability_reason == "not at the quay"
    assert grades.here.text() == "Here: D, because not at the quay"
    press("Tab")
    assert grades.inherit.hasFocus() and grades.inherit.text() == "Use the source's letter"
    press("Space")
    assert letters(window)[:2] == [("B", None), ("B", None)] and active(window).reliability_reason == ""
    press("Esc")
    assert window.reading.view.hasFocus()


def test_both_panes_show_the_letter_of_the_source(window: MainWindow) -> None:
    give(window, "Gazprom", "Gazprom")
    press("F5")
    assert len(window.workspace.readings) == 2
    window.workspace.set_active(window.workspace.ordered_annotations()[1].id)
    press("A")
    enter(window, "Return")
    assert window.reading.view.hasFocus(), "the focus returns to the pane that it came from"
    press("G", "E")
    for reading in window.workspace.readings:
        assert reading.open is not None
        assert [found.reliability for found in reading.open.ordered()[:2]] == ["E", "E"]


def test_a_project_for_reading_shows_the_letter_and_takes_none(launched: Launch, case: Path, qtbot: QtBot) -> None:
    with annotator.open(case) as project:
        project.assess("Gazprom", "B")
        project.update(project.annotation(1), source="Gazprom")
    with annotator.open(case):
        window = launched(case)
        assert window.workspace.read_only
        first(window)
        view = inspector(window)
        assert view.reliability.button("B").isChecked() and not view.reliability.isEnabled()
        assert READ_ONLY_REASON in view.reliability.button("A").toolTip()
        assert view.reliability.accessibleDescription() == READ_ONLY_REASON
        assert not view.source.field.isEnabled() and not view.grades.differs.isEnabled()
        click(view.reliability.button("A"))
        press("A", "G", "A")
        assert letters(window)[0] == ("B", None) and QApplication.activePopupWidget() is None
