"""Mouse input in the text: selection by character, word and sentence, clicks, dragged edges, the context menu."""

import time
from typing import NamedTuple

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from annotator.app.reader.navigation.edge_dragging import EXACT, EdgeDragging
from annotator.app.reader.navigation.hit_testing import HitTesting
from annotator.app.reader.navigation.navigable_text import NavigableText
from annotator.app.reader.navigation.text_units import unit_at
from annotator.domain.spans import Span
from annotator.nlp import boundaries


class _Press(NamedTuple):
    """The start of a selection with the mouse: its unit, position and first span."""

    unit: str
    position: int
    span: Span


class MouseInput(QObject):
    """Handles the mouse events of a text; what is not handled here is left to QPlainTextEdit."""

    highlight_clicked = Signal(int)
    """The id of the clicked highlight; repeated clicks select the overlapping ones one after the other."""

    line_clicked = Signal(object, QPoint)
    """Ids of the highlights on a line whose ``+n`` was clicked, and the point on the screen."""

    context_menu_requested = Signal(int, QPoint)
    """The position in the text, and the point on the screen."""

    hovered = Signal(object, QRect)
    """Ids of the highlights under the resting mouse, the innermost first, and their rectangle on the screen."""

    def __init__(self, view: NavigableText, hits: HitTesting, edges: EdgeDragging) -> None:
        super().__init__(view)
        self._view = view
        self._hits = hits
        self._edges = edges
        self._press: _Press | None = None
        self._double_click: tuple[float, QPoint] | None = None
        self._clicked: int | None = None
        self._snaps = True

    def set_snapping(self, snaps: bool) -> None:
        """Set whether selections and edges snap to whole words."""
        self._snaps = self._edges.snaps = snaps

    def reset(self) -> None:
        """Reset for another text: the next click starts at the innermost highlight."""
        self._clicked = None
        self._edges.cancel()

    def cancels_drag(self, event: QKeyEvent) -> bool:
        """Return whether a key is Esc while an edge is dragged, which cancels the drag and triggers no action."""
        return self._edges.is_active and event.key() == Qt.Key.Key_Escape

    def cancel_drag(self) -> None:
        """Cancel the drag."""
        self._edges.cancel()

    def press(self, event: QMouseEvent) -> None:
        """Handle a press of a button."""
        view = self._view
        point = event.position().toPoint()
        position = view.position_at(point)
        if position is None or not view.is_open:
            return
        if event.button() == Qt.MouseButton.RightButton:
            span = view.selected_span()
            if span is None or not span.start <= position <= span.end:
                view.set_caret(position)
            return
        if event.button() != Qt.MouseButton.LeftButton:
            QPlainTextEdit.mousePressEvent(view, event)
            return
        if self._edges.begin(event) or self._press_gutter(point):
            return
        if self._follows_double_click(point):
            self._double_click = None
            self._begin_unit("sentence", point)
            return
        self._press = _Press("character", position, Span(position, position))
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            # Inside a selection Qt would start to drag the text, so that no new selection could begin there.
            view.set_caret(position)
        QPlainTextEdit.mousePressEvent(view, self._on_line(event))

    def double_click(self, event: QMouseEvent) -> None:
        """Select the word; a third click selects the sentence."""
        if event.button() == Qt.MouseButton.LeftButton and self._view.is_open and not self._edges.begin(event):
            if self._press_gutter(event.position().toPoint()):
                return
            self._double_click = (time.monotonic(), event.position().toPoint())
            self._begin_unit("word", event.position().toPoint())

    def move(self, event: QMouseEvent) -> None:
        """Handle a move of the mouse, with or without a pressed button."""
        view = self._view
        if self._edges.move(event):
            return
        if self._press is None or self._press.unit == "character":
            QPlainTextEdit.mouseMoveEvent(view, self._on_line(event))
            return
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        position = view.position_at(event.position().toPoint()) or 0
        here = unit_at(view.text, position, self._press.unit) or Span(position, position)
        span = self._press.span
        if here.start < span.start:
            view.select(span.end, here.start)
        else:
            view.select(span.start, max(span.end, here.end))

    def release(self, event: QMouseEvent) -> None:
        """Handle the release of a button."""
        view = self._view
        if event.button() == Qt.MouseButton.LeftButton and self._edges.release():
            return
        press, self._press = self._press, None
        if not view.is_open:
            return
        if press is None or event.button() != Qt.MouseButton.LeftButton:
            QPlainTextEdit.mouseReleaseEvent(view, event)
            return
        if press.unit != "character":
            return
        QPlainTextEdit.mouseReleaseEvent(view, self._on_line(event))
        span = view.selected_span()
        if span is None:
            self._click(event.position().toPoint())
        elif self._snaps and not event.modifiers() & EXACT:
            self._snap(span)

    def request_menu(self, event: QContextMenuEvent) -> None:
        """Request the context menu, opened by the mouse or its key."""
        view = self._view
        if not view.is_open:
            return
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            on_text = view.position_at(event.pos(), on_text=True)
            position = view.position_at(event.pos()) if on_text is None else on_text
            self.context_menu_requested.emit(position or 0, event.globalPos())
        else:
            place = view.cursorRect().bottomLeft()
            self.context_menu_requested.emit(view.caret(), view.viewport().mapToGlobal(place))
        event.accept()

    def hover(self, event: QHelpEvent) -> None:
        """Handle the mouse at rest."""
        ids, place = self._hits.highlights_near(event.pos())
        self.hovered.emit(ids, QRect(self._view.viewport().mapToGlobal(place.topLeft()), place.size()))
        event.setAccepted(bool(ids))

    def _press_gutter(self, point: QPoint) -> bool:
        """Handle a click beside the text: bars and initials select, ``+n`` lists all; return whether one was hit."""
        target = self._hits.gutter_target(point)
        if target is None:
            return False
        if target.id is None:
            self.line_clicked.emit(target.on_line, self._view.viewport().mapToGlobal(point))
        else:
            self.highlight_clicked.emit(target.id)
        return True

    def _begin_unit(self, unit: str, point: QPoint) -> None:
        view = self._view
        position = view.position_at(point) or 0
        on_text = view.position_at(point, on_text=True)
        span = unit_at(view.text, position if on_text is None else on_text, unit)
        if span is None:
            span = Span(position, position)
        self._press = _Press(unit, position, span)
        view.select(span.start, span.end)

    def _follows_double_click(self, point: QPoint) -> bool:
        if self._double_click is None:
            return False
        since, place = self._double_click
        near = (point - place).manhattanLength() < QApplication.startDragDistance()
        return near and time.monotonic() - since < QApplication.doubleClickInterval() / 1000

    def _snap(self, span: Span) -> None:
        view = self._view
        snapped = boundaries.snap_to_words(view.text, span)
        if snapped == span or not snapped:
            return
        if view.caret() == span.start:
            view.select(snapped.end, snapped.start)
        else:
            view.select(snapped.start, snapped.end)

    def _click(self, point: QPoint) -> None:
        ids = self._hits.highlights_under(point)
        if not ids:
            self._clicked = None
            return
        following = ids.index(self._clicked) + 1 if self._clicked in ids else 0
        self._clicked = ids[following % len(ids)]
        self.highlight_clicked.emit(self._clicked)

    def _on_line(self, event: QMouseEvent) -> QMouseEvent:
        """Return the event moved to the nearest line: Qt treats the gap between lines as the beginning of the next."""
        y = event.position().y()
        nearest = self._view.nearest_line(y)
        if nearest == y:
            return event
        moved = QPointF(event.position().x(), nearest)
        return QMouseEvent(
            event.type(),
            moved,
            event.globalPosition() + moved - event.position(),
            event.button(),
            event.buttons(),
            event.modifiers(),
            event.pointingDevice(),
        )
