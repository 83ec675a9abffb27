"""Highlights in the reading view: found by place, and checked by the pixels that are painted."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QPainter,
    QPaintEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.app.reader.sample_article import ARTICLE, STYLES, highlight, point_on, settle, span_of

from annotator.app.reader.document_view import DocumentView, Highlight, LabelStyle
from annotator.app.reader.painting.highlight_painting import HighlightPainter, Stroke
from annotator.app.style.label_style import fill_color, line_color, text_color_on
from annotator.app.style.theme import DARK, THEMES, contrast
from annotator.domain.spans import Span
from annotator.nlp.boundaries import is_character_boundary


def test_highlights_are_found_innermost_first(article: DocumentView) -> None:
    article.set_highlights(
        [highlight(1, "The minister said on Monday"), highlight(2, "said on"), highlight(3, "Nobody")]
    )
    assert article.highlights_at(span_of(ARTICLE, "said").start) == [2, 1]
    article.remove_highlights([2, 99])
    assert article.highlights_at(span_of(ARTICLE, "said").start) == [1]
    article.put_highlights([highlight(1, "Monday")])
    assert article.highlights_at(span_of(ARTICLE, "said").start) == []
    assert article.highlights_at(span_of(ARTICLE, "Monday").start) == [1]


def test_changes_paint_the_same_as_setting_all_highlights(article: DocumentView) -> None:
    one, two, three = (
        highlight(1, "minister said"),
        highlight(2, "Nobody else", 2),
        highlight(3, "A second paragraph", 3),
    )
    article.set_highlights([highlight(1, "resume."), one._replace(id=4), three])
    article.grab()
    article.put_highlights([two])
    article.remove_highlights([4])
    article.put_highlights([one])
    changed = article.grab().toImage()
    article.set_highlights([one, two, three])
    assert article.grab().toImage() == changed
    article.set_highlights([])
    assert article.grab().toImage() != changed


@pytest.mark.parametrize("change", ["put", "remove", "active"])
def test_only_the_lines_of_a_change_are_repainted(
    article: DocumentView, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    article.set_highlights([highlight(1, "Monday")])
    settle()
    painted: list[int] = []
    original = article.paintEvent

    def paint(event: QPaintEvent) -> None:
        painted.append(event.rect().height())
        original(event)

    monkeypatch.setattr(article, "paintEvent", paint)
    if change == "put":
        article.put_highlights([highlight(2, "said")])
    elif change == "remove":
        article.remove_highlights([1])
    else:
        article.set_active(1)
    settle()
    assert painted and max(painted) < 150 < article.viewport().height()


def test_paint_changes_paints_immediately(article: DocumentView, monkeypatch: pytest.MonkeyPatch) -> None:
    article.set_highlights([highlight(1, "Monday")])
    settle()
    painted: list[int] = []
    original = article.paintEvent

    def paint(event: QPaintEvent) -> None:
        painted.append(event.rect().height())
        original(event)

    monkeypatch.setattr(article, "paintEvent", paint)
    article.put_highlights([highlight(2, "said")])
    assert painted == []
    article.paint_changes()
    assert len(painted) == 1 and painted[0] < 150 < article.viewport().height()
    article.paint_changes()
    assert len(painted) == 1, "nothing is left to paint"
    article.remove_highlights([1])
    article.paint_changes()
    assert len(painted) == 2 and painted[1] < 150


def painted_areas(view: DocumentView, monkeypatch: pytest.MonkeyPatch) -> list[QRect]:
    """A list to which the area of each paint of the view is added from now on."""
    areas: list[QRect] = []
    original = view.paintEvent

    def paint(event: QPaintEvent) -> None:
        areas.append(event.rect())
        original(event)

    monkeypatch.setattr(view, "paintEvent", paint)
    return areas


def test_paint_changes_paints_the_whole_page_when_the_gutter_is_widened(
    article: DocumentView, monkeypatch: pytest.MonkeyPatch
) -> None:
    article.set_highlights([highlight(1, "Monday")])
    settle()
    lanes = article._gutter.lanes
    areas = painted_areas(article, monkeypatch)
    article.put_highlights([highlight(2, "on Monday")])
    assert article._gutter.lanes > lanes and areas == []
    article.paint_changes()
    assert areas == [article.viewport().rect()]
    settle()
    article.paint_changes()
    assert areas == [article.viewport().rect()], "nothing is left to paint"


def test_changes_before_a_scroll_are_painted_where_they_are_after_it(
    view: DocumentView, monkeypatch: pytest.MonkeyPatch
) -> None:
    view.set_document("\n".join(f"Paragraph {number} tells of one more thing." for number in range(200)))
    view.set_highlights([])
    settle()
    areas = painted_areas(view, monkeypatch)
    view.put_highlights([Highlight(1, 1, (Span(0, 9),))])
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() + 3)
    view.paint_changes()
    assert areas == [view.viewport().rect()]
    settle()
    view.paint_changes()
    assert len(areas) == 1, "nothing is left to paint"


def test_the_picture_of_the_page_shows_what_is_painted_without_it(
    view: DocumentView, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[int] = []
    paint = HighlightPainter.paint_strokes

    def counted(look: HighlightPainter, painter: QPainter, strokes: list[Stroke]) -> None:
        painted.append(len(strokes))
        paint(look, painter, strokes)

    monkeypatch.setattr(HighlightPainter, "paint_strokes", counted)
    view.set_document("\n".join(f"Paragraph {number} tells of one more thing." for number in range(60)))
    view.set_highlights(Highlight(n, 1 + n % 3, (Span(n * 35, n * 35 + 30 + n % 40),)) for n in range(50))
    view.set_active(3)
    for line in (0, 7):
        view.verticalScrollBar().setValue(line)
        view.set_label_styles({number: LabelStyle("#0072B2", "AB", number) for number in (1, 2, 3)})
        direct = view.viewport().grab().toImage()
        from_picture = direct
        for _ in range(50):
            # It is made while nothing else is to be done, which takes its time on a busy machine.
            QTest.qWait(150)
            painted.clear()
            from_picture = view.viewport().grab().toImage()
            if not painted:
                break
        assert not painted
        assert direct.size() == from_picture.size()
        for x in range(0, direct.width(), 3):
            for y in range(0, direct.height(), 3):
                one, other = direct.pixelColor(x, y), from_picture.pixelColor(x, y)
                assert abs(one.red() - other.red()) <= 3, (x, y)
                assert abs(one.blue() - other.blue()) <= 3, (x, y)


def columns(image: QImage, bare: QImage, row: int) -> set[int]:
    return {x for x in range(image.width()) if image.pixel(x, row) != bare.pixel(x, row)}


LINES = {
    "latin": "Officials said the talks may resume",
    "arabic": "قال الوزير إن المفاوضات مع Gazprom ستستمر 2025 قريبا",
    "mixed": "The word שלום עולם stands in (12) العربية here",
    "chinese": "外交部发言人周一表示谈判可能继续",
    "emoji": "Posted 😀 👍🏽 👨‍👩‍👧 and 🇩🇪 flags 😀😀",
}


@pytest.mark.parametrize("name", LINES)
def test_a_highlight_lies_where_qt_would_select(view: DocumentView, name: str) -> None:
    text = LINES[name]
    view.setCursorWidth(0)
    clusters = [position for position in range(len(text) + 1) if is_character_boundary(text, position)]
    for start in clusters[::3]:
        for end in clusters[2::4]:
            if start >= end or not text[start:end].strip():
                continue
            view.set_document(text)
            bare = view.grab().toImage()
            row = round((view.rectangle(0).top() + 2) * bare.devicePixelRatio())
            left = int(view.gutter_edge() - 1)
            view.select(start, end)
            selected = {x for x in columns(view.grab().toImage(), bare, row) if x >= left}
            view.select(0, 0)
            view.set_highlights([Highlight(1, 1, (Span(start, end),))])
            shown = {x for x in columns(view.grab().toImage(), bare, row) if x >= left}
            assert shown
            # Edges are anti-aliased, and clusters at run borders may differ by a hair.
            wrong = shown ^ selected
            assert len(wrong) <= 8, (text[start:end], sorted(wrong))


def test_each_of_four_lanes_is_drawn_below_the_line(article: DocumentView) -> None:
    words = "The minister said on Monday"
    bare = article.grab().toImage()
    article.set_highlights([highlight(number, words, 1 + number % 3) for number in range(4)])
    image = article.grab().toImage()
    place = article.rectangle(span_of(ARTICLE, "said").start)
    below = range(place.bottom() + 1, place.bottom() + 12)
    # Along the width of some dashes: at a single place a lane may have its gap.
    across = range(place.x() + 2, place.x() + 22)
    changed = [y for y in below if any(image.pixel(x, y) != bare.pixel(x, y) for x in across)]
    assert len(changed) >= 7
    assert {article.index.lane(number) for number in range(4)} == {0, 1, 2, 3}


@pytest.mark.qt_log_ignore("does not support raise")
def test_the_badge_counts_further_lanes_and_clicks_in_the_gutter_are_signalled(
    article: DocumentView, qtbot: QtBot
) -> None:
    words = "The minister said on Monday"
    article.set_highlights([highlight(number, words) for number in range(7)])
    article.grab()
    place = article.rectangle(span_of(ARTICLE, words).start)
    edge, middle = round(article.gutter_edge()), place.center().y()
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(edge - 20, middle), QPoint(0, 0))
    with qtbot.waitSignal(article.hovered) as hovered:
        QApplication.sendEvent(article.viewport(), event)
    assert hovered.args is not None and hovered.args[0] == list(range(7))
    # Initials at the left, the badge, and a bar in each of four lanes from the text outwards.
    found: list[object] = []
    article.highlight_clicked.connect(found.append)
    article.line_clicked.connect(lambda ids, _place: found.append(ids))
    for x in range(edge - 1, edge - 100, -1):
        QTest.mouseClick(article.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, middle))
    distinct = [value for rank, value in enumerate(found) if rank == 0 or value != found[rank - 1]]
    assert distinct[:5] == [0, 1, 2, 3, list(range(7))]
    assert set(map(str, distinct[5:])) == {"0", "1", "2"}
    assert article.caret() == 0 or article.selected_span() is None


def test_hovering_signals_all_highlights_and_their_rectangle(article: DocumentView, qtbot: QtBot) -> None:
    article.set_highlights([highlight(1, "minister"), highlight(2, "The minister", 3)])
    point = point_on(article, span_of(ARTICLE, "minister").start + 2)
    with qtbot.waitSignal(article.hovered) as hovered:
        QApplication.sendEvent(article.viewport(), QHelpEvent(QEvent.Type.ToolTip, point, QPoint(0, 0)))
    assert hovered.args is not None
    ids, words = hovered.args
    assert ids == [1, 2] and words.contains(article.viewport().mapToGlobal(point))
    with qtbot.waitSignal(article.hovered) as hovered:
        QApplication.sendEvent(article.viewport(), QHelpEvent(QEvent.Type.ToolTip, QPoint(880, 20), QPoint(0, 0)))
    assert hovered.args is not None and hovered.args[0] == []


@pytest.mark.parametrize(
    "mark",
    [
        lambda view: view.set_active(1),
        lambda view: view.set_active(1, cue=[span_of(ARTICLE, "said")]),
        lambda view: view.set_active(1, mention=[span_of(ARTICLE, "minister")]),
        lambda view: view.set_search_hits([span_of(ARTICLE, "Nobody")]),
        lambda view: view.put_highlights([highlight(1, "talks would resume")._replace(suggestion=True)]),
        lambda view: view.set_label_styles({1: LabelStyle("#0072B2", "C", 2)}),
        lambda view: view.set_label_styles({}),
        lambda view: view.set_theme(DARK),
    ],
)
def test_each_mark_changes_the_picture(article: DocumentView, mark: Callable[[DocumentView], None]) -> None:
    article.set_highlights([highlight(1, "talks would resume")])
    before = article.grab().toImage()
    mark(article)
    assert article.grab().toImage() != before


def test_a_discontinuous_highlight_is_joined_by_dots(article: DocumentView) -> None:
    gap = span_of(ARTICLE, "on Monday that")
    pieces = (span_of(ARTICLE, "said"), span_of(ARTICLE, "the talks"))
    bare = article.grab().toImage()
    article.set_highlights([Highlight(1, 1, pieces)])
    image = article.grab().toImage()
    place = article.rectangle(gap.start + 3)
    assert article.highlights_at(gap.start + 3) == []
    middle = [(place.x() + x, place.center().y()) for x in range(20)]
    below = [(place.x() + x, place.bottom() + 1 + y) for x in range(20) for y in range(3)]
    assert all(image.pixel(*point) == bare.pixel(*point) for point in middle)
    assert any(image.pixel(*point) != bare.pixel(*point) for point in below)


def test_many_changes_at_once_are_painted(article: DocumentView) -> None:
    bare = article.grab().toImage()
    article.put_highlights(highlight(number, "minister said") for number in range(500))
    shown = article.grab().toImage()
    assert shown != bare
    assert len(article.highlights_at(ARTICLE.index("minister"))) == 500
    article.remove_highlights(range(500))
    assert article.grab().toImage() == bare


def over(fill: QColor, page: QColor) -> QColor:
    """A translucent colour as it looks on the page."""
    share = fill.alphaF()
    return QColor.fromRgbF(
        fill.redF() * share + page.redF() * (1 - share),
        fill.greenF() * share + page.greenF() * (1 - share),
        fill.blueF() * share + page.blueF() * (1 - share),
    )


def test_text_and_lines_are_readable_in_every_theme() -> None:
    for color in (*(style.color for style in STYLES.values()), "#F0E442", "#56B4E9", "#999999"):
        for theme in THEMES.values():
            page, ink = QColor(theme.base), QColor(theme.text)
            assert contrast(line_color(color, theme), page) >= theme.min_contrast
            assert contrast(over(fill_color(color, False, theme), page), ink) >= theme.min_text_contrast
        assert contrast(text_color_on(color), QColor(color)) >= 4.5
