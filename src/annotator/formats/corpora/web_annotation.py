"""W3C Web Annotation as JSON-LD: an array with one AnnotationPage for each document, each with the text that it
annotates.

Source: the Web Annotation Data Model and Vocabulary (W3C Recommendations of 2017). The label is a body for tagging, the
note a body for commenting; every span has a TextPositionSelector (code points) and a TextQuoteSelector with its
context. A span of an annotation in fragments is one target each. A relation is an annotation for linking. Fields
without a term in the vocabulary have our own terms, defined in the inline context.

Read are pages, collections with their pages inside, graphs, and annotations one by one. The text must be in the file:
nothing is fetched. Where position and quote contradict each other, the quote decides, because many programs count
UTF-16 units.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID

import msgspec

from annotator.domain.canonical_text import canonical_part, one_line
from annotator.domain.errors import InvalidSpan, InvalidValue
from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span, checked_fragments, context_of, find_quote
from annotator.formats.base import Corpus, Format, Incoming, IncomingAnnotation, IncomingRelation, Refusal, Written
from annotator.formats.facets import PROJECT_DATA, Facet
from annotator.formats.native_fields import (
    annotation_fields,
    annotation_of,
    article_of,
    checked_text,
    checksum,
    further_fields,
    shown_fields,
    spans_of,
)
from annotator.formats.overlap_policy import counted
from annotator.formats.reading.json_arrays import each_record, first_of
from annotator.formats.reading.json_lines import PROBLEMS, check_no_nul, needed, plain
from annotator.formats.reading.limits import limits
from annotator.formats.reading.offsets import Moved
from annotator.formats.relations import Tie, Ties, derived_uid, relations_last

ANNO = "http://www.w3.org/ns/anno.jsonld"
_OURS = "annotator:"
_JSON = ("features", "cue", "mention", "structure", "facts")
CONTEXT: list[Any] = [
    ANNO,
    {"annotator": "urn:annotator:"} | {f"{_OURS}{name}": {"@id": f"{_OURS}{name}", "@type": "@json"} for name in _JSON},
]
"""The context of a page: the vocabulary of the W3C, and our own terms. Values of any shape are JSON literals."""

_DOCUMENT = f"{_OURS}document"
_UUID, _UID = "urn:uuid:", "urn:annotator:uid:"
_TERMS = {
    "title": "dcterms:title",
    "author": "dcterms:creator",
    "source": "dcterms:publisher",
    "published_at": "dcterms:issued",
    "language": "language",
    "direction": "textDirection",
}
_FIELDS = {term: name for name, term in _TERMS.items()}
_OF_ANNOTATION = {
    "@context",
    "id",
    "type",
    "motivation",
    "body",
    "bodyValue",
    "target",
    "creator",
    "created",
    "modified",
}
_OF_DOCUMENT = {"@context", "id", "type", "format", "value"}
_TAGS = ("tagging", "classifying")


# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, path: Path) -> Written:
    """Write one page for each document to ``path``."""
    ties = Ties(corpus.relations)
    documents = annotations = gapped = 0
    encode = msgspec.json.Encoder().encode
    with open(path, "wb") as file:
        for document, own in corpus.documents:
            file.write((b",\n" if documents else b"[\n") + encode(_page(document, own, ties)))
            documents += 1
            annotations += len(own)
            gapped += sum(len(found.fragments) > 1 for found in own)
        file.write(b"\n]\n" if documents else b"[]\n")
    losses = ties.losses()
    if gapped:
        losses.append(f"{counted(gapped, 'annotation')} in fragments written with several targets")
    return Written(documents, annotations, tuple(losses))


def _page(document: DocumentRecord, own: Sequence[AnnotationRecord], ties: Ties) -> dict[str, Any]:
    within, beyond = ties.of(own)
    iri = _iri(document.uid)
    return {
        "@context": CONTEXT,
        "id": _iri(derived_uid("page", document.uid)),
        "type": "AnnotationPage",
        _DOCUMENT: _resource(document, iri),
        "items": [
            *(_annotation(annotation, document.text, iri) for annotation in own),
            *(_link(tie) for tie in (*within, *beyond)),
        ],
    }


def _resource(document: DocumentRecord, iri: str) -> dict[str, Any]:
    fields = shown_fields(document) | further_fields(document)
    fields.pop("uid")
    if document.facts:
        fields["facts"] = dict(sorted(document.facts.items()))
    terms = {_TERMS.get(name, f"{_OURS}{name}"): value for name, value in fields.items()}
    return {"id": iri, "type": "Text", "format": "text/plain", "value": document.text} | terms


def _annotation(annotation: AnnotationRecord, text: str, iri: str) -> dict[str, Any]:
    fields = annotation_fields(annotation)
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
    } | {f"{_OURS}{name}": value for name, value in fields.items()}


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


def _link(tie: Tie) -> dict[str, Any]:
    relation = tie.relation
    return {
        "id": _iri(relation.uid),
        "type": "Annotation",
        "motivation": "linking",
        **({"creator": {"type": "Person", "name": relation.annotator}} if relation.annotator else {}),
        "body": [
            _iri(tie.to_uid),
            _body("tagging", relation.kind),
            *([_body("commenting", relation.note)] if relation.note else []),
        ],
        "target": _iri(tie.from_uid),
    }


def _body(purpose: str, value: str) -> dict[str, str]:
    return {"type": "TextualBody", "purpose": purpose, "format": "text/plain", "value": value}


def _iri(uid: str) -> str:
    try:
        named = UUID(hex=uid)
    except ValueError:
        return _UID + quote(uid, safe="")
    return named.urn if named.hex == uid else _UID + quote(uid, safe="")


# ---------------------------------------------------------------------------------------------------- in


def read(path: Path) -> Iterator[Incoming]:
    """Return the documents of a file, each with its annotations; then their relations."""
    return relations_last(_items(path))


def _items(path: Path) -> Iterator[Incoming]:
    reading = _Reading(path)
    yield from each_record(path, "page", reading.items, limits().file)
    yield from reading.closed()


class _Text:
    """An annotated resource: its node, where the file holds it, and why its text cannot be used."""

    def __init__(self) -> None:
        self.node: Mapping[str, Any] | None = None
        self.waiting: list[tuple[str, Mapping[str, Any], list[Mapping[str, Any]]]] = []
        """Place, annotation and targets."""


class _Reading:
    """One pass through a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digest = checksum(path)
        self._shape = msgspec.json.Decoder(dict[str, Any])
        self._open: dict[str, _Text] = {}
        """The resource of annotations that come one by one, until the resource changes."""
        self._number = 0

    def items(self, record: bytes, number: int, place: str) -> list[Incoming]:
        """Return the contents of a page or an annotation.

        Raise one of ``PROBLEMS`` where none of it can be imported.
        """
        node = self._shape.decode(record)
        check_no_nul(record)
        if "Annotation" in _words(node.get("type")) or ("target" in node and "items" not in node):
            return self._one_by_one(node, place)
        found = list(self.closed())
        texts: dict[str, _Text] = {}
        others: list[Incoming] = []
        self._resource(node.get(_DOCUMENT), texts)
        nodes = list(_nodes(node))
        if not nodes and not texts:
            raise InvalidValue("It holds no annotations: a page needs “items” inside this file.")
        for count, one in enumerate(nodes, 1):
            where = f"{place}, item {count}"
            if not isinstance(one, dict):
                others.append(Refusal(where, "It is not an annotation."))
            elif "target" not in one and isinstance(one.get("value"), str):
                self._resource(one, texts)
            else:
                self._sort(one, where, texts, others)
        return [*found, *self._finished(texts), *others]

    def closed(self) -> Iterator[Incoming]:
        """Yield the document of the annotations that came one by one."""
        texts, self._open = self._open, {}
        yield from self._finished(texts)

    def _one_by_one(self, node: Mapping[str, Any], place: str) -> list[Incoming]:
        texts: dict[str, _Text] = {}
        others: list[Incoming] = []
        self._sort(node, place, texts, others)
        found: list[Incoming] = []
        if not texts.keys() <= self._open.keys():
            found += self.closed()
        for key, text in texts.items():
            held = self._open.setdefault(key, _Text())
            held.node = held.node or text.node
            held.waiting += text.waiting
        return [*found, *others]

    def _sort(self, node: Mapping[str, Any], place: str, texts: dict[str, _Text], others: list[Incoming]) -> None:
        """Add an annotation to its resource, or a relation to ``others``."""
        try:
            targets = [one for one in _list(node.get("target")) if one is not None]
            if (link := _relation(node, targets)) is not None:
                others.append(link)
                return
            selecting: list[Mapping[str, Any]] = [one for one in targets if isinstance(one, dict) and "source" in one]
            if not selecting:
                raise InvalidValue("It has no target that selects words of a text.")
            keys = {self._resource(one["source"], texts) for one in selecting}
            if len(keys) > 1:
                raise InvalidValue("Its targets lie in several texts: an annotation marks words of one.")
            texts.setdefault(keys.pop(), _Text()).waiting.append((place, node, selecting))
        except PROBLEMS as error:
            others.append(Refusal(place, plain(error)))

    def _resource(self, node: Any, texts: dict[str, _Text]) -> str:
        """Return the key of a resource; store its node where that holds the text.

        Raise InvalidValue where it is not a resource.
        """
        if isinstance(node, str):
            return node
        if not isinstance(node, dict):
            if node is None:
                return ""
            raise InvalidValue("A source is neither an address nor an object.")
        id, value = node.get("id"), node.get("value")
        key = id if isinstance(id, str) else value if isinstance(value, str) else ""
        if isinstance(value, str):
            texts.setdefault(key, _Text()).node = node
        return key

    def _finished(self, texts: Mapping[str, _Text]) -> Iterator[Incoming]:
        for key, text in texts.items():
            if text.node is None:
                which = counted(len(text.waiting), "annotation")
                yield Refusal(
                    text.waiting[0][0],
                    f"{which} of “{key[:80]}” left out: the file does not hold its text. Import an export that has "
                    "the text inside, as the “value” of the source.",
                )
                continue
            self._number += 1
            try:
                yield from self._article(text.node, text)
            except PROBLEMS as error:
                place = text.waiting[0][0] if text.waiting else f"text {self._number}"
                yield Refusal(place, plain(error))

    def _article(self, node: Mapping[str, Any], found: _Text) -> list[Incoming]:
        text, moved = checked_text(node["value"])
        fields: dict[str, Any] = {}
        for name, value in node.items():
            if name in _FIELDS:
                fields[_FIELDS[name]] = value
            elif name.startswith(_OURS):
                fields[name.removeprefix(_OURS)] = value
            elif name not in _OF_DOCUMENT or (name == "format" and value != "text/plain"):
                fields[name] = value
        if isinstance(id := node.get("id"), str):
            if id.startswith(("http://", "https://")):
                fields.setdefault("address", id)
            else:
                fields.setdefault("uid", _uid(id))
        annotations: list[IncomingAnnotation] = []
        refused: list[Incoming] = []
        for place, one, targets in found.waiting:
            try:
                annotations += _annotations(one, targets, text, moved)
            except PROBLEMS as error:
                refused.append(Refusal(place, plain(error)))
        article = article_of(
            text,
            fields,
            annotations,
            path=self._path,
            number=self._number,
            format=FORMAT.id,
            digest=self._digest,
            moved=moved,
        )
        return [article, *refused]


