"""Conversion of offsets in files to those in the canonical text: code points from its beginning."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from annotator.domain.errors import InvalidSpan

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class CanonicalOffsets:
    """Conversion of offsets in a file's text to the canonical text, without byte order marks and carriage returns."""

    def __init__(self, text: str) -> None:
        marks = len(text) - len(text.lstrip("\ufeff"))
        self._removed = [*range(marks), *(found.start() for found in re.finditer(r"\r(?=\n)", text))]

    def canonical(self, offset: int) -> int:
        """Return the offset in the canonical text of an offset in the file's text, both in code points."""
        return offset - bisect_left(self._removed, offset)

    def canonical_pairs(self, pairs: Iterable[Sequence[int]]) -> list[tuple[int, int]]:
        """Return the offsets in the canonical text of pairs of start and end in the file's text."""
        return [(self.canonical(start), self.canonical(end)) for start, end in pairs]


class Utf16:
    """Offsets of a text in UTF-16 units, as Java and JavaScript count, to and from code points.

    A character beyond U+FFFF counts as two.
    """

    def __init__(self, text: str) -> None:
        self._points = [] if text.isascii() else [found.start() for found in _ASTRAL.finditer(text)]
        self._units = [point + number for number, point in enumerate(self._points)]
        self.length = len(text) + len(self._points)
        """UTF-16 units of the whole text."""

    def units(self, point: int) -> int:
        """Return the unit at which the code point ``point`` begins."""
        return point + bisect_left(self._points, point)

    def point(self, unit: int) -> int:
        """Return the code point that begins at ``unit``. Raise InvalidSpan inside a character or outside the text."""
        if not 0 <= unit <= self.length:
            raise InvalidSpan(f"The offset {unit} is not in the text, which has {self.length:,} UTF-16 units.")
        before = bisect_right(self._units, unit)
        if before and self._units[before - 1] == unit - 1:
            raise InvalidSpan(f"The offset {unit} lies inside a character.")
        if before and self._units[before - 1] == unit:
            before -= 1
        return unit - before
