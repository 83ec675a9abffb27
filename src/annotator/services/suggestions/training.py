"""Training of a suggester on the annotations and rejections of a project, and the models on this machine."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from annotator.domain.changes import now
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import AnnotationRecord, AnswerRecord
from annotator.domain.wording import counted
from annotator.nlp.rules.languages import language_of
from annotator.nlp.rules.word_lists import word_lists
from annotator.nlp.trained.model import card_of
from annotator.nlp.trained.model_card import Card
from annotator.nlp.trained.training import MIN_DOCUMENTS, train
from annotator.nlp.trained.training_examples import Example, Labelled
from annotator.services.suggestions.suggesting import SuggestionMethod
from annotator.store.project import Project

Progress = Callable[[int, int, str], None]


_PRECISIONS = (0.8, 0.7, 0.6, 0.5)
ALL_LABELS = "all labels"


class TrainingData(NamedTuple):
    """The training data of a project, and a sentence on which of its documents were used."""

    examples: list[Example]
    sentence: str


class ModelFolder(NamedTuple):
    """A folder that should hold a model: its card, or why it cannot be used."""

    folder: Path
    card: Card | None
    problem: str = ""


def training_data(project: Project) -> TrainingData:
    """Return the documents that are done, as examples: text without annotations there counts as not to be annotated.

    Where fewer than a model needs are done, every document with annotations is used. Of several annotators of a
    document, only the one with the most annotations counts.
    """
    with project.snapshot() as read:
        rows = read.documents.rows()
        done = [row.id for row in rows if row.status == "done" and row.annotations]
        annotated = [row.id for row in rows if row.annotations]
        is_enough = len(done) >= MIN_DOCUMENTS
        chosen = set(done if is_enough else annotated)
        answers: dict[int, list[AnswerRecord]] = {}
        for answer in read.suggestions.answers(document_ids=chosen):
            if answer.annotation_id is None:
                answers.setdefault(answer.document_id, []).append(answer)
        found = groupby(read.annotations.all(), key=lambda one: one.document_id)
        by_document = {id: _of_one(list(group)) for id, group in found if id in chosen}
        examples = [
            Example(
                document.text,
                language_of(document.text, document.language),
                tuple(map(_labelled, by_document.get(document.id, ()))),
                tuple(map(_labelled, answers.get(document.id, ()))),
            )
            for document in read.documents.all(chosen)
        ]
    # Without word lists of its language a text cannot be read.
    examples = [example for example in examples if example.language]
    if is_enough:
        sentence = (
            f"Learned from {counted(len(examples), 'document')} that {'is' if len(examples) == 1 else 'are'} done."
        )
    else:
        sentence = (
            f"Learned from {counted(len(examples), 'document')} with annotations, as fewer than {MIN_DOCUMENTS} are "
            "marked done: what is not annotated in them was taken as not to be annotated."
        )
    return TrainingData(examples, sentence)


def describe_training_data(project: Project) -> str:
    """Return what a model would learn from, in a sentence, without reading the texts."""
    rows = project.read.documents.rows()
    rejected = sum(answer.annotation_id is None for answer in project.read.suggestions.answers())
    done = [row for row in rows if row.status == "done" and row.annotations]
    annotated = [row for row in rows if row.annotations]
    is_enough = len(done) >= MIN_DOCUMENTS
    taken = done if is_enough else annotated
    what = "that are done" if is_enough else "with annotations, as too few are marked done"
    total = sum(row.annotations for row in taken)
    return (
        f"There are {counted(len(taken), 'document')} {what}, with {counted(total, 'annotation')}, and "
        f"{counted(rejected, 'rejected suggestion')}. A fifth of the documents is held out to measure the model."
    )


def train_model(
    path: Path, folder: Path, name: str, method: SuggestionMethod, *, progress: Progress
) -> tuple[Card, str]:
    """Train on the project file at ``path`` and store the model in ``folder``; any process may call this.

    Return its card and which documents were used. Raise InvalidValue where there are too few examples, or the model
    cannot be written, and what ``progress`` raises; an existing model in ``folder`` is then unchanged.
    """
    with Project.open(path, read_only=True) as project:
        data = training_data(project)
    languages = Counter(example.language for example in data.examples for _ in example.annotations)
    own = method.own(languages.most_common(1)[0][0]) if languages else None
    lists = None if own is None else word_lists(own.stem, own)
    model = train(data.examples, name=name, made_at=now(), progress=progress, parsed=method.grammar, lists=lists)
    model.save(folder)
    return model.card, data.sentence


def least_score(card: Card) -> float:
    """Return the score from which a model's suggestions are shown at first: that of the best of some precisions that it
    reached.
    """
    reached = (card.threshold_for(wanted) for wanted in _PRECISIONS)
    return next((score for score in reached if score is not None), 0.0)


def models(folder: Path) -> list[ModelFolder]:
    """Return the models in the folders of ``folder``, the newest first, followed by those that cannot be used."""
    found = (
        [_model_folder(each) for each in sorted(folder.iterdir()) if each.is_dir() and each.name[0] != "."]
        if folder.is_dir()
        else []
    )
    usable = [one for one in found if one.card is not None]
    usable.sort(key=lambda one: "" if one.card is None else one.card.made_at, reverse=True)
    return [*usable, *(one for one in found if one.card is None)]


def _model_folder(folder: Path) -> ModelFolder:
    try:
        return ModelFolder(folder, card_of(folder))
    except AnnotatorError as error:
        return ModelFolder(folder, None, str(error))


def _of_one(annotations: list[AnnotationRecord]) -> Iterator[AnnotationRecord]:
    """Return the annotations of the annotator who made the most."""
    counts = Counter(one.annotator for one in annotations)
    most = min(counts, key=lambda name: (-counts[name], name))
    return (one for one in annotations if one.annotator == most)


def _labelled(one: AnnotationRecord | AnswerRecord) -> Labelled:
    return Labelled(one.label, one.fragments, one.cue, one.mention)


def figures_table(card: Card) -> Iterable[tuple[str, int, float, float, float]]:
    """Yield a row for each label and one for all: held-out annotations, precision, recall, F."""
    measured = card.figures.measured
    for label, counts in measured.by_label.items():
        yield label, counts.wanted, counts.precision, counts.recall, counts.f
    whole = measured.labelled
    yield ALL_LABELS, whole.wanted, whole.precision, whole.recall, whole.f
