"""Source mentions near a content as candidates for its source, with features for a small classifier."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotator.nlp.rules.attributions import Attribution
from annotator.nlp.rules.tokens import Range, Tokens
from annotator.nlp.trained.prepared_text import PreparedText
from annotator.nlp.trained.token_features import distance_class
from annotator.nlp.trained.token_roles import Parts

YES, NO = "yes", "no"

_MAX_GAP = 100
"""The most tokens between a content and a candidate."""
_MAX_GAP_TO_CUE = 3
"""The most tokens between a mention and a cue beside it."""
_MAX_WORDS_BETWEEN = 4
"""The most words between a content and a mention that are a feature together."""


def candidates(prepared_text: PreparedText, content: Parts, sources: Sequence[Range]) -> list[Range]:
    """Return the mentions that may be the source of ``content``, the nearest first: also that of the rules."""
    tokens = prepared_text.tokens
    ruled = prepared_text.ruled(content)
    known = list(sources)
    if ruled is not None and ruled.source is not None and ruled.source not in known:
        known.append(ruled.source)
    first, last = tokens.paragraph_of[content[0][0]], tokens.paragraph_of[content[-1][1] - 1]
    return sorted(
        (
            source
            for source in known
            if first - 1 <= tokens.paragraph_of[source[0]] <= last + 1 and _gap(content, source) <= _MAX_GAP
        ),
        key=lambda source: (_gap(content, source), source),
    )


def candidate_features(
    prepared_text: PreparedText,
    content: Parts,
    among: Sequence[Range],
    cues: Sequence[Range],
    contents: Sequence[Parts],
) -> list[list[str]]:
    """Return the features of each candidate in ``among``, given the cues and the contents of the text."""
    surroundings = _Surroundings(prepared_text.tokens, content, prepared_text.ruled(content), among, cues, contents)
    return [_features(surroundings, source, rank) for rank, source in enumerate(among)]


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """A content with everything that may show its source."""

    tokens: Tokens
    content: Parts
    ruled: Attribution | None
    """The attribution of the rules with about the same content."""
    candidates: Sequence[Range]
    cues: Sequence[Range]
    contents: Sequence[Parts]


def _gap(content: Parts, source: Range) -> int:
    """Return the number of tokens between; 0 where they touch or overlap."""
    return min(max(0, start - source[1], source[0] - end) for start, end in content)


def _side(content: Parts, source: Range) -> str:
    """Return on which side of a content a mention stands."""
    if source[1] <= content[0][0]:
        return "before"
    return "behind" if source[0] >= content[-1][1] else "between"


def _between(content: Parts, source: Range) -> Range:
    """Return the tokens between a source and the nearest fragment."""
    start, end = min(content, key=lambda part: max(0, part[0] - source[1], source[0] - part[1]))
    return (source[1], start) if source[1] <= start else (end, source[0]) if source[0] >= end else (start, start)


def _features(around: _Surroundings, source: Range, rank: int) -> list[str]:
    """Return the features of the candidate ``source``, which is number ``rank`` by its distance from the content."""
    tokens, content, among, cues = around.tokens, around.content, around.candidates, around.cues
    side, gap = _side(content, source), distance_class(_gap(content, source))
    inner = _between(content, source)
    sentences = tokens.sentence_of[source[0]] - tokens.sentence_of[content[0][0]]
    same = (
        "same"
        if tokens.sentence_of[content[0][0]] <= tokens.sentence_of[source[0]] <= tokens.sentence_of[content[-1][1] - 1]
        else distance_class(sentences)
    )
    others = sum(inner[0] <= other[0] < inner[1] for other in among if other != source)
    contents_between = sum(inner[0] <= other[0][0] < inner[1] for other in around.contents if other != content)
    cues_between = [cue for cue in cues if inner[0] <= cue[0] < inner[1]]
    first = tokens.forms[content[0][0]]
    quoted = "quoted" if tokens.quoted[content[0][0]] != -1 else "plain"
    place = f"{side} {same} {gap}"
    rule = _by_rule(around.ruled, source)
    features = [
        f"side {side}",
        f"place {place}",
        f"place {side} {same}",
        f"rank {min(rank, 3)}",
        f"rank {min(rank, 3)} {side} {same}",
        f"rule {rule}",
        f"rule {rule} {side} {same}",
        f"others {min(others, 2)} {side}",
        f"contents {min(contents_between, 2)} {side} {same}",
        f"cues {min(len(cues_between), 2)} {side} {same}",
        f"{quoted} {side} {same} {min(rank, 3)}",
        f"only {len(among) == 1} {same}",
        f"shape {tokens.classes[source[0]]} {min(source[1] - source[0], 6)}",
        f"head {tokens.forms[source[1] - 1]}",
        f"paragraph {tokens.paragraph_of[source[0]] - tokens.paragraph_of[content[0][0]]}",
        f"first {first} {side}",
        f"rivals {_sides_of_others(tokens, content, source, among)} {side} {same}",
    ]
    features.extend(f"{feature} {side}" for feature in _cues_beside(tokens, source, cues))
    if inner[1] - inner[0] <= _MAX_WORDS_BETWEEN:
        features.append("words " + " ".join(tokens.forms[inner[0] : inner[1]]) + f" {side}")
    features.extend(f"cue {tokens.forms[cue[1] - 1]} {side}" for cue in cues_between[:2])
    features.append("shapes " + "".join(tokens.classes[at] for at in range(*inner))[:8] + f" {side}")
    return features


def _by_rule(ruled: Attribution | None, source: Range) -> str:
    """Return how a candidate agrees with the source that the rules give to the content."""
    if ruled is None:
        return "silent"
    if ruled.source is None:
        return "none"
    if ruled.source == source:
        return "this"
    return "near" if ruled.source[0] < source[1] and source[0] < ruled.source[1] else "other"


def _sides_of_others(tokens: Tokens, content: Parts, source: Range, among: Sequence[Range]) -> str:
    """Return on which sides of a content other candidates stand in its sentences."""
    low, high = tokens.sentence_of[content[0][0]], tokens.sentence_of[content[-1][1] - 1]
    sides = {
        _side(content, other) for other in among if other != source and low <= tokens.sentence_of[other[0]] <= high
    }
    return " ".join(sorted(sides)) or "none"


def _cues_beside(tokens: Tokens, source: Range, cues: Sequence[Range]) -> Iterator[str]:
    """Yield the words of the cues shortly after and shortly before a mention."""
    for start, end in cues:
        if 0 <= start - source[1] < _MAX_GAP_TO_CUE:
            yield f"then {tokens.forms[end - 1]}"
        if 0 <= source[0] - end < _MAX_GAP_TO_CUE:
            yield f"after {tokens.forms[start]}"
