"""How many sentences with speculation the rules find, and how many that only look so they leave alone."""

from tests.nlp.labelled_sentences import Counts, labelled

from annotator.nlp.proposals import SPECULATION
from annotator.nlp.suggesting import suggest


def test_speculation_by_sentence() -> None:
    counts = Counts()
    for one in labelled("speculation"):
        counts.add(any(found.label == SPECULATION for found in suggest(one.text)), one.label == SPECULATION)
    assert counts.precision >= 0.80, counts
    assert counts.recall >= 0.60, counts
