"""The page of the reading view: its column, its scroll bar, its font and its palette."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPalette,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.app.reader.sample_article import ARTICLE, settle, span_of

from annotator.app.reader.document_view import DocumentView
from annotator.app.style.theme import DARK
from annotator.domain.spans import Span

LONG = "".join(f"Paragraph {number} tells of one more thing that was said by somebody else.\n" for number in range(900))


def test_the_length_is_estimated_before_the_text_is_laid_out(view: DocumentView) -> None:
    view.resize(420, 500)
    view.set_document(LONG)
    settle()
    estimated = view.document().lineCount()
    block = view.document().firstBlock()
    while block.isValid():
        view.document().documentLayout().blockBoundingRect(block)
        block = block.next()
    assert estimated == pytest.approx(view.document().lineCount(), rel=0.2)
    assert view.document().lineCount() > 1_500


def test_a_large_text_stays_where_it_was_scrolled_to(view: DocumentView, qtbot: QtBot) -> None:
    text = LONG * 8
    # A paragraph takes three lines at least, whatever the font.
    letters = QFontMetricsF(view.font()).horizontalAdvance("Paragraph tells of one")
    view.resize(int(letters) + 60, 500)
    view.set_document(text)
    before = view.document().lineCount()
    span = Span(len(text) // 2, len(text) // 2 + 5)
    view.scroll_to(span)
    # Estimated anew for the narrow window when it has been so for a while.
    qtbot.waitUntil(lambda: view.document().lineCount() > 2 * before, timeout=60_000)
    assert view.visible_span().contains(span)


def test_scrolling_to_a_span_does_not_move_the_caret(view: DocumentView) -> None:
    view.set_document(LONG)
    span = span_of(LONG, "Paragraph 700")
    assert not view.visible_span().contains(span)
    view.scroll_to(span)
    settle()
    assert view.visible_span().contains(span)
    assert view.caret() == 0
    value = view.verticalScrollBar().value()
    view.scroll_to(span)
    assert view.verticalScrollBar().value() == value


def test_resizing_and_zooming_keep_the_character_at_the_top(view: DocumentView) -> None:
    view.set_document(LONG)
    view.verticalScrollBar().setValue(333)
    settle()
    top = view.visible_span().start
    for width in (500, 320, 800, 620, 900):
        view.resize(width, 600)
        settle()
        visible = view.visible_span()
        line = len("Paragraph 100 tells of one more thing that was said by somebody else.")
        assert visible.start <= top < visible.start + line
    assert view.visible_span().start == top
    with_size = view.text_size()
    for zoom in (view.zoom_in, view.zoom_in, view.zoom_out, view.reset_zoom):
        zoom()
        settle()
        assert view.visible_span().start <= top < view.visible_span().start + 80
    assert view.text_size() == pytest.approx(with_size)


def test_ctrl_and_the_wheel_change_the_text_size(article: DocumentView, qtbot: QtBot) -> None:
    before = article.text_size()
    place = QPointF(100, 100)
    event = QWheelEvent(
        place,
        QPointF(article.mapToGlobal(QPoint(100, 100))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    with qtbot.waitSignal(article.text_sized) as sized:
        QApplication.sendEvent(article.viewport(), event)
    assert article.text_size() > before
    assert sized.args == [article.text_size()]
    article.set_text_size(1_000)
    assert article.text_size() == 60


def test_lines_are_in_a_centred_column(article: DocumentView) -> None:
    article.resize(1_600, 600)
    settle()
    left = article.rectangle(span_of(ARTICLE, "The minister").start).left()
    line_end = article.viewport().width() - left
    assert left > 250
    line = article.document().findBlock(ARTICLE.index("The minister")).layout().lineAt(0)
    assert 60 <= line.textLength() <= 95
    assert line.x() + line.width() <= line_end + 3
    article.resize(300, 600)
    settle()
    assert article.rectangle(span_of(ARTICLE, "The minister").start).left() < 60
    assert article.horizontalScrollBar().maximum() == 0


def test_right_to_left_paragraphs_begin_at_the_right(view: DocumentView) -> None:
    view.set_document("שלום עולם\nHello world\n")
    assert view.rectangle(0).left() > view.rectangle(10).left() + 200


def test_title_and_lead_points_have_their_styles(article: DocumentView) -> None:
    title = article.document().firstBlock().layout().lineAt(0)
    body = article.document().findBlock(ARTICLE.index("The minister")).layout().lineAt(0)
    lead = article.document().findBlock(ARTICLE.index("- First")).layout().lineAt(0)
    assert title.height() > 1.3 * body.height()
    assert lead.x() > body.x() + 5


def test_the_hint_is_shown_while_no_document_is_open(view: DocumentView) -> None:
    view.set_hint("Open or drop an article")
    shown = view.grab().toImage()
    view.set_document("")
    assert view.is_open and view.grab().toImage() != shown
    view.clear_document()
    assert view.grab().toImage() == shown
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(50, 50))
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(50, 50))
    assert view.selected_span() is None


def test_the_page_follows_the_palette_of_the_application(view: DocumentView, qapp: QApplication) -> None:
    before = QPalette(qapp.palette())
    view.set_theme(DARK)
    dark = QPalette(before)
    dark.setColor(QPalette.ColorRole.Base, QColor("#101214"))
    dark.setColor(QPalette.ColorRole.Text, QColor("#e0e1e2"))
    try:
        qapp.setPalette(dark)
        settle()
        assert view.palette().color(QPalette.ColorRole.Base) == QColor("#101214")
        assert view.palette().color(QPalette.ColorRole.HighlightedText) == QColor("#e0e1e2")
        assert view.palette().color(QPalette.ColorRole.Highlight).alpha() < 255
    finally:
        qapp.setPalette(before)


def test_the_lines_follow_a_font_set_from_outside(article: DocumentView) -> None:
    position = span_of(ARTICLE, "The minister").start
    before = article.rectangle(position)
    font = QFont(article.font())
    font.setPointSizeF(font.pointSizeF() * 2)
    article.setFont(font)
    settle()
    assert article.rectangle(position).height() > 1.6 * before.height()
    assert article.rectangle(position).top() > before.top()
