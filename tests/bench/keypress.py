"""From a key press to the row on the disk and the span on the screen."""

import os
import sqlite3
import tempfile
from pathlib import Path
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from tests.bench.corpus import article, long_text, spans
from tests.bench.report import header, line, median

from annotator.domain.changes import Change
from annotator.formats.base import Article
from annotator.services import annotating, importing, projects


def _settle(milliseconds: int = 400) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _ours(path: Path, text: str, held: int, presses: int) -> list[float]:
    """Times of ``presses`` keys in a document of ``text`` that holds ``held`` annotations."""
    from annotator.app.application import launch

    with projects.create(path, annotator="bench") as project:
        (id,) = importing.import_articles(project, [Article(title="Bench", text=text)]).documents
        edits = [
            annotating.new_annotation(project, id, text, [span], 1 + number % 3)
            for number, span in enumerate(spans(len(text), held))
        ]
        project.apply(Change("Hold", tuple(edits)))
    window = launch(path)
    _settle()
    view = window.reading.view
    times = []
    for number in range(presses + 5):
        start = (number * 997) % (len(text) - 200)
        view.select(start, start + 40 + number % 30)
        view.viewport().repaint()
        before = len(window.workspace.annotations)
        begin = perf_counter()
        QTest.keyClick(view, Qt.Key.Key_1)
        view.viewport().repaint()
        times.append((perf_counter() - begin) * 1000)
        assert len(window.workspace.annotations) == before + 1
        _settle(5)
    window.close()
    _settle(50)
    # The first presses import what only a write needs.
    return times[5:]


def _bare(path: Path, text: str, presses: int) -> list[float]:
    """Times of a bare insert and commit with the same pragmas, and a repaint of a bare view with the same text."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE a (id INTEGER PRIMARY KEY, start INTEGER, stop INTEGER, label TEXT, quote TEXT)")
    view = QPlainTextEdit()
    view.setReadOnly(True)
    view.setPlainText(text)
    view.resize(800, 700)
    view.show()
    _settle(100)
    times = []
    for number in range(presses):
        begin = perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO a (start, stop, label, quote) VALUES (?, ?, 'claim', ?)", (number, 40, "x" * 40)
        )
        connection.execute("COMMIT")
        view.viewport().repaint()
        times.append((perf_counter() - begin) * 1000)
        _settle(5)
    connection.close()
    view.close()
    return times


def measure(presses: int = 60) -> None:
    """Print medians for an article and for 1 MB with 10,000 spans."""
    kept = QApplication.instance() or QApplication([])  # noqa: F841 - Qt needs it alive
    header("Key press to row committed (synchronous=FULL) and span repainted")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ANNOTATOR_HOME"] = f"{folder}/home"
        cases = (("an article of 450 words", article(1), 10), ("1 MB with 10,000 spans", long_text(1_000_000), 10_000))
        for number, (name, text, held) in enumerate(cases):
            bare = _bare(Path(folder) / f"bare{number}.db", text, presses)
            ours = _ours(Path(folder) / f"ours{number}.anno", text, held, presses)
            line(name, median(ours), "ms", median(bare), "under 25 ms, ratio <= 3")


if __name__ == "__main__":
    measure()
