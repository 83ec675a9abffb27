"""Write WebAnno TSV: one file for each document, one row for each token or part of a token."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import regex

from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span
from annotator.domain.wording import counted
from annotator.formats.base import Corpus, Written
from annotator.formats.corpora.webanno.rows import NOTHING, Layer, Unit, escaped, escaped_text, joined
from annotator.formats.corpora.webanno.vocabulary import CUE, FORMAT_LINE, LAYERS, MENTION, RELATION, STATEMENT
from annotator.formats.native_fields import given_annotation_fields
from annotator.formats.reading.file_names import FileNames
from annotator.formats.reading.offsets import Utf16
from annotator.formats.relations import RelationsByDocument, RelationWithUids, written_beyond

_TOKEN = regex.compile(r"(?:\w\p{M}*+)++|(?!\s)\X")


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
        self._by_layer: dict[Layer, list[_Marked]] = {layer: [] for layer in LAYERS}
        self._first: dict[str, _Marked] = {}
        """The first annotation of each statement, by uid, for relations."""
        for one in own:
            self._add(one, [related for related in beyond if related.to_uid == one.uid or related.from_uid == one.uid])
        self._number()
        self._parts = self._parts_of_tokens()
        self._place_relations(within)

    def _add(self, one: AnnotationRecord, beyond: Sequence[RelationWithUids]) -> None:
        fields = {"label": one.label, **given_annotation_fields(one), **written_beyond(beyond)}
        for layer, spans in ((STATEMENT, one.fragments), (CUE, one.cue), (MENTION, one.mention)):
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
                if layer is STATEMENT:
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
        yield FORMAT_LINE + "\n"
        yield from (f"{layer.header()}\n" for layer in LAYERS)
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
        for layer in LAYERS:
            if layer.is_relation:
                cells += self._relation_cells(self._relations.get(unit, ()))
                continue
            own = marked.get(layer, ())
            for place in range(layer.width):
                cells.append(joined((one.values[place], one.number) for one in own))
        return "\t".join(cells) + "\t\n"

    def _relation_cells(self, found: Sequence[tuple[RelationWithUids, _Marked, _Marked]]) -> list[str]:
        if not found:
            return [NOTHING] * RELATION.width
        cells = []
        for name in RELATION.features:
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
