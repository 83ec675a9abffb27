"""The claims of the project: their statements, their number of origins, and their verdicts."""

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QSplitter, QToolButton, QVBoxLayout, QWidget

from annotator.app.claims.claim_detail import ClaimDetail, verdict_swatch
from annotator.app.claims.claim_dialogs import ClaimChooser, ClaimDialog, ResolveDialog
from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.views.lazy_view import LazyView
from annotator.app.widgets.line_edit_icons import add_sign
from annotator.app.widgets.records.columns import Column, one_line
from annotator.app.widgets.records.filter_bar import CountLabel, FilterBar, FilterField, counts_text
from annotator.app.widgets.records.record_model import RecordModel
from annotator.app.widgets.records.record_table import RecordTable
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import ClaimRecord
from annotator.domain.wording import counted
from annotator.services.claims import claims
from annotator.services.claims.corroboration import origin_counts


class _Row(NamedTuple):
    id: int
    claim: ClaimRecord
    origins: int | None


_COLUMNS = (
    Column(
        "Verdict",
        lambda row: row.claim.verdict,
        swatch=lambda row: verdict_swatch(row.claim.verdict),
        tip=lambda row: f"{row.claim.verdict} {row.claim.resolved_on}".strip(),
        width=17,
        least=3,
    ),
    Column("Claim", lambda row: one_line(row.claim.text), tip=lambda row: row.claim.text, width=30, least=14, weight=3),
    Column("Topic", lambda row: row.claim.topic, width=12, rank=3, weight=1),
    Column(
        "State",
        lambda row: f"{row.claim.states:,}",
        key=lambda row: row.claim.states,
        tip=lambda row: f"Stated by {counted(row.claim.states, 'annotation')}",
        spoken=lambda row: f"stated {counted(row.claim.states, 'time')}",
        width=6,
        rank=1,
        is_number=True,
    ),
    Column(
        "Deny",
        lambda row: f"{row.claim.denies:,}",
        key=lambda row: row.claim.denies,
        tip=lambda row: f"Denied by {counted(row.claim.denies, 'annotation')}",
        spoken=lambda row: f"denied {counted(row.claim.denies, 'time')}",
        width=6,
        rank=4,
        is_number=True,
    ),
    Column(
        "Origins",
        lambda row: "" if row.origins is None else f"{row.origins:,}",
        key=lambda row: row.origins or 0,
        tip=lambda row: "Distinct origins of those who state it. Signs of one origin are looked for in its detail.",
        spoken=lambda row: f"{row.origins or 'no'} origins",
        width=8,
        rank=2,
        is_number=True,
    ),
)


