"""Typed text that is not written yet."""

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.domain.changes import new_uid

PAUSE = 800
"""Milliseconds without a key press after which the typed text is written."""

LONGEST_WAIT = 2000
"""Milliseconds after the first unwritten key press after which the text is written even if the user goes on typing."""


class PendingEdit(QObject):
    """Combines key presses into one edit.

    The edit is due after a pause, at the latest ``longest`` milliseconds after its first key, or when it is flushed.
    """

    due = Signal()

    def __init__(self, parent: QObject, pause: int = PAUSE, longest: int = LONGEST_WAIT) -> None:
        super().__init__(parent)
        self._waits = False
        self._step = ""
        self._timer = QTimer(self, singleShot=True, interval=pause)
        self._longest = QTimer(self, singleShot=True, interval=longest)
        for timer in (self._timer, self._longest):
            timer.timeout.connect(self.flush)

    @property
    def waits(self) -> bool:
        """Whether typed text is not written yet."""
        return self._waits

    @property
    def step(self) -> str:
        """The step of undo of what is typed between two calls of ``end_visit``."""
        self._step = self._step or new_uid()
        return self._step

    def end_visit(self) -> None:
        """Make what is typed from now on a separate step of undo."""
        self._step = ""

    def touch(self) -> None:
        """Record a key press and restart the wait for a pause."""
        self._waits = True
        self._timer.start()
        if not self._longest.isActive():
            self._longest.start()

    def flush(self) -> None:
        """Write the pending text immediately."""
        self._stop()
        if self._waits:
            self._waits = False
            self.due.emit()

    def hold(self) -> None:
        """Keep text that could not be written for the next ``flush``."""
        self._waits = True

    def drop(self) -> None:
        """Discard the pending text: it is written, or is kept elsewhere."""
        self._stop()
        self._waits = False

    def _stop(self) -> None:
        self._timer.stop()
        self._longest.stop()
