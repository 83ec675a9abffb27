"""The dialog that asks for the content of the columns of a table, with its first rows and an example document."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHeaderView,
    QPlainTextEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from annotator.app.state.workspace import Workspace
from annotator.app.widgets.designer_form import say, size_for_font
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.wording import counted, elided
from annotator.formats import table_columns
from annotator.formats.base import Article, Table
from annotator.services.imports.import_questions import UnclearTable

_Index = QModelIndex | QPersistentModelIndex

_WORDS: Mapping[str, str] = {
    "text": "&Text",
    "title": "T&itle",
    "source": "&Outlet",
    "author": "&Author",
    "published_at": "&Date",
    "language": "Lan&guage",
    "address": "Addr&ess",
    "note": "&Note",
    "uid": "&Uid",
    "label": "&Label of the whole text",
}
_ACROSS = 2
"""The number of fields in a row."""

_CELL = 120
_EXAMPLE = 2_000
"""The maximum number of characters of a cell and of an example."""


class _Rows(QAbstractTableModel):
    """The first rows of a table; the heading of a column also names its field."""

    def __init__(self, table: Table, parent: QObject) -> None:
        super().__init__(parent)
        self._table = table
        self._fields: dict[str, str] = {}

    def show_fields(self, columns: Mapping[str, str]) -> None:
        self._fields = {column: _plain(field) for field, column in columns.items()}
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(self._table.columns) - 1))

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._table.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._table.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        cell = self._table.rows[index.row()][index.column()]
        return elided(cell, _CELL) if role == Qt.ItemDataRole.DisplayRole else tool_tip(elided(cell, 4 * _CELL))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return section + 1
        name = self._table.columns[section]
        return f"{elided(name, 40)}\n{self._fields.get(name, 'a further fact')}"


class TableColumnsDialog(QDialog):
    """Asks for the column of each field; the example shows each choice immediately."""

    chosen = Signal(object)
    """The column of each field."""

    left_out = Signal()
    """The user wants to leave these files out."""

    def __init__(self, workspace: Workspace, unclear: UnclearTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tableColumns")
        self.setWindowTitle("Columns of a table")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._table = unclear.table
        self._path = unclear.paths[0]
        question = self._question(unclear)
        self.fields = {field: self._field(field) for field in _WORDS}
        grid = self._field_grid()
        self._rows = _Rows(self._table, self)
        self.table = self._preview()
        self.example = QPlainTextEdit(self)
        self.example.setObjectName("tableExample")
        self.example.setReadOnly(True)
        self.example.setTabChangesFocus(True)
        self.example.setAccessibleName("The document that the chosen row becomes")
        self.message = TextLabel(self)
        self.message.setObjectName("tableMessage")
        self.message.setWordWrap(True)
        parts = QSplitter(Qt.Orientation.Vertical, self)
        parts.setChildrenCollapsible(False)
        parts.addWidget(_captioned("First &rows", self.table, self))
        parts.addWidget(_captioned("The chosen row as a docu&ment", self.example, self))
        buttons = self._buttons()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(question)
        layout.addLayout(grid)
        layout.addWidget(parts, 1)
        layout.addWidget(self.message)
        layout.addWidget(buttons)
        workspace.project_closed.connect(self.reject)
        size_for_font(self, 780, 640)
        self._show()
        self.table.selectRow(0)
        self.fields["text"].setFocus()

    def _question(self, unclear: UnclearTable) -> TextLabel:
        names = [path.name for path in unclear.paths]
        more = f" and {counted(len(names) - 1, 'other table')} with the same columns" if len(names) > 1 else ""
        question = TextLabel(
            f"Which column of “{names[0]}”{more} holds the texts? Each row becomes a document; columns without a "
            "field are kept as further facts of it.",
            self,
        )
        question.setWordWrap(True)
        return question

    def _field_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for number, (field, words) in enumerate(_WORDS.items()):
            caption = TextLabel(words, self)
            caption.setBuddy(self.fields[field])
            row, place = divmod(number, _ACROSS)
            grid.addWidget(caption, row, 2 * place)
            grid.addWidget(self.fields[field], row, 2 * place + 1)
            grid.setColumnStretch(2 * place + 1, 1)
        return grid

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.import_button = buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self.import_button.setObjectName("tableImport")
        self.import_button.setDefault(True)
        leave_out = buttons.addButton("Leave out", QDialogButtonBox.ButtonRole.ActionRole)
        leave_out.setToolTip("Import the other files without this table")
        leave_out.setAutoDefault(False)
        leave_out.clicked.connect(self._leave_out)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def columns(self) -> dict[str, str]:
        """Return the column of each field that has one."""
        chosen = {field: box.currentData() for field, box in self.fields.items()}
        return {field: column for field, column in chosen.items() if column is not None}

    def accept(self) -> None:
        if self.import_button.isEnabled():
            super().accept()
            self.chosen.emit(self.columns())

    def _leave_out(self) -> None:
        super().accept()
        self.left_out.emit()

    def _field(self, field: str) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(f"column_{field}")
        box.setAccessibleName(_plain(field))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(10)
        box.addItem("—", None)
        for column in self._table.columns:
            box.addItem(elided(column, 60), column)
        if field in self._table.suggested:
            box.setCurrentIndex(max(0, box.findData(self._table.suggested[field])))
        box.currentIndexChanged.connect(self._show)
        return box

    def _preview(self) -> QTableView:
        table = QTableView(self)
        table.setObjectName("tableRows")
        table.setAccessibleName("First rows of the table")
        table.setModel(self._rows)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultSectionSize(table.fontMetrics().averageCharWidth() * 26)
        header.setStretchLastSection(True)
        table.selectionModel().currentRowChanged.connect(lambda *_: self._show_example())
        return table

    def _show(self) -> None:
        columns = self.columns()
        twice = [column for column in set(columns.values()) if list(columns.values()).count(column) > 1]
        problem = ""
        if "text" not in columns:
            problem = "Choose the column that holds the texts."
        elif twice:
            problem = f"The column “{elided(twice[0], 40)}” is chosen for two fields: choose it for one."
        say(self.message, problem)
        self.import_button.setEnabled(not problem)
        self._rows.show_fields(columns)
        self._show_example()

    def _show_example(self) -> None:
        row = max(0, self.table.currentIndex().row())
        columns = self.columns()
        if "text" not in columns or len(set(columns.values())) < len(columns):
            self.example.setPlainText("")
            return
        found = table_columns.example_of(self._table, columns, row, self._path)
        self.example.setPlainText(found if isinstance(found, str) else _in_words(found))


def _plain(field: str) -> str:
    return _WORDS[field].replace("&", "")


def _in_words(article: Article) -> str:
    """Return an article as a few lines: its data, then its text."""
    known = {
        "Outlet": article.source,
        "Author": article.author,
        "Date": article.published_at,
        "Language": article.language,
        "Address": article.address,
        "Note": article.note,
        "Label of the whole text": ", ".join(one.label for one in article.annotations),
        **{name: str(value) for name, value in article.facts.items()},
    }
    lines = [f"{name}: {elided(value, 100)}" for name, value in known.items() if value]
    text = article.text if len(article.text) <= _EXAMPLE else f"{article.text[:_EXAMPLE]}…"
    return "\n".join([f"Title: {article.title}", *lines, "", text])


def _captioned(words: str, widget: QWidget, parent: QWidget) -> QWidget:
    whole = QWidget(parent)
    caption = TextLabel(words, whole)
    caption.setBuddy(widget)
    layout = QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    layout.addWidget(caption)
    layout.addWidget(widget, 1)
    return whole
