"""The test of a project's file on a thread after the project was opened."""

import threading
from contextlib import suppress

from PySide6.QtCore import QObject, Qt, Signal

from annotator.domain.errors import AnnotatorError, DamagedProject
from annotator.services.projects.open_project import Project


class IntegrityTest(QObject):
    """Runs SQLite's quick check on a separate thread; it is no job, because the user cannot cancel it.

    SQLite releases the interpreter lock while it reads, and the test ends when the project is closed.
    """

    ended = Signal(object, object)
    """A Project, and the list of faults of its file; not emitted if the project was closed before."""

    _found = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._found.connect(self.ended, Qt.ConnectionType.QueuedConnection)

    def start(self, project: Project) -> None:
        """Test the file of an open project."""
        threading.Thread(target=self._run, args=(project,), name="integrity test", daemon=True).start()

    def _run(self, project: Project) -> None:
        try:
            faults = project.read.project.quick_faults()
        except DamagedProject as error:
            faults = [str(error)]
        except AnnotatorError:
            # The project was closed meanwhile.
            return
        # The window may be destroyed.
        with suppress(RuntimeError):
            self._found.emit(project, faults)
