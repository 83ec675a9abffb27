"""The tree of labels in the label editor, in which labels are ordered and nested."""

from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.widgets.label_swatch import swatch_icon, swatch_size
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.label_tree import Place, place_above, place_below, place_inside, place_of, place_outside, siblings
from annotator.domain.labels import line_patterns
from annotator.domain.wording import counted

_ID = Qt.ItemDataRole.UserRole

PLACES_BY_KEY = {
    Qt.Key.Key_Up: place_above,
    Qt.Key.Key_Down: place_below,
    Qt.Key.Key_Left: place_outside,
    Qt.Key.Key_Right: place_inside,
}
"""For each arrow key the function that returns the place to which it moves a label together with Alt."""


class LabelTree(QTreeWidget):
    """The tree of labels; a label can be selected, dragged, and moved with Alt and an arrow key."""

    place_requested = Signal(int, object)
    """The id of a label, and its requested Place."""
    remove_pressed = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setObjectName("labelTree")
        self.setAccessibleName("Labels")
        self.setHeaderLabels(["Label", "Key", "Used"])
        self.setIconSize(swatch_size(self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setStyleSheet("QTreeView::item { padding: 3px 0; }")
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setIndentation(16)
        self.setExpandsOnDoubleClick(False)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def show_labels(self, counts: dict[int, int]) -> None:
        """Show the labels of the project; keep the selection."""
        chosen = self.chosen()
        known = self._workspace.labels
        patterns = line_patterns(known)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        with QSignalBlocker(self):
            self.clear()
            items: dict[int, QTreeWidgetItem] = {}
            for label in known:
                used = counts.get(label.id, 0)
                item = QTreeWidgetItem([label.name, self._workspace.keys.label_key(label.key), f"{used:,}"])
                item.setIcon(0, swatch_icon(label, patterns[label.id], self))
                item.setData(0, _ID, label.id)
                item.setTextAlignment(2, right)
                item.setToolTip(0, tool_tip(label.description))
                item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{label.name}, {counted(used, 'annotation')}")
                items[label.id] = item
                parent = items.get(label.parent_id or 0)
                if parent is None:
                    self.addTopLevelItem(item)
                else:
                    parent.addChild(item)
            self.expandAll()
        if known:
            self.choose(chosen if chosen in items else known[0].id)

    def chosen(self) -> int | None:
        """Return the id of the selected label."""
        item = self.currentItem()
        return item.data(0, _ID) if item is not None else None

    def choose(self, label_id: int) -> None:
        """Select a label."""
        for item in self.findItems("*", Qt.MatchFlag.MatchWildcard | Qt.MatchFlag.MatchRecursive):
            if item.data(0, _ID) == label_id:
                flag = QItemSelectionModel.SelectionFlag
                self.setCurrentItem(item, 0, flag.ClearAndSelect | flag.Rows)

    def move_chosen(self, key: Qt.Key) -> None:
        """Move the selected label as Alt with that arrow key does."""
        id = self.chosen()
        if id is not None and (place := PLACES_BY_KEY[key](self._workspace.labels, id)) is not None:
            self.place_requested.emit(id, place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_alt = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.AltModifier
        if is_alt and event.key() in PLACES_BY_KEY:
            self.move_chosen(Qt.Key(event.key()))
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_pressed.emit()
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        # The tree shows stored data; it does not move items itself.
        id = self.chosen()
        place = self.place_at(event)
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if id is not None and place is not None:
            self.place_requested.emit(id, place)

    def place_at(self, event: QDropEvent) -> Place | None:
        """Return the place of a dropped label; None if it cannot be dropped there."""
        known, id = self._workspace.labels, self.chosen()
        target = self.itemAt(event.position().toPoint())
        if target is None:
            return Place(None, len(siblings(known, None)))
        other: int = target.data(0, _ID)
        position = self.dropIndicatorPosition()
        if position == QAbstractItemView.DropIndicatorPosition.OnItem:
            return Place(other, len(siblings(known, other)))
        place = place_of(known, other)
        rank = place.rank + (position == QAbstractItemView.DropIndicatorPosition.BelowItem)
        if id is not None and (own := place_of(known, id)).parent_id == place.parent_id and own.rank < rank:
            # The label is removed from its old place first.
            rank -= 1
        return Place(place.parent_id, rank)
