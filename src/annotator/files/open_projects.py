"""The registry of the project files that this process has open, so that no other code in it opens them.

POSIX drops all locks that a process has on a file as soon as the process closes *any* descriptor of that file. SQLite
handles this among its own connections; other code of the same process cannot. Code that opens and closes ``case.anno``,
``case.anno-wal`` or ``case.anno-shm`` without SQLite drops SQLite's locks, and another process then removes or remakes
the write-ahead log under the open connections: acknowledged work is lost.

So every SQLite connection to a project file holds that file here (``hold``) for as long as it lives, and all other code
asks ``is_open`` before it opens a file that a user chose or that was found in a folder. For each open file one
descriptor is kept, through which its header can be read; it is closed only after the last connection.

All functions are safe to call from any thread.
"""

import errno
import os
import stat
import threading
from contextlib import suppress
from pathlib import Path

SIDE_SUFFIXES = ("-wal", "-shm", "-journal")
"""Suffixes that SQLite adds to the name of a database for its side files."""

Identity = tuple[int, int] | str
"""Device and inode of a file; where there is no inode, its resolved name, case-folded as the system does."""

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class SideFileOfOpenProject(OSError):
    """A file that SQLite keeps beside a project which this process has open."""


class _OpenFile:
    """A file with at least one hold. ``descriptors`` are closed with the last hold; the first one is used to read.

    ``names``: the names by which it was opened, without symbolic links, by their form for comparison.
    """

    def __init__(self, identity: Identity, descriptor: int) -> None:
        self.identity = identity
        self.descriptors = [descriptor]
        self.names: dict[str, str] = {}
        self.holds = 0


class Hold:
    """One use of a project file, such as a connection to it. The file counts as open until all are released."""

    def __init__(self, opened: _OpenFile) -> None:
        self._opened: _OpenFile | None = opened
        self.identity = opened.identity

    @property
    def descriptor(self) -> int:
        """The descriptor that this process keeps of the file. It must not be closed. Raise ValueError if released."""
        if self._opened is None:
            raise ValueError("the hold was released")
        return self._opened.descriptors[0]

    def again(self) -> "Hold":
        """Return another hold of the same file, whatever its name is now. Raise ValueError if this one was released."""
        with _lock:
            if self._opened is None:
                raise ValueError("the hold was released")
            self._opened.holds += 1
            return Hold(self._opened)

    def keep(self, descriptor: int) -> None:
        """Close ``descriptor``, a descriptor of the same file, but only when the file is no longer open."""
        if self._opened is None:
            raise ValueError("the hold was released")
        self._opened.descriptors.append(descriptor)

    def release(self) -> None:
        """Release the hold. A second call does nothing."""
        with _lock:
            opened, self._opened = self._opened, None
            if opened is None:
                return
            opened.holds -= 1
            # After a fork the registry of the child is empty, and the descriptors that it inherited are closed already.
            if not opened.holds and _files.get(opened.identity) is opened:
                del _files[opened.identity]
                _close_all(opened)


_lock = threading.RLock()
_files: dict[Identity, _OpenFile] = {}


def hold(path: Path) -> Hold:
    """Count the file at ``path`` as open until the hold is released. Raise OSError where it cannot be opened."""
    name = _normalised(path)
    with _lock:
        opened = _files.get(identity_of(path, os.stat(path)))
        if opened is None:
            descriptor = os.open(path, _READ)
            identity = identity_of(path, os.fstat(descriptor))
            opened = _files.get(identity)
            if opened is None:
                opened = _files[identity] = _OpenFile(identity, descriptor)
            else:
                # The name was given another file since the check. Closing the descriptor would drop SQLite's locks.
                opened.descriptors.append(descriptor)
        opened.names.setdefault(name, os.path.realpath(path))
        opened.holds += 1
        return Hold(opened)


def is_open(path: Path | str) -> bool:
    """Return whether this process has the project file ``path`` open, or the one to whose side files ``path`` belongs.

    Recognised by device and inode, so under every name of the file; side files also by their name. The file is not
    opened. Ask this before opening any file that a user chose or that was found in a folder.
    """
    if not _files:
        return False
    with _lock:
        return _main_file(path) is not None or _is_side_file(path)


