"""Suggestions of ten thousand articles in the window: how long, how the event loop fares, and the worker's memory.

By the rules, and then by a model that was trained on what was accepted of theirs.
"""

import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QTimer
from tests.bench.corpus import write_articles
from tests.bench.heartbeat import measured, rest
from tests.bench.report import header, line, median, milliseconds

from annotator.app.suggestions.docked_views import SUGGESTIONS
from annotator.domain.conditions import SuggestionBounds
from annotator.services.imports import importing
from annotator.services.projects import projects
from annotator.services.suggestions import suggesting, training

ARTICLES = 10_000


class _Watch:
    """The most memory that child processes have held, in megabytes."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(500)

    def held(self) -> float:
        found = 0.0
        for child in psutil.Process().children(recursive=True):
            try:
                found += child.memory_info().rss / 1e6
            except psutil.Error:
                continue
        return found

    def _look(self) -> None:
        self.peak = max(self.peak, self.held())


def measure(articles: int = ARTICLES) -> None:
    """Print the times of a run, of what follows a change, and of the list."""
    from annotator.app.application import launch

    with tempfile.TemporaryDirectory() as folder:
        os.environ["ANNOTATOR_HOME"] = f"{folder}/home"
        path = Path(folder) / "big.anno"
        files = write_articles(Path(folder) / "articles", articles)
        with projects.create(path, annotator="bench") as project:
            importing.import_files(project, files)
        window = launch(path)
        rest()
        header(f"Suggestions of {articles:,} articles of 450 words in the window")
        _run(window)
        _answers(window)
        _run_of_model(window, Path(folder) / "model")
        window.close()
        rest()


def _run(window: Any) -> None:
    watch = _Watch()
    before = psutil.Process().memory_info().rss / 1e6
    run = window.actions_by_id["suggest.run"].trigger
    measured("suggest", run, lambda: not window.jobs.running and not window.workspace.is_catching_up)
    line("  memory of the worker at most", watch.peak, "MB", None, "under 1,500 MB")
    line("  memory of the worker afterwards", watch.held(), "MB", None, "given back")
    line("  memory of the window, more than before", psutil.Process().memory_info().rss / 1e6 - before, "MB")
    measured("suggest again, where nothing has changed", run, lambda: not window.jobs.running)


def _run_of_model(window: Any, folder: Path) -> None:
    project = window.workspace.project
    taught = suggesting.listed(project, SuggestionBounds(), by="place", limit=2_000)
    window.workspace.perform_many("Accept", lambda project: suggesting.accept_all(project, taught))
    measured("accept what a model learns from", lambda: None, lambda: not window.jobs.running)
    training.train_model(
        project.path, folder, "bench", suggesting.SuggestionMethod(), progress=lambda _done, _total, _text: None
    )
    window.state.remember_suggester(project.path, folder)
    header(f"The same by a model that has learned from {len(taught):,} annotations")
    _run(window)


def _answers(window: Any) -> None:
    project = window.workspace.project
    counts = [milliseconds(lambda: suggesting.open_counts(project)) for _ in range(3)]
    total = sum(suggesting.open_counts(project).values())
    line(f"count {total:,} of them", median(counts), "ms")
    for order in ("surest", "least sure", "place"):
        look = partial(suggesting.listed, project, SuggestionBounds(), by=order, limit=1_000)
        times = [milliseconds(look) for _ in range(3)]
        line(f"list the first 1,000, {order}", median(times), "ms")
    window.show_pane("suggestions")
    rest()
    view = window.view(SUGGESTIONS)
    line("the list: show the whole project", milliseconds(lambda: view.scope.setCurrentIndex(1)), "ms")
    line("the list: the surest first", milliseconds(lambda: view.order.setCurrentIndex(2)), "ms")
    accept = window.actions_by_id["suggest.accept"].trigger
    window.actions_by_id["suggest.next"].trigger()
    rest()
    times = []
    for _ in range(20):
        times.append(milliseconds(accept))
        rest(150)
    line("accept, and go on to the next", median(times), "ms")
    sure = suggesting.listed(project, SuggestionBounds(least=0.8))
    measured(
        f"accept {len(sure):,} at once",
        lambda: window.workspace.perform_many("Accept", lambda project: suggesting.accept_all(project, sure)),
        lambda: not window.jobs.running and not window.workspace.is_catching_up,
    )
    measured(
        "undo that",
        window.workspace.undo,
        lambda: not window.jobs.running and not window.workspace.is_catching_up,
    )


if __name__ == "__main__":
    measure()
