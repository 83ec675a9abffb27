"""Read the stand-off annotations of a text whose white space is significant."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from annotator.domain.errors import AnnotatorError, InvalidSpan, InvalidValue
from annotator.domain.spans import Span
from annotator.formats.base import Incoming, IncomingAnnotation, IncomingRelation, Refusal
from annotator.formats.corpora.tei.vocabulary import XML_ID, is_element, one_line_of
from annotator.formats.native_fields import annotation_of
from annotator.formats.reading.xml_files import attribute, children, inside, local
from annotator.formats.relations import derived_uid

_RANGE = re.compile(r"#string-range\(\s*([^,\s()]+)\s*((?:,\s*\d{1,12}\s*,\s*\d{1,12}\s*)+)\)")
_POINTER = re.compile(r"#[\w-]+\([^)]*\)|\S+")


class StandOff:
    """The stand-off annotations of a text whose white space is significant."""

    def __init__(self, holders: Sequence[Any], block: str, text: str, labels: Mapping[str, str], digest: str) -> None:
        self.refused: list[tuple[str, str]] = []
        self._elements = [one for holder in holders for one in holder.iter() if is_element(one)]
        self._block, self._text, self._labels, self._digest = block, text, labels, digest
        self._structures = {one.get(XML_ID): one for one in self._elements if local(one) == "fs" and one.get(XML_ID)}
        self._uids: dict[str, str] = {}

    def annotations(self) -> Iterator[IncomingAnnotation]:
        """Yield the spans that point into the text."""
        for number, one in enumerate((e for e in self._elements if local(e) in ("span", "annotation")), 1):
            place = f"span {one.get(XML_ID) or number}"
            try:
                taken = self._annotation(one)
            except AnnotatorError as error:
                self.refused.append((place, str(error)))
                continue
            if one.get(XML_ID):
                self._uids[one.get(XML_ID)] = taken.uid
            yield taken

    def _annotation(self, one: Any) -> IncomingAnnotation:
        fragments = self._spans(one.get("target") or "")
        pointers = [pointer.removeprefix("#") for pointer in (one.get("ana") or "").split()]
        label = next((self._labels[name] for name in pointers if name in self._labels), "")
        fields: dict[str, Any] = {}
        for name in pointers:
            if (structure := self._structures.get(name)) is not None:
                fields |= self._fields(structure)
        own = fields.pop("label", "")
        label = label or (own if isinstance(own, str) else "") or attribute(one, "type")
        label = label or next((name.rpartition("/")[2] for name in pointers), "")
        if not label:
            raise InvalidValue("It has no label: neither “ana” nor “type” names one.")
        if not isinstance(fields.get("uid"), str):
            fields["uid"] = derived_uid(self._digest, self._block, one.get(XML_ID) or one.get("target"), label)
        return annotation_of(label, fragments, fields, self._text)

    def _spans(self, target: str) -> tuple[Span, ...]:
        """Return the span that a pointer selects. Raise InvalidSpan where it is not in this text."""
        found: list[Span] = []
        for pointer in _POINTER.findall(target):
            match = _RANGE.fullmatch(pointer)
            if match is None or (self._block and match[1].removeprefix("#") != self._block):
                raise InvalidSpan(f"Its target “{target[:60]}” is not a string-range into this text.")
            numbers = [int(word) for word in match[2].split(",") if word.strip()]
            found += [Span(at, at + length) for at, length in zip(numbers[::2], numbers[1::2], strict=True)]
        if not found:
            raise InvalidSpan("It has no target in the text.")
        return tuple(sorted(found))

    def _fields(self, structure: Any) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for one in children(structure, "f"):
            name = attribute(one, "name")
            pointer = attribute(one, "fVal")
            if pointer:
                fields[name] = self._spans(pointer)
                continue
            value = next((child for child in one if is_element(child)), None)
            fields[name] = self._value(name, value)
        return fields

    def _value(self, name: str, value: Any) -> Any:
        if value is None:
            return ""
        stated = attribute(value, "value")
        if local(value) == "numeric":
            return int(stated) if re.fullmatch(r"-?\d{1,15}", stated) else stated
        if local(value) == "binary":
            return stated in ("true", "1")
        words = stated or "".join(value.itertext())
        if name in ("features", "cue", "mention"):
            try:
                return msgspec.json.decode(words)
            except (msgspec.DecodeError, RecursionError):
                return words
        return words

    def relations(self) -> Iterator[Incoming]:
        """Yield the relations between annotations of this text."""
        for number, one in enumerate((e for e in self._elements if local(e) == "relation"), 1):
            ends = [
                [self._uids.get(pointer.removeprefix("#"), "") for pointer in attribute(one, side).split()]
                for side in ("active", "passive")
            ]
            if not all(len(side) == 1 and side[0] for side in ends):
                yield Refusal(
                    f"relation {one.get(XML_ID) or number}", "It does not relate two annotations of this text."
                )
                continue
            described = relation_fields(inside(one, "desc"))
            kind = described.get("kind") or attribute(one, "name") or "relation"
            uid = described.get("uid") or derived_uid(self._digest, self._block, kind, *ends[0], *ends[1])
            yield IncomingRelation(
                kind, ends[0][0], ends[1][0], described.get("note", ""), described.get("annotator", ""), uid
            )


def relation_fields(description: Any) -> dict[str, str]:
    """Return the fields of a relation: our fields in JSON, which another tool may have wrapped, or a note."""
    if description is None:
        return {}
    for stated in ("".join(description.itertext()), one_line_of(description)):
        with suppress(msgspec.DecodeError, RecursionError):
            found: dict[str, str] = msgspec.json.decode(stated, type=dict[str, str])
            return found
    return {"note": one_line_of(description)}
