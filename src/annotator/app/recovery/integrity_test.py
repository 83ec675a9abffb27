"""The test of a project's file once it is opened, beside the window."""

import threading
from contextlib import suppress

from PySide6.QtCore import QObject, Qt, Signal

from annotator.domain.errors import AnnotatorError, DamagedProject
from annotator.store.project import Project
from annotator.store.queries import contents_queries


class IntegrityTest(QObject):
    """Runs SQLite's quick test on a thread of its own; it is no job, because nobody waits for it or cancels it.

    The test gives the interpreter up while SQLite reads, and ends when the project is closed.
    """

    ended = Signal(object, object)
    """A Project, and the list of what is wrong with its file; not emitted where the project was closed before."""

    _found = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._found.connect(self.ended, Qt.ConnectionType.QueuedConnection)

    def start(self, project: Project) -> None:
        """Test the file of an open project."""
        threading.Thread(target=self._run, args=(project,), name="integrity test", daemon=True).start()

    def _run(self, project: Project) -> None:
        try:
            with project.reading() as connection:
                faults = contents_queries.quick_faults(connection)
        except DamagedProject as error:
            faults = [str(error)]
        except AnnotatorError:
            # It was closed meanwhile.
            return
        # The window may be gone.
        with suppress(RuntimeError):
            self._found.emit(project, faults)
