"""The peek beside a list of places."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import annotator
from annotator.app.reader import peek as module
from annotator.app.reader.peek import Peek
from annotator.app.state.workspace import Workspace
from annotator.domain.spans import Span
from annotator.services.projects import projects

PARAGRAPHS = [f"Paragraph {number} of 👩‍🚒 and others tells of the harbour." for number in range(200)]
TEXT = "\n".join(PARAGRAPHS)
ARABIC = "قال الوزير إن الميناء مغلق.\nقالت الوزارة إنه مفتوح."


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        project.add_document("Long", TEXT, source="Courier", published_at="2026-03-02")
        project.add_document("Arabic", ARABIC)
    made = Workspace()
    made.adopt(projects.open_project(tmp_path / "case.anno", annotator="ada"))
    return made


@pytest.fixture
def peek(qtbot: QtBot, workspace: Workspace) -> Peek:
    made = Peek(workspace)
    qtbot.addWidget(made)
    made.resize(400, 500)
    made.show()
    return made


def words_of(peek: Peek) -> str:
    span = peek.view.active_span()
    return "" if span is None else Span(*span).of(peek.view.text)


@pytest.mark.parametrize("number", [0, 1, 90, 198, 199])
def test_whole_paragraphs_around_the_place_are_shown(peek: Peek, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AROUND", 150)
    start = TEXT.index(PARAGRAPHS[number])
    peek.show_place(1, Span(start, start + len(PARAGRAPHS[number])))
    assert words_of(peek) == PARAGRAPHS[number]
    shown = peek.view.text.split("\n")
    assert set(shown) <= set(PARAGRAPHS) and 2 <= len(shown) <= 7
    assert peek.title.text() == "Long" and peek.origin.text() == "Courier · 2026-03-02"
    assert peek.view.rectangle(peek.view.caret()).intersects(peek.view.viewport().rect())


def test_a_part_of_one_very_long_paragraph_is_shown(peek: Peek, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AROUND", 20)
    start = TEXT.index("tells", 5_000)
    peek.show_place(1, Span(start, start + 5))
    assert words_of(peek) == "tells" and len(peek.view.text) <= 45


def test_a_right_to_left_text_and_one_that_is_gone(peek: Peek, workspace: Workspace) -> None:
    peek.show_place(2, Span(4, 10))
    assert words_of(peek) == "الوزير" and peek.open_button.isVisible()
    peek.show_place(9, Span(0, 1))
    assert peek.view.text == "" and not peek.open_button.isVisible() and peek.title.text() == ""


def test_it_is_opened_where_it_is_shown_and_forgotten_with_the_project(
    peek: Peek, workspace: Workspace, qtbot: QtBot
) -> None:
    peek.show_place(2, Span(4, 10))
    with qtbot.waitSignal(peek.open_requested) as requested:
        peek.open_button.click()
    assert requested.args == [2, Span(4, 10)]
    workspace.close_project()
    assert peek.view.text == ""
