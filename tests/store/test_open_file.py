"""A project that is open stays locked, whatever else this process does with its file."""

import gc
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest

import annotator
from annotator.api import Project
from annotator.domain.errors import AnnotatorError, ImportRefused, NotAProject, ProjectError, ProjectInUse
from annotator.files import open_projects
from annotator.formats import registry
from annotator.services.exports import verifying
from annotator.services.imports import import_questions
from annotator.store import backup as backups
from annotator.store.check import check
from annotator.store.database import check_header, connect
from annotator.store.repair import repair

on_linux = pytest.mark.skipif(not Path("/proc/locks").exists(), reason="There is no /proc/locks here.")

TEXT = "The ministry said that 12 people died. It rained. Trade fell. Prices rose."


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An open project with a text and an annotation, in a folder of its own."""
    folder = tmp_path / "case"
    folder.mkdir()
    with annotator.create(folder / "case.anno", annotator="ada") as made:
        made.annotate(made.add_document("One", TEXT), 23, 37, "claim", source="Ministry")
        yield made


def locks(folder: Path) -> list[str]:
    """The files in a folder on which this process holds a POSIX lock, once for each lock."""
    names = {found.stat().st_ino: found.name for found in folder.iterdir()}
    held = []
    for line in Path("/proc/locks").read_text("utf-8").splitlines():
        words = line.split()
        if words[1] == "POSIX" and words[4] == str(os.getpid()):
            held.append(f"{names.get(int(words[5].split(':')[2]), '?')} {words[6]}")
    return sorted(held)


def said(project: Project, paths: str | Path | Sequence[str | Path]) -> str:
    """What an import refuses, in words."""
    with pytest.raises(ImportRefused) as refusal:
        project.import_files(paths)
    return str(refusal.value)


def export_every_format(project: Project) -> None:
    for format in registry.writable():
        out = project.path.parent / f"out-{format.id}{'' if format.is_folder else format.suffixes[0]}"
        with suppress(AnnotatorError):
            project.export(out, format=format.id)
            verifying.verify(project._stored, out, format.id)


def import_every_format(project: Project) -> None:
    for format in registry.readable():
        for suffix in ("", "-wal", "-shm"):
            with suppress(AnnotatorError):
                project.import_files(f"{project.path}{suffix}", format=format.id)


def import_its_folder(project: Project) -> None:
    (project.path.parent / "more.txt").write_text("More.\n\nTrade fell on Monday.", encoding="utf-8")
    (project.path.parent / "linked.txt").hardlink_to(project.path)
    project.import_files(project.path.parent)
    report = project.last_import
    assert report is not None and [Path(refused.path).name for refused in report.refused] == ["linked.txt"]
    (project.path.parent / "linked.txt").unlink()


def open_again(project: Project) -> None:
    for _ in range(2):
        with pytest.raises(ProjectInUse):
            annotator.open(project.path)
    with annotator.open(project.path, read_only=True) as again:
        assert len(again.annotations()) == 1


def create_over_it(project: Project) -> None:
    with pytest.raises(ProjectError):
        annotator.create(project.path)


def read_on_another_thread(project: Project) -> None:
    thread = threading.Thread(target=project.annotations)
    thread.start()
    thread.join()


def look_for_questions(project: Project) -> None:
    paths = [project.path, Path(f"{project.path}-wal"), project.path.parent]
    import_questions.may_ask(paths)
    list(import_questions.tables(paths))
    for format in registry.readable():
        list(import_questions.tables(paths, format.id))
        import_questions.unknown_labels(project._stored, paths, format.id)


def read_as_a_model(project: Project) -> None:
    folder = project.path.parent / "model"
    folder.mkdir()
    for name in ("model.json", "card.json", "roles.tsv"):
        (folder / name).symlink_to(project.path)
    with suppress(AnnotatorError):
        project.suggest(model=folder)
    shutil.rmtree(folder)


def touch_and_look(project: Project) -> None:
    os.utime(project.path)
    project.verify_file()


def run_check(project: Project) -> None:
    check_header(project.path)
    with closing(connect(project.path, "ro")) as connection:
        assert not list(check(connection))


ACTS = {
    "a backup": lambda project: backups.backup_beside(project.path),
    "a backup to a name": lambda project: backups.backup(project.path, project.path.with_name("copy.anno")),
    "check": run_check,
    "a look at it after it was touched": touch_and_look,
    "repair": lambda project: repair(project.path, project.path.with_name("repaired.anno")),
    "every export and its verification": export_every_format,
    "an import of it in every format": import_every_format,
    "an import of its folder": import_its_folder,
    "the questions of an import": look_for_questions,
    "opening it again": open_again,
    "creating over it": create_over_it,
    "a thread that reads": read_on_another_thread,
    "an evaluation against itself": lambda project: project.evaluate(project.path, samples=0),
    "a model made of it": read_as_a_model,
}


@on_linux
@pytest.mark.parametrize("act", ACTS)
def test_the_locks_on_an_open_project_stay(project: Project, act: str) -> None:
    before = locks(project.path.parent)
    assert {line.split()[0] for line in before} >= {"case.anno", "case.anno-shm"}
    ACTS[act](project)
    assert locks(project.path.parent) == before


@on_linux
def test_what_is_annotated_after_a_backup_and_a_foreign_reader_is_not_lost(project: Project) -> None:
    backups.backup_beside(project.path)
    reading = f"import sqlite3; c = sqlite3.connect({str(project.path)!r}); c.execute('SELECT count(*) FROM change')"
    subprocess.run([sys.executable, "-c", f"{reading}; c.close()"], check=True)
    project.annotate(1, 39, 48, "claim")
    # The log is still the one that every other process finds beside the file.
    counting = (
        f"{reading.replace('change', 'annotation')}; print(c.execute('SELECT count(*) FROM annotation').fetchone()[0])"
    )
    found = subprocess.run([sys.executable, "-c", counting], check=True, capture_output=True, text=True)
    assert found.stdout.split() == ["2"]


def test_an_import_of_the_open_project_is_refused_in_words(project: Project) -> None:
    assert "open in this program" in said(project, project.path)
    assert "open in this program" in said(project, [f"{project.path}-wal"])
    link = project.path.parent / "article.txt"
    link.symlink_to(project.path)
    assert "open in this program" in said(project, link)


def test_a_file_counts_as_open_under_each_of_its_names_until_the_last_connection_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    hard, soft = tmp_path / "hard.txt", tmp_path / "soft.txt"
    with annotator.create(path):
        hard.hardlink_to(path)
        soft.symlink_to(path)
        other = connect(path, "ro")
        other.execute("SELECT count(*) FROM change").fetchone()
        for name in (path, hard, soft, f"{path}-wal", f"{path}-shm", f"{path}-journal", path.parent / "." / path.name):
            assert open_projects.is_open(name), name
        (tmp_path / "log").hardlink_to(f"{path}-wal")
        assert open_projects.is_open(tmp_path / "log")
        (tmp_path / "linked").symlink_to(f"{path}-shm")
        assert open_projects.is_open(tmp_path / "linked")
        (tmp_path / "folder").symlink_to(tmp_path, target_is_directory=True)
        assert open_projects.is_open(tmp_path / "folder" / f"{path.name}-shm")
        (tmp_path / "article.txt").write_text("An article.", encoding="utf-8")
        assert not open_projects.is_open(tmp_path / "article.txt")
        assert not open_projects.is_open(tmp_path / "other.anno")
        assert not open_projects.is_open("no\0name")
    assert open_projects.is_open(path)
    other.close()
    assert not open_projects.is_open(path) and not open_projects.is_open(hard)


def test_the_header_of_an_open_project_is_read_without_opening_it(project: Project) -> None:
    assert check_header(project.path) >= 1
    with pytest.raises(NotAProject, match="belongs to a project that is open"):
        check_header(Path(f"{project.path}-wal"))


def test_a_connection_that_is_forgotten_gives_its_file_up(tmp_path: Path) -> None:
    annotator.create(tmp_path / "case.anno").close()
    connection = connect(tmp_path / "case.anno", "ro")
    assert open_projects.is_open(tmp_path / "case.anno")
    del connection
    gc.collect()
    assert not open_projects.is_open(tmp_path / "case.anno")


def test_a_descriptor_of_a_file_that_became_an_open_project_is_closed_with_it(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    annotator.create(path).close()
    descriptor = os.open(path, os.O_RDONLY)
    with closing(connect(path, "ro")):
        open_projects.close(descriptor)
        os.fstat(descriptor)
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(descriptor)


def test_a_second_name_of_an_open_project_is_read_by_its_first(project: Project) -> None:
    link = project.path.parent / "linked.anno"
    link.hardlink_to(project.path)
    with closing(connect(link, "ro")) as connection:
        assert connection.execute("SELECT count(*) FROM annotation").fetchone() == (1,)
    assert not link.with_name("linked.anno-wal").exists()


@on_linux
def test_many_threads_that_look_and_open_never_drop_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    annotator.create(path).close()
    lost: list[str] = []

    def open_and_close() -> None:
        for _ in range(30):
            with closing(connect(path, "ro")) as connection:
                connection.execute("BEGIN")
                connection.execute("SELECT count(*) FROM change").fetchone()
                check_header(path)
                if not any(line.startswith("case.anno ") for line in locks(tmp_path)):
                    lost.append("the shared lock")

    threads = [threading.Thread(target=open_and_close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not lost


@pytest.mark.skipif(not hasattr(os, "fork"), reason="No process forks here.")
def test_a_forked_child_starts_without_open_projects(project: Project) -> None:
    child = os.fork()
    if child == 0:
        os._exit(1 if open_projects.is_open(project.path) else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert open_projects.is_open(project.path)
    with pytest.raises(sqlite3.Error):
        connect(project.path, "ro").execute("DELETE FROM change")
