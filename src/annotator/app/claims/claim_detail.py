"""The details of one claim: its statements as a timeline, their chains, and its resolutions."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.claims.chain_graph import ChainGraph, Named
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.records.columns import Column, Swatch, one_line
from annotator.app.widgets.records.record_model import RecordModel
from annotator.app.widgets.records.record_table import Placed, RecordTable
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.grades import admiralty_code
from annotator.domain.records import ClaimRecord, ResolutionRecord, StatementRow
from annotator.domain.spans import Span
from annotator.domain.wording import counted
from annotator.services.claims.chains import chains
from annotator.services.claims.corroboration import Corroboration, corroboration
from annotator.services.projects.open_project import Project

VERDICT_COLORS = {
    "open": "#56B4E9",
    "confirmed": "#009E73",
    "partly": "#E69F00",
    "refuted": "#D55E00",
    "unverifiable": "#999999",
}
_STANCES = {"states": Swatch("#009E73"), "denies": Swatch("#D55E00", filled=0.0)}
_SIGNS = {"open": "?", "confirmed": "+", "partly": "±", "refuted": "−", "unverifiable": "∅"}


def verdict_swatch(verdict: str) -> Swatch:
    """Return the verdict as a small icon, which is not distinguished by colour only."""
    return Swatch(VERDICT_COLORS[verdict], _SIGNS[verdict])


_STATEMENTS = (
    Column("Date", lambda one: one.row.published_at[:10], width=12, rank=2),
    Column(
        "Stance",
        lambda one: one.row.stance,
        swatch=lambda one: _STANCES[one.row.stance],
        width=9,
        least=3,
    ),
    Column("Quote", lambda one: one_line(one.row.quote), tip=lambda one: one.row.quote, width=30, least=12, weight=3),
    Column("Who said it", lambda one: one.row.source or "the document itself", width=14, least=7, rank=1, weight=1),
    Column("Outlet", lambda one: one.row.outlet, width=14, rank=4, weight=1),
    Column("Grade", lambda one: admiralty_code(one.row.reliability, one.row.credibility), width=6, rank=5),
    Column("Label", lambda one: one.row.label, width=12, rank=7),
    Column("Document", lambda one: one.row.title, width=18, rank=6, weight=1),
)
_RESOLUTIONS = (
    Column("Day", lambda one: one.row.resolved_on, width=10),
    Column("Verdict", lambda one: one.row.verdict, swatch=lambda one: verdict_swatch(one.row.verdict), width=14),
    Column(
        "Evidence",
        lambda one: one_line(one.row.evidence),
        tip=lambda one: one.row.evidence,
        width=30,
        weight=3,
        least=10,
    ),
    Column("Address", lambda one: one.row.address, width=18, rank=2, weight=1),
    Column("By", lambda one: one.row.annotator, width=10, rank=1),
)


class ClaimDetail(QWidget):
    """Shows a claim, or a hint that none is selected."""

    hit_requested = Signal(int, object)
    peek_requested = Signal(int, object)
    """Show a place of a document beside the list."""
    """A document id and the Span of a statement in it that is to be shown."""
    shown_annotation = Signal(int)
    """The annotation to which the user moved."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.title = TextLabel(self)
        self.title.setObjectName("claimTitle")
        self.title.setAccessibleName("Claim")
        self.title.setWordWrap(True)
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.origins = TextLabel(self)
        self.origins.setObjectName("claimOrigins")
        self.origins.setAccessibleName("Verdict and origins of the claim")
        self.origins.setWordWrap(True)
        self.origins.setProperty("role", "muted")
        self.origins.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.statements = self._table("claimStatements", "Statements of the claim", _STATEMENTS)
        self.resolutions = self._table("claimResolutions", "What became of the claim", _RESOLUTIONS)
        self.graph = ChainGraph(self)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.graph)
        scroll.setAccessibleName("Attribution chains of the claim")
        self.chain_words = QPlainTextEdit(self)
        self.chain_words.setObjectName("chainWords")
        self.chain_words.setReadOnly(True)
        self.chain_words.setTabChangesFocus(True)
        self.chain_words.setAccessibleName("The chains in words")
        chain = QSplitter(Qt.Orientation.Vertical, self)
        chain.addWidget(scroll)
        chain.addWidget(self.chain_words)
        chain.setStretchFactor(0, 3)
        chain.setStretchFactor(1, 1)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("claimTabs")
        self.tabs.setAccessibleName("What is known of the claim")
        # The tab bar takes the focus, because it has a role for screen readers.
        self.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.statements, "Timeline")
        self.tabs.addTab(chain, "Chains")
        self.tabs.addTab(self.resolutions, "Verdicts")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.origins)
        layout.addWidget(self.tabs, 1)
        self.statements.chosen.connect(self._show_place)
        self.statements.clicked_id.connect(self._peek)
        self.statements.moved_to.connect(self._peek)
        self.show_claim(None)

    def _table(self, name: str, title: str, columns: tuple[Column, ...]) -> RecordTable:
        table = RecordTable(RecordModel(columns, lambda one: (one.place, one.id), self), self)
        table.setObjectName(name)
        table.setAccessibleName(title)
        return table

    def show_claim(self, claim: ClaimRecord | None) -> None:
        """Show a claim with its current data. Raise AnnotatorError."""
        project = self._workspace.project
        if claim is None or project is None:
            self.title.setText("")
            self.origins.setText("")
            self.statements.set_records(())
            self.resolutions.set_records(())
            self.graph.set_chains((), {}, "Choose a claim to see from where its statements come.")
            self.chain_words.setPlainText("")
            self.statements.set_hint("Choose a claim to see who states it and who denies it.")
            return
        rows = project.read.claims.statement_rows(claim.id)
        made = project.read.claims.resolutions(claim_ids=[claim.id])
        self.title.setText(claim.text)
        known = corroboration(project, claim.id)
        self.origins.setText(self._summary(claim, known))
        hint = "No annotation states it yet. For one that is chosen in the text, {claim.state} chooses the claim."
        self.statements.set_hint(self._workspace.keys.fill(hint))
        self.statements.set_records([Placed(row.id, place, row) for place, row in enumerate(rows)])
        self.resolutions.set_hint("Not resolved yet.")
        self.resolutions.set_records([Placed(one.id, place, one) for place, one in enumerate(made)])
        self._show_chains(project, rows, known)

    def _summary(self, claim: ClaimRecord, known: Corroboration) -> str:
        verdict = claim.verdict if claim.verdict == "open" else f"{claim.verdict} on {claim.resolved_on}"
        parts = [verdict, claim.topic, known.sentence(), claim.note]
        return " · ".join(part for part in parts[:2] if part) + "\n" + " ".join(part for part in parts[2:] if part)

    def _show_chains(self, project: Project, rows: list[StatementRow], known: Corroboration) -> None:
        found = chains(project, [row.id for row in rows])
        registry = {source.id: source for source in self._workspace.sources()}
        names = {id: Named(source.name, source.reliability) for id, source in registry.items()}
        stations = [found[row.id].stations for row in rows if row.id in found]
        self.graph.set_chains(stations, names, "Nobody is named, and the documents have no outlet.")
        lines = [self.graph.words()]
        for number, group in enumerate(known.states, 1):
            own = ", ".join(names[id].name for id in group.origins if id in names) or "unknown"
            lines.append(f"Origin {number}: {own} ({counted(len(group.annotation_ids), 'statement')})")
            lines += [f"  {reason}" for reason in group.reasons]
        self.chain_words.setPlainText("\n".join(filter(None, lines)))

    def selected_statements(self) -> list[StatementRow]:
        """Return the statements that are selected in the timeline."""
        found = (self.statements.records.record(id) for id in self.statements.selected_ids())
        return [one.row for one in found if one is not None]

    def selected_resolution(self) -> ResolutionRecord | None:
        """Return the resolution that is current in the list."""
        id = self.resolutions.current_id()
        found = None if id is None else self.resolutions.records.record(id)
        return None if found is None else found.row

    def _peek(self, id: int) -> None:
        if (found := self.statements.records.record(id)) is not None:
            self.peek_requested.emit(found.row.document_id, Span(found.row.start, found.row.end))

    def _show_place(self, id: int) -> None:
        found = self.statements.records.record(id)
        if found is not None:
            self.hit_requested.emit(found.row.document_id, Span(found.row.start, found.row.end))
            self.shown_annotation.emit(id)
