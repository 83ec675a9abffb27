"""The write-ahead log goes back into the file while nobody writes, so that a plain copy of it is whole."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import annotator
from annotator.api import Project
from annotator.store.checkpointing import Checkpointer
from annotator.store.database import unseen_log_bytes

TEXT = "The ministry said on Monday that 12 people died. " * 30


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        made.add_document("One", TEXT)
        yield made


def is_so(holds: Callable[[], bool]) -> bool:
    """Whether something holds before the patience ends."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def in_a_plain_copy(project: Project, folder: Path) -> int:
    """The annotations in a copy of the file alone."""
    copied = folder / "copied"
    shutil.rmtree(copied, ignore_errors=True)
    copied.mkdir()
    shutil.copy(project.path, copied)
    with annotator.open(copied / project.path.name, read_only=True) as opened:
        return len(opened.annotations())


def test_a_plain_copy_is_whole_after_a_pause(project: Project, tmp_path: Path) -> None:
    for number in range(20):
        project.annotate(1, number, number + 5, "claim")
    assert is_so(lambda: in_a_plain_copy(project, tmp_path) == 20)
    project.annotate(1, 50, 55, "claim")
    assert len(project.annotations()) == 21


def test_a_plain_copy_is_whole_as_soon_as_it_is_asked_for(project: Project, tmp_path: Path) -> None:
    project._stored._checkpointer._pause = 3600
    project.annotate(1, 0, 5, "claim")
    project.checkpoint()
    assert is_so(lambda: in_a_plain_copy(project, tmp_path) == 1)
    project.verify_file()
    assert not project._stored.file_trouble


def test_one_thread_writes_back_and_ends_with_the_project(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with annotator.create(tmp_path / "case.anno") as project:
        project.add_document("One", TEXT)
        for number in range(10):
            project.annotate(1, number, number + 5, "claim")
            project.checkpoint()
        assert len({thread for thread in set(threading.enumerate()) - before if thread.name == "checkpoint"}) == 1
    assert set(threading.enumerate()) <= before
    assert sorted(found.name for found in tmp_path.iterdir()) == ["case.anno"]


def test_what_could_not_be_written_back_is_tried_again() -> None:
    answers = iter([False, False, True])
    calls: list[float] = []
    done = threading.Event()

    def checkpoint() -> bool:
        calls.append(time.monotonic())
        answer = next(answers)
        if answer:
            done.set()
        return answer

    checkpointer = Checkpointer(checkpoint, pause=0.01)
    checkpointer.note_write()
    assert done.wait(60)
    checkpointer.stop()
    assert len(calls) == 3


def test_each_write_puts_the_checkpoint_off() -> None:
    called = threading.Event()

    def checkpoint() -> bool:
        called.set()
        return True

    checkpointer = Checkpointer(checkpoint, pause=3600)
    for _ in range(3):
        checkpointer.note_write()
    assert not called.is_set()
    checkpointer.ask()
    assert called.wait(60)
    checkpointer.stop()
    called.clear()
    checkpointer.ask()
    assert not called.is_set()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="No process forks here.")
def test_a_forked_child_ends_cleanly(project: Project) -> None:
    child = os.fork()
    if child == 0:
        project._stored._checkpointer.ask()
        project._stored._checkpointer.stop()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_changes_that_a_copy_of_the_file_alone_lacks_are_counted(project: Project, tmp_path: Path) -> None:
    project._stored._checkpointer.stop()
    project.annotate(1, 0, 5, "claim")
    folder = tmp_path / "copied"
    folder.mkdir()
    for name in ("case.anno", "case.anno-wal"):
        shutil.copy(tmp_path / name, folder / name)
    assert unseen_log_bytes(folder / "case.anno") > 0
    assert unseen_log_bytes(project.path) == 0
    (folder / "case.anno-wal").unlink()
    assert unseen_log_bytes(folder / "case.anno") == 0
    project._stored._writer.execute("PRAGMA wal_checkpoint(PASSIVE)")
    for name in ("case.anno", "case.anno-wal"):
        shutil.copy(tmp_path / name, folder / name)
    assert (folder / "case.anno-wal").stat().st_size > 0
    assert unseen_log_bytes(folder / "case.anno") == 0
