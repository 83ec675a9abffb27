"""The map of the document: a narrow strip beside the text that shows the places of annotations and goes to them."""

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from annotator.app.reader.document_view import DocumentView
from annotator.app.style.label_style import Highlight, line_color
from annotator.app.widgets.tool_tips import tool_tip

COLUMNS = 8
"""The number of columns; with more labels, labels share columns."""

_ROW = 2
"""Pixels of a row: smaller rows would not be visible."""

_WIDTH, _MARGIN, _HITS_WIDTH = 46, 5, 7
"""Pixels: the map, its margins, and the strip for search hits at its right edge."""

_DELAY = 200
"""Milliseconds without a change before the highlights are counted."""

_SLICE = 0.006
"""Maximum seconds for which counting blocks the event loop."""

_HIGHLIGHTS_PER_BATCH = 500
_MIN_FRAME = 10
"""The minimum height of the frame in pixels."""

_OPACITIES = (0.75, 0.88, 1.0)
"""The opacity of one, two, and more spans of a label on one row."""

_MAX_WORDS = 60
"""Characters of the text in a tool tip."""


class RowCounts:
    """How many spans of each label touch each row, when ``length`` characters are shown on ``rows`` rows."""

    def __init__(self, length: int, rows: int) -> None:
        self._length, self._rows = max(1, length), max(1, rows)
        self._steps: dict[int, list[int]] = {}

    def row_of(self, position: int) -> int:
        """Return the row of a character."""
        return min(self._rows - 1, position * self._rows // self._length)

    def add(self, highlights: Iterable[Highlight]) -> None:
        """Add these highlights. A highlight with gaps counts only where it has words."""
        rows, length, last = self._rows, self._length, self._rows - 1
        for highlight in highlights:
            steps = self._steps.get(highlight.label_id)
            if steps is None:
                steps = self._steps[highlight.label_id] = [0] * (rows + 1)
            for start, end in highlight.fragments:
                # Adding 1 at the first row and -1 after the last takes two steps for a span of any length.
                steps[min(last, start * rows // length)] += 1
                steps[min(last, max(start, end - 1) * rows // length) + 1] -= 1

    def counts(self) -> dict[int, list[int]]:
        """Return the counts of each row, by label id."""
        return {label_id: list(accumulate(steps))[:-1] for label_id, steps in self._steps.items()}


class Minimap(QWidget):
    """Draws the highlights and search hits of a view, and a frame around the visible part.

    Each label has a column, so that labels are not distinguished by colour only. It takes no focus: Page Up, Page Down
    and the keys for the next and previous annotation reach the same places.
    """

    def __init__(self, view: DocumentView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self.setObjectName("minimap")
        self.setAccessibleName("Map of the document")
        self.setAccessibleDescription(
            "Shows where the annotations and the search hits are. Page Up, Page Down and the keys for the "
            "next and previous annotation reach the same places."
        )
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(_WIDTH)
        self._text = view.text
        self._counts: dict[int, list[int]] = {}
        self._hit_rows: list[int] = []
        self._picture: QPixmap | None = None
        self._frame = QRect()
        self._drag_offset: int | None = None
        """Pixels from the middle of the frame to the mouse while the frame is dragged."""
        self._counting: Iterator[None] | None = None
        self._count_delay = QTimer(self, singleShot=True, interval=_DELAY)
        self._count_delay.timeout.connect(self._begin_counting)
        self._count_slices = QTimer(self, interval=0)
        self._count_slices.timeout.connect(self._continue_counting)
        # The scroll bar signals changes while Qt lays out lines, so their positions are requested later.
        self._frame_delay = QTimer(self, singleShot=True, interval=0)
        self._frame_delay.timeout.connect(self._place_frame)
        view.marks_changed.connect(self._on_marks_changed)
        view.looks_changed.connect(self._redraw)
        view.active_changed.connect(self.update)
        bar = view.verticalScrollBar()
        bar.valueChanged.connect(self._frame_delay.start)
        bar.rangeChanged.connect(self._frame_delay.start)

    @property
    def is_current(self) -> bool:
        """Whether the map shows all highlights of the view."""
        return not self._count_delay.isActive() and self._counting is None

    def counts(self) -> dict[int, list[int]]:
        """Return the number of spans on each row, by label id, as drawn."""
        return self._counts

    def place_of(self, position: int) -> int:
        """Return the y coordinate at which a character of the text is shown."""
        return min(self.height() - 1, position * self.height() // max(1, len(self._view.text)))

    def position_at(self, y: int) -> int:
        """Return the position of the character shown at a y coordinate."""
        return min(max(0, y), self.height()) * len(self._view.text) // max(1, self.height())

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, 200)

    # Counting

    def _on_marks_changed(self) -> None:
        if self._view.text is self._text:
            self._count_delay.start(_DELAY)
            return
        # The counts belong to another text.
        self._text = self._view.text
        self._counts, self._hit_rows = {}, []
        self._redraw()
        self._count_delay.start(0)

    def _begin_counting(self) -> None:
        self._counting = self._count()
        self._count_slices.start()

    def _continue_counting(self) -> None:
        until = time.perf_counter() + _SLICE
        for _ in self._counting or ():
            if time.perf_counter() > until:
                return
        self._count_slices.stop()
        self._counting = None
        self._redraw()
        self._place_frame()

    def _count(self) -> Iterator[None]:
        """Count all highlights of the view; yield after each batch, so that the caller can pause."""
        rows = max(1, self.height() // _ROW)
        row_counts = RowCounts(len(self._view.text), rows)
        highlights = iter(self._view.highlights())
        while taken := list(islice(highlights, _HIGHLIGHTS_PER_BATCH)):
            row_counts.add(taken)
            yield
        hit_rows: set[int] = set()
        for number, hit in enumerate(self._view.search_hits):
            hit_rows.add(row_counts.row_of(hit.start))
            if number % _HIGHLIGHTS_PER_BATCH == 0:
                yield
        self._counts, self._hit_rows = row_counts.counts(), sorted(hit_rows)

    # Painting

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._draw_picture()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if not self._view.is_open or not self._view.text:
            return
        self._paint_active(painter)
        accent = self.palette().color(QPalette.ColorRole.Accent)
        fill = QColor(accent)
        fill.setAlphaF(0.13)
        painter.fillRect(self._frame, fill)
        painter.setPen(QPen(accent, 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(QRectF(self._frame).adjusted(1.2, 0.7, -1.2, -0.7), 2.5, 2.5)

    def _paint_active(self, painter: QPainter) -> None:
        """Paint a pointer at the left edge at the active annotation."""
        span = self._view.active_span()
        if span is None:
            return
        y = self.place_of(span.start) + _ROW / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Text))
        painter.drawPolygon(QPolygonF([QPointF(1.0, y - 4.5), QPointF(6.5, y), QPointF(1.0, y + 4.5)]))

    def _draw_picture(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self.palette().color(QPalette.ColorRole.Window))
        painter = QPainter(picture)
        painter.setPen(Qt.PenStyle.NoPen)
        for column, label_ids in enumerate(self._columns()):
            left, width = self._column(column)
            for label_id in label_ids:
                self._draw_label(painter, label_id, left, width)
        painter.setBrush(QColor(self._view.theme.hit))
        edge = self.width() - _HITS_WIDTH
        if self._hit_rows:
            painter.drawRects([QRectF(edge, row * _ROW, _HITS_WIDTH - 2.0, _ROW) for row in self._hit_rows])
        painter.end()
        return picture

    def _draw_label(self, painter: QPainter, label_id: int, left: float, width: float) -> None:
        color = line_color(self._view.label_style(label_id).color, self._view.theme)
        counts = self._counts[label_id]
        for level, opacity in enumerate(_OPACITIES, start=1):
            is_most = level == len(_OPACITIES)
            rows = [row for row, count in enumerate(counts) if count == level or (is_most and count > level)]
            shade = QColor(color)
            shade.setAlphaF(opacity)
            painter.setBrush(shade)
            if rows:
                painter.drawRects([QRectF(left, row * _ROW, width, _ROW) for row in rows])

    def _columns(self) -> list[list[int]]:
        """Return the label ids of each column in the order of the labels."""
        known = [label_id for label_id in self._view.label_order() if label_id in self._counts]
        known += [label_id for label_id in self._counts if label_id not in known]
        ranks = {label_id: rank for rank, label_id in enumerate(self._view.label_order())}
        columns: list[list[int]] = [[] for _ in range(self._column_count())]
        for label_id in known:
            columns[ranks.get(label_id, 0) % len(columns)].append(label_id)
        return columns

    def _column_count(self) -> int:
        return max(1, min(COLUMNS, len(self._view.label_order())))

    def _column(self, number: int) -> tuple[float, float]:
        """Return the left edge and the width of a column in pixels."""
        available = self.width() - 2 * _MARGIN - _HITS_WIDTH
        pitch = available / self._column_count()
        return _MARGIN + 2.0 + number * pitch, max(2.0, min(pitch - 1.0, 10.0))

    def _place_frame(self) -> None:
        if not self.isVisible():
            return
        span = self._view.visible_span()
        top, bottom = self.place_of(span.start), self.place_of(span.end) + 1
        short = max(0, _MIN_FRAME - (bottom - top))
        top = max(0, min(top - short // 2, self.height() - _MIN_FRAME))
        frame = QRect(0, top, self.width(), max(_MIN_FRAME, bottom - top))
        if frame != self._frame:
            self._frame = frame
            self.update()

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._redraw()
        self._count_delay.start(_DELAY)
        self._frame_delay.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.DevicePixelRatioChange):
            self._redraw()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        y = round(event.position().y())
        middle = self._frame.center().y()
        # A press inside the frame starts to drag it; elsewhere the text scrolls there immediately.
        self._drag_offset = y - middle if self._frame.contains(QPoint(1, y)) else 0
        if self._drag_offset == 0:
            self._view.bring_to_middle(self.position_at(y))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag_offset is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._view.bring_to_middle(self.position_at(round(event.position().y()) - self._drag_offset))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag_offset = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._view.wheelEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), tool_tip(self.description_at(event.pos().y())), self)
            return True
        return super().event(event)

    def description_at(self, y: int) -> str:
        """Return a description of a y coordinate: position in percent, words, and numbers of annotations."""
        text = self._view.text
        if not text:
            return ""
        position = self.position_at(y)
        row, near = y // _ROW, 2
        parts = [f"{position * 100 // len(text)}%: {_words_at(text, position)}"]
        for label_id, counts in self._counts.items():
            if found := max(counts[max(0, row - near) : row + near + 1], default=0):
                style = self._view.label_style(label_id)
                parts.append(f"{style.name or style.initials}: {found}")
        if any(row - near <= each <= row + near for each in self._hit_rows):
            parts.append("search hits")
        return "\n".join(parts)


def _words_at(text: str, position: int) -> str:
    """Return some words from a position on as one line."""
    line: Sequence[str] = text[position : position + _MAX_WORDS].split()
    return " ".join(line[1:] if position and len(line) > 1 else line) + "…"
