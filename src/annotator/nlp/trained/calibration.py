"""Calibration of scores: a curve of two numbers from score to precision, and thresholds for a wanted precision.

Platt 1999, with the targets of his paper: ``1 / (1 + exp(-(slope * logit(score) + shift)))`` is fitted to proposals
that are known to be right or wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import NamedTuple

_EDGE = 1e-4
"""Scores are kept this far from 0 and 1, and the fit ends with steps smaller than this."""
_MIN_PROPOSALS = 5
"""The fewest proposals of which a precision is meaningful."""
_MAX_ROUNDS = 50
_MIN_SLOPE = 0.1
_PENALTY = 0.1
"""The weight of the penalty on a curve other than the identity."""


class Judged(NamedTuple):
    """A proposal that was compared with the annotations of the analyst; the score is 0 to 1."""

    score: float
    label: str
    right: bool


class Bin(NamedTuple):
    """Proposals with about the same score."""

    low: float
    high: float
    mean: float
    """The mean score."""
    right: int
    proposed: int

    @property
    def precision(self) -> float:
        """The share of right proposals, 0 to 1."""
        return self.right / self.proposed if self.proposed else 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """A rising curve from a raw score to the share of proposals with it that are right; both 0 to 1."""

    slope: float = 1.0
    shift: float = 0.0

    def of(self, score: float) -> float:
        """Return the calibrated score, 0 to 1."""
        return _logistic(self.slope * _logit(score) + self.shift)

    @classmethod
    def fitted(cls, judged: Sequence[tuple[float, bool]]) -> "Calibration":
        """Return the curve fitted to pairs of a score and whether its proposal was right, by Newton's method.

        With few proposals the slope remains near 1; it is always above 0.
        """
        right = sum(was_right for _score, was_right in judged)
        wrong = len(judged) - right
        yes, no = (right + 1) / (right + 2), 1 / (wrong + 2)
        points = [(_logit(score), yes if was_right else no) for score, was_right in judged]
        slope, shift = 1.0, 0.0
        loss = _loss(points, slope, shift)
        for _ in range(_MAX_ROUNDS):
            step_slope, step_shift = _newton(points, slope, shift)
            while (tried := _loss(points, slope - step_slope, shift - step_shift)) > loss:
                step_slope, step_shift = step_slope / 2, step_shift / 2
                if abs(step_slope) + abs(step_shift) < _EDGE:
                    break
            if abs(step_slope) + abs(step_shift) < _EDGE:
                break
            slope, shift, loss = slope - step_slope, shift - step_shift, tried
        return cls(max(slope, _MIN_SLOPE), shift)


def bins(judged: Iterable[Judged], count: int = 10) -> list[Bin]:
    """Return the proposals in ``count`` bins of equal width, without empty ones, in ascending order of scores."""
    by_bin: dict[int, list[Judged]] = {}
    for one in judged:
        by_bin.setdefault(min(int(one.score * count), count - 1), []).append(one)
    return [
        Bin(
            number / count,
            (number + 1) / count,
            sum(one.score for one in inside) / len(inside),
            sum(one.right for one in inside),
            len(inside),
        )
        for number, inside in sorted(by_bin.items())
    ]


def threshold_for(judged: Iterable[Judged], precision: float, label: str | None = None) -> float | None:
    """Return the lowest score from which on at least ``precision`` of the proposals are right; None without one.

    ``precision`` is 0 to 1. Proposals with this score or a higher one count, those of ``label`` or, for None, all.
    """
    chosen = sorted((one for one in judged if label is None or one.label == label), reverse=True)
    right, best = 0, None
    for number, one in enumerate(chosen, 1):
        right += one.right
        last_of_score = number == len(chosen) or chosen[number].score < one.score
        if last_of_score and right >= precision * number and number >= min(_MIN_PROPOSALS, len(chosen)):
            best = one.score
    return best


def _loss(points: Sequence[tuple[float, float]], slope: float, shift: float) -> float:
    """Return the log loss, with a penalty on a slope other than 1 and a shift other than 0."""
    penalty = _PENALTY * ((slope - 1) ** 2 + shift**2) / 2
    return penalty + sum(
        log(1 + exp(-abs(value))) + max(value, 0.0) - target * value
        for logit, target in points
        for value in (slope * logit + shift,)
    )


def _newton(points: Sequence[tuple[float, float]], slope: float, shift: float) -> tuple[float, float]:
    """Return a step against the gradient of the loss, by its second derivatives."""
    by_slope, by_shift = _PENALTY * (slope - 1), _PENALTY * shift
    slopes, both, shifts = _PENALTY, 0.0, _PENALTY
    for logit, target in points:
        share = _logistic(slope * logit + shift)
        weight = share * (1 - share)
        by_slope += (share - target) * logit
        by_shift += share - target
        slopes += weight * logit * logit
        both += weight * logit
        shifts += weight
    determinant = slopes * shifts - both * both
    return (by_slope * shifts - by_shift * both) / determinant, (by_shift * slopes - by_slope * both) / determinant


def _logit(score: float) -> float:
    """Return the log odds of a score."""
    limited = min(max(score, _EDGE), 1 - _EDGE)
    return log(limited / (1 - limited))


def _logistic(value: float) -> float:
    """Return the inverse of the logit, 0 to 1."""
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))
