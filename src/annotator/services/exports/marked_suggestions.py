"""Open suggestions in an export: never as annotations unless requested, and then marked in every record."""

import hashlib
from collections.abc import Iterable, Iterator

from annotator.domain.records import AnnotationRecord, DocumentRecord, SuggestionRecord
from annotator.domain.spans import context_of

MARK = "suggested"
"""The feature whose number is the score of a suggestion that was not accepted yet."""


def marked(document: DocumentRecord, suggestions: Iterable[SuggestionRecord]) -> Iterator[AnnotationRecord]:
    """Yield the suggestions of a document as annotations by their engine, with the score in the feature
    ``suggested``.
    """
    for one in suggestions:
        prefix, suffix = context_of(document.text, one.fragments[0]._replace(end=one.end))
        yield AnnotationRecord(
            # With an id that no annotation has, so that no relation can refer to it.
            id=-one.id,
            uid=_uid(document, one),
            document_id=document.id,
            label_id=one.label_id,
            label=one.label,
            start=one.start,
            end=one.end,
            quote=one.quote,
            prefix=prefix,
            suffix=suffix,
            fragments=one.fragments,
            cue=one.cue,
            mention=one.mention,
            source_id=None,
            source=one.source,
            reliability_override=None,
            reliability_reason="",
            inherited_reliability=None,
            credibility=None,
            probability=None,
            confidence=None,
            note=one.reason,
            features={**one.features, MARK: round(one.score, 4)},
            annotator=one.engine,
            created_by=one.engine,
            created_at=document.imported_at,
            updated_at=document.imported_at,
        )


def _uid(document: DocumentRecord, one: SuggestionRecord) -> str:
    """Return the same uid for the same suggestion, so that an export can be repeated byte for byte."""
    identity = f"{document.uid} {one.label} {one.fragments} {one.engine}"
    return hashlib.sha256(identity.encode()).hexdigest()[:32]
