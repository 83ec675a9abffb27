"""Queries on documents. Those in the trash are left out, unless they are requested."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from annotator.domain.errors import NotFound
from annotator.domain.records import (
    DocumentRecord,
    DocumentRow,
    TextSlice,
)
from annotator.store.queries.base import Queries, among
from annotator.store.queries.grade_sql import letter_in_force
from annotator.store.reading import (
    TitledText,
    damaged_row,
)

_DOCUMENT = (
    "SELECT d.id, d.uid, d.title, t.text, d.text_sha256, d.source_id, coalesce(s.name, ''), d.author, d.published_at, "
    "d.language, d.status, d.note, d.address, d.structure, d.origin_path, d.origin_format, d.origin_sha256, "
    "d.imported_at, d.words, d.direction, d.facts, coalesce(p.uid, ''), d.reliability, d.reliability_reason, "
    f"{letter_in_force('d.source_id')} FROM document d "
    "JOIN document_text t ON t.id = d.id LEFT JOIN source s ON s.id = d.source_id "
    "LEFT JOIN document p ON p.id = d.version_of "
)


class VersionRow(NamedTuple):
    """A document that takes the place of an earlier one, and how many annotations both have."""

    id: int
    title: str
    annotations: int
    earlier_id: int
    earlier_title: str
    earlier_annotations: int


class _TextWithFacts(NamedTuple):
    id: int
    title: str
    text: str
    facts: dict[str, Any]


class DocumentQueries(Queries):
    """Queries on documents."""

    def rows(self, *, trashed: bool = False) -> list[DocumentRow]:
        """Return every document as a list shows it, in the order of import."""
        query = (
            "SELECT d.id, d.title, coalesce(s.name, ''), d.published_at, d.status, coalesce(a.count, 0), d.words "
            "FROM document d LEFT JOIN source s ON s.id = d.source_id "
            "LEFT JOIN (SELECT document_id, count(*) AS count FROM annotation GROUP BY document_id) a "
            f"ON a.document_id = d.id WHERE d.trashed_at IS {'NOT ' if trashed else ''}NULL ORDER BY d.id"
        )
        return list(self._records(DocumentRow, query, table="document", stand_in="Document {id}"))

    def rows_of(self, ids: Iterable[int]) -> list[DocumentRow]:
        """Return these documents as a list shows them, as far as they are not in the trash."""
        query = (
            "SELECT d.id, d.title, coalesce(s.name, ''), d.published_at, d.status, "
            "(SELECT count(*) FROM annotation a WHERE a.document_id = d.id), d.words "
            "FROM document d LEFT JOIN source s ON s.id = d.source_id "
            "WHERE d.trashed_at IS NULL AND d.id IN (SELECT value FROM json_each(?)) ORDER BY d.id"
        )
        values = (json.dumps(list(ids)),)
        return list(self._records(DocumentRow, query, values, table="document", stand_in="Document {id}"))

    def to_open(self, last: int) -> int | None:
        """Return the document ``last`` where it is still there, or else the first; None in an empty project."""
        row = self._row("SELECT id FROM document WHERE trashed_at IS NULL ORDER BY id = ? DESC, id LIMIT 1", (last,))
        return int(row[0]) if row else None

    def one(self, id: int) -> DocumentRecord:
        """Return one document with its text. Raise NotFound, also for one in the trash, and DamagedProject."""
        query = _DOCUMENT + "WHERE d.id = ? AND d.trashed_at IS NULL"
        for found in self._records(DocumentRecord, query, (id,), table="document"):
            return found
        if self._row("SELECT 1 FROM document WHERE id = ? AND trashed_at IS NULL", (id,)):
            raise damaged_row("document", id)
        raise NotFound(f"There is no document {id} in the project, or it is in the trash.")

    def all(self, ids: Iterable[int] | None = None) -> Iterator[DocumentRecord]:
        """Yield documents with their texts, in the order of import; all of them, or those in ``ids``."""
        where, values = "WHERE d.trashed_at IS NULL ", []
        if ids is not None:
            where += "AND d.id IN (SELECT value FROM json_each(?)) "
            values.append(json.dumps(list(ids)))
        return self._records(DocumentRecord, _DOCUMENT + where + "ORDER BY d.id", values, table="document")

    def version_links(self) -> list[tuple[int, str, str]]:
        """Return id and uid of every document, in the trash too, and the uid of the one whose place it takes, or ''."""
        return self._rows(
            "SELECT d.id, d.uid, coalesce(p.uid, '') FROM document d LEFT JOIN document p ON p.id = d.version_of "
            "ORDER BY d.id"
        )

    def names(self) -> list[tuple[int, str, str, str]]:
        """Return id, uid, checksum of the text and title of every document outside the trash."""
        return self._rows("SELECT id, uid, text_sha256, title FROM document WHERE trashed_at IS NULL ORDER BY id")

    def texts(self) -> Iterator[TitledText]:
        """Yield id, title and text of every document."""
        query = (
            "SELECT d.id, d.title, t.text FROM document d JOIN document_text t ON t.id = d.id "
            "WHERE d.trashed_at IS NULL ORDER BY d.id"
        )
        return self._records(TitledText, query, table="document")

    def count(self) -> int:
        """Return how many documents are outside the trash."""
        return int(self._row("SELECT count(*) FROM document WHERE trashed_at IS NULL")[0])

    def text(self, id: int) -> str:
        """Return the text of a document. Raise NotFound, or DamagedProject where it is no text."""
        for (found,) in self._fetched("SELECT text FROM document_text WHERE id = ?", (id,)):
            if type(found) is not str:
                raise damaged_row("document text", id)
            return found
        raise NotFound(f"There is no document {id} in the project.")

    def text_slice(self, id: int, start: int, end: int) -> TextSlice:
        """Return the part of a text from ``start`` to ``end``, in code points, as far as it is there.

        Raise NotFound, also for a document in the trash, and DamagedProject.
        """
        start = max(0, start)
        query = (
            "SELECT d.id, d.title, coalesce(s.name, ''), d.published_at, d.direction, substr(t.text, ?2, ?3) "
            "FROM document d JOIN document_text t ON t.id = d.id LEFT JOIN source s ON s.id = d.source_id "
            "WHERE d.id = ?1 AND d.trashed_at IS NULL"
        )
        # One more than asked for tells whether the text goes on.
        for _, title, outlet, date, direction, text in self._fetched(query, (id, start + 1, end - start + 1)):
            if not all(type(value) is str for value in (title, outlet, date, direction, text)):
                raise damaged_row("document", id)
            is_end = len(text) <= end - start
            return TextSlice(title, outlet, date, direction, start, text[: end - start], is_end)
        raise NotFound(f"There is no document {id} in the project, or it is in the trash.")

    def trashed(self, ids: Iterable[int]) -> list[tuple[int, str]]:
        """Return which of these documents are in the trash, and since when."""
        return self._rows(
            "SELECT id, trashed_at FROM document WHERE trashed_at IS NOT NULL "
            "AND id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(list(ids)),),
        )

    def earlier_versions(self, title: str, source_id: int | None, address: str, origin_path: str) -> list[int]:
        """Return documents that may be an earlier version of an article, the likeliest first.

        First those of its address, then that of its file where the file gave only one, then those of its title and
        outlet; at most four of each, the latest first.
        """
        same_title = "title = ? AND (source_id IS ? OR source_id IS NULL OR ? IS NULL)"
        found: list[int] = []
        for condition, values in (
            ("address = ? AND address <> ''", (address,)),
            ("origin_path = ? AND origin_path <> ''", (origin_path,)),
            (same_title, (title, source_id, source_id)),
        ):
            rows = self._rows(
                f"SELECT id FROM document WHERE {condition} AND trashed_at IS NULL ORDER BY id DESC LIMIT 4", values
            )
            if len(rows) == 1 or not condition.startswith("origin_path"):
                found += [id for (id,) in rows if id not in found]
        return found

    def versions(self, ids: Iterable[int] | None = None) -> list[VersionRow]:
        """Return the documents that replace earlier ones, outside the trash: all, or those in ``ids``."""
        only = "" if ids is None else "AND d.id IN (SELECT value FROM json_each(?)) "
        query = (
            "SELECT d.id, d.title, (SELECT count(*) FROM annotation a WHERE a.document_id = d.id), "
            "p.id, p.title, (SELECT count(*) FROM annotation a WHERE a.document_id = p.id) "
            "FROM document d JOIN document p ON p.id = d.version_of "
            f"WHERE d.trashed_at IS NULL AND p.trashed_at IS NULL {only}ORDER BY d.id"
        )
        values = () if ids is None else (json.dumps(list(ids)),)
        return list(self._records(VersionRow, query, values, table="document", stand_in=""))

    def by_hash(self, hashes: Iterable[str]) -> dict[str, int]:
        """Return which of these text hashes the project holds already, outside the trash, and as which document."""
        return dict(
            self._rows(
                "SELECT text_sha256, min(id) FROM document WHERE trashed_at IS NULL "
                "AND text_sha256 IN (SELECT value FROM json_each(?)) GROUP BY text_sha256",
                (json.dumps(list(hashes)),),
            )
        )

    def by_title(self, title: str, source: str = "", published_at: str = "") -> list[int]:
        """Return the documents of that title, outside the trash; with a source or a date those that have it, too."""
        return [
            id
            for (id,) in self._rows(
                "SELECT d.id FROM document d LEFT JOIN source s ON s.id = d.source_id WHERE d.trashed_at IS NULL "
                "AND d.title = ?1 AND (?2 = '' OR s.name = ?2) AND (?3 = '' OR d.published_at = ?3) ORDER BY d.id",
                (title, source, published_at),
            )
        ]

    def texts_with_facts(self, ids: Iterable[int] | None = None) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
        """Yield id, title, text and facts of documents outside the trash: of all, or of some."""
        where, values = among("d.id", ids)
        query = (
            "SELECT d.id, d.title, t.text, d.facts FROM document d JOIN document_text t ON t.id = d.id "
            f"WHERE d.trashed_at IS NULL AND {where} ORDER BY d.id"
        )
        return self._records(_TextWithFacts, query, values, table="document")
