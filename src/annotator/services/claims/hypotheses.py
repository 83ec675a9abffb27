"""Analysis of competing hypotheses: answers to a question, weighed against annotations as evidence.

Source: R. Heuer, "Psychology of Intelligence Analysis" (1999), chapter 8. A hypothesis is judged by the evidence
against it, so the score counts only inconsistency: 1 for a piece of evidence that is inconsistent with it, 2 for one
that is very inconsistent. Grades are shown beside the evidence and are not part of the score.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from annotator.domain.canonical_text import one_line
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.errors import InvalidValue, NotFound
from annotator.domain.fixed_choices import CONSISTENCIES
from annotator.domain.records import AnnotationRecord, EvidenceRecord, HypothesisRecord, QuestionRecord, RatingRecord
from annotator.domain.wording import counted, elided
from annotator.store.project import Project

WEIGHTS: Mapping[str, int] = {"inconsistent": 1, "very inconsistent": 2}
"""What a rating adds to the inconsistency score of its hypothesis; all others add nothing."""

_MAX_IN_TITLE = 60
"""Characters of a question or a hypothesis in the title of a change."""


class Row(NamedTuple):
    """A piece of evidence in a matrix: its annotation, and its ratings by hypothesis, as far as there are any."""

    evidence: EvidenceRecord
    annotation: AnnotationRecord
    cells: Mapping[int, RatingRecord]

    @property
    def is_diagnostic(self) -> bool:
        """Whether it supports one hypothesis more than another; evidence that fits all of them alike has no value."""
        return len({cell.consistency for cell in self.cells.values()}) > 1


class Matrix(NamedTuple):
    """A question with its hypotheses as columns and evidence as rows."""

    question: QuestionRecord
    hypotheses: tuple[HypothesisRecord, ...]
    rows: tuple[Row, ...]

    def score(self, hypothesis_id: int, rows: Iterable[Row] | None = None) -> int:
        """Return the inconsistency score of a hypothesis; over all rows, or over some."""
        counted = self.rows if rows is None else rows
        return sum(
            WEIGHTS.get(row.cells[hypothesis_id].consistency, 0) for row in counted if hypothesis_id in row.cells
        )

    def rated(self, hypothesis_id: int) -> int:
        """Return how many cells have a rating."""
        return sum(hypothesis_id in row.cells for row in self.rows)

    def ranked(self) -> list[HypothesisRecord]:
        """Return the hypotheses, the one with the lowest score first."""
        return sorted(self.hypotheses, key=lambda one: (self.score(one.id), one.position, one.id))


def matrix(project: Project, question_id: int) -> Matrix:
    """Return the matrix of a question, the most diagnostic evidence first, else in the order of entry.

    Raise NotFound.
    """
    question = next((one for one in project.read.hypotheses.questions() if one.id == question_id), None)
    if question is None:
        raise NotFound(f"There is no question {question_id} in the project: it may have been removed.")
    columns = project.read.hypotheses.all(question_id)
    held = project.read.hypotheses.evidence(question_id=question_id)
    cells: dict[int, dict[int, RatingRecord]] = {}
    for rating in project.read.hypotheses.ratings(question_id=question_id):
        cells.setdefault(rating.evidence_id, {})[rating.hypothesis_id] = rating
    ids = [one.annotation_id for one in held]
    annotations = {found.id: found for found in project.read.annotations.all(ids=ids)}
    rows = tuple(Row(one, annotations[one.annotation_id], cells.get(one.id, {})) for one in held)
    return Matrix(question, tuple(columns), rows)


def ask(project: Project, text: str, note: str = "") -> tuple[int, Change]:
    """Plan a question; return its id and the Change. Raise InvalidValue."""
    text = _checked_text(text, "A question")
    (id,) = project.next_ids("question")
    values = {
        "uid": new_uid(),
        "text": text,
        "note": note.strip(),
        "annotator_id": project.annotator_id,
        "created_at": now(),
    }
    return id, Change(f"Ask: {elided(text, _MAX_IN_TITLE)}", (Edit("question", id, None, values),))


def propose(project: Project, question_id: int, text: str, note: str = "") -> tuple[int, Change]:
    """Plan a hypothesis; return its id and the Change. Raise InvalidValue."""
    text = _checked_text(text, "A hypothesis")
    held = project.read.hypotheses.all(question_id)
    (id,) = project.next_ids("hypothesis")
    values = {
        "uid": new_uid(),
        "question_id": question_id,
        "text": text,
        "note": note.strip(),
        "position": 1 + max((one.position for one in held), default=0),
    }
    return id, Change(f"Propose: {elided(text, _MAX_IN_TITLE)}", (Edit("hypothesis", id, None, values),))


def reword(record: QuestionRecord | HypothesisRecord, text: str, note: str | None = None) -> Change:
    """Plan other words for a question or a hypothesis. Raise InvalidValue."""
    table = "question" if isinstance(record, QuestionRecord) else "hypothesis"
    after = {"text": _checked_text(text, f"A {table}"), "note": record.note if note is None else note.strip()}
    after = {name: value for name, value in after.items() if value != getattr(record, name)}
    before = {name: getattr(record, name) for name in after}
    return Change(f"Reword the {table}", (Edit(table, record.id, before, after),) if after else ())


def weigh(project: Project, question_id: int, annotation_ids: Sequence[int]) -> Change:
    """Plan that annotations are evidence on a question; those that already are stay as they are."""
    held = project.read.hypotheses.evidence(question_id=question_id, trashed=True)
    wanted = [id for id in dict.fromkeys(annotation_ids) if id not in {one.annotation_id for one in held}]
    for id in wanted:
        project.read.annotations.one(id)
    first = 1 + max((one.position for one in held), default=0)
    edits = []
    for position, annotation_id in enumerate(wanted, first):
        (id,) = project.next_ids("evidence")
        values = {"uid": new_uid(), "question_id": question_id, "annotation_id": annotation_id, "position": position}
        edits.append(Edit("evidence", id, None, values))
    return Change(f"Weigh {counted(len(edits), 'annotation')} as evidence", tuple(edits))


def rate(project: Project, hypothesis_id: int, evidence_id: int, consistency: str, note: str | None = None) -> Change:
    """Plan a rating in the matrix; an empty ``consistency`` removes it. Raise InvalidValue."""
    if consistency and consistency not in CONSISTENCIES:
        raise InvalidValue(f"{consistency!r} is not a consistency: use one of {', '.join(CONSISTENCIES)}.")
    cells = project.read.hypotheses.ratings(evidence_ids=[evidence_id])
    held = next((cell for cell in cells if cell.hypothesis_id == hypothesis_id), None)
    title = f"Rate as {consistency}" if consistency else "Empty the cell"
    if held is None:
        if not consistency:
            return Change(title)
        (id,) = project.next_ids("rating")
        values = {
            "uid": new_uid(),
            "hypothesis_id": hypothesis_id,
            "evidence_id": evidence_id,
            "consistency": consistency,
            "note": (note or "").strip(),
            "annotator_id": project.annotator_id,
            "created_at": now(),
        }
        return Change(title, (Edit("rating", id, None, values),))
    if not consistency:
        return Change(title, (Edit("rating", held.id, {"uid": held.uid}, None),))
    after = {"consistency": consistency, "note": held.note if note is None else note.strip()}
    after = {name: value for name, value in after.items() if value != getattr(held, name)}
    before = {name: getattr(held, name) for name in after}
    return Change(title, (Edit("rating", held.id, before, after),) if after else ())


def dismiss(project: Project, evidence: Iterable[EvidenceRecord]) -> Change:
    """Plan the removal of evidence from its matrix, with its ratings."""
    found = list(evidence)
    cells = project.read.hypotheses.ratings(evidence_ids=[one.id for one in found])
    edits = [Edit("rating", cell.id, {"uid": cell.uid}, None) for cell in cells]
    edits += [Edit("evidence", one.id, {"uid": one.uid}, None) for one in found]
    return Change(f"Take {counted(len(found), 'annotation')} out of the matrix", tuple(edits))


def drop(project: Project, hypothesis: HypothesisRecord) -> Change:
    """Plan the removal of a hypothesis with its ratings."""
    cells = project.read.hypotheses.ratings(question_id=hypothesis.question_id)
    edits = [Edit("rating", cell.id, {"uid": cell.uid}, None) for cell in cells if cell.hypothesis_id == hypothesis.id]
    edits.append(Edit("hypothesis", hypothesis.id, {"text": hypothesis.text}, None))
    return Change(f"Drop the hypothesis {elided(hypothesis.text, _MAX_IN_TITLE)}", tuple(edits))


def remove(project: Project, question: QuestionRecord) -> Change:
    """Plan the removal of a question with its whole matrix; the annotations stay."""
    evidence = project.read.hypotheses.evidence(question_id=question.id, trashed=True)
    columns = project.read.hypotheses.all(question.id)
    cells = project.read.hypotheses.ratings(question_id=question.id)
    edits = [
        Edit(table, row.id, {"uid": row.uid}, None)
        for table, rows in (
            ("rating", cells),
            ("evidence", evidence),
            ("hypothesis", columns),
            ("question", [question]),
        )
        for row in rows
    ]
    return Change(f"Remove the question {elided(question.text, _MAX_IN_TITLE)}", tuple(edits))


def _checked_text(text: str, what: str) -> str:
    text = one_line(text)
    if not text:
        raise InvalidValue(f"{what} needs words.")
    return text