def _nodes(node: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the annotations and resources of a page, of a collection with its page inside, or of a graph."""
    for key in ("items", "@graph"):
        yield from _list(node.get(key))
    first = node.get("first")
    if isinstance(first, dict):
        if isinstance(text := first.get(_DOCUMENT), dict):
            yield text
        yield from _list(first.get("items"))


def _annotations(
    node: Mapping[str, Any], targets: Sequence[Mapping[str, Any]], text: str, moved: Moved | None
) -> list[IncomingAnnotation]:
    """Return an annotation for each of the tags; without a tag, one by its purpose. Raise one of ``PROBLEMS``."""
    fragments = checked_fragments([_selected(one, text, moved) for one in targets], len(text))
    tags, notes = _bodies(node)
    if not tags:
        tags = _words(node.get("motivation")) or ["highlighting"]
    fields = {name.removeprefix(_OURS): value for name, value in node.items() if name.startswith(_OURS)}
    others = {name: value for name, value in node.items() if not name.startswith(_OURS) and name not in _OF_ANNOTATION}
    annotator, created_by = _creator(node.get("creator"))
    times = [found if isinstance(found := node.get(name), str) else "" for name in ("created", "modified")]
    made = []
    for number, tag in enumerate(dict.fromkeys(tags)):
        id = node.get("id")
        uid = _uid(id) if isinstance(id, str) and id else ""
        stated: dict[str, Any] = {
            "note": "\n".join(notes),
            "features": others,
            "annotator": annotator,
            "created_by": created_by,
            "created_at": times[0],
            "updated_at": times[1],
            "uid": derived_uid("tag", uid, tag) if number and uid else uid,
        }
        made.append(annotation_of(needed("value", tag), fragments, fields, text, moved=moved, **stated))
    return made


def _selected(target: Mapping[str, Any], text: str, moved: Moved | None) -> Span:
    """Return the span that a target selects: by its quote, where it has one, near its position. Raise InvalidSpan."""
    position: tuple[int, int] | None = None
    exact = prefix = suffix = ""
    for selector in _list(target.get("selector")):
        if not isinstance(selector, dict):
            continue
        kinds = _words(selector.get("type"))
        if "TextPositionSelector" in kinds:
            pair = selector.get("start"), selector.get("end")
            if not all(isinstance(one, int) and not isinstance(one, bool) for one in pair):
                raise InvalidSpan("A TextPositionSelector needs a start and an end in whole numbers.")
            position = (int(pair[0] or 0), int(pair[1] or 0))
        elif "TextQuoteSelector" in kinds:
            exact, prefix, suffix = (
                canonical_part(found) if isinstance(found := selector.get(name), str) else ""
                for name in ("exact", "prefix", "suffix")
            )
    if position is None and not exact:
        raise InvalidSpan("It has neither a TextPositionSelector nor a TextQuoteSelector.")
    if position is not None:
        near = position[0] if moved is None else moved(position[0])
        try:
            (span,) = spans_of([position], text, moved)
        except InvalidSpan:
            if not exact:
                raise
        else:
            if not exact or span.of(text) == exact:
                return span
    else:
        near = 0
    found_at = find_quote(text, exact, prefix, suffix, near)
    if found_at is None:
        raise InvalidSpan(f"Its quote {exact[:60]!r} is not in the text.")
    return found_at


def _bodies(node: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the tags and the notes of an annotation."""
    tags: list[str] = []
    notes: list[str] = []
    purposes = _words(node.get("motivation"))
    for body in [*_list(node.get("body")), *_list(node.get("bodyValue"))]:
        words = _said(body)
        if not one_line(words):
            continue
        purpose = (_words(body.get("purpose")) if isinstance(body, dict) else []) or purposes
        if any(one in _TAGS for one in purpose):
            tags.append(words.strip())
        else:
            notes.append(words)
    return tags, notes


def _said(body: Any) -> str:
    """Return the contents of a body: its text, or its address."""
    if isinstance(body, dict):
        body = next((body[name] for name in ("value", "label", "source", "id") if isinstance(body.get(name), str)), "")
    return canonical_part(body) if isinstance(body, str) else ""


def _relation(node: Mapping[str, Any], targets: Sequence[Any]) -> IncomingRelation | None:
    """Return the relation in an annotation for linking, where it links two resources by their addresses."""
    if "linking" not in _words(node.get("motivation")):
        return None
    ends = [one for one in map(_address, targets) if one]
    others = [one for one in map(_address, _list(node.get("body"))) if one]
    if not ends or not others:
        return None
    tags, notes = _bodies({**node, "body": [one for one in _list(node.get("body")) if not _address(one)]})
    id = node.get("id")
    return IncomingRelation(
        kind=tags[0] if tags else "linking",
        from_uid=_uid(ends[0]),
        to_uid=_uid(others[0]),
        note="\n".join(notes),
        annotator=_creator(node.get("creator"))[0],
        uid=_uid(id) if isinstance(id, str) and id else "",
    )


def _address(node: Any) -> str:
    if isinstance(node, dict):
        node = "" if {"value", "selector", "source"} & node.keys() else node.get("id")
    return node if isinstance(node, str) else ""


def _creator(node: Any) -> tuple[str, str]:
    """Return the annotator of an annotation, and the program that made it, if any."""
    for one in _list(node):
        if isinstance(one, dict):
            names = [one.get(key) for key in ("name", "nickname", "email", "id")]
            name = next((found.strip() for found in names if isinstance(found, str) and found.strip()), "")
            if name:
                return name, name if "Software" in _words(one.get("type")) else ""
        elif isinstance(one, str) and one.strip():
            return one.strip(), ""
    return "", ""


def _uid(iri: str) -> str:
    """Return the uid in an address."""
    if iri.startswith(_UUID):
        try:
            return UUID(iri).hex
        except ValueError:
            pass
    if iri.startswith(_UID):
        return unquote(iri.removeprefix(_UID))
    return iri if len(iri) <= 64 else derived_uid(iri)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _words(value: Any) -> list[str]:
    return [one for one in _list(value) if isinstance(one, str)]


def sniff(path: Path, head: bytes) -> bool:
    """Return whether the first record has the context of Web Annotation."""
    record = first_of(path, head)
    return "@context" in record and b"www.w3.org/ns/anno" in bytes(record["@context"])


FORMAT = Format(
    id="webannotation",
    name="W3C Web Annotation",
    suffixes=(".jsonld", ".json"),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, *PROJECT_DATA),
    example="corpus.jsonld",
)
