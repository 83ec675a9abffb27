"""Counts and shares of the work as a whole. Reliability and credibility are groups; no number is computed from them.

``F``, ``6`` and "not graded" are separate groups at the end of their scales.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from annotator.domain.dates import local_time
from annotator.domain.fixed_choices import DOCUMENT_STATUSES
from annotator.store.project import Project
from annotator.store.queries import dashboard_queries

NO_SOURCE = "no source named"
OTHERS = "all others"
NOT_GRADED = "-"
LETTERS = ("A", "B", "C", "D", "E", "F", NOT_GRADED)
DIGITS = ("1", "2", "3", "4", "5", "6", NOT_GRADED)

_DIAGONAL = frozenset({("A", 1), ("B", 2), ("C", 3), ("D", 4), ("E", 5)})
_MAX_GROUPS = 12


class Counts(NamedTuple):
    """Counts of groups (rows) by kinds (columns), such as of sources by labels."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def total(self) -> int:
        """The sum of all groups."""
        return sum(sum(counts) for _, counts in self.rows)


class Diagonal(NamedTuple):
    """Of an annotator's statements with a reliability A-E and a credibility 1-5, the share on the diagonal A1, B2, C3
    ...
    """

    annotator: str
    on_diagonal: int
    graded: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 where nothing is graded on both axes."""
        return self.on_diagonal / self.graded if self.graded else 0.0


class Speed(NamedTuple):
    """How many annotations an annotator made, and in how many hours with at least one."""

    annotator: str
    annotations: int
    hours: int

    @property
    def per_hour(self) -> float:
        """Annotations per hour with at least one; 0 without any."""
        return self.annotations / self.hours if self.hours else 0.0


class Dashboard(NamedTuple):
    """All data of the dashboard."""

    labels_by_source: Counts
    letters_by_digits: Counts
    digits_by_month: Counts
    letters_by_month: Counts
    unnamed_by_outlet: tuple[dashboard_queries.Unnamed, ...]
    coverage: tuple[dashboard_queries.Coverage, ...]
    by_day: Counts
    speed: tuple[Speed, ...]
    diagonal: tuple[Diagonal, ...]


def dashboard(project: Project) -> Dashboard:
    """Count the present state of the project."""
    with project.snapshot() as read:
        by_source = read.dashboard.labels_by_source()
        cells = read.dashboard.letters_by_digits()
        digits = read.dashboard.digits_by_month()
        letters = read.dashboard.letters_by_month()
        unnamed = read.dashboard.unnamed_by_outlet()
        covered = {one.status: one for one in read.dashboard.coverage()}
        made = [one._replace(begins=local_time(one.begins)) for one in read.dashboard.annotations_by_quarter_hour()]
    return Dashboard(
        _top((one.source or NO_SOURCE, one.label, one.amount) for one in by_source),
        _cross_table(
            ((one.reliability or NOT_GRADED, str(one.credibility or NOT_GRADED), one.amount) for one in cells),
            LETTERS,
            DIGITS,
        ),
        _by_period([(one.month, one.grade or NOT_GRADED, one.amount) for one in digits], DIGITS),
        _by_period([(one.month, one.grade, one.amount) for one in letters], LETTERS[:-1]),
        tuple(unnamed[:_MAX_GROUPS]),
        tuple(covered.get(status, dashboard_queries.Coverage(status, 0, 0)) for status in DOCUMENT_STATUSES),
        _by_period([(one.begins[:10], one.annotator, one.amount) for one in made], None),
        _speed(made),
        _diagonal(cells),
    )


def _top(given: Iterable[tuple[str, str, int]]) -> Counts:
    """Return the groups with the most, and all others combined."""
    entries = list(given)
    columns = tuple(dict.fromkeys(kind for _, kind, _ in entries))
    totals: Counter[str] = Counter()
    for group, _, count in entries:
        totals[group] += count
    kept = [group for group, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0].casefold()))[:_MAX_GROUPS]]
    named = {group: group for group in kept}
    found: dict[str, Counter[str]] = {group: Counter() for group in kept}
    for group, kind, count in entries:
        found.setdefault(named.get(group, OTHERS), Counter())[kind] += count
    return Counts(columns, tuple((group, tuple(counts[kind] for kind in columns)) for group, counts in found.items()))


def _cross_table(given: Iterable[tuple[str, str, int]], rows: Sequence[str], columns: Sequence[str]) -> Counts:
    counts: Counter[tuple[str, str]] = Counter()
    for row, column, count in given:
        counts[row, column] += count
    return Counts(tuple(columns), tuple((row, tuple(counts[row, column] for column in columns)) for row in rows))


def _by_period(given: Sequence[tuple[str, str, int]], columns: Sequence[str] | None) -> Counts:
    periods = list(dict.fromkeys(sorted(period for period, _, _ in given)))
    return _cross_table(given, periods, columns or tuple(dict.fromkeys(kind for _, kind, _ in given)))


def _speed(made: Iterable[dashboard_queries.QuarterHour]) -> tuple[Speed, ...]:
    """Return the speed of each annotator. ``made``: with the beginnings in local time."""
    amounts: Counter[str] = Counter()
    hours: dict[str, set[str]] = {}
    for one in made:
        amounts[one.annotator] += one.amount
        hours.setdefault(one.annotator, set()).add(one.begins[: len("2026-03-02T11")])
    return tuple(Speed(name, amounts[name], len(hours[name])) for name in sorted(amounts, key=str.casefold))


def _diagonal(cells: Iterable[dashboard_queries.Cell]) -> tuple[Diagonal, ...]:
    graded: Counter[str] = Counter()
    on_diagonal: Counter[str] = Counter()
    for one in cells:
        if one.reliability in (None, "F") or one.credibility in (None, 6):
            continue
        graded[one.annotator] += one.amount
        on_diagonal[one.annotator] += one.amount * ((one.reliability, one.credibility) in _DIAGONAL)
    return tuple(Diagonal(name, on_diagonal[name], graded[name]) for name in sorted(graded, key=str.casefold))
