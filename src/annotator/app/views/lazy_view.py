"""A view that reads the project only while it is visible."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError

READ_DELAY = 80
"""Milliseconds without a change before the view is read again."""


class LazyView(QWidget):
    """Calls ``read`` when it becomes visible, and while visible soon after a change of one of its ``TABLES``."""

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
        # The hints of a view name keys.
        workspace.keys.changed.connect(self.refresh)

    def read(self) -> None:
        """Show the data of the project, which may be closed. Raise AnnotatorError."""
        raise NotImplementedError  # Implemented by each view.

    def record_change(self, change: Change) -> None:
        """Record the rows of a change, before ``read`` is called for it."""

    def refresh(self) -> None:
        """Read again immediately if the view is visible, else when it becomes visible."""
        self._is_stale = True
        if self.isVisible():
            self._read_now()

    def _forget(self) -> None:
        self._is_stale = True
        # A hidden view clears the rows of a closed project too, so that they cannot be selected in another project.
        if self.isVisible() or self._workspace.project is None:
            self._read_now()

    def _on_committed(self, change: Change) -> None:
        if change.tables() & self.TABLES:
            self.record_change(change)
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
            self._workspace.error_occurred.emit(str(error))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read_now()
