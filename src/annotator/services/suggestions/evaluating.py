"""Evaluation: comparison of annotations, suggestions or the rules with gold, with intervals by document bootstrap."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from annotator.domain.analysis.bootstrap import SAMPLES, Intervals, intervals
from annotator.domain.analysis.span_scores import (
    MEASURES,
    OVERLAPS,
    SPANS,
    THIRD,
    WHATEVER,
    Counts,
    LabelledContent,
    Scored,
    scored,
)
from annotator.domain.conditions import SuggestionBounds
from annotator.domain.errors import InvalidValue, NotFound
from annotator.domain.wording import counted
from annotator.files.drafts import temporary_folder
from annotator.nlp.text.sentences import sentences
from annotator.services.imports import import_questions, importing
from annotator.services.projects import projects
from annotator.services.suggestions.suggesting import RULES, SuggestionMethod
from annotator.store.project import Project

Progress = Callable[[int, int, str], None]

PROJECT_SUFFIX = ".anno"
ALL_LABELS = "all labels"
"""The key of the sum over labels: a content counts as right only with the right label."""

WHATEVER_LABEL = "whatever label"
"""The key of contents regardless of their labels."""

_MAX_NAMED = 5
"""Documents that a note names; of more it gives the number."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is compared with gold: the annotations of a project, or what rules or a model propose.

    ``annotator``: only of this one. ``suggestions_from``: instead of annotations, the suggestions from that score on,
    answered or not. ``method``: instead of both, what is proposed for the texts now.
    """

    annotator: str = ""
    suggestions_from: float | None = None
    method: SuggestionMethod | None = None


class Row(NamedTuple):
    """The figures of a label, or of all: ``measure`` is spans, sentences or characters."""

    measure: str
    label: str
    counts: Counts
    intervals: Intervals


class Evaluation(NamedTuple):
    """The result of an evaluation. ``confusion``: gold label and found label, an empty name for none."""

    documents: int
    rows: tuple[Row, ...]
    confusion: Mapping[tuple[str, str], int]
    sources: Counts
    notes: tuple[str, ...]
    overlap: str
    samples: int

    def row(self, measure: str, label: str) -> Row:
        """Return the row of a measure and a label. Raise NotFound."""
        for row in self.rows:
            if (row.measure, row.label) == (measure, label):
                return row
        raise NotFound(f"Nothing was measured of {label!r} by {measure}.")


class _Text(NamedTuple):
    id: int
    uid: str
    sha: str
    title: str


def evaluate(
    project: Project,
    against: Path | Project,
    *,
    candidate: Candidate = Candidate(),
    gold_annotator: str = "",
    labels: Iterable[str] = (),
    overlap: str = THIRD,
    samples: int = SAMPLES,
    seed: int = 0,
    progress: Progress | None = None,
) -> Evaluation:
    """Compare ``project`` with gold: another project, its file, or files of any format that brings annotations.

    Documents are matched by uid, then by their text; only those that both sides have are compared. ``labels``: only of
    these. Raise InvalidValue where nothing can be compared, NotFound for unknown names, or what reading the gold
    raises.
    """
    if overlap not in OVERLAPS:
        raise InvalidValue(f"{overlap!r} is not a rule of overlap: use one of {', '.join(OVERLAPS)}.")
    with _gold(against) as (gold, notes):
        pairs, left_out = _paired(_texts(project), _texts(gold))
        notes += left_out
        if not pairs:
            raise InvalidValue(f"The gold has no document of {project.path.name}: the texts must be the same.")
        wanted = {name.casefold() for name in labels}
        ours = _contents(project, candidate, [mine.id for mine, _ in pairs])
        theirs = _contents(gold, Candidate(gold_annotator), [other.id for _, other in pairs])
        results: list[Scored] = []
        for number, (mine, other) in enumerate(pairs):
            if progress is not None:
                progress(number, len(pairs), mine.title)
            text = gold.read.documents.text(other.id)
            found = [one for one in ours(mine.id) if not wanted or one.label.casefold() in wanted]
            right = [one for one in theirs(other.id) if not wanted or one.label.casefold() in wanted]
            results.append(scored(found, right, list(sentences(text)), overlap))
    if not any(result.counts[SPANS, WHATEVER].gold for result in results):
        raise InvalidValue(
            "The gold has no annotations in the documents that both have: there is nothing to compare with."
        )
    return Evaluation(
        len(results),
        tuple(_rows(results, samples, seed)),
        sum((result.confusion for result in results), Counter[tuple[str, str]]()),
        _sum(result.sources for result in results),
        tuple(notes),
        overlap,
        samples,
    )


# --- the two sides ----------------------------------------------------------------------------------------------------


@contextmanager
def _gold(against: Path | Project) -> Iterator[tuple[Project, list[str]]]:
    """Provide the gold as a project, and messages on unreadable parts; files of other formats are imported into a
    temporary one.
    """
    if isinstance(against, Project):
        yield against, []
        return
    if not against.exists():
        raise NotFound(f"There is no {against} to compare with: check its name.")
    if against.is_file() and against.suffix.lower() == PROJECT_SUFFIX:
        with projects.open_project(against, read_only=True) as gold:
            yield gold, []
        return
    with (
        temporary_folder() as folder,
        projects.create(folder / "gold.anno", annotator="gold") as gold,
    ):
        new = import_questions.unknown_labels(gold, [against], recursive=True)
        report = importing.import_files(gold, [against], recursive=True, add_labels=new)
        notes = [f"Not read of the gold: {one.path} {one.place}: {one.reason}" for one in report.refused[:_MAX_NAMED]]
        if len(report.refused) > _MAX_NAMED:
            notes.append(f"Not read either: {counted(len(report.refused) - _MAX_NAMED, 'other place')}.")
        yield gold, notes


def _texts(project: Project) -> list[_Text]:
    return [_Text(*row) for row in project.read.documents.names()]


def _paired(ours: Sequence[_Text], theirs: Sequence[_Text]) -> tuple[list[tuple[_Text, _Text]], list[str]]:
    """Return the documents that both sides have, and sentences on those that are left out."""
    by_uid = {one.uid: one for one in theirs}
    by_text: dict[str, list[_Text]] = {}
    for one in theirs:
        by_text.setdefault(one.sha, []).append(one)
    pairs: list[tuple[_Text, _Text]] = []
    changed: list[str] = []
    alone: list[str] = []
    taken: set[int] = set()
    for mine in ours:
        other = by_uid.get(mine.uid)
        if other is not None and other.sha != mine.sha:
            changed.append(mine.title)
            taken.add(other.id)
            continue
        if other is None or other.id in taken:
            other = next((one for one in by_text.get(mine.sha, ()) if one.id not in taken), None)
        if other is None:
            alone.append(mine.title)
        else:
            taken.add(other.id)
            pairs.append((mine, other))
    missing = [one.title for one in theirs if one.id not in taken]
    left_out = (
        ("Left out, as the gold has another text of it", changed),
        ("Left out, as it is missing from the gold", alone),
        ("Left out, as only the gold has it", missing),
    )
    return pairs, [_named(what, titles) for what, titles in left_out if titles]


def _named(what: str, titles: Sequence[str]) -> str:
    shown = ", ".join(f"“{title}”" for title in titles[:_MAX_NAMED])
    more = f" and {len(titles) - _MAX_NAMED:,} more" if len(titles) > _MAX_NAMED else ""
    return f"{what}: {counted(len(titles), 'document')}, {shown}{more}."


def _contents(project: Project, candidate: Candidate, ids: Sequence[int]) -> Callable[[int], list[LabelledContent]]:
    """Return the contents of one side in a document, given by its id."""
    known = project.read.project.annotators()
    if candidate.annotator and candidate.annotator not in known:
        raise NotFound(f"There is no annotator {candidate.annotator!r} in {project.path.name}: {', '.join(known)}.")
    if candidate.method is None and candidate.suggestions_from is None:
        found = groupby(project.read.annotations.all(), key=lambda one: one.document_id)
        wanted = set(ids)
        held = {
            id: [
                LabelledContent(one.label, one.fragments, one.mention, one.source)
                for one in group
                if candidate.annotator in ("", one.annotator)
            ]
            for id, group in found
            if id in wanted
        }
        return lambda id: held.get(id, [])

    def proposed(id: int) -> list[LabelledContent]:
        if candidate.method is None:
            bounds = SuggestionBounds((id,), candidate.suggestions_from or 0.0)
            return [
                LabelledContent(one.label, one.fragments, one.mention, one.source)
                for one in project.read.suggestions.all(bounds)
            ]
        document = project.read.documents.one(id)
        return [
            LabelledContent(one.label, one.fragments, one.mention, one.source)
            for one in candidate.method.proposals(document.text, document.language)
            if one.score >= (candidate.suggestions_from or 0.0)
        ]

    return proposed


# --- the figures ------------------------------------------------------------------------------------------------------


def _rows(results: Sequence[Scored], samples: int, seed: int) -> Iterator[Row]:
    labels = sorted({label for result in results for _, label in result.counts} - {WHATEVER})
    named: list[tuple[str, str, list[Counts]]] = []
    for measure in MEASURES:
        by_label = {label: [one.counts.get((measure, label), Counts()) for one in results] for label in labels}
        named += [(measure, label, counts) for label, counts in by_label.items()]
        summed = [_sum(counts) for counts in zip(*by_label.values(), strict=True)]
        named.append((measure, ALL_LABELS, summed))
        named.append((measure, WHATEVER_LABEL, [one.counts[measure, WHATEVER] for one in results]))
    found = intervals([counts for _, _, counts in named], samples, seed)
    for (measure, label, counts), around in zip(named, found, strict=True):
        yield Row(measure, label, _sum(counts), around)


def _sum(counts: Iterable[Counts]) -> Counts:
    total = Counts()
    for one in counts:
        total = total.plus(one)
    return total


def rules(method: SuggestionMethod = RULES, least: float = 0.0) -> Candidate:
    """Return what rules or a model propose for the texts now, from a score on."""
    return Candidate(suggestions_from=least, method=method)
