"""Probable sources of an annotation, found in the text around it: proposed, never set.

First the source that the suggestion rules find (for a pronoun the last matching person), then the sources of the
registry that the paragraph names, the nearest first.
"""

import re
from collections.abc import Iterable, Sequence

from annotator.domain.records import SourceRecord
from annotator.domain.spans import Span
from annotator.nlp.boundaries import paragraph_at
from annotator.nlp.rules.languages import language_of
from annotator.nlp.rules.rule_suggester import suggest
from annotator.services.claims.text_reuse import folded
from annotator.store.queries import full_text_search

_BEFORE = 1_500
"""Characters before an annotation that are searched for the person that a pronoun refers to."""

_MAX_CANDIDATES = 5
_SHORTEST_NAME = 3
"""Characters of a name that is looked for in the text."""

_WORD = re.compile(r"\w+")
_ARTICLES = ("the ", "a ", "an ")


class TextNames:
    """Finds names in one text, whatever their case and diacritics; kept for many questions about the same text."""

    def __init__(self, text: str) -> None:
        # Folded one character for one, so that offsets stay valid.
        self._text = full_text_search.folded(text)
        self._places: dict[str, list[int]] = {}
        """Where each word begins: a search through the text for each of thousands of names would take far longer."""
        for word in _WORD.finditer(self._text):
            self._places.setdefault(word[0], []).append(word.start())

    def distance(self, names: Iterable[str], place: Span) -> int | None:
        """Return the characters between ``place`` and the nearest occurrence of one of the names outside it.

        None where the text contains none of them as whole words.
        """
        found = [at for name in names for at in self._distances(full_text_search.folded(name), place)]
        return min(found, default=None)

    def _distances(self, key: str, place: Span) -> Iterable[int]:
        first = _WORD.search(key)
        if first is None or len(key) < _SHORTEST_NAME:
            return
        for at in self._places.get(first[0], ()):
            start = at - first.start()
            end = start + len(key)
            is_name = start >= 0 and self._text.startswith(key, start) and not self._text[end : end + 1].isalnum()
            if is_name and not place.start <= start < place.end:
                yield max(place.start - end, start - place.end, 0)


def _occurrences(text: str, key: str) -> Iterable[int]:
    """Yield where ``key`` stands in ``text`` as whole words."""
    at = text.find(key)
    while at >= 0:
        if not (text[at - 1 : at].isalnum() or text[at + len(key) : at + len(key) + 1].isalnum()):
            yield at
        at = text.find(key, at + 1)


def offers(text: str, fragments: Sequence[Span], registry: Iterable[SourceRecord], language: str = "") -> list[str]:
    """Return names to propose, the most probable first; those in the registry by their registered name.

    ``language``: of the text, where its file states it.
    """
    known = list(registry)
    names = [(name, source.name) for source in known for name in reversed((source.name, *source.aliases))]
    called = {folded(name): own for name, own in names}
    start, end = fragments[0].start, fragments[-1].end
    around = paragraph_at(text, start)
    begin = text.rfind("\n", 0, max(0, around.start - _BEFORE)) + 1
    window = text[begin : max(around.end, end)]
    contents = [(span.start - begin, span.end - begin) for span in fragments]
    found = [called.get(folded(name), name) for name in _said(window, contents, language)]
    found += _named(text, around, Span(start, end), names)
    return list(dict.fromkeys(found))[:_MAX_CANDIDATES]


def _said(text: str, contents: Sequence[tuple[int, int]], language: str) -> list[str]:
    """Return the source that the rules find for an annotation that overlaps the contents."""
    code = language_of(text, language)
    names = []
    for one in suggest(text, code) if code else ():
        overlaps = any(span.start < end and start < span.end for span in one.fragments for start, end in contents)
        if overlaps and one.source:
            names.append(plain_name(one.source))
    return names


def plain_name(name: str) -> str:
    """Return a mentioned name without its article, which the registry does not store."""
    line = " ".join(name.split())
    for article in _ARTICLES:
        if line.casefold().startswith(article) and len(line) > len(article):
            return line[len(article)].upper() + line[len(article) + 1 :]
    return line


def _named(text: str, around: Span, content: Span, names: Iterable[tuple[str, str]]) -> list[str]:
    """Return the sources of the registry that the paragraph names outside the content, the nearest first.

    ``names``: all names and aliases, each with the registered name.
    """
    # Folded one character for one, so that offsets stay valid.
    paragraph = full_text_search.folded(around.of(text))
    found: list[tuple[int, str]] = []
    for written, name in names:
        key = full_text_search.folded(written)
        for at in _occurrences(paragraph, key) if len(key) >= _SHORTEST_NAME else ():
            place, end = around.start + at, at + len(key)
            if not content.start <= place < content.end:
                found.append((min(abs(place - content.end), abs(content.start - around.start - end)), name))
    return [name for _, name in sorted(found)]
