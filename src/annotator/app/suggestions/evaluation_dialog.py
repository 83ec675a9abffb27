"""The evaluation dialog: compares annotations or suggestions with gold, and shows precision, recall and F."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.background.jobs import Job, Jobs, Progress
from annotator.app.charts.chart_data import Numbers
from annotator.app.state.workspace import Workspace
from annotator.app.widgets import file_dialogs
from annotator.app.widgets.designer_form import level_captions, say, size_for_font
from annotator.app.widgets.read_only_table import PlainTable
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.analysis.span_scores import ANY, EXACT, THIRD
from annotator.domain.errors import AnnotatorError
from annotator.domain.wording import counted
from annotator.services.suggestions import evaluating
from annotator.services.suggestions.evaluating import Candidate, Evaluation
from annotator.services.suggestions.suggesting import SuggestionMethod

_HEADINGS = ("By", "Label", "Gold", "Found", "Right", "Precision", "Recall", "F")
_FIGURES = ("precision", "recall", "f")
_OVERLAPS = (
    ("Spans match where each covers a third of the other", THIRD),
    ("Spans match where they share a character", ANY),
    ("Spans match where they are the same", EXACT),
)
_ANNOTATIONS, _SUGGESTIONS, _NOW = "annotations", "suggestions", "now"
_NOTHING = "–"


class EvaluationDialog(QDialog):
    """Asks for both sides, compares them in a job, and shows the result."""

    def __init__(
        self, workspace: Workspace, jobs: Jobs, method: SuggestionMethod, parent: QWidget | None = None
    ) -> None:
        """``method``: the suggestion method of this project."""
        super().__init__(parent)
        self.setObjectName("evaluationDialog")
        self.setWindowTitle("Evaluate")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace, self._jobs, self._method = workspace, jobs, method
        self._job: Job | None = None
        self.found: Evaluation | None = None
        self.what = QComboBox(self)
        self.what.setAccessibleName("What is measured")
        self.gold = QComboBox(self)
        self.gold.setAccessibleName("The gold")
        self.file = QPushButton("A &file …", self)
        self.folder = QPushButton("A f&older …", self)
        self.overlap = QComboBox(self)
        self.overlap.setAccessibleName("When spans match")
        for words, rule in _OVERLAPS:
            self.overlap.addItem(words, rule)
        self.message = TextLabel(self)
        self.message.setObjectName("evaluationMessage")
        self.message.setWordWrap(True)
        self.table = PlainTable("Precision, recall and F", self)
        self.confusion = PlainTable("Labels of the gold against labels found", self)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.run_button = self.buttons.addButton("Evaluate", QDialogButtonBox.ButtonRole.ActionRole)
        self.save_button = self.buttons.addButton("Save as CSV …", QDialogButtonBox.ButtonRole.ActionRole)
        self._fill()
        self._lay_out()
        self._connect()
        size_for_font(self, 720, 520)
        for button in (self.file, self.folder, self.save_button):
            button.setAutoDefault(False)
        self.run_button.setDefault(True)
        self._enable()

    # --- building -----------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        project = self._workspace.project
        assert project is not None
        names = sorted(project.read.project.annotators(), key=str.casefold)
        least = self._workspace.suggestions.least
        self.what.addItem("The annotations", (_ANNOTATIONS, ""))
        for name in names if len(names) > 1 else ():
            self.what.addItem(f"The annotations of {name}", (_ANNOTATIONS, name))
        self.what.addItem(f"The suggestions from {least:.2f} on", (_SUGGESTIONS, ""))
        self.what.addItem(f"What would be suggested now, from {least:.2f} on", (_NOW, ""))
        self.gold.addItem("Choose a file or a folder", None)
        for name in names:
            self.gold.addItem(f"The annotations of {name} in this project", (None, name))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.gold, 1)
        row.addWidget(self.file)
        row.addWidget(self.folder)
        fields = QFormLayout()
        fields.addRow("&Measure", self.what)
        caption = TextLabel("A&gainst", self)
        caption.setBuddy(self.gold)
        fields.addRow(caption, row)
        fields.addRow("O&verlap", self.overlap)
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self.table, "Figures")
        self.tabs.addTab(self.confusion, "Labels")
        layout = QVBoxLayout(self)
        layout.addLayout(fields)
        layout.addWidget(self.message)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.buttons)
        level_captions(fields)

    def _connect(self) -> None:
        self.file.clicked.connect(self._choose_file)
        self.folder.clicked.connect(self._choose_folder)
        self.gold.currentIndexChanged.connect(lambda _: self._enable())
        self.run_button.clicked.connect(self.run)
        self.save_button.clicked.connect(self._save)
        self.buttons.rejected.connect(self.reject)
        self._workspace.project_closed.connect(self.reject)
        self.finished.connect(lambda _: self._cancel())

    # --- comparison ---------------------------------------------------------------------------------------------------

    def choose_gold(self, path: Path) -> None:
        """Set the gold: a project, a file or a folder."""
        self.gold.addItem(str(path), (path, ""))
        self.gold.setCurrentIndex(self.gold.count() - 1)

    def _choose_file(self) -> None:
        path = file_dialogs.ask_for_file(self, "The gold")
        if path is not None:
            self.choose_gold(path)

    def _choose_folder(self) -> None:
        path = file_dialogs.ask_for_folder(self, "The folder of the gold")
        if path is not None:
            self.choose_gold(path)

    def _candidate(self) -> Candidate:
        kind, annotator = self.what.currentData()
        least = self._workspace.suggestions.least
        if kind == _ANNOTATIONS:
            return Candidate(annotator)
        return Candidate(suggestions_from=least, method=self._method if kind == _NOW else None)

    def run(self) -> None:
        """Compare in a job."""
        project, gold = self._workspace.project, self.gold.currentData()
        if project is None or gold is None or self._job is not None:
            return
        path, name = gold
        candidate, overlap = self._candidate(), self.overlap.currentData()

        def work(progress: Progress, _cancelled: object) -> Evaluation:
            return evaluating.evaluate(
                project,
                project if path is None else path,
                candidate=candidate,
                gold_annotator=name,
                overlap=overlap,
                progress=progress,
            )

        say(self.message, "Comparing …", "muted")
        self._job = self._jobs.run(
            "Evaluate",
            work,
            on_success=self._show,
            on_failure=lambda sentence: say(self.message, sentence),
            on_cancel=lambda: say(self.message, "Cancelled.", "muted"),
        )
        self._job.finished.connect(self._on_finished)
        self._enable()

    def _on_finished(self) -> None:
        self._job = None
        self._enable()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _enable(self) -> None:
        self.run_button.setEnabled(self._job is None and self.gold.currentData() is not None)
        self.save_button.setEnabled(self.found is not None)

    # --- result -------------------------------------------------------------------------------------------------------

    def numbers(self) -> Numbers:
        """Return the figures as a table."""
        rows = (
            ()
            if self.found is None
            else tuple(
                (
                    row.measure,
                    row.label,
                    row.counts.gold,
                    row.counts.found,
                    row.counts.right,
                    *(_figure_text(getattr(row.counts, name), getattr(row.intervals, name)) for name in _FIGURES),
                )
                for row in self.found.rows
            )
        )
        return Numbers(_HEADINGS, rows)

    def _show(self, found: Evaluation) -> None:
        self.found = found
        sources = found.sources
        same = f"{sources.right:,} of {sources.gold:,} matched contents have the same source." if sources.gold else ""
        summary = f"Compared {counted(found.documents, 'document')}; intervals hold 95 of 100 samples of the documents."
        say(self.message, "\n".join(part for part in (summary, same, *found.notes) if part), "muted")
        numbers = self.numbers()
        self.table.fill(numbers.headings, numbers.rows, wide=1)
        labels = sorted({label for pair in found.confusion for label in pair if label})
        names = [*labels, ""]
        headings = ("Gold", *(f"found: {name or _NOTHING}" for name in names))
        rows = [(gold or _NOTHING, *(found.confusion.get((gold, name), 0) for name in names)) for gold in names]
        self.confusion.fill(headings, rows)

    def _save(self) -> None:
        from annotator.services.exports.whole_files import write_whole

        project = self._workspace.project
        path = file_dialogs.ask_where_to_save(self, "Save the figures", "evaluation.csv", "Table (*.csv)")
        if path is None or project is None:
            return
        try:
            write_whole(project, path, self.numbers().as_csv())
        except AnnotatorError as error:
            say(self.message, str(error))


def _figure_text(value: float | None, around: tuple[float, float] | None) -> str:
    if value is None:
        return _NOTHING
    return f"{value:.2f}" if around is None else f"{value:.2f} ({around[0]:.2f}-{around[1]:.2f})"
