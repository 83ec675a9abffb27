"""Labels whose words are shown exactly as they are written.

By itself a ``QLabel`` takes words that look like HTML for markup, and opens the files and shares that they name. The
words of articles, sources, claims and files are other people's, so every label of the window is one of these two.
"""

from typing import overload

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from annotator.app.widgets.markup import Markup


class TextLabel(QLabel):
    """A label that shows plain text only, line breaks included.

    With a buddy, ``&`` marks the letter of the key: words from outside need ``with_literal_ampersands`` there.
    """

    @overload
    def __init__(self, parent: QWidget | None = None, /) -> None: ...
    @overload
    def __init__(self, text: str, parent: QWidget | None = None, /) -> None: ...
    def __init__(self, text: str | QWidget | None = None, parent: QWidget | None = None, /) -> None:
        super().__init__(parent if isinstance(text, str) else text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if isinstance(text, str):
            self.setText(text)


class MarkupLabel(QLabel):
    """A label that shows markup of our own, made by ``markup``; it opens no link."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setOpenExternalLinks(False)

    def show_markup(self, text: Markup) -> None:
        """Show ``text`` in place of what was shown."""
        self.setText(text)
