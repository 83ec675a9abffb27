"""The end marks of a highlight: one where it begins and one where it ends, in whatever direction its words run."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QFont, QTextLayout
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotator.app.printing.highlighted_lines import Piece as PrintedPiece
from annotator.app.printing.highlighted_lines import line_highlights
from annotator.app.printing.page_metrics import Fonts
from annotator.app.printing.printed_article import PrintedAnnotation, PrintedLabel
from annotator.app.reader.document_view import DocumentView, Highlight
from annotator.app.reader.page.line_extents import Extent, extents_in
from annotator.app.reader.painting.edge_handles import handles_in
from annotator.app.reader.painting.highlight_shapes import Piece, rows_of
from annotator.domain.spans import Span
from annotator.nlp.boundaries import is_character_boundary

LINES = {
    "latin": "The word stands in (12) here",
    "hebrew": "השר אמר ביום שני (12) כי השיחות יתחדשו בקרוב",
    "arabic": "قال الوزير (IAEA) إن 12 شخصا ماتوا",
    "mixed": "The word שלום עולם stands in (12) العربية here",
    "astral": "Posted 😀 שלום 👍🏽 and 🇩🇪 قال 😀😀 e\u0301tude",
}

KEY = (1, False)


@pytest.fixture
def view(qtbot: QtBot) -> DocumentView:
    view = DocumentView()
    qtbot.addWidget(view)
    view.resize(1_200, 300)
    view.show()
    return view


def spans_of(text: str) -> Iterator[Span]:
    """Every span of whole characters that begins and ends in words."""
    places = [place for place in range(len(text) + 1) if is_character_boundary(text, place)]
    for number, start in enumerate(places):
        for end in places[number + 1 :]:
            words = text[start:end]
            if words == words.strip():
                yield Span(start, end)


def ticks_of(view: DocumentView, fragments: tuple[Span, ...]) -> list[QLineF]:
    """The end marks of a highlight in the first block."""
    block = view.document().firstBlock()
    to_qt = view._geometry.source.to_qt
    last = len(fragments) - 1
    pieces = [
        Piece(1, KEY, 0, to_qt(span.start), to_qt(span.end), begins=number == 0, ends=number == last)
        for number, span in enumerate(fragments)
    ]
    return [tick for row in rows_of(block, pieces, 3.0) for tick in row.shapes.ticks.get(KEY, [])]


def show(view: DocumentView, text: str) -> None:
    view.set_document(text)
    QTest.qWait(1)
    assert view.document().firstBlock().layout().lineCount() > 0, "Nothing was laid out: there is nothing to compare."


@pytest.mark.parametrize("name", LINES)
def test_each_span_has_one_mark_at_each_of_its_logical_ends(view: DocumentView, name: str) -> None:
    text = LINES[name]
    show(view, text)
    block = view.document().firstBlock()
    assert block.layout().lineCount() == 1
    spans = list(spans_of(text))
    assert len(spans) > 100
    for span in spans:
        marks = sorted(tick.x1() for tick in ticks_of(view, (span,)))
        # The handles are placed by the first and the last character alone.
        ends = [
            handle.x
            for handle in handles_in(block, Span(0, len(text)), text, view._geometry.source.to_qt, (span,), 8.0)
        ]
        ends.sort()
        assert len(marks) == len(ends) == 2, (span, span.of(text))
        for mark, end in zip(marks, ends, strict=True):
            assert abs(mark - end) < 1.0, (span, span.of(text), marks, ends)


def test_a_mark_is_inside_its_range(view: DocumentView) -> None:
    text = LINES["mixed"]
    show(view, text)
    extents_of = extents_in(view.document().firstBlock())
    for span in spans_of(text):
        for tick in ticks_of(view, (span,)):
            assert any(extent.left < tick.x1() < extent.right for extent in extents_of(*span)), (span, span.of(text))


@pytest.mark.parametrize("name", ["hebrew", "mixed"])
def test_a_span_of_several_lines_is_open_where_it_continues(view: DocumentView, name: str) -> None:
    text = " ".join([LINES[name]] * 6)
    view.resize(360, 600)
    show(view, text)
    block = view.document().firstBlock()
    lines = block.layout().lineCount()
    assert lines > 3
    whole = Span(0, len(text))
    assert len(ticks_of(view, (whole,))) == 2
    extents = extents_in(block)(0, view._geometry.source.to_qt(len(text)))
    assert [extent.row for extent in extents if extent.begin is not None] == [0]
    assert [extent.row for extent in extents if extent.end is not None] == [lines - 1]
    for row in range(lines):
        opened = sum(extent.open_left + extent.open_right for extent in extents if extent.row == row)
        assert opened <= (1 if row in (0, lines - 1) else 2)
    assert any(extent.open_left or extent.open_right for extent in extents)


def test_fragments_have_a_mark_at_the_first_beginning_and_at_the_last_end(view: DocumentView) -> None:
    text = LINES["hebrew"]
    show(view, text)
    first, last = Span(4, 19), Span(25, 40)
    marks = ticks_of(view, (first, last))
    # From right to left: a beginning stands at the right of its words, an end at the left.
    begin = max(tick.x1() for tick in ticks_of(view, (first,)))
    end = min(tick.x1() for tick in ticks_of(view, (last,)))
    assert sorted(mark.x1() for mark in marks) == [end, begin]


def test_no_end_mark_breaks_the_underline_of_another_annotation(view: DocumentView) -> None:
    show(view, LINES["hebrew"])
    spans = [Span(20, 35), Span(18, 21), Span(2, 30), Span(17, 40)]
    view.set_highlights(Highlight(number, number, (span,)) for number, span in enumerate(spans))
    view.grab()
    block = view.document().firstBlock()
    strokes = view._painter.shapes.of(block).strokes
    upright = [number for number, stroke in enumerate(strokes) if any(line.dx() == 0 for line in stroke.lines)]
    level = [number for number, stroke in enumerate(strokes) if any(line.dy() == 0 for line in stroke.lines)]
    assert upright and level and max(upright) < min(level)


@pytest.mark.parametrize("name", LINES)
def test_in_print_each_span_has_two_marks(qapp: object, name: str) -> None:
    text = LINES[name]
    layout = QTextLayout(text, QFont())
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(4_000)
    line.setPosition(QPointF(0.0, 0.0))
    layout.endLayout()
    label = PrintedLabel("claim", "Q", "#0072b2", 0, 1)
    for span in spans_of(text):
        start, end = (len(text[:place].encode("utf-16-le")) // 2 for place in span)
        annotation = PrintedAnnotation(1, "Q1", label, (span,), (), "", "")
        piece = PrintedPiece(annotation, start, end, begins=True, ends=True)
        (drawn,) = line_highlights(layout, text, [piece], False, 4_000, Fonts())
        (highlighted,) = drawn._lanes[0]
        assert len(highlighted.ends) == 2, (span, span.of(text))


def test_an_empty_range_has_no_extents(view: DocumentView) -> None:
    show(view, LINES["hebrew"])
    empty: list[Extent] = []
    assert extents_in(view.document().firstBlock())(4, 4) == empty
