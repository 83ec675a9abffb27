"""What a process does to files, as the operating system sees it: which are opened, and which are locked. Linux only."""

import ctypes
import os
import struct
import sys
from pathlib import Path
from types import TracebackType

import pytest

_IN_OPEN = 0x20
_EVENT = struct.Struct("iIII")

linux_only = pytest.mark.skipif(
    not (sys.platform == "linux" and Path("/proc/locks").exists()), reason="needs inotify and /proc/locks of Linux"
)


class OpenedFiles:
    """Watches one folder; ``seen`` gives the names of the files in it that any process has opened."""

    def __init__(self, folder: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._libc.inotify_init1(os.O_NONBLOCK)
        assert self._descriptor >= 0, os.strerror(ctypes.get_errno())
        watch = self._libc.inotify_add_watch(self._descriptor, os.fsencode(folder), _IN_OPEN)
        assert watch >= 0, os.strerror(ctypes.get_errno())
        self._names: set[str] = set()

    def seen(self) -> set[str]:
        """The names since the last call."""
        while True:
            try:
                data = os.read(self._descriptor, 1 << 16)
            except BlockingIOError:
                break
            place = 0
            while place < len(data):
                _watch, _mask, _cookie, length = _EVENT.unpack_from(data, place)
                place += _EVENT.size
                # An event without a name is about the folder itself.
                self._names.add(os.fsdecode(data[place : place + length].rstrip(b"\0")))
                place += length
        names, self._names = self._names - {""}, set()
        return names

    def __enter__(self) -> "OpenedFiles":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        os.close(self._descriptor)


def locked_files(folder: Path) -> list[str]:
    """The files in ``folder`` on which this process holds a POSIX lock."""
    names = {found.stat().st_ino: found.name for found in folder.iterdir()}
    locked = set()
    for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
        words = line.split()
        # 1: POSIX  ADVISORY  READ  PID MAJOR:MINOR:INODE START END
        if words[1] == "POSIX" and words[4] == str(os.getpid()):
            locked.add(names.get(int(words[5].rpartition(":")[2])))
    return sorted(name for name in locked if name is not None)
