"""Write pages of Web Annotation: one for each document, with the text that it annotates."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec

from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span, context_of
from annotator.domain.wording import counted
from annotator.formats.base import Corpus, Written
from annotator.formats.corpora.web_annotation.vocabulary import DOCUMENT, OURS, TERMS, UID_PREFIX
from annotator.formats.native_fields import further_fields, given_annotation_fields, shown_fields
from annotator.formats.relations import RelationsByDocument, RelationWithUids, derived_uid

ANNO = "http://www.w3.org/ns/anno.jsonld"
_JSON = ("features", "cue", "mention", "structure", "facts")
CONTEXT: list[Any] = [
    ANNO,
    {"annotator": "urn:annotator:"} | {f"{OURS}{name}": {"@id": f"{OURS}{name}", "@type": "@json"} for name in _JSON},
]
"""The context of a page: the vocabulary of the W3C, and our own terms. Values of any type are JSON literals."""


def write(corpus: Corpus, path: Path) -> Written:
    """Write one page for each document to ``path``."""
    by_document = RelationsByDocument(corpus.relations)
    documents = annotations = gapped = 0
    encode = msgspec.json.Encoder().encode
    with open(path, "wb") as file:
        for document, own in corpus.documents:
            file.write((b",\n" if documents else b"[\n") + encode(_page(document, own, by_document)))
            documents += 1
            annotations += len(own)
            gapped += sum(len(found.fragments) > 1 for found in own)
        file.write(b"\n]\n" if documents else b"[]\n")
    losses = by_document.losses()
    if gapped:
        losses.append(f"{counted(gapped, 'annotation')} in fragments written with several targets")
    return Written(documents, annotations, tuple(losses))


def _page(
    document: DocumentRecord, own: Sequence[AnnotationRecord], by_document: RelationsByDocument
) -> dict[str, Any]:
    within, beyond = by_document.of(own)
    iri = _iri(document.uid)
    return {
        "@context": CONTEXT,
        "id": _iri(derived_uid("page", document.uid)),
        "type": "AnnotationPage",
        DOCUMENT: _resource(document, iri),
        "items": [
            *(_annotation(annotation, document.text, iri) for annotation in own),
            *(_link(related) for related in (*within, *beyond)),
        ],
    }


def _resource(document: DocumentRecord, iri: str) -> dict[str, Any]:
    fields = shown_fields(document) | further_fields(document)
    fields.pop("uid")
    if document.facts:
        fields["facts"] = dict(sorted(document.facts.items()))
    terms = {TERMS.get(name, f"{OURS}{name}"): value for name, value in fields.items()}
    return {"id": iri, "type": "Text", "format": "text/plain", "value": document.text} | terms


def _annotation(annotation: AnnotationRecord, text: str, iri: str) -> dict[str, Any]:
    fields = given_annotation_fields(annotation)
    note = fields.pop("note", "")
    for name in ("uid", "annotator", "created_at", "updated_at"):
        fields.pop(name, None)
    by_model = annotation.created_by != "person" and annotation.annotator == annotation.created_by
    if by_model:
        fields.pop("created_by")
    targets = [_target(span, text, iri) for span in annotation.fragments]
    return {
        "id": _iri(annotation.uid),
        "type": "Annotation",
        "motivation": "tagging",
        "creator": {"type": "Software" if by_model else "Person", "name": annotation.annotator},
        "created": annotation.created_at,
        "modified": annotation.updated_at,
        "body": [_body("tagging", annotation.label), *([_body("commenting", note)] if note else [])],
        "target": targets if len(targets) > 1 else targets[0],
    } | {f"{OURS}{name}": value for name, value in fields.items()}


def _target(span: Span, text: str, iri: str) -> dict[str, Any]:
    prefix, suffix = context_of(text, span)
    return {
        "type": "SpecificResource",
        "source": iri,
        "selector": [
            {"type": "TextPositionSelector", "start": span.start, "end": span.end},
            {"type": "TextQuoteSelector", "exact": span.of(text), "prefix": prefix, "suffix": suffix},
        ],
    }


def _link(related: RelationWithUids) -> dict[str, Any]:
    relation = related.relation
    return {
        "id": _iri(relation.uid),
        "type": "Annotation",
        "motivation": "linking",
        **({"creator": {"type": "Person", "name": relation.annotator}} if relation.annotator else {}),
        "body": [
            _iri(related.to_uid),
            _body("tagging", relation.kind),
            *([_body("commenting", relation.note)] if relation.note else []),
        ],
        "target": _iri(related.from_uid),
    }


def _body(purpose: str, value: str) -> dict[str, str]:
    return {"type": "TextualBody", "purpose": purpose, "format": "text/plain", "value": value}


def _iri(uid: str) -> str:
    try:
        named = UUID(hex=uid)
    except ValueError:
        return UID_PREFIX + quote(uid, safe="")
    return named.urn if named.hex == uid else UID_PREFIX + quote(uid, safe="")
