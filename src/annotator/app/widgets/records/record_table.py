"""A table of records that keeps its position, and shows fewer columns in a narrow pane."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from annotator.app.widgets.records.cell_delegate import CellDelegate
from annotator.app.widgets.records.columns import CELL_PADDING
from annotator.app.widgets.records.record_model import Index, RecordModel


class Placed(NamedTuple):
    """A record with a given order, such as that of a query: its id, its position, and the record."""

    id: int
    place: int
    row: Any


class RecordTable(QTableView):
    """A table of a RecordModel. It keeps selection and scroll position, and emits the user's actions by record id."""

    clicked_id = Signal(int)
    """A row was clicked without a modifier."""
    chosen = Signal(int)
    """Enter was pressed on a row, or it was double-clicked."""
    moved_to = Signal(int)
    """The user moved to another row, by key or mouse."""

    def __init__(self, model: RecordModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.records = model
        self._hint = ""
        self._is_quiet = False
        self._kept: tuple[set[int], int | None, int | None, int] = (set(), None, None, 0)
        self._last_row = 0
        self._own_widths: dict[int, int] = {}
        self._commands: Mapping[Qt.Key, Callable[[], object]] = {}
        self._is_fitting = False
        self.setModel(model)
        self.setItemDelegate(CellDelegate(self.records, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setSortIndicatorClearable(True)
        header.sectionResized.connect(self._on_section_resized)
        self.setSortingEnabled(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setToolTip("Click to sort; a third click restores the default order.")
        self.setMinimumHeight(60)
        # Connected after the slots of the view itself, which setModel has connected.
        model.modelAboutToBeReset.connect(self._on_about_to_reset)
        model.modelReset.connect(self._on_reset)
        model.was_sorted.connect(self._on_sorted)
        self._size_rows()

    # Commands

    def set_commands(self, commands: Mapping[Qt.Key, Callable[[], object]]) -> None:
        """Set shortcuts of this table only, which take precedence over those of the window.

        If one of them is a letter, typing does not search for a row.
        """
        self._commands = commands

    def _command(self, event: QKeyEvent) -> Callable[[], object] | None:
        no_matter = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        return None if event.modifiers() & ~no_matter else self._commands.get(Qt.Key(event.key()))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            has_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if not has_shift and self._command(event) is not None:
                event.accept()
                return True
        return super().event(event)

    def keyboardSearch(self, search: str) -> None:
        if not any(Qt.Key.Key_A <= key <= Qt.Key.Key_Z for key in self._commands):
            super().keyboardSearch(search)

    # Records

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Suppress the signals of user actions while the context is active."""
        before, self._is_quiet = self._is_quiet, True
        try:
            yield
        finally:
            self._is_quiet = before

    def set_records(self, records: Iterable[Any], *, anew: bool = False) -> None:
        """Replace all records; keep the selection and the scroll position where possible."""
        current, row = self.current_id(), self.currentIndex().row()
        with self.quiet():
            self.records.set_records(records, anew=anew)
            if current is not None and self.records.row_of(current) is None:
                self._last_row = row
                self.selectionModel().clearCurrentIndex()

    def put(self, records: Iterable[Any]) -> None:
        """Take records in, or change those with the same id."""
        with self.quiet():
            self.records.put(records)

    def drop(self, ids: Iterable[int]) -> None:
        """Remove records; if the current one is removed, none is current until the user moves."""
        gone, row = list(ids), self.currentIndex().row()
        had_current = self.current_id() in gone
        with self.quiet():
            self.records.drop(gone)
            if had_current:
                self._last_row = row
                self.selectionModel().clearCurrentIndex()

    def set_filter(self, accepts: Callable[[Any], bool] | None) -> None:
        """Show only what ``accepts`` says yes to; None for everything."""
        with self.quiet():
            self.records.set_filter(accepts)

    def set_hint(self, hint: str) -> None:
        """Set the text shown in the middle while there are no rows."""
        self._hint = hint
        self.setAccessibleDescription("" if self.records.shown else hint)
        self.viewport().update()

    # Selection

    def current_id(self) -> int | None:
        """Return the id of the current row."""
        row = self.currentIndex().row()
        return int(self.records.shown[row].id) if 0 <= row < len(self.records.shown) else None

    def selected_ids(self) -> list[int]:
        """Return the ids of the selected rows in the order shown."""
        selection = self.selectionModel().selection()
        parts = [selection.at(number) for number in range(selection.count())]
        rows = {row for part in parts for row in range(part.top(), part.bottom() + 1)}
        return [self.records.shown[row].id for row in sorted(rows)]

    def show_id(self, id: int | None) -> None:
        """Make a row the current and only selected one and scroll to it; clear the selection if it is not shown."""
        row = self.records.row_of(id)
        with self.quiet():
            if row is None:
                if self.currentIndex().isValid():
                    self._last_row = self.currentIndex().row()
                self.selectionModel().clear()
            elif self.current_id() != id or id not in self.selected_ids():
                # A hidden column can have no current cell. Not setCurrentIndex, which looks at the keyboard: a Ctrl
                # that is held, as for the next document, would add the row to those that are selected.
                command = QItemSelectionModel.SelectionFlag
                self.selectionModel().setCurrentIndex(
                    self.records.index(row, self._first_column()), command.ClearAndSelect | command.Rows
                )
                self.scrollTo(self.currentIndex())

    def _first_column(self) -> int:
        return next((column for column in range(len(self.records.columns)) if not self.isColumnHidden(column)), 0)

    def _on_about_to_reset(self) -> None:
        top = self.rowAt(0)
        top_id = self.records.shown[top].id if 0 <= top < len(self.records.shown) else None
        offset = self.verticalScrollBar().value() - max(top, 0) * self.verticalHeader().defaultSectionSize()
        self._kept = (set(self.selected_ids()), self.current_id(), top_id, offset)

    def _on_reset(self) -> None:
        selected, current, top_id, offset = self._kept
        model, last = self.records, len(self.records.columns) - 1
        with self.quiet():
            ranges = QItemSelection()
            rows = [row for row, record in enumerate(model.shown) if record.id in selected] if selected else []
            for first, final in _runs(rows):
                ranges.select(model.index(first, 0), model.index(final, last))
            self.selectionModel().select(ranges, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            row = model.row_of(current)
            if row is not None:
                index = model.index(row, self._first_column())
                self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            top = model.row_of(top_id)
            if top is not None:
                self.updateGeometries()
                self.verticalScrollBar().setValue(top * self.verticalHeader().defaultSectionSize() + offset)
        self.setAccessibleDescription("" if model.shown else self._hint)

    def _on_sorted(self) -> None:
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
        else:
            self.scrollToTop()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            # The frame of the current row spans all its cells, but Qt repaints only one of them.
            self.viewport().update()
            if not self._is_quiet and current.isValid():
                self.moved_to.emit(self.records.shown[current.row()].id)

    # Keys and mouse

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Move to the first and last row with Home and End: navigation is by row, not by cell."""
        ends = {QAbstractItemView.CursorAction.MoveHome: 0, QAbstractItemView.CursorAction.MoveEnd: -1}
        if action in ends and self.records.shown:
            return self.records.index(ends[action] % len(self.records.shown), self._first_column())
        return super().moveCursor(action, modifiers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        id = self.current_id()
        if (answer := self._command(event)) is not None:
            answer()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and event.modifiers() in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }:
            if id is not None:
                self.chosen.emit(id)
        elif id is None and self.records.shown and key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            # If the current row was removed, navigation continues from its position.
            row = min(self._last_row, len(self.records.shown) - 1)
            self.setCurrentIndex(self.records.index(row, self._first_column()))
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        row = self.rowAt(event.position().toPoint().y())
        is_plain = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        if is_plain and row == self.currentIndex().row() >= 0:
            self.clicked_id.emit(self.records.shown[row].id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        row = self.rowAt(event.position().toPoint().y())
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self.chosen.emit(self.records.shown[row].id)

    def focusInEvent(self, event: QFocusEvent) -> None:
        had_current = self.currentIndex().isValid()
        with self.quiet():
            super().focusInEvent(event)
            if not had_current:
                # Qt makes the first row current although the user has not chosen one.
                self.selectionModel().clearCurrentIndex()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    # Sizes

    def sizeHint(self) -> QSize:
        return QSize(360, 180)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            delegate = self.itemDelegate()
            if isinstance(delegate, CellDelegate):
                delegate.forget_fonts()
            self._size_rows()
            self._fit_columns()

    def _size_rows(self) -> None:
        self.verticalHeader().setMinimumSectionSize(10)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)

    def _on_section_resized(self, column: int, _before: int, width: int) -> None:
        if not self._is_fitting and width:
            self._own_widths[column] = width

    def _fit_columns(self) -> None:
        """Hide columns that do not fit and distribute the remaining width."""
        columns = self.records.columns
        metrics = self.fontMetrics()
        character = metrics.averageCharWidth()
        room = self.viewport().width()
        sizes: dict[int, int] = {}
        least: dict[int, int] = {}
        for number, column in enumerate(columns):
            title = metrics.horizontalAdvance(column.title) + 10
            sizes[number] = max(column.width * character, title) + 2 * CELL_PADDING
            least[number] = column.least * character + 2 * CELL_PADDING if column.least else sizes[number]
            if number in self._own_widths:
                sizes[number] = least[number] = self._own_widths[number]
        for number, column in enumerate(columns):
            # A swatch can replace its text, so its column is narrowed before another column is hidden.
            if column.swatch and column.least and column.rank and sum(sizes.values()) > room:
                sizes[number] = least[number]
        for number in sorted(sizes, key=lambda each: (-columns[each].rank, -each)):
            if (excess := sum(sizes.values()) - room) <= 0:
                break
            # Showing a narrow column is more useful than the full width of those that are never hidden.
            given = sum(sizes[each] - least[each] for each in sizes if columns[each].rank == 0 != columns[number].rank)
            room_made = sizes[number] - least[number] + (given if columns[number].least else 0)
            if room_made >= excess or columns[number].rank == 0:
                # A cut-off word beside a swatch is less clear than the swatch alone.
                shrunk = 0 if columns[number].swatch and columns[number].least else sizes[number] - excess
                sizes[number] = max(least[number], shrunk)
            else:
                del sizes[number]
        weights = {number: columns[number].weight for number in sizes if number not in self._own_widths}
        spare = max(0, room - sum(sizes.values()))
        self._is_fitting = True
        for number in range(len(columns)):
            self.setColumnHidden(number, number not in sizes)
            if number in sizes:
                share = spare * weights.get(number, 0) // max(1, sum(weights.values()))
                self.setColumnWidth(number, sizes[number] + share)
        self._is_fitting = False
        titles = {number: metrics.horizontalAdvance(columns[number].title) + 2 * CELL_PADDING for number in sizes}
        self.records.set_untitled(number for number in sizes if self.columnWidth(number) < titles[number])

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.records.shown or not self._hint:
            return
        painter = QPainter(self.viewport())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        area = self.viewport().rect().adjusted(14, 10, -14, -10)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._hint)
        painter.end()


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield sorted rows as ranges of consecutive rows (first, last)."""
    first = last = -1
    for row in rows:
        if row != last + 1 or first < 0:
            if first >= 0:
                yield first, last
            first = row
        last = row
    if first >= 0:
        yield first, last
