"""The lock that allows one writer of a project file, and the record of its holder.

Two locks of the operating system are taken, which end with their process, so that a crash leaves none behind. The first
is on ``NAME.anno.lock`` beside the file. The second is on the file itself, so that there is one writer also where the
file has two names (a hard link, another mount of the folder): on Linux an open-file-description lock on a byte that
SQLite never uses, which no other close in the process releases; elsewhere a lock file in a folder of this machine,
named after device and inode. ``NAME.anno.holder`` names in JSON the user, the machine, the process and the time, for
the message that others see; the same record is in that folder, for programs that know the file by another name.
"""

import errno
import getpass
import json
import os
import platform
import random
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import filelock

from annotator.domain.changes import now
from annotator.domain.errors import ProjectInUse, ReadOnlyProject
from annotator.files import open_projects
from annotator.files.user_folders import cache_path

_BYTE = 1 << 62
"""Offset of the byte that is locked. SQLite locks bytes from 2**30 on, and no file is so long."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.25
"""Seconds between two attempts to get a lock: longer after each, so that waiting processes do not slow the holder."""


class ProjectLock:
    """The right to write to one project file, held until ``release``."""

    def __init__(self, project: Path) -> None:
        self._project = project
        # A project may be opened on one thread and closed on another.
        self._lock = filelock.FileLock(project.with_name(project.name + ".lock"), timeout=0, thread_local=False)
        self._holder = project.with_name(project.name + ".holder")
        self._file_lock: _FileLock | None = None

    def acquire(self, wait: float = 0.0) -> None:
        """Take the lock, and wait for it at most ``wait`` seconds.

        Raise ProjectInUse with the holder's name, or ReadOnlyProject where no lock can be made. A project that does not
        exist yet is locked only by its name, until ``lock_file``.
        """
        end = time.monotonic() + wait
        try:
            for _ in _attempts(end):
                with suppress(filelock.Timeout):
                    self._lock.acquire()
                    break
            else:
                raise self._in_use(self._holder)
        # NotImplementedError: filelock raises it on a file system without locks.
        except (OSError, NotImplementedError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ReadOnlyProject(
                f"The folder {self._project.parent} cannot be written to ({reason}): "
                f"{self._project.name} can be opened for reading only."
            ) from error
        try:
            self.lock_file(end)
        except BaseException:
            self._lock.release()
            raise
        _write(self._holder, self._project)

    def lock_file(self, end: float = 0.0) -> None:
        """Take the lock on the file itself, if there is one.

        ``end``: time of the monotonic clock until which to wait.
        """
        if self._file_lock is not None or not self._project.exists():
            return
        for _ in _attempts(end):
            self._file_lock = _FileLock.taken(self._project)
            if self._file_lock is not None:
                return
        raise self._in_use(_record_of(self._project))

    def follow(self, project: Path) -> None:
        """Move the lock to another name of the same file in its folder.

        Raise as ``acquire`` does; then nothing changed.
        """
        renamed = ProjectLock(project)
        renamed._file_lock, self._file_lock = self._file_lock, None
        try:
            renamed.acquire()
        except BaseException:
            self._file_lock = renamed._file_lock
            raise
        if renamed._file_lock is not None:
            renamed._file_lock.describe(project)
        self.release()
        self._project, self._lock, self._holder = renamed._project, renamed._lock, renamed._holder
        self._file_lock = renamed._file_lock

    def release(self) -> None:
        """Release the project, so that others can write to it. A second call does nothing."""
        if self._file_lock is not None:
            self._file_lock.release()
            self._file_lock = None
        # Removed while still held: a process that opened it meanwhile sees an unlinked file and tries again. Windows
        # does not remove open files; there the empty file may remain.
        for beside in (self._holder, Path(self._lock.lock_file)):
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        self._lock.release()

    def holder(self) -> str:
        """Return a description of the holder of the project; the name is missing where the holder left none."""
        return _in_words(_read(self._holder), self._project)

    def _in_use(self, record: Path) -> ProjectInUse:
        return ProjectInUse(
            f"The project {self._project.name} is in use by {_in_words(_read(record), self._project)}: close it there, "
            "or open it here for reading only."
        )


class _FileLock:
    """A lock on a project file that is identified by device and inode, under whatever name."""

    def __init__(self, record: Path, descriptor: int | None, lock: filelock.BaseFileLock | None) -> None:
        self._record = record
        self._descriptor = descriptor
        self._lock = lock

    @classmethod
    def taken(cls, project: Path) -> "_FileLock | None":
        """Return the lock on ``project``, or None where this or another process holds it.

        On a file system that does not support such a lock the returned lock has no effect: then only the lock beside
        the file protects.
        """
        record = _record_of(project)
        descriptor: int | None = None
        lock: filelock.BaseFileLock | None = None
        fcntl = import_module("fcntl") if os.name == "posix" else None
        try:
            if fcntl is not None and hasattr(fcntl, "F_OFD_SETLK"):
                descriptor = open_projects.open_descriptor(project)
                fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _flock(fcntl.F_WRLCK))
            else:
                lock = filelock.FileLock(record.with_suffix(".lock"), timeout=0, thread_local=False)
                lock.acquire()
        # NotImplementedError: as in acquire.
        except (OSError, NotImplementedError) as error:
            if descriptor is not None:
                open_projects.close(descriptor)
            is_refused = descriptor is not None and getattr(error, "errno", 0) in {errno.EAGAIN, errno.EACCES}
            if is_refused or isinstance(error, filelock.Timeout):
                return None
            # Where the file itself cannot be opened for writing, opening the project as a database reports it.
            descriptor = lock = None
        made = cls(record, descriptor, lock)
        made.describe(project)
        return made

    def describe(self, project: Path) -> None:
        """Record the name by which the file is in use, for programs that know it by another one."""
        _write(self._record, project)

    def release(self) -> None:
        """Release the lock.

        The descriptor is closed with the last connection to the file, so that SQLite's locks stay.
        """
        with suppress(OSError):
            self._record.unlink(missing_ok=True)
        if self._descriptor is not None:
            fcntl = import_module("fcntl")
            with suppress(OSError):
                fcntl.fcntl(self._descriptor, fcntl.F_OFD_SETLK, _flock(fcntl.F_UNLCK))
            open_projects.close(self._descriptor)
        if self._lock is not None:
            self._lock.release()


def _attempts(end: float) -> Iterator[None]:
    """Yield at once, and then after pauses until the monotonic clock shows ``end``."""
    pause = _FIRST_PAUSE
    yield
    while (left := end - time.monotonic()) > 0:
        # Random, so that processes that began together do not always try together.
        time.sleep(min(left, pause * random.uniform(0.5, 1)))
        pause = min(pause * 1.5, _LONGEST_PAUSE)
        yield


def name_in_use(project: Path) -> Path:
    """Return the name by which a process of this machine writes to the file ``project``; ``project`` itself if no
    process does.

    SQLite derives the name of the write-ahead log from the name of the file, so that a file with two names must be read
    by the name by which it is written to.
    """
    held = _read(_record_of(project))
    name = Path(str(held.get("path", project)))
    if name == project:
        return project
    with suppress(OSError):
        is_in_use = name.with_name(f"{name.name}-wal").exists() and name.samefile(project)
        return name if is_in_use else project
    return project


def _flock(kind: int) -> bytes:
    return struct.pack("hhqqi4x", kind, os.SEEK_SET, _BYTE, 1, 0)


def _record_of(project: Path) -> Path:
    """Return the path of the holder's record by the identity of the file, on this machine and for this user.

    It is in a folder that belongs to the user: in one that others can write to, a link could direct the record to any
    file.
    """
    folder = cache_path() / "locks"
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = project.stat()
        return folder / f"{status.st_dev:x}-{status.st_ino:x}.holder"
    return folder / "none.holder"


def _write(record: Path, project: Path) -> None:
    """Write the record of the holder. Where it cannot be written, the lock is still held."""
    held: dict[str, Any] = {
        "user": _user(),
        "machine": platform.node(),
        "process": os.getpid(),
        "since": now(),
        "path": str(project),
    }
    with suppress(OSError):
        status = project.stat()
        held |= {"device": status.st_dev, "inode": status.st_ino}
    with suppress(OSError, ValueError):
        record.write_text(json.dumps(held), encoding="utf-8")


def _read(record: Path) -> dict[str, Any]:
    try:
        held = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def _in_words(held: dict[str, Any], project: Path) -> str:
    try:
        other = "" if held.get("path", str(project)) == str(project) else f" under the name {held['path']}"
        return f"{held['user']} on {held['machine']} (process {held['process']}, since {held['since']}){other}"
    except KeyError:
        return "another window or command"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "somebody"
