"""Whether the file at a project's path is still the one that was opened, and what became of it if not.

SQLite continues writing into the file that it opened, wherever that is now: a file that was deleted, replaced by an
older copy or moved away would receive every commit, and the user would not find it again. So the path is checked before
each commit, which costs two system calls and opens nothing.
"""

import errno
import os
import platform
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from annotator.files.open_projects import Hold, Identity, hold, identity_of, is_at, read_beginning
from annotator.store import log
from annotator.store.database import open_connection

_FORMAT_VERSIONS = slice(18, 20)
"""Offset of the byte in the header that gives the write format: 2 with a write-ahead log (SQLite file format,
1.3.3).
"""

_F_GETPATH = 50
"""``F_GETPATH`` of macOS, which returns the path of a descriptor. Python's fcntl has the name on macOS only."""


class Fate(Enum):
    """What became of the file that was opened."""

    HERE = "here"
    RENAMED = "renamed"
    """It has another name in the same folder."""
    MOVED = "moved"
    """It is in another folder, or its folder has another name."""
    REPLACED = "replaced"
    """Another file has its name, and it has none that is known."""
    DELETED = "deleted"
    LOG_REMOVED = "log removed"
    """The file is there, but its write-ahead log is gone."""
    LOG_REPLACED = "log replaced"
    """The file is there, but another file has the name of its write-ahead log."""
    OVERWRITTEN = "overwritten"
    """The file is there, but another program has written other contents into it."""
    OUT_OF_REACH = "out of reach"
    """Its folder or drive is gone, or does not answer."""


class Found(NamedTuple):
    """What became of a file, and where it is now if that is known and not its old path."""

    fate: Fate
    place: Path | None = None


_Stamp = tuple[int, int]
"""Size of a file in bytes, and time of its last change in nanoseconds."""


