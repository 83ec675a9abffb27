"""In what the files of an import differ from the project: the list, the counts, and the words for both."""

import dataclasses
from collections import Counter
from typing import Any, NamedTuple

from annotator.domain.comparison import Side
from annotator.domain.wording import counted, elided, listed

CHANGED, REMOVED_THERE, REMOVED_HERE = "changed", "removed there", "removed here"
"""The kinds of differences, and what became of a row that was kept as it is."""

UPDATED, REMOVED, RESTORED = "updated", "removed", "restored"
"""What became of a row where theirs was taken over."""

LISTED = 100_000
"""So many differences are listed one by one; those beyond are only counted, so that memory stays bounded."""


class Place(NamedTuple):
    """Where a row is, for the list: its document, the title of that, the span, and whose the row is."""

    document: int | None = None
    title: str = ""
    start: int | None = None
    end: int | None = None
    whose: str = ""


NOWHERE = Place()


class ListedDifference(NamedTuple):
    """A field, or a whole row, in which a file differs from the project.

    ``kind``: one of ``changed``, ``removed there`` and ``removed here``. ``whose``: the annotator of the row, or
    empty. ``newer``: ``ours`` or ``theirs``. ``both_changed``: both sides changed the field. ``is_taken``: theirs was
    taken over. ``reason``: why theirs was not taken although it is newer; empty where nobody asked for it.
    """

    table: str
    uid: str
    kind: str
    field: str
    ours: Any
    theirs: Any
    whose: str
    document: int | None
    title: str
    start: int | None
    end: int | None
    newer: Side
    both_changed: bool
    is_taken: bool
    reason: str = ""

    def in_words(self) -> tuple[str, ...]:
        """Return span, field, ours, theirs, whose row it is, which is newer, and what was done, in words."""
        place = "" if self.start is None else f"{self.start}-{self.end}"
        ours, theirs = _in_words(self.ours), _in_words(self.theirs)
        if self.kind == REMOVED_THERE:
            theirs = "(removed)"
        elif self.kind == REMOVED_HERE:
            ours = "(removed)"
        is_plain = self.table in ("annotation", "document") and self.field
        field = self.field if is_plain else f"{self.table.replace('_', ' ')} {self.field}".strip()
        newer = f"{self.newer}, both changed" if self.both_changed else self.newer
        done = "taken" if self.is_taken else self.reason or "kept"
        return place, field, ours, theirs, self.whose, newer, done


def _in_words(value: Any) -> str:
    """Return a value of a difference in a few words."""
    if isinstance(value, dict) and "fragments" in value:
        return ", ".join(f"{start}-{end}" for start, end in value["fragments"])
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else elided(str(value), 60)


class MissingAnnotation(NamedTuple):
    """An annotation of ours that a file lacks although it holds its document whole; the file does not say why."""

    uid: str
    document: int
    whose: str


@dataclasses.dataclass
class Comparison:
    """What the comparison of all files of an import found.

    ``rows``: how many rows had which outcome, by outcome and table. ``in_use``: rows, by table, that were removed there
    and that something here refers to. ``kept``, ``taken``: how many differences were left and taken over;
    ``newer_there``: how many of those that were left can be taken over; ``not_taken``: how many that are newer there
    cannot. These count the differences that are not listed, too.
    """

    differences: list[ListedDifference] = dataclasses.field(default_factory=list)
    rows: Counter[tuple[str, str]] = dataclasses.field(default_factory=Counter)
    compared: int = 0
    missing: list[MissingAnnotation] = dataclasses.field(default_factory=list)
    missing_by: Counter[str] = dataclasses.field(default_factory=Counter)
    not_listed: int = 0
    not_compared: Counter[str] = dataclasses.field(default_factory=Counter)
    in_use: Counter[str] = dataclasses.field(default_factory=Counter)
    kept: int = 0
    taken: int = 0
    newer_there: int = 0
    not_taken: int = 0

    @property
    def differs(self) -> bool:
        """Whether anything differs that was not taken over."""
        return self.kept > 0

    @property
    def is_updated(self) -> bool:
        """Whether anything was taken over from a file."""
        return self.taken > 0

    def add(self, difference: ListedDifference) -> None:
        """List a difference, or count it where the list is long."""
        if difference.is_taken:
            self.taken += 1
        else:
            self.kept += 1
            if difference.newer == "theirs" and difference.reason:
                self.not_taken += 1
            elif difference.newer == "theirs":
                self.newer_there += 1
        if len(self.differences) < LISTED:
            self.differences.append(difference)
        else:
            self.not_listed += 1

    def add_missing(self, annotation: MissingAnnotation) -> None:
        """Count an annotation of ours that a file lacks, and list it while the list is short."""
        self.missing_by[annotation.whose] += 1
        if len(self.missing) < LISTED:
            self.missing.append(annotation)

    def words(self) -> list[str]:
        """Return what became of the rows that differ, as parts of a sentence."""
        verbs = {
            CHANGED: ("differs", "differ"),
            REMOVED_THERE: ("was removed there", "were removed there"),
            REMOVED_HERE: ("was removed here", "were removed here"),
            UPDATED: ("updated", "updated"),
            REMOVED: ("removed", "removed"),
            RESTORED: ("restored", "restored"),
        }
        found = []
        for outcome, (one, many) in verbs.items():
            tables = [(table, count) for (what, table), count in self.rows.items() if what == outcome]
            if tables:
                counts = listed([counted(count, table.replace("_", " ")) for table, count in sorted(tables)])
                found.append(f"{counts} {one if sum(count for _, count in tables) == 1 else many}")
        return found

    def notes(self) -> list[str]:
        """Return one plain sentence each for what was found but is not in the list."""
        found = []
        if self.missing_by:
            count = self.missing_by.total()
            by = listed([f"{number:,} by {name}" for name, number in self.missing_by.most_common()])
            verb = "is" if count == 1 else "are"
            found.append(
                f"{counted(count, 'annotation')} of this project {verb} not in the file ({by}): nobody removed them "
                "there, so they stay."
            )
        for table, count in self.in_use.items():
            verb = "was removed there, is in use here and stays" if count == 1 else "were removed there and stay in use"
            found.append(f"{counted(count, table.replace('_', ' '))} {verb}.")
        if self.not_listed:
            found.append(f"{counted(self.not_listed, 'more difference')} found and not listed.")
        for what, count in self.not_compared.items():
            if count:
                found.append(f"Not compared with the project: {counted(count, what)}.")
        return found
