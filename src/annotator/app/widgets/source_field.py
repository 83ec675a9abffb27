"""The field for the source of a statement: offers of the registry while typing, and the creation of a new source."""

import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property
from heapq import nsmallest
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from annotator.app.widgets.line_edit_icons import add_clear_button
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.errors import InvalidValue
from annotator.domain.fixed_choices import SOURCE_KINDS
from annotator.domain.records import SourceRecord
from annotator.domain.wording import isolated
from annotator.services.sources.source_kinds import NEUTRAL_KIND, guess_kind

_SHOWN = 40
_POPUP_WIDTH = 260
_ARTICLES = ("the ", "der ", "die ", "das ")
_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PASSING = (
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
"""Losses of the focus after which the focus returns to the field."""
_Index = QModelIndex | QPersistentModelIndex
_NOTHING = Qt.ItemDataRole.UserRole


class _Offer(NamedTuple):
    """A row of the list below the field."""

    name: str
    detail: str
    """What is shown in brackets behind the name."""
    is_new: bool = False
    """Whether the row adds the typed name to the registry."""

    @property
    def shown(self) -> str:
        name = isolated(self.name)
        return f"{f'New source “{name}”' if self.is_new else name}  ({isolated(self.detail)})"


class _Offers(QAbstractListModel):
    """The sources that match the typed text, the best match first, and last the row that adds the typed name."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._sources: tuple[SourceRecord, ...] = ()
        self.names_in_text: Callable[[], Iterable[str]] = tuple
        """Returns the names in the text near the statement, for the list of all sources."""
        self.distance_in_text: Callable[[SourceRecord], int | None] = lambda _: None
        """Returns how far from the statement the text names a source, in characters; None where it does not."""
        self.rows: list[_Offer] = []

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

    def prepare(self) -> None:
        """Compute what the first typed letter needs, which takes long for thousands of sources."""
        _ = self._folded, self._by_name

    def look_for(self, typed: str, kind: str) -> None:
        """Offer the sources that match ``typed``, and a new one of this name and kind; without text, all sources."""
        rows = self._matching(typed)
        if not typed:
            named = list(self.names_in_text())
            rows = [*(_Offer(name, "in the text") for name in named), *(row for row in rows if row.name not in named)]
        elif self.find(typed) is None:
            rows.append(_Offer(typed, kind, is_new=True))
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def _matching(self, typed: str) -> list[_Offer]:
        """Return the sources that match: the exact name, those that the text names, then by beginning, then others."""
        wanted, exact = folded(typed), self.find(typed) if typed else None
        found: list[tuple[int, int, int, str, str]] = []
        for entry, name, aliases in self._folded:
            rank, detail = _rank(wanted, name), entry.kind
            if rank is None or rank > 0:
                ranks = [(by_alias, alias) for alias, at in zip(entry.aliases, aliases, strict=True)
                         if (by_alias := _rank(wanted, at)) is not None]  # fmt: skip
                best = min(ranks, default=None)
                if best is not None and (rank is None or best[0] < rank):
                    rank, detail = best[0] + 1, f"also {best[1]}"
            if rank is None:
                continue
            distance = self.distance_in_text(entry) if typed and rank < _ANYWHERE else None
            if distance is not None:
                detail = "in the text" if detail == entry.kind else f"{detail}, in the text"
            group = 0 if entry is exact else 1 if distance is not None else 2
            found.append((group, rank, -entry.annotations if distance is None else distance, entry.name, detail))
        return [_Offer(name, detail) for *_, name, detail in nsmallest(_SHOWN, found)]

    def set_kind(self, kind: str) -> None:
        """Show another kind in the row that adds the typed name."""
        if self.rows and self.rows[-1].is_new:
            self.rows[-1] = self.rows[-1]._replace(detail=kind)
            last = self.index(len(self.rows) - 1, 0)
            self.dataChanged.emit(last, last)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        return {Qt.ItemDataRole.DisplayRole: self.rows[index.row()].shown, _NOTHING: ""}.get(Qt.ItemDataRole(role))


_ANYWHERE = 4
"""The rank of a name that contains the typed text only inside a word."""


def _rank(wanted: str, name: str) -> int | None:
    """Return how well a name matches, the better the lower; an alias has one more. None where it does not match."""
    if wanted not in name:
        return None
    bare = next((name.removeprefix(article) for article in _ARTICLES if name.startswith(article)), name)
    if name.startswith(wanted) or bare.startswith(wanted):
        return 0
    return 2 if f" {wanted}" in name else _ANYWHERE


class _NameEdit(QLineEdit):
    """The line edit, whose keys the field handles; while the list is open it gets them from the list."""

    focused = Signal()
    """The focus is in the field."""
    list_requested = Signal()
    entered = Signal(object)
    """The QKeyEvent of Enter, which is ignored where the field has nothing to do with it."""
    tabbed = Signal()
    escaped = Signal()
    kind_requested = Signal()
    left = Signal()
    """The focus is elsewhere, and does not return by itself."""

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
            self.tabbed.emit()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        onwards = Qt.Key.Key_Left if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else Qt.Key.Key_Right
        if key == Qt.Key.Key_Down:
            self.list_requested.emit()
        elif key in _ENTER_KEYS:
            self.entered.emit(event)
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
            event.ignore()
        elif key == onwards and self.cursorPosition() == len(self.text()) and not self.hasSelectedText():
            self.kind_requested.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in _PASSING:
            self.left.emit()


class SourceField(QWidget):
    """A source of the registry, or none, chosen from offers that match the typed text in names and aliases.

    Enter and Tab take the chosen offer, at first the first one. Leaving the field takes an exact name only. A name that
    is not in the registry is added by the last offer alone, whose kind is guessed and can be changed beside the field.
    """

    chosen = Signal(object)
    """The id of the chosen source, or None if the field was cleared."""

    new_requested = Signal(str, str)
    """The name of a source that is to be added to the registry, and its kind."""

    finished = Signal()
    """The user took an offer by Enter or a click, or left the source as it is by Enter."""

    cancelled = Signal()
    """The user pressed Escape while the list was open."""

    left_unconfirmed = Signal()
    """The focus left the field, which holds a name that is neither in the registry nor was taken from the offers."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None, *, kind: str = NEUTRAL_KIND) -> None:
        """``kind``: of a new name that suggests none."""
        super().__init__(parent)
        self._source_id: int | None = None
        self._name = ""
        self._usual_kind = kind
        self._confirmed_name = ""
        """The new name that the user took from the offers."""
        self._looked_for: str | None = None
        self._build_edit()
        self._build_kind()
        self._build_list()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.kind)
        self.setFocusProxy(self.edit)
        self._connect()
        self._show_kind()

    def _build_edit(self) -> None:
        self.edit = _NameEdit(self)
        self.edit.setObjectName("sourceField")
        self.edit.setAccessibleName("Who said it")
        self.edit.setPlaceholderText("Name of the source")
        add_clear_button(self.edit)
        self.edit.setMinimumWidth(60)

    def _build_kind(self) -> None:
        self.kind = QComboBox(self)
        self.kind.setObjectName("sourceKind")
        self.kind.setAccessibleName("Kind of the new source")
        self.kind.setToolTip("What kind of source this new name is")
        self.kind.addItems(SOURCE_KINDS)
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kind.setMinimumContentsLength(6)
        self.kind.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.kind.hide()

    def _build_list(self) -> None:
        self._offers = _Offers(self)
        self._completer = QCompleter(self._offers, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setCompletionRole(_NOTHING)
        self._completer.setMaxVisibleItems(10)
        # Without QLineEdit.setCompleter, which would put the name of the current offer into the field.
        self._completer.setWidget(self.edit)
        popup = self._completer.popup()
        assert popup is not None
        self.popup: QAbstractItemView = popup
        """The list of offers below the field."""
        self.popup.setMinimumWidth(_POPUP_WIDTH)
        self.popup.setAccessibleName("Sources")
        self.popup.setStyleSheet("QAbstractItemView::item { padding: 4px 8px; }")

    def _connect(self) -> None:
        self.edit.textEdited.connect(self._on_edited)
        self.edit.textChanged.connect(self._on_changed)
        self.edit.focused.connect(self._offers.prepare)
        self.edit.list_requested.connect(self._open_list)
        self.edit.entered.connect(self._on_entered)
        self.edit.tabbed.connect(self._take_chosen)
        self.edit.escaped.connect(self._on_escaped)
        self.edit.kind_requested.connect(self._go_to_kind)
        self.edit.left.connect(self._on_left)
        self.kind.currentTextChanged.connect(self._show_other_kind)
        self.popup.clicked.connect(self._on_clicked)
        self.popup.selectionModel().currentChanged.connect(lambda *_: self._show_kind())
        self.kind.installEventFilter(self)
        # After the completer, whose own filter would withhold from the field that it lost the focus.
        self.edit.installEventFilter(self)

    # --- interface ------------------------------------------------------------------------------------------------

    def set_sources(self, sources: Iterable[SourceRecord]) -> None:
        self._offers.set_sources(sources)
        self._looked_for = None
        self._show_kind()

    def set_text_names(
        self, names: Callable[[], Iterable[str]], distance: Callable[[SourceRecord], int | None]
    ) -> None:
        """Set what the text names.

        ``names`` returns names near the statement, in the registry or not, which come first while nothing is typed.
        ``distance`` returns how far from the statement a source is named, in characters, or None: such sources come
        first while a name is typed.
        """
        self._offers.names_in_text, self._offers.distance_in_text = names, distance

    def set_source(self, id: int | None, name: str) -> None:
        """Show a source; text that is being typed is kept if the source is the same."""
        if (id, name) == (self._source_id, self._name) and self.is_being_typed:
            return
        self._source_id, self._name, self._confirmed_name = id, name, ""
        if self.edit.text() != name:
            self.edit.setText(name)
        self._show_kind()

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
        return bool(self.typed) and self.is_being_typed and self._offers.find(self.typed) is None

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the field holds a new name that was not taken from the offers: it may be half a name."""
        return self.is_new and self.typed != self._confirmed_name

    def check_choice(self) -> None:
        """Raise InvalidValue if the field holds a new name that was not taken from the offers, and others match it.

        For dialogs, which write the field when the user confirms them: it may be half the name of a known source.
        """
        if not self.is_unconfirmed:
            return
        self._look_for(self.typed)
        if not self._offers.rows[0].is_new:
            raise InvalidValue(
                f"There is no source “{isolated(self.typed)}”: press Enter in its field to take "
                f"{isolated(self._offers.rows[0].name)}, or choose “New source” at the end of the list."
            )

    def revert(self) -> None:
        """Restore the name of the source shown."""
        self.popup.hide()
        self.edit.setText(self._name)

    def confirm(self) -> None:
        """Accept the content of the field: a source, none, or a new name."""
        name = self.typed
        if self.is_new:
            self._confirmed_name = name
            self.new_requested.emit(name, self.kind.currentText())
        else:
            self._take(self._offers.find(name) if name else None)

    # --- taking an offer ------------------------------------------------------------------------------------------

    def _take(self, found: SourceRecord | None) -> None:
        id = found.id if found is not None else None
        is_other = id != self._source_id
        self.set_source(id, found.name if found is not None else "")
        self.edit.setText(self._name)
        if is_other:
            self.chosen.emit(id)

    def _chosen(self) -> _Offer | None:
        """Return the offer that Enter takes; None if it takes the text of the field as it is."""
        row = self.popup.currentIndex().row() if self.popup.isVisible() else 0
        if not self.popup.isVisible() and not (self.typed and self.is_being_typed):
            return None
        if not self.popup.isVisible():
            self._look_for(self.typed)
        return self._offers.rows[max(0, row)] if self._offers.rows else None

    def _take_chosen(self) -> bool:
        """Take the chosen offer; return False if it put a name of the text into the field, which is not added yet."""
        if not self.is_being_typed and not self.popup.isVisible():
            return True
        offer = self._chosen()
        self.popup.hide()
        return self._take_offer(offer)

    def _take_offer(self, offer: _Offer | None) -> bool:
        if offer is None:
            self.confirm()
        elif offer.is_new:
            self.edit.setText(offer.name)
            self.confirm()
        elif (found := self._offers.find(offer.name)) is not None:
            self._take(found)
        else:
            self._suggest_new(offer.name)
            return False
        return True

    def _suggest_new(self, name: str) -> None:
        """Put a name of the text into the field, with the row chosen that adds it: a new source is made there only."""
        self.edit.setText(name)
        self._look_for(name)
        self._show_list(len(self._offers.rows) - 1)

    def _on_entered(self, event: QKeyEvent) -> None:
        # An unchanged field leaves the key to the default button of a dialog.
        event.setAccepted(self.is_being_typed or self.popup.isVisible())
        if self._take_chosen():
            self.finished.emit()

    def _on_clicked(self, index: QModelIndex) -> None:
        if self._take_offer(self._offers.rows[index.row()]):
            self.finished.emit()

    def _on_escaped(self) -> None:
        if self.popup.isVisible():
            self.popup.hide()
            self.cancelled.emit()

    def _on_left(self) -> None:
        at = QApplication.focusWidget()
        if not self.is_being_typed or at is self.edit or at is self.kind:
            return
        if not self.is_new:
            self.confirm()
        elif self.is_unconfirmed:
            self.left_unconfirmed.emit()

    # --- the list -------------------------------------------------------------------------------------------------

    def _on_edited(self) -> None:
        self._guess_kind()
        if self.typed:
            self._look_for(self.typed)
            self._show_list(0)
        else:
            self.popup.hide()
        self.edited.emit()

    def _on_changed(self) -> None:
        self._guess_kind()
        self._show_kind()

    def _guess_kind(self) -> None:
        if self.is_new:
            self.kind.setCurrentText(guess_kind(self.typed, self._usual_kind))

    def _show_other_kind(self, kind: str) -> None:
        row = self.popup.currentIndex().row()
        self._offers.set_kind(kind)
        # The completer forgets the chosen row when the text of one changes.
        self.popup.setCurrentIndex(self.popup.model().index(row, 0))

    def _open_list(self) -> None:
        self._look_for(self.typed if self.is_being_typed else "")
        self._show_list(0)

    def _look_for(self, typed: str) -> None:
        self._looked_for = typed
        self._offers.look_for(typed, self.kind.currentText())

    def _show_list(self, chosen: int) -> None:
        if not self._offers.rows or not self.edit.isVisible():
            return
        self._completer.complete()
        self.popup.setCurrentIndex(self.popup.model().index(chosen, 0))
        self._show_kind()

    def _go_to_kind(self) -> None:
        if self.kind.isVisible():
            self.popup.hide()
            self.kind.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_kind(self) -> None:
        """Show the choice of the kind while the offer that adds the typed name is the chosen one."""
        is_new = self.is_new
        if is_new:
            if not self.popup.isVisible() and self._looked_for != self.typed:
                self._look_for(self.typed)
            row = max(0, self.popup.currentIndex().row()) if self.popup.isVisible() else 0
            is_new = row < len(self._offers.rows) and self._offers.rows[row].is_new
        self.kind.setVisible(is_new or self.kind.hasFocus())
        self.edit.setToolTip(
            tool_tip(
                f"Enter adds “{self.typed}” to the sources; the right arrow key goes to its kind"
                if is_new
                else "Type a part of a name or alias; Down lists sources named in the text, then all sources"
            )
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            if event.reason() not in _PASSING:
                if watched is self.edit:
                    self.popup.hide()
                elif QApplication.focusWidget() is not self.edit:
                    self._on_left()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.kind:
            if event.key() in _ENTER_KEYS:
                self.edit.setFocus()
                self.confirm()
                self.finished.emit()
                return True
            if event.key() == Qt.Key.Key_Tab:
                self.confirm()
        return super().eventFilter(watched, event)


def folded(text: str) -> str:
    """Return ``text`` in lower case without diacritics: ``Möller`` is found as ``moller``."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
