"""The trained suggester on PolNeAR: five folds by article, each trained on a hundred of the other articles."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from time import perf_counter
from typing import Any
from zlib import crc32

from tests.bench.attribution_corpus import Article, Attributed, Score, errors_of

from annotator.domain.spans import Span
from annotator.nlp.rules.proposals import CLAIM
from annotator.nlp.trained.model import Model
from annotator.nlp.trained.training import train
from annotator.nlp.trained.training_examples import Example, Labelled

FOLDS = 5
ARTICLES = 100
_PRECISION = 0.8


@dataclass
class Folds:
    """What all folds gave together."""

    score: Score = field(default_factory=Score)
    surer: Score = field(default_factory=Score)
    """From the threshold on that promised a precision of contents of .80 on documents held out in training."""
    errors: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    """Of training."""
    peaks: list[float] = field(default_factory=list)
    """Megabytes that the process of training held at most."""
    words: int = 0
    spent: float = 0.0
    """Seconds of suggesting, the parse given."""
    models: list[Model] = field(default_factory=list)


def measured(corpus: Sequence[Article], trees: Mapping[str, Any]) -> Folds:
    """``trees`` are the parses of the texts; where there are none, it is trained without."""
    folds = Folds()
    names = sorted({article.name for article in corpus})
    for number in range(FOLDS):
        model = _trained(_lessons(corpus, names, number), bool(trees), folds)
        threshold = model.card.threshold_for(_PRECISION)
        held = [article for article in corpus if _fold(article.name) == number]
        found: dict[str, list[tuple[float, Attributed]]] = {}
        for text in dict.fromkeys(article.text for article in held):
            begin = perf_counter()
            proposals = model.suggest(text, parse=trees.get(text))
            folds.spent += perf_counter() - begin
            folds.words += len(text.split())
            found[text] = [(one.score, Attributed(one.fragments, one.mention)) for one in proposals]
        for article in held:
            every = [one for _score, one in found[article.text]]
            sure = [one for score, one in found[article.text] if threshold is not None and score >= threshold]
            folds.score.add(article.text, every, article.attributions)
            folds.surer.add(article.text, sure, article.attributions)
            folds.errors.update(errors_of(article.text, every, article.attributions))
    return folds


def _fold(name: str) -> int:
    return crc32(name.encode()) % FOLDS


def _lessons(corpus: Sequence[Article], names: Sequence[str], fold: int) -> list[Example]:
    """A hundred articles of the other folds, each as its first annotator read it."""
    others = [name for name in names if _fold(name) != fold]
    random.Random(fold).shuffle(others)
    chosen = set(others[:ARTICLES])
    first: dict[str, Article] = {}
    for article in corpus:
        if article.name in chosen:
            first.setdefault(article.name, article)
    return [Example(article.text, "en", tuple(_labelled(article))) for article in first.values()]


def _labelled(article: Article) -> Iterator[Labelled]:
    for one in article.attributions:
        content, cue, source = (
            tuple(Span(*pair) for pair in sorted(pairs)) for pairs in (one.content, one.cue, one.source)
        )
        yield Labelled(CLAIM, content, cue, source)


def _trained(examples: Sequence[Example], parsed: bool, folds: Folds) -> Model:
    begin = perf_counter()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        model, peak = pool.submit(_train, examples, parsed).result()
    folds.seconds.append(perf_counter() - begin)
    folds.peaks.append(peak)
    folds.models.append(model)
    return model


def _train(examples: Sequence[Example], parsed: bool) -> tuple[Model, float]:
    """As the worker does it, in a process of its own."""
    import psutil

    peak = 0.0
    process = psutil.Process()

    def watch(done: int, total: int, text: str) -> None:
        nonlocal peak
        peak = max(peak, process.memory_info().rss / 2**20)

    return train(examples, name="bench", made_at="2000-01-01", progress=watch, parsed=parsed), peak
