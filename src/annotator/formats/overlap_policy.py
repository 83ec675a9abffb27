"""Policies for overlapping annotations in formats that cannot hold overlaps, and how the loss is reported."""

from bisect import bisect_left
from collections.abc import Sequence

from annotator.domain.errors import ExportRefused
from annotator.formats.base import Choice, Corpus

Range = tuple[int, int]
"""The first token and the one after the last."""

POLICIES = ("longest", "first")
"""``longest``: of annotations that overlap, the one with most tokens stays. ``first``: the one that begins first."""


OVERLAP = Choice(
    "overlap",
    "Where spans overlap, keep",
    (("longest", "the longest one"), ("first", "the one that begins first")),
)
"""The option of a policy, for a format that cannot hold overlaps."""


def policy_of(corpus: Corpus, allowed: Sequence[str] = POLICIES) -> str:
    """Return the overlap policy that the user chose, or the first allowed one. Raise ExportRefused."""
    policy = corpus.options.get("overlap") or allowed[0]
    if policy not in allowed:
        raise ExportRefused(f"There is no overlap policy “{policy}” here: use one of {', '.join(allowed)}.")
    return policy


def without_overlaps(candidates: Sequence[Sequence[Range]], policy: str) -> list[int]:
    """Return the indexes of the candidates to keep, in order. Each candidate is the ranges of one annotation, kept
    completely or not.

    One without ranges is never kept.
    """

    def longest(position: int) -> tuple[int, int, int]:
        ranges = candidates[position]
        return -sum(end - start for start, end in ranges), ranges[0][0], position

    def first(position: int) -> tuple[int, int, int]:
        ranges = candidates[position]
        return ranges[0][0], -sum(end - start for start, end in ranges), position

    taken: list[Range] = []
    kept = []
    positions = [position for position, ranges in enumerate(candidates) if ranges]
    for position in sorted(positions, key=first if policy == "first" else longest):
        if all(_is_free(taken, one) for one in candidates[position]):
            kept.append(position)
            for one in candidates[position]:
                taken.insert(bisect_left(taken, one), one)
    return sorted(kept)


def _is_free(taken: Sequence[Range], one: Range) -> bool:
    after = bisect_left(taken, (one[1], one[1]))
    return after == 0 or taken[after - 1][1] <= one[0]
