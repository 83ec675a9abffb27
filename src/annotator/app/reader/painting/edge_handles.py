"""The handles at the edges of the active annotation: their positions, their click areas, and dragging."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QTextBlock

from annotator.app.reader.page.line_extents import extents_in, runs_right_to_left
from annotator.domain.spans import Span
from annotator.nlp import boundaries
from annotator.services.annotations.reshaping import Edge, Fragments, edge_moved, edges_of

if TYPE_CHECKING:
    from annotator.app.reader.document_view import DocumentView

EXACT = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier
"""Modifier keys with which the mouse selects by character instead of by word."""

_LEAST_RADIUS, _LARGEST_RADIUS = 2.5, 6.0
_TARGET = 16.0
_SCROLL_MARGIN = 12
_SCROLL_INTERVAL = 60


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
        """The area in which the mouse can grab it."""
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
    radius = min(max(line_gap / 2, _LEAST_RADIUS), _LARGEST_RADIUS)
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


class _Drag(NamedTuple):
    """The handle being dragged: its annotation, its original edge, and the distance of the mouse from the edge."""

    id: int
    edge: Edge
    before: Fragments
    offset: QPoint


class EdgeDragging:
    """Drags an edge of the active annotation: shows each position, and requests the change on release."""

    def __init__(self, view: "DocumentView") -> None:
        self._view = view
        self.snaps = True
        """Whether an edge snaps to whole words."""
        self._drag: _Drag | None = None
        self._shown: Fragments = ()
        self._last_move: tuple[QPoint, Qt.KeyboardModifier] = (QPoint(), Qt.KeyboardModifier.NoModifier)
        self._is_over = False
        self._scrolling = QTimer(view, interval=_SCROLL_INTERVAL)
        self._scrolling.timeout.connect(self._scroll)

    @property
    def is_on(self) -> bool:
        """Whether a handle is being dragged."""
        return self._drag is not None

    def begin(self, event: QMouseEvent) -> bool:
        """Start to drag the handle under the mouse; return whether there is one."""
        point = event.position().toPoint()
        handle = self._handle_at(point)
        if handle is None or self._view.active is None or event.button() != Qt.MouseButton.LeftButton:
            return False
        edge = QPointF(handle.x, (handle.top + handle.bottom) / 2).toPoint()
        self._shown = self._view.index.fragments(self._view.active)
        self._drag = _Drag(self._view.active, handle.edge, self._shown, edge - point)
        return True

    def move(self, event: QMouseEvent) -> bool:
        """Move the dragged edge to the mouse; return whether one is dragged. Over a handle the cursor changes."""
        point = event.position().toPoint()
        if self._drag is None:
            if not event.buttons():
                self._show_cursor(self._handle_at(point) is not None)
            return False
        self._last_move = point, event.modifiers()
        margin, height = _SCROLL_MARGIN, self._view.viewport().height()
        if margin <= point.y() < height - margin:
            self._scrolling.stop()
        elif not self._scrolling.isActive():
            self._scrolling.start()
        self._follow()
        return True

    def release(self) -> bool:
        """End the drag and request the new fragments; return whether an edge was dragged."""
        drag, shown = self._drag, self._shown
        if drag is None:
            return False
        if self._is_ours(drag):
            # The window shows only stored data: the response to the request shows the annotation again.
            self._view.show_fragments(drag.id, drag.before)
            self._end()
            if shown != drag.before:
                self._view.reshape_requested.emit(drag.id, shown)
        self._end()
        return True

    def cancel(self) -> None:
        """Cancel the drag and restore the edge."""
        if self._drag is not None and self._is_ours(self._drag):
            self._view.show_fragments(self._drag.id, self._drag.before)
        self._end()

    def _is_ours(self, drag: _Drag) -> bool:
        """Return whether the annotation is still active and unchanged: undo, for example, may change it meanwhile."""
        index = self._view.index
        return self._view.active == drag.id and drag.id in index and index.fragments(drag.id) == self._shown

    def _end(self) -> None:
        self._drag = None
        self._scrolling.stop()
        self._show_cursor(False)

    def _follow(self) -> None:
        view, drag = self._view, self._drag
        if drag is None:
            return
        if not self._is_ours(drag):
            self._end()
            return
        point, modifiers = self._last_move
        place = point + drag.offset
        place.setY(min(max(place.y(), 0), view.viewport().height() - 1))
        position = view.position_at(place)
        if position is None:
            return
        moved = edge_moved(view.text, drag.before, drag.edge, position, self._unit(modifiers))
        if moved != self._shown:
            self._shown = moved
            view.show_fragments(drag.id, moved)

    def _unit(self, modifiers: Qt.KeyboardModifier) -> str:
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            return "sentence"
        return "word" if self.snaps and not modifiers & EXACT else "character"

    def _scroll(self) -> None:
        down = self._last_move[0].y() > self._view.viewport().height() / 2
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + (1 if down else -1))
        self._follow()

    def _handle_at(self, point: QPoint) -> Handle | None:
        """Return the handle at a point; of several the one with the nearest knob."""
        under = [handle for handle in self._view.handles() if handle.target.contains(QPointF(point))]
        return min(under, key=lambda handle: (handle.knob - QPointF(point)).manhattanLength(), default=None)

    def _show_cursor(self, is_over: bool) -> None:
        if is_over != self._is_over:
            self._is_over = is_over
            shape = Qt.CursorShape.SizeHorCursor if is_over else Qt.CursorShape.IBeamCursor
            self._view.viewport().setCursor(shape)
