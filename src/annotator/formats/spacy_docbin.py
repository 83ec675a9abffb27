"""spaCy's DocBin: every document as a Doc, every annotation as a Span whose text is its quote.

``doc.spans`` holds ``sc`` (all annotations, overlaps too, under the key that spaCy's own components look for),
``fragments`` (the parts of those that have gaps), ``cues`` and ``mentions``; each Span carries its label and, as
``id_``, the uid of its annotation. ``doc.ents`` holds those that do not overlap, by the policy that the user chooses.
``doc.user_data`` holds what is known of the document, and under ``annotations``, by uid, all further fields.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span
from annotator.formats.base import Corpus, Format, Written
from annotator.formats.facets import PROJECT_DATA, Facet
from annotator.formats.jsonl import annotation_fields
from annotator.formats.overlaps import OVERLAP, counted, policy_of, without_overlaps
from annotator.formats.spacy_tokens import TOKENISER, Edges, Tokeniser, joined, without_space

if TYPE_CHECKING:
    from spacy.tokens import Doc

ATTRIBUTES = ("ORTH", "SPACY", "ENT_IOB", "ENT_TYPE", "ENT_ID")
"""What the file keeps of each token."""


def write(corpus: Corpus, path: Path) -> Written:
    """Writes every document to ``path``. Raises ExportRefused where a choice is unknown."""
    policy = policy_of(corpus)

    from spacy.tokens import DocBin

    tokeniser = Tokeniser(corpus.options.get(TOKENISER.name, ""))
    stored = DocBin(attrs=ATTRIBUTES, store_user_data=True)
    documents = annotations = outside_ents = 0
    for document, own in corpus.documents:
        doc = tokeniser.doc(document.text, document.language, _all_spans(own))
        outside_ents += len(own) - _add_spans(doc, own, policy)
        doc.user_data.update(_user_data(document, own))
        stored.add(doc)
        documents += 1
        annotations += len(own)
    path.write_bytes(stored.to_bytes())
    losses = []
    if outside_ents:
        which = counted(outside_ents, "annotation")
        losses.append(
            f"{which} in doc.spans only: doc.ents holds no overlaps and no white space (overlap policy: {policy})"
        )
    return Written(documents, annotations, tuple(losses))


def _all_spans(annotations: Sequence[AnnotationRecord]) -> set[Span]:
    return {
        span
        for annotation in annotations
        for span in (annotation.span, *annotation.fragments, *annotation.cue, *annotation.mention)
    }


def _add_spans(doc: "Doc", annotations: Sequence[AnnotationRecord], policy: str) -> int:
    """Adds the groups of spans and the entities; tells how many annotations became entities."""
    from spacy.tokens import Span as DocSpan

    edges = Edges(doc)

    def spans(annotation: AnnotationRecord, parts: Sequence[Span]) -> list[DocSpan]:
        return [DocSpan(doc, *edges.range_of(part), label=annotation.label, span_id=annotation.uid) for part in parts]

    groups: dict[str, list[DocSpan]] = {"sc": [], "fragments": [], "cues": [], "mentions": []}
    for annotation in annotations:
        groups["sc"] += spans(annotation, [annotation.span])
        if len(annotation.fragments) > 1:
            groups["fragments"] += spans(annotation, annotation.fragments)
        groups["cues"] += spans(annotation, annotation.cue)
        groups["mentions"] += spans(annotation, annotation.mention)
    for name, group in groups.items():
        doc.spans[name] = group
    chunks = [
        joined([without_space(doc, edges.range_of(span)) for span in annotation.fragments])
        for annotation in annotations
    ]
    kept = without_overlaps(chunks, policy)
    entities = [
        DocSpan(doc, first, last, label=annotations[position].label, span_id=annotations[position].uid)
        for position in kept
        for first, last in chunks[position]
    ]
    doc.set_ents(entities)
    return len(kept)


def _user_data(document: DocumentRecord, annotations: Sequence[AnnotationRecord]) -> dict[str, Any]:
    fields = {annotation.uid: annotation_fields(annotation) for annotation in annotations}
    for own in fields.values():
        del own["quote"]  # It is the text of the Span.
    return {
        "uid": document.uid,
        "title": document.title,
        "source": document.source,
        "author": document.author,
        "published_at": document.published_at,
        "language": document.language,
        "address": document.address,
        "status": document.status,
        "note": document.note,
        "structure": [[kind, *span] for kind, span in document.structure],
        "origin_path": document.origin_path,
        "origin_format": document.origin_format,
        "origin_sha256": document.origin_sha256,
        "imported_at": document.imported_at,
        "direction": document.direction,
        "facts": dict(sorted(document.facts.items())),
        "version_of": document.version_of,
        "annotations": fields,
    }


FORMAT = Format(
    id="spacy",
    name="spaCy DocBin",
    suffixes=(".spacy",),
    write=write,
    cannot_hold=(Facet.BOOKMARKS, Facet.RELATIONS, *PROJECT_DATA),
    example="corpus.spacy",
    choices=(OVERLAP, TOKENISER),
)
