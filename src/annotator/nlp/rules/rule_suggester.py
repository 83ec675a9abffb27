"""The verbs of the suggestion rules: what they propose for a text, and for many."""

from collections.abc import Iterable, Iterator
from itertools import tee
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
    """The proposals of the rules for ``text``, in its order; their contents do not overlap.

    ``lists`` are the word lists to go by, where a user has some of his own; ``parse`` is spaCy's of the same text, by
    which boundaries are found better. Raises InvalidValue where the language has no word lists.
    """
    tokens = tokenized(text, word_lists(language) if lists is None else lists)
    grammar = None if parse is None else parses.Parse(tokens, parse)
    return Labelling(tokens).proposals(attributions(tokens, grammar))


def suggest_parsed(
    texts: Iterable[str], language: str = "en", *, lists: WordLists | None = None
) -> Iterator[list[Proposal]]:
    """The proposals for each text with its parse. Raises InvalidValue where no pipeline is installed."""
    read, to_parse = tee(texts)
    for text, parse in zip(read, parses.parsed(to_parse, language), strict=True):
        yield suggest(text, language, lists=lists, parse=parse)
