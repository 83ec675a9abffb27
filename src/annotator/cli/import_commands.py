"""Commands that import files and carry annotations over to new versions."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from annotator import settings
from annotator.cli.opened_project import opened
from annotator.cli.output import Exit, plain_failures, print_json, print_table, progress, say
from annotator.cli.parameters import DryRun, File, Json, OnlyDocuments
from annotator.domain.errors import ImportRefused
from annotator.domain.wording import counted, elided
from annotator.formats import table_columns
from annotator.formats.base import Table
from annotator.formats.reading.limits import Limits, using
from annotator.services.documents import versions
from annotator.services.documents.versions import CarryOver
from annotator.services.imports import import_questions, importing
from annotator.services.imports.report import ImportReport, Progress
from annotator.store.project import Project

_LINES_ON_TERMINAL = 1_000
"""Differences that are shown on a terminal: the table of all would take minutes to lay out."""

_ROWS_IN_PREVIEW = 3

TakeAnnotations = Annotated[
    bool, typer.Option("--carry-over", help="New versions of articles take over the annotations.")
]
LabelMap = Annotated[
    list[str] | None,
    typer.Option(metavar="OLD=NEW", help="Replace a label of the files by one of the project; OLD= leaves it out."),
]
AddLabels = Annotated[bool, typer.Option("--add-labels", help="Add the labels that are missing from the project.")]
Columns = Annotated[
    list[str] | None,
    typer.Option(metavar="FIELD=COLUMN", help="The column of a table that holds text, title, source ..."),
]
Update = Annotated[
    bool,
    typer.Option("--update", help="Take over what a colleague's JSON Lines hold newer or removed; one step of undo."),
]
Preview = Annotated[
    bool, typer.Option("--preview", help="Show columns, first rows and suggested fields of tables; import nothing.")
]


class _Request(NamedTuple):
    """What to read: the files, and how."""

    paths: list[Path]
    format: str
    recursive: bool
    columns: dict[str, str]
    """The column of each field of a table."""
    limits: Limits


def import_(
    file: File,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files and folders to import.")],
    format: Annotated[str, typer.Option(help="How to read them; see 'annotator formats'.")] = "auto",
    source: Annotated[str, typer.Option(help="The outlet of articles without one.")] = "",
    recursive: Annotated[bool, typer.Option(help="Also folders within folders.")] = False,
    dry_run: DryRun = False,
    carry_over: TakeAnnotations = False,
    map: LabelMap = None,
    add_labels: AddLabels = False,
    column: Columns = None,
    update: Update = False,
    preview: Preview = False,
    json: Json = False,
) -> None:
    """Import articles and annotated corpora.

    Bad files are listed and do not stop the import. '--preview' shows the columns of a table.

    JSON Lines of a colleague are compared with the project, row by row. Differences are listed, the project keeps its
    own values, and the exit code is 3; '--update' takes over what is newer there, and removes what was removed there.
    The side that changed the last common value is newer; where both did, the later change is.
    """
    label_map = _pairs(map or (), "--map", "OLD=NEW")
    columns = _columns(column or ())
    limits = importing.limits_set(settings.Settings(set_aside_damaged=False))
    request = _Request(paths, format, recursive, columns, limits)
    if preview:
        _preview(request, json)
        return
    with opened(file, write=not dry_run) as project, progress("Importing") as shown:
        report = importing.import_files(
            project,
            paths,
            format=format,
            source=source,
            recursive=recursive,
            dry_run=dry_run,
            label_map=label_map,
            add_labels=_missing_labels(project, request, label_map, shown) if add_labels else (),
            columns=columns,
            limits=limits,
            progress=shown,
            carry_over=carry_over,
            update=update,
        )
    if json:
        print_json(_as_json(report))
    else:
        _print_report(report, file, update)
    _exit_unless_complete(report, update)


def _columns(stated: Iterable[str]) -> dict[str, str]:
    """Return the column of each field. Raise typer.BadParameter for an unknown field or a missing column."""
    columns = _pairs(stated, "--column", "FIELD=COLUMN")
    if unknown := next((field for field in columns if field not in table_columns.FIELDS), ""):
        raise typer.BadParameter(f"“{unknown}” is not a field: use one of {', '.join(table_columns.FIELDS)}.")
    if empty := next((field for field, name in columns.items() if not name), ""):
        raise typer.BadParameter(f"The field “{empty}” has no column: write --column {empty}=COLUMN.")
    return columns


def _missing_labels(
    project: Project, request: _Request, label_map: dict[str, str], shown: Progress | None
) -> tuple[str, ...]:
    """Return the labels of the files that neither the project has nor ``label_map`` replaces."""
    found = import_questions.unknown_labels(
        project,
        request.paths,
        request.format,
        recursive=request.recursive,
        columns=request.columns,
        limits=request.limits,
        progress=shown,
    )
    known = {old.casefold() for old in label_map}
    return tuple(name for name in found if name.casefold() not in known)


def _print_report(report: ImportReport, file: Path, update: bool) -> None:
    """Print what was imported, carried over and refused, and what differs."""
    say(report.sentence())
    for note in report.notes:
        say(note)
    for done in report.carried:
        _say_carried(done)
    if report.versions and not report.carried and not report.dry_run:
        say(f"'annotator carry-over {file}' gives the new versions the annotations of the earlier ones.")
    if report.differences:
        _say_differences(report, update)
    if report.refused:
        rows = [(refused.path, refused.place, refused.reason) for refused in report.refused]
        print_table("Refused", ("file", "place", "reason"), rows, err=True)


def _exit_unless_complete(report: ImportReport, update: bool) -> None:
    """Raise typer.Exit where files were refused, or where the project and the files still differ."""
    if report.refused:
        nothing = not (report.documents or report.annotations or report.duplicates)
        raise typer.Exit(Exit.REFUSED if nothing else Exit.PARTLY)
    if report.comparison.not_taken or (report.comparison.differs and not update):
        raise typer.Exit(Exit.PARTLY)


def _say_differences(report: ImportReport, update: bool) -> None:
    """Print the differences, one line for each field, and what was done about them."""
    shown = report.differences[:_LINES_ON_TERMINAL] if sys.stdout.isatty() else report.differences
    columns = ("document", "span", "field", "ours", "theirs", "whose", "newer", "done")
    print_table("Differences", columns, ((one.title, *one.in_words()) for one in shown))
    if hidden := len(report.differences) - len(shown):
        say(f"{counted(hidden, 'more difference')} not shown: write the output into a file to have them all.")
    if not update:
        say("Ours was kept. 'annotator import --update' takes over what is newer in the file, as one step of undo.")
    elif report.comparison.differs:
        say("What is newer here was kept.")


def _pairs(stated: Iterable[str], option: str, shape: str) -> dict[str, str]:
    """Return pairs from ``LEFT=RIGHT``; a right side may be empty. Raise typer.BadParameter."""
    pairs: dict[str, str] = {}
    for one in stated:
        left, sign, right = (part.strip() for part in one.partition("="))
        if not sign or not left:
            raise typer.BadParameter(f"{one!r} is not a pair: write {option} {shape}.")
        if left in pairs:
            raise typer.BadParameter(f"{left!r} is given twice: give each only once.")
        pairs[left] = right
    return pairs


def _preview(request: _Request, json: bool) -> None:
    """Print the columns of the tables among the files, the suggested fields, and the first rows."""
    with plain_failures(), using(request.limits):
        found = list(import_questions.tables(request.paths, request.format, recursive=request.recursive))
        if not found:
            raise ImportRefused("None of the files is a table that can be read: import them without --preview.")
    if json:
        print_json([{"path": str(one.path), "format": one.format.id, **_table_as_json(one.table)} for one in found])
        return
    for one in found:
        say(f"{one.path} ({one.format.name})")
        _print_table_preview(one.path.name, one.table)


def _table_as_json(table: Table) -> dict[str, Any]:
    return {
        "columns": table.columns,
        "suggested": table.suggested,
        "is_clear": table.is_clear,
        "rows": table.rows,
    }


def _print_table_preview(name: str, table: Table) -> None:
    """Print a line for each column: its name, the suggested field, and its values in the first rows."""
    if not table.is_clear:
        say("No column name shows which one holds the text: choose it with --column text=COLUMN.")
    fields = {column: field for field, column in table.suggested.items()}
    shown = table.rows[:_ROWS_IN_PREVIEW]
    rows = [
        (column, fields.get(column, ""), *(elided(row[number], 40) for row in shown))
        for number, column in enumerate(table.columns)
    ]
    print_table(name, ("column", "field", *(f"row {number + 1}" for number in range(len(shown)))), rows)


def _as_json(report: ImportReport) -> dict[str, Any]:
    return {
        "documents": report.documents,
        "annotations": report.annotations,
        "duplicates": report.duplicates,
        "refused": [refused._asdict() for refused in report.refused],
        "skipped": {blank.value: count for blank, count in report.skipped.items()},
        "notes": report.notes,
        "dry_run": report.dry_run,
        "versions": report.versions,
        "carried": [_carried_as_json(done) for done in report.carried],
        "new": dict(report.rows),
        "differences": [one._asdict() for one in report.differences],
        "differing": _counts_of(report),
        "not_listed": report.comparison.not_listed,
        "missing": [one._asdict() for one in report.comparison.missing],
        "missing_by": dict(report.comparison.missing_by),
    }


def _counts_of(report: ImportReport) -> dict[str, dict[str, int]]:
    """Return how many rows of each table had which outcome."""
    counts: dict[str, dict[str, int]] = {}
    for (outcome, table), count in report.comparison.rows.items():
        counts.setdefault(outcome, {})[table] = count
    return counts


def carry_over(
    file: File,
    document: OnlyDocuments = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Give new versions of articles the annotations of the earlier ones.

    Those whose words are gone are listed; the earlier documents stay as they are.
    """
    with opened(file, write=not dry_run) as project:
        ids = document or [row.id for row in versions.pending(project)]
        done = [versions.plan(project, id) for id in ids] if dry_run else versions.carry_over(project, ids)
    if json:
        print_json([_carried_as_json(one) for one in done])
        return
    for one in done:
        _say_carried(one)
    if not done:
        say("There is no new version of a document that has annotations to take over.")


def _say_carried(done: CarryOver) -> None:
    say(done.sentence())
    if done.lost:
        rows = [(found.id, found.label, found.shown_quote) for found in done.lost]
        print_table("Lost: their words are not in the new version", ("annotation", "label", "quote"), rows)


def _carried_as_json(done: CarryOver) -> dict[str, Any]:
    return {
        "document": done.document.id,
        "earlier": done.earlier.id,
        "same": done.count("same"),
        "changed": [
            {"annotation": one.annotation.id, "quote": one.quote, "without": list(one.without)}
            for one in done.carried
            if one.outcome == "changed"
        ],
        "lost": [{"annotation": found.id, "label": found.label, "quote": found.quote} for found in done.lost],
    }
