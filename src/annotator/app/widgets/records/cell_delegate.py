"""The cells of a list of records, as they are painted."""

from typing import Any

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from annotator.app.style.label_style import text_color_on
from annotator.app.widgets.records.columns import CELL_PADDING, Column, Swatch, alignment
from annotator.app.widgets.records.record_model import Index, RecordModel

_FITTING_KEPT = 5_000


class CellDelegate(QStyledItemDelegate):
    """Paints a cell: an optional swatch, then text that ends in an ellipsis if it does not fit.

    While a job runs, every call of Qt may have to wait for the interpreter. So there are as few calls as possible, and
    measured widths are cached.
    """

    def __init__(self, records: RecordModel, table: QTableView) -> None:
        super().__init__(table)
        self._records, self._table = records, table
        self._fonts: tuple[QFont, QFont] | None = None
        self._fitting: dict[tuple[str, int, bool], str] = {}

    def forget_fonts(self) -> None:
        """Clear the cached fonts and widths after the font changed."""
        self._fonts = None
        self._fitting.clear()

    def font_of(self, font: QFont, is_bold: bool) -> QFont:
        """Return the font of a cell, normal or bold."""
        if self._fonts is None:
            bold = QFont(font)
            bold.setBold(True)
            self._fonts = QFont(font), bold
        return self._fonts[is_bold]

    def fitting(self, text: str, font: QFont, is_bold: bool, width: int) -> str:
        """Return ``text``, shortened with an ellipsis if it is wider than ``width`` pixels."""
        key = (text, width, is_bold)
        found = self._fitting.get(key)
        if found is None:
            if len(self._fitting) >= _FITTING_KEPT:
                self._fitting.clear()
            found = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._fitting[key] = found
        return found

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        # Asking the model for each of Qt's roles, and the style for each background, takes four times as long.
        records, table = self._records, self._table
        column, record = records.columns[index.column()], records.shown[index.row()]
        rect, palette = option.rect, option.palette
        role = QPalette.ColorRole.Text
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, palette.color(QPalette.ColorRole.Highlight))
            role = QPalette.ColorRole.HighlightedText
        if index.row() == table.currentIndex().row() and table.hasFocus():
            accent = palette.color(QPalette.ColorRole.Accent)
            painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), accent)
            painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), accent)
        area = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, 0)
        font = self.font_of(option.font, records.is_emphasised(record))
        swatch = column.swatch(record) if column.swatch else None
        if swatch is not None:
            if not swatch.initials and option.state & QStyle.StateFlag.State_Selected:
                swatch = swatch._replace(color=palette.color(role).name())
            painter.save()
            area.setLeft(paint_swatch(painter, area, swatch, font) + CELL_PADDING)
            painter.restore()
        # Every cell sets all that it needs, so nothing has to be restored.
        painter.setPen(palette.color(role))
        painter.setFont(font)
        self.paint_words(painter, area, column, record)

    def paint_words(self, painter: QPainter, area: QRect, column: Column, record: Any) -> None:
        """Draw the text of a cell into ``area``, with the painter's font and pen."""
        if column.swatch and area.width() < painter.fontMetrics().averageCharWidth() * 3:
            return
        font = painter.font()
        fitting = self.fitting(column.text(record), font, font.bold(), area.width())
        if fitting:
            painter.drawText(area, int(alignment(column)), fitting)


def paint_swatch(painter: QPainter, area: QRect, swatch: Swatch, font: QFont) -> int:
    """Paint a swatch at the left of ``area``; return the x coordinate of its end."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if not swatch.initials:
        side = round(QFontMetrics(font).height() * 0.6)
        dot = QRectF(area.left() + 0.5, area.center().y() - side / 2 + 0.5, side, side)
        painter.setPen(QPen(QColor(swatch.color), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        if swatch.filled:
            painter.setBrush(QColor(swatch.color))
            # In sixteenths of a degree, starting at the top.
            painter.drawPie(dot, 90 * 16, -round(swatch.filled * 360 * 16))
        return area.left() + side + 1
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(swatch.color))
    small = QFont(font)
    small.setBold(True)
    small.setPointSizeF(max(6.0, font.pointSizeF() * 0.82))
    metrics = QFontMetrics(small)
    width = max(metrics.horizontalAdvance(swatch.initials) + 9, metrics.height() + 2)
    pill = QRectF(area.left(), area.center().y() - metrics.height() / 2, width, metrics.height() + 1)
    painter.drawRoundedRect(pill, 4, 4)
    painter.setPen(text_color_on(swatch.color))
    painter.setFont(small)
    painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), swatch.initials)
    return area.left() + round(width)
