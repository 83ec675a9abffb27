"""The place to which a text is scrolled: kept when its line breaks change, and set by position."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPlainTextEdit

from annotator.app.reader.page.page_geometry import PageGeometry
from annotator.domain.spans import Span

_MAX_ESTIMATED_WITHOUT_DELAY = 400_000
"""Up to this number of characters the lines are estimated without a delay."""

_ESTIMATE_DELAY = 100
"""Milliseconds until the lines of a longer text are estimated."""

_SAMPLE = 2_000
"""The length in characters of each of the two samples from which the width of a character is computed."""

_FILLED = 0.97
"""The mean share of a line that words fill."""


class ScrollPosition:
    """Scrolls ``widget`` to positions of its text.

    Only visible blocks are laid out; the lines of the others are estimated, so that the scroll bar is nearly right.
    """

    def __init__(self, widget: QPlainTextEdit, geometry: PageGeometry) -> None:
        self._widget = widget
        self._geometry = geometry
        self._top = 0
        self._timer = QTimer(widget, singleShot=True, interval=_ESTIMATE_DELAY)
        self._timer.timeout.connect(self._estimate_and_return)

    def reset(self) -> None:
        """Scroll to the beginning of another text."""
        self._top = 0
        self._widget.verticalScrollBar().setValue(0)

    def estimate_soon(self) -> None:
        """Estimate the lines of another text when the event loop is idle next, or, of a long one, a moment later."""
        self._timer.start(0 if self._is_short else _ESTIMATE_DELAY)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the character at the top in place within the context."""
        self._record_top()
        yield
        if self._is_short:
            self._estimate_lines()
        else:
            self._timer.start()
        self.scroll_to_line(self._top)

    def top(self) -> int:
        """Return the first character of the top line."""
        return 0 if self._widget.verticalScrollBar().value() == 0 else self._geometry.visible_span().start

    def scroll_to(self, span: Span) -> None:
        """Scroll to the start of ``span`` if it is not visible, with some lines of context above; the caret stays."""
        place = self._geometry.rectangle(span.start)
        if place.top() >= 0 and place.bottom() <= self._widget.viewport().height():
            return
        self.scroll_to_line(span.start, lines_above=max(1, self._geometry.lines_per_page() // 3))

    def bring_to_middle(self, position: int) -> None:
        """Scroll the line of ``position`` to the middle, as far as the text allows; the caret stays."""
        self.scroll_to_line(position, lines_above=self._geometry.lines_per_page() // 2)

    def scroll_to_line(self, position: int, lines_above: int = 0) -> None:
        """Scroll the line of ``position`` to the top, or below so many other lines."""
        layout, to_qt = self._geometry.layout, self._geometry.source.to_qt
        block = self._widget.document().findBlock(to_qt(position))
        layout.blockBoundingRect(block)
        line = block.layout().lineForTextPosition(to_qt(position) - block.position())
        within = line.lineNumber() if line.isValid() else 0
        # The number of lines above is only an estimate if a block is not laid out.
        missing, before = lines_above - within, block.previous()
        while missing > 0 and before.isValid():
            layout.blockBoundingRect(before)
            missing -= before.lineCount()
            before = before.previous()
        self._widget.verticalScrollBar().setValue(max(0, block.firstLineNumber() + within - lines_above))

    @property
    def _is_short(self) -> bool:
        return len(self._geometry.source.text) <= _MAX_ESTIMATED_WITHOUT_DELAY

    def _record_top(self) -> None:
        """Record the first character of the top line, unless the recorded one is still in that line."""
        start = self.top()
        if not start <= self._top < self._geometry.line_end(start):
            self._top = start

    def _estimate_and_return(self) -> None:
        self._record_top()
        self._estimate_lines()
        self.scroll_to_line(self._top)

    def _estimate_lines(self) -> None:
        """Estimate the number of lines of each block that is not laid out."""
        layout, text = self._geometry.layout, self._geometry.source.text
        sample = text[:_SAMPLE] + text[len(text) // 2 : len(text) // 2 + _SAMPLE]
        sample = sample.replace("\n", " ") or "x"
        advance = self._widget.fontMetrics().horizontalAdvance(sample) / len(sample)
        per_line = max(1.0, layout.column.width / max(advance, 1.0) * _FILLED)
        block = self._widget.document().firstBlock()
        while block.isValid():
            if not layout.is_laid_out(block):
                block.setLineCount(1 + int(block.length() / per_line))
            block = block.next()
        layout.documentSizeChanged.emit(layout.documentSize())
