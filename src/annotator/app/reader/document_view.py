"""The reading view: one document with its highlights, for reading, selecting and moving by keys."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QWidget

from annotator.app.reader.marks.page_marks import PageMarks
from annotator.app.reader.marks.search_hits import SearchHits
from annotator.app.reader.navigation.edge_dragging import EdgeDragging
from annotator.app.reader.navigation.hit_testing import HitTesting
from annotator.app.reader.navigation.mouse_input import MouseInput
from annotator.app.reader.navigation.navigable_text import NavigableText
from annotator.app.reader.navigation.text_units import unit_at
from annotator.app.reader.page.text_offsets import SourceText
from annotator.app.reader.painting.edge_handles import Handle
from annotator.app.reader.painting.page_painter import PagePainter
from annotator.app.reader.painting.page_preparation import PagePreparation
from annotator.app.reader.painting.repaint_area import RepaintArea
from annotator.app.style.label_style import Highlight, LabelStyle
from annotator.app.style.theme import Theme, theme_in_use
from annotator.domain.analysis.span_index import SpanIndex
from annotator.domain.spans import Span, hull

__all__ = ["DocumentView", "Highlight", "LabelStyle"]

_MAX_TOUCHED_SPANS = 64
"""Up to this number of changed spans only their lines are painted again."""

_FIRST_LANES = 500
"""The number of highlights that get a lane when they are set: enough for a first page in most texts."""


class DocumentView(NavigableText):
    """Shows a text and its highlights. All positions are code points of the canonical text.

    It does not depend on projects: it is given highlights, and emits what the user selects, clicks and requests.
    ``TextPage`` shows the text and ``NavigableText`` moves the caret; this class has the highlights. A ``PagePainter``
    paints them, and a ``MouseInput`` handles the mouse.
    """

    highlight_clicked = Signal(int)
    """The id of the clicked highlight; repeated clicks select the overlapping ones one after the other."""

    hovered = Signal(object, QRect)
    """Ids of the highlights under the resting mouse, the innermost first, and their rectangle on the screen."""

    marks_changed = Signal()
    """The text, the highlights or the search hits changed."""

    looks_changed = Signal()
    """The styles of the labels or the theme changed."""

    active_changed = Signal()

    line_clicked = Signal(object, QPoint)
    """Ids of the highlights on a line whose ``+n`` was clicked, and the point on the screen."""

    context_menu_requested = Signal(int, QPoint)
    """The position in the text, and the point on the screen."""

    reshape_requested = Signal(int, object)
    """The id of a highlight and its requested fragments, after one of its edges was dragged."""

    search_hits_changed = Signal()
    """The marked search hits changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentView")
        self.setAccessibleName("Document text")
        self._hint = "No document is open"
        self._spotlight_unit = ""
        self._marks = PageMarks()
        self._highlights = self._marks.highlights
        self._painter = PagePainter(self, self._geometry, self._marks)
        self._gutter = self._painter.gutter
        self._repaint = RepaintArea(self, self._geometry)
        self._preparation = PagePreparation(
            self, self._geometry, self._highlights, self._painter, self._widen_gutter_for_lanes
        )
        self._hits = HitTesting(self.viewport(), self._geometry, self._highlights, self._painter)
        edges = EdgeDragging(self, self)
        self._mouse = MouseInput(self, self._hits, edges)
        self._mouse.highlight_clicked.connect(self.highlight_clicked)
        self._mouse.line_clicked.connect(self.line_clicked)
        self._mouse.context_menu_requested.connect(self.context_menu_requested)
        self._mouse.hovered.connect(self.hovered)
        edges.reshape_requested.connect(self.reshape_requested)
        self.caret_moved.connect(self._follow_spotlight)
        self.clear_document()
        self.set_theme(theme_in_use())

    # The document

    def set_hint(self, hint: str) -> None:
        """Set the text shown in the middle while no document is open."""
        self._hint = hint
        self._repaint.add_all()

    def _show_source(self, source: SourceText, structure: Sequence[tuple[str, Span]]) -> None:
        self._marks.clear()
        self._painter.shapes.clear()
        self._mouse.reset()
        super()._show_source(source, structure)
        self._repaint.add_all()
        self.marks_changed.emit()

    # Highlights

    def set_highlights(self, highlights: Iterable[Highlight]) -> None:
        """Replace the highlights."""
        self._highlights.set_all(highlights)
        self._show_all_highlights()

    def put_highlights(self, highlights: Iterable[Highlight]) -> None:
        """Add highlights, or change those with the same id; only their lines are repainted."""
        touched = self._highlights.put(highlights)
        self._widen_gutter_for_lanes()
        self._update_blocks_of(touched)
        self.marks_changed.emit()

    def remove_highlights(self, ids: Iterable[int]) -> None:
        """Remove highlights; ids that are not shown are ignored."""
        self._update_blocks_of(self._highlights.remove(ids))
        self.marks_changed.emit()

    def set_hidden_labels(self, ids: Iterable[int]) -> None:
        """Hide the highlights of exactly these labels: they are neither painted nor found, and use no lane."""
        if self._highlights.hide_labels(ids):
            self._show_all_highlights()

    def paint_changes(self) -> None:
        """Paint the lines with changed highlights immediately instead of in the next frame."""
        self._repaint.paint_now()

    def highlights(self) -> list[Highlight]:
        """Return the highlights that are shown."""
        return list(self._highlights.by_id.values())

    def highlights_at(self, position: int) -> list[int]:
        """Return the ids of the highlights over the character at ``position``, the innermost first."""
        return self.index.at(position)

    def highlights_on_line(self, position: int) -> list[int]:
        """Return the ids of the highlights on the line of ``position``, by lane; the line must be visible."""
        return self._hits.highlights_on_line(position)

    @property
    def index(self) -> SpanIndex:
        """The highlights by place, for moving between them. The caller must not change it."""
        return self._highlights.index

    def words_rectangle(self, id_: int) -> QRect:
        """Return the rectangle of the visible words of a highlight on the screen; empty if none is visible."""
        words = self._hits.words_in_view(id_) if id_ in self._highlights.by_id else QRect()
        return QRect(self.viewport().mapToGlobal(words.topLeft()), words.size())

    def _show_all_highlights(self) -> None:
        # The others get their lanes while the event loop is idle.
        self.index.assign_lanes(_FIRST_LANES)
        self._set_lanes(max(1, self.index.depth))
        self._preparation.start()
        self.marks_changed.emit()

    def _update_blocks_of(self, spans: Sequence[Span]) -> None:
        """Compute the shapes of the blocks of ``spans`` again, and repaint the visible ones."""
        if len(spans) > _MAX_TOUCHED_SPANS:
            self._painter.shapes.clear()
            self._repaint.add_all()
            return
        self._painter.shapes.invalidate(spans)
        self._repaint.add_blocks_of(spans)

    # The active highlight

    def set_active(self, id_: int | None, cue: Sequence[Span] = (), mention: Sequence[Span] = ()) -> None:
        """Outline a highlight and underline its cue and its source mention; None for no highlight."""
        self._repaint.add_blocks_of(self._marks.active_spans())
        self._marks.active, self._marks.cue, self._marks.mention = id_, tuple(cue), tuple(mention)
        self._repaint.add_blocks_of(self._marks.active_spans())
        self.active_changed.emit()

    @property
    def active(self) -> int | None:
        return self._marks.active

    def active_span(self) -> Span | None:
        """Return the hull of the active highlight; None if there is none or it is hidden."""
        found = self._marks.active_highlight
        return None if found is None else hull(found.fragments)

    def set_reshaping(self, is_possible: bool) -> None:
        """Set whether the active highlight has handles at its edges."""
        self._marks.has_handles = is_possible
        self._repaint.add_blocks_of(self._marks.active_spans())

    def handles(self) -> list[Handle]:
        """Return the handles of the active highlight that are in view, in pixels of the viewport."""
        return self._painter.visible_handles()

    def show_fragments(self, id_: int, fragments: tuple[Span, ...]) -> None:
        """Show a highlight with other fragments, for example while one of its edges is dragged."""
        self.put_highlights([self._highlights.by_id[id_]._replace(fragments=fragments)])

    # Search hits, bookmarks and spotlight

    def set_search_hits(self, hits: Iterable[Span]) -> None:
        """Replace the marked search hits, which are separate and in text order."""
        self._marks.hits = hits if isinstance(hits, SearchHits) else SearchHits(hits)
        self._repaint.add_all()
        self.marks_changed.emit()
        self.search_hits_changed.emit()

    @property
    def search_hits(self) -> SearchHits:
        """The marked search hits. The caller must not change them."""
        return self._marks.hits

    def set_bookmarks(self, positions: Iterable[int]) -> None:
        """Mark these places with a ribbon beside their line."""
        self._marks.bookmarks = sorted(set(positions))
        self._repaint.add_all()

    def set_spotlight(self, unit: str) -> None:
        """Set the unit that is not dimmed: the ``sentence`` or ``paragraph`` at the caret; empty dims nothing."""
        self._spotlight_unit = unit
        self._follow_spotlight(self.caret())

    def _follow_spotlight(self, caret: int) -> None:
        spotlight = unit_at(self.text, caret, self._spotlight_unit) if self._spotlight_unit else None
        if spotlight != self._marks.spotlight:
            self._marks.spotlight = spotlight
            self._repaint.add_all()

    # Styles

    def set_label_styles(self, styles: dict[int, LabelStyle]) -> None:
        """Set the styles of labels by label id."""
        self._painter.look.styles = dict(styles)
        self._update_styles()

    def label_order(self) -> list[int]:
        """Return the ids of the labels in the order in which they were given."""
        return list(self._painter.look.styles)

    def label_style(self, label_id: int) -> LabelStyle:
        """Return the style of a label."""
        return self._painter.look.style(label_id)

    @property
    def theme(self) -> Theme:
        """The theme whose colours highlights use."""
        return self._painter.look.theme

    def set_theme(self, theme: Theme) -> None:
        """Use the highlight colours of a theme; the page colours come with the palette."""
        self._painter.look.theme = theme
        self.setPalette(_selection_palette(theme, self._selected_text_color()))
        self._update_styles()

    def _update_styles(self) -> None:
        self._painter.shapes.clear()
        self._repaint.add_all()
        self.looks_changed.emit()

    def _selected_text_color(self) -> QColor:
        if self.theme.is_high_contrast:
            return QColor(self.theme.on_selected)
        return self.palette().color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text)

    # The gutter

    def gutter_edge(self) -> float:
        """Return the x coordinate where the gutter ends, in pixels of the viewport."""
        return self._gutter.right

    def _place_column(self) -> None:
        """Place the lines beside the gutter."""
        self._left_margin = self._gutter.fit(self.viewport().width(), self._layout.reading_width)
        super()._place_column()
        self._gutter.right = self._layout.column.left
        self._gutter.set_font(self.font())
        self._painter.shapes.clear()

    def _widen_gutter_for_lanes(self) -> None:
        """Make the gutter wider if more lanes are in use."""
        if self.index.depth > self._gutter.lanes:
            self._set_lanes(self.index.depth)

    def _set_lanes(self, lanes: int) -> None:
        """Give the gutter the width that the bars and the badge need."""
        had_badge = self._gutter.has_badge
        self._gutter.lanes = lanes
        self._painter.shapes.clear()
        self._repaint.add_all()
        if self._gutter.has_badge != had_badge:
            with self._scroll.kept():
                self._place_column()

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._is_open:
            self._painter.paint_hint(self._hint)
            return
        self._layout.defer_size_changes(True)
        self._repaint.remove(event.region())
        was_prepared = self._painter.paint(event.rect())
        super().paintEvent(event)
        self._painter.dim(event.rect())
        self._layout.defer_size_changes(False)
        if self._layout.size_changed:
            self._size_timer.start()
        if not was_prepared:
            self._preparation.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            ink = self.palette().color(QPalette.ColorGroup.Active, QPalette.ColorRole.HighlightedText)
            if ink != self._selected_text_color():
                self.set_theme(self.theme)

    def event(self, event: QEvent) -> bool:
        # Checking the class of an event is faster than its type, and this runs at every paint and blink of the caret.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if self._mouse.cancels_drag(event):
                event.accept()
                return True
            # Keys of actions of the window take precedence.
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._mouse.cancels_drag(event):
            self._mouse.cancel_drag()
            return
        super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._mouse.hover(event)
            return True
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._mouse.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._mouse.double_click(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._mouse.release(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._mouse.request_menu(event)

    def set_snapping(self, snaps: bool) -> None:
        """Set whether a selection with the mouse snaps to whole words."""
        self._mouse.set_snapping(snaps)


def _selection_palette(theme: Theme, ink: QColor) -> QPalette:
    """Return a palette with the colours of a selection alone; all others follow the application."""
    selection = QColor(theme.selected)
    if not theme.is_high_contrast:
        # Translucent, so that highlights stay visible.
        selection = QColor("#4a90d9" if theme.is_dark else "#3b7ddd")
        selection.setAlpha(120 if theme.is_dark else 84)
    palette = QPalette()
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        palette.setColor(group, QPalette.ColorRole.Highlight, selection)
        palette.setColor(group, QPalette.ColorRole.HighlightedText, ink)
    return palette
