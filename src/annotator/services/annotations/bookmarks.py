"""Bookmarks: places in documents that an annotator wants to return to. A text never changes, so they never shift."""

from collections.abc import Iterable

from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.errors import InvalidSpan
from annotator.domain.records import BookmarkRecord, DocumentRecord
from annotator.domain.wording import counted
from annotator.store.project import Project

_NAME_LENGTH = 60
"""Characters of a name that is made of the words at the bookmark."""


def add(project: Project, document: DocumentRecord, position: int, name: str = "") -> Change:
    """Plan a bookmark at ``position`` of a document; without a name it is named after the words there.

    Raise InvalidSpan where the text has no such position.
    """
    if not 0 <= position <= len(document.text):
        raise InvalidSpan(
            f"The position {position} is not in the text, which has {counted(len(document.text), 'character')}."
        )
    (id,) = project.next_ids("bookmark")
    values = {
        "uid": new_uid(),
        "document_id": document.id,
        "annotator_id": project.annotator_id,
        "position": position,
        "name": name.strip() or words_at(document.text, position),
        "created_at": now(),
    }
    return Change("Set a bookmark", (Edit("bookmark", id, None, values),))


def rename(bookmark: BookmarkRecord, name: str, text: str) -> Change:
    """Plan another name; an empty one is replaced by the words of ``text``, the text of the document."""
    name = name.strip() or words_at(text, bookmark.position)
    if name == bookmark.name:
        return Change("Rename a bookmark")
    return Change("Rename a bookmark", (Edit("bookmark", bookmark.id, {"name": bookmark.name}, {"name": name}),))


def remove(bookmarks: Iterable[BookmarkRecord]) -> Change:
    """Plan the removal of bookmarks."""
    edits = tuple(Edit("bookmark", found.id, {"uid": found.uid}, None) for found in bookmarks)
    return Change("Remove a bookmark" if len(edits) == 1 else f"Remove {counted(len(edits), 'bookmark')}", edits)


def words_at(text: str, position: int) -> str:
    """Return the words from ``position`` on as one short line; at the end of a text, those before it."""
    ahead = " ".join(text[position : position + 4 * _NAME_LENGTH].split())
    if ahead:
        return ahead if len(ahead) <= _NAME_LENGTH else f"{_cut(ahead)}…"
    behind = " ".join(text[max(0, position - 4 * _NAME_LENGTH) : position].split())
    return behind if len(behind) <= _NAME_LENGTH else f"…{_cut(behind[::-1])[::-1]}"


def _cut(line: str) -> str:
    """Return the first words of a line, or its first characters where it has no spaces."""
    return line[:_NAME_LENGTH].rpartition(" ")[0] or line[:_NAME_LENGTH]
