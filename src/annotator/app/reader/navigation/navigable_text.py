"""A text with a caret and a selection, which move and grow by characters, words, sentences and paragraphs."""

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget

from annotator.app.reader.navigation.text_units import step, unit_at
from annotator.app.reader.page.text_offsets import SourceText
from annotator.app.reader.page.text_page import TextPage
from annotator.domain.spans import Span
from annotator.nlp import boundaries

_BYTE_ORDER_MARKS = ("\ufeff", "\ufffe")


class NavigableText(TextPage):
    """A page whose caret and selection are set by position and moved by unit."""

    selection_changed = Signal(object)
    """The selected Span, or None."""

    caret_moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grown: list[tuple[Span, Span]] = []
        """For each growth of the selection, the span before and after it."""
        self.selectionChanged.connect(self._on_selection_changed)
        self.cursorPositionChanged.connect(self._on_caret_moved)

    def _show_source(self, source: SourceText, structure: Sequence[tuple[str, Span]]) -> None:
        had_selection = self.textCursor().hasSelection()
        self._grown.clear()
        super()._show_source(source, structure)
        if had_selection:
            self.selection_changed.emit(None)
        self.caret_moved.emit(0)

    # Caret and selection

    def select(self, start: int, end: int) -> None:
        """Select ``[start, end)`` with the caret at ``end`` and show it; positions are clamped to the text."""
        self._grown.clear()
        self._set_cursor(start, end)

    def selected_span(self) -> Span | None:
        """Return the selected span; None if nothing is selected."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            return None
        span = self._geometry.source.span_from_qt(cursor.selectionStart(), cursor.selectionEnd())
        return span if span.start < span.end else None

    def caret(self) -> int:
        return self._geometry.source.from_qt(self.textCursor().position())

    def anchor(self) -> int:
        """Return the other end of the selection; the caret if nothing is selected."""
        return self._geometry.source.from_qt(self.textCursor().anchor())

    def set_caret(self, position: int, keep_anchor: bool = False) -> None:
        """Move the caret and show it; with ``keep_anchor`` extend the selection to it."""
        self._grown.clear()
        self._set_cursor(self.anchor() if keep_anchor else position, position)

    def view_state(self) -> tuple[int, int, int]:
        """Return the anchor, the caret, and the first character of the top line, for ``restore``."""
        return self.anchor(), self.caret(), self._scroll.top()

    def restore(self, anchor: int, caret: int, top: int) -> None:
        """Restore anchor, caret and top line; the caret is visible even if the line breaks have changed."""
        self._grown.clear()
        self._set_cursor(anchor, caret)
        self._scroll.scroll_to_line(top)
        self.scroll_to(Span(caret, caret))

    # By unit

    def move_by(self, unit: str, forward: bool, extend: bool = False) -> None:
        """Move the caret by a character, word, sentence, paragraph, line or page; ``extend`` keeps the anchor."""
        if unit in ("line", "page"):
            self._move_by_lines(1 if unit == "line" else self._geometry.lines_per_page(), forward, extend)
            return
        span = self.selected_span()
        if span is not None and not extend and unit == "character":
            self.set_caret(span.end if forward else span.start)
            return
        self.set_caret(step(self.text, self.caret(), unit, forward, extend), keep_anchor=extend)

    def select_unit(self, unit: str) -> None:
        """Select the word, clause, sentence or paragraph at the caret."""
        span = self.selected_span()
        found = unit_at(self.text, span.start if span else self.caret(), unit)
        if found:
            self.select(found.start, found.end)

    def select_clause(self, forward: bool) -> None:
        """Select the clause at the caret, or, if one is selected, the next or previous clause.

        Backward without a selection, it is the last clause of the sentence, which in news mostly is the content.
        """
        text, span = self.text, self.selected_span()
        if span is not None and span == boundaries.clause_at(text, span.start):
            found = boundaries.next_clause(text, span.end) if forward else boundaries.previous_clause(text, span.start)
        elif span is None and not forward:
            found = boundaries.previous_clause(text, boundaries.sentence_at(text, self.caret()).end)
        else:
            found = unit_at(text, span.start if span else self.caret(), "clause")
        if found:
            self.select(found.start, found.end)

    def grow_selection(self) -> None:
        """Select the next larger unit around the selection, or the word at the caret."""
        before = self.selected_span() or Span(self.caret(), self.caret())
        grown = boundaries.growing(self.text, before)
        if grown and grown != before:
            self._set_cursor(grown.start, grown.end)
            self._grown.append((before, grown))

    def shrink_selection(self) -> None:
        """Undo the last growth, or else select the next smaller unit inside the selection."""
        span = self.selected_span()
        if span is None:
            return
        if self._grown and self._grown[-1][1] == span:
            smaller = self._grown.pop()[0]
        else:
            smaller = boundaries.shrinking(self.text, span, self.anchor())
        if smaller:
            self._set_cursor(smaller.start, smaller.end)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Return the selected part of the canonical text: Qt's copy of the text has other characters."""
        data = QMimeData()
        span = self.selected_span()
        text = span.of(self.text) if span else ""
        if text.startswith(_BYTE_ORDER_MARKS):
            # As a string, PySide would treat these characters as byte order marks.
            data.setData("text/plain", text.encode(errors="replace"))
        else:
            data.setText(text)
        return data

    def _move_by_lines(self, count: int, forward: bool, extend: bool) -> None:
        self._grown.clear()
        cursor = self.textCursor()
        operation = QTextCursor.MoveOperation.Down if forward else QTextCursor.MoveOperation.Up
        mode = QTextCursor.MoveMode.KeepAnchor if extend else QTextCursor.MoveMode.MoveAnchor
        for _ in range(count):
            # Moving the caret needs the lines of the next block.
            neighbour = cursor.block().next() if forward else cursor.block().previous()
            self._layout.blockBoundingRect(cursor.block())
            self._layout.blockBoundingRect(neighbour)
            if not cursor.movePosition(operation, mode):
                end = QTextCursor.MoveOperation.End if forward else QTextCursor.MoveOperation.Start
                cursor.movePosition(end, mode)
                break
        self.setTextCursor(cursor)

    def _set_cursor(self, anchor: int, caret: int) -> None:
        self.setTextCursor(self._geometry.cursor(anchor, caret))

    def _on_selection_changed(self) -> None:
        self.selection_changed.emit(self.selected_span())

    def _on_caret_moved(self) -> None:
        self.caret_moved.emit(self.caret())
