"""The field for the source of a statement: completion over the registry of sources, and creation of a new source."""

import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property
from heapq import nsmallest
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from annotator.app.widgets.line_edit_icons import add_clear_button
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.fixed_choices import SOURCE_KINDS
from annotator.domain.records import SourceRecord

_SHOWN = 40
_POPUP_WIDTH = 260
_Index = QModelIndex | QPersistentModelIndex
_NAME = Qt.ItemDataRole.UserRole
_NOTHING = Qt.ItemDataRole.UserRole + 1


class _Row(NamedTuple):
    """A row of the completion list: the name that it puts into the field, and the text shown."""

    name: str
    shown: str


class _Completion(QAbstractListModel):
    """The sources that match the typed text, the best match first."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._sources: tuple[SourceRecord, ...] = ()
        self.offers: Callable[[], Iterable[str]] = tuple
        """Returns names found in the text; called when the list of all sources is opened."""
        self._rows: list[_Row] = []

    def set_sources(self, sources: Iterable[SourceRecord]) -> None:
        self._sources = tuple(sources)
        # Computed again on typing only, because the registry changes more often than that.
        self.__dict__.pop("_folded", None)
        self.__dict__.pop("_by_name", None)

    @cached_property
    def _folded(self) -> list[tuple[SourceRecord, str, tuple[str, ...]]]:
        return [(entry, folded(entry.name), tuple(map(folded, entry.aliases))) for entry in self._sources]

    @cached_property
    def _by_name(self) -> dict[str, SourceRecord]:
        aliases = {alias.casefold(): entry for entry in reversed(self._sources) for alias in entry.aliases}
        return aliases | {entry.name.casefold(): entry for entry in self._sources}

    def find(self, name: str) -> SourceRecord | None:
        """Return the source with this name or alias, ignoring case; a name takes precedence over an alias."""
        return self._by_name.get(name.casefold())

    def look_for(self, typed: str) -> None:
        wanted = folded(typed)
        found: list[tuple[int, int, str, str]] = []
        for entry, name, aliases in self._folded:
            if wanted in name:
                rank = 0 if name.startswith(wanted) else 1 if f" {wanted}" in name else 2
                found.append((rank, -entry.annotations, entry.name, entry.kind))
                continue
            for alias, plain in zip(entry.aliases, aliases, strict=True):
                if wanted in plain:
                    found.append((3, -entry.annotations, entry.name, f"also {alias}"))
                    break
        rows = [_Row(name, f"{name}  ({detail})") for _, _, name, detail in nsmallest(_SHOWN, found)]
        if not typed:
            offered = list(self.offers())
            rows = [
                *(_Row(name, f"{name}  (in the text)") for name in offered),
                *(row for row in rows if row.name not in offered),
            ]
        if typed and self.find(typed) is None:
            rows.append(_Row(typed, f"New source “{typed}”"))
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.shown
        return {_NAME: row.name, _NOTHING: ""}.get(role)


class _Completer(QCompleter):
    """A completer that puts the name of a row into the field. No row is selected until the user moves to one."""

    def __init__(self, model: _Completion, parent: QObject) -> None:
        super().__init__(model, parent)
        self.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        # Qt would select the first row that begins with the typed text, and Enter would then accept it unintentionally.
        self.setCompletionRole(_NOTHING)
        self.setMaxVisibleItems(10)

    def pathFromIndex(self, index: _Index) -> str:
        return str(index.data(_NAME))


class _NameEdit(QLineEdit):
    """The line edit; Down opens the list of all sources."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        completer = self.completer()
        popup = completer.popup()
        if event.key() == Qt.Key.Key_Down and popup is not None and not popup.isVisible():
            self.textEdited.emit(self.text())
            completer.complete()
            return
        super().keyPressEvent(event)


