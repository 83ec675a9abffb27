"""Queries on questions, hypotheses, evidence and ratings.

What depends on documents in the trash is left out, unless it is requested.
"""

from collections.abc import Iterable

from annotator.domain.records import (
    EvidenceRecord,
    HypothesisRecord,
    QuestionRecord,
    RatingRecord,
)
from annotator.store.queries.base import Queries, among

_HELD = (
    "JOIN annotation a ON a.id = {row}.annotation_id JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL "
)


class HypothesisQueries(Queries):
    """Queries on the analyses of competing hypotheses."""

    def questions(self) -> list[QuestionRecord]:
        """Return the questions under analysis, in the order of creation."""
        query = (
            "SELECT q.id, q.uid, q.text, q.note, p.name, q.created_at FROM question q "
            "JOIN annotator p ON p.id = q.annotator_id ORDER BY q.id"
        )
        return list(self._records(QuestionRecord, query, table="question", stand_in=""))

    def all(self, question_id: int | None = None) -> list[HypothesisRecord]:
        """Return hypotheses by question and place: all, or those of one question."""
        query = (
            "SELECT id, uid, question_id, text, note, position FROM hypothesis "
            "WHERE question_id = coalesce(?, question_id) ORDER BY question_id, position, id"
        )
        return list(self._records(HypothesisRecord, query, (question_id,), table="hypothesis", stand_in=""))

    def evidence(
        self,
        *,
        question_id: int | None = None,
        annotation_ids: Iterable[int] | None = None,
        trashed: bool = False,
    ) -> list[EvidenceRecord]:
        """Return evidence by question and place: all, that of one question, or that of some annotations."""
        where, values = among("e.annotation_id", annotation_ids)
        held = "" if trashed else _HELD.format(row="e")
        query = (
            f"SELECT e.id, e.uid, e.question_id, e.annotation_id, e.note, e.position FROM evidence e {held}"
            f"WHERE e.question_id = coalesce(?, e.question_id) AND {where} ORDER BY e.question_id, e.position, e.id"
        )
        return list(self._records(EvidenceRecord, query, [question_id, *values], table="evidence", stand_in=""))

    def ratings(
        self, *, question_id: int | None = None, evidence_ids: Iterable[int] | None = None
    ) -> list[RatingRecord]:
        """Return ratings of the matrices: all, those of one question, or those of some evidence."""
        where, values = among("r.evidence_id", evidence_ids)
        query = (
            "SELECT r.id, r.uid, r.hypothesis_id, r.evidence_id, r.consistency, r.note, p.name, r.created_at "
            "FROM rating r JOIN hypothesis h ON h.id = r.hypothesis_id JOIN annotator p ON p.id = r.annotator_id "
            f"WHERE h.question_id = coalesce(?, h.question_id) AND {where} ORDER BY r.id"
        )
        return list(self._records(RatingRecord, query, [question_id, *values], table="rating"))
