"""Access to SQLite: connections with the required pragmas, and errors of SQLite as plain sentences."""

import hashlib
import os
import shutil
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from annotator.domain.errors import (
    AnnotatorError,
    Cancelled,
    DamagedProject,
    DiskFull,
    InvalidValue,
    NotAProject,
    ProjectError,
    ProjectInUse,
    ReadOnlyProject,
)
from annotator.files import open_projects
from annotator.store.migrations.schema_versions import APPLICATION_ID, VERSION, stand_in
from annotator.store.reading import ReadingConnection

_MAGIC = b"SQLite format 3\x00"
_HEADER_SIZE = 100
_LOG_HEADER_SIZE = 32
_LOG_MAGIC = 0x377F0682


_ATTEMPTS = 3
"""How often a file is opened again that is replaced while it is being opened."""

_LEAST_ROOM = 65_536
"""Bytes of free space below which a disk counts as full."""

_LONGEST_REASON = 120
_DAMAGE = (
    "could not decode to utf-8",
    "fts5",
    "vtable constructor",
    "unsupported file format",
    "malformed",
    "cannot open value",
)
"""Parts of SQLite's messages that indicate damage although SQLite reports a general error."""


class Connection(ReadingConnection):
    """A connection to a project file, which counts as open in this process until the connection is closed."""

    hold: open_projects.Hold | None = None

    def close(self) -> None:
        """Close the connection, then release the file. A second call does nothing."""
        super().close()
        if self.hold is not None:
            self.hold.release()

    def __del__(self) -> None:
        # Called also where the constructor of the connection failed.
        with suppress(sqlite3.Error):
            self.close()


def open_connection(path: Path, mode: str) -> Connection:
    """Return a bare connection in autocommit mode to an existing project file. ``mode``: as for ``uri``.

    Every connection of the store to a project file is made here, so that the file is known as open. Raise
    sqlite3.Error.
    """
    path = open_projects.open_name(path)
    for _ in range(_ATTEMPTS):
        try:
            hold = open_projects.hold(path)
        except (OSError, ValueError):
            # SQLite raises the error that describes the problem.
            sqlite3.connect(uri(path, mode), uri=True).close()
            continue
        try:
            connection = sqlite3.connect(
                uri(path, mode), uri=True, isolation_level=None, check_same_thread=False, factory=Connection
            )
        except BaseException:
            hold.release()
            raise
        connection.hold = hold
        if open_projects.is_at(path, hold.identity):
            return connection
        # Between the two calls the path was given another file, which SQLite may have opened.
        connection.close()
    raise sqlite3.OperationalError("unable to open database file")


def uri(path: Path, mode: str) -> str:
    """Return the URI by which SQLite opens ``path``.

    ``mode``: ``ro``, ``rw``, or ``alone`` to read the file as it is without its write-ahead log.
    """
    options = "mode=ro&immutable=1" if mode == "alone" else f"mode={mode}"
    # The bytes of the name, which on Linux need not be UTF-8; three slashes hold for drives and shares, too.
    name = os.fsencode(path.absolute().as_posix().removeprefix("/"))
    return f"file:///{quote(name)}?{options}"


def check_free(path: Path) -> None:
    """Raise ProjectError where no new project can be made at ``path``."""
    if path.exists():
        raise ProjectError(f"There is a file {path} already: choose another name.")
    if not path.parent.is_dir():
        raise ProjectError(f"There is no folder {path.parent}: make it first, or choose another place.")
    for suffix in open_projects.SIDE_SUFFIXES:
        # SQLite would treat it as a part of the new file and damage that.
        if (left := path.with_name(path.name + suffix)).exists():
            raise ProjectError(
                f"There is a file {left}, left by a project of that name: move it away, or choose another name."
            )


