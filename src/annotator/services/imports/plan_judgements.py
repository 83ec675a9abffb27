"""Plan what is judged across documents: attribution chains, claims and questions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from annotator.domain.canonical_text import one_line
from annotator.domain.wording import elided
from annotator.formats.base import IncomingChainLink, IncomingClaim, IncomingQuestion, IncomingResolution
from annotator.services.imports.differences import Place
from annotator.services.imports.file_comparison import FileComparison
from annotator.services.imports.planned_rows import PlannedRows

_NOT_IMPORTED = "The annotation that it belongs to was not imported."


class _Made(Protocol):
    """A judgement that states who made it, and when."""

    @property
    def uid(self) -> str: ...

    @property
    def annotator(self) -> str: ...

    @property
    def created_at(self) -> str: ...


class JudgementPlanner:
    """Plans judgements. What the project holds already, by its uid or its place, is not made twice."""

    def __init__(self, planned: PlannedRows, comparison: FileComparison) -> None:
        self._planned = planned
        self._known = planned.known
        self._comparison = comparison

    def chain_link(self, entry: IncomingChainLink, path: Path | None) -> None:
        """Plan a station of the attribution chain of an annotation."""
        annotation_id = self._known.annotation(entry.annotation_uid)
        if not annotation_id:
            self._planned.refuse(path, f"chain link {elided(entry.source, 60)}", _NOT_IMPORTED)
            return
        source_id = self._planned.source(entry.source, "person")
        if source_id is None:
            self._planned.refuse(path, "chain link", "It names no source.")
            return
        stated = {
            "source_id": source_id,
            "role": entry.role,
            "position": entry.position,
            "checked": entry.checked,
            "note": entry.note,
        }
        if self._is_settled("chain_link", entry, stated, entry.source):
            return
        linked = self._known.chain_links
        assert linked is not None, "loaded with the chunk"
        if (annotation_id, source_id) in linked:
            return
        linked.add((annotation_id, source_id))
        values = {"annotation_id": annotation_id, **stated, **self._made("chain_link", entry)}
        self._planned.add("chain_link", values)

    def claim(self, entry: IncomingClaim, path: Path | None) -> None:
        """Plan a claim; one that the project holds gets the statements and resolutions that it lacks."""
        claim_id = self._known.id_of("claim", entry.uid)
        values: dict[str, Any] = {"text": entry.text, "topic": entry.topic, "note": entry.note}
        if self._is_settled("claim", entry, values, entry.text) and claim_id is None:
            return
        if claim_id is None:
            claim_id = self._planned.add("claim", values | self._made("claim", entry))
        self._statements(entry, claim_id, path)
        for resolution in entry.resolutions:
            self._resolution(resolution, claim_id)

    def _statements(self, entry: IncomingClaim, claim_id: int, path: Path | None) -> None:
        for statement in entry.statements:
            annotation_id = self._known.annotation(statement.annotation_uid)
            stated = {"claim_id": claim_id, "stance": statement.stance}
            if not annotation_id:
                self._planned.refuse(path, f"claim “{elided(entry.text, 60)}”", _NOT_IMPORTED)
            elif self._is_settled("statement", statement, stated, statement.stance):
                continue
            elif annotation_id not in self._known.stated:
                self._known.stated.add(annotation_id)
                values = {"annotation_id": annotation_id, **stated}
                self._planned.add("statement", values | self._made("statement", statement))

    def _resolution(self, resolution: IncomingResolution, claim_id: int) -> None:
        values = {
            "resolved_on": resolution.resolved_on,
            "verdict": resolution.verdict,
            "evidence": resolution.evidence,
            "address": resolution.address,
        }
        if self._is_settled("resolution", resolution, values, resolution.verdict):
            return
        if self._known.id_of("resolution", resolution.uid) is None:
            made = self._made("resolution", resolution)
            self._planned.add("resolution", {"claim_id": claim_id, **values, **made})

    def question(self, entry: IncomingQuestion, path: Path | None) -> None:
        """Plan a question with its matrix.

        One that the project holds gets nothing new: its matrix may have been worked on. It is compared.
        """
        stated: dict[str, Any] = {"text": entry.text, "note": entry.note}
        if self._is_settled("question", entry, stated, entry.text):
            self._compare_matrix(entry)
            return
        if self._known.id_of("question", entry.uid) is not None:
            return
        question_id = self._planned.add("question", stated | self._made("question", entry))
        hypotheses = [
            self._planned.add(
                "hypothesis",
                {
                    "uid": self._known.free_uid("hypothesis", one.uid),
                    "question_id": question_id,
                    "text": one.text,
                    "note": one.note,
                    "position": one.position,
                },
            )
            for one in entry.hypotheses
        ]
        evidence = self._evidence(entry, question_id, path)
        self._ratings(entry, hypotheses, evidence)

    def _evidence(self, entry: IncomingQuestion, question_id: int, path: Path | None) -> dict[str, int]:
        """Plan the evidence of a question; return the ids by the uids of the annotations."""
        evidence: dict[str, int] = {}
        for one in entry.evidence:
            annotation_id = self._known.annotation(one.annotation_uid)
            if not annotation_id:
                self._planned.refuse(path, f"question “{elided(entry.text, 60)}”", _NOT_IMPORTED)
            elif one.annotation_uid not in evidence:
                values = {
                    "uid": self._known.free_uid("evidence", one.uid),
                    "question_id": question_id,
                    "annotation_id": annotation_id,
                    "note": one.note,
                    "position": one.position,
                }
                evidence[one.annotation_uid] = self._planned.add("evidence", values)
        return evidence

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
                self._planned.add("rating", values | self._made("rating", one))

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
            if self._known.id_of(table, uid) is None:
                self._comparison.found.not_compared["new part of a question"] += 1
            else:
                self._comparison.compare(table, self._known.row(table, uid), stated, _whose(annotator))

    def _made(self, table: str, entry: _Made) -> dict[str, Any]:
        """Return the uid of a row, and who made it when, by column."""
        return {
            "uid": self._known.free_uid(table, entry.uid),
            "annotator_id": self._planned.annotator(entry.annotator),
            "created_at": self._planned.time_of(entry.created_at),
        }

    def _is_settled(self, table: str, entry: _Made, stated: Mapping[str, Any], shown: str) -> bool:
        """Return whether a row was compared because it exists, or was removed here and stays so."""
        if not self._comparison.is_on or not entry.uid:
            return False
        place = _whose(entry.annotator)
        if self._known.id_of(table, entry.uid) is None:
            return self._comparison.is_kept_removed(table, entry.uid, shown, place)
        self._comparison.compare(table, self._known.row(table, entry.uid), stated, place)
        return True


def _whose(annotator: str) -> Place:
    return Place(whose=one_line(annotator))
