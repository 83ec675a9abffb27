"""A project file of any released version is opened after a backup, whole, and can be gone on with."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.store.migrations.version_files import VERSIONS, unpack

import annotator
from annotator.domain.errors import NewerProject
from annotator.main import run_command
from annotator.store.backup import backups_of
from annotator.store.check import check
from annotator.store.migrations.schema_versions import VERSION
from annotator.store.project import Project

TEXT = (
    "The ministry said on Monday that 12 people died 😀. Officials may raise taxes, two sources said.\n"
    "Die Behörde teilte mit, „wir prüfen das“. קשה לדעת.\n"
) * 2


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def assert_is_whole(project: annotator.Project, version: int) -> None:
    with project._stored.raw_connection() as connection:
        assert [str(finding) for finding in check(connection)] == []
    assert [row.title for row in project.documents()] == ["Title – one", "Two"]
    assert project.document(1).text == TEXT
    held = {found.note: found for found in project.annotations()}
    assert set(held) >= {"changed", "the last step"}
    first = held["changed"]
    assert (first.quote, first.credibility, first.reliability, first.source_id) == (TEXT[:46], 2, "B", 1)
    (speculation,) = (found for found in project.annotations() if found.label_id == 2)
    assert [list(pair) for pair in speculation.fragments] == [[51, 75], [80, 95]]
    assert (speculation.probability, speculation.confidence) == (40, "low")
    assert [(one.kind, one.note) for one in project.relations()] == [("contradicts", "a relation")]
    assert {source.name for source in project.sources()} >= {"Ministry of Truth", "Spokesman"}
    assert len(project.labels()) == (3 if version == 1 else 4)
    assert len(project.claims()) == (1 if version >= 4 else 0)
    assert len(project.suggestions()) == (1 if version >= 5 else 0)
    assert {hit.document_id for hit in project.search("ministry")} == {1, 2}


def test_there_is_a_file_of_every_earlier_version() -> None:
    assert set(range(1, VERSION)) <= set(VERSIONS)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_of_an_earlier_version_is_migrated_after_a_backup(version: int, tmp_path: Path) -> None:
    path = unpack(version, tmp_path / "case.anno")
    before = path.read_bytes()
    assert version_of(path) == version
    with annotator.open(path, read_only=True) as project:
        assert_is_whole(project, version)
    assert path.read_bytes() == before, "opening for reading only changes nothing"
    with annotator.open(path, annotator="ada") as project:
        assert_is_whole(project, version)
        made = project.annotate(2, 57, 70, "claim", credibility=1, credibility_reason="seen", note="after")
    assert version_of(path) == VERSION
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted(
        [path.name, *(backup.name for backup in backups_of(path))]
    )
    backups = backups_of(path)
    assert [version_of(backup) for backup in backups] == ([version] if version < VERSION else [])
    for backup in backups:
        with annotator.open(backup, read_only=True) as project:
            assert_is_whole(project, version)
    with annotator.open(path) as project:
        assert project.annotation(made.id).note == "after"
        assert_is_whole(project, version)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_history_of_an_earlier_version_can_be_undone_and_done_again(version: int, tmp_path: Path) -> None:
    with annotator.open(unpack(version, tmp_path / "case.anno"), annotator="ada") as project:
        undone = []
        while title := project.undo():
            undone.append(title)
        assert undone[0] == "Annotate as claim"
        assert project.documents() == []
        with project._stored.raw_connection() as connection:
            assert [str(finding) for finding in check(connection)] == []
        redone = []
        while title := project.redo():
            redone.append(title)
        assert redone == undone[::-1]
        with project._stored.raw_connection() as connection:
            assert [str(finding) for finding in check(connection)] == []
        assert len(project.annotations()) >= 4


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_of_an_earlier_version_is_checked_and_exported_by_commands(
    version: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = unpack(version, tmp_path / "case.anno")
    before = path.read_bytes()
    assert run_command(["check", str(path)]) == 0
    assert run_command(["export", str(path), str(tmp_path / "out.jsonl"), "--format", "jsonl"]) == 0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert any(TEXT[:46] in json.dumps(line, ensure_ascii=False) for line in lines)
    assert run_command(["repair", str(path), str(tmp_path / "new.anno")]) == 0
    assert path.read_bytes() == before
    assert "Traceback" not in "".join(capsys.readouterr())
    with annotator.open(tmp_path / "new.anno", read_only=True) as project:
        assert {found.note for found in project.annotations()} >= {"changed", "the last step"}


def test_a_file_of_a_newer_version_is_refused_and_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = unpack(VERSIONS[-1], tmp_path / "case.anno")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(NewerProject, match=r"newer version of Annotator.*reading only.*Update Annotator"):
            Project.open(path)
    if VERSIONS[-1] == VERSION:
        with Project.open(path, read_only=True) as project:
            assert project.read_only
    assert run_command(["import", str(path), str(path)]) != 0
    said = "".join(capsys.readouterr())
    assert "newer version" in said
    assert "Traceback" not in said
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["case.anno"]
