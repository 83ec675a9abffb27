"""Queries on claims, statements, resolutions and attribution chains.

What depends on documents in the trash is left out, unless it is requested.
"""

from collections.abc import Iterable
from typing import NamedTuple

from annotator.domain.errors import NotFound
from annotator.domain.records import (
    ChainLinkRecord,
    ClaimRecord,
    ResolutionRecord,
    StatementRecord,
    StatementRow,
)
from annotator.store.queries.annotation_queries import Placed
from annotator.store.queries.base import Queries, among
from annotator.store.queries.grade_sql import letter_of_annotation

_HELD = (
    "JOIN annotation a ON a.id = {row}.annotation_id JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL "
)


def verdict_in_force(claim: str) -> str:
    """Return SQL for a subquery of the effective verdict of a claim, whose id the column ``claim`` holds."""
    return f"(SELECT verdict FROM resolution WHERE claim_id = {claim} ORDER BY resolved_on DESC, id DESC LIMIT 1)"


class _Topic(NamedTuple):
    id: int
    topic: str


class ClaimQueries(Queries):
    """Queries on claims and attribution chains."""

    def all(self, ids: Iterable[int] | None = None) -> list[ClaimRecord]:
        """Return claims with their effective verdict, in the order of creation: all, or those in ``ids``."""
        where, values = among("c.id", ids)
        query = (
            "SELECT c.id, c.uid, c.text, c.topic, c.note, p.name, c.created_at, coalesce(r.verdict, 'open'), "
            "coalesce(r.resolved_on, ''), coalesce(s.states, 0), coalesce(s.denies, 0) FROM claim c "
            "JOIN annotator p ON p.id = c.annotator_id "
            "LEFT JOIN resolution r ON r.id = "
            "(SELECT id FROM resolution WHERE claim_id = c.id ORDER BY resolved_on DESC, id DESC LIMIT 1) "
            "LEFT JOIN (SELECT s.claim_id, sum(s.stance = 'states') AS states, sum(s.stance = 'denies') AS denies "
            f"FROM statement s {_HELD.format(row='s')}GROUP BY s.claim_id) s ON s.claim_id = c.id "
            f"WHERE {where} ORDER BY c.id"
        )
        return list(self._records(ClaimRecord, query, values, table="claim", stand_in=""))

    def one(self, id: int) -> ClaimRecord:
        """Return one claim. Raise NotFound."""
        for found in self.all([id]):
            return found
        raise NotFound(f"There is no claim {id} in the project: it may have been removed.")

    def statements(
        self,
        *,
        claim_ids: Iterable[int] | None = None,
        annotation_ids: Iterable[int] | None = None,
        trashed: bool = False,
    ) -> list[StatementRecord]:
        """Return statements of claims, in the order of creation: all, or those of some claims or annotations."""
        where, values = among("s.claim_id", claim_ids)
        also, more = among("s.annotation_id", annotation_ids)
        held = "" if trashed else _HELD.format(row="s")
        query = (
            "SELECT s.id, s.uid, s.claim_id, s.annotation_id, s.stance, p.name, s.created_at FROM statement s "
            f"JOIN annotator p ON p.id = s.annotator_id {held}WHERE {where} AND {also} ORDER BY s.id"
        )
        return list(self._records(StatementRecord, query, [*values, *more], table="statement", stand_in=""))

    def resolutions(self, *, claim_ids: Iterable[int] | None = None) -> list[ResolutionRecord]:
        """Return the resolutions of claims, the effective one of each first."""
        where, values = among("r.claim_id", claim_ids)
        query = (
            "SELECT r.id, r.uid, r.claim_id, r.resolved_on, r.verdict, r.evidence, r.address, p.name, r.created_at "
            f"FROM resolution r JOIN annotator p ON p.id = r.annotator_id WHERE {where} "
            "ORDER BY r.claim_id, r.resolved_on DESC, r.id DESC"
        )
        return list(self._records(ResolutionRecord, query, values, table="resolution"))

    def of_link(self, link_id: int) -> set[int]:
        """Return the claims that the annotation of a chain link states."""
        query = (
            "SELECT s.claim_id FROM chain_link l JOIN statement s ON s.annotation_id = l.annotation_id WHERE l.id = ?"
        )
        return {id for (id,) in self._rows(query, (link_id,))}

    def chain_links(
        self, *, annotation_ids: Iterable[int] | None = None, trashed: bool = False
    ) -> list[ChainLinkRecord]:
        """Return links of attribution chains, of each annotation from the origin on: all, or those of some
        annotations.
        """
        where, values = among("l.annotation_id", annotation_ids)
        held = "" if trashed else _HELD.format(row="l")
        query = (
            "SELECT l.id, l.uid, l.annotation_id, l.source_id, s.name, l.role, l.position, l.checked, l.note, p.name, "
            "l.created_at FROM chain_link l JOIN source s ON s.id = l.source_id "
            f"JOIN annotator p ON p.id = l.annotator_id {held}WHERE {where} "
            "ORDER BY l.annotation_id, l.role, l.position, l.id"
        )
        return list(self._records(ChainLinkRecord, query, values, table="chain_link", stand_in=""))

    def topics(self, ids: Iterable[int] | None = None) -> dict[int, str]:
        """Return the topics of claims by id: of all, or of some."""
        where, values = among("id", ids)
        query = f"SELECT id, topic FROM claim WHERE {where} ORDER BY id"
        return {one.id: one.topic for one in self._records(_Topic, query, values, table="claim", stand_in="")}

    def stating_annotations(self) -> list[Placed]:
        """Return where the annotations outside the trash lie that state or deny a claim."""
        query = f'SELECT a.id, a.document_id, a.start, a."end" FROM statement s {_HELD.format(row="s")}ORDER BY a.id'
        return list(self._records(Placed, query, table="annotation"))

    def statement_rows(self, claim_id: int) -> list[StatementRow]:
        """Return the statements of a claim in the order of publication."""
        query = (
            "SELECT a.id, s.id, s.stance, d.id, d.title, d.published_at, coalesce(o.name, ''), coalesce(w.name, ''), "
            f'l.name, a.quote, a.start, a."end", {letter_of_annotation()}, a.credibility FROM statement s '
            f"{_HELD.format(row='s')}JOIN label l ON l.id = a.label_id LEFT JOIN source o ON o.id = d.source_id "
            "LEFT JOIN source w ON w.id = a.source_id WHERE s.claim_id = ? ORDER BY d.published_at, d.id, a.start, a.id"
        )
        return list(self._records(StatementRow, query, (claim_id,), table="annotation", stand_in=""))

    def published_later(self, day: str) -> frozenset[int]:
        """Return the statements, by the ids of their annotations, of documents that were published after a day."""
        cursor = self._rows(
            "SELECT s.annotation_id FROM statement s JOIN annotation a ON a.id = s.annotation_id "
            "JOIN document d ON d.id = a.document_id WHERE substr(d.published_at, 1, 10) > ?",
            (day,),
        )
        return frozenset(id for (id,) in cursor)
