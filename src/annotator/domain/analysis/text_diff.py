"""Comparison of two versions of a text: which parts of the old one occur in the new one, and where.

Words are compared, not characters: single characters in scripts without spaces, else whole words, each run of white
space and each other character. Words that occur once in both texts anchor the comparison (patience diff, by Bram
Cohen), and short stretches between two anchors are compared word by word. The time grows linearly with the length of
the texts.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from annotator.domain.spans import Span

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|\s+|.", re.DOTALL)
_MAX_PRODUCT = 40_000
"""Two stretches are compared word by word where the product of their lengths is no more than this."""

_SHINGLE = 3
_MAX_WORDS = 20_000
"""Words of a text from which its similarity is computed."""


class Block(NamedTuple):
    """A stretch that both texts have, in code points."""

    old: int
    new: int
    length: int


def similarity(old: str, new: str) -> float:
    """Return how much of the shorter text occurs in the other one, from 0 to 1, by its groups of three words."""
    one, other = _shingles(old), _shingles(new)
    return len(one & other) / max(1, min(len(one), len(other)))


def _shingles(text: str) -> set[tuple[str, ...]]:
    found = [word.casefold() for word in _WORD.findall(text) if not word.isspace()][:_MAX_WORDS]
    return {tuple(found[at : at + _SHINGLE]) for at in range(max(1, len(found) - _SHINGLE + 1))}


def common_blocks(old: str, new: str) -> list[Block]:
    """Return the stretches that ``old`` and ``new`` have in common, in text order; none touches the next in both."""
    left, right = _WORD.findall(old), _WORD.findall(new)
    starts_left, starts_right = _starts(left), _starts(right)
    blocks: list[Block] = []
    for first, second, count in sorted(_common_words(left, right)):
        block = Block(starts_left[first], starts_right[second], starts_left[first + count] - starts_left[first])
        last = blocks[-1] if blocks else None
        if last and last.old + last.length == block.old and last.new + last.length == block.new:
            blocks[-1] = last._replace(length=last.length + block.length)
        else:
            blocks.append(block)
    return blocks


def _starts(words: Sequence[str]) -> list[int]:
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return starts


def _common_words(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return runs of words that both have: where each begins in either text, and its number of words."""
    found: list[tuple[int, int, int]] = []
    waiting = [(0, len(left), 0, len(right))]
    while waiting:
        a, a_end, b, b_end = waiting.pop()
        start = a
        while a < a_end and b < b_end and left[a] == right[b]:
            a, b = a + 1, b + 1
        if a > start:
            found.append((start, b - (a - start), a - start))
        end = a_end
        while a_end > a and b_end > b and left[a_end - 1] == right[b_end - 1]:
            a_end, b_end = a_end - 1, b_end - 1
        if end > a_end:
            found.append((a_end, b_end, end - a_end))
        if a == a_end or b == b_end:
            continue
        if (a_end - a) * (b_end - b) <= _MAX_PRODUCT:
            matcher = SequenceMatcher(None, left[a:a_end], right[b:b_end], autojunk=False)
            found += [(a + one, b + other, size) for one, other, size in matcher.get_matching_blocks() if size]
            continue
        at = (a, b)
        anchors = _anchors(left[a:a_end], right[b:b_end])
        for one, other in anchors:
            found.append((a + one, b + other, 1))
            waiting.append((at[0], a + one, at[1], b + other))
            at = (a + one + 1, b + other + 1)
        if anchors:
            waiting.append((at[0], a_end, at[1], b_end))
    return found


def _anchors(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Return words that occur once in both: the longest series of them that is in the same order in both."""
    counts, others = Counter(left), Counter(right)
    places = {word: at for at, word in enumerate(right) if others[word] == 1}
    pairs = [(at, places[word]) for at, word in enumerate(left) if counts[word] == 1 and word in places]
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        at = bisect_left(tails, place)
        before.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(place)
            ends.append(number)
        else:
            tails[at], ends[at] = place, number
    chain: list[tuple[int, int]] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


class Alignment:
    """A mapping of the spans of an old text to its new version."""

    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new
        self._blocks = common_blocks(old, new)
        self._olds = [block.old for block in self._blocks]

    def kept(self, span: Span) -> int:
        """Return how many characters of ``span`` are in the new text in the place where their neighbours are."""
        first = max(0, bisect_right(self._olds, span.start) - 1)
        total = 0
        for block in self._blocks[first:]:
            if block.old >= span.end:
                break
            total += max(0, min(span.end, block.old + block.length) - max(span.start, block.old))
        return total

    def moved(self, span: Span) -> Span | None:
        """Return the place of ``span`` in the new text, with any changes inside it; None where too little is left.

        Too little: less than half of its characters.
        """
        if 2 * self.kept(span) < span.end - span.start:
            return None
        start, end = self._start(span.start), self._end(span.end)
        return Span(start, end) if start < end else None

    def _start(self, point: int) -> int:
        """Return the place of a start: of its own character, or of what replaced the stretch that begins there."""
        at = bisect_right(self._olds, point) - 1
        if at >= 0 and point < self._blocks[at].old + self._blocks[at].length:
            return self._blocks[at].new + point - self._blocks[at].old
        before = self._blocks[at] if at >= 0 else Block(0, 0, 0)
        if before.old + before.length == point:
            return before.new + before.length
        return self._blocks[at + 1].new if at + 1 < len(self._blocks) else len(self._new)

    def _end(self, point: int) -> int:
        """Return the place of an end: after its last character, or after what replaced the stretch that ends there."""
        at = bisect_left(self._olds, point) - 1
        if at >= 0 and point <= self._blocks[at].old + self._blocks[at].length:
            return self._blocks[at].new + point - self._blocks[at].old
        following = self._blocks[at + 1] if at + 1 < len(self._blocks) else Block(len(self._old), len(self._new), 0)
        if following.old == point:
            return following.new
        return self._blocks[at].new + self._blocks[at].length if at >= 0 else 0
