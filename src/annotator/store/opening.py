"""Making a project file, and opening one after its schema was checked."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from annotator.domain.changes import Change, Edit
from annotator.domain.errors import DamagedProject, NewerProject, NotAProject
from annotator.store import log, rows
from annotator.store.backup import backup_beside
from annotator.store.database import Connection, connect
from annotator.store.migrations.schema_versions import (
    APPLICATION_ID,
    VERSION,
    foreign_objects,
    migrate,
    missing_columns,
    missing_objects,
)


def make(path: Path, edits: Sequence[Edit]) -> None:
    """Write a whole project file with its first log entry, and leave it as one plain file."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection, 0)
        connection.execute("BEGIN IMMEDIATE")
        change = Change("Create the project", tuple(rows.write(connection, edits)), step="")
        log.append(connection, log.Tip(0, log.GENESIS), change, "")
        connection.execute("COMMIT")
    finally:
        connection.close()


def open_for_reading(path: Path, version: int) -> Connection:
    """Return a connection that cannot write. Raise NotAProject, DamagedProject or NewerProject.

    ``version``: of the file, from its header.
    """
    connection = connect(path, "ro")
    try:
        if version <= VERSION:
            _check_schema(path, connection)
        elif missing := missing_columns(connection):
            raise NewerProject(
                f"{path.name} was written by a newer version of Annotator and cannot be read by this one, which looks "
                f"for {', '.join(missing[:5])}: update Annotator."
            )
        return connection
    except BaseException:
        connection.close()
        raise


def open_for_writing(path: Path, version: int) -> Connection:
    """Return a connection that writes, after the file was migrated to the present version where it is older.

    ``version``: of the file, from its header. Raise NotAProject or DamagedProject.
    """
    # Check before opening a connection that may write: a refused file must not even get a write-ahead log.
    looking = connect(path, "ro")
    try:
        version = _check_schema(path, looking)
    finally:
        looking.close()
    if version < VERSION:
        backup_beside(path)
    connection = connect(path, "rw")
    try:
        migrate(connection, version)
        return connection
    except BaseException:
        connection.close()
        raise


def _check_schema(path: Path, connection: sqlite3.Connection) -> int:
    """Return the version of the file; raise NotAProject or DamagedProject where its schema is not the known one of that
    version.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if not 1 <= version <= VERSION:
        raise NotAProject(f"{path.name} is not an Annotator project that this version knows (version {version}).")
    if foreign := foreign_objects(connection, version):
        raise DamagedProject(
            f"{path.name} holds what no Annotator project holds ({', '.join(foreign[:5])}): it was left as it is. "
            "If you trust its origin, save its contents with 'annotator repair'."
        )
    if missing := missing_objects(connection, version):
        raise DamagedProject(
            f"The project {path.name} is damaged (it lacks {', '.join(missing[:5])}): it was left as it is. "
            "Open a backup beside it, or save what can be read with 'annotator repair'."
        )
    return version
