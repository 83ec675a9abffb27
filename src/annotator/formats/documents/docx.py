"""Word documents (DOCX): one article for each file, as it would be after accepting every change.

Source: ECMA-376 (ISO/IEC 29500), WordprocessingML, transitional and strict. The XML is read by our own safe XML reader,
because libraries for documents skip footnotes, text boxes and tracked changes.

Insertions are read and deletions are not; text boxes follow the paragraph that they belong to; footnotes and endnotes
are at the end. Headers, footers and comments are not part of the article: they are kept as facts.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from annotator.domain.errors import ImportRefused
from annotator.formats.base import Format, Incoming
from annotator.formats.reading.archive_members import Archive, archive_of, holds
from annotator.formats.reading.decoding import checksum
from annotator.formats.reading.text_builder import Numbering, Prose, numeral
from annotator.formats.reading.xml_files import attribute, inside, local, root_in

_MAX_BASES = 10
_LEFT_OUT = frozenset(
    "del moveFrom delText instrText rt pPr rPr tblPr tblGrid tcPr trPr sectPr sdtPr sdtEndPr Fallback txbxContent "
    "docPr proofErr".split()
)
_HEADING = re.compile(r"heading [1-9]", re.IGNORECASE)
_CONTENTS = re.compile(r"(toc|table of figures|index) ?\d?", re.IGNORECASE)
_SCRIPT = re.compile("[\u0590-\u08ff\u3040-\u9fff\uac00-\ud7af]")
"""Scripts for which a run states its language separately from that of its Latin text."""

_OFF = ("0", "false", "off")


def read(path: Path) -> Iterator[Incoming]:
    """Yield the article of a Word document. Raise ImportRefused."""
    with archive_of(path) as archive:
        yield _Document(archive, path).article()


def _is_on(element: Any) -> bool:
    return element is not None and attribute(element, "val") not in _OFF


class _Style(NamedTuple):
    name: str
    based_on: str
    numbering: Any
    outline: str


class _Document:
    """One pass through a document."""

    def __init__(self, archive: Archive, path: Path) -> None:
        self._archive = archive
        self._path = path
        self._main = next(iter(self._targets("", "/officeDocument")), "word/document.xml")
        self._prose = Prose(path.name)
        self._language: Any = None
        self._styles = self._read_styles()
        self._lists = self._read_lists()
        self._numbering = Numbering()
        self._notes: dict[tuple[str, str], Any] = {}
        for kind in ("footnote", "endnote"):
            for name in self._targets(self._main, f"/{kind}s"):
                for note in root_in(archive, name):
                    self._notes[kind, attribute(note, "id")] = note
        self._languages: Counter[str] = Counter()
        self._boxes: list[Any] = []
        self._pending = ""
        self._left_out: set[str] = set()
        self._in_note = False

    def article(self) -> Any:
        """Return the article. Raise ImportRefused where it is not a document of Word or has no words."""
        body = inside(root_in(self._archive, self._main), "body")
        if body is None:
            raise ImportRefused(f"“{self._path.name}” holds no text of Word: it is another kind of document.")
        self._take(body)
        self._end_paragraph("", None)
        stated, further = self._properties()
        if not stated.get("language") and self._languages:
            stated["language"] = self._languages.most_common(1)[0][0]
        facts: dict[str, Any] = {
            "headers": self._edges("/header"),
            "footers": self._edges("/footer"),
            "comments": self._comments(),
            "left_out": sorted(self._left_out),
            **further,
        }
        return self._prose.article(self._path, FORMAT.id, checksum(self._path), stated, facts)

    # ------------------------------------------------------------------------------------------- parts

    def _targets(self, name: str, kind: str) -> list[str]:
        """Return the parts inside the archive to which ``name`` has a relationship whose type ends with ``kind``."""
        folder, file = posixpath.split(name)
        relations = posixpath.join(folder, "_rels", f"{file}.rels")
        if self._archive.find(relations) is None:
            return []
        found = []
        for one in root_in(self._archive, relations):
            target = one.get("Target") or ""
            if (one.get("Type") or "").endswith(kind) and one.get("TargetMode") != "External":
                found.append(posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/"))
        return [target for target in found if self._archive.find(target)]

    def _read_styles(self) -> dict[str, _Style]:
        styles = {}
        for name in self._targets(self._main, "/styles")[:1]:
            for one in root_in(self._archive, name):
                if local(one) == "docDefaults":
                    self._language = inside(one, "rPrDefault", "rPr", "lang")
                elif local(one) == "style":
                    properties = inside(one, "pPr")
                    based, named = inside(one, "basedOn"), inside(one, "name")
                    outline = inside(one, "pPr", "outlineLvl")
                    styles[attribute(one, "styleId")] = _Style(
                        attribute(named, "val"),
                        attribute(based, "val"),
                        inside(properties, "numPr"),
                        attribute(outline, "val"),
                    )
        return styles

    def _read_lists(self) -> dict[str, tuple[str, dict[int, tuple[str, str, int]]]]:
        """Return the levels of each list: number format, its text and its start; and the name under which it is
        counted.
        """
        levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        lists: dict[str, tuple[str, dict[int, tuple[str, str, int]]]] = {}
        for name in self._targets(self._main, "/numbering")[:1]:
            for one in root_in(self._archive, name):
                if local(one) == "abstractNum":
                    found = {}
                    for level in one:
                        if local(level) == "lvl":
                            kind, words, start = (inside(level, tag) for tag in ("numFmt", "lvlText", "start"))
                            found[_whole(attribute(level, "ilvl"))] = (
                                attribute(kind, "val") or "decimal",
                                attribute(words, "val"),
                                _whole(attribute(start, "val"), 1),
                            )
                    levels[attribute(one, "abstractNumId")] = found
                elif local(one) == "num":
                    key = attribute(inside(one, "abstractNumId"), "val")
                    own = inside(one, "lvlOverride") is not None
                    id = attribute(one, "numId")
                    lists[id] = (f"num {id}" if own else f"abstract {key}", levels.get(key, {}))
        return lists

    def _properties(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the document's properties: fields of an article, and further facts."""
        properties: dict[str, str] = {}
        for name in self._targets("", "/core-properties")[:1]:
            for one in root_in(self._archive, name):
                if one.text and one.text.strip():
                    properties[local(one)] = one.text.strip()
        stated = {
            "title": properties.get("title", ""),
            "author": properties.get("creator", ""),
            "date": properties.get("created", ""),
            "language": properties.get("language", ""),
        }
        further = {
            name: properties.get(name, "") for name in ("subject", "keywords", "description", "category", "modified")
        }
        return stated, further

    def _edges(self, kind: str) -> list[str]:
        """Return the words of headers or footers, each once."""
        found: dict[str, None] = {}
        for name in self._targets(self._main, kind):
            words = " ".join(" ".join(self._blocks(root_in(self._archive, name))).split())
            if re.search(r"[^\W\d_]", words):
                found[words] = None
        return list(found)

    def _comments(self) -> list[str]:
        found = []
        for name in self._targets(self._main, "/comments")[:1]:
            for one in root_in(self._archive, name):
                words = "\n".join(self._blocks(one))
                author = attribute(one, "author")
                found.append(f"{author}: {words}" if author else words)
        return found

    # ------------------------------------------------------------------------------------------- text

    def _take(self, holder: Any) -> None:
        """Add the blocks of a body or of any element with paragraphs and tables."""
        for one in holder:
            match local(one):
                case "p":
                    self._paragraph(one)
                case "tbl":
                    self._end_paragraph("", None)
                    self._table(one)
                case "sdt":
                    gallery = inside(one, "sdtPr", "docPartObj", "docPartGallery")
                    if attribute(gallery, "val") == "Table of Contents":
                        self._left_out.add("table of contents")
                    elif (content := inside(one, "sdtContent")) is not None:
                        self._take(content)
                case "ins" | "moveTo" | "customXml" | "smartTag" | "AlternateContent" | "Choice":
                    self._take(one)

    def _paragraph(self, paragraph: Any) -> None:
        properties = inside(paragraph, "pPr")
        style = self._name_of(attribute(inside(properties, "pStyle"), "val"))
        if _CONTENTS.fullmatch(style):
            self._left_out.add("table of contents")
            return
        words = self._words(paragraph)
        if inside(properties, "rPr", "del") is not None:
            # The paragraph's end was deleted: the next one continues on its line.
            self._pending += words
            return
        self._end_paragraph(words, properties)

    def _end_paragraph(self, words: str, properties: Any) -> None:
        words, self._pending = self._pending + words, ""
        key = attribute(inside(properties, "pStyle"), "val")
        is_title = self._name_of(key).casefold() == "title"
        bullet = self._bullet(properties, key) if words.strip() else ""
        self._prose.add(words, bullet, is_title=is_title, is_heading=self._is_heading(properties, key))
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self._take(box)

    def _name_of(self, style: str) -> str:
        return self._styles[style].name if style in self._styles else style

    def _bases(self, style: str) -> Iterator[_Style]:
        """Yield a style, and those that it is based on."""
        for _ in range(_MAX_BASES):
            if style not in self._styles:
                return
            yield self._styles[style]
            style = self._styles[style].based_on

    def _is_heading(self, properties: Any, style: str) -> bool:
        own = inside(properties, "outlineLvl")
        if own is not None:
            return attribute(own, "val") != "9"
        return any(_HEADING.fullmatch(one.name) or one.outline not in ("", "9") for one in self._bases(style))

    def _bullet(self, properties: Any, style: str) -> str:
        numbered = inside(properties, "numPr")
        if numbered is None:
            numbered = next((one.numbering for one in self._bases(style) if one.numbering is not None), None)
        name, levels = self._lists.get(attribute(inside(numbered, "numId"), "val"), ("", {}))
        depth = min(_whole(attribute(inside(numbered, "ilvl"), "val")), 8)
        kind, words, _ = levels.get(depth, ("none", "", 1))
        if kind == "none":
            return ""
        if kind == "bullet":
            return "  " * depth + "- "
        numbers = self._numbering.next(name, depth, [levels.get(at, ("", "", 1))[2] for at in range(depth + 1)])
        kinds = [levels.get(at, ("decimal", "", 1))[0] for at in range(depth + 1)]
        numerals = ["", *map(numeral, numbers, kinds), *[""] * 9]
        words = re.sub("%([1-9])", lambda found: numerals[int(found[1])], words)
        return f"{words} " if words.strip() else ""

    def _words(self, holder: Any) -> str:
        """Return the visible text of the runs inside a paragraph."""
        out: list[str] = []
        self._gather(holder, out)
        return "".join(out)

    def _gather(self, holder: Any, out: list[str]) -> None:
        for one in holder:
            name = local(one)
            match name:
                case "t":
                    out.append(one.text or "")
                case "tab" | "ptab":
                    out.append("\t")
                case "br" | "cr":
                    out.append("\n")
                case "noBreakHyphen":
                    out.append("\u2011")
                case "footnoteReference" | "endnoteReference":
                    out.append(self._note(name.removesuffix("Reference"), attribute(one, "id")))
                case "r":
                    self._run(one, out)
                case "txbxContent":
                    self._boxes.append(one)
                case "ruby":
                    base = inside(one, "rubyBase")
                    self._gather(base if base is not None else (), out)
                case "p":
                    out.append("\n")
                    self._gather(one, out)
                case "AlternateContent":
                    # The same content twice, for newer and for older programs.
                    choice = inside(one, "Choice")
                    older = inside(one, "Fallback")
                    self._gather(choice if choice is not None else older if older is not None else (), out)
                case _ if name not in _LEFT_OUT:
                    self._gather(one, out)

    def _run(self, run: Any, out: list[str]) -> None:
        properties = inside(run, "rPr")
        if properties is not None and _is_on(inside(properties, "vanish")):
            return
        before = len(out)
        self._gather(run, out)
        words = "".join(out[before:])
        kind = "val"
        if found := _SCRIPT.search(words):
            kind = "bidi" if found[0] < "\u0900" else "eastAsia"
        language = attribute(inside(properties, "lang"), kind) or attribute(self._language, kind)
        self._languages[language] += len(words)

    def _note(self, kind: str, id: str) -> str:
        note = self._notes.get((kind, id))
        if note is None or self._in_note:
            return ""
        self._in_note = True
        blocks = self._blocks(note)
        self._in_note = False
        return self._prose.note(blocks) if blocks else ""

    def _blocks(self, holder: Any) -> list[str]:
        """Return the blocks of a cell, a note, a header or a comment, with those of what is nested in them."""
        blocks: list[str] = []
        for one in holder:
            match local(one):
                case "p":
                    boxes, self._boxes = self._boxes, []
                    words = [self._words(one)]
                    boxes, self._boxes = self._boxes, boxes
                    for box in boxes:
                        words += self._blocks(box)
                    blocks += words
                case name if name not in _LEFT_OUT:
                    blocks += self._blocks(one)
        return [block for block in blocks if block.strip()]

    def _table(self, table: Any) -> None:
        for row in self._rows(table):
            if inside(row, "trPr", "del") is None:
                self._prose.add_row([self._blocks(cell) for cell in self._cells(row)])

    def _rows(self, holder: Any) -> Iterator[Any]:
        for one in holder:
            if local(one) == "tr":
                yield one
            elif local(one) in ("sdt", "sdtContent", "ins", "customXml"):
                yield from self._rows(one)

    def _cells(self, row: Any) -> Iterator[Any]:
        for one in row:
            if local(one) == "tc":
                yield one
            elif local(one) in ("sdt", "sdtContent", "customXml"):
                yield from self._cells(one)


def _whole(words: str, otherwise: int = 0) -> int:
    return int(words) if re.fullmatch(r"\d{1,6}", words) else otherwise


def sniff(path: Path, head: bytes) -> bool:
    """Return whether a file is a ZIP archive that holds a document of Word."""
    return holds(path, head, "word/document.xml") or (
        path.suffix.lower() in FORMAT.suffixes and holds(path, head, "[Content_Types].xml")
    )


FORMAT = Format(
    id="docx",
    name="Word document",
    suffixes=(".docx", ".docm"),
    read=read,
    sniff=sniff,
    example="article.docx",
)
