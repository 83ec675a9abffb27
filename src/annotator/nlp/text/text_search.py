"""Finding in one text: plain words, whole words, expressions, and every form of a word, as spans in code points.

The text is never folded or normalised, so offsets cannot shift: the pattern is made to fit what the text may hold.
A hit never cuts a character as a reader sees it (an emoji with its joiners, a letter with its accents).
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
"""How long a regular expression may work on one text."""

Forms = Sequence[Sequence[str]]
"""For each word of a query every form of it, as ``nlp.lemmas`` gives them."""

# A query with whole words does not look for the edges of words in scripts that are written without spaces.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\u30FC\uFF70\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_WORD = rf"[^\W{_UNSPACED}]"
_EDGE = rf"(?!(?<={_WORD}){_WORD}|(?<=\p{{N}}[.,])\p{{N}}|(?<=\p{{N}})[.,]\p{{N}})"
_IS_EDGE = regex.compile(_EDGE)
# One line may end between two words, a paragraph may not.
_SPACE = r"(?:[^\S\n]+(?:\n[^\S\n]*)?+|\n[^\S\n]*)"
_PIECES = regex.compile(r"(?P<space>\s+)|\X")
_ALSO = {"'": "’ʼ", '"': "“”„«»"}
"""What a straight quotation mark, which is what a keyboard has, stands for in print."""


class Query(NamedTuple):
    """What is looked for, and how. ``lemma`` finds every form of the words, and needs these forms in the Finder."""

    words: str
    whole_word: bool = False
    match_case: bool = False
    regex: bool = False
    lemma: bool = False

    def __bool__(self) -> bool:
        return bool(self.words if self.regex else self.words.strip())


class Finder:
    """A query made ready to be looked for in texts. Any thread may use it."""

    def __init__(self, query: Query, forms: Forms = (), *, seconds: float = SECONDS) -> None:
        """Raises InvalidValue for an expression that cannot be used. ``seconds``: its time for one text."""
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
        """Where the query stands in ``text``: in text order, apart from each other, none empty.

        Raises InvalidValue where an expression takes too long, Cancelled once ``cancelled`` says so.
        """
        if not self.query:
            return
        found = self._of_expression(text) if self.query.regex else self._of_words(text)
        for span in found:
            if cancelled is not None and cancelled():
                raise Cancelled("The search was cancelled.")
            yield span

    def _of_words(self, text: str) -> Iterator[Span]:
        has_edges = self.query.whole_word or self.query.lemma
        at = 0
        # The interpreter is free while the library searches, so that a long text holds nobody up.
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
    try:
        # Alone first: inside of brackets some expressions would be taken that are none.
        pattern = regex.compile(query.words, flags)
        if query.whole_word:
            # The line break ends a comment of a verbose expression; in any other it must not stand.
            end = "\n" if pattern.flags & regex.VERBOSE else ""
            pattern = regex.compile(f"{_EDGE}(?:{query.words}{end}){_EDGE}", flags)
    except (regex.error, OverflowError, RecursionError, MemoryError, ValueError) as error:
        raise InvalidValue(f"{query.words!r} is no regular expression ({error}): correct it.") from error
    if pattern.flags & regex.REVERSE:
        raise InvalidValue(f"The expression {query.words!r} searches backwards: leave (?r) out.")
    return pattern


def _literal(words: str) -> str:
    """A pattern for words as they stand: composed or decomposed, with any white space of one line break at most."""
    parts: list[str] = []
    for piece in _PIECES.finditer(words):
        if piece["space"]:
            parts.append(_SPACE if piece[0].count("\n") < 2 else r"\s++")
        else:
            parts.append(_as_in_print(piece[0]))
    return "".join(parts)


def _as_in_print(character: str) -> str:
    variants = {character, unicodedata.normalize("NFC", character), unicodedata.normalize("NFD", character)}
    variants.update(_ALSO.get(character, ""))
    if len(variants) == 1:
        return str(regex.escape(character))
    return "(?:" + "|".join(map(regex.escape, sorted(variants, key=len, reverse=True))) + ")"


def _any_of(forms: Sequence[str]) -> str:
    # The longest first, and whole words only: no form is found in a longer one.
    return f"(?:{'|'.join(map(_literal, sorted(forms, key=len, reverse=True)))})(?!{_WORD})"
