"""A file of version 1, as its migration made it: migrated after a backup, read as it is, checked and repaired."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import annotator
from annotator.store import backup, log, rows
from annotator.store.check import check
from annotator.store.migrations import migration_0001, schema_versions
from annotator.store.project import Project
from annotator.store.queries import full_text_search
from annotator.store.repair import repair

TEXT = "Der Minister sagte 😀 am Montag: „Wir prüfen das.“\n" * 3


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A project with documents, annotations and a history, as version 1 kept it."""
    present, path = tmp_path / "present.anno", tmp_path / "case.anno"
    with annotator.create(present, annotator="ada", title="Old") as project:
        document = project.add_document("Title", TEXT)
        first = project.annotate(document, 4, 12, "claim", source="Ministry", credibility=2)
        project.annotate(document, 13, 18, "speculation", note="a note")
        project.update(first, end=18)
        project.add_document("Other", "A second text.")
        project.undo()
    with closing(sqlite3.connect(present)) as held, closing(sqlite3.connect(path, isolation_level=None)) as made:
        made.execute(f"PRAGMA application_id = {schema_versions.APPLICATION_ID}")
        made.execute("BEGIN")
        migration_0001.migrate(made)
        made.execute("PRAGMA user_version = 1")
        for table in (*rows.ORDER[: rows.ORDER.index("relation") + 1], "change"):
            names = [row[1] for row in made.execute(f'PRAGMA table_info("{table}")')]
            quoted = ", ".join(f'"{name}"' for name in names)
            marks = ", ".join("?" * len(names))
            made.executemany(
                f'INSERT INTO "{table}" ({quoted}) VALUES ({marks})', held.execute(f'SELECT {quoted} FROM "{table}"')
            )
        full_text_search.rebuild(made)
        _forget_directions(made)
        made.execute("COMMIT")
    return path


def _forget_directions(connection: sqlite3.Connection) -> None:
    """Write the log as it was when documents had no direction."""
    previous = log.GENESIS
    for number, *sealed, edits in connection.execute(
        "SELECT number, at, annotator, title, kind, target, step, edits FROM change ORDER BY number"
    ).fetchall():
        found = json.loads(edits)
        for _, _, before, after in found:
            for values in (before, after):
                if values:
                    for column in ("direction", "facts", "version_of"):
                        values.pop(column, None)
        written = rows.encode(found)
        hash = log.seal(previous, number, *sealed, written)
        connection.execute(
            "UPDATE change SET edits = ?, previous_hash = ?, hash = ? WHERE number = ?",
            (written, previous, hash, number),
        )
        previous = hash


def test_it_is_of_version_1(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        assert schema_versions.schema_of(connection) - {
            ("table", "sqlite_sequence", "")
        } <= schema_versions.expected_schema(1)
        assert not connection.execute("SELECT 1 FROM change WHERE edits LIKE '%direction%'").fetchall()
        assert connection.execute("SELECT count(*) FROM annotation").fetchone() == (2,)


def test_it_is_migrated_after_a_verified_backup(old: Path) -> None:
    before = old.read_bytes()
    with Project.open(old) as migrated, migrated.raw_connection() as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (schema_versions.VERSION,)
        assert schema_versions.schema_of(connection) == schema_versions.expected_schema(schema_versions.VERSION)
        assert list(check(connection)) == []
        assert migrated.read.documents.one(1).direction == ""
        assert migrated.read.annotations.bookmarks() == []
    (kept,) = backup.backups_of(old)
    with closing(sqlite3.connect(kept)) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT text FROM document_text WHERE id = 1").fetchone() == (TEXT,)
    with closing(sqlite3.connect(":memory:")) as wanted:
        wanted.deserialize(before)
        with closing(sqlite3.connect(kept)) as copy:
            assert list(copy.iterdump()) == list(wanted.iterdump())


def test_its_history_goes_on(old: Path) -> None:
    with annotator.open(old, annotator="ada") as project:
        texts = [found.quote for found in project.annotations()]
        assert project.undo() is not None
        assert texts != [found.quote for found in project.annotations()]
        assert project.redo() is not None
        assert [found.quote for found in project.annotations()] == texts
        with project._stored.raw_connection() as connection:
            assert list(check(connection)) == []


def test_it_is_read_as_it_is_where_it_may_not_be_written(old: Path) -> None:
    before = old.read_bytes()
    with Project.open(old, read_only=True) as migrated, migrated.raw_connection() as connection:
        assert migrated.read.documents.one(1).direction == ""
        assert [row.title for row in migrated.read.documents.rows()] == ["Title"]
        assert migrated.read.annotations.bookmarks() == []
        assert list(check(connection)) == []
    assert old.read_bytes() == before
    assert not backup.backups_of(old)


def test_it_is_repaired_without_a_word_about_what_it_never_had(old: Path) -> None:
    saved = repair(old, old.with_name("new.anno"))
    assert saved.notes == []
    assert saved.saved["annotation"] == 2
    with Project.open(old.with_name("new.anno")) as migrated, migrated.raw_connection() as connection:
        assert list(check(connection)) == []
