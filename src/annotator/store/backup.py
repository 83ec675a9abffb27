"""Backups: copies made with SQLite's backup API and checked; older ones are removed only after the check."""

import re
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from annotator.domain.errors import Cancelled, DamagedProject, ProjectError
from annotator.files.drafts import draft_of
from annotator.files.replacement import put_new, recover
from annotator.store.database import check_free, check_header, connect, first_fault, plain_errors

_STAMP = "%Y%m%dT%H%M%S%f"
_FINDINGS = 20
"""Number of findings of a check that are kept; the first ones suffice to judge a backup."""

_RECENT = timedelta(days=1)
_RECENT_KEPT = 10


class Keep(NamedTuple):
    """How many automatic backups are kept: the newest of each of the last ``days``, ``weeks`` and ``months`` that have
    one.

    In addition, the last ten of the last 24 hours are kept.
    """

    days: int = 7
    weeks: int = 4
    months: int = 12


class Made(NamedTuple):
    """A new backup and the findings of its full check, one sentence each."""

    path: Path
    findings: list[str]


def backup(path: Path, out: Path) -> Path:
    """Copy the project at ``path``, open or not, to the new file ``out``, and check the copy.

    Raise ProjectError where ``out`` exists or cannot be written, DamagedProject where the copy is not sound.
    """
    path, out = path.absolute(), out.absolute()
    check_header(path)
    check_free(out)
    recover(out.parent)
    try:
        with plain_errors(out), draft_of(out) as draft:
            copy(path, draft, out)
            _refuse_damaged(path, draft)
            put_new(out, draft)
    except OSError as error:
        raise ProjectError(
            f"The copy {out} cannot be written ({error.strerror or error}): check its folder and the disk."
        ) from error
    return out


def copy(path: Path, out: Path, shown: Path | None = None) -> None:
    """Copy the project at ``path``, open or not, to ``out``, as it is. ``shown``: how errors name ``out``.

    Raise DiskFull, and any other error of SQLite unchanged.
    """
    with (
        plain_errors(shown or out),
        closing(connect(path, "ro")) as source,
        closing(sqlite3.connect(out, isolation_level=None)) as target,
    ):
        # In one step, so that a concurrent write cannot restart the copy; readers do not delay the writer.
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


def backup_beside(path: Path) -> Path:
    """Make a backup beside the project, named by the time, and keep all older ones. Raise as ``backup`` does."""
    return backup(path, _new_name(path))


def backup_before_step(path: Path) -> Path:
    """Make a backup beside the project before a step that changes or removes many rows. Raise as ``backup`` does.

    Only SQLite's integrity test checks it, so that the step does not wait. Of the older backups only those of this day
    may be removed, all but the first and the last of them, so that many such steps do not fill the disk.
    """
    made = backup_beside(path)
    today = _day(made)
    _remove([found for found in backups_of(path) if _day(found) == today][1:-_RECENT_KEPT])
    return made


def has_backup_since(path: Path, since: datetime) -> bool:
    """Return whether an automatic backup beside the project was made at or after ``since``, and not in the future."""
    found = backups_of(path)
    return bool(found) and since <= made_at(found[-1]) <= datetime.now(UTC)


def checked_backup_beside(path: Path, keep: Keep, is_cancelled: Callable[[], bool] = lambda: False) -> Made:
    """Make a backup beside the project and check it in full; remove older ones only where nothing is wrong.

    A copy with a damaged database is not kept. A copy with other findings is kept, because it holds what the project
    holds. Raise as ``backup`` does, and Cancelled where the check was cancelled; the copy is kept then.
    """
    # Opening a window needs no check, and start-up time is measured.
    from annotator.store.check import check

    made = backup_beside(path)
    with closing(connect(made, "ro")) as connection:
        # SQLite calls the handler after this number of its virtual machine instructions, which take some milliseconds.
        connection.set_progress_handler(is_cancelled, 100_000)
        findings = [f"{finding.where}: {finding.what}" for finding in islice(check(connection), _FINDINGS)]
    if is_cancelled():
        raise Cancelled(f"The check of {made.name} was left; older backups were kept.")
    if not findings:
        thin_out(path, keep)
    return Made(made, findings)


def thin_out(path: Path, keep: Keep) -> list[Path]:
    """Remove the automatic backups beside ``path`` that ``keep`` does not name, never the newest; return them."""
    found = {backup: made_at(backup) for backup in backups_of(path)}
    if not found:
        return []
    newest = list(found)[-1]
    kept = {newest}
    recent = [backup for backup, at in found.items() if found[newest] - at < _RECENT]
    kept.update(recent[-_RECENT_KEPT:])
    for count, form in ((keep.days, "%Y-%m-%d"), (keep.weeks, "%G-%V"), (keep.months, "%Y-%m")):
        # The days of the user's calendar; the newest of each stays in the dictionary.
        newest_of = {at.astimezone().strftime(form): backup for backup, at in found.items()}
        kept.update(list(newest_of.values())[max(0, len(newest_of) - count) :])
    return _remove(backup for backup in found if backup not in kept)


def _remove(surplus: Iterable[Path]) -> list[Path]:
    """Remove backups and return those that are gone. One that cannot be removed stays until the next time."""
    gone = []
    for backup in surplus:
        with suppress(OSError):
            backup.unlink(missing_ok=True)
            gone.append(backup)
    return gone


def backups_of(path: Path) -> list[Path]:
    """Return the automatic backups beside a project, the oldest first. Files of other names are never among them."""
    ours = re.compile(re.escape(path.stem) + r"\.backup-\d{8}T\d{9}Z\.anno")
    named = (found for found in path.absolute().parent.iterdir() if ours.fullmatch(found.name))
    return sorted(found for found in named if _has_time(found))


def made_at(backup: Path) -> datetime:
    """Return the time in the name of an automatic backup, which stays where its file is copied or moved."""
    return datetime.strptime(backup.name[-24:-6] + "000", _STAMP).replace(tzinfo=UTC)


def _day(backup: Path) -> str:
    """Return the day of a backup in the user's calendar."""
    return made_at(backup).astimezone().strftime("%Y-%m-%d")


def _has_time(found: Path) -> bool:
    try:
        made_at(found)
    except ValueError:
        return False
    return True


def _new_name(path: Path) -> Path:
    """Return a free name for a backup made now."""
    now = datetime.now(UTC)
    while True:
        out = path.with_name(f"{path.stem}.backup-{now.strftime(_STAMP)[:-3]}Z.anno")
        if not out.exists():
            return out
        now += timedelta(milliseconds=1)


def _refuse_damaged(path: Path, copied: Path) -> None:
    with closing(sqlite3.connect(copied)) as connection:
        if fault := first_fault(connection):
            raise DamagedProject(f"The copy of {path.name} is not sound ({fault}): no backup was made.")
