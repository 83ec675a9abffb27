"""One writer: the lock beside a project file, and who holds it.

The lock itself is the operating system's, on ``NAME.anno.lock``: it goes with its process, so a crash leaves none
behind. ``NAME.anno.holder`` says in JSON who, where and since when, for the message that others get.
"""

import getpass
import json
import os
import platform
from contextlib import suppress
from pathlib import Path
from typing import Any

import filelock

from annotator.domain.changes import now
from annotator.domain.errors import ProjectInUse, ReadOnlyProject


class ProjectLock:
    """The right to write to one project file, held until ``release``."""

    def __init__(self, project: Path) -> None:
        self._project = project
        # A project may be opened on one thread and closed on another.
        self._lock = filelock.FileLock(project.with_name(project.name + ".lock"), timeout=0, thread_local=False)
        self._holder = project.with_name(project.name + ".holder")

    def acquire(self) -> None:
        """Take the lock. Raises ProjectInUse with the holder's name, or ReadOnlyProject where none can be made."""
        try:
            self._lock.acquire()
        except filelock.Timeout:
            raise ProjectInUse(
                f"The project {self._project.name} is in use by {self.holder()}: close it there, "
                "or open it here for reading only."
            ) from None
        # NotImplementedError: filelock's word for a file system without locks.
        except (OSError, NotImplementedError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ReadOnlyProject(
                f"The folder {self._project.parent} cannot be written to ({reason}): "
                f"{self._project.name} can be opened for reading only."
            ) from error
        self._write_holder()

    def follow(self, project: Path) -> None:
        """Hold the same file under another name in its folder. Raises as ``acquire`` does; then nothing changed."""
        renamed = ProjectLock(project)
        renamed.acquire()
        self.release()
        self._project, self._lock, self._holder = renamed._project, renamed._lock, renamed._holder

    def release(self) -> None:
        # Removed while still held: whoever opened it meanwhile sees an unlinked file and tries anew. Windows does
        # not remove open files, and there the empty file may stay.
        for beside in (self._holder, Path(self._lock.lock_file)):
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        self._lock.release()

    def holder(self) -> str:
        """Who holds the project, in words; a name is missing where the holder left none."""
        try:
            held: dict[str, Any] = json.loads(self._holder.read_text(encoding="utf-8"))
            return f"{held['user']} on {held['machine']} (process {held['process']}, since {held['since']})"
        except (OSError, ValueError, KeyError, TypeError):
            return "another window or command"

    def _write_holder(self) -> None:
        holder = {"user": _user(), "machine": platform.node(), "process": os.getpid(), "since": now()}
        # Without room for the name the lock still holds.
        with suppress(OSError):
            self._holder.write_text(json.dumps(holder), encoding="utf-8")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "somebody"
