"""Steps of many rows: written in bulk as if one by one, taken back whole or not at all, and refused to nobody twice."""

import hashlib
import json
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.child_processes import Child, retrace

import annotator
from annotator.domain.changes import Change, Edit, new_uid
from annotator.domain.errors import Cancelled, DamagedProject, DiskFull, InvalidValue, ProjectBusy, StaleChange
from annotator.services.annotations import annotating
from annotator.services.projects import projects
from annotator.store import log, rows
from annotator.store.check import check
from annotator.store.project import Project

TEXT = "Der Minister sagte 😀 am Montag: „Wir prüfen das.“ — قال الوزير ذلك 👩‍👩‍👧 heute.\n" * 40


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        made.add_document("A title", TEXT)
    with Project.open(tmp_path / "case.anno") as opened:
        projects.enter(opened, "ada")
        yield opened


def contents(project: Project) -> dict[str, list[Any]]:
    """Every row but those of the log."""
    with project.raw_connection() as connection:
        names = [shape.name for shape in rows.shapes().values()]
        return {name: connection.execute(f'SELECT * FROM "{name}" ORDER BY id').fetchall() for name in names}


def annotate(project: Project, count: int, chunk: int = 300) -> None:
    """Annotate ``count`` places in changes of one step."""
    step = new_uid()
    places = [(number % (len(TEXT) - 9), number % (len(TEXT) - 9) + 9) for number in range(count)]
    for first in range(0, count, chunk):
        edits = [annotating.new_annotation(project, 1, TEXT, [place], 1) for place in places[first : first + chunk]]
        project.apply(Change(f"Annotate {count} places", tuple(edits), step))


def is_sound(project: Project) -> bool:
    with project.raw_connection() as connection:
        return not list(check(connection))


def held(project: Project) -> list[Any]:
    return list(project.read.annotations.all())


def test_a_step_of_many_rows_goes_back_and_forth(project: Project) -> None:
    before = contents(project)
    annotate(project, 1_300)
    made = held(project)
    edits = [e for found in made for e in annotating.update(project, found, TEXT, label_id=2, note="x").edits]
    project.apply(Change("Relabel", tuple(edits)))
    relabelled = contents(project)
    project.apply(annotating.remove(held(project), [], project))
    assert held(project) == [] and is_sound(project)
    assert project.undo() == "Remove 1,300 annotations"
    assert contents(project) == relabelled
    assert project.undo() == "Relabel"
    assert held(project) == made
    assert project.undo() == "Annotate 1300 places"
    assert contents(project) == before
    assert [project.redo(), project.redo(), project.redo()].count(None) == 0
    assert held(project) == [] and is_sound(project)


def test_a_row_may_be_touched_more_than_once_in_one_change(project: Project) -> None:
    annotate(project, 3)
    ids = [found.id for found in held(project)]
    notes = ["", "a", "b", "c"]
    edits = [Edit("annotation", id, {"note": one}, {"note": other}) for one, other in pairwise(notes) for id in ids]
    project.apply(Change("Note thrice", tuple(edits)))
    assert [found.note for found in held(project)] == ["c"] * 3
    project.apply(Change("Swap", tuple(Edit("annotation", id, {"note": "c"}, {"note": str(id)}) for id in ids)))
    assert project.undo() == "Swap" and project.undo() == "Note thrice"
    assert [found.note for found in held(project)] == [""] * 3
    assert is_sound(project)


@pytest.mark.parametrize("place", [0, 700, 1_199])
@pytest.mark.parametrize(
    ("values", "error"),
    [
        (({"note": "another"}, {"note": "y"}), StaleChange),
        (({"note": ""}, {"credibility": 9}), InvalidValue),
        (({"note": ""}, {"source_id": 99}), InvalidValue),
        (({"fragments": [[0, True]]}, {"note": "y"}), StaleChange),
    ],
)
def test_one_bad_edit_among_many_spoils_all(project: Project, place: int, values: Any, error: Any) -> None:
    annotate(project, 1_200, 600)
    before, number = contents(project), project.log_number
    edits = [Edit("annotation", found.id, {"note": ""}, {"note": "x"}) for found in held(project)]
    edits[place] = Edit("annotation", edits[place].id, *values)
    with pytest.raises(error):
        project.apply(Change("Note", tuple(edits)))
    assert contents(project) == before and project.log_number == number
    annotate(project, 1)
    assert is_sound(project)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1, max_size=9), st.data())
def test_the_hash_in_pieces_is_that_of_the_whole(texts: list[str], data: st.DataObject) -> None:
    edits = rows.encode(texts)
    parts = ["previous", 7, "now", data.draw(st.text(max_size=5)), "title", "do", None, "step", edits]
    whole = hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
    size = data.draw(st.integers(1, 30))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "_PIECE", size)
        assert log.seal(*parts) == whole


