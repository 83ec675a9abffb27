"""How good a trained suggester is, measured on documents that it has not been trained on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from annotator.nlp.trained.calibration import Bin, Judged, bins, threshold_for
from annotator.nlp.trained.prepared_text import ENOUGH
from annotator.nlp.trained.token_roles import Parts, Taught, overlap


class Proposed(NamedTuple):
    """A content with its label, in tokens, and its score."""

    label: str
    content: Parts
    score: float


@dataclass(frozen=True, slots=True)
class Counts:
    """Right, proposed and wanted; precision, recall and F out of them, 0 where there is nothing to divide by."""

    right: int = 0
    proposed: int = 0
    wanted: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.proposed if self.proposed else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f(self) -> float:
        return 2 * self.right / (self.proposed + self.wanted) if self.proposed + self.wanted else 0.0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.right + other.right, self.proposed + other.proposed, self.wanted + other.wanted)


class CurvePoint(NamedTuple):
    """What a part of the documents teaches."""

    documents: int
    annotations: int
    counts: Counts
    """Of contents with the right label."""


@dataclass(frozen=True)
class Measured:
    """Proposals against annotations: a content is right where it shares a third of the tokens of both."""

    contents: Counts = Counts()
    """Whatever the label."""
    labelled: Counts = Counts()
    """With the right label."""
    by_label: dict[str, Counts] = field(default_factory=dict)
    judged: tuple[Judged, ...] = ()
    """Every proposal, right where content and label are."""

    def __add__(self, other: "Measured") -> "Measured":
        labels = dict.fromkeys([*self.by_label, *other.by_label])
        return Measured(
            self.contents + other.contents,
            self.labelled + other.labelled,
            {
                label: self.by_label.get(label, Counts()) + other.by_label.get(label, Counts())
                for label in sorted(labels)
            },
            self.judged + other.judged,
        )


@dataclass(frozen=True)
class Figures:
    """What was measured on the documents held out, before the suggester was trained on all."""

    documents: int
    """Held out."""
    annotations: int
    """In them."""
    measured: Measured
    curve: tuple[CurvePoint, ...]

    def reliability(self) -> list[Bin]:
        """Scores against how often they were right."""
        return bins(self.measured.judged)

    def threshold_for(self, precision: float, label: str | None = None) -> float | None:
        """The lowest score from which on that share of proposals was right, of a label or in all; None: never."""
        return threshold_for(self.measured.judged, precision, label)


def compared(proposed: Sequence[Proposed], wanted: Sequence[Taught]) -> Measured:
    """The figures of one document."""
    pairs = sorted(
        (
            (share, -mine, -theirs)
            for mine, one in enumerate(proposed)
            for theirs, other in enumerate(wanted)
            if one.content[0][0] < other.content[-1][1]
            and other.content[0][0] < one.content[-1][1]
            and (share := overlap(one.content, other.content)) >= ENOUGH
        ),
        reverse=True,
    )
    partner: dict[int, int] = {}
    for _share, mine, theirs in pairs:
        if -mine not in partner and -theirs not in partner.values():
            partner[-mine] = -theirs
    right = [number in partner and wanted[partner[number]].label == one.label for number, one in enumerate(proposed)]
    labels = sorted({one.label for one in proposed} | {other.label for other in wanted})
    return Measured(
        Counts(len(partner), len(proposed), len(wanted)),
        Counts(sum(right), len(proposed), len(wanted)),
        {
            label: Counts(
                sum(was_right for one, was_right in zip(proposed, right, strict=True) if one.label == label),
                sum(one.label == label for one in proposed),
                sum(other.label == label for other in wanted),
            )
            for label in labels
        },
        tuple(Judged(one.score, one.label, was_right) for one, was_right in zip(proposed, right, strict=True)),
    )


def total(measured: Iterable[Measured]) -> Measured:
    """The figures of all documents together."""
    return sum(measured, Measured())
