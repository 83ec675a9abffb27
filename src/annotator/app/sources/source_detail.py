"""The details of one source: assessments, track record, claims, and citations."""

from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QTabWidget, QVBoxLayout, QWidget

from annotator.app.charts import chart_data
from annotator.app.charts.chart import Chart
from annotator.app.claims.claim_detail import verdict_swatch
from annotator.app.sources.source_dialog import reliability_color, reliability_words
from annotator.app.state.track_record_cache import TrackKeeper
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.records.columns import Column, Swatch, one_line
from annotator.app.widgets.records.record_model import RecordModel
from annotator.app.widgets.records.record_table import Placed, RecordTable
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.analysis.track_record import TrackRecord
from annotator.domain.records import AssessmentRecord, SourceRecord
from annotator.domain.spans import Span
from annotator.domain.wording import counted, listed
from annotator.services.sources.track_records import SourceTrack


class _Said(NamedTuple):
    """A statement of the source that counts, or a forecast."""

    text: str
    verdict: str
    stance: str
    weight: str
    document_id: int
    span: Span


_STATEMENTS = (
    Column(
        "Verdict", lambda one: one.row.verdict, swatch=lambda one: verdict_swatch(one.row.verdict), width=13, least=3
    ),
    Column("Claim", lambda one: one_line(one.row.text), tip=lambda one: one.row.text, width=26, least=12, weight=3),
    Column("Stance", lambda one: one.row.stance, width=8, rank=2),
    Column("Counts", lambda one: one.row.weight, width=10, rank=1),
)
_ASSESSMENTS = (
    Column("Day", lambda one: one.row.made_on, width=10),
    Column(
        "Letter",
        lambda one: reliability_words(one.row.reliability),
        swatch=lambda one: Swatch(reliability_color(one.row.reliability), one.row.reliability),
        width=20,
        least=3,
    ),
    Column("Topic", lambda one: one.row.topic, width=10, rank=2),
    Column("Rationale", lambda one: one_line(one.row.rationale), tip=lambda one: one.row.rationale, width=20, weight=2),
    Column("By", lambda one: one.row.annotator, width=10, rank=1),
)
_CITED = (
    Column("Who", lambda one: one.row[0], width=22, least=10, weight=2),
    Column("How", lambda one: one.row[1], width=12),
    Column("Statements", lambda one: f"{one.row[2]:,}", key=lambda one: one.row[2], width=10, is_number=True),
)


def divergence(source: SourceRecord, record: TrackRecord | None, since: str = "") -> str:
    """Return a sentence if the track record suggests another reliability than the current one; else an empty text."""
    if record is None or record.is_too_few or record.suggested == source.reliability:
        return ""
    if source.reliability is None:
        return f"Its record suggests {record.suggested}; it is not assessed yet."
    when = f" since {since}" if since else ""
    return f"Its record suggests {record.suggested}; the letter in force is {source.reliability}{when}."


