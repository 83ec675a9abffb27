"""Examples for the training of a suggester: documents with annotations and rejected proposals."""

from dataclasses import dataclass

from annotator.nlp.rules.proposals import Fragments


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label on a content. All spans are code points of the text of their example, in its order."""

    label: str
    fragments: Fragments
    """The content."""
    cue: Fragments = ()
    """Empty where the analyst annotated none."""
    mention: Fragments = ()
    """Of the source; empty where the analyst annotated none."""


@dataclass(frozen=True, slots=True)
class Example:
    """A document that an analyst has annotated completely: the text without labels is an example too."""

    text: str
    language: str
    """``en`` or ``en-GB``."""
    annotations: tuple[Labelled, ...]
    rejected: tuple[Labelled, ...] = ()
    """Proposals that the analyst rejected."""
