"""One writer, also where the file has two names, and waiting for it."""

import errno
import multiprocessing
import os
import threading
from pathlib import Path

import pytest
from tests.child_processes import Child, open_for_writing

import annotator
from annotator.domain.errors import AnnotatorError, ProjectInUse
from annotator.files import open_projects
from annotator.store.lock import ProjectLock

TEXT = "The ministry said on Monday that 12 people died. " * 30
COUNT = 12

posix = pytest.mark.skipif(os.name != "posix", reason="Links need rights on Windows.")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        made.add_document("One", TEXT)
    return tmp_path / "case.anno"


def opened_elsewhere(path: Path) -> str:
    """What another process that opens the file for writing is told."""
    with Child(open_for_writing, path) as other:
        return "".join(other.received())


@posix
@pytest.mark.parametrize("kind", ["hard link", "hard link in another folder", "symbolic link", "linked folder"])
def test_a_second_name_of_an_open_project_is_refused_with_the_holder(path: Path, tmp_path: Path, kind: str) -> None:
    (tmp_path / "other").mkdir()
    link = {
        "hard link": tmp_path / "link.anno",
        "hard link in another folder": tmp_path / "other" / "case.anno",
        "symbolic link": tmp_path / "other" / "link.anno",
        "linked folder": tmp_path / "folder" / "case.anno",
    }[kind]
    if kind == "linked folder":
        link.parent.symlink_to(tmp_path)
    elif kind == "symbolic link":
        link.symlink_to(path)
    else:
        link.hardlink_to(path)
    with annotator.open(path) as project:
        said = opened_elsewhere(link)
        assert f"process {os.getpid()}" in said and "ProjectInUse" in said
        with pytest.raises(ProjectInUse):
            annotator.open(link)
        project.annotate(1, 0, 5, "claim")
        # Who only reads it by the other name sees what was written.
        with annotator.open(link, read_only=True) as reading:
            assert len(reading.annotations()) == 1
    assert not opened_elsewhere(link)


@posix
def test_the_lock_goes_with_the_project_and_not_with_another_descriptor(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.anno"
    link.hardlink_to(path)
    with annotator.open(path):
        with annotator.open(path, read_only=True):
            pass
        assert "ProjectInUse" in opened_elsewhere(link)
        reading = annotator.open(path, read_only=True)
    # The second opening keeps the descriptors, but not the lock.
    assert not opened_elsewhere(link)
    reading.close()


def test_an_opening_waits_for_the_one_before(path: Path) -> None:
    holder = annotator.open(path)
    with pytest.raises(ProjectInUse):
        annotator.open(path, wait=0.05)
    closing = threading.Timer(0.2, holder.close)
    closing.start()
    with annotator.open(path, wait=60) as project:
        project.annotate(1, 0, 5, "claim")
    closing.join()


def test_a_lock_that_is_refused_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    path.write_bytes(b"x")
    first = ProjectLock(path)
    first.acquire()
    with pytest.raises(ProjectInUse):
        ProjectLock(path).acquire()
    first.release()
    assert [found.name for found in tmp_path.iterdir()] == ["case.anno"]


def test_a_file_that_cannot_be_opened_for_writing_is_not_called_in_use(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(open_projects, "open_descriptor", refuse)
    lock = ProjectLock(path)
    lock.acquire()
    lock.release()
    assert [found.name for found in path.parent.iterdir()] == ["case.anno"]


def annotate_once(path: str, number: int) -> None:
    with annotator.open(path, wait=100) as project:
        project.annotate(1, number, number + 5, "claim")


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="No process forks here.")
def test_many_processes_that_wait_all_write(path: Path) -> None:
    children = []
    for number in range(COUNT):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                annotate_once(str(path), number)
                code = 0
            except AnnotatorError as error:
                os.write(2, f"{error}".encode())
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * COUNT
    with annotator.open(path) as project:
        assert len(project.annotations()) == COUNT
