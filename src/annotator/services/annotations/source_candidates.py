"""Who may have said an annotation, read off the text around it: offered, never set.

First whom the suggestion rules take for its source (for a pronoun the last person that fits), then the sources of the
registry that the paragraph names, the nearest first.
"""

from collections.abc import Iterable, Sequence

from annotator.domain.records import SourceRecord
from annotator.domain.spans import Span
from annotator.nlp.boundaries import paragraph_at
from annotator.nlp.rules.languages import language_of
from annotator.nlp.rules.rule_suggester import suggest
from annotator.services.claims.text_reuse import folded
from annotator.store.queries import full_text_search

_BEFORE = 1_500
"""Characters before an annotation in which a pronoun's person is looked for."""

_MAX_CANDIDATES = 5
_ARTICLES = ("the ", "a ", "an ")


def offers(text: str, fragments: Sequence[Span], registry: Iterable[SourceRecord], language: str = "") -> list[str]:
    """Names to offer, the likeliest first; those of the registry as it calls them.

    ``language``: of the text, where its file says.
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
    """Whom the rules take for the source of what overlaps the contents."""
    code = language_of(text, language)
    names = []
    for one in suggest(text, code) if code else ():
        overlaps = any(span.start < end and start < span.end for span in one.fragments for start, end in contents)
        if overlaps and one.source:
            names.append(plain_name(one.source))
    return names


def plain_name(name: str) -> str:
    """A name as mentioned, without its article, which the registry does not keep."""
    line = " ".join(name.split())
    for article in _ARTICLES:
        if line.casefold().startswith(article) and len(line) > len(article):
            return line[len(article)].upper() + line[len(article) + 1 :]
    return line


def _named(text: str, around: Span, content: Span, names: Iterable[tuple[str, str]]) -> list[str]:
    """The sources of the registry that the paragraph names outside the content, the nearest first.

    ``names``: what they are called, with the name of the registry.
    """
    # Folded one character for one, so that places stay true.
    paragraph = full_text_search.folded(around.of(text))
    found: list[tuple[int, str]] = []
    for written, name in names:
        key = full_text_search.folded(written)
        at = paragraph.find(key) if len(key) > 2 else -1
        while at >= 0:
            place, end = around.start + at, at + len(key)
            is_word = not (paragraph[at - 1 : at].isalnum() or paragraph[end : end + 1].isalnum())
            if is_word and not content.start <= place < content.end:
                found.append((min(abs(place - content.end), abs(content.start - around.start - end)), name))
            at = paragraph.find(key, at + 1)
    return [name for _, name in sorted(found)]