def test_a_large_step_is_known_without_being_read(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    annotate(project, 5)
    assert not project.is_undo_large() and not project.is_redo_large()
    annotate(project, 900, 100)
    monkeypatch.setattr(log, "read_change", lambda *_: pytest.fail("the step was read"))
    assert project.is_undo_large() and not project.is_redo_large()
    monkeypatch.undo()
    project.undo()
    assert project.is_redo_large() and not project.is_undo_large()
    assert project.undo_title == "Annotate 5 places"


def test_the_beginning_of_a_large_entry_is_enough_to_tell_of_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotate(project, 40)
    with project.raw_connection() as connection:
        edits, count = log.first_edits(connection, project.log_number, 12)
        assert (len(edits), count) == (12, 40)
        assert edits == list(log.read_change(connection, project.log_number).edits[:12])
        monkeypatch.setattr(log, "LARGE", 9_000)
        assert log.first_edits(connection, project.log_number, 12) == (edits, None)
    for spoilt in ("[]x]", '["annotation",1,null,null]', '[["annotation",1,null]]', "[[1,2,3,4],]"):
        project._writer.execute("UPDATE change SET edits = ? WHERE number = ?", (spoilt, project.log_number))
        with pytest.raises(DamagedProject), project.raw_connection() as connection:
            log.read_change(connection, project.log_number)
        with pytest.raises(DamagedProject), project.raw_connection() as connection:
            project.read.log.first_edits(project.log_number, 12)


# --- a large step on a thread of its own ------------------------------------------------------------------------------


def test_progress_of_a_large_step_and_the_order_of_what_is_told(project: Project) -> None:
    annotate(project, 1_200)
    seen: list[tuple[int, int, str]] = []
    told: list[Change] = []
    project.subscribe(told.append)
    assert project.undo(lambda *state: seen.append(state)) == "Annotate 1200 places"
    done = [state[0] for state in seen]
    assert done == sorted(done) and done[0] == 0 and seen[-1] == (1_200, 1_200, "Annotate 1200 places")
    undone = [edit.id for change in told for edit in change.edits]
    assert len(told) == 4 and undone == sorted(undone, reverse=True) and len(undone) == 1_200
    assert {row["document_id"] for change in told for edit in change.edits if (row := edit.before)} == {1}
    assert project.redo(lambda *_: None) == "Annotate 1200 places"
    assert len(held(project)) == 1_200 and is_sound(project)


@pytest.mark.parametrize("after", [1, 500, 1_200])
@pytest.mark.parametrize("direction", ["undo", "redo"])
def test_a_cancelled_step_leaves_the_file_as_it_was(project: Project, after: int, direction: str) -> None:
    annotate(project, 1_200)
    if direction == "redo":
        project.undo()
    before, number = contents(project), project.log_number
    told: list[Change] = []
    project.subscribe(told.append)

    def cancel(done: int, _total: int, _text: str) -> None:
        if done >= after:
            raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        getattr(project, direction)(cancel)
    assert contents(project) == before and project.log_number == number and told == []
    assert getattr(project, direction)() == "Annotate 1200 places"
    assert is_sound(project)


def test_a_full_disk_in_the_middle_leaves_the_file_as_it_was(project: Project) -> None:
    annotate(project, 1_200)
    project.undo()
    before, number = contents(project), project.log_number
    (pages,) = project._writer.execute("PRAGMA page_count").fetchone()
    project._writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull):
        project.redo(lambda *_: None)
    assert contents(project) == before and project.log_number == number
    project._writer.execute("PRAGMA max_page_count = 1000000")
    assert project.redo(lambda *_: None) == "Annotate 1200 places"
    assert len(held(project)) == 1_200 and is_sound(project)


def test_the_main_thread_does_not_wait_for_a_large_step_and_other_threads_do(project: Project) -> None:
    annotate(project, 1_200)
    inside, go_on = threading.Event(), threading.Event()
    second = annotating.annotate(project, 1, TEXT, [(0, 12)], 1)[1]

    def hold(done: int, _total: int, _text: str) -> None:
        if done:
            inside.set()
            assert go_on.wait(10)

    with ThreadPoolExecutor(2) as threads:
        undoing = threads.submit(project.undo, hold)
        assert inside.wait(10)
        assert project.long_step == "Annotate 1200 places"
        for refused in (project.undo, lambda: project.apply(second), lambda: project.next_ids("annotation")):
            with pytest.raises(ProjectBusy, match="still busy with “Annotate 1200 places”"):
                refused()
        assert len(held(project)) == 1_200, "reading goes on"
        waiting = threads.submit(project.apply, second)
        time.sleep(0.05)
        assert not waiting.done()
        go_on.set()
        assert undoing.result(10) == "Annotate 1200 places"
        waiting.result(10)
    assert project.long_step == "" and len(held(project)) == 1 and is_sound(project)


def one_kill(path: Path, direction: str, seed: int) -> int:
    chance = random.Random(seed)
    with Child(retrace, path, direction) as process:
        list(islice(process.received(), chance.randrange(2, 11)))
        time.sleep(chance.random() * 0.01)
        process.process.kill()
        is_done = "done" in process.received()
    with Project.open(path) as project:
        left = len(held(project))
        assert is_sound(project)
    assert not is_done or left == (0 if direction == "undo" else 3_000)
    return left


def test_a_kill_in_the_middle_of_a_large_undo_leaves_all_or_nothing(project: Project) -> None:
    annotate(project, 3_000)
    path = project.path
    project.close()
    for seed in range(4):
        with Project.open(path, read_only=True) as opened:
            before = len(held(opened))
        direction = "undo" if before == 3_000 else "redo"
        assert one_kill(path, direction, seed) in {0, 3_000}
