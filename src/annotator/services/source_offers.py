"""Who may have said an annotation, read off the text around it: offered, never set.

First whom the suggestion rules take for its source (for a pronoun the last person that fits), then the sources of the
registry that the paragraph names, the nearest first.
"""

from collections.abc import Iterable, Sequence

from annotator.domain.errors import AnnotatorError
from annotator.domain.records import SourceRecord
from annotator.domain.spans import Span
from annotator.nlp.boundaries import paragraph_at
from annotator.nlp.suggesting import suggest
from annotator.services.traces import folded

_BEFORE = 1_500
"""Characters before an annotation in which a pronoun's person is looked for."""

_MOST = 5
_ARTICLES = ("the ", "a ", "an ")


def offers(text: str, fragments: Sequence[Span], registry: Iterable[SourceRecord], language: str = "en") -> list[str]:
    """Names to offer, the likeliest first; those of the registry as it calls them."""
    known = list(registry)
    called = {folded(name): source.name for source in known for name in reversed((source.name, *source.aliases))}
    start, end = fragments[0].start, fragments[-1].end
    around = paragraph_at(text, start)
    begin = text.rfind("\n", 0, max(0, around.start - _BEFORE)) + 1
    window = text[begin : max(around.end, end)]
    contents = [(span.start - begin, span.end - begin) for span in fragments]
    found = [called.get(folded(name), name) for name in _said(window, contents, language)]
    found += _named(text, around, Span(start, end), called)
    return list(dict.fromkeys(found))[:_MOST]


def _said(text: str, contents: Sequence[tuple[int, int]], language: str) -> list[str]:
    """Whom the rules take for the source of what overlaps the contents."""
    try:
        proposals = suggest(text, language if language in ("en", "de") else "en")
    except AnnotatorError:
        return []
    names = []
    for one in proposals:
        overlaps = any(span.start < end and start < span.end for span in one.fragments for start, end in contents)
        if overlaps and one.source:
            names.append(_plain(one.source))
    return names


def _plain(name: str) -> str:
    """A name without its article, which the registry does not keep."""
    line = " ".join(name.split())
    for article in _ARTICLES:
        if line.casefold().startswith(article) and len(line) > len(article):
            return line[len(article)].upper() + line[len(article) + 1 :]
    return line


def _named(text: str, around: Span, content: Span, called: dict[str, str]) -> list[str]:
    """The sources of the registry that the paragraph names outside the content, the nearest first."""
    paragraph = around.of(text).casefold()
    found: list[tuple[int, str]] = []
    for key, name in called.items():
        at = paragraph.find(key) if len(key) > 2 else -1
        if at < 0:
            continue
        place = around.start + at
        is_word = not (paragraph[at - 1 : at].isalnum() or paragraph[at + len(key) : at + len(key) + 1].isalnum())
        if is_word and not content.start <= place < content.end:
            found.append((min(abs(place - content.end), abs(content.start - place - len(key))), name))
    return [name for _, name in sorted(found)]