class SourceField(QWidget):
    """A source of the registry, or none, typed with completion that matches anywhere in names and aliases.

    A name that is not in the registry shows a choice of the kind beside the field, and Enter requests the new entry.
    """

    chosen = Signal(object)
    """The id of the chosen source, or None if the field was cleared."""

    new_requested = Signal(str, str)
    """The name of a source that is not in the registry, and its kind."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None, *, kind: str = "person") -> None:
        super().__init__(parent)
        self._source_id: int | None = None
        self._name = ""
        self._usual_kind = kind
        self.edit = _NameEdit(self)
        self.edit.setObjectName("sourceField")
        self.edit.setAccessibleName("Who said it")
        self.edit.setPlaceholderText("Name of the source")
        add_clear_button(self.edit)
        self.edit.setMinimumWidth(60)
        self.kind = QComboBox(self)
        self.kind.setObjectName("sourceKind")
        self.kind.setAccessibleName("Kind of the new source")
        self.kind.setToolTip("What kind of source this new name is")
        self.kind.addItems(SOURCE_KINDS)
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kind.setMinimumContentsLength(6)
        self.kind.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.kind.installEventFilter(self)
        self.kind.hide()
        self._known = _Completion(self)
        completer = _Completer(self._known, self)
        if (popup := completer.popup()) is not None:
            popup.setMinimumWidth(_POPUP_WIDTH)
            popup.setStyleSheet("QAbstractItemView::item { padding: 4px 8px; }")
        self.edit.setCompleter(completer)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.kind)
        self.setFocusProxy(self.edit)
        self.edit.textEdited.connect(self._on_edited)
        self.edit.textChanged.connect(self._offer_kind)
        self.edit.returnPressed.connect(self.confirm)
        self.edit.editingFinished.connect(self._take_exact)
        completer.activated.connect(lambda _: self.confirm())

    def set_sources(self, sources: Iterable[SourceRecord]) -> None:
        self._known.set_sources(sources)
        self._offer_kind()

    def set_offers(self, offers: Callable[[], Iterable[str]]) -> None:
        """Set the function that returns names found in the text; they come first while nothing is typed."""
        self._known.offers = offers

    def set_source(self, id: int | None, name: str) -> None:
        """Show a source; text that is being typed is kept if the source is the same."""
        if (id, name) == (self._source_id, self._name) and self.is_being_typed:
            return
        self._source_id, self._name = id, name
        if self.edit.text() != name:
            self.edit.setText(name)
        self._offer_kind()

    @property
    def source_id(self) -> int | None:
        return self._source_id

    @property
    def typed(self) -> str:
        """The name in the field with white space normalised."""
        return " ".join(self.edit.text().split())

    @property
    def is_being_typed(self) -> bool:
        """Whether the text in the field differs from the name of the source shown."""
        return self.typed != self._name

    @property
    def is_new(self) -> bool:
        """Whether the field holds a name that is not in the registry."""
        return bool(self.typed) and self.is_being_typed and self._known.find(self.typed) is None

    def revert(self) -> None:
        """Restore the name of the source shown."""
        self.edit.setText(self._name)

    def confirm(self) -> None:
        """Accept the content of the field: a source, none, or a new name."""
        name = self.typed
        if self.is_new:
            self.new_requested.emit(name, self.kind.currentText())
            return
        found = self._known.find(name) if name else None
        self._take(found)

    def _take(self, found: SourceRecord | None) -> None:
        id = found.id if found is not None else None
        is_other = id != self._source_id
        self.set_source(id, found.name if found is not None else "")
        self.edit.setText(self._name)
        if is_other:
            self.chosen.emit(id)

    def _take_exact(self) -> None:
        # Leaving the field accepts a complete name, but creates no new source from a partly typed one.
        if self.is_being_typed and not self.is_new:
            self.confirm()

    def _on_edited(self, text: str) -> None:
        self._known.look_for(" ".join(text.split()))
        self.edited.emit()

    def _offer_kind(self) -> None:
        if self.is_new and not self.kind.isVisibleTo(self):
            self.kind.setCurrentText(self._usual_kind)
        self.kind.setVisible(self.is_new)
        self.edit.setToolTip(
            tool_tip(
                f"Enter adds “{self.typed}” to the sources"
                if self.is_new
                else "Type a part of a name or alias; Down lists sources named in the text, then all sources"
            )
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        key = event.key() if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        if watched is self.kind and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.confirm()
            self.edit.setFocus()
            return True
        return super().eventFilter(watched, event)


def folded(text: str) -> str:
    """Return ``text`` in lower case without diacritics: ``Möller`` is found as ``moller``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
