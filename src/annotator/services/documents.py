"""Documents after import: their data, their status, and the trash."""

from collections.abc import Iterable
from typing import Any

from annotator.domain.changes import Change, Edit, now
from annotator.domain.errors import InvalidValue
from annotator.domain.records import DocumentRecord
from annotator.domain.vocabulary import DIRECTIONS, DOCUMENT_STATUSES
from annotator.store import queries
from annotator.store.project import Project

_FIELDS = ("title", "source_id", "author", "published_at", "language", "status", "note", "address", "direction")


def update(document: DocumentRecord, **fields: Any) -> Change:
    """Plan a change of a document's data; its text never changes. Raises InvalidValue."""
    unknown = fields.keys() - set(_FIELDS)
    if unknown:
        raise InvalidValue(f"A document has no field {', '.join(sorted(unknown))} that can be changed.")
    if "title" in fields and not str(fields["title"]).strip():
        raise InvalidValue("A document needs a title.")
    if fields.get("status", "new") not in DOCUMENT_STATUSES:
        raise InvalidValue(f"{fields['status']!r} is no status: use one of {', '.join(DOCUMENT_STATUSES)}.")
    if fields.get("direction", "") not in DIRECTIONS:
        raise InvalidValue(f"{fields['direction']!r} is no direction: use ltr, rtl, or nothing where the text tells.")
    after = {column: value for column, value in fields.items() if value != getattr(document, column)}
    before = {column: getattr(document, column) for column in after}
    return Change(_title(after), (Edit("document", document.id, before, after),) if after else ())


def _title(after: dict[str, Any]) -> str:
    if after.keys() == {"status"}:
        return f"Mark as {after['status']}"
    return "Set the direction of the text" if after.keys() == {"direction"} else "Change the document"


def trash(ids: Iterable[int]) -> Change:
    """Plan moving documents to the trash; their annotations go and come with them."""
    moment = now()
    edits = tuple(Edit("document", id, {"trashed_at": None}, {"trashed_at": moment}) for id in ids)
    return Change("Move to the trash" if len(edits) == 1 else f"Move {len(edits)} documents to the trash", edits)


def restore(project: Project, ids: Iterable[int]) -> Change:
    """Plan taking documents out of the trash."""
    with project.reading() as connection:
        trashed = queries.trashed(connection, ids)
    edits = [Edit("document", id, {"trashed_at": at}, {"trashed_at": None}) for id, at in trashed]
    return Change("Take out of the trash", tuple(edits))
