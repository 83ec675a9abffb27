"""Conditions by which annotations and suggestions are selected."""

from collections.abc import Collection
from typing import Any, NamedTuple


class AnnotationConditions(NamedTuple):
    """Conditions on annotations, all of which must be met; without any, all match.

    ``source_id`` 0: no source is given. ``reliability`` ``-`` and ``credibility`` 0: not graded. ``feature``: its name,
    with ``value`` None for any. ``words``: in the quote or the note. ``since``, ``until``: ISO 8601 dates of creation,
    both included. ``chosen``: only these; ``left_out``: not these.
    """

    annotator: str = ""
    created_by: str = ""
    source_id: int | None = None
    reliability: str = ""
    credibility: int | None = None
    document_ids: Collection[int] = ()
    feature: str = ""
    value: Any = None
    words: str = ""
    since: str = ""
    until: str = ""
    chosen: Collection[int] | None = None
    left_out: Collection[int] = ()


class SuggestionBounds(NamedTuple):
    """Which suggestions are requested: of some documents or of all, from a score on, of some labels or of all."""

    document_ids: tuple[int, ...] | None = None
    least: float = 0.0
    label_ids: tuple[int, ...] | None = None


EVERYWHERE = SuggestionBounds()
"""All documents, scores and labels."""
