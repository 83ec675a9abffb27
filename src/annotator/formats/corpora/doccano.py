"""doccano's JSON Lines: one line for each document, with spans and relations; offsets are code points.

Source: doccano's documentation of its data formats and its own importer. Two forms are read: ``label`` with ``[start,
end, label]`` (or a list of words, which are kept as facts), and the form with ``entities`` and ``relations``, which is
also written. A span of an annotation in fragments is one entity each.

doccano keeps further keys of a line as the metadata of the document and writes them again when it exports. So the
fields that doccano cannot hold are there: of the document under the names of our native format, of annotations in
``annotations``, identified by their place because doccano renumbers entities.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.errors import AnnotatorError, InvalidValue
from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span, checked_fragments
from annotator.domain.wording import counted
from annotator.formats.base import Corpus, Format, Incoming, IncomingAnnotation, IncomingRelation, Refusal, Written
from annotator.formats.facets import PROJECT_DATA, Facet
from annotator.formats.native_fields import (
    FURTHER,
    annotation_of,
    article_of,
    checked_text,
    checksum,
    free_facts,
    further_fields,
    given_annotation_fields,
    shown_fields,
    spans_of,
)
from annotator.formats.reading.json_lines import (
    LINE_LIMIT,
    PROBLEMS,
    check_no_nul,
    each_line,
    first_record,
    is_list,
    list_of,
    needed,
    plain,
    value_of,
)
from annotator.formats.reading.offsets import CanonicalOffsets
from annotator.formats.relations import (
    BEYOND,
    RelationsByDocument,
    derived_uid,
    read_beyond,
    relation_fields,
    relations_last,
    written_beyond,
)

_KEYS = ("text", "data", "label", "labels", "entities", "relations", "annotations", BEYOND, FURTHER)


# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, path: Path) -> Written:
    """Write one line for each document to ``path``."""
    by_document = RelationsByDocument(corpus.relations)
    documents = annotations = entities = gapped = 0
    encode = msgspec.json.Encoder().encode
    with open(path, "wb") as file:
        for document, own in corpus.documents:
            line = _line(document, own, by_document, entities)
            file.write(encode(line) + b"\n")
            documents += 1
            annotations += len(own)
            entities += len(line["entities"])
            gapped += sum(len(found.fragments) > 1 for found in own)
    losses = by_document.losses()
    if gapped:
        losses.append(f"{counted(gapped, 'annotation')} in fragments written as separate spans")
    return Written(documents, annotations, tuple(losses))


def _line(
    document: DocumentRecord, own: Sequence[AnnotationRecord], by_document: RelationsByDocument, before: int
) -> dict[str, Any]:
    entities: list[dict[str, Any]] = []
    first: dict[str, int] = {}
    for annotation in own:
        for span in annotation.fragments:
            number = before + len(entities) + 1
            first.setdefault(annotation.uid, number)
            entities.append(
                {"id": number, "label": annotation.label, "start_offset": span.start, "end_offset": span.end}
            )
    within, beyond = by_document.of(own)
    return {
        "text": document.text,
        **shown_fields(document),
        **free_facts(document.facts, _KEYS),
        "entities": entities,
        "relations": [
            {
                "id": related.relation.id,
                "from_id": first[related.from_uid],
                "to_id": first[related.to_uid],
                "type": related.relation.kind,
            }
            | relation_fields(related)
            for related in within
        ],
        FURTHER: further_fields(document),
        "annotations": [_annotation(annotation) for annotation in own],
        **written_beyond(beyond),
    }


def _annotation(annotation: AnnotationRecord) -> dict[str, Any]:
    place: dict[str, Any] = {"label": annotation.label, "start": annotation.start, "end": annotation.end}
    if len(annotation.fragments) > 1:
        place["fragments"] = [tuple(span) for span in annotation.fragments]
    return place | given_annotation_fields(annotation)


# ---------------------------------------------------------------------------------------------------- in


class _Entity(msgspec.Struct, forbid_unknown_fields=True):
    label: str
    start_offset: int
    end_offset: int
    id: int | str | None = None
    features: dict[str, Any] = {}


_OF_ENTITY = ("id", "label", "start_offset", "end_offset")


class _Relation(msgspec.Struct):
    from_id: int | str
    to_id: int | str
    type: str = ""
    note: str = ""
    annotator: str = ""
    uid: str = ""


class _Place(msgspec.Struct):
    label: str
    start: int
    end: int
    fragments: list[tuple[int, int]] = []


class _Entry:
    """What our export wrote about an annotation besides the entities, and its spans that were found again."""

    def __init__(self, label: str, fields: Mapping[str, Any]) -> None:
        self.label = label
        self.fields = fields
        self.taken: set[tuple[int, int]] = set()
        self.spans: list[Span] = []
        self.position = -1
        """Its index among the annotations of the line."""


def read(path: Path, line_limit: int = LINE_LIMIT) -> Iterator[Incoming]:
    """Return the documents of a file, each with its annotations; then their relations."""
    return relations_last(each_line(path, _FileReader(path).items, line_limit))


class _FileReader:
    """One pass through a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digest = checksum(path)
        self._shape = msgspec.json.Decoder(dict[str, msgspec.Raw])
        self._text = msgspec.json.Decoder(str)
        self._entities = msgspec.json.Decoder(list[_Entity])
        self._triples = msgspec.json.Decoder(list[tuple[int, int, str]])

    def items(self, line: bytes, number: int, place: str) -> list[Incoming]:
        """Return the contents of a line. Raise one of ``PROBLEMS`` where none of it can be imported."""
        raw = self._shape.decode(line)
        check_no_nul(line)
        stated = raw.get("text", raw.get("data"))
        if stated is None:
            raise InvalidValue("The line has no text.")
        text, offsets = checked_text(self._text.decode(stated))
        fields = {key: msgspec.json.decode(value) for key, value in raw.items() if key not in _KEYS}
        if not fields.get("Comments", True):
            del fields["Comments"]
        if isinstance(further := value_of(raw.get(FURTHER)), dict):
            fields |= further
        refused: list[Incoming] = []
        entities: list[_Entity] = []
        for key in ("entities", "label", "labels"):
            if key in raw:
                found, words = self._spans(raw[key], f"{place}, {key}", refused)
                entities += found
                if words:
                    fields[key] = words
        annotations = _Annotations(text, offsets, self._uid_of(raw, text), value_of(raw.get("annotations")))
        for count, entity in enumerate(entities, 1):
            try:
                annotations.add(entity)
            except AnnotatorError as error:
                refused.append(Refusal(f"{place}, span {count}", str(error)))
        relations = [
            *self._relations(raw.get("relations"), annotations, place, refused),
            *read_beyond(value_of(raw.get(BEYOND)), place),
        ]
        article = article_of(
            text,
            fields,
            annotations.all(),
            path=self._path,
            number=number,
            format=FORMAT.id,
            digest=self._digest,
            offsets=offsets,
        )
        return [article, *relations, *refused]

    def _spans(self, raw: msgspec.Raw, place: str, refused: list[Incoming]) -> tuple[list[_Entity], list[Any]]:
        """Return the spans under a key of a line, and the other values there: classes of the whole document."""
        try:
            return self._entities.decode(raw), []
        except msgspec.ValidationError:
            pass
        try:
            return [_Entity(label, start, end) for start, end, label in self._triples.decode(raw)], []
        except msgspec.ValidationError:
            pass
        decoded = msgspec.json.decode(raw)
        if not isinstance(decoded, list):
            return [], [] if decoded in (None, "") else [decoded]
        spans: list[_Entity] = []
        words: list[Any] = []
        for count, one in enumerate(decoded, 1):
            try:
                if isinstance(one, dict):
                    spans.append(_entity(one))
                elif isinstance(one, list):
                    start, end, label = msgspec.convert(one[:3], tuple[int, int, str])
                    spans.append(_Entity(label, start, end))
                else:
                    words.append(one)
            except PROBLEMS as error:
                refused.append(Refusal(f"{place} {count}", plain(error)))
        return spans, words

    def _uid_of(self, raw: Mapping[str, msgspec.Raw], text: str) -> str:
        """Return what uids are derived from, for annotations that have none: only those in relations need one."""
        relations = raw.get("relations")
        return derived_uid("doccano", text) if relations is not None and bytes(relations).strip() != b"[]" else ""

    def _relations(
        self, raw: msgspec.Raw | None, annotations: "_Annotations", place: str, refused: list[Incoming]
    ) -> Iterator[Incoming]:
        for count, one in enumerate(list_of(raw), 1):
            try:
                relation = msgspec.convert(one, _Relation)
                ends = annotations.uid_of(relation.from_id), annotations.uid_of(relation.to_id)
                yield IncomingRelation(
                    needed("type", relation.type), *ends, relation.note, relation.annotator, relation.uid
                )
            except PROBLEMS as error:
                refused.append(Refusal(f"{place}, relation {count}", plain(error)))


