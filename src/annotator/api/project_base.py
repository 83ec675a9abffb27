"""What the methods of ``Project`` share: the stored project, how they write, and ids for what they are given."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from annotator.domain.changes import Change, Edit
from annotator.domain.errors import (
    AnnotatorError,
    NotFound,
    SavedButUnreadable,
)
from annotator.domain.records import AnnotationRecord as Annotation
from annotator.domain.records import ClaimRecord, DocumentRow, LabelRecord, SourceRecord
from annotator.domain.records import DocumentRecord as Document
from annotator.services.annotations import annotating
from annotator.services.imports.report import ImportReport
from annotator.services.sources import sources
from annotator.store.project import Project as StoredProject

PathLike = str | os.PathLike[str]

_Result = TypeVar("_Result")


class ProjectBase:
    """The stored project, and what the methods of all subjects need of it."""

    def __init__(self, stored: StoredProject) -> None:
        self._stored = stored
        self.last_import: ImportReport | None = None
        """The result of the last import: what was imported and what was refused, with the reasons."""

    def _apply(self, change: Change, read: Callable[[], _Result]) -> _Result:
        """Write a change and return what ``read`` finds of it. Raise SavedButUnreadable where only reading fails."""
        self._stored.apply(change)
        return self._read_back(read)

    def _read_back(self, read: Callable[[], _Result]) -> _Result:
        """Return what ``read`` finds after a change was written. Raise SavedButUnreadable."""
        try:
            return read()
        except AnnotatorError as error:
            raise SavedButUnreadable(
                f"The step is saved in {self._stored.path.name}, but what it made cannot be read back: do not repeat "
                "it, but check the disk, and look at the project with 'annotator check'."
            ) from error

    def _label(self, name: str) -> LabelRecord:
        return annotating.find_label(self._stored.read.labels.all(), name)

    def _source(self, source: str | int | SourceRecord) -> tuple[int, tuple[Edit, ...]]:
        """Return the id of a source, and the edits that create it where no source has that name."""
        if isinstance(source, str) and sources.find(self._stored, source) is None:
            id, change = sources.add(self._stored, source)
            return id, change.edits
        return self._known_source(source).id, ()

    def _known_source(self, source: str | int | SourceRecord) -> SourceRecord:
        """Return a source that is given by name or alias, by id, or itself. Raise NotFound."""
        if not isinstance(source, str):
            return sources.get(self._stored, source if isinstance(source, int) else source.id)
        found = sources.find(self._stored, source)
        if found is None:
            raise NotFound(f"There is no source {source!r} in the project: enter it with add_source.")
        return found

    def _document(self, id: int) -> Document:
        return self._stored.read.documents.one(id)

    def _annotation(self, id: int) -> Annotation:
        return self._stored.read.annotations.one(id)

    def _claim(self, id: int) -> ClaimRecord:
        return self._stored.read.claims.one(id)

    def _features(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return features by the names that the project defines, without those that have no value."""
        defined = self._stored.read.labels.features()
        # A keyword cannot contain the space that the name of a feature may contain.
        spaced = {feature.name.replace(" ", "_"): feature.name for feature in defined}
        return {spaced.get(name, name): value for name, value in values.items() if value not in (None, "")}


def new_source(edit: Edit) -> SourceRecord:
    """Return a source as it will be after ``edit``, which creates it, is written."""
    row = edit.after or {}
    return SourceRecord(edit.id, row["uid"], row["name"], row["kind"], (), "", None, None, 0, 0)


def id_of(thing: Document | DocumentRow | Annotation | ClaimRecord | int) -> int:
    """Return the id of a row, which may be given itself or by its id. Raise NotFound for anything else."""
    if isinstance(thing, bool) or not isinstance(thing, int):
        found = getattr(thing, "id", None)
        if not isinstance(found, int):
            raise NotFound(f"{thing!r} is neither an id nor something that has one.")
        return found
    return thing
