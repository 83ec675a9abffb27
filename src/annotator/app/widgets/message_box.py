"""Message boxes whose words are shown exactly as they are written."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget


class MessageBox(QMessageBox):
    """A message box that shows plain text only. ``QMessageBox`` and its static functions are used nowhere else."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setInformativeText(self, text: str) -> None:
        """Show ``text`` below the first sentence."""
        # Its label is made with the first text, and takes that for markup where it looks like it.
        super().setInformativeText(" ")
        for label in self.findChildren(QLabel):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setOpenExternalLinks(False)
        super().setInformativeText(text)
