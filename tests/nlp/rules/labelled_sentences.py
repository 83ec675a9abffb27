"""Labelled sentences by which the suggestion rules are measured: read from ``sets``, with counts of right and wrong.

A line is a sentence, a tab, and its class; the part of the sentence to which the class applies is in brackets.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from annotator.domain.spans import Span
from annotator.nlp.rules.proposals import Proposal
from annotator.nlp.rules.rule_suggester import suggest

_FOLDER = Path(__file__).parent / "sets"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence without its brackets, the parts that were in them, and its class."""

    text: str
    marked: tuple[Span, ...]
    """The whole sentence where it has no brackets."""
    label: str
    part: str
    """The heading under which it stands."""


def labelled(name: str) -> list[Labelled]:
    """Return the sentences of the set ``name``."""
    return list(_read((_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()))


def _read(lines: Iterable[str]) -> Iterator[Labelled]:
    part = ""
    for line in lines:
        if line.startswith("# ---"):
            part = line.removeprefix("# ---").strip()
        elif line and not line.startswith("#"):
            sentence, _, label = line.partition("\t")
            text, marked = _bare(sentence)
            yield Labelled(text, marked, label, part)


def _bare(sentence: str) -> tuple[str, tuple[Span, ...]]:
    text = ""
    starts: list[int] = []
    marked: list[Span] = []
    for character in sentence:
        if character == "[":
            starts.append(len(text))
        elif character == "]":
            marked.append(Span(starts.pop(), len(text)))
        else:
            text += character
    return text, tuple(marked) or (Span(0, len(text)),)


@dataclass(slots=True)
class Counts:
    """How often a class was found and not found."""

    right: int = 0
    invented: int = 0
    """Found where it is not."""
    missed: int = 0
    """Not found where it is."""

    def add(self, found: bool, wanted: bool) -> None:
        self.right += found and wanted
        self.invented += found and not wanted
        self.missed += wanted and not found

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.invented)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)


def proposed_label(one: Labelled, language: str = "en") -> str:
    """Return the label of the proposal that shares most with the marked parts; ``none`` without one."""
    found = suggest(one.text, language)
    best = max(found, key=lambda proposal: _shared(proposal, one), default=None)
    return best.label if best is not None and _shared(best, one) else "none"


def _shared(proposal: Proposal, one: Labelled) -> int:
    pairs = ((a, b) for a in proposal.fragments for b in one.marked)
    return sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a, b in pairs)


def classes_of_sources(found: Iterable[Proposal]) -> Set[str]:
    """Return which of ``unnamed`` and ``official`` apply to a source of the proposals."""
    classes = set()
    for one in found:
        if one.features["source form"] == "unnamed":
            classes.add("unnamed")
        if one.features.get("source kind") == "official" and one.features.get("on record") == "yes":
            classes.add("official")
    return classes
