"""Precision and recall of the rules for unnamed and for official sources."""

import pytest
from tests.nlp.rules.labelled_sentences import Counts, classes_of_sources, labelled

from annotator.nlp.rules.rule_suggester import suggest


@pytest.mark.parametrize("kind", ["unnamed", "official"])
def test_precision_and_recall_of_kinds_of_sources(kind: str) -> None:
    counts = Counts()
    for one in labelled("sources"):
        counts.add(kind in classes_of_sources(suggest(one.text)), one.label == kind)
    assert counts.precision >= 0.90, counts
    assert counts.recall >= 0.85, counts
