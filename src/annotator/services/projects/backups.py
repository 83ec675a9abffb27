"""Backups of projects: making them when due, describing them, and restoring one into a new file."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from annotator.domain.errors import AnnotatorError, NotFound, ProjectError
from annotator.domain.wording import counted
from annotator.store.backup import Keep, Made, backup, backups_of, checked_backup_beside, made_at
from annotator.store.project import Project
from annotator.store.queries.log_queries import LaterChange
from annotator.store.repair import Report, repair

__all__ = [
    "Backup",
    "Comparison",
    "Keep",
    "Made",
    "back_up",
    "backup_is_due",
    "backups_beside",
    "compare",
    "files_beside",
    "findings",
    "newest",
    "read_backup",
    "repair_beside",
    "restore",
    "restored_name",
]

_SHOWN_CHANGES = 200

_COUNTED = {
    "document": "document",
    "annotation": "annotation",
    "relation": "relation",
    "label": "label",
    "source": "source",
    "assessment": "assessment",
    "claim": "claim",
    "hypothesis": "hypothesis",
    "bookmark": "bookmark",
}
"""The tables that a comparison counts, with the word for one row."""


class Backup(NamedTuple):
    """A file that can be restored. ``problem``: why it cannot be read; the counts are 0 then. Sizes in bytes."""

    path: Path
    made_at: datetime
    size: int
    documents: int = 0
    annotations: int = 0
    last_title: str = ""
    last_at: datetime | None = None
    problem: str = ""


class Comparison(NamedTuple):
    """What differs between a project as it is and a backup of it.

    ``counts``: of each kind of row, how many the backup and the project hold, where they differ. ``changes``: what was
    done after the backup, the newest first, as many as are shown; ``later``: how many there are in all.
    ``is_same_log``: whether the log of the project continues from the last entry of the backup.
    """

    counts: list[tuple[str, int, int]]
    changes: list[LaterChange]
    later: int
    is_same_log: bool

    def sentence(self) -> str:
        """Return in one sentence what restoring would undo."""
        if not self.is_same_log:
            return "This file has another history: it is a copy that was worked on, or it belongs to another project."
        if not self.later:
            return "The project has not changed since this backup."
        made, it = ("was", "it") if self.later == 1 else ("were", "them")
        return f"Since then {counted(self.later, 'change')} {made} made; the backup does not hold {it}."


# --- make -------------------------------------------------------------------------------------------------------------


def backup_is_due(project: Project) -> bool:
    """Return whether the project changed since its last backup and has no backup of today. Raise DamagedProject.

    A project that was created today needs none.
    """
    found = backups_of(project.path)
    if found and _is_of_today(made_at(found[-1])):
        return False
    first, last = project.read.log.times()
    return last > made_at(found[-1]) if found else not _is_of_today(first)


def _is_of_today(at: datetime) -> bool:
    return at.astimezone().date() == datetime.now(UTC).astimezone().date()


def back_up(path: Path, keep: Keep, is_cancelled: Callable[[], bool] = lambda: False) -> Made:
    """Make a backup beside the project at ``path`` and check it in full. Raise ProjectError, and Cancelled."""
    return checked_backup_beside(path, keep, is_cancelled)


def findings(project: Project) -> list[str]:
    """Return what is wrong with the project, a sentence each; empty where it is sound."""
    return [f"{finding.where}: {finding.what}" for finding in project.check()]


# --- look -------------------------------------------------------------------------------------------------------------


def files_beside(path: Path) -> list[Path]:
    """Return the automatic backups beside a project, the oldest first; none where its folder is gone."""
    return backups_of(path) if path.absolute().parent.is_dir() else []


def backups_beside(path: Path) -> list[Backup]:
    """Return the automatic backups beside a project with their contents, the newest first."""
    return [read_backup(file) for file in reversed(files_beside(path))]


def read_backup(file: Path) -> Backup:
    """Return the contents of a backup, or of any project file; where it cannot be read, ``problem`` says why."""
    try:
        status = file.stat()
    except OSError as error:
        problem = f"{file.name} cannot be read ({error.strerror or error})."
        return Backup(file, datetime.fromtimestamp(0, UTC), 0, problem=problem)
    try:
        made = made_at(file)
    except ValueError:
        made = datetime.fromtimestamp(status.st_mtime, UTC)
    try:
        with Project.open(file, read_only=True) as opened:
            documents = opened.read.documents.count()
            annotations = opened.read.project.count("annotation")
            title, at = opened.read.log.last_change()
    except AnnotatorError as error:
        return Backup(file, made, status.st_size, problem=str(error))
    return Backup(file, made, status.st_size, documents, annotations, title, at)


def compare(project: Path, file: Path) -> Comparison:
    """Return what differs between the project and a backup of it; both are only read. Raise ProjectError."""
    with Project.open(project, read_only=True) as now, Project.open(file, read_only=True) as then:
        counts = [
            (word, before, after)
            for table, word in _COUNTED.items()
            if (before := then.read.project.count(table)) != (after := now.read.project.count(table))
        ]
        end = then.read.log.tip()
        is_same_log = now.read.log.hash_of(end.number) == end.hash
        later = max(0, now.read.log.last_number() - end.number) if is_same_log else 0
        changes = now.read.log.changes_after(end.number, _SHOWN_CHANGES) if is_same_log else []
    return Comparison(counts, changes, later, is_same_log)


# --- go back ----------------------------------------------------------------------------------------------------------


def restore(file: Path, project: Path) -> Path:
    """Copy a backup to a new project beside ``project`` and return its path; no file is overwritten.

    Raise ProjectError, or DamagedProject where the copy is not sound.
    """
    return backup(file, restored_name(project))


def newest(project: Path) -> Path:
    """Return the newest automatic backup beside a project. Raise NotFound where there is none."""
    if not (found := backups_of(project)):
        raise NotFound(f"There is no backup beside {project}: name the file to go back to.")
    return found[-1]


def restored_name(project: Path, word: str = "restored") -> Path:
    """Return a free name beside a project for a file restored or repaired today: ``case.restored-2026-11-30.anno``."""
    stem = f"{project.stem}.{word}-{datetime.now().astimezone():%Y-%m-%d}"
    for number in range(1, 1_000):
        out = project.with_name(f"{stem}{'' if number == 1 else f'-{number}'}{project.suffix or '.anno'}")
        if not out.exists():
            return out
    raise ProjectError(f"There are too many files {stem}* already: remove some of them.")


def repair_beside(project: Path, report: Report = lambda _rows: None) -> tuple[Path, list[str]]:
    """Save what can be read of a damaged project in a new file beside it; return its path and what was lost.

    ``report`` is called with the number of rows written so far. Raise what it raises, ProjectError where the file
    cannot be written, NotAProject or DamagedProject where nothing can be saved; no file is made then.
    """
    out = restored_name(project, "repaired")
    return out, repair(project, out, report).notes
