"""Dragging the edges of the active highlight by their handles."""

from typing import NamedTuple, Protocol

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from annotator.app.reader.painting.edge_handles import Handle
from annotator.domain.analysis.span_index import SpanIndex
from annotator.services.annotations.reshaping import Edge, Fragments, edge_moved

EXACT = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier
"""Modifier keys with which the mouse selects by character instead of by word."""

_SCROLL_MARGIN = 12
"""Pixels at the top and at the bottom of the viewport in which the mouse scrolls the text."""

_SCROLL_INTERVAL = 60
"""Milliseconds from one line to the next while the mouse scrolls."""


class ReshapableText(Protocol):
    """A text with an active highlight that can be shown with other fragments."""

    @property
    def text(self) -> str: ...
    @property
    def active(self) -> int | None: ...
    @property
    def index(self) -> SpanIndex: ...
    def handles(self) -> list[Handle]: ...
    def show_fragments(self, id_: int, fragments: Fragments) -> None: ...
    def position_at(self, point: QPoint, on_text: bool = False) -> int | None: ...
    def viewport(self) -> QWidget: ...
    def verticalScrollBar(self) -> QScrollBar: ...


class _Drag(NamedTuple):
    """The handle being dragged: its highlight, its original edge, and the distance of the mouse from the edge."""

    id: int
    edge: Edge
    before: Fragments
    offset: QPoint


class EdgeDragging(QObject):
    """Drags an edge of the active highlight: shows each position, and requests the change on release."""

    reshape_requested = Signal(int, object)
    """The id of a highlight and its requested fragments."""

    def __init__(self, view: ReshapableText, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self.snaps = True
        """Whether an edge snaps to whole words."""
        self._drag: _Drag | None = None
        self._shown: Fragments = ()
        self._last_move: tuple[QPoint, Qt.KeyboardModifier] = (QPoint(), Qt.KeyboardModifier.NoModifier)
        self._is_over = False
        self._scrolling = QTimer(self, interval=_SCROLL_INTERVAL)
        self._scrolling.timeout.connect(self._scroll)

    @property
    def is_active(self) -> bool:
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
            # The window shows only stored data: the response to the request shows the highlight again.
            self._view.show_fragments(drag.id, drag.before)
            self._end()
            if shown != drag.before:
                self.reshape_requested.emit(drag.id, shown)
        self._end()
        return True

    def cancel(self) -> None:
        """Cancel the drag and restore the edge."""
        if self._drag is not None and self._is_ours(self._drag):
            self._view.show_fragments(self._drag.id, self._drag.before)
        self._end()

    def _is_ours(self, drag: _Drag) -> bool:
        """Return whether the highlight is still active and unchanged: undo, for example, may change it meanwhile."""
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
