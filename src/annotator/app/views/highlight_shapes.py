"""Where highlights lie in a laid-out block: rectangles behind the text, underlines in lanes, marks for the gutter."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import NamedTuple

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QTextBlock, QTextLine

from annotator.app.views.highlight_style import LANES_SHOWN, LAYERS

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_TICK = 3.5
_JOINT = 1.0

Key = tuple[int, bool]
"""Label id, and whether it is a suggestion: what is drawn with the same pen and brush."""


_Stretch = tuple[float, float]
_Layers = dict[int, list[list[_Stretch]]]
"""What each layer of fills covers already, by line."""


class Piece(NamedTuple):
    """A fragment, or the gap between two, as far as it lies in a block: UTF-16 positions in the block."""

    id: int
    key: Key
    lane: int
    start: int
    end: int
    begins: bool
    ends: bool
    is_gap: bool = False


class Extent(NamedTuple):
    """A stretch of one line, in pixels of the block. ``first``, ``last``: on the first, the last line of its range."""

    row: int
    rect: QRectF
    first: bool
    last: bool
    right_to_left: bool = False


class Mark(NamedTuple):
    """A highlight on a line, for the gutter."""

    id: int
    key: Key
    lane: int
    begins: bool


class Row(NamedTuple):
    """A line of a block with what is highlighted on it."""

    top: float
    bottom: float
    marks: dict[int, Mark]


class BlockShapes(NamedTuple):
    """What is to be painted for a block, in its own pixels, together for all that look alike.

    ``upper_fills`` lie on ``fills``: LAYERS of them all at most, however many highlights overlap.
    """

    fills: dict[Key, list[QRectF]]
    upper_fills: dict[Key, list[QRectF]]
    lines: dict[Key, list[QLineF]]
    ticks: dict[Key, list[QLineF]]
    joints: dict[Key, list[QLineF]]
    rows: list[Row]


def has_right_to_left(text: str) -> bool:
    """Whether a line of ``text`` may run from right to left somewhere."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def runs_right_to_left(block: QTextBlock, start: int, end: int) -> bool:
    """Whether a range of UTF-16 positions in a laid-out block, such as one character, runs from right to left."""
    if not has_right_to_left(block.text()):
        return False
    line = block.layout().lineForTextPosition(start)
    return any(run.isRightToLeft() for run in line.glyphRuns(start, end - start))


def shapes_of(block: QTextBlock, pieces: Iterable[Piece], lane_pitch: float) -> BlockShapes:
    """The shapes of ``pieces`` in a laid-out block; lanes lie ``lane_pitch`` pixels apart below each line."""
    layout = block.layout()
    shapes = BlockShapes({}, {}, {}, {}, {}, [])
    layers: _Layers = {}
    extents_of = extents_in(block)
    for number in range(layout.lineCount()):
        rect = _line_rect(layout.lineAt(number))
        shapes.rows.append(Row(rect.top(), rect.bottom(), {}))
    for piece in pieces:
        for extent in extents_of(piece.start, piece.end):
            _add(shapes, layers, piece, extent, lane_pitch)
    return shapes


def extents_in(block: QTextBlock) -> Callable[[int, int], list[Extent]]:
    """A function that gives the extents of a range of UTF-16 positions in a laid-out block."""
    layout, text = block.layout(), block.text()
    lines = [layout.lineAt(number) for number in range(layout.lineCount())]
    starts = [line.textStart() for line in lines]
    ends = [line.textStart() + line.textLength() for line in lines]
    rects = [_line_rect(line) for line in lines]
    right_to_left = has_right_to_left(text)

    def extents(start: int, end: int) -> list[Extent]:
        found: list[Extent] = []
        for row in range(max(0, bisect_right(starts, start) - 1), bisect_left(starts, end)):
            line, rect = lines[row], rects[row]
            low, high = max(start, starts[row]), min(end, ends[row])
            if high < end:
                # Where a line is wrapped, its last space is not worth a colour.
                high = max(low, starts[row] + len(text[starts[row] : high].rstrip(" ")))
            ranges = _mixed_ranges(line, low, high) if right_to_left else _plain_range(line, low, high)
            for left, right in ranges:
                stretch = QRectF(left, rect.top(), right - left, rect.height())
                found.append(Extent(row, stretch, start >= starts[row], end <= ends[row], right_to_left))
        return found

    return extents


