"""The shapes of the highlights of each block, computed when they are first needed."""

from collections.abc import Iterable

from PySide6.QtGui import QTextBlock

from annotator.app.reader.marks.shown_highlights import ShownHighlights
from annotator.app.reader.page.page_geometry import PageGeometry
from annotator.app.reader.painting.gutter import Gutter
from annotator.app.reader.painting.highlight_painting import HighlightPainter
from annotator.app.reader.painting.highlight_shapes import Piece, rows_of
from annotator.app.reader.painting.paint_cache import Drawn, DrawnBlocks
from annotator.domain.spans import Span, hull

_MAX_CACHED_BLOCKS = 600


class BlockShapes:
    """Computes the shapes of blocks and keeps them until the highlights, the styles or the lines change."""

    def __init__(
        self, geometry: PageGeometry, highlights: ShownHighlights, look: HighlightPainter, gutter: Gutter
    ) -> None:
        self._geometry = geometry
        self._highlights = highlights
        self._look = look
        self._gutter = gutter
        self._drawn = DrawnBlocks(_MAX_CACHED_BLOCKS)
        geometry.layout.block_laid_out.connect(self._invalidate_block)

    @property
    def version(self) -> int:
        """A number that changes whenever shapes become invalid."""
        return self._drawn.version

    def of(self, block: QTextBlock) -> Drawn:
        """Return the shapes of a laid-out block, in its pixels."""
        number = block.blockNumber()
        return self._drawn.get(number) or self._drawn.put(number, self._computed(block))

    def clear(self) -> None:
        """Discard all shapes."""
        self._drawn.clear()

    def invalidate(self, spans: Iterable[Span]) -> None:
        """Discard the shapes of the blocks of ``spans``."""
        for span in spans:
            self._drawn.remove(*self._geometry.block_numbers_of(span))

    def _invalidate_block(self, number: int) -> None:
        self._drawn.remove(number, number)

    def _computed(self, block: QTextBlock) -> Drawn:
        layout = self._geometry.layout
        rows = rows_of(block, self._pieces(block), layout.lane_pitch)
        beside = self._gutter.shapes_of(rows, layout.line_gap)
        return Drawn(rows, self._look.strokes_of(rows), beside)

    def _pieces(self, block: QTextBlock) -> list[Piece]:
        """Return the parts of the highlights in a block: their fragments, and the gaps between these."""
        start, end = self._geometry.range_of(block)
        first = block.position()
        to_qt = self._geometry.source.to_qt
        index, by_id = self._highlights.index, self._highlights.by_id
        pieces: list[Piece] = []
        for id_ in index.query(start, end):
            highlight = by_id[id_]
            key = (highlight.label_id, highlight.suggestion)
            lane = index.lane(id_)
            whole = hull(highlight.fragments)
            previous: Span | None = None
            for span in highlight.fragments:
                if previous is not None and previous.end < end and start < span.start:
                    gap = (to_qt(previous.end) - first, to_qt(span.start) - first)
                    pieces.append(Piece(id_, key, lane, *gap, begins=False, ends=False, is_gap=True))
                if span.start < end and start < span.end:
                    begins, ends = span.start == whole.start, span.end == whole.end
                    place = (to_qt(span.start) - first, to_qt(span.end) - first)
                    pieces.append(Piece(id_, key, lane, *place, begins=begins, ends=ends))
                previous = span
        return pieces
