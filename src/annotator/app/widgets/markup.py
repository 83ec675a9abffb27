"""Rich text of our own: markup with escaped values, and documents that load nothing."""

from collections.abc import Iterable
from html import escape
from typing import Any, NewType

from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QTextBrowser

Markup = NewType("Markup", str)
"""HTML that Annotator wrote, in which every value from outside is escaped."""


def markup(template: str, /, **values: object) -> Markup:
    """Return ``template`` with its fields filled by ``values``, which are shown as they are written.

    ``template`` is a literal of the source code: ``markup("<b>{name}</b>", name=label.name)``. A value that is
    ``Markup`` cannot be told from other text and is escaped like it; join pieces of markup with ``join_markup``.
    """
    return Markup(template.format(**{name: escaped(str(value)) for name, value in values.items()}))


def escaped(text: str) -> Markup:
    """Return markup that shows ``text`` as it is written, with its line breaks."""
    return Markup(escape(text).replace("\n", "<br>"))


def join_markup(separator: str, pieces: Iterable[Markup]) -> Markup:
    """Return the pieces of markup one after the other, with ``separator``, which is markup, between them."""
    return Markup(separator.join(pieces))


def _nothing() -> QImage:
    """Return a picture that cannot be seen. For "no picture" Qt would go on and read the file by itself."""
    picture = QImage(1, 1, QImage.Format.Format_ARGB32)
    picture.fill(0)
    return picture


class OfflineDocument(QTextDocument):
    """A text document that loads no picture and no style sheet, whatever its markup names."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        return _nothing()


class OfflineBrowser(QTextBrowser):
    """A view of rich text that loads no picture and no style sheet, and opens no link by itself."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        return _nothing()
