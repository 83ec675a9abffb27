"""Queries on the names and owners of sources, and on who cites whom."""

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from annotator.store.reading import records


class Names(NamedTuple):
    """Id, name, aliases, kind and owner of a source."""

    id: int
    name: str
    aliases: tuple[str, ...]
    kind: str
    owner_id: int | None


def names(connection: sqlite3.Connection) -> list[Names]:
    """Return the names of all sources, without the counts, which take far longer."""
    query = "SELECT id, name, aliases, kind, owner_id FROM source ORDER BY id"
    return list(records(connection, Names, query, table="source", stand_in="Source {id}"))


def unnamed(connection: sqlite3.Connection) -> frozenset[int]:
    """Return the ids of the unnamed sources."""
    return frozenset(id for (id,) in connection.execute("SELECT id FROM source WHERE kind = 'unnamed'"))


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


def naming(connection: sqlite3.Connection, ids: Iterable[int]) -> Naming:
    """Return the rows that refer to these sources."""
    wanted = (json.dumps(list(ids)),)

    def rows(table: str) -> list[tuple[int, int]]:
        return connection.execute(
            f"SELECT id, source_id FROM {table} WHERE source_id IN (SELECT value FROM json_each(?)) ORDER BY id", wanted
        ).fetchall()

    query = (
        "SELECT id, uid, annotation_id, source_id FROM chain_link "
        "WHERE source_id IN (SELECT value FROM json_each(?)) ORDER BY id"
    )
    links = list(records(connection, Link, query, wanted, table="chain_link"))
    return Naming(rows("annotation"), rows("document"), rows("assessment"), links)


def linked_annotations(connection: sqlite3.Connection, source_id: int) -> set[int]:
    """Return the annotations whose chains contain a link to the source."""
    return {
        id for (id,) in connection.execute("SELECT annotation_id FROM chain_link WHERE source_id = ?", (source_id,))
    }


class Citing(NamedTuple):
    """How often an outlet published statements of a source."""

    outlet_id: int
    source_id: int
    statements: int


def citations(connection: sqlite3.Connection, source_id: int) -> list[Citing]:
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
    return list(records(connection, Citing, query, (source_id,)))
