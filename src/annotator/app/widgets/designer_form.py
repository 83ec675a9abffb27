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
        # Only some dialogs are drawn with Qt Designer, and no window is that starts.
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


def size_for_font(dialog: QDialog, width: int, height: int) -> None:
    """Size a dialog that was drawn in ``width`` by ``height`` pixels for a font of 9 points, as far as the screen goes.

    A height of 0 stands for what the dialog asks for.
    """
    factor = max(1.0, dialog.fontMetrics().height() / _DRAWN_FONT_HEIGHT)
    room = dialog.screen().availableSize()
    across = max(min(round(width * factor), room.width()), dialog.minimumSizeHint().width())
    wanted = QSize(across, round(height * factor) or _height_for(dialog, across))
    dialog.resize(wanted.boundedTo(room).expandedTo(dialog.minimumSizeHint()))


def _height_for(dialog: QDialog, width: int) -> int:
    """Return the height that a dialog asks for at this width, at which its sentences wrap."""
    layout = dialog.layout()
    if layout is None or not layout.hasHeightForWidth():
        return dialog.sizeHint().height()
    return layout.totalHeightForWidth(width)


def level_captions(fields: QFormLayout) -> None:
    """Put each caption on the line of its field's first words: by itself Qt sets it a little too high."""
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
