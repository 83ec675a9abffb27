"""Message boxes whose text is always shown as plain text."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget


class MessageBox(QMessageBox):
    """A message box that shows plain text only. No other file uses ``QMessageBox`` or its static functions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setInformativeText(self, text: str) -> None:
        """Show ``text`` as plain text below the first sentence."""
        # Qt creates the label with the first text and renders a text that looks like markup as such.
        super().setInformativeText(" ")
        for label in self.findChildren(QLabel):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setOpenExternalLinks(False)
        super().setInformativeText(text)
