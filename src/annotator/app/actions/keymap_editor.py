"""The editor of the key map: find an action, press its new key, and see the conflicts of that key."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QFont, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from annotator.app.actions.action_spec import ActionSpec
from annotator.app.actions.keymap import Conflict, Keymap, shown
from annotator.app.widgets.designer_form import size_for_font
from annotator.app.widgets.line_edit_icons import add_clear_button
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.settings import KeyOverrides

_COLUMNS = ("Action", "Menu", "Keys", "Built in")
_Index = QModelIndex | QPersistentModelIndex


class KeymapEditor(QDialog):
    """Edits a copy of the key map; ``overrides`` holds it after OK."""

    def __init__(self, keymap: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keymapEditor")
        self.setWindowTitle("Change keys")
        size_for_font(self, 820, 640)
        self._keymap = Keymap(keymap.specs, keymap.overrides())
        self._build_search()
        self._build_table()
        self._build_recorder()
        self._build_buttons()
        self._chosen = TextLabel(self)
        self._message = TextLabel(self)
        self._message.setObjectName("keymapSaid")
        self._message.setWordWrap(True)
        self._message.setMinimumHeight(self._message.fontMetrics().lineSpacing() * 2 + 4)
        self._message.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, Qt.Orientation.Horizontal, self
        )
        reset_all = buttons.addButton("Reset all", QDialogButtonBox.ButtonRole.ResetRole)
        reset_all.setObjectName("resetAllKeys")
        reset_all.clicked.connect(self._on_reset_all)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._connect()
        line = QHBoxLayout()
        line.addWidget(self._recorder, 1)
        for button in (self._add, self._replace, self._remove, self._reset):
            # Enter in the search field must not press one of them.
            button.setAutoDefault(False)
            line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setSpacing(9)
        for part in (self._search, self._table, self._chosen, line, self._message, buttons):
            if isinstance(part, QWidget):
                layout.addWidget(part)
            else:
                layout.addLayout(part)
        self._search.setFocus()
        self.choose(keymap.specs[0].id)

    def _build_search(self) -> None:
        self._search = QLineEdit(self)
        self._search.setObjectName("keymapSearch")
        self._search.setPlaceholderText("Search actions and keys")
        self._search.setAccessibleName("Search actions and keys")
        add_clear_button(self._search)
        self._model = _Model(self._keymap, self)
        self._rows = _Filter(self)
        self._rows.setSourceModel(self._model)
        self._search.textChanged.connect(self._rows.look_for)

    def _build_table(self) -> None:
        self._table = QTableView(self)
        self._table.setObjectName("keymapTable")
        self._table.setAccessibleName("Actions and their keys")
        self._table.setModel(self._rows)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setShowGrid(False)
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().hide()
        header = self._table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2, 3):
            header.resizeSection(column, 150)

    def _build_recorder(self) -> None:
        self._recorder = QKeySequenceEdit(self)
        self._recorder.setObjectName("keyRecorder")
        self._recorder.setAccessibleName("New key: press it here")
        self._recorder.setMaximumSequenceLength(2)
        if (inner := self._recorder.findChild(QLineEdit)) is not None:
            inner.setAccessibleName(self._recorder.accessibleName())
            add_clear_button(inner)
        self._recorder.keySequenceChanged.connect(self._show_conflicts)

    def _build_buttons(self) -> None:
        self._add = QPushButton("Add", self)
        self._add.setObjectName("addKey")
        self._add.setToolTip("Gives the action this key besides those it has.")
        self._replace = QPushButton("Replace", self)
        self._replace.setObjectName("replaceKeys")
        self._replace.setToolTip("Gives the action this key and no other.")
        self._remove = QPushButton("No key", self)
        self._remove.setObjectName("removeKeys")
        self._remove.setToolTip("Takes all keys off the action.")
        self._reset = QPushButton("Reset", self)
        self._reset.setObjectName("resetKeys")
        self._reset.setToolTip("Gives the action its built-in keys.")

    def _connect(self) -> None:
        self._table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self._table.doubleClicked.connect(self._on_double_clicked)
        self._add.clicked.connect(lambda: self._give(replace=False))
        self._replace.clicked.connect(lambda: self._give(replace=True))
        self._remove.clicked.connect(self._on_remove)
        self._reset.clicked.connect(self._on_reset)

    @property
    def overrides(self) -> KeyOverrides:
        """Return the differences from the built-in keys."""
        return self._keymap.overrides()

    def choose(self, name: str) -> None:
        """Select the row of an action."""
        row = self._rows.mapFromSource(self._model.index(self._model.row_of(name), 0))
        self._table.setCurrentIndex(row)
        self._table.scrollTo(row)

    def message(self) -> str:
        """Return the message about the pressed key and the map."""
        return self._message.text()

    def _spec(self) -> ActionSpec | None:
        index = self._rows.mapToSource(self._table.currentIndex())
        return self._keymap.specs[index.row()] if index.isValid() else None

    def _pressed(self) -> str:
        return self._recorder.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def _on_double_clicked(self) -> None:
        self._recorder.setFocus()

    def _on_row_changed(self) -> None:
        self._recorder.clear()
        self._show_conflicts()

    def _show_conflicts(self) -> None:
        spec, key = self._spec(), self._pressed()
        for button in (self._add, self._replace):
            button.setEnabled(spec is not None and bool(key))
        self._remove.setEnabled(spec is not None and bool(self._keymap.keys(spec.id)))
        self._reset.setEnabled(spec is not None and self._keymap.is_changed(spec.id))
        self._recorder.setEnabled(spec is not None)
        if spec is None:
            self._chosen.setText("Choose an action, then press its new key in the field below.")
            self._show_message("", "muted")
            return
        self._chosen.setText(f"New key for “{spec.title}”: go to the field below and press it.")
        if not key:
            self._show_map()
            return
        conflicts = self._keymap.conflicts_of(spec.id, key)
        blocked = [conflict for conflict in conflicts if not conflict.other]
        if key in self._keymap.keys(spec.id):
            self._show_message(f"“{spec.title}” has {shown(key)} already.", "muted")
        elif blocked:
            # A key that the system keeps for itself cannot be used.
            for button in (self._add, self._replace):
                button.setEnabled(False)
            self._show_message(blocked[0].sentence, "bad")
        elif conflicts:
            self._show_message(f"{_described(conflicts)} If you give it here, it is taken away there.", "warning")
        else:
            self._show_message(f"{shown(key)} is free.", "good")

    def _show_map(self) -> None:
        conflicts = self._keymap.conflicts()
        if conflicts:
            self._show_message(_described(conflicts), "warning")
        else:
            self._show_message("Nothing clashes in this map.", "muted")

    def _give(self, replace: bool) -> None:
        spec, key = self._spec(), self._pressed()
        if spec is None or not key:
            return
        if replace:
            self._keymap.rebind(spec.id, ())
        self._keymap.take(spec.id, key)
        self._on_map_changed()

    def _on_remove(self) -> None:
        if spec := self._spec():
            self._keymap.rebind(spec.id, ())
            self._on_map_changed()

    def _on_reset(self) -> None:
        if spec := self._spec():
            self._keymap.reset(spec.id)
            self._on_map_changed()

    def _on_reset_all(self) -> None:
        self._keymap.reset_all()
        self._on_map_changed()

    def _on_map_changed(self) -> None:
        self._model.show_again()
        self._recorder.clear()
        self._show_conflicts()

    def _show_message(self, text: str, role: str) -> None:
        self._message.setText(text)
        if self._message.property("role") != role:
            self._message.setProperty("role", role)
            # A style sheet reads properties only when it is applied.
            self._message.style().unpolish(self._message)
            self._message.style().polish(self._message)


def _described(conflicts: list[Conflict]) -> str:
    more = len(conflicts) - 1
    return conflicts[0].sentence + (f" There {'is' if more == 1 else 'are'} {more} more." if more else "")


class _Model(QAbstractTableModel):
    def __init__(self, keymap: Keymap, parent: QObject) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self._specs = keymap.specs

    def row_of(self, name: str) -> int:
        return next(row for row, spec in enumerate(self._specs) if spec.id == name)

    def show_again(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._specs) - 1, len(_COLUMNS) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return 0 if parent.isValid() else len(self._specs)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        spec = self._specs[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            match index.column():
                case 0:
                    return spec.title
                case 1:
                    return spec.menu.replace("/", " › ")
                case 2:
                    return self._keymap.shown(spec.id)
                case _:
                    return "  or  ".join(shown(key) for key in self._keymap.defaults(spec.id))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(self._keymap.help(spec.id))
        if role == Qt.ItemDataRole.FontRole and self._keymap.is_changed(spec.id):
            font = QFont()
            font.setBold(True)
            return font
        return None


class _Filter(QSortFilterProxyModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._words: list[str] = []

    def look_for(self, text: str) -> None:
        self.beginFilterChange()
        self._words = text.lower().split()
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, row: int, parent: _Index) -> bool:
        model = self.sourceModel()
        text = " ".join(str(model.index(row, column, parent).data()) for column in range(3)).lower()
        return all(word in text for word in self._words)
