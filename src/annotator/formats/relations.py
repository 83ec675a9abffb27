"""Relations in formats that store them with their documents."""

import hashlib
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from annotator.domain.records import AnnotationRecord, RelationRecord
from annotator.domain.wording import counted
from annotator.formats.base import Incoming, IncomingRelation, Refusal
from annotator.formats.reading.json_lines import PROBLEMS, needed, plain

_IDS = UUID("6d0a3c1e-0a5f-5d0e-9a42-3b8f1c7e2a90")
_HELD_BACK = 10_000

BEYOND = "relations_beyond"
"""The key under which a record holds the relations of its document to other documents, as in our native format."""


def derived_uid(*parts: Hashable) -> str:
    """Return a uid that is always the same for the same parts: for objects that have other ids in a file, or none.

    A UUID of version 5 (RFC 9562), which ``uuid`` takes three times as long to make.
    """
    name = "\x1f".join(map(str, parts)).encode()
    held = bytearray(hashlib.sha1(_IDS.bytes + name, usedforsecurity=False).digest()[:16])
    held[6] = held[6] & 0x0F | 0x50
    held[8] = held[8] & 0x3F | 0x80
    return held.hex()


def relations_last(items: Iterable[Incoming]) -> Iterator[Incoming]:
    """Yield ``items`` with relations held back by the thousand, because each ends the chunk of documents being
    imported.
    """
    held: list[IncomingRelation] = []
    for item in items:
        if not isinstance(item, IncomingRelation):
            yield item
            continue
        held.append(item)
        if len(held) >= _HELD_BACK:
            yield from held
            held.clear()
    yield from held


class RelationWithUids(NamedTuple):
    """A relation with the uids of its ends."""

    relation: RelationRecord
    from_uid: str
    to_uid: str


class RelationsByDocument:
    """The relations of a corpus, returned with the documents that they belong to."""

    def __init__(self, relations: Sequence[RelationRecord]) -> None:
        self._of: dict[int, list[RelationRecord]] = {}
        for relation in relations:
            self._of.setdefault(relation.from_id, []).append(relation)
            if relation.to_id != relation.from_id:
                self._of.setdefault(relation.to_id, []).append(relation)
        self._uids: dict[int, str] = {}
        self._left = len(relations)

    def of(self, annotations: Sequence[AnnotationRecord]) -> tuple[list[RelationWithUids], list[RelationWithUids]]:
        """Return the relations within a document, and those to a document that was written before it."""
        if not self._of:
            return [], []
        here = {found.id: found.uid for found in annotations if found.id in self._of}
        within: list[RelationWithUids] = []
        beyond: list[RelationWithUids] = []
        for id, uid in here.items():
            for relation in self._of[id]:
                other = relation.to_id if relation.from_id == id else relation.from_id
                if other in here and id == relation.from_id:
                    within.append(RelationWithUids(relation, uid, here[other]))
                elif other in self._uids:
                    uids = {id: uid, other: self._uids[other]}
                    beyond.append(RelationWithUids(relation, uids[relation.from_id], uids[relation.to_id]))
        self._uids |= here
        self._left -= len(within) + len(beyond)
        return within, beyond

    def losses(self) -> list[str]:
        """Return a line for the relations whose annotations were not both written."""
        return losses_of(self._left)


def losses_of(left_out: int) -> list[str]:
    """Return a line for relations that were left out; none where there are none."""
    return [f"{counted(left_out, 'relation')} left out: not both annotations are exported"] if left_out else []


def relation_fields(related: RelationWithUids) -> dict[str, str]:
    """Return the fields of a relation besides its kind and its ends, without the empty ones."""
    relation = related.relation
    fields = {"note": relation.note, "annotator": relation.annotator, "uid": relation.uid}
    return {name: value for name, value in fields.items() if value}


def written_beyond(by_document: Sequence[RelationWithUids]) -> dict[str, list[dict[str, str]]]:
    """Return the field ``BEYOND`` of a record; nothing where no relation leaves its document."""
    found = [
        {"relation": related.relation.kind, "from": related.from_uid, "to": related.to_uid} | relation_fields(related)
        for related in by_document
    ]
    return {BEYOND: found} if found else {}


class _Beyond(msgspec.Struct, rename={"from_uid": "from", "to_uid": "to"}):
    relation: str
    from_uid: str
    to_uid: str
    note: str = ""
    annotator: str = ""
    uid: str = ""


def read_beyond(stated: Any, place: str) -> Iterator[IncomingRelation | Refusal]:
    """Yield the relations that a field ``BEYOND`` holds."""
    for count, one in enumerate(stated if isinstance(stated, list) else (), 1):
        try:
            related = msgspec.convert(one, _Beyond)
            kind = needed("relation", related.relation)
            yield IncomingRelation(kind, related.from_uid, related.to_uid, related.note, related.annotator, related.uid)
        except PROBLEMS as error:
            yield Refusal(f"{place}, relation {count} to another document", plain(error))
