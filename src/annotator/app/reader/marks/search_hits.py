"""The hits of a search in the text shown, stored compactly for hundreds of thousands of hits."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from annotator.domain.spans import Span


class SearchHits:
    """Separate spans in text order, found by number and by place."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self.is_cut = False
        """Whether there are more hits than these."""
        self._starts = array("I")
        self._ends = array("I")
        for span in spans:
            self.add(span)

    def add(self, span: Span) -> None:
        """Add a hit after all others."""
        self._starts.append(span.start)
        self._ends.append(span.end)

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, number: int) -> Span:
        return Span(self._starts[number], self._ends[number])

    def __iter__(self) -> Iterator[Span]:
        return map(Span, self._starts, self._ends)

    def between(self, start: int, end: int) -> list[Span]:
        """Return the hits that overlap ``[start, end)``."""
        first = bisect_right(self._ends, start)
        last = bisect_left(self._starts, end, lo=first)
        return [self[number] for number in range(first, last)]

    def first_from(self, position: int) -> int | None:
        """Return the number of the first hit that begins at ``position`` or after it; None after the last."""
        number = bisect_left(self._starts, position)
        return number if number < len(self) else None

    def last_before(self, position: int) -> int | None:
        """Return the number of the last hit that ends at ``position`` or before it; None before the first."""
        number = bisect_right(self._ends, position) - 1
        return number if number >= 0 else None

    def number_of(self, span: Span | None) -> int | None:
        """Return the number of the hit that equals ``span``; None if there is none."""
        if span is None:
            return None
        number = self.first_from(span.start)
        return number if number is not None and self[number] == span else None
