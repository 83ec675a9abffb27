"""STIX 2.1, a form in which threat-intelligence platforms exchange data: a bundle that they import and link with their
own.

An article is a ``report`` with its text as description, an annotation a ``note`` whose content is the quote, about the
report and the ``identity`` of the source; the annotator's view of it is an ``opinion`` about the note. Annotators are
identities, relations ``related-to`` relationships that name the kind, assessments notes about the identity of a source.

Grades are machine tags of the MISP taxonomies among the ``labels``, so that nothing is lost. STIX has numbers only for
credibility: 1 to 5 is the ``confidence`` of the note (90, 70, 50, 30, 10) and how far the opinion agrees; 6 is neither.
The analyst's own confidence (low, moderate, high) is that of the opinion, by STIX's Low, Med and High. All other
fields, offsets in code points among them, are in a property extension that the bundle defines.

Ids are the same in every export: they are derived from uids, and have the form that the specification requires (UUID
version 4). Specification: https://docs.oasis-open.org/cti/stix/v2.1/stix-v2.1.html, scales in its appendix A.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import msgspec

from annotator.domain import grades
from annotator.domain.records import AnnotationRecord, AssessmentRecord, DocumentRecord, RelationRecord, SourceRecord
from annotator.domain.spans import Span
from annotator.domain.wording import counted
from annotator.formats.base import Corpus, Format, Written
from annotator.formats.facets import JUDGEMENTS, LABEL_DATA, Facet, is_described
from annotator.formats.intelligence.admiralty_tags import tags_of
from annotator.formats.relations import losses_of

EXTENSION = "extension-definition--ab1a9a17-8f5c-4d5e-9b0e-0a6b7d6c2f41"
MAKER = "identity--5d1f2c9e-3a57-4f0b-8a63-94b0c1f7e2d8"
"""The identity that defines the extension: Annotator itself."""
MADE = "2026-01-01T00:00:00.000Z"
"""When the extension was defined."""

CREDIBILITY_TO_OPINION = {1: "strongly-agree", 2: "agree", 3: "neutral", 4: "disagree", 5: "strongly-disagree"}
CONFIDENCE = {"low": 15, "moderate": 50, "high": 85}
"""Values of appendix A of the specification, None / Low / Med / High."""

_CLASSES = {
    "person": "individual",
    "outlet": "organization",
    "office": "organization",
    "organisation": "organization",
    "collective": "group",
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_WEB_PAGES = {"html", "mhtml", "warc"}
"""Formats whose file is the page itself, so that the checksum of the file is that of the address."""
_SCHEMA = (
    "On a report: uid, text_sha256, outlet, author, address, published_at as stated, status, note. On a note: uid, "
    "label, start and end in code points of the report's description (half-open), fragments, cue and mention as lists "
    "of such spans, source_ref, score (Admiralty code), reliability, reliability_on_annotation, reliability_reason, "
    "credibility, credibility_reason, probability in percent, confidence, note, features as a list of name and value "
    "(JSON where it is not a text), created_by, or on a note about a source: made_on, topic, rationale, reliability. "
    "On an identity: uid, kind, aliases, note, parent. On a relationship: kind, note."
)


def write(corpus: Corpus, path: Path) -> Written:
    """Write a bundle of all annotated documents to ``path``."""
    with open(path, "wb") as file:
        return _Bundle(corpus, file).written()


class _Bundle:
    """One bundle while it is written: the objects so far, and their first and last times."""

    def __init__(self, corpus: Corpus, file: BinaryIO) -> None:
        self._corpus = corpus
        self._file = file
        self._encode = msgspec.json.Encoder().encode
        self._digest = hashlib.sha256()
        self._sources = {source.name: source for source in corpus.sources}
        self._times: dict[str, list[str]] = {}
        """First and last time at which an identity was used, by its id."""
        self._names: dict[str, str | SourceRecord] = {}
        related = {relation.from_id for relation in corpus.relations} | {
            relation.to_id for relation in corpus.relations
        }
        self._related = related
        self._notes: dict[int, tuple[str, str]] = {}
        """Id of the note and time of each annotation in a relation."""

    def written(self) -> Written:
        """Write and count everything."""
        documents = annotations = 0
        self._file.write(b'{"type":"bundle","objects":[\n')
        self._object(_maker(), first=True)
        self._object(_extension_definition())
        for document, own in self._corpus.documents:
            if own:
                self._document(document, own)
                documents += 1
                annotations += len(own)
        losses = [*self._relations(), *self._assessments(), *self._unnamed_sources()]
        for id in sorted(self._names):
            self._object(self._identity(id))
        bundle = _id_of("bundle", self._digest.hexdigest())
        self._file.write(b'\n],"id":' + self._encode(bundle) + b"}\n")
        return Written(documents, annotations, tuple(losses))

    def _object(self, fields: Mapping[str, Any], *, first: bool = False) -> None:
        line = self._encode({name: value for name, value in fields.items() if value not in (None, "", [], ())})
        self._digest.update(line)
        self._file.write(line if first else b",\n" + line)

    def _document(self, document: DocumentRecord, own: Sequence[AnnotationRecord]) -> None:
        report = _id_of("report", document.uid)
        made = time_of(document.imported_at) or _first(own)
        changed = max(made, *(time_of(annotation.updated_at) or made for annotation in own))
        refs = []
        if document.source:
            refs.append(self._source(document.source, made))
        for annotation in own:
            for found in self._note(annotation, document, report):
                self._object(found)
                refs.append(found["id"])
        self._object(
            {
                **_common("report", report, made, changed),
                "name": document.title,
                "description": document.text,
                "published": time_of(document.published_at) or made,
                "lang": _language(document),
                "external_references": _references(document),
                "object_refs": refs,
                "extensions": _extension(
                    uid=document.uid,
                    text_sha256=document.text_sha256,
                    outlet=document.source,
                    author=document.author,
                    address=document.address,
                    published_at=document.published_at,
                    status=document.status,
                    note=document.note,
                ),
            }
        )

    def _note(self, annotation: AnnotationRecord, document: DocumentRecord, report: str) -> Iterator[dict[str, Any]]:
        """Yield the note for an annotation, and the opinion for its credibility."""
        made = time_of(annotation.created_at) or time_of(document.imported_at) or MADE
        changed = max(made, time_of(annotation.updated_at))
        source = self._source(annotation.source, made) if annotation.source else ""
        annotator = self._annotator(annotation.annotator, made)
        note = _id_of("note", annotation.uid)
        if annotation.id in self._related:
            self._notes[annotation.id] = (note, made)
        who = annotation.source and f" by {annotation.source}"
        grade = annotation.score and f", {annotation.score}"
        yield {
            **_common("note", note, made, changed, annotator),
            "abstract": f"{annotation.label[:1].upper()}{annotation.label[1:]}{who}{grade}",
            "content": annotation.shown_quote,
            "authors": [annotation.annotator] if annotation.annotator else [],
            "object_refs": [report, source] if source else [report],
            "labels": [annotation.label, *tags_of(annotation)],
            "confidence": grades.STIX_OF_CREDIBILITY.get(annotation.credibility or 0),
            "lang": _language(document),
            "extensions": _extension(
                uid=annotation.uid,
                label=annotation.label,
                start=annotation.start,
                end=annotation.end,
                fragments=_spans(annotation.fragments),
                cue=_spans(annotation.cue),
                mention=_spans(annotation.mention),
                source_ref=source,
                score=annotation.score,
                reliability=annotation.reliability,
                reliability_on_annotation=annotation.reliability_override,
                reliability_reason=annotation.reliability_reason,
                credibility=annotation.credibility,
                credibility_reason=annotation.credibility_reason,
                probability=annotation.probability,
                confidence=annotation.confidence,
                note=annotation.note,
                features=_features(annotation.features),
                created_by=annotation.created_by,
            ),
        }
        if annotation.credibility in CREDIBILITY_TO_OPINION:
            words = grades.CREDIBILITY[annotation.credibility - 1].words
            yield {
                **_common("opinion", _id_of("opinion", annotation.uid), made, changed, annotator),
                "opinion": CREDIBILITY_TO_OPINION[annotation.credibility],
                "explanation": f"Admiralty credibility {annotation.credibility}: {words}. {annotation.note}".rstrip(),
                "authors": [annotation.annotator] if annotation.annotator else [],
                "object_refs": [note],
                "confidence": CONFIDENCE.get(annotation.confidence or ""),
            }

    def _relations(self) -> Iterator[str]:
        left_out = 0
        for relation in self._corpus.relations:
            if relation.from_id in self._notes and relation.to_id in self._notes:
                self._object(self._relation(relation))
            else:
                left_out += 1
        yield from losses_of(left_out)

    def _relation(self, relation: RelationRecord) -> dict[str, Any]:
        (one, made), (other, later) = self._notes[relation.from_id], self._notes[relation.to_id]
        made = max(made, later)
        annotator = self._annotator(relation.annotator, made) if relation.annotator else ""
        return {
            **_common("relationship", _id_of("relationship", relation.uid), made, made, annotator),
            "relationship_type": "related-to",
            "description": f"{relation.kind}: {relation.note}" if relation.note else relation.kind,
            "source_ref": one,
            "target_ref": other,
            "labels": [relation.kind],
            "extensions": _extension(kind=relation.kind, note=relation.note),
        }

    def _assessments(self) -> Iterator[str]:
        """Yield the assessments of the sources in the bundle; those of others are not disclosed."""
        by_id = {source.id: source for source in self._corpus.sources}
        left_out = 0
        for assessment in self._corpus.assessments:
            source = by_id.get(assessment.source_id)
            if source is None or _id_of("identity", source.uid) not in self._names:
                left_out += 1
                continue
            self._object(self._assessment(assessment, source))
        if left_out:
            yield f"{counted(left_out, 'assessment')} left out: what is exported does not name the source"

    def _unnamed_sources(self) -> Iterator[str]:
        """Yield a line on the sources that the bundle does not name, where more is known of them than a name."""
        left_out = sum(
            1
            for source in self._corpus.sources
            if is_described(source) and _id_of("identity", source.uid) not in self._names
        )
        if left_out:
            them = "it" if left_out == 1 else "them"
            yield f"{counted(left_out, 'source')} left out: what is exported does not name {them}"

    def _assessment(self, assessment: AssessmentRecord, source: SourceRecord) -> dict[str, Any]:
        made = time_of(assessment.made_on) or MADE
        grade = next(found for found in grades.RELIABILITY if found.code == assessment.reliability)
        about = f" on {assessment.topic}" if assessment.topic else ""
        rationale = f"\n\n{assessment.rationale}" if assessment.rationale else ""
        identity = self._source(source.name, made)
        annotator = self._annotator(assessment.annotator, made) if assessment.annotator else ""
        # Listed one by one, so that the id of the note stays the same when an assessment gets a further field.
        named = (
            assessment.made_on,
            assessment.reliability,
            assessment.topic,
            assessment.rationale,
            assessment.annotator,
        )
        name = "\n".join((source.uid, str(assessment.id), *named))
        return {
            **_common("note", _id_of("note", name), made, made, annotator),
            "abstract": f"Reliability of {source.name}{about}: {grade.code}",
            "content": f"{source.name}{about}: {grade.code}, {grade.words}.{rationale}",
            "authors": [assessment.annotator] if assessment.annotator else [],
            "object_refs": [identity],
            "labels": ["assessment", *tags_of(reliability=assessment.reliability)],
            "extensions": _extension(
                made_on=assessment.made_on,
                topic=assessment.topic,
                rationale=assessment.rationale,
                reliability=assessment.reliability,
            ),
        }

    def _source(self, name: str, used_at: str) -> str:
        source = self._sources.get(name)
        id = _id_of("identity", source.uid if source else f"source\n{name}")
        return self._used(id, source or name, used_at)

    def _annotator(self, name: str, used_at: str) -> str:
        return self._used(_id_of("identity", f"annotator\n{name}"), f"annotator\n{name}", used_at)

    def _used(self, id: str, what: str | SourceRecord, when: str) -> str:
        self._names.setdefault(id, what)
        times = self._times.setdefault(id, [when, when])
        times[:] = min(times[0], when), max(times[1], when)
        return id

    def _identity(self, id: str) -> dict[str, Any]:
        what = self._names[id]
        common = _common("identity", id, *self._times[id])
        if isinstance(what, SourceRecord):
            parents = {source.id: source.name for source in self._corpus.sources}
            return {
                **common,
                "name": what.name,
                "identity_class": _CLASSES.get(what.kind, "unknown"),
                "description": what.note,
                "roles": ["source"],
                "labels": [*tags_of(reliability=what.reliability)],
                "extensions": _extension(
                    uid=what.uid,
                    kind=what.kind,
                    aliases=what.aliases,
                    note=what.note,
                    parent=parents.get(what.parent_id or 0, ""),
                ),
            }
        role, _, name = what.rpartition("\n")
        kind = "individual" if role else "unknown"
        return {**common, "name": name or "Unnamed", "identity_class": kind, "roles": [role or "source"]}


def _maker() -> dict[str, Any]:
    return {
        **_common("identity", MAKER, MADE, MADE),
        "name": "Annotator",
        "description": "Offline tool to label claims, speculation and official statements in articles.",
        "identity_class": "system",
    }


def _extension_definition() -> dict[str, Any]:
    return {
        **_common("extension-definition", EXTENSION, MADE, MADE, MAKER),
        "name": "Annotations of text",
        "description": "Where an annotation stands in the text of a report, and how it is attributed and graded.",
        "schema": _SCHEMA,
        "version": "1.0.0",
        "extension_types": ["property-extension"],
    }


def _common(type: str, id: str, created: str, modified: str, created_by: str = "") -> dict[str, Any]:
    common = {"type": type, "spec_version": "2.1", "id": id, "created": created, "modified": modified}
    return common | {"created_by_ref": created_by} if created_by else common


def _extension(**fields: Any) -> dict[str, Any]:
    """Return our own properties, without the empty ones, because STIX allows no empty lists."""
    held = {name: value for name, value in fields.items() if value not in (None, "", [], ())}
    return {EXTENSION: {"extension_type": "property-extension", **held}}


def _id_of(type: str, name: str) -> str:
    digest = hashlib.sha256(f"{type}\0{name}".encode()).digest()
    return f"{type}--{UUID(bytes=digest[:16], version=4)}"


def time_of(stated: str) -> str:
    """Return a date or time of the project in the form of STIX, in UTC and milliseconds; empty where it is not one."""
    try:
        found = datetime.fromisoformat(stated)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    return f"{found:%Y-%m-%dT%H:%M:%S}.{found.microsecond // 1000:03}Z".zfill(24)


def _first(own: Iterable[AnnotationRecord]) -> str:
    return min(filter(None, (time_of(annotation.created_at) for annotation in own)), default=MADE)


def _language(document: DocumentRecord) -> str:
    return document.language if _LANGUAGE.fullmatch(document.language) else ""


def _references(document: DocumentRecord) -> list[dict[str, Any]]:
    """Return the address of an article: as a link where the checksum of its page is known, which STIX requires."""
    if not document.address:
        return []
    name = document.source or "article"
    is_link = re.fullmatch(r"https?://[!-~]+", document.address) is not None
    if is_link and document.origin_sha256 and document.origin_format in _WEB_PAGES:
        return [{"source_name": name, "url": document.address, "hashes": {"SHA-256": document.origin_sha256}}]
    return [{"source_name": name, "external_id": document.address}]


def _spans(spans: Iterable[Span]) -> list[dict[str, int]]:
    return [{"start": span.start, "end": span.end} for span in spans]


def _features(features: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"name": name, "value": value if isinstance(value, str) else msgspec.json.encode(value).decode()}
        for name, value in sorted(features.items())
    ]


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file is a bundle, so that an import can report that it is not read."""
    return re.match(rb'\s*\{\s*"type"\s*:\s*"bundle"', head.removeprefix(b"\xef\xbb\xbf")) is not None


FORMAT = Format(
    id="stix",
    name="STIX 2.1 bundle",
    suffixes=(".json",),
    sniff=sniff,
    write=write,
    cannot_hold=(
        Facet.UNANNOTATED,
        Facet.STRUCTURE,
        Facet.DIRECTIONS,
        Facet.FACTS,
        Facet.ORIGINS,
        Facet.VERSIONS,
        Facet.DOCUMENT_LETTERS,
        Facet.BOOKMARKS,
        Facet.OWNERS,
        *LABEL_DATA,
        Facet.FEATURE_DEFINITIONS,
        *JUDGEMENTS,
    ),
    example="bundle.stix.json",
)
