"""Verification before each write that the file is the one that was opened, and the response where it is not."""

import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from pathlib import Path

from annotator.domain.errors import AnnotatorError, ProjectError, ProjectFileMoved
from annotator.store import log
from annotator.store.database import Connection, connect
from annotator.store.lock import ProjectLock
from annotator.store.project_file import Fate, Found, ProjectFile
from annotator.store.read_connections import Reader
from annotator.store.rescue import rescue_name, save_all

Follower = Callable[[Path], None]
"""Called with the new path after the project's file was renamed in its folder."""


class FileVerifier:
    """Verifies the file of an open project. Not thread-safe.

    ``moved``: what was found and settled, after which nothing is written any more. ``trouble``: what the last check
    found, in one sentence, or empty. ``was_renamed``: whether a rename in the same folder was followed. ``guards``:
    readers that stay open until the writer is closed.
    """

    def __init__(
        self, file: ProjectFile, writer: Connection, lock: ProjectLock | None, readers: Collection[Reader]
    ) -> None:
        self._file = file
        self._writer = writer
        self._lock = lock
        """None where the project is open for reading only."""
        self._readers = readers
        self.followers: list[Follower] = []
        self.moved: ProjectFileMoved | None = None
        self.trouble = ""
        self.was_renamed = False
        self.guards: tuple[Reader, ...] = ()
        self._read = log.tip(writer) if lock is None else log.Tip(0, log.GENESIS)
        """The last entry of the history that a read-only project is known to hold."""

    def verify(self) -> None:
        """Raise ProjectFileMoved where the file is no longer the one that was opened; as ``Project.verify_file``."""
        if self.moved is not None:
            raise _again(self.moved)
        found = self._file.look()
        if found.fate is Fate.OVERWRITTEN and self._is_sound():
            # Only its time changed, or another program made a checkpoint.
            found = Found(Fate.HERE)
        if found.fate is Fate.RENAMED and self._lock is not None and self._follow(found.place or self._file.path):
            found = Found(Fate.HERE)
        if found.fate is Fate.HERE:
            self.trouble = ""
            return
        moved = self._settle(found)
        self.trouble = str(moved)
        raise moved

    def _follow(self, place: Path) -> bool:
        """Continue under a new name in the same folder; return False where another program already uses the file
        there.
        """
        if self._lock is None or self._file.is_claimed_at(place):
            return False
        try:
            self._lock.follow(place)
            self._file.follow(place)
        except (ProjectError, OSError):
            return False
        self.was_renamed = True
        for follower in tuple(self.followers):
            follower(place)
        return True

    def _settle(self, found: Found) -> ProjectFileMoved:
        """Save everything that was acknowledged; return an error that states what happened and where everything is
        now.
        """
        place = found.place
        what = _WORDS[found.fate].format(name=self._file.path.name, place=place, folder=self._file.path.parent)
        if self._lock is None:
            return ProjectFileMoved(f"{what}: what is shown here is from before. Open the project anew.", place=place)
        if found.fate is Fate.OUT_OF_REACH:
            return ProjectFileMoved(
                f"{what}, so nothing was written: bring it back, or save everything in another place before you close."
            )
        is_whole = found.fate in {Fate.MOVED, Fate.LOG_REMOVED} and not (place and self._file.is_claimed_at(place))
        if is_whole and self._checkpoint_all():
            if place is not None:
                self._file.remove_log()
            self.moved = ProjectFileMoved(
                f"{what}, so nothing was written: everything up to then is in {place or 'the file itself'}. "
                f"Close the project and open it {'there' if place else 'again'}.",
                place=place,
            )
            return self.moved
        name = rescue_name(self._file.path)
        is_guarded = found.fate is not Fate.OVERWRITTEN or self._prevent_checkpoint()
        try:
            rescued = save_all(self._writer, name)
        except AnnotatorError as error:
            if found.fate is Fate.OVERWRITTEN and is_guarded:
                log_kept = name.with_suffix(".wal")
                self._file.set_log_aside(log_kept)
                self.moved = ProjectFileMoved(
                    f"{what}, so nothing was written, and what was in it is lost but for its last changes, which are "
                    f"kept in {log_kept.name}: open a backup."
                )
                return self.moved
            return ProjectFileMoved(
                f"{what}, so nothing was written, and everything up to then could not be saved beside it. {error} "
                "Save everything in another place before you close.",
                place=place,
            )
        if is_guarded:
            self._file.remove_log()
        how = (
            f"what could still be read of it is saved beside it as {rescued.name}. Look at that with 'annotator "
            "check', or go back to a backup."
            if found.fate is Fate.OVERWRITTEN
            else f"everything up to then is saved beside it as {rescued.name}. Open that to go on."
        )
        self.moved = ProjectFileMoved(
            f"{what}, so nothing was written: {how}",
            place=place,
            rescued=rescued,
        )
        return self.moved

    def look_at_last(self) -> ProjectFileMoved | None:
        """Return what a last check finds that was not reported before, or that was reported but not settled."""
        if self.moved is not None:
            return None
        try:
            self.verify()
        except ProjectFileMoved as moved:
            return moved if self.moved is not None else self._rescue_anywhere(moved)
        except AnnotatorError:
            return None
        return None

    def _rescue_anywhere(self, moved: ProjectFileMoved) -> ProjectFileMoved:
        """Save everything in the nearest folder that can be written to: it would be lost when this project is
        closed.
        """
        failure: AnnotatorError | None = None
        for folder in (*self._file.path.parents, Path.home()):
            try:
                rescued = save_all(self._writer, rescue_name(folder / self._file.path.name))
            except AnnotatorError as error:
                failure = error
                continue
            self.moved = ProjectFileMoved(
                f"{_first_part(str(moved))}: everything up to then is saved as {rescued}. Open that to go on.",
                rescued=rescued,
            )
            return self.moved
        return ProjectFileMoved(f"{_first_part(str(moved))}, and what was written could not be saved. {failure}")

    def _checkpoint_all(self) -> bool:
        """Write the whole write-ahead log into the file; return whether that was complete."""
        try:
            return bool(self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
        except sqlite3.Error:
            return False

    def _is_sound(self) -> bool:
        """Return whether the file, which another program wrote to or touched, still fits what this project read and
        wrote.

        If so, its contents are noted. The history in the file itself must continue from the entry that it was known to
        hold, and must end with an entry of this project.
        """
        try:
            if self._lock is None:
                return self._goes_on_for_reader()
            if self._file.is_older() or not self._file.uses_log():
                return False
            if is_whole := self._file.is_whole:
                last = self._file.last_entry()
                if last is None or not log.holds(self._writer, last):
                    return False
            # A separate connection has nothing in its cache.
            with closing(connect(self._file.path, "ro")) as connection:
                (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                if found != "ok" or log.tip(connection) != log.tip(self._writer):
                    return False
            self._file.note_written(is_whole=is_whole)
            return True
        except (sqlite3.Error, UnicodeDecodeError):
            return False

    def _goes_on_for_reader(self) -> bool:
        """Return whether a file that another program may write to still holds the history that was read before."""
        with closing(connect(self._file.path, "ro")) as connection:
            if not log.holds(connection, self._read):
                return False
            self._read = log.tip(connection)
        self._file.note_written()
        return True

    def leave(self) -> None:
        """Close the connection without a checkpoint, because the file at the path may be another one."""
        if self.moved is None:
            return
        if self.moved.place is not None:
            self._writer.close()
            if not self._file.is_claimed_at(self.moved.place):
                back_to_one_file(self.moved.place)
            return
        self._writer.close()
        for guard in self.guards:
            with suppress(sqlite3.Error):
                guard.close()

    def _prevent_checkpoint(self) -> bool:
        """Keep SQLite from writing the log back when the writer is closed: only the last connection does that.

        The readers, which cannot write, stay open until then. Return whether there are any.
        """
        self.guards = tuple(self._readers)
        return bool(self.guards)


_WORDS = {
    Fate.RENAMED: "{name} was renamed to {place.name} while it was open",
    Fate.MOVED: "{name} was moved to {place} while it was open",
    Fate.REPLACED: "{name} was replaced by another file while it was open",
    Fate.DELETED: "{name} was deleted while it was open",
    Fate.LOG_REMOVED: "The write-ahead log of {name} was removed by another program while it was open",
    Fate.LOG_REPLACED: "The write-ahead log of {name} was replaced by another program while it was open",
    Fate.OVERWRITTEN: "{name} was overwritten by another program while it was open",
    Fate.OUT_OF_REACH: "The folder {folder} of {name} is gone or does not answer",
}


def _again(moved: ProjectFileMoved) -> ProjectFileMoved:
    return ProjectFileMoved(str(moved), place=moved.place, rescued=moved.rescued)


def _first_part(sentence: str) -> str:
    """Return what happened, without what was done about it."""
    return sentence.partition(", so nothing was written")[0]


def back_to_one_file(path: Path) -> None:
    """Remove the write-ahead log of a file that no program has open, once it is written back. Failure does no harm."""
    with suppress(sqlite3.Error), closing(connect(path, "rw")) as connection:
        connection.execute("PRAGMA busy_timeout = 300")
        connection.execute("PRAGMA journal_mode = DELETE")
