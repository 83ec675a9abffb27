"""Labels that show text from outside as plain text.

A ``QLabel`` renders text that looks like HTML as markup, and opens the files and network shares that it names. The
text of articles, sources, claims and files cannot be trusted, so every label of the window is one of these two.
"""

from typing import overload

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from annotator.app.widgets.markup import Markup


class TextLabel(QLabel):
    """A label that shows plain text only, line breaks included.

    With a buddy, ``&`` marks the mnemonic key: text from outside then needs ``with_literal_ampersands``.
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
    """A label that shows markup made by ``markup``; it does not open links."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setOpenExternalLinks(False)

    def show_markup(self, text: Markup) -> None:
        """Replace the text shown."""
        self.setText(text)
