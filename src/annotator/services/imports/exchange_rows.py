"""Rows of the project as an exchange needs them: what they were before, and how people know them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from annotator.domain.comparison import FieldDifference, field_name
from annotator.services.imports.differences import Place
from annotator.store.project import Project
from annotator.store.queries.exchange_queries import IMPORT, RowEdit

_REFERENCES: Mapping[str, str] = {
    "label_id": "label",
    "source_id": "source",
    "owner_id": "source",
    "claim_id": "claim",
    "from_id": "annotation",
    "to_id": "annotation",
    "annotation_id": "annotation",
}
"""What a column refers to; ``parent_id`` refers to its own table."""

_NAMING_COLUMNS = ("name", "text", "kind", "verdict", "reliability", "role", "stance")
"""The columns of which the first one that is filled tells which row it is."""


class Version(NamedTuple):
    """A row as an entry of our log left it. ``is_taken``: that entry wrote what came out of a file."""

    number: int
    at: str
    is_taken: bool
    values: Mapping[str, Any]


def versions_of(project: Project, rows: Iterable[tuple[str, int]]) -> dict[tuple[str, int], list[Version]]:
    """Return what rows were, by table and id, oldest first; what was undone is left out."""
    ids: dict[str, set[int]] = {}
    for table, id in rows:
        ids.setdefault(table, set()).add(id)
    found: dict[tuple[str, int], list[Version]] = {}
    for entry in project.read.exchange.edits_of_rows(ids):
        add_version(found.setdefault((entry.edit.table, entry.edit.id), []), entry)
    return found


def add_version(versions: list[Version], entry: RowEdit) -> None:
    """Add to the versions of a row what an entry of the log made of it; an undo takes the last version away."""
    edit = entry.edit
    if edit.after is None:
        return
    values = {**(versions[-1].values if versions and edit.before is not None else {}), **edit.after}
    is_undo = entry.kind == "undo"
    if versions and versions[-1].values == values:
        # A removal was taken back: the row is what it was.
        return
    if is_undo and len(versions) > 1 and all(versions[-2].values.get(name) == values[name] for name in edit.after):
        versions.pop()
    else:
        versions.append(Version(entry.number, entry.at, entry.title == IMPORT and not is_undo, values))


class RowNames:
    """Shows the values of rows as people and files know them: names in place of ids."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[tuple[str, int], str] = {}

    def shown(self, table: str, field: FieldDifference) -> list[tuple[str, Any, Any]]:
        """Return name and both values of each column of a field that differs; a span is one value."""
        if field.name == "span":
            return [("span", _span(field.ours), _span(field.theirs))]
        if "." in field.name:
            return [(field.name, *field.ours.values(), *field.theirs.values())]
        return [
            (field_name(column), self._value(table, column, ours), self._value(table, column, field.theirs[column]))
            for column, ours in field.ours.items()
            if ours != field.theirs[column]
        ]

    def _value(self, table: str, column: str, value: Any) -> Any:
        refers_to = table if column == "parent_id" else _REFERENCES.get(column)
        if refers_to is None or value is None:
            return value
        return self._name(refers_to, value)

    def _name(self, table: str, id: int) -> str:
        if (table, id) not in self._known:
            self._known[table, id] = self._project.read.exchange.name_of(table, id)
        return self._known[table, id]

    def place(self, row: Mapping[str, Any]) -> Place:
        """Return where a row of ours is."""
        document = row.get("document_id")
        title = self._name("document", document) if document is not None else ""
        whose = self._name("annotator", row["annotator_id"]) if "annotator_id" in row else ""
        return Place(document, title, row.get("start"), row.get("end"), whose)

    def summary(self, table: str, row: Mapping[str, Any]) -> Any:
        """Return a few words that tell which row it is."""
        if table == "annotation":
            return f"{self._name('label', row['label_id'])}: {row['quote']}"
        return next((row[column] for column in _NAMING_COLUMNS if row.get(column)), table)


def _span(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {"start": columns["start"], "end": columns["end"], "fragments": columns["fragments"]}
