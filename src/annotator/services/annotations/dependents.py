"""Rows that depend on annotations besides relations: chains, statements of claims, evidence, answers to suggestions.

They are removed with the annotation, move to the one that stays where several are joined, and are copied to a new
version of an article.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from annotator.domain.changes import Edit, new_uid
from annotator.domain.records import AnswerRecord, ChainLinkRecord, EvidenceRecord, RatingRecord, StatementRecord
from annotator.store.project import Project


class _Dependents(NamedTuple):
    """The rows that depend on annotations and are removed with them."""

    chain_links: list[ChainLinkRecord]
    statements: list[StatementRecord]
    evidence: list[EvidenceRecord]
    ratings: list[RatingRecord]
    answers: list[AnswerRecord]


def _dependents(project: Project, annotation_ids: Iterable[int]) -> _Dependents:
    """Return the rows that depend on these annotations, in the trash too."""
    ids = list(annotation_ids)
    evidence = project.read.hypotheses.evidence(annotation_ids=ids, trashed=True)
    return _Dependents(
        project.read.claims.chain_links(annotation_ids=ids, trashed=True),
        project.read.claims.statements(annotation_ids=ids, trashed=True),
        evidence,
        project.read.hypotheses.ratings(evidence_ids=[one.id for one in evidence]),
        list(project.read.suggestions.answers(annotation_ids=ids, trashed=True)),
    )


def removal(project: Project, annotation_ids: Iterable[int]) -> list[Edit]:
    """Return the edits that remove everything that depends on these annotations, dependents first."""
    dependents = _dependents(project, annotation_ids)
    return [
        Edit(table, row.id, {"uid": row.uid}, None)
        for table, rows in (
            ("rating", dependents.ratings),
            ("evidence", dependents.evidence),
            ("statement", dependents.statements),
            ("chain_link", dependents.chain_links),
            ("answer", dependents.answers),
        )
        for row in rows
    ]


def moved(project: Project, remaining_id: int, removed_ids: set[int]) -> tuple[list[Edit], list[str]]:
    """Return the edits that attach all dependents to the remaining annotation, and in words what it cannot hold besides
    its own.
    """
    dependents = _dependents(project, [remaining_id, *removed_ids])
    found = project.read.claims.all({one.claim_id for one in dependents.statements})
    claims = {claim.id: claim.text for claim in found}
    edits: list[Edit] = []
    dropped: list[str] = []

    def move_or_remove(table: str, row: Any, is_free: bool, lost: str) -> None:
        if row.annotation_id == remaining_id:
            return
        if is_free:
            edits.append(Edit(table, row.id, {"annotation_id": row.annotation_id}, {"annotation_id": remaining_id}))
            return
        if table == "evidence":
            cells = [cell for cell in dependents.ratings if cell.evidence_id == row.id]
            edits.extend(Edit("rating", cell.id, {"uid": cell.uid}, None) for cell in cells)
        edits.append(Edit(table, row.id, {"uid": row.uid}, None))
        dropped.append(lost)

    sources = {one.source_id for one in dependents.chain_links if one.annotation_id == remaining_id}
    for link in dependents.chain_links:
        move_or_remove("chain_link", link, link.source_id not in sources, f"{link.source} as {link.role}")
        sources.add(link.source_id)
    stated = next((one.claim_id for one in dependents.statements if one.annotation_id == remaining_id), None)
    for statement in dependents.statements:
        is_free = stated is None
        is_same = stated == statement.claim_id and statement.annotation_id != remaining_id
        move_or_remove("statement", statement, is_free, "" if is_same else f"the claim “{claims[statement.claim_id]}”")
        stated = statement.claim_id if is_free else stated
    questions = {one.question_id for one in dependents.evidence if one.annotation_id == remaining_id}
    for one in dependents.evidence:
        move_or_remove("evidence", one, one.question_id not in questions, "its place in a matrix of hypotheses")
        questions.add(one.question_id)
    answered = any(one.annotation_id == remaining_id for one in dependents.answers)
    for answer in dependents.answers:
        # It only records which suggestion led to the annotation: no judgement is lost.
        move_or_remove("answer", answer, not answered, "")
        answered = True
    return edits, [lost for lost in dropped if lost]


def copies(project: Project, copy_of: Mapping[int, int], timestamp: str) -> list[Edit]:
    """Return the edits that copy the chains and claims of annotations to their copies, given by the ids of the
    originals.
    """
    annotator_ids = project.read.project.annotators()
    links = project.read.claims.chain_links(annotation_ids=copy_of)
    statements = project.read.claims.statements(annotation_ids=copy_of)
    edits = []
    for link in links:
        (id,) = project.next_ids("chain_link")
        values = {
            "uid": new_uid(),
            "annotation_id": copy_of[link.annotation_id],
            "source_id": link.source_id,
            "role": link.role,
            "position": link.position,
            "checked": link.checked,
            "note": link.note,
            "annotator_id": annotator_ids[link.annotator],
            "created_at": timestamp,
        }
        edits.append(Edit("chain_link", id, None, values))
    for statement in statements:
        (id,) = project.next_ids("statement")
        values = {
            "uid": new_uid(),
            "claim_id": statement.claim_id,
            "annotation_id": copy_of[statement.annotation_id],
            "stance": statement.stance,
            "annotator_id": annotator_ids[statement.annotator],
            "created_at": timestamp,
        }
        edits.append(Edit("statement", id, None, values))
    return edits
