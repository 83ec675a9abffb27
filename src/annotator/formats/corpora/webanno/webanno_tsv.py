"""WebAnno TSV 3.3, as WebAnno and INCEpTION import and export it: one file for each document, one row for each token.

Source: the user guides of both (appendix "WebAnno TSV 3"). Statements, the words of a cue and those of a source mention
are custom layers as in ``uima.cas``; relations are a relation layer. A statement in fragments is one annotation for
each, with the same ``uid``. Edges within a token have separate rows (``1-3.1``). The format cannot hold the fields of a
document.

The text is reconstructed from ``#Text=`` and the offsets: a sentence is a line of the text with all white space up to
the next one. Files of other programs leave out the white space between sentences; line ends replace it there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import regex

from annotator.domain.errors import AnnotatorError, ImportRefused, InvalidValue
from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span
from annotator.domain.wording import counted
from annotator.formats.base import Corpus, Format, Incoming, IncomingAnnotation, IncomingRelation, Refusal, Written
from annotator.formats.corpora.webanno.rows import (
    NOTHING,
    Layer,
    Row,
    Unit,
    Value,
    columns_of,
    escaped,
    escaped_text,
    joined,
    layer_of,
    row_of,
    unescaped,
    unit_of,
    values_of,
)
from annotator.formats.facets import DOCUMENT_DATA, PROJECT_DATA
from annotator.formats.native_fields import annotation_fields, annotation_of, article_of, checked_text
from annotator.formats.reading.decoding import checksum, lines_of
from annotator.formats.reading.file_names import FileNames
from annotator.formats.reading.limits import limits
from annotator.formats.reading.offsets import Utf16
from annotator.formats.relations import (
    BEYOND,
    RelationsByDocument,
    RelationWithUids,
    derived_uid,
    read_beyond,
    relations_last,
    written_beyond,
)
from annotator.formats.wire import NAMES_BESIDE_SPAN, NUMBERS

_FORMAT_LINE = "#FORMAT=WebAnno TSV 3.3"
_FIRST = (
    "source", "reliability", "reliability_reason", "credibility", "probability", "confidence", "note", "features",
    "annotator", "created_by", "created_at", "updated_at",
)  # fmt: skip
"""The first columns, in the order of the first version; columns of later fields follow them."""

_FIELDS = (*_FIRST, *(name for name in NAMES_BESIDE_SPAN if name not in ("uid", "cue", "mention", *_FIRST)))
_STATEMENT = Layer("webanno.custom.Statement", ("label", "uid", *_FIELDS, BEYOND), False)
_CUE = Layer("webanno.custom.Cue", ("uid",), False)
_MENTION = Layer("webanno.custom.SourceMention", ("uid",), False)
_RELATION = Layer("webanno.custom.StatementRelation", ("kind", "note", "annotator", "uid"), True, _STATEMENT.name)
_LAYERS = (_STATEMENT, _CUE, _MENTION, _RELATION)
_TOKEN = regex.compile(r"(?:\w\p{M}*+)++|(?!\s)\X")
_JSON = ("features", BEYOND, *NUMBERS)
_LABELS = ("label", "value", "identifier", "category")
"""Features of layers of other programs that hold the label, in order of preference."""

_NO_LABEL = re.compile(r"POS|Lemma|Token|Stem|Sentence|MorphologicalFeatures|SurfaceForm|Dependency|")


# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, folder: Path) -> Written:
    """Write a file for each document into ``folder``."""
    names = FileNames()
    by_document = RelationsByDocument(corpus.relations)
    documents = annotations = blank = leading = trimmed = lost = 0
    for document, own in corpus.documents:
        writer = _Writer(document, own, *by_document.of(own))
        path = folder / f"{names.name_of(document.title)}.tsv"
        path.write_text("".join(writer.lines()), encoding="utf-8", newline="\n")
        documents += 1
        annotations += len(own)
        blank += writer.blank
        trimmed += writer.trimmed
        lost += writer.lost_relations
        leading += writer.has_leading_space
    losses = by_document.losses()
    if blank:
        losses.append(f"{counted(blank, 'fragment')} of annotations left out: they cover nothing but white space")
    if trimmed:
        losses.append(f"{counted(trimmed, 'fragment')} of annotations without the white space at the ends")
    if lost:
        losses.append(f"{counted(lost, 'relation')} left out: an annotation covers only white space")
    if leading:
        losses.append(f"{counted(leading, 'document')} with line ends for the white space at the beginning")
    return Written(documents, annotations, tuple(losses))


@dataclass(slots=True)
class _Marked:
    """An annotation of a layer: its values, the units that it covers, and its number for disambiguation."""

    values: tuple[str | None, ...]
    units: list[tuple[int, int, int]] = field(default_factory=list)
    number: int = 0


class _Writer:
    """The writer of one document."""

    def __init__(
        self,
        document: DocumentRecord,
        own: Sequence[AnnotationRecord],
        within: Sequence[RelationWithUids],
        beyond: Sequence[RelationWithUids],
    ) -> None:
        self.blank = self.trimmed = self.lost_relations = 0
        self._text = document.text
        self.has_leading_space = document.text[:1].isspace()
        self._utf16 = Utf16(document.text)
        self._tokens = [Span(*found.span()) for found in _TOKEN.finditer(document.text)]
        self._sentences = list(_sentences(document.text, self._tokens))
        self._by_layer: dict[Layer, list[_Marked]] = {layer: [] for layer in _LAYERS}
        self._first: dict[str, _Marked] = {}
        """The first annotation of each statement, by uid, for relations."""
        for one in own:
            self._add(one, [related for related in beyond if related.to_uid == one.uid or related.from_uid == one.uid])
        self._number()
        self._parts = self._parts_of_tokens()
        self._place_relations(within)

    def _add(self, one: AnnotationRecord, beyond: Sequence[RelationWithUids]) -> None:
        fields = {"label": one.label, **annotation_fields(one), **written_beyond(beyond)}
        for layer, spans in ((_STATEMENT, one.fragments), (_CUE, one.cue), (_MENTION, one.mention)):
            known = fields
            for span in spans:
                units = list(self._units(span))
                if not units:
                    self.blank += 1
                    continue
                self.trimmed += (units[0][1], units[-1][2]) != span
                marked = _Marked(tuple(_stated(known.get(name)) for name in layer.features), units)
                # The first fragment has all fields.
                known = {"label": one.label, "uid": one.uid}
                self._by_layer[layer].append(marked)
                if layer is _STATEMENT:
                    self._first.setdefault(one.uid, marked)

    def _units(self, span: Span) -> Iterator[tuple[int, int, int]]:
        """Yield the tokens that a span covers, and the parts of tokens: number of the token, start and end."""
        low, high = 0, len(self._tokens)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._tokens[middle].end <= span.start else (low, middle)
        while low < len(self._tokens) and self._tokens[low].start < span.end:
            token = self._tokens[low]
            yield low, max(token.start, span.start), min(token.end, span.end)
            low += 1

    def _number(self) -> None:
        """Number annotations that cover several units, and those that share a unit with another of their layer."""
        number = 0
        for marked in self._by_layer.values():
            shared: dict[tuple[int, int, int], int] = {}
            for one in marked:
                for unit in one.units:
                    shared[unit] = shared.get(unit, 0) + 1
            for one in marked:
                if len(one.units) > 1 or any(shared[unit] > 1 for unit in one.units):
                    number += 1
                    one.number = number

    def _parts_of_tokens(self) -> dict[tuple[int, int, int], int]:
        """Return the numbers of the parts of tokens that have separate rows."""
        found: dict[int, set[tuple[int, int]]] = {}
        for marked in self._by_layer.values():
            for one in marked:
                for token, start, end in one.units:
                    if (start, end) != self._tokens[token]:
                        found.setdefault(token, set()).add((start, end))
        return {
            (token, *part): number for token, parts in found.items() for number, part in enumerate(sorted(parts), 1)
        }

    def _place_relations(self, within: Sequence[RelationWithUids]) -> None:
        self._relations: dict[tuple[int, int, int], list[tuple[RelationWithUids, _Marked, _Marked]]] = {}
        for related in within:
            source, target = self._first.get(related.from_uid), self._first.get(related.to_uid)
            if source is None or target is None:
                self.lost_relations += 1
            else:
                self._relations.setdefault(target.units[0], []).append((related, source, target))

    def lines(self) -> Iterator[str]:
        """Yield the file, line by line."""
        yield _FORMAT_LINE + "\n"
        yield from (f"{layer.header()}\n" for layer in _LAYERS)
        yield "\n"
        starting: dict[tuple[int, int, int], dict[Layer, list[_Marked]]] = {}
        for layer, marked in self._by_layer.items():
            for one in marked:
                for unit in one.units:
                    starting.setdefault(unit, {}).setdefault(layer, []).append(one)
        self._refs = {
            token: Unit(sentence, place, 0)
            for sentence, (_, tokens) in enumerate(self._sentences, 1)
            for place, token in enumerate(tokens, 1)
        }
        parts: dict[int, list[tuple[int, int, int]]] = {}
        for unit in sorted(self._parts, key=lambda unit: (unit[0], self._parts[unit])):
            parts.setdefault(unit[0], []).append(unit)
        for text, tokens in self._sentences:
            yield "\n"
            yield from (f"#Text={escaped_text(line)}\n" for line in text.split("\n"))
            for token in tokens:
                for unit in ((token, *self._tokens[token]), *parts.get(token, ())):
                    yield self._row(unit, starting.get(unit, {}))

    def _ref(self, unit: tuple[int, int, int]) -> Unit:
        return self._refs[unit[0]]._replace(part=self._parts.get(unit, 0))

    def _row(self, unit: tuple[int, int, int], marked: Mapping[Layer, Sequence[_Marked]]) -> str:
        _, start, end = unit
        cells = [str(self._ref(unit)), f"{self._utf16.units(start)}-{self._utf16.units(end)}"]
        cells.append(escaped(self._text[start:end]))
        for layer in _LAYERS:
            if layer.is_relation:
                cells += self._relation_cells(self._relations.get(unit, ()))
                continue
            own = marked.get(layer, ())
            for place in range(layer.width):
                cells.append(joined((one.values[place], one.number) for one in own))
        return "\t".join(cells) + "\t\n"

    def _relation_cells(self, found: Sequence[tuple[RelationWithUids, _Marked, _Marked]]) -> list[str]:
        if not found:
            return [NOTHING] * _RELATION.width
        cells = []
        for name in _RELATION.features:
            values = (getattr(related.relation, name) for related, _, _ in found)
            cells.append(joined((words or None, 0) for words in values))
        ends = []
        for _, source, target in found:
            numbers = f"[{source.number}_{target.number}]" if source.number or target.number else ""
            ends.append(f"{self._ref(source.units[0])}{numbers}")
        return [*cells, "|".join(ends)]


def _stated(value: Any) -> str | None:
    if value is None or value in ("", [], {}):
        return None
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _sentences(text: str, tokens: Sequence[Span]) -> Iterator[tuple[str, range]]:
    """Yield the lines of a text that have words, each with the white space up to the next one, and which tokens it
    has.
    """
    first = 0
    while first < len(tokens):
        end = text.find("\n", tokens[first].start)
        last = first
        while last < len(tokens) and (end < 0 or tokens[last].start < end):
            last += 1
        until = tokens[last].start if last < len(tokens) else len(text)
        # Text before the first word of the next line belongs to that line.
        if last < len(tokens):
            until = text.rfind("\n", 0, until) + 1
        begin = tokens[first].start if first == 0 else text.rfind("\n", 0, tokens[first].start) + 1
        yield text[begin:until], range(first, last)
        first = last


# ---------------------------------------------------------------------------------------------------- in


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
        plain, moved = checked_text(text)
        if moved is not None:
            raise ImportRefused(
                f"“{self._path.name}” has carriage returns in its text, which its offsets do not count."
            )
        annotations = self._annotations(plain)
        yield article_of(plain, {}, annotations, path=self._path, number=1, format=FORMAT.id, digest=self._digest)
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
            for layer, name in ((_CUE, "cue"), (_MENTION, "mention")):
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
    if name not in _JSON:
        return words
    try:
        return msgspec.json.decode(words)
    except (msgspec.DecodeError, RecursionError):
        return words


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file begins with the line that names the format."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(b"#FORMAT=WebAnno TSV 3")


FORMAT = Format(
    id="webannotsv",
    name="WebAnno TSV",
    suffixes=(".tsv",),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(*DOCUMENT_DATA, *PROJECT_DATA),
    example="corpus.webannotsv",
    is_folder=True,
)
