"""The caret and the selection, by positions, units, mouse and keys."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QTextCursor,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.app.reader.sample_article import ARTICLE, highlight, point_on, span_of

from annotator.app.reader.document_view import DocumentView, Highlight
from annotator.domain.spans import Span


def drag(view: DocumentView, start: int, end: int, modifier: Qt.KeyboardModifier) -> None:
    first, last = view.rectangle(start).center(), view.rectangle(end).center()
    viewport = view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, modifier, first)
    QTest.mouseMove(viewport, (first + last) / 2)
    _move(view, last, modifier)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, modifier, last)


def _move(view: DocumentView, point: QPoint, modifier: Qt.KeyboardModifier) -> None:
    place = QPointF(point)
    on_screen = QPointF(view.viewport().mapToGlobal(point))
    button = Qt.MouseButton.LeftButton
    event = QMouseEvent(QEvent.Type.MouseMove, place, on_screen, Qt.MouseButton.NoButton, button, modifier)
    QApplication.sendEvent(view.viewport(), event)


ALPHABET = "ab.\t\n \u00a0\u2028\u0085é\u0301\u200d👨👩😀🏽🇩🇪שלעم漢字ｶﾞ\ufeff"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(text=st.text(st.sampled_from(ALPHABET), min_size=1, max_size=80), data=st.data())
def test_selections_are_exact_in_any_text(view: DocumentView, text: str, data: st.DataObject) -> None:
    view.set_document(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(0, len(text)))
    view.select(start, end)
    low, high = min(start, end), max(start, end)
    assert view.selected_span() == (Span(low, high) if low < high else None)
    assert (view.anchor(), view.caret()) == (start, end)
    # Qt takes one mark away when it reads the bytes; they are there.
    data_copied = view.createMimeDataFromSelection()
    assert data_copied.text() == text[low:high].removeprefix("\ufeff")
    assert bytes(data_copied.data("text/plain").data()).decode() == text[low:high]
    assert view.text == text
    assert view.document().characterCount() - 1 == len(text.encode("utf-16-le")) // 2
    view.grab()
    assert view.selected_span() == (Span(low, high) if low < high else None)


def test_positions_outside_are_clamped(article: DocumentView) -> None:
    article.select(-5, 10_000)
    assert article.selected_span() == Span(0, len(ARTICLE))


def test_copying_takes_the_canonical_text(view: DocumentView) -> None:
    text = "a\u00a0b\u2028c\u2029d " * 3 + "x" * 9_000 + " 😀"
    view.set_document(text)
    view.select(0, len(text))
    view.copy()
    assert QApplication.clipboard().text() == text


def test_selection_and_caret_are_signalled(article: DocumentView, qtbot: QtBot) -> None:
    told: list[object] = []
    article.selection_changed.connect(told.append)
    article.caret_moved.connect(told.append)
    article.select(3, 8)
    assert sorted(told, key=str) == [8, Span(3, 8)]
    with qtbot.waitSignal(article.selection_changed) as changed:
        article.set_caret(4)
    assert changed.args == [None]


def test_another_document_resets_selection_and_highlights(article: DocumentView) -> None:
    article.set_highlights([highlight(1, "Monday")])
    article.select(3, 8)
    article.set_document("Other text")
    assert article.selected_span() is None
    assert article.caret() == 0
    assert article.highlights_at(0) == []
    assert article.textCursor().charFormat().fontWeight() != QFont.Weight.Bold
    article.clear_document()
    assert article.text == "" and not article.is_open


def test_moving_by_units(article: DocumentView) -> None:
    start = span_of(ARTICLE, "The minister").start
    article.set_caret(start)
    article.move_by("character", forward=True)
    assert article.caret() == start + 1
    article.move_by("word", forward=True, extend=True)
    article.move_by("word", forward=True, extend=True)
    assert article.selected_span() == Span(start + 1, start + len("The minister"))
    article.move_by("character", forward=False)
    assert article.selected_span() is None and article.caret() == start + 1
    article.move_by("sentence", forward=True, extend=True)
    assert article.selected_span() == Span(start + 1, ARTICLE.index("resume.") + 7)
    article.set_caret(start)
    article.move_by("sentence", forward=True)
    assert article.caret() == ARTICLE.index("Nobody")
    article.move_by("paragraph", forward=True)
    assert article.caret() == ARTICLE.index("A second")
    article.move_by("paragraph", forward=False)
    assert article.caret() == start
    article.move_by("line", forward=True)
    assert start < article.caret() < ARTICLE.index("A second") + 5
    article.move_by("page", forward=True)
    assert article.caret() == len(ARTICLE)
    article.move_by("page", forward=False, extend=True)
    assert article.selected_span() == Span(0, len(ARTICLE))


def test_selecting_units_growing_and_shrinking(article: DocumentView) -> None:
    article.set_caret(ARTICLE.index("inister"))
    article.select_unit("sentence")
    sentence = span_of(ARTICLE, "The minister said on Monday that the talks would resume.")
    assert article.selected_span() == sentence
    article.set_caret(ARTICLE.index("inister"))
    article.grow_selection()
    seen = [span_of(ARTICLE, "minister")]
    assert article.selected_span() == seen[0]
    while seen[-1] != Span(0, len(ARTICLE)):
        article.grow_selection()
        larger = article.selected_span()
        assert larger is not None and larger.contains(seen[-1]) and larger != seen[-1]
        seen.append(larger)
    assert sentence in seen
    for expected in reversed(seen[:-1]):
        article.shrink_selection()
        assert article.selected_span() == expected
    article.select(*sentence)
    article.shrink_selection()
    smaller = article.selected_span()
    assert smaller is None or (sentence.contains(smaller) and smaller != sentence)


def test_a_dragged_selection_snaps_to_words(article: DocumentView) -> None:
    start = span_of(ARTICLE, "inister said on Mon")
    drag(article, start.start, start.end, Qt.KeyboardModifier.NoModifier)
    assert article.selected_span() == span_of(ARTICLE, "minister said on Monday")
    drag(article, ARTICLE.index("body else") + 6, ARTICLE.index("body else"), Qt.KeyboardModifier.NoModifier)
    assert article.selected_span() == span_of(ARTICLE, "Nobody else")
    assert article.caret() < article.anchor()


def test_alt_selects_exact_characters(article: DocumentView) -> None:
    exact = span_of(ARTICLE, "inister said on Mon")
    drag(article, exact.start, exact.end, Qt.KeyboardModifier.AltModifier)
    assert article.selected_span() == exact


def test_double_and_triple_clicks(article: DocumentView) -> None:
    point = point_on(article, ARTICLE.index("inister"))
    viewport, left = article.viewport(), Qt.MouseButton.LeftButton
    QTest.mouseClick(viewport, left, Qt.KeyboardModifier.NoModifier, point)
    QTest.mouseDClick(viewport, left, Qt.KeyboardModifier.NoModifier, point)
    assert article.selected_span() == span_of(ARTICLE, "minister")
    QTest.mouseClick(viewport, left, Qt.KeyboardModifier.NoModifier, point)
    assert article.selected_span() == span_of(ARTICLE, "The minister said on Monday that the talks would resume.")


def test_repeated_clicks_select_overlapping_highlights_one_after_the_other(article: DocumentView, qtbot: QtBot) -> None:
    article.set_highlights(
        [highlight(1, "The minister said on Monday"), highlight(2, "minister said"), highlight(3, "Nobody")]
    )
    clicked: list[int] = []
    article.highlight_clicked.connect(clicked.append)
    for words in ("inister", "inister", "inister", "obody", "according"):
        point = point_on(article, ARTICLE.index(words))
        QTest.mouseClick(article.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
        QTest.mouseMove(article.viewport(), QPoint(1, 1))
    assert clicked == [2, 1, 2, 3]


def test_a_click_between_lines_stays_in_its_column(article: DocumentView) -> None:
    position = span_of(ARTICLE, "said on").start
    place = article.rectangle(position)
    point = QPoint(place.center().x(), place.bottom() + 4)
    QTest.mouseClick(article.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
    assert article.caret() == position


def test_the_context_menu_is_requested_and_the_selection_stays(article: DocumentView, qtbot: QtBot) -> None:
    span = span_of(ARTICLE, "minister said")
    article.select(*span)
    point = point_on(article, span.start + 3)
    QTest.mousePress(article.viewport(), Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, point)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, QPoint(7, 8))
    with qtbot.waitSignal(article.context_menu_requested) as asked:
        QApplication.sendEvent(article.viewport(), event)
    assert asked.args == [span.start + 3, QPoint(7, 8)]
    assert article.selected_span() == span
    away = point_on(article, ARTICLE.index("second"))
    QTest.mousePress(article.viewport(), Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, away)
    assert article.selected_span() is None


def test_shortcuts_of_the_window_take_precedence(article: DocumentView) -> None:
    for key in (Qt.Key.Key_1, Qt.Key.Key_A, Qt.Key.Key_Right, Qt.Key.Key_Delete, Qt.Key.Key_Space):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier, "1")
        event.ignore()
        QApplication.sendEvent(article, event)
        assert not event.isAccepted()
    QTest.keyClick(article, Qt.Key.Key_1)
    assert article.text == ARTICLE


def test_a_long_paragraph_is_selected_and_highlighted_over_its_breaks(view: DocumentView) -> None:
    text = "漢" * 12_000
    view.set_document(text)
    view.set_highlights([Highlight(1, 1, (Span(3_990, 8_010),))])
    view.scroll_to(Span(3_990, 4_010))
    view.grab()
    view.select(3_995, 4_005)
    assert view.selected_span() == Span(3_995, 4_005)
    assert view.createMimeDataFromSelection().text() == text[3_995:4_005]
    cursor = view.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    assert view.selected_span() == Span(3_995, 4_006)
