"""Search results: words, phrases, expressions, cancelling, and the hit that is asked for."""

import gc
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from tests.cpu_time import CpuTime

from annotator.app.search import search_results
from annotator.app.search.search_results import SearchResults
from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.spans import Span
from annotator.services.projects import projects

KEY = Qt.Key
TEXTS = (
    ("Pipeline talks", "The new pipeline may open. A pipeline needs gas."),
    ("Border", "No troops at the border, a minister said."),
    ("Long", "x" * 200 + " the needle lies here " + "y" * 200),
)


@pytest.fixture
def workspace(tmp_path: Path, qtbot: QtBot) -> Iterator[Workspace]:
    project = projects.create(tmp_path / "case.anno", annotator="ada")
    edits: list[Edit] = []
    for title, text in TEXTS:
        (id,) = project.next_ids("document")
        digest = hashlib.sha256(text.encode()).hexdigest()
        values = {"uid": new_uid(), "title": title, "text_sha256": digest, "imported_at": now()}
        edits += [Edit("document", id, None, values), Edit("document_text", id, None, {"text": text})]
    project.apply(Change("Import", tuple(edits)))
    workspace = Workspace()
    workspace.adopt(project)
    yield workspace
    workspace.close_project()


@pytest.fixture
def view(workspace: Workspace, qtbot: QtBot) -> SearchResults:
    view = SearchResults(workspace)
    qtbot.addWidget(view)
    view.resize(700, 260)
    view.show()
    qtbot.waitExposed(view)
    return view


def search(view: SearchResults, qtbot: QtBot, query: str, *, regex: bool = False) -> list[str]:
    view.run(query, regex=regex)
    qtbot.waitUntil(lambda: view._job is None, timeout=60_000)
    return [row.hit.match for row in view.table.records.shown]


def test_words_phrases_and_beginnings(view: SearchResults, qtbot: QtBot) -> None:
    assert search(view, qtbot, "pipeline") == ["pipeline", "pipeline"]
    assert view.count.text().startswith("2 hits in 1 document, ")
    assert search(view, qtbot, '"new pipeline"') == ["new pipeline"]
    assert search(view, qtbot, "troop*") == ["troop"]
    assert search(view, qtbot, "troop") == [] and view.count.text() == "No hits"
    assert "Nothing was found for troop" in view.table.accessibleDescription()


def test_typing_and_enter_search(view: SearchResults, qtbot: QtBot) -> None:
    qtbot.keyClicks(view.field, "border")
    qtbot.keyClick(view.field, KEY.Key_Return)
    qtbot.waitUntil(lambda: view.table.model().rowCount() == 1, timeout=60_000)
    assert view.table.model().index(0, 0).data() == "Border"
    with qtbot.waitSignal(view.leave_requested):
        qtbot.keyClick(view.field, KEY.Key_Escape)


def test_an_expression_and_a_wrong_one(view: SearchResults, workspace: Workspace, qtbot: QtBot) -> None:
    assert search(view, qtbot, r"\bm\w+r\b", regex=True) == ["minister"]
    assert view.options.regex.isChecked()
    failed: list[str] = []
    workspace.error_occurred.connect(failed.append)
    assert search(view, qtbot, "(", regex=True) == []
    assert len(failed) == 1 and "is no regular expression" in failed[0]


def test_a_hit_is_asked_for_by_click_and_by_enter(view: SearchResults, qtbot: QtBot) -> None:
    search(view, qtbot, "pipeline")
    asked: list[tuple[int, Span]] = []
    view.hit_requested.connect(lambda id, span: asked.append((id, span)))
    place = view.table.visualRect(view.table.model().index(1, 1)).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    qtbot.keyClick(view.table, KEY.Key_Up)
    assert len(asked) == 1
    qtbot.keyClick(view.table, KEY.Key_Return)
    text = TEXTS[0][1]
    assert asked == [(1, Span(text.rindex("pipeline"), text.rindex("pipeline") + 8)), (1, Span(8, 16))]


def test_the_match_is_in_sight_however_long_the_context(view: SearchResults, qtbot: QtBot) -> None:
    """The bold match changes the picture of the cell although all before it does not fit."""
    view.resize(420, 200)

    def picture(match: str) -> QImage:
        search(view, qtbot, match)
        return view.table.viewport().grab(view.table.visualRect(view.table.model().index(0, 1))).toImage()

    assert picture("needle") != picture("lies")


def test_more_hits_than_a_page(view: SearchResults, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_results, "PAGE", 1)
    assert len(search(view, qtbot, "pipeline")) == 1
    assert view.more_button.isVisible() and view.count.text().startswith("The first 1 hit")
    qtbot.mouseClick(view.more_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.table.model().rowCount() == 2, timeout=60_000)
    assert not view.more_button.isVisible()


def test_a_scan_is_cancelled_in_its_midst(view: SearchResults, workspace: Workspace, qtbot: QtBot) -> None:
    project = workspace.project
    assert project is not None
    text = "a" * 18 + "!"
    edits: list[Edit] = []
    for id in project.next_ids("document", 400):
        values = {"uid": new_uid(), "title": f"{id}", "text_sha256": f"{id:064d}", "imported_at": now()}
        edits += [Edit("document", id, None, values), Edit("document_text", id, None, {"text": f"{text}{id}"})]
    project.apply(Change("Import", tuple(edits)))
    # Every document takes some milliseconds of going back and forth.
    view.run(r"(?:a|aa|aaa)+b$", regex=True)
    job = view._job
    assert job is not None
    qtbot.wait(60)
    cpu = CpuTime()
    with qtbot.waitSignal(job.cancelled, timeout=60_000):
        qtbot.mouseClick(view.cancel_button, Qt.MouseButton.LeftButton)
    assert cpu.seconds() < 4
    assert view.count.text() == "Cancelled." and not view.cancel_button.isVisible()
    assert search(view, qtbot, "border") == ["border"]


def test_each_search_gives_its_connection_back(view: SearchResults, workspace: Workspace, qtbot: QtBot) -> None:
    assert workspace.project is not None
    before = len(workspace.project._connections.all)
    for query in ("border", "gas"):
        search(view, qtbot, query)
    gc.collect()
    assert len(workspace.project._connections.all) == before


def test_closing_the_project_ends_the_search(view: SearchResults, workspace: Workspace, qtbot: QtBot) -> None:
    failed: list[str] = []
    workspace.error_occurred.connect(failed.append)
    view.run("pipeline")
    job = view._job
    assert job is not None
    with qtbot.waitSignal(job.finished, timeout=60_000):
        workspace.close_project()
    assert view.table.model().rowCount() == 0 and failed == []
    assert "Open a project" in view.table.accessibleDescription()
