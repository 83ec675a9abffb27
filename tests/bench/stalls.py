"""Bulk actions in the window: how long each takes, and the longest time that the event loop stands still meanwhile."""

import os
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.bench.corpus import long_text, spans, write_articles
from tests.bench.heartbeat import measured, rest
from tests.bench.report import header

from annotator.app.annotations.docked_views import ANNOTATIONS
from annotator.domain.changes import Change, Edit
from annotator.domain.spans import Span
from annotator.formats.base import Article
from annotator.services.annotations import annotating
from annotator.services.imports import importing
from annotator.services.projects import projects
from annotator.services.search import occurrences

ARTICLES = 10_000
SPANS = 100_000


def measure(articles: int = ARTICLES, count: int = SPANS) -> None:
    """Print the stalls of every bulk action."""
    from annotator.app.application import launch

    with tempfile.TemporaryDirectory() as folder:
        os.environ["ANNOTATOR_HOME"] = f"{folder}/home"
        window = launch(None)
        rest()
        _import(window, Path(folder), articles)
        _annotate(window, Path(folder), count)
        window.close()
        rest()


def _import(window: Any, folder: Path, count: int) -> None:
    header(f"{count:,} articles of 450 words in the window")
    write_articles(folder / "articles", count)
    window.workspace.adopt(projects.create(folder / "window.anno", annotator="bench"))
    rest()
    measured("import", lambda: window.files.import_paths([folder / "articles"]), lambda: _is_idle(window))
    measured("undo of the import", window.workspace.undo, lambda: _is_idle(window))
    measured("redo of the import", window.workspace.redo, lambda: _is_idle(window))


def _annotate(window: Any, folder: Path, count: int) -> None:
    header(f"A document with {count:,} annotations in the window")
    text = long_text(100 * count)
    project = projects.create(folder / "spans.anno", annotator="bench")
    document_id = importing.import_articles(project, [Article("Long", text, origin_format="text")]).documents[0]
    window.workspace.adopt(project)
    window.workspace.open_document(document_id)
    rest(1000)
    places = [(document_id, Span(*span)) for span in spans(len(text), count)]

    def annotate(progress: Any, cancelled: Any) -> int:
        return occurrences.annotate(
            project, places, 1, chunk=occurrences.SMALL_CHUNK, progress=progress, cancelled=cancelled
        )

    def relabel(progress: Any, _cancelled: Any) -> None:
        edits: list[Edit] = []
        for found in list(window.workspace.annotations.values()):
            progress(0, count, "")
            edits += annotating.update(project, found, text, label_id=2).edits
        project.apply(Change(f"Relabel {count} annotations", tuple(edits)), progress)

    measured("annotate all", lambda: window.jobs.run("Annotate", annotate), lambda: _is_idle(window))
    measured("undo", window.workspace.undo, lambda: _is_idle(window))
    measured("redo", window.workspace.redo, lambda: _is_idle(window))
    _check(window, count)
    measured("relabel all", lambda: window.jobs.run("Relabel", relabel), lambda: _is_idle(window))
    _check(window, count)
    some = list(window.workspace.annotations.values())[: count // 10]
    measured(f"remove {len(some):,}", lambda: window.workspace.remove(some), lambda: _is_idle(window))
    _check(window, count - len(some))


def _is_idle(window: Any) -> bool:
    return not window.jobs.running and not window.workspace.is_catching_up and not window.view(ANNOTATIONS).is_late


def _check(window: Any, count: int) -> None:
    """A quick end is none where the window does not show what is in the file."""
    shown = len(window.workspace.annotations), window.view(ANNOTATIONS).table.records.total
    if set(shown) != {count}:
        raise RuntimeError(f"{count} annotations expected, {shown} shown")


if __name__ == "__main__":
    measure()
