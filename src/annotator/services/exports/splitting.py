"""Splitting a corpus into parts, so that no part contains answers of another.

Whatever the user groups by, three kinds of documents stay together: versions of a text, near-duplicates, and documents
connected to either. Groups are distributed by iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011): those
with the rarest label first, each to the part that lacks most of it.

The same documents, parts and seed give the same split, on any machine.
"""

import math
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from annotator.domain.analysis.near_duplicates import near_duplicates
from annotator.domain.analysis.union_find import UnionFind
from annotator.domain.errors import InvalidValue
from annotator.domain.wording import counted

GROUPS = ("document", "source", "story", "date")
"""What stays in one part of a split. A story: documents of one title."""

Progress = Callable[[int, int, str], None]


class Member(NamedTuple):
    """A document that is assigned to a part. ``labels``: how often each label occurs in its export."""

    id: int
    uid: str
    title: str
    source: str
    published_at: str
    labels: Mapping[str, int]


@dataclass(frozen=True)
class Split:
    """The documents of each part, and notes on the split.

    ``duplicates``: documents that have a near-duplicate; ``joined``: number of groups with more than one document.
    """

    parts: Mapping[str, Sequence[int]]
    duplicates: int = 0
    joined: int = 0
    lines: Sequence[str] = field(default_factory=tuple)


def checked(split: Mapping[str, float], group_by: str) -> None:
    """Raise InvalidValue for an invalid split."""
    if group_by not in GROUPS:
        raise InvalidValue(f"{group_by!r} is nothing to group by: use one of {', '.join(GROUPS)}.")
    total = sum(split.values())
    if not math.isfinite(total) or total <= 0 or any(share < 0 for share in split.values()):
        raise InvalidValue("A split needs parts with positive shares, such as train=0.8,dev=0.1,test=0.1.")
    if len({name.casefold() for name in split}) < len(split):
        raise InvalidValue("A split needs parts whose names differ in more than case: they are names of files.")
    if wrong := [name for name in split if not re.fullmatch(r"[\w-]+", name)]:
        raise InvalidValue(f"{wrong[0]!r} is not a name for a part of a split: use letters and digits, such as train.")


def split_members(
    members: Sequence[Member],
    texts: Callable[[], Iterable[tuple[int, str]]],
    text_of: Callable[[int], str],
    split: Mapping[str, float],
    *,
    group_by: str = "document",
    seed: int = 0,
    versions: Iterable[tuple[str, str]] = (),
    progress: Progress | None = None,
) -> Split:
    """Assign documents to the parts of ``split``, which is ``checked``, by their shares.

    ``texts`` yields id and text of every document once, ``text_of`` returns one again. ``versions``: pairs of uids, a
    document and the one that it replaces, also of documents that are not assigned to a part.
    """
    connected = UnionFind[str]()
    for member in members:
        connected.find(member.uid)
        for key in _keys(member, group_by):
            connected.union(member.uid, key)
    for one, other in versions:
        connected.union(one, other)
    uids = {member.id: member.uid for member in members}
    duplicates: set[int] = set()
    for one_id, other_id in near_duplicates(texts, text_of, len(members), progress):
        duplicates |= {one_id, other_id}
        connected.union(uids[one_id], uids[other_id])
    groups: dict[str, list[Member]] = {}
    for member in members:
        groups.setdefault(connected.find(member.uid), []).append(member)
    parts = _distribute(list(groups.values()), split, seed)
    joined = sum(len(group) > 1 for group in groups.values())
    lines = _notes(parts, split, len(duplicates), joined, len(groups))
    return Split(
        {name: sorted(member.id for member in part) for name, part in parts.items()}, len(duplicates), joined, lines
    )


def _keys(member: Member, group_by: str) -> list[str]:
    """Return the keys that connect a document with others of its group. No uid begins with ``=``."""
    key = {
        "document": "",
        "source": member.source,
        "story": " ".join(re.findall(r"\w+", member.title.casefold())),
        "date": member.published_at[:10],
    }[group_by]
    return [f"={key}"] if key else []


# --- distribution -----------------------------------------------------------------------------------------------------


def _distribute(groups: Sequence[list[Member]], split: Mapping[str, float], seed: int) -> dict[str, list[Member]]:
    """Return the groups assigned to the parts."""
    total = sum(split.values())
    shares = {name: share / total for name, share in split.items()}
    labels = [sum((Counter(member.labels) for member in group), Counter[str]()) for group in groups]
    lacking = {
        name: Counter({label: share * count for label, count in sum(labels, Counter[str]()).items()})
        for name, share in shares.items()
    }
    capacity = {name: share * sum(map(len, groups)) for name, share in shares.items()}
    parts: dict[str, list[Member]] = {name: [] for name in split}
    order = list(range(len(groups)))
    random.Random(seed).shuffle(order)
    order.sort(key=lambda place: len(groups[place]), reverse=True)
    names = list(split)
    waiting = dict.fromkeys(order)
    left = sum(labels, Counter[str]())
    while waiting:
        _, rarest = min(((count, label) for label, count in left.items() if count > 0), default=(0, ""))
        for place in [place for place in waiting if not rarest or labels[place][rarest]]:
            best = max(names, key=lambda name: (lacking[name][rarest] if rarest else 0.0, capacity[name]))
            parts[best] += groups[place]
            capacity[best] -= len(groups[place])
            lacking[best].subtract(labels[place])
            left.subtract(labels[place])
            del waiting[place]
    return parts


def _notes(
    parts: Mapping[str, Sequence[Member]], split: Mapping[str, float], duplicates: int, joined: int, groups: int
) -> list[str]:
    """Return which documents were kept together, and how far the shares are met."""
    total = sum(split.values())
    all_labels = sum((Counter(member.labels) for part in parts.values() for member in part), Counter[str]())
    documents = sum(map(len, parts.values()))
    lines = []
    if duplicates:
        lines.append(f"{counted(duplicates, 'document')} kept in the parts of their near-duplicates")
    if joined:
        lines.append(f"{counted(groups, 'group')} distributed, {joined} of them of more than one document")
    for name, part in parts.items():
        asked = split[name] / total
        if not part:
            lines.append(f"Part {name} is empty: there are too few groups to distribute")
            continue
        own = sum((Counter(member.labels) for member in part), Counter[str]())
        farthest = max(all_labels, key=lambda label: abs(own[label] / all_labels[label] - asked), default="")
        line = f"Part {name}: {len(part) / documents:.1%} of the documents (asked for {asked:.1%})"
        if farthest:
            line += f"; of the labels, “{farthest}” is farthest off with {own[farthest] / all_labels[farthest]:.1%}"
        lines.append(line)
    return lines
