"""Measuring: how much of what a project holds."""

from annotator.store import queries
from annotator.store.project import Project


def stats(project: Project) -> dict[str, dict[str, int]]:
    """Counts by name: of the project, by document status, by label, by credibility, by annotator."""
    with project.reading() as connection:
        return queries.counts(connection)
