"""Control of ``preload.c``: which file operation of a process fails, or ends the process.

LD_PRELOAD stands below SQLite, below Python and below everything else that a process loads, and it needs no privilege.
A file system of SQLite's own (a VFS by apsw) would see only SQLite's share, and a FUSE file system needs a mount.
"""

import errno
import mmap
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from struct import Struct
from typing import NamedTuple

SOURCE = Path(__file__).with_name("preload.c")
VARIABLE = "ANNOTATOR_TEST_FAULTS"

OFF, FAIL, KILL_BEFORE, KILL_AFTER = range(4)
KINDS = {"write": 1, "sync": 2, "truncate": 4, "rename": 8, "open": 16, "remove": 32, "read": 64, "map": 128}
CHANGING = sum(number for name, number in KINDS.items() if name not in {"read", "map"})
"""Every operation that changes something on the disk."""

_ORDERS = Struct("=7i")
_SIZE, _LAST, _FOLDER = 1024, 64, 512


class Fault(NamedTuple):
    """One order: the operation of a kind that fails, with which error, and whether all later ones fail, too."""

    kind: str
    number: int
    error: int = errno.EIO
    from_then_on: bool = False

    def __str__(self) -> str:
        later = " and all later ones" if self.from_then_on else ""
        return f"{errno.errorcode[self.error]} at {self.kind} {self.number}{later}"


@cache
def why_not() -> str:
    """Return why the library cannot be used here, or nothing."""
    if sys.platform != "linux":
        return "LD_PRELOAD of this kind is there on Linux only"
    if shutil.which("cc") is None:
        return "there is no C compiler"
    return ""


@cache
def library() -> Path:
    """Build the library and return where it lies. Raise CalledProcessError."""
    folder = Path(tempfile.mkdtemp(prefix="annotator-faults-"))
    built = folder / "preload.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", built, SOURCE, "-ldl"], check=True, capture_output=True)
    return built


class Orders:
    """The orders to the library, in a file that the processes share."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_SIZE))
        self.path = path
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _SIZE)

    def environment(self) -> dict[str, str]:
        """Return the environment in which a process is started that obeys these orders."""
        return {**os.environ, "LD_PRELOAD": str(library()), VARIABLE: str(self.path)}

    def fail(self, folder: Path, fault: Fault) -> None:
        """Let operations on what lies below ``folder`` fail from now on, as ``fault`` says."""
        self._give(folder, FAIL, KINDS[fault.kind], fault.number, fault.error, fault.from_then_on)

    def kill(self, folder: Path, number: int, *, kinds: int = CHANGING, before: bool = False) -> None:
        """End the process before or after the operation of this number on what lies below ``folder``."""
        self._give(folder, KILL_BEFORE if before else KILL_AFTER, kinds, number, 0, False)

    def count(self, folder: Path, kinds: int = CHANGING) -> None:
        """Only count the operations of ``kinds`` from now on."""
        self._give(folder, FAIL, kinds, 0, 0, False)

    def stop(self) -> None:
        """Let every operation through again; ``seen``, ``hits`` and ``last`` stay as they are."""
        self._memory[0:4] = bytes(4)

    @property
    def seen(self) -> int:
        """How many operations of the kinds that were ordered there were."""
        return int(_ORDERS.unpack_from(self._memory)[5])

    @property
    def hits(self) -> int:
        """How many operations failed, or ended a process."""
        return int(_ORDERS.unpack_from(self._memory)[6])

    @property
    def last(self) -> str:
        """The last operation that was hit, with its file."""
        return self._memory[_LAST:_FOLDER].split(b"\0", 1)[0].decode("utf-8", "replace")

    def _give(self, folder: Path, action: int, kinds: int, number: int, error: int, later: bool) -> None:
        self.stop()
        name = os.fsencode(folder)
        self._memory[_LAST:_SIZE] = bytes(_FOLDER - _LAST) + name + bytes(_SIZE - _FOLDER - len(name))
        _ORDERS.pack_into(self._memory, 0, OFF, kinds, number, error, later, 0, 0)
        self._memory[0:4] = action.to_bytes(4, sys.byteorder)
