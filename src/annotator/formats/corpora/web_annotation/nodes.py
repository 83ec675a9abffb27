"""The parts of a single annotation of Web Annotation: its targets, tags, notes, relation and creator."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from annotator.domain.canonical_text import canonical_part, one_line
from annotator.domain.errors import InvalidSpan
from annotator.domain.spans import Span, checked_fragments, find_quote
from annotator.formats.base import IncomingAnnotation, IncomingRelation
from annotator.formats.corpora.web_annotation.vocabulary import OURS, UID_PREFIX, UUID_PREFIX
from annotator.formats.native_fields import annotation_of, spans_of
from annotator.formats.reading.json_lines import needed
from annotator.formats.reading.offsets import CanonicalOffsets
from annotator.formats.relations import derived_uid

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
_TAGS = ("tagging", "classifying")


def annotations_of(
    node: Mapping[str, Any], targets: Sequence[Mapping[str, Any]], text: str, offsets: CanonicalOffsets | None
) -> list[IncomingAnnotation]:
    """Return an annotation for each of the tags; without a tag, one by its purpose. Raise one of ``PROBLEMS``."""
    fragments = checked_fragments([_selected(one, text, offsets) for one in targets], len(text))
    tags, notes = _bodies(node)
    if not tags:
        tags = texts_of(node.get("motivation")) or ["highlighting"]
    fields = {name.removeprefix(OURS): value for name, value in node.items() if name.startswith(OURS)}
    others = {name: value for name, value in node.items() if not name.startswith(OURS) and name not in _OF_ANNOTATION}
    annotator, created_by = _creator(node.get("creator"))
    times = [found if isinstance(found := node.get(name), str) else "" for name in ("created", "modified")]
    made = []
    for number, tag in enumerate(dict.fromkeys(tags)):
        id = node.get("id")
        uid = uid_of(id) if isinstance(id, str) and id else ""
        stated: dict[str, Any] = {
            "note": "\n".join(notes),
            "features": others,
            "annotator": annotator,
            "created_by": created_by,
            "created_at": times[0],
            "updated_at": times[1],
            "uid": derived_uid("tag", uid, tag) if number and uid else uid,
        }
        made.append(annotation_of(needed("value", tag), fragments, fields, text, offsets=offsets, **stated))
    return made


def _selected(target: Mapping[str, Any], text: str, offsets: CanonicalOffsets | None) -> Span:
    """Return the span that a target selects: by its quote, where it has one, near its position. Raise InvalidSpan."""
    position: tuple[int, int] | None = None
    exact = prefix = suffix = ""
    for selector in list_of(target.get("selector")):
        if not isinstance(selector, dict):
            continue
        kinds = texts_of(selector.get("type"))
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
        near = position[0] if offsets is None else offsets.canonical(position[0])
        try:
            (span,) = spans_of([position], text, offsets)
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
    purposes = texts_of(node.get("motivation"))
    for body in [*list_of(node.get("body")), *list_of(node.get("bodyValue"))]:
        words = _text_of(body)
        if not one_line(words):
            continue
        purpose = (texts_of(body.get("purpose")) if isinstance(body, dict) else []) or purposes
        if any(one in _TAGS for one in purpose):
            tags.append(words.strip())
        else:
            notes.append(words)
    return tags, notes


def _text_of(body: Any) -> str:
    """Return the contents of a body: its text, or its address."""
    if isinstance(body, dict):
        body = next((body[name] for name in ("value", "label", "source", "id") if isinstance(body.get(name), str)), "")
    return canonical_part(body) if isinstance(body, str) else ""


def relation_of(node: Mapping[str, Any], targets: Sequence[Any]) -> IncomingRelation | None:
    """Return the relation in an annotation for linking, where it links two resources by their addresses."""
    if "linking" not in texts_of(node.get("motivation")):
        return None
    ends = [one for one in map(_address, targets) if one]
    others = [one for one in map(_address, list_of(node.get("body"))) if one]
    if not ends or not others:
        return None
    tags, notes = _bodies({**node, "body": [one for one in list_of(node.get("body")) if not _address(one)]})
    id = node.get("id")
    return IncomingRelation(
        kind=tags[0] if tags else "linking",
        from_uid=uid_of(ends[0]),
        to_uid=uid_of(others[0]),
        note="\n".join(notes),
        annotator=_creator(node.get("creator"))[0],
        uid=uid_of(id) if isinstance(id, str) and id else "",
    )


def _address(node: Any) -> str:
    if isinstance(node, dict):
        node = "" if {"value", "selector", "source"} & node.keys() else node.get("id")
    return node if isinstance(node, str) else ""


def _creator(node: Any) -> tuple[str, str]:
    """Return the annotator of an annotation, and the program that made it, if any."""
    for one in list_of(node):
        if isinstance(one, dict):
            names = [one.get(key) for key in ("name", "nickname", "email", "id")]
            name = next((found.strip() for found in names if isinstance(found, str) and found.strip()), "")
            if name:
                return name, name if "Software" in texts_of(one.get("type")) else ""
        elif isinstance(one, str) and one.strip():
            return one.strip(), ""
    return "", ""


def uid_of(iri: str) -> str:
    """Return the uid in an address."""
    if iri.startswith(UUID_PREFIX):
        try:
            return UUID(iri).hex
        except ValueError:
            pass
    if iri.startswith(UID_PREFIX):
        return unquote(iri.removeprefix(UID_PREFIX))
    return iri if len(iri) <= 64 else derived_uid(iri)


def list_of(value: Any) -> list[Any]:
    """Return the values of a property, of which JSON-LD writes a single one without a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def texts_of(value: Any) -> list[str]:
    """Return those values of a property that are texts."""
    return [one for one in list_of(value) if isinstance(one, str)]
