"""The reading view: one document with its highlights, for reading, selecting and moving by keys."""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, QRectF, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QRegion,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from annotator.app.reader.marks.search_hits import SearchHits
from annotator.app.reader.navigation.mouse_input import DocumentPointing
from annotator.app.reader.navigation.text_units import step, unit_at
from annotator.app.reader.page.document_layout import Column, ReadingLayout
from annotator.app.reader.page.line_extents import Extent, extents_in
from annotator.app.reader.page.text_offsets import SourceText
from annotator.app.reader.painting.edge_handles import Handle, handles_in
from annotator.app.reader.painting.gutter import FULL_WIDTH, Gutter, GutterShapes, ids_on
from annotator.app.reader.painting.highlight_painting import HighlightPainter
from annotator.app.reader.painting.highlight_shapes import Piece, Row, rows_of
from annotator.app.reader.painting.paint_cache import Drawn, DrawnBlocks, PageKey, PagePicture
from annotator.app.style.label_style import Highlight, LabelStyle
from annotator.app.style.theme import Theme, theme_in_use
from annotator.domain.analysis.span_index import SpanIndex
from annotator.domain.spans import Span, hull
from annotator.nlp import boundaries

__all__ = ["DocumentView", "Highlight", "LabelStyle"]

SMALLEST_TEXT, LARGEST_TEXT = 6.0, 60.0
"""The limits of the text size in points."""

_ZOOM_FACTOR = 1.1
_MARGIN = 28
_RIGHT_MARGIN = 28.0
_CACHED_BLOCKS = 600
_TOUCHED_AT_MOST = 64
_SEED_AT_ONCE = 400_000
_SEED_DELAY = 100
_SLICE = 0.008
"""Maximum seconds of one slice of preparing pages ahead."""

_PAGE_DELAY = 40
"""Milliseconds without scrolling before the picture of a page is made."""

_LANES_AT_ONCE = 500
_LANES_A_SLICE = 4_000

_VEIL = 0.5
"""The opacity of the page colour over dimmed text, which stays readable."""

_BYTE_ORDER_MARKS = ("\ufeff", "\ufffe")


