"""Giving a letter from an annotation: it is the source's, and counts for all statements of the source."""

from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change
from annotator.domain.grades import RELIABILITY
from annotator.domain.records import AnnotationRecord
from annotator.domain.wording import counted, isolated
from annotator.services.projects.open_project import Project
from annotator.services.sources import sources

NO_SOURCE = "The letter is that of a source: say who said it first."
"""Why an annotation without a source cannot be given a letter."""


def assess_source_of(workspace: Workspace, annotation: AnnotationRecord, letter: str) -> bool:
    """Assess the source of an annotation today, and report for how many statements that counts.

    Return whether something was written. A source that has the letter already is not assessed again.
    """
    source_id = annotation.source_id
    if source_id is None:
        workspace.notified.emit(NO_SOURCE, False)
        return False

    def plan(project: Project) -> Change:
        return sources.assess_today(project, source_id, annotation.source, letter)

    name = isolated(annotation.source)
    written = workspace.attempt(f"Assess {annotation.source} as {letter}", plan)
    if written is None:
        return False
    if not written.edits:
        workspace.notified.emit(f"{name} is assessed as {letter} already.{_own_letter(annotation)}", False)
        return False
    words = next(grade.words for grade in RELIABILITY if grade.code == letter)
    scope = scope_of_letter(workspace, source_id)
    workspace.notified.emit(f"{name} is assessed as {letter}: {words}. {scope}{_own_letter(annotation)}", True)
    return True


def scope_of_letter(workspace: Workspace, source_id: int, *, at_most: int | None = None) -> str:
    """Return for how many statements the letter of a source counts: ``Applies to all 13 of its statements.``

    ``at_most``: for a source of more statements, those with a letter of their own are not counted, which takes longer.
    """
    if workspace.project is None:
        return ""
    read = workspace.project.read.sources
    total = read.statement_count(source_id)
    if at_most is not None and total > at_most:
        return f"Applies to its {total:,} statements."
    if own := read.override_count(source_id):
        ending = "1 has a letter of its own" if own == 1 else f"{own:,} have letters of their own"
        return f"Applies to {total - own:,} of its {counted(total, 'statement')}; {ending}."
    return "Applies to its one statement." if total == 1 else f"Applies to all {total:,} of its statements."


def _own_letter(annotation: AnnotationRecord) -> str:
    """Return that the annotation keeps a letter of its own, after a space, or an empty text."""
    own = annotation.reliability_override
    return "" if own is None else f" This statement keeps its own {own}."
