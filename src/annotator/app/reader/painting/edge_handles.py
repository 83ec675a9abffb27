"""The handles at the edges of the active annotation: their positions and the areas in which the mouse takes them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTextBlock

from annotator.app.reader.page.line_extents import extents_in, runs_right_to_left
from annotator.domain.spans import Span
from annotator.nlp import boundaries
from annotator.services.annotations.reshaping import Edge, edges_of

_MIN_RADIUS, _MAX_RADIUS = 2.5, 6.0
_TARGET = 16.0


class Handle(NamedTuple):
    """A handle, in pixels: a stem along the edge, and a knob in the gap below the line.

    ``side``: -1 if the knob is to the left of the edge, 1 if to the right, 0 for an edge beside a gap, whose
    neighbour may be only one character away.
    """

    edge: Edge
    x: float
    top: float
    bottom: float
    side: int
    radius: float

    @property
    def knob(self) -> QPointF:
        """The middle of the knob."""
        return QPointF(self.x + self.side * self.radius, self.bottom + self.radius)

    @property
    def target(self) -> QRectF:
        """The area in which the mouse can take it."""
        height = max(12.0, 2 * self.radius + 3.0)
        return QRectF(self.knob.x() - _TARGET / 2, self.bottom - 1.0, _TARGET, height)

    def moved(self, dy: float) -> "Handle":
        """Return the handle moved down by ``dy`` pixels."""
        return self._replace(top=self.top + dy, bottom=self.bottom + dy)


def handles_in(
    block: QTextBlock, range_: Span, text: str, to_qt: Callable[[int], int], fragments: Sequence[Span], line_gap: float
) -> list[Handle]:
    """Return the handles in a laid-out block, which shows ``range_`` of the text, in pixels of the block."""
    handles = []
    radius = min(max(line_gap / 2, _MIN_RADIUS), _MAX_RADIUS)
    extents_of = extents_in(block)
    last = len(fragments) - 1
    for edge in edges_of(fragments):
        at = edge.of(fragments)
        if edge.at_start:
            character = Span(at, boundaries.next_character(text, at))
        else:
            character = Span(boundaries.previous_character(text, at), at)
        if not (range_.start <= character.start < range_.end):
            continue
        start, end = to_qt(character.start) - block.position(), to_qt(character.end) - block.position()
        extents = extents_of(start, end)
        if not extents:
            continue
        rect = extents[0].rect
        at_left = edge.at_start != runs_right_to_left(block, start, end)
        is_outer = edge in (Edge(0, True), Edge(last, False))
        side = (-1 if at_left else 1) if is_outer else 0
        handles.append(Handle(edge, rect.left() if at_left else rect.right(), rect.top(), rect.bottom(), side, radius))
    return handles
