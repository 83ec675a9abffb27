"""Nothing that was acknowledged is lost: processes that are killed, disks that are full, locks that are stale."""

import random
import shutil
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest
from tests.child_processes import Child, annotate_many

import annotator
from annotator.domain.errors import DiskFull, ProjectError, ProjectInUse
from annotator.store import database
from annotator.store.check import check
from annotator.store.project import Project

TEXT = "Wörter und Zahlen 😀 in einem Text. " * 20


def make(path: Path) -> None:
    with annotator.create(path, annotator="ada") as project:
        project.add_document("A title", TEXT)


def killed_after(path: Path, acknowledged: int, delay: float) -> list[int]:
    """Ids that a writing process acknowledged before it was killed."""
    with Child(annotate_many, path) as writer:
        ids = list(islice(writer.received(), acknowledged))
        time.sleep(delay)
        writer.process.kill()
        return ids + list(writer.received())


def one_run(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    make(path)
    acknowledged = killed_after(path, chance.randrange(200), chance.random() * 0.01)
    if sys.platform == "linux":
        assert path.with_name("case.anno.lock").exists(), "the killed process should have left its lock file"
    with annotator.open(path) as project:
        held = {found.id for found in project.annotations()}
        assert set(acknowledged) <= held
        assert len(held) <= len(acknowledged) + 1
        with project._stored.raw_connection() as connection:
            assert list(check(connection)) == []
        undone = 0
        while project.undo() == "Annotate as claim":
            undone += 1
        assert undone == len(held)
        assert project.annotations() == []
        assert project.redo() is not None
    assert [entry.name for entry in path.parent.iterdir()] == ["case.anno"]


def test_kill_at_random_moments_loses_no_acknowledged_annotation(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(20)]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(2) as two:
        list(two.map(one_run, [folder / "case.anno" for folder in folders], range(20)))


def test_a_crash_while_closing_is_recovered(tmp_path: Path) -> None:
    """A hot journal, as it is left where the process dies on the way back to one plain file."""
    path = tmp_path / "case.anno"
    make(path)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE document_text SET text = 'spoilt' || text")
    connection.execute("INSERT INTO search_words (rowid, title, body) VALUES (77, 'x', ?)", ("word " * 50_000,))
    crashed = tmp_path / "crashed.anno"
    shutil.copy(path, crashed)
    shutil.copy(tmp_path / "case.anno-journal", tmp_path / "crashed.anno-journal")
    connection.execute("ROLLBACK")
    connection.close()
    with annotator.open(crashed) as project:
        assert project.document(1).text == TEXT
        with project._stored.raw_connection() as reader:
            assert list(check(reader)) == []


def test_a_checkpoint_that_was_cut_off_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    make(path)
    with annotator.open(path) as project:
        project.add_document("Long", "Many words. " * 40_000)
        crashed = tmp_path / "crashed.anno"
        # The first page is in the file already, the last ones are in the log alone.
        size = path.stat().st_size
        shutil.copy(tmp_path / "case.anno-wal", tmp_path / "crashed.anno-wal")
        project._stored._writer.execute("PRAGMA wal_checkpoint(PASSIVE)")
        crashed.write_bytes(path.read_bytes()[:size])
    with annotator.open(crashed) as project:
        assert [row.title for row in project.documents()] == ["A title", "Long"]


def test_a_second_opening_is_refused_and_names_the_holder(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    make(path)
    with annotator.open(path):
        with pytest.raises(ProjectInUse, match=r"in use by .+ on .+ \(process \d+, since "):
            annotator.open(path)
        with annotator.open(path, read_only=True) as second:
            assert second.read_only
    annotator.open(path).close()


def test_a_project_may_be_closed_on_another_thread(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    make(path)
    project = annotator.open(path)
    with ThreadPoolExecutor(1) as other:
        other.submit(project.close).result()
    annotator.open(path).close()


def test_a_reader_elsewhere_does_not_hold_up_closing(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    make(path)
    project = annotator.open(path)
    document = project.documents()[0]
    with annotator.open(path, read_only=True) as reader:
        assert reader.annotations() == []
        project.annotate(document, 0, 6, "claim")
        statements: list[str] = []
        project._stored._writer.set_trace_callback(statements.append)
        project.close()
        waits = [int(one.rpartition("=")[2]) for one in statements if "busy_timeout" in one]
        assert waits and max(waits) <= 500, "how many milliseconds each statement waits for the reader"
        assert statements.index("PRAGMA wal_checkpoint(TRUNCATE)") > statements.index(
            f"PRAGMA busy_timeout = {waits[0]}"
        )
        assert len(reader.annotations()) == 1
    with annotator.open(path) as project:
        assert len(project.annotations()) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["case.anno"]


def test_readers_on_other_threads_see_every_commit(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    make(path)
    with annotator.open(path) as project, ThreadPoolExecutor(2) as threads:
        for number in range(20):
            project.annotate(1, number, number + 4, "claim")
            assert {len(found) for found in threads.map(lambda _: project.annotations(), range(4))} == {number + 1}


def test_writing_on_two_threads_keeps_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    make(path)
    with annotator.open(path) as project:

        def work(start: int) -> None:
            for number in range(25):
                project.annotate(1, start + number, start + number + 4, "claim", source=f"Source {start} {number}")

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(work, [0, 100]))
        assert len({found.id for found in project.annotations()}) == 50
        with project._stored.raw_connection() as connection:
            assert list(check(connection)) == []


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    make(path)
    with annotator.open(path) as project:
        writer = project._stored._writer
        pages = writer.execute("PRAGMA page_count").fetchone()[0]
        writer.execute(f"PRAGMA max_page_count = {pages}")

        def fill() -> None:
            for number in range(500):
                project.annotate(1, 0, 6, "claim", source=f"Source {number}", note="word " * 200)

        with pytest.raises(DiskFull, match="full: nothing was changed"):
            fill()
        kept = len(project.sources())
        assert len(project.annotations()) == kept < 500
        with project._stored.raw_connection() as connection:
            assert list(check(connection)) == []
        writer.execute("PRAGMA max_page_count = 1000000")
        project.annotate(1, 0, 6, "claim")
        assert project.undo() == "Annotate as claim"
        assert len(project.annotations()) == kept
        with project._stored.raw_connection() as connection:
            assert list(check(connection)) == []


def test_no_project_is_made_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA max_page_count = 1")
        try:
            connection.execute("CREATE TABLE t (x)")
            connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
        finally:
            connection.close()
        return connection

    monkeypatch.setattr("annotator.store.project.connect", full)
    with pytest.raises(DiskFull):
        annotator.create(tmp_path / "case.anno")
    assert list(tmp_path.iterdir()) == []


def test_what_a_former_project_left_is_not_taken_for_a_part_of_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    make(path)
    with annotator.open(path) as project:
        project.annotate(1, 0, 6, "claim")
        shutil.copy(tmp_path / "case.anno-wal", tmp_path / "kept")
    path.unlink()
    (tmp_path / "kept").rename(tmp_path / "case.anno-wal")
    with pytest.raises(ProjectError, match="left by a project"):
        annotator.create(path)
    with pytest.raises(ProjectError, match="left by a project"):
        database.check_free(path)


def test_the_lock_can_be_taken_as_soon_as_the_holder_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    make(path)
    (tmp_path / "case.anno.lock").touch()
    (tmp_path / "case.anno.holder").write_text("{broken", encoding="utf-8")
    with Project.open(path) as project:
        assert not project.read_only
        (tmp_path / "case.anno.holder").write_text("[]", encoding="utf-8")
        with pytest.raises(ProjectInUse, match="another window or command"):
            Project.open(path)
