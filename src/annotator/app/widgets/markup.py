"""Rich text made by the program: markup with escaped values, and documents that load no resources."""

from collections.abc import Iterable
from html import escape
from typing import Any, NewType

from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QTextBrowser

Markup = NewType("Markup", str)
"""HTML that Annotator wrote, in which every value from outside is escaped."""


def markup(template: str, /, **values: object) -> Markup:
    """Return ``template`` with its fields replaced by ``values``, which are escaped and so shown as plain text.

    ``template`` is a literal of the source code: ``markup("<b>{name}</b>", name=label.name)``. A value that is
    ``Markup`` cannot be distinguished from other text and is escaped too; join pieces of markup with ``join_markup``.
    """
    return Markup(template.format(**{name: escaped(str(value)) for name, value in values.items()}))


def escaped(text: str) -> Markup:
    """Return markup that shows ``text`` as plain text, with its line breaks."""
    return Markup(escape(text).replace("\n", "<br>"))


def join_markup(separator: str, pieces: Iterable[Markup]) -> Markup:
    """Return the pieces of markup joined by ``separator``, which is markup too."""
    return Markup(separator.join(pieces))


def _nothing() -> QImage:
    """Return an invisible picture. With no picture at all, Qt would read the file itself."""
    picture = QImage(1, 1, QImage.Format.Format_ARGB32)
    picture.fill(0)
    return picture


class OfflineDocument(QTextDocument):
    """A text document that never loads pictures or style sheets, even if its markup refers to them."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        return _nothing()


class OfflineBrowser(QTextBrowser):
    """A view of rich text that loads no pictures or style sheets and does not open links."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        return _nothing()
