"""Comparison of annotations with gold: counts of spans, sentences and characters, from which precision, recall and F
follow.

Precision: the share of what was found that is right. Recall: the share of the gold that was found. F: their harmonic
mean, 2 right / (found + gold). Each is undefined where the divisor is 0, which is not the same as 0.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from annotator.domain.spans import Span

EXACT, THIRD, ANY = "exact", "third", "any"
OVERLAPS = (EXACT, THIRD, ANY)
"""Rules by which two spans match: they are equal; each covers a third of the other; they share a character."""

WHATEVER = ""
"""The key for spans of any label."""

SPANS, SENTENCES, CHARACTERS = "spans", "sentences", "characters"
MEASURES = (SPANS, SENTENCES, CHARACTERS)


class LabelledContent(NamedTuple):
    """A labelled content; ``mention`` and ``source`` (a name) give the source, where that is known."""

    label: str
    fragments: tuple[Span, ...]
    mention: tuple[Span, ...] = ()
    source: str = ""


class Counts(NamedTuple):
    """The number of right items, of found items and of gold items."""

    right: int = 0
    found: int = 0
    gold: int = 0

    @property
    def precision(self) -> float | None:
        """The share of the found items that are right; None where nothing was found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of the gold items that were found; None without gold."""
        return self.right / self.gold if self.gold else None

    @property
    def f(self) -> float | None:
        """The harmonic mean of precision and recall; None without items."""
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else None

    def plus(self, other: "Counts") -> "Counts":
        """Return the sums of both counts."""
        return Counts(self.right + other.right, self.found + other.found, self.gold + other.gold)


class Scored(NamedTuple):
    """The result for one document: counts by measure and label, pairs of labels, and how many of the sources are right.

    ``confusion``: gold label and found label of each match; an empty name where one side has nothing. ``sources``: of
    the matched contents whose source is known in the gold, those with the same one.
    """

    counts: Mapping[tuple[str, str], Counts]
    confusion: Counter[tuple[str, str]]
    sources: Counts


def scored(
    found: Sequence[LabelledContent], gold: Sequence[LabelledContent], sentences: Sequence[Span], overlap: str = THIRD
) -> Scored:
    """Compare the two sides of one document, whose sentences are given in order."""
    counts: dict[tuple[str, str], Counts] = {}
    for label in (WHATEVER, *sorted({one.label for one in (*found, *gold)})):
        mine, theirs = _of(found, label), _of(gold, label)
        counts[SPANS, label] = Counts(len(matches(mine, theirs, overlap)), len(mine), len(theirs))
        touched, wanted = _sentences(mine, sentences), _sentences(theirs, sentences)
        counts[SENTENCES, label] = Counts(len(touched & wanted), len(touched), len(wanted))
        covered, meant = _covered(mine), _covered(theirs)
        counts[CHARACTERS, label] = Counts(_shared(covered, meant), _size(covered), _size(meant))
    pairs = matches(found, gold, overlap)
    confusion = Counter((gold[theirs].label, found[mine].label) for mine, theirs in pairs)
    confusion.update((gold[at].label, "") for at in set(range(len(gold))) - {theirs for _, theirs in pairs})
    confusion.update(("", found[at].label) for at in set(range(len(found))) - {mine for mine, _ in pairs})
    known = [(found[mine], gold[theirs]) for mine, theirs in pairs if gold[theirs].mention or gold[theirs].source]
    right = sum(_is_same_source(*pair) for pair in known)
    return Scored(counts, confusion, Counts(right, len(known), len(known)))


def matches(
    found: Sequence[LabelledContent], gold: Sequence[LabelledContent], overlap: str = THIRD
) -> list[tuple[int, int]]:
    """Return pairs of positions in both, each used once, as many as there can be; those of one label are preferred.

    A maximum matching by augmenting paths (Kuhn 1955): a greedy choice may leave one without a partner, and would then
    give a lower count when the annotations come in another order.
    """
    partners = [
        [at for _, _, at in sorted((one.label != gold[at].label, -_share(one, gold[at]), at) for at in fitting)]
        for one, fitting in zip(found, _fitting(found, gold, overlap), strict=True)
    ]
    taken: dict[int, int] = {}

    def place(mine: int, tried: set[int]) -> bool:
        for theirs in partners[mine]:
            if theirs in tried:
                continue
            tried.add(theirs)
            if theirs not in taken or place(taken[theirs], tried):
                taken[theirs] = mine
                return True
        return False

    # Pairs of the same label are formed first, and kept unless there would be fewer pairs.
    order = sorted(
        range(len(found)), key=lambda mine: not any(gold[at].label == found[mine].label for at in partners[mine])
    )
    for mine in order:
        place(mine, set())
    return sorted((mine, theirs) for theirs, mine in taken.items())


def _fitting(found: Sequence[LabelledContent], gold: Sequence[LabelledContent], overlap: str) -> Iterator[list[int]]:
    """Return for each of ``found`` the positions in ``gold`` that match it; only nearby spans are compared."""
    by_start = sorted(range(len(gold)), key=lambda at: gold[at].fragments[0].start)
    starts = [gold[at].fragments[0].start for at in by_start]
    longest = max((one.fragments[-1].end - one.fragments[0].start for one in gold), default=0)
    for one in found:
        low = bisect_left(starts, one.fragments[0].start - longest)
        high = bisect_left(starts, one.fragments[-1].end)
        yield [at for at in by_start[low:high] if _matches(one, gold[at], overlap)]


def _of(side: Sequence[LabelledContent], label: str) -> list[LabelledContent]:
    return [one for one in side if label in (WHATEVER, one.label)]


def _matches(one: LabelledContent, other: LabelledContent, overlap: str) -> bool:
    if overlap == EXACT:
        return one.fragments == other.fragments
    shared = _common(one, other)
    if overlap == ANY:
        return shared > 0
    return shared > 0 and 3 * shared >= max(_size(one.fragments), _size(other.fragments))


def _share(one: LabelledContent, other: LabelledContent) -> float:
    return _common(one, other) / max(_size(one.fragments), _size(other.fragments), 1)


def _common(one: LabelledContent, other: LabelledContent) -> int:
    if one.fragments[-1].end <= other.fragments[0].start or other.fragments[-1].end <= one.fragments[0].start:
        return 0
    return _shared(one.fragments, other.fragments)


def _size(spans: Iterable[Span]) -> int:
    return sum(span.end - span.start for span in spans)


def _shared(ones: Sequence[Span], others: Sequence[Span]) -> int:
    """Return the characters covered by both of two lists of spans, each ordered and without overlap."""
    total = first = second = 0
    while first < len(ones) and second < len(others):
        one, other = ones[first], others[second]
        total += max(0, min(one.end, other.end) - max(one.start, other.start))
        if one.end <= other.end:
            first += 1
        else:
            second += 1
    return total


def _covered(side: Iterable[LabelledContent]) -> list[Span]:
    """Return the spans that the contents cover, ordered and without overlap."""
    covered: list[Span] = []
    for span in sorted(span for one in side for span in one.fragments):
        if covered and span.start <= covered[-1].end:
            covered[-1] = Span(covered[-1].start, max(covered[-1].end, span.end))
        else:
            covered.append(span)
    return covered


def _sentences(side: Iterable[LabelledContent], sentences: Sequence[Span]) -> set[int]:
    """Return the numbers of the sentences that a content overlaps."""
    covered, touched, at = _covered(side), set[int](), 0
    for number, sentence in enumerate(sentences):
        while at < len(covered) and covered[at].end <= sentence.start:
            at += 1
        if at < len(covered) and covered[at].start < sentence.end:
            touched.add(number)
    return touched


def _is_same_source(found: LabelledContent, gold: LabelledContent) -> bool:
    if found.mention and gold.mention:
        return found.mention == gold.mention
    return bool(found.source) and found.source.casefold() == gold.source.casefold()
