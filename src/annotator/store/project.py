"""The project file: opened, locked, read, and written to by only one method, ``Project.apply``."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakMethod

from annotator.domain.changes import Change, Edit, free_edits
from annotator.domain.errors import (
    NewerProject,
    ProjectError,
    ProjectFileMoved,
    ReadOnlyProject,
    StaleChange,
)
from annotator.domain.records import Proposed
from annotator.domain.seal import Seal
from annotator.files.drafts import draft_of, remove
from annotator.files.replacement import complete_swaps, put_new, recover
from annotator.store import log
from annotator.store.backup import backup_before_step, has_backup_since
from annotator.store.checkpointing import Checkpointer
from annotator.store.database import (
    Connection,
    check_free,
    check_header,
    connect,
    open_connection,
    plain_errors,
)
from annotator.store.file_verification import FileVerifier, Follower, back_to_one_file
from annotator.store.lock import ProjectLock, name_in_use
from annotator.store.migrations.schema_versions import (
    VERSION,
)
from annotator.store.opening import make, open_for_reading, open_for_writing
from annotator.store.project_file import Fate, ProjectFile
from annotator.store.queries.read import Read
from annotator.store.read_connections import ReadConnections
from annotator.store.reading import Unreadable
from annotator.store.rescue import rescue_name, save_all
from annotator.store.suggestions import put as put_suggestions
from annotator.store.transactions import Transactions
from annotator.store.write_turn import Progress, WriteTurn

if TYPE_CHECKING:
    from annotator.store.check import Finding

Subscriber = Callable[[Change], None]

MAX_EDITS_OF_SHORT_STEP = 1_000
"""Number of edits above which a change with progress is a long step, for which the main thread does not wait."""

MAX_ROWS_WITHOUT_BACKUP = 1_000
"""Number of existing rows above which a step that changes or removes them is preceded by a backup."""


class Project:
    """An open project file.

    One writer, many readers: each thread that reads gets its own connection. ``subscribe`` reports the change after
    each commit, on the thread that made it. Closing leaves one plain file.

    Before each write, the file at ``path`` is compared with the one that was opened. If they differ, the write raises
    ProjectFileMoved, and everything that was written before is safe: in the moved file, or in a new one beside the old
    name. After a rename inside the folder the project continues under the new name, which ``on_moved`` reports.
    """

    def __init__(self, path: Path, connection: Connection, lock: ProjectLock | None) -> None:
        self.read_only = lock is None
        self._lock = lock
        self._writer = connection
        self._turn = WriteTurn()
        self.unreadable: Unreadable = connection.unreadable
        """Rows that were left out because they are damaged, or that are shown without a damaged value."""
        self._subscribers: list[Subscriber] = []
        if connection.hold is None:
            raise ValueError("a connection that holds no file")
        # The first read opens the write-ahead log, whose identity is known from then on.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        self._file = ProjectFile(path, connection.hold)
        self._connections = ReadConnections(self._file, self.unreadable)
        self.read = Read(self._connections.connect)
        """The queries, by subject. Outside this package nothing else is read from the file."""
        self._verifier = FileVerifier(self._file, connection, lock, self._connections.all)
        # A weak reference: a project that was dropped without closing must not be kept alive by the thread.
        write_back = WeakMethod(self._write_back)
        self._checkpointer = Checkpointer(lambda: (found := write_back()) is None or found())
        self._reserved: dict[str, int] = {}
        self._transactions = Transactions(connection, self._file, self._checkpointer)
        self.makes_backups = not self.read_only
        """Whether a backup is made before a large step; not needed in a copy that will be thrown away."""
        self._counted = ("", 0)
        """The last step that changed or removed rows, and the number of these rows so far."""
        self._backed_up: set[str] = set()
        """The steps before which a backup was made."""
        self.annotator_id = 0
        self.annotator = ""

    # --- open and close -----------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: Path, edits: Sequence[Edit]) -> "Project":
        """Make a new project file at ``path`` from its first rows. Raise ProjectError where a file exists there."""
        path = path.absolute()
        check_free(path)
        lock = ProjectLock(path)
        lock.acquire()
        recover(path.parent)
        try:
            # Checked again: another process may have created one between the first check and the lock.
            check_free(path)
            # The file gets its final name when it is complete, so that a crash leaves no incomplete project behind.
            with plain_errors(path), draft_of(path) as draft:
                make(draft, edits)
                put_new(path, draft)
                lock.lock_file()
                try:
                    return cls(path, connect(path, "rw"), lock)
                except BaseException:
                    remove(path)
                    raise
        except BaseException as error:
            lock.release()
            if isinstance(error, OSError):
                reason = error.strerror or error
                raise ProjectError(f"The project {path} cannot be made ({reason}): check its folder.") from error
            raise

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, wait: float = 0.0) -> "Project":
        """Open the project file at ``path``, and wait at most ``wait`` seconds while another window or command has it.

        Raise NotAProject, DamagedProject, NewerProject, ProjectInUse or ReadOnlyProject; the file is then left byte for
        byte as it was. With ``read_only`` the last three are not raised.
        """
        version = check_header(path)
        path = path.resolve()
        with plain_errors(path):
            if read_only:
                path = name_in_use(path)
                complete_swaps(path.parent)
                return cls(path, open_for_reading(path, version), None)
            if version > VERSION:
                raise NewerProject(
                    f"{path.name} was written by a newer version of Annotator: it can be opened for reading only. "
                    "Update Annotator to work on it."
                )
            if not os.access(path, os.W_OK):
                raise ReadOnlyProject(f"The file {path} cannot be written to: it can be opened for reading only.")
            lock = ProjectLock(path)
            lock.acquire(wait)
            try:
                recover(path.parent)
                return cls(path, open_for_writing(path, version), lock)
            except BaseException:
                lock.release()
                raise

    def close(self) -> None:
        """Write everything back into the one file and release the lock. A second call does nothing.

        Raise ProjectFileMoved, after everything is closed, where the file is found only now to be another one than was
        opened. What was acknowledged is then in the place that the message names.
        """
        with self._turn.lock:
            if self._connections.is_closed:
                return
            self._checkpointer.stop()
            moved = None if self.read_only else self._verifier.look_at_last()
            self._connections.close(self._verifier.guards)
            try:
                if self._verifier.moved is not None or moved is not None:
                    self._verifier.leave()
                elif self._lock is not None:
                    # A program that only reads the project must not block the window while it closes.
                    self._writer.execute("PRAGMA busy_timeout = 300")
                    self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    if self._verifier.was_renamed:
                        # SQLite would look for the side files under the old name.
                        self._writer.close()
                        back_to_one_file(self.path)
                    else:
                        self._writer.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.Error:
                # Full disk or another reader: the write-ahead log stays beside the file and is read at the next start.
                pass
            finally:
                self._writer.close()
                self._file.release()
                if self._lock is not None:
                    self._lock.release()
            if moved is not None:
                raise moved

    def __enter__(self) -> "Project":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self.close()
        except ProjectFileMoved:
            # The first error is reported.
            if kind is None:
                raise

    # --- the file on the disk -----------------------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        """Where the file is; another path after it was renamed in its folder."""
        return self._file.path

    def verify_file(self) -> None:
        """Raise ProjectFileMoved where the file at ``path`` is no longer the one that was opened.

        Every write does this first. Call it also at intervals while nothing is written: it costs two system calls. What
        it finds is settled at once: after a rename in the same folder the project continues under the new name and
        nothing is raised; otherwise everything acknowledged is saved, and from then on every write is refused with the
        same sentence. It does nothing while a long step is being written.
        """
        if self._connections.is_closed or self._turn.long_step:
            return
        with self._turn.take():
            self._verifier.verify()

    @property
    def file_trouble(self) -> str:
        """What the last check of the file found, in one sentence for a status line; empty where all is well.

        ``verify_file`` makes the check. Kept also for a project that is open for reading only.
        """
        return self._verifier.trouble

    def on_moved(self, follower: Follower) -> Callable[[], None]:
        """Call ``follower`` with the new path after a rename was followed, on the thread that noticed it.

        Return a function that cancels this.
        """
        self._verifier.followers.append(follower)
        return lambda: self._verifier.followers.remove(follower)

    def checkpoint(self) -> None:
        """Write the log back into the file, so that a plain copy of it is complete; return at once.

        Another thread does it, as it also does two seconds after the last write.
        """
        if not self.read_only and not self._connections.is_closed:
            self._checkpointer.ask()

    def save_rescue(self, path: Path, change: Change | None = None) -> Path:
        """Save everything that this project holds as the new file ``path``, also where its own file is lost.

        ``change``: a step that was refused, to be added as the last one. Return the path. Raise ProjectError where
        ``path`` exists or cannot be written, DiskFull, DamagedProject, or the error for which the change itself is
        refused.
        """
        if self._connections.is_closed:
            raise ProjectError(f"The project {self.path.name} is closed.")
        with self._turn.take():
            return save_all(self._writer, path, change, self.annotator)

    def _write_back(self) -> bool:
        """Write the log back as far as no reader needs it; return whether nothing is left to do. Runs on the
        checkpointer's thread.

        It uses a separate connection, so that neither the writer nor a reader waits for it.
        """
        if self._connections.is_closed or self._verifier.moved is not None or self._file.look().fate is not Fate.HERE:
            return True
        try:
            with closing(open_connection(self.path, "rw")) as connection:
                if connection.hold is None or connection.hold.identity != self._file.identity:
                    return True
                connection.execute("PRAGMA busy_timeout = 0")
                connection.execute("PRAGMA synchronous = FULL")
                is_whole = False
                with self._file.being_written():
                    try:
                        busy, frames, done = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                        is_whole = bool(not busy and frames == done)
                    finally:
                        self._file.note_written(is_whole=is_whole)
                return is_whole
        except (sqlite3.Error, OSError):
            # A full disk or another program: closing writes it back.
            return True

    # --- read ---------------------------------------------------------------------------------------------------------

    @contextmanager
    def raw_connection(self) -> Iterator[sqlite3.Connection]:
        """Provide this thread's connection, with SQLite's errors as plain sentences: for this package and for tests.

        Everything else reads through ``read``.
        """
        with self._connections.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Read]:
        """Provide ``read`` such that all queries of this thread see the same state of the project, whatever is written
        meanwhile.
        """
        with self._connections.snapshot():
            yield self.read

    def check(self, *, full: bool = False) -> "list[Finding]":
        """Return everything that is wrong with the file, an empty list where it is sound.

        ``full``: compare the full-text indexes with every word of every text, and not with a sample.
        """
        # Imported here, because the window starts without it.
        from annotator.store.check import check

        with self.raw_connection() as connection:
            return list(check(connection, full=full))

    @property
    def rescue_path(self) -> Path:
        """A free path beside the project, where a copy of everything can be saved."""
        return rescue_name(self.path)

    def next_ids(self, table: str, count: int = 1) -> range:
        """Return ids for ``count`` new rows of ``table`` that were never used before, not even by removed rows."""
        with self._turn.take(), plain_errors(self.path):
            if table not in self._reserved:
                self._verifier.verify()
                found = self._writer.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
                self._reserved[table] = found[0] if found else 0
            first = self._reserved[table] + 1
            self._reserved[table] += count
            return range(first, first + count)

    # --- write --------------------------------------------------------------------------------------------------------

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call ``subscriber`` with every change after its commit; return a function that cancels this."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def apply(self, change: Change, progress: Progress | None = None) -> None:
        """Write ``change`` and its log entry in one transaction, then notify the subscribers.

        No other method writes. Raise StaleChange, InvalidValue, DiskFull, ReadOnlyProject or ProjectBusy, or what
        ``progress`` raises; then nothing was written. ``progress`` is for changes that another thread makes, and is
        called between two parts of the rows. Before a change or step that changes or removes more than
        ``MAX_ROWS_WITHOUT_BACKUP`` rows a backup is made, which may take seconds; where that fails, its ProjectError is
        raised and nothing is written.
        """
        if not change.edits:
            return
        self._back_up_before(change)
        is_long = progress is not None and len(change.edits) > MAX_EDITS_OF_SHORT_STEP
        with self._turn.take(change.title if is_long else ""):
            self._refuse_reading_only()
            report = None if progress is None else self._turn.progress_report(progress, len(change.edits), change.title)
            with plain_errors(self.path), self._transactions.begin():
                written = self._transactions.write(change, self.annotator, "do", report=report)
        if not is_long:
            self._notify([written])
            return
        brief, rest = written.brief(), list(written.edits)
        del written
        self._notify([brief])
        free_edits(rest)

    def back_up_before(self, rows: int, step: str = "") -> None:
        """Make a backup before a step that changes or removes ``rows`` rows, if ``MAX_ROWS_WITHOUT_BACKUP`` is less.

        ``apply``, ``undo`` and ``redo`` do so themselves. Call this before a step that is written in several changes,
        with the number of all its rows: otherwise the backup is made in the middle of it. Others can read and write
        meanwhile. No second backup is made for a step, nor where nothing changed since the last one. Raise
        ProjectError.
        """
        if rows <= MAX_ROWS_WITHOUT_BACKUP or step in self._backed_up:
            return
        if not self.makes_backups or self._connections.is_closed:
            return
        self.verify_file()
        _first, last = self.read.log.times()
        if not has_backup_since(self.path, last):
            backup_before_step(self.path)
        if step:
            self._backed_up.add(step)

    def _back_up_before(self, change: Change) -> None:
        """Count the rows that a step changes or removes in all its changes, and make a backup when they exceed
        ``MAX_ROWS_WITHOUT_BACKUP``.
        """
        if rows := sum(edit.before is not None for edit in change.edits):
            step, counted = self._counted
            self._counted = change.step, rows + (counted if change.step and change.step == step else 0)
            self.back_up_before(self._counted[1], change.step)

    def suggest(self, proposed: Sequence[Proposed], made_with: str) -> None:
        """Replace the suggestions of the same documents by these, then notify the subscribers.

        They are not actions of a user: they can be made again from the text, so they are in no log and are never
        undone. Raise as ``apply`` does.
        """
        if not proposed:
            return
        with self._turn.take():
            self._refuse_reading_only()
            with plain_errors(self.path), self._transactions.begin():
                put_suggestions(self._writer, proposed, made_with)
        edits = (Edit("suggestion_run", one.document_id, {}, {"document_id": one.document_id}) for one in proposed)
        self._notify([Change("Suggest", tuple(edits), step="")])

    def undo(self, progress: Progress | None = None) -> str | None:
        """Take back the last step; return its title, or None where nothing is left.

        Give ``progress`` for a large step on another thread; an exception from it leaves everything as it was.
        """
        return self._retrace(log.next_to_undo, "undo", progress)

    def redo(self, progress: Progress | None = None) -> str | None:
        """Do again what the last undo took back, as ``undo``; return its title, or None where there is nothing."""
        return self._retrace(log.next_to_redo, "redo", progress)

    @property
    def undo_title(self) -> str | None:
        """The title of what ``undo`` would take back."""
        return self._next_title(log.next_to_undo)

    @property
    def redo_title(self) -> str | None:
        """The title of what ``redo`` would do again."""
        return self._next_title(log.next_to_redo)

    def is_undo_large(self) -> bool:
        """Return whether ``undo`` would take longer than a key press may; the step is not read for this."""
        return self._is_next_large(log.next_to_undo)

    def is_redo_large(self) -> bool:
        """Return whether ``redo`` would take longer than a key press may."""
        return self._is_next_large(log.next_to_redo)

    @property
    def long_step(self) -> str:
        """The title of the large step that is being written, undone or done again now; empty where there is none."""
        return self._turn.long_step

    @property
    def log_number(self) -> int:
        """The number of the last entry of the log."""
        return self.read.log.last_number()

    @property
    def seal(self) -> Seal:
        """Number and hash of the last entry of the log. Raise DamagedProject."""
        return self.read.log.seal()

    def why_not_continued(self, noted: Seal) -> str:
        """Return why the project does not continue from a seal that was noted, in one sentence; empty where it does."""
        with self.raw_connection() as connection:
            return log.why_not_continued(connection, noted)

    def _next_title(self, find: log.Find) -> str | None:
        with self.raw_connection() as connection:
            entry = find(connection, log.last_number(connection))
        return entry.title if entry else None

    def _is_next_large(self, find: log.Find) -> bool:
        with self.raw_connection() as connection:
            entries = list(log.entries_of_step(connection, find, log.last_number(connection)))
            return log.is_large(connection, entries) or log.count_present(connection, entries) > MAX_ROWS_WITHOUT_BACKUP

    def _retrace(self, find: log.Find, kind: str, progress: Progress | None) -> str | None:
        with self.raw_connection() as connection:
            planned = list(log.entries_of_step(connection, find, log.last_number(connection)))
            rows = log.count_present(connection, planned)
        self.back_up_before(rows)
        with self._turn.take(planned[0].title if planned and progress else ""):
            self._refuse_reading_only()
            retraced: list[Change] = []
            with plain_errors(self.path), self._transactions.begin():
                entries = list(log.entries_of_step(self._writer, find, log.last_number(self._writer)))
                if not entries:
                    return None
                if rows > MAX_ROWS_WITHOUT_BACKUP and entries != planned:
                    raise StaleChange(
                        f"The project was changed while its backup was made, so nothing was changed by {kind}: look at "
                        "it, and repeat the step."
                    )
                report = None
                if progress is not None:
                    total = log.count_edits(self._writer, [entry.number for entry in entries])
                    report = self._turn.progress_report(progress, total, entries[0].title)
                for entry in entries:
                    change = log.read_change(self._writer, entry.number).inverse()
                    written = self._transactions.write(change, self.annotator, kind, entry.number, report)
                    # Whole rows of a hundred thousand annotations would need too much memory.
                    if report is None:
                        retraced.append(written)
                        continue
                    retraced.append(written.brief())
                    rest = [*change.edits, *written.edits]
                    del change, written
                    free_edits(rest)
        self._notify(retraced)
        return entries[0].title

    def _refuse_reading_only(self) -> None:
        if self._connections.is_closed:
            raise ProjectError(f"The project {self.path.name} is closed.")
        if self.read_only:
            raise ReadOnlyProject(f"The project {self.path.name} is open for reading only: nothing was changed.")
        with plain_errors(self.path):
            self._verifier.verify()

    def _notify(self, changes: Sequence[Change]) -> None:
        """Notify every subscriber of a committed change; one that fails does not prevent the others."""
        failures: list[Exception] = []
        for change in changes:
            for subscriber in tuple(self._subscribers):
                try:
                    subscriber(change)
                except Exception as error:  # noqa: BLE001 - raised below, when all have been notified
                    failures.append(error)
        if failures:
            raise failures[0]
