"""The lines of a concordance read, filtered and sorted, as the work of a job."""

from collections.abc import Callable
from typing import Any, NamedTuple

from annotator.app.background.jobs import Progress
from annotator.app.search.query_preparation import finder_for
from annotator.nlp.text.text_search import Query
from annotator.services.projects.open_project import Project
from annotator.services.search import concordance
from annotator.services.search.concordance import MAX_LINES, Concordance, Line

ANY_LABEL, NO_LABEL = "any", "none"


class ListedSubject(NamedTuple):
    """What is listed: the places of words, or if ``label_id`` is not None, the annotations with that label."""

    query: Query
    label_id: int | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is listed."""
        return self.label_id is None and not self.query


class LineOrder(NamedTuple):
    """The filters and the order of the lines.

    ``key``: the sort key of a line; None keeps the order of the places.
    ``label``: the id of a label, ``ANY_LABEL``, ``NO_LABEL``, or None for no filter.
    ``first``, ``last``: dates, of which day and month may be missing; empty for no limit.
    """

    key: Callable[[Line], Any] | None
    backwards: bool
    label: int | str | None
    source: str | None
    status: str | None
    first: str
    last: str

    def accepts(self, line: Line) -> bool:
        """Return whether a line passes the filters."""
        document = line.document
        return (
            self._accepts_labels(line)
            and self.source in (None, document.source)
            and self.status in (None, document.status)
            and (not self.first or document.date >= self.first)
            # A year or month as the last date includes all of its days.
            and (not self.last or (bool(document.date) and document.date[: len(self.last)] <= self.last))
        )

    @property
    def is_filter(self) -> bool:
        """Whether any filter is set."""
        return any(value not in (None, "") for value in self[2:])

    def _accepts_labels(self, line: Line) -> bool:
        if self.label is None:
            return True
        if self.label in (ANY_LABEL, NO_LABEL):
            return bool(line.labels) == (self.label == ANY_LABEL)
        return self.label in line.labels


def read_lines(
    project: Project,
    subject: ListedSubject,
    order: LineOrder,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> tuple[Concordance, Any]:
    """Return the lines, and the numbers of those that pass the filters, in order."""
    if subject.label_id is not None:
        lines = concordance.of_label(project, subject.label_id, limit=MAX_LINES, progress=progress, cancelled=cancelled)
    else:
        finder = finder_for(subject.query, progress, cancelled)
        lines = concordance.of_query(project, finder, limit=MAX_LINES, progress=progress, cancelled=cancelled)
    return lines, ordered_numbers(lines, order, cancelled)


def ordered_numbers(lines: Concordance, order: LineOrder, cancelled: Callable[[], bool]) -> Any:
    """Return the numbers of the lines that pass the filters, in order."""
    return concordance.ordered(
        lines,
        order.key,
        backwards=order.backwards,
        accepts=order.accepts if order.is_filter else None,
        cancelled=cancelled,
    )