class ClaimsView(LazyView):
    """The list of claims, and beside it the details of the current one."""

    TABLES = frozenset(
        {"claim", "statement", "resolution", "chain_link", "annotation", "document", "source", "assessment"}
    )

    hit_requested = Signal(int, object)
    peek_requested = Signal(int, object)
    """A document id and the Span of a statement in it that is to be shown."""
    leave_requested = Signal()
    """Escape in the filter field: the focus may go back to the text."""
    suggest_requested = Signal()
    """The user wants to see which annotations may state the same claim."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self._words: list[str] = []
        self._origins: dict[int, int] = {}
        self._build_widgets()
        self._lay_out()
        self._connect()
        self._enable()

    def _build_widgets(self) -> None:
        self.filter_field = FilterField("Filter claims", self)
        self.filter_field.setObjectName("claimFilterField")
        add_sign(self.filter_field, "filter")
        self.filter_field.setToolTip("Words of the claim, its topic, its note or its verdict")
        self.table = RecordTable(RecordModel(_COLUMNS, lambda row: row.id, self), self)
        self.table.setObjectName("claimTable")
        self.table.setAccessibleName("Claims")
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.count = CountLabel(self)
        self.new_button = self._button("New", "add", "Make a claim")
        self.suggest_button = self._button("Suggest", "search", "Find annotations that may state the same claim")
        self.edit_button = self._button("Edit", "edit", "Reword the claim, or give it a topic (F2)")
        self.resolve_button = self._button("Resolve", "check", "Enter the verdict on the claim (R)")
        self.merge_button = self._button("Merge", "merge", "Merge the chosen claims into one")
        self.remove_button = self._button("Remove", "trash", "Remove the claim; its annotations stay (Delete)")
        self.detail = ClaimDetail(self._workspace, self)

    def _lay_out(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(FilterBar(self.filter_field, (self.count, *self._buttons()), left))
        column.addWidget(self.table, 1)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.detail)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([560, 440])
        self.splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.splitter)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self.filter_field.filtered.connect(self._on_filtered)
        self.filter_field.left.connect(self.leave_requested)
        self.filter_field.list_requested.connect(self.go_to_list)
        self.filter_field.returnPressed.connect(self.go_to_list)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_current())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.table.chosen.connect(lambda _: self.detail.statements.setFocus())
        self.table.set_commands(
            {
                Qt.Key.Key_F2: self.edit,
                Qt.Key.Key_R: self.resolve,
                Qt.Key.Key_Delete: self.remove,
                Qt.Key.Key_Backspace: self.remove,
            }
        )
        self.table.customContextMenuRequested.connect(self._on_menu_requested)
        self.detail.statements.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.detail.statements.customContextMenuRequested.connect(self._on_statement_menu)
        self.detail.resolutions.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.detail.resolutions.customContextMenuRequested.connect(self._on_resolution_menu)
        self.detail.hit_requested.connect(self.hit_requested)
        self.detail.peek_requested.connect(self.peek_requested)
        self.detail.shown_annotation.connect(self._workspace.set_active)
        self.new_button.clicked.connect(self.add)
        self.suggest_button.clicked.connect(self.suggest_requested)
        self.edit_button.clicked.connect(self.edit)
        self.resolve_button.clicked.connect(self.resolve)
        self.merge_button.clicked.connect(self.merge)
        self.remove_button.clicked.connect(self.remove)

    # Actions of the user

    def go_to_list(self) -> None:
        """Move the focus to the list, to the first claim if none is current."""
        self.filter_field.flush()
        if self.table.current_id() is None and self.table.records.shown:
            self.table.setCurrentIndex(self.table.records.index(0, 0))
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_claim(self, id: int) -> None:
        """Make a claim the current one."""
        self._is_stale = True
        self._read_now()
        self.table.show_id(id)
        self._show_current()

    def current_claim(self) -> ClaimRecord | None:
        """Return the current claim; None if there is none."""
        return self._current()

    def topics(self) -> list[str]:
        """Return the topics of all claims by name."""
        return sorted({row.claim.topic for row in self.table.records.shown if row.claim.topic}, key=str.casefold)

    def add(self) -> None:
        """Ask for a claim that no annotation states yet."""
        project = self._workspace.project
        if project is None or self._workspace.read_only:
            return
        dialog = ClaimDialog(topics=self.topics(), parent=self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def make() -> int:
            given = dialog.fields()
            id, change = claims.add(project, given["text"], topic=given["topic"], note=given["note"])
            self._workspace.write(change)
            return id

        dialog.on_accept(make, self.show_claim)
        dialog.open()

    def edit(self) -> None:
        """Ask for the text, topic and note of the current claim."""
        claim = self._current()
        if claim is None or self._workspace.read_only:
            return
        dialog = ClaimDialog(claim.text, claim.topic, claim.note, self.topics(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.on_accept(lambda: self._write(claims.update(claim, **dialog.fields())))
        dialog.open()

    def resolve(self) -> None:
        """Ask for the resolution of the current claim."""
        claim, project = self._current(), self._workspace.project
        if claim is None or project is None or self._workspace.read_only:
            return
        dialog = ResolveDialog(claim, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.on_accept(lambda: self._write(claims.resolve(project, claim, **dialog.fields())))
        dialog.open()

    def withdraw(self) -> None:
        """Withdraw the resolution selected in the details."""
        made = self.detail.selected_resolution()
        if made is not None and not self._workspace.read_only:
            self._perform(claims.withdraw(made))

    def merge(self) -> None:
        """Merge the selected claims into the one that the user chooses."""
        project, ids = self._workspace.project, self.table.selected_ids()
        if project is None or len(ids) < 2 or self._workspace.read_only:
            return
        chosen = [row.claim for row in map(self.table.records.record, ids) if row is not None]
        dialog = ClaimChooser(chosen, "Which of them stays?", parent=self, may_make=False)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def unite() -> int:
            assert dialog.chosen is not None
            self._write(claims.merge(project, ids, dialog.chosen))
            return dialog.chosen

        dialog.on_accept(unite, self.show_claim)
        dialog.open()

    def remove(self) -> None:
        """Remove the current claim; one undo brings it back."""
        claim, project = self._current(), self._workspace.project
        if claim is not None and project is not None and not self._workspace.read_only:
            self._perform(claims.remove(project, claim))

    def set_stance(self, stance: str) -> None:
        """Set whether the selected statements state or deny the claim."""
        claim = self._current()
        ids = [row.id for row in self.detail.selected_statements()]
        if claim is not None and ids and not self._workspace.read_only:
            title = "Let them state the claim" if stance == "states" else "Let them deny the claim"
            change = self._workspace.attempt(title, lambda project: claims.state(project, claim.id, ids, stance))
            if change is not None and change.edits:
                self._workspace.notified.emit(change.sentence, True)

    def release(self) -> None:
        """Remove the selected statements from the claim."""
        claim, project = self._current(), self._workspace.project
        ids = {row.id for row in self.detail.selected_statements()}
        if claim is None or project is None or not ids or self._workspace.read_only:
            return
        rows = project.read.claims.statements(claim_ids=[claim.id])
        self._perform(claims.release([one for one in rows if one.annotation_id in ids]))

    def _perform(self, change: Change) -> bool:
        if not self._workspace.perform(change):
            return False
        self._workspace.notified.emit(change.sentence, True)
        return True

    def _write(self, change: Change) -> None:
        """Write a change and report it. Raise AnnotatorError if it is refused."""
        self._workspace.write(change)
        if change.edits:
            self._workspace.notified.emit(change.sentence, True)

    def _on_menu_requested(self, point: QPoint) -> None:
        if self.table.current_id() is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for title, picture, answer in (
            ("Resolve", "check", self.resolve),
            ("Edit", "edit", self.edit),
            ("Merge", "merge", self.merge),
            ("Remove", "trash", self.remove),
        ):
            menu.addAction(icon(picture), title, answer)
        menu.popup(self.table.viewport().mapToGlobal(point))

    def _on_statement_menu(self, point: QPoint) -> None:
        if not self.detail.selected_statements() or self._workspace.read_only:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("It states the claim", lambda: self.set_stance("states"))
        menu.addAction("It denies the claim", lambda: self.set_stance("denies"))
        menu.addAction(icon("trash"), "Take it out of the claim", self.release)
        menu.popup(self.detail.statements.viewport().mapToGlobal(point))

    def _on_resolution_menu(self, point: QPoint) -> None:
        if self.detail.selected_resolution() is None or self._workspace.read_only:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("undo"), "Withdraw this verdict", self.withdraw)
        menu.popup(self.detail.resolutions.viewport().mapToGlobal(point))

    # Reading

    def read(self) -> None:
        project = self._workspace.project
        rows: list[_Row] = []
        if project is not None:
            rows = [_Row(one.id, one, self._origins.get(one.id)) for one in project.read.claims.all()]
        self.table.set_records(rows)
        self._show_state()
        self._show_current()
        if rows:
            self._count_origins()

    def _count_origins(self) -> None:
        """Count the origins of all claims in a job, because many claims would delay opening the list."""
        project, jobs = self._workspace.project, self._workspace.jobs
        if project is None:
            return

        def take(counts: dict[int, int]) -> None:
            if self._workspace.project is not project:
                return
            self._origins = counts
            rows = [row for row in map(self.table.records.record, counts) if row is not None]
            changed = [row._replace(origins=counts[row.id]) for row in rows if row.origins != counts[row.id]]
            if changed:
                self.table.put(changed)

        if jobs is None:
            take(origin_counts(project))
        else:
            jobs.run("Count origins", lambda _progress, _cancelled: origin_counts(project), on_success=take)

    def _current(self) -> ClaimRecord | None:
        id = self.table.current_id()
        row = None if id is None else self.table.records.record(id)
        return None if row is None else row.claim

    def _show_current(self) -> None:
        try:
            self.detail.show_claim(self._current())
        except AnnotatorError as error:
            self._workspace.error_occurred.emit(str(error))

    def _on_filtered(self, wanted: str) -> None:
        self._words = wanted.casefold().split()
        self.table.set_filter(self._accepts if self._words else None)
        self._show_state()

    def _accepts(self, row: _Row) -> bool:
        text = f"{row.claim.text}\n{row.claim.topic}\n{row.claim.note}\n{row.claim.verdict}".casefold()
        return all(word in text for word in self._words)

    def _show_state(self) -> None:
        project, model = self._workspace.project, self.table.records
        self.count.setText("" if project is None else counts_text(model, "claim", bool(self._words)))
        if project is None:
            hint = "No project is open."
        elif model.total:
            hint = "No claim matches. Clear the filter to see them all."
        else:
            hint = self._workspace.keys.fill(
                "No claims yet. Choose an annotation; {claim.make} makes a claim of what it states."
            )
        self.table.set_hint(hint)
        self._enable()

    def _enable(self) -> None:
        can_write = not self._workspace.read_only
        chosen = len(self.table.selected_ids())
        self.new_button.setEnabled(can_write)
        self.suggest_button.setEnabled(can_write)
        for button in (self.edit_button, self.resolve_button, self.remove_button):
            button.setEnabled(can_write and self.table.current_id() is not None)
        self.merge_button.setEnabled(can_write and chosen > 1)

    def _buttons(self) -> Iterator[QToolButton]:
        yield from (
            self.new_button, self.suggest_button, self.edit_button, self.resolve_button, self.merge_button,
            self.remove_button,
        )  # fmt: skip

    def _button(self, name: str, icon_name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"claim{name}")
        button.setIcon(icon(icon_name))
        button.setText(name)
        button.setAccessibleName(f"{name} claim")
        button.setToolTip(tool_tip(tip))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button
