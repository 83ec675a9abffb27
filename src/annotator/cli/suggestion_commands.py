"""The command that makes suggestions by the rules or a model, lists them, and accepts them from a score on."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from annotator.cli.opened_project import opened
from annotator.cli.output import print_json, print_table, progress, say
from annotator.cli.parameters import File, Json
from annotator.domain.conditions import SuggestionBounds
from annotator.domain.errors import InvalidValue
from annotator.domain.records import SuggestionRecord
from annotator.domain.wording import elided
from annotator.files.user_folders import word_lists_path
from annotator.services.suggestions import suggesting
from annotator.services.suggestions.suggesting import SuggestionMethod

_MAX_QUOTE = 60
"""Characters of a quote in the list."""


def suggest(
    file: File,
    document: Annotated[list[int] | None, typer.Option(metavar="ID", help="Only this document.")] = None,
    grammar: Annotated[
        bool, typer.Option("--grammar", help="Parse sentences where a pipeline is installed: better, and slow.")
    ] = False,
    model: Annotated[
        Path | None,
        typer.Option(metavar="MODEL_DIR", help="The folder of a trained model; by default the rules are used."),
    ] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Also for unchanged documents.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List them, the highest score first.")] = False,
    score: Annotated[float, typer.Option(help="Only from this score on, 0 to 1.")] = 0.0,
    accept: Annotated[bool, typer.Option("--accept", help="Accept those from --score on, as one step.")] = False,
    json: Json = False,
) -> None:
    """Make suggestions for documents in which something has changed.

    They wait for an answer in the window, and are not annotations.
    """
    if not 0 <= score <= 1:
        raise typer.BadParameter(f"{score} is not a score: give one from 0 to 1.")
    ids = None if document is None else tuple(document)
    bounds = SuggestionBounds(ids, score)
    accepted = 0
    with opened(file, write=True) as project, progress("Suggesting") as shown:
        if accept and not score:
            raise InvalidValue("Give the score from which suggestions are to be accepted, such as --score 0.8.")
        outcome = suggesting.run(
            project,
            SuggestionMethod(word_lists_path(), grammar, None if model is None else model.absolute()),
            document_ids=ids,
            anew=anew,
            progress=shown,
        )
        found = suggesting.listed(project, bounds, by="surest") if accept or list_ or json else []
        if accept:
            project.apply(suggesting.accept_all(project, found))
            accepted, found = len(found), []
        waiting = suggesting.open_counts(project, bounds)
    if json:
        print_json(
            {
                "documents": outcome.documents,
                "proposed": outcome.proposed,
                "accepted": accepted,
                "waiting": waiting,
                "suggestions": [_as_json(one) for one in found],
            }
        )
        return
    say(outcome.sentence())
    if accepted:
        say(f"Accepted {accepted:,} of them; in the window, Undo takes it back as one step.")
    if list_:
        _print_suggestions(found)
    else:
        print_table("Waiting for an answer", ("label", "suggestions"), waiting.items())


def _print_suggestions(found: Iterable[SuggestionRecord]) -> None:
    columns = ("id", "document", "label", "score", "reason", "words")
    rows = (
        (one.id, one.document_id, one.label, f"{one.score:.2f}", one.reason, elided(one.quote, _MAX_QUOTE))
        for one in found
    )
    print_table("Suggestions", columns, rows)


def _as_json(one: SuggestionRecord) -> dict[str, Any]:
    return {**one._asdict(), "fragments": _pairs(one.fragments), "cue": _pairs(one.cue), "mention": _pairs(one.mention)}


def _pairs(spans: tuple[Any, ...]) -> list[list[int]]:
    return [list(span) for span in spans]
