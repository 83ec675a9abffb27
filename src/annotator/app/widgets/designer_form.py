"""Forms drawn with Qt Designer: loaded from the package ``annotator.ui`` and put into a dialog."""

from importlib.resources import files
from typing import TypeVar

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

_DRAWN_FONT_HEIGHT = 17

Part = TypeVar("Part", bound=QWidget)


class Form:
    """The widgets of ``ui/NAME.ui`` by their object names, filling a dialog."""

    def __init__(self, name: str, dialog: QDialog) -> None:
        # Imported here because only some dialogs use Qt Designer, and the start of the window needs none of them.
        from PySide6.QtUiTools import QUiLoader

        buffer = QBuffer(dialog)
        buffer.setData(QByteArray((files("annotator.ui") / f"{name}.ui").read_bytes()))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.widget = QUiLoader(dialog).load(buffer, dialog)
        drawn = self.widget.size()
        layout = QVBoxLayout(dialog)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.widget)
        for label in self.widget.findChildren(QLabel):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for fields in self.widget.findChildren(QFormLayout):
            level_captions(fields)
        size_for_font(dialog, drawn.width(), drawn.height())
        dialog.setWindowTitle(self.widget.windowTitle())

    def part(self, kind: type[Part], name: str) -> Part:
        """Return the widget of that class and object name. Raise LookupError if the form has none."""
        found = self.widget.findChild(kind, name)
        if found is None:
            raise LookupError(f"the form {self.widget.objectName()} has no {kind.__name__} {name}")
        return found

    def replace(self, name: str, widget: Part) -> Part:
        """Put ``widget`` in place of the placeholder widget ``name`` of the form."""
        place = self.part(QWidget, name)
        layout = QVBoxLayout(place)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(widget)
        place.setFocusProxy(widget)
        return widget


def size_for_font(dialog: QDialog, width: int, height: int) -> None:
    """Scale a dialog designed as ``width`` by ``height`` pixels at 9 points to the font, limited by the screen.

    A height of 0 means the size hint of the dialog.
    """
    factor = max(1.0, dialog.fontMetrics().height() / _DRAWN_FONT_HEIGHT)
    room = dialog.screen().availableSize()
    across = max(min(round(width * factor), room.width()), dialog.minimumSizeHint().width())
    wanted = QSize(across, round(height * factor) or _height_for(dialog, across))
    dialog.resize(wanted.boundedTo(room).expandedTo(dialog.minimumSizeHint()))


def _height_for(dialog: QDialog, width: int) -> int:
    """Return the height in pixels that a dialog needs at this width, at which its sentences wrap."""
    layout = dialog.layout()
    if layout is None or not layout.hasHeightForWidth():
        return dialog.sizeHint().height()
    return layout.totalHeightForWidth(width)


def level_captions(fields: QFormLayout) -> None:
    """Align each caption with the first line of text in its field: Qt places it slightly too high."""
    line = QLineEdit().sizeHint().height()
    for row in range(fields.rowCount()):
        caption = fields.itemAt(row, QFormLayout.ItemRole.LabelRole)
        field = fields.itemAt(row, QFormLayout.ItemRole.FieldRole)
        label = caption.widget() if caption is not None else None
        if not isinstance(label, QLabel) or field is None or isinstance(field.widget(), QLabel):
            continue
        if isinstance(field.widget(), QPlainTextEdit):
            label.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
            label.setContentsMargins(0, 6, 0, 0)
        else:
            label.setMinimumHeight(line)


def say(label: QLabel, sentence: str, role: str = "bad") -> None:
    """Show one sentence in a label of a form, or hide the label if the sentence is empty."""
    label.setText(sentence)
    label.setProperty("role", role)
    label.style().polish(label)
    label.setVisible(bool(sentence))
    window = label.window()
    layout = window.layout()
    if isinstance(window, QDialog) and layout is not None and window.isVisible():
        # A sentence that wraps needs more height than the dialog was given.
        window.resize(window.width(), max(window.height(), layout.totalHeightForWidth(window.width())))
