"""What was typed and is not written yet."""

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.domain.changes import new_uid

PAUSE = 800
"""Milliseconds without a key after which what was typed is written."""

LONGEST_WAIT = 2000
"""Milliseconds after the first key that is not written, after which it is written although keys go on."""


class PendingEdit(QObject):
    """Gathers key presses into one edit.

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
        """Whether something was typed that is not written."""
        return self._waits

    @property
    def step(self) -> str:
        """The step of undo of what is typed between two calls of ``end_visit``."""
        self._step = self._step or new_uid()
        return self._step

    def end_visit(self) -> None:
        """Let what is typed from now on be a step of undo of its own."""
        self._step = ""

    def touch(self) -> None:
        """Note a key: wait for a pause from now on."""
        self._waits = True
        self._timer.start()
        if not self._longest.isActive():
            self._longest.start()

    def flush(self) -> None:
        """Write at once what waits."""
        self._stop()
        if self._waits:
            self._waits = False
            self.due.emit()

    def hold(self) -> None:
        """Keep what could not be written for the next ``flush``."""
        self._waits = True

    def drop(self) -> None:
        """Forget what waits: it is written, or is kept elsewhere."""
        self._stop()
        self._waits = False

    def _stop(self) -> None:
        self._timer.stop()
        self._longest.stop()
