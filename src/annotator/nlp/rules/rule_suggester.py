"""The entry point of the suggestion rules: proposals for a text."""

from typing import Any

from annotator.nlp.rules import parses
from annotator.nlp.rules.attributions import attributions
from annotator.nlp.rules.labelling import Labelling
from annotator.nlp.rules.proposals import Proposal
from annotator.nlp.rules.tokens import tokenized
from annotator.nlp.rules.word_lists import WordLists, word_lists


def suggest(
    text: str, language: str = "en", *, lists: WordLists | None = None, parse: Any | None = None
) -> list[Proposal]:
    """Return the proposals of the rules for ``text``, in its order; their contents do not overlap.

    ``lists`` replaces the word lists of the language, for those of a user; ``parse`` is the spaCy document of the same
    text, which makes boundaries more exact. Raises InvalidValue where the language has no word lists.
    """
    tokens = tokenized(text, word_lists(language) if lists is None else lists)
    grammar = None if parse is None else parses.Parse(tokens, parse)
    return Labelling(tokens).proposals(attributions(tokens, grammar))
