"""Precision and recall of the rules for speculation."""

import pytest
from tests.nlp.rules.labelled_sentences import Counts, labelled

from annotator.nlp.rules.proposals import SPECULATION
from annotator.nlp.rules.rule_suggester import suggest


@pytest.mark.parametrize(
    ("name", "language", "precision", "recall"),
    [("speculation", "en", 0.90, 0.85), ("speculation_de", "de", 0.80, 0.70)],
)
def test_precision_and_recall_of_speculation(name: str, language: str, precision: float, recall: float) -> None:
    counts = Counts()
    for one in labelled(name):
        found = suggest(one.text, language)
        counts.add(any(proposal.label == SPECULATION for proposal in found), one.label == SPECULATION)
    assert counts.precision >= precision, counts
    assert counts.recall >= recall, counts


def test_about_half_of_the_sentences_hold_speculation() -> None:
    sentences = labelled("speculation")
    share = sum(one.label == SPECULATION for one in sentences) / len(sentences)
    assert len(sentences) >= 310
    assert 0.4 < share < 0.6