def unseen_log_bytes(path: Path) -> int:
    """Return how many bytes of changes in the write-ahead log beside ``path`` the file itself lacks.

    A copy of the file alone would be without them. 0 also for a project that is open in this process, whose files must
    not be opened.
    """
    if open_projects.is_open(path):
        return 0
    try:
        with path.open("rb") as main, path.with_name(f"{path.name}-wal").open("rb") as log:
            header = log.read(_LOG_HEADER_SIZE)
            if len(header) < _LOG_HEADER_SIZE or struct.unpack(">I", header[:4])[0] & ~1 != _LOG_MAGIC:
                return 0
            size, salts = struct.unpack(">I", header[8:12])[0], header[16:24]
            latest: dict[int, bytes] = {}
            committed: dict[int, bytes] = {}
            # Frames after the last commit, and those of an earlier cycle of the log, do not count.
            while len(frame := log.read(24 + size)) == 24 + size and frame[8:16] == salts:
                latest[struct.unpack(">I", frame[:4])[0]] = hashlib.sha256(frame[24:]).digest()
                if frame[4:8] != bytes(4):
                    committed.update(latest)
                    latest.clear()
            unseen = 0
            for page, digest in committed.items():
                main.seek((page - 1) * size)
                unseen += size * (hashlib.sha256(main.read(size)).digest() != digest)
            return unseen
    except OSError:
        return 0


def connect(path: Path, mode: str) -> Connection:
    """Return a connection in autocommit mode with our pragmas. ``mode``: ``ro`` or ``rw``."""
    if mode == "ro" and path.with_name(path.name + "-journal").exists():
        # After a crash while the project was closed, SQLite must roll back to the state before, which is a write.
        with closing(open_connection(path, "rw")) as recovering:
            recovering.execute("PRAGMA schema_version")
    connection = open_connection(path, mode)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA busy_timeout = 5000")
        if mode == "rw":
            connection.execute("PRAGMA journal_mode = WAL")
            # Measured: 9 ms a commit against 2.4 ms with NORMAL; an annotation that was shown survives a power cut.
            connection.execute("PRAGMA synchronous = FULL")
            # Measured on an import of 10,000 articles: 16 MB each save a tenth of its time.
            connection.execute("PRAGMA cache_size = -16000")
            connection.execute("PRAGMA wal_autocheckpoint = 10000")
            # Create the write-ahead log now: SQLite would create it at the first write and, where that fails once,
            # refuse all later writes.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        else:
            if 1 <= connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:
                stand_in(connection)
            connection.execute("PRAGMA query_only = ON")
        return connection
    except BaseException:
        connection.close()
        raise


def check_header(path: Path) -> int:
    """Return the schema version in the header of a project file, read without SQLite, so that nothing is changed.

    For a project that is open in this process it is read without opening the file again.

    Raise NotAProject or DamagedProject with a plain sentence.
    """
    log = path.with_name(path.name + "-wal")
    try:
        # Checked first: another process may write it back and remove it meanwhile.
        has_log = log.exists()
        header, size = open_projects.read_beginning(path, _HEADER_SIZE)
    except open_projects.SideFileOfOpenProject:
        raise NotAProject(f"{path.name} belongs to a project that is open: open that project.") from None
    except FileNotFoundError:
        raise NotAProject(f"There is no file {path}: check the name, or make it with 'annotator new'.") from None
    except IsADirectoryError:
        raise NotAProject(f"{path} is a folder: give a project file, which ends in .anno.") from None
    except OSError as error:
        raise NotAProject(f"{path} cannot be read ({error.strerror or error}): check its permissions.") from error
    except ValueError:
        raise NotAProject(f"{str(path)!r} is not a name of a file.") from None
    if not header.startswith(_MAGIC):
        raise NotAProject(f"{path.name} is not an Annotator project: it is empty or another kind of file.")
    if len(header) < _HEADER_SIZE:
        raise DamagedProject(_damaged(path, "its header is cut off"))
    page_size, pages = struct.unpack(">H", header[16:18])[0], struct.unpack(">I", header[28:32])[0]
    (version, application_id) = struct.unpack(">I", header[60:64])[0], struct.unpack(">I", header[68:72])[0]
    if application_id != APPLICATION_ID:
        raise NotAProject(f"{path.name} is an SQLite database, but not an Annotator project: it was left as it is.")
    # The number of pages is valid only where the two change counters agree (SQLite file format, 1.3.7). After a crash
    # the missing pages are in the write-ahead log.
    sure = header[24:28] == header[92:96] and not has_log and not log.exists()
    if sure and pages * (65536 if page_size == 1 else page_size) > size:
        raise DamagedProject(_damaged(path, "its end is missing"))
    return int(version)


