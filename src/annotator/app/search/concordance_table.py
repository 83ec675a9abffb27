"""Lines of a concordance as rows of a table: the key word in the middle, its context on either side."""

from collections.abc import Callable, Sequence
from typing import Any, overload

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from annotator.app.widgets.records.cell_delegate import CellDelegate
from annotator.app.widgets.records.columns import Column, Swatch
from annotator.app.widgets.records.record_model import RecordModel
from annotator.app.widgets.records.record_table import RecordTable
from annotator.app.widgets.tool_tips import tool_tip
from annotator.services.search.concordance import Concordance, Line, is_right_to_left, left_words, right_words

_ROLE = Qt.ItemDataRole


def left_context(line: Line) -> str:
    """Return the text shown left of the key word."""
    return line.after if is_right_to_left(line) else line.before


def right_context(line: Line) -> str:
    """Return the text shown right of the key word."""
    return line.before if is_right_to_left(line) else line.after


def _spoken(line: Line) -> str:
    return f"{line.before}{line.match}{line.after}"


LEFT = Column(
    "Left context",
    left_context,
    key=left_words,
    tip=_spoken,
    spoken=lambda line: f"Before: {line.before}",
    width=16,
    least=8,
    weight=5,
    is_number=True,
)
MATCH = Column("Key word", lambda line: line.match, key=lambda line: line.match.casefold(), width=12, least=6, weight=1)
RIGHT = Column(
    "Right context",
    right_context,
    key=right_words,
    tip=_spoken,
    spoken=lambda line: f"After: {line.after}",
    width=16,
    least=8,
    weight=5,
)
TITLE = Column(
    "Document",
    lambda line: line.document.title,
    key=lambda line: line.document.title.casefold(),
    spoken=lambda line: f"Document: {line.document.title}",
    width=14,
    least=8,
    weight=2,
    rank=1,
)


class _Shown(Sequence[Line]):
    """The lines in the order shown, each created on access."""

    def __init__(self, lines: Concordance, numbers: Sequence[int]) -> None:
        self._lines = lines
        self.numbers = numbers

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, row: int) -> Line: ...
    @overload
    def __getitem__(self, row: slice) -> list[Line]: ...
    def __getitem__(self, row: int | slice) -> Line | list[Line]:
        if isinstance(row, slice):
            return [self._lines[number] for number in self.numbers[row]]
        return self._lines[self.numbers[row]]


class LineModel(RecordModel):
    """A concordance in an order computed in a job: sorting 100,000 lines here would block the window."""

    sort_requested = Signal(int, bool)
    """A column, -1 for the order of the text, and whether the order is reversed."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(columns, lambda line: line.id, parent)
        self.lines = Concordance()
        self._rows: dict[int, int] | None = None
        self._order = _Shown(self.lines, ())

    def set_lines(self, lines: Concordance, numbers: Sequence[int] | None = None) -> None:
        """Show lines, in their order or in that of ``numbers``."""
        self.beginResetModel()
        self.lines = lines
        self._order = _Shown(lines, range(len(lines)) if numbers is None else numbers)
        self._rows = None
        self.endResetModel()

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of the shown lines in their order."""
        return self._order.numbers

    @property
    def shown(self) -> Sequence[Line]:
        return self._order

    @property
    def total(self) -> int:
        return len(self.lines)

    def record(self, id: int) -> Line | None:
        return self.lines[id] if 0 <= id < len(self.lines) else None

    def row_of(self, id: int | None) -> int | None:
        if id is None:
            return None
        if isinstance(self.numbers, range):
            return id if 0 <= id < len(self.numbers) else None
        if self._rows is None:
            self._rows = {number: row for row, number in enumerate(self.numbers)}
        return self._rows.get(id)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.sort_requested.emit(column, order == Qt.SortOrder.DescendingOrder)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return 0 if parent.isValid() else len(self._order)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = _ROLE.DisplayRole) -> Any:
        if index.isValid() and role == _ROLE.TextAlignmentRole and self.columns[index.column()] is MATCH:
            return Qt.AlignmentFlag.AlignCenter
        if not index.isValid() or role not in {_ROLE.DisplayRole, _ROLE.ToolTipRole, _ROLE.AccessibleTextRole}:
            return super().data(index, role) if role == _ROLE.TextAlignmentRole else None
        column, line = self.columns[index.column()], self._order[index.row()]
        words: dict[int, Callable[[Any], str] | None] = {
            _ROLE.ToolTipRole: column.tip,
            _ROLE.AccessibleTextRole: column.spoken,
        }
        text = (words.get(role) or column.text)(line)
        return tool_tip(text) if role == _ROLE.ToolTipRole else text

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        if role == _ROLE.TextAlignmentRole and 0 <= section < len(self.columns) and self.columns[section] is MATCH:
            return Qt.AlignmentFlag.AlignCenter
        return super().headerData(section, orientation, role)


class _LineDelegate(CellDelegate):
    """Aligns the left context with the key word, which is bold, and omits distant context."""

    def paint_words(self, painter: QPainter, area: QRect, column: Column, record: Any) -> None:
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        begins, ends = Qt.TextElideMode.ElideLeft, Qt.TextElideMode.ElideRight
        if column is MATCH:
            font = painter.font()
            font.setBold(True)
            painter.setFont(font)
            mode, side = Qt.TextElideMode.ElideMiddle, Qt.AlignmentFlag.AlignHCenter
        elif column is LEFT:
            mode, side = ends if is_right_to_left(record) else begins, Qt.AlignmentFlag.AlignRight
        elif column is RIGHT:
            mode, side = begins if is_right_to_left(record) else ends, Qt.AlignmentFlag.AlignLeft
        else:
            super().paint_words(painter, area, column, record)
            return
        text = column.text(record)
        text = text.strip() if column is MATCH else text.rstrip() if column is LEFT else text.lstrip()
        fitting = painter.fontMetrics().elidedText(text, mode, area.width())
        painter.drawText(area, int(flags | side), fitting)


class LineTable(RecordTable):
    """A table of lines, by rows."""

    records: LineModel

    def __init__(self, model: LineModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.setItemDelegate(_LineDelegate(self.records, self))

    def show_lines(self, lines: Concordance, numbers: Sequence[int] | None = None) -> None:
        """Show lines, or the same lines in another order; keep the selection where possible."""
        with self.quiet():
            self.records.set_lines(lines, numbers)


def line_columns(label_text: Callable[[Line], str], swatch: Callable[[Line], Swatch | None]) -> tuple[Column, ...]:
    """Return the columns of a concordance; ``label_text`` and ``swatch`` describe the labels of a line."""
    return (
        LEFT,
        MATCH,
        RIGHT,
        TITLE,
        Column(
            "Label",
            label_text,
            key=lambda line: (not line.labels, label_text(line)),
            spoken=lambda line: f"Label: {label_text(line) or 'none'}",
            swatch=swatch,
            width=12,
            least=3,
            rank=2,
        ),
        Column(
            "Source",
            lambda line: line.document.source,
            key=lambda line: (not line.document.source, line.document.source.casefold()),
            spoken=lambda line: f"Source: {line.document.source or 'not given'}",
            width=11,
            rank=4,
        ),
        Column("Date", lambda line: line.document.date[:10], key=lambda line: line.document.date, width=10, rank=3),
        Column("Status", lambda line: line.document.status, width=9, rank=5),
    )
