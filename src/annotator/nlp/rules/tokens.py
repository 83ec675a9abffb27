"""A text as the suggestion rules see it: tokens with rough word classes, sentences, paragraphs and quotations.

Everything here counts in tokens; ``Tokens.span`` leads back to code points.
"""

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
"""Half-open, in tokens."""


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
    """An "'s" or a lone apostrophe behind a plural; "'s" may also be a contracted verb."""
    QUOTE = "Q"
    """A quotation mark."""
    PUNCTUATION = "."
    """Any other mark."""


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
_CLAUSE_MARKS = frozenset(",;:()[]—–--…")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text, and where its sentences and quotations stand among them."""

    text: str
    lists: WordLists
    forms: Sequence[str]
    """Lower case."""
    classes: Sequence[TokenClass]
    starts: Sequence[int]
    ends: Sequence[int]
    sentences: Sequence[Range]
    sentence_of: Sequence[int]
    paragraph_of: Sequence[int]
    quotations: Sequence[Quotation]
    quoted: Sequence[int]
    """For each token the number of the quotation that it stands in, or -1."""

    def span(self, part: Range) -> Span:
        return Span(self.starts[part[0]], self.ends[part[1] - 1])

    def words(self, part: Range) -> str:
        """The text of some tokens, as it stands."""
        return self.text[self.starts[part[0]] : self.ends[part[1] - 1]]

    def in_speech(self, at: int) -> bool:
        """Whether a token stands in a quotation that is said as a whole."""
        number = self.quoted[at]
        return number != -1 and self.quotations[number].speech

    def is_capital(self, at: int) -> bool:
        return self.text[self.starts[at]].isupper()


@cache
def _classes(lists: WordLists) -> Mapping[str, TokenClass]:
    found: dict[str, TokenClass] = {}
    for name, word_class in _CLASSES:
        for word in lists[name]:
            found.setdefault(word, word_class)
    found["'s"] = found["’s"] = TokenClass.GENITIVE
    for word, word_class in list(found.items()):
        if "'" in word:
            found.setdefault(word.replace("'", "’"), word_class)
    return found


def tokenized(text: str, lists: WordLists) -> Tokens:
    """Tokens, sentences and quotations of ``text``."""
    known = _classes(lists)
    adverb = tuple(lists["endings.adverb"])
    forms: list[str] = []
    classes: list[TokenClass] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _TOKEN.finditer(text):
        form = found.group()
        lower = form.lower()
        start = found.start()
        forms.append(lower.replace("’", "'") if "’" in lower and len(lower) > 1 else lower)
        starts.append(start)
        word_class = known.get(lower)
        if word_class is None:
            first = form[0]
            if first.isalpha() or first in "@#":
                if first.isupper() or first in "@#":
                    word_class = TokenClass.NAME
                elif lower.endswith(adverb) and len(lower) > 4:
                    word_class = TokenClass.ADVERB
                else:
                    word_class = TokenClass.WORD
            elif first.isdigit():
                word_class = TokenClass.NUMBER
            else:
                word_class = TokenClass.QUOTE if first in "\"“”„«»‘’'`" else TokenClass.PUNCTUATION
                # The plural possessive: "the States' plan".
                if first in "'’" and ends and forms[-2:-1] and start == ends[-1] and text[start - 1] == "s":
                    word_class = TokenClass.GENITIVE
        elif word_class is TokenClass.MODAL and form == "May":
            word_class = TokenClass.TIME
        elif form == "A" and classes and classes[-1] is TokenClass.NAME:
            word_class = TokenClass.NAME
        ends.append(found.end())
        classes.append(word_class)
    return _arranged(text, lists, forms, classes, starts, ends)


def _arranged(
    text: str, lists: WordLists, forms: list[str], classes: list[TokenClass], starts: list[int], ends: list[int]
) -> Tokens:
    parts: list[Range] = []
    sentence_of: list[int] = []
    paragraph_of: list[int] = []
    at, count = 0, len(forms)
    paragraph = 0
    for sentence in sentences(text):
        while at < count and starts[at] < sentence.start:
            sentence_of.append(len(parts))
            paragraph_of.append(paragraph)
            at += 1
        begin = at
        while at < count and starts[at] < sentence.end:
            sentence_of.append(len(parts))
            if at and "\n" in text[ends[at - 1] : starts[at]]:
                paragraph += 1
            paragraph_of.append(paragraph)
            at += 1
        if at > begin:
            parts.append((begin, at))
    while at < count:
        sentence_of.append(max(0, len(parts) - 1))
        paragraph_of.append(paragraph)
        at += 1
    found = quotations(text, forms, starts, paragraph_of)
    quoted = [-1] * count
    for number, quotation in enumerate(found):
        for token in range(quotation.start, quotation.end):
            quoted[token] = number
    return Tokens(text, lists, forms, classes, starts, ends, parts, sentence_of, paragraph_of, found, quoted)
