"""Writing what was planned: one step of undo, and parts that a key press can wait for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import annotator
from annotator.domain.changes import Edit, new_uid, now
from annotator.services.imports.write import Writer


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        yield made


def source(project: annotator.Project, name: str) -> Edit:
    (id,) = project._stored.next_ids("source")
    return Edit("source", id, None, {"uid": new_uid(), "name": name, "kind": "person"})


def test_chunks_are_one_step_of_undo_and_annotators_stay(project: annotator.Project) -> None:
    writer = Writer(project._stored, 10)
    (id,) = project._stored.next_ids("annotator")
    bob = Edit("annotator", id, None, {"uid": new_uid(), "name": "bob", "created_at": now()})
    writer.write([bob], [])
    assert not writer.has_written
    writer.write([], [source(project, "First")])
    writer.write([], [source(project, "Second")])
    assert writer.has_written and [one.name for one in project.sources()] == ["First", "Second"]
    assert project.undo() == "Import" and project.sources() == []
    with annotator.open(project.path, read_only=True) as other, other._stored.raw_connection() as connection:
        assert connection.execute("SELECT count(*) FROM annotator WHERE name = 'bob'").fetchone() == (1,)


def test_differences_are_written_in_parts_of_the_same_step(project: annotator.Project) -> None:
    writer = Writer(project._stored, 2)
    number = project._stored.log_number
    writer.write_differences([source(project, str(number)) for number in range(5)])
    assert (project._stored.log_number - number, writer.has_written) == (3, True)
    project.undo()
    assert project.sources() == []


def test_nothing_is_written_where_nothing_was_planned(project: annotator.Project) -> None:
    writer = Writer(project._stored, 2)
    number = project._stored.log_number
    writer.write([], [])
    writer.write_differences([])
    assert (project._stored.log_number, writer.has_written) == (number, False)
