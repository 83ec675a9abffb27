"""Where highlights lie in a laid-out block: rectangles behind the text, underlines in lanes, marks for the gutter."""

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QTextBlock

from annotator.app.reader.page.line_extents import Extent, extents_in
from annotator.app.style.label_style import LANES_SHOWN, LAYERS

_TICK = 3.5
"""The height in pixels of an end mark above the bottom of the characters."""

_INSET = 0.8
"""The inset in pixels of an end mark in its range, so that the marks of two neighbours are separate."""

Key = tuple[int, bool]
"""Label id, and whether it is a suggestion: highlights with equal values share pen and brush."""


_Filling = tuple[float, float, Key]
"""The left and right edge of an area to be filled on a line, and its look."""


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


class Mark(NamedTuple):
    """A highlight on a line, for the gutter."""

    id: int
    key: Key
    lane: int
    begins: bool


class RowShapes(NamedTuple):
    """The shapes to be painted on a line, grouped by look.

    ``upper_fills`` are painted over ``fills``: at most LAYERS in all, however many highlights overlap.
    """

    fills: dict[Key, list[QRectF]]
    upper_fills: dict[Key, list[QRectF]]
    lines: dict[Key, list[QLineF]]
    ticks: dict[Key, list[QLineF]]
    joints: dict[Key, list[QLineF]]


class Row(NamedTuple):
    """A line of a block with its highlights, in pixels of the block."""

    top: float
    bottom: float
    marks: dict[int, Mark]
    shapes: RowShapes


def rows_of(block: QTextBlock, pieces: Iterable[Piece], lane_pitch: float) -> list[Row]:
    """Return the lines of a laid-out block with the shapes of ``pieces``; ``lane_pitch``: pixels between lanes."""
    layout = block.layout()
    extents_of = extents_in(block)
    rows: list[Row] = []
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        top = line.y()
        rows.append(Row(top, top + line.ascent() + line.descent(), {}, RowShapes({}, {}, {}, {}, {})))
    fillings: list[list[_Filling]] = [[] for _ in rows]
    for piece in pieces:
        for extent in extents_of(piece.start, piece.end):
            if not piece.is_gap:
                fillings[extent.row].append((extent.left, extent.right, piece.key))
            _add(rows[extent.row], piece, extent, lane_pitch)
    for row, wanted in zip(rows, fillings, strict=True):
        if wanted:
            _fill(row, wanted)
    return rows


def _add(row: Row, piece: Piece, extent: Extent, lane_pitch: float) -> None:
    id_, key, lane = piece.id, piece.key, piece.lane
    marks, shapes = row.marks, row.shapes
    begins = piece.begins and extent.begin is not None
    if begins or id_ not in marks:
        marks[id_] = Mark(id_, key, lane, begins)
    if lane >= LANES_SHOWN:
        return
    left, right, bottom = extent.left, extent.right, extent.bottom
    y = bottom + 1.0 + lane * lane_pitch
    if piece.is_gap:
        shapes.joints.setdefault(key, []).append(QLineF(left, y, right, y))
        return
    shapes.lines.setdefault(key, []).append(QLineF(left, y, right, y))
    for edge in (extent.begin if piece.begins else None, extent.end if piece.ends else None):
        if edge is not None:
            x = edge.x + (_INSET if edge.at_left else -_INSET)
            shapes.ticks.setdefault(key, []).append(QLineF(x, bottom - _TICK, x, y + _INSET))


def _fill(row: Row, wanted: list[_Filling]) -> None:
    """Fill each stretch of a line in the lowest free layer; if all layers are full, it is not filled.

    The stretches come from left to right, so the part that a layer covers right of a left edge always begins at that
    edge. One number per layer is therefore enough: the x coordinate up to which it is covered.
    """
    top, height = row.top, row.bottom - row.top
    wanted.sort(key=_left_edge)
    covered = [float("-inf")] * LAYERS
    for left, right, key in wanted:
        for layer, reach in enumerate(covered):
            if right > reach:
                free = reach if reach > left else left
                fills = row.shapes.upper_fills if layer else row.shapes.fills
                fills.setdefault(key, []).append(QRectF(free, top, right - free, height))
                covered[layer] = right
                right = free
                if right <= left:
                    break


def _left_edge(filling: _Filling) -> float:
    return filling[0]
