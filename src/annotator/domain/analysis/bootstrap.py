"""Confidence intervals by bootstrap over documents.

Documents are drawn with replacement, as many as there are, and the figure is computed again; the 2.5th and the 97.5th
percentile of the figures bound the interval (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).
Sentences of one article are not independent of one another, so articles are drawn.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from annotator.domain.analysis.span_scores import Counts

SAMPLES = 1_000
_LOW, _HIGH = 2.5, 97.5
_SAMPLES_PER_BATCH = 100
"""Samples that are computed together: for ten thousand documents they take eight megabytes."""


class Interval(NamedTuple):
    """The interval that holds a figure in 95 of 100 samples."""

    low: float
    high: float


class Intervals(NamedTuple):
    """The intervals of a row of counts; None where a figure does not exist, or depends on a single document."""

    precision: Interval | None
    recall: Interval | None
    f: Interval | None


def intervals(rows: Sequence[Sequence[Counts]], samples: int = SAMPLES, seed: int = 0) -> list[Intervals]:
    """Return the intervals of each row, which has the counts of every document in the same order.

    The same seed gives the same result.
    """
    import numpy

    documents = len(rows[0]) if rows else 0
    if documents < 2 or samples < 1:
        return [Intervals(None, None, None) for _ in rows]
    counts = numpy.array(rows, dtype=numpy.float64)
    generator = numpy.random.default_rng(seed)
    sums = []
    for first in range(0, samples, _SAMPLES_PER_BATCH):
        size = min(_SAMPLES_PER_BATCH, samples - first)
        drawn = generator.integers(0, documents, size=(size, documents))
        # How often each document was drawn in each sample: counted in one call for all samples.
        drawn += documents * numpy.arange(size)[:, None]
        times = numpy.bincount(drawn.ravel(), minlength=size * documents).reshape(size, documents).astype(numpy.float64)
        sums.append(numpy.einsum("sd,rdk->rsk", times, counts, optimize=True))
    found: list[Intervals] = []
    for row in numpy.concatenate(sums, axis=1):
        right, proposed, gold = row[:, 0], row[:, 1], row[:, 2]
        found.append(
            Intervals(
                _between(numpy, right, proposed),
                _between(numpy, right, gold),
                _between(numpy, 2 * right, proposed + gold),
            )
        )
    return found


def _between(numpy: Any, above: Any, below: Any) -> Interval | None:
    """Return the interval of a share over the samples in which it exists."""
    exists = below > 0
    if not exists.any():
        return None
    low, high = numpy.percentile(above[exists] / below[exists], [_LOW, _HIGH])
    return Interval(float(low), float(high))
