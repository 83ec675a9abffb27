"""Forms drawn with Qt Designer: loaded from the package ``annotator.ui`` and put into a dialog."""

from importlib.resources import files
from typing import TypeVar

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtUiTools import QUiLoader
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

Part = TypeVar("Part", bound=QWidget)


class Form:
    """The widgets of ``ui/NAME.ui`` by their object names, filling a dialog."""

    def __init__(self, name: str, dialog: QDialog) -> None:
        buffer = QBuffer(dialog)
        buffer.setData(QByteArray((files("annotator.ui") / f"{name}.ui").read_bytes()))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.widget = QUiLoader(dialog).load(buffer, dialog)
        layout = QVBoxLayout(dialog)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.widget)
        dialog.setWindowTitle(self.widget.windowTitle())

    def part(self, kind: type[Part], name: str) -> Part:
        """The widget of that class and object name. Raises LookupError where the form has none."""
        found = self.widget.findChild(kind, name)
        if found is None:
            raise LookupError(f"the form {self.widget.objectName()} has no {kind.__name__} {name}")
        return found

    def replace(self, name: str, widget: Part) -> Part:
        """Put ``widget`` where the form keeps a place of that name."""
        place = self.part(QWidget, name)
        layout = QVBoxLayout(place)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(widget)
        place.setFocusProxy(widget)
        return widget


def say(label: QLabel, sentence: str, role: str = "bad") -> None:
    """Show one plain sentence in a form, or nothing."""
    label.setText(sentence)
    label.setProperty("role", role)
    label.style().polish(label)
    label.setVisible(bool(sentence))
    window = label.window()
    layout = window.layout()
    if isinstance(window, QDialog) and layout is not None and window.isVisible():
        # A sentence that wraps needs room that the dialog did not reckon with.
        window.resize(window.width(), max(window.height(), layout.totalHeightForWidth(window.width())))
