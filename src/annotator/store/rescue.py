"""Saving everything that an open project holds as a new file, where its own file can no longer be written to."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from annotator.domain.changes import Change
from annotator.domain.errors import DamagedProject, ProjectError
from annotator.files.drafts import draft_of
from annotator.files.replacement import put_new
from annotator.store import log, rows
from annotator.store.database import check_free, first_fault, plain_errors
from annotator.store.queries import full_text_search


def rescue_name(path: Path) -> Path:
    """Return an unused name beside ``path`` for what is saved of it now."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    name = path.with_name(f"{path.stem}.rescued-{stamp}.anno")
    number = 1
    while name.exists():
        number += 1
        name = path.with_name(f"{path.stem}.rescued-{stamp}-{number}.anno")
    return name


def save_all(connection: sqlite3.Connection, out: Path, change: Change | None = None, annotator: str = "") -> Path:
    """Save everything that ``connection`` sees as the new project ``out``, and ``change`` as its last step.

    The file gets its name when it is complete and checked. Raise ProjectError where ``out`` exists or cannot be
    written, DamagedProject where what is saved would not be sound, DiskFull, or the error for which the change is
    refused.
    """
    out = out.absolute()
    check_free(out)
    try:
        with plain_errors(out), draft_of(out) as draft:
            with closing(sqlite3.connect(draft, isolation_level=None)) as target:
                connection.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
                target.execute("PRAGMA foreign_keys = ON")
                if change is not None and change.edits:
                    _add(target, change, annotator)
                if fault := first_fault(target):
                    raise DamagedProject(
                        f"What could be saved as {out.name} is not sound ({fault}): nothing was saved."
                    )
            put_new(out, draft)
    except OSError as error:
        raise ProjectError(f"{out} cannot be written ({error.strerror or error}): choose another place.") from error
    return out


def _add(target: sqlite3.Connection, change: Change, annotator: str) -> None:
    target.execute("BEGIN IMMEDIATE")
    try:
        logged = Change(change.title, tuple(rows.write(target, change.edits)), change.step)
        full_text_search.keep(target, change)
        log.append(target, log.tip(target), logged, annotator)
        target.execute("COMMIT")
    except BaseException:
        if target.in_transaction:
            target.execute("ROLLBACK")
        raise
