"""Commands for projects, imports, exports, search and labels, each of which calls a service."""

import math
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from annotator import settings
from annotator.cli import claim_commands, evaluation_commands, report_commands, training_commands
from annotator.cli import suggestion_commands as suggesting_commands
from annotator.cli.output import (
    Exit,
    plain_failures,
    print_json,
    print_table,
    progress,
    say,
    say_seal,
    seal_as_json,
)
from annotator.domain.errors import DamagedProject, ImportRefused, InvalidValue, NotFound, ProjectError
from annotator.domain.labels import confusions
from annotator.domain.seal import Seal, read_seal
from annotator.domain.wording import counted, elided
from annotator.formats import registry, table_columns
from annotator.formats.facets import in_short
from annotator.formats.reading.limits import using
from annotator.nlp.text.text_search import Query
from annotator.services.annotations import labels
from annotator.services.annotations.annotating import find_label
from annotator.services.documents import versions
from annotator.services.documents.versions import CarryOver
from annotator.services.exports import exporting, verifying
from annotator.services.exports.dataset_card import NO_LICENSE
from annotator.services.exports.selection import Selection
from annotator.services.imports import import_questions, importing
from annotator.services.imports.report import ImportReport
from annotator.services.projects import backups as project_backups
from annotator.services.projects import project_counts, projects
from annotator.services.sample_project import FILE_NAME, make_sample
from annotator.services.search import occurrences, searching
from annotator.services.sources import sources
from annotator.services.suggestions import suggesting
from annotator.store.backup import Keep
from annotator.store.backup import backup as make_backup
from annotator.store.database import unseen_log_bytes
from annotator.store.project import Project
from annotator.store.reading import describe_unreadable
from annotator.store.repair import repair as repair_file

_LINES_ON_TERMINAL = 1_000
"""Differences that are shown on a terminal: the table of all would take minutes to lay out."""

_THEMES = settings.THEME.choices[1:]


class Window(NamedTuple):
    """The functions of the window that commands need, given by ``main``, because no command imports Qt."""

    has_display: Callable[[], bool]
    show: Callable[[Path | None], int]
    """Open the window on a project; return the exit code when it is closed."""
    draw: Callable[..., None]
    """``draw(project, out, document_id=, view=, size=, theme=)`` saves a picture."""
    write_pdf: Callable[..., tuple[Any, int]]
    """``write_pdf(project, document_id, out, labels=, paper=, progress=)`` returns what was printed and its pages."""
    write_report: Callable[..., None]
    """``write_report(project, report, out, paper=)`` writes a report as a PDF."""


