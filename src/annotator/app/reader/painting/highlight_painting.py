"""Paints highlights, search hits and the active annotation behind the text of a block."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPalette, QPen

from annotator.app.reader.page.line_extents import Extent
from annotator.app.reader.painting.edge_handles import Handle
from annotator.app.reader.painting.highlight_shapes import Key, Row
from annotator.app.style.label_style import UNKNOWN_LABEL, LabelStyle, fill_color, fill_edge, line_color, underline_pen
from annotator.app.style.theme import LIGHT

_OUTLINE_WIDTH = 2.0
_CORNER = 3.0
_NO_BRUSH = QBrush()
_T = TypeVar("_T")


class Stroke(NamedTuple):
    """Rectangles or lines drawn with one pen and one brush."""

    pen: QPen
    brush: QBrush
    rects: Sequence[QRectF]
    lines: Sequence[QLineF]


class HighlightPainter:
    """Paints in the pixels of a block; the caller moves the painter to the block's place."""

    def __init__(self) -> None:
        self.styles: Mapping[int, LabelStyle] = {}
        self.theme = LIGHT

    def style(self, label_id: int) -> LabelStyle:
        """Return the style of a label; an unknown one is grey."""
        return self.styles.get(label_id, UNKNOWN_LABEL)

    def strokes_of(self, rows: Iterable[Row]) -> list[Stroke]:
        """Return the strokes for these lines: fills, then end marks, then underlines.

        In this order no fill covers a line, and no end mark interrupts the underline of another annotation.
        """
        shapes = [row.shapes for row in rows if row.marks]
        strokes: list[Stroke] = []
        for is_upper, fills in enumerate(
            (_together(s.fills for s in shapes), _together(s.upper_fills for s in shapes))
        ):
            for (label_id, suggestion), rects in fills.items():
                color = self.style(label_id).color
                brush = QBrush(fill_color(color, suggestion, self.theme, bool(is_upper)))
                strokes.append(Stroke(fill_edge(color, suggestion, self.theme), brush, rects, ()))
        for (label_id, _), ticks in _together(s.ticks for s in shapes).items():
            strokes.append(
                Stroke(underline_pen(self.style(label_id).color, 0, False, self.theme), _NO_BRUSH, (), ticks)
            )
        for (label_id, suggestion), lines in _together(s.lines for s in shapes).items():
            style = self.style(label_id)
            pen = underline_pen(style.color, style.pattern, suggestion, self.theme)
            strokes.append(Stroke(pen, _NO_BRUSH, (), lines))
        for (label_id, _), joints in _together(s.joints for s in shapes).items():
            pen = QPen(line_color(self.style(label_id).color, self.theme), 1.0)
            pen.setDashPattern([1.0, 3.0])
            strokes.append(Stroke(pen, _NO_BRUSH, (), joints))
        return strokes

    def paint_strokes(self, painter: QPainter, strokes: Iterable[Stroke]) -> None:
        """Draw the strokes made by ``strokes_of``."""
        for pen, brush, rects, lines in strokes:
            painter.setPen(pen)
            if lines:
                painter.drawLines(lines)
            else:
                painter.setBrush(brush)
                painter.drawRects(rects)

    def paint_hits(self, painter: QPainter, extents: Iterable[Extent]) -> None:
        """Paint search hits as boxes with a border, unlike any label."""
        painter.setPen(QPen(QColor(self.theme.hit), 1.0))
        painter.setBrush(QColor(255, 214, 0, 70 if self.theme.is_dark else 110))
        for extent in extents:
            painter.drawRoundedRect(extent.rect.adjusted(-1.0, 0.5, 1.0, -0.5), _CORNER, _CORNER)

    def paint_outline(self, painter: QPainter, extents: Iterable[Extent], label_id: int) -> None:
        """Paint the outline of the active annotation, open at an end where it continues on another line."""
        pen = QPen(line_color(self.style(label_id).color, self.theme), _OUTLINE_WIDTH)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for extent in extents:
            rect = extent.rect.adjusted(-1.0, 0.0, 1.0, 0.0)
            painter.drawPath(_outline(rect, not extent.open_left, not extent.open_right))

    def paint_handles(self, painter: QPainter, handles: Iterable[Handle], label_id: int, palette: QPalette) -> None:
        """Paint the handles of the active annotation: a stem beside the characters, and a knob below the line."""
        color = line_color(self.style(label_id).color, self.theme)
        for handle in handles:
            painter.setPen(QPen(color, _OUTLINE_WIDTH))
            painter.drawLine(QLineF(handle.x, handle.top, handle.x, handle.bottom + handle.radius))
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 1.0))
            painter.setBrush(color)
            painter.drawEllipse(handle.knob, handle.radius, handle.radius)

    def paint_part(self, painter: QPainter, extents: Iterable[Extent], palette: QPalette, is_cue: bool) -> None:
        """Paint a part of the active annotation: a dotted line that starts with a diamond (cue) or disc (mention)."""
        color = palette.color(QPalette.ColorRole.Text)
        pen = QPen(color, 2.0, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.RoundCap)
        pen.setDashPattern([0.1, 1.9])
        for extent in extents:
            rect = extent.rect
            y = rect.bottom() - 0.5
            painter.setPen(pen)
            painter.drawLine(QLineF(rect.left() + 1, y, rect.right() - 1, y))
            if extent.begin is not None:
                painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 1.0))
                painter.setBrush(QBrush(color))
                painter.drawPath(_marker(QPointF(extent.begin.x, y), is_cue))


def _together(shapes: Iterable[dict[Key, list[_T]]]) -> dict[Key, list[_T]]:
    joined: dict[Key, list[_T]] = {}
    for by_key in shapes:
        for key, items in by_key.items():
            if key in joined:
                joined[key] += items
            else:
                joined[key] = items.copy()
    return joined


def _outline(rect: QRectF, closed_left: bool, closed_right: bool) -> QPainterPath:
    path = QPainterPath()
    if closed_left and closed_right:
        path.addRoundedRect(rect, _CORNER, _CORNER)
        return path
    left, right, top, bottom = rect.left(), rect.right(), rect.top(), rect.bottom()
    if closed_left:
        path.moveTo(right, top)
        path.lineTo(left + _CORNER, top)
        path.quadTo(left, top, left, top + _CORNER)
        path.lineTo(left, bottom - _CORNER)
        path.quadTo(left, bottom, left + _CORNER, bottom)
        path.lineTo(right, bottom)
    elif closed_right:
        path.moveTo(left, top)
        path.lineTo(right - _CORNER, top)
        path.quadTo(right, top, right, top + _CORNER)
        path.lineTo(right, bottom - _CORNER)
        path.quadTo(right, bottom, right - _CORNER, bottom)
        path.lineTo(left, bottom)
    else:
        path.moveTo(left, top)
        path.lineTo(right, top)
        path.moveTo(left, bottom)
        path.lineTo(right, bottom)
    return path


def _marker(center: QPointF, is_cue: bool) -> QPainterPath:
    path = QPainterPath()
    if is_cue:
        path.moveTo(center.x(), center.y() - 4.2)
        path.lineTo(center.x() + 4.2, center.y())
        path.lineTo(center.x(), center.y() + 4.2)
        path.lineTo(center.x() - 4.2, center.y())
        path.closeSubpath()
    else:
        path.addEllipse(center, 3.4, 3.4)
    return path
