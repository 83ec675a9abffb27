"""Queries on sources: their assessments, their names and owners, and who cites whom."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from annotator.domain.records import (
    AssessmentRecord,
    SourceRecord,
)
from annotator.store.queries.base import Queries
from annotator.store.queries.grade_sql import letter_in_force


class Names(NamedTuple):
    """Id, name, aliases, kind and owner of a source."""

    id: int
    name: str
    aliases: tuple[str, ...]
    kind: str
    owner_id: int | None


class Link(NamedTuple):
    """A link of an attribution chain, with the annotation and the source that it connects."""

    id: int
    uid: str
    annotation_id: int
    source_id: int


class Naming(NamedTuple):
    """The rows that refer to given sources, in the trash too: each as its id and the id of the source."""

    annotations: list[tuple[int, int]]
    documents: list[tuple[int, int]]
    assessments: list[tuple[int, int]]
    chain_links: list[Link]


class Citing(NamedTuple):
    """How often an outlet published statements of a source."""

    outlet_id: int
    source_id: int
    statements: int


class SourceQueries(Queries):
    """Queries on sources."""

    def all(self) -> list[SourceRecord]:
        """Return the registry, by name, each with the letter in force and how often it speaks and publishes."""
        query = (
            "SELECT s.id, s.uid, s.name, s.kind, s.aliases, s.note, s.parent_id, "
            f"{letter_in_force('s.id')}, coalesce(a.count, 0), coalesce(d.count, 0), s.owner_id, s.topics "
            # All of them less those in the trash: an index knows the one, and the others are few.
            "FROM source s LEFT JOIN (SELECT source_id, sum(n) AS count FROM "
            "(SELECT source_id, count(*) AS n FROM annotation WHERE source_id IS NOT NULL GROUP BY source_id "
            "UNION ALL SELECT a.source_id, -count(*) FROM document d JOIN annotation a ON a.document_id = d.id "
            "WHERE d.trashed_at IS NOT NULL GROUP BY a.source_id) GROUP BY source_id) a ON a.source_id = s.id "
            "LEFT JOIN (SELECT source_id, count(*) AS count FROM document WHERE trashed_at IS NULL "
            "GROUP BY source_id) d ON d.source_id = s.id ORDER BY s.name COLLATE NOCASE, s.id"
        )
        return list(self._records(SourceRecord, query, table="source", stand_in="Source {id}"))

    def uses(self, id: int) -> dict[str, int]:
        """Return how many rows name a source, those in the trash too."""
        uses = {
            "annotations": "annotation.source_id",
            "documents": "document.source_id",
            "attribution chains": "chain_link.source_id",
            "sources": "source.parent_id",
            "sources that it owns": "source.owner_id",
        }
        found = {}
        for what, place in uses.items():
            table, column = place.split(".")
            (found[what],) = self._row(f"SELECT count(*) FROM {table} WHERE {column} = ?", (id,))
        return found

    def statement_count(self, id: int) -> int:
        """Return how many annotations outside the trash have this source."""
        # All of them less those in the trash: an index knows the one, and the others are few.
        (count,) = self._row(
            "SELECT (SELECT count(*) FROM annotation WHERE source_id = ?1) - (SELECT count(*) FROM document d "
            "JOIN annotation a ON a.document_id = d.id AND a.source_id = ?1 WHERE d.trashed_at IS NOT NULL)",
            (id,),
        )
        return int(count)

    def override_count(self, id: int) -> int:
        """Return how many annotations outside the trash have this source and a letter of their own."""
        (count,) = self._row(
            "SELECT count(*) FROM annotation a JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL "
            "WHERE a.source_id = ? AND a.reliability IS NOT NULL",
            (id,),
        )
        return int(count)

    def assessments(self, *, source_id: int | None = None) -> list[AssessmentRecord]:
        """Return the judgements of all sources or of one, the one in force first."""
        where = "" if source_id is None else "WHERE a.source_id = ? "
        query = (
            "SELECT a.id, a.source_id, a.made_on, a.reliability, a.topic, a.rationale, p.name, a.uid "
            f"FROM assessment a JOIN annotator p ON p.id = a.annotator_id {where}"
            "ORDER BY a.source_id, a.topic <> '', a.made_on DESC, a.id DESC"
        )
        values = () if source_id is None else (source_id,)
        return list(self._records(AssessmentRecord, query, values, table="assessment"))

    def names(self) -> list[Names]:
        """Return the names of all sources, without the counts, which take far longer."""
        query = "SELECT id, name, aliases, kind, owner_id FROM source ORDER BY id"
        return list(self._records(Names, query, table="source", stand_in="Source {id}"))

    def unnamed(self) -> frozenset[int]:
        """Return the ids of the unnamed sources."""
        return frozenset(id for (id,) in self._rows("SELECT id FROM source WHERE kind = 'unnamed'"))

    def references(self, ids: Iterable[int]) -> Naming:
        """Return the rows that refer to these sources."""
        wanted = (json.dumps(list(ids)),)

        def rows(table: str) -> list[tuple[int, int]]:
            return self._rows(
                f"SELECT id, source_id FROM {table} WHERE source_id IN (SELECT value FROM json_each(?)) ORDER BY id",
                wanted,
            )

        query = (
            "SELECT id, uid, annotation_id, source_id FROM chain_link "
            "WHERE source_id IN (SELECT value FROM json_each(?)) ORDER BY id"
        )
        links = list(self._records(Link, query, wanted, table="chain_link"))
        return Naming(rows("annotation"), rows("document"), rows("assessment"), links)

    def linked_annotations(self, source_id: int) -> set[int]:
        """Return the annotations whose chains contain a link to the source."""
        return {id for (id,) in self._rows("SELECT annotation_id FROM chain_link WHERE source_id = ?", (source_id,))}

    def citations(self, source_id: int) -> list[Citing]:
        """Return who publishes a source, and whom it publishes, the most statements first."""
        both = (
            "SELECT d.source_id AS outlet, a.source_id AS source FROM annotation a "
            "JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL "
            "WHERE {} = ?1 AND a.source_id <> d.source_id"
        )
        query = (
            "SELECT outlet, source, count(*) FROM "
            f"({both.format('a.source_id')} UNION ALL {both.format('d.source_id')}) GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
        )
        return list(self._records(Citing, query, (source_id,)))
