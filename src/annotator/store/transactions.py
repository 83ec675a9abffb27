"""Transactions: each writes rows, the search index and the log together, or nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from annotator.domain.changes import Change
from annotator.store import log, rows
from annotator.store.checkpointing import Checkpointer
from annotator.store.database import Connection
from annotator.store.project_file import ProjectFile
from annotator.store.queries import full_text_search


class Transactions:
    """The transactions of the writing connection. Its thread must have the right to write."""

    def __init__(self, writer: Connection, file: ProjectFile, checkpointer: Checkpointer) -> None:
        self._writer = writer
        self._file = file
        self._checkpointer = checkpointer
        self._tip: log.Tip | None = None

    @contextmanager
    def begin(self) -> Iterator[None]:
        """Write everything of the block, or nothing where it raises an error."""
        self._writer.execute("BEGIN IMMEDIATE")
        is_committing = False
        try:
            yield
            is_committing = True
            self._writer.execute("COMMIT")
        except BaseException:
            # A full disk may have rolled back already.
            self._tip = None
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            if is_committing:
                self._overwrite_refused_commit()
            raise
        # A commit may write the log back into the file.
        self._file.note_written()
        self._checkpointer.note_write()

    def _overwrite_refused_commit(self) -> None:
        """Write an empty commit over one that failed at its very end.

        SQLite does not count a commit that may not have reached the disk, but leaves it in the write-ahead log, and
        after a crash it would be read from there like any other.
        """
        with suppress(sqlite3.Error):
            version = self._writer.execute("PRAGMA user_version").fetchone()[0]
            self._writer.execute(f"PRAGMA user_version = {version}")

    def write(
        self, change: Change, annotator: str, kind: str, target: int | None = None, report: rows.Report | None = None
    ) -> Change:
        """Write rows, search index and log entry of one change; return it as logged, with whole rows.

        ``kind``: ``do``, ``undo`` or ``redo``; ``target``: the number of the entry that an undo or redo takes back.
        """
        logged = Change(change.title, tuple(rows.write(self._writer, change.edits, report)), change.step)
        full_text_search.keep(self._writer, change)
        tip = log.tip(self._writer) if self._tip is None else self._tip
        self._tip = log.append(self._writer, tip, logged, annotator, kind, target)
        return logged
