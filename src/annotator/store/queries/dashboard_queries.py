"""Questions to a project file about the work as a whole: counts by source, grade, month, outlet and annotator.

Everything is counted outside the trash. Letters and digits are names of groups here, never numbers.
"""

import sqlite3
from typing import NamedTuple

from annotator.store.queries.project_queries import letter_in_force
from annotator.store.reading import records

_LETTERS = f"WITH letters AS MATERIALIZED (SELECT id, {letter_in_force('source.id')} AS letter FROM source) "
_LIVE = "FROM annotation a JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL "
# As queries.letter_of_annotation has it, over letters that were looked up once a source: ten times as quick here.
_LETTER = (
    "coalesce(a.reliability, CASE WHEN a.source_id IS NULL THEN coalesce(d.reliability, o.letter) ELSE w.letter END)"
)
_WITH_LETTERS = f"{_LIVE}LEFT JOIN letters o ON o.id = d.source_id LEFT JOIN letters w ON w.id = a.source_id "


class BySource(NamedTuple):
    """How many annotations of a label a source has; an empty name where nobody is named."""

    source: str
    label: str
    amount: int


def labels_by_source(connection: sqlite3.Connection) -> list[BySource]:
    """Annotations by who said them and label."""
    query = (
        "SELECT coalesce(s.name, ''), l.name, n FROM (SELECT a.source_id, a.label_id, count(*) AS n "
        f"{_LIVE}GROUP BY 1, 2) c JOIN label l ON l.id = c.label_id LEFT JOIN source s ON s.id = c.source_id "
        "ORDER BY l.position, l.id, 1"
    )
    return list(records(connection, BySource, query))


class Cell(NamedTuple):
    """How many annotations of an annotator have a letter and a digit; None where it is not judged."""

    annotator: str
    reliability: str | None
    credibility: int | None
    amount: int


def letters_by_digits(connection: sqlite3.Connection) -> list[Cell]:
    """Annotations by annotator, letter that counts, and digit."""
    query = (
        f"{_LETTERS}SELECT p.name, c.letter, c.digit, c.n FROM (SELECT a.annotator_id AS who, {_LETTER} AS letter, "
        f"a.credibility AS digit, count(*) AS n {_WITH_LETTERS}GROUP BY 1, 2, 3) c JOIN annotator p ON p.id = c.who "
        "ORDER BY 1, 2, 3"
    )
    return list(records(connection, Cell, query))


class InMonth(NamedTuple):
    """How often a grade was given in a month, as ``2026-03``."""

    month: str
    grade: str
    amount: int


def digits_by_month(connection: sqlite3.Connection) -> list[InMonth]:
    """Digits by the month of the article, or where that has no date of the annotation; an empty grade where none is."""
    cursor = connection.execute(
        "SELECT substr(coalesce(nullif(d.published_at, ''), a.created_at), 1, 7), "
        f"coalesce(a.credibility, ''), count(*) {_LIVE}GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return [InMonth(month, str(grade), count) for month, grade, count in cursor]


def letters_by_month(connection: sqlite3.Connection) -> list[InMonth]:
    """Letters of assessments by their month."""
    query = "SELECT substr(made_on, 1, 7), reliability, count(*) FROM assessment GROUP BY 1, 2 ORDER BY 1, 2"
    return list(records(connection, InMonth, query))


class Unnamed(NamedTuple):
    """How many attributed statements of an outlet come from unnamed sources, of how many."""

    outlet: str
    unnamed: int
    total: int


def unnamed_by_outlet(connection: sqlite3.Connection) -> list[Unnamed]:
    """Statements that an outlet attributes to somebody, and to somebody unnamed, the most first."""
    query = (
        "SELECT o.name, sum(w.kind = 'unnamed'), count(*) "
        f"{_LIVE}JOIN source o ON o.id = d.source_id JOIN source w ON w.id = a.source_id "
        "WHERE a.source_id <> d.source_id GROUP BY d.source_id ORDER BY 3 DESC, 1"
    )
    return list(records(connection, Unnamed, query))


class Coverage(NamedTuple):
    """How many documents have a status, and how many of them have annotations."""

    status: str
    documents: int
    annotated: int


def coverage(connection: sqlite3.Connection) -> list[Coverage]:
    """Documents by status."""
    query = (
        "SELECT d.status, count(*), sum(EXISTS (SELECT 1 FROM annotation a WHERE a.document_id = d.id)) "
        "FROM document d WHERE d.trashed_at IS NULL GROUP BY 1"
    )
    return list(records(connection, Coverage, query))


class Hour(NamedTuple):
    """How many annotations somebody made in an hour, as ``2026-03-02T11``."""

    annotator: str
    hour: str
    amount: int


def annotations_by_hour(connection: sqlite3.Connection) -> list[Hour]:
    """What persons made, hour by hour."""
    query = (
        "SELECT p.name, c.hour, c.n FROM (SELECT a.annotator_id AS who, substr(a.created_at, 1, 13) AS hour, "
        f"count(*) AS n {_LIVE}WHERE a.created_by = 'person' GROUP BY 1, 2) c "
        "JOIN annotator p ON p.id = c.who ORDER BY 2, 1"
    )
    return list(records(connection, Hour, query))
