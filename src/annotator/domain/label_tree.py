"""The tree of nested labels: their order, their depth, and where a label may be moved to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from annotator.domain.records import LabelRecord

_Children = Mapping[int | None, Sequence[LabelRecord]]


class Place(NamedTuple):
    """The place of a label: its parent (None: the top level), and its position among its siblings, from 0."""

    parent_id: int | None
    rank: int


def in_tree_order(labels: Iterable[LabelRecord]) -> list[LabelRecord]:
    """Return ``labels`` with each followed by those nested under it; siblings keep their order."""
    known = list(labels)
    children = _children(known)
    ordered: list[LabelRecord] = []
    waiting = [*reversed(children.get(None, ()))]
    while waiting:
        ordered.append(waiting.pop())
        waiting += reversed(children.get(ordered[-1].id, ()))
    if len(ordered) < len(known):
        # Labels that are nested in a cycle are shown at the top level: a damaged file must not hide them.
        held = {label.id for label in ordered}
        ordered += [label for label in known if label.id not in held]
    return ordered


def depths(labels: Sequence[LabelRecord]) -> dict[int, int]:
    """Return the depth of each label by its id; 0 for one at the top level."""
    parents = {label.id: label.parent_id for label in labels}
    return {label.id: len(_above(parents, label.id)) for label in labels}


def below(labels: Iterable[LabelRecord], id: int) -> set[int]:
    """Return the ids of a label and of all labels nested under it, at any depth."""
    children = _children(list(labels))
    found, waiting = {id}, [id]
    while waiting:
        for label in children.get(waiting.pop(), ()):
            if label.id not in found:
                found.add(label.id)
                waiting.append(label.id)
    return found


def above(labels: Iterable[LabelRecord], id: int) -> list[int]:
    """Return the ids of the labels that a label is nested under, the nearest first."""
    return _above({label.id: label.parent_id for label in labels}, id)


def siblings(labels: Iterable[LabelRecord], parent_id: int | None) -> list[LabelRecord]:
    """Return the labels directly under one, or at the top level, in their order."""
    return list(_children(list(labels)).get(parent_id, ()))


def place_of(labels: Sequence[LabelRecord], id: int) -> Place:
    """Return the place of a label."""
    parent_id = next(label.parent_id for label in labels if label.id == id)
    order = [label.id for label in siblings(labels, parent_id)]
    return Place(parent_id, order.index(id))


def place_above(labels: Sequence[LabelRecord], id: int) -> Place | None:
    """Return the place before the previous sibling; None for the first."""
    place = place_of(labels, id)
    return Place(place.parent_id, place.rank - 1) if place.rank else None


def place_below(labels: Sequence[LabelRecord], id: int) -> Place | None:
    """Return the place after the next sibling; None for the last."""
    place = place_of(labels, id)
    last = len(siblings(labels, place.parent_id)) - 1
    return Place(place.parent_id, place.rank + 1) if place.rank < last else None


def place_inside(labels: Sequence[LabelRecord], id: int) -> Place | None:
    """Return the last place under the previous sibling; None for the first."""
    place = place_of(labels, id)
    if not place.rank:
        return None
    before = siblings(labels, place.parent_id)[place.rank - 1]
    return Place(before.id, len(siblings(labels, before.id)))


def place_outside(labels: Sequence[LabelRecord], id: int) -> Place | None:
    """Return the place after the parent; None at the top level."""
    parent_id = place_of(labels, id).parent_id
    if parent_id is None:
        return None
    parent = place_of(labels, parent_id)
    return Place(parent.parent_id, parent.rank + 1)


def _children(labels: Sequence[LabelRecord]) -> _Children:
    ids = {label.id for label in labels}
    children: dict[int | None, list[LabelRecord]] = defaultdict(list)
    for label in labels:
        children[label.parent_id if label.parent_id in ids else None].append(label)
    return children


def _above(parents: Mapping[int, int | None], id: int) -> list[int]:
    found: list[int] = []
    parent_id = parents.get(id)
    while parent_id is not None and parent_id in parents and parent_id not in found and parent_id != id:
        found.append(parent_id)
        parent_id = parents[parent_id]
    return found
