"""A MISP event, a form in which threat-intelligence platforms exchange data, to be imported by ``Add event from JSON``.

An article is an object ``report`` and, with its whole text, an event report; an annotation is an object ``annotation``
that annotates it, with the quote as its text. Grades are tags of the taxonomies ``admiralty-scale`` and
``estimative-language`` on that text, the label is a tag of our own; source, reason, note and place are in words in the
comment. Nothing is marked for detection (``to_ids``), nothing is published, and the distribution is limited to the
user's own organisation.

Ids and times are the same in every export. Source: the MISP core format (draft-16) and the object templates of
misp-objects; ``F`` and ``6`` are tags and not numbers.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import msgspec

from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.formats.base import Corpus, Format, Written
from annotator.formats.facets import JUDGEMENTS, LABEL_DATA, SOURCE_DATA, Facet
from annotator.formats.intelligence.admiralty_tags import tags_of
from annotator.formats.relations import RelationsByDocument, RelationWithUids

_IDS = UUID("3c1e9d52-6f0b-5c77-8d3e-51f0a4b7c9de")
_REPORT = ("report", "70a68471-df22-4e3f-aa1a-5a3be19f82df", "8")
_ANNOTATION = ("annotation", "5d8dc046-15a1-4ca3-a09f-ed4ede7c4487", "3")
"""The templates of misp-objects: name, uuid and version."""

_KNOWN_RELATIONS = ("supports", "references")
"""Kinds of relations that MISP has by the same name."""

_EPOCH = 1_767_225_600
"""The time of objects without one: the first of January 2026."""

_ORGANISATION_ONLY, _INHERITED = "0", "5"
_SPOOLED = 8 * 2**20


def write(corpus: Corpus, path: Path) -> Written:
    """Write one event with all annotated documents to ``path``."""
    event = _Event(corpus)
    encode = msgspec.json.Encoder().encode
    documents = annotations = 0
    with open(path, "wb") as file, SpooledTemporaryFile(max_size=_SPOOLED) as reports:
        file.write(b'{"Event":{"Object":[')
        for document, own in corpus.documents:
            if not own:
                continue
            for number, each in enumerate(event.objects(document, own)):
                file.write((b",\n" if documents or number else b"\n") + encode(each))
            reports.write((b",\n" if documents else b"\n") + encode(event.report(document)))
            documents += 1
            annotations += len(own)
        file.write(b'\n],"EventReport":[')
        reports.seek(0)
        while block := reports.read(2**20):
            file.write(block)
        file.write(b"\n]," + encode(event.fields())[1:-1] + b"}}\n")
    return Written(documents, annotations, tuple(event.losses()))


class _Reference(NamedTuple):
    """A reference of an object to another one."""

    target: str
    type: str
    comment: str = ""

    def written(self, owner: str, changed: int) -> dict[str, Any]:
        """Return the reference as MISP writes it.

        ``owner``: the uuid of the object that it belongs to. ``changed``: Unix time in seconds.
        """
        return {
            "uuid": _uuid(owner, *self),
            "object_uuid": owner,
            "referenced_uuid": self.target,
            "relationship_type": self.type,
            "comment": self.comment,
            "timestamp": str(changed),
            "deleted": False,
        }


class _Event:
    """One event while it is written."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._by_document = RelationsByDocument(corpus.relations)
        self._changed = _EPOCH
        self._seen = ""
        """Hash of all uids, so that another selection of articles is another event."""

    def fields(self) -> dict[str, Any]:
        """Return the fields of the event itself."""
        return {
            "uuid": _uuid("event", self._seen),
            "info": self._corpus.title or "Annotated articles",
            "date": f"{datetime.fromtimestamp(self._changed, UTC):%Y-%m-%d}",
            "timestamp": str(self._changed),
            "threat_level_id": "4",
            "analysis": "2",
            "distribution": _ORGANISATION_ONLY,
            "published": False,
            "Tag": [{"name": "annotator:annotated-articles"}],
        }

    def losses(self) -> list[str]:
        """Return a line for each loss."""
        return self._by_document.losses()

    def objects(self, document: DocumentRecord, own: Sequence[AnnotationRecord]) -> Iterator[dict[str, Any]]:
        """Yield the object of an article, then those of its annotations."""
        self._seen = _uuid(self._seen, document.uid)
        made = _seconds(document.imported_at)
        article = _uuid("report", document.uid)
        values = [("title", "text", document.title)]
        if document.address:
            values.append(("link", "link", document.address))
        yield self._object(_REPORT, article, made, values, comment=_about(document))
        within, beyond = self._by_document.of(own)
        for annotation in own:
            references = [
                *(_reference_to(related) for related in within if related.from_uid == annotation.uid),
                *(
                    _reference_to(related, from_here=related.from_uid == annotation.uid)
                    for related in beyond
                    if annotation.uid in related[1:]
                ),
            ]
            yield self._annotation(annotation, document, article, references)

    def report(self, document: DocumentRecord) -> dict[str, Any]:
        """Return the event report that holds the text of an article."""
        return {
            "uuid": _uuid("event report", document.uid),
            "name": document.title,
            "content": document.text,
            "distribution": _INHERITED,
            "timestamp": str(_seconds(document.imported_at)),
            "deleted": False,
        }

    def _annotation(
        self, annotation: AnnotationRecord, document: DocumentRecord, article: str, references: Sequence[_Reference]
    ) -> dict[str, Any]:
        made = _seconds(annotation.created_at or document.imported_at)
        changed = max(made, _seconds(annotation.updated_at))
        id = _uuid("annotation", annotation.uid)
        values = [
            ("text", "text", annotation.shown_quote),
            ("type", "text", "Annotation"),
            ("format", "text", "text"),
            ("creation-date", "datetime", _iso(made)),
            ("modification-date", "datetime", _iso(changed)),
        ]
        if document.address:
            values.append(("ref", "link", document.address))
        # A value of a machine tag ends at the next quotation mark.
        label = annotation.label.replace('"', "'")
        tags = [f'annotator:label="{label}"', *tags_of(annotation)]
        found = self._object(_ANNOTATION, id, changed, values, comment=_description_of(annotation), tags=tags)
        found["ObjectReference"] = [one.written(id, changed) for one in (_Reference(article, "annotates"), *references)]
        return found

    def _object(
        self,
        template: tuple[str, str, str],
        id: str,
        changed: int,
        values: Sequence[tuple[str, str, str]],
        *,
        comment: str,
        tags: Sequence[str] = (),
    ) -> dict[str, Any]:
        self._changed = max(self._changed, changed)
        name, template_id, version = template
        attributes = [
            _attribute(id, relation, type, value, changed, tags if relation == "text" else ())
            for relation, type, value in values
        ]
        return {
            "uuid": id,
            "name": name,
            "meta-category": "misc",
            "template_uuid": template_id,
            "template_version": version,
            "timestamp": str(changed),
            "distribution": _INHERITED,
            "comment": comment,
            "deleted": False,
            "Attribute": attributes,
        }


