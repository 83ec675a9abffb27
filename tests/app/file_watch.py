"""Which files of a folder are opened, as the system tells it: of Qt itself too, which no patch in Python sees."""

import ctypes
import os
import struct
import sys
from pathlib import Path
from types import TracebackType

import pytest

_OPENED = 0x20
_EVENT = struct.Struct("iIII")


class FileWatch:
    """Notes the names of the files that are opened in ``folder`` while it is entered. Skips the test off Linux."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: set[str] = set()

    def __enter__(self) -> "FileWatch":
        if sys.platform != "linux":
            pytest.skip("Opened files are watched by inotify, which Linux alone has.")
        library = ctypes.CDLL(None, use_errno=True)
        self._queue = library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._queue < 0 or library.inotify_add_watch(self._queue, os.fsencode(self._folder), _OPENED) < 0:
            pytest.skip(f"inotify is refused here: {os.strerror(ctypes.get_errno())}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.close(self._queue)

    @property
    def opened(self) -> set[str]:
        """The names of the files that have been opened so far; ``.`` for the folder itself."""
        self._read()
        return set(self._names)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._queue, 1 << 16)
            except BlockingIOError:
                return
            place = 0
            while place < len(data):
                *_, length = _EVENT.unpack_from(data, place)
                place += _EVENT.size
                self._names.add(data[place : place + length].rstrip(b"\0").decode() or ".")
                place += length
