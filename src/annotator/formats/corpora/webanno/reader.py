"""Read WebAnno TSV: the text from its sentences, and the annotations from the columns of its layers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.errors import AnnotatorError, ImportRefused, InvalidValue
from annotator.domain.spans import Span
from annotator.formats.base import Incoming, IncomingAnnotation, IncomingRelation, Refusal
from annotator.formats.corpora.webanno.rows import (
    NOTHING,
    Layer,
    Row,
    Unit,
    Value,
    columns_of,
    layer_of,
    row_of,
    unescaped,
    unit_of,
    values_of,
)
from annotator.formats.corpora.webanno.vocabulary import CUE, ID, JSON_FIELDS, MENTION
from annotator.formats.native_fields import annotation_of, article_of, checked_text
from annotator.formats.reading.decoding import checksum, lines_of
from annotator.formats.reading.limits import limits
from annotator.formats.reading.offsets import Utf16
from annotator.formats.relations import BEYOND, derived_uid, read_beyond, relations_last

_LABELS = ("label", "value", "identifier", "category")
"""Features of layers of other programs that hold the label, in order of preference."""
_NO_LABEL = re.compile(r"POS|Lemma|Token|Stem|Sentence|MorphologicalFeatures|SurfaceForm|Dependency|")


def read(path: Path) -> Iterator[Incoming]:
    """Return the document of a file with its annotations, then its relations, and a refusal for each bad row."""
    return relations_last(_FileReader(path).items())


@dataclass(slots=True)
class _Found:
    """An annotation while its rows are read, in UTF-16 units."""

    layer: Layer
    values: dict[str, str]
    start: int
    end: int
    uid: str = ""


class _FileReader:
    """One pass through a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digest = checksum(path)
        self._layers: list[Layer] = []
        self._text: list[str] = []
        self._length = 0
        """UTF-16 units of the text so far."""
        self._size = 0
        self._lines: list[str] = []
        self._needs_place = False
        self._found: list[_Found] = []
        self._numbered: dict[tuple[str, int], _Found] = {}
        self._at: dict[tuple[str, Unit], _Found] = {}
        """Annotations by layer and unit, for relations that name no number."""
        self._relation_rows: list[tuple[Layer, int, dict[str, str], str, Unit]] = []
        self._refused: list[Refusal] = []
        self._others: list[Incoming] = []
        """Relations to other documents."""

    def items(self) -> Iterator[Incoming]:
        """Yield everything in the file. Raise ImportRefused where it has no text."""
        for number, line in lines_of(self._path):
            if line is None:
                self._refused.append(Refusal(f"line {number}", "The line is too long."))
                continue
            line = line.removesuffix("\r")
            try:
                self._take(line, number)
            except ImportRefused:
                raise
            except AnnotatorError as error:
                self._refused.append(Refusal(f"line {number}", str(error)))
        self._end_sentence(None)
        text = "".join(self._text)
        if not text.strip():
            raise ImportRefused(f"“{self._path.name}” has no text.")
        plain, offsets = checked_text(text)
        if offsets is not None:
            raise ImportRefused(
                f"“{self._path.name}” has carriage returns in its text, which its offsets do not count."
            )
        annotations = self._annotations(plain)
        yield article_of(plain, {}, annotations, path=self._path, number=1, format=ID, digest=self._digest)
        yield from self._relations()
        yield from self._refused

    def _take(self, line: str, number: int) -> None:
        if line.startswith("#Text="):
            if not self._needs_place and self._lines:
                self._end_sentence(None)
            self._lines.append(unescaped(line.removeprefix("#Text=")))
            self._needs_place = True
        elif line.startswith("#"):
            if (layer := layer_of(line)) is not None:
                self._layers.append(layer)
        elif line.strip():
            row = row_of(line)
            if self._needs_place:
                self._end_sentence(row)
            self._row(row, number)

    def _end_sentence(self, row: Row | None) -> None:
        """Add a sentence to the text, at the place that its first token states."""
        if not self._lines:
            return
        sentence, self._lines, self._needs_place = "\n".join(self._lines), [], False
        gap = 0
        if row is not None:
            place = sentence.find(row.words)
            if place < 0:
                raise InvalidValue(f"The token “{row.words[:40]}” is not in its sentence.")
            gap = row.start - Utf16(sentence[:place]).length - self._length
            if gap < 0:
                raise InvalidValue("The sentence begins before the one before it ends: its offsets are wrong.")
        self._size += gap + len(sentence)
        if self._size > limits().text:
            raise ImportRefused(f"“{self._path.name}” has more than {limits().text:,} characters of text: split it.")
        self._text += ["\n" * gap, sentence]
        self._length += gap + Utf16(sentence).length

    def _row(self, row: Row, number: int) -> None:
        for layer, columns in columns_of(self._layers, row.columns):
            if not layer.name:
                continue
            stacks = [values_of(column) for column in columns]
            if layer.is_relation:
                self._take_relations(layer, stacks, columns[-1], row.unit, number)
                continue
            for place in range(max(map(len, stacks))):
                values = [stack[place] if place < len(stack) else Value(None, 0) for stack in stacks]
                self._take_value(layer, values, row)

    def _take_value(self, layer: Layer, values: Sequence[Value], row: Row) -> None:
        number = max(value.number for value in values)
        known = self._numbered.get((layer.name, number)) if number else None
        if known is not None:
            known.start, known.end = min(known.start, row.start), max(known.end, row.end)
        else:
            held = {name: value.words for name, value in zip(layer.features, values, strict=True) if value.words}
            known = _Found(layer, held, row.start, row.end)
            self._found.append(known)
            if number:
                self._numbered[layer.name, number] = known
        self._at.setdefault((layer.name, row.unit), known)

    def _take_relations(self, layer: Layer, stacks: Sequence[list[Value]], ends: str, unit: Unit, number: int) -> None:
        if ends == NOTHING:
            return
        for place, end in enumerate(ends.split("|")):
            stack = [one[place] if place < len(one) else Value(None, 0) for one in stacks[:-1]]
            held = {name: value.words for name, value in zip(layer.features, stack, strict=True) if value.words}
            self._relation_rows.append((layer, number, held, end, unit))

    def _annotations(self, text: str) -> list[IncomingAnnotation]:
        """Return the annotations of all layers except those of words; the parts of one statement are joined."""
        utf16 = Utf16(text)
        statements: dict[str, tuple[_Found, list[Span]]] = {}
        parts: dict[str, dict[str, list[Span]]] = {}
        for number, one in enumerate(self._found):
            if _NO_LABEL.fullmatch(one.layer.short):
                continue
            one.uid = one.values.get("uid") or derived_uid(self._digest, one.layer.name, one.start, one.end, number)
            try:
                span = Span(utf16.point(one.start), utf16.point(one.end))
            except AnnotatorError as error:
                self._refused.append(Refusal(f"{one.layer.short} at {one.start}-{one.end}", str(error)))
                continue
            for layer, name in ((CUE, "cue"), (MENTION, "mention")):
                if one.layer == layer:
                    parts.setdefault(one.uid, {}).setdefault(name, []).append(span)
                    break
            else:
                statements.setdefault(one.uid, (one, []))[1].append(span)
        found = []
        for uid, (first, spans) in statements.items():
            values = {**first.values, "uid": uid}
            label = next((values.pop(name) for name in _LABELS if values.get(name)), first.layer.short)
            fields = {name: _value(name, words) for name, words in values.items()}
            fields |= parts.get(uid, {})
            self._beyond(fields.pop(BEYOND, ()), label)
            found.append(annotation_of(label, tuple(sorted(spans)), fields, text))
        return found

    def _beyond(self, stated: Any, label: str) -> None:
        self._others += read_beyond(stated, label)

    def _relations(self) -> Iterator[Incoming]:
        yield from self._others
        for layer, number, held, end, unit in self._relation_rows:
            place = f"line {number}"
            try:
                source, target = self._ends(layer, end, unit)
            except AnnotatorError as error:
                yield Refusal(place, str(error))
                continue
            kind = held.get("kind") or next((held[name] for name in _LABELS if held.get(name)), "") or layer.short
            uid = held.get("uid") or derived_uid(self._digest, kind, source.uid, target.uid)
            yield IncomingRelation(kind, source.uid, target.uid, held.get("note", ""), held.get("annotator", ""), uid)

    def _ends(self, layer: Layer, end: str, unit: Unit) -> tuple[_Found, _Found]:
        """Return the annotations at the ends of a relation. Raise InvalidValue."""
        stated, _, numbers = end.removesuffix("]").partition("[")
        first, _, second = numbers.partition("_")
        ends = []
        for word, at in ((first, unit_of(stated)), (second, unit)):
            found = self._numbered.get((layer.base, int(word))) if word.isdecimal() and word != "0" else None
            found = found or self._at.get((layer.base, at))
            if found is None or not found.uid:
                raise InvalidValue(f"The relation refers to {at}, where no annotation of its layer is.")
            ends.append(found)
        return ends[0], ends[1]


def _value(name: str, words: str) -> Any:
    if name not in JSON_FIELDS:
        return words
    try:
        return msgspec.json.decode(words)
    except (msgspec.DecodeError, RecursionError):
        return words
