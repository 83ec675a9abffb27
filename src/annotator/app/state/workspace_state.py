"""What the window knows of the open project: the documents being read, their annotations, and the active one."""

from collections import Counter

from PySide6.QtCore import QObject, Signal

from annotator.app.state.action_keys import ActionKeys
from annotator.app.state.reader_state import ReaderSignals, ReaderState
from annotator.domain.records import AnnotationRecord, DocumentRecord, LabelRecord
from annotator.services.projects.open_project import Project


class WorkspaceState(ReaderSignals):
    """The state that views and filters read, and the signals by which they learn of its changes.

    Each pane of the text has a reader state; ``document``, ``annotations``, ``active`` and their signals are those of
    the current one, in which the user works.
    """

    project_opened = Signal()
    project_closing = Signal()
    """The project is still open: the last moment to write what was typed."""
    project_closed = Signal()
    reading_changed = Signal()
    """Another reader state is current; ``document_opened`` and ``active_changed`` follow as far as they apply."""
    committed = Signal(object)
    """A Change that is in the file now, delivered on the main thread."""
    vocabulary_changed = Signal()
    sources_changed = Signal()
    bookmarks_changed = Signal()
    """Bookmarks were set, renamed or removed, or their documents came or went."""
    documents_changed = Signal(object)
    """Ids of documents whose row in the list came, changed or went."""
    error_occurred = Signal(str)
    """One plain sentence about something that could not be done; nothing was changed."""
    notified = Signal(str, bool)
    """One plain sentence of news, and whether it can be undone."""

    reading: ReaderState
    """The current one. Set by the subclass, before anything else of this class is used."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self.readings: list[ReaderState] = []
        self.labels: list[LabelRecord] = []
        self.keys = ActionKeys(self)

    @property
    def document(self) -> DocumentRecord | None:
        """The document being read."""
        return self.reading.document

    @property
    def annotations(self) -> dict[int, AnnotationRecord]:
        """Annotations of the document being read, by id."""
        return self.reading.annotations

    @property
    def label_counts(self) -> Counter[int]:
        """How many annotations of this document have which label, by its id."""
        return self.reading.label_counts

    @property
    def active_id(self) -> int | None:
        return self.reading.active_id

    @property
    def active(self) -> AnnotationRecord | None:
        """The annotation that keys and the inspector act on."""
        return self.reading.active

    def set_active(self, id: int | None) -> None:
        """Make another annotation the active one, or none."""
        self.reading.set_active(id)
