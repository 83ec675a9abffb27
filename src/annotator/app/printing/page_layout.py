"""The layout of the article: the text with its highlights, the legend and the list of annotations, in rows and pages.

Pages are laid out one after the other and not stored, so that a long text takes little memory: to get their number,
the caller has to iterate over them twice.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption

from annotator.app.printing.highlighted_lines import LineHighlights, Piece, line_highlights, tint_of, underline_of
from annotator.app.printing.page_metrics import Fonts, Sheet, has_bold, points
from annotator.app.printing.printed_article import PrintedAnnotation, PrintedArticle, PrintedLabel
from annotator.app.reader.page.text_offsets import SourceText
from annotator.app.widgets.line_geometry import cursor_x
from annotator.domain.spans import Span
from annotator.domain.wording import counted

_LEADING = 1.12
_PARAGRAPH = points(5.0)
_EMPTY_LINE = points(4.0)
_SECTION = points(22.0)
_ENTRY = points(7.0)
_INDENT = points(12.0)
_SWATCH = points(20.0)
_MUTED = QColor("#505050")
_ISOLATED = "\u2068{}\u2069"
"""Isolates text of another direction, so that it does not change the order of the text beside it."""

_QUOTES = "\"'“”„«»‘「『"
_BULLET = "-*•·–— \t"


class Row(NamedTuple):
    """A line of the page with its decoration.

    ``above``: the space above it, omitted at the top of a page. ``keeps_with_next``: it must be on the page of
    the next row.
    """

    above: float
    height: float
    paint: Callable[[QPainter, float], None]
    """Draws the row with its top at a height of the page."""
    keeps_with_next: bool = False


_END = Row(0.0, 0.0, lambda _painter, _top: None)
"""Follows the last row, so that the rows kept together before it are placed."""


class Page(NamedTuple):
    """A page: its rows, each with its top."""

    rows: tuple[tuple[float, Row], ...]


class Pages:
    """An article on sheets of paper."""

    def __init__(self, article: PrintedArticle, sheet: Sheet, fonts: Fonts) -> None:
        self.article = article
        self.sheet = sheet
        self._fonts = fonts
        self._source = article.source
        self._structure = sorted((span.start, kind) for kind, span in article.document.structure)

    def __iter__(self) -> Iterator[Page | None]:
        """Yield the pages, the same each time; a None between two rows lets the caller pause."""
        placed: list[tuple[float, Row]] = []
        together: list[Row] = []
        bottom = 0.0
        for row in chain(self._rows(), [_END]):
            together.append(row)
            if not row.keeps_with_next:
                height = sum(each.above + each.height for each in together)
                if placed and bottom + height > self.sheet.body:
                    yield Page(tuple(placed))
                    placed, bottom = [], 0.0
                for each in together:
                    if placed and bottom + each.above + each.height > self.sheet.body:
                        yield Page(tuple(placed))
                        placed, bottom = [], 0.0
                    top = bottom + (each.above if placed else 0.0)
                    placed.append((top, each))
                    bottom = top + each.height
                together = []
            yield None
        yield Page(tuple(placed))

    def paint(self, painter: QPainter, page: Page, number: int, count: int) -> None:
        """Draw a page, the ``number``-th of ``count``, with its footer."""
        for top, row in page.rows:
            row.paint(painter, top)
        self._paint_footer(painter, f"{number} / {count}")

    def _paint_footer(self, painter: QPainter, number: str) -> None:
        font, width, bottom = self._fonts.small, self.sheet.width, self.sheet.height
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QPen(QColor("#909090"), points(0.5)))
        top = bottom - metrics.height() - points(5.0)
        painter.drawLine(QLineF(0.0, top, width, top))
        painter.setPen(_MUTED)
        number_width = metrics.horizontalAdvance(number)
        baseline = bottom - metrics.descent()
        title = " ".join(self.article.document.title.split())
        elided = metrics.elidedText(title, Qt.TextElideMode.ElideRight, width - number_width - points(18.0))
        painter.drawText(QPointF(0.0, baseline), elided)
        painter.drawText(QPointF(width - number_width, baseline), number)

    # Rows

    def _rows(self) -> Iterator[Row]:
        yield from self._text_rows()
        if self.article.annotations:
            yield from self._legend_rows()
            yield from self._list_rows()

    def _text_rows(self) -> Iterator[Row]:
        """Yield the title, the data and the text of the article."""
        title = self.article.document.title.strip()
        paragraphs: Iterator[_Paragraph] = _paragraphs(self._source)
        first = next((each for each in paragraphs if each.text.strip()), None)
        if first is not None and (self._kind_of(first) == "title" or first.text.strip() == title):
            yield from self._highlighted(first, "title")
        else:
            yield from self._plain(title, self._fonts.title, keeps_with_next=True)
            paragraphs = chain([first] if first is not None else [], paragraphs)
        for number, line in enumerate(self.article.about):
            yield from self._plain(line, self._fonts.small, above=points(2.0 if number else 6.0), color=_MUTED)
        above = points(14.0)
        for paragraph in paragraphs:
            if not paragraph.text.strip():
                above = max(above, _PARAGRAPH + _EMPTY_LINE)
                continue
            kind = self._kind_of(paragraph)
            yield from self._highlighted(
                paragraph, kind, above + (points(6.0) if kind in ("title", "heading") else 0.0)
            )
            above = 0.0 if paragraph.continues else _PARAGRAPH

    def _legend_rows(self) -> Iterator[Row]:
        yield from self._plain("Labels", self._fonts.heading, above=_SECTION, keeps_with_next=True)
        for number, label in enumerate(self.article.labels):
            words = f"{label.initials}   {label.name}: {counted(label.annotations, 'annotation')}"
            above = points(6.0 if not number else 4.0)
            rows = list(self._plain(words, self._fonts.body, above=above, indent=_SWATCH + points(8.0)))
            yield rows[0]._replace(paint=_with_swatch(rows[0], label))
            yield from rows[1:]

    def _list_rows(self) -> Iterator[Row]:
        yield from self._plain("Annotations", self._fonts.heading, above=_SECTION, keeps_with_next=True)
        for found in self.article.annotations:
            yield from self._entry_rows(found)

    def _entry_rows(self, found: PrintedAnnotation) -> Iterator[Row]:
        fonts = self._fonts
        head = f"{found.reference}   {found.label.name}"
        facts = " · ".join(_ISOLATED.format(" ".join(fact.split())) for fact in found.facts)
        words = f"{head}   {facts}" if facts else head
        bold = len(_to_units(head))
        yield from self._plain(words, fonts.small, above=_ENTRY, bold=bold, keeps_with_next=True, direction="ltr")
        yield from self._plain(_quoted(found.quote), fonts.small, above=points(1.0), indent=_INDENT)
        for number, line in enumerate(filter(str.strip, found.note.split("\n"))):
            words = line.strip() if number else f"Note: {line.strip()}"
            yield from self._plain(words, fonts.small, above=points(1.0), indent=_INDENT, color=_MUTED)

    # Paragraphs

    def _plain(
        self,
        text: str,
        font: QFont,
        *,
        above: float = 0.0,
        indent: float = 0.0,
        bold: int = 0,
        color: QColor | None = None,
        keeps_with_next: bool = False,
        direction: str = "",
    ) -> Iterator[Row]:
        """Yield a paragraph without highlights. ``bold``: the number of bold UTF-16 units at its beginning."""
        shown = SourceText(text).display.replace("\n", " ")
        right_to_left = _runs_right_to_left(shown, direction)
        layout = _laid_out(shown, font, self.sheet.width, right_to_left, indent, bold=bold)
        for number in range(layout.lineCount()):
            height = _line_height(layout, number, font)
            yield Row(0.0 if number else above, height, _painting(layout, number, height, color), keeps_with_next)

    def _highlighted(self, paragraph: "_Paragraph", kind: str, above: float = 0.0) -> Iterator[Row]:
        """Yield a paragraph of the article with its annotations."""
        fonts = self._fonts
        font = {"title": fonts.title, "heading": fonts.heading, "lead": fonts.lead}.get(kind, fonts.body)
        right_to_left = _runs_right_to_left(paragraph.text, self.article.document.direction)
        indent = _INDENT if kind == "lead" else 0.0
        bullet = len(paragraph.text) - len(paragraph.text.lstrip(_BULLET)) if kind == "lead" else 0
        layout = _laid_out(paragraph.text, font, self.sheet.width, right_to_left, indent, hanging=bullet)
        pieces = list(self._pieces_in(paragraph))
        width = self.sheet.width
        highlights = line_highlights(layout, paragraph.text, pieces, right_to_left, width, fonts) if pieces else []
        for number in range(layout.lineCount()):
            height = _line_height(layout, number, font)
            below = highlights[number] if highlights else None
            yield Row(
                0.0 if number else above,
                height + (below.height if below else 0.0),
                _painting(layout, number, height, None, below),
                kind in ("title", "heading"),
            )

    def _pieces_in(self, paragraph: "_Paragraph") -> Iterator[Piece]:
        source = self._source
        start, end = source.span_from_qt(paragraph.start, paragraph.end)
        for number in self.article.places.query(start, end):
            found = self.article.annotations[number - 1]
            previous: Span | None = None
            for span in found.fragments:
                if previous is not None and previous.end < end and start < span.start:
                    yield Piece(found, *self._units(paragraph, previous.end, span.start), is_gap=True)
                if span.start < end and start < span.end:
                    begins, ends = span is found.fragments[0], span is found.fragments[-1]
                    yield Piece(found, *self._units(paragraph, *span), begins, ends)
                previous = span

    def _units(self, paragraph: "_Paragraph", start: int, end: int) -> tuple[int, int]:
        """Return a span as UTF-16 positions in a paragraph; it may extend beyond the paragraph."""
        return self._source.to_qt(start) - paragraph.start, self._source.to_qt(end) - paragraph.start

    def _kind_of(self, paragraph: "_Paragraph") -> str:
        start, end = self._source.span_from_qt(paragraph.start, paragraph.end)
        at = bisect_left(self._structure, (start, ""))
        is_here = at < len(self._structure) and self._structure[at][0] < end
        return self._structure[at][1] if is_here else ""


class _Paragraph(NamedTuple):
    """A displayed paragraph with its start and end in UTF-16 units. ``continues``: the next one is a part of it."""

    text: str
    start: int
    end: int
    continues: bool


def _paragraphs(source: SourceText) -> Iterator[_Paragraph]:
    breaks = set(source.soft_breaks)
    start = 0
    for text in source.display.split("\n"):
        end = start + len(_to_units(text))
        yield _Paragraph(text, start, end, end in breaks)
        start = end + 1


def _to_units(text: str) -> Sequence[object]:
    """Return ``text`` in as many items as it has UTF-16 units."""
    return text if text.isascii() else memoryview(text.encode("utf-16-le")).cast("H")


def _quoted(quote: str) -> str:
    """Return a quote in quotation marks, unless it has some."""
    return quote if quote[:1] in _QUOTES else f"“{quote}”"


def _runs_right_to_left(text: str, direction: str) -> bool:
    """Return whether a paragraph runs from right to left: by ``direction``, or else by its first strong character."""
    if direction or text.isascii():
        return direction == "rtl"
    strong = (unicodedata.bidirectional(character) for character in text)
    return next((kind in ("R", "AL") for kind in strong if kind in ("L", "R", "AL")), False)


def _laid_out(
    text: str, font: QFont, width: float, right_to_left: bool, indent: float, *, hanging: int = 0, bold: int = 0
) -> QTextLayout:
    """Return a laid-out paragraph. ``hanging``: characters whose width is the indent of all lines but the first."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setTextDirection(Qt.LayoutDirection.RightToLeft if right_to_left else Qt.LayoutDirection.LeftToRight)
    option.setAlignment(Qt.AlignmentFlag.AlignRight if right_to_left else Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setTabStopDistance(4 * QFontMetricsF(font).horizontalAdvance(" "))
    layout.setTextOption(option)
    if bold and has_bold(font):
        bold_format = QTextCharFormat()
        bold_format.setFontWeight(QFont.Weight.Bold)
        part = QTextLayout.FormatRange()
        part.start, part.length, part.format = 0, bold, bold_format
        layout.setFormats([part])
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLeadingIncluded(False)
        line.setLineWidth(width - indent)
        line.setPosition(QPointF(0.0 if right_to_left else indent, y))
        if not y and hanging:
            indent += abs(cursor_x(line, hanging) - cursor_x(line, 0))
        y += line.height()
    layout.endLayout()
    return layout


def _line_height(layout: QTextLayout, number: int, font: QFont) -> float:
    metrics = QFontMetricsF(font)
    return max(layout.lineAt(number).height(), metrics.ascent() + metrics.descent()) * _LEADING


def _painting(
    layout: QTextLayout,
    number: int,
    height: float,
    color: QColor | None = None,
    highlights: LineHighlights | None = None,
) -> Callable[[QPainter, float], None]:
    """Return a function that draws a line of a paragraph with its highlights."""

    def paint(painter: QPainter, top: float) -> None:
        line = layout.lineAt(number)
        words = top + height - line.height()
        if highlights is not None:
            highlights.paint_tints(painter, words, top + height)
        painter.setPen(color or QColor(Qt.GlobalColor.black))
        line.draw(painter, QPointF(0.0, words - line.y()))
        if highlights is not None:
            highlights.paint_lanes(painter, top + height)

    return paint


def _with_swatch(row: Row, label: PrintedLabel) -> Callable[[QPainter, float], None]:
    """Return a function that draws a row of the legend: the tint and underline of a label, and the text."""

    def paint(painter: QPainter, top: float) -> None:
        bottom = top + row.height
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint_of(label.color))
        painter.drawRect(QRectF(0.0, top + points(2.0), _SWATCH, row.height - points(3.0)))
        painter.setPen(underline_of(label.color, label.pattern))
        painter.drawLine(QLineF(0.0, bottom, _SWATCH, bottom))
        row.paint(painter, top)

    return paint
