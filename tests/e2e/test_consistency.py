"""Hundreds of random changes, undos and redos by keys: text, table and file say the same in the end."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from tests.e2e.conftest import Launch, press
from tests.thoroughness import examples

from annotator.app.annotations.docked_views import ANNOTATIONS
from annotator.app.shell.main_window import MainWindow
from annotator.domain.changes import Change
from annotator.domain.spans import Span
from annotator.formats.base import Article
from annotator.services.annotations import annotating
from annotator.services.imports import importing
from annotator.services.projects import projects

SIZE, COUNT, CHANGES = 1_000_000, 10_000, examples(250, 1000)
SENTENCES = (
    "The minister said on Monday that the talks would resume, and nobody agreed. ",
    "قال الوزير إن المحادثات ستستأنف يوم الاثنين في العاصمة. ",
    "部长周一表示会谈将恢复，政府预计月底前达成协议。",
    "Posted 😀 👍🏽 👨‍👩‍👧 and 🇩🇪 flags, he said, may fall by spring. ",
)
PLACES = st.integers(0, SIZE - 1)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A project with one document of a million characters in many scripts, and ten thousand annotations in it."""
    chance = random.Random(3)
    paragraphs = ("".join(chance.choices(SENTENCES, k=8)) for _ in range(SIZE // 300))
    text = ("A long report\n" + "\n".join(paragraphs))[:SIZE]
    assert len(text) == SIZE
    path = tmp_path / "large.anno"
    with projects.create(path, annotator="ada") as project:
        (document,) = importing.import_articles(project, [Article(title="A long report", text=text)]).documents
        spans = (Span(start, start + chance.randint(3, 90)) for start in chance.choices(range(SIZE - 90), k=COUNT))
        edits = (annotating.new_annotation(project, document, text, [span], chance.randint(1, 3)) for span in spans)
        project.apply(Change("Annotate", tuple(edits)))
    return path


class Hand(RuleBasedStateMachine):
    """A hand that does whatever keys can do to annotations, in any order. All its runs are on one window."""

    window: MainWindow
    kinds: dict[str, int]
    """How often what was done."""

    @rule(place=PLACES, unit=st.sampled_from("WSC"), digit=st.sampled_from("123"))
    def annotate(self, place: int, unit: str, digit: str) -> None:
        press("Esc", "Esc")
        self.window.reading.view.set_caret(place)
        self._do(unit, digit)

    @rule(
        place=PLACES, keys=st.lists(st.sampled_from(("E", "R", "U", "I", "Shift+R", "Shift+U")), min_size=1, max_size=3)
    )
    def move_edges(self, place: int, keys: list[str]) -> None:
        self._choose(place)
        self._do(*keys)

    @rule(place=PLACES, digit=st.sampled_from("123"))
    def relabel(self, place: int, digit: str) -> None:
        self._choose(place)
        self._do(digit)

    @rule(place=PLACES, grade=st.sampled_from("123456"))
    def grade(self, place: int, grade: str) -> None:
        self._choose(place)
        self._do("G", grade)

    @rule(place=PLACES)
    def split_and_join(self, place: int) -> None:
        self._choose(place)
        active = self.window.workspace.active
        if active is not None:
            self.window.reading.view.set_caret((active.start + active.end) // 2)
            self._do("Shift+S", "Shift+J")

    @rule(place=PLACES, beyond=st.integers(2, 30))
    def add_a_fragment(self, place: int, beyond: int) -> None:
        self._choose(place)
        active = self.window.workspace.active
        if active is not None and active.end + beyond + 10 < SIZE:
            self.window.reading.view.select(active.end + beyond, active.end + beyond + 8)
            self.window.actions_by_id["annotate.add_fragment"].trigger()
            self._count("fragment")

    @rule(place=PLACES)
    def remove(self, place: int) -> None:
        self._choose(place)
        self._do("Delete")

    @rule(times=st.integers(1, 4))
    def undo(self, times: int) -> None:
        self._do(*["Ctrl+Z"] * times)

    @rule(times=st.integers(1, 4))
    def redo(self, times: int) -> None:
        self._do(*["Ctrl+Y"] * times)

    def _choose(self, place: int) -> None:
        """Make the first annotation after a place the active one."""
        press("Esc", "Esc")
        self.window.reading.view.set_caret(place)
        press("J")

    def _do(self, *keys: str) -> None:
        for key in keys:
            press(key)
            self._count(key)

    def _count(self, what: str) -> None:
        self.kinds[what] = self.kinds.get(what, 0) + 1


def test_text_table_and_file_agree_after_hundreds_of_changes(launched: Launch, large: Path) -> None:
    window = launched(large)
    window.reading.view.setFocus()
    Hand.window, Hand.kinds = window, {}
    project, document = window.workspace.project, window.workspace.document
    assert project is not None and document is not None
    before = project.log_number
    run_state_machine_as_test(
        Hand,
        settings=settings(
            max_examples=examples(4, 20),
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert sum(Hand.kinds.values()) >= CHANGES and len(Hand.kinds) >= 15, Hand.kinds
    assert project.log_number - before > CHANGES / 2
    in_file = {found.id: found for found in project.read.annotations.all(document_id=document.id)}
    assert project.check() == []
    assert window.workspace.annotations == in_file
    shown = {found.id: (found.label_id, found.fragments) for found in window.reading.view.highlights()}
    assert shown == {id: (found.label_id, found.fragments) for id, found in in_file.items()}
    rows = window.view(ANNOTATIONS).table.records
    assert {row.id: row for row in rows.shown} == in_file and len(rows.shown) == len(in_file)