class _Annotations:
    """The annotations of a document, built from its entities and from the fields that our export wrote."""

    def __init__(self, text: str, offsets: CanonicalOffsets | None, seed: str, further: Any) -> None:
        self._text = text
        self._offsets = offsets
        self._seed = seed
        self._made: list[IncomingAnnotation | _Entry] = []
        self._at: dict[int | str, int] = {}
        self._exact: dict[tuple[int, int, str], deque[_Entry]] = {}
        self._near: dict[tuple[int, int], deque[_Entry]] = {}
        for one in further if isinstance(further, list) else ():
            try:
                place = msgspec.convert(one, _Place)
            except msgspec.ValidationError:
                continue
            entry = _Entry(place.label, {name: one[name] for name in one if name not in _Place.__struct_fields__})
            for pair in place.fragments or [(place.start, place.end)]:
                self._exact.setdefault((*pair, place.label), deque()).append(entry)
                self._near.setdefault(pair, deque()).append(entry)

    def add(self, entity: _Entity) -> None:
        """Import an entity. Raise AnnotatorError where that is impossible."""
        label = needed("label", entity.label)
        pair = (entity.start_offset, entity.end_offset)
        (span,) = spans_of([pair], self._text, self._offsets)
        entry = self._entry(pair, label)
        if entry is not None and entry.spans:
            position = entry.position
        else:
            position = len(self._made)
            self._made.append(entry or self._annotation(label, (span,), {}, entity))
        if entry is not None:
            entry.label, entry.position = label, position
            entry.spans.append(span)
        if entity.id is not None:
            self._at[entity.id] = position

    def all(self) -> list[IncomingAnnotation]:
        """Return the annotations, in the order of their first entities."""
        return [self._whole(one) for one in self._made]

    def uid_of(self, id: int | str) -> str:
        """Return the uid of the annotation that an entity is, or belongs to. Raise InvalidValue."""
        if id not in self._at:
            raise InvalidValue(f"It relates the entity {str(id)[:40]}, which is not in the line.")
        return self._whole(self._made[self._at[id]]).uid

    def _entry(self, pair: tuple[int, int], label: str) -> _Entry | None:
        """Return what our export wrote about the annotation at that place; its label may have been changed since."""
        for entries in (self._exact.get((*pair, label)), self._near.get(pair)):
            while entries:
                entry = entries.popleft()
                if pair not in entry.taken:
                    entry.taken.add(pair)
                    return entry
        return None

    def _whole(self, one: IncomingAnnotation | _Entry) -> IncomingAnnotation:
        if isinstance(one, IncomingAnnotation):
            return one
        return self._annotation(one.label, checked_fragments(one.spans, len(self._text)), one.fields, None)

    def _annotation(
        self, label: str, fragments: tuple[Span, ...], fields: Mapping[str, Any], entity: _Entity | None
    ) -> IncomingAnnotation:
        uid = ""
        if self._seed and entity is not None and entity.id is not None:
            uid = derived_uid(self._seed, entity.id, label, *fragments[0])
        features = entity.features if entity is not None else {}
        return annotation_of(label, fragments, fields, self._text, offsets=self._offsets, uid=uid, features=features)


def _entity(stated: dict[str, Any]) -> _Entity:
    """Return an entity with its further fields as features. Raise one of ``PROBLEMS``."""
    entity = msgspec.convert({name: stated[name] for name in _OF_ENTITY if name in stated}, _Entity)
    entity.features = {name: value for name, value in stated.items() if name not in _OF_ENTITY}
    return entity


def sniff(path: Path, head: bytes) -> bool:
    """Return whether the first record has a text and a list of spans, as doccano writes them."""
    record = first_record(path, head)
    if "entities" in record:
        return "text" in record and is_list(record["entities"])
    return bool({"text", "data"} & record.keys()) and any(is_list(record.get(key)) for key in ("label", "labels"))


def _islist_of(raw: msgspec.Raw | None) -> bool:
    return raw is not None and bytes(raw).lstrip().startswith(b"[")


FORMAT = Format(
    id="doccano",
    name="doccano JSON Lines",
    suffixes=(".jsonl",),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, *PROJECT_DATA),
    example="corpus.doccano.jsonl",
)
