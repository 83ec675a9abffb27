"""A model of records with ids: sorted, filtered, and updated row by row."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from annotator.app.widgets.records.columns import Column, alignment
from annotator.app.widgets.tool_tips import tool_tip

Index = QModelIndex | QPersistentModelIndex

_NOWHERE = QModelIndex()
_MAX_CHANGED_SINGLY = 50
_WORTH_MERGING = 8
_WORTH_NUMBERING = 200


class _Backwards:
    """A key that sorts the other way round."""

    __slots__ = ("key",)

    def __init__(self, key: Any) -> None:
        self.key = key

    def __lt__(self, other: "_Backwards") -> bool:
        return bool(other.key < self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Backwards) and bool(self.key == other.key)

    # Python does the same for a class that defines equality without a hash.
    __hash__ = None  # type: ignore[assignment]  # mypy accepts this only from Python itself


class _Finder:
    """Finds the positions of many records in a sorted list; fast if the records are looked up in the same order."""

    def __init__(self, records: list[Any], search: Callable[[list[Any], Any], int]) -> None:
        self._records, self._search = records, search
        self._last = -1
        self._searched = 0
        self._numbers: dict[int, int] = {}

    def place_of(self, record: Any) -> int:
        after = self._last + 1
        if after < len(self._records) and self._records[after].id == record.id:
            self._last = after
        elif self._numbers:
            self._last = self._numbers[record.id]
        else:
            self._last = self._search(self._records, record)
            self._searched += 1
            if self._searched * _WORTH_NUMBERING > len(self._records):
                # From here on it is faster to number all records.
                self._numbers = {each.id: number for number, each in enumerate(self._records)}
        return self._last


class RecordModel(QAbstractTableModel):
    """Immutable records, each with an ``id``, sorted and filtered; a changed record updates only its row.

    ``default_key`` gives the default order and the order between equal records; it is unique for every record.
    """

    was_sorted = Signal()

    def __init__(
        self, columns: Sequence[Column], default_key: Callable[[Any], Any], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._default_key = default_key
        self._accepts: Callable[[Any], bool] | None = None
        self._emphasised: int | None = None
        self._untitled: frozenset[int] = frozenset()
        self._sorts: list[tuple[int, bool]] = []
        self._records: dict[int, Any] = {}
        self._sorted: list[Any] = []
        self._shown: list[Any] = []

    @property
    def shown(self) -> Sequence[Any]:
        """The records that pass the filter, in the shown order. Not to be changed."""
        return self._shown

    @property
    def total(self) -> int:
        """The number of records, regardless of the filter."""
        return len(self._records)

    def record(self, id: int) -> Any | None:
        """Return the record with this id, shown or not."""
        return self._records.get(id)

    def row_of(self, id: int | None) -> int | None:
        """Return the row of a record; None if it is not shown."""
        record = None if id is None else self._records.get(id)
        if record is None:
            return None
        row = self._place(self._shown, record)
        return row if row < len(self._shown) and self._shown[row].id == id else None

    def place_of(self, id: int) -> int:
        """Return the row that a record has, or would have if it were shown."""
        record = self._records.get(id)
        return 0 if record is None else self._place(self._shown, record)

    # Changes

    def set_records(self, records: Iterable[Any], *, anew: bool = False) -> None:
        """Replace all records; if only a few differ from those shown, only their rows are updated.

        ``anew``: the columns give other values for the same records, so everything is sorted again.
        """
        wanted = {record.id: record for record in records}
        gone = self._records.keys() - wanted.keys()
        if (
            not anew
            and len(gone) <= _MAX_CHANGED_SINGLY
            and abs(len(wanted) - len(self._records)) <= _MAX_CHANGED_SINGLY
        ):
            changed = [record for record in wanted.values() if self._records.get(record.id) != record]
            if len(changed) <= _MAX_CHANGED_SINGLY:
                self.drop(gone)
                self.put(changed)
                return
        self.beginResetModel()
        self._records = wanted
        self._sorted = list(self._records.values())
        self._arrange()
        self.endResetModel()

    def put(self, records: Iterable[Any]) -> None:
        """Take records in, or change those with the same id."""
        changed = [record for record in records if self._records.get(record.id) != record]
        if len(changed) > _MAX_CHANGED_SINGLY:
            self._merge(self._put_in_place(changed), ())
            return
        for record in changed:
            self._put(record)

    @property
    def is_plain(self) -> bool:
        """Whether all records are shown, in the default order."""
        return not self._sorts and self._accepts is None

    def extend(self, records: Sequence[Any]) -> None:
        """Append new records that sort after all others; the model must be ``is_plain``."""
        last = len(self._shown)
        if records:
            self.beginInsertRows(_NOWHERE, last, last + len(records) - 1)
            self._records.update((record.id, record) for record in records)
            self._sorted.extend(records)
            self._shown.extend(records)
            self.endInsertRows()

    def drop(self, ids: Iterable[int]) -> None:
        """Remove records; unknown ids are ignored."""
        gone = [id for id in ids if id in self._records]
        if len(gone) > _MAX_CHANGED_SINGLY:
            self._merge((), gone)
            return
        for id in gone:
            row = self.row_of(id)
            record = self._records[id]
            if row is not None:
                self.beginRemoveRows(_NOWHERE, row, row)
                del self._shown[row]
            del self._sorted[self._place(self._sorted, record)]
            del self._records[id]
            if row is not None:
                self.endRemoveRows()

    def set_filter(self, accepts: Callable[[Any], bool] | None) -> None:
        """Show only what ``accepts`` says yes to; None for everything."""
        self.beginResetModel()
        self._accepts = accepts
        self._choose()
        self.endResetModel()

    def set_untitled(self, columns: Iterable[int]) -> None:
        """Do not show the titles of these columns, which are too narrow; screen readers still read them."""
        if (untitled := frozenset(columns)) != self._untitled:
            self._untitled = untitled
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def is_emphasised(self, record: Any) -> bool:
        """Return whether the record is shown in bold."""
        return bool(record.id == self._emphasised)

    def emphasise(self, id: int | None) -> None:
        """Show one record in bold, and no other."""
        before, self._emphasised = self._emphasised, id
        for each in (before, id):
            self._repaint(self.row_of(each))

    def _put_in_place(self, changed: Sequence[Any]) -> list[Any]:
        """Update the records that keep their position; return the others."""
        others, rows = [], []
        in_sorted = _Finder(self._sorted, self._place)
        in_shown = in_sorted if self._accepts is None else _Finder(self._shown, self._place)
        for record in changed:
            before = self._records.get(record.id)
            was_shown = before is not None and (self._accepts is None or self._accepts(before))
            is_shown = self._accepts is None or self._accepts(record)
            if before is None or was_shown != is_shown or self._key(before) != self._key(record):
                others.append(record)
                continue
            place = in_sorted.place_of(record)
            self._sorted[place] = record
            if is_shown:
                rows.append(place if in_shown is in_sorted else in_shown.place_of(record))
                self._shown[rows[-1]] = record
            self._records[record.id] = record
        if rows:
            last = len(self.columns) - 1
            self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), last))
        return others

    def _merge(self, changed: Sequence[Any], gone: Collection[int]) -> None:
        """Add and remove many records without sorting the unchanged ones again, of which there may be very many."""
        if not changed and not gone:
            return
        self.beginResetModel()
        leaving = {*gone, *(record.id for record in changed if record.id in self._records)}
        for id in gone:
            del self._records[id]
        self._records.update((record.id, record) for record in changed)
        coming = sorted(changed, key=self._key)
        self._sorted = self._merged(self._sorted, leaving, coming)
        if self._accepts is None:
            self._shown = self._sorted.copy()
        else:
            self._shown = self._merged(self._shown, leaving, list(filter(self._accepts, coming)))
        self.endResetModel()

    def _merged(self, records: list[Any], leaving: Collection[int], coming: Sequence[Any]) -> list[Any]:
        staying = [record for record in records if record.id not in leaving] if leaving else records
        if len(coming) * _WORTH_MERGING > len(staying):
            merged = [*staying, *coming]
            self._sort(merged)
            return merged
        merged, last = [], 0
        for record in coming:
            place = self._place(staying, record, last)
            merged += staying[last:place]
            merged.append(record)
            last = place
        return merged + staying[last:]

    def _put(self, record: Any) -> None:
        before = self._records.get(record.id)
        old_row = self.row_of(record.id)
        if before is not None:
            del self._sorted[self._place(self._sorted, before)]
        self._sorted.insert(self._place(self._sorted, record), record)
        is_shown = self._accepts is None or self._accepts(record)
        if old_row is None:
            new_row = self._place(self._shown, record)
            if is_shown:
                self.beginInsertRows(_NOWHERE, new_row, new_row)
                self._shown.insert(new_row, record)
            self._records[record.id] = record
            if is_shown:
                self.endInsertRows()
            return
        if not is_shown:
            self.beginRemoveRows(_NOWHERE, old_row, old_row)
            del self._shown[old_row]
            self._records[record.id] = record
            self.endRemoveRows()
            return
        others = self._shown[:old_row] + self._shown[old_row + 1 :]
        new_row = self._place(others, record)
        if new_row != old_row:
            # Qt counts the target row before the moved row is removed.
            self.beginMoveRows(_NOWHERE, old_row, old_row, _NOWHERE, new_row + (new_row > old_row))
            others.insert(new_row, record)
            self._shown = others
            self._records[record.id] = record
            self.endMoveRows()
        else:
            self._shown[old_row] = record
            self._records[record.id] = record
        self._repaint(new_row)

    def _repaint(self, row: int | None) -> None:
        if row is not None:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))

    def _arrange(self) -> None:
        self._sort(self._sorted)
        self._choose()

    def _sort(self, records: list[Any]) -> None:
        # One stable sort per column, the least important first, is much faster than one sort by tuples.
        records.sort(key=self._default_key)
        for column, is_descending in reversed(self._sorts):
            records.sort(key=self.columns[column].sort_key, reverse=is_descending)

    def _choose(self) -> None:
        accepts = self._accepts
        self._shown = list(self._sorted if accepts is None else filter(accepts, self._sorted))

    def _key(self, record: Any) -> tuple[Any, ...]:
        keys = [(self.columns[column].sort_key(record), is_descending) for column, is_descending in self._sorts]
        return (*(_Backwards(key) if is_descending else key for key, is_descending in keys), self._default_key(record))

    def _place(self, records: list[Any], record: Any, lowest: int = 0) -> int:
        return bisect_left(records, self._key(record), lowest, key=self._key)

    # Qt's model

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column, record = self.columns[index.column()], self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(record)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip((column.tip or column.text)(record))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return (column.spoken or column.text)(record)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(column)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole and section in self._untitled:
            return ""
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(self.columns[section])
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, and equal records by the columns chosen before; column -1 restores the default order."""
        # A reset, from which the table recovers selection by id: moving Qt's indexes of 10,000 selected rows is slow.
        self.beginResetModel()
        if column < 0:
            self._sorts = []
            self._sorted.sort(key=self._default_key)
        else:
            is_descending = order == Qt.SortOrder.DescendingOrder
            self._sorts = [(column, is_descending), *(sort for sort in self._sorts if sort[0] != column)]
            # The sort is stable, so the columns chosen before still order equal records.
            self._sorted.sort(key=self.columns[column].sort_key, reverse=is_descending)
        self._choose()
        self.endResetModel()
        self.was_sorted.emit()
