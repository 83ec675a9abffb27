"""Make the feature structures of a CAS from documents, annotations and relations."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from annotator.domain.records import AnnotationRecord, DocumentRecord, FeatureRecord
from annotator.domain.spans import Span
from annotator.domain.wording import counted
from annotator.formats.corpora.uima.cas import (
    CUE,
    DOCUMENT,
    FIELD,
    FURTHER,
    MENTION,
    RELATION,
    SOFA,
    STATEMENT,
    FeatureStructure,
    Reference,
    typed_features,
)
from annotator.formats.native_fields import further_fields, given_annotation_fields, shown_fields
from annotator.formats.reading.offsets import Utf16
from annotator.formats.relations import RelationWithUids

_PYTHON = {"choice": (str,), "text": (str,), "link": (str,), "flag": (bool,), "number": (int, float)}


class Structures:
    """The writer of the feature structures of documents."""

    def __init__(self, features: Iterable[FeatureRecord]) -> None:
        self._typed = typed_features(features)
        self.parts = 0
        """Annotations in fragments, written as one for each."""

    def of(
        self,
        document: DocumentRecord,
        own: Sequence[AnnotationRecord],
        relations: tuple[list[RelationWithUids], list[RelationWithUids]],
    ) -> list[FeatureStructure]:
        """Return the feature structures of a document, the Sofa first; their ids count from 1."""
        within, beyond = relations
        units = Utf16(document.text).units
        length = units(len(document.text))
        made: list[FeatureStructure] = []

        def add(type: str, values: dict[str, Any], span: Span | None = None) -> FeatureStructure:
            place = {} if type == SOFA else {"sofa": Reference("1"), "begin": 0, "end": length}
            if span is not None:
                place |= {"begin": units(span.start), "end": units(span.end)}
            made.append(FeatureStructure(str(len(made) + 1), type, place | values))
            return made[-1]

        add(SOFA, {"sofaNum": 1, "sofaID": "_InitialView", "mimeType": "text", "sofaString": document.text})
        add(DOCUMENT, _document_values(document))
        for key, value in _fields(document, beyond):
            add(FIELD, {"key": key, "value": value})
        first: dict[str, tuple[str, Span]] = {}
        for annotation in own:
            values = self._values(annotation)
            self.parts += len(annotation.fragments) > 1
            for span in annotation.fragments:
                structure = add(STATEMENT, values, span)
                first.setdefault(annotation.uid, (structure.id, span))
            for type, spans in ((CUE, annotation.cue), (MENTION, annotation.mention)):
                for span in spans:
                    add(type, {"statement": annotation.uid}, span)
        for related in within:
            (governor, _), (dependent, place) = first[related.from_uid], first[related.to_uid]
            ends = {"Governor": Reference(governor), "Dependent": Reference(dependent)}
            add(RELATION, ends | {"label": related.relation.kind, **_relation_values(related)}, place)
        return made

    def _values(self, annotation: AnnotationRecord) -> dict[str, Any]:
        values: dict[str, Any] = {"label": annotation.label, **given_annotation_fields(annotation)}
        values.pop("cue", None)
        values.pop("mention", None)
        free: dict[str, Any] = {}
        for name, value in values.pop("features", {}).items():
            definition = self._typed.get(name)
            fits = definition is not None and type(value) in _PYTHON[definition.kind]
            (values if fits else free)[name] = value
        return values | ({"features": _json(free)} if free else {})


def _document_values(document: DocumentRecord) -> dict[str, Any]:
    values: dict[str, Any] = {
        "language": document.language or "x-unspecified",
        "documentTitle": document.title,
        "documentId": document.uid,
    }
    return values | ({"documentUri": document.address} if document.address else {}) | {"isLastSegment": False}


def _fields(document: DocumentRecord, beyond: Sequence[RelationWithUids]) -> Iterator[tuple[str, str]]:
    for key, value in shown_fields(document).items():
        if key not in ("title", "language", "address"):
            yield key, value
    further: dict[str, Any] = {"title": document.title, **further_fields(document)}
    if document.facts:
        further["facts"] = dict(sorted(document.facts.items()))
    if beyond:
        further["relations_beyond"] = [
            {
                "relation": related.relation.kind,
                "from": related.from_uid,
                "to": related.to_uid,
                **_relation_values(related),
            }
            for related in beyond
        ]
    yield FURTHER, _json(further)


def _relation_values(related: RelationWithUids) -> dict[str, str]:
    relation = related.relation
    values = {"note": relation.note, "annotator": relation.annotator, "uid": relation.uid}
    return {name: value for name, value in values.items() if value}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def part_losses(parts: int) -> list[str]:
    """Return a line for annotations in fragments."""
    return [f"{counted(parts, 'annotation')} in fragments written as separate spans"] if parts else []
