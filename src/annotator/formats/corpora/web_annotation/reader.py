"""Read the documents of Web Annotation: pages, collections, graphs and single annotations."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.errors import InvalidValue
from annotator.domain.wording import counted
from annotator.formats.base import Incoming, IncomingAnnotation, Refusal
from annotator.formats.corpora.web_annotation.nodes import annotations_of, list_of, relation_of, texts_of, uid_of
from annotator.formats.corpora.web_annotation.vocabulary import DOCUMENT, FIELDS, ID, OURS
from annotator.formats.native_fields import article_of, checked_text, checksum
from annotator.formats.reading.json_arrays import each_record
from annotator.formats.reading.json_lines import PROBLEMS, check_no_nul, plain
from annotator.formats.reading.limits import limits
from annotator.formats.relations import relations_last

_OF_DOCUMENT = {"@context", "id", "type", "format", "value"}


def read(path: Path) -> Iterator[Incoming]:
    """Return the documents of a file, each with its annotations; then their relations."""
    return relations_last(_items(path))


def _items(path: Path) -> Iterator[Incoming]:
    reader = _FileReader(path)
    yield from each_record(path, "page", reader.items, limits().file)
    yield from reader.closed()


class _Text:
    """An annotated resource: its node, where the file holds it, and the annotations that refer to it."""

    def __init__(self) -> None:
        self.node: Mapping[str, Any] | None = None
        self.waiting: list[tuple[str, Mapping[str, Any], list[Mapping[str, Any]]]] = []
        """Place, annotation and targets of each annotation."""


class _FileReader:
    """One pass through a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digest = checksum(path)
        self._shape = msgspec.json.Decoder(dict[str, Any])
        self._open: dict[str, _Text] = {}
        """The resource of single annotations, until one refers to another resource."""
        self._number = 0

    def items(self, record: bytes, number: int, place: str) -> list[Incoming]:
        """Return the contents of a page or an annotation.

        Raise one of ``PROBLEMS`` where none of it can be imported.
        """
        node = self._shape.decode(record)
        check_no_nul(record)
        if "Annotation" in texts_of(node.get("type")) or ("target" in node and "items" not in node):
            return self._one_by_one(node, place)
        found = list(self.closed())
        texts: dict[str, _Text] = {}
        others: list[Incoming] = []
        self._resource(node.get(DOCUMENT), texts)
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
        """Yield the document of the single annotations before this point."""
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
            targets = [one for one in list_of(node.get("target")) if one is not None]
            if (link := relation_of(node, targets)) is not None:
                others.append(link)
                return
            selecting: list[Mapping[str, Any]] = [one for one in targets if isinstance(one, dict) and "source" in one]
            if not selecting:
                raise InvalidValue("It has no target that selects words of a text.")
            keys = {self._resource(one["source"], texts) for one in selecting}
            if len(keys) > 1:
                raise InvalidValue("Its targets are in several texts: an annotation belongs to one text.")
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
        text, offsets = checked_text(node["value"])
        fields: dict[str, Any] = {}
        for name, value in node.items():
            if name in FIELDS:
                fields[FIELDS[name]] = value
            elif name.startswith(OURS):
                fields[name.removeprefix(OURS)] = value
            elif name not in _OF_DOCUMENT or (name == "format" and value != "text/plain"):
                fields[name] = value
        if isinstance(id := node.get("id"), str):
            if id.startswith(("http://", "https://")):
                fields.setdefault("address", id)
            else:
                fields.setdefault("uid", uid_of(id))
        annotations: list[IncomingAnnotation] = []
        refused: list[Incoming] = []
        for place, one, targets in found.waiting:
            try:
                annotations += annotations_of(one, targets, text, offsets)
            except PROBLEMS as error:
                refused.append(Refusal(place, plain(error)))
        article = article_of(
            text,
            fields,
            annotations,
            path=self._path,
            number=self._number,
            format=ID,
            digest=self._digest,
            offsets=offsets,
        )
        return [article, *refused]


def _nodes(node: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the annotations and resources of a page, of a collection with its page inside, or of a graph."""
    for key in ("items", "@graph"):
        yield from list_of(node.get(key))
    first = node.get("first")
    if isinstance(first, dict):
        if isinstance(text := first.get(DOCUMENT), dict):
            yield text
        yield from list_of(first.get("items"))