class ProjectFile:
    """The file of an open project: its path, its identity, and its write-ahead log."""

    def __init__(self, path: Path, held: Hold) -> None:
        self._set_path(path)
        self._hold = held.again()
        self._folder = _status(path.parent)
        found = _status(self._log_name)
        self._log: Identity | None = None if found is None else (found.st_dev, found.st_ino)
        self._contents = self._stamp()
        # The file may hold a part of what a killed process left in the log.
        self.is_whole = found is None or not found.st_size
        """Whether the file itself, without the log, holds one consistent state of the project."""
        self._last_entry: log.Tip | None = None
        if self.is_whole:
            self._last_entry, _ = self._history()
        self._is_being_written = False

    @property
    def identity(self) -> Identity:
        """Device and inode of the file that was opened."""
        return self._hold.identity

    def _set_path(self, path: Path) -> None:
        self.path = path
        # Each commit checks both; they are strings because making a Path costs more than the check.
        self._name = str(path)
        self._log_name = f"{path}-wal"

    def look(self) -> Found:
        """Return what became of the file; ``Fate.HERE`` while all is as it was. Changes nothing and opens nothing."""
        here = _status(self._name)
        if here is None or identity_of(self._name, here) != self._hold.identity:
            return self._search()
        found = _status(self._log_name)
        if self._log is None:
            self._log = None if found is None else (found.st_dev, found.st_ino)
        elif found is None:
            return Found(Fate.LOG_REMOVED)
        elif found.st_ino and (found.st_dev, found.st_ino) != self._log:
            return Found(Fate.LOG_REPLACED)
        if _stamp(here) != self._contents and not self._is_being_written:
            return Found(Fate.OVERWRITTEN)
        return Found(Fate.HERE)

    @contextmanager
    def being_written(self) -> Iterator[None]:
        """Mark the time in which another thread of this process writes the log back: the contents of the file may
        change.
        """
        self._is_being_written = True
        try:
            yield
        finally:
            self._is_being_written = False

    def note_written(self, *, is_whole: bool = False) -> None:
        """Record the present contents of the file as written by this project.

        ``is_whole``: all of the log was written back. While a reader uses an earlier state it is written back only in
        part, and the pages of the file are not consistent. Where the whole file is an older copy nothing is recorded.
        """
        contents = self._stamp()
        if is_whole and (contents != self._contents or not self.is_whole):
            last_entry, goes_on = self._history()
            if goes_on:
                self._contents, self._last_entry, self.is_whole = contents, last_entry, True
        elif contents != self._contents:
            self._contents, self.is_whole = contents, False

    def is_older(self) -> bool:
        """Return whether the file was last changed before the time that is known: a copy over a file brings its own
        time.
        """
        now, before = self._stamp(), self._contents
        return now is None or before is None or now[1] < before[1]

    def last_entry(self) -> log.Tip | None:
        """Return the last entry of the history in a whole file; None where the file lacks an entry that it was known to
        hold.

        Such a file is an older copy, or one of another project.
        """
        found, goes_on = self._history()
        return found if goes_on else None

    def uses_log(self) -> bool:
        """Return whether the header makes SQLite look for a write-ahead log; in a copy of a closed project it does
        not.
        """
        with suppress(OSError):
            beginning, _size = read_beginning(self.path, _FORMAT_VERSIONS.stop)
            return beginning[_FORMAT_VERSIONS] == b"\x02\x02"
        return False

    def is_claimed_at(self, place: Path) -> bool:
        """Return whether another program has begun to use the file under its new name, because a log exists there."""
        found = _status(place.with_name(f"{place.name}-wal"))
        return found is not None and (found.st_dev, found.st_ino) != self._log

    def follow(self, place: Path) -> None:
        """Continue under a new name in the same folder: rename the write-ahead log and its index. Raise OSError.

        SQLite keeps them open by descriptors, so nothing is read or written again; other programs find them by the new
        name.
        """
        for suffix in ("-wal", "-shm"):
            beside = self._beside(suffix)
            if suffix == "-wal" and self._log is not None and not is_at(beside, self._log):
                raise FileNotFoundError(errno.ENOENT, "it is not the write-ahead log of this project", str(beside))
            with suppress(FileNotFoundError):
                beside.rename(place.with_name(place.name + suffix))
        renamed = hold(place)
        self._hold.release()
        self._hold = renamed
        self._set_path(place)

    def remove_log(self) -> None:
        """Remove our write-ahead log from beside a path that now has another file, and nothing of other programs.

        SQLite would otherwise replay it onto whatever file has the name now.
        """
        if self._log is not None and is_at(self._beside("-wal"), self._log):
            for suffix in ("-wal", "-shm"):
                with suppress(OSError):
                    self._beside(suffix).unlink(missing_ok=True)

    def set_log_aside(self, name: Path) -> None:
        """Give our write-ahead log another name, because the contents that it belongs to are lost."""
        if self._log is not None and is_at(self._beside("-wal"), self._log):
            with suppress(OSError):
                self._beside("-wal").rename(name)
                self._beside("-shm").unlink(missing_ok=True)

    def release(self) -> None:
        """Release the file. A second call does nothing."""
        self._hold.release()

    def _search(self) -> Found:
        """Return what became of a file that is no longer at its path."""
        folder = _status(self.path.parent)
        if (place := self._place()) is not None:
            same_folder = folder is not None and _same(folder, _status(place.parent))
            return Found(Fate.RENAMED if same_folder else Fate.MOVED, place)
        if folder is None or (self._folder is not None and folder.st_dev != self._folder.st_dev):
            return Found(Fate.OUT_OF_REACH)
        try:
            self.path.lstat()
        except FileNotFoundError:
            return Found(Fate.DELETED)
        except OSError:
            return Found(Fate.OUT_OF_REACH)
        return Found(Fate.REPLACED)

    def _place(self) -> Path | None:
        """Return where the file is now, as far as the system reports it."""
        descriptor = self._hold.descriptor
        with suppress(OSError, ValueError):
            if not os.fstat(descriptor).st_nlink:
                return None
            reported = _path_of(descriptor)
            if reported is not None and is_at(reported, self._hold.identity):
                return reported
            # On other systems, or where a hard link was followed: most often it has another name in the same folder.
            return next(
                (Path(one.path) for one in os.scandir(self.path.parent) if is_at(one.path, self._hold.identity)), None
            )
        return None

    def _stamp(self) -> _Stamp | None:
        """Return the values that change when a program writes to the file that was opened, wherever it is."""
        try:
            # Takes less than half as long as a lookup by name.
            return _stamp(os.fstat(self._hold.descriptor))
        except (OSError, ValueError):
            return None

    def _history(self) -> tuple[log.Tip | None, bool]:
        """Return the last entry of the history in the file itself, and whether it continues from the known one.

        It is read without the write-ahead log, which would hide that the file is an older one.
        """
        known = self._last_entry
        try:
            with closing(open_connection(self.path, "alone")) as connection:
                return log.tip(connection), known is None or log.holds(connection, known)
        except (sqlite3.Error, OSError):
            return None, known is None

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)


def _path_of(descriptor: int) -> Path | None:
    """Return the path of an open file, on the systems that report it."""
    system = platform.system()
    if system == "Linux":
        return Path(f"/proc/self/fd/{descriptor}").readlink()
    if system == "Darwin":
        fcntl = import_module("fcntl")  # Windows has none.
        return Path(os.fsdecode(fcntl.fcntl(descriptor, _F_GETPATH, bytes(1024)).rstrip(b"\0")))
    return None


def _status(path: Path | str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except (OSError, ValueError):
        return None


def _stamp(status: os.stat_result) -> _Stamp:
    return status.st_size, status.st_mtime_ns


def _same(one: os.stat_result, other: os.stat_result | None) -> bool:
    return other is not None and os.path.samestat(one, other)
