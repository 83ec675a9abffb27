"""Linear-chain conditional random fields over features, which are short strings: trained by CRFsuite, applied by numpy.

A sequence is a list of items, an item a list of features; each item gets a state. A chain over sequences of one item is
a classifier (maximum entropy). The formulae are those of Lafferty, McCallum and Pereira 2001; forward and backward sums
are scaled at each item. A chain is stored as plain text, so that CRFsuite never reads a file from elsewhere.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from annotator.files.drafts import temporary_folder

Item = Sequence[str]
Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

_BATCH = 256
"""Sequences that are decoded together."""
_L1_PENALTY, _L2_PENALTY = 0.1, 0.5
"""The weights of the penalties on the absolute values and on the squares of the weights."""
_ROUND = "***** Iteration"
"""Occurs in the message of CRFsuite at the beginning of a round."""
_CHAIN, _TRANSITION = "chain 1", "from"
_MIN_SUM = 1e-300
"""Sums are at least this where they are divided by."""
_MAX_WEIGHT = 1e6
"""The absolute value from which on a weight in a file is refused."""


class Tagged(NamedTuple):
    """The likeliest states of a sequence, and the probability of every state at every item (items by states)."""

    states: list[str]
    marginals: Floats


@dataclass(frozen=True, eq=False)
class Chain:
    """A trained chain."""

    states: tuple[str, ...]
    features: Mapping[str, int]
    """The row of each feature in ``weights``."""
    weights: Floats
    """Features by states; the last row, for unknown features, is zero."""
    transitions: Floats
    """Previous states by next states."""

    def paths(
        self, sequences: Iterable[Iterable[Item]], bonus: Mapping[str, float] = MappingProxyType({})
    ) -> Iterable[Tagged]:
        """Yield the best path and the marginals of each sequence, in their order.

        The path is chosen as if the weights of each state in ``bonus`` were higher by its value; the marginals are not
        changed by it.
        """
        extra = np.array([bonus.get(state, 0.0) for state in self.states])
        batch: list[Floats] = []
        for sequence in sequences:
            batch.append(self._emissions(sequence))
            if len(batch) == _BATCH:
                yield from self._decoded(batch, extra)
                batch = []
        yield from self._decoded(batch, extra)

    def probabilities(self, items: Iterable[Item]) -> Floats:
        """Return the probability of each state, for a classifier (items by states)."""
        scores = self._emissions(items)
        exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities: Floats = exponentials / exponentials.sum(axis=1, keepdims=True)
        return probabilities

    def _emissions(self, items: Iterable[Item]) -> Floats:
        """Return the sums of the weights of the features of each item (items by states)."""
        rows: list[int] = []
        starts: list[int] = []
        unknown = len(self.weights) - 1
        known = self.features.get
        for item in items:
            starts.append(len(rows))
            rows.extend(row for feature in item if (row := known(feature)) is not None)
            rows.append(unknown)
        if not starts:
            return np.zeros((0, len(self.states)))
        return np.add.reduceat(self.weights[rows], starts, axis=0)

    def _decoded(self, batch: Sequence[Floats], extra: Floats) -> Iterable[Tagged]:
        """Yield the best path and the marginals of each sequence of a batch; ``extra`` is added to states in paths."""
        if not batch:
            return
        lengths = np.array([len(scores) for scores in batch])
        longest, count = int(lengths.max()), len(self.states)
        scores = np.zeros((len(batch), longest, count))
        for number, one in enumerate(batch):
            scores[number, : len(one)] = one
        best = self._best(scores + extra, lengths)
        marginals = self._marginals(scores, lengths)
        for number, length in enumerate(lengths):
            yield Tagged([self.states[state] for state in best[number, :length]], marginals[number, :length])

    def _best(self, scores: Floats, lengths: Integers) -> Integers:
        """Return the best states by Viterbi's algorithm (sequences by items), the last one repeated after the end."""
        number, longest, count = scores.shape
        back = np.zeros((number, longest, count), dtype=np.intp)
        reached = scores[:, 0] if longest else np.zeros((number, count))
        unchanged = np.arange(count)
        for at in range(1, longest):
            sums = reached[:, :, None] + self.transitions
            back[:, at] = sums.argmax(axis=1)
            is_inside = (at < lengths)[:, None]
            back[:, at] = np.where(is_inside, back[:, at], unchanged)
            reached = np.where(is_inside, sums.max(axis=1) + scores[:, at], reached)
        best = np.zeros((number, longest), dtype=np.intp)
        if longest:
            best[:, -1] = reached.argmax(axis=1)
        rows = np.arange(number)
        for at in range(longest - 1, 0, -1):
            best[:, at - 1] = back[rows, at, best[:, at]]
        return best

    def _marginals(self, scores: Floats, lengths: Integers) -> Floats:
        """Return the probabilities of the states (sequences by items by states), by the forward-backward algorithm."""
        number, longest, count = scores.shape
        factors = np.exp(scores - scores.max(axis=2, keepdims=True, initial=-np.inf)) if longest else scores
        transitions = np.exp(self.transitions - self.transitions.max(initial=0.0))
        forward = np.empty_like(factors)
        for at in range(longest):
            reached = factors[:, at] if at == 0 else (forward[:, at - 1] @ transitions) * factors[:, at]
            forward[:, at] = reached / np.maximum(reached.sum(axis=1, keepdims=True), _MIN_SUM)
        marginals = np.empty_like(factors)
        backward = np.ones((number, count))
        for at in range(longest - 1, -1, -1):
            both = forward[:, at] * backward
            marginals[:, at] = both / np.maximum(both.sum(axis=1, keepdims=True), _MIN_SUM)
            backward = (factors[:, at] * backward) @ transitions.T
            backward /= np.maximum(backward.sum(axis=1, keepdims=True), _MIN_SUM)
            backward[at >= lengths] = 1.0
        return marginals

    def to_text(self) -> str:
        """Return one line for each transition and each feature, tab-separated; a weight of zero is left empty."""
        lines = ["\t".join((_CHAIN, *self.states))]
        lines += [
            _line(f"{_TRANSITION} {state}", row) for state, row in zip(self.states, self.transitions, strict=True)
        ]
        lines += [_line(feature, self.weights[row]) for feature, row in self.features.items()]
        return "\n".join(lines) + "\n"

    @classmethod
    def from_text(cls, text: str) -> "Chain":
        """Return the chain that ``to_text`` wrote; raise ValueError where ``text`` is anything else."""
        lines = text.split("\n")
        head, *states = lines[0].split("\t")
        count = len(states)
        if head != _CHAIN or not states or len(set(states)) != count or lines[-1]:
            raise ValueError("no chain")
        rows = [_parsed_line(line, count) for line in lines[1:-1]]
        names, weights = [name for name, _ in rows], [row for _, row in rows]
        if names[:count] != [f"{_TRANSITION} {state}" for state in states]:
            raise ValueError("no transitions")
        features = {name: number for number, name in enumerate(names[count:])}
        if len(features) != len(names) - count:
            raise ValueError("a feature occurs twice")
        return cls(tuple(states), features, np.array([*weights[count:], [0.0] * count]), np.array(weights[:count]))


