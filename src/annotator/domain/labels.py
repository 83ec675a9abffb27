"""The initial labels of a new project, and properties derived from labels."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from annotator.domain.color_vision import confused_in, is_alike, look_alikes
from annotator.domain.records import LabelRecord
from annotator.domain.wording import listed

OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
"""Colours that can be distinguished with any kind of colour vision (Okabe and Ito 2008); black is left to the text."""

COLOR_NAMES = ("blue", "orange", "green", "purple", "sky blue", "vermilion", "yellow", "grey")
"""The names of those colours, in their order."""


class LabelDefault(NamedTuple):
    """A label of a new project."""

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


def kinds(labels: Iterable[LabelRecord]) -> dict[int, str]:
    """Return which of the three labels of a new project each label is or is nested under, by its id; empty for others.

    Those three keep their ids, so they may be renamed; a label with the name of one of them counts as it, too.
    """
    known = {label.id: label for label in labels}
    names = [label.name for label in DEFAULT_LABELS]
    found: dict[int, str] = {}
    for label in known.values():
        above: LabelRecord | None = label
        for _ in known:
            if above is None:
                break
            if above.id <= len(names) or above.name.casefold() in names:
                found[label.id] = names[above.id - 1] if above.id <= len(names) else above.name.casefold()
                break
            above = known.get(above.parent_id or 0)
        found.setdefault(label.id, "")
    return found


LINE_PATTERNS = ("solid", "dashes", "dots", "dashes and dots")
"""The patterns of the line under a span. A label's pattern is an index into this."""

KEYS = range(1, 10)
"""The number keys that may be assigned to a label."""


def line_patterns(labels: Iterable[LabelRecord]) -> dict[int, int]:
    """Return the pattern of each label's line, by label id: labels that look alike in some kind of vision get different
    lines.

    A label keeps its pattern when labels are moved, renamed or added after it.
    """
    patterns: dict[int, int] = {}
    known: list[LabelRecord] = []
    for label in sorted(labels, key=lambda label: label.id):
        taken = Counter(patterns[other.id] for other in known if is_alike(label.color, other.color))
        confused = Counter(patterns[other.id] for other in known if confused_in(label.color, other.color))
        patterns[label.id] = min(
            range(len(LINE_PATTERNS)), key=lambda pattern: (taken[pattern], confused[pattern], pattern)
        )
        known.append(label)
    return patterns


def confusions(labels: Sequence[LabelRecord], label_id: int | None = None) -> list[str]:
    """Return which labels look alike in some kind of vision, a sentence for each pair, the most alike first.

    ``label_id``: only the pairs of this label.
    """
    patterns = line_patterns(labels)
    sentences = []
    for pair in look_alikes([label.color for label in labels]):
        one, other = labels[pair.one], labels[pair.other]
        if label_id in (None, one.id, other.id):
            seen = "to everybody" if is_alike(one.color, other.color) else f"with {pair.vision}"
            sentences.append(
                f"{one.name} and {other.name} look alike {seen}; {_describe_difference(one, other, patterns)}."
            )
    return sentences


def _describe_difference(one: LabelRecord, other: LabelRecord, patterns: dict[int, int]) -> str:
    signs = []
    if patterns[one.id] != patterns[other.id]:
        signs.append(f"their lines ({LINE_PATTERNS[patterns[one.id]]}, {LINE_PATTERNS[patterns[other.id]]})")
    if one.initials != other.initials:
        signs.append(f"their initials ({one.initials}, {other.initials})")
    return f"{listed(signs)} distinguish them" if signs else "nothing distinguishes them: change one"


def free_color(labels: Sequence[LabelRecord]) -> str:
    """Return the first of the OKABE_ITO colours that the fewest labels have."""
    taken = Counter(label.color.upper() for label in labels)
    return min(OKABE_ITO, key=lambda color: taken[color.upper()])


def free_key(labels: Sequence[LabelRecord]) -> int | None:
    """Return the lowest number key that is free; None where all are in use."""
    taken = {label.key for label in labels}
    return next((key for key in KEYS if key not in taken), None)


def initials_of(name: str) -> str:
    """Return up to two capital letters that represent a label beside the text: ``official statement`` gives ``OS``."""
    return "".join(word[0] for word in name.split()[:2]).upper()
