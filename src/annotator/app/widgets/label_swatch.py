"""The swatch of a label: colour, initials and a piece of its line, so that colour is never the only distinction."""

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from annotator.app.style.label_style import LabelStyle, fill_color, line_color, text_color_on, underline_pen
from annotator.app.style.theme import Theme, theme_in_use
from annotator.domain.records import LabelRecord

_CORNER = 4.0
_LINE_SHARE = 0.22
"""The share of the height that the line takes."""
ASPECT = 1.45
"""The ratio of width to height of a swatch: one dash and one gap of the line must fit."""


def paint_swatch(
    painter: QPainter, rect: QRectF, style: LabelStyle, *, suggestion: bool = False, theme: Theme | None = None
) -> None:
    """Paint the colour with the initials, and below it the line as in the text; a suggestion has a dashed border.

    ``theme``: the default is the theme in use.
    """
    theme = theme or theme_in_use()
    box = rect.adjusted(0.5, 0.5, -0.5, -max(3.5, round(rect.height() * _LINE_SHARE)))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if suggestion:
        painter.setPen(QPen(line_color(style.color, theme), 1.0, Qt.PenStyle.DashLine))
        painter.setBrush(fill_color(style.color, True, theme))
        ink = QApplication.palette().color(QPalette.ColorRole.Text)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(style.color))
        ink = text_color_on(style.color)
    painter.drawRoundedRect(box, _CORNER, _CORNER)
    font = QFont(painter.font())
    font.setBold(True)
    font.setPixelSize(max(8, round(box.height() * 0.72)))
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, style.initials[:2])
    painter.setPen(underline_pen(style.color, style.pattern, suggestion, theme))
    y = rect.bottom() - 1.0
    painter.drawLine(QLineF(rect.left(), y, rect.right(), y))
    painter.restore()


def swatch(
    style: LabelStyle, size: QSize, *, suggestion: bool, theme: Theme | None = None, ratio: float = 1.0
) -> QPixmap:
    """Return the swatch as a picture of ``size`` in logical pixels; ``ratio``: device pixels per logical pixel."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_swatch(painter, QRectF(QPointF(), QSizeF(size)), style, suggestion=suggestion, theme=theme)
    painter.end()
    return picture


def swatch_icon(label: LabelRecord, pattern: int, widget: QWidget, size: QSize | None = None) -> QIcon:
    """Return the swatch of a label as an icon for lists and combo boxes; ``size`` defaults to ``swatch_size``."""
    style = LabelStyle(label.color, label.initials, pattern, label.name)
    picture = swatch(style, size or swatch_size(widget), suggestion=False, ratio=widget.devicePixelRatioF())
    made = QIcon(picture)
    # Qt would tint the icon of a selected row, but the colour has a meaning here.
    made.addPixmap(picture, QIcon.Mode.Selected)
    return made


def swatch_size(widget: QWidget) -> QSize:
    """Return the size in pixels of a swatch beside text in the font of ``widget``."""
    height = max(20, widget.fontMetrics().height() + 4)
    return QSize(round(height * ASPECT), height)
