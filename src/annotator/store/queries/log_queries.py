"""Queries on the log: the history of the project."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from annotator.domain.changes import Edit, Values
from annotator.domain.errors import DamagedProject
from annotator.domain.records import ChangeRecord
from annotator.domain.seal import Seal
from annotator.store import log
from annotator.store.queries.base import Queries


class LaterEdit(NamedTuple):
    """A row that was changed: what it held before, or None where it was made."""

    table: str
    id: int
    before: Values | None


class LaterChange(NamedTuple):
    """An entry of the log that follows a given one. ``kind``: do, undo or redo."""

    at: datetime
    annotator: str
    title: str
    kind: str


class LogQueries(Queries):
    """Queries on the log of changes."""

    def history(self, limit: int | None = None) -> Iterator[ChangeRecord]:
        """Yield the log, newest first. Entries whose data cannot be read are left out, and noted as such."""
        query = "SELECT number, at, annotator, title, kind, step FROM change ORDER BY number DESC LIMIT ?"
        return self._records(ChangeRecord, query, (-1 if limit is None else limit,), table="change")

    def history_of(self, table: str, id: int) -> Iterator[tuple[ChangeRecord, Edit]]:
        """Yield what was done to one row, newest first, back to the entry that first made it. Raise DamagedProject."""
        # No string in compact JSON can contain this: its quotation marks would be escaped there.
        query = (
            "SELECT number, at, annotator, title, kind, step FROM change WHERE instr(edits, ?) ORDER BY number DESC",
            (f'["{table}",{id},',),
        )
        with self._connect() as connection:
            for record in self._records(ChangeRecord, *query, table="change"):
                for edit in reversed(log.read_change(connection, record.number).edits):
                    if (edit.table, edit.id) == (table, id):
                        yield record, edit
                        if edit.before is None and record.kind == "do":
                            return

    def first_edits(self, number: int, limit: int) -> tuple[list[Edit], int | None]:
        """Return the first edits of an entry, and how many it has in all; None instead of the number where the entry
        is large.

        Of a large entry only the beginning is read. Raise DamagedProject.
        """
        with self._connect() as connection:
            return log.first_edits(connection, number, limit)

    def later_edits(self, day: str, tables: Collection[str]) -> Iterator[LaterEdit]:
        """Yield the edits of rows of these tables after a day, the last first. Raise DamagedProject.

        A row that no longer exists is left out.
        """
        numbers = self._rows("SELECT number FROM change WHERE substr(at, 1, 10) > ? ORDER BY number DESC", (day,))
        with self._connect() as connection:
            for (number,) in numbers:
                for edit in reversed(log.read_change(connection, number).edits):
                    if edit.table in tables and edit.after is not None:
                        yield LaterEdit(edit.table, edit.id, edit.before)

    def last_number(self) -> int:
        """Return the number of the last entry."""
        with self._connect() as connection:
            return log.last_number(connection)

    def tip(self) -> log.Tip:
        """Return number and hash of the last entry."""
        with self._connect() as connection:
            return log.tip(connection)

    def seal(self) -> Seal:
        """Return number and hash of the last entry, verified to be a hash. Raise DamagedProject."""
        with self._connect() as connection:
            return log.seal_of(connection)

    def times(self) -> tuple[datetime, datetime]:
        """Return when the first and the last entry were written. Raise DamagedProject."""
        query = "SELECT at FROM change ORDER BY number {} LIMIT 1"
        try:
            first, last = (datetime.fromisoformat(self._row(query.format(end))[0]) for end in ("ASC", "DESC"))
        except (TypeError, ValueError) as error:
            raise DamagedProject("The log of the project is damaged: look with 'annotator check'.") from error
        return first, last

    def last_change(self) -> tuple[str, datetime | None]:
        """Return the title and the time of the last entry; an empty title and None where there is none."""
        row = self._row("SELECT title, at FROM change ORDER BY number DESC LIMIT 1")
        return (str(row[0]), datetime.fromisoformat(row[1])) if row else ("", None)

    def hash_of(self, number: int) -> str:
        """Return the hash of an entry; empty for entry 0 and for one that is not there."""
        row = self._row("SELECT hash FROM change WHERE number = ?", (number,))
        return str(row[0]) if row else ""

    def changes_after(self, number: int, limit: int) -> list[LaterChange]:
        """Return the entries after ``number``, the newest first, at most ``limit``."""
        rows = self._rows(
            "SELECT at, annotator, title, kind FROM change WHERE number > ? ORDER BY number DESC LIMIT ?",
            (number, limit),
        )
        return [
            LaterChange(datetime.fromisoformat(at), str(annotator), str(title), str(kind))
            for at, annotator, title, kind in rows
        ]
