"""Sources in the window: their record beside the list, letters that diverge from it, and merging; and the dashboard."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import Launch, active, press, said

import annotator
from annotator.app.charts import chart_data
from annotator.app.charts.chart import Chart
from annotator.app.claims.docked_views import CLAIMS
from annotator.app.reports.docked_views import DASHBOARD
from annotator.app.shell.main_window import MainWindow
from annotator.app.sources.docked_views import SOURCES
from annotator.app.sources.merge_dialog import SourceMergeDialog
from annotator.domain.errors import ExportRefused
from annotator.services.claims import claims


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    """A source that was right eight times and foretold twice, whose letter says otherwise."""
    path = tmp_path / "judged.anno"
    with annotator.create(path, annotator="ada") as project:
        ann = project.add_source("Ann Berg")
        project.add_source("A. Berg", aliases=["Ann Bergh"])
        project.assess("Ann Berg", "D", made_on="2026-01-05", rationale="gossip")
        for number in range(8):
            document = project.add_document(f"Report {number}", f"She said it was {number}.", source="Courier")
            one = project.annotate(document, 9, 17, "claim", source=ann, credibility=2)
            claim = project.add_claim(f"It was {number}.", [one], topic="weather")
            project.resolve(claim, "confirmed", evidence="seen")
        for number, verdict in enumerate(("confirmed", "refuted")):
            document = project.add_document(f"Forecast {number}", f"It may rain on day {number}.", source="Courier")
            guess = project.annotate(document, 3, 11, "speculation", source=ann, probability=80)
            project.resolve(project.add_claim(f"Rain on day {number}.", [guess]), verdict, evidence="seen")
    return path


def shown_source(window: MainWindow, qtbot: QtBot, name: str) -> None:
    """Choose a source in the list, and wait for the records."""
    window.show_pane("sources")
    view = window.view(SOURCES)
    qtbot.waitUntil(lambda: view.track_records.records is not None)
    row = next(number for number, row in enumerate(view.table.records.shown) if row.source.name == name)
    view.table.setCurrentIndex(view.table.records.index(row, 0))


def test_a_source_with_its_record_and_what_to_do_about_its_letter(launched: Launch, judged: Path, qtbot: QtBot) -> None:
    window = launched(judged)
    shown_source(window, qtbot, "Ann Berg")
    view = window.view(SOURCES)
    detail = view.detail
    assert detail.prompt.text() == "Its record suggests B; the letter in force is D since 2026-01-05."
    assert detail.assess_button.isVisible()
    assert "8 of 8 resolved" in detail.record.sentence.text()
    assert detail.record.numbers.headings == ("day", "mean", "low (5 %)", "high (95 %)")
    assert "Brier score 0.340" in detail.calibration.sentence.text()
    assert detail.topics.text().startswith("weather: ")
    row = view.table.records.record(1)
    assert row is not None and row.record.suggested == "B"
    assert detail.statements.records.total == 10
    view.table.setFocus()
    press("B")
    qtbot.waitUntil(lambda: not detail.prompt.isVisible())
    detail.tabs.setCurrentIndex(1)
    detail.statements.setFocus()
    detail.statements.selectRow(0)
    press("Return")
    assert window.reading.view.hasFocus()
    assert window.workspace.document is not None


def test_the_record_follows_a_verdict(launched: Launch, judged: Path, qtbot: QtBot) -> None:
    window = launched(judged)
    shown_source(window, qtbot, "Ann Berg")
    view = window.view(SOURCES)
    project = window.workspace.project
    assert project is not None
    records = view.track_records.records
    assert records is not None
    before = records.record(1)
    window.view(CLAIMS).show_claim(1)
    claim = project.read.claims.one(1)
    assert window.workspace.perform(claims.resolve(project, claim, "refuted", evidence="it was not"))
    qtbot.waitUntil(lambda: view.track_records.records is not None and view.track_records.records.record(1) != before)
    assert view.track_records.records is not None and view.track_records.records.record(1).b == pytest.approx(
        2.0, abs=0.01
    )
    qtbot.waitUntil(lambda: "8 of 8 resolved" in view.detail.record.sentence.text())


def test_alike_sources_are_merged_after_a_preview(launched: Launch, judged: Path, qtbot: QtBot) -> None:
    window = launched(judged)
    shown_source(window, qtbot, "Ann Berg")
    view = window.view(SOURCES)
    view.duplicates_button.click()
    (dialog,) = (found for found in window.findChildren(SourceMergeDialog) if found.isVisible())
    assert "differ by a few letters" in dialog.reason.text()
    assert dialog.preview.text().startswith("Merge A. Berg into Ann Berg, which takes over")
    dialog.merge_button.click()
    assert [source.name for source in window.workspace.sources()] == ["Ann Berg", "Courier"]
    assert any("Merge A. Berg into Ann Berg" in sentence for sentence in said(window))
    press("Ctrl+Z", on=window)
    assert [source.name for source in window.workspace.sources()] == ["A. Berg", "Ann Berg", "Courier"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_dashboard_says_its_numbers_and_saves_them(
    launched: Launch, judged: Path, tmp_path: Path, qtbot: QtBot, theme: str
) -> None:
    window = launched(judged)
    window.show_pane("dashboard")
    view = window.view(DASHBOARD)
    qtbot.waitUntil(
        lambda: bool(view.charts) and all(chart.figure is not None for chart in view.charts), timeout=60_000
    )
    labels, matrix, *_, diagonal = view.charts
    assert ("Ann Berg", 8, 2) in labels.numbers.rows
    assert ("D", 0, 8, 0, 0, 0, 0, 2) in matrix.numbers.rows
    assert "0% of 8" in diagonal.sentence.text()
    window.theme.choose(theme)
    QApplication.processEvents()
    for suffix, head in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("csv", b"source,claim,")):
        labels.save(tmp_path / f"chart.{suffix}")
        assert (tmp_path / f"chart.{suffix}").read_bytes().startswith(head)
    labels.table_button.click()
    assert labels.table.model().index(0, 0).data() == "Ann Berg"
    with pytest.raises(ExportRefused):
        labels.save(tmp_path / "nowhere" / "chart.svg")


def test_an_empty_dashboard_says_so(window: MainWindow, qtbot: QtBot) -> None:
    window.show_pane("dashboard")
    qtbot.waitUntil(lambda: "Nothing is annotated yet" in window.view(DASHBOARD).hint.text())


def test_a_name_that_looks_like_a_formula_stays_harmless(window: MainWindow) -> None:
    chart = Chart(window.workspace, "chart", window)
    chart.show_figure(chart_data.bars("T", "", "who", [("=1+1", [3])], ["n"]))
    assert chart.numbers.as_csv() == b"who,n\n'=1+1,3\n"
    assert chart.numbers.words() == "=1+1: n 3"


def test_the_annotation_that_is_shown_is_active(launched: Launch, judged: Path, qtbot: QtBot) -> None:
    window = launched(judged)
    window.show_pane("claims")
    view = window.view(CLAIMS)
    view.show_claim(3)
    view.detail.statements.setFocus(Qt.FocusReason.OtherFocusReason)
    view.detail.statements.selectRow(0)
    press("Return")
    assert active(window).quote == "it was 2"
