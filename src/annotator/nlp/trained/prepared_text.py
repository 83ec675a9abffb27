"""A text as the trained suggester reads it: its tokens, what the rules find in it, and what an analyst marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.domain.errors import InvalidValue
from annotator.nlp.rules.attributions import Attribution, attributions
from annotator.nlp.rules.parses import Parse
from annotator.nlp.rules.tokens import Range, Tokens, tokenized
from annotator.nlp.rules.word_lists import WordLists, word_lists
from annotator.nlp.rules.word_order import WordOrder
from annotator.nlp.trained.token_features import token_marks
from annotator.nlp.trained.token_roles import Parts, Taught, apart, overlap, parts_of
from annotator.nlp.trained.training_examples import Labelled

ENOUGH = 1 / 3
"""Two contents are the same where they share at least this part of the tokens of both."""

_LONGEST = 400
"""Tokens of a stretch; a paragraph that is longer is cut, at the end of a sentence where one is near."""


@dataclass(frozen=True, eq=False)
class Reading:
    """One text."""

    tokens: Tokens
    grammar: WordOrder
    found: Sequence[Attribution]
    """By the rules."""
    stretches: Sequence[Range]
    """The parts that are read apart from each other: paragraphs."""

    def marks(self) -> Iterator[list[str]]:
        """The marks of one token after the other."""
        return token_marks(self.tokens, self.grammar, self.found)

    def ruled(self, content: Parts) -> Attribution | None:
        """The attribution of the rules with the same content."""
        best, most = None, ENOUGH
        for one in self.found:
            if one.contents[0][0] < content[-1][1] and content[0][0] < one.contents[-1][1]:
                share = overlap(one.contents, content)
                if share >= most:
                    best, most = one, share
        return best

    def taught(self, annotations: Sequence[Labelled]) -> list[Taught]:
        """Annotations in tokens, those that do not overlap; who gave a content alone gets cue and mention by rule."""
        tokens = self.tokens
        whole = apart(
            Taught(one.label, parts_of(tokens, one.fragments), parts_of(tokens, one.cue), parts_of(tokens, one.mention))
            for one in annotations
        )
        return [one if one.cue or one.mention else self._completed(one) for one in whole]

    def _completed(self, one: Taught) -> Taught:
        ruled = self.ruled(one.content)
        if ruled is None:
            return one
        return Taught(one.label, one.content, (ruled.cue,), () if ruled.source is None else (ruled.source,))


def read(text: str, lists: WordLists, parse: Any | None = None) -> Reading:
    """``parse`` is spaCy's of the same text, where the suggester was trained with one."""
    tokens = tokenized(text, lists)
    grammar = WordOrder(tokens) if parse is None else Parse(tokens, parse)
    return Reading(tokens, grammar, attributions(tokens, grammar), _stretches(tokens))


def lists_for(language: str) -> WordLists:
    """The word lists of a language; empty ones where it has none, for a suggester learns words by itself."""
    try:
        return word_lists(language)
    except InvalidValue:
        return WordLists(language, {}, {})


def _stretches(tokens: Tokens) -> list[Range]:
    found: list[Range] = []
    start = 0
    for at in range(1, len(tokens.forms) + 1):
        if at == len(tokens.forms) or tokens.paragraph_of[at] != tokens.paragraph_of[start]:
            found.extend(_cut(tokens, start, at))
            start = at
    return found


def _cut(tokens: Tokens, start: int, end: int) -> Iterator[Range]:
    while end - start > _LONGEST:
        stop = tokens.sentences[tokens.sentence_of[start + _LONGEST]][0]
        if stop <= start:
            stop = start + _LONGEST
        yield start, stop
        start = stop
    if end > start:
        yield start, end
