"""The command that compares annotations, suggestions or the rules with gold."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from annotator.cli.opened_project import opened
from annotator.cli.output import print_json, print_table, progress, say
from annotator.cli.parameters import File, Json, OnlyLabels
from annotator.domain.analysis.bootstrap import SAMPLES, Interval, Intervals
from annotator.domain.analysis.span_scores import OVERLAPS, THIRD, Counts
from annotator.domain.wording import counted
from annotator.files.user_folders import word_lists_path
from annotator.services.suggestions import evaluating
from annotator.services.suggestions.evaluating import Candidate, Evaluation
from annotator.services.suggestions.suggesting import SuggestionMethod

_FIGURES = ("precision", "recall", "f")
_NOTHING = "–"


def evaluate(
    file: File,
    against: Annotated[Path, typer.Option(metavar="GOLD", help="A project, or annotated files of any format.")],
    annotator: Annotated[str, typer.Option(help="Only the annotations of this annotator.")] = "",
    gold_annotator: Annotated[str, typer.Option(help="Of the gold, only those of this annotator.")] = "",
    suggestions: Annotated[
        float | None, typer.Option(metavar="SCORE", help="Suggestions from this score on, not annotations.")
    ] = None,
    rules: Annotated[bool, typer.Option("--rules", help="What the rules propose now.")] = False,
    model: Annotated[Path | None, typer.Option(metavar="MODEL_DIR", help="What a model proposes now.")] = None,
    grammar: Annotated[bool, typer.Option("--grammar", help="With sentences parsed.")] = False,
    label: OnlyLabels = None,
    overlap: Annotated[str, typer.Option(help=f"When spans match: {', '.join(OVERLAPS)}.")] = THIRD,
    samples: Annotated[int, typer.Option(help="Samples of the bootstrap.", min=0, max=100_000)] = SAMPLES,
    seed: Annotated[int, typer.Option(help="The same seed gives the same intervals.", min=0)] = 0,
    json: Json = False,
) -> None:
    """Compare with gold: precision, recall and F of spans and sentences, with intervals.

    Compares the annotations of FILE, or with --suggestions, --rules or --model what these propose.
    """
    method = None
    if rules or model is not None:
        method = SuggestionMethod(word_lists_path(), grammar, None if model is None else model.absolute())
    candidate = Candidate(annotator, suggestions, method)
    with opened(file) as project, progress("Evaluating") as shown:
        found = evaluating.evaluate(
            project,
            against,
            candidate=candidate,
            gold_annotator=gold_annotator,
            labels=label or (),
            overlap=overlap,
            samples=samples,
            seed=seed,
            progress=shown,
        )
    if json:
        print_json(as_json(found))
        return
    for note in found.notes:
        say(note)
    say(f"Compared {counted(found.documents, 'document')}; spans match by the rule “{overlap}”.")
    columns = ("measure", "label", "gold", "found", "right", "precision", "recall", "F")
    print_table("Against gold", columns, _cells(found))
    pairs = sorted(found.confusion.items(), key=lambda item: (-item[1], item[0]))
    rows = [(gold or _NOTHING, mine or _NOTHING, number) for (gold, mine), number in pairs]
    print_table("Labels of the matches", ("gold", "found", "contents"), rows)
    if found.sources.gold:
        say(f"Of {found.sources.gold:,} matched contents with a source, {found.sources.right:,} have the same one.")


def _cells(found: Evaluation) -> Iterator[tuple[object, ...]]:
    for row in found.rows:
        counts = row.counts
        figures = (figure_with_interval(counts, row.intervals, name) for name in _FIGURES)
        yield row.measure, row.label, counts.gold, counts.found, counts.right, *figures


def figure_with_interval(counts: Counts, around: Intervals, name: str) -> str:
    """Return ``0.75 (0.60-0.86)``; a dash where the figure is undefined."""
    value: float | None = getattr(counts, name)
    interval: Interval | None = getattr(around, name)
    if value is None:
        return _NOTHING
    return f"{value:.2f}" if interval is None else f"{value:.2f} ({interval.low:.2f}-{interval.high:.2f})"


def as_json(found: Evaluation) -> dict[str, Any]:
    """Return an evaluation as JSON values; an undefined figure is null."""
    return {
        "documents": found.documents,
        "overlap": found.overlap,
        "samples": found.samples,
        "rows": [
            {
                "measure": row.measure,
                "label": row.label,
                **row.counts._asdict(),
                **{name: getattr(row.counts, name) for name in _FIGURES},
                "intervals": {name: getattr(row.intervals, name) for name in _FIGURES},
            }
            for row in found.rows
        ],
        "confusion": [
            {"gold": gold or None, "found": mine or None, "contents": number}
            for (gold, mine), number in sorted(found.confusion.items())
        ],
        "sources": {"right": found.sources.right, "known": found.sources.gold},
        "notes": list(found.notes),
    }
