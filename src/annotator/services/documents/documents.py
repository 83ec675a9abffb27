"""Documents after import: their fields, their status, and the trash."""

from collections.abc import Iterable
from typing import Any

from annotator.domain.changes import Change, Edit, now
from annotator.domain.errors import InvalidValue
from annotator.domain.fixed_choices import DIRECTIONS, DOCUMENT_STATUSES
from annotator.domain.grades import checked_reliability
from annotator.domain.records import DocumentRecord
from annotator.domain.wording import counted
from annotator.store.project import Project

_FIELDS = ("title", "source_id", "author", "published_at", "language", "status", "note", "address", "direction")
_GRADED = {"reliability": "reliability_override", "reliability_reason": "reliability_reason"}
"""The columns of a document's own reliability, by their names in a record."""


def update(document: DocumentRecord, **fields: Any) -> Change:
    """Plan a change of a document's fields; its text never changes. Raise InvalidValue."""
    unknown = fields.keys() - {*_FIELDS, *_GRADED}
    if unknown:
        raise InvalidValue(f"A document has no field {', '.join(sorted(unknown))} that can be changed.")
    if "title" in fields and not str(fields["title"]).strip():
        raise InvalidValue("A document needs a title.")
    if fields.get("status", "new") not in DOCUMENT_STATUSES:
        raise InvalidValue(f"{fields['status']!r} is not a status: use one of {', '.join(DOCUMENT_STATUSES)}.")
    if fields.get("direction", "") not in DIRECTIONS:
        raise InvalidValue(
            f"{fields['direction']!r} is not a direction: use ltr, rtl, or nothing to let the text decide."
        )
    if "reliability" in fields:
        fields["reliability"] = checked_reliability(fields["reliability"])
        if fields["reliability"] is None:
            fields["reliability_reason"] = ""
    if "reliability_reason" in fields:
        fields["reliability_reason"] = str(fields["reliability_reason"] or "").strip()
    held = {column: getattr(document, _GRADED.get(column, column)) for column in fields}
    after = {column: value for column, value in fields.items() if value != held[column]}
    before = {column: held[column] for column in after}
    letter = fields.get("reliability", document.reliability_override)
    is_graded = not after.keys().isdisjoint(_GRADED)
    if is_graded and letter and not fields.get("reliability_reason", document.reliability_reason):
        raise InvalidValue(
            f"A reliability for this document alone needs a reason why it is not that of its outlet "
            f"({document.inherited_reliability or 'not assessed'})."
        )
    return Change(_title(after), (Edit("document", document.id, before, after),) if after else ())


def _title(after: dict[str, Any]) -> str:
    if after.keys() == {"status"}:
        return f"Mark as {after['status']}"
    if "reliability" in after:
        return f"Grade the document {after['reliability'] or 'as its outlet'}"
    return "Set the direction of the text" if after.keys() == {"direction"} else "Change the document"


def trash(ids: Iterable[int]) -> Change:
    """Plan moving documents to the trash; their annotations go with them and are restored with them."""
    timestamp = now()
    edits = tuple(Edit("document", id, {"trashed_at": None}, {"trashed_at": timestamp}) for id in ids)
    return Change(
        "Move to the trash" if len(edits) == 1 else f"Move {counted(len(edits), 'document')} to the trash", edits
    )


def restore(project: Project, ids: Iterable[int]) -> Change:
    """Plan moving documents out of the trash."""
    trashed = project.read.documents.trashed(ids)
    edits = [Edit("document", id, {"trashed_at": at}, {"trashed_at": None}) for id, at in trashed]
    return Change("Take out of the trash", tuple(edits))
