"""Sources that may be the same: pairs with similar names or aliases, each with the reason.

The work grows with the number of names: each is looked up by keys that similar names share, never compared with all
others.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from annotator.domain.records import SourceRecord
from annotator.services.claims.text_reuse import folded

_SMALL_WORDS = frozenset("of the for and de la le du des der die das und van von al el in at on".split())
_TITLES = frozenset(
    "mr mrs ms dr prof professor sir lord president minister prime vice general gen colonel col captain capt major "
    "senator sen governor gov mayor judge justice secretary spokesman spokeswoman spokesperson chief deputy former "
    "ambassador chancellor king queen prince princess herr frau".split()
)
_MIN_SIMILARITY = 0.87
"""Minimum similarity of two names by characters; 1 means equal."""

_MIN_CHARACTERS = 6
"""Length of a name from which a typing error can be distinguished from another name."""

_MAX_BUCKET = 30
"""Number of names above which a shared key is ignored, such as a word that half of all offices have."""


class Pair(NamedTuple):
    """Two sources that may be the same, by id, and why. ``certainty``: from 0 to 1, only for sorting."""

    one_id: int
    other_id: int
    reason: str
    certainty: float


class _Name(NamedTuple):
    source: SourceRecord
    written: str
    folded: str
    words: tuple[str, ...]
    is_alias: bool

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.words)


def duplicates(sources: Iterable[SourceRecord]) -> list[Pair]:
    """Return the pairs that may be the same, the most certain first; unnamed sources are left out, whatever their
    name.
    """
    names = [name for source in sources if source.kind != "unnamed" for name in _names(source)]
    found: dict[tuple[int, int], Pair] = {}
    for one, other, reason, certainty in _alike(names):
        if one.source.id == other.source.id or not _may_be_same(one.source, other.source):
            continue
        key = min(one.source.id, other.source.id), max(one.source.id, other.source.id)
        if key not in found or found[key].certainty < certainty:
            found[key] = Pair(*key, reason, certainty)
    return sorted(found.values(), key=lambda pair: (-pair.certainty, pair.one_id, pair.other_id))


def _names(source: SourceRecord) -> Iterator[_Name]:
    for number, written in enumerate((source.name, *source.aliases)):
        plain = folded(written)
        words = [word for word in re.findall(r"[\w']+", plain) if word not in _SMALL_WORDS]
        words = [word for word in words if word not in _TITLES] or words
        if words:
            yield _Name(source, written, plain, tuple(words), number > 0)


def _alike(names: Iterable[_Name]) -> Iterator[tuple[_Name, _Name, str, float]]:
    buckets: dict[str, list[_Name]] = {}
    for name in names:
        for key in _keys(name):
            buckets.setdefault(key, []).append(name)
    for key, bucket in buckets.items():
        kept = bucket[:_MAX_BUCKET] if key[0] in "=&" else bucket
        if len(kept) > _MAX_BUCKET:
            continue
        for place, one in enumerate(kept):
            for other in kept[place + 1 :]:
                if (reason := _reason(one, other)) is not None:
                    yield one, other, *reason


def _keys(name: _Name) -> Iterator[str]:
    """Yield the keys that similar names have in common; those after ``=`` and ``&`` are distinctive on their own."""
    yield f"={' '.join(sorted(name.words))}"
    if len(name.words) > 1:
        yield f"&{name.initials}"
    elif len(name.folded) <= 6:
        yield f"&{name.folded}"
    yield f"last {name.words[-1]}"
    if len(name.folded) >= _MIN_CHARACTERS:
        plain = "".join(name.words)
        yield f"head {plain[:4]}"
        yield f"tail {plain[-4:]}"


def _reason(one: _Name, other: _Name) -> tuple[str, float] | None:
    """Return why two names may belong to one source, and how certain that is; None where they are not similar."""
    if one.folded == other.folded:
        return f"both are called “{one.written}”", 1.0
    if sorted(one.words) == sorted(other.words):
        return f"“{one.written}” and “{other.written}” have the same words", 0.95
    short, long = sorted((one, other), key=lambda name: (len(name.words), len(name.folded)))
    if len(short.words) == 1 and len(long.words) > 1:
        if short.folded == long.initials and short.written.replace(".", "").isupper():
            return f"“{short.written}” may stand for “{long.written}”", 0.8
        if long.source.kind == "person" and short.words[0] == long.words[-1]:
            return f"“{short.written}” may be “{long.written}”", 0.7
    if min(len(one.folded), len(other.folded)) >= _MIN_CHARACTERS:
        if re.findall(r"\d+", one.folded) != re.findall(r"\d+", other.folded):
            return None
        likeness = SequenceMatcher(None, one.folded, other.folded, autojunk=False).ratio()
        if likeness >= _MIN_SIMILARITY:
            return f"“{one.written}” and “{other.written}” differ by a few letters", likeness * 0.7
    return None


def _may_be_same(one: SourceRecord, other: SourceRecord) -> bool:
    """Return whether two sources may be the same: a person is not an organisation, and a part is not its whole."""
    people = {one.kind == "person", other.kind == "person"}
    is_related = other.id in (one.parent_id, one.owner_id) or one.id in (other.parent_id, other.owner_id)
    return len(people) == 1 and not is_related
