"""Commands that export, and list the formats."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from annotator.cli.opened_project import opened, seal_of
from annotator.cli.output import Exit, print_json, print_table, progress, say, say_seal, seal_as_json
from annotator.cli.parameters import File, Json, OnlyLabels
from annotator.domain.errors import InvalidValue
from annotator.domain.seal import Seal
from annotator.formats import registry
from annotator.formats.facets import in_short
from annotator.services.exports import exporting, verifying
from annotator.services.exports.dataset_card import NO_LICENSE
from annotator.services.exports.exporting import ExportReport
from annotator.services.exports.selection import Selection
from annotator.services.exports.verifying import Verified
from annotator.services.imports.report import Progress
from annotator.store.project import Project
from annotator.store.reading import describe_unreadable

OnlyReliabilities = Annotated[list[str] | None, typer.Option(help="Only of this reliability, A-F; '-': not graded.")]
OnlyCredibilities = Annotated[list[str] | None, typer.Option(help="Only of this credibility, 1-6; '-': not graded.")]
WithSuggestions = Annotated[
    float | None, typer.Option(metavar="SCORE", help="With open suggestions from this score on, marked as such.")
]
FormatOptions = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="An option of the format; see 'annotator formats --json'."),
]


class _Request(NamedTuple):
    """What is exported, and how; also what is expected where the export is read back."""

    out: Path
    format: str
    selection: Selection
    split: dict[str, float] | None
    group_by: str
    seed: int
    options: dict[str, str]


class _Outcome(NamedTuple):
    """What a command printed or is to print about an export."""

    report: ExportReport
    verified: Verified | None
    seal: Seal | None
    damaged: list[tuple[str, int]]
    """Rows that could not be read, or not as a whole: the table and the id of each."""


def export(
    file: File,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write.")],
    format: Annotated[str, typer.Option(help="The format; see 'annotator formats'.")],
    label: OnlyLabels = None,
    status: Annotated[list[str] | None, typer.Option(help="Only documents of this status.")] = None,
    annotator: Annotated[list[str] | None, typer.Option(help="Only this annotator's.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only statements of this source; '-': no source.")] = None,
    outlet: Annotated[list[str] | None, typer.Option(help="Only documents of this outlet.")] = None,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="Only documents published since.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="Only documents published until.")] = "",
    reliability: OnlyReliabilities = None,
    credibility: OnlyCredibilities = None,
    created_by: Annotated[str, typer.Option(help="Only by a person, or accepted from a suggestion.")] = "",
    annotated_only: Annotated[bool, typer.Option("--annotated-only", help="No documents without annotations.")] = False,
    suggestions: WithSuggestions = None,
    overlap: Annotated[str, typer.Option(help="Kept where spans overlap: longest, first; CoNLL: layers.")] = "",
    option: FormatOptions = None,
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
    with opened(file) as project, progress("Exporting") as shown:
        seal, shares = seal_of(project), _shares(split)
        options = exporting.with_overlap(_named_values(option or ()), overlap, format)
        request = _Request(out, format, selection, shares, group_by, seed, options)
        report = _export(project, request, card, license, dry_run, shown)
        verified = _verify(project, request, shown) if verify and not dry_run else None
        outcome = _Outcome(report, verified, seal, list(project.unreadable))
    if json:
        print_json(_as_json(outcome))
    else:
        _print_outcome(outcome)
    if outcome.damaged or (verified and verified.differences):
        raise typer.Exit(Exit.PARTLY)


def _export(
    project: Project, request: _Request, card: bool, license: str, dry_run: bool, shown: Progress | None
) -> ExportReport:
    out, format, selection, split, group_by, seed, options = request
    return exporting.export(
        project,
        out,
        format,
        selection=selection,
        split=split,
        group_by=group_by,
        seed=seed,
        options=options,
        card=card,
        license=license,
        dry_run=dry_run,
        progress=shown,
    )


def _verify(project: Project, request: _Request, shown: Progress | None) -> Verified:
    out, format, selection, split, group_by, seed, options = request
    return verifying.verify(
        project,
        out,
        format,
        selection=selection,
        split=split,
        group_by=group_by,
        seed=seed,
        options=options,
        progress=shown,
    )


def _as_json(outcome: _Outcome) -> dict[str, Any]:
    report, verified, seal, damaged = outcome
    return {
        "files": [
            {"path": str(path), "documents": found.documents, "annotations": found.annotations, "losses": found.losses}
            for path, found in report.written.items()
        ],
        "notes": list(report.notes),
        "card": str(report.card) if report.card else None,
        "dry_run": report.dry_run,
        "verified": {"readers": verified.readers, "differences": verified.differences} if verified else None,
        "seal": seal and seal_as_json(seal),
        "damaged": [{"table": table, "id": id} for table, id in damaged],
    }


def _print_outcome(outcome: _Outcome) -> None:
    """Print what was written and lost, what was read back, the seal, and the damaged rows."""
    report, verified, seal, damaged = outcome
    read_back = (verified.sentence(), *verified.differences) if verified else ()
    for line in (report.sentence(), *report.notes, *report.losses, *read_back):
        say(line)
    if seal is not None and not report.dry_run:
        say_seal(seal)
    if damaged:
        say(describe_unreadable(damaged))
        print_table("Left out or not whole", ("table", "id"), damaged, err=True)


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
