"""The entry points of the suggestion rules: the attributions in a text, and the proposals for it.

``VerbAttributions`` holds the rules for cue verbs, ``PhraseAttributions`` those for nouns, adjectives and phrases.
"""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from annotator.nlp.rules import parses
from annotator.nlp.rules.attribution_contents import ContentRanges
from annotator.nlp.rules.attributions import Attribution
from annotator.nlp.rules.labelling import Labelling
from annotator.nlp.rules.phrase_attributions import PhraseAttributions
from annotator.nlp.rules.proposals import Proposal
from annotator.nlp.rules.tokens import TokenClass, Tokens, tokenized
from annotator.nlp.rules.verb_attributions import VerbAttributions
from annotator.nlp.rules.word_lists import WordLists, first_words, union_of, word_lists
from annotator.nlp.rules.word_order import WordOrder

if TYPE_CHECKING:
    from spacy.tokens import Doc


def suggest(
    text: str, language: str = "en", *, lists: WordLists | None = None, parse: "Doc | None" = None
) -> list[Proposal]:
    """Return the proposals of the rules for ``text``, in its order; their contents do not overlap.

    ``lists`` replaces the word lists of the language, for those of a user; ``parse`` is the spaCy document of the same
    text, which makes boundaries more exact. Raise InvalidValue where the language has no word lists.
    """
    tokens = tokenized(text, word_lists(language) if lists is None else lists)
    grammar = None if parse is None else parses.Parse(tokens, parse)
    return Labelling(tokens).proposals(attributions(tokens, grammar))


def attributions(tokens: Tokens, grammar: WordOrder | None = None) -> list[Attribution]:
    """Return the attributions of a text in the order of their cues.

    ``grammar`` is that of the same tokens; without one, word order decides.
    """
    rules = _AttributionRules(tokens, grammar or WordOrder(tokens))
    return [found for low, high in tokens.sentences for found in rules.of_sentence(low, high)]


class _AttributionRules:
    """The rules for attributions in one text, chosen by the word that may be a cue."""

    def __init__(self, tokens: Tokens, grammar: WordOrder) -> None:
        ranges = ContentRanges(tokens, grammar)
        self._tokens = tokens
        self._verbs = VerbAttributions(tokens, grammar, ranges)
        self._phrases = PhraseAttributions(tokens, grammar, ranges)
        self._cues = tokens.lists.cues
        self._nouns = tokens.lists["nouns.contents"]
        self._stances = tokens.lists["nouns.stances"]
        self._belief = tokens.lists["hedges.belief"]
        self._first_words_of_phrases = first_words(tokens.lists, "phrases.according")
        self._cue_words = _cue_words(tokens.lists)

    def of_sentence(self, low: int, high: int) -> Iterator[Attribution]:
        """Yield the attributions whose cue stands in the sentence ``[low, high)``."""
        self._verbs.previous_source = None
        colon = self._phrases.by_colon(low, high)
        if colon is not None:
            yield colon
        forms, cue_words = self._tokens.forms, self._cue_words
        for at in range(low, high):
            # Quoted speech is a content, and contents do not contain others.
            if forms[at] not in cue_words or self._tokens.in_speech(at):
                continue
            found = self._by_cue(at, low, high)
            if found is not None:
                if found.source is not None:
                    self._verbs.previous_source = found.source
                yield found

    def _by_cue(self, at: int, low: int, high: int) -> Attribution | None:
        """Return the attribution by the word at ``at``: as a verb, a noun, an adjective, a phrase, or a belief."""
        form = self._tokens.forms[at]
        found: Attribution | None = None
        cues = self._cues.get(form)
        if cues is not None and self._tokens.classes[at] is TokenClass.WORD:
            found = self._verbs.find(at, cues, low, high)
        if found is None:
            if form in self._nouns:
                found = self._phrases.by_noun(at, low, high)
            elif form in self._stances:
                found = self._phrases.by_stance(at, low, high)
            elif form in self._first_words_of_phrases:
                found = self._phrases.by_phrase(at, low, high)
        if found is None and form in self._belief:
            found = self._verbs.believed(at, low, high)
        return found


@cache
def _cue_words(lists: WordLists) -> frozenset[str]:
    """Return every word with which an attribution may be marked, in lower case."""
    return frozenset(lists.cues).union(
        union_of(lists, "nouns.contents", "nouns.stances", "hedges.belief"), first_words(lists, "phrases.according")
    )
