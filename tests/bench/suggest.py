"""How near suggestions come to people, on PolNeAR: those of the rules, and of a model after a hundred articles.

Also how many words are read in a second on one core, and what training takes.

The corpus is named by the first argument or by ANNOTATOR_POLNEAR, and is else looked for beside the checkout.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.bench.attribution_corpus import Article, Attributed, Score, articles
from tests.bench.model_folds import ARTICLES, Folds, measured
from tests.nlp.rules.labelled_sentences import labelled, proposed_label

from annotator.nlp.rules import parses
from annotator.nlp.rules.attributions import Attribution
from annotator.nlp.rules.proposals import CLAIM, OFFICIAL, SPECULATION
from annotator.nlp.rules.rule_suggester import attributions, suggest
from annotator.nlp.rules.tokens import Tokens, tokenized
from annotator.nlp.rules.word_lists import word_lists

_CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "polnear-train"
_LABELS = (CLAIM, SPECULATION, OFFICIAL, "none")

Finder = Callable[[Tokens], list[Attribution]]


def _attributed(tokens: Tokens, found: Sequence[Attribution]) -> list[Attributed]:
    return [
        Attributed(
            tuple(tokens.span(content) for content in one.contents),
            () if one.source is None else (tokens.span(one.source),),
        )
        for one in found
    ]


def _score(corpus: Sequence[Article], find: Finder) -> Score:
    lists = word_lists("en")
    score = Score()
    found: dict[str, list[Attributed]] = {}
    for article in corpus:
        if article.text not in found:
            tokens = tokenized(article.text, lists)
            found[article.text] = _attributed(tokens, find(tokens))
        score.add(article.text, found[article.text], article.attributions)
    return score


def _row(name: str, score: Score, wished: str = "") -> None:
    sentences = f"{score.sentences.precision:.2f} / {score.sentences.recall:.2f}"
    cells = (score.content_tokens.f, score.source_tokens.f, score.content_spans.f, score.exact_sources.precision)
    print(f"{name:28} {sentences:>12} " + " ".join(f"{cell:>9.2f}" for cell in cells) + f"  {wished}", flush=True)


def _speed(texts: Sequence[str], work: Callable[[str], object]) -> float:
    """Words in a second of processor time, the better of two rounds."""
    words = sum(len(text.split()) for text in texts)
    rounds = []
    for _ in range(2):
        begin = perf_counter()
        for text in texts:
            work(text)
        rounds.append(perf_counter() - begin)
    return words / min(rounds)


def measure(folder: Path) -> None:
    """Print how labels are confused on our own sentences, and the tables for the corpus in ``folder``."""
    _print_confusion()
    print("\nSuggestions: the rules on PolNeAR")
    if not (folder / "attributions").is_dir():
        print(f"Skipped: there is no PolNeAR in {folder}. Name its folder, or set ANNOTATOR_POLNEAR.")
        return
    corpus = list(articles(folder))
    texts = list(dict.fromkeys(article.text for article in corpus))
    print(
        f"{len(texts)} articles, {sum(len(one.attributions) for one in corpus):,} attributions; contents count whatever"
    )
    print("their label; spans match from an overlap of a third of both; an exact source is counted where spans match.")
    print(f"{'':28} {'sent. P / R':>12} {'content F':>9} {'source F':>9} {'span F':>9} {'source =':>9}  wished")
    _row("rules, blank pipeline", _score(corpus, attributions), ".90 / .60 .74 .60 .52 .60")
    trees = _trees(texts)
    if trees:
        score = _score(corpus, lambda tokens: attributions(tokens, parses.Parse(tokens, trees[tokens.text])))
        _row("rules, with a parse", score, ".93 / .68 .78 .66 .60 .70")
    else:
        print("rules, with a parse: skipped, no English pipeline is installed")
    models = {"without a parse": measured(corpus, {})} | ({"with a parse": measured(corpus, trees)} if trees else {})
    for name, folds in models.items():
        _row(f"model, {name}", folds.score, ".90 / .80 .82 .72 .66 .75")
        _row("  from a score of .80", folds.surer)
    print()
    for name, folds in models.items():
        _print_training(name, folds)
    speed = _speed(texts, suggest)
    print(f"{'rules, blank pipeline':28} {speed:>9,.0f} words a second on one core, wished 25,000")
    if trees:
        _print_speed_with_parse(texts[::4])


def _print_training(name: str, folds: Folds) -> None:
    print(f"model, {name}, after {ARTICLES} articles, five folds")
    print(f"  training {min(folds.seconds):.0f}-{max(folds.seconds):.0f} s, wished 90; ", end="")
    print(f"at most {max(folds.peaks):,.0f} MB, wished 1,500; {folds.words / folds.spent:,.0f} words a second")
    print("  errors: " + ", ".join(f"{kind} {count:,}" for kind, count in folds.errors.most_common()))
    figures = folds.models[0].card.figures
    curve = ", ".join(f"{point.documents}: {point.counts.f:.2f}" for point in figures.curve)
    print(f"  learning curve of the first fold, F of contents after so many articles: {curve}")
    table = ", ".join(f"{one.mean:.2f}: {one.precision:.2f} of {one.proposed}" for one in figures.reliability())
    print(f"  its scores and how often they were right: {table}", flush=True)


def _print_confusion() -> None:
    """Which label the rules give to our own sentences: a row a label, a column what is proposed."""
    counts = Counter((one.label, proposed_label(one)) for one in labelled("speculation"))
    print("\nSuggestions: labels of our own sentences, a row for the right one, a column for what is proposed")
    print(f"{'':20} " + " ".join(f"{label:>18}" for label in _LABELS))
    for label in _LABELS:
        print(f"{label:20} " + " ".join(f"{counts[label, proposed]:>18}" for proposed in _LABELS))


def _print_speed_with_parse(texts: Sequence[str]) -> None:
    parse = parses.pipeline()
    alone = _speed(texts, parse)
    rules = _speed(texts, lambda text: suggest(text, parse=parse(text)))
    share = f"{rules / alone:.0%} of the parse alone, wished 80%"
    print(f"{'rules, with a parse':28} {rules:>9,.0f} words a second, {share}")


def _trees(texts: Sequence[str]) -> dict[str, Any]:
    """The parse of each text; none where no pipeline is installed."""
    return dict(zip(texts, parses.parsed(texts), strict=True)) if parses.is_installed() else {}


if __name__ == "__main__":
    measure(Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("ANNOTATOR_POLNEAR", _CORPUS)))
