"""Competing hypotheses: a matrix of hypotheses by evidence, with an inconsistency score for each hypothesis."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from annotator.app.charts.chart_data import Numbers
from annotator.app.hypotheses.evidence_table import FIRST_HYPOTHESIS, SIGNS, EvidenceTable
from annotator.app.hypotheses.hypothesis_operations import HypothesisOperations
from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.views.lazy_view import LazyView
from annotator.app.widgets import file_dialogs
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.errors import AnnotatorError
from annotator.domain.fixed_choices import CONSISTENCIES
from annotator.domain.records import HypothesisRecord, QuestionRecord
from annotator.domain.spans import Span
from annotator.domain.wording import counted, elided
from annotator.services.claims import hypotheses
from annotator.services.claims.hypotheses import Matrix, Row

_ALL, _GRADED, _GOOD = "all", "graded", "good"
_FILTERS = {
    _ALL: "All evidence",
    _GRADED: "Only evidence that is graded",
    _GOOD: "Only A to C with 1 to 3",
}


def counts_for(row: Row, wanted: str) -> bool:
    """Return whether evidence passes the filter by its reliability and credibility, which are not numbers."""
    letter, digit = row.annotation.reliability, row.annotation.credibility
    if wanted == _GOOD:
        return letter in ("A", "B", "C") and digit in (1, 2, 3)
    return wanted == _ALL or (letter is not None and digit is not None)


class HypothesesView(LazyView):
    """One question at a time, with its hypotheses as columns and its evidence as rows."""

    TABLES = frozenset(
        {"question", "hypothesis", "evidence", "rating", "annotation", "assessment", "source", "document"}
    )

    hit_requested = Signal(int, object)
    peek_requested = Signal(int, object)
    """Show a place of a document beside the matrix."""
    """A document id and the Span of a piece of evidence in it to be shown."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self._matrix: Matrix | None = None
        self._rows: list[Row] = []
        self._operations = HypothesisOperations(workspace, self)
        self._build_widgets()
        self._lay_out()
        self._connect()
        self._enable()

    def _build_widgets(self) -> None:
        self.questions = QComboBox(self)
        self.questions.setObjectName("questionChooser")
        self.questions.setAccessibleName("Question")
        self.questions.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.questions.setMinimumContentsLength(12)
        self.filter = QComboBox(self)
        self.filter.setObjectName("evidenceFilter")
        self.filter.setAccessibleName("Which evidence counts")
        for wanted, words in _FILTERS.items():
            self.filter.addItem(words, wanted)
        self.ask_button = self._button("Ask", "add", "Ask a new question")
        self.propose_button = self._button("Propose", "split", "Propose another hypothesis")
        self.edit_button = self._button("Reword", "edit", "Reword the question or a hypothesis")
        self.save_button = self._button("Save", "export", "Save the matrix as a table (CSV)")
        self.remove_button = self._button("Remove", "trash", "Remove the question with its matrix")
        self.table = EvidenceTable(self)
        self.hint = TextLabel(self)
        self.hint.setWordWrap(True)
        self.hint.setProperty("role", "muted")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.ranking = TextLabel(self)
        self.ranking.setObjectName("hypothesisRanking")
        self.ranking.setAccessibleName("Ranking of the hypotheses")
        self.ranking.setWordWrap(True)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.questions, 2)
        line.addWidget(self.filter, 1)
        for button in (self.ask_button, self.propose_button, self.edit_button, self.save_button, self.remove_button):
            line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addLayout(line)
        layout.addWidget(self.hint)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.ranking)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self.questions.activated.connect(lambda _: self._show())
        self.filter.activated.connect(lambda _: self._show())
        self.ask_button.clicked.connect(self.ask)
        self.propose_button.clicked.connect(self.propose)
        self.edit_button.clicked.connect(self.reword)
        self.save_button.clicked.connect(self.ask_where)
        self.remove_button.clicked.connect(self._remove)
        self.table.rated.connect(self._rate)
        self.table.stepped.connect(self._step)
        self.table.chosen.connect(self._show_place)
        self.table.currentCellChanged.connect(lambda row, *_: self._peek(row))
        self.table.customContextMenuRequested.connect(self._on_menu_requested)
        self._operations.question_changed.connect(self.show_question)
        self._operations.cells_changed.connect(self.refresh)

    # Actions of the user

    def add_evidence(self, annotation_ids: Sequence[int]) -> None:
        """Weigh annotations as evidence on a question; ask for the question if there are several or none."""
        self._operations.add_evidence(annotation_ids, self.questions.currentIndex())

    def note_cell(self) -> None:
        """Ask for a note on the current cell."""
        row, hypothesis = self.table.currentRow(), self._hypothesis_of(self.table.currentColumn())
        if row >= 0 and hypothesis is not None:
            self._operations.ask_for_note(self._rows[row], hypothesis)

    def ask(self) -> None:
        """Ask for a new question."""
        self._operations.ask()

    def propose(self) -> None:
        """Ask for another hypothesis about the question."""
        if self._matrix is not None:
            self._operations.propose(self._matrix.question)

    def reword(self) -> None:
        """Ask for a new text of the hypothesis of the current column, or else of the question."""
        hypothesis = self._hypothesis_of(self.table.currentColumn()) if self.table.hasFocus() else None
        record = hypothesis or (self._matrix.question if self._matrix is not None else None)
        if record is not None:
            self._operations.reword(record)

    def _remove(self) -> None:
        if self._matrix is not None:
            self._operations.remove(self._matrix.question)

    def _dismiss(self) -> None:
        self._operations.dismiss([self._rows[row] for row in self.table.selected_rows()])

    def _rate(self, row: int, column: int, consistency: str) -> None:
        if (hypothesis := self._hypothesis_of(column)) is not None:
            self._operations.rate(self._rows[row], hypothesis, consistency)

    def _step(self, row: int, column: int, by: int) -> None:
        """Rate a cell one step lower or higher; an empty one begins at neutral."""
        hypothesis = self._hypothesis_of(column)
        if hypothesis is None:
            return
        cell = self._rows[row].cells.get(hypothesis.id)
        rating = CONSISTENCIES.index("neutral" if cell is None else cell.consistency) + by
        self._rate(row, column, CONSISTENCIES[max(0, min(len(CONSISTENCIES) - 1, rating))])

    def show_question(self, id: int) -> None:
        """Show the matrix of a question."""
        self.refresh()
        self._fill_questions()
        self.questions.setCurrentIndex(max(0, self.questions.findData(id)))
        self._show()

    def numbers(self) -> Numbers:
        """Return the matrix as a table."""
        if self._matrix is None:
            return Numbers((), ())
        matrix = self._matrix
        headings = ("evidence", "grade", "document", *(one.text for one in matrix.hypotheses))
        rows = []
        for row in self._rows:
            cells = (row.cells.get(one.id) for one in matrix.hypotheses)
            rated = (cell.consistency if cell is not None else "" for cell in cells)
            rows.append((row.annotation.shown_quote, row.annotation.score, row.annotation.document_id, *rated))
        scores = (matrix.score(one.id, self._rows) for one in matrix.hypotheses)
        return Numbers(headings, (*rows, ("inconsistency score", "", "", *scores)))

    def ask_where(self) -> None:
        """Ask where to save the matrix, and save it."""
        project = self._workspace.project
        path = file_dialogs.ask_where_to_save(self, "Save the matrix", "hypotheses.csv", "CSV (*.csv)")
        if path is None or project is None:
            return
        from annotator.services.exports.whole_files import write_whole

        try:
            write_whole(project, path, self.numbers().as_csv())
        except AnnotatorError as error:
            self._workspace.error_occurred.emit(str(error))

    # Showing

    def read(self) -> None:
        self._fill_questions()
        self._show()

    def _fill_questions(self) -> None:
        chosen = self.questions.currentData()
        project = self._workspace.project
        questions: list[QuestionRecord] = []
        if project is not None:
            questions = project.read.hypotheses.questions()
        self.questions.clear()
        for one in questions:
            self.questions.addItem(elided(one.text, 90), one.id)
        self.questions.setCurrentIndex(max(0, self.questions.findData(chosen)) if questions else -1)

    def _show(self) -> None:
        project, id = self._workspace.project, self.questions.currentData()
        self._matrix = None if project is None or id is None else hypotheses.matrix(project, id)
        wanted = self.filter.currentData()
        self._rows = [] if self._matrix is None else [row for row in self._matrix.rows if counts_for(row, wanted)]
        self.table.show_matrix(self._matrix, self._rows)
        self._show_texts()
        self._enable()

    def _show_texts(self) -> None:
        """Show a hint for the next step, or the ranking."""
        matrix, keys = self._matrix, self._workspace.keys
        if self._workspace.project is None:
            hint = "No project is open."
        elif matrix is None:
            hint = keys.fill("No question yet. Ask one here; {claim.weigh} in the text makes an annotation evidence.")
        elif not matrix.hypotheses:
            hint = "Propose at least two hypotheses: answers that compete."
        elif not matrix.rows:
            hint = keys.fill("No evidence yet. Choose an annotation in the text; {claim.weigh} makes it evidence.")
        elif not self._rows:
            hint = "No evidence passes the filter."
        else:
            hint = ""
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.table.setVisible(matrix is not None and bool(matrix.hypotheses))
        self.ranking.setText("" if matrix is None or not self._rows else self._ranked(matrix))
        self.ranking.setVisible(bool(self.ranking.text()))

    def _ranked(self, matrix: Matrix) -> str:
        """Return the hypotheses in a sentence, the lowest inconsistency score first."""
        order = sorted(matrix.hypotheses, key=lambda one: (matrix.score(one.id, self._rows), one.position))
        ranked = [f"“{elided(one.text, 60)}” {matrix.score(one.id, self._rows)}" for one in order]
        same = sum(not row.is_diagnostic for row in self._rows)
        lines = f"Lowest inconsistency first: {', '.join(ranked)}."
        verb = "does" if same == 1 else "do"
        return f"{lines} {counted(same, 'piece')} of evidence {verb} not distinguish them." if same else lines

    def _enable(self) -> None:
        can_write = not self._workspace.read_only
        has_question = self._matrix is not None
        self.ask_button.setEnabled(can_write)
        for button in (self.propose_button, self.edit_button, self.remove_button):
            button.setEnabled(can_write and has_question)
        self.save_button.setEnabled(has_question)
        self.filter.setEnabled(has_question)

    def _hypothesis_of(self, column: int) -> HypothesisRecord | None:
        """Return the hypothesis of a column; None for the columns of the quote and the grade."""
        if self._matrix is None or column < FIRST_HYPOTHESIS:
            return None
        return self._matrix.hypotheses[column - FIRST_HYPOTHESIS]

    def _peek(self, row: int) -> None:
        if 0 <= row < len(self._rows):
            found = self._rows[row].annotation
            self.peek_requested.emit(found.document_id, Span(found.start, found.end))

    def _show_place(self, row: int) -> None:
        found = self._rows[row].annotation
        self.hit_requested.emit(found.document_id, Span(found.start, found.end))
        self._workspace.set_active(found.id)

    def _on_menu_requested(self, point: QPoint) -> None:
        row, column = self.table.currentRow(), self.table.currentColumn()
        if self._matrix is None or self._workspace.read_only or row < 0:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if (hypothesis := self._hypothesis_of(column)) is not None:
            for number, consistency in enumerate(CONSISTENCIES, 1):
                words = f"{SIGNS[consistency]}  {consistency}\t{number}"
                menu.addAction(words, partial(self._rate, row, column, consistency))
            menu.addAction(icon("note"), "Note on the cell", self.note_cell)
            menu.addAction(icon("trash"), "Drop the hypothesis", partial(self._operations.drop, hypothesis))
        menu.addAction(icon("trash"), "Take the evidence out", self._dismiss)
        menu.popup(self.table.viewport().mapToGlobal(point))

    def _button(self, name: str, picture: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"hypotheses{name}")
        button.setIcon(icon(picture))
        button.setText(name)
        button.setAccessibleName(tip)
        button.setToolTip(tool_tip(tip))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button
