"""Shared parts of the lists: columns, a model of records with ids, a table that keeps its position, a filter field."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from annotator.app.style.label_style import text_color_on
from annotator.app.widgets.line_edit_icons import add_clear_button
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip

Index = QModelIndex | QPersistentModelIndex

FILTER_DELAY = 120
"""Milliseconds without a key press before the text of a filter field is applied."""

_PADDING = 7
_NOWHERE = QModelIndex()
_MAX_CHANGED_SINGLY = 50
_FITTING_KEPT = 5_000
_WORTH_MERGING = 8
_WORTH_NUMBERING = 200
_NARROW = 44
_LONGEST_CELL = 400


class Swatch(NamedTuple):
    """A coloured shape before the text of a cell: a dot, or a rounded rectangle if it has ``initials``.

    ``filled``: the share of the dot that is filled, from 0 to 1, so that colour is not its only distinction.
    """

    color: str
    initials: str = ""
    filled: float = 1.0


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, and the functions that give its content for a record.

    ``key`` is the sort key; if it is None, the text is. ``tip`` and ``spoken`` are for tool tips and screen readers.
    ``width``: in characters. ``weight``: its share of the remaining width. ``rank``: in a narrow pane the columns of
    the highest rank are narrowed to ``least`` and then hidden first; those of rank 0 are never hidden.
    """

    title: str
    text: Callable[[Any], str]
    key: Callable[[Any], Any] | None = None
    tip: Callable[[Any], str] | None = None
    spoken: Callable[[Any], str] | None = None
    swatch: Callable[[Any], Swatch | None] | None = None
    width: int = 10
    least: int = 0
    weight: int = 0
    rank: int = 0
    is_number: bool = False

    def sort_key(self, record: Any) -> Any:
        """Return the sort key of a record; text is compared without regard to case."""
        return self.text(record).casefold() if self.key is None else self.key(record)


def one_line(text: str) -> str:
    """Return the beginning of ``text`` as one line for a cell."""
    return " ".join(text[:_LONGEST_CELL].split())


def counted(number: int, noun: str) -> str:
    """Return ``1 document``, ``10,000 documents``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


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
            return _alignment(column)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole and section in self._untitled:
            return ""
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[section])
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


class CellDelegate(QStyledItemDelegate):
    """Paints a cell: an optional swatch, then text that ends in an ellipsis if it does not fit.

    While a job runs, every call of Qt may have to wait for the interpreter. So there are as few calls as possible, and
    measured widths are cached.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._fonts: tuple[QFont, QFont] | None = None
        self._fitting: dict[tuple[str, int, bool], str] = {}

    def forget_fonts(self) -> None:
        """Clear the cached fonts and widths after the font changed."""
        self._fonts = None
        self._fitting.clear()

    def font_of(self, font: QFont, is_bold: bool) -> QFont:
        """Return the font of a cell, normal or bold."""
        if self._fonts is None:
            bold = QFont(font)
            bold.setBold(True)
            self._fonts = QFont(font), bold
        return self._fonts[is_bold]

    def fitting(self, text: str, font: QFont, is_bold: bool, width: int) -> str:
        """Return ``text``, shortened with an ellipsis if it is wider than ``width`` pixels."""
        key = (text, width, is_bold)
        found = self._fitting.get(key)
        if found is None:
            if len(self._fitting) >= _FITTING_KEPT:
                self._fitting.clear()
            found = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._fitting[key] = found
        return found

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        # Asking the model for each of Qt's roles, and the style for each background, takes four times as long.
        table = option.widget
        if not isinstance(table, RecordTable):
            return
        column, record = table.records.columns[index.column()], table.records.shown[index.row()]
        rect, palette = option.rect, option.palette
        role = QPalette.ColorRole.Text
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, palette.color(QPalette.ColorRole.Highlight))
            role = QPalette.ColorRole.HighlightedText
        if index.row() == table.currentIndex().row() and table.hasFocus():
            accent = palette.color(QPalette.ColorRole.Accent)
            painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), accent)
            painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), accent)
        area = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        font = self.font_of(option.font, table.records.is_emphasised(record))
        swatch = column.swatch(record) if column.swatch else None
        if swatch is not None:
            if not swatch.initials and option.state & QStyle.StateFlag.State_Selected:
                swatch = swatch._replace(color=palette.color(role).name())
            painter.save()
            area.setLeft(paint_swatch(painter, area, swatch, font) + _PADDING)
            painter.restore()
        # Every cell sets all that it needs, so nothing has to be restored.
        painter.setPen(palette.color(role))
        painter.setFont(font)
        self.paint_words(painter, area, column, record)

    def paint_words(self, painter: QPainter, area: QRect, column: Column, record: Any) -> None:
        """Draw the text of a cell into ``area``, with the painter's font and pen."""
        if column.swatch and area.width() < painter.fontMetrics().averageCharWidth() * 3:
            return
        font = painter.font()
        fitting = self.fitting(column.text(record), font, font.bold(), area.width())
        if fitting:
            painter.drawText(area, int(_alignment(column)), fitting)


def paint_swatch(painter: QPainter, area: QRect, swatch: Swatch, font: QFont) -> int:
    """Paint a swatch at the left of ``area``; return the x coordinate of its end."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if not swatch.initials:
        side = round(QFontMetrics(font).height() * 0.6)
        dot = QRectF(area.left() + 0.5, area.center().y() - side / 2 + 0.5, side, side)
        painter.setPen(QPen(QColor(swatch.color), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        if swatch.filled:
            painter.setBrush(QColor(swatch.color))
            # In sixteenths of a degree, starting at the top.
            painter.drawPie(dot, 90 * 16, -round(swatch.filled * 360 * 16))
        return area.left() + side + 1
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(swatch.color))
    small = QFont(font)
    small.setBold(True)
    small.setPointSizeF(max(6.0, font.pointSizeF() * 0.82))
    metrics = QFontMetrics(small)
    width = max(metrics.horizontalAdvance(swatch.initials) + 9, metrics.height() + 2)
    pill = QRectF(area.left(), area.center().y() - metrics.height() / 2, width, metrics.height() + 1)
    painter.drawRoundedRect(pill, 4, 4)
    painter.setPen(text_color_on(swatch.color))
    painter.setFont(small)
    painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), swatch.initials)
    return area.left() + round(width)


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
        self.setItemDelegate(CellDelegate(self))
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
            sizes[number] = max(column.width * character, title) + 2 * _PADDING
            least[number] = column.least * character + 2 * _PADDING if column.least else sizes[number]
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
        titles = {number: metrics.horizontalAdvance(columns[number].title) + 2 * _PADDING for number in sizes}
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
