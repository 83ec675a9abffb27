"""The keys and the mouse wheel in the fields of the inspector."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QPlainTextEdit, QWidget

from annotator.app.widgets.grade_fields import StillWheel

_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LeaveKeys(QObject):
    """An event filter: Escape leaves a field, and Ctrl+Enter a field of several lines; the wheel changes no value."""

    left = Signal()
    """The user pressed one of these keys."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._still_wheel = StillWheel(self)

    def watch(self, root: QWidget) -> None:
        """Watch a widget and all widgets in it."""
        for widget in (root, *root.findChildren(QWidget)):
            widget.installEventFilter(self)
            if isinstance(widget, QComboBox | QAbstractSpinBox):
                widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                widget.installEventFilter(self._still_wheel)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            is_finishing = isinstance(watched, QPlainTextEdit) and event.key() in _ENTER_KEYS and is_control
            if event.type() == QEvent.Type.ShortcutOverride:
                if is_finishing:
                    # Here the key belongs to the text field instead of an action of the window.
                    event.accept()
                    return True
            elif is_finishing or event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)