def _parsed_line(line: str, count: int) -> tuple[str, list[float]]:
    """Return the name and the ``count`` weights of a line; raise ValueError where it has others."""
    name, *numbers = line.split("\t")
    if len(numbers) != count:
        raise ValueError(f"{len(numbers)} weights for {count} states")
    weights = [float(number or 0) for number in numbers]
    if not all(isfinite(weight) and abs(weight) < _MAX_WEIGHT for weight in weights):
        raise ValueError("a weight out of bounds")
    return name, weights


def _line(name: str, row: Floats) -> str:
    """Return a name and its weights as a line of a file."""
    return "\t".join((name, *(f"{weight:.6f}".rstrip("0") if weight else "" for weight in row)))


def trained(
    sequences: Iterable[tuple[Sequence[Item], Sequence[str]]],
    *,
    rounds: int,
    min_frequency: int = 1,
    progress: Callable[[int], None] = lambda _rounds: None,
) -> Chain:
    """Return a chain trained on sequences and their states; a penalty keeps most of its weights at zero.

    Features that occur fewer than ``min_frequency`` times are ignored. ``progress`` is called several times a second
    with the number of rounds begun, of at most ``rounds``; an exception that it raises ends the training.
    """
    from pycrfsuite import Tagger, Trainer

    begun = 0

    class Learner(Trainer):  # type: ignore[misc]  # pycrfsuite has no types
        def message(self, message: str) -> None:
            nonlocal begun
            begun += _ROUND in message
            progress(begun)

    learner = Learner(
        "lbfgs", {"c1": _L1_PENALTY, "c2": _L2_PENALTY, "max_iterations": rounds, "feature.minfreq": min_frequency}
    )
    # CRFsuite gets numbers, so that a feature may hold any character.
    numbers: dict[str, str] = {}
    seen: dict[str, int] = {}
    for items, states in sequences:
        progress(begun)
        for state in states:
            seen.setdefault(state, len(seen))
        learner.append(
            [[numbers.setdefault(feature, str(len(numbers))) for feature in item] for item in items],
            [str(seen[state]) for state in states],
        )
    with temporary_folder() as folder:
        path = str(folder / "chain")
        learner.train(path)
        progress(begun)
        tagger = Tagger()
        tagger.open(path)
        dump = tagger.info()
        tagger.close()
    progress(begun)
    return _chain(dump, tuple(seen), tuple(numbers))


class _TrainedWeights(Protocol):
    """What CRFsuite has learned; it names features and states by their numbers, as text."""

    state_features: Mapping[tuple[str, str], float]
    """The weight of each feature for each state."""
    transitions: Mapping[tuple[str, str], float]
    """The weight of each state after each other one."""


def _chain(dump: _TrainedWeights, states: tuple[str, ...], names: Sequence[str]) -> Chain:
    """Return a chain of the weights that CRFsuite learned."""
    used = sorted({int(feature) for feature, _state in dump.state_features})
    features = {names[number]: row for row, number in enumerate(used)}
    row_of = {number: row for row, number in enumerate(used)}
    weights = np.zeros((len(used) + 1, len(states)))
    for (feature, state), weight in dump.state_features.items():
        weights[row_of[int(feature)], int(state)] = weight
    transitions = np.zeros((len(states), len(states)))
    for (before, after), weight in dump.transitions.items():
        transitions[int(before), int(after)] = weight
    return Chain(states, features, weights, transitions)
