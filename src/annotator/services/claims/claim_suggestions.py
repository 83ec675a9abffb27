"""Annotations that may state the same claim: suggested by shared names, numbers and wording, confirmed by the analyst.

Words are weighted by their rarity in the project (the logarithm of the inverse document frequency), names and numbers
more; similarity is the weight of the shared words divided by that of all words, as in Jaccard's index. Contradicting
numbers reduce the similarity. Candidates are found by their rare words, so that the work grows with the annotations.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from annotator.domain.analysis.union_find import UnionFind
from annotator.domain.wording import listed
from annotator.services.claims.text_reuse import folded
from annotator.store.project import Project

Progress = Callable[[int, int, str], None]

MIN_SIMILARITY = 0.3
"""Minimum similarity of two statements that are suggested, from 0 to 1."""

_NAME_WEIGHT, _NUMBER_WEIGHT = 2.0, 1.5
"""Weights of a name and of a number; any other word has 1."""

_MAX_BUCKET = 200
"""Number of statements above which a shared word is ignored."""

_MAX_RARE_WORDS = 12
"""Number of its rarest words by which a statement is looked up."""

_TOKEN = re.compile(r"\d[\d.,]*\d|\d|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_UNSPACED = re.compile(r"[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(),
        1,
    )
}
_STOP_WORDS = frozenset(
    "a an the of to in on at by for from with and or but if as is are was were be been being has have had do does did "
    "it its he she his her they their them that this these those which who whom whose not no nor so than then there "
    "will would shall should may might can could must said says say also into over under after before about up out "
    "more most some any all each other such only own same very just".split()
)


class Alike(NamedTuple):
    """Two annotations, by id, that may state the same claim: their similarity, from 0 to 1, and what they share."""

    one_id: int
    other_id: int
    likeness: float
    reason: str


class Cluster(NamedTuple):
    """Annotations that may state the same claim; ``claim_id``: the one that some of them already state."""

    annotation_ids: tuple[int, ...]
    claim_id: int | None
    likeness: float
    reason: str


class _Words(NamedTuple):
    id: int
    document_id: int
    claim_id: int | None
    weights: Mapping[str, float]
    names: frozenset[str]
    numbers: frozenset[str]


def alike(project: Project, annotation_id: int, limit: int = 12) -> list[Alike]:
    """Return the annotations that may state the same as one does, the most similar first.

    Those of its own claim are left out.
    """
    known = _read(project)
    own = known.get(annotation_id)
    if own is None:
        return []
    others = (
        one for one in known.values() if one.id != own.id and (own.claim_id is None or one.claim_id != own.claim_id)
    )
    pairs = (found for one in others if (found := _compared(own, one)).likeness >= MIN_SIMILARITY)
    return sorted(pairs, key=lambda pair: (-pair.likeness, pair.other_id))[:limit]


def suggested(project: Project, progress: Progress | None = None) -> list[Cluster]:
    """Return groups of annotations of different documents that may state the same claim and do not yet, the most
    similar first.
    """
    known = _read(project)
    pairs = []
    for number, (one_id, other_id) in enumerate(_candidates(known, progress)):
        one, other = known[one_id], known[other_id]
        if progress is not None and number % 1000 == 0:
            progress(number, 0, "Comparing statements")
        if one.document_id == other.document_id or (one.claim_id is not None and other.claim_id is not None):
            continue
        pair = _compared(one, other)
        if pair.likeness >= MIN_SIMILARITY:
            pairs.append(pair)
    return _clusters(known, sorted(pairs, key=lambda pair: (-pair.likeness, pair.one_id, pair.other_id)))


def _clusters(known: Mapping[int, _Words], pairs: Iterable[Alike]) -> list[Cluster]:
    connected = UnionFind[int]()
    claims: dict[int, int | None] = {}
    best: dict[int, Alike] = {}
    for pair in pairs:
        leaders = connected.find(pair.one_id), connected.find(pair.other_id)
        held = [claims.get(leader, known[leader].claim_id) for leader in leaders]
        # Two claims are never joined: that is a decision of the analyst.
        if None not in held and held[0] != held[1]:
            continue
        firsts = [best[leader] for leader in leaders if leader in best]
        connected.union(*leaders)
        leader = connected.find(pair.one_id)
        claims[leader] = next((id for id in held if id is not None), None)
        best[leader] = max([*firsts, pair], key=lambda found: found.likeness)
    groups: dict[int, list[int]] = {}
    for id in known:
        groups.setdefault(connected.find(id), []).append(id)
    found = [
        Cluster(tuple(ids), claims[leader], best[leader].likeness, best[leader].reason)
        for leader, ids in groups.items()
        if leader in best
    ]
    return sorted(found, key=lambda cluster: (-cluster.likeness, cluster.annotation_ids))


def _read(project: Project) -> dict[int, _Words]:
    quotes = list(project.read.annotations.quotes())
    tokens = {quote.id: _tokens(quote.words) for quote in quotes}
    counts = Counter(word for found in tokens.values() for word in found)
    total = max(1, len(quotes))
    rarity = {word: math.log(1 + total / count) for word, count in counts.items()}
    read = {}
    for quote in quotes:
        kinds = tokens[quote.id]
        weights = {word: rarity[word] * kind for word, kind in kinds.items()}
        names = frozenset(word for word, kind in kinds.items() if kind == _NAME_WEIGHT)
        numbers = frozenset(word for word, kind in kinds.items() if kind == _NUMBER_WEIGHT)
        read[quote.id] = _Words(quote.id, quote.document_id, quote.claim_id, weights, names, numbers)
    return read


def _tokens(words: str) -> dict[str, float]:
    """Return the distinctive words, each with the weight of its kind."""
    found: dict[str, float] = {}
    for place, match in enumerate(_TOKEN.finditer(_UNSPACED.sub(r" \g<0> ", words))):
        written = match[0]
        plain = folded(written)
        if written[0].isdigit():
            found[plain.replace(",", "").rstrip(".")] = _NUMBER_WEIGHT
        elif plain in _NUMBER_WORDS:
            found[_NUMBER_WORDS[plain]] = _NUMBER_WEIGHT
        elif plain and plain not in _STOP_WORDS:
            is_name = written[0].isupper() and place > 0
            stem = _stem(plain)
            found[stem] = max(found.get(stem, 0.0), _NAME_WEIGHT if is_name else 1.0)
    return found


def _stem(word: str) -> str:
    """Return a word without the most common English endings, so that *opened* matches *opening*."""
    for ending in ("ingly", "edly", "ing", "ies", "ied", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("y" if ending in ("ies", "ied") else "")
    return word.removesuffix("e") if len(word) > 4 else word


def _candidates(known: Mapping[int, _Words], progress: Progress | None) -> Iterator[tuple[int, int]]:
    by_word: dict[str, list[int]] = {}
    for one in known.values():
        for word in sorted(one.weights, key=lambda word: (-one.weights[word], word))[:_MAX_RARE_WORDS]:
            by_word.setdefault(word, []).append(one.id)
    seen: set[tuple[int, int]] = set()
    for number, ids in enumerate(by_word.values()):
        if progress is not None and number % 1000 == 0:
            progress(number, len(by_word), "Looking for statements that are alike")
        if len(ids) > _MAX_BUCKET:
            continue
        for place, one_id in enumerate(ids):
            for other_id in ids[place + 1 :]:
                if (one_id, other_id) not in seen:
                    seen.add((one_id, other_id))
                    yield one_id, other_id


def _compared(one: _Words, other: _Words) -> Alike:
    shared = one.weights.keys() & other.weights.keys()
    both = math.fsum(max(one.weights[word], other.weights[word]) for word in shared)
    either = math.fsum(one.weights.values()) + math.fsum(other.weights.values()) - both
    likeness = both / either if either > 0 else 0.0
    if one.numbers and other.numbers and not one.numbers & other.numbers:
        likeness /= 2
    reasons = [
        *sorted(word for word in shared if word in one.names or word in other.names),
        *sorted(shared & (one.numbers | other.numbers)),
        *sorted(word for word in shared if word not in one.names | other.names | one.numbers | other.numbers),
    ]
    return Alike(one.id, other.id, min(1.0, likeness), f"both have {listed(reasons[:6])}" if reasons else "")
