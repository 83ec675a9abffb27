"""Learning from examples that have been read: the three classifiers of the trained suggester."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from annotator.nlp.rules.labelling import Labelling
from annotator.nlp.rules.tokens import Range
from annotator.nlp.trained.crf_chains import Item, trained
from annotator.nlp.trained.label_features import label_marks
from annotator.nlp.trained.learned_model import Learned, attribution
from annotator.nlp.trained.mention_attachment import NO, YES, candidates, source_marks
from annotator.nlp.trained.prepared_text import ENOUGH, Reading
from annotator.nlp.trained.token_roles import Parts, Roles, Taught, overlap, role_of_each_token

ROUNDS = 60
"""Of learning the roles; the two small classifiers take a fraction of the time."""
_SMALL_ROUNDS = 100
_RAREST = 2
_REFUSED_WEIGHT = 3
"""How often a paragraph counts in which a proposal was refused."""

_MOST_OF_IT = 0.9
"""The part of the time that the roles take."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """An example that has been read. ``marks`` are kept, as every round of training on parts asks for them again."""

    reading: Reading
    marks: Sequence[Item]
    taught: Sequence[Taught]
    refused: Sequence[Parts]
    """Contents of refused proposals that the analyst did not mark otherwise."""


def lesson(reading: Reading, taught: Sequence[Taught], rejected: Sequence[Parts]) -> Lesson:
    """The lesson of a document: ``rejected`` are contents, of which those that were marked otherwise do not count."""
    refused = [one for one in rejected if not any(overlap(one, other.content) >= ENOUGH for other in taught)]
    return Lesson(reading, list(reading.marks()), taught, refused)


def learn(
    lessons: Sequence[Lesson], labels: Sequence[str], progress: Callable[[float], None] = lambda _done: None
) -> Learned:
    """``progress`` hears from 0 to 1 and may raise to stop."""

    def of_roles(rounds: int) -> None:
        progress(min(1.0, rounds / ROUNDS) * _MOST_OF_IT)

    def of_others(_rounds: int) -> None:
        progress(_MOST_OF_IT)

    roles = trained(_sequences(lessons), rounds=ROUNDS, rarest=_RAREST, progress=of_roles)
    sources = trained(_source_items(lessons), rounds=_SMALL_ROUNDS, rarest=_RAREST, progress=of_others)
    numbers = trained(_label_items(lessons, labels), rounds=_SMALL_ROUNDS, progress=of_others)
    progress(1.0)
    return Learned(roles, sources, numbers, tuple(labels))


def _sequences(lessons: Sequence[Lesson]) -> Iterator[tuple[Sequence[Item], Sequence[str]]]:
    for one in lessons:
        roles = role_of_each_token(len(one.marks), one.taught)
        for start, end in one.reading.stretches:
            refused = any(part[0] < end and start < part[1] for content in one.refused for part in content)
            for _ in range(_REFUSED_WEIGHT if refused else 1):
                yield one.marks[start:end], roles[start:end]


def _source_items(lessons: Sequence[Lesson]) -> Iterator[tuple[Sequence[Item], Sequence[str]]]:
    # Both answers are there even where nobody marked a source.
    for answer in (NO, YES):
        yield [["prior"]], [answer]
    for one in lessons:
        roles = _as_taught(one.taught)
        for taught in one.taught:
            among = candidates(one.reading, taught.content, roles.sources)
            marks = source_marks(one.reading, taught.content, among, roles.cues, roles.contents)
            for source, item in zip(among, marks, strict=True):
                yield [item], [YES if source in taught.mention else NO]


def _as_taught(taught: Sequence[Taught]) -> Roles:
    sources: set[Range] = {part for one in taught for part in one.mention}
    cues: set[Range] = {part for one in taught for part in one.cue}
    return Roles([one.content for one in taught], sorted(sources), sorted(cues))


def _label_items(lessons: Sequence[Lesson], labels: Sequence[str]) -> Iterator[tuple[Sequence[Item], Sequence[str]]]:
    numbers = {label: str(number) for number, label in enumerate(labels)}
    for one in lessons:
        labelling = Labelling(one.reading.tokens)
        for taught in one.taught:
            mention = taught.mention[0] if taught.mention else None
            described = labelling.described(attribution(one.reading, taught.content, mention, taught.cue))
            yield [label_marks(one.reading.tokens, taught.content, described)], [numbers[taught.label]]
