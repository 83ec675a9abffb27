"""Reshaping annotations in the window: edges by keys and by their handles, halves, fragments, repeating, grades."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, active, leave, move_mouse, press, put_caret, said, selected, type_text

import annotator
from annotator import settings
from annotator.app.annotations.docked_views import ANNOTATIONS
from annotator.app.reader.painting.edge_handles import Handle
from annotator.app.shell.main_window import MainWindow
from annotator.services.annotations.reshaping import Edge

SENTENCE = "The minister said on Monday that the talks would resume, and she expected a result."
PLAIN, ALT, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
START, END = Edge(0, True), Edge(0, False)


def graded(window: MainWindow, words: str, *keys: str) -> int:
    """Select words, label them as a claim, press further keys; the id of what was made."""
    start = ARTICLE.index(words)
    window.reading.view.select(start, start + len(words))
    press("1", *keys)
    return active(window).id


def handle(window: MainWindow, edge: Edge) -> Handle:
    """The handle on the screen."""
    return next(found for found in window.reading.view.handles() if found.edge == edge)


def hold(window: MainWindow, edge: Edge, position: int, modifier: Qt.KeyboardModifier = PLAIN) -> QPoint:
    """Take hold of a handle and bring its edge to a position of the text; the mouse is there then, and still down."""
    view = window.reading.view
    held = handle(window, edge)
    place = view.rectangle(position)
    shift = QPointF(place.center()) - QPointF(held.x, (held.top + held.bottom) / 2)
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, modifier, held.knob.toPoint())
    goal = (held.knob + shift).toPoint()
    for point in ((held.knob.toPoint() + goal) / 2, goal):
        move_mouse(view.viewport(), point, modifier)
    return goal


def drag_edge(window: MainWindow, edge: Edge, position: int, modifier: Qt.KeyboardModifier = PLAIN) -> str:
    """Drag an edge to a position of the text; the quote then."""
    goal = hold(window, edge, position, modifier)
    QTest.mouseRelease(window.reading.view.viewport(), Qt.MouseButton.LeftButton, modifier, goal)
    return active(window).shown_quote


def test_edges_by_sentence(window: MainWindow) -> None:
    graded(window, "talks would resume", "G", "2")

    def edge(*keys: str) -> str:
        press(*keys)
        assert active(window).score == "-2"
        return active(window).quote

    assert edge("T", "E") == "The minister said on Monday that the talks would resume"
    assert edge("T", "I") == SENTENCE
    assert edge("T", "I") == f"{SENTENCE} Nobody else agreed."
    assert edge("T", "U") == SENTENCE
    assert edge("T", "E") == f"Talks on the pipeline resume\n\n{SENTENCE}", "the title is a sentence too"
    assert edge("T", "R") == SENTENCE
    assert edge("T", "R") == SENTENCE
    assert said(window) == ["The annotation cannot become shorter."]
    press(*["Ctrl+Z"] * 6)
    assert active(window).quote == "talks would resume"
    assert edge("T", "S") == SENTENCE
    assert edge("T", "S") == SENTENCE and "already" in said(window)[-1]


def test_edges_of_the_fragment_at_the_caret(window: MainWindow) -> None:
    graded(window, "said on")
    window.reading.view.select(ARTICLE.index("talks would"), ARTICLE.index("talks would") + len("talks would"))
    press("F")
    assert active(window).shown_quote == "said on … talks would"
    put_caret(window, "said on")
    press("I")
    assert active(window).shown_quote == "said on Monday … talks would"
    press("U")
    assert active(window).shown_quote == "said on … talks would"
    press("E", "I")
    assert active(window).shown_quote == "minister said on … talks would resume", "from its outermost edge, the whole"
    put_caret(window, "talks would")
    press("E", "E")
    assert active(window).shown_quote == "minister said on … that the talks would resume"
    press("E")
    assert active(window).shown_quote == "minister said on Monday that the talks would resume", "they met"


def test_a_handle_moves_its_edge_and_loses_nothing(window: MainWindow) -> None:
    graded(window, "minister said on Monday", "G", "3", "G", "H", "A")
    type_text("Ministry")
    press("Return")
    before = active(window)
    assert drag_edge(window, END, ARTICLE.index("would") + 2) == "minister said on Monday that the talks would"
    assert drag_edge(window, START, ARTICLE.index("The minister") + 1).startswith("The minister said")
    now = active(window)
    kept = ("id", "source", "score", "confidence", "label", "created_at", "annotator")
    assert [getattr(now, name) for name in kept] == [getattr(before, name) for name in kept]
    press("Ctrl+Z", "Ctrl+Z")
    assert active(window) == before, "each drag is one change"


def test_a_modifier_drags_by_characters_or_sentences(window: MainWindow) -> None:
    graded(window, "said on Monday")
    inside = ARTICLE.index("minister") + 3
    assert drag_edge(window, START, inside, ALT) == "ister said on Monday"
    assert drag_edge(window, START, inside + 2, CONTROL) == "ter said on Monday"
    assert drag_edge(window, END, ARTICLE.index("agreed") + 2, SHIFT).endswith("a result. Nobody else agreed.")
    assert drag_edge(window, START, inside, SHIFT) == f"{SENTENCE} Nobody else agreed."
    window.settings.set(settings.SNAP_TO_WORDS, False)
    assert drag_edge(window, START, inside).startswith("ister said")


def test_an_edge_stops_before_the_other_one(window: MainWindow) -> None:
    graded(window, "said on Monday")
    assert drag_edge(window, START, ARTICLE.index("talks would")) == "Monday"
    assert drag_edge(window, END, ARTICLE.index("The minister"), ALT) == "M"


def test_escape_lets_the_edge_go_back(window: MainWindow) -> None:
    graded(window, "said on Monday")
    before, view = active(window), window.reading.view
    bare = view.grab().toImage()
    goal = hold(window, END, ARTICLE.index("would"))
    assert view.index.fragments(before.id) != before.fragments, "it is seen as it moves"
    assert active(window) == before, "and not written before it is let go"
    press("Esc")
    assert view.index.fragments(before.id) == before.fragments and window.workspace.active_id == before.id
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, PLAIN, goal)
    move_mouse(view.viewport(), goal, button=Qt.MouseButton.NoButton)
    assert active(window) == before and selected(window) == ""
    assert view.grab().toImage() == bare
    # Another change in the midst of a drag has the last word.
    goal = hold(window, END, ARTICLE.index("would"))
    press("Ctrl+Z")
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, PLAIN, goal)
    assert window.workspace.annotations == {} and list(view.index) == []


def test_inner_edges_have_handles_too(window: MainWindow) -> None:
    graded(window, "said on")
    window.reading.view.select(ARTICLE.index("talks would"), ARTICLE.index("talks would") + len("talks would"))
    press("F")
    assert [found.edge for found in window.reading.view.handles()] == [START, END, Edge(1, True), Edge(1, False)]
    assert drag_edge(window, Edge(1, True), ARTICLE.index("that the") + 6) == "said on … the talks would"
    assert drag_edge(window, END, ARTICLE.index("Monday") + 6) == "said on Monday … the talks would"
    assert drag_edge(window, END, len(ARTICLE) - 2) == "said on Monday that the talks would"


def test_the_handles_of_a_short_word_can_be_told_apart(window: MainWindow) -> None:
    put_caret(window, "a result", 0)
    press("Shift+W", "1")
    found = window.reading.view.handles()
    assert [one.edge for one in found] == [START, END]
    for one in found:
        assert one.target.width() >= 12 and one.target.height() >= 12
        other = found[1] if one is found[0] else found[0]
        assert not QPointF.dotProduct(one.knob - other.knob, one.knob - other.knob) < (2 * one.radius) ** 2
        assert one.bottom <= one.knob.y() - one.radius, "a knob hangs below the text"
    assert drag_edge(window, END, ARTICLE.index("result") + 3) == "a result"
    assert drag_edge(window, START, ARTICLE.index("expected") + 3) == "expected a result"


def test_the_mouse_shows_what_can_be_held(window: MainWindow) -> None:
    view = window.reading.view
    assert view.handles() == []
    graded(window, "said on Monday")
    move_mouse(view.viewport(), handle(window, START).knob.toPoint(), button=Qt.MouseButton.NoButton)
    assert view.viewport().cursor().shape() == Qt.CursorShape.SizeHorCursor
    move_mouse(view.viewport(), view.rectangle(ARTICLE.index("Nobody")).center(), button=Qt.MouseButton.NoButton)
    assert view.viewport().cursor().shape() == Qt.CursorShape.IBeamCursor
    press("Esc", "Esc")
    assert view.handles() == []


def test_a_right_to_left_edge_is_held_at_its_side(launched: Launch, tmp_path: Path) -> None:
    text = "قال الوزير إن المفاوضات ستستمر قريبا"
    path = tmp_path / "rtl.anno"
    with annotator.create(path, annotator="ada") as project:
        document = project.add_document("T", text)
        start = text.index("المفاوضات")
        project.annotate(document, start, start + len("المفاوضات"), "claim")
    window = launched(path)
    press("J")
    first, last = handle(window, START), handle(window, END)
    assert first.x > last.x and (first.side, last.side) == (1, -1)
    assert drag_edge(window, END, len(text)) == text[text.index("المفاوضات") :]
    assert drag_edge(window, START, text.index("الوزير") + 2) == text[text.index("الوزير") :]


def test_a_project_for_reading_has_no_handles(launched: Launch, qtbot: QtBot, case: Path) -> None:
    with annotator.open(case) as project:
        project.annotate(project.documents()[0], 0, 5, "claim")
        window = launched(case)
        press("J")
        assert window.workspace.read_only and active(window).quote == "Talks"
        assert window.reading.view.handles() == []
        leave(qtbot, window)


def test_dragging_past_the_bottom_scrolls(launched: Launch, tmp_path: Path, qtbot: QtBot) -> None:
    text = "\n".join(f"Line {number} says that it is line number {number}." for number in range(300))
    path = tmp_path / "long.anno"
    with annotator.create(path, annotator="ada") as project:
        project.annotate(project.add_document("T", text), 0, 6, "claim")
    window = launched(path)
    press("J")
    view = window.reading.view
    knob = handle(window, END).knob.toPoint()
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, PLAIN, knob)
    below = QPoint(knob.x(), view.viewport().height() + 5)
    move_mouse(view.viewport(), below)
    qtbot.waitUntil(lambda: view.verticalScrollBar().value() > 5)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, PLAIN, below)
    top = view.verticalScrollBar().value()
    assert active(window).end > text.index(f"Line {top} says") and active(window).quote == text[: active(window).end]
    QTest.qWait(150)
    assert view.verticalScrollBar().value() == top, "it scrolls no more"


def test_split_and_join(window: MainWindow) -> None:
    first = graded(window, "minister said on Monday that the talks would resume", "G", "2", "N")
    type_text("as heard")
    press("Ctrl+Return")
    put_caret(window, "that the", 0)
    press("Shift+S")
    one, two = window.workspace.ordered_annotations()
    assert (one.quote, two.quote) == ("minister said on Monday", "that the talks would resume")
    assert one.id == first and active(window) == two and (two.score, two.note) == ("-2", "as heard")
    press("2", "K")
    press("Shift+J")
    assert said(window) == ["There is no claim of yours after this one to join with."]
    press("J", "1", "G", "4", "K", "Shift+J")
    assert active(window).quote == "minister said on Monday that the talks would resume"
    assert active(window).id == first and active(window).note == "as heard"
    assert said(window)[-1] == "Joined 2 annotations. Not kept: credibility 4."
    press("Ctrl+Z")
    assert [found.score for found in window.workspace.ordered_annotations()] == ["-2", "-4"]
    put_caret(window, "Talks on", 0)
    press("Shift+S")
    assert said(window)[-1].startswith("Put the caret inside")


def test_rows_chosen_in_the_table_are_joined(window: MainWindow) -> None:
    for words in ("Prices may", "Nobody else", "two people"):
        graded(window, words)
    table = window.view(ANNOTATIONS).table
    press("Ctrl+F9", "Ctrl+A", "Shift+J")
    assert active(window).shown_quote == "Nobody else … Prices may … two people"
    assert said(window)[-1] == "Joined 3 annotations." and table.records.total == 1
    press("Ctrl+Z")
    assert len(window.workspace.annotations) == 3


def test_fragments_are_removed_by_key_and_by_menu(window: MainWindow) -> None:
    graded(window, "said on")
    for words in ("talks would", "a result"):
        window.reading.view.select(ARTICLE.index(words), ARTICLE.index(words) + len(words))
        press("F")
    put_caret(window, "talks would")
    press("Shift+F")
    assert active(window).shown_quote == "said on … a result"
    press("Shift+F")
    assert said(window)[-1].startswith("Put the caret into the fragment")
    view = window.reading.view
    point = view.rectangle(ARTICLE.index("said on") + 1).center() + QPoint(2, 0)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.RightButton, PLAIN, point)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, view.viewport().mapToGlobal(point))
    QApplication.sendEvent(view.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(one for one in menu.actions() if one.objectName() == "annotate.remove_fragment").trigger()
    menu.close()
    assert active(window).quote == "a result"
    put_caret(window, "a result")
    press("Shift+F")
    assert said(window)[-1].startswith("The annotation has this one fragment only")
    press(*["Ctrl+Z"] * 2)
    assert active(window).shown_quote == "said on … talks would … a result"


def test_grades_are_handed_on(window: MainWindow) -> None:
    graded(window, "Prices may", "G", "V")
    assert said(window) == ["Copy the grades of an annotation first."]
    press("G", "K")
    assert said(window)[-1] == "This annotation has no grades of its own to copy."
    assert window.workspace.update(active(window), reliability="D", reliability_reason="seen")
    press("G", "3", "G", "L", "N")
    type_text("a note")
    press("Ctrl+Return", "G", "K")
    graded(window, "Nobody else", "G", "V")
    found = active(window)
    assert (found.score, found.confidence, found.note) == ("D3", "low", "")
    press("G", "V")
    assert said(window)[-1] == "This annotation has these grades already."
    press("Ctrl+Z")
    assert active(window).score == "", "one change"


def test_the_last_annotation_is_repeated_with_one_key(window: MainWindow) -> None:
    press("D")
    assert said(window) == ["There is no annotation yet to repeat: label some words first."]
    put_caret(window, "Nobody else")
    press("2", "G", "3", "A")
    type_text("Ministry")
    press("Return")
    window.reading.view.select(ARTICLE.index("else"), ARTICLE.index("else") + 4)
    press("Q")
    first = active(window)
    put_caret(window, "Prices may")
    press("D")
    made = active(window)
    assert made.id != first.id and made.quote.startswith("Prices may fall")
    assert (made.label, made.source, made.score) == ("speculation", "Ministry", "-3")
    assert first.cue and not made.cue
    press("D")
    assert len(window.workspace.annotations) == 2 and said(window)[-1] == "These words are annotated already."
    # What was changed last counts, and a selection is taken before the sentence.
    press("1")
    window.reading.view.select(ARTICLE.index("talks would"), ARTICLE.index("talks would") + 5)
    press("D")
    assert (active(window).quote, active(window).label, active(window).score) == ("talks", "claim", "-3")
    # In the next document as well.
    press("Ctrl+PgDown", "D")
    assert active(window).label == "claim" and active(window).source == "Ministry"


@pytest.mark.parametrize("points", [6, 13, 30])
def test_knobs_hang_below_the_letters_at_any_size(window: MainWindow, points: int) -> None:
    window.reading.view.set_text_size(points)
    graded(window, "Prices may")
    window.reading.view.grab()
    for one in window.reading.view.handles():
        line = window.reading.view.rectangle(active(window).start)
        assert one.knob.y() - one.radius >= line.bottom() - 1.5
