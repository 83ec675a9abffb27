"""Rows of the project file: how an edit is checked, written, and compared with what the file holds."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import groupby
from typing import Any

from annotator.domain.changes import Edit, Values
from annotator.domain.errors import InvalidValue, StaleChange

_LOGGED_ELSEWHERE = "document_text"


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
)
"""The tables that changes write, each after those that it refers to."""


class RowShape:
    """One table as the store writes it: its columns in order, which of them hold JSON, and the check of a whole row."""

    def __init__(self, model: type[Any]) -> None:
        import pydantic
        from pydantic_core import PydanticSerializationError, to_jsonable_python

        self.name: str = model.__tablename__
        columns = model.__table__.columns
        self.columns: tuple[str, ...] = tuple(column.name for column in columns)
        self._names = frozenset(self.columns)
        self.json_columns = frozenset(c.name for c in columns if type(c.type).__name__ == "JSON")
        # A SQLModel table class builds an ORM object as it validates, at 120 us a row; the same fields checked by
        # a plain pydantic model take a tenth of it.
        fields: dict[str, Any] = {name: (info.annotation, info) for name, info in model.model_fields.items()}
        self._checked = pydantic.create_model(model.__name__, **fields)
        self._ValidationError = pydantic.ValidationError
        self._jsonable = to_jsonable_python
        self._SerializationError = PydanticSerializationError
        quoted = ", ".join(f'"{column}"' for column in self.columns)
        marks = ", ".join("?" * len(self.columns))
        self.insert = f'INSERT INTO "{self.name}" ({quoted}) VALUES ({marks})'
        self.select = f'SELECT {quoted} FROM "{self.name}" WHERE id = ?'

    def whole(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """A whole row out of ``values``, checked, with defaults filled in. Raises InvalidValue."""
        unknown = values.keys() - self._names
        if unknown:
            raise InvalidValue(f"A {self.name} has no field {', '.join(sorted(unknown))}.")
        try:
            checked = dict(self._checked.model_validate(values).__dict__)
            for column in self.json_columns:
                checked[column] = self._jsonable(checked[column])
            return checked
        except self._SerializationError as error:
            raise InvalidValue(f"A value of a {self.name} is of a kind that no file can hold: {error}.") from error
        except self._ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            given = first.get("input")
            raise InvalidValue(f"{given!r} is not allowed as {field} of a {self.name}: {first['msg']}.") from error

    def encoded(self, column: str, value: Any) -> Any:
        return encode(value) if column in self.json_columns else value

    def row(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple([encode(values[c]) if c in self.json_columns else values[c] for c in self.columns])

    def decoded(self, row: Iterable[Any]) -> dict[str, Any]:
        return {column: self.decoded_value(column, value) for column, value in zip(self.columns, row, strict=True)}

    def decoded_value(self, column: str, value: Any) -> Any:
        return json.loads(value) if column in self.json_columns and value is not None else value


def encode(value: Any) -> str:
    """JSON as the project file keeps it: compact, and readable in any script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@cache
def shapes() -> dict[str, RowShape]:
    """Every table by name. The first call imports SQLModel, so it is not made before the first paint."""
    from annotator.domain.tables import TABLES

    return {shape.name: shape for shape in map(RowShape, TABLES) if shape.name != "change"}


def write(connection: sqlite3.Connection, edits: Iterable[Edit]) -> list[Edit]:
    """Write edits in order, inside the caller's transaction; returns them as they belong in the log.

    Raises StaleChange where ``before`` is not what the file holds, InvalidValue for a row outside its limits.
    """
    logged: list[Edit] = []
    for (table, kind), group in groupby(edits, key=lambda edit: (edit.table, _kind(edit))):
        shape = shapes().get(table)
        if shape is None:
            raise InvalidValue(f"There is no table {table!r} in a project.")
        if kind == "create":
            wholes = [(edit.id, shape.whole({**(edit.after or {}), "id": edit.id})) for edit in group]
            connection.executemany(shape.insert, [shape.row(values) for _, values in wholes])
            if table != _LOGGED_ELSEWHERE:
                logged.extend(Edit(table, id, None, values) for id, values in wholes)
        else:
            write_one = _remove if kind == "remove" else _update
            logged.extend(write_one(connection, shape, edit) for edit in group)
    return logged


def _kind(edit: Edit) -> str:
    if edit.before is None:
        return "create"
    return "remove" if edit.after is None else "update"


def _remove(connection: sqlite3.Connection, shape: RowShape, edit: Edit) -> Edit:
    assert edit.before is not None
    held = _held(connection, shape, edit, edit.before)
    connection.execute(f'DELETE FROM "{shape.name}" WHERE id = ?', (edit.id,))
    return Edit(shape.name, edit.id, held, None)


def _update(connection: sqlite3.Connection, shape: RowShape, edit: Edit) -> Edit:
    assert edit.before is not None and edit.after is not None
    held = _held(connection, shape, edit, edit.before)
    whole = shape.whole({**held, **edit.after, "id": edit.id})
    changed = {column: whole[column] for column in edit.after}
    assignments = ", ".join(f'"{column}" = ?' for column in changed)
    connection.execute(
        f'UPDATE "{shape.name}" SET {assignments} WHERE id = ?',
        (*(shape.encoded(column, value) for column, value in changed.items()), edit.id),
    )
    return Edit(shape.name, edit.id, {column: held[column] for column in changed}, changed)


def _held(connection: sqlite3.Connection, shape: RowShape, edit: Edit, before: Values) -> dict[str, Any]:
    """The whole row as the file holds it. Raises StaleChange where ``before`` says otherwise."""
    row = connection.execute(shape.select, (edit.id,)).fetchone()
    held = None if row is None else shape.decoded(row)
    if held is None or any(
        shape.encoded(column, held.get(column)) != shape.encoded(column, value) for column, value in before.items()
    ):
        raise StaleChange(
            f"The {shape.name.replace('_', ' ')} {edit.id} was changed or removed meanwhile, so nothing was written: "
            "look at it again and repeat the step."
        )
    return held
