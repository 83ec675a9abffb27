"""Text boundaries for caret and selection: characters, words, clauses, sentences, paragraphs.

Positions and spans are code points, half-open. A call reads only a bounded part of the text around its position, so
that it takes the same time in a text of 20 MB as in one line; only the edges of a paragraph, and the text after white
space, are searched for over any distance. A position outside the text counts as the nearer end of it.
"""

from collections.abc import Callable, Iterator

import regex

from annotator.domain.spans import Span
from annotator.nlp.text.characters import (
    character_at,
    characters,
    clamped,
    is_character_boundary,
    next_character,
    previous_character,
    widened_to_characters,
)
from annotator.nlp.text.clauses import clause_at, next_clause, previous_clause
from annotator.nlp.text.sentences import next_sentence, previous_sentence, sentence_at, sentences
from annotator.nlp.text.words import (
    count_words,
    next_word_end,
    next_word_start,
    previous_word_start,
    snap_to_words,
    word_at,
    words,
)

__all__ = [
    "character_at",
    "characters",
    "clause_at",
    "count_words",
    "growing",
    "is_character_boundary",
    "next_character",
    "next_clause",
    "next_paragraph",
    "next_sentence",
    "next_word_end",
    "next_word_start",
    "paragraph_at",
    "previous_character",
    "previous_clause",
    "previous_paragraph",
    "previous_sentence",
    "previous_word_start",
    "sentence_at",
    "sentences",
    "shrinking",
    "snap_to_words",
    "widened_to_characters",
    "word_at",
    "words",
]

_VISIBLE = regex.compile(r"[^\s\x1c-\x1f]")
_LAST_VISIBLE = regex.compile(r"(?r)[^\s\x1c-\x1f]")


def paragraph_at(text: str, at: int) -> Span:
    """Return the line that holds ``at``, trimmed; on a blank line the next line with text, or else the last one.

    The span is empty in a text of white space only.
    """
    at = clamped(text, at)
    begin = text.rfind("\n", 0, at) + 1
    visible = _VISIBLE.search(text, begin) or _LAST_VISIBLE.search(text, 0, begin)
    return _line_around(text, visible.start()) if visible else Span(at, at)


def next_paragraph(text: str, at: int) -> Span | None:
    """Return the first paragraph that starts after ``at``; None where there is none."""
    at = clamped(text, at)
    visible = _VISIBLE.search(text, text.rfind("\n", 0, at) + 1)
    if visible is None:
        return None
    paragraph = _line_around(text, visible.start())
    if paragraph.start > at:
        return paragraph
    visible = _VISIBLE.search(text, paragraph.end)
    return _line_around(text, visible.start()) if visible else None


def previous_paragraph(text: str, at: int) -> Span | None:
    """Return the last paragraph that starts before ``at`` (inside one, that one); None where there is none."""
    visible = _LAST_VISIBLE.search(text, 0, clamped(text, at))
    return _line_around(text, visible.start()) if visible else None


def growing(text: str, span: Span) -> Span:
    """Return the smallest of words, clauses, sentences, paragraphs and the whole text that is larger than ``span``.

    A span that overlaps several units grows to all of them. The whole text stays as it is.
    """
    start, end = clamped(text, span.start), clamped(text, span.end)
    span = Span(start, max(start, end))
    for larger in _units(text, span):
        if larger.contains(span) and larger != span:
            return larger
    return Span(0, len(text))


def shrinking(text: str, span: Span, anchor: int) -> Span:
    """Return the largest of paragraph, sentence, clause and word around ``anchor`` that is smaller than ``span``.

    Below a word it is the empty span at ``anchor``. An anchor outside of ``span`` counts as its nearer end.
    """
    start, end = clamped(text, span.start), clamped(text, span.end)
    span = Span(start, max(start, end))
    anchor = min(max(anchor, span.start), span.end)
    for smaller in reversed(list(_units(text, Span(anchor, anchor)))):
        if span.contains(smaller) and smaller != span and smaller.start <= anchor <= smaller.end:
            return smaller
    return Span(anchor, anchor)


_UNITS: tuple[Callable[[str, int], Span], ...] = (clause_at, sentence_at, paragraph_at)


def _units(text: str, span: Span) -> Iterator[Span]:
    """Yield the units of each size that cover ``span``, smallest first."""
    yield snap_to_words(text, span)
    last = max(span.start, span.end - 1)
    for unit_at in _UNITS:
        unit = unit_at(text, span.start)
        if unit.end <= last:
            last_unit = unit_at(text, last)
            unit = Span(min(unit.start, last_unit.start), max(unit.end, last_unit.end))
        yield unit


def _line_around(text: str, at: int) -> Span:
    """Return the line that holds the visible character at ``at``, trimmed."""
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    first = _VISIBLE.search(text, begin, at + 1)
    last = _LAST_VISIBLE.search(text, at, end)
    return widened_to_characters(text, Span(first.start() if first else at, last.end() if last else end))
