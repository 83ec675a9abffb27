"""Keeping a project safe: backups when they are due, and the check in words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from annotator.store import log
from annotator.store.backup import backup_beside, backups_of
from annotator.store.check import check
from annotator.store.project import Project

BACKUP_EVERY = timedelta(days=1)


def backup_is_due(project: Project) -> bool:
    """Whether the project changed since its last backup, or is a day old where it has none. Raises DamagedProject."""
    with project.reading() as connection:
        first, last = log.times(connection)
    now = datetime.now(UTC)
    backups = backups_of(project.path)
    since = datetime.fromtimestamp(backups[-1].stat().st_mtime, UTC) if backups else first
    return now - since >= BACKUP_EVERY and (not backups or last > since)


def back_up(project: Project, keep: int) -> Path:
    """Make a checked backup beside the project; the oldest beyond ``keep`` go. Raises ProjectError."""
    return backup_beside(project.path, keep)


def findings(project: Project) -> list[str]:
    """What is wrong with the project, a sentence each; empty where it is sound."""
    with project.reading() as connection:
        return [f"{finding.where}: {finding.what}" for finding in check(connection)]
