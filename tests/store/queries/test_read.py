"""Reading a project through its queries."""

import gc
import inspect
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import annotator
from annotator.domain.errors import DamagedProject, ProjectError
from annotator.services.projects import projects
from annotator.store.project import Project
from annotator.store.queries.base import Queries
from annotator.store.queries.read import Read

TEXT = "The minister said that the harbour is closed."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        document = project.add_document("Harbour", TEXT)
        project.annotate(document, 4, 12, "claim", source="Minister")
        project.annotate(document, 27, 34, "speculation")
    return tmp_path / "case.anno"


def subjects(read: Read) -> list[Queries]:
    return [value for name in dir(read) if isinstance(value := getattr(read, name), Queries)]


def queries_without_arguments(read: Read) -> Iterator[Callable[[], Any]]:
    for subject in subjects(read):
        for name, query in inspect.getmembers(subject, inspect.ismethod):
            parameters = inspect.signature(query).parameters.values()
            if not name.startswith("_") and all(one.default is not inspect.Parameter.empty for one in parameters):
                yield query


def run(query: Callable[[], Any]) -> None:
    result = query()
    if isinstance(result, Iterator):
        list(result)


def test_each_query_answers_and_is_refused_in_one_sentence_after_closing(path: Path) -> None:
    project = Project.open(path, read_only=True)
    queries = list(queries_without_arguments(project.read))
    assert len(queries) > 40
    for query in queries:
        run(query)
    project.close()
    for query in queries:
        with pytest.raises(ProjectError, match=r"case\.anno is closed"):
            run(query)


def test_a_snapshot_does_not_see_what_is_written_meanwhile(path: Path) -> None:
    with annotator.open(path, annotator="ada") as project, ThreadPoolExecutor(1) as other:
        stored = project._stored
        with stored.snapshot() as read:
            assert len(list(read.annotations.all())) == 2
            other.submit(project.annotate, 1, 0, 3, "claim").result()
            assert len(list(read.annotations.all())) == len(list(stored.read.annotations.all())) == 2
            assert other.submit(lambda: len(list(read.annotations.all()))).result() == 3
        assert len(list(stored.read.annotations.all())) == 3


def test_a_fault_of_the_file_that_shows_while_rows_are_read_is_one_sentence(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Iterator[tuple[()]]:
        yield ()
        raise sqlite3.DatabaseError("database disk image is malformed")

    with Project.open(path, read_only=True) as project:
        monkeypatch.setattr("annotator.store.queries.base.records", broken)
        texts = project.read.documents.texts()
        next(texts)
        with pytest.raises(DamagedProject, match=r"case\.anno"):
            next(texts)


def test_queries_do_not_keep_a_dropped_project_alive(path: Path) -> None:
    gc.disable()
    try:
        project = Project.open(path, read_only=True)
        project.read.documents.rows()
        ended = weakref.ref(project)
        del project
        assert ended() is None
    finally:
        gc.enable()


def test_each_thread_reads_on_its_own_connection(tmp_path: Path) -> None:
    with projects.create(tmp_path / "new.anno") as project, ThreadPoolExecutor(2) as threads:
        project.read.labels.all()
        for found in threads.map(lambda _: project.read.labels.all(), range(8)):
            assert [label.name for label in found] == [label.name for label in project.read.labels.all()]
        assert 2 <= len(project._connections.all) <= 3
