"""The workspace: the open project for the window. Views query it and connect to its signals; none of them writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from annotator.app.background.batched_updates import ROWS_PER_KEY_PRESS, Backlog
from annotator.app.state.commit_queue import CommitQueue
from annotator.app.state.label_filter import LabelFilter
from annotator.app.state.reader_state import OpenDocument, ReaderState
from annotator.app.state.suggestion_queue import Suggestions
from annotator.app.state.workspace_writer import MANY, WorkspaceWriter
from annotator.domain.changes import Change, Edit
from annotator.domain.errors import (
    AnnotatorError,
    NewerProject,
    NotFound,
    ProjectError,
    ProjectFileMoved,
    ProjectInUse,
    ReadOnlyProject,
    UnsupportedGrade,
)
from annotator.domain.records import (
    AnnotationRecord,
    BookmarkRecord,
    DocumentRow,
    FeatureRecord,
    RelationRecord,
    SourceRecord,
)
from annotator.domain.spans import Pairs
from annotator.services.annotations import annotating
from annotator.services.annotations.grade_checks import objections
from annotator.services.projects import projects
from annotator.services.projects.open_project import Project, describe_unreadable


class Outcome(Enum):
    """The result of a change of an annotation; true if something was written."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    REFUSED = "refused"

    def __bool__(self) -> bool:
        return self is Outcome.WRITTEN


