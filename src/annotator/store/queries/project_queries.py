"""Queries on the project as a whole: its title, its annotators and what it contains."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from annotator.domain.errors import DamagedProject
from annotator.store.queries.base import Queries

_LIVE = (
    "FROM annotation a JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL "
    "JOIN label l ON l.id = a.label_id JOIN annotator p ON p.id = a.annotator_id"
)


class ProjectRecord(NamedTuple):
    """What the project says of itself."""

    uid: str
    title: str
    guideline: str
    created_at: str


class _ProjectRow(NamedTuple):
    id: int
    uid: str
    title: str
    guideline: str
    created_at: str


class _Named(NamedTuple):
    id: int
    name: str


class ProjectQueries(Queries):
    """Queries on the project as a whole."""

    def record(self) -> ProjectRecord:
        """Return the project's own row. Raise DamagedProject where it is gone."""
        query = "SELECT id, uid, title, guideline, created_at FROM project"
        for _, *values in self._records(_ProjectRow, query, table="project", stand_in=""):
            return ProjectRecord(*values)
        raise DamagedProject(
            "The project is damaged (the row with its title is gone): save what can be read with 'annotator repair'."
        )

    def annotators(self) -> dict[str, int]:
        """Return ids of the annotators by name."""
        query = "SELECT id, name FROM annotator ORDER BY id"
        return {one.name: one.id for one in self._records(_Named, query, table="annotator", stand_in="Annotator {id}")}

    def known_uids(self, table: str, uids: Iterable[str]) -> dict[str, int]:
        """Return which of these uids a table holds already, and as which row."""
        return dict(
            self._rows(
                f'SELECT uid, id FROM "{table}" WHERE uid IN (SELECT value FROM json_each(?))',
                (json.dumps(list(uids)),),
            )
        )

    def counts(self) -> dict[str, dict[str, int]]:
        """Return counts by group: the project as a whole, documents by status, annotations by label, credibility and
        annotator.
        """
        one = {
            "documents": "SELECT count(*) FROM document WHERE trashed_at IS NULL",
            "in the trash": "SELECT count(*) FROM document WHERE trashed_at IS NOT NULL",
            "words": "SELECT CAST(total(words) AS INTEGER) FROM document WHERE trashed_at IS NULL",
            "annotations": f"SELECT count(*) {_LIVE}",
            "relations": "SELECT count(*) FROM relation",
            "sources": "SELECT count(*) FROM source",
            "assessments": "SELECT count(*) FROM assessment",
            "claims": "SELECT count(*) FROM claim",
            "changes": "SELECT count(*) FROM change",
        }
        grouped = {
            "status": "SELECT status, count(*) FROM document WHERE trashed_at IS NULL GROUP BY 1 ORDER BY 1",
            "label": f"SELECT l.name, count(*) {_LIVE} GROUP BY l.id ORDER BY l.position",
            "credibility": f"SELECT coalesce(a.credibility, 'not graded'), count(*) {_LIVE} GROUP BY 1 ORDER BY 1",
            "annotator": f"SELECT p.name, count(*) {_LIVE} GROUP BY p.id ORDER BY 1",
        }
        found = {"project": {name: int(self._row(sql)[0]) for name, sql in one.items()}}
        for name, sql in grouped.items():
            found[name] = {str(value): count for value, count in self._rows(sql)}
        return found

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        return int(self._row(f'SELECT count(*) FROM "{table}"')[0])

    def quick_faults(self) -> list[str]:
        """Return the faults that SQLite's quick test finds in the file, at most five lines; none where it is sound."""
        return [str(line) for (line,) in self._rows("PRAGMA quick_check(5)") if line != "ok"]
