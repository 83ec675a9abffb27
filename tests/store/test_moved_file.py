"""The file of an open project is replaced, deleted, moved or renamed by others: nothing acknowledged is lost."""

import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

import annotator
from annotator.api import Project
from annotator.domain.errors import AnnotatorError, ProjectFileMoved
from annotator.services.annotations import annotating
from annotator.store import rescue
from annotator.store.project import Project as StoredProject

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows lets nobody move or replace a file that is open.")
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="No process forks here.")

TEXT = "The ministry said on Monday that 12 people died. " * 30


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed project with one text in a folder of its own, beside it a copy of it as it is now."""
    folder = tmp_path / "case"
    folder.mkdir()
    with annotator.create(folder / "case.anno", annotator="ada") as made:
        made.add_document("One", TEXT)
    shutil.copy(folder / "case.anno", tmp_path / "older.copy")
    return folder / "case.anno"


def older(path: Path) -> Path:
    return path.parent.parent / "older.copy"


def replace_by_an_older_copy(path: Path) -> None:
    shutil.copy(older(path), path.with_name("new"))
    path.with_name("new").replace(path)


def replace_by_another_database(path: Path) -> None:
    with closing(sqlite3.connect(path.with_name("new"))) as other:
        other.execute("CREATE TABLE other (x)")
    path.with_name("new").replace(path)


def replace_by_a_text(path: Path) -> None:
    path.unlink()
    path.write_text("Something else.", encoding="utf-8")


def move_into_a_folder(path: Path) -> None:
    path.parent.joinpath("sub").mkdir()
    path.rename(path.parent / "sub" / path.name)


def move_with_a_copy_left(path: Path) -> None:
    move_into_a_folder(path)
    shutil.copy(older(path), path)


def rename_the_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("renamed"))


def replace_the_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("renamed"))
    path.parent.mkdir()
    shutil.copy(older(path), path)


def replace_the_log(path: Path) -> None:
    Path(f"{path}-wal").unlink()
    Path(f"{path}-wal").write_bytes(b"")


def remove_the_side_files(path: Path) -> None:
    Path(f"{path}-wal").unlink()
    Path(f"{path}-shm").unlink()


def overwrite_by_another_database(path: Path) -> None:
    with closing(sqlite3.connect(path.with_name("new"))) as other:
        other.execute("CREATE TABLE other (x)")
    path.write_bytes(path.with_name("new").read_bytes())


ACTS: dict[str, Callable[[Path], object]] = {
    "replaced by an older copy": replace_by_an_older_copy,
    "replaced by another database": replace_by_another_database,
    "replaced by a text": replace_by_a_text,
    "deleted": lambda path: path.unlink(),
    "moved": move_into_a_folder,
    "moved, and a copy left": move_with_a_copy_left,
    "renamed": lambda path: path.rename(path.with_name("other.anno")),
    "renamed beside an older one": lambda path: (path.rename(path.with_name("o.anno")), shutil.copy(older(path), path)),
    "its folder renamed": rename_the_folder,
    "its folder replaced": replace_the_folder,
    "its folder deleted": lambda path: shutil.rmtree(path.parent),
    "its log removed": lambda path: Path(f"{path}-wal").unlink(),
    "its log replaced": replace_the_log,
    "its side files removed": remove_the_side_files,
    "overwritten by an older copy": lambda path: shutil.copy(older(path), path),
    "touched": os.utime,
}
LOSES = {
    "overwritten by another database": overwrite_by_another_database,
    "overwritten by a text": lambda path: path.write_text("Something else." * 9999, encoding="utf-8"),
    "cut off": lambda path: os.truncate(path, 0),
}
"""What takes the contents away, so that only a backup has them all."""
GOES_ON = {"renamed", "renamed beside an older one", "touched"}


def annotate(project: Project, first: int, count: int = 5) -> tuple[int, str]:
    """Annotate some words; how many were acknowledged, and the last refusal."""
    done, refusal = 0, ""
    for number in range(first, first + count):
        try:
            project.annotate(1, number, number + 5, "claim")
            done += 1
        except ProjectFileMoved as moved:
            refusal = str(moved)
    return done, refusal


def kept(folder: Path) -> int:
    """The most annotations that a project file below a folder holds; each that opens is sound."""
    most = 0
    for found in folder.rglob("*.anno"):
        with suppress(AnnotatorError), annotator.open(found) as project:
            with project._stored.raw_connection() as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            most = max(most, len(project.annotations()))
    return most


@pytest.mark.parametrize("way", ["a write", "a look", "closing"])
@pytest.mark.parametrize("act", ACTS)
def test_everything_acknowledged_is_kept(tmp_path: Path, path: Path, act: str, way: str) -> None:
    project = annotator.open(path)
    done, _ = annotate(project, 0)
    ACTS[act](path)
    refusal = ""
    if way == "a write":
        more, refusal = annotate(project, 50)
        done += more
        assert not refusal or not more
    elif way == "a look":
        try:
            project.verify_file()
        except ProjectFileMoved as moved:
            refusal = str(moved)
            assert project._stored.file_trouble == refusal
    try:
        project.close()
    except ProjectFileMoved as moved:
        refusal = str(moved)
    assert bool(refusal) == (act not in GOES_ON), refusal
    assert kept(tmp_path) == done
    if act in GOES_ON:
        assert not [found for found in path.parent.iterdir() if found.suffix != ".anno"]


@forks
@pytest.mark.parametrize("act", sorted(ACTS.keys() - {"its folder deleted"}))
def test_everything_acknowledged_is_kept_when_the_process_is_killed_after_it_noticed(
    tmp_path: Path, path: Path, act: str
) -> None:
    inner, outer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            project = annotator.open(path)
            done, _ = annotate(project, 0)
            ACTS[act](path)
            more, _ = annotate(project, 50)
            os.write(outer, str(done + more).encode())
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.close(outer)
    os.waitpid(child, 0)
    acknowledged = os.read(inner, 100)
    os.close(inner)
    assert kept(tmp_path) == int(acknowledged)


def test_a_rename_is_followed_and_told(path: Path) -> None:
    other = path.with_name("other.anno")
    told: list[Path] = []
    with annotator.open(path) as project:
        project._stored.on_moved(told.append)
        annotate(project, 0)
        path.rename(other)
        assert annotate(project, 50) == (5, "")
        assert project.path == other and told == [other]
        # Another process finds everything by the new name, and the project is locked there.
        with annotator.open(other, read_only=True) as reading:
            assert len(reading.annotations()) == 10
        with pytest.raises(AnnotatorError, match="in use"):
            annotator.open(other)
        other.rename(path)
        assert annotate(project, 100) == (5, "")
        assert project.path == path and not project._stored.file_trouble
    assert [found.name for found in path.parent.iterdir()] == ["case.anno"]
    assert kept(path.parent) == 15


def test_a_rename_while_another_program_uses_the_new_name_is_not_followed(path: Path) -> None:
    other = path.with_name("other.anno")
    project = annotator.open(path)
    annotate(project, 0)
    path.rename(other)
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('CREATE TABLE t (x)'); print(1, flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(other)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as foreign:
        assert foreign.stdout is not None and foreign.stdout.readline()
        assert "renamed to other.anno" in annotate(project, 50)[1]
        project.close()
        foreign.communicate(b"\n")
    assert kept(path.parent) == 5


def test_the_other_file_and_its_log_are_left_as_they_are(path: Path) -> None:
    with annotator.open(path) as project:
        annotate(project, 0)
        replace_by_an_older_copy(path)
        annotate(project, 50)
        assert not Path(f"{path}-wal").exists()
        path.with_name("case.anno-wal").write_bytes(b"of the other")
    assert path.read_bytes() == older(path).read_bytes()
    assert path.with_name("case.anno-wal").read_bytes() == b"of the other"


def test_the_refused_step_can_be_saved_with_everything_else(tmp_path: Path, path: Path) -> None:
    with annotator.open(path) as project:
        annotate(project, 0)
        stored: StoredProject = project._stored
        shutil.rmtree(path.parent)
        _, change = annotating.annotate(stored, 1, TEXT, [(50, 55)], 1)
        with pytest.raises(ProjectFileMoved, match="is gone or does not answer"):
            stored.apply(change)
        stored.save_rescue(tmp_path / "saved.anno", change)
        with annotator.open(tmp_path / "saved.anno") as saved:
            assert len(saved.annotations()) == 6
            saved.undo()
            assert len(saved.annotations()) == 5
        with pytest.raises(AnnotatorError, match="already"):
            stored.save_rescue(tmp_path / "saved.anno")
        with pytest.raises(ProjectFileMoved):
            project.close()


def test_what_was_settled_stays_so_when_the_folder_comes_back(path: Path) -> None:
    away = path.parent.with_name("away")
    with annotator.open(path) as project:
        path.parent.rename(away)
        stored = project._stored
        assert "moved to" in annotate(project, 0, 1)[1]
        away.rename(path.parent)
        # The file is whole there, and may have been written to by others meanwhile.
        assert "moved to" in stored.file_trouble and annotate(project, 0, 1)[0] == 0


def test_a_project_that_is_only_read_tells_it_and_reads_no_other_file(path: Path) -> None:
    with annotator.open(path) as project:
        annotate(project, 0)
    with annotator.open(path, read_only=True) as project:
        assert len(project.annotations()) == 5
        replace_by_an_older_copy(path)
        with pytest.raises(ProjectFileMoved, match="replaced by another file"):
            project.verify_file()
        assert "replaced" in project._stored.file_trouble
        assert len(project.annotations()) == 5
        del project._stored._connections._of_thread.reader
        with pytest.raises(ProjectFileMoved):
            project.annotations()


def test_where_nothing_can_be_saved_beside_it_the_sentence_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with annotator.open(path) as project:
        annotate(project, 0)
        path.unlink()
        with monkeypatch.context() as refusing:
            # Not by the rights of the folder, which root does not need.
            refusing.setattr(rescue, "put_new", refuse)
            assert "could not be saved beside it" in annotate(project, 50)[1]
        assert "is saved beside it" in annotate(project, 50)[1]


@pytest.mark.parametrize("act", LOSES)
def test_a_file_with_other_contents_is_left_as_it_is(path: Path, act: str) -> None:
    project = annotator.open(path)
    annotate(project, 0)
    LOSES[act](path)
    contents = path.read_bytes()
    with pytest.raises(ProjectFileMoved, match="was overwritten by another program"):
        project.verify_file()
    for _ in range(2):
        with pytest.raises(AnnotatorError):
            project.annotate(1, 50, 55, "claim")
    project.close()
    assert path.read_bytes() == contents
    assert not Path(f"{path}-wal").exists()


def test_an_older_copy_that_is_written_over_the_file_is_noticed(path: Path) -> None:
    with annotator.open(path) as project:
        annotate(project, 0)
        project._stored._writer.execute("PRAGMA wal_checkpoint(PASSIVE)")
        project._stored._file.note_written(is_whole=True)
        shutil.copy2(older(path), path)
        assert "was overwritten" in annotate(project, 50)[1]
    assert path.read_bytes() == older(path).read_bytes()
    assert kept(path.parent) == 5


def write_back(project: Project) -> None:
    project._stored._writer.execute("PRAGMA wal_checkpoint(PASSIVE)")
    project._stored._file.note_written(is_whole=True)


def copied(path: Path, name: str) -> Path:
    """A copy by another process: to open the file in this one would take SQLite's locks away."""
    subprocess.run(["cp", str(path), str(path.parent.parent / name)], check=True)
    return path.parent.parent / name


