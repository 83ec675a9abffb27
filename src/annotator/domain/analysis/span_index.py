"""An interval index of annotations, with a lane for each annotation."""

import sys
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

from annotator.domain.spans import Span, hull

_LENGTH_LIMITS = (256, 4_096, 65_536, sys.maxsize)
_LANE_BITS = 24

Fragments = tuple[Span, ...]

_Entry = tuple[int, int, int]
# Start, negated end and id of an annotation: sorted, this is the reading order, with enclosing annotations first.


class SpanIndex:
    """Annotations by place: each has an id and fragments in text order, and is found by its hull.

    The reading order is by start; of those that begin together the longest comes first. Every annotation gets a lane, a
    number from 0, such that annotations whose hulls overlap have different lanes. A lane stays until the annotation is
    removed or moved onto another one. A query takes microseconds even where annotations cover the whole text: entries
    are kept by length class, and each class is searched only as far back as its longest entry reaches.

    Lanes are assigned in reading order and only as far as they are requested: the first page of a document with 100,000
    annotations need not wait for the lanes of the last. ``assign_lanes`` assigns the others in slices.
    """

    def __init__(self, items: Iterable[tuple[int, Fragments]] = ()) -> None:
        self._fragments: dict[int, Fragments] = dict(items)
        self._lanes: dict[int, int] = {}
        self._order: list[_Entry] = [
            (fragments[0][0], -fragments[-1][1], id_) for id_, fragments in self._fragments.items()
        ]
        self._order.sort()
        self._classes: list[list[_Entry]] = [[] for _ in _LENGTH_LIMITS]
        self._longest = [0] * len(_LENGTH_LIMITS)
        self._assign_classes()
        # How far lanes are assigned: the number of entries, and the lanes that are in use there, as a heap of their
        # ends.
        self._assigned = 0
        self._busy: list[int] = []
        self._free = 0
        self._depth = 0

    def __len__(self) -> int:
        return len(self._fragments)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._fragments

    def __iter__(self) -> Iterator[int]:
        """Return the ids in reading order."""
        return (id_ for _, _, id_ in self._order)

    def fragments(self, id_: int) -> Fragments:
        """Return the fragments of an annotation. Raise KeyError."""
        return self._fragments[id_]

    def lane(self, id_: int) -> int:
        """Return the lane of an annotation, from 0. Raise KeyError."""
        if id_ not in self._lanes:
            rank = bisect_left(self._order, _entry(id_, self._fragments[id_]))
            self._assign_lanes(rank + 1 - self._assigned)
        return self._lanes[id_]

    @property
    def depth(self) -> int:
        """The number of lanes assigned so far; it never decreases."""
        return self._depth

    def assign_lanes(self, most: int) -> bool:
        """Assign lanes to ``most`` more annotations; return whether some still have none."""
        if self._assigned < len(self._order):
            self._assign_lanes(most)
        return self._assigned < len(self._order)

    def add(self, id_: int, fragments: Fragments) -> int:
        """Add an annotation in the lowest lane that is free over its hull; return the lane.

        Raise KeyError where the id is there already.
        """
        if id_ in self._fragments:
            raise KeyError(id_)
        return self._put(id_, fragments, preferred=0)

    def remove(self, id_: int) -> Fragments:
        """Remove an annotation and return its fragments. Raise KeyError."""
        if id_ in self._fragments:
            self._assign_all()
        fragments = self._fragments.pop(id_)
        del self._lanes[id_]
        self._assigned -= 1
        entry = _entry(id_, fragments)
        entries = self._classes[_length_class(entry)]
        for listed in (self._order, entries):
            del listed[bisect_left(listed, entry)]
        if not entries:
            self._longest[_length_class(entry)] = 0
        return fragments

    def replace(self, id_: int, fragments: Fragments) -> int:
        """Add an annotation or give it other fragments; keep its lane where that is free. Return the lane."""
        held = self._fragments.get(id_)
        lane = 0 if held is None else self.lane(id_)
        if held == fragments:
            return lane
        if held is not None:
            self.remove(id_)
        return self._put(id_, fragments, preferred=lane)

    def query(self, start: int, end: int) -> list[int]:
        """Return the ids of the annotations whose hull overlaps ``[start, end)``, in reading order."""
        found: list[_Entry] = []
        for entries, longest in zip(self._classes, self._longest, strict=True):
            if entries:
                first = bisect_left(entries, (start - longest + 1,))
                last = bisect_left(entries, (end,), lo=first)
                found += [entry for entry in entries[first:last] if -entry[1] > start]
        found.sort()
        return [id_ for _, _, id_ in found]

    def query_fragments(self, start: int, end: int) -> list[tuple[int, Span]]:
        """Return ids with fragments: each fragment that overlaps ``[start, end)``, annotations in reading order."""
        return [
            (id_, span)
            for id_ in self.query(start, end)
            for span in self._fragments[id_]
            if span.start < end and start < span.end
        ]

    def at(self, position: int) -> list[int]:
        """Return the ids of the annotations with a fragment over the character at ``position``, the shortest hull
        first.
        """
        ids = {id_ for id_, _ in self.query_fragments(position, position + 1)}
        return sorted(ids, key=lambda id_: (_length(hull(self._fragments[id_])), id_))

    def next_after(self, position: int) -> int | None:
        """Return the first annotation that begins after ``position``; None at the end."""
        return self._nth(bisect_left(self._order, (position + 1,)))

    def previous_before(self, position: int) -> int | None:
        """Return the last annotation that begins before ``position``; None at the beginning."""
        return self._nth(bisect_left(self._order, (position,)) - 1)

    def successor(self, id_: int) -> int | None:
        """Return the annotation that follows in reading order; None after the last. Raise KeyError."""
        return self._nth(bisect_left(self._order, _entry(id_, self._fragments[id_])) + 1)

    def predecessor(self, id_: int) -> int | None:
        """Return the annotation that precedes in reading order; None before the first. Raise KeyError."""
        return self._nth(bisect_left(self._order, _entry(id_, self._fragments[id_])) - 1)

    def _nth(self, rank: int) -> int | None:
        return self._order[rank][2] if 0 <= rank < len(self._order) else None

    def _assign_classes(self) -> None:
        # Nearly all annotations are short. The long ones are few, and are checked one by one.
        short = _LENGTH_LIMITS[0]
        longer = [entry for entry in self._order if -entry[1] - entry[0] > short]
        self._classes[0] = (
            [entry for entry in self._order if -entry[1] - entry[0] <= short] if longer else self._order[:]
        )
        if self._classes[0]:
            self._longest[0] = short
        for entry in longer:
            rank = _length_class(entry)
            self._classes[rank].append(entry)
            self._longest[rank] = max(self._longest[rank], -entry[1] - entry[0])

    def _assign_all(self) -> None:
        # After the first change, the lowest free lane is searched for among all others.
        if self._assigned < len(self._order):
            self._assign_lanes(len(self._order))

    def _assign_lanes(self, most: int) -> None:
        # An end and its lane are packed into one number, and the free lanes into the bits of another: tuples and a
        # second heap take twice as long.
        mask = (1 << _LANE_BITS) - 1
        lanes, busy, free, depth = self._lanes, self._busy, self._free, self._depth
        for start, end, id_ in self._order[self._assigned : self._assigned + most]:
            ended = start << _LANE_BITS | mask
            while busy and busy[0] <= ended:
                free |= 1 << (heappop(busy) & mask)
            if free:
                lowest = free & -free
                free ^= lowest
                lane = lowest.bit_length() - 1
            else:
                lane = len(busy)
                if lane >= depth:
                    depth = lane + 1
            lanes[id_] = lane
            heappush(busy, -end << _LANE_BITS | lane)
        self._free, self._depth = free, depth
        self._assigned = min(self._assigned + most, len(self._order))

    def _put(self, id_: int, fragments: Fragments, preferred: int) -> int:
        self._assign_all()
        entry = _entry(id_, fragments)
        taken = {self._lanes[other] for other in self.query(entry[0], -entry[1])}
        lane = preferred if preferred not in taken else 0
        while lane in taken:
            lane += 1
        self._fragments[id_] = fragments
        self._lanes[id_] = lane
        self._assigned += 1
        self._depth = max(self._depth, lane + 1)
        rank = _length_class(entry)
        insort(self._order, entry)
        insort(self._classes[rank], entry)
        self._longest[rank] = max(self._longest[rank], -entry[1] - entry[0])
        return lane


def _entry(id_: int, fragments: Fragments) -> _Entry:
    return fragments[0].start, -fragments[-1].end, id_


def _length_class(entry: _Entry) -> int:
    return bisect_left(_LENGTH_LIMITS, -entry[1] - entry[0])


def _length(span: Span) -> int:
    return span.end - span.start
