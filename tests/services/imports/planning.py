"""Hand-made stages of an import: what is known, a planner over it, and the rows that it planned."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from annotator.domain.changes import Edit
from annotator.formats.base import IncomingState
from annotator.services.imports.differences import Comparison
from annotator.services.imports.file_comparison import FileComparison
from annotator.services.imports.known import Known
from annotator.services.imports.match import ComparisonBegins, MatchedItem
from annotator.services.imports.plan import Planner
from annotator.services.imports.planned_rows import PlannedRows
from annotator.services.imports.report import ImportReport
from annotator.store.queries.exchange_queries import Removal


def known_project(**fields: Any) -> Known:
    """A project of one annotator, one label and one source."""
    values: dict[str, Any] = {
        "annotator_id": 1,
        "annotators": {"ada": 1},
        "annotator_names": {1: "ada"},
        "labels": {"claim": 1},
        "label_uids": {"l" * 8: 1},
        "sources": {"ministry": 1},
        "aliases": {"the ministry": 1},
        "chain_links": set(),
    }
    return Known(**values | fields)


class Planning:
    """A planner with all that it plans into, over no project."""

    def __init__(self, known: Known | None = None, *, removals: Sequence[Removal] = (), source: str = "") -> None:
        self.known = known or known_project()
        self.report = ImportReport()
        self.comparison = FileComparison(Comparison(), lambda: removals, update=False)
        self.report.comparison = self.comparison.found
        self._last: dict[str, int] = defaultdict(lambda: 10)
        self.planned = PlannedRows(self.known, self.report, self._next_ids)
        self.planner = Planner(self.planned, self.comparison, source)

    def _next_ids(self, table: str, count: int) -> range:
        self._last[table] += count
        return range(self._last[table] - count + 1, self._last[table] + 1)

    def begin_comparison(self, **state: Any) -> None:
        """Compare what is planned from now on."""
        self.planner.add(ComparisonBegins(IncomingState(**state), 0, {}), None)

    def add(self, *items: MatchedItem) -> None:
        """Plan items that came out of no file."""
        for item in items:
            self.planner.add(item, None)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows planned so far by table, annotators among them; edits of rows are left out."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for edit in self.edits():
            if edit.before is None:
                found[edit.table].append(dict(edit.after or {}))
        return dict(found)

    def edits(self) -> list[Edit]:
        """Return all edits planned so far, in the order in which they are written."""
        annotators, edits = self.planned.take()
        return annotators + edits

    def refused(self) -> list[tuple[str, str]]:
        """Return place and reason of what was refused."""
        return [(one.place, one.reason) for one in self.report.refused]
