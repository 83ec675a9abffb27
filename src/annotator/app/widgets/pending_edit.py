"""What was typed and is not written yet."""

from PySide6.QtCore import QObject, QTimer, Signal

PAUSE = 800
"""Milliseconds without a key after which what was typed is written."""


class PendingEdit(QObject):
    """Gathers key presses into one edit, which is due after a pause, or at once when it is flushed."""

    due = Signal()

    def __init__(self, parent: QObject, pause: int = PAUSE) -> None:
        super().__init__(parent)
        self._waits = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(pause)
        self._timer.timeout.connect(self.flush)

    @property
    def waits(self) -> bool:
        """Whether something was typed that is not written."""
        return self._waits

    def touch(self) -> None:
        self._waits = True
        self._timer.start()

    def flush(self) -> None:
        self._timer.stop()
        if self._waits:
            self._waits = False
            self.due.emit()

    def hold(self) -> None:
        """It could not be written: it waits for the next ``flush``."""
        self._waits = True

    def drop(self) -> None:
        """Forget it: what it belonged to is gone."""
        self._timer.stop()
        self._waits = False
