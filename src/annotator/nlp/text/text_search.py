"""Search in one text: plain words, whole words, regular expressions, and all forms of a word.

Hits are spans of code points. The text is searched as it is, never folded or normalised, so that offsets cannot shift:
the pattern covers the variants that a text may hold. A hit never splits a user-perceived character (an emoji with its
joiners, a letter with its accents).
"""

import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import regex

from annotator.domain.errors import Cancelled, InvalidValue
from annotator.domain.spans import Span
from annotator.nlp.text.characters import is_character_boundary, widened_to_characters

SECONDS = 5.0
"""Time limit of a regular expression for one text."""

Forms = Sequence[Sequence[str]]
"""For each word of a query all its forms, as ``lemmas.word_forms`` returns them."""

# In scripts that are written without spaces, a query for whole words also finds parts of words.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\u30FC\uFF70\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_WORD = rf"[^\W{_UNSPACED}]"
_EDGE = rf"(?!(?<={_WORD}){_WORD}|(?<=\p{{N}}[.,])\p{{N}}|(?<=\p{{N}})[.,]\p{{N}})"
_IS_EDGE = regex.compile(_EDGE)
# One line break may stand between two words, but not the end of a paragraph.
_SPACE = r"(?:[^\S\n]+(?:\n[^\S\n]*)?+|\n[^\S\n]*)"
_PIECES = regex.compile(r"(?P<space>\s+)|\X")
_PRINTED_QUOTES = {"'": "’ʼ", '"': "“”„«»"}
"""The printed quotation marks that a straight one, as typed, also finds."""


class Query(NamedTuple):
    """The words of a search and its options."""

    words: str
    whole_word: bool = False
    match_case: bool = False
    regex: bool = False
    """Whether ``words`` is a regular expression."""
    lemma: bool = False
    """Whether all forms of the words are found; the Finder needs these forms."""

    def __bool__(self) -> bool:
        return bool(self.words if self.regex else self.words.strip())


class Finder:
    """A query compiled for search in texts. Any thread may use it."""

    def __init__(self, query: Query, forms: Forms = (), *, seconds: float = SECONDS) -> None:
        """Compile a query; ``seconds`` is the time limit of a regular expression for one text.

        Raise InvalidValue for an expression that cannot be used, ValueError for ``lemma`` without ``forms``.
        """
        self.query = query
        self._seconds = seconds
        flags = regex.MULTILINE | (0 if query.match_case else regex.IGNORECASE | regex.FULLCASE)
        if query.regex:
            self._pattern = _expression(query, flags)
        elif query.lemma:
            if not forms:
                raise ValueError("a query for lemmas needs the forms of its words")
            self._pattern = regex.compile(_SPACE.join(map(_any_of, forms)), flags)
        else:
            self._pattern = regex.compile(_literal(query.words.strip()), flags)

    def spans(self, text: str, cancelled: Callable[[], bool] | None = None) -> Iterator[Span]:
        """Yield the hits in ``text``, in its order; none is empty, and no two overlap.

        Raise InvalidValue where an expression takes too long, Cancelled where ``cancelled()`` is true.
        """
        if not self.query:
            return
        found = self._of_expression(text) if self.query.regex else self._of_words(text)
        for span in found:
            if cancelled is not None and cancelled():
                raise Cancelled("The search was cancelled.")
            yield span

    def _of_words(self, text: str) -> Iterator[Span]:
        """Yield the hits of plain words, whole words or lemmas."""
        has_edges = self.query.whole_word or self.query.lemma
        at = 0
        # The library releases the interpreter during the search, so that other threads run.
        while found := self._pattern.search(text, at, concurrent=True):
            start, end = found.span()
            if (
                is_character_boundary(text, start)
                and is_character_boundary(text, end)
                and not (has_edges and not (_IS_EDGE.match(text, start) and _IS_EDGE.match(text, end)))
            ):
                yield Span(start, end)
                at = end
            else:
                at = start + 1

    def _of_expression(self, text: str) -> Iterator[Span]:
        """Yield the hits of a regular expression; raise InvalidValue where the time is over."""
        left = self._seconds
        at = reached = 0
        while at <= len(text):
            begun = time.monotonic()
            try:
                found = self._pattern.search(text, at, concurrent=True, timeout=max(left, 0.001))
            except TimeoutError:
                raise InvalidValue(
                    f"The expression {self.query.words!r} took over {self._seconds:g} seconds in one document: "
                    "make it simpler."
                ) from None
            left -= time.monotonic() - begun
            if found is None:
                return
            at = max(found.end(), found.start() + 1)
            if found.end() > found.start():
                span = widened_to_characters(text, Span(*found.span()))
                if span.start >= reached:
                    reached = span.end
                    yield span


def _expression(query: Query, flags: int) -> "regex.Pattern[str]":
    """Return the pattern of a regular expression; raise InvalidValue where it is none."""
    try:
        # First without brackets: inside them some invalid expressions would compile.
        pattern = regex.compile(query.words, flags)
        if query.whole_word:
            # The line break ends a comment of a verbose expression; in any other it would be searched.
            end = "\n" if pattern.flags & regex.VERBOSE else ""
            pattern = regex.compile(f"{_EDGE}(?:{query.words}{end}){_EDGE}", flags)
    except (regex.error, OverflowError, RecursionError, MemoryError, ValueError) as error:
        raise InvalidValue(f"{query.words!r} is no regular expression ({error}): correct it.") from error
    if pattern.flags & regex.REVERSE:
        raise InvalidValue(f"The expression {query.words!r} searches backwards: leave (?r) out.")
    return pattern


def _literal(words: str) -> str:
    """Return a pattern for plain words, composed or decomposed; their spaces match up to one line break."""
    parts: list[str] = []
    for piece in _PIECES.finditer(words):
        if piece["space"]:
            parts.append(_SPACE if piece[0].count("\n") < 2 else r"\s++")
        else:
            parts.append(_with_variants(piece[0]))
    return "".join(parts)


def _with_variants(character: str) -> str:
    """Return a pattern for a character in all its normal forms and printed variants."""
    variants = {character, unicodedata.normalize("NFC", character), unicodedata.normalize("NFD", character)}
    variants.update(_PRINTED_QUOTES.get(character, ""))
    if len(variants) == 1:
        return str(regex.escape(character))
    return "(?:" + "|".join(map(regex.escape, sorted(variants, key=len, reverse=True))) + ")"


def _any_of(forms: Sequence[str]) -> str:
    """Return a pattern for one of several forms, as a whole word, the longest first."""
    return f"(?:{'|'.join(map(_literal, sorted(forms, key=len, reverse=True)))})(?!{_WORD})"
