"""Reading of a DocBin of any origin: texts, entities and spans. spaCy itself only resolves its hashes.

Our own files are restored completely: ``user_data`` holds a record of our native format. In files of other programs,
the entities and the spans of every group are annotations, those with the same label and place only once; the key of a
group, ids and extension attributes become features, and all other data of a document its facts.
"""

from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.errors import AnnotatorError, InvalidSpan, InvalidValue
from annotator.formats.base import Incoming, IncomingAnnotation, Refusal
from annotator.formats.corpora.jsonl.record_reader import RecordReader
from annotator.formats.corpora.spacy.docbin_parts import DocBinParts, PackedDoc, PackedSpan
from annotator.formats.native_fields import annotation_of, article_of, checked_text, spans_of
from annotator.formats.reading.decoding import checksum
from annotator.formats.reading.json_lines import PROBLEMS, plain
from annotator.formats.relations import derived_uid

ID = "spacy"
_INSIDE, _BEGINS = 1, 3
_PART = ("kind", "start", "end")
_ATTRIBUTES = ("ORTH", "ENT_IOB", "ENT_TYPE", "ENT_ID", "ENT_KB_ID")


def read(path: Path) -> Iterator[Incoming]:
    """Yield the documents of a file with their annotations. A document that cannot be read becomes a Refusal.

    Raise ImportRefused where the file is not a complete DocBin, or is too large.
    """
    # A compiled module without type information.
    from spacy.attrs import intify_attr  # type: ignore[import-not-found]  # compiled, untyped
    from spacy.strings import StringStore

    with DocBinParts(path) as parts:
        columns = {
            name: parts.attributes.index(number)
            for name in _ATTRIBUTES
            if (number := intify_attr(name)) in parts.attributes
        }
        if "ORTH" not in columns:
            yield Refusal("", "Its tokens have no words: export it again with the attribute ORTH.")
            return
        reader = _FileReader(path, StringStore(parts.strings), columns)
        for number, doc in enumerate(parts.documents(), 1):
            place = f"document {number}"
            try:
                items = list(reader.items(doc, number, place))
            except (*PROBLEMS, KeyError, TypeError, ValueError, OverflowError) as error:
                yield Refusal(place, plain(error) if isinstance(error, PROBLEMS) else "It is not what spaCy writes.")
            else:
                yield from items


class _FileReader:
    """One pass through a file."""

    def __init__(self, path: Path, strings: Any, columns: Mapping[str, int]) -> None:
        self._path = path
        self._strings = strings
        self._columns = columns
        self._records = RecordReader(path, ID)
        self._digest = checksum(path)

    def items(self, doc: PackedDoc, number: int, place: str) -> Iterator[Incoming]:
        """Yield the article of a document, and what cannot be imported of it."""
        words = [self._word(row[self._columns["ORTH"]]) for row in doc.tokens]
        text = "".join(word + " " * space for word, space in zip(words, doc.spaces, strict=True))
        data = doc.user_data if isinstance(doc.user_data, dict) else {}
        if isinstance(held := data.get("annotations"), dict) and "uid" in data:
            structure = [dict(zip(_PART, part, strict=False)) for part in data.get("structure") or ()]
            record = {**data, "structure": structure, "text": text, "annotations": list(held.values())}
            yield from self._records.records(msgspec.json.encode(record), number, place)
            return
        yield from self._foreign(doc, text, words, data, number)

    def _word(self, hash: int) -> str:
        """Return the string of a hash. Raise InvalidValue where the file does not contain it."""
        if not hash:
            return ""
        try:
            return str(self._strings[hash])
        except KeyError:
            raise InvalidValue("The file does not hold all words of the text: export it again.") from None

    def _foreign(
        self, doc: PackedDoc, text: str, words: list[str], data: Mapping[Any, Any], number: int
    ) -> Iterator[Incoming]:
        plain_text, offsets = checked_text(text)
        facts, beside = _user_data(data)
        if doc.cats:
            facts["cats"] = doc.cats
        found: dict[tuple[str, int, int], dict[str, Any]] = {}
        for key, spans in [("", list(self._entities(doc, words))), *doc.groups]:
            for span in spans:
                place = self._word(span.label) or key or "entity", span.start, span.end
                features = found.setdefault(place, dict(beside.get(place[1:], {})))
                if key not in ("", "sc"):
                    features.setdefault("spans_key", key)
                for name, hash in (("id", span.id), ("kb_id", span.kb_id)):
                    if word := self._word(hash):
                        features.setdefault(name, word)
        annotations: list[IncomingAnnotation] = []
        refused: list[Refusal] = []
        for (label, start, end), features in found.items():
            try:
                # spaCy counts from the first character of the text.
                fragments = spans_of([(start, end)], plain_text, offsets)
                uid = derived_uid(self._digest, number, label, start, end)
                taken = annotation_of(label, fragments, {"uid": uid}, plain_text, features=features)
            except (AnnotatorError, InvalidSpan) as error:
                refused.append(Refusal(f"document {number}, span of {label[:60]}", str(error)))
            else:
                annotations.append(taken)
        annotations.sort(key=lambda one: one.fragments)
        yield article_of(plain_text, facts, annotations, path=self._path, number=number, format=ID, digest=self._digest)
        yield from refused

    def _entities(self, doc: PackedDoc, words: list[str]) -> Iterator[PackedSpan]:
        """Yield the entities of a document, from its tokens."""
        columns = self._columns
        if not {"ENT_IOB", "ENT_TYPE"} <= columns.keys():
            return
        ends = list(accumulate(len(word) + space for word, space in zip(words, doc.spaces, strict=True)))
        first: int | None = None

        def entity(last: int) -> PackedSpan:
            assert first is not None
            row = doc.tokens[first]
            id, kb_id = (row[columns[name]] if name in columns else 0 for name in ("ENT_ID", "ENT_KB_ID"))
            start = ends[first] - doc.spaces[first] - len(words[first])
            return PackedSpan(id, kb_id, row[columns["ENT_TYPE"]], start, ends[last] - doc.spaces[last])

        for place, row in enumerate(doc.tokens):
            iob, label = row[columns["ENT_IOB"]], row[columns["ENT_TYPE"]]
            if first is not None and (iob != _INSIDE or label != doc.tokens[first][columns["ENT_TYPE"]]):
                yield entity(place - 1)
                first = None
            if first is None and iob in (_INSIDE, _BEGINS) and label:
                first = place
        if first is not None:
            yield entity(len(doc.tokens) - 1)


def _user_data(data: Mapping[Any, Any]) -> tuple[dict[str, Any], dict[tuple[int, int], dict[str, Any]]]:
    """Return the data of a document, and the extension attributes of its spans by their place in the text."""
    facts: dict[str, Any] = {}
    beside: dict[tuple[int, int], dict[str, Any]] = {}
    for key, value in data.items():
        match key:
            case ("._.", str() as name, int() as start, int() as end):
                beside.setdefault((start, end), {})[name] = value
            case ("._.", str() as name, *_):
                facts[name] = value
            case str() | int() | float():
                facts[str(key)] = value
    return facts, beside
