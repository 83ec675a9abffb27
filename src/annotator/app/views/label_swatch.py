"""The swatch of a label: its colour, the line that it draws under words, and its initials. Never the colour alone."""

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QFont, QGuiApplication, QPainter, QPalette, QPen, QPixmap

from annotator.app.views.highlight_style import LabelStyle, fill_color, line_color, underline_pen

_CORNER = 3.0


def paint_swatch(painter: QPainter, rect: QRectF, style: LabelStyle, *, suggestion: bool, dark: bool) -> None:
    """Paint a label as it looks in the text: fill, pattern below, initials; a suggestion has a dashed edge."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = QPen(line_color(style.color, dark), 1.0, Qt.PenStyle.DashLine if suggestion else Qt.PenStyle.SolidLine)
    painter.setPen(edge)
    painter.setBrush(fill_color(style.color, suggestion, dark))
    inner = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(inner, _CORNER, _CORNER)
    pen = underline_pen(style.color, style.pattern, suggestion, dark)
    painter.setPen(pen)
    y = inner.bottom() - 2.6
    painter.drawLine(QLineF(inner.left() + 3.0, y, inner.right() - 3.0, y))
    font = QFont(painter.font())
    font.setBold(True)
    font.setPixelSize(max(7, round(rect.height() * 0.56)))
    painter.setFont(font)
    painter.setPen(QGuiApplication.palette().color(QPalette.ColorRole.Text) if dark else Qt.GlobalColor.black)
    painter.drawText(inner.adjusted(0, 0, 0, -3.0), Qt.AlignmentFlag.AlignCenter, style.initials[:2])
    painter.restore()


def swatch(style: LabelStyle, size: QSize, *, suggestion: bool, dark: bool, ratio: float = 1.0) -> QPixmap:
    """The swatch as a picture of ``size`` in pixels; ``ratio``: pixels of the device to one of ours."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_swatch(painter, QRectF(QPointF(), QSizeF(size)), style, suggestion=suggestion, dark=dark)
    painter.end()
    return picture
