"""``Project``: an open project file, with the methods of all subjects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from annotator.api.annotations import AnnotationMethods
from annotator.api.claims import ClaimMethods
from annotator.api.documents import DocumentMethods
from annotator.api.exchange import ExchangeMethods
from annotator.api.labels import LabelMethods
from annotator.api.project_base import PathLike
from annotator.api.sources import SourceMethods
from annotator.api.suggestions import SuggestionMethods
from annotator.domain.seal import Seal, read_seal


class Project(
    DocumentMethods,
    AnnotationMethods,
    LabelMethods,
    SourceMethods,
    SuggestionMethods,
    ClaimMethods,
    ExchangeMethods,
):
    """An open project. Offsets are half-open and count Unicode code points; labels and sources are given by name.

    A method that writes raises ReadOnlyProject where the project is open for reading only, and another ProjectError
    where the file cannot be written; nothing is changed then. Where a change is saved, but what it made cannot be read
    back to be returned, SavedButUnreadable is raised.
    """

    def close(self) -> None:
        """Release the lock and leave one plain file. A second call does nothing.

        Raise ProjectFileMoved where the file is found only now to be another one than was opened; the message names the
        place of everything that was acknowledged.
        """
        self._stored.close()

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *raised: Any) -> None:
        self._stored.__exit__(*raised)

    @property
    def path(self) -> Path:
        """The path of the project's file; it changes when the file is renamed in its folder while it is open."""
        return self._stored.path

    def verify_file(self) -> None:
        """Raise ProjectFileMoved where the file is no longer the one that was opened. Every write does this first."""
        self._stored.verify_file()

    def checkpoint(self) -> None:
        """Write the write-ahead log back on another thread, so that a plain copy of the file is soon whole.

        This happens automatically two seconds after the last write.
        """
        self._stored.checkpoint()

    def save_rescue(self, path: PathLike) -> Path:
        """Save everything as the new file ``path``, also where the project's own file is lost; return the path.

        Raise ProjectError.
        """
        return self._stored.save_rescue(Path(path))

    @property
    def annotator(self) -> str:
        """The name under which this project writes."""
        return self._stored.annotator

    @property
    def read_only(self) -> bool:
        """Whether the project is open for reading only."""
        return self._stored.read_only

    @property
    def seal(self) -> Seal:
        """Number and hash of the last entry of the log, to be recorded elsewhere. Raise DamagedProject."""
        return self._stored.seal

    def continues_from(self, number: int | str | tuple[int, str], hash: str = "") -> bool:
        """Return whether the project still continues from a recorded seal; every hash of the log is computed again.

        ``number`` and ``hash``, or both as one text ``NUMBER:HASH`` or a ``seal``; of the hash the first 16 digits are
        enough, or its twelve words. Raise InvalidValue where this is not a seal.
        """
        if isinstance(number, tuple):
            number, hash = number
        return not self._stored.why_not_continued(read_seal(f"{number}:{hash}" if hash else str(number)))

    def undo(self) -> str | None:
        """Take back the last step; return its title, or None where nothing is left. Works across restarts."""
        return self._stored.undo()

    def redo(self) -> str | None:
        """Do again what undo took back; return its title, or None where there is nothing."""
        return self._stored.redo()
