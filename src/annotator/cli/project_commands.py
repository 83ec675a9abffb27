"""Commands on a whole project file: make, count, check, back up, restore and repair it."""

import math
from pathlib import Path
from typing import Annotated

import typer

from annotator import settings
from annotator.cli.opened_project import opened, seal_of
from annotator.cli.output import Exit, plain_failures, print_json, print_table, say, say_seal, seal_as_json
from annotator.cli.parameters import File, Json
from annotator.domain.errors import InvalidValue, ProjectError
from annotator.domain.seal import read_seal
from annotator.domain.wording import counted
from annotator.services.projects import backups as project_backups
from annotator.services.projects import project_counts, projects
from annotator.store.backup import Keep
from annotator.store.backup import backup as make_backup
from annotator.store.database import unseen_log_bytes
from annotator.store.repair import repair as repair_file


def new(
    file: File,
    title: Annotated[str, typer.Option(help="The title of the project; the file's name by default.")] = "",
    annotator: Annotated[str, typer.Option(help="Your name as annotator.")] = "",
) -> None:
    """Make a new project file."""
    with plain_failures():
        projects.create(file, title=title, annotator=annotator).close()
    say(f"Made {file}.")


def stats(file: File, json: Json = False) -> None:
    """Count documents, annotations and grades, and print the seal."""
    with opened(file) as project:
        counts = project_counts.stats(project)
        seal = seal_of(project)
    if json:
        print_json({**counts, "seal": seal and seal_as_json(seal)})
        return
    rows = [(group, name, count) for group, found in counts.items() for name, count in found.items()]
    if seal is not None:
        rows += [("seal", name, value) for name, value in seal_as_json(seal).items()]
    print_table("Project", ("of", "what", "count"), rows)


def check(
    file: File,
    expect: Annotated[
        str, typer.Option("--expect", metavar="NUMBER:HASH", help="Verify that the file continues from this seal.")
    ] = "",
    full: Annotated[bool, typer.Option("--full", help="Compare every word of the search index; takes longer.")] = False,
    json: Json = False,
) -> None:
    """Check the file, its spans and its log.

    Compares every span with its quote, follows the sealed chain of the log, and compares every row with it. Prints the
    seal: number and hash of the last entry. Recorded elsewhere, it shows later whether the file continues from there.
    """
    try:
        noted = read_seal(expect) if expect else None
    except InvalidValue as error:
        raise typer.BadParameter(str(error)) from None
    unseen = unseen_log_bytes(file.resolve())
    if unseen:
        say(
            f"Beside {file.name} lies a write-ahead log with {math.ceil(unseen / 1024):,} kB of changes "
            "that the file itself lacks: they are checked too, and a copy of the file alone would be without them."
        )
    with opened(file) as project, project.snapshot():
        findings = project.check(full=full)
        seal = seal_of(project)
        refused = project.why_not_continued(noted) if noted is not None else ""
    if json:
        continues = None if noted is None else not refused
        result = {"sound": not findings, "findings": [finding._asdict() for finding in findings]}
        print_json({**result, "seal": seal and seal_as_json(seal), "continues": continues})
    elif findings:
        print_table("Findings", ("kind", "where", "what"), findings)
    if findings:
        say(
            f"{counted(len(findings), 'finding')} in {file}: 'annotator repair' saves what can be read into a new file."
        )
    if refused:
        say(refused)
    if findings or refused:
        raise typer.Exit(Exit.REFUSED)
    continued = f" and continues from entry {noted.number}" if noted is not None else ""
    ends = f" The log ends with entry {seal.number}, hash {seal.hash} ({seal.words})." if seal is not None else ""
    say(f"{file} is sound{continued}: the file, all offsets and the log.{ends}")


def backup(
    file: File,
    out: Annotated[Path | None, typer.Argument(metavar="OUT", help="The copy; beside the project by default.")] = None,
    json: Json = False,
) -> None:
    """Make a checked copy, even of an open file, and print its seal."""
    with plain_failures():
        findings: list[str] = []
        if out is not None:
            made = make_backup(file, out)
        else:
            chosen = settings.Settings(set_aside_damaged=False)
            kept = (settings.BACKUP_DAYS, settings.BACKUP_WEEKS, settings.BACKUP_MONTHS)
            made, findings = project_backups.back_up(file, Keep(*(chosen.get(each) for each in kept)))
    seal, unreadable = None, []
    try:
        with projects.open_project(made, read_only=True) as copy:
            seal = seal_of(copy)
    except ProjectError as error:
        unreadable = [f"The copy was made, but it cannot be read back. {error}"]
    if json:
        print_json({"path": str(made), "seal": seal and seal_as_json(seal), "findings": findings + unreadable})
    else:
        say(f"Made {made}.")
        if seal is not None:
            say_seal(seal)
    for finding in findings + unreadable:
        say(finding)
    if findings:
        say("The check of the copy found this, so all older backups were kept.")
    if findings or unreadable:
        raise typer.Exit(Exit.PARTLY)


def restore(
    file: File,
    backup: Annotated[Path | None, typer.Argument(metavar="BACKUP", help="The backup; the newest by default.")] = None,
    out: Annotated[
        Path | None, typer.Argument(metavar="OUT", help="The new project; beside the old by default.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Only list the backups beside the project.")] = False,
) -> None:
    """Go back to a backup, in a new file; nothing is overwritten."""
    with plain_failures():
        if list_:
            found = project_backups.backups_beside(file)
            for each in found:
                say(_backup_in_words(each))
            if not found:
                say(f"There is no backup beside {file}.")
            return
        chosen = backup if backup is not None else project_backups.newest(file)
        made = make_backup(chosen, out) if out is not None else project_backups.restore(chosen, file)
    say(f"Restored {chosen} as {made}.")


def _backup_in_words(found: project_backups.Backup) -> str:
    if found.problem:
        return f"{found.path}: {found.problem}"
    held = f"{counted(found.documents, 'document')}, {counted(found.annotations, 'annotation')}"
    last = f"; last change {found.last_at.astimezone():%Y-%m-%d %H:%M}: {found.last_title}" if found.last_at else ""
    return f"{found.path}: {found.made_at.astimezone():%Y-%m-%d %H:%M}, {found.size:,} bytes, {held}{last}"


def repair(file: File, out: Annotated[Path, typer.Argument(metavar="OUT", help="The new project file.")]) -> None:
    """Save what can be read of a damaged project.

    It goes into a new file; the old one stays as it is.
    """
    with plain_failures():
        repaired = repair_file(file, out)
    for note in repaired.notes:
        say(note)
    saved = ", ".join(f"{count} {table.replace('_', ' ')}" for table, count in repaired.saved.items())
    say(f"Saved {saved} to {out}.")
    if repaired.notes:
        raise typer.Exit(Exit.PARTLY)
