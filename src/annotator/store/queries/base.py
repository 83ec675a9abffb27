"""The base class of the queries."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from annotator.store.reading import Row, fetched, leave_out, records

_Record = TypeVar("_Record", bound=tuple[Any, ...])

Connect = Callable[[], AbstractContextManager[sqlite3.Connection]]
"""Provides a connection for one query, and turns SQLite's errors into known errors."""


class Queries:
    """Base of the classes of queries. Each query uses the connection of the calling thread.

    A list of ids of any length is one query, never one for each row.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return all rows of a query."""
        with self._connect() as connection:
            return connection.execute(query, values).fetchall()

    def _row(self, query: str, values: Sequence[Any] = ()) -> Any:
        """Return the first row of a query, or None."""
        with self._connect() as connection:
            return connection.execute(query, values).fetchone()

    def _fetched(self, query: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield the rows of a query one by one, as ``reading.fetched`` does."""
        with self._connect() as connection:
            yield from fetched(connection, query, values)

    def _records(
        self,
        record: type[_Record],
        query: str,
        values: Sequence[Any] = (),
        *,
        table: str = "",
        stand_in: str | None = None,
    ) -> Iterator[_Record]:
        """Yield the rows of a query as records one by one, as ``reading.records`` does."""
        with self._connect() as connection:
            yield from records(connection, record, query, values, table=table, stand_in=stand_in)

    def _leave_out(self, table: str, id: object) -> None:
        """Note that a row cannot be read. Raise DamagedProject where that cannot be noted."""
        with self._connect() as connection:
            leave_out(connection, table, id)


def among(column: str, ids: Iterable[int] | None) -> tuple[str, list[Any]]:
    """Return an SQL condition that a column holds one of ``ids``, and its values; None: any value."""
    if ids is None:
        return "TRUE", []
    return f"{column} IN (SELECT value FROM json_each(?))", [json.dumps(list(ids))]
