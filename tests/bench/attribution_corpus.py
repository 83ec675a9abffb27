"""PolNeAR's articles and attributions (brat standoff), and how near proposals come to them.

The corpus is not ours to hand on: the measurement is pointed at a copy, and is skipped where there is none.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from annotator.nlp.text.sentences import sentences
from annotator.nlp.trained.evaluation_figures import Counts

_TOKEN = re.compile(r"\w+")
_PART = re.compile(r"(Source|Cue|Content)\d*$")
OVERLAP = 1 / 3
"""Two content spans match where the tokens that they share are at least this part of the tokens of both."""

Pairs = tuple[tuple[int, int], ...]


class Attributed(NamedTuple):
    """A content with its source mention and cue, each as spans in code points."""

    content: Pairs
    source: Pairs
    cue: Pairs = ()


@dataclass(frozen=True)
class Article:
    """A text as one annotator read it."""

    name: str
    annotator: str
    text: str
    attributions: tuple[Attributed, ...]


def articles(folder: Path) -> Iterator[Article]:
    """Every article once for each of its annotators. ``Discuss`` and ``Discard`` are left out."""
    for path in sorted((folder / "attributions").glob("*.ann")):
        name, _, annotator = path.stem.rpartition("_")
        with open(folder / "text" / f"{name}.txt", encoding="utf-8", newline="") as file:
            text = file.read()
        yield Article(name, annotator, text, tuple(_attributions(path)))


def _attributions(path: Path) -> Iterator[Attributed]:
    spans: dict[str, Pairs] = {}
    events: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        id, _, rest = line.partition("\t")
        if id.startswith("T"):
            _type, _, places = rest.partition("\t")[0].partition(" ")
            spans[id] = tuple((int(a), int(b)) for a, b in (place.split() for place in places.split(";")))
        elif id.startswith("E"):
            events.append(rest)
    for event in events:
        parts: dict[str, list[tuple[int, int]]] = {"Source": [], "Cue": [], "Content": []}
        for argument in event.split():
            role, _, id = argument.partition(":")
            if (part := _PART.match(role)) and id in spans:
                parts[part[1]].extend(spans[id])
        if parts["Content"]:
            yield Attributed(tuple(parts["Content"]), tuple(parts["Source"]), tuple(parts["Cue"]))


@dataclass
class Score:
    """The columns of the table, summed over articles."""

    sentences: Counts = field(default_factory=Counts)
    content_tokens: Counts = field(default_factory=Counts)
    source_tokens: Counts = field(default_factory=Counts)
    content_spans: Counts = field(default_factory=Counts)
    exact_sources: Counts = field(default_factory=Counts)
    """Of the matched contents whose source stands in the text, those that have exactly that mention."""

    def add(self, text: str, proposed: Sequence[Attributed], wanted: Sequence[Attributed]) -> None:
        tokens = _Tokens(text)
        ours = [(tokens.of(one.content), tokens.of(one.source)) for one in proposed]
        gold = [(tokens.of(one.content), tokens.of(one.source)) for one in wanted]
        content = set().union(*(one[0] for one in ours)), set().union(*(one[0] for one in gold))
        self.content_tokens += _counted(*content)
        sources = set().union(*(one[1] for one in ours)), set().union(*(one[1] for one in gold))
        self.source_tokens += _counted(*sources)
        self.sentences += _counted(*({tokens.sentence_of[token] for token in side} for side in content))
        matched = list(_matched([one[0] for one in ours], [one[0] for one in gold]))
        self.content_spans += Counts(len(matched), len(ours), len(gold))
        for mine, theirs in matched:
            if gold[theirs][1]:
                self.exact_sources += Counts(int(ours[mine][1] == gold[theirs][1]), 1, 1)


def _counted(proposed: set[int], wanted: set[int]) -> Counts:
    return Counts(len(proposed & wanted), len(proposed), len(wanted))


def errors_of(text: str, proposed: Sequence[Attributed], wanted: Sequence[Attributed]) -> Iterator[str]:
    """The kind of each error, once for each content."""
    tokens = _Tokens(text)
    ours = [(tokens.of(one.content), tokens.of(one.source)) for one in proposed]
    gold = [(tokens.of(one.content), tokens.of(one.source)) for one in wanted]
    matched = list(_matched([one[0] for one in ours], [one[0] for one in gold]))
    for one in {*range(len(gold))} - {theirs for _mine, theirs in matched}:
        touched = any(gold[one][0] & other[0] for other in ours)
        yield "content boundary" if touched else "content missed"
    for one in {*range(len(ours))} - {mine for mine, _theirs in matched}:
        if not any(ours[one][0] & other[0] for other in gold):
            yield "content invented"
    for mine, theirs in matched:
        found, right = ours[mine][1], gold[theirs][1]
        if found != right:
            yield (
                "source missed"
                if not found
                else "source invented"
                if not right
                else "source boundary"
                if found & right
                else "source wrong"
            )


class _Tokens:
    def __init__(self, text: str) -> None:
        spans = [found.span() for found in _TOKEN.finditer(text)]
        self._starts = [start for start, _end in spans]
        self._ends = [end for _start, end in spans]
        self.sentence_of: list[int] = []
        parts = list(sentences(text))
        number = 0
        for start in self._starts:
            while number + 1 < len(parts) and parts[number].end <= start:
                number += 1
            self.sentence_of.append(number)

    def of(self, pairs: Pairs) -> set[int]:
        return {
            number
            for start, end in pairs
            for number in range(bisect_right(self._ends, start), bisect_left(self._starts, end))
        }


def _matched(ours: Sequence[set[int]], gold: Sequence[set[int]]) -> Iterable[tuple[int, int]]:
    """Pairs of enough overlap, the best first, each side used once."""
    pairs = [
        (len(one & other) / len(one | other), mine, theirs)
        for mine, one in enumerate(ours)
        for theirs, other in enumerate(gold)
        if one & other
    ]
    used: tuple[set[int], set[int]] = set(), set()
    for overlap, mine, theirs in sorted(pairs, reverse=True):
        if overlap >= OVERLAP and mine not in used[0] and theirs not in used[1]:
            used[0].add(mine)
            used[1].add(theirs)
            yield mine, theirs
