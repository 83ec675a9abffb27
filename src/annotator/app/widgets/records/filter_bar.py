"""A filter field, the count of what it leaves, and the bar that holds them."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from annotator.app.widgets.line_edit_icons import add_clear_button
from annotator.app.widgets.records.record_model import RecordModel
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.wording import counted

FILTER_DELAY = 120
"""Milliseconds without a key press before the text of a filter field is applied."""
_NARROW = 44


class FilterField(QLineEdit):
    """A field that filters a list while the user types."""

    filtered = Signal(str)
    """The text of the field, after a pause in typing."""
    left = Signal()
    """Escape was pressed; the field was cleared."""
    list_requested = Signal()
    """Down was pressed: the focus should go to the list."""

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        add_clear_button(self)
        self.setMinimumWidth(70)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FILTER_DELAY)
        self._timer.timeout.connect(self._emit)
        self.textChanged.connect(self._on_text_changed)
        self._told = ""

    def flush(self) -> None:
        """Emit the text of the field immediately."""
        self._timer.stop()
        self._emit()

    def _on_text_changed(self, text: str) -> None:
        if text.strip():
            self._timer.start()
        else:
            self.flush()

    def _emit(self) -> None:
        if self.text().strip() != self._told:
            self._told = self.text().strip()
            self.filtered.emit(self._told)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.flush()
            self.list_requested.emit()
        else:
            super().keyPressEvent(event)


class CountLabel(TextLabel):
    """The muted text beside a list that shows the number of rows; it is hidden if most of it does not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "muted")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        metrics, text = self.fontMetrics(), self.text()
        if self.width() * 2 < metrics.horizontalAdvance(text):
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        fitting = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment()), fitting)
        painter.end()


class FilterBar(QWidget):
    """A filter field and its related widgets: side by side, or in two rows in a narrow pane."""

    def __init__(self, field: QWidget, others: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._layout.addWidget(field, 3)
        row = QHBoxLayout()
        row.setSpacing(4)
        for other in others:
            row.addWidget(other, 1 if isinstance(other, QComboBox | CountLabel) else 0)
        self._layout.addLayout(row, 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < self.fontMetrics().averageCharWidth() * _NARROW
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if self._layout.direction() != direction:
            self._layout.setDirection(direction)


def counts_text(model: RecordModel, noun: str, left_out: bool) -> str:
    """Return ``10,000 documents, 3 shown``, without the second part if nothing is ``left_out``."""
    text = counted(model.total, noun)
    return f"{text}, {len(model.shown):,} shown" if left_out else text
