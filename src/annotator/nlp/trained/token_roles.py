"""Contents, cues and source mentions as one role for each token, and back; the suggester is trained on these roles.

The first token of each fragment of a content but the first has the role "content resumes". A token has only one role:
that of the longer content, or else of a content, then of a source, then of a cue. All positions are token numbers.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from annotator.domain.spans import Span
from annotator.nlp.rules.tokens import Range, Tokens

Parts = tuple[Range, ...]

OUTSIDE = "outside"
CONTENT, CONTENT_BEGINS, CONTENT_RESUMES = "content", "content begins", "content resumes"
SOURCE, SOURCE_BEGINS = "source", "source begins"
CUE, CUE_BEGINS = "cue", "cue begins"

ROLES = frozenset((OUTSIDE, CONTENT, CONTENT_BEGINS, CONTENT_RESUMES, SOURCE, SOURCE_BEGINS, CUE, CUE_BEGINS))
IN_CONTENT = frozenset((CONTENT, CONTENT_BEGINS, CONTENT_RESUMES))


@dataclass(frozen=True, slots=True)
class TokenAnnotation:
    """An annotation in tokens."""

    label: str
    content: Parts
    cue: Parts = ()
    mention: Parts = ()


@dataclass(slots=True)
class Roles:
    """The contents by their fragments, the sources and the cues of a text, each in its order."""

    contents: list[Parts] = field(default_factory=list)
    sources: list[Range] = field(default_factory=list)
    cues: list[Range] = field(default_factory=list)


def parts_of(tokens: Tokens, spans: Iterable[Span]) -> Parts:
    """Return the tokens that the spans touch, as ranges that do not touch each other."""
    touched = {
        at for start, end in spans for at in range(bisect_right(tokens.ends, start), bisect_left(tokens.starts, end))
    }
    parts: list[Range] = []
    for at in sorted(touched):
        if parts and parts[-1][1] == at:
            parts[-1] = (parts[-1][0], at + 1)
        else:
            parts.append((at, at + 1))
    return tuple(parts)


def size(parts: Parts) -> int:
    """Return the number of tokens."""
    return sum(end - start for start, end in parts)


def shared(one: Parts, other: Parts) -> int:
    """Return the number of tokens that are in both."""
    return sum(max(0, min(end, stop) - max(start, begin)) for start, end in one for begin, stop in other if begin < end)


def overlap(one: Parts, other: Parts) -> float:
    """Return the number of tokens in both, divided by the number of tokens in at least one, 0 to 1."""
    both = shared(one, other)
    return both / (size(one) + size(other) - both) if both else 0.0


def without_overlaps(annotations: Iterable[TokenAnnotation]) -> list[TokenAnnotation]:
    """Return annotations that do not overlap, in the order of the text; of two that overlap, the longer one is kept."""
    kept: list[TokenAnnotation] = []
    for one in sorted(annotations, key=lambda one: (-size(one.content), one.content)):
        if one.content and not any(shared(one.content, other.content) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.content)


def role_of_each_token(count: int, annotations: Sequence[TokenAnnotation]) -> list[str]:
    """Return the roles of ``count`` tokens; the annotations must not overlap."""
    roles = [OUTSIDE] * count
    for one in annotations:
        for number, part in enumerate(one.content):
            _fill(roles, part, CONTENT_RESUMES if number else CONTENT_BEGINS, CONTENT)
    for one in annotations:
        for part in one.mention:
            _fill(roles, part, SOURCE_BEGINS, SOURCE)
    for one in annotations:
        for part in one.cue:
            _fill(roles, part, CUE_BEGINS, CUE)
    return roles


def _fill(roles: list[str], part: Range, first: str, following: str) -> None:
    """Give the tokens of a part their roles, unless one has a role already."""
    if any(roles[at] != OUTSIDE for at in range(*part)):
        return
    for at in range(*part):
        roles[at] = first if at == part[0] else following


def read_roles(states: Sequence[str], offset: int, into: Roles) -> None:
    """Add to ``into`` the parts that ``states``, those of the tokens from ``offset`` on, describe.

    A part may lack the state with which it should begin.
    """
    before = OUTSIDE
    has_content = False
    for at, state in enumerate(states, offset):
        if state in IN_CONTENT:
            if state == CONTENT_BEGINS or not has_content or (state == CONTENT and before not in IN_CONTENT):
                into.contents.append(((at, at + 1),))
                has_content = True
            elif state == CONTENT_RESUMES:
                into.contents[-1] = (*into.contents[-1], (at, at + 1))
            else:
                *firsts, (start, _end) = into.contents[-1]
                into.contents[-1] = (*firsts, (start, at + 1))
        elif state in (SOURCE, SOURCE_BEGINS):
            _extend(into.sources, at, state == SOURCE)
        elif state in (CUE, CUE_BEGINS):
            _extend(into.cues, at, state == CUE)
        before = state


def _extend(parts: list[Range], at: int, continues: bool) -> None:
    """Add a token to the last part where it continues that part, or else as a new part."""
    if continues and parts and parts[-1][1] == at:
        parts[-1] = (parts[-1][0], at + 1)
    else:
        parts.append((at, at + 1))