def _damaged(path: Path, how: str) -> str:
    return (
        f"The project {path.name} is damaged ({how}): it was left as it is. "
        "Open a backup beside it, or save what can be read with 'annotator repair'."
    )


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite into known errors with one plain sentence; an error in our own code is raised unchanged."""
    try:
        yield
    except sqlite3.Error as error:
        if (known := _known(path, error)) is None:
            raise
        raise known from error
    except UnicodeDecodeError as error:
        # Python raises this where the name of a table or column, or SQLite's message, is not UTF-8.
        raise DamagedProject(_damaged(path, "a name in its schema cannot be read")) from error
    except UnicodeEncodeError as error:
        raise InvalidValue(
            f"The text {error.object[max(0, error.start - 20) : error.start]!r}... is followed by a character that no "
            "file can hold (a lone surrogate): take it out."
        ) from error
    except OverflowError as error:
        raise InvalidValue("A number is too large for the project: give a smaller one.") from error


def _known(path: Path, error: sqlite3.Error) -> AnnotatorError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return _disk_full(path)
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return ReadOnlyProject(
            f"{path.name} cannot be written to: check the permissions of the file and its folder, and the disk."
        )
    if code == sqlite3.SQLITE_INTERRUPT:
        return Cancelled(f"{path.name} was closed before everything was read.")
    if code == sqlite3.SQLITE_CANTOPEN:
        return ProjectError(f"{path.name} cannot be opened: check that its folder is there and can be written to.")
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return ProjectInUse(f"{path.name} is being written to by another program: wait a moment and repeat the step.")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or (
        code in {0, sqlite3.SQLITE_ERROR} and any(words in str(error).lower() for words in _DAMAGE)
    ):
        return DamagedProject(_damaged(path, said_in_brief(error)))
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
        return ProjectError(f"The project {path.name} is closed.")
    if code == sqlite3.SQLITE_IOERR:
        return _refused_by_the_disk(path, error)
    if code in {sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG}:
        return InvalidValue(f"Nothing was changed: {_constraint(str(error))}")
    return None


def _disk_full(path: Path) -> DiskFull:
    return DiskFull(
        f"The disk that holds {path.name} is full: nothing was changed. Free some space and repeat the step."
    )


def _refused_by_the_disk(path: Path, error: sqlite3.Error) -> ProjectError:
    """Return the sentence for a read or write that the system refused; SQLite reports a full disk only in some
    cases.
    """
    is_reading = "READ" in getattr(error, "sqlite_errorname", "")
    if not is_reading:
        with suppress(OSError):
            if shutil.disk_usage(path.parent).free < _LEAST_ROOM:
                return _disk_full(path)
    done = "read" if is_reading else "written to"
    return ProjectError(
        f"{path.name} cannot be {done}, because the disk reports an error: nothing was changed. Check the disk, and "
        "the connection to it, and repeat the step."
    )


def first_fault(connection: sqlite3.Connection) -> str:
    """Return the first fault that SQLite's integrity test finds in a file, on one line; empty where it is sound."""
    try:
        (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        return said_in_brief(error)
    if "unable to get the page" in found:
        return "a part of it cannot be read back, or is not what was written"
    return "" if found == "ok" else " ".join(found.split())


def said_in_brief(error: Exception) -> str:
    """Return SQLite's message about a damage, on one line; of texts and statements SQLite repeats whole pages."""
    if str(error) == "database disk image is malformed":
        # SQLite gives this message also for pages that the disk cannot read.
        return "a part of it cannot be read, or is not what was written"
    message = " ".join(str(error).partition(" with text ")[0].split())
    return message if len(message) <= _LONGEST_REASON else f"{message[: _LONGEST_REASON - 1]}…"


def _constraint(message: str) -> str:
    """Return the message of a violated constraint in plain words."""
    kind, _, what = message.partition(" constraint failed")
    what = what.removeprefix(": ")
    if kind == "UNIQUE":
        return f"another one with the same {what} exists already."
    if kind == "FOREIGN KEY":
        return "it names something that the project does not hold, or something else still needs it."
    if kind == "CHECK":
        return f"a value is outside its limits ({what})."
    return f"{message}."
