"""Attributions: a source, its cue and the content attributed to it, as records."""

from dataclasses import dataclass

from annotator.nlp.rules.tokens import Range

Contents = tuple[Range, ...]
"""The fragments of a content, as token numbers; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """A source, the words that attribute a content to it, and the content. All ranges are token numbers."""

    rule: str
    """The name of the rule that found it."""
    kind: str
    """The kind of its cue: "say", "think", "seem" and others of the word lists."""
    act: str
    """The speech act: "assert", "deny", "request" and others of the word lists."""
    cue: Range
    source: Range | None
    contents: Contents
