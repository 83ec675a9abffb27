"""The schema: the migrations make what the tables say, and the framework takes files from version to version."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from annotator.domain.errors import NewerProject
from annotator.domain.tables import TABLES
from annotator.services.projects import projects
from annotator.store import backup, database, opening, project
from annotator.store import check as check_module
from annotator.store.check import check
from annotator.store.migrations import schema_versions
from annotator.store.project import Project

BEFORE = schema_versions.VERSION

Schema = dict[str, tuple[frozenset[str], frozenset[tuple[object, ...]], frozenset[str], frozenset[tuple[object, ...]]]]


def schema(connection: sqlite3.Connection) -> Schema:
    """Columns, foreign keys, checks with uniques, and indexes of our tables, without the order they are written in."""
    found: Schema = {}
    for model in TABLES:
        table = str(model.__tablename__)
        columns = frozenset(
            f"{name} {kind.upper()} {notnull} {default} {primary}"
            for _, name, kind, notnull, default, primary in connection.execute(f'PRAGMA table_info("{table}")')
        )
        keys = frozenset(tuple(row[2:]) for row in connection.execute(f'PRAGMA foreign_key_list("{table}")'))
        (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        flat = " ".join(sql.replace('"', "").split())
        checks = frozenset(re.findall(r"CHECK \((?:[^()]|\([^()]*\))*\)", flat)) | {
            f"autoincrement {'AUTOINCREMENT' in flat}"
        }
        indexes = frozenset(
            (unique, tuple(row[2] for row in connection.execute(f'PRAGMA index_info("{name}")')))
            for _, name, unique, *_ in connection.execute(f'PRAGMA index_list("{table}")')
        )
        found[table] = (columns, keys, checks, indexes)
    return found


def test_the_migrations_make_what_the_tables_say() -> None:
    written = sqlite3.connect(":memory:", isolation_level=None)
    schema_versions.migrate(written, 0)
    engine = create_engine("sqlite://")
    tables = [model.__table__ for model in TABLES]  # type: ignore[attr-defined]  # SQLModel's metaclass makes it
    SQLModel.metadata.create_all(engine, tables=tables)
    with engine.connect() as connection:
        meant = connection.connection.driver_connection
        assert isinstance(meant, sqlite3.Connection)
        ours, theirs = schema(written), schema(meant)
        for table, expected in theirs.items():
            assert ours[table] == expected, table
    engine.dispose()
    written.close()


def test_every_table_that_is_made_has_a_model() -> None:
    held = {name for kind, name, _ in schema_versions.expected_schema(schema_versions.VERSION) if kind == "table"}
    ours = {str(model.__tablename__) for model in TABLES}
    assert {name for name in held - ours if not name.startswith(("search_", "sqlite_"))} == set()
    assert ours <= held


def test_the_expected_schema_is_that_of_a_new_project(tmp_path: Path) -> None:
    with projects.create(tmp_path / "case.anno") as made, made.raw_connection() as connection:
        assert schema_versions.schema_of(connection) == schema_versions.expected_schema(schema_versions.VERSION)
        assert schema_versions.foreign_objects(connection, schema_versions.VERSION) == []
        assert schema_versions.missing_objects(connection, schema_versions.VERSION) == []
        assert connection.execute("PRAGMA user_version").fetchone() == (schema_versions.VERSION,)
        assert connection.execute("PRAGMA application_id").fetchone() == (schema_versions.APPLICATION_ID,)


def added(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE document ADD COLUMN place VARCHAR NOT NULL DEFAULT ''")


@pytest.fixture
def with_next(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[Callable[[sqlite3.Connection], None]], None]]:
    """Make a version after the present one the present one, with the given migration."""

    def install(step: Callable[[sqlite3.Connection], None]) -> None:
        monkeypatch.setattr(schema_versions, "MIGRATIONS", (*schema_versions.MIGRATIONS, step))
        for module in (schema_versions, project, opening, database, check_module):
            monkeypatch.setattr(module, "VERSION", len(schema_versions.MIGRATIONS))
        forget()

    def forget() -> None:
        schema_versions.expected_schema.cache_clear()
        schema_versions.columns.cache_clear()

    yield install
    forget()


def test_a_file_of_an_older_version_is_migrated_after_a_backup(
    tmp_path: Path, with_next: Callable[[Callable[[sqlite3.Connection], None]], None]
) -> None:
    path = tmp_path / "case.anno"
    projects.create(path, title="Old").close()
    before = path.read_bytes()
    with_next(added)
    with Project.open(path) as migrated, migrated.raw_connection() as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (BEFORE + 1,)
        connection.execute("SELECT place FROM document")
        assert list(check(connection)) == []
    (kept,) = backup.backups_of(path)
    with sqlite3.connect(kept) as old:
        assert old.execute("PRAGMA user_version").fetchone() == (BEFORE,)
        assert old.execute("SELECT title FROM project").fetchone() == ("Old",)
    old.close()
    assert before[:16] == kept.read_bytes()[:16]


def test_a_migration_that_fails_leaves_the_old_version(
    tmp_path: Path, with_next: Callable[[Callable[[sqlite3.Connection], None]], None]
) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        added(connection)
        raise RuntimeError("half done")

    path = tmp_path / "case.anno"
    projects.create(path).close()
    with_next(broken)
    with pytest.raises(RuntimeError):
        Project.open(path)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (BEFORE,)
    assert "place" not in {row[1] for row in connection.execute("PRAGMA table_info(document)")}
    connection.close()
    assert not list(tmp_path.glob("*.lock"))


def test_without_a_verified_backup_there_is_no_migration(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    with_next: Callable[[Callable[[sqlite3.Connection], None]], None],
) -> None:
    path = tmp_path / "case.anno"
    projects.create(path).close()
    before = path.read_bytes()
    with_next(added)

    def refuse(path: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(opening, "backup_beside", refuse)
    with pytest.raises(OSError, match="No space"):
        Project.open(path)
    assert path.read_bytes() == before


def test_a_newer_file_opens_for_reading_only(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    projects.create(path, title="From the future").close()
    connection = sqlite3.connect(path)
    connection.execute("ALTER TABLE document ADD COLUMN mood VARCHAR")
    connection.execute("PRAGMA user_version = 99")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerProject, match="newer version"):
        Project.open(path)
    with Project.open(path, read_only=True) as opened:
        assert opened.read_only
    assert path.read_bytes() == before


def test_a_newer_file_that_lacks_what_we_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    projects.create(path).close()
    connection = sqlite3.connect(path)
    connection.execute("ALTER TABLE document RENAME COLUMN words TO length")
    connection.execute("PRAGMA user_version = 99")
    connection.commit()
    connection.close()
    with pytest.raises(NewerProject, match=r"document\.words"):
        Project.open(path, read_only=True)


def test_pragmas_are_in_force_on_every_connection(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    with projects.create(path) as opened:
        for connection in (opened._writer, opened._connections.connection):
            for pragma, value in {
                "trusted_schema": 0,
                "cell_size_check": 1,
                "foreign_keys": 1,
                "busy_timeout": 5000,
                "synchronous": 2,
                "journal_mode": "wal",
            }.items():
                assert connection.execute(f"PRAGMA {pragma}").fetchone() == (value,), pragma
        assert opened._writer.execute("PRAGMA query_only").fetchone() == (0,)
        assert opened._connections.connection.execute("PRAGMA query_only").fetchone() == (1,)
        assert (tmp_path / "case.anno-wal").exists()
        assert (tmp_path / "case.anno.holder").exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["case.anno"]
    with Project.open(path, read_only=True) as opened:
        for connection in (opened._writer, opened._connections.connection):
            assert connection.execute("PRAGMA query_only").fetchone() == (1,)
    assert [entry.name for entry in tmp_path.iterdir()] == ["case.anno"]
