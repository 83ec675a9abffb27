"""Proposals: a label on a content, with cue, source mention, features, score and reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from annotator.domain.labels import DEFAULT_LABELS
from annotator.domain.spans import Span

ENGINE = "rules 1"
"""Name and version of the rules; stored with accepted proposals."""

CLAIM, SPECULATION, OFFICIAL = (label.name for label in DEFAULT_LABELS)
"""The labels of a new project."""

Fragments = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal. Spans are code points of the text, in its order."""

    label: str
    fragments: Fragments
    """The content."""
    cue: Fragments
    mention: Fragments
    source: str
    """The name of the source, a pronoun resolved; empty where no source is named."""
    source_kind: str
    """A choice of the feature of that name, or ``unknown``."""
    score: float
    """0 to 1: the measured share of right proposals of the rule."""
    rule: str
    reason: str
    """The reason shown to users: ``cue “reportedly”, no source``."""
    features: Mapping[str, str | bool] = field(default_factory=lambda: MappingProxyType({}))
    """By the names of ``resources/features.json``."""
    engine: str = ENGINE