class SourceDetail(QWidget):
    """Shows a source, or a hint that none is selected."""

    hit_requested = Signal(int, object)
    peek_requested = Signal(int, object)
    """Show a place of a document beside the list."""
    """A document id and the Span of a statement in it that is to be shown."""
    assess_requested = Signal()
    """The user wants to assess the source again."""

    def __init__(self, workspace: Workspace, track_records: TrackKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._track_records = track_records
        self._source: SourceRecord | None = None
        self._build_texts()
        self._build_tabs()
        self._lay_out()
        self.statements.chosen.connect(self._show_place)
        self.statements.clicked_id.connect(self._peek)
        self.statements.moved_to.connect(self._peek)
        track_records.changed.connect(self._show_record)
        self.show_source(None)

    def _build_texts(self) -> None:
        self.title = TextLabel(self)
        self.title.setObjectName("sourceTitle")
        self.title.setAccessibleName("Source")
        self.title.setWordWrap(True)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.about = TextLabel(self)
        self.about.setAccessibleName("About the source")
        self.about.setProperty("role", "muted")
        self.about.setWordWrap(True)
        self.prompt = TextLabel(self)
        self.prompt.setObjectName("divergence")
        self.prompt.setAccessibleName("Letter and record")
        self.prompt.setProperty("role", "bad")
        self.prompt.setWordWrap(True)
        self.assess_button = QPushButton("Assess …", self)
        self.assess_button.setObjectName("assessDiverging")
        self.assess_button.clicked.connect(self.assess_requested)

    def _build_tabs(self) -> None:
        self.record = Chart(self._workspace, "chart.record", self)
        self.calibration = Chart(self._workspace, "chart.calibration", self)
        self.topics = TextLabel(self)
        self.topics.setWordWrap(True)
        self._charts = QSplitter(Qt.Orientation.Horizontal, self)
        self._charts.addWidget(self.record)
        self._charts.addWidget(self.calibration)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        self.topics.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self._charts, 1)
        column.addWidget(self.topics)
        column.addStretch()
        self.statements = self._table("sourceClaims", "Claims of the source", _STATEMENTS)
        self.assessments = self._table("sourceJudgements", "Assessments of the source", _ASSESSMENTS)
        self.cited = self._table("sourceCitations", "Who cites whom", _CITED)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("sourceTabs")
        # The tab bar takes the focus, because it has a role for screen readers.
        self.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tabs.setAccessibleName("What is known of the source")
        self.tabs.setDocumentMode(True)
        for title, part in (
            ("Track record", page),
            ("Claims", self.statements),
            ("Assessments", self.assessments),
            ("Citing", self.cited),
        ):
            self.tabs.addTab(part, title)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.prompt, 1)
        line.addWidget(self.assess_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.about)
        layout.addLayout(line)
        layout.addWidget(self.tabs, 1)

    def _table(self, name: str, title: str, columns: tuple[Column, ...]) -> RecordTable:
        table = RecordTable(RecordModel(columns, lambda one: (one.place, one.id), self), self)
        table.setObjectName(name)
        table.setAccessibleName(title)
        return table

    def show_source(self, source: SourceRecord | None) -> None:
        """Show a source with its current data. Raise AnnotatorError."""
        self._source = source
        project = self._workspace.project
        self.tabs.setVisible(source is not None)
        if source is None or project is None:
            self.title.setText("")
            self.about.setText("Choose a source to see how it was judged, and how right it was.")
            self._prompt("")
            return
        judged = project.read.sources.assessments(source_id=source.id)
        citations = project.read.sources.citations(source.id)
        names = {one.id: one.name for one in self._workspace.sources()}
        self.title.setText(source.name)
        self.about.setText(self._about(source, names))
        self.assessments.set_hint("Not assessed yet: a letter from A to F in the list assesses it.")
        self.assessments.set_records([Placed(one.id, place, one) for place, one in enumerate(judged)])
        self.cited.set_hint("It cites no source, and no source cites it.")
        rows = [
            (names.get(one.source_id, ""), "it cites", one.statements)
            if one.outlet_id == source.id
            else (names.get(one.outlet_id, ""), "cites it", one.statements)
            for one in citations
        ]
        self.cited.set_records([Placed(place, place, row) for place, row in enumerate(rows, 1)])
        self._track_records.want()
        self._show_record()

    def _about(self, source: SourceRecord, names: dict[int, str]) -> str:
        parts = [source.kind]
        if source.parent_id in names:
            verb = "speaks for" if source.kind == "person" else "part of"
            parts.append(f"{verb} {names[source.parent_id]}")
        if source.owner_id in names:
            parts.append(f"owned by {names[source.owner_id]}")
        if source.topics:
            parts.append(f"on {listed(source.topics)}")
        if source.aliases:
            parts.append(f"also {', '.join(source.aliases)}")
        return "\n".join(filter(None, [" · ".join(parts), source.note]))

    def _show_record(self) -> None:
        source, project, records = self._source, self._workspace.project, self._track_records.records
        if source is None or project is None or not self.isVisible():
            return
        if records is None:
            self.topics.setText("The track record is being read …")
            return
        track = records.of(source.id)
        since = next((row.row.made_on for row in self._latest()), "")
        self._prompt(divergence(source, track.record, since))
        sentence = track.record.sentence() if track.record.total else "No claim of it yet."
        # A chart of one or two results would look like knowledge.
        is_drawn = bool(track.record.resolved) and not track.record.is_too_few
        if is_drawn:
            points = [chart_data.Band(day, one.mean, one.low, one.high) for day, one in records.over_time(source.id)]
            band = "The line is the mean, the band 90 %; the suggested letter is a convention of this program."
            self.record.show_figure(chart_data.band("Came true, over time", f"{sentence} {band}", points))
        self.record.setVisible(is_drawn)
        self._show_calibration(track)
        self._charts.setVisible(not self.record.isHidden() or not self.calibration.isHidden())
        by_topic = [f"{topic}: {one.sentence()}" for topic, one in track.by_topic.items()]
        self.topics.setText("\n".join(by_topic if is_drawn else [sentence, *by_topic]))
        self._show_statements(track)

    def _latest(self) -> list[Placed]:
        return [row for row in self.assessments.records.shown if row.place == 0]

    def _show_calibration(self, track: SourceTrack) -> None:
        resolved = [one.forecast for one in track.foretold if one.forecast is not None]
        self.calibration.setVisible(bool(resolved))
        if not resolved or track.brier is None:
            return
        self.calibration.show_figure(
            chart_data.calibration(
                "Forecasts",
                f"{counted(len(resolved), 'forecast')} resolved of {len(track.foretold):,}. Brier score "
                f"{track.brier:.3f}: 0 is perfect, 0.25 is what an even chance always gets.",
                [(one.forecasts, one.stated, one.observed) for one in track.calibration],
            )
        )

    def _show_statements(self, track: SourceTrack) -> None:
        project = self._workspace.project
        assert project is not None
        rows = [
            (one.claim_id, one.annotation_id, one.stance, "as its own" if one.judged.independence == 1 else "a little")
            for one in track.counted
        ]
        rows += [(one.claim_id, one.annotation_id, "forecast", f"{one.probability} %") for one in track.foretold]
        texts = {one.id: one for one in project.read.claims.all({row[0] for row in rows})}
        spans = {one.id: one for one in project.read.annotations.spans([row[1] for row in rows])}
        hint = "No claim of it yet. For an annotation, {claim.state} chooses the claim that it states."
        self.statements.set_hint(self._workspace.keys.fill(hint))
        self.statements.set_records(
            Placed(
                annotation_id,
                place,
                _Said(
                    texts[claim_id].text,
                    texts[claim_id].verdict,
                    stance,
                    weight,
                    spans[annotation_id].document_id,
                    Span(spans[annotation_id].start, spans[annotation_id].end),
                ),
            )
            for place, (claim_id, annotation_id, stance, weight) in enumerate(rows)
            if claim_id in texts and annotation_id in spans
        )

    def _prompt(self, sentence: str) -> None:
        self.prompt.setText(sentence)
        self.prompt.setVisible(bool(sentence))
        self.assess_button.setVisible(bool(sentence) and not self._workspace.read_only)

    def _peek(self, id: int) -> None:
        if (found := self.statements.records.record(id)) is not None:
            self.peek_requested.emit(found.row.document_id, found.row.span)

    def _show_place(self, id: int) -> None:
        found = self.statements.records.record(id)
        if found is not None:
            self.hit_requested.emit(found.row.document_id, found.row.span)

    def latest(self) -> AssessmentRecord | None:
        """Return the current assessment."""
        rows = self._latest()
        return rows[0].row if rows else None
