"""Backups: made with SQLite's own backup, opened and checked, and only then may an older one go."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from annotator.domain.errors import DamagedProject, ProjectError
from annotator.files.drafts import draft_of
from annotator.files.replacement import put_new, recover
from annotator.store.database import check_free, check_header, connect, plain_errors

KEEP = 5
"""How many automatic backups stay beside a project."""


def backup(path: Path, out: Path) -> Path:
    """Copy the project at ``path``, open or not, to the new file ``out``, and check the copy.

    Raises ProjectError where ``out`` exists or cannot be written, DamagedProject where the copy is not sound.
    """
    path, out = path.absolute(), out.absolute()
    check_header(path)
    check_free(out)
    recover(out.parent)
    try:
        with plain_errors(out), draft_of(out) as draft:
            copy(path, draft, out)
            if faults := _faults(draft):
                raise DamagedProject(f"The copy of {path.name} is not sound ({faults[0]}): no backup was made.")
            put_new(out, draft)
    except OSError as error:
        raise ProjectError(
            f"The backup {out} cannot be written ({error.strerror or error}): check the disk."
        ) from error
    return out


def copy(path: Path, out: Path, shown: Path | None = None) -> None:
    """Copy the project at ``path``, open or not, to ``out``, as it is. ``shown``: how errors name ``out``.

    Raises DiskFull, and what SQLite meets.
    """
    with (
        plain_errors(shown or out),
        closing(connect(path, "ro")) as source,
        closing(sqlite3.connect(out, isolation_level=None)) as target,
    ):
        # In one step, which no write at the same time can make begin anew; readers do not hold up the writer.
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


def _faults(copied: Path) -> list[str]:
    with closing(sqlite3.connect(copied)) as connection:
        try:
            return [row[0] for row in connection.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
        except sqlite3.DatabaseError as error:
            return [str(error)]


def backup_beside(path: Path, keep: int = KEEP) -> Path:
    """Make a backup beside the project, named by the time, then let the oldest beyond ``keep`` go."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")[:-3]
    made = backup(path, path.with_name(f"{path.stem}.backup-{stamp}Z.anno"))
    for old in backups_of(path)[:-keep]:
        old.unlink(missing_ok=True)
    return made


def backups_of(path: Path) -> list[Path]:
    """The automatic backups beside a project, oldest first."""
    ours = re.compile(re.escape(path.stem) + r"\.backup-\d{8}T\d{9}Z\.anno")
    return sorted(found for found in path.absolute().parent.iterdir() if ours.fullmatch(found.name))
