"""How a program counts the positions in a text of a REFI-QDA project, inferred from its selections."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from annotator.domain.errors import InvalidSpan
from annotator.domain.spans import Span
from annotator.formats.reading.offsets import CanonicalOffsets, Utf16


class CountingMethod(NamedTuple):
    """One way to count positions in a text."""

    past: bool
    """Whether ``endPosition`` is one past the last character."""
    returns: bool = True
    """Whether the CR of a line end counts."""
    mark: bool = False
    """Whether a byte order mark counts."""
    wide: bool = False
    """Whether a character beyond U+FFFF counts as two."""


_METHODS = tuple(
    CountingMethod(past, returns, mark, wide)
    for wide in (False, True)
    for mark in (False, True)
    for returns in (True, False)
    for past in (True, False)
)


class Source(NamedTuple):
    """A text of the archive, as decoded and as canonical text."""

    stated: str
    text: str

    def position_by(self, method: CountingMethod) -> Callable[[int], int]:
        """Return the place in the canonical text of a position counted this way.

        Raise InvalidSpan inside a character.
        """
        stated = self.stated if method.returns else re.sub("\r\n?", "\n", self.stated)
        if not method.mark:
            stated = stated.removeprefix("\ufeff")
        wide = Utf16(stated) if method.wide else None
        offsets = CanonicalOffsets(stated) if len(stated) != len(self.text) else None

        def position(at: int) -> int:
            point = wide.point(at) if wide else at
            return offsets.canonical(point) if offsets else point

        return position


@dataclass
class CountingEvidence:
    """Collects, selection by selection, evidence on which way of counting fits a file."""

    named: Counter[CountingMethod] = field(default_factory=Counter)
    """How well the selections match the words that they name, for each way of counting."""
    ends: Counter[bool] = field(default_factory=Counter)
    """How many selections are plausible with an end that is one past the last character, and with one that is not."""

    def vote(self, source: Source, selections: Sequence[tuple[int, int, str]]) -> None:
        """Add the evidence of the selections of a text: start, end and name of each, as stated."""
        text = source.text
        ways = {method: source.position_by(method) for method in self._distinct_methods(source)}
        plain = ways[_METHODS[0]]
        for start, end, name in selections:
            for method, position in ways.items() if name.strip() else ():
                try:
                    span = Span(position(start), position(end if method.past else end + 1))
                except InvalidSpan:
                    continue
                if is_named(span.of(text), name):
                    # Some tools leave out white space at the edges, so the remaining words are weaker evidence.
                    self.named[method] += 2 if _spaced(span.of(text)) == _spaced(name) else 1
            try:
                stop = plain(end)
            except InvalidSpan:
                continue
            if end == start or (_is_inside_word(text, stop) and not _is_inside_word(text, stop + 1)):
                self.ends[False] += 1
            elif stop == len(text) or (_is_inside_word(text, stop + 1) and not _is_inside_word(text, stop)):
                self.ends[True] += 1

    def best(self) -> CountingMethod:
        """Return the way of counting that fits best; among equals the most common one."""
        highest = max(self.named.values(), default=0)
        if highest:
            return next(method for method in _METHODS if self.named[method] == highest)
        return CountingMethod(past=self.ends[True] >= self.ends[False])

    @staticmethod
    def _distinct_methods(source: Source) -> list[CountingMethod]:
        """Return the ways of counting that differ for this text; the others would only repeat them."""
        has_returns, has_mark = "\r" in source.stated, source.stated.startswith("\ufeff")
        has_wide = any(character > "\uffff" for character in source.text)
        return [
            one
            for one in _METHODS
            if (one.returns or has_returns) and (not one.mark or has_mark) and (not one.wide or has_wide)
        ]


def _spaced(words: str) -> str:
    """Return words with a space for all white space, as in an attribute of XML."""
    return re.sub(r"\s+", " ", words)


def is_named(words: str, name: str) -> bool:
    """Return whether a selection's name is the words that it covers, or their beginning."""
    words, name = _spaced(words).strip(), _spaced(name).strip()
    if words == name:
        return True
    cut = name.rstrip(".…")
    return cut != name and len(cut) > 10 and words.startswith(cut)


def _is_inside_word(text: str, position: int) -> bool:
    return 0 < position < len(text) and text[position - 1].isalnum() and text[position].isalnum()
