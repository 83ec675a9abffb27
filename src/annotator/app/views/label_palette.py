"""The palette of labels: what there is, the key that gives it, and how often the document has it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListView,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from annotator.app.actions import READ_ONLY_REASON
from annotator.app.tips import tip
from annotator.app.views.highlight_style import text_color_on
from annotator.app.workspace import Workspace
from annotator.domain.records import LabelRecord

_Index = QModelIndex | QPersistentModelIndex
_LABEL = Qt.ItemDataRole.UserRole
_COUNT = Qt.ItemDataRole.UserRole + 1
_ACTIVE = Qt.ItemDataRole.UserRole + 2
_PAD = 7


class _Labels(QAbstractListModel):
    """The labels of the project with their counts in the document."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.labels: tuple[LabelRecord, ...] = ()
        self._counts: Counter[int] = Counter()
        self._active: int | None = None

    def set_labels(self, labels: Iterable[LabelRecord]) -> None:
        self.beginResetModel()
        self.labels = tuple(labels)
        self.endResetModel()

    def set_counts(self, counts: Counter[int]) -> None:
        if counts != self._counts:
            self._counts = counts
            self._tell()

    def set_active(self, label_id: int | None) -> None:
        if label_id != self._active:
            self._active = label_id
            self._tell()

    def _tell(self) -> None:
        if self.labels:
            self.dataChanged.emit(self.index(0), self.index(len(self.labels) - 1))

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.labels)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        label = self.labels[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return label.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(label.description, label.name)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            key = self.tr(", key {key}").format(key=label.key) if label.key else ""
            active = self.tr(", label of the active annotation") if label.id == self._active else ""
            count = self.tr(", {count} in this document").format(count=self._counts[label.id])
            return f"{label.name}{key}{count}{active}"
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return label.description
        return {_LABEL: label, _COUNT: self._counts[label.id], _ACTIVE: label.id == self._active}.get(role)


class _Painting(QStyledItemDelegate):
    """One line a label: key, swatch with initials, name, count."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, max(30, QFontMetrics(option.font).height() + 2 * _PAD))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        label: LabelRecord = index.data(_LABEL)
        is_active: bool = index.data(_ACTIVE)
        count: int = index.data(_COUNT)
        palette: QPalette = option.palette
        font = QFont(option.font)
        metrics = QFontMetrics(font)
        row = QRect(option.rect).adjusted(4, 2, -4, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, row, is_active)
        text_color = palette.color(QPalette.ColorRole.HighlightedText if is_active else QPalette.ColorRole.Text)
        muted = palette.color(QPalette.ColorRole.HighlightedText if is_active else QPalette.ColorRole.PlaceholderText)
        side = max(18, metrics.height() + 2)
        x, middle = row.left() + _PAD, row.center().y() + 1
        key_font = QFont(font)
        key_font.setPointSizeF(max(6.0, font.pointSizeF() * 0.85))
        if label.key:
            badge = QRect(QPoint(x, middle - side // 2), QSize(side, side))
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1.2))
            painter.setBrush(palette.color(QPalette.ColorRole.Button))
            painter.drawRoundedRect(badge, 4, 4)
            painter.setPen(palette.color(QPalette.ColorRole.ButtonText))
            painter.setFont(key_font)
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(label.key))
        x += side + _PAD
        swatch = QRect(QPoint(x, middle - side // 2), QSize(side, side))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(label.color))
        painter.drawRoundedRect(swatch, 4, 4)
        key_font.setBold(True)
        painter.setFont(key_font)
        painter.setPen(text_color_on(label.color))
        painter.drawText(swatch, Qt.AlignmentFlag.AlignCenter, label.initials[:2])
        x += side + _PAD
        number = str(count) if count else ""
        number_width = metrics.horizontalAdvance(number)
        painter.setFont(font)
        painter.setPen(muted)
        line = QRect(x, row.top(), row.right() - _PAD - x, row.height())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number)
        font.setBold(is_active)
        painter.setFont(font)
        painter.setPen(text_color)
        room = line.width() - (number_width + _PAD if number else 0)
        name = QFontMetrics(font).elidedText(label.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, row: QRect, is_active: bool) -> None:
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


class _LabelList(QListView):
    """A list whose row is pressed rather than selected. A click leaves the focus in the text."""

    pressed_row = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.currentIndex().isValid():
            self.pressed_row.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)


class LabelPalette(QStackedWidget):
    """The labels of the project; pressing one asks for it."""

    label_requested = Signal(int)
    """The id of a label for the selection or the active annotation."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("labelPalette")
        self.setAccessibleName(self.tr("Labels"))
        # The pane is as high as its labels; the room that is left belongs to those below.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._workspace = workspace
        self._model = _Labels(self)
        self.list = _LabelList(self)
        self.list.setObjectName("labelList")
        self.list.setAccessibleName(self.tr("Labels"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setStyleSheet("QListView { border: none; border-radius: 0; background: palette(window); }")
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Painting(self.list))
        self.list.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda index: self._request(index.row()))
        self.list.pressed_row.connect(self._request)
        self._empty = QLabel(self)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setMargin(16)
        self.addWidget(self._empty)
        self.addWidget(self.list)
        for signal in (workspace.project_opened, workspace.project_closed, workspace.vocabulary_changed):
            signal.connect(self._on_vocabulary_changed)
        for signal in (workspace.document_opened, workspace.annotations_changed):
            signal.connect(self._on_annotations_changed)
        workspace.active_changed.connect(self._on_active_changed)
        self._on_vocabulary_changed()

    def sizeHint(self) -> QSize:
        return QSize(240, self._height_of(max(3, self._model.rowCount())))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._height_of(3))

    def _height_of(self, rows: int) -> int:
        return rows * max(30, self.fontMetrics().height() + 2 * _PAD) + 4

    def _request(self, row: int) -> None:
        if self._workspace.read_only:
            self._workspace.told.emit(self._workspace.notice or READ_ONLY_REASON, False)
        else:
            self.label_requested.emit(self._model.labels[row].id)

    def _on_vocabulary_changed(self) -> None:
        self._model.set_labels(self._workspace.labels)
        is_open = self._workspace.project is not None
        self._empty.setText(
            self.tr("This project has no labels. Import some with documents that bring theirs.")
            if is_open
            else self.tr("Open a project to see its labels.")
        )
        self.setCurrentWidget(self.list if self._workspace.labels else self._empty)
        self.updateGeometry()
        self._on_annotations_changed()

    def _on_annotations_changed(self) -> None:
        self._model.set_counts(Counter(self._workspace.label_counts))
        self._on_active_changed()

    def _on_active_changed(self) -> None:
        active = self._workspace.active
        self._model.set_active(None if active is None else active.label_id)
