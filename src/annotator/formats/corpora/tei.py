"""TEI P5: the unchanged text, and beside it (``standOff``) the annotations, which point into it by code points.

Source: the TEI Guidelines P5, chapters 2 (header), 16.2.4 (``string-range``), 16.10 (stand-off markup) and 18 (feature
structures). Each article is a ``TEI`` in a ``teiCorpus``; its text is one ``ab`` in which all white space is
significant. An annotation is a ``span`` whose target is a ``string-range`` with offset and length of each fragment, and
whose ``ana`` points to its label in the taxonomy of the corpus and to a feature structure with all other fields. Fields
without an element in TEI are JSON in ``xenoData``.

TEI of other programs is read as articles, one for each ``TEI``: the running text of its body, without its apparatus.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

import msgspec

from annotator.domain.errors import AnnotatorError, ImportRefused, InvalidSpan, InvalidValue
from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span
from annotator.formats.base import (
    Article,
    Corpus,
    Format,
    Incoming,
    IncomingAnnotation,
    IncomingRelation,
    Refusal,
    Written,
)
from annotator.formats.facets import PROJECT_DATA, Facet
from annotator.formats.native_fields import annotation_fields, annotation_of, article_of, checked_text, further_fields
from annotator.formats.reading.decoding import checksum
from annotator.formats.reading.file_dates import iso_date
from annotator.formats.reading.text_builder import Prose
from annotator.formats.reading.xml_files import attribute, children, events, inside, local, whole_limit
from annotator.formats.reading.xml_text import Fitting
from annotator.formats.relations import Tie, Ties, derived_uid, read_beyond, relations_last, written_beyond

NAMESPACE = "http://www.tei-c.org/ns/1.0"
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_TAKEN = (f"{{{NAMESPACE}}}TEI", f"{{{NAMESPACE}}}category", "TEI", "TEI.2", "category")
_RANGE = re.compile(r"#string-range\(\s*([^,\s()]+)\s*((?:,\s*\d{1,12}\s*,\s*\d{1,12}\s*)+)\)")
_POINTER = re.compile(r"#[\w-]+\([^)]*\)|\S+")
_WORD = re.compile(r"[^\s\"'<>&]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
"""A language that is valid in XML (xs:language)."""
_NUMBERS = ("credibility", "probability")
_FURTHER = "annotator"
"""The type of the ``xenoData`` that is ours."""


# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, path: Path) -> Written:
    """Write a corpus of all documents to ``path``."""
    fitting = Fitting()
    labels = {label.name: f"label-{number}" for number, label in enumerate(corpus.labels, 1)}
    ties = Ties(corpus.relations)
    documents = annotations = 0
    with open(path, "wb") as file:
        file.write(_corpus_header(corpus, labels, fitting).encode())
        for document, own in fitting.documents(corpus.documents):
            documents += 1
            annotations += len(own)
            _Writer(file, fitting, labels, documents).document(document, own, *ties.of(own))
        file.write(b"</teiCorpus>\n")
    return Written(documents, annotations, (*fitting.losses(), *ties.losses()))


def _corpus_header(corpus: Corpus, labels: Mapping[str, str], fitting: Fitting) -> str:
    categories = "".join(
        f'      <category xml:id="{labels[label.name]}"><catDesc><term>{escape(fitting.value(label.name))}</term>'
        f"{f' {escape(fitting.value(label.description))}' if label.description else ''}</catDesc></category>\n"
        for label in corpus.labels
    )
    title = escape(fitting.value(corpus.title or "Annotated articles"))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<teiCorpus xmlns="{NAMESPACE}">\n<teiHeader>\n  <fileDesc>\n'
        f"    <titleStmt><title>{title}</title></titleStmt>\n"
        "    <publicationStmt><p>Exported by Annotator.</p></publicationStmt>\n"
        "    <sourceDesc><p>The articles of this corpus, each described in its own header.</p></sourceDesc>\n"
        "  </fileDesc>\n  <encodingDesc>\n"
        "    <p>Annotations stand beside the texts and point into them by string-range, counted in code points.</p>\n"
        + (
            f'    <classDecl><taxonomy xml:id="labels">\n{categories}    </taxonomy></classDecl>\n'
            if categories
            else ""
        )
        + "  </encodingDesc>\n</teiHeader>\n"
    )


class _Writer:
    """The writer of one document; ids in it begin with its number."""

    def __init__(self, file: BinaryIO, fitting: Fitting, labels: Mapping[str, str], number: int) -> None:
        self._file, self._fitting, self._labels, self._number = file, fitting, labels, number

    def document(
        self, document: DocumentRecord, own: Sequence[AnnotationRecord], within: Sequence[Tie], beyond: Sequence[Tie]
    ) -> None:
        """Write the whole ``TEI`` of an article."""
        id = f"d{self._number}"
        language = f' xml:lang="{document.language}"' if _LANGUAGE.fullmatch(document.language) else ""
        spans = {one.uid: f"{id}.a{number}" for number, one in enumerate(own, 1)}
        parts = [
            f'<TEI xml:id="{id}">\n',
            self._header(document, beyond),
            f'<text{language}><body><ab xml:id="{id}.t" xml:space="preserve">',
            # Canonical text has no carriage returns, so line ends are read back unchanged.
            escape(document.text),
            "</ab></body></text>\n",
        ]
        if own:
            parts.append("<standOff>\n")
            parts += [self._span(one, spans[one.uid]) for one in own]
            parts += [self._relation(tie, spans, f"{id}.r{number}") for number, tie in enumerate(within, 1)]
            parts.append("  <fvLib>\n")
            parts += [self._structure(one, spans[one.uid]) for one in own]
            parts.append("  </fvLib>\n</standOff>\n")
        parts.append("</TEI>\n")
        self._file.write("".join(parts).encode())

    def _words(self, text: str) -> str:
        return escape(self._fitting.value(text))

    def _header(self, document: DocumentRecord, beyond: Sequence[Tie]) -> str:
        words = self._words
        author = f"<author>{words(document.author)}</author>" if document.author else ""
        publisher = f"<publisher>{words(document.source)}</publisher>" if document.source else ""
        day = iso_date(document.published_at)
        when = f'<date when="{day}"/>' if day else ""
        address = f'<idno type="URI">{words(document.address)}</idno>' if document.address else ""
        language = document.language if _LANGUAGE.fullmatch(document.language) else ""
        usage = f'<langUsage><language ident="{language}"/></langUsage>' if language else ""
        note = f"    <notesStmt><note>{words(document.note)}</note></notesStmt>\n" if document.note else ""
        further = {**further_fields(document), **written_beyond(beyond)}
        further.pop("note", None)
        # Values that the attributes of TEI cannot hold exactly.
        stated_values = {"published_at": (document.published_at, day), "language": (document.language, language)}
        further |= {name: stated for name, (stated, written) in stated_values.items() if stated != written}
        if document.facts:
            further["facts"] = dict(sorted(document.facts.items()))
        held = words(msgspec.json.encode(further).decode())
        # A publication statement needs one of its agents before date and number.
        published = f"{publisher or '<publisher/>'}{when}{address}" if publisher or when or address else "<p/>"
        return (
            "<teiHeader>\n  <fileDesc>\n"
            f"    <titleStmt><title>{words(document.title)}</title>{author}</titleStmt>\n"
            f"    <publicationStmt>{published}</publicationStmt>\n{note}"
            f"    <sourceDesc><bibl>{words(document.origin_path) or 'Unknown'}</bibl></sourceDesc>\n  </fileDesc>\n"
            + (f"  <profileDesc>{usage}</profileDesc>\n" if usage else "")
            + f'  <xenoData type="{_FURTHER}">{held}</xenoData>\n</teiHeader>\n'
        )

    def _range(self, spans: Iterable[Span]) -> str:
        pairs = ",".join(f"{span.start},{span.end - span.start}" for span in spans)
        return f"#string-range(d{self._number}.t,{pairs})"

    def _span(self, annotation: AnnotationRecord, id: str) -> str:
        ana = " ".join(f"#{name}" for name in (self._labels.get(annotation.label, ""), f"{id}.f") if name)
        return (
            f'  <span xml:id="{id}" target="{self._range(annotation.fragments)}" ana="{ana}">'
            f"{self._words(annotation.shown_quote)}</span>\n"
        )

    def _structure(self, annotation: AnnotationRecord, id: str) -> str:
        """Return the feature structure of an annotation: numbers, words, pointers, and its features as JSON."""
        fields = {"label": annotation.label, **annotation_fields(annotation)}
        parts = []
        for name, spans in (("cue", annotation.cue), ("mention", annotation.mention)):
            if spans:
                parts.append(f'<f name="{name}" fVal="{self._range(spans)}"/>')
        for name, value in fields.items():
            if name in ("cue", "mention"):
                continue
            if name in _NUMBERS:
                held = f'<numeric value="{value}"/>'
            elif isinstance(value, str):
                held = f"<string>{self._words(value)}</string>"
            else:
                held = f"<string>{self._words(msgspec.json.encode(value).decode())}</string>"
            parts.append(f'<f name="{name}">{held}</f>')
        return f'    <fs xml:id="{id}.f" type="annotation">{"".join(parts)}</fs>\n'

    def _relation(self, tie: Tie, spans: Mapping[str, str], id: str) -> str:
        relation = tie.relation
        values = {"kind": relation.kind, "note": relation.note, "annotator": relation.annotator, "uid": relation.uid}
        held = msgspec.json.encode({name: value for name, value in values.items() if value}).decode()
        name = "-".join(_WORD.findall(relation.kind)) or "relation"
        return (
            f'  <listRelation><relation xml:id="{id}" name={quoteattr(self._fitting.value(name))} '
            f'active="#{spans[tie.from_uid]}" passive="#{spans[tie.to_uid]}"><desc>{self._words(held)}</desc>'
            "</relation></listRelation>\n"
        )


# ---------------------------------------------------------------------------------------------------- in


def read(path: Path) -> Iterator[Incoming]:
    """Return the articles of a document or corpus, with the annotations that point into them by ``string-range``."""
    return relations_last(_read(path))


def _read(path: Path) -> Iterator[Incoming]:
    digest = checksum(path)
    labels: dict[str, str] = {}
    number = 0
    for element in events(path, path.name, _TAKEN, most=whole_limit()):
        name = local(element)
        if name == "category":
            labels[element.get(_XML_ID) or ""] = _line(_term_of(element))
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


def _line(element: Any) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


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
        text, moved = checked_text("".join(block.itertext()))
        if moved is not None:
            raise InvalidValue("The text has a byte order mark at its beginning: take it out.")
        reading = _StandOff(self._stand_off, block.get(_XML_ID) or "", text, self._labels, self._digest)
        fields, beyond = self._fields()
        yield article_of(
            text,
            fields,
            list(reading.annotations()),
            path=self._path,
            number=self._number,
            format=FORMAT.id,
            digest=self._digest,
        )
        yield from reading.relations()
        yield from (Refusal(f"text {self._number}, {place}", reason) for place, reason in reading.refused)
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
            if one.get("type") == _FURTHER:
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
            "title": next((t for one in _all(statement, "title") if (t := _line(one))), ""),
            "author": "; ".join(filter(None, map(_line, _all(statement, "author")))),
            "source": _line(inside(published, "publisher")) or _line(inside(bibl, "publisher")),
            "published_at": _date(inside(published, "date")) or _date(inside(bibl, "date")),
            "language": self._language(),
            "address": next(
                (_line(one) for one in _all(published, "idno") if attribute(one, "type").upper() in ("URI", "URL")), ""
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
            _take(self._body, prose)
        stated = self._stated()
        facts = {"licence": _line(inside(self._header, "fileDesc", "publicationStmt", "availability"))}
        note = stated.pop("note", "")
        return prose.article(
            self._path,
            FORMAT.id,
            self._digest,
            {**stated, "date": stated.get("published_at", "")},
            {**facts, "note": note},
        )


def _all(element: Any, name: str) -> list[Any]:
    return [] if element is None else children(element, name)


def _date(element: Any) -> str:
    if element is None:
        return ""
    return iso_date(attribute(element, "when") or attribute(element, "notBefore") or _line(element))


_BLOCKS = frozenset(
    "p ab l head item salute signed closer opener dateline trailer byline argument epigraph speaker stage label "
    "docTitle titlePart docAuthor docDate imprimatur bibl".split()
)
_HOLDERS = ("p", "list", "table")
_LEFT_OUT = frozenset(
    "teiHeader fw pb lb cb gb milestone del orig sic abbr figDesc certainty interp index link".split()
)
"""Elements outside the running text, or whose corrected form is beside them."""

_ALWAYS = {"orig": "reg", "sic": "corr", "abbr": "expan"}
"""Elements that are left out only where the other one of a choice is there."""


def _take(element: Any, prose: Prose) -> None:
    for one in element:
        name = local(one) if isinstance(one.tag, str) else ""
        if name == "row":
            prose.add_row([[_running(cell, prose)] for cell in one])
        elif name == "note":
            prose.note([_running(one, prose)])
        elif name in _BLOCKS and not any(
            local(deeper) in ("p", "list", "table") for deeper in one if _is_element(deeper)
        ):
            words = _running(one, prose)
            prose.add(words, "- " if name == "item" else "", is_heading=name in ("head", "titlePart", "docTitle"))
        elif name and name not in _LEFT_OUT:
            _take(one, prose)


def _is_element(one: Any) -> bool:
    return isinstance(one.tag, str)


def _running(element: Any, prose: Prose) -> str:
    """Return the words of a block on one line; a note in it is marked and moved to the end."""
    parts: list[str] = []

    def walk(one: Any) -> None:
        parts.append(one.text or "")
        for child in one:
            name = local(child) if _is_element(child) else ""
            if name == "lb":
                # A line that breaks within a word is marked so.
                parts.append("" if attribute(child, "break") == "no" else " ")
            elif name == "note":
                parts.append(prose.note([_running(child, prose)]))
            elif name and not _is_left_out(child, name):
                walk(child)
            parts.append(child.tail or "")

    walk(element)
    return " ".join("".join(parts).split())


def _is_left_out(element: Any, name: str) -> bool:
    if name in _ALWAYS:
        beside = element.getparent()
        return any(local(other) == _ALWAYS[name] for other in beside if _is_element(other))
    return name in _LEFT_OUT


class _StandOff:
    """The stand-off annotations of a text whose white space is significant."""

    def __init__(self, holders: Sequence[Any], block: str, text: str, labels: Mapping[str, str], digest: str) -> None:
        self.refused: list[tuple[str, str]] = []
        self._elements = [one for holder in holders for one in holder.iter() if _is_element(one)]
        self._block, self._text, self._labels, self._digest = block, text, labels, digest
        self._structures = {one.get(_XML_ID): one for one in self._elements if local(one) == "fs" and one.get(_XML_ID)}
        self._uids: dict[str, str] = {}

    def annotations(self) -> Iterator[IncomingAnnotation]:
        """Yield the spans that point into the text."""
        for number, one in enumerate((e for e in self._elements if local(e) in ("span", "annotation")), 1):
            place = f"span {one.get(_XML_ID) or number}"
            try:
                taken = self._annotation(one)
            except AnnotatorError as error:
                self.refused.append((place, str(error)))
                continue
            if one.get(_XML_ID):
                self._uids[one.get(_XML_ID)] = taken.uid
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
            fields["uid"] = derived_uid(self._digest, self._block, one.get(_XML_ID) or one.get("target"), label)
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
            value = next((child for child in one if _is_element(child)), None)
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
                    f"relation {one.get(_XML_ID) or number}", "It does not relate two annotations of this text."
                )
                continue
            described = _said(inside(one, "desc"))
            kind = described.get("kind") or attribute(one, "name") or "relation"
            uid = described.get("uid") or derived_uid(self._digest, self._block, kind, *ends[0], *ends[1])
            yield IncomingRelation(
                kind, ends[0][0], ends[1][0], described.get("note", ""), described.get("annotator", ""), uid
            )


def _said(description: Any) -> dict[str, str]:
    """Return the fields of a relation: our fields in JSON, which another tool may have wrapped, or a note."""
    if description is None:
        return {}
    for stated in ("".join(description.itertext()), _line(description)):
        with suppress(msgspec.DecodeError, RecursionError):
            found: dict[str, str] = msgspec.json.decode(stated, type=dict[str, str])
            return found
    return {"note": _line(description)}


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether the first element of a file is one of TEI."""
    beginning = head.replace(b"\x00", b"") if head.startswith((b"\xff\xfe", b"\xfe\xff")) else head
    first = re.search(
        rb"<(?:\w+:)?([A-Za-z.0-9]+)[\s>/]", re.sub(rb"<!--.*?-->|<[?!][^>]*>", b"", beginning, flags=re.S)
    )
    return first is not None and first[1] in (b"TEI", b"teiCorpus", b"TEI.2", b"teiCorpus.2")


FORMAT = Format(
    id="tei",
    name="TEI P5 standoff",
    suffixes=(".xml", ".tei"),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, *PROJECT_DATA),
    example="corpus.tei.xml",
)