class DocumentView(QPlainTextEdit):
    """Shows a text and its highlights. All positions are code points of the canonical text.

    It does not depend on projects: it is given highlights, and emits what the user selects, clicks and requests.
    """

    selection_changed = Signal(object)
    """The selected Span, or None."""

    caret_moved = Signal(int)
    highlight_clicked = Signal(int)
    """The id of the clicked highlight; repeated clicks select the overlapping ones in turn."""

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

    text_sized = Signal(float)
    """The new size of the text in points."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentView")
        self.setAccessibleName("Document text")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setMouseTracking(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A scroll bar that appears and disappears with the length of a text would change every line break.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setCursorWidth(2)

        # One document for all texts: its layout and the widget refer to each other and must not be separated.
        self._document = QTextDocument(self)
        self._document.setUndoRedoEnabled(False)
        self._document.setDefaultFont(self.font())
        self._document.setDocumentMargin(_MARGIN)
        self._layout = ReadingLayout(self._document)
        self._source = SourceText("")
        self._is_open = False
        self._hint = "No document is open"
        self._highlights: dict[int, Highlight] = {}
        self._bookmarks: list[int] = []
        self._hidden_labels: frozenset[int] = frozenset()
        self._withheld: dict[int, Highlight] = {}
        self._index = SpanIndex()
        self._drawn = DrawnBlocks(_CACHED_BLOCKS)
        self._page = PagePicture()
        self._unpainted = QRegion()
        self._active: int | None = None
        self._has_handles = False
        self._cue: tuple[Span, ...] = ()
        self._mention: tuple[Span, ...] = ()
        self._hits = SearchHits()
        self._look = HighlightPainter()
        self._gutter = Gutter(self._look)
        self._top = 0
        self._spotlight = ""
        self._lit: Span | None = None
        self._pointing = DocumentPointing(self)
        self._grown: list[tuple[Span, Span]] = []
        self._default_size = self.font().pointSizeF()
        self._text_font: QFont | None = None
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))

        self._layout.block_laid_out.connect(self._drop_drawn)
        self._document.setDocumentLayout(self._layout)
        self.setDocument(self._document)
        self._seed_timer = QTimer(self, singleShot=True, interval=_SEED_DELAY)
        self._seed_timer.timeout.connect(self._seed_and_return)
        self._ahead_timer = QTimer(self, singleShot=True, interval=0)
        self._ahead_timer.timeout.connect(self._prepare_ahead)
        self._page_timer = QTimer(self, singleShot=True, interval=_PAGE_DELAY)
        self._page_timer.timeout.connect(self._draw_page)
        self._size_timer = QTimer(self, singleShot=True, interval=0)
        self._size_timer.timeout.connect(self._announce_size)
        self.selectionChanged.connect(self._on_selection_changed)
        self.cursorPositionChanged.connect(self._on_caret_moved)
        self.updateRequest.connect(self._on_update_request)
        self._show_source(SourceText(""), ())
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.set_theme(theme_in_use())

    # The document

    @property
    def text(self) -> str:
        """The canonical text; empty when no document is open."""
        return self._source.text

    @property
    def is_open(self) -> bool:
        return self._is_open

    def set_document(self, text: str, structure: Sequence[tuple[str, Span]] = ()) -> None:
        """Show a text from its beginning, without highlights.

        ``structure`` names spans as ``title``, ``heading`` or ``lead``.
        """
        self._is_open = True
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._show_source(SourceText(text), structure)

    def clear_document(self) -> None:
        """Show the hint that no document is open."""
        self._is_open = False
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._show_source(SourceText(""), ())

    def set_hint(self, hint: str) -> None:
        """Set the text shown in the middle while no document is open."""
        self._hint = hint
        self._update_area()

    # Highlights

    def set_label_styles(self, styles: dict[int, LabelStyle]) -> None:
        """Set the styles of labels by label id."""
        self._look.styles = dict(styles)
        self._drawn.clear()
        self._update_area()
        self.looks_changed.emit()

    def set_highlights(self, highlights: Iterable[Highlight]) -> None:
        """Replace the highlights."""
        self._highlights, self._withheld = {}, {}
        self._highlights = {highlight.id: highlight for highlight in self._shown_of(highlights)}
        self._index = SpanIndex((highlight.id, highlight.fragments) for highlight in self._highlights.values())
        # Enough for a first page in most texts; the others follow while the event loop is idle.
        self._index.assign_lanes(_LANES_AT_ONCE)
        self._set_lanes(max(1, self._index.depth))
        self._ahead_timer.start()
        self.marks_changed.emit()

    def put_highlights(self, highlights: Iterable[Highlight]) -> None:
        """Add highlights, or change those with the same id; only their lines are repainted."""
        touched: list[Span] = []
        for highlight in self._shown_of(highlights):
            before = self._highlights.get(highlight.id)
            if before is not None:
                touched.append(hull(before.fragments))
            self._highlights[highlight.id] = highlight
            self._index.replace(highlight.id, highlight.fragments)
            touched.append(hull(highlight.fragments))
        if self._index.depth > self._gutter.lanes:
            self._set_lanes(self._index.depth)
        self._touch(touched)
        self.marks_changed.emit()

    def paint_changes(self) -> None:
        """Paint the lines with changed highlights immediately instead of in the next frame."""
        self.viewport().repaint(self._unpainted)

    def _set_lanes(self, lanes: int) -> None:
        """Give the gutter the width that the bars and the badge need."""
        had_badge = self._gutter.has_badge
        self._gutter.lanes = lanes
        self._drawn.clear()
        self._update_area()
        if self._gutter.has_badge != had_badge:
            with self._kept_top():
                self._place_column()

    def remove_highlights(self, ids: Iterable[int]) -> None:
        """Remove highlights; ids that are not shown are ignored."""
        known = []
        for id_ in dict.fromkeys(ids):
            self._withheld.pop(id_, None)
            if self._highlights.pop(id_, None) is not None:
                known.append(id_)
        self._touch([hull(self._index.remove(id_)) for id_ in known])
        self.marks_changed.emit()

    def set_hidden_labels(self, ids: Iterable[int]) -> None:
        """Hide the highlights of exactly these labels: they are neither painted nor found, and use no lane."""
        hidden = frozenset(ids)
        if hidden != self._hidden_labels:
            self._hidden_labels = hidden
            self.set_highlights([*self._highlights.values(), *self._withheld.values()])

    def _shown_of(self, highlights: Iterable[Highlight]) -> Iterable[Highlight]:
        """Return those of ``highlights`` to be shown; the others are kept until their label is shown again."""
        if not self._hidden_labels and not self._withheld:
            return highlights
        given = list(highlights)
        self.remove_highlights(highlight.id for highlight in given if highlight.label_id in self._hidden_labels)
        shown = [highlight for highlight in given if highlight.label_id not in self._hidden_labels]
        self._withheld.update((found.id, found) for found in given if found.label_id in self._hidden_labels)
        for highlight in shown:
            self._withheld.pop(highlight.id, None)
        return shown

    def highlights_at(self, position: int) -> list[int]:
        """Return the ids of the highlights over the character at ``position``, the innermost first."""
        return self._index.at(position)

    @property
    def index(self) -> SpanIndex:
        """The highlights by place, for moving between them. The caller must not change it."""
        return self._index

    def set_active(self, id_: int | None, cue: Sequence[Span] = (), mention: Sequence[Span] = ()) -> None:
        """Outline a highlight and underlines its cue and its source mention; None for no highlight."""
        self._update_active()
        self._active, self._cue, self._mention = id_, tuple(cue), tuple(mention)
        self._update_active()
        self.active_changed.emit()

    @property
    def active(self) -> int | None:
        return self._active

    def set_reshaping(self, is_possible: bool) -> None:
        """Set whether the active highlight has handles at its edges."""
        self._has_handles = is_possible
        self._update_active()

    def handles(self) -> list[Handle]:
        """Return the handles of the active highlight that are in view, in pixels of the viewport."""
        return [
            handle.moved(top)
            for block, top in self._blocks_in(self.viewport().rect())
            for handle in self._handles_in(block)
        ]

    def show_fragments(self, id_: int, fragments: tuple[Span, ...]) -> None:
        """Show a highlight with other fragments, for example while one of its edges is dragged."""
        self.put_highlights([self._highlights[id_]._replace(fragments=fragments)])

    def active_span(self) -> Span | None:
        """Return the hull of the active highlight; None if there is none or it is hidden."""
        found = self._highlights.get(self._active) if self._active is not None else None
        return hull(found.fragments) if found is not None else None

    def highlights(self) -> list[Highlight]:
        """Return the highlights that are shown."""
        return list(self._highlights.values())

    def label_order(self) -> list[int]:
        """Return the ids of the labels in the order in which they were given."""
        return list(self._look.styles)

    def is_suggestion(self, id_: int) -> bool:
        """Return whether a highlight is a suggestion."""
        return id_ in self._highlights and self._highlights[id_].suggestion

    def label_style(self, label_id: int) -> LabelStyle:
        """Return the style of a label."""
        return self._look.style(label_id)

    @property
    def theme(self) -> Theme:
        """The theme whose colours highlights use."""
        return self._look.theme

    def set_search_hits(self, hits: Iterable[Span]) -> None:
        """Replace the marked search hits, which are separate and in text order."""
        self._hits = hits if isinstance(hits, SearchHits) else SearchHits(hits)
        self._update_area()
        self.marks_changed.emit()
        self.search_hits_changed.emit()

    def set_bookmarks(self, positions: Iterable[int]) -> None:
        """Mark these places with a ribbon beside their line."""
        self._bookmarks = sorted(set(positions))
        self._update_area()

    @property
    def search_hits(self) -> SearchHits:
        """The marked search hits. The caller must not change them."""
        return self._hits

    # Caret and selection

    def select(self, start: int, end: int) -> None:
        """Select ``[start, end)`` with the caret at ``end`` and shows it; positions are clamped to the text."""
        self._grown.clear()
        self._set_cursor(start, end)

    def selected_span(self) -> Span | None:
        """Return the selected span; None if nothing is selected."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            return None
        span = self._source.span_from_qt(cursor.selectionStart(), cursor.selectionEnd())
        return span if span.start < span.end else None

    def caret(self) -> int:
        return self._source.from_qt(self.textCursor().position())

    def anchor(self) -> int:
        """Return the other end of the selection; the caret if nothing is selected."""
        return self._source.from_qt(self.textCursor().anchor())

    def set_caret(self, position: int, keep_anchor: bool = False) -> None:
        """Move the caret and show it; with ``keep_anchor`` extend the selection to it."""
        self._grown.clear()
        self._set_cursor(self.anchor() if keep_anchor else position, position)

    def move_by(self, unit: str, forward: bool, extend: bool = False) -> None:
        """Move the caret by a character, word, sentence, paragraph, line or page; ``extend`` keeps the anchor."""
        if unit in ("line", "page"):
            self._move_by_lines(1 if unit == "line" else self._lines_per_page(), forward, extend)
            return
        span = self.selected_span()
        if span is not None and not extend and unit == "character":
            self.set_caret(span.end if forward else span.start)
            return
        self.set_caret(step(self.text, self.caret(), unit, forward, extend), keep_anchor=extend)

    def select_unit(self, unit: str) -> None:
        """Select the word, clause, sentence or paragraph at the caret."""
        span = self.selected_span()
        found = unit_at(self.text, span.start if span else self.caret(), unit)
        if found:
            self.select(found.start, found.end)

    def select_clause(self, forward: bool) -> None:
        """Select the clause at the caret, or, if one is selected, the next or previous clause.

        Backward without a selection, it is the last clause of the sentence, which in news mostly is the content.
        """
        text, span = self.text, self.selected_span()
        if span is not None and span == boundaries.clause_at(text, span.start):
            found = boundaries.next_clause(text, span.end) if forward else boundaries.previous_clause(text, span.start)
        elif span is None and not forward:
            found = boundaries.previous_clause(text, boundaries.sentence_at(text, self.caret()).end)
        else:
            found = unit_at(text, span.start if span else self.caret(), "clause")
        if found:
            self.select(found.start, found.end)

    def grow_selection(self) -> None:
        """Select the next larger unit around the selection, or the word at the caret."""
        before = self.selected_span() or Span(self.caret(), self.caret())
        grown = boundaries.growing(self.text, before)
        if grown and grown != before:
            self._set_cursor(grown.start, grown.end)
            self._grown.append((before, grown))

    def shrink_selection(self) -> None:
        """Undo the last growth, or else select the next smaller unit inside the selection."""
        span = self.selected_span()
        if span is None:
            return
        if self._grown and self._grown[-1][1] == span:
            smaller = self._grown.pop()[0]
        else:
            smaller = boundaries.shrinking(self.text, span, self.anchor())
        if smaller:
            self._set_cursor(smaller.start, smaller.end)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Return the selected part of the canonical text: Qt's copy of the text has other characters."""
        data = QMimeData()
        span = self.selected_span()
        text = span.of(self.text) if span else ""
        if text.startswith(_BYTE_ORDER_MARKS):
            # As a string, PySide would treat these characters as byte order marks.
            data.setData("text/plain", text.encode(errors="replace"))
        else:
            data.setText(text)
        return data

    # Places

    def visible_span(self) -> Span:
        """Return the span from the first character of the top line to the last of the bottom line."""
        start: int | None = None
        end = 0
        height = self.viewport().height()
        for block, top in self._blocks_in(QRect(0, 0, 1, height)):
            for number in range(block.layout().lineCount()):
                line = block.layout().lineAt(number)
                if top + line.y() + line.height() > 0 and top + line.y() < height:
                    begin = block.position() + line.textStart()
                    start = begin if start is None else start
                    end = begin + line.textLength()
        return self._source.span_from_qt(start or 0, end)

    def scroll_to(self, span: Span) -> None:
        """Scroll to the start of ``span`` if it is not visible, with some lines of context above; the caret stays."""
        place = self.rectangle(span.start)
        if place.top() >= 0 and place.bottom() <= self.viewport().height():
            return
        self._scroll_to_line(span.start, lines_above=max(1, self._lines_per_page() // 3))

    def bring_to_middle(self, position: int) -> None:
        """Scroll the line of ``position`` to the middle, as far as the text allows; the caret stays."""
        self._scroll_to_line(position, lines_above=self._lines_per_page() // 2)

    def standing(self) -> tuple[int, int, int]:
        """Return the anchor, the caret, and the first character of the top line, for ``restore``."""
        top = 0 if self.verticalScrollBar().value() == 0 else self.visible_span().start
        return self.anchor(), self.caret(), top

    def restore(self, anchor: int, caret: int, top: int) -> None:
        """Restore anchor, caret and top line; the caret is visible even if the line breaks have changed."""
        self._grown.clear()
        self._set_cursor(anchor, caret)
        self._scroll_to_line(top)
        self.scroll_to(Span(caret, caret))

    def rectangle(self, position: int) -> QRect:
        """Return the rectangle of a caret at ``position``, in pixels of the viewport."""
        cursor = QTextCursor(self._document)
        cursor.setPosition(self._source.to_qt(position))
        return self.cursorRect(cursor)

    def words_rectangle(self, id_: int) -> QRect:
        """Return the rectangle of the visible words of a highlight on the screen; empty if none is visible."""
        words = self._words_in_view(id_) if id_ in self._highlights else QRect()
        return QRect(self.viewport().mapToGlobal(words.topLeft()), words.size())

    def highlights_on_line(self, position: int) -> list[int]:
        """Return the ids of the highlights on the line of ``position``, by lane; the line must be visible."""
        place = self._row_at(self.rectangle(position).center())
        return ids_on(place[0]) if place is not None else []

    def press_gutter(self, point: QPoint) -> bool:
        """Handle a click beside the text: bars and initials select, ``+n`` lists all; return whether one was hit."""
        place = self._row_at(point)
        if place is None or point.x() >= self._gutter.right:
            return False
        row, beside, top = place
        hit = self._gutter.hit(beside, row, QPointF(point.x(), point.y() - top))
        if hit is None:
            return False
        if hit.id is None:
            self.line_clicked.emit(ids_on(row), self.viewport().mapToGlobal(point))
        else:
            self.highlight_clicked.emit(hit.id)
        return True

    def gutter_edge(self) -> float:
        """Return the x coordinate where the gutter ends, in pixels of the viewport."""
        return self._gutter.right

    def position_at(self, point: QPoint, on_text: bool = False) -> int | None:
        """Return the position nearest to a point of the viewport; with ``on_text`` the character under it, or None."""
        for block, top in self._blocks_in(QRect(0, point.y(), 1, 1)):
            layout = block.layout()
            for number in range(layout.lineCount()):
                line = layout.lineAt(number)
                rect = QRectF(line.naturalTextRect())
                if number + 1 < layout.lineCount() and point.y() - top >= layout.lineAt(number + 1).y():
                    continue
                if not on_text:
                    return self._source.from_qt(block.position() + line.xToCursor(point.x()))
                if not rect.contains(QPointF(point.x(), point.y() - top)):
                    return None
                between = line.xToCursor(point.x(), type(line).CursorPosition.CursorOnCharacter)
                return self._source.from_qt(block.position() + between)
        return None if on_text else len(self.text)

    def nearest_line(self, y: float) -> float:
        """Return ``y``, or, between two lines, the nearest coordinate on a line, in pixels of the viewport."""
        nearest = y
        for block, top in islice(self._blocks_in(QRect(0, int(y), 1, 1)), 1):
            layout = block.layout()
            for number in range(layout.lineCount()):
                line = layout.lineAt(number)
                if number and y - top < line.y():
                    break
                nearest = min(max(y, top + line.y() + 0.5), top + line.y() + line.height() - 1.0)
        return nearest

    # Looks

    def set_theme(self, theme: Theme) -> None:
        """Use the highlight colours of a theme; the page colours come with the palette."""
        self._look.theme = theme
        # Only these two roles are set here; all others follow the application.
        palette = QPalette()
        ink, selection = self._ink_of_selection(), QColor(theme.selected)
        if not theme.is_high_contrast:
            # Translucent, so that highlights stay visible.
            selection = QColor("#4a90d9" if theme.is_dark else "#3b7ddd")
            selection.setAlpha(120 if theme.is_dark else 84)
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, QPalette.ColorRole.Highlight, selection)
            palette.setColor(group, QPalette.ColorRole.HighlightedText, ink)
        self.setPalette(palette)
        self._drawn.clear()
        self._update_area()
        self.looks_changed.emit()

    def _ink_of_selection(self) -> QColor:
        theme = self._look.theme
        if theme.is_high_contrast:
            return QColor(theme.on_selected)
        return self.palette().color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text)

    def set_text_font(self, font: QFont) -> None:
        """Set family and size of the text; ``reset_zoom`` returns to this size."""
        self._default_size = font.pointSizeF()
        self._apply_font(font)

    def set_reading_width(self, characters: int) -> None:
        """Set the maximum number of characters on a line; 0 for no limit."""
        if characters != self._layout.characters:
            with self._kept_top():
                self._layout.set_characters(characters)
                self._place_column()

    def set_direction(self, direction: str) -> None:
        """Set the direction of lines: ``ltr``, ``rtl``, or empty to choose it for each paragraph."""
        if direction != self._layout.direction:
            with self._kept_top():
                self._layout.set_direction(direction)
                self._place_column()

    def set_spotlight(self, unit: str) -> None:
        """Set the unit that is not dimmed: the ``sentence`` or ``paragraph`` at the caret; empty dims nothing."""
        self._spotlight = unit
        self._follow_spotlight()

    def set_spacing(self, name: str) -> None:
        """Set the room between lines and paragraphs: one of SPACINGS."""
        if name != self._layout.spacing:
            with self._kept_top():
                self._layout.set_spacing(name)
                self._place_column()

    def set_snapping(self, snaps: bool) -> None:
        """Set whether a selection with the mouse snaps to whole words."""
        self._pointing.set_snapping(snaps)

    def text_size(self) -> float:
        """Return the size of the text in points."""
        return self.font().pointSizeF()

    def set_text_size(self, points: float) -> None:
        """Set the size of the text, from SMALLEST_TEXT to LARGEST_TEXT points."""
        font = QFont(self.font())
        font.setPointSizeF(min(max(points, SMALLEST_TEXT), LARGEST_TEXT))
        self._apply_font(font)

    def zoom_in(self) -> None:
        self.set_text_size(self.text_size() * _ZOOM_FACTOR)

    def zoom_out(self) -> None:
        self.set_text_size(self.text_size() / _ZOOM_FACTOR)

    def reset_zoom(self) -> None:
        self.set_text_size(self._default_size)

    # Setting the text

    def _show_source(self, source: SourceText, structure: Sequence[tuple[str, Span]]) -> None:
        self._bookmarks = []
        had_selection = self.textCursor().hasSelection()
        self._source = source
        self._highlights, self._withheld = {}, {}
        self._index, self._hits = SpanIndex(), SearchHits()
        self._active, self._cue, self._mention = None, (), ()
        self._drawn.clear()
        self._grown.clear()
        self._pointing.forget()
        self._top = 0
        with QSignalBlocker(self), self._layout.held():
            self.verticalScrollBar().setValue(0)
            self._layout.clear()
            self._document.setPlainText(source.display)
            self._layout.set_structure(source, structure)
            self._place_column()
            self.verticalScrollBar().setValue(0)
        # To show the caret, Qt requests its line without checking that there is one.
        self._layout.withhold_sizes(True)
        self._layout.blockBoundingRect(self._document.firstBlock())
        self._layout.withhold_sizes(False)
        with QSignalBlocker(self), self._layout.held():
            self.setTextCursor(QTextCursor(self._document))
        self._seed_timer.start(0 if len(source.text) <= _SEED_AT_ONCE else _SEED_DELAY)
        if had_selection:
            self.selection_changed.emit(None)
        self._follow_spotlight()
        self.caret_moved.emit(0)
        self._update_area()
        self.marks_changed.emit()

    def _apply_font(self, font: QFont) -> None:
        size = self.text_size()
        self._text_font = QFont(font)
        self.setFont(font)
        if self.text_size() != size:
            self.text_sized.emit(self.text_size())

    def _place_column(self) -> None:
        """Centre the lines; a narrow window has a narrow gutter."""
        available = self.viewport().width()
        reading = self._layout.reading_width or available
        gutter = FULL_WIDTH if available >= FULL_WIDTH + _RIGHT_MARGIN + reading * 0.5 else self._gutter.least_width
        width = max(self._layout.em * 4, min(reading, available - gutter - _RIGHT_MARGIN))
        left = max(gutter, (available - width) / 2)
        self._gutter.width, self._gutter.right = gutter, round(left)
        self._gutter.set_font(self.font())
        self._layout.set_column(Column(round(left), width))
        self._drawn.clear()

    def _seed_line_counts(self) -> None:
        """Estimate the lines of each block that is not laid out, so that the scroll bar is nearly right."""
        sample = self.text[:2_000] + self.text[len(self.text) // 2 : len(self.text) // 2 + 2_000]
        sample = sample.replace("\n", " ") or "x"
        advance = self.fontMetrics().horizontalAdvance(sample) / len(sample)
        per_line = max(1.0, self._layout.column.width / max(advance, 1.0) * 0.97)
        block = self._document.firstBlock()
        while block.isValid():
            if not self._layout.is_laid_out(block):
                block.setLineCount(1 + int(block.length() / per_line))
            block = block.next()
        self._layout.documentSizeChanged.emit(self._layout.documentSize())

    def _seed_and_return(self) -> None:
        self._note_top()
        self._seed_line_counts()
        self._scroll_to_line(self._top)

    def _announce_size(self) -> None:
        self._layout.announce_size()

    @contextmanager
    def _kept_top(self) -> Iterator[None]:
        """Keep the character at the top in place within the context."""
        self._note_top()
        yield
        if len(self.text) <= _SEED_AT_ONCE:
            self._seed_line_counts()
        else:
            self._seed_timer.start()
        self._scroll_to_line(self._top)

    def _note_top(self) -> None:
        """Record the character at the top, unless the one recorded before is still in the top line."""
        start = 0 if self.verticalScrollBar().value() == 0 else self.visible_span().start
        if not start <= self._top < self._line_end(start):
            self._top = start

    def _line_end(self, position: int) -> int:
        block = self._document.findBlock(self._source.to_qt(position))
        line = block.layout().lineForTextPosition(self._source.to_qt(position) - block.position())
        if not line.isValid():
            return position
        return self._source.from_qt(block.position() + line.textStart() + line.textLength())

    def _scroll_to_line(self, position: int, lines_above: int = 0) -> None:
        block = self._document.findBlock(self._source.to_qt(position))
        self._layout.blockBoundingRect(block)
        line = block.layout().lineForTextPosition(self._source.to_qt(position) - block.position())
        within = line.lineNumber() if line.isValid() else 0
        # The number of lines above is only an estimate if a block is not laid out.
        missing, before = lines_above - within, block.previous()
        while missing > 0 and before.isValid():
            self._layout.blockBoundingRect(before)
            missing -= before.lineCount()
            before = before.previous()
        self.verticalScrollBar().setValue(max(0, block.firstLineNumber() + within - lines_above))

    def _lines_per_page(self) -> int:
        line = self._layout.ascent + self._layout.descent + self._layout.line_gap
        return max(1, int(self.viewport().height() / line) - 1)

    def _move_by_lines(self, count: int, forward: bool, extend: bool) -> None:
        self._grown.clear()
        cursor = self.textCursor()
        operation = QTextCursor.MoveOperation.Down if forward else QTextCursor.MoveOperation.Up
        mode = QTextCursor.MoveMode.KeepAnchor if extend else QTextCursor.MoveMode.MoveAnchor
        for _ in range(count):
            # Moving the caret needs the lines of the next block.
            neighbour = cursor.block().next() if forward else cursor.block().previous()
            self._layout.blockBoundingRect(cursor.block())
            self._layout.blockBoundingRect(neighbour)
            if not cursor.movePosition(operation, mode):
                end = QTextCursor.MoveOperation.End if forward else QTextCursor.MoveOperation.Start
                cursor.movePosition(end, mode)
                break
        self.setTextCursor(cursor)

    def _set_cursor(self, anchor: int, caret: int) -> None:
        cursor = QTextCursor(self._document)
        cursor.setPosition(self._source.to_qt(anchor))
        cursor.setPosition(self._source.to_qt(caret), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def _on_selection_changed(self) -> None:
        self.selection_changed.emit(self.selected_span())

    def _follow_spotlight(self) -> None:
        lit = unit_at(self.text, self.caret(), self._spotlight) if self._spotlight else None
        if lit != self._lit:
            self._lit = lit
            self._update_area()

    def _on_caret_moved(self) -> None:
        self._follow_spotlight()
        self.caret_moved.emit(self.caret())

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._is_open:
            self._paint_hint()
            return
        self._layout.withhold_sizes(True)
        clip = event.rect()
        self._unpainted -= event.region()
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        has_picture = self._page.holds(self._page_key())
        if has_picture:
            self._page.paint(painter, clip)
        if not has_picture or len(self._hits) or self._bookmarks or self._active in self._highlights:
            for block in self._moved_to_blocks(painter, clip):
                if not has_picture:
                    self._paint_highlights(painter, block)
                self._paint_marks(painter, block)
        painter.end()
        super().paintEvent(event)
        if self._lit is not None:
            self._dim_around(self._lit, event.rect())
        self._layout.withhold_sizes(False)
        if self._layout.size_changed:
            self._size_timer.start()
        if not has_picture:
            self._ahead_timer.start()

    def _moved_to_blocks(self, painter: QPainter, clip: QRect) -> Iterator[QTextBlock]:
        """Yield the blocks in ``clip``, with the painter moved to the place of each."""
        above = 0.0
        for block, top in self._blocks_in(clip):
            painter.translate(0.0, top - above)
            above = top
            yield block

    def _page_key(self) -> PageKey:
        viewport = self.viewport()
        return PageKey(
            self.firstVisibleBlock().blockNumber(),
            self.contentOffset().y(),
            viewport.size(),
            viewport.devicePixelRatioF(),
            self._drawn.version,
        )

    def _draw_page(self) -> None:
        """Make the picture of the visible page if there is none."""
        key = self._page_key()
        if not self._is_open or self._page.holds(key):
            return
        painter = self._page.begin(key)
        for block in self._moved_to_blocks(painter, self.viewport().rect()):
            self._paint_highlights(painter, block)
        painter.end()

    def _prepare_ahead(self) -> None:
        """Prepares, while nothing else is to be done, the pages before and after the one in view, and all lanes."""
        deadline = time.perf_counter() + _SLICE
        self._index.assign_lanes(_LANES_A_SLICE)
        if self._index.depth > self._gutter.lanes:
            self._set_lanes(self._index.depth)
        self._layout.withhold_sizes(True)
        is_late = any(self._runs_late(forward, deadline) for forward in (True, False))
        self._layout.withhold_sizes(False)
        self._announce_size()
        if is_late or self._index.assign_lanes(0):
            self._ahead_timer.start()
        else:
            self._page_timer.start()

    def _runs_late(self, forward: bool, deadline: float) -> bool:
        """Prepare the next or previous page; return whether the deadline passed first."""
        room: float = self.viewport().height()
        block = self._last_in_view() if forward else self.firstVisibleBlock()
        while block.isValid() and room > 0:
            if time.perf_counter() > deadline:
                return True
            room -= self._layout.blockBoundingRect(block).height()
            if block.blockNumber() not in self._drawn:
                self._build(block)
            block = block.next() if forward else block.previous()
        return False

    def _last_in_view(self) -> QTextBlock:
        last = self.firstVisibleBlock()
        for last, _ in self._blocks_in(self.viewport().rect()):  # noqa: B007 - only the last one is needed
            pass
        return last

    def _dim_around(self, lit: Span, clip: QRect) -> None:
        """Dim all but one span and the gutter beside its lines."""
        veil = QPainterPath()
        veil.addRect(QRectF(clip))
        light = QPainterPath()
        light.setFillRule(Qt.FillRule.WindingFill)
        for block, top in self._blocks_in(clip):
            for extent in self._extents(block, [lit]):
                place = extent.rect.translated(0.0, top).adjusted(-2.0, -1.0, 2.0, self._layout.line_gap - 1.0)
                light.addRect(place)
                light.addRect(QRectF(0.0, place.top(), self._gutter.right - 4.0, place.height()))
        painter = QPainter(self.viewport())
        ground = self.palette().color(QPalette.ColorRole.Base)
        ground.setAlphaF(_VEIL)
        painter.fillPath(veil.subtracted(light), ground)
        painter.end()

    def _paint_hint(self) -> None:
        painter = QPainter(self.viewport())
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.15)
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        room = self.viewport().rect().adjusted(24, 24, -24, -24)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint)
        painter.end()

    def _paint_highlights(self, painter: QPainter, block: QTextBlock) -> None:
        drawn = self._drawn.get(block.blockNumber()) or self._build(block)
        if drawn.strokes:
            self._look.paint_strokes(painter, drawn.strokes)
            self._gutter.paint(painter, drawn.gutter, self.palette())

    def _paint_marks(self, painter: QPainter, block: QTextBlock) -> None:
        """Paint the search hits and the active annotation, which change more often than the highlights below them."""
        if self._bookmarks:
            self._gutter.paint_ribbons(painter, self._bookmarked_rows(block), self.palette())
        if hits := self._hits.between(*self._range_of(block)):
            self._look.paint_hits(painter, self._extents(block, hits))
        if self._active in self._highlights:
            highlight = self._highlights[self._active]
            self._look.paint_outline(painter, self._extents(block, highlight.fragments), highlight.label_id)
            self._look.paint_handles(painter, self._handles_in(block), highlight.label_id, self.palette())
            self._look.paint_part(painter, self._extents(block, self._mention), self.palette(), is_cue=False)
            self._look.paint_part(painter, self._extents(block, self._cue), self.palette(), is_cue=True)

    def _bookmarked_rows(self, block: QTextBlock) -> list[QRectF]:
        """Return the lines of a block that have a bookmark, in its pixels."""
        start, end = self._range_of(block)
        inside = self._bookmarks[bisect_left(self._bookmarks, start) : bisect_right(self._bookmarks, end)]
        layout, first = block.layout(), block.position()
        lines = (layout.lineForTextPosition(self._source.to_qt(position) - first) for position in inside)
        return [line.rect() for line in lines if line.isValid()]

    def _extents(self, block: QTextBlock, spans: Iterable[Span]) -> list[Extent]:
        start, end = self._range_of(block)
        inside = [span for span in spans if span.start < end and start < span.end]
        if not inside:
            return []
        extents_of = extents_in(block)
        first = block.position()
        return [
            extent
            for span in inside
            for extent in extents_of(self._source.to_qt(span.start) - first, self._source.to_qt(span.end) - first)
        ]

    def _handles_in(self, block: QTextBlock) -> list[Handle]:
        if self._active not in self._highlights or not self._has_handles or self._highlights[self._active].suggestion:
            return []
        fragments, range_ = self._highlights[self._active].fragments, self._range_of(block)
        if not hull(fragments).overlaps(range_):
            return []
        return handles_in(block, range_, self.text, self._source.to_qt, fragments, self._layout.line_gap)

    def _build(self, block: QTextBlock) -> Drawn:
        start, end = self._range_of(block)
        first = block.position()
        to_qt = self._source.to_qt
        pieces: list[Piece] = []
        for id_ in self._index.query(start, end):
            highlight = self._highlights[id_]
            key = (highlight.label_id, highlight.suggestion)
            lane = self._index.lane(id_)
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
        rows = rows_of(block, pieces, self._layout.lane_pitch)
        beside = self._gutter.shapes_of(rows, self._layout.line_gap)
        return self._drawn.put(block.blockNumber(), Drawn(rows, self._look.strokes_of(rows), beside))

    def _range_of(self, block: QTextBlock) -> Span:
        return self._source.span_from_qt(block.position(), block.position() + block.length() - 1)

    def _blocks_in(self, clip: QRect) -> Iterator[tuple[QTextBlock, float]]:
        """Yield the blocks between the top and the bottom of ``clip``, laid out, each with its top in the viewport."""
        block = self.firstVisibleBlock()
        top = self.contentOffset().y()
        while block.isValid() and top <= clip.bottom():
            height = self._layout.blockBoundingRect(block).height()
            if top + height >= clip.top():
                yield block, top
            top += height
            block = block.next()

    def _drop_drawn(self, block_number: int) -> None:
        self._drawn.forget(block_number, block_number)

    def _touch(self, spans: Sequence[Span]) -> None:
        """Clear the cached shapes of the blocks of ``spans``, and repaint the visible ones."""
        if len(spans) > _TOUCHED_AT_MOST:
            self._drawn.clear()
            self._update_area()
            return
        for span in spans:
            self._drawn.forget(*self._blocks_of(span))
        self._update(spans)

    def _update_area(self, area: QRect | None = None) -> None:
        """Repaint an area of the viewport, or all of it, in the next frame or when ``paint_changes`` is called."""
        area = self.viewport().rect() if area is None else area
        self._unpainted += area
        self.viewport().update(area)

    def _on_update_request(self, _area: QRect, distance: int) -> None:
        # The areas recorded before the text was scrolled are those of other lines now.
        if distance and not self._unpainted.isEmpty():
            self._update_area()

    def _update(self, spans: Sequence[Span]) -> None:
        """Repaint the visible blocks of ``spans``."""
        visible = list(self._blocks_in(self.viewport().rect())) if spans else []
        for span in spans:
            first, last = self._blocks_of(span)
            for block, top in visible:
                if first <= block.blockNumber() <= last:
                    height = self._layout.blockBoundingRect(block).height()
                    rect = QRectF(0.0, top - 3.0, self.viewport().width(), height + 6.0).toAlignedRect()
                    self._update_area(rect)

    def _blocks_of(self, span: Span) -> tuple[int, int]:
        first = self._document.findBlock(self._source.to_qt(span.start))
        last = self._document.findBlock(self._source.to_qt(span.end))
        return first.blockNumber(), last.blockNumber()

    def _update_active(self) -> None:
        spans = [*self._cue, *self._mention]
        if self._active in self._highlights:
            spans.append(hull(self._highlights[self._active].fragments))
        self._update(spans)

    # Events

    def event(self, event: QEvent) -> bool:
        # Checking the class of an event is faster than its type, and this runs at every paint and blink of the caret.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if self._pointing.escape(event):
                event.accept()
                return True
            # Keys of actions of the window take precedence.
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._pointing.escape(event):
            self._pointing.cancel()
            return
        super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._hover(event)
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() == event.oldSize().width():
            super().resizeEvent(event)
            return
        with self._kept_top():
            self._layout.forget_all()
            super().resizeEvent(event)
            self._place_column()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            with self._kept_top():
                self._layout.forget_all()
                super().changeEvent(event)
                self._document.setDefaultFont(self.font())
                self._layout.update_font()
                self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
                self._place_column()
            return
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._text_font is not None and self.font() != self._text_font:
            # A new style sheet resets the font to that of the application.
            self.setFont(self._text_font)
        ink = self.palette().color(QPalette.ColorGroup.Active, QPalette.ColorRole.HighlightedText)
        if event.type() == QEvent.Type.PaletteChange and ink != self._ink_of_selection():
            self.set_theme(self._look.theme)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = event.angleDelta().y() / 120
            if steps:
                self.set_text_size(self.text_size() * _ZOOM_FACTOR**steps)
            event.accept()
            return
        super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pointing.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pointing.double_click(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointing.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pointing.release(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._pointing.ask_for_menu(event)

    def sizeHint(self) -> QSize:
        return QSize(900, 700)

    def _hover(self, event: QHelpEvent) -> None:
        place = self._row_at(event.pos())
        if place is not None and event.pos().x() < self._gutter.right:
            row, _, top = place
            words = QRectF(0.0, top + row.top, self._gutter.right, row.bottom - row.top).toAlignedRect()
            ids = ids_on(row)
        else:
            position = self.position_at(event.pos(), on_text=True)
            ids = self.highlights_at(position) if position is not None else []
            words = self._words_around(ids[0], event.pos()) if ids else QRect()
        self.hovered.emit(ids, QRect(self.viewport().mapToGlobal(words.topLeft()), words.size()))
        event.setAccepted(bool(ids))

    def _words_around(self, id_: int, point: QPoint) -> QRect:
        """Return the rectangle of the words of a highlight, or, of a long one, of those on the line at a point."""
        words = self._words_in_view(id_)
        if words.height() <= self.viewport().height() // 3:
            return words
        line = self.rectangle(self.position_at(point) or 0)
        return QRect(words.left(), line.top(), words.width(), line.height() + self._layout.line_gap)

    def _words_in_view(self, id_: int) -> QRect:
        """Return the rectangle around the visible words of a highlight with their underlines."""
        words = QRectF()
        for block, top in self._blocks_in(self.viewport().rect()):
            for extent in self._extents(block, self._highlights[id_].fragments):
                words = words.united(extent.rect.translated(0.0, top).adjusted(0.0, 0.0, 0.0, self._layout.line_gap))
        return words.toAlignedRect().intersected(self.viewport().rect())

    def _row_at(self, point: QPoint) -> tuple[Row, GutterShapes, float] | None:
        """Return the line at the height of a point, the gutter shapes of its block, and the top of the block."""
        for block, top in self._blocks_in(QRect(0, point.y(), 1, 1)):
            drawn = self._drawn.get(block.blockNumber()) or self._build(block)
            for row in drawn.rows:
                if row.top <= point.y() - top < row.bottom + self._layout.line_gap:
                    return row, drawn.gutter, top
        return None
