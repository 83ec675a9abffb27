"""The track record of a source: a Beta posterior of its resolved claims, and the reliability that it suggests.

Source: A. Jøsang and R. Ismail, "The Beta Reputation System" (2002), with a weight that decreases by a fifth each year
and a share for statements that are not independent. With prior mean ``m`` and strength ``k``:

    a = k m + sum of w y,   b = k (1 - m) + sum of w (1 - y),   w = 0.8 ** (days / 365) * d

``y`` is 1 for confirmed, 0.5 for partly, 0 for refuted; what is open or unverifiable does not count. ``d`` is the
independence of the statement, 1 for its origin. The interval is from the 5 % to the 95 % quantile. Speculation with a
stated probability is scored separately, by G. Brier's score (1950). Grades are not used here: ``F`` and ``6`` mean
"cannot be judged", which is not a number.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from annotator.domain.errors import InvalidValue
from annotator.domain.fixed_choices import VERDICTS

_SHARES = {"confirmed": 1.0, "partly": 0.5, "refuted": 0.0}
_PRIOR_STRENGTH = 2.0
"""``k``: resolved claims that the prior counts as."""

_EVEN_MEAN = 0.5
"""``m`` where the project has too few resolved claims to compute one."""

_WEIGHT_AFTER_A_YEAR = 0.8
_DAYS_PER_YEAR = 365.0
_TAIL_SHARE = 0.05
"""Share of the posterior below the interval, and above it."""

MIN_WEIGHT = 5.0
"""Weight of the resolved claims below which a record is too small to suggest a reliability."""

_LETTERS = (("A", 0.95, 0.85), ("B", 0.80, 0.60), ("C", 0.60, 0.0), ("D", 0.40, 0.0))
"""Our own convention: the lowest mean, and the lowest lower end of the interval, for each reliability; below all of
them is E.
"""


def share_of(verdict: str) -> float | None:
    """Return how much of a claim with this verdict came true, from 0 to 1; None where it does not count."""
    return _SHARES.get(verdict)


class Judged(NamedTuple):
    """The outcome of one statement of a source.

    ``independence``: from 0 to 1; 1 where the source is the origin, less where it passes on another's statement.
    """

    verdict: str
    resolved_on: date
    independence: float = 1.0
    topic: str = ""


class Tally(NamedTuple):
    """Weighted sums as of a day: hits, misses, the number of resolved claims and the number of all.

    Moving to another day or adding a statement needs none of the other statements.
    """

    as_of: date
    hits: float = 0.0
    misses: float = 0.0
    resolved: int = 0
    total: int = 0

    def at(self, day: date) -> "Tally":
        """Return the same sums as of another day."""
        kept = _WEIGHT_AFTER_A_YEAR ** ((day - self.as_of).days / _DAYS_PER_YEAR)
        return self._replace(as_of=day, hits=self.hits * kept, misses=self.misses * kept)

    def plus(self, judged: Judged) -> "Tally":
        """Return the sums with one more statement.

        Raise InvalidValue for an unknown verdict or an independence outside 0 to 1.
        """
        return self._moved(judged, 1)

    def minus(self, judged: Judged) -> "Tally":
        """Return the sums without a statement that was counted before."""
        return self._moved(judged, -1)

    def _moved(self, judged: Judged, by: int) -> "Tally":
        if judged.verdict not in VERDICTS:
            raise InvalidValue(f"{judged.verdict!r} is not a verdict: use one of {', '.join(VERDICTS)}.")
        if not 0.0 <= judged.independence <= 1.0:
            raise InvalidValue(f"{judged.independence!r} is not an independence: give a number from 0 to 1.")
        is_resolved = judged.verdict != "open"
        moved = self._replace(resolved=self.resolved + by * is_resolved, total=self.total + by)
        if judged.verdict not in _SHARES:
            return moved
        # A claim that was resolved after the requested day weighs as much as one of that day.
        days = max(0, (self.as_of - judged.resolved_on).days)
        weight = by * _WEIGHT_AFTER_A_YEAR ** (days / _DAYS_PER_YEAR) * judged.independence
        hit = _SHARES[judged.verdict]
        return moved._replace(hits=self.hits + weight * hit, misses=self.misses + weight * (1 - hit))


class TrackRecord(NamedTuple):
    """The posterior of a source: its parameters, mean, interval of 90 %, and effective number of resolved claims."""

    a: float
    b: float
    mean: float
    low: float
    high: float
    effective: float
    resolved: int
    total: int

    @property
    def is_too_few(self) -> bool:
        """Whether too few claims were resolved for a judgement."""
        return self.effective < MIN_WEIGHT

    @property
    def suggested(self) -> str:
        """The reliability that the record suggests; ``F`` where the record is too small.

        The analyst's own grade has priority.
        """
        if self.is_too_few:
            return "F"
        return next((letter for letter, mean, low in _LETTERS if self.mean >= mean and self.low >= low), "E")

    def sentence(self) -> str:
        """Return the record in words."""
        counted = f"{self.resolved} of {self.total} resolved"
        if self.is_too_few:
            return f"Too few for a judgement: {counted}."
        return f"{self.mean:.0%} came true ({self.low:.0%} to {self.high:.0%}), {counted}: suggests {self.suggested}."


def tally(statements: Iterable[Judged], as_of: date) -> Tally:
    """Return the sums of statements as of a day; a claim that was resolved later counts as open."""
    found = Tally(as_of)
    for judged in statements:
        known = judged if judged.resolved_on <= as_of else judged._replace(verdict="open")
        found = found.plus(known)
    return found


def record_of(sums: Tally, prior_mean: float = _EVEN_MEAN) -> TrackRecord:
    """Return the track record that follows from the sums.

    ``prior_mean``: that of the project, once enough claims are resolved to compute one.
    """
    a = _PRIOR_STRENGTH * prior_mean + sums.hits
    b = _PRIOR_STRENGTH * (1 - prior_mean) + sums.misses
    return TrackRecord(
        a,
        b,
        a / (a + b),
        beta_quantile(_TAIL_SHARE, a, b),
        beta_quantile(1 - _TAIL_SHARE, a, b),
        sums.hits + sums.misses,
        sums.resolved,
        sums.total,
    )


# ---------------------------------------------------------------------------------------------- speculation


class Forecast(NamedTuple):
    """A speculation with its stated probability in percent, and whether it came true (0.5 where it did in part)."""

    probability: int
    came_true: float


class Calibration(NamedTuple):
    """Forecasts of about one probability: their number, their mean probability, and the share that came true."""

    forecasts: int
    stated: float
    observed: float


def brier(forecasts: Sequence[Forecast]) -> float | None:
    """Return the mean of (p - y) squared: 0 is perfect, 0.25 is what "fifty-fifty" always gets.

    None without forecasts.
    """
    if not forecasts:
        return None
    return math.fsum((one.probability / 100 - one.came_true) ** 2 for one in forecasts) / len(forecasts)


def calibration(forecasts: Iterable[Forecast], bins: int = 10) -> list[Calibration]:
    """Return forecasts by tenths of their probability, without the empty ones."""
    groups: dict[int, list[Forecast]] = {}
    for one in forecasts:
        groups.setdefault(min(one.probability * bins // 100, bins - 1), []).append(one)
    return [
        Calibration(
            len(group),
            math.fsum(one.probability / 100 for one in group) / len(group),
            math.fsum(one.came_true for one in group) / len(group),
        )
        for _, group in sorted(groups.items())
    ]


# ---------------------------------------------------------------------------------------------- the Beta distribution

_MAX_STEPS = 10_000
_MAX_ITERATIONS = 1_100
_MAX_LOG_SLOPE = 700.0
"""The logarithm of a slope that a float cannot represent."""

_PRECISION = 1e-15
_MIN_DIVISOR = 1e-300


def beta_share(x: float, a: float, b: float) -> float:
    """Return the share of a Beta distribution below ``x``: the regularised incomplete beta function I_x(a, b).

    Computed by its continued fraction (DLMF 8.17.22) with Lentz's method, from the side where that converges fast.
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - beta_share(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    above, below, value = 1.0, 0.0, 1.0
    for step in range(_MAX_STEPS):
        half = step // 2
        if step == 0:
            term = 1.0
        elif step % 2 == 0:
            term = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        else:
            term = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        below = 1.0 / (1.0 + term * below or _MIN_DIVISOR)
        above = 1.0 + term / above or _MIN_DIVISOR
        change = above * below
        value *= change
        if abs(change - 1.0) < _PRECISION:
            break
    return front * (value - 1.0) / a


def beta_quantile(share: float, a: float, b: float) -> float:
    """Return the quantile of a Beta distribution at this share, to nearly the precision of a float.

    Computed by Newton's method, and by bisection where a step leaves the remaining interval.
    """
    constant = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(_MAX_ITERATIONS):
        off = beta_share(x, a, b) - share
        low, high = (x, high) if off < 0 else (low, x)
        steepness = constant + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x)
        next_x = x - off * math.exp(-steepness) if abs(steepness) < _MAX_LOG_SLOPE else low
        if not low < next_x < high:
            next_x = (low + high) / 2
        if abs(next_x - x) <= 4e-16 * x or next_x in (low, high):
            return next_x
        x = next_x
    return x
