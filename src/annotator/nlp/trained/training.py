"""Training of a suggester on annotations and rejected proposals, with figures measured on documents held out."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from math import ceil
from typing import TYPE_CHECKING

from annotator.domain.errors import InvalidValue
from annotator.nlp.rules import parses
from annotator.nlp.rules.word_lists import WordLists
from annotator.nlp.trained.calibration import Calibration, Judged
from annotator.nlp.trained.evaluation_figures import CurvePoint, Figures, Measured, Proposed, compared, total
from annotator.nlp.trained.model import Model
from annotator.nlp.trained.model_card import Card
from annotator.nlp.trained.prepared_text import lists_for, prepared
from annotator.nlp.trained.token_roles import parts_of
from annotator.nlp.trained.training_examples import Example

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from annotator.nlp.trained.classifier_training import TrainingText
    from annotator.nlp.trained.learned_model import LearnedModel

MIN_ANNOTATIONS = 20
MIN_DOCUMENTS = 4
MIN_PER_LABEL = 3
"""Annotations from which on a label can be learned."""
HELD_OUT = 0.2
"""The share of the documents that is held out for measuring, chosen by the hash of their text; at least one."""

_CURVE = (0.25, 0.5, 0.75, 1.0)
"""The shares of the remaining documents on which models are trained for the learning curve."""
_MAX_TOKENS = 600_000
"""Tokens of all documents, about 700 articles: the limit of the memory of the worker."""
_MAX_PARSED_LENGTH = 500_000
"""Code points; a longer text is not parsed, as a parse takes a gigabyte for each million."""
_UNITS = 1000
"""Progress is reported in thousandths."""

Progress = Callable[[int, int, str], None]


def train(
    examples: Sequence[Example],
    *,
    name: str,
    made_at: str,
    progress: Progress,
    parsed: bool | None = None,
    lists: WordLists | None = None,
) -> Model:
    """Return a model trained on the ``examples`` in their most frequent language; those in others are left out.

    ``made_at`` is the day (ISO). ``parsed``: whether texts are parsed, which costs time and makes boundaries more
    exact; None: where a pipeline for the language is installed. ``lists`` are the word lists of a user.
    ``progress(done, total, text)`` is called several times a second and may raise Cancelled. The figures are measured
    on documents held out; the model that is returned was trained on all. The same examples give the same model.

    Raise InvalidValue where there are too few annotations, and where ``parsed`` is true and no pipeline is installed.
    """
    language, notes = _language(examples)
    chosen = _by_hash(example for example in examples if _code(example.language) == language)
    labels = _labels(chosen, notes)
    _check_enough(chosen, labels)
    if parsed is None:
        parsed = parses.is_installed(language)
    chosen = [_of_labels(example, labels) for example in chosen]
    stages = _Stages(progress)
    texts = _training_texts(chosen, language, parsed, lists, notes, stages)
    figures, calibration = _measured(texts, labels, stages)
    learned = _learned(texts, labels, stages, f"Learning from {len(texts)} documents", 1000)
    counted = Counter(one.label for example in chosen for one in example.annotations)
    card = Card(
        name=name,
        made_at=made_at,
        language=language,
        labels=labels,
        parsed=parsed,
        documents=len(texts),
        annotations=counted.total(),
        by_label={label: counted[label] for label in labels},
        figures=figures,
        calibration=calibration,
        notes=tuple(notes),
    )
    return Model(card, learned)


# --- what there is to learn from ---


def _code(language: str) -> str:
    """Return the code of a language without its region: ``en`` of ``en-GB``."""
    return language.lower().replace("_", "-").partition("-")[0]


def _language(examples: Sequence[Example]) -> tuple[str, list[str]]:
    """Return the most frequent language, by annotations, and notes on the others."""
    if not any(example.annotations for example in examples):
        documents = "There are no documents" if not examples else f"None of the {len(examples)} documents is annotated"
        raise InvalidValue(
            f"{documents}, and a model learns from annotations: it needs at least {MIN_ANNOTATIONS} "
            f"in {MIN_DOCUMENTS} documents."
        )
    counted: Counter[str] = Counter()
    for example in examples:
        counted[_code(example.language)] += len(example.annotations)
    language = min(counted, key=lambda code: (-counted[code], code))
    others = sorted({_code(example.language) for example in examples} - {language})
    if not others:
        return language, []
    left_out = sum(_code(example.language) != language for example in examples)
    return language, [
        f"Learned from the documents in {language!r} alone; {left_out} in {', '.join(map(repr, others))} were left out."
    ]


def _by_hash(examples: Iterator[Example]) -> list[Example]:
    """Return the examples in an order that depends only on their texts."""
    return sorted(examples, key=lambda example: sha256(example.text.encode()).digest())


def _labels(examples: Sequence[Example], notes: list[str]) -> tuple[str, ...]:
    """Return the labels that can be learned, by name; add a note on each of the others."""
    counted = Counter(one.label for example in examples for one in example.annotations)
    labels = tuple(sorted(label for label, count in counted.items() if count >= MIN_PER_LABEL))
    for label, count in sorted(counted.items()):
        if count < MIN_PER_LABEL:
            notes.append(
                f"“{label}” has {count} annotation{'' if count == 1 else 's'} and was not learned: "
                f"it needs at least {MIN_PER_LABEL}."
            )
    if len(labels) == 1:
        notes.append(
            f"Only one label, “{labels[0]}”, was learned: the model finds where it belongs, and needs annotations with "
            "a second one to tell them apart."
        )
    return labels


def _check_enough(examples: Sequence[Example], labels: Sequence[str]) -> None:
    """Raise InvalidValue where there are too few annotations or documents."""
    annotations = sum(one.label in labels for example in examples for one in example.annotations)
    documents = sum(bool(example.annotations) for example in examples)
    if annotations < MIN_ANNOTATIONS or documents < MIN_DOCUMENTS:
        raise InvalidValue(
            f"There are {annotations} annotations to learn from, in {documents} documents: a model needs at least "
            f"{MIN_ANNOTATIONS} in {MIN_DOCUMENTS} documents, and {MIN_PER_LABEL} of a label; more make it better."
        )


def _of_labels(example: Example, labels: Sequence[str]) -> Example:
    """Return an example without the annotations of other labels."""
    return replace(example, annotations=tuple(one for one in example.annotations if one.label in labels))


def _training_texts(
    examples: Sequence[Example],
    language: str,
    parsed: bool,
    lists: WordLists | None,
    notes: list[str],
    stages: "_Stages",
) -> "list[TrainingText]":
    """Return the prepared examples, up to the largest number of tokens; add a note where some are left out."""
    from annotator.nlp.trained.classifier_training import training_text

    known = lists_for(language) if lists is None else lists
    texts: list[TrainingText] = []
    tokens = 0
    stages.begin("Reading the documents", 700 if parsed else 200)
    for number, (example, parse) in enumerate(zip(examples, _parsed(examples, language, parsed), strict=True)):
        stages.at(number / len(examples))
        prepared_text = prepared(example.text, known, parse)
        tokens += len(prepared_text.tokens.forms)
        if texts and tokens > _MAX_TOKENS:
            notes.append(
                f"Learned from {len(texts)} of {len(examples)} documents, chosen at random: "
                "more do not fit into memory."
            )
            break
        rejected = [parts_of(prepared_text.tokens, one.fragments) for one in example.rejected]
        texts.append(training_text(prepared_text, prepared_text.annotated(example.annotations), rejected))
    return texts


def _parsed(examples: Sequence[Example], language: str, parsed: bool) -> "Iterator[Doc | None]":
    """Yield the parse of each example; None without parses, and for a text that is too long."""
    if not parsed:
        yield from (None for _ in examples)
        return
    for example in examples:
        pipeline = parses.pipeline(language)
        yield pipeline(example.text) if len(example.text) <= _MAX_PARSED_LENGTH else None


# --- learning and measuring ---


def _learned(
    texts: "Sequence[TrainingText]", labels: Sequence[str], stages: "_Stages", text: str, weight: float
) -> "LearnedModel":
    """Return a model trained on ``texts``, as a stage of the given weight."""
    from annotator.nlp.trained.classifier_training import trained_model

    stages.begin(text, weight)
    return trained_model(texts, labels, stages.at)


def _measured(texts: "Sequence[TrainingText]", labels: Sequence[str], stages: "_Stages") -> tuple[Figures, Calibration]:
    """Return figures with a learning curve, and the calibration, on the documents held out."""
    held = max(1, ceil(len(texts) * HELD_OUT - 1e-9))
    held_out, kept = texts[:held], texts[held:]
    curve: list[CurvePoint] = []
    measured = Measured()
    for share in _CURVE:
        part = kept[: ceil(len(kept) * share)]
        annotations = sum(len(one.annotations) for one in part)
        if not annotations:
            continue
        learned = _learned(part, labels, stages, f"Measuring: {len(part)} documents", 1000 * share * (1 - HELD_OUT))
        measured = total(_figures_of(learned, one, stages) for one in held_out)
        curve.append(CurvePoint(len(part), annotations, measured.labelled))
    calibration = Calibration.fitted([(one.score, one.right) for one in measured.judged])
    judged = tuple(Judged(round(calibration.of(one.score), 4), one.label, one.right) for one in measured.judged)
    annotations = sum(len(one.annotations) for one in held_out)
    return Figures(len(held_out), annotations, replace(measured, judged=judged), tuple(curve)), calibration


def _figures_of(learned: "LearnedModel", text: "TrainingText", stages: "_Stages") -> Measured:
    """Return the figures of a model on one document."""
    stages.at(1.0)
    found = [Proposed(one.label, one.content, one.score) for one in learned.findings(text.prepared_text)]
    return compared(found, text.annotations)


class _Stages:
    """Progress over stages of different lengths, whose sum is estimated beforehand; it never decreases."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._text = ""
        self._before = 0.0
        self._weight = 0.0
        self._whole = 700 + 1000 * (1 + sum(_CURVE) * (1 - HELD_OUT))

    def begin(self, text: str, weight: float) -> None:
        """Begin the next stage; ``weight`` is its estimated length relative to the others."""
        self._before += self._weight
        self._text, self._weight = text, weight
        self.at(0.0)

    def at(self, share: float) -> None:
        """Report that the share ``share`` of the stage is done, 0 to 1."""
        done = (self._before + self._weight * share) / self._whole
        self._progress(min(_UNITS, int(done * _UNITS)), _UNITS, self._text)
