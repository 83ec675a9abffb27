"""A small project with claims, for tests: who says what, where, and what became of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import annotator
from annotator.services.claims import claims


@contextmanager
def case(tmp_path: Path) -> Iterator[annotator.Project]:
    """An empty project of ada's."""
    with annotator.create(tmp_path / "case.anno", annotator="ada", title="Case") as project:
        yield project


def stated(
    project: annotator.Project,
    words: str,
    *,
    by: str | None = None,
    outlet: str | None = None,
    label: str = "claim",
    more: str = "",
    **fields: object,
) -> annotator.Annotation:
    """One more document, in which ``words`` are annotated."""
    number = len(project.documents()) + 1
    text = f"Report {number}.\n\n{words}.\n\n{more}".strip()
    document = project.add_document(f"Report {number}", text, source=outlet)
    start = text.index(words)
    return project.annotate(document, start, start + len(words), label, source=by, **fields)  # type: ignore[arg-type]  # by name


def claimed(project: annotator.Project, text: str, *stating: annotator.Annotation, topic: str = "") -> int:
    """A claim that these annotations state."""
    id, change = claims.add(project._stored, text, [one.id for one in stating], topic=topic)
    project._stored.apply(change)
    return id
