"""Every view and page shows the day of a time in the zone of the user: late in the evening it is not the day in UTC."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import annotator
from annotator.app.documents.bookmarks_view import BookmarksView
from annotator.app.documents.properties_dialog import DocumentPropertiesDialog
from annotator.app.reader.hover_card import entry_of
from annotator.app.state.workspace import Workspace
from annotator.services.projects import projects
from annotator.services.reports.dashboard import dashboard

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the system cannot change the zone of a process")

EVENING = "2026-03-06T04:30:00.000Z"
"""Half past eleven in the evening of March 5, in the zone of these tests."""
TEXT = "The harbour closes, the port said."
DOCUMENT = {
    "uid": "d" * 32,
    "title": "Harbour",
    "text": TEXT,
    "imported_at": EVENING,
    "bookmarks": [{"position": 4, "name": "Here", "annotator": "ada", "created_at": EVENING, "uid": "b" * 32}],
    "annotations": [
        {
            "uid": "a" * 32,
            "label": "claim",
            "start": 0,
            "end": 18,
            "quote": TEXT[:18],
            "annotator": "ada",
            "created_at": EVENING,
            "updated_at": EVENING,
        }
    ],
}


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project in the zone of the user, five hours behind UTC."""
    lines = ({"format": "annotator", "version": 1}, DOCUMENT)
    (tmp_path / "in.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        assert project.import_files([tmp_path / "in.jsonl"])
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "EST5")
        time.tzset()
        yield tmp_path / "case.anno"
    time.tzset()


def test_the_card_over_a_highlight(case: Path) -> None:
    with annotator.open(case, read_only=True) as project:
        (annotation,) = project._stored.read.annotations.all()
    assert ("muted", "ada, 2026-03-05") in entry_of(annotation).facts


def test_bookmarks_and_the_data_of_a_document(case: Path, qtbot: QtBot) -> None:
    workspace = Workspace()
    workspace.adopt(projects.open_project(case))
    workspace.open_document(workspace.document_rows()[0].id)
    view = BookmarksView(workspace)
    qtbot.addWidget(view)
    view.show()
    model = view.table.model()
    shown = [model.index(0, column).data() for column in range(model.columnCount())]
    assert "2026-03-05" in shown
    dialog = DocumentPropertiesDialog(workspace)
    qtbot.addWidget(dialog)
    assert "Imported: 2026-03-05" in dialog.origin.text()
    workspace.close_project()


def test_the_annotated_page_and_a_report(case: Path) -> None:
    with annotator.open(case) as project:
        project.export(case.with_name("page.html"), format="page")
        assert "ada, 2026-03-05" in case.with_name("page.html").read_text(encoding="utf-8")
        claim = project.add_claim("The harbour closes.", [project.annotations()[0]])
        assert "Accessed: 2026-03-05" in project.report(claim=claim)


@pytest.mark.parametrize(("zone", "day"), [("EST5", "2026-03-05"), ("NPT-5:45", "2026-03-06"), ("UTC0", "2026-03-06")])
def test_the_dashboard_counts_by_local_days(case: Path, zone: str, day: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    with annotator.open(case) as project:
        found = dashboard(project._stored)
    assert found.by_day.rows == ((day, (1,)),)
    assert [(one.annotations, one.hours) for one in found.speed] == [(1, 1)]
