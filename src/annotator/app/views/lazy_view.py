"""A view that reads the project only while somebody looks at it."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError

READ_DELAY = 80
"""Milliseconds of rest after a change before what it touches is read again."""


class LateView(QWidget):
    """Calls ``read`` when it comes into sight, and in sight soon after a change of one of its ``TABLES``."""

    TABLES: frozenset[str] = frozenset()
    """The tables of the project file whose rows the view shows."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._is_stale = True
        self._reading = QTimer(self, singleShot=True, interval=READ_DELAY)
        self._reading.timeout.connect(self._read_now)
        workspace.project_opened.connect(self._forget)
        workspace.project_closed.connect(self._forget)
        workspace.committed.connect(self._on_committed)

    def read(self) -> None:
        """Show what the project holds; it may be closed. Raises AnnotatorError."""
        raise NotImplementedError  # Each view has its own.

    def note(self, change: Change) -> None:
        """Take down what a change touched, before ``read`` is called for it."""

    def refresh(self) -> None:
        """Read again at once where the view is in sight, else when it comes into sight."""
        self._is_stale = True
        if self.isVisible():
            self._read_now()

    def _forget(self) -> None:
        self._is_stale = True
        # A closed project is let go of also out of sight: nobody may choose from the rows of another one.
        if self.isVisible() or self._workspace.project is None:
            self._read_now()

    def _on_committed(self, change: Change) -> None:
        if change.tables() & self.TABLES:
            self.note(change)
            self._is_stale = True
            if self.isVisible() and not self._reading.isActive():
                self._reading.start()

    def _read_now(self) -> None:
        self._reading.stop()
        if not self._is_stale:
            return
        self._is_stale = False
        try:
            self.read()
        except AnnotatorError as error:
            self._workspace.failed.emit(str(error))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read_now()
