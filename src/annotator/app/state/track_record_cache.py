"""The track records of the open project: read once in a job, then updated claim by claim."""

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change, Edit
from annotator.domain.errors import AnnotatorError
from annotator.services.sources.track_records import TrackRecords

_MAX_EDITS_READ_SINGLY = 300
"""From this number of edits in a change on, all records are read again."""

_OF_CLAIMS = frozenset({"claim", "statement", "resolution"})
_OF_ANNOTATIONS = frozenset({"annotation", "chain_link"})
_OF_ALL = frozenset({"document", "label"})


class TrackKeeper(QObject):
    """A cache of the track records, read on first demand; ``records`` is None until they are read."""

    changed = Signal()
    """The records were read, or some of them changed."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.records: TrackRecords | None = None
        self._is_wanted = False
        self._is_reading = False
        self._claims: set[int] = set()
        self._annotations: set[int] = set()
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._refresh)
        workspace.project_opened.connect(self._forget)
        workspace.project_closed.connect(self._forget)
        workspace.committed.connect(self._on_committed)

    def want(self) -> None:
        """Request that the records are read; ``changed`` is emitted when they are available."""
        self._is_wanted = True
        if self.records is None and not self._is_reading:
            self._read()

    def _forget(self) -> None:
        self.records = None
        self._claims.clear()
        self._annotations.clear()
        self._is_reading = False
        if self._is_wanted and self._workspace.project is not None:
            self._read()
        else:
            self.changed.emit()

    def _read(self) -> None:
        project, jobs = self._workspace.project, self._workspace.jobs
        if project is None:
            return
        if jobs is None:
            self._take(TrackRecords(project))
            return
        self._is_reading = True

        def take(records: TrackRecords) -> None:
            # Another project may have been opened meanwhile.
            if self._workspace.project is project:
                self._is_reading = False
                self._take(records)

        jobs.run("Read track records", lambda progress, _: TrackRecords(project, progress=progress), on_success=take)

    def _take(self, records: TrackRecords) -> None:
        self.records = records
        if self._claims or self._annotations:
            self._later.start()
        self.changed.emit()

    def _on_committed(self, change: Change) -> None:
        if not self._is_wanted or not change.tables() & (_OF_CLAIMS | _OF_ANNOTATIONS | _OF_ALL):
            return
        if len(change.edits) > _MAX_EDITS_READ_SINGLY or any(_is_for_all(edit) for edit in change.edits):
            self.records = None
            if not self._is_reading:
                self._read()
            return
        for edit in change.edits:
            values = {**(edit.before or {}), **(edit.after or {})}
            if edit.table == "claim":
                self._claims.add(edit.id)
            elif edit.table in _OF_CLAIMS:
                self._claims |= {held["claim_id"] for held in (edit.before, edit.after) if held and "claim_id" in held}
                self._annotations |= {values["annotation_id"]} if "annotation_id" in values else set()
            elif edit.table == "annotation":
                self._annotations.add(edit.id)
            elif edit.table == "chain_link" and "annotation_id" in values:
                self._annotations.add(values["annotation_id"])
            elif edit.table == "chain_link":
                self._claims |= self._claims_linked(edit.id)
        if (self._claims or self._annotations) and self.records is not None:
            self._later.start()

    def _claims_linked(self, link_id: int) -> set[int]:
        project = self._workspace.project
        if project is None:
            return set()
        return project.read.claims.of_link(link_id)

    def _refresh(self) -> None:
        project = self._workspace.project
        if project is None or self.records is None:
            return
        try:
            stated = project.read.claims.statements(annotation_ids=self._annotations)
            touched = self._claims | {one.claim_id for one in stated}
            self._claims, self._annotations = set(), set()
            if touched:
                self.records.refresh(touched)
                self.changed.emit()
        except AnnotatorError as error:
            self._workspace.error_occurred.emit(str(error))


def _is_for_all(edit: Edit) -> bool:
    """Return whether an edit, as of a label's kind or a document's outlet, may change records that it does not name."""
    if edit.table == "document":
        values = {**(edit.before or {}), **(edit.after or {})}
        return edit.before is not None and bool({"source_id", "trashed_at"} & values.keys())
    return edit.table == "label"
