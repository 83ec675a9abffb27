"""The annotations on a printed line: a tint behind its words and, below them, an underline in a lane for each.

Every underline has the reference of its annotation, such as ``C12``, so that overlaps can be distinguished in black
and white too. Lanes are assigned line by line: the reference is repeated on each line, to show which annotation
continues.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTextLayout

from annotator.app.printing.page_metrics import Fonts, points
from annotator.app.printing.printed_article import PrintedAnnotation
from annotator.app.reader.page.line_extents import Extent, extents_in_layout, has_right_to_left
from annotator.app.style.label_style import fill_color, line_color, underline_pen
from annotator.app.style.theme import LIGHT

LANES = 9
"""The maximum number of underlines below a line; the references of further annotations are listed below them."""

_LAYERS = 2
"""The maximum number of overlapping tints; with more, the text would be hard to read."""

_ABOVE_LANES = points(1.6)
_LANE = points(7.2)
_THICKNESS = points(1.1)
_THIN = points(0.5)
_TICK = points(2.4)
_GAP = points(2.0)
_TOUCHING = points(0.6)
"""Stretches with at most this distance are joined."""


class Piece(NamedTuple):
    """A fragment, or the gap between two, as far as it lies in a paragraph: UTF-16 positions there."""

    annotation: PrintedAnnotation
    start: int
    end: int
    begins: bool = False
    ends: bool = False
    is_gap: bool = False


class _Stretch(NamedTuple):
    """``marks``: the start and end of the annotation, if they are in this stretch."""

    left: float
    right: float
    marks: tuple[float, ...]
    is_gap: bool


class _Highlighted(NamedTuple):
    """An annotation on a line. ``left`` and ``right`` include its reference, which is at ``reference_left``."""

    annotation: PrintedAnnotation
    stretches: Sequence[_Stretch]
    left: float
    right: float
    reference_left: float

    @property
    def ends(self) -> list[float]:
        """The x coordinates of the start and end of the annotation, as far as they are on this line."""
        return [mark for stretch in self.stretches for mark in stretch.marks]


class _Tint(NamedTuple):
    left: float
    right: float
    color: QColor


class LineHighlights:
    """The shapes drawn behind and below one line."""

    def __init__(self, found: Sequence[_Highlighted], right_to_left: bool, width: float, fonts: Fonts) -> None:
        self._fonts = fonts
        self._tints = _tints_of(found)
        self._lanes, beyond = _in_lanes(found, right_to_left)
        self._beyond = _listed([highlighted.annotation.reference for highlighted in beyond], width, fonts)

    @property
    def height(self) -> float:
        """The height needed below the text."""
        if not self._lanes:
            return 0.0
        return _ABOVE_LANES + _LANE * (len(self._lanes) + bool(self._beyond))

    def paint_tints(self, painter: QPainter, top: float, bottom: float) -> None:
        """Paint the tints behind the text, from ``top`` to ``bottom``."""
        # With antialiasing, the paper would show through between adjacent tints.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for tint in self._tints:
            painter.fillRect(QRectF(tint.left, top, tint.right - tint.left, bottom - top), tint.color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def paint_lanes(self, painter: QPainter, bottom: float) -> None:
        """Paint the underlines with their references; ``bottom``: the bottom of the text."""
        painter.setFont(self._fonts.reference)
        y = bottom + _ABOVE_LANES
        below = _THICKNESS + self._fonts.reference_metrics.capHeight()
        for lane in self._lanes:
            for highlighted in lane:
                _paint_underline(painter, highlighted, y)
                painter.setPen(_text_color_of(highlighted.annotation.label.color))
                painter.drawText(QPointF(highlighted.reference_left, y + below), highlighted.annotation.reference)
            y += _LANE
        if self._beyond:
            painter.setPen(Qt.GlobalColor.black)
            painter.drawText(QPointF(0.0, y + below), self._beyond)


def line_highlights(
    layout: QTextLayout, text: str, pieces: Iterable[Piece], right_to_left: bool, width: float, fonts: Fonts
) -> list[LineHighlights]:
    """Return the highlights of each line of a laid-out paragraph."""
    extents_of = extents_in_layout(layout, text)
    backwards = right_to_left and has_right_to_left(text)
    rows: list[dict[int, tuple[PrintedAnnotation, list[_Stretch], bool]]] = [{} for _ in range(layout.lineCount())]
    for piece in pieces:
        for extent in _joined(extents_of(piece.start, piece.end)):
            edges = (extent.begin if piece.begins else None, extent.end if piece.ends else None)
            marks = tuple(edge.x for edge in edges if edge is not None)
            _, stretches, _ = rows[extent.row].setdefault(piece.annotation.number, (piece.annotation, [], backwards))
            stretches.append(_Stretch(extent.left, extent.right, marks, piece.is_gap))
    return [
        LineHighlights([_highlighted(*found, fonts) for _, found in sorted(row.items())], right_to_left, width, fonts)
        for row in rows
    ]


def _joined(extents: Iterable[Extent]) -> list[Extent]:
    joined: list[Extent] = []
    for extent in sorted(extents, key=lambda each: (each.row, each.left)):
        last = joined[-1] if joined else None
        if last is not None and last.row == extent.row and extent.left - last.right <= _TOUCHING:
            joined[-1] = last._replace(
                right=max(last.right, extent.right), begin=last.begin or extent.begin, end=last.end or extent.end
            )
        else:
            joined.append(extent)
    return joined


def _highlighted(
    annotation: PrintedAnnotation, stretches: Sequence[_Stretch], right_to_left: bool, fonts: Fonts
) -> _Highlighted:
    with_words = [stretch for stretch in stretches if not stretch.is_gap] or stretches
    left = min(stretch.left for stretch in stretches)
    right = max(stretch.right for stretch in stretches)
    advance = fonts.reference_metrics.horizontalAdvance(annotation.reference)
    if right_to_left:
        reference_left = max(stretch.right for stretch in with_words) - advance
    else:
        reference_left = min(stretch.left for stretch in with_words)
    return _Highlighted(
        annotation,
        stretches,
        min(left, reference_left),
        max(right, reference_left + advance),
        reference_left,
    )


def _in_lanes(
    found: Sequence[_Highlighted], right_to_left: bool
) -> tuple[list[list[_Highlighted]], list[_Highlighted]]:
    """Return each annotation in the first lane that is free at its start, and those without a lane."""
    lanes: list[list[_Highlighted]] = []
    ends: list[float] = []
    beyond: list[_Highlighted] = []
    ranges = [
        (-highlighted.right, -highlighted.left, highlighted)
        if right_to_left
        else (highlighted.left, highlighted.right, highlighted)
        for highlighted in found
    ]
    for begin, end, highlighted in sorted(ranges, key=lambda each: (each[0], each[2].annotation.number)):
        lane = next((lane for lane, taken in enumerate(ends) if taken + _GAP <= begin), len(ends))
        if lane >= LANES:
            beyond.append(highlighted)
            continue
        if lane == len(ends):
            ends.append(end)
            lanes.append([])
        ends[lane] = end
        lanes[lane].append(highlighted)
    return lanes, sorted(beyond, key=lambda highlighted: highlighted.annotation.number)


def _listed(references: Sequence[str], width: float, fonts: Fonts) -> str:
    """Return as many references as fit on a line, and the number of the others."""
    if not references:
        return ""
    advance = fonts.reference_metrics.horizontalAdvance
    line = f"+{len(references)}:"
    for number, reference in enumerate(references):
        longer = f"{line} {reference}"
        rest = len(references) - number - 1
        if advance(f"{longer} and {rest} more") > width:
            return f"{line} and {rest + 1} more"
        line = longer
    return line


def _tints_of(found: Sequence[_Highlighted]) -> list[_Tint]:
    """Return the tints from left to right. Overlaps are mixed here into opaque colours, because printers mix badly."""
    edges: list[tuple[float, bool, int, str]] = []
    for highlighted in found:
        for stretch in highlighted.stretches:
            if not stretch.is_gap:
                key = (highlighted.annotation.number, highlighted.annotation.label.color)
                edges += [(stretch.left, True, *key), (stretch.right, False, *key)]
    edges.sort()
    tints: list[_Tint] = []
    over: dict[int, str] = {}
    before = 0.0
    for x, is_left, number, color in edges:
        if over and x > before:
            colors = tuple(over[each] for each in sorted(over)[:_LAYERS])
            tints.append(_Tint(before, x, _mixed(colors)))
        before = x
        if is_left:
            over[number] = color
        else:
            over.pop(number, None)
    return tints


def tint_of(color: str) -> QColor:
    """Return the printed tint of a label without overlaps."""
    return _mixed((color,))


@lru_cache(maxsize=1024)
def _mixed(colors: tuple[str, ...]) -> QColor:
    red, green, blue = 1.0, 1.0, 1.0
    for layer, color in enumerate(colors):
        fill = fill_color(color, suggestion=False, theme=LIGHT, is_upper=layer > 0)
        share = fill.alphaF()
        red += (fill.redF() - red) * share
        green += (fill.greenF() - green) * share
        blue += (fill.blueF() - blue) * share
    return QColor.fromRgbF(red, green, blue)


@lru_cache(maxsize=256)
def underline_of(color: str, pattern: int) -> QPen:
    """Return the pen of a printed underline."""
    pen = QPen(underline_pen(color, pattern, suggestion=False, theme=LIGHT))
    pen.setWidthF(_THICKNESS)
    return pen


@lru_cache(maxsize=256)
def _text_color_of(color: str) -> QColor:
    """Return the label's colour for small text such as a reference, dark enough to be readable."""
    return line_color(color, LIGHT).darker(140)


def _paint_underline(painter: QPainter, highlighted: _Highlighted, y: float) -> None:
    label = highlighted.annotation.label
    line = underline_of(label.color, label.pattern)
    edge = QPen(line.color(), _THIN)
    edge.setCapStyle(Qt.PenCapStyle.FlatCap)
    dotted = QPen(edge)
    dotted.setDashPattern([1.0, 3.0])
    for stretch in highlighted.stretches:
        painter.setPen(dotted if stretch.is_gap else line)
        painter.drawLine(QLineF(stretch.left, y, stretch.right, y))
    painter.setPen(edge)
    for x in highlighted.ends:
        painter.drawLine(QLineF(x, y - _TICK, x, y))
