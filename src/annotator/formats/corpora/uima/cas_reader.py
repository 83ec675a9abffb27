"""Recognise texts, annotations and relations among the feature structures of a CAS."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from annotator.domain.errors import AnnotatorError, InvalidSpan
from annotator.domain.spans import Span, checked, checked_fragments
from annotator.domain.wording import counted
from annotator.formats.base import Incoming, IncomingAnnotation, IncomingRelation, Refusal
from annotator.formats.corpora.uima.cas import (
    CUE,
    DOCUMENT,
    DOCUMENT_ANNOTATION,
    FIELD,
    FURTHER,
    MENTION,
    METADATA,
    SOFA,
    STATEMENT,
    FeatureStructure,
    Reference,
)
from annotator.formats.native_fields import annotation_of, article_of, checked_text
from annotator.formats.reading.article_structure import structured
from annotator.formats.reading.offsets import Utf16
from annotator.formats.relations import derived_uid

_TAGSET = f"{METADATA}.TagsetDescription"

_NO_LABEL = re.compile(
    r"(?:.*\.)?(?:Token|Sentence|DocumentMetaData|DocumentAnnotation|Sofa|FeatureDefinition|LayerDefinition)$"
)
_LABELS = ("label", "value", "identifier", "category", "PosValue", "DependencyType")
"""Features of types of other programs that hold the label, in order of preference; ``value`` is that of a named
entity.
"""

_ENDS = (("Governor", "Dependent"), ("governor", "dependent"), ("source", "target"))
_MAX_DEPTH = 4


@dataclass
class Cas:
    """The contents of a file, in order, before texts, annotations and relations are recognised."""

    structures: list[FeatureStructure] = field(default_factory=list)

    def items(self, path: Path, digest: str, format: str) -> Iterator[Incoming]:
        """Yield an article for each text in it, with its annotations; then their relations."""
        sofas = [one for one in self.structures if one.type == SOFA]
        texts = [one for one in sofas if isinstance(one.values.get("sofaString"), str)]
        if not texts:
            yield Refusal("", "It holds no text: a CAS without a sofaString has nothing to annotate.")
        by_id = {one.id: one for one in self.structures}
        of_sofa: dict[str, list[FeatureStructure]] = {}
        for one in self.structures:
            if isinstance(sofa := one.values.get("sofa"), Reference):
                of_sofa.setdefault(sofa.id, []).append(one)
        for number, sofa in enumerate(texts, 1):
            view = _View(sofa.values["sofaString"], by_id, path.stem)
            place = f"view {sofa.values.get('sofaID') or number}" if len(texts) > 1 else ""
            try:
                yield from view.items(of_sofa.get(sofa.id, []), path, number, format, digest, place)
            except AnnotatorError as error:
                yield Refusal(place, str(error))


class _View:
    """One text of a CAS with the feature structures that refer to it."""

    def __init__(self, stated: str, by_id: Mapping[str, FeatureStructure], file: str) -> None:
        self._by_id = by_id
        self._text, self._offsets = checked_text(stated)
        self._units = Utf16(stated)
        self._seed = derived_uid("uima", file, self._text)
        self._marks: dict[tuple[str, str], list[Span]] = {}

    def items(
        self, found: Sequence[FeatureStructure], path: Path, number: int, format: str, digest: str, place: str
    ) -> Iterator[Incoming]:
        """Yield the article with its annotations, its relations, and refusals of what cannot be imported."""
        refused: list[Incoming] = []
        relations, annotations = self._relations_and_annotations(found)
        related = {id for _, *ends in relations for id in ends}
        made: list[IncomingAnnotation] = []
        uids: dict[str, str] = {}
        for parts in _annotations(annotations):
            try:
                made.append(self._annotation(parts, any(part.id in related for part in parts)))
                uids |= dict.fromkeys((part.id for part in parts), made[-1].uid)
            except AnnotatorError as error:
                refused.append(Refusal(_place(place, f"{parts[0].short} {parts[0].id}"), str(error)))
        fields, beyond = self._fields(found, path.name)
        yield article_of(
            self._text, fields, made, path=path, number=number, format=format, digest=digest, offsets=self._offsets
        )
        loose: Counter[str] = Counter()
        for one, governor, dependent in relations:
            if governor in uids and dependent in uids:
                yield self._relation(one, uids[governor], uids[dependent])
            else:
                loose[one.short] += 1
        yield from _beyond(beyond)
        for short, count in loose.items():
            reason = f"{counted(count, 'relation')} left out: not both ends are imported annotations."
            yield Refusal(_place(place, short), reason)
        yield from refused

    def _relations_and_annotations(
        self, found: Sequence[FeatureStructure]
    ) -> tuple[list[tuple[FeatureStructure, str, str]], list[FeatureStructure]]:
        """Return relations with the ids of their ends, and annotations; secondary structures of a statement are set
        aside.
        """
        relations: list[tuple[FeatureStructure, str, str]] = []
        annotations: list[FeatureStructure] = []
        for one in found:
            if one.type.startswith(METADATA) or _NO_LABEL.match(one.type):
                continue
            if one.type in (CUE, MENTION) and isinstance(uid := one.values.get("statement"), str):
                with suppress(AnnotatorError):
                    self._marks.setdefault((one.type, uid), []).append(self._span(one))
            elif (ends := self._ends(one)) is not None:
                relations.append((one, *ends))
            elif "begin" in one.values and "end" in one.values:
                annotations.append(one)
        return relations, annotations

    def _ends(self, one: FeatureStructure) -> tuple[str, str] | None:
        for names in _ENDS:
            ids = [_id(one.values.get(name)) for name in names]
            if all(id in self._by_id and "begin" in self._by_id[id].values for id in ids):
                return ids[0], ids[1]
        return None

    def _span(self, one: FeatureStructure) -> Span:
        start, end = (self._units.point(_number(one.values.get(name))) for name in ("begin", "end"))
        if self._offsets is not None:
            start, end = self._offsets.canonical(start), self._offsets.canonical(end)
        return checked(start, end, len(self._text))

    def _annotation(self, parts: Sequence[FeatureStructure], is_tied: bool) -> IncomingAnnotation:
        one = parts[0]
        fragments = checked_fragments([self._span(part) for part in parts], len(self._text))
        values = {name: value for name, value in one.values.items() if name not in ("sofa", "begin", "end")}
        if one.type == STATEMENT:
            label = str(values.pop("label", "")) or one.short
            uid = str(values.get("uid", ""))
            fields = self._resolved(values) | _object(values.pop("features", None), "features")
            marks = {name: self._marks.get((type, uid), []) for name, type in (("cue", CUE), ("mention", MENTION))}
            found = annotation_of(label, fragments, fields, self._text)
            cue, mention = (checked_fragments(spans, len(self._text)) if spans else () for spans in marks.values())
            return replace(found, cue=cue, mention=mention, uid=found.uid or self._uid(one, is_tied))
        name = next((name for name in _LABELS if isinstance(values.get(name), str) and values[name].strip()), "")
        label = values.pop(name).strip() if name else one.short
        return annotation_of(label, fragments, self._resolved(values), self._text, uid=self._uid(one, is_tied))

    def _uid(self, one: FeatureStructure, is_tied: bool) -> str:
        """Return a uid for an annotation in a relation, else none: the others are identified by their place."""
        return derived_uid(self._seed, one.type, one.id) if is_tied else ""

    def _resolved(self, value: Any, depth: int = 0) -> Any:
        """Return values without references: the referenced values, or their type and id where they are nested too
        deeply.
        """
        if isinstance(value, Reference):
            target = self._by_id.get(value.id)
            if target is None:
                return None
            if depth >= _MAX_DEPTH or target.type == SOFA:
                return f"{target.short} {target.id}"
            inner = {name: one for name, one in target.values.items() if name != "sofa"}
            if (elements := inner.get("elements")) is not None:
                return self._resolved(elements, depth + 1)
            return {"type": target.short, **self._resolved(inner, depth + 1)}
        if isinstance(value, dict):
            return {name: self._resolved(one, depth) for name, one in value.items()}
        if isinstance(value, list):
            return [self._resolved(one, depth) for one in value]
        return value

    def _relation(self, one: FeatureStructure, governor: str, dependent: str) -> IncomingRelation:
        words = {name: one.values[name] for name in one.values if isinstance(one.values[name], str)}
        kind = next((words[name] for name in _LABELS if words.get(name, "").strip()), one.short)
        note, annotator, uid = (words.get(name, "") for name in ("note", "annotator", "uid"))
        return IncomingRelation(kind, governor, dependent, note, annotator, uid)

    def _fields(self, found: Sequence[FeatureStructure], file: str) -> tuple[dict[str, Any], list[Any]]:
        """Return the fields of the document, and its relations to other documents."""
        fields: dict[str, Any] = {}
        further: dict[str, Any] = {}
        tagsets: dict[str, str] = {}
        for one in found:
            words = {name: value for name, value in one.values.items() if isinstance(value, str) and value}
            if one.type == FIELD and "key" in words:
                if words["key"] == FURTHER:
                    further |= _object(words.get("value"), "")
                else:
                    fields[words["key"]] = words.get("value", "")
            elif one.type == _TAGSET and "layer" in words:
                tagsets[words["layer"]] = words.get("name", "")
            elif one.type in (DOCUMENT, DOCUMENT_ANNOTATION):
                fields |= _of_metadata(words, file)
        beyond = further.pop("relations_beyond", [])
        if further:
            fields.pop("documentId", None)
        fields |= further | ({"tagsets": tagsets} if tagsets else {})
        if not fields.get("title"):
            fields["title"] = structured(self._text, str(fields.get("documentId") or file))[0]
        return fields, beyond if isinstance(beyond, list) else []


def _annotations(found: Sequence[FeatureStructure]) -> Iterator[list[FeatureStructure]]:
    """Yield annotations, each with all its fragments: our own are recognised by a common uid and label."""
    groups: dict[tuple[str, str], list[FeatureStructure]] = {}
    for one in found:
        uid = one.values.get("uid") if one.type == STATEMENT else None
        key = (str(uid), str(one.values.get("label"))) if uid else (one.id, "")
        groups.setdefault(key, []).append(one)
    yield from groups.values()


def _of_metadata(words: Mapping[str, str], file: str) -> dict[str, Any]:
    """Return the fields of ``DocumentMetaData`` under our names; a title that is only the name of a file is left
    out.
    """
    title, language = words.get("documentTitle", ""), words.get("language", "")
    is_file = title in (words.get("documentId"), file) or re.search(r"\.(txt|xmi|tsv|json|html?|pdf|xml)$", title)
    fields = {
        "title": "" if is_file else title,
        "language": "" if language == "x-unspecified" else language,
        "address": words.get("documentUri", "") if "://" in words.get("documentUri", "") else "",
        "documentId": words.get("documentId", ""),
        "collectionId": words.get("collectionId", ""),
    }
    return {name: value for name, value in fields.items() if value}


def _beyond(stated: Sequence[Any]) -> Iterator[IncomingRelation]:
    for one in stated:
        if isinstance(one, dict) and all(isinstance(one.get(name), str) for name in ("relation", "from", "to")):
            further = [str(one.get(name, "")) for name in ("note", "annotator", "uid")]
            yield IncomingRelation(one["relation"], one["from"], one["to"], *further)


def _object(stated: Any, under: str) -> dict[str, Any]:
    """Return the object in a JSON text, under the name ``under``; the text itself where it is not JSON."""
    try:
        found = json.loads(stated) if isinstance(stated, str) else None
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return {under: found} if under else found
    return {under: stated} if under and stated else {}


def _id(value: Any) -> str:
    """Return the id that a feature refers to; without a type system, digits may be an id."""
    return value.id if isinstance(value, Reference) else str(value) if isinstance(value, str) else ""


def _number(value: Any) -> int:
    """Return an offset as a file states it. Raise InvalidSpan."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value):
        return int(value)
    raise InvalidSpan(f"An annotation needs whole numbers for begin and end, but one of them is “{str(value)[:20]}”.")


def _place(view: str, what: str) -> str:
    return f"{view}, {what}" if view else what
