"""What an analyst's document teaches the trained suggester."""

from dataclasses import dataclass

from annotator.nlp.rules.proposals import Fragments


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label on a content. All spans are code points of the text of their example, in its order."""

    label: str
    fragments: Fragments
    """The content."""
    cue: Fragments = ()
    """Empty where the analyst marked none."""
    mention: Fragments = ()
    """Of the source; empty where the analyst marked none."""


@dataclass(frozen=True, slots=True)
class Example:
    """A document that an analyst has read through: what he did not label is taken for what he would not label."""

    text: str
    language: str
    """``en`` or ``en-GB``."""
    annotations: tuple[Labelled, ...]
    rejected: tuple[Labelled, ...] = ()
    """Proposals that he refused."""
