"""Prodigy's JSON Lines: one line for each task, with tokens, spans and relations; offsets are code points.

Source: the documentation of Prodigy's annotation interfaces. ``token_start`` and ``token_end`` are numbers of tokens,
and ``token_end`` is inclusive: the last token of the span. Tokens are spaCy's, split where a span begins or ends within
one, so that Prodigy accepts every span; tokens of a file are read only for spans that have no offsets.

The fields that Prodigy shows are in ``meta``; it keeps other keys of tasks, spans and relations, where ``further``
holds the fields that it does not know. A span of an annotation in fragments is one span each, with the same ``uid``.
Spans of tasks that were not accepted are not annotations: they are kept as facts of their document.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.canonical_text import canonical_part
from annotator.domain.errors import InvalidSpan, InvalidValue
from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span, checked_fragments
from annotator.domain.wording import counted
from annotator.formats.base import Corpus, Format, Incoming, IncomingAnnotation, IncomingRelation, Refusal, Written
from annotator.formats.corpora.spacy.tokens import Tokeniser, Tokens
from annotator.formats.facets import PROJECT_DATA, Facet
from annotator.formats.native_fields import (
    FURTHER,
    SHOWN,
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
    RelationWithUids,
    derived_uid,
    read_beyond,
    relation_fields,
    relations_last,
    written_beyond,
)

ACCEPT = "accept"
_ANSWERS = ("reject", "ignore")
_KEYS = ("text", "meta", "tokens", "spans", "relations", "answer", BEYOND, FURTHER)
_OF_SPAN = ("text", "start", "end", "token_start", "token_end", "label", "source", FURTHER)
_SPAN_KEYS = ("start", "end", "token_start", "token_end", "label")


# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, path: Path) -> Written:
    """Write one task for each document to ``path``."""
    by_document = RelationsByDocument(corpus.relations)
    tokeniser = Tokeniser()
    documents = annotations = gapped = 0
    encode = msgspec.json.Encoder().encode
    with open(path, "wb") as file:
        for document, own in corpus.documents:
            file.write(encode(_task(document, own, by_document, tokeniser)) + b"\n")
            documents += 1
            annotations += len(own)
            gapped += sum(len(found.fragments) > 1 for found in own)
    losses = by_document.losses()
    if gapped:
        losses.append(f"{counted(gapped, 'annotation')} in fragments written as separate spans")
    return Written(documents, annotations, tuple(losses))


def _task(
    document: DocumentRecord, own: Sequence[AnnotationRecord], by_document: RelationsByDocument, tokeniser: Tokeniser
) -> dict[str, Any]:
    tokens = tokeniser.tokens(document.text, document.language, {span for found in own for span in found.fragments})
    spans: list[dict[str, Any]] = []
    first: dict[str, dict[str, Any]] = {}
    for annotation in own:
        for span in annotation.fragments:
            spans.append(_span(annotation, span, document.text, tokens, is_first=annotation.uid not in first))
            first.setdefault(annotation.uid, spans[-1])
    within, beyond = by_document.of(own)
    facts = dict(document.facts)
    meta = facts.pop("meta") if isinstance(facts.get("meta"), dict) else {}
    answer = facts.get("answer")
    return {
        "text": document.text,
        "meta": meta | shown_fields(document),
        **free_facts(facts, _KEYS),
        "tokens": [
            {
                "text": document.text[start:end],
                "start": start,
                "end": end,
                "id": number,
                "ws": space,
            }
            for number, (start, end, space) in enumerate(zip(tokens.starts, tokens.ends, tokens.spaces, strict=True))
        ],
        "spans": spans,
        **({"relations": [_relation(related, first) for related in within]} if within else {}),
        "answer": answer if answer in _ANSWERS and not own else ACCEPT,
        FURTHER: further_fields(document),
        **written_beyond(beyond),
    }


def _span(annotation: AnnotationRecord, span: Span, text: str, tokens: Tokens, *, is_first: bool) -> dict[str, Any]:
    start, end = tokens.range_of(span)
    return {
        "start": span.start,
        "end": span.end,
        "token_start": start,
        "token_end": end - 1,
        "label": annotation.label,
        "text": span.of(text),
        **({"source": annotation.created_by} if annotation.created_by != "person" else {}),
        FURTHER: given_annotation_fields(annotation) if is_first else {"uid": annotation.uid},
    }


def _relation(related: RelationWithUids, first: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    head, child = first[related.from_uid], first[related.to_uid]
    return {
        "head": head["token_end"],
        "child": child["token_end"],
        "head_span": {name: head[name] for name in _SPAN_KEYS},
        "child_span": {name: child[name] for name in _SPAN_KEYS},
        "label": related.relation.kind,
        FURTHER: {"from": related.from_uid, "to": related.to_uid} | relation_fields(related),
    }


# ---------------------------------------------------------------------------------------------------- in


class _Token(msgspec.Struct):
    start: int
    end: int


class _Span(msgspec.Struct):
    label: str
    start: int | None = None
    end: int | None = None
    token_start: int | None = None
    token_end: int | None = None
    text: str | None = None
    source: Any = None
    further: Any = None


class _End(msgspec.Struct):
    start: int | None = None
    end: int | None = None
    label: str | None = None


class _RelationFields(msgspec.Struct, rename={"from_uid": "from", "to_uid": "to"}):
    from_uid: str = ""
    to_uid: str = ""
    note: str = ""
    annotator: str = ""
    uid: str = ""


class _Relation(msgspec.Struct):
    label: str
    head: int | None = None
    child: int | None = None
    head_span: _End | None = None
    child_span: _End | None = None
    further: _RelationFields | None = None


def read(path: Path, line_limit: int = LINE_LIMIT) -> Iterator[Incoming]:
    """Return the documents of a file, each with the annotations of its task; then their relations."""
    return relations_last(_items(path, line_limit))


def _items(path: Path, line_limit: int) -> Iterator[Incoming]:
    reader = _FileReader(path)
    yield from each_line(path, reader.items, line_limit)
    if reader.unaccepted:
        which = f"{counted(reader.unaccepted, 'task')} answered “reject” or “ignore”"
        yield Refusal("", f"{which}: the text is imported, the spans are kept as facts of the document.")


class _FileReader:
    """One pass through a file."""

    def __init__(self, path: Path) -> None:
        self.unaccepted = 0
        self._path = path
        self._digest = checksum(path)
        self._shape = msgspec.json.Decoder(dict[str, msgspec.Raw])
        self._text = msgspec.json.Decoder(str)

    def items(self, line: bytes, number: int, place: str) -> list[Incoming]:
        """Return the contents of a line. Raise one of ``PROBLEMS`` where none of it can be imported."""
        raw = self._shape.decode(line)
        check_no_nul(line)
        if "text" not in raw:
            raise InvalidValue("The task has no text.")
        text, offsets = checked_text(self._text.decode(raw["text"]))
        fields, facts = _fields(raw)
        answer = value_of(raw.get("answer"))
        refused: list[Incoming] = []
        spans, relations = list_of(raw.get("spans")), list_of(raw.get("relations"))
        annotations = _Annotations(text, offsets, raw, _annotator(facts))
        found_relations: list[Incoming] = []
        if answer in _ANSWERS:
            self.unaccepted += 1
            kept = {"answer": answer, "spans": spans, "relations": relations}
            facts |= {name: value for name, value in kept.items() if value}
        else:
            for count, one in enumerate(spans, 1):
                try:
                    annotations.add(one)
                except PROBLEMS as error:
                    refused.append(Refusal(f"{place}, span {count}", plain(error)))
            found_relations += self._relations(relations, annotations, place)
            found_relations += read_beyond(value_of(raw.get(BEYOND)), place)
        article = article_of(
            text,
            fields | {"facts": facts},
            annotations.all(),
            path=self._path,
            number=number,
            format=FORMAT.id,
            digest=self._digest,
            offsets=offsets,
        )
        return [article, *found_relations, *refused]

    def _relations(
        self, relations: Sequence[Any], annotations: "_Annotations", place: str
    ) -> Iterator[IncomingRelation | Refusal]:
        for count, one in enumerate(relations, 1):
            try:
                stated = msgspec.convert(one, _Relation)
                further = stated.further or _RelationFields()
                yield IncomingRelation(
                    needed("label", stated.label),
                    annotations.uid_of(further.from_uid, stated.head_span, stated.head),
                    annotations.uid_of(further.to_uid, stated.child_span, stated.child),
                    further.note,
                    further.annotator,
                    further.uid,
                )
            except PROBLEMS as error:
                yield Refusal(f"{place}, relation {count}", plain(error))


class _Annotations:
    """The annotations of a task."""

    def __init__(
        self, text: str, offsets: CanonicalOffsets | None, raw: Mapping[str, msgspec.Raw], annotator: str
    ) -> None:
        self._text = text
        self._offsets = offsets
        self._annotator = annotator
        self._raw_tokens = raw.get("tokens")
        self._tokens: list[_Token] | None = None
        # Where uids are missing they are derived from this: only relations need them.
        self._seed = derived_uid("prodigy", text, annotator) if list_of(raw.get("relations")) else ""
        self._made: list[IncomingAnnotation] = []
        self._spans: list[list[Span]] = []
        self._by_uid: dict[str, int] = {}
        self._by_place: dict[tuple[int, int, str], int] = {}
        self._by_token: dict[int, int] = {}

    def add(self, stated: Any) -> None:
        """Import a span. Raise one of ``PROBLEMS`` where that is impossible."""
        span = msgspec.convert(stated, _Span)
        label = needed("label", span.label)
        pair = self._pair(span)
        (place,) = spans_of([pair], self._text, self._offsets)
        further = span.further if isinstance(span.further, dict) else {}
        uid = further.get("uid")
        if isinstance(uid, str) and uid in self._by_uid and self._made[self._by_uid[uid]].label == label:
            self._spans[self._by_uid[uid]].append(place)
            return
        if self._seed and not uid:
            uid = derived_uid(self._seed, *pair, label)
        features = {name: value for name, value in stated.items() if name not in _OF_SPAN}
        own: dict[str, Any] = {"annotator": self._annotator, "features": features}
        if isinstance(span.source, str) and span.source:
            own["created_by"] = span.source
        elif span.source is not None:
            features["source"] = span.source
        if isinstance(uid, str) and uid not in self._by_uid:
            own["uid"] = uid
            self._by_uid[uid] = len(self._made)
        self._by_place.setdefault((*pair, label), len(self._made))
        if span.token_end is not None:
            self._by_token.setdefault(span.token_end, len(self._made))
        quote = canonical_part(span.text or "")
        made = annotation_of(label, (place,), further, self._text, quote=quote, offsets=self._offsets, **own)
        self._made.append(made)
        self._spans.append([place])

    def all(self) -> list[IncomingAnnotation]:
        """Return the annotations, in the order of their first spans."""
        return [
            one if len(spans) == 1 else self._joined(one, spans)
            for one, spans in zip(self._made, self._spans, strict=True)
        ]

    def uid_of(self, uid: str, end: _End | None, token: int | None) -> str:
        """Return the uid of the annotation at one end of a relation. Raise InvalidValue."""
        if uid in self._by_uid:
            return uid
        position = None
        if end is not None and end.start is not None and end.end is not None and end.label:
            position = self._by_place.get((end.start, end.end, end.label))
        if position is None and token is not None:
            position = self._by_token.get(token)
        if position is None:
            raise InvalidValue("It relates words that are not a span with a label.")
        return self._made[position].uid

    def _joined(self, one: IncomingAnnotation, spans: Sequence[Span]) -> IncomingAnnotation:
        fragments = checked_fragments(spans, len(self._text))
        return replace(one, fragments=fragments, quote="")

    def _pair(self, span: _Span) -> tuple[int, int]:
        """Return start and end of a span, from its tokens where it has no offsets. Raise one of ``PROBLEMS``."""
        if span.start is not None and span.end is not None:
            return span.start, span.end
        if self._tokens is None:
            self._tokens = msgspec.json.decode(self._raw_tokens, type=list[_Token]) if self._raw_tokens else []
        first, last = span.token_start, span.token_end
        if first is None or last is None or not 0 <= first <= last < len(self._tokens):
            raise InvalidSpan("A span needs a start and an end, or numbers of tokens that the task has.")
        return self._tokens[first].start, self._tokens[last].end


def _fields(raw: Mapping[str, msgspec.Raw]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields of a document that we know, and all others."""
    facts = {key: msgspec.json.decode(value) for key, value in raw.items() if key not in _KEYS}
    held = facts.pop("facts", None)
    facts |= held if isinstance(held, dict) else {} if held is None else {"facts": held}
    fields: dict[str, Any] = {}
    meta = value_of(raw.get("meta"))
    if isinstance(meta, dict):
        fields = {name: value for name, value in meta.items() if name in SHOWN}
        meta = {name: value for name, value in meta.items() if name not in SHOWN}
    if meta:
        facts["meta"] = meta
    if isinstance(further := value_of(raw.get(FURTHER)), dict):
        fields |= further
    return fields, facts


def _annotator(facts: Mapping[str, Any]) -> str:
    for name in ("_annotator_id", "_session_id"):
        if isinstance(found := facts.get(name), str) and found.strip():
            return found
    return ""


def sniff(path: Path, head: bytes) -> bool:
    """Return whether the first record is a task about a text."""
    record = first_record(path, head)
    if "text" not in record:
        return False
    if record.keys() & {"_input_hash", "_task_hash", "_view_id"}:
        return True
    lists = [record[name] for name in ("spans", "tokens") if name in record]
    return bool(lists) and all(is_list(one) for one in lists)


FORMAT = Format(
    id="prodigy",
    name="Prodigy JSON Lines",
    suffixes=(".jsonl",),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, *PROJECT_DATA),
    example="corpus.prodigy.jsonl",
)
