"""Caches of the shapes behind the text of blocks, and of the visible page as a picture."""

from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from annotator.app.reader.painting.gutter import GutterShapes
from annotator.app.reader.painting.highlight_painting import Stroke
from annotator.app.reader.painting.highlight_shapes import Row


class Drawn(NamedTuple):
    """The shapes of a block, valid until its highlights, their styles or its lines change."""

    rows: list[Row]
    strokes: list[Stroke]
    gutter: GutterShapes


class DrawnBlocks:
    """The shapes of blocks by block number. ``version`` changes whenever an entry is removed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._blocks: dict[int, Drawn] = {}
        self.version = 0

    def get(self, number: int) -> Drawn | None:
        return self._blocks.get(number)

    def __contains__(self, number: int) -> bool:
        return number in self._blocks

    def put(self, number: int, drawn: Drawn) -> Drawn:
        """Store the shapes of a block; if the cache is full, clear it first."""
        if len(self._blocks) >= self._most:
            self._blocks.clear()
        self._blocks[number] = drawn
        return drawn

    def remove(self, first: int, last: int) -> None:
        """Remove the blocks from ``first`` to ``last``."""
        for number in [number for number in self._blocks if first <= number <= last]:
            del self._blocks[number]
        self.version += 1

    def clear(self) -> None:
        self._blocks.clear()
        self.version += 1


class PageKey(NamedTuple):
    """The values on which the picture of a page depends."""

    first_block: int
    top: float
    size: QSize
    ratio: float
    version: int


class PagePicture:
    """The highlights of the visible page as one picture, made while the event loop is idle.

    The blinking caret and a growing selection repaint a line or two many times a second; with the picture, each repaint
    is one copy, however many highlights there are.
    """

    def __init__(self) -> None:
        self._key: PageKey | None = None
        self._image = QImage()

    def holds(self, key: PageKey) -> bool:
        return self._key == key

    def begin(self, key: PageKey) -> QPainter:
        """Return a painter for the empty picture of the page ``key``."""
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
        """Copy a part of the page, in pixels of the viewport."""
        ratio = self._image.devicePixelRatio()
        source = QRectF(part.x() * ratio, part.y() * ratio, part.width() * ratio, part.height() * ratio)
        painter.drawImage(QRectF(part), self._image, source)
