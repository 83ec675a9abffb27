"""The matrix of hypotheses by evidence as a table whose cells are rated by keys."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from annotator.app.style.theme import theme_in_use
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.fixed_choices import CONSISTENCIES
from annotator.domain.records import HypothesisRecord
from annotator.domain.wording import elided
from annotator.services.claims.hypotheses import Matrix, Row

SIGNS = dict(zip(CONSISTENCIES, ("−−", "−", "0", "+", "++"), strict=True))
"""The signs of the ratings, from very inconsistent to very consistent."""

_QUOTE, _GRADE = 0, 1
FIRST_HYPOTHESIS = 2
"""The column of the first hypothesis; the columns before it hold the quote and the grade of the evidence."""


class EvidenceTable(QTableWidget):
    """The matrix; the keys 1 to 5, - and + rate the current cell, Delete clears it."""

    rated = Signal(int, int, str)
    """Row and column of a cell, and its new rating; empty if it was cleared."""

    stepped = Signal(int, int, int)
    """Row and column of a cell, and whether to rate it one step lower (-1) or higher (1)."""

    chosen = Signal(int)
    """Enter was pressed in a row, or it was double-clicked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("hypothesisMatrix")
        self.setAccessibleName("Hypotheses by evidence")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        self.cellDoubleClicked.connect(lambda row, _column: self.chosen.emit(row))

    def show_matrix(self, matrix: Matrix | None, rows: Sequence[Row]) -> None:
        """Show the hypotheses of a matrix and these rows of it; keep the current cell."""
        current = self.currentRow(), self.currentColumn()
        columns = () if matrix is None else matrix.hypotheses
        self.clear()
        self.setColumnCount(FIRST_HYPOTHESIS + len(columns))
        self.setRowCount(len(rows))
        scores = [matrix.score(one.id, rows) for one in columns] if matrix is not None else []
        titles = [f"against it: {score}\n{elided(one.text, 60)}" for one, score in zip(columns, scores, strict=True)]
        self.setHorizontalHeaderLabels(["Evidence", "Grade", *titles])
        for number, one in enumerate(columns, FIRST_HYPOTHESIS):
            heading = self.horizontalHeaderItem(number)
            if heading is not None:
                heading.setToolTip(tool_tip(one.text))
        for number, row in enumerate(rows):
            self.setItem(number, _QUOTE, _quote_item(row))
            self.setItem(number, _GRADE, QTableWidgetItem(row.annotation.score or "-"))
            for column, one in enumerate(columns, FIRST_HYPOTHESIS):
                self.setItem(number, column, _rating_item(row, one))
        self._size_columns()
        if 0 <= current[0] < self.rowCount() and 0 <= current[1] < self.columnCount():
            self.setCurrentCell(*current)

    def selected_rows(self) -> list[int]:
        """Return the rows with a selected cell, from the top."""
        return sorted({index.row() for index in self.selectedIndexes()})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, column = self.currentRow(), self.currentColumn()
        is_cell = row >= 0 and column >= FIRST_HYPOTHESIS
        key = event.key()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.chosen.emit(row)
        elif is_cell and Qt.Key.Key_1 <= key <= Qt.Key.Key_5:
            self.rated.emit(row, column, CONSISTENCIES[key - Qt.Key.Key_1])
        elif is_cell and key in (Qt.Key.Key_Minus, Qt.Key.Key_Plus):
            self.stepped.emit(row, column, 1 if key == Qt.Key.Key_Plus else -1)
        elif is_cell and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.rated.emit(row, column, "")
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Handled here before shortcuts of the window.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            own = {Qt.Key.Key_Minus, Qt.Key.Key_Plus, Qt.Key.Key_Delete, Qt.Key.Key_Backspace}
            if event.key() in own or Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_5:
                event.accept()
                return True
        return super().event(event)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: typed characters rate a cell instead of searching."""

    def _size_columns(self) -> None:
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter | Qt.AlignmentFlag(Qt.TextFlag.TextWordWrap))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_GRADE, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_QUOTE, QHeaderView.ResizeMode.Interactive)
        self.setColumnWidth(_QUOTE, max(140, self.viewport().width() // 3))
        header.setMinimumHeight(self.fontMetrics().lineSpacing() * 5 + 8)
        self.resizeRowsToContents()


def _quote_item(row: Row) -> QTableWidgetItem:
    item = QTableWidgetItem(elided(row.annotation.shown_quote, 140))
    hint = "" if row.is_diagnostic else "\nIt does not distinguish the hypotheses."
    item.setToolTip(tool_tip(f"{row.annotation.shown_quote}\n{row.annotation.source}{hint}"))
    if not row.is_diagnostic:
        item.setForeground(QColor(theme_in_use().muted))
    return item


def _rating_item(row: Row, hypothesis: HypothesisRecord) -> QTableWidgetItem:
    theme = theme_in_use()
    cell = row.cells.get(hypothesis.id)
    item = QTableWidgetItem(SIGNS[cell.consistency] if cell is not None else "")
    item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
    rating = cell.consistency if cell is not None else "not rated yet"
    item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{rating}: {hypothesis.text}")
    note = f"\n{cell.note}" if cell is not None and cell.note else ""
    item.setToolTip(tool_tip(f"{rating}{note}"))
    if cell is not None and cell.consistency != "neutral":
        color = QColor(theme.bad if "inconsistent" in cell.consistency else theme.good)
        color.setAlphaF(0.32 if cell.consistency.startswith("very") else 0.16)
        item.setBackground(color)
    return item
