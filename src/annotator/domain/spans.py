"""Spans: half-open ``[start, end)`` ranges in Unicode code points of a document's text."""

import operator
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from annotator.domain.errors import InvalidSpan

CONTEXT = 32
"""Code points of context stored before and after a quote, so that it can be found again."""

FRAGMENT_GAP = " … "
"""The separator of the fragments of a discontinuous annotation where it is shown on one line."""


class Span(NamedTuple):
    """A half-open range ``[start, end)`` in code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the part of ``text`` that the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Return whether both cover a common code point."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Span") -> bool:
        """Return whether all of ``other`` is in this span."""
        return self.start <= other.start and other.end <= self.end

    def __bool__(self) -> bool:
        """Return False for an empty span. (``len`` stays that of the tuple, which unpacking and copying need.)"""
        return self.end > self.start


Pairs = Iterable[Sequence[int]]


def checked(start: int, end: int, length: int) -> Span:
    """Return the span ``[start, end)`` of a text of ``length`` code points. Raise InvalidSpan."""
    if not 0 <= start < end <= length:
        raise InvalidSpan(
            f"The span {start}-{end} does not lie in the text, which has {length} characters: "
            "give a start of 0 or more and an end after it."
        )
    return Span(start, end)


def checked_fragments(pairs: Pairs, length: int) -> tuple[Span, ...]:
    """Return fragments in text order, each inside the text; touching ones are joined. Raise InvalidSpan."""
    try:
        whole = [(operator.index(start), operator.index(end)) for start, end in pairs]
    except (TypeError, ValueError):
        raise InvalidSpan(f"{pairs!r} are not spans: give pairs of whole numbers, start and end.") from None
    if len(whole) == 1:
        return (checked(*whole[0], length),)
    ordered = sorted(checked(start, end, length) for start, end in whole)
    joined: list[Span] = []
    for span in ordered:
        if joined and span.start < joined[-1].end:
            raise InvalidSpan(
                f"The fragments {joined[-1].start}-{joined[-1].end} and {span.start}-{span.end} of one annotation "
                "overlap: give fragments that lie apart."
            )
        if joined and span.start == joined[-1].end:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    if not joined:
        raise InvalidSpan("An annotation needs at least one span.")
    return tuple(joined)


def hull(fragments: Sequence[Span]) -> Span:
    """Return the smallest span that covers all ``fragments``, which are in text order."""
    return Span(fragments[0].start, fragments[-1].end)


def quote_of(text: str, fragments: Sequence[Span]) -> str:
    """Return the covered words on one line for display: fragments joined by an ellipsis."""
    return FRAGMENT_GAP.join(span.of(text) for span in fragments)


def context_of(text: str, span: Span) -> tuple[str, str]:
    """Return up to 32 code points before and after ``span``."""
    return text[max(0, span.start - CONTEXT) : span.start], text[span.end : span.end + CONTEXT]


def trimmed(text: str, span: Span) -> Span | None:
    """Return ``span`` without white space at its edges; None where nothing is left."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def find_quote(text: str, quote: str, prefix: str = "", suffix: str = "", near: int = 0) -> Span | None:
    """Return the place of ``quote`` in ``text``: the one whose context fits best, then the nearest to ``near``.

    A quote from the beginning of a file may contain its byte order marks, which the text does not. None where the quote
    is not in the text.
    """
    if quote.startswith("\ufeff") and quote not in text:
        quote = quote.lstrip("\ufeff")
    if not quote:
        return None
    best: tuple[int, int, int] | None = None
    start = text.find(quote)
    while start >= 0:
        end = start + len(quote)
        fit = _common_suffix(text[max(0, start - len(prefix)) : start], prefix)
        fit += _common_prefix(text[end : end + len(suffix)], suffix)
        candidate = (-fit, abs(start - near), start)
        if best is None or candidate < best:
            best = candidate
        start = text.find(quote, start + 1)
    return None if best is None else Span(best[2], best[2] + len(quote))


def _common_prefix(left: str, right: str) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _common_suffix(left: str, right: str) -> int:
    return _common_prefix(left[::-1], right[::-1])
