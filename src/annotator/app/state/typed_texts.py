"""The texts typed in the fields of the window: when they must be written, and which of them the project refused."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.domain.errors import AnnotatorError, InvalidValue, NotFound

RETRY_MS = 2000
"""Milliseconds between two attempts to write a refused value."""


class Place(NamedTuple):
    """The target of a typed value: a table of the project, the id of a row, and the name of the field."""

    table: str
    row: int
    field: str


@dataclass(frozen=True)
class UnsavedEdit:
    """A typed value that could not be written."""

    place: Place
    title: str
    """The name of the field and its row in words."""
    value: Any
    """The value that the field shows."""
    problem: str
    """The reason why it is not saved, as one sentence."""
    write: Callable[[], AnnotatorError | None]
    """Writes the value; returns the reason for a refusal, or None."""
    is_wrong: bool = False
    """Whether the value itself is invalid, so that it has to be changed."""
    is_confirmed: bool = True
    """Whether the user has confirmed that it should be written."""

    @property
    def text(self) -> str:
        """The value as text."""
        return "" if self.value is None else str(self.value)


class TypedTexts(QObject):
    """Makes the fields write their typed values, and keeps and retries refused values until they are written."""

    flush_requested = Signal()
    """Fields must write now: another row, document or project is about to be shown, or the log is read."""

    kept = Signal(object)
    """An UnsavedEdit that was refused for the first time, or for another reason than before."""

    saved = Signal(object)
    """An UnsavedEdit that was written by a later attempt."""

    discarded = Signal()
    """All unsaved edits were discarded: the fields show the stored values."""

    changed = Signal()
    """The unsaved edits changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._edits: dict[Place, UnsavedEdit] = {}
        self._timer = QTimer(self, interval=RETRY_MS)
        self._timer.timeout.connect(self.retry)

    def __len__(self) -> int:
        return len(self._edits)

    def __iter__(self) -> Iterator[UnsavedEdit]:
        return iter(tuple(self._edits.values()))

    def get(self, place: Place) -> UnsavedEdit | None:
        """Return the unsaved edit of a field; None if it is saved."""
        return self._edits.get(place)

    def flush(self) -> None:
        """Make all fields write their pending values."""
        self.flush_requested.emit()

    def keep(self, edit: UnsavedEdit) -> None:
        """Keep a refused edit; it replaces an older one of the same field."""
        before = self._edits.get(edit.place)
        self._edits[edit.place] = edit
        if not self._timer.isActive():
            self._timer.start()
        self.changed.emit()
        if before is None or before.problem != edit.problem:
            self.kept.emit(edit)

    def write(
        self, place: Place, title: str, value: Any, write: Callable[[], AnnotatorError | None]
    ) -> UnsavedEdit | None:
        """Write a typed value by ``write``, which returns the reason for a refusal; keep and return a refused edit."""
        error = write()
        if error is None:
            self.forget(place)
            return None
        problem = str(error)
        if isinstance(error, NotFound):
            problem = f"{title} was not saved, because its entry was removed: undo that, or copy the text."
        edit = UnsavedEdit(place, title, value, problem, write, is_wrong=isinstance(error, InvalidValue))
        self.keep(edit)
        return edit

    def forget(self, place: Place) -> None:
        """Discard the edit of a field, which is written or no longer needed."""
        if self._edits.pop(place, None) is not None:
            self._end()

    def clear(self) -> None:
        """Discard all edits."""
        if self._edits:
            self._edits.clear()
            self.discarded.emit()
            self._end()

    def carry_over(self, edits: Iterable[UnsavedEdit]) -> None:
        """Write edits that another file of the same project refused; keep those that are refused here too."""
        for edit in edits:
            error = edit.write()
            if error is not None:
                self.keep(replace(edit, problem=str(error)))

    def retry(self) -> None:
        """Try to write every unsaved edit once more."""
        for edit in self:
            # A commit may meanwhile have caused another attempt or another value.
            if self._edits.get(edit.place) is edit and edit.write() is None and self._edits.get(edit.place) is edit:
                del self._edits[edit.place]
                self.saved.emit(edit)
                self._end()

    def _end(self) -> None:
        if not self._edits:
            self._timer.stop()
        self.changed.emit()
