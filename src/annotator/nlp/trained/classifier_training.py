"""Training of the three classifiers of the suggester on prepared examples."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from annotator.nlp.rules.labelling import Labelling
from annotator.nlp.rules.tokens import Range
from annotator.nlp.trained.crf_chains import Item, trained
from annotator.nlp.trained.label_features import label_features
from annotator.nlp.trained.learned_model import LearnedModel, attribution
from annotator.nlp.trained.mention_attachment import NO, YES, candidate_features, candidates
from annotator.nlp.trained.prepared_text import MIN_OVERLAP, PreparedText
from annotator.nlp.trained.token_roles import Parts, Roles, TokenAnnotation, overlap, role_of_each_token

ROUNDS = 60
"""Rounds of training for the roles; the two small classifiers take a fraction of the time."""
_SMALL_ROUNDS = 100
"""Rounds of training for each of the two small classifiers."""
_MIN_FREQUENCY = 2
"""Occurrences of a feature from which on it is used."""
_REPETITIONS_AFTER_REJECTION = 3
"""How often a paragraph counts in which a proposal was rejected."""

_SHARE_OF_ROLES = 0.9
"""The share of the time of a training that the roles take."""


@dataclass(frozen=True, eq=False)
class TrainingText:
    """A prepared example. ``features`` are kept, because each training on a part of the examples needs them."""

    prepared_text: PreparedText
    features: Sequence[Item]
    annotations: Sequence[TokenAnnotation]
    rejected: Sequence[Parts]
    """Contents of rejected proposals that overlap no annotation."""


def training_text(
    prepared_text: PreparedText, annotations: Sequence[TokenAnnotation], rejected: Sequence[Parts]
) -> TrainingText:
    """Return a document to train on; contents in ``rejected`` that overlap an annotation are ignored."""
    remaining = [
        one for one in rejected if not any(overlap(one, other.content) >= MIN_OVERLAP for other in annotations)
    ]
    return TrainingText(prepared_text, list(prepared_text.token_features()), annotations, remaining)


def trained_model(
    texts: Sequence[TrainingText], labels: Sequence[str], progress: Callable[[float], None] = lambda _done: None
) -> LearnedModel:
    """Return a model trained on ``texts``; ``progress`` gets the share done, 0 to 1, and may raise to stop."""

    def of_roles(rounds: int) -> None:
        progress(min(1.0, rounds / ROUNDS) * _SHARE_OF_ROLES)

    def of_others(_rounds: int) -> None:
        progress(_SHARE_OF_ROLES)

    roles = trained(_sequences(texts), rounds=ROUNDS, min_frequency=_MIN_FREQUENCY, progress=of_roles)
    sources = trained(_source_items(texts), rounds=_SMALL_ROUNDS, min_frequency=_MIN_FREQUENCY, progress=of_others)
    numbers = trained(_label_items(texts, labels), rounds=_SMALL_ROUNDS, progress=of_others)
    progress(1.0)
    return LearnedModel(roles, sources, numbers, tuple(labels))


def _sequences(texts: Sequence[TrainingText]) -> Iterator[tuple[Sequence[Item], Sequence[str]]]:
    """Yield the features and the roles of the tokens of each paragraph."""
    for one in texts:
        roles = role_of_each_token(len(one.features), one.annotations)
        for start, end in one.prepared_text.sequences:
            has_rejected = any(part[0] < end and start < part[1] for content in one.rejected for part in content)
            for _ in range(_REPETITIONS_AFTER_REJECTION if has_rejected else 1):
                yield one.features[start:end], roles[start:end]


def _source_items(texts: Sequence[TrainingText]) -> Iterator[tuple[Sequence[Item], Sequence[str]]]:
    """Yield for each candidate its features and whether it is the source of its content."""
    # Both answers have to occur even where no source is annotated.
    for answer in (NO, YES):
        yield [["prior"]], [answer]
    for one in texts:
        roles = _annotated_roles(one.annotations)
        for annotation in one.annotations:
            among = candidates(one.prepared_text, annotation.content, roles.sources)
            features = candidate_features(one.prepared_text, annotation.content, among, roles.cues, roles.contents)
            for source, item in zip(among, features, strict=True):
                yield [item], [YES if source in annotation.mention else NO]


def _annotated_roles(annotations: Sequence[TokenAnnotation]) -> Roles:
    """Return the contents, source mentions and cues of the annotations."""
    sources: set[Range] = {part for one in annotations for part in one.mention}
    cues: set[Range] = {part for one in annotations for part in one.cue}
    return Roles([one.content for one in annotations], sorted(sources), sorted(cues))


def _label_items(
    texts: Sequence[TrainingText], labels: Sequence[str]
) -> Iterator[tuple[Sequence[Item], Sequence[str]]]:
    """Yield for each annotation its features and the number of its label."""
    numbers = {label: str(number) for number, label in enumerate(labels)}
    for one in texts:
        labelling = Labelling(one.prepared_text.tokens)
        for annotation in one.annotations:
            mention = annotation.mention[0] if annotation.mention else None
            described = labelling.described(attribution(one.prepared_text, annotation.content, mention, annotation.cue))
            yield [label_features(one.prepared_text.tokens, annotation.content, described)], [numbers[annotation.label]]
