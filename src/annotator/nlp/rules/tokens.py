"""Tokens of a text for the suggestion rules, with rough word classes, sentences, paragraphs and quotations.

Positions and ranges are token numbers; ``Tokens.span`` converts a range to code points.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import regex

from annotator.domain.spans import Span
from annotator.nlp.rules.word_lists import WordLists
from annotator.nlp.text.quotations import Quotation, quotations
from annotator.nlp.text.sentences import sentences

Range = tuple[int, int]
"""Token numbers, half-open."""


class TokenClass(StrEnum):
    """The rough word class of a token.

    The values are part of the features in the files of trained models: they never change.
    """

    DETERMINER = "D"
    PREPOSITION = "P"
    PRONOUN = "R"
    AUXILIARY = "A"
    MODAL = "M"
    NEGATION = "N"
    COORDINATOR = "C"
    SUBORDINATOR = "S"
    COMPLEMENTIZER = "T"
    """Begins a content: "that"."""
    QUESTION_WORD = "W"
    """Also at the head of a relative clause: "who", "what"."""
    ADVERB = "V"
    TIME = "t"
    """A day or a month: "Monday", "May"."""
    NAME = "X"
    """Any other word with a capital."""
    WORD = "w"
    """Any other word: mostly nouns, verbs and adjectives."""
    NUMBER = "0"
    GENITIVE = "G"
    """An "'s" or a lone apostrophe after a plural; "'s" may also be a contracted verb."""
    QUOTE = "Q"
    """A quotation mark."""
    PUNCTUATION = "."
    """Any other punctuation mark."""


MARKS = frozenset((TokenClass.PUNCTUATION, TokenClass.QUOTE))
AUXILIARIES = frozenset((TokenClass.AUXILIARY, TokenClass.MODAL))
VERB_MODIFIERS = frozenset((TokenClass.ADVERB, TokenClass.NEGATION))
CONTENT_WORDS = frozenset((TokenClass.WORD, TokenClass.NAME))
NOUN_CLASSES = frozenset((TokenClass.WORD, TokenClass.NAME, TokenClass.NUMBER))
NOUN_PHRASE_CLASSES = NOUN_CLASSES | {TokenClass.DETERMINER, TokenClass.GENITIVE}

# The order matters: the first list that holds a word gives its class.
_CLASSES = (
    ("words.complementizers", TokenClass.COMPLEMENTIZER),
    ("words.question_words", TokenClass.QUESTION_WORD),
    ("words.modals", TokenClass.MODAL),
    ("words.auxiliaries", TokenClass.AUXILIARY),
    ("words.negations", TokenClass.NEGATION),
    ("words.subject_pronouns", TokenClass.PRONOUN),
    ("words.determiners", TokenClass.DETERMINER),
    ("words.pronouns", TokenClass.PRONOUN),
    ("words.coordinators", TokenClass.COORDINATOR),
    ("words.subordinators", TokenClass.SUBORDINATOR),
    ("words.prepositions", TokenClass.PREPOSITION),
    ("words.times", TokenClass.TIME),
    ("words.adverbs", TokenClass.ADVERB),
    ("adverbs.rumour", TokenClass.ADVERB),
    ("adverbs.possible", TokenClass.ADVERB),
    ("adverbs.probable", TokenClass.ADVERB),
)
_TOKEN = regex.compile(
    r"""
      (?:\p{L}\.){2,}+
    | \d(?:[\d.,:]*\d)?%?+
    | \p{L}+n['’]t\b
    | [@\#]?[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*+
      (?:[-‐&][\p{L}\p{N}][\p{L}\p{M}\p{N}_]*+ | (?<=\b\p{Lu})['’]\p{Lu}\p{Ll}+ | \.(?=\p{Ll})[\p{Ll}]++)*+
    | ['’](?:s|re|ve|d|ll|m)\b
    | --++ | \.\.++ | '' | ``
    | [^\w\s]
    """,
    regex.VERBOSE,
)
_MAX_CACHED_WORDS = 20_000
_QUOTE_MARKS = "\"“”„«»‘’'`"
_SHORTEST_ADVERB = 5
"""Characters of the shortest word that is taken for an adverb by its ending: "badly", not "fly"."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text with its sentences, paragraphs and quotations."""

    text: str
    lists: WordLists
    forms: Sequence[str]
    """Of each token the text in lower case, with a straight apostrophe."""
    classes: Sequence[TokenClass]
    starts: Sequence[int]
    """Of each token the first code point."""
    ends: Sequence[int]
    """Of each token the code point after its last one."""
    sentences: Sequence[Range]
    sentence_of: Sequence[int]
    """Of each token the number of its sentence."""
    paragraph_of: Sequence[int]
    """Of each token the number of its paragraph."""
    quotations: Sequence[Quotation]
    quoted: Sequence[int]
    """Of each token the number of its quotation, or -1 outside of quotations."""

    def span(self, part: Range) -> Span:
        """Return the code points from the first to the last of some tokens; ``part`` must not be empty."""
        return Span(self.starts[part[0]], self.ends[part[1] - 1])

    def words(self, part: Range) -> str:
        """Return the text from the first to the last of some tokens; ``part`` must not be empty."""
        return self.text[self.starts[part[0]] : self.ends[part[1] - 1]]

    def in_speech(self, at: int) -> bool:
        """Return whether a token is part of quoted speech, not of single quoted words."""
        number = self.quoted[at]
        return number != -1 and self.quotations[number].speech

    def is_capital(self, at: int) -> bool:
        """Return whether a token begins with a capital letter."""
        return self.text[self.starts[at]].isupper()


@cache
def _known_classes(lists: WordLists) -> Mapping[str, TokenClass]:
    """Return the class of each word of the lists, in lower case."""
    found: dict[str, TokenClass] = {}
    for name, word_class in _CLASSES:
        for word in lists[name]:
            found.setdefault(word, word_class)
    found["'s"] = found["’s"] = TokenClass.GENITIVE
    for word, word_class in list(found.items()):
        if "'" in word:
            found.setdefault(word.replace("'", "’"), word_class)
    return found


class _Vocabulary(dict[str, tuple[str, TokenClass]]):
    """The form and the class of words as written, outside of any context; a word is added when it is first used."""

    def __init__(self, lists: WordLists) -> None:
        super().__init__()
        self._known = _known_classes(lists)
        self._adverb = tuple(lists["endings.adverb"])

    def __missing__(self, written: str) -> tuple[str, TokenClass]:
        lower = written.lower()
        word_class = self._known.get(lower)
        if word_class is None:
            word_class = self._class_by_shape(written[0], lower)
        elif word_class is TokenClass.MODAL and written == "May":
            word_class = TokenClass.TIME
        form = lower.replace("’", "'") if "’" in lower and len(lower) > 1 else lower
        if len(self) >= _MAX_CACHED_WORDS:
            self.clear()
        self[written] = found = form, word_class
        return found

    def _class_by_shape(self, first: str, lower: str) -> TokenClass:
        """Return the class of a word that is in no list, by its first character and its ending."""
        if first.isalpha():
            if first.isupper():
                return TokenClass.NAME
            is_adverb = lower.endswith(self._adverb) and len(lower) >= _SHORTEST_ADVERB
            return TokenClass.ADVERB if is_adverb else TokenClass.WORD
        if first in "@#":
            return TokenClass.NAME
        if first.isdigit():
            return TokenClass.NUMBER
        return TokenClass.QUOTE if first in _QUOTE_MARKS else TokenClass.PUNCTUATION


_vocabulary = cache(_Vocabulary)


def tokenized(text: str, lists: WordLists) -> Tokens:
    """Return the tokens, sentences and quotations of ``text``."""
    vocabulary = _vocabulary(lists)
    name, quote = TokenClass.NAME, TokenClass.QUOTE
    forms: list[str] = []
    classes: list[TokenClass] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _TOKEN.finditer(text):
        written = found.group()
        form, word_class = vocabulary[written]
        start, end = found.span()
        if word_class is quote:
            # The plural possessive: "the States' plan".
            if written[0] in "'’" and ends and start == ends[-1] and text[start - 1] == "s":
                word_class = TokenClass.GENITIVE
        elif written == "A" and classes and classes[-1] is name:
            # "Group A"
            word_class = name
        forms.append(form)
        classes.append(word_class)
        starts.append(start)
        ends.append(end)
    return _with_sentences(text, lists, forms, classes, starts, ends)


def _with_sentences(
    text: str, lists: WordLists, forms: list[str], classes: list[TokenClass], starts: list[int], ends: list[int]
) -> Tokens:
    """Return the tokens of a text with the sentence, the paragraph and the quotation of each of them."""
    ranges: list[Range] = []
    sentence_of: list[int] = []
    paragraph_of: list[int] = []
    at, count = 0, len(forms)
    paragraph = 0
    for sentence in sentences(text):
        first = bisect_left(starts, sentence.start, at)
        end = bisect_left(starts, sentence.end, first)
        # A list mark before a sentence counts as part of it, but not as its first token.
        sentence_of += [len(ranges)] * (end - at)
        paragraph_of += [paragraph] * (first - at)
        # A line break always ends a sentence, so that no paragraph begins inside one.
        if 0 < first < end and "\n" in text[ends[first - 1] : starts[first]]:
            paragraph += 1
        paragraph_of += [paragraph] * (end - first)
        if end > first:
            ranges.append((first, end))
        at = end
    sentence_of += [max(0, len(ranges) - 1)] * (count - at)
    paragraph_of += [paragraph] * (count - at)
    found = quotations(text, forms, starts, paragraph_of)
    quoted = [-1] * count
    for number, quotation in enumerate(found):
        quoted[quotation.start : quotation.end] = [number] * (quotation.end - quotation.start)
    return Tokens(text, lists, forms, classes, starts, ends, ranges, sentence_of, paragraph_of, found, quoted)
