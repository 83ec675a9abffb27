"""Which highlights are under a point of a page: over its characters, or beside its lines in the gutter."""

from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtWidgets import QWidget

from annotator.app.reader.marks.shown_highlights import ShownHighlights
from annotator.app.reader.page.page_geometry import PageGeometry
from annotator.app.reader.painting.gutter import GutterShapes, ids_on
from annotator.app.reader.painting.highlight_shapes import Row
from annotator.app.reader.painting.page_painter import PagePainter


class GutterTarget(NamedTuple):
    """A target in the gutter: a highlight, or, without an id, the badge of a line with the highlights ``on_line``."""

    id: int | None
    on_line: list[int]


class _Line(NamedTuple):
    """A line with its highlights, the gutter shapes of its block, and the top of the block in the viewport."""

    row: Row
    beside: GutterShapes
    top: float


class HitTesting:
    """Finds highlights by points of ``viewport``, in its pixels."""

    def __init__(
        self, viewport: QWidget, geometry: PageGeometry, highlights: ShownHighlights, painter: PagePainter
    ) -> None:
        self._viewport = viewport
        self._geometry = geometry
        self._highlights = highlights
        self._shapes = painter.shapes
        self._gutter = painter.gutter

    def highlights_under(self, point: QPoint) -> list[int]:
        """Return the ids of the highlights over the character at a point, the innermost first."""
        position = self._geometry.position_at(point, on_text=True)
        return [] if position is None else self._highlights.index.at(position)

    def highlights_on_line(self, position: int) -> list[int]:
        """Return the ids of the highlights on the line of ``position``, by lane; the line must be visible."""
        line = self._line_at(self._geometry.rectangle(position).center())
        return [] if line is None else ids_on(line.row)

    def gutter_target(self, point: QPoint) -> GutterTarget | None:
        """Return the target in the gutter at a point; None if there is nothing or the point is not in the gutter."""
        line = self._line_at(point)
        if line is None or point.x() >= self._gutter.right:
            return None
        hit = self._gutter.hit(line.beside, line.row, QPointF(point.x(), point.y() - line.top))
        return None if hit is None else GutterTarget(hit.id, ids_on(line.row))

    def highlights_near(self, point: QPoint) -> tuple[list[int], QRect]:
        """Return the ids of the highlights at a point and the rectangle that a description of them must not cover.

        In the gutter these are the highlights of the line at its height, and the rectangle is the gutter beside it.
        """
        line = self._line_at(point)
        if line is not None and point.x() < self._gutter.right:
            height = line.row.bottom - line.row.top
            return ids_on(line.row), QRectF(0.0, line.top + line.row.top, self._gutter.right, height).toAlignedRect()
        ids = self.highlights_under(point)
        return ids, self._words_around(ids[0], point) if ids else QRect()

    def words_in_view(self, id_: int) -> QRect:
        """Return the rectangle around the visible words of a highlight with their underlines."""
        return self._geometry.visible_rectangle(self._highlights.by_id[id_].fragments)

    def _words_around(self, id_: int, point: QPoint) -> QRect:
        """Return the rectangle of the words of a highlight, or, of a long one, of those on the line at a point."""
        words = self.words_in_view(id_)
        if words.height() <= self._viewport.height() // 3:
            return words
        line = self._geometry.rectangle(self._geometry.position_at(point) or 0)
        return QRect(words.left(), line.top(), words.width(), line.height() + self._geometry.layout.line_gap)

    def _line_at(self, point: QPoint) -> _Line | None:
        """Return the line at the height of a point."""
        for block, top in self._geometry.blocks_in(QRect(0, point.y(), 1, 1)):
            drawn = self._shapes.of(block)
            for row in drawn.rows:
                if row.top <= point.y() - top < row.bottom + self._geometry.layout.line_gap:
                    return _Line(row, drawn.gutter, top)
        return None
