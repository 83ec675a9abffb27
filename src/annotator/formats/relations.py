"""Relations in formats that write them with their documents: who is tied to whom, before and after the file."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID, uuid5

from annotator.domain.records import AnnotationRecord, RelationRecord
from annotator.formats.base import Incoming, IncomingRelation
from annotator.formats.overlaps import counted

_IDS = UUID("6d0a3c1e-0a5f-5d0e-9a42-3b8f1c7e2a90")
_HELD_BACK = 10_000


def derived_uid(*parts: Hashable) -> str:
    """A uid that is always the same for the same parts: for what a file names by ids of its own, or by none."""
    return uuid5(_IDS, "\x1f".join(map(str, parts))).hex


def relations_last(items: Iterable[Incoming]) -> Iterator[Incoming]:
    """``items`` with relations held back by the thousand: each ends the chunk of documents that is being imported."""
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


class Tie(NamedTuple):
    """A relation with the uids of its ends."""

    relation: RelationRecord
    from_uid: str
    to_uid: str


class Ties:
    """The relations of a corpus, given out with the documents as these pass by."""

    def __init__(self, relations: Sequence[RelationRecord]) -> None:
        self._of: dict[int, list[RelationRecord]] = {}
        for relation in relations:
            self._of.setdefault(relation.from_id, []).append(relation)
            if relation.to_id != relation.from_id:
                self._of.setdefault(relation.to_id, []).append(relation)
        self._uids: dict[int, str] = {}
        self._left = len(relations)

    def of(self, annotations: Sequence[AnnotationRecord]) -> tuple[list[Tie], list[Tie]]:
        """The relations within a document, and those that tie it to a document that passed before it."""
        if not self._of:
            return [], []
        here = {found.id: found.uid for found in annotations if found.id in self._of}
        within: list[Tie] = []
        beyond: list[Tie] = []
        for id, uid in here.items():
            for relation in self._of[id]:
                other = relation.to_id if relation.from_id == id else relation.from_id
                if other in here and id == relation.from_id:
                    within.append(Tie(relation, uid, here[other]))
                elif other in self._uids:
                    uids = {id: uid, other: self._uids[other]}
                    beyond.append(Tie(relation, uids[relation.from_id], uids[relation.to_id]))
        self._uids |= here
        self._left -= len(within) + len(beyond)
        return within, beyond

    def losses(self) -> list[str]:
        """A line for the relations whose annotations did not both pass."""
        if not self._left:
            return []
        return [f"{counted(self._left, 'relation')} left out: an annotation that it ties is not exported"]
