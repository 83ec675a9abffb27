"""Import of many articles, search over them, and their list."""

import gc
import os
import sqlite3
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from tests.bench.corpus import write_articles
from tests.bench.report import header, line, median, milliseconds

from annotator.services.imports import importing
from annotator.services.projects import projects
from annotator.services.search import searching
from annotator.store import rows


def _memory() -> float:
    """Megabytes that this process holds."""
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 1e6


def _bare_import(path: Path, files: list[Path]) -> float:
    """Seconds to read the files and insert them with executemany and one FTS5 table."""
    begin = perf_counter()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE document (id INTEGER PRIMARY KEY, title TEXT, text TEXT)")
    connection.execute("CREATE VIRTUAL TABLE f USING fts5(title, text, content='', tokenize='unicode61')")
    connection.execute("BEGIN")
    loaded = []
    for id, file in enumerate(files):
        text = file.read_text(encoding="utf-8")
        loaded.append((id, text.split("\n", 1)[0], text))
    connection.executemany("INSERT INTO document (id, title, text) VALUES (?, ?, ?)", loaded)
    connection.executemany("INSERT INTO f (rowid, title, text) VALUES (?, ?, ?)", loaded)
    connection.execute("COMMIT")
    connection.close()
    return perf_counter() - begin


def measure(articles: int = 10_000) -> None:
    """Print times and memory for ``articles`` articles of 450 words."""
    header(f"Import, search and list of {articles:,} articles of 450 words")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ANNOTATOR_HOME"] = f"{folder}/home"
        files = write_articles(Path(folder) / "articles", articles)
        bare = _bare_import(Path(folder) / "bare.db", files)
        rows.shapes()
        with projects.create(Path(folder) / "big.anno", annotator="bench") as project:
            idle, peak = _memory(), 0.0

            def watch(done: int, _total: int, _text: str) -> None:
                nonlocal peak
                if done % 500 == 0:
                    peak = max(peak, float(psutil.Process().memory_info().rss) / 1e6)

            seconds = milliseconds(lambda: importing.import_files(project, files, progress=watch)) / 1000
            line("import", seconds, "s", bare, "ratio <= 3")
            line("memory above idle while importing", peak - idle, "MB", None, "under 150 MB")
            for query in ("harbour", "pipeline sanctions", '"energy official"', "minist*", "inquiry treaty fleet"):
                times = [milliseconds(partial(searching.search, project, query)) for _ in range(5)]
                found = len(searching.search(project, query))
                line(f"search {query!r}: first {found} hits", median(times), "ms", None, "within 50 ms")
            line("rows of the list", milliseconds(project.read.documents.rows), "ms")
        _list(Path(folder) / "big.anno")


def _list(path: Path) -> None:
    """Opening and scrolling the list, and the memory above the empty window."""
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QTableView

    from annotator.app.application import launch

    def settle() -> None:
        loop = QEventLoop()
        QTimer.singleShot(300, loop.quit)
        loop.exec()

    empty = launch(None)
    settle()
    before = _memory()
    opening = milliseconds(lambda: empty.files.open_project(path))
    settle()
    line("open the project in the window", opening, "ms")
    line("memory above the empty window", _memory() - before, "MB", None, "under 150 MB")
    table = empty.findChild(QTableView, "documentList")
    assert isinstance(table, QTableView)
    bar = table.verticalScrollBar()

    def scroll() -> None:
        for step in range(40):
            bar.setValue(bar.maximum() * step // 40)
            table.viewport().repaint()

    line("scroll the list, a step", milliseconds(scroll) / 40, "ms")
    _stalls(empty, path.parent / "articles", settle)
    empty.close()
    settle()


def _stalls(window: Any, articles: Path, settle: Callable[[], None]) -> None:
    """The longest time that the event loop stands still while the window imports a folder."""
    from PySide6.QtCore import QEventLoop, QTimer

    window.workspace.adopt(projects.create(articles.parent / "window.anno", annotator="bench"))
    gaps: list[float] = []
    last = [perf_counter()]

    def beat() -> None:
        now = perf_counter()
        gaps.append((now - last[0]) * 1000)
        last[0] = now

    heart = QTimer()
    heart.timeout.connect(beat)
    heart.start(5)
    settle()
    gaps.clear()
    loop = QEventLoop()
    window.files.import_paths([articles])
    seconds = milliseconds(lambda: (window.jobs.when_idle(loop.quit), loop.exec())) / 1000
    line("import in the window", seconds, "s")
    line("longest stall of the event loop meanwhile", max(gaps), "ms", None, "under 50 ms")
    line("stalls of over 50 ms, of all beats", 100 * sum(gap > 50 for gap in gaps) / len(gaps), "%")


if __name__ == "__main__":
    measure()
