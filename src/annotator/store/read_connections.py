"""The connections on which the threads of a process read an open project."""

import sqlite3
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from weakref import WeakSet

from annotator.domain.errors import ProjectError, ProjectFileMoved
from annotator.store.database import connect, plain_errors
from annotator.store.project_file import ProjectFile
from annotator.store.reading import ReadingConnection, Unreadable


class Reader:
    """A thread's connection for reading. Only its thread keeps a reference, so it is closed when the thread ends."""

    def __init__(self, connection: ReadingConnection) -> None:
        self.connection = connection

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    __del__ = close


class ReadConnections:
    """One connection for each thread that reads, opened when the thread first reads.

    Nothing here refers to the project, so that a project that is dropped without closing ends at once.
    """

    def __init__(self, file: ProjectFile, unreadable: Unreadable) -> None:
        self._file = file
        self._unreadable = unreadable
        self._of_thread = threading.local()
        self.all: WeakSet[Reader] = WeakSet()
        """The connections that are open."""
        self.is_closed = False

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        """Provide this thread's connection. Raise SQLite's errors as known errors with one plain sentence."""
        if self.is_closed:
            raise self._closed_error()
        with plain_errors(self._file.path):
            yield self.connection

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Provide this thread's connection; until the end all its queries see the same state of the project."""
        with self.connect() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection. Raise ProjectError, or ProjectFileMoved where the path holds another file."""
        reader: Reader | None = getattr(self._of_thread, "reader", None)
        if reader is None:
            reader = self._of_thread.reader = self._open()
            self.all.add(reader)
        return reader.connection

    def close(self, kept: Collection[Reader]) -> None:
        """Close this thread's connection and stop the queries of the others, except for ``kept``; refuse new ones."""
        self.is_closed = True
        for reader in tuple(self.all):
            if reader in kept:
                continue
            if reader is getattr(self._of_thread, "reader", None):
                reader.close()
            else:
                # Its thread may be executing a query; it closes the connection when it ends, possibly now.
                with suppress(sqlite3.ProgrammingError):
                    reader.connection.interrupt()

    def _open(self) -> Reader:
        path = self._file.path
        if self.is_closed:
            raise self._closed_error()
        with plain_errors(path):
            connection = connect(path, "ro")
        if connection.hold is None or connection.hold.identity != self._file.identity:
            connection.close()
            raise ProjectFileMoved(
                f"Another file has the name of {path.name} now: close the project and open it again."
            )
        connection.unreadable = self._unreadable
        return Reader(connection)

    def _closed_error(self) -> ProjectError:
        return ProjectError(f"The project {self._file.path.name} is closed.")
