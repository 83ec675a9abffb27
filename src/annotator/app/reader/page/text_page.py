"""The widget that shows a text in a column: its font, its lines and its place, without caret and highlights."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QResizeEvent, QTextCursor, QTextDocument, QWheelEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from annotator.app.reader.page.document_layout import Column, ReadingLayout
from annotator.app.reader.page.page_geometry import PageGeometry
from annotator.app.reader.page.scroll_position import ScrollPosition
from annotator.app.reader.page.text_offsets import SourceText
from annotator.domain.spans import Span

SMALLEST_TEXT, LARGEST_TEXT = 6.0, 60.0
"""The limits of the text size in points."""

_ZOOM_FACTOR = 1.1
_DOCUMENT_MARGIN = 28
RIGHT_MARGIN = 28.0
"""Minimum pixels between the lines and the right edge."""

_MIN_COLUMN = 4
"""The minimum width of the lines in font sizes."""

_TAB_SPACES = 4
_SIZE = QSize(900, 700)
_WHEEL_STEP = 120
"""What ``QWheelEvent.angleDelta`` is for one step of a usual wheel."""


class TextPage(QPlainTextEdit):
    """Shows a text that cannot be edited. All positions are code points of the canonical text."""

    text_sized = Signal(float)
    """The new size of the text in points."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setMouseTracking(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A scroll bar that appears and disappears with the length of a text would change every line break.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setCursorWidth(2)
        self._is_open = False
        self._default_size = self.font().pointSizeF()
        self._text_font: QFont | None = None
        self._left_margin = 0.0
        """Pixels that the lines leave free at the left edge at least."""
        self._update_tab_stops()
        # One document for all texts: its layout and the widget refer to each other and must not be separated.
        self._document = QTextDocument(self)
        self._document.setUndoRedoEnabled(False)
        self._document.setDefaultFont(self.font())
        self._document.setDocumentMargin(_DOCUMENT_MARGIN)
        self._layout = ReadingLayout(self._document)
        self._document.setDocumentLayout(self._layout)
        self.setDocument(self._document)
        self._geometry = PageGeometry(self, self._layout)
        self._scroll = ScrollPosition(self, self._geometry)
        self._size_timer = QTimer(self, singleShot=True, interval=0)
        self._size_timer.timeout.connect(self._emit_size_change)

    # The text

    @property
    def text(self) -> str:
        """The canonical text; empty when no document is open."""
        return self._geometry.source.text

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
        """Show that no document is open."""
        self._is_open = False
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._show_source(SourceText(""), ())

    def _show_source(self, source: SourceText, structure: Sequence[tuple[str, Span]]) -> None:
        self._geometry.source = source
        with QSignalBlocker(self), self._layout.suspended():
            self._scroll.reset()
            self._layout.clear()
            self._document.setPlainText(source.display)
            self._layout.set_structure(source, structure)
            self._place_column()
            self._scroll.reset()
        # To show the caret, Qt requests its line without checking that there is one.
        self._layout.defer_size_changes(True)
        self._layout.blockBoundingRect(self._document.firstBlock())
        self._layout.defer_size_changes(False)
        with QSignalBlocker(self), self._layout.suspended():
            self.setTextCursor(QTextCursor(self._document))
        self._scroll.estimate_soon()

    # Places

    def visible_span(self) -> Span:
        """Return the span from the first character of the top line to the last of the bottom line."""
        return self._geometry.visible_span()

    def scroll_to(self, span: Span) -> None:
        """Scroll to the start of ``span`` if it is not visible, with some lines of context above; the caret stays."""
        self._scroll.scroll_to(span)

    def bring_to_middle(self, position: int) -> None:
        """Scroll the line of ``position`` to the middle, as far as the text allows; the caret stays."""
        self._scroll.bring_to_middle(position)

    def rectangle(self, position: int) -> QRect:
        """Return the rectangle of a caret at ``position``, in pixels of the viewport."""
        return self._geometry.rectangle(position)

    def position_at(self, point: QPoint, on_text: bool = False) -> int | None:
        """Return the position nearest to a point of the viewport; with ``on_text`` the character under it, or None."""
        return self._geometry.position_at(point, on_text)

    def nearest_line(self, y: float) -> float:
        """Return ``y``, or, between two lines, the nearest coordinate on a line, in pixels of the viewport."""
        return self._geometry.nearest_line(y)

    # Lines

    def set_reading_width(self, characters: int) -> None:
        """Set the maximum number of characters on a line; 0 for no limit."""
        if characters != self._layout.characters:
            with self._scroll.kept():
                self._layout.set_characters(characters)
                self._place_column()

    def set_direction(self, direction: str) -> None:
        """Set the direction of lines: ``ltr``, ``rtl``, or empty to choose it for each paragraph."""
        if direction != self._layout.direction:
            with self._scroll.kept():
                self._layout.set_direction(direction)
                self._place_column()

    def set_spacing(self, name: str) -> None:
        """Set the space between lines and paragraphs: one of SPACINGS."""
        if name != self._layout.spacing:
            with self._scroll.kept():
                self._layout.set_spacing(name)
                self._place_column()

    def _place_column(self) -> None:
        """Centre the lines in what the left margin leaves free."""
        available = self.viewport().width()
        reading = self._layout.reading_width or available
        width = max(self._layout.em * _MIN_COLUMN, min(reading, available - self._left_margin - RIGHT_MARGIN))
        left = max(self._left_margin, (available - width) / 2)
        self._layout.set_column(Column(round(left), width))

    def _emit_size_change(self) -> None:
        self._layout.emit_size_change()

    # The font

    def set_text_font(self, font: QFont) -> None:
        """Set family and size of the text; ``reset_zoom`` returns to this size."""
        self._default_size = font.pointSizeF()
        self._apply_font(font)

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

    def _apply_font(self, font: QFont) -> None:
        size = self.text_size()
        self._text_font = QFont(font)
        self.setFont(font)
        if self.text_size() != size:
            self.text_sized.emit(self.text_size())

    def _update_tab_stops(self) -> None:
        self.setTabStopDistance(_TAB_SPACES * self.fontMetrics().horizontalAdvance(" "))

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() == event.oldSize().width():
            super().resizeEvent(event)
            return
        with self._scroll.kept():
            self._layout.invalidate_all()
            super().resizeEvent(event)
            self._place_column()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            with self._scroll.kept():
                self._layout.invalidate_all()
                super().changeEvent(event)
                self._document.setDefaultFont(self.font())
                self._layout.update_font()
                self._update_tab_stops()
                self._place_column()
            return
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._text_font is not None and self.font() != self._text_font:
            # A new style sheet resets the font to that of the application.
            self.setFont(self._text_font)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = event.angleDelta().y() / _WHEEL_STEP
            if steps:
                self.set_text_size(self.text_size() * _ZOOM_FACTOR**steps)
            event.accept()
            return
        super().wheelEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(_SIZE)