class Workspace(WorkspaceWriter):
    """The open project, the document being read, its annotations, and the active one.

    Every write goes through ``perform``; what was written comes back by signals, whoever wrote it (a key, an import
    on another thread, undo), and only then does anything on the screen change.
    """

    reason_needed = Signal(object, object, str)
    """An annotation, the fields that were to change, and why its credibility is refused until a reason is given."""
    project_renamed = Signal()
    """The file has another name in its folder now, which the project has taken on."""

    _renamed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.notice = ""
        """The reason why the project is open for reading only; empty if it is not."""
        self._reported_unreadable = 0
        self.reading = self.add_reading()
        self.features: list[FeatureRecord] = []
        self._sources: list[SourceRecord] | None = None
        self._bookmarks: list[BookmarkRecord] | None = None
        self.label_filter = LabelFilter(self)
        self.suggestions = Suggestions(self, self.label_filter)
        self._commits = CommitQueue(self)
        self._commits.delivered.connect(self._take_commit)
        self._renamed.connect(self.project_renamed, Qt.ConnectionType.QueuedConnection)
        self._backlog = Backlog(self._take_open_annotations, self)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._on_application_state)

    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        # The user may be about to copy the file.
        if state != Qt.ApplicationState.ApplicationActive and self.project is not None:
            self.project.checkpoint()

    # --- project --------------------------------------------------------------------------------------------------

    def open_project(self, path: Path, annotator: str = "") -> None:
        """Open a project for writing, or for reading with a notice if writing is refused. Raise AnnotatorError."""
        notice = ""
        try:
            project = projects.open_project(path, annotator=annotator)
        except (ProjectInUse, ReadOnlyProject, NewerProject) as error:
            project = projects.open_project(path, annotator=annotator, read_only=True)
            notice = str(error)
        self.adopt(project, notice)

    def adopt(self, project: Project, notice: str = "") -> None:
        """Show an open project; the previous one is closed."""
        self.close_project()
        self.project, self.notice = project, notice
        project.subscribe(self._commits.add)
        # Any thread may detect it.
        project.on_moved(lambda _path: self._renamed.emit())
        self.labels = project.read.labels.all()
        self.features = project.read.labels.features()
        self.project_opened.emit()
        self._report_unreadable()

    def _report_unreadable(self) -> None:
        """Report the damaged rows found while reading since the last report, once."""
        if self.project is None:
            return
        found = list(self.project.unreadable)
        if sentence := describe_unreadable(found[self._reported_unreadable :]):
            self.notified.emit(sentence, False)
        self._reported_unreadable = len(found)

    def close_project(self) -> None:
        """Close the project, if one is open, after writing the typed texts."""
        if self.project is None:
            return
        self.typed.flush()
        self.project_closing.emit()
        for reading in self.readings:
            self.open_document(None, reading)
        try:
            self.project.close()
        except ProjectFileMoved as moved:
            self.error_occurred.emit(str(moved))
        self.project = None
        self._reported_unreadable = 0
        self.typed.clear()
        self._commits.clear()
        self._backlog.clear()
        self._sources = self._bookmarks = None
        self.labels, self.features = [], []
        self.notice = ""
        self.project_closed.emit()

    def enter(self, annotator: str) -> None:
        """Set the name of the annotator; without one, use that of the login."""
        if self.project is None:
            return
        try:
            projects.enter(self.project, annotator)
        except AnnotatorError as error:
            self.error_occurred.emit(str(error))

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written: no project is open, or one for reading only."""
        return self.project is None or self.project.read_only

    # --- reading --------------------------------------------------------------------------------------------------

    def document_rows(self, *, trashed: bool = False) -> list[DocumentRow]:
        """Return every document as the list shows it."""
        if self.project is None:
            return []
        return self.project.read.documents.rows(trashed=trashed)

    def sources(self) -> list[SourceRecord]:
        """Return the registry of sources, by name."""
        if self.project is None:
            return []
        if self._sources is None:
            self._sources = self.project.read.sources.all()
        return self._sources

    def relations(self, annotation_id: int) -> list[RelationRecord]:
        """Return the relations at either end of an annotation."""
        if self.project is None:
            return []
        return self.project.read.annotations.relations(annotation_ids=[annotation_id])

    def bookmarks(self) -> list[BookmarkRecord]:
        """Return every bookmark outside the trash, by document and place."""
        if self.project is None:
            return []
        if self._bookmarks is None:
            self._bookmarks = self.project.read.annotations.bookmarks()
        return self._bookmarks

    def bookmarks_of(self, document_id: int) -> list[BookmarkRecord]:
        """Return the bookmarks in one document, by place."""
        return [found for found in self.bookmarks() if found.document_id == document_id]

    def add_reading(self) -> ReaderState:
        """Add a reader state without a document, and return it."""
        self.readings.append(ReaderState(self, lambda reading: reading is self.reading))
        return self.readings[-1]

    def set_reading(self, reading: ReaderState) -> None:
        """Make another reader state the current one."""
        if reading is self.reading:
            return
        self.typed.flush()
        before, self.reading = self.reading.open, reading
        self.reading_changed.emit()
        if reading.open is not before:
            self.document_opened.emit()
        self.active_changed.emit()

    def open_document(self, id: int | None, reading: ReaderState | None = None) -> None:
        """Show another document, or none, in ``reading`` or else in the current reader state."""
        reading = reading or self.reading
        self.typed.flush()
        if id is None or self.project is None:
            if reading.open is not None:
                reading.show(None)
            return
        others = [other.open for other in self.readings if other is not reading and other.open is not None]
        document = next((held for held in others if held.record.id == id), None)
        if document is None:
            try:
                document = OpenDocument(self.project, id)
            except AnnotatorError as error:
                self.error_occurred.emit(str(error))
                return
        reading.show(document)
        self._report_unreadable()

    def set_active(self, id: int | None) -> None:
        if id != self.active_id:
            self.typed.flush()
        super().set_active(id)

    def ordered_annotations(self) -> list[AnnotationRecord]:
        """Return the annotations of the document by place. The caller must not change the list."""
        return [] if self.reading.open is None else self.reading.open.ordered()

    # --- writing --------------------------------------------------------------------------------------------------

    def annotate(self, fragments: Pairs, label_id: int, **fields: Any) -> int | None:
        """Annotate a span of the document shown and make it active; return its id, or None if refused."""
        document = self.document
        if document is None:
            return None
        change = self.attempt(
            "Annotate",
            lambda project: annotating.annotate(project, document.id, document.text, fragments, label_id, **fields)[1],
        )
        if change is None:
            return None
        id = next(edit.id for edit in change.edits if edit.table == "annotation")
        self.set_active(id)
        return id

    def update(
        self, annotation: AnnotationRecord, title: str = "", *, first: Sequence[Edit] = (), **fields: Any
    ) -> Outcome:
        """Change fields of an annotation, after the edits ``first`` in the same step; a refusal is reported.

        A credibility that needs a reason is reported by ``reason_needed``, any other refusal by ``error_occurred``.
        """
        if self.project is None:
            return Outcome.REFUSED
        try:
            change = self._plan_fields(annotation, title, first, fields)
        except UnsupportedGrade as error:
            if fields.get("credibility") is None:
                self.error_occurred.emit(str(error))
            else:
                self.reason_needed.emit(annotation, fields, str(error))
            return Outcome.REFUSED
        except AnnotatorError as error:
            self.error_occurred.emit(str(error))
            return Outcome.REFUSED
        if not change.edits:
            return Outcome.UNCHANGED
        if not self.perform(change):
            return Outcome.REFUSED
        self._tell_objections(annotation, fields)
        return Outcome.WRITTEN

    def write_fields(self, annotation: AnnotationRecord, **fields: Any) -> None:
        """Change fields of an annotation for a dialog. Raise AnnotatorError if it is refused."""
        self.write(self._plan_fields(annotation, "", (), fields))
        self._tell_objections(annotation, fields)

    def _plan_fields(
        self, annotation: AnnotationRecord, title: str, first: Sequence[Edit], fields: Mapping[str, Any]
    ) -> Change:
        if self.project is None:
            raise ProjectError("No project is open: open it, and try again.")
        change = annotating.update(self.project, annotation, self._text_of(self.project, annotation), title, **fields)
        return replace(change, edits=(*first, *change.edits))

    def _tell_objections(self, annotation: AnnotationRecord, fields: Mapping[str, Any]) -> None:
        """Report objections to a credibility that was set although they do not refuse it."""
        if self.project is not None and "credibility" in fields:
            for objection in objections(self.project, annotation, fields["credibility"]):
                if not objection.refuses:
                    self.notified.emit(objection.reason, True)

    def _text_of(self, project: Project, annotation: AnnotationRecord) -> str:
        """Return the text of an annotation's document, open or not. Raise NotFound."""
        for held in self._open_documents():
            if held.record.id == annotation.document_id:
                return held.record.text
        return project.read.documents.text(annotation.document_id)

    def write_typed_fields(
        self, annotation_id: int, fields: Callable[[AnnotationRecord], dict[str, Any]], step: str
    ) -> AnnotatorError | None:
        """Write typed fields of an annotation in any document; return the reason for a refusal.

        ``fields`` is called with the annotation as it is stored now.
        """

        def plan(project: Project) -> Change:
            held = project.read.annotations.one(annotation_id)
            return annotating.update(project, held, "", **fields(held))

        return self.write_typed(plan, step)

    def remove(self, annotations: Sequence[AnnotationRecord]) -> bool:
        """Remove annotations together with their relations."""
        if self.project is None or not annotations:
            return False
        self.typed.flush()
        held = [document.annotations for document in self._open_documents()]
        annotations = [next((one[found.id] for one in held if found.id in one), found) for found in annotations]
        if len(annotations) > MANY:
            title = f"Remove {len(annotations):,} annotations"
            return self.perform_many(title, lambda project: annotating.remove(annotations, (), project))
        change = self.attempt("Remove", lambda project: annotating.remove(annotations, (), project))
        if change is None:
            return False
        self.notified.emit(change.sentence, True)
        return True

    # --- commits --------------------------------------------------------------------------------------------------

    @property
    def is_hearing(self) -> bool:
        """Whether commits of another thread are not shown yet."""
        return bool(self._commits)

    @property
    def is_catching_up(self) -> bool:
        """Whether a large write is not completely shown yet."""
        return bool(self._commits or self._backlog)

    def _take_commit(self, change: Change) -> None:
        if self.project is None:
            return
        touched = change.tables()
        if touched & {"label", "feature", "label_set"}:
            self.labels = self.project.read.labels.all()
            self.features = self.project.read.labels.features()
            self.vocabulary_changed.emit()
        if touched & {"source", "assessment"}:
            self._sources = None
            self.sources_changed.emit()
        if "document" in touched:
            self._take_document(change)
        if touched & {"bookmark", "document"}:
            self._bookmarks = None
            self.bookmarks_changed.emit()
        self._take_annotations(change)
        self.committed.emit(change)

    def _open_documents(self) -> list[OpenDocument]:
        return list(dict.fromkeys(reading.open for reading in self.readings if reading.open is not None))

    def _take_document(self, change: Change) -> None:
        assert self.project is not None
        ids = [edit.id for edit in change.edits_of("document")]
        for document in [held for held in self._open_documents() if held.record.id in ids]:
            readings = [reading for reading in self.readings if reading.open is document]
            try:
                document.read_again(self.project)
                for reading in readings:
                    reading.take_document()
            except NotFound:
                for reading in readings:
                    reading.show(None)
        self.documents_changed.emit(ids)

    def _take_annotations(self, change: Change) -> None:
        edits = change.edits_of("annotation")
        values = [row for edit in edits for row in (edit.before, edit.after) if row]
        documents = {row["document_id"] for row in values if "document_id" in row}
        # Each annotation once: a merge of labels changes both the label and the annotation, which must not count twice.
        ids = list(dict.fromkeys(id for held in self._open_documents() for id in held.concerned_annotations(change)))
        if len(ids) > ROWS_PER_KEY_PRESS:
            self._backlog.add(ids)
        else:
            self._backlog.discard(ids)
            self._take_open_annotations(ids)
        if documents := documents.difference(edit.id for edit in change.edits_of("document")):
            self.documents_changed.emit(sorted(documents))

    def _take_open_annotations(self, ids: list[int]) -> None:
        """Read those of ``ids`` again that belong to open documents, and report their changes."""
        if self.project is None or not ids:
            return
        for document in self._open_documents():
            changed, gone = document.take(self.project, ids)
            # The current pane is painted first.
            for reading in sorted(self.readings, key=lambda reading: reading is not self.reading):
                if reading.open is document:
                    reading.take_annotations(changed, gone)
