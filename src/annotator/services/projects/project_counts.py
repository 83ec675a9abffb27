"""Counts of what a project holds."""

from annotator.store.project import Project
from annotator.store.queries import project_queries


def stats(project: Project) -> dict[str, dict[str, int]]:
    """Return counts by name: of the project, by document status, by label, by credibility, by annotator."""
    with project.reading() as connection:
        return project_queries.counts(connection)
