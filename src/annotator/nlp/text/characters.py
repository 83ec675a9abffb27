"""User-perceived characters: extended grapheme clusters (UAX 29); a call reads only a bounded part of the text.

Positions are code points. A position outside the text counts as the nearer end of it.
"""

from collections.abc import Iterator

import regex

from annotator.domain.spans import Span

CHARACTER_REACH = 128
"""About how many code points a call reads to either side; a longer cluster is cut there."""

_CLUSTER = regex.compile(r"\X")
# Between two characters of these classes is a boundary, whatever stands before them.
_CERTAIN = regex.compile(
    r"(?r)(?<=[\p{GCB=Other}\p{GCB=Control}\p{GCB=LF}\p{GCB=RI}])(?=[\p{GCB=Other}\p{GCB=Control}\p{GCB=LF}])"
    r"|(?<=[\p{GCB=Other}\p{GCB=Control}\p{GCB=LF}])(?=\p{GCB=RI})|\A"
)
_FIRST_COMBINING = "\u0300"


def clamped(text: str, at: int) -> int:
    """Return ``at``, or the nearer end of the text where it lies outside."""
    return min(max(at, 0), len(text))


def is_character_boundary(text: str, at: int) -> bool:
    """Return whether ``at`` is a boundary: outside of every grapheme cluster. The ends of the text are boundaries."""
    if not 0 < at < len(text):
        return at in (0, len(text))
    # No character below the first combining mark joins with another, except for CR with LF.
    if text[at] < _FIRST_COMBINING and text[at - 1] < _FIRST_COMBINING:
        return not (text[at] == "\n" and text[at - 1] == "\r")
    return _character_around(text, at).start == at


def next_character(text: str, at: int) -> int:
    """Return the first boundary after ``at``; the end of the text where there is none."""
    at = clamped(text, at)
    if at == len(text) or is_character_boundary(text, at + 1):
        return min(at + 1, len(text))
    return _character_around(text, at).end


def previous_character(text: str, at: int) -> int:
    """Return the last boundary before ``at``; 0 where there is none."""
    at = clamped(text, at)
    if at == 0 or is_character_boundary(text, at - 1):
        return max(at - 1, 0)
    return _character_around(text, at - 1).start


def character_at(text: str, at: int) -> Span:
    """Return the grapheme cluster that holds the code point at ``at``; empty at the end of the text."""
    at = clamped(text, at)
    if at == len(text):
        return Span(at, at)
    return _character_around(text, at)


def widened_to_characters(text: str, span: Span) -> Span:
    """Return ``span`` with each edge that lies inside a grapheme cluster moved outwards to its edge."""
    start, end = clamped(text, span.start), clamped(text, span.end)
    if not is_character_boundary(text, start):
        start = _character_around(text, start).start
    if not is_character_boundary(text, end):
        end = _character_around(text, end).end
    return Span(start, max(start, end))


def characters(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the grapheme clusters from ``start``, which has to be a boundary, to ``end``; None: the end of the text."""
    for found in _CLUSTER.finditer(text, start, len(text) if end is None else end):
        yield Span(*found.span())


def _character_around(text: str, at: int) -> Span:
    """Return the cluster with ``start <= at < end``."""
    # Begin at fixed places, so that two calls agree in a cluster or a sequence of flags longer than the reach.
    low = max(0, at - at % CHARACTER_REACH - CHARACTER_REACH)
    certain = _CERTAIN.search(text, low, at + 1)
    begin = certain.start() if certain else low
    for found in _CLUSTER.finditer(text, begin, min(len(text), at + CHARACTER_REACH)):
        if found.end() > at:
            return Span(*found.span())
    return Span(at, at + 1)
