"""The command that trains a suggester on a project."""

from pathlib import Path
from typing import Annotated, Any

import typer

from annotator.cli.opened_project import opened
from annotator.cli.output import print_json, print_table, progress, say
from annotator.cli.parameters import File, Json
from annotator.domain.wording import counted
from annotator.files.user_folders import word_lists_path
from annotator.nlp.trained.model_card import Card
from annotator.services.suggestions import training
from annotator.services.suggestions.suggesting import SuggestionMethod

_WANTED = (0.95, 0.9, 0.8)
"""Precisions for which the threshold is reported."""


def train(
    file: File,
    folder: Annotated[Path, typer.Argument(metavar="MODEL_DIR", help="The folder of the model.")],
    name: Annotated[str, typer.Option(help="The name of the model; that of its folder by default.")] = "",
    grammar: Annotated[bool, typer.Option("--grammar", help="Parse sentences: better boundaries, and slow.")] = False,
    json: Json = False,
) -> None:
    """Train a suggester on the annotations and rejections of a project.

    A part of the documents is held out to measure it.
    """
    with opened(file) as project, progress("Training") as shown:
        path = project.path
        method = SuggestionMethod(word_lists_path(), grammar)
        folder = folder.absolute()
        card, sentence = training.train_model(path, folder, name or folder.name, method, progress=shown or _silent)
    if json:
        print_json({"folder": str(folder), **as_json(card)})
        return
    say(sentence)
    for note in card.notes:
        say(note)
    say(
        f"Wrote {folder}: {card.engine}, {counted(card.annotations, 'annotation')}. Measured on "
        f"{counted(card.figures.documents, 'document')} held out:"
    )
    rows = (
        (label, wanted, f"{precision:.2f}", f"{recall:.2f}", f"{f:.2f}")
        for label, wanted, precision, recall, f in training.figures_table(card)
    )
    print_table("Held out", ("label", "annotations", "precision", "recall", "F"), rows)
    for wanted in _WANTED:
        score = card.threshold_for(wanted)
        reached = "was not reached" if score is None else f"from a score of {score:.2f} on"
        say(f"A precision of {wanted:.2f} {reached}.")


def as_json(card: Card) -> dict[str, Any]:
    """Return the description of a model, as JSON values."""
    figures = card.figures
    return {
        "name": card.name,
        "engine": card.engine,
        "made_at": card.made_at,
        "language": card.language,
        "parsed": card.parsed,
        "documents": card.documents,
        "annotations": card.annotations,
        "by_label": dict(card.by_label),
        "held_out": figures.documents,
        "figures": [
            {"label": label, "annotations": wanted, "precision": precision, "recall": recall, "f": f}
            for label, wanted, precision, recall, f in training.figures_table(card)
        ],
        "curve": [
            {"documents": one.documents, "annotations": one.annotations, "f": one.counts.f} for one in figures.curve
        ],
        "thresholds": {f"{wanted:.2f}": card.threshold_for(wanted) for wanted in _WANTED},
        "notes": list(card.notes),
    }


def _silent(_done: int, _total: int, _text: str) -> None:
    """Do nothing where no progress is shown."""
