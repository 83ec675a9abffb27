"""The list in the legend: its keys, its clicks and its menu."""

from PySide6.QtCore import QEvent, QKeyCombination, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QTreeView

from annotator.app.labels.palette_model import LABEL_ID
from annotator.app.labels.palette_painting import LabelRowDelegate


class LabelList(QTreeView):
    """A tree whose rows act like buttons. A click leaves the focus in the text."""

    pressed_label = Signal(int)
    hide_pressed = Signal(int)
    solo_pressed = Signal(int)
    remove_pressed = Signal(int)
    menu_requested = Signal(int, QPoint)
    """The label under the pointer or the current one, and the point on the screen."""

    def label_at(self, point: QPoint) -> int | None:
        """Return the id of the label at a point of the viewport; None if there is none."""
        index = self.indexAt(point)
        return index.data(LABEL_ID) if index.isValid() else None

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
        id = index.data(LABEL_ID)
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
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton and isinstance(painting, LabelRowDelegate):
            parts = painting.parts(self.visualRect(index), self.font())
            alone = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if parts.eye.contains(point) or parts.solo.contains(point):
                signal = self.solo_pressed if alone or parts.solo.contains(point) else self.hide_pressed
                signal.emit(index.data(LABEL_ID))
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
            self.menu_requested.emit(index.data(LABEL_ID), point)
