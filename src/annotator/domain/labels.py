"""The permitted vocabulary of a new project, and what can be said about a label."""

from typing import NamedTuple

OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
"""Colours that people with any colour vision can tell apart (Okabe and Ito 2008); the black one is left to the text."""


class LabelDefault(NamedTuple):
    """A label as a new project gets it."""

    name: str
    initials: str
    color: str
    key: int
    description: str


DEFAULT_LABEL_SET = "Attribution"

DEFAULT_LABELS = (
    LabelDefault(
        "claim", "C", OKABE_ITO[0], 1, "Presented as a fact by anybody: evidence that would settle it now can be named."
    ),
    LabelDefault(
        "speculation",
        "S",
        OKABE_ITO[1],
        2,
        "Not committed to as a fact: possible, conditional, forecast, inferred or rumoured.",
    ),
    LabelDefault(
        "official statement",
        "O",
        OKABE_ITO[2],
        3,
        "Said, ordered or denied on record by an office, institution or its spokesperson.",
    ),
)


def initials_of(name: str) -> str:
    """Up to two capital letters that stand for a label beside the text: ``official statement`` gives ``OS``."""
    return "".join(word[0] for word in name.split()[:2]).upper()
