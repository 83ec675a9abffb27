"""Paints the marks of a page behind its text, and dims all but the spotlight."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPalette, QTextBlock
from PySide6.QtWidgets import QPlainTextEdit

from annotator.app.reader.marks.page_marks import PageMarks
from annotator.app.reader.page.page_geometry import PageGeometry
from annotator.app.reader.painting.block_shapes import BlockShapes
from annotator.app.reader.painting.edge_handles import Handle, handles_in
from annotator.app.reader.painting.gutter import Gutter
from annotator.app.reader.painting.highlight_painting import HighlightPainter
from annotator.app.reader.painting.paint_cache import PageKey, PagePicture
from annotator.domain.spans import hull

_DIMMING_OPACITY = 0.5
"""The opacity of the page colour over dimmed text, which stays readable."""

_HINT_SIZE = 1.15
"""The size of the hint in font sizes."""

_HINT_MARGIN = 24


class PagePainter:
    """Paints on the viewport of ``widget``, with its palette. ``look``: the styles of labels and the theme."""

    def __init__(self, widget: QPlainTextEdit, geometry: PageGeometry, marks: PageMarks) -> None:
        self._widget = widget
        self._geometry = geometry
        self._marks = marks
        self._picture = PagePicture()
        self.look = HighlightPainter()
        self.gutter = Gutter(self.look)
        self.shapes = BlockShapes(geometry, marks.highlights, self.look, self.gutter)

    def paint(self, clip: QRect) -> bool:
        """Paint the marks in ``clip``; return whether the highlights were copied from the prepared picture."""
        painter = QPainter(self._widget.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marks = self._marks
        has_picture = self._picture.holds(self._page_key())
        if has_picture:
            self._picture.paint(painter, clip)
        if not has_picture or len(marks.hits) or marks.bookmarks or marks.active_highlight is not None:
            for block in self._moved_to_blocks(painter, clip):
                if not has_picture:
                    self._paint_highlights(painter, block)
                self._paint_marks(painter, block)
        painter.end()
        return has_picture

    def prepare_picture(self) -> None:
        """Make the picture of the highlights of the visible page if there is none."""
        key = self._page_key()
        if self._picture.holds(key):
            return
        painter = self._picture.begin(key)
        for block in self._moved_to_blocks(painter, self._widget.viewport().rect()):
            self._paint_highlights(painter, block)
        painter.end()

    def dim(self, clip: QRect) -> None:
        """Dim all but the spotlight and the gutter beside its lines, if there is a spotlight."""
        if self._marks.spotlight is None:
            return
        page = QPainterPath()
        page.addRect(QRectF(clip))
        spotlight = QPainterPath()
        spotlight.setFillRule(Qt.FillRule.WindingFill)
        line_gap, gutter_end = self._geometry.layout.line_gap, self.gutter.right - 4.0
        for block, top in self._geometry.blocks_in(clip):
            for extent in self._geometry.extents(block, [self._marks.spotlight]):
                place = extent.rect.translated(0.0, top).adjusted(-2.0, -1.0, 2.0, line_gap - 1.0)
                spotlight.addRect(place)
                spotlight.addRect(QRectF(0.0, place.top(), gutter_end, place.height()))
        painter = QPainter(self._widget.viewport())
        dimming = self._widget.palette().color(QPalette.ColorRole.Base)
        dimming.setAlphaF(_DIMMING_OPACITY)
        painter.fillPath(page.subtracted(spotlight), dimming)
        painter.end()

    def paint_hint(self, hint: str) -> None:
        """Paint a hint in the middle of an empty page."""
        painter = QPainter(self._widget.viewport())
        font = QFont(self._widget.font())
        font.setPointSizeF(font.pointSizeF() * _HINT_SIZE)
        painter.setFont(font)
        painter.setPen(self._widget.palette().color(QPalette.ColorRole.PlaceholderText))
        margin = _HINT_MARGIN
        area = self._widget.viewport().rect().adjusted(margin, margin, -margin, -margin)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, hint)
        painter.end()

    def visible_handles(self) -> list[Handle]:
        """Return the handles of the active highlight that are in view, in pixels of the viewport."""
        return [
            handle.moved(top) for block, top in self._geometry.visible_blocks() for handle in self._handles_in(block)
        ]

    def _moved_to_blocks(self, painter: QPainter, clip: QRect) -> Iterator[QTextBlock]:
        """Yield the blocks in ``clip``, with the painter moved to the place of each."""
        above = 0.0
        for block, top in self._geometry.blocks_in(clip):
            painter.translate(0.0, top - above)
            above = top
            yield block

    def _page_key(self) -> PageKey:
        viewport = self._widget.viewport()
        return PageKey(
            self._widget.firstVisibleBlock().blockNumber(),
            self._widget.contentOffset().y(),
            viewport.size(),
            viewport.devicePixelRatioF(),
            self.shapes.version,
        )

    def _paint_highlights(self, painter: QPainter, block: QTextBlock) -> None:
        drawn = self.shapes.of(block)
        if drawn.strokes:
            self.look.paint_strokes(painter, drawn.strokes)
            self.gutter.paint(painter, drawn.gutter, self._widget.palette())

    def _paint_marks(self, painter: QPainter, block: QTextBlock) -> None:
        """Paint the search hits and the active highlight, which change more often than the highlights below them."""
        marks, look, geometry = self._marks, self.look, self._geometry
        if marks.bookmarks:
            self.gutter.paint_ribbons(painter, self._bookmarked_lines(block), self._widget.palette())
        if hits := marks.hits.between(*geometry.range_of(block)):
            look.paint_hits(painter, geometry.extents(block, hits))
        active = marks.active_highlight
        if active is not None:
            palette = self._widget.palette()
            look.paint_outline(painter, geometry.extents(block, active.fragments), active.label_id)
            look.paint_handles(painter, self._handles_in(block), active.label_id, palette)
            look.paint_part(painter, geometry.extents(block, marks.mention), palette, is_cue=False)
            look.paint_part(painter, geometry.extents(block, marks.cue), palette, is_cue=True)

    def _bookmarked_lines(self, block: QTextBlock) -> list[QRectF]:
        """Return the lines of a block that have a bookmark, in its pixels."""
        start, end = self._geometry.range_of(block)
        bookmarks = self._marks.bookmarks
        inside = bookmarks[bisect_left(bookmarks, start) : bisect_right(bookmarks, end)]
        return self._geometry.line_rectangles(block, inside)

    def _handles_in(self, block: QTextBlock) -> list[Handle]:
        """Return the handles of the active highlight in a block, in its pixels; a suggestion has none."""
        active = self._marks.active_highlight
        if active is None or not self._marks.has_handles or active.suggestion:
            return []
        range_ = self._geometry.range_of(block)
        if not hull(active.fragments).overlaps(range_):
            return []
        source, line_gap = self._geometry.source, self._geometry.layout.line_gap
        return handles_in(block, range_, source.text, source.to_qt, active.fragments, line_gap)
