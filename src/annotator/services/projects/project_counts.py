"""Counts of what a project holds."""

from annotator.store.project import Project


def stats(project: Project) -> dict[str, dict[str, int]]:
    """Return counts by name: of the project, by document status, by label, by credibility, by annotator."""
    return project.read.project.counts()