@pytest.mark.parametrize("is_written_back", [True, False], ids=["nothing else waits", "later work is in the log"])
def test_an_older_copy_of_the_same_size_and_header_is_noticed(path: Path, is_written_back: bool) -> None:
    with annotator.open(path) as project:
        annotate(project, 0, 1)
        write_back(project)
        before = copied(path, "before")
        project.update(1, note="new")
        write_back(project)
        after = copied(path, "after")
        assert before.read_bytes()[:100] == after.read_bytes()[:100] and before.stat().st_size == after.stat().st_size
        if not is_written_back:
            # What is in the log alone hides that the file is an older one.
            project.update(1, note="newer")
        project.verify_file()
        subprocess.run(["cp", str(before), str(path)], check=True)
        with pytest.raises(ProjectFileMoved, match="was overwritten"):
            project.update(1, note="last")
    assert path.read_bytes() == before.read_bytes()


def test_an_older_copy_that_comes_while_the_log_is_written_back_is_noticed(path: Path) -> None:
    with annotator.open(path) as project:
        annotate(project, 0, 1)
        write_back(project)
        before = copied(path, "before")
        project.update(1, note="new")
        write_back(project)
        with project._stored._file.being_written():
            subprocess.run(["cp", str(before), str(path)], check=True)
            project._stored._file.note_written(is_whole=True)
        with pytest.raises(ProjectFileMoved, match="was overwritten"):
            project.verify_file()


