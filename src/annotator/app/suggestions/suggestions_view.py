"""The suggestions without an answer, by place or by score, of the document or the whole project."""

from PySide6.QtCore import QSignalBlocker, Signal, SignalInstance
from PySide6.QtWidgets import QComboBox, QToolButton, QVBoxLayout, QWidget

from annotator.app.state.action_keys import KeyTip
from annotator.app.state.suggestion_queue import MOST, MOST_COUNTED, ORDERS
from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.views.lazy_view import LazyView
from annotator.app.widgets.line_edit_icons import add_sign
from annotator.app.widgets.records.columns import Column, Swatch, one_line
from annotator.app.widgets.records.filter_bar import CountLabel, FilterBar, FilterField
from annotator.app.widgets.records.record_model import RecordModel
from annotator.app.widgets.records.record_table import RecordTable
from annotator.app.widgets.score_field import ScoreField
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.changes import Change
from annotator.domain.records import SuggestionRecord
from annotator.domain.wording import counted

_ORDER_WORDS = {"place": "By place", "least sure": "Least sure", "surest": "Surest"}

_ORDER_TOLD = "Order: by place, most informative first, or surest first"
_SCOPE_TOLD = "Of this document or of the whole project"


class SuggestionsView(LazyView):
    """The list of suggestions, with the choice of scope and order; it answers none itself."""

    TABLES = frozenset({"document", "label", "suggestion_run"})

    suggestion_requested = Signal(object)
    """A suggestion to be shown in its text."""
    run_requested = Signal()
    accept_requested = Signal()
    reject_requested = Signal()
    accept_all_requested = Signal()
    leave_requested = Signal()
    """Escape in the filter field: the focus may go back to the text."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self._suggestions = workspace.suggestions
        self._titles: dict[int, str] = {}
        self._places: dict[int, int] = {}
        self.filter_field = FilterField("Filter suggestions", self)
        self.filter_field.setObjectName("suggestionFilter")
        self.filter_field.setToolTip("Words of the suggestion, its reason, its label or its document")
        add_sign(self.filter_field, "filter")
        self.scope = self._choice("suggestionScope", _SCOPE_TOLD, [("Document", False), ("Project", True)])
        self.order = self._choice("suggestionOrder", _ORDER_TOLD, [(_ORDER_WORDS[each], each) for each in ORDERS])
        self.least = ScoreField(self._suggestions.least, self)
        self.least.setObjectName("suggestionLeast")
        self.count = CountLabel(self)
        self.table = RecordTable(RecordModel(self._columns(), self._place, self), self)
        self.table.setObjectName("suggestionTable")
        self.table.setAccessibleName("Suggestions")
        self.run_button = self._button("Suggest", "suggest", "Read what is new", "suggest.run", self.run_requested)
        self.accept_button = self._button(
            "Accept", "accept", "Accept the suggestion", "suggest.accept", self.accept_requested
        )
        self.reject_button = self._button(
            "Reject", "reject", "Reject the chosen", "suggest.reject", self.reject_requested
        )
        self.all_button = self._button(
            "Accept all", "accept-all", "Accept all from a score on", "suggest.accept_all", self.accept_all_requested
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        buttons = (self.run_button, self.accept_button, self.reject_button, self.all_button)
        layout.addWidget(FilterBar(self.filter_field, (self.scope, self.order, self.least, self.count, *buttons), self))
        layout.addWidget(self.table, 1)
        self.setFocusProxy(self.table)
        self._connect()

    def _connect(self) -> None:
        shown = self._suggestions
        self.filter_field.filtered.connect(self._apply_filter)
        self.filter_field.left.connect(self.leave_requested)
        self.filter_field.list_requested.connect(self.go_to_list)
        self.filter_field.returnPressed.connect(self.go_to_list)
        self.scope.currentIndexChanged.connect(lambda _: shown.choose(is_project_wide=bool(self.scope.currentData())))
        self.order.currentIndexChanged.connect(lambda _: shown.choose(order=self.order.currentData()))
        self.least.valueChanged.connect(lambda _: shown.choose(least=self.least.score))
        self.table.chosen.connect(self._show)
        self.table.clicked_id.connect(self._show)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        shown.changed.connect(self.refresh)
        shown.active_changed.connect(self._show_active)

    def current(self) -> SuggestionRecord | None:
        """Return the suggestion of the current row."""
        id = self.table.current_id()
        return None if id is None else self.table.records.record(id)

    def selected(self) -> list[SuggestionRecord]:
        """Return the suggestions of the selected rows in the order shown."""
        found = [self.table.records.record(id) for id in self.table.selected_ids()]
        return [one for one in found if one is not None]

    def go_to_list(self) -> None:
        """Move the focus to the list, to the first suggestion if none is current."""
        if self.table.current_id() is None and self.table.records.shown:
            self.table.setCurrentIndex(self.table.records.index(0, 0))
        self.table.setFocus()

    def read(self) -> None:
        """Show the suggestions of the queue."""
        project, keys = self._workspace.project, self._workspace.keys
        queue = self._suggestions.queue()
        self._read_titles({one.document_id for one in queue})
        self._places = {one.id: place for place, one in enumerate(queue)}
        self.table.set_records(queue, anew=True)
        # Updated here because other dialogs, such as that of the suggestion method, change the score too.
        with QSignalBlocker(self.least):
            self.least.setValue(self._suggestions.least)
        here, everywhere = self._suggestions.counts()
        total = everywhere if self._suggestions.is_project_wide else here
        more = "more than " if total >= MOST_COUNTED else ""
        shown = f", the first {MOST:,} shown" if total > MOST else ""
        self.count.setText(f"{more}{counted(total, 'suggestion')}{shown}")
        if project is None or not (total or self._is_in_use()):
            hint = keys.fill("Nothing is suggested yet. {suggest.run} reads the documents and suggests annotations.")
        elif everywhere and not total:
            hint = keys.fill("No suggestion waits in this document, but in others. {suggest.run} reads what is new.")
        else:
            hint = f"No suggestion from a score of {self._suggestions.least:.2f} on waits for an answer."
        self.table.set_hint(hint)
        self._apply_filter(self.filter_field.text())
        self._show_active()
        self._enable()

    def _read_titles(self, document_ids: set[int]) -> None:
        """Read only the titles of the documents in the list: a project may have 10,000 documents."""
        missing = document_ids - self._titles.keys()
        project = self._workspace.project
        if missing and project is not None:
            self._titles |= {row.id: row.title for row in project.read.documents.rows_of(missing)}

    def record_change(self, change: Change) -> None:
        """Clear the cached titles if documents changed."""
        if "document" in change.tables():
            self._titles.clear()

    def _forget(self) -> None:
        self._titles.clear()
        super()._forget()

    def _is_in_use(self) -> bool:
        project = self._workspace.project
        if project is None:
            return False
        return project.read.suggestions.is_any_read()

    def _show(self, id: int) -> None:
        if (one := self.table.records.record(id)) is not None:
            self.suggestion_requested.emit(one)

    def _show_active(self) -> None:
        active = self._suggestions.active
        if active is not None and self.table.current_id() != active.id:
            self.table.show_id(active.id)
        self._enable()

    def _apply_filter(self, typed: str) -> None:
        words = typed.casefold().split()

        def accepts(one: SuggestionRecord) -> bool:
            text = f"{one.quote} {one.reason} {one.label} {self._titles.get(one.document_id, '')}".casefold()
            return all(word in text for word in words)

        self.table.set_filter(accepts if words else None)

    def _enable(self) -> None:
        may = not self._workspace.read_only
        has = self._workspace.project is not None and may
        chosen = self.table.current_id() is not None or self._suggestions.active is not None
        self.run_button.setEnabled(has)
        self.all_button.setEnabled(has and bool(self.table.records.total))
        for button in (self.accept_button, self.reject_button):
            button.setEnabled(has and chosen)

    def _place(self, one: SuggestionRecord) -> tuple[int, int]:
        return self._places.get(one.id, 0), one.id

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("Score", lambda one: f"{one.score:.2f}", key=lambda one: one.score, width=6, is_number=True),
            Column("Suggested", lambda one: one.label, swatch=self._swatch, width=18, least=4),
            Column(
                "Words",
                lambda one: one_line(one.shown_quote),
                tip=lambda one: one.shown_quote,
                width=30,
                least=14,
                weight=3,
            ),
            Column("Why", lambda one: one.reason, tip=lambda one: one.reason, width=24, rank=1, least=8, weight=2),
            Column("Document", lambda one: self._titles.get(one.document_id, ""), width=18, rank=2, weight=1),
            Column("Made by", lambda one: one.engine, width=12, rank=3),
        )

    def _swatch(self, one: SuggestionRecord) -> Swatch | None:
        label = next((label for label in self._workspace.labels if label.id == one.label_id), None)
        return None if label is None else Swatch(label.color, label.initials)

    def _choice(self, name: str, title: str, entries: list[tuple[str, object]]) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(name)
        box.setAccessibleName(title)
        box.setToolTip(tool_tip(title))
        for words, value in entries:
            box.addItem(words, value)
        return box

    def _button(self, title: str, picture: str, tip: str, id: str, request: SignalInstance) -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName(title)
        button.setIcon(icon(picture))
        KeyTip(button, self._workspace.keys, tip, id)
        button.clicked.connect(request)
        return button
