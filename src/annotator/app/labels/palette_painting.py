"""The look of a row of the legend, and its parts under the mouse."""

from typing import NamedTuple

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QIcon, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeView,
    QWidget,
)

from annotator.app.labels.palette_model import LABEL_ID, LabelTreeModel
from annotator.app.style.icons import icon
from annotator.app.style.label_style import LabelStyle
from annotator.app.widgets.label_swatch import ASPECT, paint_swatch
from annotator.app.widgets.tool_tips import tool_tip

INDENT = 16
"""Pixels by which a nested label is indented."""

_Index = QModelIndex | QPersistentModelIndex
_PAD = 7
"""Pixels between the parts of a row."""

_LEAST_NAME = 9
"""Average characters of the name that remain visible before counts and buttons are omitted."""


class RowParts(NamedTuple):
    """The rectangles of the parts of a row; an empty rectangle for a part that does not fit."""

    row: QRect
    key: QRect
    swatch: QRect
    name: QRect
    document: QRect
    project: QRect
    solo: QRect
    eye: QRect


class LabelRowDelegate(QStyledItemDelegate):
    """Paints a row: key, swatch with initials and line, name, counts, and the buttons to show it alone or hide it."""

    renamed = Signal(int, str)
    """The id of a label, and the name that was typed for it."""

    def __init__(self, model: LabelTreeModel, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._model = model
        self._view = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, row_height(option.font))

    def parts(self, rect: QRect, font: QFont) -> RowParts:
        """Return the rectangles of the parts of a row; the least important are omitted in a narrow pane."""
        metrics = QFontMetrics(font)
        row = QRect(rect).adjusted(2, 2, -4, -2)
        side = max(18, metrics.height() + 2)
        middle = row.center().y() + 1
        # A digit fits into a square; a key that the user chose may be longer.
        wide = min(metrics.horizontalAdvance(self._model.longest_key()) + _PAD, rect.width() // 3)
        key = QRect(row.left() + _PAD, middle - side // 2, max(side, wide), side)
        swatch = QRect(key.right() + _PAD, middle - side // 2 - 1, round(side * ASPECT), side + 3)
        left, right = swatch.right() + _PAD + 1, row.right() - 3
        # A part is omitted in all rows alike, based on the most deeply nested one.
        deepest = max(0, (self._model.deepest + 1) * INDENT - rect.left()) if self._model.deepest else 0
        name_room = metrics.averageCharWidth() * _LEAST_NAME + deepest
        widths = [metrics.horizontalAdvance(text) + _PAD for text in self._model.widest()]
        taken: dict[str, QRect] = {}
        for name, width, least in (
            ("eye", side + 2, -rect.width()),
            ("solo", side + 2, name_room + widths[0]),
            ("project", widths[1] + 2, name_room + widths[0]),
            ("document", widths[0], metrics.averageCharWidth() * _LEAST_NAME // 2 + deepest),
        ):
            if right - width - left >= least:
                taken[name] = QRect(right - width + 1, row.top(), width, row.height())
                right -= width
        name_rect = QRect(left, row.top(), max(0, right - left), row.height())
        nowhere = QRect()
        return RowParts(
            row, key, swatch, name_rect, *(taken.get(name, nowhere) for name in ("document", "project", "solo", "eye"))
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        shown = self._model.row(index)
        if shown is None:
            return
        parts = self.parts(option.rect, option.font)
        palette: QPalette = option.palette
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_background(painter, option, parts.row, shown.is_active)
        text = palette.color(QPalette.ColorRole.HighlightedText if shown.is_active else QPalette.ColorRole.Text)
        muted = text if shown.is_active else palette.color(QPalette.ColorRole.PlaceholderText)
        if shown.key:
            self._paint_key(painter, parts.key, palette, option.font, shown.key)
        painter.setFont(option.font)
        painter.setOpacity(0.45 if shown.is_hidden else 1.0)
        style = LabelStyle(shown.label.color, shown.label.initials, shown.pattern)
        paint_swatch(painter, QRectF(parts.swatch), style)
        painter.setOpacity(1.0)
        font = QFont(option.font)
        font.setBold(shown.is_active)
        font.setStrikeOut(shown.is_hidden)
        painter.setFont(font)
        painter.setPen(muted if shown.is_hidden else text)
        name = QFontMetrics(font).elidedText(shown.label.name, Qt.TextElideMode.ElideRight, parts.name.width())
        painter.drawText(parts.name, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(option.font)
        collapsed = shown.is_parent and isinstance(self._view, QTreeView) and not self._view.isExpanded(index)
        document, project = shown.under if collapsed else (shown.document, shown.project)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setPen(text)
        painter.drawText(parts.document, right, f"{document:,}" if document else "")
        painter.setPen(muted)
        painter.drawText(parts.project, right, f"{project:,}" if project else "")
        mode = QIcon.Mode.Selected if shown.is_active else QIcon.Mode.Normal
        is_near = bool(state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus))
        if shown.is_solo or is_near:
            self._paint_icon(painter, parts.solo, "solo", mode, faint=not shown.is_solo)
        eye = "eye-off" if shown.is_hidden else "eye"
        self._paint_icon(painter, parts.eye, eye, mode, faint=not (shown.is_hidden or is_near or shown.is_active))
        painter.restore()

    def _paint_key(self, painter: QPainter, rect: QRect, palette: QPalette, font: QFont, key: str) -> None:
        small = QFont(font)
        small.setPointSizeF(max(6.0, font.pointSizeF() * 0.85))
        painter.setFont(small)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1.2))
        painter.setBrush(palette.color(QPalette.ColorRole.Button))
        painter.drawRoundedRect(rect, 4, 4)
        painter.setPen(palette.color(QPalette.ColorRole.ButtonText))
        shown = painter.fontMetrics().elidedText(key, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, shown)

    def _paint_icon(self, painter: QPainter, rect: QRect, name: str, mode: QIcon.Mode, faint: bool) -> None:
        if rect.isEmpty():
            return
        side = min(rect.width(), rect.height()) - 6
        painter.setOpacity(0.4 if faint else 1.0)
        place = QRect(rect.center() - QPoint(side // 2, side // 2), QSize(side, side))
        icon(name).paint(painter, place, Qt.AlignmentFlag.AlignCenter, mode)
        painter.setOpacity(1.0)

    def _paint_background(self, painter: QPainter, option: QStyleOptionViewItem, row: QRect, is_active: bool) -> None:
        palette: QPalette = option.palette
        state = option.state
        painter.setPen(Qt.PenStyle.NoPen)
        if is_active:
            painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
            painter.drawRoundedRect(row, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver and state & QStyle.StateFlag.State_Enabled:
            painter.setBrush(palette.color(QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(row, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Link), 2))
            painter.drawRoundedRect(row, 6, 6)

    # The name is edited in place.

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        field = QLineEdit(parent)
        field.setObjectName("labelNameField")
        field.setAccessibleName(f"New name of {index.data()}")
        field.setStyleSheet("QLineEdit { padding: 0 4px; min-height: 0; border-radius: 4px; }")
        return field

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        parts = self.parts(option.rect, option.font)
        editor.setGeometry(parts.name.adjusted(-5, 0, parts.row.right() - parts.name.right(), 0))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        assert isinstance(editor, QLineEdit)
        if editor.text().strip() != index.data():
            self.renamed.emit(index.data(LABEL_ID), editor.text())

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        shown = self._model.row(index)
        if shown is not None:
            parts = self.parts(view.visualRect(index), view.font())
            name = shown.label.name
            if parts.eye.contains(event.pos()):
                words = f"Show {name} again (H)" if shown.is_hidden else f"Hide {name} and its annotations (H)"
                QToolTip.showText(event.globalPos(), tool_tip(words), view)
                return True
            if parts.solo.contains(event.pos()):
                words = "Show the others again (S)" if shown.is_solo else f"Show {name} alone (S)"
                QToolTip.showText(event.globalPos(), tool_tip(words), view)
                return True
        return super().helpEvent(event, view, option, index)


def row_height(font: QFont) -> int:
    """Return the height of a row in pixels."""
    return max(30, QFontMetrics(font).height() + 2 * _PAD)