File = Annotated[Path, typer.Argument(metavar="FILE.anno", help="The project file.", show_default=False)]
Word = Annotated[bool, typer.Option("--word", help="Whole words only.")]
Case = Annotated[bool, typer.Option("--case", help="Capital and small letters differ.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def build(window: Window) -> typer.Typer:
    """Return the command line with all its commands."""
    app = typer.Typer(
        name="annotator",
        help="Label claims, speculation and official statements in articles, and grade who said them. "
        "Without a command ('annotator' or 'annotator FILE.anno') the window opens.",
        epilog="'annotator COMMAND --help' describes a command, 'annotator --version' the version.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_common_options)
    vocabulary = (labels_, rename_label, recolor_label, merge_labels)
    commands: list[Callable[..., None]] = [
        new,
        import_,
        carry_over,
        export,
        formats,
        search,
        annotate_all,
        *vocabulary,
        *suggesting_commands.commands(_opened),
        training_commands.command(_opened),
        evaluation_commands.command(_opened),
        *claim_commands.commands(_opened),
        stats,
        check,
        backup,
        restore,
        repair,
    ]
    for command in commands:
        app.command(name=command.__name__.rstrip("_").replace("_", "-"))(command)
    app.command(name="demo")(_demo(window))
    app.command(name="screenshot")(_screenshot(window))
    app.command(name="print")(_print(window))
    app.command(name="report")(report_commands.command(_opened, window.write_report))
    return app


_wait: ContextVar[float] = ContextVar("wait", default=0.0)
"""Seconds to wait for a project that is in use by another window or command."""


def _common_options(
    wait: Annotated[
        float,
        typer.Option(min=0.0, metavar="SECONDS", help="Seconds to wait for a project that is in use elsewhere."),
    ] = 0.0,
) -> None:
    _wait.set(wait)


@contextmanager
def _opened(file: Path, *, write: bool = False, annotator: str = "") -> Iterator[Project]:
    """Provide the project and close it at the end. Reading is allowed while another window holds it."""
    with (
        plain_failures(),
        projects.open_project(file, annotator=annotator, read_only=not write, wait=_wait.get()) as project,
    ):
        yield project
        # What was printed may come from another file than the one that has the name now.
        project.verify_file()


def new(
    file: File,
    title: Annotated[str, typer.Option(help="The title of the project; the file's name by default.")] = "",
    annotator: Annotated[str, typer.Option(help="Your name as annotator.")] = "",
) -> None:
    """Make a new project file."""
    with plain_failures():
        projects.create(file, title=title, annotator=annotator).close()
    say(f"Made {file}.")


def import_(
    file: File,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files and folders to import.")],
    format: Annotated[str, typer.Option(help="How to read them; see 'annotator formats'.")] = "auto",
    source: Annotated[str, typer.Option(help="The outlet of articles without one.")] = "",
    recursive: Annotated[bool, typer.Option(help="Also folders within folders.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen without changing anything.")
    ] = False,
    carry_over: Annotated[
        bool, typer.Option("--carry-over", help="New versions of articles take over the annotations.")
    ] = False,
    map: Annotated[
        list[str] | None,
        typer.Option(metavar="OLD=NEW", help="Replace a label of the files by one of the project; OLD= leaves it out."),
    ] = None,
    add_labels: Annotated[
        bool, typer.Option("--add-labels", help="Add the labels that are missing from the project.")
    ] = False,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=COLUMN", help="The column of a table that holds text, title, source ..."),
    ] = None,
    update: Annotated[
        bool,
        typer.Option(
            "--update", help="Take over what a colleague's JSON Lines hold newer or removed; one step of undo."
        ),
    ] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show columns, first rows and suggested fields of tables; import nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Import articles and annotated corpora.

    Bad files are listed and do not stop the import. '--preview' shows the columns of a table.

    JSON Lines of a colleague are compared with the project, row by row. Differences are listed, the project keeps its
    own values, and the exit code is 3; '--update' takes over what is newer there, and removes what was removed there.
    The side that changed the last common value is newer; where both did, the later change is.
    """
    label_map = _pairs(map or (), "--map", "OLD=NEW")
    columns = _pairs(column or (), "--column", "FIELD=COLUMN")
    if unknown := next((field for field in columns if field not in table_columns.FIELDS), ""):
        raise typer.BadParameter(f"“{unknown}” is not a field: use one of {', '.join(table_columns.FIELDS)}.")
    if empty := next((field for field, name in columns.items() if not name), ""):
        raise typer.BadParameter(f"The field “{empty}” has no column: write --column {empty}=COLUMN.")
    limits = importing.limits_set(settings.Settings(set_aside_damaged=False))
    if preview:
        with plain_failures(), using(limits):
            _preview(paths, format, recursive, json)
        return
    with _opened(file, write=not dry_run) as project, progress("Importing") as shown:
        new: tuple[str, ...] = ()
        if add_labels:
            found = import_questions.unknown_labels(
                project, paths, format, recursive=recursive, columns=columns, limits=limits, progress=shown
            )
            known = {old.casefold() for old in label_map}
            new = tuple(name for name in found if name.casefold() not in known)
        report = importing.import_files(
            project,
            paths,
            format=format,
            source=source,
            recursive=recursive,
            dry_run=dry_run,
            label_map=label_map,
            add_labels=new,
            columns=columns,
            limits=limits,
            progress=shown,
            carry_over=carry_over,
            update=update,
        )
    if json:
        print_json(_as_json(report))
    else:
        say(report.sentence())
        for note in report.notes:
            say(note)
        for done in report.carried:
            _say_carried(done)
        if report.versions and not report.carried and not dry_run:
            say(f"'annotator carry-over {file}' gives the new versions the annotations of the earlier ones.")
    if report.differences and not json:
        _say_differences(report, update)
    if report.refused:
        if not json:
            rows = [(refused.path, refused.place, refused.reason) for refused in report.refused]
            print_table("Refused", ("file", "place", "reason"), rows, err=True)
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


def _preview(paths: list[Path], format: str, recursive: bool, json: bool) -> None:
    """Print the columns of the tables among the files, the suggested fields, and the first rows."""
    found = list(import_questions.tables(paths, format, recursive=recursive))
    if not found:
        raise ImportRefused("None of the files is a table that can be read: import them without --preview.")
    if json:
        print_json(
            [
                {
                    "path": str(one.path),
                    "format": one.format.id,
                    "columns": one.table.columns,
                    "suggested": one.table.suggested,
                    "is_clear": one.table.is_clear,
                    "rows": one.table.rows,
                }
                for one in found
            ]
        )
        return
    for one in found:
        fields = {column: field for field, column in one.table.suggested.items()}
        rows = [
            (column, fields.get(column, ""), *(elided(row[number], 40) for row in one.table.rows[:3]))
            for number, column in enumerate(one.table.columns)
        ]
        say(f"{one.path} ({one.format.name})")
        if not one.table.is_clear:
            say("No column name shows which one holds the text: choose it with --column text=COLUMN.")
        heads = ("column", "field", *(f"row {number + 1}" for number in range(len(one.table.rows[:3]))))
        print_table(one.path.name, heads, rows)


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
    document: Annotated[list[int] | None, typer.Option(help="Only the document with this id; may be repeated.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen without changing anything.")
    ] = False,
    json: Json = False,
) -> None:
    """Give new versions of articles the annotations of the earlier ones.

    Those whose words are gone are listed; the earlier documents stay as they are.
    """
    with _opened(file, write=not dry_run) as project:
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


def export(
    file: File,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write.")],
    format: Annotated[str, typer.Option(help="The format; see 'annotator formats'.")],
    label: Annotated[list[str] | None, typer.Option(help="Only this label; may be repeated.")] = None,
    status: Annotated[list[str] | None, typer.Option(help="Only documents of this status.")] = None,
    annotator: Annotated[list[str] | None, typer.Option(help="Only this annotator's.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only statements of this source; '-': no source.")] = None,
    outlet: Annotated[list[str] | None, typer.Option(help="Only documents of this outlet.")] = None,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="Only documents published since.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="Only documents published until.")] = "",
    reliability: Annotated[
        list[str] | None, typer.Option(help="Only of this reliability, A-F; '-': not graded.")
    ] = None,
    credibility: Annotated[
        list[str] | None, typer.Option(help="Only of this credibility, 1-6; '-': not graded.")
    ] = None,
    created_by: Annotated[str, typer.Option(help="Only by a person, or accepted from a suggestion.")] = "",
    annotated_only: Annotated[bool, typer.Option("--annotated-only", help="No documents without annotations.")] = False,
    suggestions: Annotated[
        float | None, typer.Option(metavar="SCORE", help="With open suggestions from this score on, marked as such.")
    ] = None,
    overlap: Annotated[str, typer.Option(help="Kept where spans overlap: longest, first; CoNLL: layers.")] = "",
    option: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="An option of the format; see 'annotator formats --json'."),
    ] = None,
    split: Annotated[str, typer.Option(help="Parts with shares: train=0.8,dev=0.1,test=0.1.")] = "",
    group_by: Annotated[str, typer.Option(help="Kept in one part: document, source, story, date.")] = "document",
    seed: Annotated[int, typer.Option(help="The same seed gives the same split.")] = 0,
    card: Annotated[bool, typer.Option("--card", help="Write a dataset card beside it, NAME.card.md.")] = False,
    license: Annotated[str, typer.Option(help="The licence that the card names, such as cc-by-4.0.")] = NO_LICENSE,
    verify: Annotated[bool, typer.Option("--verify", help="Read it back and compare it with the project.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written and lost.")] = False,
    json: Json = False,
) -> None:
    """Export documents and annotations.

    Data that the format cannot hold are reported.
    """
    selection = Selection(
        labels=label or (),
        statuses=status or (),
        annotators=annotator or (),
        sources=source or (),
        outlets=outlet or (),
        published_from=first,
        published_to=last,
        reliabilities=reliability or (),
        credibilities=credibility or (),
        created_by=created_by,
        annotated_only=annotated_only,
        suggestions_from=suggestions,
    )
    verified = None
    with _opened(file) as project, progress("Exporting") as shown:
        seal = _seal_of(project)
        shares = _shares(split)
        options = exporting.with_overlap(_named_values(option or ()), overlap, format)
        report = exporting.export(
            project,
            out,
            format,
            selection=selection,
            split=shares,
            group_by=group_by,
            seed=seed,
            options=options,
            card=card,
            license=license,
            dry_run=dry_run,
            progress=shown,
        )
        if verify and not dry_run:
            verified = verifying.verify(
                project,
                out,
                format,
                selection=selection,
                split=shares,
                group_by=group_by,
                seed=seed,
                options=options,
                progress=shown,
            )
        left_out = list(project.unreadable)
    if json:
        files = [
            {"path": str(path), "documents": found.documents, "annotations": found.annotations, "losses": found.losses}
            for path, found in report.written.items()
        ]
        card_path = str(report.card) if report.card else None
        verification = {"readers": verified.readers, "differences": verified.differences} if verified else None
        rest = {"card": card_path, "dry_run": report.dry_run, "verified": verification}
        damaged = [{"table": table, "id": id} for table, id in left_out]
        sealed = {"seal": seal and seal_as_json(seal), "damaged": damaged}
        print_json({"files": files, "notes": list(report.notes), **rest, **sealed})
    else:
        read_back = (verified.sentence(), *verified.differences) if verified else ()
        for line in (report.sentence(), *report.notes, *report.losses, *read_back):
            say(line)
        if seal is not None and not report.dry_run:
            say_seal(seal)
        if left_out:
            say(f"{describe_unreadable(left_out)}")
            print_table("Left out or not whole", ("table", "id"), left_out, err=True)
    if left_out or (verified and verified.differences):
        raise typer.Exit(Exit.PARTLY)


def _named_values(stated: Iterable[str]) -> dict[str, str]:
    """Return pairs from ``NAME=VALUE``. Raise InvalidValue."""
    values: dict[str, str] = {}
    for one in stated:
        name, sign, value = one.partition("=")
        if not sign or not name or name in values:
            raise InvalidValue(f"{one!r} sets no option: write --option NAME=VALUE, each name once.")
        values[name] = value
    return values


def _shares(split: str) -> dict[str, float] | None:
    if not split:
        return None
    shares: dict[str, float] = {}
    for part in split.split(","):
        name, _, share = part.partition("=")
        name = name.strip()
        if name in shares:
            raise InvalidValue(f"The split has two parts called {name!r}: give each a different name.")
        try:
            shares[name] = float(share)
        except ValueError:
            raise InvalidValue(
                f"{part!r} is not a part of a split: write --split train=0.8,dev=0.1,test=0.1."
            ) from None
    return shares


def formats(
    json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", hidden=True, help="The table of docs/formats.md.")] = False,
) -> None:
    """List the formats and what they hold."""
    if markdown:
        print(registry.as_markdown(), end="")
        return
    for problem in registry.problems():
        say(problem)
    known = registry.all_formats()
    if json:
        print_json(
            [
                {
                    "id": found.id,
                    "name": found.name,
                    "suffixes": list(found.suffixes),
                    "reads": found.read is not None,
                    "writes": found.write is not None,
                    "cannot_hold": list(found.cannot_hold),
                    "options": [
                        {
                            "name": choice.name,
                            "words": choice.words,
                            "values": [value for value, _ in choice.values],
                            "default": choice.standard,
                        }
                        for choice in found.choices
                    ],
                }
                for found in known
            ]
        )
        return
    rows = [
        (
            found.id,
            found.name,
            " ".join(found.suffixes),
            "yes" if found.read else "",
            "yes" if found.write else "",
            in_short(found.cannot_hold),
        )
        for found in known
    ]
    print_table("Formats", ("id", "name", "suffixes", "reads", "writes", "cannot hold"), rows)


def search(
    file: File,
    query: Annotated[str, typer.Argument(help='Words, "a phrase", or the beginning of a word*.')],
    regex: Annotated[bool, typer.Option("--regex", help="The query is a regular expression.")] = False,
    word: Word = False,
    case: Case = False,
    limit: Annotated[int, typer.Option(help="How many hits at most.", min=1)] = 50,
    json: Json = False,
) -> None:
    """Search all documents.

    Prints each hit in its context; a query is words, "phrases" and beginnings*, and all must occur. With an option it
    is searched for literally.
    """
    with _opened(file) as project:
        hits = searching.search(project, query, regex=regex, whole_word=word, match_case=case, limit=limit)
    if json:
        print_json([{**hit._asdict(), "span": list(hit.span)} for hit in hits])
        return
    rows = [(hit.document_id, hit.title, f"{hit.before}[{hit.match}]{hit.after}") for hit in hits]
    print_table(f"{len(hits)} hits", ("document", "title", "context"), rows)


def annotate_all(
    file: File,
    query: Annotated[str, typer.Argument(help="The words to search for, as in the text.")],
    label: Annotated[str, typer.Option(help="The label to give.")],
    regex: Annotated[bool, typer.Option("--regex", help="The query is a regular expression.")] = False,
    word: Word = False,
    case: Case = False,
    lemma: Annotated[bool, typer.Option("--lemma", help="Every form of the words (English).")] = False,
    document: Annotated[list[int] | None, typer.Option(help="Only the document with this id; may be repeated.")] = None,
    skip: Annotated[
        str, typer.Option(help="Skip what overlaps an annotation of the same label, any or none.")
    ] = "label",
    source: Annotated[str, typer.Option(help="The source, by its name in the registry.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen without changing anything.")
    ] = False,
    json: Json = False,
) -> None:
    """Annotate every occurrence of words.

    All of it is one step of undo.
    """
    with _opened(file, write=not dry_run) as project, progress("Annotating") as shown:
        chosen = find_label(project.read.labels.all(), label)
        for id in document or ():
            project.read.documents.one(id)
        said_by = None
        if source and (said_by := sources.find(project, source)) is None:
            raise NotFound(f"There is no source {source!r} in the project: enter it first.")
        report = occurrences.annotate_all(
            project,
            searching.finder_of(Query(query, word, case, regex, lemma)),
            chosen.id,
            sorted(set(document)) if document else None,
            skip=skip,
            source_id=said_by.id if said_by else None,
            dry_run=dry_run,
            progress=shown,
        )
    if json:
        print_json(report._asdict())
    else:
        say(report.sentence(chosen.name))


def labels_(file: File, json: Json = False) -> None:
    """List the labels with how often each is used."""
    with _opened(file) as project:
        known, counts = labels.all_labels(project), labels.counts(project)
    if json:
        print_json([{**found._asdict(), "annotations": counts.get(found.id, 0)} for found in known])
        return
    rows = [
        (found.id, found.name, found.initials, found.color, found.key, found.parent, counts.get(found.id, 0))
        for found in known
    ]
    print_table("Labels", ("id", "name", "initials", "colour", "key", "under", "annotations"), rows)


def rename_label(
    file: File,
    label: Annotated[str, typer.Argument(help="The present name of the label.")],
    name: Annotated[str, typer.Argument(help="Its new name.")],
) -> None:
    """Give a label another name."""
    with _opened(file, write=True) as project:
        held = labels.named(project, label)
        change = labels.update(project, held.id, name=name)
        touched = labels.uses(project, [held.id])
        project.apply(change)
    annotations, documents = counted(touched.annotations, "annotation"), counted(touched.documents, "document")
    say(f"{change.title}: {annotations} in {documents} now {'has' if touched.annotations == 1 else 'have'} this name.")


def recolor_label(
    file: File,
    label: Annotated[str, typer.Argument(help="The label.")],
    color: Annotated[str, typer.Argument(help="Its new colour: six hexadecimal digits after '#'.")],
) -> None:
    """Change the colour of a label.

    Lists the labels that then look alike to some people.
    """
    with _opened(file, write=True) as project:
        held = labels.named(project, label)
        change = labels.update(project, held.id, color=color)
        project.apply(change)
        known = labels.all_labels(project)
    say("\n".join([change.sentence, *confusions(known, held.id)]))


def merge_labels(
    file: File,
    merged: Annotated[list[str], typer.Argument(metavar="LABEL", help="The labels to merge.")],
    into: Annotated[str, typer.Option(help="The label that takes over their annotations.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen without changing anything.")
    ] = False,
) -> None:
    """Merge labels into another, as one step of undo."""
    with _opened(file, write=True) as project, progress("Merging") as shown:
        ids = [labels.named(project, name).id for name in merged]
        plan = labels.merge(project, ids, labels.named(project, into).id)
        if not dry_run:
            labels.carry_out(project, plan, progress=shown)
    say(plan.question)


def stats(file: File, json: Json = False) -> None:
    """Count documents, annotations and grades, and print the seal."""
    with _opened(file) as project:
        counts = project_counts.stats(project)
        seal = _seal_of(project)
    if json:
        print_json({**counts, "seal": seal and seal_as_json(seal)})
        return
    rows = [(group, name, count) for group, found in counts.items() for name, count in found.items()]
    if seal is not None:
        rows += [("seal", name, value) for name, value in seal_as_json(seal).items()]
    print_table("Project", ("of", "what", "count"), rows)


def _seal_of(project: Project) -> Seal | None:
    """Return the seal of a project; None where its log is damaged, which must not prevent the rest of the report."""
    try:
        return project.seal
    except DamagedProject:
        return None


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
    with _opened(file) as project, project.snapshot():
        findings = project.check(full=full)
        seal = _seal_of(project)
        refused = project.why_not_continued(noted) if noted is not None else ""
    if json:
        continues = None if noted is None else not refused
        result = {"sound": not findings, "findings": [finding._asdict() for finding in findings]}
        print_json({**result, "seal": seal and seal_as_json(seal), "continues": continues})
    elif findings:
        print_table("Findings", ("kind", "where", "what"), findings)
    if findings:
        say(f"{len(findings)} findings in {file}: 'annotator repair' saves what can be read into a new file.")
    if refused:
        say(refused)
    if findings or refused:
        raise typer.Exit(Exit.REFUSED)
    whence = f" and continues from entry {noted.number}" if noted is not None else ""
    ends = f" The log ends with entry {seal.number}, hash {seal.hash} ({seal.words})." if seal is not None else ""
    say(f"{file} is sound{whence}: the file, all offsets and the log.{ends}")


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
            seal = _seal_of(copy)
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


def _demo(window: Window) -> Callable[..., None]:
    def demo(
        folder: Annotated[Path, typer.Argument(metavar="DIR", help="The path of the sample project.")] = Path(
            "annotator-sample"
        ),
    ) -> None:
        """Make the sample project and open it.

        Without a display it is exported and drawn instead.
        """
        with plain_failures():
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / FILE_NAME
            if path.exists():
                say(f"{path} is there already and stays as it is.")
            else:
                make_sample(path).close()
                say(f"Made {path}.")
            if window.has_display():
                raise typer.Exit(window.show(path))
            _work_headless(window, path, folder)

    return demo


def _work_headless(window: Window, path: Path, folder: Path) -> None:
    """Run the main task without a display: export and draw the sample, and print the path of each file."""
    say("There is no display, so the window is drawn into a file.")
    with _opened(path) as project:
        counts = project_counts.stats(project)
        print_table("Project", ("of", "what", "count"), [("project", *item) for item in counts["project"].items()])
        waiting = suggesting.open_counts(project)
        print_table("Suggestions waiting for an answer", ("label", "count"), waiting.items())
        for format in registry.writable():
            suffix = "" if format.is_folder else format.suffixes[0]
            report = exporting.export(project, folder / f"sample-{format.id}{suffix}", format.id)
            say(report.sentence())
    for theme in ("light", "dark"):
        picture = folder / f"sample-{theme}.png"
        window.draw(path, picture, theme=theme)
        say(f"Drew {picture}.")
    say(f"Everything is in {folder.absolute()}.")


def _screenshot(window: Window) -> Callable[..., None]:
    def screenshot(
        file: File,
        out: Annotated[Path, typer.Argument(metavar="OUT.png", help="The picture to write.")],
        document: Annotated[int | None, typer.Option(help="The id of the document to show.")] = None,
        view: Annotated[str, typer.Option(help="A view to show, such as sources or guideline.")] = "",
        size: Annotated[str, typer.Option(help="Width and height in pixels.", metavar="WxH")] = "1400x900",
        theme: Annotated[str, typer.Option(help=f"One of {', '.join(_THEMES)}.")] = "light",
    ) -> None:
        """Draw the window into a picture, without a display."""
        with plain_failures():
            if theme not in _THEMES:
                raise InvalidValue(f"{theme!r} is not a theme: use one of {', '.join(_THEMES)}.")
            window.draw(file, out, document_id=document, view=view, size=_size(size), theme=theme)
        say(f"Drew {out}.")

    return screenshot


def _print(window: Window) -> Callable[..., None]:
    def print_(
        file: File,
        document: Annotated[
            int, typer.Argument(metavar="DOCUMENT", help="The id of the document; 'annotator search' shows it.")
        ],
        out: Annotated[Path, typer.Option("--out", "-o", metavar="OUT.pdf", help="The PDF to write.")],
        label: Annotated[list[str] | None, typer.Option(help="Only this label; may be repeated.")] = None,
        paper: Annotated[str, typer.Option(help="a4, a5 or letter; by default the usual size of the country.")] = "",
        json: Json = False,
    ) -> None:
        """Print a document into a PDF.

        It has the highlights, a legend and a list of the annotations.
        """
        with _opened(file) as project, progress("Printing") as shown:
            article, pages = window.write_pdf(project, document, out, labels=label or (), paper=paper, progress=shown)
        if json:
            print_json(
                {
                    "path": str(out),
                    "pages": pages,
                    "annotations": len(article.annotations),
                    "left_out": article.left_out,
                }
            )
            return
        say(f"Wrote {out}: {counted(pages, 'page')}, {counted(len(article.annotations), 'annotation')}.")
        if article.left_out:
            say(article.left_out)

    return print_


def _size(size: str) -> tuple[int, int]:
    width, _, height = size.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and 200 <= int(width) <= 8000 and 200 <= int(height) <= 8000):
        raise InvalidValue(f"{size!r} is not a size: write it as 1400x900, each side from 200 to 8000.")
    return int(width), int(height)