def _attribute(owner: str, relation: str, type: str, value: str, changed: int, tags: Sequence[str]) -> dict[str, Any]:
    return {
        "uuid": _uuid(owner, relation),
        "object_relation": relation,
        "type": type,
        "category": "External analysis" if type == "link" else "Other",
        "value": value,
        "to_ids": False,
        "disable_correlation": type != "link",
        "distribution": _INHERITED,
        "timestamp": str(changed),
        "deleted": False,
        "Tag": [{"name": tag} for tag in tags],
    }


def _reference_to(related: RelationWithUids, *, from_here: bool = True) -> _Reference:
    """Return the reference for a relation, stored with the later of the two annotations; reversed where the earlier one
    begins it.
    """
    kind, note = related.relation.kind, related.relation.note
    target = _uuid("annotation", related.to_uid if from_here else related.from_uid)
    if from_here and kind in _KNOWN_RELATIONS:
        return _Reference(target, kind, note)
    words = kind if from_here else f"{kind}, from that one to this one"
    return _Reference(target, "related-to", f"{words}: {note}" if note else words)


def _about(document: DocumentRecord) -> str:
    return ", ".join(filter(None, (document.author, document.source, document.published_at, document.note)))


def _description_of(annotation: AnnotationRecord) -> str:
    """Return the fields of an annotation that are not tags, in words."""
    first = annotation.label[:1].upper() + annotation.label[1:]
    if annotation.source:
        first += f" by {annotation.source}"
    if annotation.score:
        first += f", {annotation.score}"
    lines = [first]
    if annotation.reliability_reason:
        lines.append(f"Reliability: {annotation.reliability_reason}")
    if annotation.credibility_reason:
        lines.append(f"Credibility: {annotation.credibility_reason}")
    if annotation.probability is not None:
        lines.append(f"Probability: {annotation.probability}%")
    if annotation.note:
        lines.append(annotation.note)
    places = ", ".join(f"{span.start}-{span.end}" for span in annotation.fragments)
    who = f"; annotated by {annotation.annotator}" if annotation.annotator else ""
    lines.append(f"Characters {places} of the event report{who}")
    return "\n".join(lines)


def _uuid(*parts: str) -> str:
    return str(uuid5(_IDS, "\0".join(parts)))


def _seconds(stated: str) -> int:
    try:
        found = datetime.fromisoformat(stated)
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError, OSError):
        return _EPOCH


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


FORMAT = Format(
    id="misp",
    name="MISP event",
    suffixes=(".json",),
    write=write,
    cannot_hold=(
        Facet.UNANNOTATED,
        Facet.CUES,
        Facet.MENTIONS,
        Facet.FEATURES,
        Facet.CREATORS,
        Facet.LANGUAGES,
        Facet.STATUSES,
        Facet.STRUCTURE,
        Facet.DIRECTIONS,
        Facet.FACTS,
        Facet.ORIGINS,
        Facet.VERSIONS,
        Facet.DOCUMENT_LETTERS,
        Facet.BOOKMARKS,
        Facet.RELATION_MAKERS,
        *SOURCE_DATA,
        *LABEL_DATA,
        Facet.FEATURE_DEFINITIONS,
        *JUDGEMENTS,
    ),
    example="event.misp.json",
)
