"""The judgements of a project as they were at the end of a day.

Assessments and resolutions have their own date. The grades of an annotation are the values of its fields at that time:
later changes are taken back by means of the log, and a later grade counts as not graded yet.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from annotator.domain.dates import checked_day
from annotator.domain.fields import GRADE_FIELDS
from annotator.domain.grades import admiralty_code
from annotator.domain.records import AnnotationRecord, AssessmentRecord, ResolutionRecord
from annotator.store.project import Project
from annotator.store.queries.log_queries import LaterEdit

_NOT_GRADED: Mapping[str, Any] = {field.name: field.default for field in GRADE_FIELDS}


class Judged(NamedTuple):
    """An annotation with its grades on the day. ``is_later``: it was created after the day, so it has no grades yet."""

    annotation: AnnotationRecord
    is_later: bool

    @property
    def score(self) -> str:
        """The Admiralty code of that day, such as ``B2``."""
        return admiralty_code(self.annotation.reliability, self.annotation.credibility)


class AsOf:
    """The judgements of a project on a day; a future day is treated as today."""

    def __init__(self, project: Project, day: str = "") -> None:
        self._project = project
        self.day = checked_day(day)
        self.assessments = [one for one in project.read.sources.assessments() if one.made_on <= self.day]
        self.resolutions = [one for one in project.read.claims.resolutions() if one.resolved_on <= self.day]
        self._before = self._earlier_values(project.read.log.later_edits(self.day, ("annotation", "document")))
        self.seal = project.read.log.seal()
        self._effective = self._effective_assessments()

    def _effective_assessments(self) -> dict[int, AssessmentRecord]:
        # General assessments of each source come first, and among them the latest.
        found: dict[int, AssessmentRecord] = {}
        for one in self.assessments:
            found.setdefault(one.source_id, one)
        return found

    def _earlier_values(self, edits: Iterable[LaterEdit]) -> dict[tuple[str, int], Mapping[str, Any] | None]:
        """Return the values of rows on the day, where they were changed later; None for rows that did not exist yet."""
        found: dict[tuple[str, int], Mapping[str, Any] | None] = {}
        # From the last entry back, so that the earliest change is applied last.
        for table, id, before in edits:
            if before is None:
                found[table, id] = None
            else:
                found[table, id] = {**(found.get((table, id)) or {}), **before}
        return found

    def assessment(self, source_id: int | None) -> AssessmentRecord | None:
        """Return the effective assessment of a source."""
        return None if source_id is None else self._effective.get(source_id)

    def reliability(self, source_id: int | None) -> str | None:
        """Return the effective reliability of a source."""
        held = self.assessment(source_id)
        return None if held is None else held.reliability

    def resolution(self, claim_id: int) -> ResolutionRecord | None:
        """Return the effective resolution of a claim."""
        return next((one for one in self.resolutions if one.claim_id == claim_id), None)

    def judged(self, annotation: AnnotationRecord, outlet_id: int | None, document_reliability: str | None) -> Judged:
        """Return an annotation with the grades that it had."""
        inherited = self.reliability(annotation.source_id)
        if annotation.source_id is None:
            inherited = self._document_reliability(annotation.document_id, document_reliability) or self.reliability(
                outlet_id
            )
        key = "annotation", annotation.id
        held = self._before.get(key, {})
        is_later = held is None
        changed = _NOT_GRADED if held is None else held
        fields = {field.attribute: changed[field.name] for field in GRADE_FIELDS if field.name in changed}
        return Judged(annotation._replace(**fields, inherited_reliability=inherited), is_later)

    def _document_reliability(self, document_id: int, present: str | None) -> str | None:
        held = self._before.get(("document", document_id), {})
        if held is None:
            return None
        reliability: str | None = held.get("reliability", present)
        return reliability
