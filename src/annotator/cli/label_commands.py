"""Commands that list and change labels."""

from typing import Annotated

import typer

from annotator.cli.opened_project import opened
from annotator.cli.output import print_json, print_table, progress, say
from annotator.cli.parameters import DryRun, File, Json
from annotator.domain.labels import confusions
from annotator.domain.wording import counted
from annotator.services.annotations import labels, relabelling


def labels_(file: File, json: Json = False) -> None:
    """List the labels with how often each is used."""
    with opened(file) as project:
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
    with opened(file, write=True) as project:
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
    with opened(file, write=True) as project:
        held = labels.named(project, label)
        change = labels.update(project, held.id, color=color)
        project.apply(change)
        known = labels.all_labels(project)
    say("\n".join([change.sentence, *confusions(known, held.id)]))


def merge_labels(
    file: File,
    merged: Annotated[list[str], typer.Argument(metavar="LABEL", help="The labels to merge.")],
    into: Annotated[str, typer.Option(help="The label that takes over their annotations.")],
    dry_run: DryRun = False,
) -> None:
    """Merge labels into another, as one step of undo."""
    with opened(file, write=True) as project, progress("Merging") as shown:
        ids = [labels.named(project, name).id for name in merged]
        plan = relabelling.merge(project, ids, labels.named(project, into).id)
        if not dry_run:
            relabelling.carry_out(project, plan, progress=shown)
    say(plan.question)
