"""The verb of the suggestion rules: what they propose for a text."""

from annotator.nlp.attributions import attributions
from annotator.nlp.labelling import Labelling
from annotator.nlp.proposals import Proposal
from annotator.nlp.tokens import tokenized
from annotator.nlp.word_lists import WordLists, word_lists


def suggest(text: str, language: str = "en", *, lists: WordLists | None = None) -> list[Proposal]:
    """The proposals of the rules for ``text``, in its order; their contents do not overlap.

    ``lists`` are the word lists to go by, where a user has some of his own. Raises InvalidValue where the language
    has none.
    """
    tokens = tokenized(text, word_lists(language) if lists is None else lists)
    return Labelling(tokens).proposals(attributions(tokens))
