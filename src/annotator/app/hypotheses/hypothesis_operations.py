"""What the user changes of questions, hypotheses and evidence, with the dialogs that ask for their texts."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.widgets.writing_dialog import LineDialog
from annotator.domain.changes import Change
from annotator.domain.records import HypothesisRecord, QuestionRecord
from annotator.services.claims import hypotheses
from annotator.services.claims.hypotheses import Row
from annotator.services.projects.open_project import Project

T = TypeVar("T")


class HypothesisOperations(QObject):
    """Writes changes of the matrix; each is one step of undo. Without a writable project nothing happens."""

    question_changed = Signal(int)
    """The id of a question that was asked, or got evidence, and is to be shown."""

    cells_changed = Signal()
    """A rating or a note was written."""

    def __init__(self, workspace: Workspace, view: QWidget) -> None:
        """``view`` is the parent of the dialogs."""
        super().__init__(view)
        self._workspace = workspace
        self._view = view

    def ask(self) -> None:
        """Ask for a new question."""

        def write(project: Project, text: str) -> int:
            id, change = hypotheses.ask(project, text)
            self._write(change)
            return id

        self._ask_for_line("Ask a question", "What is to be found out?", write, self.question_changed.emit)

    def propose(self, question: QuestionRecord) -> None:
        """Ask for another hypothesis about a question."""

        def write(project: Project, text: str) -> None:
            self._write(hypotheses.propose(project, question.id, text)[1])

        self._ask_for_line("Propose a hypothesis", "One of the answers that compete", write)

    def reword(self, record: HypothesisRecord | QuestionRecord) -> None:
        """Ask for a new text of a hypothesis or a question."""
        self._ask_for_line(
            "Other words", "", lambda _project, text: self._write(hypotheses.reword(record, text)), text=record.text
        )

    def remove(self, question: QuestionRecord) -> None:
        """Remove a question with its matrix."""
        self._perform(lambda project: hypotheses.remove(project, question))

    def drop(self, hypothesis: HypothesisRecord) -> None:
        """Remove a hypothesis with its cells."""
        self._perform(lambda project: hypotheses.drop(project, hypothesis))

    def dismiss(self, rows: Sequence[Row]) -> None:
        """Remove evidence from the matrix."""
        if rows:
            self._perform(lambda project: hypotheses.dismiss(project, [row.evidence for row in rows]))

    def rate(self, row: Row, hypothesis: HypothesisRecord, consistency: str) -> None:
        """Rate a cell, or clear it if ``consistency`` is empty."""
        if self._workspace.read_only:
            return
        change = self._workspace.attempt(
            "Rate the evidence",
            lambda project: hypotheses.rate(project, hypothesis.id, row.evidence.id, consistency),
        )
        if change is not None and change.edits:
            self.cells_changed.emit()

    def ask_for_note(self, row: Row, hypothesis: HypothesisRecord) -> None:
        """Ask for a note on a cell."""
        cell, evidence = row.cells.get(hypothesis.id), row.evidence
        rating = cell.consistency if cell is not None else "neutral"
        self._ask_for_line(
            "Note on the cell",
            "Why it is rated so",
            lambda project, text: self._write(hypotheses.rate(project, hypothesis.id, evidence.id, rating, text)),
            lambda _: self.cells_changed.emit(),
            text=cell.note if cell is not None else "",
            may_be_empty=True,
        )

    def add_evidence(self, annotation_ids: Sequence[int], shown_question: int) -> None:
        """Weigh annotations as evidence on a question; ask for the question if there are several or none.

        ``shown_question``: the place of the question that is offered first; -1 for none.
        """
        project = self._workspace.project
        if project is None or not annotation_ids or self._workspace.read_only:
            return
        questions = project.read.hypotheses.questions()
        if not questions:
            self._ask_and_weigh(annotation_ids)
            return
        question = questions[0] if len(questions) == 1 else self._choose(questions, shown_question)
        if question is None:
            return
        change = self._workspace.attempt(
            "Weigh the evidence", lambda project: hypotheses.weigh(project, question.id, annotation_ids)
        )
        if change is None:
            return
        if not change.edits:
            self._workspace.notified.emit("It is evidence on that question already.", False)
            return
        self._workspace.notified.emit(change.sentence, True)
        self.question_changed.emit(question.id)

    def _choose(self, questions: Sequence[QuestionRecord], shown: int) -> QuestionRecord | None:
        """Ask for one of several questions; return None if the user cancels."""
        texts = [one.text for one in questions]
        text, is_given = QInputDialog.getItem(
            self._view, "Evidence", "On which question?", texts, max(0, min(shown, len(texts) - 1)), False
        )
        return questions[texts.index(text)] if is_given else None

    def _ask_and_weigh(self, annotation_ids: Sequence[int]) -> None:
        """Ask for the first question, and weigh annotations as evidence on it in the same step."""

        def write(project: Project, text: str) -> int:
            id, asked = hypotheses.ask(project, text)
            weighed = hypotheses.weigh(project, id, annotation_ids)
            self._write(replace(asked, edits=(*asked.edits, *weighed.edits)))
            return id

        question = "What is the annotation evidence for?"
        self._ask_for_line("Ask a question", question, write, self.question_changed.emit)

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
        dialog = LineDialog(title, question, text, self._view, may_be_empty=may_be_empty)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.on_accept(lambda: write(project, dialog.text()), then)
        dialog.open()

    def _write(self, change: Change) -> None:
        """Write a change and report it. Raise AnnotatorError if it is refused."""
        self._workspace.write(change)
        if change.edits:
            self._workspace.notified.emit(change.sentence, True)

    def _perform(self, plan: Callable[[Project], Change]) -> None:
        """Write a change and report it, also a refusal."""
        project = self._workspace.project
        if project is None or self._workspace.read_only:
            return
        change = plan(project)
        if change.edits and self._workspace.perform(change):
            self._workspace.notified.emit(change.sentence, True)
