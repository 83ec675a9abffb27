"""Taking in what is judged across documents: attribution chains, claims and questions that come in a file."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from annotator.domain.wording import elided
from annotator.formats.base import (
    IncomingChainLink,
    IncomingClaim,
    IncomingQuestion,
    IncomingRating,
    IncomingResolution,
    IncomingStatement,
)
from annotator.store.project import Project
from annotator.store.queries import judgement_queries, project_queries


class RowIntake(Protocol):
    """What the intake of judgements needs of the intake of a file."""

    def add_row(self, table: str, values: dict[str, Any]) -> int: ...

    def annotation_named(self, uid: str) -> int: ...

    def annotator_named(self, name: str) -> int: ...

    def source_named(self, name: str) -> int | None: ...

    def free_uid(self, table: str, uid: str) -> str: ...

    def compare_row(self, table: str, uid: str, theirs: Mapping[str, Any], annotator: str) -> None: ...

    def is_kept_removed(self, table: str, uid: str, shown: str, annotator: str) -> bool: ...

    def count_not_taken(self, what: str) -> None: ...

    @property
    def is_comparing(self) -> bool: ...


Refuse = Callable[[str, str], None]
"""Called with the place of what is refused and the reason."""

_GONE = "The annotation that it belongs to was not imported."


class JudgementIntake:
    """One pass through a file. What the project holds already, by its uid or its place, is not taken twice."""

    def __init__(self, project: Project, intake: RowIntake, moment: str) -> None:
        self._project = project
        self._intake = intake
        self._moment = moment
        with project.reading() as connection:
            self._stated = {one.annotation_id for one in judgement_queries.statements(connection, trashed=True)}
            links = judgement_queries.chain_links(connection, trashed=True)
            self._linked = {(one.annotation_id, one.source_id) for one in links}

    def chain_link(self, entry: IncomingChainLink, refuse: Refuse) -> None:
        annotation_id = self._intake.annotation_named(entry.annotation_uid)
        if not annotation_id:
            refuse(f"chain link {elided(entry.source, 60)}", _GONE)
            return
        source_id = self._intake.source_named(entry.source)
        if source_id is None:
            refuse("chain link", "It names no source.")
            return
        stated = {
            "source_id": source_id,
            "role": entry.role,
            "position": entry.position,
            "checked": entry.checked,
            "note": entry.note,
        }
        if self._is_settled("chain_link", entry.uid, stated, entry.source, entry.annotator):
            return
        if (annotation_id, source_id) in self._linked:
            return
        self._linked.add((annotation_id, source_id))
        self._intake.add_row(
            "chain_link", {"annotation_id": annotation_id, **stated, **self._made("chain_link", entry)}
        )

    def claim(self, entry: IncomingClaim, refuse: Refuse) -> None:
        place = f"claim “{elided(entry.text, 60)}”"
        claim_id = self._known("claim", entry.uid)
        values: dict[str, Any] = {"text": entry.text, "topic": entry.topic, "note": entry.note}
        if self._is_settled("claim", entry.uid, values, entry.text, entry.annotator) and claim_id is None:
            return
        if claim_id is None:
            claim_id = self._intake.add_row("claim", values | self._made("claim", entry))
        for statement in entry.statements:
            annotation_id = self._intake.annotation_named(statement.annotation_uid)
            stated = {"claim_id": claim_id, "stance": statement.stance}
            if not annotation_id:
                refuse(place, _GONE)
            elif self._is_settled("statement", statement.uid, stated, statement.stance, statement.annotator):
                continue
            elif annotation_id not in self._stated:
                self._stated.add(annotation_id)
                values = {"annotation_id": annotation_id, **stated}
                self._intake.add_row("statement", values | self._made("statement", statement))
        for resolution in entry.resolutions:
            values = {
                "resolved_on": resolution.resolved_on,
                "verdict": resolution.verdict,
                "evidence": resolution.evidence,
                "address": resolution.address,
            }
            if self._is_settled("resolution", resolution.uid, values, resolution.verdict, resolution.annotator):
                continue
            if self._known("resolution", resolution.uid) is None:
                made = self._made("resolution", resolution)
                self._intake.add_row("resolution", {"claim_id": claim_id, **values, **made})

    def question(self, entry: IncomingQuestion, refuse: Refuse) -> None:
        """A question that the project holds gets nothing new: its matrix may have been worked on. It is compared."""
        stated: dict[str, Any] = {"text": entry.text, "note": entry.note}
        if self._is_settled("question", entry.uid, stated, entry.text, entry.annotator):
            self._compare_matrix(entry)
            return
        if self._known("question", entry.uid) is not None:
            return
        question_id = self._intake.add_row("question", stated | self._made("question", entry))
        hypotheses = [
            self._intake.add_row(
                "hypothesis",
                {
                    "uid": self._intake.free_uid("hypothesis", one.uid),
                    "question_id": question_id,
                    "text": one.text,
                    "note": one.note,
                    "position": one.position,
                },
            )
            for one in entry.hypotheses
        ]
        evidence: dict[str, int] = {}
        for one in entry.evidence:
            annotation_id = self._intake.annotation_named(one.annotation_uid)
            if not annotation_id:
                refuse(f"question “{elided(entry.text, 60)}”", _GONE)
            elif one.annotation_uid not in evidence:
                values = {
                    "uid": self._intake.free_uid("evidence", one.uid),
                    "question_id": question_id,
                    "annotation_id": annotation_id,
                    "note": one.note,
                    "position": one.position,
                }
                evidence[one.annotation_uid] = self._intake.add_row("evidence", values)
        self._ratings(entry, hypotheses, evidence)

    def _compare_matrix(self, entry: IncomingQuestion) -> None:
        """Compare the hypotheses, evidence and ratings of a question that is there; new ones are only counted."""
        rows: list[tuple[str, str, dict[str, Any], str]] = []
        for one in entry.hypotheses:
            stated: dict[str, Any] = {"text": one.text, "note": one.note, "position": one.position}
            rows.append(("hypothesis", one.uid, stated, entry.annotator))
        rows += [
            ("evidence", piece.uid, {"note": piece.note, "position": piece.position}, entry.annotator)
            for piece in entry.evidence
        ]
        rows += [
            ("rating", cell.uid, {"consistency": cell.consistency, "note": cell.note}, cell.annotator)
            for cell in entry.ratings
        ]
        for table, uid, stated, annotator in rows:
            if self._known(table, uid) is None:
                self._intake.count_not_taken("new part of a question")
            else:
                self._intake.compare_row(table, uid, stated, annotator)

    def _ratings(self, entry: IncomingQuestion, hypotheses: list[int], evidence: Mapping[str, int]) -> None:
        rated: set[tuple[int, str]] = set()
        for one in entry.ratings:
            cell = one.hypothesis, one.annotation_uid
            if one.annotation_uid in evidence and cell not in rated:
                rated.add(cell)
                values = {
                    "hypothesis_id": hypotheses[one.hypothesis],
                    "evidence_id": evidence[one.annotation_uid],
                    "consistency": one.consistency,
                    "note": one.note,
                }
                self._intake.add_row("rating", values | self._made("rating", one))

    def _made(
        self,
        table: str,
        entry: IncomingChainLink
        | IncomingClaim
        | IncomingStatement
        | IncomingResolution
        | IncomingQuestion
        | IncomingRating,
    ) -> dict[str, Any]:
        """Who made a row and when, and its uid."""
        return {
            "uid": self._intake.free_uid(table, entry.uid),
            "annotator_id": self._intake.annotator_named(entry.annotator),
            "created_at": entry.created_at or self._moment,
        }

    def _is_settled(self, table: str, uid: str, stated: Mapping[str, Any], shown: str, annotator: str) -> bool:
        """Whether a row is there already, and was compared, or was removed here and stays so."""
        if not self._intake.is_comparing or not uid:
            return False
        if self._known(table, uid) is None:
            return self._intake.is_kept_removed(table, uid, shown, annotator)
        self._intake.compare_row(table, uid, stated, annotator)
        return True

    def _known(self, table: str, uid: str) -> int | None:
        if not uid:
            return None
        with self._project.reading() as connection:
            return project_queries.known_uids(connection, table, [uid]).get(uid)
