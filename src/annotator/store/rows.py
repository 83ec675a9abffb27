"""Rows of the project file: checking an edit, writing it, and comparing it with the file."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any

import msgspec

from annotator.domain.changes import Edit, Values
from annotator.domain.errors import InvalidValue, StaleChange
from annotator.domain.json_values import MAX_DEPTH, decode_json, is_too_deep

_LOGGED_ELSEWHERE = "document_text"

_NO_ROWS = ("change", "suggestion_run")
"""Tables that no edit changes."""

_ROWS_PER_BATCH = 100
"""Rows that are read, checked and written together; between two such batches a long step reports its progress."""

Report = Callable[[int], None]
"""Called with the number of rows written since the last call. An exception that it raises ends the step."""

_encoded = msgspec.json.Encoder().encode
_EMPTY = {"[]": list, "{}": dict}

ORDER = (
    "project",
    "annotator",
    "label_set",
    "label",
    "feature",
    "source",
    "assessment",
    "document_text",
    "document",
    "annotation",
    "relation",
    "bookmark",
    "chain_link",
    "claim",
    "statement",
    "resolution",
    "question",
    "hypothesis",
    "evidence",
    "rating",
    "answer",
)
"""The tables that changes write, each after those that it refers to."""

TIME_COLUMNS = frozenset({"created_at", "updated_at", "imported_at", "trashed_at", "made_at"})
"""The columns of any of these tables, and of suggestion runs, that hold a time."""


class RowShape:
    """One table as the store writes it: its columns in order, its JSON columns, and the check of a whole row."""

    def __init__(self, model: type[Any]) -> None:
        import pydantic
        from pydantic_core import PydanticSerializationError, to_jsonable_python

        self.name: str = model.__tablename__
        columns = model.__table__.columns
        self.columns: tuple[str, ...] = tuple(column.name for column in columns)
        self._names = frozenset(self.columns)
        self.json_columns = frozenset(c.name for c in columns if type(c.type).__name__ == "JSON")
        self._booleans = tuple(c.name for c in columns if type(c.type).__name__ == "Boolean")
        # A SQLModel table class builds an ORM object when it validates, at 120 µs a row; the same fields checked by a
        # plain pydantic model take a tenth of that.
        fields: dict[str, Any] = {name: (info.annotation, info) for name, info in model.model_fields.items()}
        self._checked = pydantic.create_model(model.__name__, **fields)
        self._ValidationError = pydantic.ValidationError
        self._jsonable = to_jsonable_python
        self._SerializationError = PydanticSerializationError
        quoted = ", ".join(f'"{column}"' for column in self.columns)
        marks = ", ".join("?" * len(self.columns))
        self.insert = f'INSERT INTO "{self.name}" ({quoted}) VALUES ({marks})'
        self.select = f'SELECT {quoted} FROM "{self.name}" WHERE id IN (SELECT value FROM json_each(?))'
        self.delete = f'DELETE FROM "{self.name}" WHERE id = ?'
        self._id = self.columns.index("id")

    def whole(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return a whole row out of ``values``, checked, with defaults filled in. Raise InvalidValue."""
        unknown = values.keys() - self._names
        if unknown:
            raise InvalidValue(f"A {self.name} has no field {', '.join(sorted(unknown))}.")
        try:
            checked = dict(self._checked.model_validate(values).__dict__)
            for column in self.json_columns:
                # Most are empty in most rows.
                if value := checked[column]:
                    checked[column] = kept = self._jsonable(value)
                    if is_too_deep(kept):
                        raise InvalidValue(
                            f"The {column} of a {self.name} are nested deeper than {MAX_DEPTH} levels: give less."
                        )
            return checked
        except self._SerializationError as error:
            raise InvalidValue(f"A value of a {self.name} is of a kind that no file can hold: {error}.") from error
        except self._ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            given = first.get("input")
            raise InvalidValue(f"{given!r} is not allowed as {field} of a {self.name}: {first['msg']}.") from error

    def held(self, connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return the rows with these ids that the file holds."""
        rows = connection.execute(self.select, (encode(list(ids)),))
        return {row[self._id]: self.decoded(row) for row in rows}

    def is_held(self, held: Mapping[str, Any], before: Values) -> bool:
        """Return whether a row equals ``before``. In JSON 1 is neither 1.0 nor True."""
        for column, value in before.items():
            own = held.get(column)
            if column not in self.json_columns:
                if own != value:
                    return False
            elif encode(own) != encode(value):
                return False
        return True

    def row(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple([encode(values[c]) if c in self.json_columns else values[c] for c in self.columns])

    def encoded(self, column: str, value: Any) -> Any:
        return encode(value) if column in self.json_columns else value

    def decoded(self, row: Iterable[Any]) -> dict[str, Any]:
        values = dict(zip(self.columns, row, strict=True))
        for column in self.json_columns:
            values[column] = self.decoded_value(column, values[column])
        for column in self._booleans:
            # SQLite stores 0 and 1; files and the log hold false and true.
            if values[column] in (0, 1):
                values[column] = bool(values[column])
        return values

    def decoded_value(self, column: str, value: Any) -> Any:
        if column not in self.json_columns or value is None:
            return value
        # Nearly all lists and features are empty.
        empty = _EMPTY.get(value) if type(value) is str else None
        return decode_json(value) if empty is None else empty()


def encode(value: Any) -> str:
    """Return JSON as the project file stores it: compact, and readable in any script."""
    return "[]" if value == [] else "{}" if value == {} else _encoded(value).decode()


@cache
def shapes() -> dict[str, RowShape]:
    """Return every table by name. The first call imports SQLModel, so it is not made before the first paint."""
    from annotator.domain.tables import TABLES

    made = (RowShape(model) for model in TABLES if model.__tablename__ not in _NO_ROWS)
    return {shape.name: shape for shape in made}


def write(connection: sqlite3.Connection, edits: Iterable[Edit], report: Report | None = None) -> list[Edit]:
    """Write edits in order, inside the caller's transaction; return them as they belong in the log.

    Raise StaleChange where ``before`` is not what the file holds, InvalidValue for a row outside its limits.
    """
    logged: list[Edit] = []
    for (table, kind), group in groupby(edits, key=lambda edit: (edit.table, _kind(edit))):
        shape = shapes().get(table)
        if shape is None:
            raise InvalidValue(f"There is no table {table!r} in a project.")
        write_part = {"create": _create, "remove": _remove, "update": _update}[kind]
        for part in _parts(group):
            logged += write_part(connection, shape, part)
            if report is not None:
                report(len(part))
    return logged


def _kind(edit: Edit) -> str:
    if edit.before is None:
        return "create"
    return "remove" if edit.after is None else "update"


def _parts(edits: Iterable[Edit]) -> Iterator[list[Edit]]:
    """Yield ``edits`` in order, in parts of which none changes a row twice, so that rows read for a part stay valid."""
    part: dict[int, Edit] = {}
    for edit in edits:
        if edit.id in part or len(part) == _ROWS_PER_BATCH:
            yield list(part.values())
            part = {}
        part[edit.id] = edit
    if part:
        yield list(part.values())


def _create(connection: sqlite3.Connection, shape: RowShape, edits: Sequence[Edit]) -> list[Edit]:
    wholes = [(edit.id, shape.whole({**(edit.after or {}), "id": edit.id})) for edit in edits]
    connection.executemany(shape.insert, [shape.row(values) for _, values in wholes])
    return [Edit(shape.name, id, None, values) for id, values in wholes if shape.name != _LOGGED_ELSEWHERE]


def _remove(connection: sqlite3.Connection, shape: RowShape, edits: Sequence[Edit]) -> list[Edit]:
    held = _held(connection, shape, edits)
    connection.executemany(shape.delete, [(edit.id,) for edit in edits])
    return [Edit(shape.name, edit.id, held[edit.id], None) for edit in edits]


def _update(connection: sqlite3.Connection, shape: RowShape, edits: Sequence[Edit]) -> list[Edit]:
    held = _held(connection, shape, edits)
    logged = []
    for edit in edits:
        whole = shape.whole({**held[edit.id], **(edit.after or {}), "id": edit.id})
        changed = {column: whole[column] for column in edit.after or {}}
        logged.append(Edit(shape.name, edit.id, {column: held[edit.id][column] for column in changed}, changed))
    for columns, alike in groupby(logged, key=lambda edit: tuple(edit.after or {})):
        assignments = ", ".join(f'"{column}" = ?' for column in columns)
        connection.executemany(
            f'UPDATE "{shape.name}" SET {assignments} WHERE id = ?',
            [(*(shape.encoded(c, v) for c, v in (edit.after or {}).items()), edit.id) for edit in alike],
        )
    return logged


def _held(connection: sqlite3.Connection, shape: RowShape, edits: Sequence[Edit]) -> dict[int, dict[str, Any]]:
    """Return the rows of ``edits`` as the file holds them. Raise StaleChange where ``before`` differs."""
    held = shape.held(connection, [edit.id for edit in edits])
    for edit in edits:
        row = held.get(edit.id)
        if row is None or not shape.is_held(row, edit.before or {}):
            raise StaleChange(
                f"The {shape.name.replace('_', ' ')} {edit.id} was changed or removed meanwhile, so nothing was "
                "written: look at it again and repeat the step."
            )
    return held