def _line_rect(line: QTextLine) -> QRectF:
    return QRectF(line.x(), line.y(), line.width(), line.ascent() + line.descent())


def _plain_range(line: QTextLine, start: int, end: int) -> list[tuple[float, float]]:
    left, right = _cursor_x(line, start), _cursor_x(line, end)
    return [(left, right)] if right > left else []


def _mixed_ranges(line: QTextLine, start: int, end: int) -> list[tuple[float, float]]:
    # The position of the cursor says nothing where directions meet; only the glyphs know where the characters went.
    stretches: list[tuple[float, float]] = []
    for run in line.glyphRuns(start, end - start):
        advances = run.rawFont().advancesForGlyphIndexes(run.glyphIndexes())
        for place, advance in zip(run.positions(), advances, strict=True):
            stretches.append((place.x(), place.x() + advance.x()))
    stretches.sort()
    joined: list[tuple[float, float]] = []
    for left, right in stretches:
        if joined and left <= joined[-1][1] + _JOINT:
            joined[-1] = (joined[-1][0], max(joined[-1][1], right))
        else:
            joined.append((left, right))
    return [(left, right) for left, right in joined if right > left]


def _cursor_x(line: QTextLine, position: int) -> float:
    x: float = line.cursorToX(position)[0]  # type: ignore[index]
    return x


def _add(shapes: BlockShapes, layers: _Layers, piece: Piece, extent: Extent, lane_pitch: float) -> None:
    rect = extent.rect
    row = shapes.rows[extent.row]
    begins = piece.begins and extent.first
    known = row.marks.get(piece.id)
    row.marks[piece.id] = Mark(piece.id, piece.key, piece.lane, begins or (known is not None and known.begins))
    y = rect.bottom() + 1.0 + min(piece.lane, LANES_SHOWN) * lane_pitch
    if piece.is_gap:
        if piece.lane < LANES_SHOWN:
            shapes.joints.setdefault(piece.key, []).append(QLineF(rect.left(), y, rect.right(), y))
        return
    _fill(shapes, layers.setdefault(extent.row, [[] for _ in range(LAYERS)]), piece.key, rect)
    if piece.lane >= LANES_SHOWN:
        return
    shapes.lines.setdefault(piece.key, []).append(QLineF(rect.left(), y, rect.right(), y))
    left_is_start = not extent.right_to_left
    for here, x in (
        (begins if left_is_start else piece.ends and extent.last, rect.left() + 0.8),
        (piece.ends and extent.last if left_is_start else begins, rect.right() - 0.8),
    ):
        if here:
            shapes.ticks.setdefault(piece.key, []).append(QLineF(x, rect.bottom() - _TICK, x, y + 0.8))


def _fill(shapes: BlockShapes, layers: list[list[_Stretch]], key: Key, rect: QRectF) -> None:
    """Fill ``rect`` in the lowest layers that are free; what lies under all layers already gets no more colour."""
    wanted = [(rect.left(), rect.right())]
    for number, layer in enumerate(layers):
        fills = shapes.upper_fills if number else shapes.fills
        free, wanted = _parted(wanted, layer)
        for left, right in free:
            fills.setdefault(key, []).append(QRectF(left, rect.top(), right - left, rect.height()))
        layer += free
        if not wanted:
            return


def _parted(stretches: list[_Stretch], covered: list[_Stretch]) -> tuple[list[_Stretch], list[_Stretch]]:
    """What of ``stretches`` lies outside of ``covered``, whose parts do not overlap, and what lies inside."""
    outside, inside = stretches, []
    for low, high in covered:
        rest: list[_Stretch] = []
        for left, right in outside:
            if right <= low or high <= left:
                rest.append((left, right))
                continue
            inside.append((max(left, low), min(right, high)))
            rest += [part for part in ((left, low), (high, right)) if part[0] < part[1]]
        outside = rest
    return outside, inside
