"""Spans of brat contain no line end: cut spans there for a file, and join them when they are compared."""

import re
from collections.abc import Sequence

from annotator.domain.spans import Span


def in_lines(fragments: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Return ``fragments`` cut at line ends, which a span of brat must not contain."""
    found: list[Span] = []
    for start, end in fragments:
        pieces = re.finditer(r"[^\n]+", text[start:end])
        found += [Span(start + piece.start(), start + piece.end()) for piece in pieces]
    return tuple(found)


def joined(fragments: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Return ``fragments`` as they were before they were cut at line ends."""
    found: list[Span] = []
    for span in fragments:
        if found and span.start > found[-1].end and not text[found[-1].end : span.start].strip("\n"):
            found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return tuple(found)
