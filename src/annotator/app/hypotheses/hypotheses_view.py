"""Competing hypotheses: a matrix of hypotheses by evidence, with an inconsistency score for each hypothesis."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QMenu,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.charts.chart_data import Numbers
from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.style.theme import theme_in_use
from annotator.app.views.lazy_view import LateView
from annotator.app.widgets import file_dialogs
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.app.widgets.writing_dialog import LineDialog
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError
from annotator.domain.fixed_choices import CONSISTENCIES
from annotator.domain.records import HypothesisRecord, QuestionRecord
from annotator.domain.spans import Span
from annotator.domain.wording import counted, elided
from annotator.services.claims import hypotheses
from annotator.services.claims.hypotheses import Matrix, Row
from annotator.services.projects.open_project import Project

T = TypeVar("T")

SIGNS = dict(zip(CONSISTENCIES, ("−−", "−", "0", "+", "++"), strict=True))
"""The signs of the ratings, from very inconsistent to very consistent."""

_ALL, _GRADED, _GOOD = "all", "graded", "good"
_FILTERS = {
    _ALL: "All evidence",
    _GRADED: "Only evidence that is graded",
    _GOOD: "Only A to C with 1 to 3",
}
_QUOTE, _GRADE, _FIRST = 0, 1, 2


def counts_for(row: Row, wanted: str) -> bool:
    """Return whether evidence passes the filter by its reliability and credibility, which are not numbers."""
    letter, digit = row.annotation.reliability, row.annotation.credibility
    if wanted == _GOOD:
        return letter in ("A", "B", "C") and digit in (1, 2, 3)
    return wanted == _ALL or (letter is not None and digit is not None)


class _Cells(QTableWidget):
    """The matrix; the keys 1 to 5, - and + rate the current cell, Delete clears it."""

    rated = Signal(int, int, str)
    """Row and column of a cell, and its new rating; empty if it was cleared."""
    stepped = Signal(int, int, int)
    """Row and column of a cell, and whether to rate it one step lower (-1) or higher (1)."""
    chosen = Signal(int)
    """Enter was pressed in a row, or it was double-clicked."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, column = self.currentRow(), self.currentColumn()
        is_cell = row >= 0 and column >= _FIRST
        key = event.key()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.chosen.emit(row)
        elif is_cell and Qt.Key.Key_1 <= key <= Qt.Key.Key_5:
            self.rated.emit(row, column, CONSISTENCIES[key - Qt.Key.Key_1])
        elif is_cell and key in (Qt.Key.Key_Minus, Qt.Key.Key_Plus):
            self.stepped.emit(row, column, 1 if key == Qt.Key.Key_Plus else -1)
        elif is_cell and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.rated.emit(row, column, "")
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Handled here before shortcuts of the window.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            own = {Qt.Key.Key_Minus, Qt.Key.Key_Plus, Qt.Key.Key_Delete, Qt.Key.Key_Backspace}
            if event.key() in own or Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_5:
                event.accept()
                return True
        return super().event(event)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: typed characters rate a cell instead of searching."""


class HypothesesView(LateView):
    """One question at a time, with its hypotheses as columns and its evidence as rows."""

    TABLES = frozenset(
        {"question", "hypothesis", "evidence", "rating", "annotation", "assessment", "source", "document"}
    )

    hit_requested = Signal(int, object)
    """A document id and the Span of a piece of evidence in it to be shown."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self._matrix: Matrix | None = None
        self._rows: list[Row] = []
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
        self.table = _Cells(self)
        self.table.setObjectName("hypothesisMatrix")
        self.table.setAccessibleName("Hypotheses by evidence")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(True)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.verticalHeader().hide()
        self.hint = TextLabel(self)
        self.hint.setWordWrap(True)
        self.hint.setProperty("role", "muted")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.ranking = TextLabel(self)
        self.ranking.setObjectName("hypothesisRanking")
        self.ranking.setAccessibleName("Ranking of the hypotheses")
        self.ranking.setWordWrap(True)
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
        self.questions.activated.connect(lambda _: self._show())
        self.filter.activated.connect(lambda _: self._show())
        self.ask_button.clicked.connect(self.ask)
        self.propose_button.clicked.connect(self.propose)
        self.edit_button.clicked.connect(self.reword)
        self.save_button.clicked.connect(self.ask_where)
        self.remove_button.clicked.connect(self.remove)
        self.table.rated.connect(self.rate)
        self.table.stepped.connect(self.step)
        self.table.chosen.connect(self._show_place)
        self.table.cellDoubleClicked.connect(lambda row, _column: self._show_place(row))
        self.table.customContextMenuRequested.connect(self._on_menu_requested)
        self._enable()

    # Actions of the user

    def ask(self) -> None:
        """Ask for a new question."""

        def write(project: Project, text: str) -> int:
            id, change = hypotheses.ask(project, text)
            self._write(change)
            return id

        self._ask_for_line("Ask a question", "What is to be found out?", write, self.show_question)

    def propose(self) -> None:
        """Ask for another hypothesis."""
        if self._matrix is None:
            return
        question = self._matrix.question

        def write(project: Project, text: str) -> None:
            self._write(hypotheses.propose(project, question.id, text)[1])

        self._ask_for_line("Propose a hypothesis", "One of the answers that compete", write)

    def reword(self) -> None:
        """Ask for a new text of the hypothesis of the current column, or else of the question."""
        record = self._current_hypothesis() or (self._matrix.question if self._matrix is not None else None)
        if record is None:
            return
        self._ask_for_line(
            "Other words", "", lambda _project, text: self._write(hypotheses.reword(record, text)), text=record.text
        )

    def remove(self) -> None:
        """Remove the question with its matrix; one undo brings it back."""
        project = self._workspace.project
        if project is not None and self._matrix is not None and not self._workspace.read_only:
            self._perform(hypotheses.remove(project, self._matrix.question))

    def drop(self, hypothesis: HypothesisRecord) -> None:
        """Remove a hypothesis with its cells."""
        project = self._workspace.project
        if project is not None:
            self._perform(hypotheses.drop(project, hypothesis))

    def dismiss(self) -> None:
        """Remove the selected evidence from the matrix."""
        project = self._workspace.project
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        if project is not None and rows and not self._workspace.read_only:
            self._perform(hypotheses.dismiss(project, [self._rows[row].evidence for row in rows]))

    def rate(self, row: int, column: int, consistency: str) -> None:
        """Rate a cell, or clear it."""
        matrix = self._matrix
        if matrix is None or self._workspace.read_only:
            return
        hypothesis_id, evidence_id = matrix.hypotheses[column - _FIRST].id, self._rows[row].evidence.id
        change = self._workspace.attempt(
            "Rate the evidence", lambda project: hypotheses.rate(project, hypothesis_id, evidence_id, consistency)
        )
        if change is not None and change.edits:
            self.refresh()

    def step(self, row: int, column: int, by: int) -> None:
        """Rate a cell one step lower or higher; an empty one begins at neutral."""
        assert self._matrix is not None
        cell = self._rows[row].cells.get(self._matrix.hypotheses[column - _FIRST].id)
        place = CONSISTENCIES.index("neutral" if cell is None else cell.consistency) + by
        self.rate(row, column, CONSISTENCIES[max(0, min(len(CONSISTENCIES) - 1, place))])

    def note_cell(self) -> None:
        """Ask for a note on the current cell."""
        project, matrix = self._workspace.project, self._matrix
        row, column = self.table.currentRow(), self.table.currentColumn()
        if project is None or matrix is None or row < 0 or column < _FIRST:
            return
        hypothesis = matrix.hypotheses[column - _FIRST]
        cell = self._rows[row].cells.get(hypothesis.id)
        evidence = self._rows[row].evidence
        rated = cell.consistency if cell is not None else "neutral"
        self._ask_for_line(
            "Note on the cell",
            "Why it is rated so",
            lambda project, text: self._write(hypotheses.rate(project, hypothesis.id, evidence.id, rated, text)),
            lambda _: self.refresh(),
            text=cell.note if cell is not None else "",
            may_be_empty=True,
        )

    def add_evidence(self, annotation_ids: Sequence[int]) -> None:
        """Weigh annotations as evidence on a question; ask for the question if there are several or none."""
        project = self._workspace.project
        if project is None or not annotation_ids or self._workspace.read_only:
            return
        known = project.read.hypotheses.questions()
        if not known:
            self._ask_and_weigh(annotation_ids)
            return
        if len(known) == 1:
            question_id = known[0].id
        else:
            texts = [one.text for one in known]
            held = self.questions.currentIndex()
            text, is_given = QInputDialog.getItem(
                self, "Evidence", "On which question?", texts, max(0, min(held, len(texts) - 1)), False
            )
            if not is_given:
                return
            question_id = known[texts.index(text)].id
        change = self._workspace.attempt(
            "Weigh the evidence", lambda project: hypotheses.weigh(project, question_id, annotation_ids)
        )
        if change is None:
            return
        if not change.edits:
            self._workspace.told.emit("It is evidence on that question already.", False)
            return
        self._workspace.told.emit(change.sentence, True)
        self.show_question(question_id)

    def _ask_and_weigh(self, annotation_ids: Sequence[int]) -> None:
        """Ask for the first question, and weigh annotations as evidence on it in the same step."""

        def write(project: Project, text: str) -> int:
            id, asked = hypotheses.ask(project, text)
            weighed = hypotheses.weigh(project, id, annotation_ids)
            self._write(replace(asked, edits=(*asked.edits, *weighed.edits)))
            return id

        self._ask_for_line("Ask a question", "What is the annotation evidence for?", write, self.show_question)

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
            self._workspace.failed.emit(str(error))

    # Showing

    def read(self) -> None:
        self._fill_questions()
        self._show()

    def _fill_questions(self) -> None:
        held = self.questions.currentData()
        project = self._workspace.project
        known: list[QuestionRecord] = []
        if project is not None:
            known = project.read.hypotheses.questions()
        self.questions.clear()
        for one in known:
            self.questions.addItem(elided(one.text, 90), one.id)
        self.questions.setCurrentIndex(max(0, self.questions.findData(held)) if known else -1)

    def _show(self) -> None:
        project, id = self._workspace.project, self.questions.currentData()
        place = self.table.currentRow(), self.table.currentColumn()
        self._matrix = None if project is None or id is None else hypotheses.matrix(project, id)
        wanted = self.filter.currentData()
        self._rows = [] if self._matrix is None else [row for row in self._matrix.rows if counts_for(row, wanted)]
        self._fill()
        if 0 <= place[0] < self.table.rowCount() and 0 <= place[1] < self.table.columnCount():
            self.table.setCurrentCell(*place)
        self._say()
        self._enable()

    def _fill(self) -> None:
        matrix = self._matrix
        columns = () if matrix is None else matrix.hypotheses
        self.table.clear()
        self.table.setColumnCount(_FIRST + len(columns))
        self.table.setRowCount(len(self._rows))
        titles = ["Evidence", "Grade", *(self._title(one) for one in columns)]
        self.table.setHorizontalHeaderLabels(titles)
        for number, one in enumerate(columns, _FIRST):
            heading = self.table.horizontalHeaderItem(number)
            if heading is not None:
                heading.setToolTip(tool_tip(one.text))
        for number, row in enumerate(self._rows):
            quote = QTableWidgetItem(elided(row.annotation.shown_quote, 140))
            tells = "" if row.tells_apart else "\nIt does not distinguish the hypotheses."
            quote.setToolTip(tool_tip(f"{row.annotation.shown_quote}\n{row.annotation.source}{tells}"))
            if not row.tells_apart:
                quote.setForeground(QColor(theme_in_use().muted))
            self.table.setItem(number, _QUOTE, quote)
            self.table.setItem(number, _GRADE, QTableWidgetItem(row.annotation.score or "-"))
            for column, one in enumerate(columns, _FIRST):
                self.table.setItem(number, column, self._cell(row, one))
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter | Qt.AlignmentFlag(Qt.TextFlag.TextWordWrap))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_GRADE, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_QUOTE, QHeaderView.ResizeMode.Interactive)
        self.table.setColumnWidth(_QUOTE, max(140, self.table.viewport().width() // 3))
        header.setMinimumHeight(self.fontMetrics().lineSpacing() * 5 + 8)
        self.table.resizeRowsToContents()

    def _title(self, hypothesis: HypothesisRecord) -> str:
        assert self._matrix is not None
        score = self._matrix.score(hypothesis.id, self._rows)
        return f"against it: {score}\n{elided(hypothesis.text, 60)}"

    def _cell(self, row: Row, hypothesis: HypothesisRecord) -> QTableWidgetItem:
        theme = theme_in_use()
        cell = row.cells.get(hypothesis.id)
        item = QTableWidgetItem(SIGNS[cell.consistency] if cell is not None else "")
        item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        said = cell.consistency if cell is not None else "not rated yet"
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{said}: {hypothesis.text}")
        note = f"\n{cell.note}" if cell is not None and cell.note else ""
        item.setToolTip(tool_tip(f"{said}{note}"))
        if cell is not None and cell.consistency != "neutral":
            color = QColor(theme.bad if "inconsistent" in cell.consistency else theme.good)
            color.setAlphaF(0.32 if cell.consistency.startswith("very") else 0.16)
            item.setBackground(color)
        return item

    def _say(self) -> None:
        matrix = self._matrix
        if self._workspace.project is None:
            hint = "No project is open."
        elif matrix is None:
            hint = "No question yet. Ask one here, and weigh annotations as evidence with G, W in the text."
        elif not matrix.hypotheses:
            hint = "Propose at least two hypotheses: answers that compete."
        elif not matrix.rows:
            hint = "No evidence yet. Choose an annotation in the text and press G, W."
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
        told = [f"“{elided(one.text, 60)}” {matrix.score(one.id, self._rows)}" for one in order]
        same = sum(not row.tells_apart for row in self._rows)
        lines = f"Lowest inconsistency first: {', '.join(told)}."
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

    def _current_hypothesis(self) -> HypothesisRecord | None:
        column = self.table.currentColumn()
        if self._matrix is None or column < _FIRST or not self.table.hasFocus():
            return None
        return self._matrix.hypotheses[column - _FIRST]

    def _show_place(self, row: int) -> None:
        found = self._rows[row].annotation
        self.hit_requested.emit(found.document_id, Span(found.start, found.end))
        self._workspace.set_active(found.id)

    def _on_menu_requested(self, point: QPoint) -> None:
        column = self.table.currentColumn()
        if self._matrix is None or self._workspace.read_only or self.table.currentRow() < 0:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if column >= _FIRST:
            hypothesis = self._matrix.hypotheses[column - _FIRST]
            for number, consistency in enumerate(CONSISTENCIES, 1):
                row = self.table.currentRow()
                words = f"{SIGNS[consistency]}  {consistency}\t{number}"
                menu.addAction(words, partial(self.rate, row, column, consistency))
            menu.addAction(icon("note"), "Note on the cell", self.note_cell)
            menu.addAction(icon("trash"), "Drop the hypothesis", lambda: self.drop(hypothesis))
        menu.addAction(icon("trash"), "Take the evidence out", self.dismiss)
        menu.popup(self.table.viewport().mapToGlobal(point))

    def _ask_for_line(
        self,
        title: str,
        question: str,
        write: Callable[[Project, str], T],
        then: Callable[[T], object] | None = None,
        *,
        text: str = "",
        may_be_empty: bool = False,
    ) -> None:
        """Ask for a line of text, ``write`` it, and call ``then`` with the result."""
        project = self._workspace.project
        if project is None or self._workspace.read_only:
            return
        dialog = LineDialog(title, question, text, self, may_be_empty=may_be_empty)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.on_accept(lambda: write(project, dialog.text()), then)
        dialog.open()

    def _write(self, change: Change) -> None:
        """Write a change and report it. Raise AnnotatorError if it is refused."""
        self._workspace.write(change)
        if change.edits:
            self._workspace.told.emit(change.sentence, True)

    def _perform(self, change: Change) -> bool:
        if not change.edits or not self._workspace.perform(change):
            return False
        self._workspace.told.emit(change.sentence, True)
        return True

    def _button(self, name: str, picture: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"hypotheses{name}")
        button.setIcon(icon(picture))
        button.setText(name)
        button.setAccessibleName(tip)
        button.setToolTip(tool_tip(tip))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button
