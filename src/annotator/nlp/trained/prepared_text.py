"""Texts prepared for the trained suggester: tokens, attributions of the rules, and annotations in tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.domain.errors import InvalidValue
from annotator.nlp.rules.attributions import Attribution
from annotator.nlp.rules.parses import Parse
from annotator.nlp.rules.rule_suggester import attributions
from annotator.nlp.rules.tokens import Range, Tokens, tokenized
from annotator.nlp.rules.word_lists import WordLists, word_lists
from annotator.nlp.rules.word_order import WordOrder
from annotator.nlp.trained.token_features import token_features_of
from annotator.nlp.trained.token_roles import Parts, TokenAnnotation, overlap, parts_of, without_overlaps
from annotator.nlp.trained.training_examples import Labelled

if TYPE_CHECKING:
    from spacy.tokens import Doc

MIN_OVERLAP = 1 / 3
"""The share of their tokens that two contents have in common at least where they count as the same."""

_MAX_TOKENS = 400
"""Tokens of a paragraph; a longer one is cut, at the end of a sentence where possible."""


@dataclass(frozen=True, eq=False)
class PreparedText:
    """One text with its tokens and the findings of the rules."""

    tokens: Tokens
    grammar: WordOrder
    found: Sequence[Attribution]
    """The attributions of the rules."""
    sequences: Sequence[Range]
    """The ranges of tokens that are tagged independently: paragraphs, or parts of long ones."""

    def token_features(self) -> Iterator[list[str]]:
        """Yield the features of each token in turn."""
        return token_features_of(self.tokens, self.grammar, self.found)

    def ruled(self, content: Parts) -> Attribution | None:
        """Return the attribution of the rules with about the same content; None where there is none."""
        best, most = None, MIN_OVERLAP
        for one in self.found:
            if one.contents[0][0] < content[-1][1] and content[0][0] < one.contents[-1][1]:
                share = overlap(one.contents, content)
                if share >= most:
                    best, most = one, share
        return best

    def annotated(self, annotations: Sequence[Labelled]) -> list[TokenAnnotation]:
        """Return the annotations in tokens, without overlaps; one without cue and mention gets those of the rules."""
        tokens = self.tokens
        separate = without_overlaps(
            TokenAnnotation(
                one.label, parts_of(tokens, one.fragments), parts_of(tokens, one.cue), parts_of(tokens, one.mention)
            )
            for one in annotations
        )
        return [one if one.cue or one.mention else self._completed(one) for one in separate]

    def _completed(self, one: TokenAnnotation) -> TokenAnnotation:
        """Return an annotation with the cue and the source mention that the rules give to its content."""
        ruled = self.ruled(one.content)
        if ruled is None:
            return one
        return TokenAnnotation(one.label, one.content, (ruled.cue,), () if ruled.source is None else (ruled.source,))


def prepared(text: str, lists: WordLists, parse: "Doc | None" = None) -> PreparedText:
    """Return ``text`` prepared; ``parse`` is its spaCy document, where the suggester was trained with parses."""
    tokens = tokenized(text, lists)
    grammar = WordOrder(tokens) if parse is None else Parse(tokens, parse)
    return PreparedText(tokens, grammar, attributions(tokens, grammar), _sequences(tokens))


def lists_for(language: str) -> WordLists:
    """Return the word lists of a language; empty lists where it has none, as a suggester can learn without them."""
    try:
        return word_lists(language)
    except InvalidValue:
        return WordLists(language, {}, {})


def _sequences(tokens: Tokens) -> list[Range]:
    """Return the paragraphs, long ones in parts."""
    found: list[Range] = []
    start = 0
    for at in range(1, len(tokens.forms) + 1):
        if at == len(tokens.forms) or tokens.paragraph_of[at] != tokens.paragraph_of[start]:
            found.extend(_split(tokens, start, at))
            start = at
    return found


def _split(tokens: Tokens, start: int, end: int) -> Iterator[Range]:
    """Yield the parts of a paragraph, none of which is too long."""
    while end - start > _MAX_TOKENS:
        stop = tokens.sentences[tokens.sentence_of[start + _MAX_TOKENS]][0]
        if stop <= start:
            stop = start + _MAX_TOKENS
        yield start, stop
        start = stop
    if end > start:
        yield start, end
