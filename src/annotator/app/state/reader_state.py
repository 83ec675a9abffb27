"""The reader state of a pane: its document and its active annotation."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Collection, Iterator

from PySide6.QtCore import QObject, Signal

from annotator.domain.changes import Change
from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.services.projects.open_project import Project

_MAX_INSERTED_SINGLY = 50


class OpenDocument:
    """An open document with its annotations. All panes that show it share this object, so that they never differ."""

    def __init__(self, project: Project, id: int) -> None:
        """Read it from the file. Raise NotFound, also for a document in the trash."""
        self.record = project.read.documents.one(id)
        self.annotations = {found.id: found for found in project.read.annotations.all(document_id=id)}
        self.label_counts = Counter(found.label_id for found in self.annotations.values())
        self._ordered: list[AnnotationRecord] | None = None

    def ordered(self) -> list[AnnotationRecord]:
        """Return the annotations in the order of ``place_of``. The caller must not change the list."""
        if self._ordered is None:
            self._ordered = sorted(self.annotations.values(), key=place_of)
        return self._ordered

    def read_again(self, project: Project) -> None:
        """Read its data again. Raise NotFound if it was moved to the trash."""
        self.record = project.read.documents.one(self.record.id)

    def take(self, project: Project, ids: Collection[int]) -> tuple[list[int], list[int]]:
        """Read these annotations of the document again; return ids of those added or changed, and of those removed."""
        records = project.read.annotations.all(document_id=self.record.id, ids=ids)
        found = {record.id: record for record in records}
        before = [held for id in ids if (held := self.annotations.get(id)) is not None]
        gone = [held.id for held in before if held.id not in found]
        self._keep_order(before, found.values())
        for id in gone:
            del self.annotations[id]
        self.annotations.update(found)
        self.label_counts.subtract(held.label_id for held in before)
        self.label_counts.update(record.label_id for record in found.values())
        return list(found), gone

    def concerned_annotations(self, change: Change) -> list[int]:
        """Return the ids of its annotations that a change concerns, also by their label or their source."""
        # An edit that adds or removes an annotation names its document; most edits may concern other documents.
        own = self.record.id
        edits = change.edits_of("annotation")
        edited = [edit.id for edit in edits if (edit.before or edit.after or {}).get("document_id", own) == own]
        return edited + self._with_changed_names(change)

    def _with_changed_names(self, change: Change) -> list[int]:
        """Return the ids of annotations whose record changes with their label, their source, or its reliability."""
        labels = {edit.id for edit in change.edits_of("label") if edit.before is not None}
        sources = {edit.id for edit in change.edits_of("source") if edit.before is not None}
        for edit in change.edits_of("assessment"):
            sources |= {values["source_id"] for values in (edit.before, edit.after) if values and "source_id" in values}
        if not labels and not sources:
            return []
        held = self.annotations.values()
        return [found.id for found in held if found.label_id in labels or found.source_id in sources]

    def _keep_order(self, before: Collection[AnnotationRecord], after: Collection[AnnotationRecord]) -> None:
        """Move only the changed annotations: sorting 100,000 annotations at every key press would be noticeable."""
        if self._ordered is None or len(before) + len(after) > _MAX_INSERTED_SINGLY:
            self._ordered = None
            return
        for held in before:
            del self._ordered[bisect_left(self._ordered, place_of(held), key=place_of)]
        for record in after:
            insort(self._ordered, record, key=place_of)


def place_of(annotation: AnnotationRecord) -> tuple[int, int, int]:
    """Return the sort key of an annotation: start, longer ones first, then the order of creation."""
    return annotation.start, -annotation.end, annotation.id


class ReaderSignals(QObject):
    """The signals of a reader state, emitted by it and, for the current one, by the workspace."""

    document_opened = Signal()
    """Another document is shown, or none (``document`` is None)."""
    document_changed = Signal()
    """The data of the document changed (title, status, source ...); its text never changes."""
    annotations_changed = Signal(object, object)
    """Two lists of ids of annotations of the document: those added or changed, and those removed."""
    active_changed = Signal()


class ReaderState(ReaderSignals):
    """The reader state of one pane. The workspace opens documents in it and notifies it of changes."""

    def __init__(self, workspace: ReaderSignals, is_current: Callable[["ReaderState"], bool]) -> None:
        """While ``is_current`` returns True, ``workspace`` emits the signals of this reader state too."""
        super().__init__(workspace)
        self._workspace = workspace
        self._is_current = is_current
        self.open: OpenDocument | None = None
        self.active_id: int | None = None

    @property
    def document(self) -> DocumentRecord | None:
        return None if self.open is None else self.open.record

    @property
    def annotations(self) -> dict[int, AnnotationRecord]:
        """The annotations of the document by id."""
        return {} if self.open is None else self.open.annotations

    @property
    def label_counts(self) -> Counter[int]:
        """The number of annotations of the document for each label id."""
        return Counter() if self.open is None else self.open.label_counts

    @property
    def active(self) -> AnnotationRecord | None:
        """The annotation that keys and the inspector act on."""
        return None if self.active_id is None else self.annotations.get(self.active_id)

    def set_active(self, id: int | None) -> None:
        if id is not None and id not in self.annotations:
            id = None
        if id != self.active_id:
            self.active_id = id
            self._emit_active_changed()

    def show(self, document: OpenDocument | None) -> None:
        """Show another document, or none."""
        self.open, self.active_id = document, None
        for signals in self._listened_to():
            signals.document_opened.emit()
        self._emit_active_changed()

    def take_document(self) -> None:
        """Emit that the data of the document changed."""
        for signals in self._listened_to():
            signals.document_changed.emit()

    def take_annotations(self, changed: list[int], gone: list[int]) -> None:
        """Emit the ids of the annotations of the document that were added or changed, and of those removed."""
        if changed or gone:
            for signals in self._listened_to():
                signals.annotations_changed.emit(changed, gone)
        if self.active_id is not None and self.active_id in gone:
            self.set_active(None)
        elif self.active_id is not None and self.active_id in changed:
            self._emit_active_changed()

    def _emit_active_changed(self) -> None:
        for signals in self._listened_to():
            signals.active_changed.emit()

    def _listened_to(self) -> Iterator[ReaderSignals]:
        """Yield this object, so that its pane is updated first, then the workspace if this one is current by then."""
        yield self
        if self._is_current(self):
            yield self._workspace
