"""What is drawn behind the text of the blocks, kept until it changes, and a picture of the page in view."""

from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from annotator.app.reader.gutter import GutterShapes
from annotator.app.reader.highlight_painting import Stroke
from annotator.app.reader.highlight_shapes import Row


class Drawn(NamedTuple):
    """What is drawn for a block, until its highlights, their looks or its lines change."""

    rows: list[Row]
    strokes: list[Stroke]
    gutter: GutterShapes


class DrawnBlocks:
    """What is drawn for blocks, by block number. ``version`` is another number after each thing that is forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._blocks: dict[int, Drawn] = {}
        self.version = 0

    def get(self, number: int) -> Drawn | None:
        return self._blocks.get(number)

    def __contains__(self, number: int) -> bool:
        return number in self._blocks

    def put(self, number: int, drawn: Drawn) -> Drawn:
        """Keeps what is drawn for a block; where there is too much, all else is forgotten first."""
        if len(self._blocks) >= self._most:
            self._blocks.clear()
        self._blocks[number] = drawn
        return drawn

    def forget(self, first: int, last: int) -> None:
        """Forgets the blocks from ``first`` to ``last``."""
        for number in [number for number in self._blocks if first <= number <= last]:
            del self._blocks[number]
        self.version += 1

    def clear(self) -> None:
        self._blocks.clear()
        self.version += 1


class PageKey(NamedTuple):
    """What a picture of a page depends on."""

    first_block: int
    top: float
    size: QSize
    ratio: float
    version: int


class PagePicture:
    """The highlights of the page in view as one picture, which is made while nothing else is to be done.

    The caret that blinks and a selection that grows have a line or two painted anew, many times a second: with the
    picture at hand that is one copy, however many highlights there are.
    """

    def __init__(self) -> None:
        self._key: PageKey | None = None
        self._image = QImage()

    def holds(self, key: PageKey) -> bool:
        return self._key == key

    def begin(self, key: PageKey) -> QPainter:
        """A painter on the empty picture of the page ``key``."""
        size = key.size * key.ratio
        if self._image.size() != size:
            self._image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        self._image.setDevicePixelRatio(key.ratio)
        self._image.fill(Qt.GlobalColor.transparent)
        self._key = key
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return painter

    def paint(self, painter: QPainter, part: QRect) -> None:
        """Copies a part of the page, in pixels of the viewport."""
        ratio = self._image.devicePixelRatio()
        source = QRectF(part.x() * ratio, part.y() * ratio, part.width() * ratio, part.height() * ratio)
        painter.drawImage(QRectF(part), self._image, source)
