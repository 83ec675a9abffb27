"""Write our lines of JSON: the header, documents, relations and judgements."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.records import (
    AnnotationRecord,
    AssessmentRecord,
    BookmarkRecord,
    DocumentRecord,
    FeatureRecord,
    LabelRecord,
    RelationRecord,
    SourceRecord,
)
from annotator.formats.base import Corpus, Written
from annotator.formats.corpora.jsonl import judgement_lines
from annotator.formats.corpora.jsonl.vocabulary import VERSION
from annotator.formats.relations import losses_of
from annotator.formats.wire import to_line


def write(corpus: Corpus, path: Path) -> Written:
    """Write the whole corpus to ``path``. Only what refers to annotations outside it is lost."""
    needed = {id for relation in corpus.relations for id in (relation.from_id, relation.to_id)}
    needed |= judgement_lines.annotations_of(corpus.judgements)
    bookmarks: dict[int, list[BookmarkRecord]] = {}
    for bookmark in corpus.bookmarks:
        bookmarks.setdefault(bookmark.document_id, []).append(bookmark)
    uids: dict[int, str] = {}
    documents = annotations = 0
    encode = msgspec.json.Encoder().encode
    with open(path, "wb") as file:
        file.write(encode(header_fields(corpus)) + b"\n")
        for document, own in corpus.documents:
            file.write(encode(document_fields(document, own, bookmarks.get(document.id, ()))) + b"\n")
            documents += 1
            annotations += len(own)
            if needed:
                uids.update((annotation.id, annotation.uid) for annotation in own if annotation.id in needed)
        left_out = 0
        for relation in corpus.relations:
            if relation.from_id in uids and relation.to_id in uids:
                file.write(encode(relation_fields(relation, uids)) + b"\n")
            else:
                left_out += 1
        fields, losses = judgement_lines.fields_of(corpus.judgements, uids)
        file.writelines(encode(one) + b"\n" for one in fields)
    return Written(documents, annotations, (*losses_of(left_out), *losses))


def header_fields(corpus: Corpus) -> dict[str, Any]:
    """Return the header: the data of the whole corpus, except its relations and judgements."""
    names = {source.id: source.name for source in corpus.sources}
    state = corpus.state()
    return {
        "format": "annotator",
        "version": VERSION,
        "title": corpus.title,
        "labels": [_label(label) for label in corpus.labels],
        "features": [_feature(feature) for feature in corpus.features],
        "sources": [_source(source, names) for source in corpus.sources],
        "assessments": [_assessment(assessment, names) for assessment in corpus.assessments],
        "project_uid": state.project_uid if state else "",
        "tip": {"number": state.number, "hash": state.hash, "at": state.at} if state else None,
        "whole": bool(state and state.is_whole),
        "annotators": [{"uid": uid, "name": name} for uid, name in corpus.annotators],
        "log": state.points if state else [],
        "removed": state.removed if state else [],
        "undone": state.undone if state else [],
    }


def _label(label: LabelRecord) -> dict[str, Any]:
    return {
        "name": label.name,
        "initials": label.initials,
        "color": label.color,
        "key": label.key,
        "description": label.description,
        "position": label.position,
        "parent": label.parent,
        "uid": label.uid,
    }


def _feature(feature: FeatureRecord) -> dict[str, Any]:
    return {
        "name": feature.name,
        "kind": feature.kind,
        "choices": feature.choices,
        "description": feature.description,
        "position": feature.position,
        "uid": feature.uid,
    }


def _source(source: SourceRecord, names: dict[int, str]) -> dict[str, Any]:
    return {
        "name": source.name,
        "kind": source.kind,
        "aliases": source.aliases,
        "note": source.note,
        "parent": names.get(source.parent_id, "") if source.parent_id is not None else "",
        "reliability": source.reliability,
        "uid": source.uid,
        "owner": names.get(source.owner_id, "") if source.owner_id is not None else "",
        "topics": source.topics,
    }


def _assessment(assessment: AssessmentRecord, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "source": names.get(assessment.source_id, ""),
        "made_on": assessment.made_on,
        "reliability": assessment.reliability,
        "topic": assessment.topic,
        "rationale": assessment.rationale,
        "annotator": assessment.annotator,
        "uid": assessment.uid,
    }


def document_fields(
    document: DocumentRecord, annotations: Sequence[AnnotationRecord], bookmarks: Sequence[BookmarkRecord]
) -> dict[str, Any]:
    """Return the line of a document, with its annotations and bookmarks."""
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
        "text": document.text,
        "structure": [{"kind": kind, "start": span.start, "end": span.end} for kind, span in document.structure],
        "origin_path": document.origin_path,
        "origin_format": document.origin_format,
        "origin_sha256": document.origin_sha256,
        "imported_at": document.imported_at,
        "direction": document.direction,
        "facts": dict(sorted(document.facts.items())),
        "version_of": document.version_of,
        "reliability_override": document.reliability_override,
        "reliability_reason": document.reliability_reason,
        "bookmarks": [_bookmark(bookmark) for bookmark in bookmarks],
        "annotations": list(map(to_line, annotations)),
    }


def _bookmark(bookmark: BookmarkRecord) -> dict[str, Any]:
    return {
        "position": bookmark.position,
        "name": bookmark.name,
        "uid": bookmark.uid,
        "annotator": bookmark.annotator,
        "created_at": bookmark.created_at,
    }


def annotation_line_values(annotation: AnnotationRecord) -> dict[str, Any]:
    """Return all fields of an annotation by their keys."""
    return msgspec.structs.asdict(to_line(annotation))


def relation_fields(relation: RelationRecord, uids: Mapping[int, str]) -> dict[str, Any]:
    """Return the line of a relation. ``uids``: those of annotations, by id."""
    return {
        "relation": relation.kind,
        "from": uids[relation.from_id],
        "to": uids[relation.to_id],
        "note": relation.note,
        "annotator": relation.annotator,
        "uid": relation.uid,
    }
