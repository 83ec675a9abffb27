"""Where the characters of a text are in the viewport of its widget."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QTextBlock, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from annotator.app.reader.page.document_layout import ReadingLayout
from annotator.app.reader.page.line_extents import Extent, extents_in
from annotator.app.reader.page.text_offsets import SourceText
from annotator.domain.spans import Span


class PageGeometry:
    """Converts between positions in a text, blocks, and pixels of the viewport of ``widget``.

    ``layout``: the layout of the document of ``widget``; blocks are laid out as far as an answer needs it.
    ``source``: the text shown.
    """

    def __init__(self, widget: QPlainTextEdit, layout: ReadingLayout) -> None:
        self._widget = widget
        self._document = widget.document()
        self.layout = layout
        self.source = SourceText("")

    def range_of(self, block: QTextBlock) -> Span:
        """Return the span of the text that a block shows."""
        return self.source.span_from_qt(block.position(), block.position() + block.length() - 1)

    def block_numbers_of(self, span: Span) -> tuple[int, int]:
        """Return the numbers of the first and of the last block of a span."""
        first = self._document.findBlock(self.source.to_qt(span.start))
        last = self._document.findBlock(self.source.to_qt(span.end))
        return first.blockNumber(), last.blockNumber()

    def blocks_in(self, area: QRect) -> Iterator[tuple[QTextBlock, float]]:
        """Yield the blocks between the top and the bottom of ``area``, laid out, each with its top in the viewport."""
        block = self._widget.firstVisibleBlock()
        top = self._widget.contentOffset().y()
        while block.isValid() and top <= area.bottom():
            height = self.layout.blockBoundingRect(block).height()
            if top + height >= area.top():
                yield block, top
            top += height
            block = block.next()

    def visible_blocks(self) -> Iterator[tuple[QTextBlock, float]]:
        """Yield the blocks in the viewport, laid out, each with its top."""
        return self.blocks_in(self._widget.viewport().rect())

    def last_visible_block(self) -> QTextBlock:
        """Return the last block in the viewport."""
        last = self._widget.firstVisibleBlock()
        for last, _ in self.visible_blocks():  # noqa: B007 - only the last one is needed
            pass
        return last

    def extents(self, block: QTextBlock, spans: Iterable[Span]) -> list[Extent]:
        """Return the extents of the parts of ``spans`` in a laid-out block, in pixels of the block."""
        start, end = self.range_of(block)
        inside = [span for span in spans if span.start < end and start < span.end]
        if not inside:
            return []
        extents_of = extents_in(block)
        first = block.position()
        to_qt = self.source.to_qt
        return [extent for span in inside for extent in extents_of(to_qt(span.start) - first, to_qt(span.end) - first)]

    def visible_rectangle(self, spans: Sequence[Span]) -> QRect:
        """Return the rectangle around the visible characters of ``spans`` with their underlines; it may be empty."""
        around = QRectF()
        for block, top in self.visible_blocks():
            for extent in self.extents(block, spans):
                place = extent.rect.translated(0.0, top)
                around = around.united(place.adjusted(0.0, 0.0, 0.0, self.layout.line_gap))
        return around.toAlignedRect().intersected(self._widget.viewport().rect())

    def visible_span(self) -> Span:
        """Return the span from the first character of the top line to the last of the bottom line."""
        start: int | None = None
        end = 0
        height = self._widget.viewport().height()
        for block, top in self.blocks_in(QRect(0, 0, 1, height)):
            for number in range(block.layout().lineCount()):
                line = block.layout().lineAt(number)
                if top + line.y() + line.height() > 0 and top + line.y() < height:
                    begin = block.position() + line.textStart()
                    start = begin if start is None else start
                    end = begin + line.textLength()
        return self.source.span_from_qt(start or 0, end)

    def line_end(self, position: int) -> int:
        """Return where the line of ``position`` ends; ``position`` itself if its block is not laid out."""
        block = self._document.findBlock(self.source.to_qt(position))
        line = block.layout().lineForTextPosition(self.source.to_qt(position) - block.position())
        if not line.isValid():
            return position
        return self.source.from_qt(block.position() + line.textStart() + line.textLength())

    def lines_per_page(self) -> int:
        """Return the number of lines by which a page is turned: one less than the viewport has room for."""
        line = self.layout.ascent + self.layout.descent + self.layout.line_gap
        return max(1, int(self._widget.viewport().height() / line) - 1)

    def cursor(self, anchor: int, caret: int) -> QTextCursor:
        """Return a cursor with its ends at two positions."""
        cursor = QTextCursor(self._document)
        cursor.setPosition(self.source.to_qt(anchor))
        cursor.setPosition(self.source.to_qt(caret), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def rectangle(self, position: int) -> QRect:
        """Return the rectangle of a caret at ``position``, in pixels of the viewport."""
        return self._widget.cursorRect(self.cursor(position, position))

    def line_rectangles(self, block: QTextBlock, positions: Iterable[int]) -> list[QRectF]:
        """Return the rectangle of the line of each of ``positions`` in a laid-out block, in pixels of the block."""
        layout, first = block.layout(), block.position()
        lines = (layout.lineForTextPosition(self.source.to_qt(position) - first) for position in positions)
        return [line.rect() for line in lines if line.isValid()]

    def position_at(self, point: QPoint, on_text: bool = False) -> int | None:
        """Return the position nearest to a point of the viewport; with ``on_text`` the character under it, or None."""
        for block, top in self.blocks_in(QRect(0, point.y(), 1, 1)):
            layout = block.layout()
            for number in range(layout.lineCount()):
                line = layout.lineAt(number)
                rect = QRectF(line.naturalTextRect())
                if number + 1 < layout.lineCount() and point.y() - top >= layout.lineAt(number + 1).y():
                    continue
                if not on_text:
                    return self.source.from_qt(block.position() + line.xToCursor(point.x()))
                if not rect.contains(QPointF(point.x(), point.y() - top)):
                    return None
                between = line.xToCursor(point.x(), type(line).CursorPosition.CursorOnCharacter)
                return self.source.from_qt(block.position() + between)
        return None if on_text else len(self.source.text)

    def nearest_line(self, y: float) -> float:
        """Return ``y``, or, between two lines, the nearest coordinate on a line, in pixels of the viewport."""
        nearest = y
        for block, top in islice(self.blocks_in(QRect(0, int(y), 1, 1)), 1):
            layout = block.layout()
            for number in range(layout.lineCount()):
                line = layout.lineAt(number)
                if number and y - top < line.y():
                    break
                nearest = min(max(y, top + line.y() + 0.5), top + line.y() + line.height() - 1.0)
        return nearest