def test_a_project_that_is_only_read_goes_on_while_another_program_writes(path: Path) -> None:
    with annotator.open(path) as project, annotator.open(path, read_only=True) as reading:
        for number in range(3):
            annotate(project, 10 * number, 3)
            write_back(project)
            # More than the file itself has as yet.
            project.add_document(f"Document {number}", f"{number}{TEXT * 20}")
            reading.verify_file()
        assert len(reading.annotations()) == 9


def test_a_copy_that_was_worked_on_elsewhere_is_noticed(path: Path) -> None:
    with annotator.open(path) as project:
        annotate(project, 0, 1)
        write_back(project)
        before = copied(path, "before.anno")
        with annotator.open(before, annotator="bob") as other:
            other.annotate(1, 30, 35, "claim")
        annotate(project, 10, 1)
        subprocess.run(["cp", str(before), str(path)], check=True)
        assert "was overwritten" in annotate(project, 50)[1]


def test_a_log_that_is_written_back_in_part_because_of_a_reader_is_no_other_file(path: Path) -> None:
    with annotator.open(path) as project, ThreadPoolExecutor(1) as other:
        stored = project._stored
        for round in range(20):
            project.add_document(f"Document {round}", f"{round} {TEXT * (round % 7)}")
            with stored.snapshot() as read:
                read.project.count("annotation")
                assert other.submit(annotate, project, 15 * round).result() == (5, "")
                # The reader keeps its moment, so not all pages of it go into the file, which are then of two moments.
                assert not stored._write_back()
                assert other.submit(annotate, project, 15 * round + 5).result() == (5, "")
                os.utime(path)
                assert other.submit(annotate, project, 15 * round + 10).result() == (5, "")
        assert len(project.annotations()) == 300
