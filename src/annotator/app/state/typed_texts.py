"""What was typed in the fields of the window: when it has to be written, and what the project has refused so far."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.domain.errors import AnnotatorError, InvalidValue, NotFound

RETRY_MS = 2000
"""Milliseconds between two attempts to write what was refused."""


class Place(NamedTuple):
    """Where a typed value belongs: a table of the project, the id of a row there, and the name of its field."""

    table: str
    row: int
    field: str


@dataclass(frozen=True)
class UnsavedEdit:
    """A typed value that could not be written."""

    place: Place
    title: str
    """Names the field and its row in words."""
    value: Any
    """What the field shows."""
    problem: str
    """One plain sentence: why it is not saved."""
    write: Callable[[], AnnotatorError | None]
    """Writes the value; returns why that was refused."""
    is_wrong: bool = False
    """Whether the value itself is refused, so that it has to be changed."""
    is_confirmed: bool = True
    """Whether the user has asked for it to be written."""

    @property
    def text(self) -> str:
        """The value as text."""
        return "" if self.value is None else str(self.value)


class TypedTexts(QObject):
    """Asks the fields to write what was typed, and keeps and retries what is refused until it is written."""

    flush_requested = Signal()
    """Fields write now what waits: another row, document or project is about to be shown, or the log is read."""

    kept = Signal(object)
    """An UnsavedEdit that is refused for the first time, or for another reason than before."""

    saved = Signal(object)
    """An UnsavedEdit that was written by a later attempt."""

    discarded = Signal()
    """All unsaved edits were given up: fields show what is stored."""

    changed = Signal()
    """There are more, fewer or other unsaved edits."""

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
        """Return what is not saved of a field; None where all is."""
        return self._edits.get(place)

    def flush(self) -> None:
        """Let all fields write what waits."""
        self.flush_requested.emit()

    def keep(self, edit: UnsavedEdit) -> None:
        """Keep an edit that was refused, in place of an older one of the same field."""
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
        """Write a typed value by ``write``, which returns why it was refused; keep and return it where it was."""
        error = write()
        if error is None:
            self.forget(place)
            return None
        problem = str(error)
        if isinstance(error, NotFound):
            problem = f"{title} was not saved, as what it belongs to was removed: undo that, or copy the text."
        edit = UnsavedEdit(place, title, value, problem, write, is_wrong=isinstance(error, InvalidValue))
        self.keep(edit)
        return edit

    def forget(self, place: Place) -> None:
        """Forget the edit of a field: it is written, or not wanted any more."""
        if self._edits.pop(place, None) is not None:
            self._end()

    def clear(self) -> None:
        """Give up all edits."""
        if self._edits:
            self._edits.clear()
            self.discarded.emit()
            self._end()

    def carry_over(self, edits: Iterable[UnsavedEdit]) -> None:
        """Write edits that were refused in another file of the same project; keep what is refused here too."""
        for edit in edits:
            error = edit.write()
            if error is not None:
                self.keep(replace(edit, problem=str(error)))

    def retry(self) -> None:
        """Try to write every unsaved edit once more."""
        for edit in self:
            # A commit may have led to another attempt, or to another value, meanwhile.
            if self._edits.get(edit.place) is edit and edit.write() is None and self._edits.get(edit.place) is edit:
                del self._edits[edit.place]
                self.saved.emit(edit)
                self._end()

    def _end(self) -> None:
        if not self._edits:
            self._timer.stop()
        self.changed.emit()
