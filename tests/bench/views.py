"""How long the views about sources and claims take to open, beside the queries that feed them."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.bench.judged_case import judged_case
from tests.bench.report import header, line, milliseconds

from annotator.app.claims.docked_views import CLAIMS
from annotator.app.sources.docked_views import SOURCES


def measure(documents: int = 10_000, annotations: int = 100_000, sources: int = 2_000, made: int = 5_000) -> None:
    """Print the time from showing a pane to the window having painted it; modules are loaded before."""
    header(f"Views over {documents:,} documents, {annotations:,} annotations, {sources:,} sources, {made:,} claims")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ANNOTATOR_HOME"] = f"{folder}/home"
        path = Path(folder) / "case.anno"
        judged_case(path, documents, annotations, sources, made).close()
        _open(path)


def _open(path: Path) -> None:
    import pyqtgraph  # noqa: F401 - not what is measured
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from annotator.app.application import launch
    from annotator.services.claims import corroboration
    from annotator.services.reports import dashboard

    window = launch(path)
    window.resize(1400, 900)
    QTest.qWait(500)
    project = window.workspace.project
    assert project is not None
    stored = project

    def feed_claims() -> None:
        stored.read.claims.all()
        corroboration.origin_counts(stored)

    def feed_sources() -> None:
        stored.read.sources.all()
        stored.read.sources.assessments()

    feeds = {
        "claims": feed_claims,
        "sources": feed_sources,
        "dashboard": lambda: dashboard.dashboard(stored),
        "hypotheses": feed_sources,
    }
    for name, feed in feeds.items():
        baseline = min(milliseconds(feed) for _ in range(3))

        def show(name: str = name) -> None:
            window.show_pane(name)
            QApplication.processEvents()
            window.repaint()

        took = milliseconds(show)
        line(f"open {name}", took, "ms", baseline, "within 300 ms, ratio <= 20")
        window.hide_view(name)
    window.show_pane("sources")
    for _ in range(200):
        QTest.qWait(50)
        if window.view(SOURCES).track_records.records is not None:
            break
    view = window.view(SOURCES)
    view.table.setCurrentIndex(view.table.records.index(0, 0))

    def choose() -> None:
        view.table.setCurrentIndex(view.table.records.index(5, 0))
        QApplication.processEvents()

    line("choose another source", milliseconds(choose), "ms", None, "within 300 ms")
    window.show_pane("claims")
    claims = window.view(CLAIMS)

    def choose_claim() -> None:
        claims.table.setCurrentIndex(claims.table.records.index(7, 0))
        QApplication.processEvents()

    line("choose another claim", milliseconds(choose_claim), "ms", None, "within 300 ms")
    window.close()


if __name__ == "__main__":
    measure()
