"""The layout of the text: a column of limited width, line and paragraph spacing, styles of titles and lead points."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextDocumentLayout

from annotator.app.reader.page.text_offsets import SourceText
from annotator.app.widgets.line_geometry import cursor_x
from annotator.domain.spans import Span


class Spacing(NamedTuple):
    """The space below a line, where the underlines of the lanes are, and below a paragraph, in font sizes."""

    line_gap: float
    paragraph_gap: float


SPACINGS = {
    "compact": Spacing(0.44, 0.2),
    "normal": Spacing(0.56, 0.45),
    "relaxed": Spacing(0.85, 0.6),
    "wide": Spacing(1.2, 0.8),
}
"""The choices of line spacing, the narrowest first."""

_MIN_GAP = 8
"""Minimum pixels for the underlines of all lanes at any text size; each wider spacing adds one."""

_MAX_LANE_PITCH = 0.2
"""Maximum distance of two lanes in font sizes: an underline farther away would not seem to belong to its words."""

_EMPTY_LINE = 0.6
"""The height of an empty line between paragraphs, as a share of a full line."""

_HEADING_GAP = 0.35
"""The space below a heading in addition to that of a paragraph, in font sizes."""

_LEAD_INDENT = 1.2
"""The indent of a lead point in font sizes."""

_HEADING_SIZES = {"title": 2, "heading": 1}
"""Steps of Qt's relative font sizes: 1.5 and 1.2 times."""

_MAX_SETTINGS = 400
"""Up to this number of titles, headings and lead points of a text have a style."""

_DEFAULT_CHARACTERS = 75
_SAMPLE = "the quick brown fox jumps over the lazy dog and an official said on Monday that it would "


class Column(NamedTuple):
    """The horizontal position of the lines in the viewport, in pixels."""

    left: float
    width: float


class BlockSetting(NamedTuple):
    """The special settings of a block; lengths in font sizes.

    ``hanging``: the characters before the text of a lead point; their width is the indent of its further lines.
    """

    indent: float = 0.0
    hanging: int = 0
    gap_above: float = 0.0
    gap_below: float = 0.0


_PLAIN = BlockSetting()


