"""The legend: the tree of labels with their look, their counts, and whether they are shown."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QKeyCombination,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeView,
    QWidget,
)

from annotator.app.actions.enabling import READ_ONLY_REASON
from annotator.app.state.label_counts import LabelCounts
from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.style.label_style import LabelStyle
from annotator.app.widgets.label_swatch import ASPECT, paint_swatch
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.label_tree import below, depths
from annotator.domain.labels import LINE_PATTERNS, line_patterns
from annotator.domain.records import LabelRecord

_Index = QModelIndex | QPersistentModelIndex
ID = Qt.ItemDataRole.UserRole
_PAD = 7
_INDENT = 16
_LEAST_NAME = 9
_ROWS_AT_LEAST = 6
_ROWS_AT_MOST = 14


class Shown(NamedTuple):
    """The data of a row of the legend. ``document``, ``project``: counts; ``under``: both with nested labels."""

    label: LabelRecord
    pattern: int
    document: int
    project: int
    under: tuple[int, int]
    is_parent: bool
    is_active: bool
    is_hidden: bool
    is_solo: bool


class _Labels(QStandardItemModel):
    """The tree of labels. An item holds the id of its label; all other data is requested from the workspace."""

    def __init__(self, workspace: Workspace, counts: LabelCounts, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._counts = counts
        self._labels: dict[int, LabelRecord] = {}
        self._families: dict[int, set[int]] = {}
        self._patterns: dict[int, int] = {}
        self._items: dict[int, QStandardItem] = {}
        self.deepest = 0
        """The depth of the most deeply nested label."""

    def set_labels(self, labels: Iterable[LabelRecord]) -> None:
        """Show these labels as a tree."""
        known = list(labels)
        before = [(label.id, label.parent_id) for label in self._labels.values()]
        self._labels = {label.id: label for label in known}
        self._families = {label.id: below(known, label.id) for label in known}
        self._patterns = line_patterns(known)
        self.deepest = max(depths(known).values(), default=0)
        if before == [(label.id, label.parent_id) for label in known]:
            self.tell()
            return
        self.clear()
        self._items = {}
        for label in known:
            item = QStandardItem()
            item.setData(label.id, ID)
            self._items[label.id] = item
        for label in known:
            self._items.get(label.parent_id or 0, self.invisibleRootItem()).appendRow(self._items[label.id])

    def tell(self) -> None:
        """Emit that every row may have changed."""
        waiting = [QModelIndex()]
        while waiting:
            parent = waiting.pop()
            rows = [self.index(row, 0, parent) for row in range(self.rowCount(parent))]
            if rows:
                self.dataChanged.emit(rows[0], rows[-1])
            waiting += [row for row in rows if self.hasChildren(row)]

    def index_of(self, label_id: int | None) -> QModelIndex:
        """Return the index of a label; an invalid index if it is not shown."""
        item = self._items.get(label_id or 0)
        return item.index() if item is not None else QModelIndex()

    def label(self, index: _Index) -> LabelRecord | None:
        return self._labels.get(super().data(index, ID)) if index.isValid() else None

    def widest(self) -> tuple[str, str]:
        """Return the longest count in the document and in the project, as text."""
        document = max(self._workspace.label_counts.values(), default=0)
        project = max(self._counts.by_label.values(), default=0)
        return f"{document:,}", f"{project:,}"

    def shown(self, index: _Index) -> Shown | None:
        """Return the data of a row; None if its label does not exist."""
        label = self.label(index)
        if label is None:
            return None
        document, project = self._workspace.label_counts, self._counts.by_label
        active, shown = self._workspace.active, self._workspace.label_filter
        family = self._families[label.id]
        return Shown(
            label,
            self._patterns[label.id],
            document[label.id],
            project[label.id],
            (sum(document[id] for id in family), sum(project[id] for id in family)),
            len(family) > 1,
            active is not None and active.label_id == label.id,
            shown.is_hidden(label.id),
            shown.is_solo(label.id),
        )

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        label = self.label(index)
        if label is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return label.name
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return label.description
        shown = self.shown(index)
        assert shown is not None
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(shown)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _spoken(shown)
        return super().data(index, role)


def _spoken(shown: Shown) -> str:
    parts = [shown.label.name]
    if shown.label.key:
        parts.append(f"key {shown.label.key}")
    parts += [f"{shown.document:,} in this document", f"{shown.project:,} in the project"]
    if shown.is_active:
        parts.append("label of the active annotation")
    if shown.is_hidden:
        parts.append("hidden")
    if shown.is_solo:
        parts.append("shown alone")
    return ", ".join(parts)


def _tip(shown: Shown) -> str:
    lines = [shown.label.description] if shown.label.description else []
    lines.append(f"{shown.document:,} in this document, {shown.project:,} in the project.")
    if shown.is_parent:
        lines.append(f"With the labels under it {shown.under[0]:,} and {shown.under[1]:,}.")
    line = LINE_PATTERNS[shown.pattern]
    lines.append(f"Its line is {line if line == 'solid' else f'drawn in {line}'}.")
    if shown.is_hidden:
        lines.append("Hidden: its annotations are kept but not shown.")
    return tool_tip("\n".join(lines), shown.label.name)


class _Places(NamedTuple):
    """The rectangles of the parts of a row; an empty rectangle for a part that does not fit."""

    row: QRect
    key: QRect
    swatch: QRect
    name: QRect
    document: QRect
    project: QRect
    solo: QRect
    eye: QRect


class _Painting(QStyledItemDelegate):
    """Paints a row: key, swatch with initials and line, name, counts, and the buttons to show it alone or hide it."""

    renamed = Signal(int, str)
    """The id of a label, and the name that was typed for it."""

    def __init__(self, model: _Labels, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._model = model
        self._view = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, row_height(option.font))

    def places(self, rect: QRect, font: QFont) -> _Places:
        """Return the rectangles of the parts of a row; the least important are omitted in a narrow pane."""
        metrics = QFontMetrics(font)
        row = QRect(rect).adjusted(2, 2, -4, -2)
        side = max(18, metrics.height() + 2)
        middle = row.center().y() + 1
        key = QRect(row.left() + _PAD, middle - side // 2, side, side)
        swatch = QRect(key.right() + _PAD, middle - side // 2 - 1, round(side * ASPECT), side + 3)
        left, right = swatch.right() + _PAD + 1, row.right() - 3
        # A part is omitted in all rows alike, based on the most deeply nested one.
        deepest = max(0, (self._model.deepest + 1) * _INDENT - rect.left()) if self._model.deepest else 0
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
        return _Places(
            row, key, swatch, name_rect, *(taken.get(name, nowhere) for name in ("document", "project", "solo", "eye"))
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        shown = self._model.shown(index)
        if shown is None:
            return
        places = self.places(option.rect, option.font)
        palette: QPalette = option.palette
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, places.row, shown.is_active)
        text = palette.color(QPalette.ColorRole.HighlightedText if shown.is_active else QPalette.ColorRole.Text)
        muted = text if shown.is_active else palette.color(QPalette.ColorRole.PlaceholderText)
        if shown.label.key:
            self._paint_key(painter, places.key, palette, option.font, shown.label.key)
        painter.setFont(option.font)
        painter.setOpacity(0.45 if shown.is_hidden else 1.0)
        style = LabelStyle(shown.label.color, shown.label.initials, shown.pattern)
        paint_swatch(painter, QRectF(places.swatch), style)
        painter.setOpacity(1.0)
        font = QFont(option.font)
        font.setBold(shown.is_active)
        font.setStrikeOut(shown.is_hidden)
        painter.setFont(font)
        painter.setPen(muted if shown.is_hidden else text)
        name = QFontMetrics(font).elidedText(shown.label.name, Qt.TextElideMode.ElideRight, places.name.width())
        painter.drawText(places.name, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(option.font)
        collapsed = shown.is_parent and isinstance(self._view, QTreeView) and not self._view.isExpanded(index)
        document, project = shown.under if collapsed else (shown.document, shown.project)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setPen(text)
        painter.drawText(places.document, right, f"{document:,}" if document else "")
        painter.setPen(muted)
        painter.drawText(places.project, right, f"{project:,}" if project else "")
        mode = QIcon.Mode.Selected if shown.is_active else QIcon.Mode.Normal
        is_near = bool(state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus))
        if shown.is_solo or is_near:
            self._paint_icon(painter, places.solo, "solo", mode, faint=not shown.is_solo)
        eye = "eye-off" if shown.is_hidden else "eye"
        self._paint_icon(painter, places.eye, eye, mode, faint=not (shown.is_hidden or is_near or shown.is_active))
        painter.restore()

    def _paint_key(self, painter: QPainter, rect: QRect, palette: QPalette, font: QFont, key: int) -> None:
        small = QFont(font)
        small.setPointSizeF(max(6.0, font.pointSizeF() * 0.85))
        painter.setFont(small)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1.2))
        painter.setBrush(palette.color(QPalette.ColorRole.Button))
        painter.drawRoundedRect(rect, 4, 4)
        painter.setPen(palette.color(QPalette.ColorRole.ButtonText))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(key))

    def _paint_icon(self, painter: QPainter, rect: QRect, name: str, mode: QIcon.Mode, faint: bool) -> None:
        if rect.isEmpty():
            return
        side = min(rect.width(), rect.height()) - 6
        painter.setOpacity(0.4 if faint else 1.0)
        place = QRect(rect.center() - QPoint(side // 2, side // 2), QSize(side, side))
        icon(name).paint(painter, place, Qt.AlignmentFlag.AlignCenter, mode)
        painter.setOpacity(1.0)

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

    # The name is edited in place.

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        field = QLineEdit(parent)
        field.setObjectName("labelNameField")
        field.setAccessibleName(f"New name of {index.data()}")
        field.setStyleSheet("QLineEdit { padding: 0 4px; min-height: 0; border-radius: 4px; }")
        return field

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        places = self.places(option.rect, option.font)
        editor.setGeometry(places.name.adjusted(-5, 0, places.row.right() - places.name.right(), 0))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        assert isinstance(editor, QLineEdit)
        if editor.text().strip() != index.data():
            self.renamed.emit(index.data(ID), editor.text())

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        shown = self._model.shown(index)
        if shown is not None:
            places = self.places(view.visualRect(index), view.font())
            name = shown.label.name
            if places.eye.contains(event.pos()):
                words = f"Show {name} again (H)" if shown.is_hidden else f"Hide {name} and its annotations (H)"
                QToolTip.showText(event.globalPos(), tool_tip(words), view)
                return True
            if places.solo.contains(event.pos()):
                words = "Show the others again (S)" if shown.is_solo else f"Show {name} alone (S)"
                QToolTip.showText(event.globalPos(), tool_tip(words), view)
                return True
        return super().helpEvent(event, view, option, index)


def row_height(font: QFont) -> int:
    """Return the height of a row in pixels."""
    return max(30, QFontMetrics(font).height() + 2 * _PAD)


class _LabelList(QTreeView):
    """A tree whose rows act like buttons. A click leaves the focus in the text."""

    pressed_label = Signal(int)
    hide_pressed = Signal(int)
    solo_pressed = Signal(int)
    remove_pressed = Signal(int)
    menu_wanted = Signal(int, QPoint)
    """The label under the pointer or the current one, and the point on the screen."""

    def label_at(self, point: QPoint) -> int | None:
        """Return the id of the label at a point of the viewport; None if there is none."""
        index = self.indexAt(point)
        return index.data(ID) if index.isValid() else None

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.keyCombination() == QKeyCombination(Qt.Key.Key_F2)
        ):
            # Here the key renames the label, even if the window uses it otherwise.
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if not index.isValid() or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        id = index.data(ID)
        answers = {
            Qt.Key.Key_Return: self.pressed_label,
            Qt.Key.Key_Enter: self.pressed_label,
            Qt.Key.Key_Space: self.pressed_label,
            Qt.Key.Key_H: self.hide_pressed,
            Qt.Key.Key_S: self.solo_pressed,
            Qt.Key.Key_Delete: self.remove_pressed,
        }
        if (signal := answers.get(Qt.Key(event.key()))) is not None:
            signal.emit(id)
        elif event.key() == Qt.Key.Key_F2:
            self.edit(index)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        painting = self.itemDelegate()
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton and isinstance(painting, _Painting):
            places = painting.places(self.visualRect(index), self.font())
            alone = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if places.eye.contains(point) or places.solo.contains(point):
                wish = self.solo_pressed if alone or places.solo.contains(point) else self.hide_pressed
                wish.emit(index.data(ID))
                return
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            index, point = self.indexAt(event.pos()), event.globalPos()
        else:
            index = self.currentIndex()
            point = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        if index.isValid():
            self.setCurrentIndex(index)
            self.menu_wanted.emit(index.data(ID), point)


class LabelPalette(QStackedWidget):
    """The labels of the project. Pressing one requests it; H hides it, S shows it alone, F2 renames it."""

    label_requested = Signal(int)
    """The id of a label for the selection or the active annotation."""
    rename_requested = Signal(int, str)
    remove_requested = Signal(int)
    menu_requested = Signal(int, QPoint)
    """The id of a label whose menu was requested, and the point on the screen."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("labelPalette")
        self.setAccessibleName("Labels")
        # The pane is as high as its labels; the remaining height belongs to the panes below.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._workspace = workspace
        self._collapsed: set[int] = set()
        self.counts = LabelCounts(workspace, self)
        self._model = _Labels(workspace, self.counts, self)
        self.list = _LabelList(self)
        self.list.setObjectName("labelList")
        self.list.setAccessibleName("Labels")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setStyleSheet("QTreeView { border: none; border-radius: 0; background: palette(window); }")
        self.list.setModel(self._model)
        painting = _Painting(self._model, self.list)
        self.list.setItemDelegate(painting)
        self.list.setHeaderHidden(True)
        self.list.setIndentation(_INDENT)
        self.list.setSelectionMode(QTreeView.SelectionMode.NoSelection)
        self.list.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformRowHeights(True)
        self.list.setExpandsOnDoubleClick(False)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda index: self._request(index.data(ID)))
        self.list.pressed_label.connect(self._request)
        self.list.hide_pressed.connect(workspace.label_filter.toggle_hidden)
        self.list.solo_pressed.connect(workspace.label_filter.toggle_solo)
        self.list.remove_pressed.connect(self.remove_requested)
        self.list.menu_wanted.connect(self.menu_requested)
        self.list.collapsed.connect(lambda index: self._note_fold(index, True))
        self.list.expanded.connect(lambda index: self._note_fold(index, False))
        painting.renamed.connect(self.rename_requested)
        self._empty = TextLabel(self)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setMargin(16)
        self.addWidget(self._empty)
        self.addWidget(self.list)
        for signal in (workspace.project_opened, workspace.project_closed, workspace.vocabulary_changed):
            signal.connect(self._on_vocabulary_changed)
        for change in (
            workspace.document_opened,
            workspace.annotations_changed,
            workspace.active_changed,
            workspace.label_filter.changed,
            self.counts.changed,
        ):
            change.connect(self._model.tell)
        self._on_vocabulary_changed()

    def sizeHint(self) -> QSize:
        rows = sum(not self._is_folded_away(label) for label in self._workspace.labels)
        return QSize(240, self._height_of(min(max(3, rows), _ROWS_AT_MOST)))

    def minimumSizeHint(self) -> QSize:
        # Stacked panes grow only to their minimum size, not to their size hint.
        rows = sum(not self._is_folded_away(label) for label in self._workspace.labels)
        return QSize(120, self._height_of(min(max(3, rows), _ROWS_AT_LEAST)))

    def current_label_id(self) -> int | None:
        """Return the label on which the keys of the legend act."""
        index = self.list.currentIndex()
        return index.data(ID) if index.isValid() else None

    def set_current(self, label_id: int) -> None:
        """Make a label current, so that the keys of the legend act on it."""
        self.list.setCurrentIndex(self._model.index_of(label_id))

    def begin_rename(self, label_id: int) -> None:
        """Start to edit the name of a label in place."""
        self.set_current(label_id)
        self.list.setFocus()
        self.list.edit(self.list.currentIndex())

    def index_of(self, label_id: int) -> QModelIndex:
        """Return the index of a label in the tree."""
        return self._model.index_of(label_id)

    def _height_of(self, rows: int) -> int:
        return rows * row_height(self.font()) + 4

    def _is_folded_away(self, label: LabelRecord) -> bool:
        parents = {known.id: known.parent_id for known in self._workspace.labels}
        id, seen = label.parent_id, set[int]()
        while id is not None and id not in seen:
            if id in self._collapsed:
                return True
            seen.add(id)
            id = parents.get(id)
        return False

    def _request(self, label_id: int) -> None:
        if self._workspace.read_only:
            self._workspace.told.emit(self._workspace.notice or READ_ONLY_REASON, False)
        else:
            self.label_requested.emit(label_id)

    def _note_fold(self, index: QModelIndex, is_folded: bool) -> None:
        (self._collapsed.add if is_folded else self._collapsed.discard)(index.data(ID))
        self.updateGeometry()

    def _on_vocabulary_changed(self) -> None:
        current = self.current_label_id()
        labels = self._workspace.labels
        self._model.set_labels(labels)
        self.list.setRootIsDecorated(any(label.parent_id is not None for label in labels))
        for label in labels:
            index = self._model.index_of(label.id)
            if self.list.isExpanded(index) == (label.id in self._collapsed):
                self.list.setExpanded(index, label.id not in self._collapsed)
        if current is not None:
            self.set_current(current)
        self._empty.setText(
            "This project has no labels. Press Ctrl+L to add some."
            if self._workspace.project is not None
            else "Open a project to see its labels."
        )
        self.setCurrentWidget(self.list if labels else self._empty)
        self.updateGeometry()