def open_name(path: Path) -> Path:
    """Return the name by which this process has the file at ``path`` open; ``path`` itself where it is not open.

    A file with two names (a hard link) must be opened by one of them only: SQLite derives the name of the write-ahead
    log from it.
    """
    if not _files:
        return path
    with _lock:
        opened = _main_file(path)
        if opened is None or _normalised(path) in opened.names:
            return path
        return next((Path(name) for name in opened.names.values() if is_at(name, opened.identity)), path)


def is_at(path: Path | str, identity: Identity) -> bool:
    """Return whether the file at ``path`` is the one with this identity. The file is not opened."""
    try:
        return identity_of(path, os.stat(path)) == identity
    except OSError:
        return False


def read_beginning(path: Path, count: int) -> tuple[bytes, int]:
    """Return the first ``count`` bytes of the file at ``path``, and its size in bytes.

    A file that this process has open is read through the descriptor that is kept. Raise OSError, and
    SideFileOfOpenProject for a file that must not be opened.
    """
    with _lock:
        opened = _main_file(path)
        if opened is not None:
            descriptor = opened.descriptors[0]
            os.lseek(descriptor, 0, os.SEEK_SET)
            return os.read(descriptor, count), os.fstat(descriptor).st_size
        if _is_side_file(path):
            raise SideFileOfOpenProject(errno.EBUSY, "it belongs to a project that is open", str(path))
        descriptor = os.open(path, _READ)
        try:
            status = os.fstat(descriptor)
            if stat.S_ISDIR(status.st_mode):
                raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
            return os.read(descriptor, count) if stat.S_ISREG(status.st_mode) else b"", status.st_size
        finally:
            # No thread can have begun to hold the file meanwhile, because that also needs the lock.
            os.close(descriptor)


def open_descriptor(path: Path) -> int:
    """Return a descriptor of the file at ``path`` for reading and writing, also where it is an open project.

    It must be given to ``close``, which delays closing while SQLite has the file open. Raise OSError.
    """
    return os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))


def close(descriptor: int) -> None:
    """Close a descriptor of a file that may have become an open project since it was opened."""
    with _lock:
        try:
            status = os.fstat(descriptor)
        except OSError:
            status = None
        opened = None if status is None or not status.st_ino else _files.get((status.st_dev, status.st_ino))
        if opened is None:
            os.close(descriptor)
        else:
            opened.descriptors.append(descriptor)


def _main_file(path: Path | str) -> _OpenFile | None:
    try:
        return _files.get(identity_of(path, os.stat(path)))
    except (OSError, ValueError):
        return None


def _is_side_file(path: Path | str) -> bool:
    try:
        found = os.lstat(path)
        is_plain = not stat.S_ISLNK(found.st_mode) and found.st_nlink == 1
        if is_plain and not os.fspath(path).lower().endswith(SIDE_SUFFIXES):
            # It has only one name, and no side file has this name. This is true of most files of an import.
            return False
        found = os.stat(path)
    except (OSError, ValueError):
        found = None
    names = [(name, main) for opened in _files.values() for name, main in opened.names.items()]
    if found is None or not found.st_ino:
        # Resolving a name takes a system call for each folder in it, and is needed only here.
        name = _normalised(path)
        return any(name == compared + suffix for compared, _ in names for suffix in SIDE_SUFFIXES)
    return any(is_at(main + suffix, (found.st_dev, found.st_ino)) for _, main in names for suffix in SIDE_SUFFIXES)


def identity_of(path: Path | str, status: os.stat_result) -> Identity:
    """Return the identity of the file at ``path``, whose status is ``status``."""
    return (status.st_dev, status.st_ino) if status.st_ino else _normalised(path)


def _normalised(path: Path | str) -> str:
    try:
        return os.path.normcase(os.path.realpath(path))
    except (OSError, ValueError):
        # A name that no file can have.
        return str(path)


def _close_all(opened: _OpenFile) -> None:
    for descriptor in opened.descriptors:
        with suppress(OSError):
            os.close(descriptor)


def _forget_after_fork() -> None:
    """Close in a forked child what it inherited: SQLite's connections and locks do not survive a fork."""
    for opened in _files.values():
        _close_all(opened)
    _files.clear()
    _lock.release()


if hasattr(os, "register_at_fork"):
    # With the lock held, so that no other thread is in the middle of an operation that the child would never finish.
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_forget_after_fork)