class ReadingLayout(QPlainTextDocumentLayout):
    """Lays out a block when it is first requested, like QPlainTextDocumentLayout, but with the measures of this module.

    Lines have even distances even if characters of fallback fonts are taller; right-to-left paragraphs begin at the
    right edge. ``block_laid_out`` carries the number of a block whose geometry changed.
    """

    block_laid_out = Signal(int)

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._column = Column(0.0, 600.0)
        self._settings: dict[int, BlockSetting] = {}
        self._soft_breaks: set[int] = set()
        self._rects: dict[int, QRectF] = {}
        self._is_suspended = False
        self._defers_size_changes = False
        self._size_changed = False
        self.characters = _DEFAULT_CHARACTERS
        self.spacing = "normal"
        self.direction = ""
        self.update_font()

    @property
    def column(self) -> Column:
        return self._column

    def set_column(self, column: Column) -> None:
        """Set the position of the lines; the caller clears the layouts."""
        self._column = column
        self._rects.clear()

    def set_characters(self, characters: int) -> None:
        """Set the reading width in characters, 0 for no limit; the caller places the column."""
        self.characters = characters
        self.update_font()

    def set_spacing(self, name: str) -> None:
        """Set the space between lines and paragraphs, one of SPACINGS; the caller places the column."""
        self.spacing = name
        self.update_font()

    def set_direction(self, direction: str) -> None:
        """Set the direction of lines: ``ltr``, ``rtl``, or empty to use the first strong character of each paragraph.

        The caller places the column.
        """
        self.direction = direction

    def clear(self) -> None:
        """Clear the settings of the last text."""
        self._settings.clear()
        self._soft_breaks.clear()
        self._rects.clear()

    def set_structure(self, source: SourceText, structure: Sequence[tuple[str, Span]]) -> None:
        """Apply the styles of titles, headings and lead points. Called after the text is set, before it is shown."""
        document = self.document()
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        for kind, span in structure[:_MAX_SETTINGS]:
            block = document.findBlock(source.to_qt(span.start))
            before = source.to_qt(span.start) - block.position()
            if kind == "lead":
                self._settings[block.blockNumber()] = BlockSetting(_LEAD_INDENT, before)
            elif kind in _HEADING_SIZES:
                gap = 0.0 if block.blockNumber() == 0 else 0.5
                self._settings[block.blockNumber()] = BlockSetting(0.0, 0, gap, _HEADING_GAP)
            else:
                continue
            cursor.setPosition(block.position())
            cursor.setPosition(source.to_qt(span.end), QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(_character_format(kind))
        cursor.endEditBlock()
        for number in source.soft_breaks:
            self._soft_breaks.add(document.findBlock(number).blockNumber())
        self._rects.clear()
        # Qt immediately lays out a change within a single block, without these measures.
        for number in {0, *self._settings}:
            self.invalidate(document.findBlockByNumber(number))

    def update_font(self) -> None:
        """Update the measures from the document's default font."""
        font = self.document().defaultFont()
        metrics = QFontMetricsF(font)
        self.em = metrics.height() / 1.3
        self.ascent = metrics.ascent()
        self.descent = metrics.descent()
        least = _MIN_GAP + list(SPACINGS).index(self.spacing)
        self.line_gap = max(least, round(self.em * SPACINGS[self.spacing].line_gap))
        self.reading_width = metrics.horizontalAdvance(_SAMPLE) / len(_SAMPLE) * self.characters
        self._rects.clear()

    @property
    def lane_pitch(self) -> float:
        """Pixels from one lane to the next below a line."""
        return max(2.0, min(self.line_gap / 4.2, self.em * _MAX_LANE_PITCH))

    @property
    def size_changed(self) -> bool:
        """Whether a change of the number of lines was not emitted yet."""
        return self._size_changed

    def defer_size_changes(self, is_deferred: bool) -> None:
        """Set whether a change of the number of lines is only recorded: painting must not move the text."""
        self._defers_size_changes = is_deferred

    def emit_size_change(self) -> bool:
        """Emit ``documentSizeChanged`` for a recorded change; return whether there was one."""
        changed, self._size_changed = self._size_changed, False
        if changed:
            self.documentSizeChanged.emit(self.documentSize())
        return changed

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Suppress layout within the context: Qt requests positions at both ends of a text while it is set."""
        self._is_suspended = True
        try:
            yield
        finally:
            self._is_suspended = False

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        """Return the rectangle of a block, including the gap below its last line."""
        # Qt calls this for many blocks whenever the caret moves.
        try:
            return self._rects[block.blockNumber()]
        except KeyError:
            return self._laid_out(block)

    def is_laid_out(self, block: QTextBlock) -> bool:
        """Return whether a block is laid out."""
        return block.blockNumber() in self._rects and block.layout().lineCount() > 0

    def invalidate(self, block: QTextBlock) -> None:
        """Lay the block out again when it is next requested."""
        block.clearLayout()
        self._rects.pop(block.blockNumber(), None)

    def invalidate_all(self) -> None:
        """Lay out every block again when it is next requested; called before Qt clears its layouts."""
        self._rects.clear()

    def _laid_out(self, block: QTextBlock) -> QRectF:
        if not block.isValid():
            return QRectF()
        width = self._column.left + self._column.width
        if self._is_suspended:
            return QRectF(0.0, 0.0, width, block.lineCount() * (self.ascent + self.descent + self.line_gap))
        number = block.blockNumber()
        rect = QRectF(0.0, 0.0, width, self._lay_out(block, number))
        self._rects[number] = rect
        return rect

    def _lay_out(self, block: QTextBlock, number: int) -> float:
        setting = self._settings.get(number, _PLAIN)
        layout = block.layout()
        is_detected_rtl = block.textDirection() == Qt.LayoutDirection.RightToLeft
        right_to_left = self.direction == "rtl" if self.direction else is_detected_rtl
        option = QTextOption(self.document().defaultTextOption())
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if right_to_left else Qt.LayoutDirection.LeftToRight)
        option.setAlignment(Qt.AlignmentFlag.AlignRight if right_to_left else Qt.AlignmentFlag.AlignLeft)
        layout.setTextOption(option)
        layout.beginLayout()
        y = setting.gap_above * self.em
        indent = setting.indent * self.em
        count = 0
        while (line := layout.createLine()).isValid():
            line.setLeadingIncluded(False)
            line.setLineWidth(max(self._column.width - indent, self.em))
            # Lines with taller fallback fonts keep the even distance as long as they fit into the gap.
            lift = max(0.0, self.ascent - line.ascent())
            line.setPosition(QPointF(self._column.left + (0.0 if right_to_left else indent), y + lift))
            body = lift + line.ascent() + max(line.descent(), self.descent)
            y += max(math.ceil(body), math.ceil(self.ascent + self.descent)) + self.line_gap
            if not count and setting.hanging:
                indent += self._hanging(layout, setting.hanging)
            count += 1
        layout.endLayout()
        if block.length() <= 1:
            y *= _EMPTY_LINE
        y += self._gap_below(block, number)
        if block.lineCount() != count:
            block.setLineCount(count)
            self._size_changed = True
            if not self._defers_size_changes:
                self.emit_size_change()
        self.block_laid_out.emit(number)
        return y

    def _hanging(self, layout: QTextLayout, length: int) -> float:
        line = layout.lineAt(0)
        return abs(cursor_x(line, length) - cursor_x(line, 0))

    def _gap_below(self, block: QTextBlock, number: int) -> float:
        following = block.next()
        if not following.isValid():
            return self.document().documentMargin()
        if number in self._soft_breaks or block.length() <= 1 or following.length() <= 1:
            return 0.0
        return round((SPACINGS[self.spacing].paragraph_gap + self._settings.get(number, _PLAIN).gap_below) * self.em)


def _character_format(kind: str) -> QTextCharFormat:
    text_format = QTextCharFormat()
    if kind == "lead":
        text_format.setFontWeight(QFont.Weight.Medium)
    else:
        text_format.setFontWeight(QFont.Weight.Bold)
        text_format.setProperty(QTextFormat.Property.FontSizeAdjustment, _HEADING_SIZES[kind])
    return text_format
