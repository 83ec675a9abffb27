"""The registry of sources, with the reliability of each."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QMenu, QSplitter, QToolButton, QVBoxLayout, QWidget

from annotator.app.sources.merge_dialog import Group, SourceMergeDialog
from annotator.app.sources.source_detail import SourceDetail, divergence
from annotator.app.sources.source_dialog import SourceDialog, reliability_color, reliability_words
from annotator.app.state.track_record_cache import TrackKeeper
from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.style.theme import theme_in_use
from annotator.app.views.lazy_view import READ_DELAY, LazyView
from annotator.app.widgets.line_edit_icons import add_sign
from annotator.app.widgets.records.columns import Column, Swatch
from annotator.app.widgets.records.filter_bar import CountLabel, FilterBar, FilterField, counts_text
from annotator.app.widgets.records.record_model import RecordModel
from annotator.app.widgets.records.record_table import RecordTable
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.analysis.track_record import TrackRecord
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError
from annotator.domain.grades import RELIABILITY
from annotator.domain.records import AssessmentRecord, SourceRecord
from annotator.domain.wording import counted
from annotator.services.sources import source_duplicates, sources


class _Row(NamedTuple):
    """A source with its latest assessment and its track record, which is None until it is read."""

    id: int
    source: SourceRecord
    assessed: AssessmentRecord | None
    record: TrackRecord | None = None


def _judged(row: _Row) -> str:
    """Return the current assessment in words, with its date and rationale."""
    if row.assessed is None:
        return "Not assessed yet"
    assessed = row.assessed
    lines = [reliability_words(assessed.reliability), f"{assessed.made_on}, {assessed.annotator}"]
    lines += [f"Topic: {assessed.topic}"] if assessed.topic else []
    lines += [assessed.rationale] if assessed.rationale else []
    return "\n".join(lines)


def _described(row: _Row) -> str:
    """Return a source in a few lines, for its tool tip."""
    source = row.source
    aliases = f"Also: {', '.join(source.aliases)}" if source.aliases else ""
    return "\n".join(part for part in (source.name, source.kind, aliases, source.note) if part)


def _recorded(row: _Row) -> str:
    """Return the track record in short: the suggested reliability, and the number of claims that it is based on."""
    record = row.record
    if record is None or not record.total:
        return ""
    counted = f"{record.resolved:,} of {record.total:,}"
    return f"too few to say, {counted}" if record.is_too_few else f"{record.suggested}, {counted}"


def _record_text(row: _Row) -> str:
    """Return the track record in words, and a note if it suggests another reliability than the current one."""
    if row.record is None or not row.record.total:
        return "No claim of it yet"
    since = row.assessed.made_on if row.assessed else ""
    return "\n".join(filter(None, [row.record.sentence(), divergence(row.source, row.record, since)]))


def _diverging(row: _Row) -> Swatch | None:
    return Swatch(theme_in_use().warning, "≠") if divergence(row.source, row.record) else None


def _swatch(row: _Row) -> Swatch | None:
    letter = row.source.reliability
    return Swatch(reliability_color(letter), letter) if letter else None


COLUMNS = (
    Column("Name", lambda row: row.source.name, tip=_described, width=18, least=9, weight=3),
    Column("Kind", lambda row: row.source.kind, tip=_described, width=12, rank=2),
    Column(
        "Reliability",
        lambda row: reliability_words(row.source.reliability).partition(": ")[2] if row.source.reliability else "",
        key=lambda row: row.source.reliability or "~",
        tip=_judged,
        spoken=lambda row: f"Reliability {reliability_words(row.source.reliability)}",
        swatch=_swatch,
        width=22,
        least=3,
        rank=1,
    ),
    Column(
        "Track record",
        _recorded,
        key=lambda row: (row.record is None or row.record.is_too_few, -(row.record.mean if row.record else 0.0)),
        tip=_record_text,
        spoken=lambda row: f"Track record: {_record_text(row)}",
        swatch=_diverging,
        width=18,
        least=6,
        rank=5,
    ),
    Column(
        "Aliases",
        lambda row: ", ".join(row.source.aliases),
        key=lambda row: (not row.source.aliases, ", ".join(row.source.aliases).casefold()),
        tip=_described,
        spoken=lambda row: f"Aliases: {', '.join(row.source.aliases) or 'none'}",
        width=12,
        weight=2,
        rank=6,
    ),
    Column(
        "Statements",
        lambda row: f"{row.source.annotations:,}",
        key=lambda row: row.source.annotations,
        tip=lambda row: f"Named by {counted(row.source.annotations, 'annotation')} as the one who said it",
        spoken=lambda row: f"{row.source.annotations} statements",
        width=8,
        rank=3,
        is_number=True,
    ),
    Column(
        "Documents",
        lambda row: f"{row.source.documents:,}",
        key=lambda row: row.source.documents,
        tip=lambda row: f"It published {counted(row.source.documents, 'document')}",
        spoken=lambda row: counted(row.source.documents, "document"),
        width=8,
        rank=4,
        is_number=True,
    ),
    Column(
        "Last assessed",
        lambda row: row.assessed.made_on if row.assessed else "",
        key=lambda row: (row.assessed is None, row.assessed.made_on if row.assessed else ""),
        tip=_judged,
        spoken=lambda row: f"Last assessed: {row.assessed.made_on if row.assessed else 'never'}",
        width=12,
        rank=5,
    ),
)


class SourceTableView(LazyView):
    """The registry: filter, edit, assess, make and remove sources."""

    TABLES = frozenset({"annotation", "document"})
    """Tables that change the counts; the workspace emits changes of sources and assessments itself."""

    leave_requested = Signal()
    """Escape in the filter field: the focus may go back to the text."""
    hit_requested = Signal(int, object)
    peek_requested = Signal(int, object)
    """A document id and the Span of a statement in it that is to be shown."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self._words: list[str] = []
        self._build_widgets()
        self._build_menu()
        self._lay_out()
        self._connect()
        self._show_state()

    def _build_widgets(self) -> None:
        self.filter_field = FilterField("Filter sources", self)
        self.filter_field.setObjectName("sourceFilter")
        add_sign(self.filter_field, "filter")
        self.filter_field.setToolTip("Words of the name, an alias, the kind, or the note")
        self.table = RecordTable(RecordModel(COLUMNS, lambda row: (row.source.name.casefold(), row.id), self), self)
        self.table.setObjectName("sourceTable")
        self.table.setAccessibleName("Sources")
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.count = CountLabel(self)
        self.new_button = self._button("New", "add", "Make a source")
        self.edit_button = self._button("Edit", "edit", "Edit the source and see how it was judged (Enter)")
        self.assess_button = self._button("Assess", "grade", "Assess the reliability of the source (A to F)")
        self.merge_button = self._button("Merge", "merge", "Merge the chosen sources into one")
        self.duplicates_button = self._button("Duplicates", "search", "Find sources that may be the same")
        self.remove_button = self._button("Remove", "trash", "Remove the source if nothing refers to it")
        self.track_records = TrackKeeper(self._workspace, self)
        self.detail = SourceDetail(self._workspace, self.track_records, self)

    def _build_menu(self) -> None:
        self.assess_menu = QMenu("Assess", self)
        for grade in RELIABILITY:
            action = QAction(reliability_words(grade.code), self.assess_menu)
            action.setToolTip(tool_tip(grade.tip))
            action.setData(grade.code)
            self.assess_menu.addAction(action)
        self.assess_menu.setToolTipsVisible(True)
        self.assess_menu.triggered.connect(lambda action: self.assess(action.data()))
        self.assess_button.setMenu(self.assess_menu)
        self.assess_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(FilterBar(self.filter_field, (self.count, *self._buttons()), left))
        column.addWidget(self.table, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.detail)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([560, 440])
        self.splitter.setChildrenCollapsible(False)
        layout.addWidget(self.splitter)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self.filter_field.filtered.connect(self._on_filtered)
        self.filter_field.left.connect(self.leave_requested)
        self.filter_field.list_requested.connect(self._go_to_table)
        self.filter_field.returnPressed.connect(self._go_to_table)
        self.table.chosen.connect(self.edit)
        self.table.set_commands(
            {getattr(Qt.Key, f"Key_{grade.code}"): partial(self.assess, grade.code) for grade in RELIABILITY}
        )
        self.table.customContextMenuRequested.connect(self._on_menu_requested)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable_buttons())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_detail())
        self.track_records.changed.connect(self.refresh)
        self.detail.hit_requested.connect(self.hit_requested)
        self.detail.peek_requested.connect(self.peek_requested)
        self.detail.assess_requested.connect(self._edit_current)
        self.merge_button.clicked.connect(self.merge)
        self.duplicates_button.clicked.connect(self.look_for_duplicates)
        self.new_button.clicked.connect(self.add)
        self.edit_button.clicked.connect(self._edit_current)
        self.remove_button.clicked.connect(self.remove)
        self._workspace.sources_changed.connect(self.refresh)

    # Actions of the user

    def add(self) -> None:
        """Ask for a new source."""
        if self._workspace.project is not None and not self._workspace.read_only:
            self._open_dialog(None)

    def edit(self, id: int) -> None:
        """Open a source with the history of its assessments."""
        if self._workspace.project is not None:
            self._open_dialog(id)

    def assess(self, letter: str) -> None:
        """Assess the current source today; a rationale can be given in the dialog of the source."""
        project, id = self._workspace.project, self.table.current_id()
        if project is None or id is None:
            return
        try:
            source = sources.get(project, id)
            change = sources.assess(project, source, letter)
        except AnnotatorError as error:
            self._workspace.refuse(error, "Assess the source", lambda: self.assess(letter))
            return
        if self._is_repeated(id, change):
            self._workspace.notified.emit(f"{source.name} was assessed as {letter} today already.", False)
        elif self._workspace.perform(change):
            self._workspace.notified.emit(f"{source.name} is assessed as {reliability_words(letter)}.", True)

    def remove(self) -> None:
        """Remove the current source if nothing refers to it."""
        if (id := self.table.current_id()) is None:
            return
        change = self._workspace.attempt(
            "Remove the source", lambda project: sources.remove(project, sources.get(project, id))
        )
        if change is not None:
            self._workspace.notified.emit(change.sentence, True)

    def merge(self) -> None:
        """Merge the selected sources, after a preview."""
        ids = self.table.selected_ids()
        if self._workspace.project is not None and len(ids) > 1 and not self._workspace.read_only:
            self._open_merge([Group(tuple(ids), "")])

    def look_for_duplicates(self) -> None:
        """Show groups of sources that may be the same."""
        pairs = source_duplicates.duplicates(self._workspace.sources())
        if not pairs:
            self._workspace.notified.emit("No two sources seem to be the same.", False)
            return
        self._open_merge([Group((pair.one_id, pair.other_id), f"{pair.reason}.") for pair in pairs])

    def _open_merge(self, groups: list[Group]) -> None:
        dialog = SourceMergeDialog(self._workspace, groups, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def current_source(self) -> SourceRecord | None:
        """Return the current source; None if there is none."""
        id = self.table.current_id()
        row = None if id is None else self.table.records.record(id)
        return None if row is None else row.source

    def _is_repeated(self, id: int, change: Change) -> bool:
        row = self.table.records.record(id)
        held = row.assessed if row is not None else None
        new = change.edits[0].after or {}
        return (
            held is not None
            and (held.made_on, held.reliability) == (new["made_on"], new["reliability"])
            and self._workspace.project is not None
            and held.annotator == self._workspace.project.annotator
        )

    def _open_dialog(self, id: int | None) -> None:
        dialog = SourceDialog(self._workspace, id, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.saved.connect(self.table.show_id)
        dialog.open()

    def _edit_current(self) -> None:
        id = self.table.current_id()
        if id is not None:
            self.edit(id)

    def _on_menu_requested(self, point: QPoint) -> None:
        if self.table.current_id() is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("edit"), "Edit", self._edit_current)
        menu.addMenu(self.assess_menu)
        menu.addAction(icon("trash"), "Remove", self.remove)
        menu.popup(self.table.viewport().mapToGlobal(point))

    def _go_to_table(self) -> None:
        self.filter_field.flush()
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.table.records.shown and self.table.current_id() is None:
            self.table.setCurrentIndex(self.table.records.index(0, 0))

    # Reading

    def read(self) -> None:
        project = self._workspace.project
        latest: dict[int, AssessmentRecord] = {}
        registry: list[SourceRecord] = []
        if project is not None:
            registry = project.read.sources.all()
            for assessment in project.read.sources.assessments():
                latest.setdefault(assessment.source_id, assessment)
        held = self.track_records.records
        self.table.set_records(
            _Row(source.id, source, latest.get(source.id), None if held is None else held.record(source.id))
            for source in registry
        )
        self._show_state()
        self._show_detail()

    def _show_detail(self) -> None:
        """Show the current source beside the list, while it is visible."""
        if not self.isVisible():
            # It is read when it becomes visible.
            self._is_stale = True
            return
        row = None if (id := self.table.current_id()) is None else self.table.records.record(id)
        try:
            self.detail.show_source(None if row is None else row.source)
        except AnnotatorError as error:
            self._workspace.error_occurred.emit(str(error))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # After the list is painted, because two parallel reads take longer than two in sequence.
        QTimer.singleShot(READ_DELAY, self.track_records.want)

    def _on_filtered(self, typed: str) -> None:
        self._words = typed.casefold().split()
        self.table.set_filter(self._accepts if self._words else None)
        self._show_state()

    def _accepts(self, row: _Row) -> bool:
        source = row.source
        text = "\n".join((source.name, source.kind, source.note, *source.aliases)).casefold()
        return all(word in text for word in self._words)

    def _show_state(self) -> None:
        project, model = self._workspace.project, self.table.records
        self.count.setText("" if project is None else counts_text(model, "source", bool(self._words)))
        self.count.setToolTip(tool_tip(self.count.text()))
        if project is None:
            hint = "No project is open."
        elif model.total:
            hint = "No source matches. Clear the filter to see them all."
        else:
            hint = "No sources yet. Make one here, or name who said it beside an annotation."
        self.table.set_hint(hint)
        self._enable_buttons()

    def _enable_buttons(self) -> None:
        can_write = not self._workspace.read_only
        has_source = self.table.current_id() is not None
        self.new_button.setEnabled(can_write)
        self.edit_button.setEnabled(has_source)
        self.assess_button.setEnabled(can_write and has_source)
        self.merge_button.setEnabled(can_write and len(self.table.selected_ids()) > 1)
        self.duplicates_button.setEnabled(can_write and self.table.records.total > 1)
        self.remove_button.setEnabled(can_write and has_source)

    def _buttons(self) -> Iterator[QToolButton]:
        yield from (
            self.new_button, self.edit_button, self.assess_button, self.merge_button, self.duplicates_button,
            self.remove_button,
        )  # fmt: skip

    def _button(self, name: str, icon_name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"source{name}")
        button.setIcon(icon(icon_name))
        button.setText(name)
        button.setAccessibleName(f"{name} source")
        button.setToolTip(tool_tip(tip))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button
