"""The parts of a page that are to be painted."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QPlainTextEdit

from annotator.app.reader.page.page_geometry import PageGeometry
from annotator.domain.spans import Span

_BEYOND_BLOCK = 3.0
"""Pixels by which outlines and handles reach beyond their block."""


class RepaintArea:
    """Requests paints of the viewport of ``widget``, in the next frame or earlier by ``paint_now``."""

    def __init__(self, widget: QPlainTextEdit, geometry: PageGeometry) -> None:
        self._widget = widget
        self._geometry = geometry
        self._unpainted = QRegion()
        widget.updateRequest.connect(self._on_update_request)

    def add_all(self) -> None:
        """Request a paint of the whole viewport."""
        self._add(self._widget.viewport().rect())

    def add_blocks_of(self, spans: Sequence[Span]) -> None:
        """Request a paint of the visible blocks of ``spans``."""
        visible = list(self._geometry.visible_blocks()) if spans else []
        width = self._widget.viewport().width()
        for span in spans:
            first, last = self._geometry.block_numbers_of(span)
            for block, top in visible:
                if first <= block.blockNumber() <= last:
                    height = self._geometry.layout.blockBoundingRect(block).height()
                    place = QRectF(0.0, top - _BEYOND_BLOCK, width, height + 2 * _BEYOND_BLOCK)
                    self._add(place.toAlignedRect())

    def remove(self, painted: QRegion) -> None:
        """Record that a region was painted."""
        self._unpainted -= painted

    def paint_now(self) -> None:
        """Paint what was requested immediately instead of in the next frame."""
        self._widget.viewport().repaint(self._unpainted)

    def _add(self, area: QRect) -> None:
        self._unpainted += area
        self._widget.viewport().update(area)

    def _on_update_request(self, _area: QRect, distance: int) -> None:
        # The areas recorded before the text was scrolled are those of other lines now.
        if distance and not self._unpainted.isEmpty():
            self.add_all()
