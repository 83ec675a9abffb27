"""Which stretches of lines a range of characters covers in a laid-out block."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QTextBlock, QTextLayout, QTextLine

from annotator.app.widgets.line_geometry import cursor_x

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_MAX_GLYPH_GAP = 1.0
"""Glyphs with at most this distance in pixels are in one stretch."""


class Edge(NamedTuple):
    """The start or end of a range on a line. ``at_left``: the range lies to the right of ``x``."""

    x: float
    at_left: bool


class Extent(NamedTuple):
    """A stretch of one line that a range covers, in pixels of the block.

    Where directions meet, a range has several stretches on a line, and its first or last character may stand inside of
    one. ``begin``, ``end``: the edge of the first and of the last character of the range, if it is in this stretch.
    ``open_left``, ``open_right``: the range goes on in another line there.
    """

    row: int
    left: float
    right: float
    top: float
    bottom: float
    begin: Edge | None
    end: Edge | None
    open_left: bool
    open_right: bool

    @property
    def rect(self) -> QRectF:
        return QRectF(self.left, self.top, self.right - self.left, self.bottom - self.top)


def has_right_to_left(text: str) -> bool:
    """Return whether a line of ``text`` may run from right to left somewhere."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def runs_right_to_left(block: QTextBlock, start: int, end: int) -> bool:
    """Return whether a range of UTF-16 positions in a laid-out block runs from right to left."""
    if not has_right_to_left(block.text()):
        return False
    line = block.layout().lineForTextPosition(start)
    return any(run.isRightToLeft() for run in line.glyphRuns(start, end - start))


def extents_in(block: QTextBlock) -> Callable[[int, int], list[Extent]]:
    """Return a function that returns the extents of a range of UTF-16 positions in a laid-out block."""
    return extents_in_layout(block.layout(), block.text())


def extents_in_layout(layout: QTextLayout, text: str) -> Callable[[int, int], list[Extent]]:
    """Return a function that returns the extents of a range of UTF-16 positions in a layout of ``text``."""
    lines = [layout.lineAt(number) for number in range(layout.lineCount())]
    starts = [line.textStart() for line in lines]
    ends = [line.textStart() + line.textLength() for line in lines]
    # The space at which a line is wrapped is not highlighted.
    visible_ends = [start + len(text[start:end].rstrip(" ")) for start, end in zip(starts, ends, strict=True)]
    rows = [(line.y(), line.y() + line.ascent() + line.descent()) for line in lines]
    # In a right-to-left paragraph, a full stop is at the left of Latin words too.
    is_mixed = has_right_to_left(text) or layout.textOption().textDirection() == Qt.LayoutDirection.RightToLeft

    def extents(start: int, end: int) -> list[Extent]:
        found: list[Extent] = []
        for row in range(max(0, bisect_right(starts, start) - 1), bisect_left(starts, end)):
            low, high = starts[row], ends[row]
            first, last = start >= low, end <= high
            low, high = start if first else low, end if last else max(start, low, visible_ends[row])
            stretches = (_mixed_stretches if is_mixed else _plain_stretch)(lines[row], low, high)
            for left, right, begin, stop in stretches:
                inner = (None if first else begin, None if last else stop)
                goes_on_at = [edge.x for edge in inner if edge is not None]
                outer = (begin if first else None, stop if last else None)
                found.append(Extent(row, left, right, *rows[row], *outer, left in goes_on_at, right in goes_on_at))
        return found

    return extents


_Stretch = tuple[float, float, Edge | None, Edge | None]
"""The left and the right edge of a part of a line, and the edges of the first and last character that lie in it."""


def _plain_stretch(line: QTextLine, start: int, end: int) -> list[_Stretch]:
    left, right = cursor_x(line, start), cursor_x(line, end)
    return [(left, right, Edge(left, at_left=True), Edge(right, at_left=False))] if right > left else []


def _mixed_stretches(line: QTextLine, start: int, end: int) -> list[_Stretch]:
    # Where directions meet, cursor positions are ambiguous; only the glyphs give the positions of characters.
    glyphs: list[tuple[float, float, int, bool]] = []
    for run in line.glyphRuns(start, end - start, QTextLayout.GlyphRunRetrievalFlag.RetrieveAll):
        backwards = run.isRightToLeft()
        advances = run.rawFont().advancesForGlyphIndexes(run.glyphIndexes())
        for place, advance, index in zip(run.positions(), advances, run.stringIndexes(), strict=True):
            if advance.x() > 0:
                glyphs.append((place.x(), place.x() + advance.x(), index, backwards))
    if not glyphs:
        return []
    glyphs.sort()
    # A character may have several glyphs, and several characters one.
    low, high = min(glyph[2] for glyph in glyphs), max(glyph[2] for glyph in glyphs)
    begin = _outer_edge([glyph for glyph in glyphs if glyph[2] == low], at_start=True)
    stop = _outer_edge([glyph for glyph in glyphs if glyph[2] == high], at_start=False)
    joined: list[tuple[float, float]] = []
    for left, right, _, _ in glyphs:
        if joined and left <= joined[-1][1] + _MAX_GLYPH_GAP:
            joined[-1] = (joined[-1][0], max(joined[-1][1], right))
        else:
            joined.append((left, right))
    return [
        (left, right, begin if left <= begin.x <= right else None, stop if left <= stop.x <= right else None)
        for left, right in joined
    ]


def _outer_edge(glyphs: list[tuple[float, float, int, bool]], *, at_start: bool) -> Edge:
    """Return the edge of a character: the start or end of its glyphs in its direction."""
    at_left = at_start != glyphs[0][3]
    x = min(left for left, _, _, _ in glyphs) if at_left else max(right for _, right, _, _ in glyphs)
    return Edge(x, at_left)
