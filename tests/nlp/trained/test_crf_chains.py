"""Chains, compared with sums over all paths; their training and storage."""

from itertools import pairwise, product
from math import exp

import numpy as np
import pytest

from annotator.domain.errors import Cancelled
from annotator.nlp.trained.crf_chains import Chain, trained

RNG = np.random.default_rng(7)
STATES = ("a", "b", "c")
CHAIN = Chain(
    STATES,
    {f"m{number}": number for number in range(5)},
    np.vstack([RNG.normal(size=(5, 3)), np.zeros((1, 3))]),
    RNG.normal(size=(3, 3)),
)
SEQUENCES = [
    [[f"m{RNG.integers(5)}" for _ in range(RNG.integers(0, 4))] + ["never seen"] for _ in range(length)]
    for length in (1, 5, 2, 0, 4, 3)
]


def weight(path: tuple[int, ...], sequence: list[list[str]]) -> float:
    items = sum(
        CHAIN.weights[CHAIN.features[feature], state]
        for state, item in zip(path, sequence, strict=True)
        for feature in item
        if feature in CHAIN.features
    )
    return float(items + sum(CHAIN.transitions[one, other] for one, other in pairwise(path)))


def test_path_and_marginals_agree_with_a_sum_over_all_paths() -> None:
    found = list(CHAIN.paths(SEQUENCES))
    assert len(found) == len(SEQUENCES)
    for sequence, tagged in zip(SEQUENCES, found, strict=True):
        paths = list(product(range(3), repeat=len(sequence)))
        odds = [exp(weight(path, sequence)) for path in paths]
        best = paths[int(np.argmax(odds))]
        assert tagged.states == [STATES[state] for state in best]
        for at in range(len(sequence)):
            for state in range(3):
                share = sum(odd for path, odd in zip(paths, odds, strict=True) if path[at] == state) / sum(odds)
                assert tagged.marginals[at, state] == pytest.approx(share)


def test_a_bonus_for_a_state_does_not_change_the_probabilities() -> None:
    plain, with_bonus = list(CHAIN.paths(SEQUENCES)), list(CHAIN.paths(SEQUENCES, {"b": 50.0}))
    assert all(set(tagged.states) <= {"b"} for tagged in with_bonus)
    assert any(set(tagged.states) - {"b"} for tagged in plain)
    for one, other in zip(plain, with_bonus, strict=True):
        assert one.marginals == pytest.approx(other.marginals)


def test_extreme_weights_do_not_overflow() -> None:
    strong = Chain(STATES, {"m": 0}, np.array([[9e5, -9e5, 0.0], [0.0] * 3]), np.full((3, 3), -9e5))
    (tagged,) = strong.paths([[["m"]] * 50])
    assert tagged.states == ["a"] * 50
    assert np.isfinite(tagged.marginals).all()


def test_a_chain_is_trained_and_written_and_read() -> None:
    sequences = [
        ([["dry"], ["rain"], ["wet"]], ["sun", "rain", "rain"]),
        ([["dry"], ["dry"]], ["sun", "sun"]),
        ([["wet"], ["odd"]], ["rain", "rain"]),
    ] * 5
    chain = trained(sequences, rounds=20)
    assert [tagged.states for tagged in chain.paths(items for items, _states in sequences)] == [
        states for _items, states in sequences
    ]
    again = Chain.from_text(chain.to_text())
    assert (again.states, again.features) == (chain.states, chain.features)
    assert (again.weights == chain.weights).all() and (again.transitions == chain.transitions).all()


def test_a_classifier_gives_probabilities() -> None:
    chain = trained([([["round"]], ["ball"]), ([["flat"]], ["plate"])] * 9, rounds=20)
    odds = chain.probabilities([["round"], ["flat"], ["unknown"]])
    assert odds.sum(axis=1) == pytest.approx([1, 1, 1])
    assert odds[0, 0] > 0.8 and odds[1, 1] > 0.8 and odds[2, 0] == pytest.approx(0.5, abs=0.05)
    assert chain.probabilities([]).shape == (0, 2)


def test_an_exception_in_progress_ends_the_training() -> None:
    reported: list[int] = []

    def stop(rounds: int) -> None:
        reported.append(rounds)
        if rounds == 3:
            raise Cancelled("Cancelled.")

    sequences = [([[f"m{RNG.integers(9)}"] for _ in range(9)], list("abcabcaba")) for _ in range(50)]
    with pytest.raises(Cancelled):
        trained(sequences, rounds=50, progress=stop)
    assert reported[-1] == 3
