"""From a key press to the row on the disk and the span on the screen."""

import os
import sqlite3
import tempfile
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from tests.bench.corpus import article, long_text, spans
from tests.bench.report import header, line, median, milliseconds

from annotator.domain.changes import Change
from annotator.formats.base import Article
from annotator.services.annotations import annotating
from annotator.services.imports import importing
from annotator.services.projects import projects


def _settle(milliseconds: int = 400) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class _Times(NamedTuple):
    """Milliseconds of each key press, and of what is measured between two presses, so that both see the same machine.

    ``painted``: until the span is painted. ``everything``: until every pane is. ``repaint``: the reading view alone.
    ``bare_commit``, ``bare_repaint``: the baseline.
    """

    painted: list[float]
    everything: list[float]
    repaint: list[float]
    bare_commit: list[float]
    bare_repaint: list[float]


class _Baseline:
    """A bare insert with the same pragmas, and a QPlainTextEdit with the same text and nothing else in its window."""

    def __init__(self, path: Path, text: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, start INTEGER, stop INTEGER, label TEXT, quote TEXT)"
        )
        self._view = QPlainTextEdit()
        self._view.setReadOnly(True)
        self._view.setPlainText(text)
        self._view.resize(800, 700)
        self._view.show()

    def commit(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO a (start, stop, label, quote) VALUES (1, 9, 'claim', ?)", ("x" * 40,))
        self._connection.execute("COMMIT")

    def repaint(self) -> None:
        self._view.viewport().repaint()

    def close(self) -> None:
        self._connection.close()
        self._view.close()


def _measured(path: Path, text: str, held: int, presses: int) -> _Times:
    """Press ``presses`` label keys in a document of ``text`` that holds ``held`` annotations."""
    last_paint = _stamped_paints()
    from annotator.app.application import launch

    with projects.create(path, annotator="bench") as project:
        (id,) = importing.import_articles(project, [Article(title="Bench", text=text)]).documents
        edits = [
            annotating.new_annotation(project, id, text, [span], 1 + number % 3)
            for number, span in enumerate(spans(len(text), held))
        ]
        project.apply(Change("Hold", tuple(edits)))
    baseline = _Baseline(path.with_suffix(".bare"), text)
    window = launch(path)
    _settle()
    view = window.reading.view
    times = _Times([], [], [], [], [])
    for number in range(presses + 5):
        start = (number * 997) % (len(text) - 200)
        view.select(start, start + 40 + number % 30)
        view.viewport().repaint()
        times.repaint.append(milliseconds(view.viewport().repaint))
        times.bare_commit.append(milliseconds(baseline.commit))
        times.bare_repaint.append(milliseconds(baseline.repaint))
        before = len(window.workspace.annotations)
        begin = perf_counter()
        QTest.keyClick(view, Qt.Key.Key_1)
        # The paint inside the key press is the one that shows the span: it follows the commit.
        times.painted.append((last_paint[0] - begin) * 1000)
        window.repaint()
        times.everything.append((perf_counter() - begin) * 1000)
        assert len(window.workspace.annotations) == before + 1
        _settle(5)
    baseline.close()
    window.close()
    _settle(50)
    # The first presses import what only a write needs.
    return _Times(*(found[5:] for found in times))


def _stamped_paints() -> list[float]:
    """When the reading view last finished a paint."""
    from annotator.app.reader.document_view import DocumentView

    stamp = [0.0]
    paint = DocumentView.paintEvent

    def stamped(view: DocumentView, event: QPaintEvent) -> None:
        paint(view, event)
        stamp[0] = perf_counter()

    setattr(DocumentView, "paintEvent", stamped)  # noqa: B010 - to mypy a method is not to be replaced
    return stamp


def measure(presses: int = 60) -> None:
    """Print medians for an article and for 1 MB with 10,000 spans."""
    kept = QApplication.instance() or QApplication([])  # noqa: F841 - Qt needs it alive
    header("Key press to row committed (synchronous=FULL) and span repainted")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ANNOTATOR_HOME"] = f"{folder}/home"
        cases = (("an article of 450 words", article(1), 10), ("1 MB with 10,000 spans", long_text(1_000_000), 10_000))
        for number, (name, text, held) in enumerate(cases):
            times = _measured(Path(folder) / f"ours{number}.anno", text, held, presses)
            commit, repaint = median(times.bare_commit), median(times.bare_repaint)
            line(name, median(times.painted), "ms", commit + repaint, "under 25 ms, ratio <= 3")
            line("    the same until every pane is painted", median(times.everything))
            print(f"    baseline: insert and commit {commit:.1f} ms, repaint of a bare QPlainTextEdit {repaint:.1f} ms")
            print(f"    for comparison, a repaint of the reading view takes {median(times.repaint):.1f} ms")


if __name__ == "__main__":
    measure()
