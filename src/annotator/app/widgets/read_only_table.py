"""A read-only table: rows of text and numbers that can be navigated by keys and copied."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget


class PlainTable(QTableWidget):
    """A table with headings; numbers are right-aligned, and Copy copies the whole table, tab-separated."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._lines: list[Sequence[object]] = []
        copying = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self)
        copying.setContext(Qt.ShortcutContext.WidgetShortcut)
        copying.activated.connect(self.copy)

    def fill(self, headings: Sequence[str], rows: Sequence[Sequence[object]], wide: int = 0) -> None:
        """Replace the rows shown; the column ``wide`` takes the remaining width."""
        self._lines = [headings, *rows]
        self.clear()
        self.setColumnCount(len(headings))
        self.setHorizontalHeaderLabels(list(headings))
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                item = QTableWidgetItem(f"{cell:,}" if isinstance(cell, int) else str(cell))
                if not isinstance(cell, str) or cell[:1].isdigit():
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(number, column, item)
        for column in range(len(headings)):
            # A heading is aligned like the cells below it.
            first, heading = self.item(0, column), self.horizontalHeaderItem(column)
            if first is not None and heading is not None and first.textAlignment():
                heading.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.resizeColumnsToContents()
        if headings:
            self.horizontalHeader().setSectionResizeMode(min(wide, len(headings) - 1), QHeaderView.ResizeMode.Stretch)

    def fit_height(self) -> None:
        """Set the height of the table to the height of its rows."""
        rows = sum(self.rowHeight(row) for row in range(self.rowCount()))
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows + 2 * self.frameWidth())

    def copy(self) -> None:
        """Copy the headings and rows to the clipboard, tab-separated."""
        QGuiApplication.clipboard().setText("\n".join("\t".join(map(str, line)) for line in self._lines))
