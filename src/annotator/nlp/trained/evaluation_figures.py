"""Figures of a trained suggester, measured on documents on which it was not trained."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from annotator.nlp.trained.calibration import Bin, Judged, bins, threshold_for
from annotator.nlp.trained.prepared_text import MIN_OVERLAP
from annotator.nlp.trained.token_roles import Parts, TokenAnnotation, overlap


class Proposed(NamedTuple):
    """A content with its label, in tokens, and its score."""

    label: str
    content: Parts
    score: float


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of proposals and annotations, with precision, recall and F; these are 0 where they would divide by 0."""

    right: int = 0
    """Proposals that agree with an annotation."""
    proposed: int = 0
    """All proposals."""
    wanted: int = 0
    """All annotations of the analyst."""

    @property
    def precision(self) -> float:
        """The share of the proposals that are right, 0 to 1."""
        return self.right / self.proposed if self.proposed else 0.0

    @property
    def recall(self) -> float:
        """The share of the annotations that were found, 0 to 1."""
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f(self) -> float:
        """The harmonic mean of precision and recall, 0 to 1."""
        return 2 * self.right / (self.proposed + self.wanted) if self.proposed + self.wanted else 0.0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.right + other.right, self.proposed + other.proposed, self.wanted + other.wanted)


class CurvePoint(NamedTuple):
    """The figures of a model that was trained on a part of the documents."""

    documents: int
    annotations: int
    counts: Counts
    """Of contents with the right label."""


@dataclass(frozen=True)
class Measured:
    """Proposals compared with annotations: a content is right where it shares a third of the tokens of both."""

    contents: Counts = Counts()
    """With any label."""
    labelled: Counts = Counts()
    """With the right label."""
    by_label: dict[str, Counts] = field(default_factory=dict)
    judged: tuple[Judged, ...] = ()
    """Every proposal; it is right where its content and its label are."""

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
    """The figures on the documents held out, measured before the suggester was trained on all."""

    documents: int
    """The number of documents held out."""
    annotations: int
    """The number of annotations in them."""
    measured: Measured
    curve: tuple[CurvePoint, ...]

    def reliability(self) -> list[Bin]:
        """Return how often proposals were right, in ten bins by their score."""
        return bins(self.measured.judged)

    def threshold_for(self, precision: float, label: str | None = None) -> float | None:
        """Return the lowest score from which on the share ``precision`` of the proposals was right; None without one.

        ``precision`` is 0 to 1. Proposals of ``label`` count or, for None, all.
        """
        return threshold_for(self.measured.judged, precision, label)


def compared(proposed: Sequence[Proposed], wanted: Sequence[TokenAnnotation]) -> Measured:
    """Return the figures of one document: each proposal has at most one annotation as its partner, and the reverse."""
    partners = _partners(proposed, wanted)
    right = [number in partners and wanted[partners[number]].label == one.label for number, one in enumerate(proposed)]
    judged = tuple(Judged(one.score, one.label, was_right) for one, was_right in zip(proposed, right, strict=True))
    labels = sorted({one.label for one in proposed} | {other.label for other in wanted})
    return Measured(
        Counts(len(partners), len(proposed), len(wanted)),
        Counts(sum(right), len(proposed), len(wanted)),
        {label: _counts_of_label(label, judged, wanted) for label in labels},
        judged,
    )


def _partners(proposed: Sequence[Proposed], wanted: Sequence[TokenAnnotation]) -> dict[int, int]:
    """Return for the number of each proposal that of its annotation: pairs with the largest overlap come first."""
    pairs = sorted(
        (
            (share, -number, -other_number)
            for number, one in enumerate(proposed)
            for other_number, other in enumerate(wanted)
            if one.content[0][0] < other.content[-1][1]
            and other.content[0][0] < one.content[-1][1]
            and (share := overlap(one.content, other.content)) >= MIN_OVERLAP
        ),
        reverse=True,
    )
    partners: dict[int, int] = {}
    for _share, number, other_number in pairs:
        if -number not in partners and -other_number not in partners.values():
            partners[-number] = -other_number
    return partners


def _counts_of_label(label: str, judged: Sequence[Judged], wanted: Sequence[TokenAnnotation]) -> Counts:
    """Return the counts of the proposals and annotations with one label."""
    return Counts(
        sum(one.right for one in judged if one.label == label),
        sum(one.label == label for one in judged),
        sum(other.label == label for other in wanted),
    )


def total(measured: Iterable[Measured]) -> Measured:
    """Return the figures of all documents together."""
    return sum(measured, Measured())
