"""The workspace: the open project as the window sees it. Views ask it and listen to it; none of them writes."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from annotator.app.label_filter import LabelFilter
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError, NewerProject, NotFound, ProjectInUse, ReadOnlyProject
from annotator.domain.records import (
    AnnotationRecord,
    DocumentRecord,
    DocumentRow,
    FeatureRecord,
    LabelRecord,
    RelationRecord,
    SourceRecord,
)
from annotator.domain.spans import Pairs
from annotator.services import annotating, projects
from annotator.store import queries
from annotator.store.project import Project

_ROWS_AT_MOST = 500
"""A change of more documents than this, such as the undo of a large import, has the list read anew."""


class Workspace(QObject):
    """The open project, the document being read, its annotations, and the active one.

    Every write goes through ``perform``; what was written comes back by signals, whoever wrote it (a key, an import
    on another thread, undo), and only then does anything on the screen change.
    """

    project_opened = Signal()
    project_closing = Signal()
    """The project is still open: the last moment to write what was typed."""
    project_closed = Signal()
    committed = Signal(object)
    """A Change that is in the file now, delivered on the main thread."""
    document_opened = Signal()
    """Another document is being read, or none (``document`` is None)."""
    document_changed = Signal()
    """The data of the document being read changed (title, status, source ...); its text never does."""
    annotations_changed = Signal(object, object)
    """Ids of annotations of this document that were made or changed, and of those that are gone (lists)."""
    active_changed = Signal()
    vocabulary_changed = Signal()
    sources_changed = Signal()
    documents_changed = Signal(object)
    """Ids of documents whose row in the list came, changed or went, or None where the list is to be read anew."""
    failed = Signal(str)
    """One plain sentence about something that could not be done; nothing was changed."""
    told = Signal(str, bool)
    """One plain sentence of news, and whether it can be undone."""

    _committed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self.notice = ""
        """Why the project is open for reading only; empty where it is not."""
        self.document: DocumentRecord | None = None
        self.annotations: dict[int, AnnotationRecord] = {}
        """Annotations of the document being read, by id."""
        self.label_counts: Counter[int] = Counter()
        """How many annotations of this document have which label, by its id."""
        self.active_id: int | None = None
        self.labels: list[LabelRecord] = []
        self.features: list[FeatureRecord] = []
        self._sources: list[SourceRecord] | None = None
        self.label_filter = LabelFilter(self)
        # Commits of other threads arrive queued, those of this one at once.
        self._committed.connect(self._take_commit)

    # --- project --------------------------------------------------------------------------------------------------

    def open_project(self, path: Path, annotator: str = "") -> None:
        """Open a project for writing, or for reading with a notice where that is refused. Raises AnnotatorError."""
        notice = ""
        try:
            project = projects.open_project(path, annotator=annotator)
        except (ProjectInUse, ReadOnlyProject, NewerProject) as error:
            project = projects.open_project(path, annotator=annotator, read_only=True)
            notice = str(error)
        self.adopt(project, notice)

    def adopt(self, project: Project, notice: str = "") -> None:
        """Show an open project in place of the present one, which is closed."""
        self.close_project()
        self.project, self.notice = project, notice
        project.subscribe(self._committed.emit)
        with project.reading() as connection:
            self.labels = queries.labels(connection)
            self.features = queries.features(connection)
        self.project_opened.emit()

    def close_project(self) -> None:
        if self.project is None:
            return
        self.project_closing.emit()
        self.open_document(None)
        self.project.close()
        self.project = None
        self._sources = None
        self.labels, self.features = [], []
        self.notice = ""
        self.project_closed.emit()

    def enter(self, annotator: str) -> None:
        """Work under another name from now on; without one, under that of the login."""
        if self.project is None:
            return
        try:
            projects.enter(self.project, annotator)
        except AnnotatorError as error:
            self.failed.emit(str(error))

    @property
    def read_only(self) -> bool:
        return self.project is None or self.project.read_only

    # --- reading --------------------------------------------------------------------------------------------------

    def document_rows(self, *, trashed: bool = False) -> list[DocumentRow]:
        """Every document as the list shows it."""
        if self.project is None:
            return []
        with self.project.reading() as connection:
            return queries.document_rows(connection, trashed=trashed)

    def sources(self) -> list[SourceRecord]:
        """The registry of sources, by name."""
        if self.project is None:
            return []
        if self._sources is None:
            with self.project.reading() as connection:
                self._sources = queries.sources(connection)
        return self._sources

    def relations(self, annotation_id: int) -> list[RelationRecord]:
        """The relations at either end of an annotation."""
        if self.project is None:
            return []
        with self.project.reading() as connection:
            return queries.relations(connection, annotation_ids=[annotation_id])

    def open_document(self, id: int | None) -> None:
        """Read another document, or none."""
        if id is None or self.project is None:
            if self.document is None:
                return
            self.document, self.annotations = None, {}
        else:
            try:
                with self.project.reading() as connection:
                    self.document = queries.document(connection, id)
                    self.annotations = {found.id: found for found in queries.annotations(connection, document_id=id)}
            except AnnotatorError as error:
                self.failed.emit(str(error))
                return
        self.label_counts = Counter(found.label_id for found in self.annotations.values())
        self.active_id = None
        self.document_opened.emit()
        self.active_changed.emit()

    @property
    def active(self) -> AnnotationRecord | None:
        """The annotation that keys and the inspector act on."""
        return None if self.active_id is None else self.annotations.get(self.active_id)

    def set_active(self, id: int | None) -> None:
        if id is not None and id not in self.annotations:
            id = None
        if id != self.active_id:
            self.active_id = id
            self.active_changed.emit()

    def ordered_annotations(self) -> list[AnnotationRecord]:
        """Annotations of the document by place."""
        return sorted(self.annotations.values(), key=lambda found: (found.start, -found.end, found.id))

    # --- writing --------------------------------------------------------------------------------------------------

    def perform(self, change: Change) -> bool:
        """Write a change; False where it was refused, which ``failed`` has told."""
        if self.project is None or not change.edits:
            return False
        try:
            self.project.apply(change)
        except AnnotatorError as error:
            self.failed.emit(str(error))
            return False
        return True

    def annotate(self, fragments: Pairs, label_id: int, **fields: Any) -> int | None:
        """Annotate a span of the document being read and make it the active one; its id, or None."""
        if self.project is None or self.document is None:
            return None
        try:
            id, change = annotating.annotate(
                self.project, self.document.id, self.document.text, fragments, label_id, **fields
            )
        except AnnotatorError as error:
            self.failed.emit(str(error))
            return None
        if not self.perform(change):
            return None
        self.set_active(id)
        return id

    def update(self, annotation: AnnotationRecord, title: str = "", **fields: Any) -> bool:
        """Change fields of an annotation of this document; True where something was written."""
        if self.project is None or self.document is None:
            return False
        try:
            change = annotating.update(self.project, annotation, self.document.text, title, **fields)
        except AnnotatorError as error:
            self.failed.emit(str(error))
            return False
        return self.perform(change)

    def remove(self, annotations: Sequence[AnnotationRecord]) -> bool:
        """Remove annotations with the relations that hang on them."""
        if self.project is None or not annotations:
            return False
        try:
            with self.project.reading() as connection:
                relations = queries.relations(connection, annotation_ids=[found.id for found in annotations])
            change = annotating.remove(annotations, relations, self.project)
        except AnnotatorError as error:
            self.failed.emit(str(error))
            return False
        if not self.perform(change):
            return False
        self.told.emit(f"{change.title}.", True)
        return True

    def undo(self) -> None:
        self._retrace("undo")

    def redo(self) -> None:
        self._retrace("redo")

    def _retrace(self, direction: str) -> None:
        if self.project is None:
            return
        try:
            title = self.project.undo() if direction == "undo" else self.project.redo()
        except AnnotatorError as error:
            self.failed.emit(str(error))
            return
        if title is None:
            self.told.emit(f"There is nothing to {direction}.", False)
        else:
            self.told.emit(f"{'Undone' if direction == 'undo' else 'Done again'}: {title}.", False)

    # --- what was written -----------------------------------------------------------------------------------------

    def _take_commit(self, change: Change) -> None:
        if self.project is None:
            return
        touched = change.tables()
        if touched & {"label", "feature", "label_set"}:
            with self.project.reading() as connection:
                self.labels = queries.labels(connection)
                self.features = queries.features(connection)
            self.vocabulary_changed.emit()
        if touched & {"source", "assessment"}:
            self._sources = None
            self.sources_changed.emit()
        if "document" in touched:
            self._take_document(change)
        self._take_annotations(change)
        self.committed.emit(change)

    def _take_document(self, change: Change) -> None:
        assert self.project is not None
        ids = [edit.id for edit in _of(change, "document")]
        if self.document is not None and self.document.id in ids:
            try:
                with self.project.reading() as connection:
                    self.document = queries.document(connection, self.document.id)
                self.document_changed.emit()
            except NotFound:
                self.open_document(None)
        self.documents_changed.emit(ids if len(ids) <= _ROWS_AT_MOST else None)

    def _take_annotations(self, change: Change) -> None:
        edits = _of(change, "annotation")
        # Each once, or it would be counted twice: a merge changes the label that an annotation had, and the annotation.
        ids = dict.fromkeys([edit.id for edit in edits] + self._told_otherwise(change))
        self._take_own_annotations(list(ids))
        values = [row for edit in edits for row in (edit.before, edit.after) if row]
        documents = {row["document_id"] for row in values if "document_id" in row}
        if documents and "document" not in change.tables():
            self.documents_changed.emit(sorted(documents))

    def _take_own_annotations(self, ids: list[int]) -> None:
        """Read those of ``ids`` again that belong to the document being read, and tell what became of them."""
        if self.project is None or self.document is None or not ids:
            return
        with self.project.reading() as connection:
            found = {
                record.id: record for record in queries.annotations(connection, document_id=self.document.id, ids=ids)
            }
        before = [held for id in ids if (held := self.annotations.get(id)) is not None]
        gone = [held.id for held in before if held.id not in found]
        for id in gone:
            del self.annotations[id]
        self.annotations.update(found)
        self.label_counts.subtract(held.label_id for held in before)
        self.label_counts.update(record.label_id for record in found.values())
        if found or gone:
            self.annotations_changed.emit(list(found), gone)
        if self.active_id is not None and self.active_id in gone:
            self.set_active(None)
        elif self.active_id is not None and self.active_id in found:
            self.active_changed.emit()

    def _told_otherwise(self, change: Change) -> list[int]:
        """Annotations whose record changes with their label, their source, or the letter in force of it."""
        labels = {edit.id for edit in _of(change, "label") if edit.before is not None}
        sources = {edit.id for edit in _of(change, "source") if edit.before is not None}
        for edit in _of(change, "assessment"):
            sources |= {values["source_id"] for values in (edit.before, edit.after) if values and "source_id" in values}
        if not labels and not sources:
            return []
        return [
            found.id for found in self.annotations.values() if found.label_id in labels or found.source_id in sources
        ]


def _of(change: Change, table: str) -> list[Any]:
    return [edit for edit in change.edits if edit.table == table]
