"""Calibration of scores, thresholds for a wanted precision, and figures of proposals."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.nlp.trained.calibration import Calibration, Judged, bins, threshold_for
from annotator.nlp.trained.evaluation_figures import Counts, Proposed, compared
from annotator.nlp.trained.token_roles import TokenAnnotation


def test_scores_that_are_too_high_are_lowered() -> None:
    chance = random.Random(3)
    scores = [chance.uniform(0.5, 0.999) for _ in range(4000)]
    judged = [(score, chance.random() < score**3) for score in scores]
    curve = Calibration.fitted(judged)
    for score in (0.6, 0.75, 0.9, 0.98):
        assert curve.of(score) == pytest.approx(score**3, abs=0.06)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60))
def test_a_curve_never_falls_and_stays_between_0_and_1(judged: list[tuple[float, bool]]) -> None:
    curve = Calibration.fitted(judged)
    values = [curve.of(score / 20) for score in range(21)]
    assert values == sorted(values)
    assert all(0 <= value <= 1 for value in values)


def test_without_proposals_a_score_is_unchanged() -> None:
    assert Calibration.fitted([]).of(0.7) == pytest.approx(0.7)


def test_the_threshold_is_the_lowest_score_with_the_wanted_precision() -> None:
    judged = [Judged(score / 10, "claim", score > 4) for score in range(1, 11)]
    assert threshold_for(judged, 1.0) == 0.5
    assert threshold_for(judged, 0.75) == 0.3
    assert threshold_for(judged, 0.6) == 0.1
    assert threshold_for(judged, 0.6, "promise") is None
    mixed = [*judged, *(Judged(0.95, "promise", False) for _ in range(9))]
    assert threshold_for(mixed, 0.9) is None
    assert threshold_for(mixed, 1.0, "claim") == 0.5


def test_a_threshold_counts_all_proposals_of_the_same_score() -> None:
    judged = [Judged(0.5, "claim", number < 6) for number in range(12)]
    assert threshold_for(judged, 0.6) is None
    assert threshold_for(judged, 0.5) == 0.5


def test_bins_hold_the_precision_of_their_scores() -> None:
    judged = [Judged(0.91, "claim", True), Judged(0.99, "claim", False), Judged(1.0, "claim", True)]
    (found,) = bins(judged)
    assert (found.low, found.high, found.right, found.proposed) == (0.9, 1.0, 2, 3)
    assert found.precision == pytest.approx(2 / 3)
    assert found.mean == pytest.approx(2.9 / 3)


def test_a_content_is_right_with_a_third_of_both_and_its_label() -> None:
    wanted = [
        TokenAnnotation("claim", ((0, 9),)),
        TokenAnnotation("promise", ((20, 22), (30, 34))),
        TokenAnnotation("claim", ((40, 50),)),
    ]
    proposed = [
        Proposed("claim", ((6, 9),), 0.9),
        Proposed("claim", ((30, 34),), 0.8),
        Proposed("claim", ((48, 60),), 0.7),
    ]
    found = compared(proposed, wanted)
    assert found.contents == Counts(2, 3, 3)
    assert found.labelled == Counts(1, 3, 3)
    assert found.by_label == {"claim": Counts(1, 3, 2), "promise": Counts(0, 0, 1)}
    assert [one.right for one in found.judged] == [True, False, False]


def test_each_annotation_is_counted_as_found_once() -> None:
    wanted = [TokenAnnotation("claim", ((0, 10),))]
    proposed = [Proposed("claim", ((0, 4),), 0.5), Proposed("claim", ((4, 10),), 0.6)]
    assert compared(proposed, wanted).contents == Counts(1, 2, 1)
    assert [one.right for one in compared(proposed, wanted).judged] == [False, True]
