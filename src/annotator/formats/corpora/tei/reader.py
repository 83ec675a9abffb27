"""Read the texts of a TEI document or corpus, each with its header and its annotations."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.errors import AnnotatorError, ImportRefused, InvalidValue
from annotator.formats.base import Article, Incoming, Refusal
from annotator.formats.corpora.tei.running_text import add_running_text
from annotator.formats.corpora.tei.stand_off import StandOff
from annotator.formats.corpora.tei.vocabulary import FURTHER, ID, NAMESPACE, XML_ID, one_line_of
from annotator.formats.native_fields import article_of, checked_text
from annotator.formats.reading.decoding import checksum
from annotator.formats.reading.file_dates import iso_date
from annotator.formats.reading.text_builder import Prose
from annotator.formats.reading.xml_files import attribute, children, events, inside, local, whole_limit
from annotator.formats.relations import read_beyond, relations_last

_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_ELEMENTS = (f"{{{NAMESPACE}}}TEI", f"{{{NAMESPACE}}}category", "TEI", "TEI.2", "category")


def read(path: Path) -> Iterator[Incoming]:
    """Return the articles of a document or corpus, with the annotations that point into them by ``string-range``."""
    return relations_last(_read(path))


def _read(path: Path) -> Iterator[Incoming]:
    digest = checksum(path)
    labels: dict[str, str] = {}
    number = 0
    for element in events(path, path.name, _ELEMENTS, most=whole_limit()):
        name = local(element)
        if name == "category":
            labels[element.get(XML_ID) or ""] = one_line_of(_term_of(element))
        elif name in ("TEI", "TEI.2"):
            number += 1
            try:
                yield from _Document(element, path, number, digest, labels).items()
            except AnnotatorError as error:
                yield Refusal(f"text {number}", str(error))
            element.clear()
            if (above := element.getparent()) is not None:
                above.remove(element)
    if not number:
        raise ImportRefused(f"“{path.name}” holds no text: it is not a document of TEI.")


def _term_of(category: Any) -> Any:
    description = inside(category, "catDesc")
    term = inside(description, "term")
    return description if term is None else term


class _Document:
    """One ``TEI``."""

    def __init__(self, element: Any, path: Path, number: int, digest: str, labels: Mapping[str, str]) -> None:
        self._header = inside(element, "teiHeader")
        self._body = inside(element, "text")
        self._stand_off = [one for one in element if local(one) == "standOff"]
        self._path, self._number, self._digest, self._labels = path, number, digest, labels

    def items(self) -> Iterator[Incoming]:
        """Yield the article, its relations, and refusals of what cannot be imported.

        Raise AnnotatorError where it has no words.
        """
        block = self._exact_block()
        if block is None:
            yield self._article()
            if any(True for one in self._stand_off for _ in one):
                yield Refusal(
                    f"text {self._number}",
                    "Its annotations point to elements: only those that point by string-range into a text whose white "
                    "space is preserved are read.",
                )
            return
        text, offsets = checked_text("".join(block.itertext()))
        if offsets is not None:
            raise InvalidValue("The text has a byte order mark at its beginning: remove it.")
        stand_off = StandOff(self._stand_off, block.get(XML_ID) or "", text, self._labels, self._digest)
        fields, beyond = self._fields()
        yield article_of(
            text,
            fields,
            list(stand_off.annotations()),
            path=self._path,
            number=self._number,
            format=ID,
            digest=self._digest,
        )
        yield from stand_off.relations()
        yield from (Refusal(f"text {self._number}, {place}", reason) for place, reason in stand_off.refused)
        yield from read_beyond(beyond, f"text {self._number}")

    def _exact_block(self) -> Any:
        """Return the block that is the whole text, with all its white space significant."""
        body = inside(self._body, "body")
        blocks = [one for one in (body if body is not None else ()) if isinstance(one.tag, str)]
        is_exact = len(blocks) == 1 and local(blocks[0]) in ("ab", "p") and blocks[0].get(_XML_SPACE) == "preserve"
        return blocks[0] if is_exact else None

    def _fields(self) -> tuple[dict[str, Any], Any]:
        """Return the fields of the document, and its relations to others."""
        fields: dict[str, Any] = self._stated()
        further: dict[str, Any] = {}
        for one in children(self._header, "xenoData") if self._header is not None else ():
            if one.get("type") == FURTHER:
                try:
                    further = msgspec.json.decode("".join(one.itertext()), type=dict[str, Any])
                except (msgspec.DecodeError, RecursionError):
                    raise InvalidValue("The data in its header is not JSON.") from None
        beyond = further.pop("relations_beyond", ())
        return fields | further, beyond

    def _stated(self) -> dict[str, Any]:
        """Return the data about the text in the header of any TEI document."""
        description = inside(self._header, "fileDesc")
        statement, published = inside(description, "titleStmt"), inside(description, "publicationStmt")
        bibl = inside(description, "sourceDesc", "bibl")
        first = {
            "title": next((t for one in _all(statement, "title") if (t := one_line_of(one))), ""),
            "author": "; ".join(filter(None, map(one_line_of, _all(statement, "author")))),
            "source": one_line_of(inside(published, "publisher")) or one_line_of(inside(bibl, "publisher")),
            "published_at": _date(inside(published, "date")) or _date(inside(bibl, "date")),
            "language": self._language(),
            "address": next(
                (
                    one_line_of(one)
                    for one in _all(published, "idno")
                    if attribute(one, "type").upper() in ("URI", "URL")
                ),
                "",
            ),
            "note": "\n".join("".join(one.itertext()) for one in _all(inside(description, "notesStmt"), "note")),
        }
        return {name: value for name, value in first.items() if value}

    def _language(self) -> str:
        usage = inside(self._header, "profileDesc", "langUsage", "language")
        return attribute(usage, "ident") or (attribute(self._body, "lang") if self._body is not None else "")

    def _article(self) -> Article:
        """Return the running text of a document of another program."""
        prose = Prose(f"{self._path.stem} {self._number}")
        if self._body is not None:
            add_running_text(self._body, prose)
        stated = self._stated()
        facts = {"licence": one_line_of(inside(self._header, "fileDesc", "publicationStmt", "availability"))}
        note = stated.pop("note", "")
        return prose.article(
            self._path,
            ID,
            self._digest,
            {**stated, "date": stated.get("published_at", "")},
            {**facts, "note": note},
        )


def _all(element: Any, name: str) -> list[Any]:
    return [] if element is None else children(element, name)


def _date(element: Any) -> str:
    if element is None:
        return ""
    return iso_date(attribute(element, "when") or attribute(element, "notBefore") or one_line_of(element))
