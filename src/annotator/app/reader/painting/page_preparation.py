"""Prepares what the next paints need while the event loop is idle."""

import time
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPlainTextEdit

from annotator.app.reader.marks.shown_highlights import ShownHighlights
from annotator.app.reader.page.page_geometry import PageGeometry
from annotator.app.reader.painting.page_painter import PagePainter

_SLICE = 0.008
"""Maximum seconds of one slice of the preparation."""

_PICTURE_DELAY = 40
"""Milliseconds without scrolling before the picture of a page is made."""

_LANES_PER_SLICE = 4_000


class PagePreparation:
    """Computes the lanes of all highlights and the shapes of the pages before and after the visible one.

    The picture of the visible page is made after a pause. ``update_lanes`` is called after lanes were assigned.
    """

    def __init__(
        self,
        widget: QPlainTextEdit,
        geometry: PageGeometry,
        highlights: ShownHighlights,
        painter: PagePainter,
        update_lanes: Callable[[], object],
    ) -> None:
        self._widget = widget
        self._geometry = geometry
        self._highlights = highlights
        self._painter = painter
        self._update_lanes = update_lanes
        self._slices = QTimer(widget, singleShot=True, interval=0)
        self._slices.timeout.connect(self._run_slice)
        self._pause = QTimer(widget, singleShot=True, interval=_PICTURE_DELAY)
        self._pause.timeout.connect(painter.prepare_picture)

    def start(self) -> None:
        """Start when the event loop is idle next."""
        self._slices.start()

    def _run_slice(self) -> None:
        deadline = time.perf_counter() + _SLICE
        index, layout = self._highlights.index, self._geometry.layout
        index.assign_lanes(_LANES_PER_SLICE)
        self._update_lanes()
        layout.defer_size_changes(True)
        is_late = any(self._is_late(forward, deadline) for forward in (True, False))
        layout.defer_size_changes(False)
        layout.emit_size_change()
        if is_late or index.assign_lanes(0):
            self._slices.start()
        else:
            self._pause.start()

    def _is_late(self, forward: bool, deadline: float) -> bool:
        """Prepare the next or previous page; return whether the deadline passed first."""
        missing: float = self._widget.viewport().height()
        block = self._geometry.last_visible_block() if forward else self._widget.firstVisibleBlock()
        while block.isValid() and missing > 0:
            if time.perf_counter() > deadline:
                return True
            missing -= self._geometry.layout.blockBoundingRect(block).height()
            self._painter.shapes.of(block)
            block = block.next() if forward else block.previous()
        return False
