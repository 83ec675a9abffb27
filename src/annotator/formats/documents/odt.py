"""OpenDocument texts (ODT): one article for each file, as it would be after accepting every change.

Source: OASIS OpenDocument 1.3 (ISO/IEC 26300), part 3. Insertions are read and deletions, which are stored apart from
the text, are not; frames follow the paragraph that they belong to; footnotes and endnotes are at the end.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from annotator.domain.errors import ImportRefused
from annotator.formats.base import Article, Format, Incoming
from annotator.formats.reading.archive_members import Archive, archive_of, holds
from annotator.formats.reading.decoding import checksum
from annotator.formats.reading.text_builder import Numbering, Prose, numeral
from annotator.formats.reading.xml_files import attribute, children, inside, local, root_in

_MAX_SPACES = 1000
_MAX_BASES = 10
_MAX_REPEATED = 100
_LEFT_OUT = frozenset(
    "tracked-changes sequence-decls variable-decls user-field-decls forms ruby-text note-citation annotation-end "
    "hidden-text hidden-paragraph change change-start change-end bookmark bookmark-start bookmark-end "
    "soft-page-break title desc".split()
)
_CONTENTS = ("table-of-content", "illustration-index", "table-index", "object-index", "alphabetical-index")
_SPACES = re.compile("[ \t\r\n]+")
_KINDS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


def read(path: Path) -> Iterator[Incoming]:
    """Yield the article of an OpenDocument text. Raise ImportRefused."""
    with archive_of(path) as archive:
        yield _Document(archive, path).article()


class _Level(NamedTuple):
    """A level of a list. ``kind``: its number format; empty where it has bullets."""

    kind: str
    before: str
    after: str
    shown: int
    start: int


class _Document:
    """One pass through a document."""

    def __init__(self, archive: Archive, path: Path) -> None:
        self._archive = archive
        self._path = path
        self._check_encryption()
        self._content = root_in(archive, "content.xml")
        self._styles: dict[str, tuple[str, str]] = {}
        """The display name of each paragraph style, and its parent style."""
        self._lists: dict[str, dict[int, _Level]] = {}
        self._language = ""
        if archive.find("styles.xml"):
            self._read_styles(root_in(archive, "styles.xml"))
        self._read_styles(self._content)
        self._numbering = Numbering()
        self._prose = Prose(path.name)
        self._frames: list[Any] = []
        self._comments: list[str] = []
        self._left_out: set[str] = set()
        self._in_note = False

    def article(self) -> Article:
        """Return the article."""
        text = inside(self._content, "body", "text")
        if text is None:
            raise ImportRefused(f"“{self._path.name}” holds no text of OpenDocument: it is another kind of document.")
        self._take(text)
        stated, facts = self._properties()
        facts |= {"comments": self._comments, "left_out": sorted(self._left_out)}
        return self._prose.article(self._path, FORMAT.id, checksum(self._path), stated, facts)

    # ------------------------------------------------------------------------------------------- parts

    def _check_encryption(self) -> None:
        """Raise ImportRefused where the members are encrypted, which the archive itself does not show."""
        if self._archive.find("META-INF/manifest.xml"):
            manifest = root_in(self._archive, "META-INF/manifest.xml")
            if any(local(one) == "encryption-data" for entry in manifest for one in entry):
                raise ImportRefused(
                    f"“{self._path.name}” is protected by a password: open it in the program that made it, and save it "
                    "without."
                )

    def _read_styles(self, root: Any) -> None:
        for holder in children(root, "styles", "automatic-styles"):
            for one in holder:
                if local(one) in ("style", "default-style") and attribute(one, "family") == "paragraph":
                    name = attribute(one, "name")
                    shown = attribute(one, "display-name") or name.replace("_20_", " ")
                    self._styles[name] = (shown, attribute(one, "parent-style-name"))
                    if local(one) == "default-style":
                        self._language = _language(inside(one, "text-properties"))
                elif local(one) == "list-style":
                    self._lists[attribute(one, "name")] = dict(map(_level, one))

    def _properties(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the document's metadata: fields of an article, and further facts."""
        properties: dict[str, str] = {}
        keywords = []
        if self._archive.find("meta.xml"):
            meta = inside(root_in(self._archive, "meta.xml"), "meta")
            for one in meta if meta is not None else ():
                words = (one.text or "").strip()
                if local(one) == "keyword":
                    keywords.append(words)
                elif words:
                    properties.setdefault(local(one), words)
        stated = {
            "title": properties.get("title", ""),
            "author": properties.get("initial-creator") or properties.get("creator", ""),
            "date": properties.get("creation-date") or properties.get("date", ""),
            "language": properties.get("language") or self._language,
        }
        facts: dict[str, Any] = {
            "subject": properties.get("subject", ""),
            "description": properties.get("description", ""),
        }
        return stated, facts | {"keywords": [word for word in keywords if word], "modified": properties.get("date", "")}

    # ------------------------------------------------------------------------------------------- text

    def _take(self, holder: Any) -> None:
        """Add the blocks of a text or of any element with paragraphs, lists and tables."""
        for one in holder:
            match local(one):
                case "p" | "h":
                    self._paragraph(one)
                case "list":
                    self._list(one, 0, "")
                case "table":
                    self._table(one)
                case "frame" | "custom-shape" | "rect" | "g":
                    self._frames.append(one)
                    self._take_frames()
                case name if name in _CONTENTS:
                    self._left_out.add("table of contents" if name == "table-of-content" else "index")
                case name if name not in _LEFT_OUT and attribute(one, "display") != "none":
                    self._take(one)

    def _paragraph(self, paragraph: Any, bullet: str = "") -> None:
        words = self._words(paragraph)
        is_title = any(name.casefold() == "title" for name in self._names(attribute(paragraph, "style-name")))
        self._prose.add(words, bullet, is_title=is_title, is_heading=local(paragraph) == "h")
        self._take_frames()

    def _take_frames(self) -> None:
        frames, self._frames = self._frames, []
        for frame in frames:
            for one in frame:
                if local(one) in ("text-box", "p", "list"):
                    self._take([one] if local(one) != "text-box" else one)
                elif local(one) in ("frame", "custom-shape", "rect", "g"):
                    self._frames.append(one)
                    self._take_frames()

    def _names(self, style: str) -> Iterator[str]:
        """Yield the names of a style and of its parent styles."""
        for _ in range(_MAX_BASES):
            if style not in self._styles:
                return
            shown, style = self._styles[style]
            yield shown

    def _list(self, items: Any, depth: int, style: str) -> None:
        style = attribute(items, "style-name") or style
        level = self._lists.get(style, {}).get(depth)
        for item in children(items, "list-item", "list-header"):
            bullet = self._bullet(style, depth, level) if local(item) == "list-item" else ""
            for one in item:
                match local(one):
                    case "p" | "h":
                        self._paragraph(one, bullet)
                        bullet = ""
                    case "list":
                        self._list(one, depth + 1, style)
                    case name if name not in _LEFT_OUT:
                        self._take([one])

    def _bullet(self, style: str, depth: int, level: _Level | None) -> str:
        if level is None or not level.kind:
            return "  " * min(depth, 8) + "- "
        levels = [self._lists[style].get(at, level) for at in range(depth + 1)]
        numbers = self._numbering.next(style, depth, [one.start for one in levels])
        numerals = ".".join(numeral(n, one.kind) for n, one in zip(numbers, levels, strict=True) if one.kind).split(".")
        return f"{level.before}{'.'.join(numerals[-level.shown :])}{level.after} "

    def _words(self, holder: Any) -> str:
        """Return the visible text of a paragraph.

        White space in the XML is one space; more of it has separate elements.
        """
        out: list[str] = []
        self._gather(holder, out)
        return "".join(out)

    def _gather(self, holder: Any, out: list[str]) -> None:
        _append(out, holder.text)
        for one in holder:
            match local(one):
                case "s":
                    out.append(" " * min(_whole(attribute(one, "c"), 1), _MAX_SPACES))
                case "tab":
                    out.append("\t")
                case "line-break":
                    out.append("\n")
                case "note":
                    out.append(self._note(one))
                case "annotation":
                    self._comment(one)
                case "frame" | "custom-shape" | "rect" | "g":
                    self._frames.append(one)
                case "ruby":
                    base = inside(one, "ruby-base")
                    if base is not None:
                        self._gather(base, out)
                case name if name not in _LEFT_OUT:
                    self._gather(one, out)
            _append(out, one.tail)

    def _note(self, note: Any) -> str:
        body = inside(note, "note-body")
        if body is None or self._in_note:
            return ""
        self._in_note = True
        blocks = self._blocks(body)
        self._in_note = False
        return self._prose.note(blocks) if blocks else ""

    def _comment(self, comment: Any) -> None:
        author = inside(comment, "creator")
        words = "\n".join(self._words(one) for one in children(comment, "p"))
        self._comments.append(f"{author.text}: {words}" if author is not None and author.text else words)

    def _blocks(self, holder: Any) -> list[str]:
        """Return the blocks of a note or a cell, with those of what is nested in them."""
        blocks: list[str] = []
        for one in holder:
            if local(one) in ("p", "h"):
                outer, self._frames = self._frames, []
                blocks.append(self._words(one))
                frames, self._frames = self._frames, outer
                for frame in frames:
                    blocks += self._blocks(frame)
            elif local(one) not in _LEFT_OUT:
                blocks += self._blocks(one)
        return [block for block in blocks if block.strip()]

    def _table(self, table: Any) -> None:
        for one in table:
            if local(one) == "table-row":
                cells: list[list[str]] = []
                for cell in children(one, "table-cell", "covered-table-cell"):
                    times = min(_whole(attribute(cell, "number-columns-repeated"), 1), _MAX_REPEATED)
                    cells += [self._blocks(cell)] * times
                self._prose.add_row(cells)
            elif local(one) in ("table-header-rows", "table-rows", "table-row-group"):
                self._table(one)


def _append(out: list[str], words: str | None) -> None:
    if words:
        words = _SPACES.sub(" ", words)
        # A space at the beginning of a line, or after another one, is not shown.
        if words[0] == " " and (not out or out[-1].endswith((" ", "\n", "\t"))):
            words = words[1:]
        if words:
            out.append(words)


def _level(element: Any) -> tuple[int, _Level]:
    kind = ""
    if local(element) == "list-level-style-number":
        kind = _KINDS.get(attribute(element, "num-format"), "")
    return _whole(attribute(element, "level"), 1) - 1, _Level(
        kind,
        attribute(element, "num-prefix"),
        attribute(element, "num-suffix"),
        max(1, _whole(attribute(element, "display-levels"), 1)),
        _whole(attribute(element, "start-value"), 1),
    )


def _language(properties: Any) -> str:
    language, country = attribute(properties, "language"), attribute(properties, "country")
    if language in ("", "none", "zxx"):
        return ""
    return f"{language}-{country}" if country not in ("", "none") else language


def _whole(words: str, otherwise: int = 0) -> int:
    return int(words) if re.fullmatch(r"\d{1,6}", words) else otherwise


def sniff(path: Path, head: bytes) -> bool:
    """Return whether a file is a ZIP archive that declares itself an OpenDocument text, or is named so and contains
    one.
    """
    if not head.startswith(b"PK\x03\x04"):
        return False
    if head[30:38] == b"mimetype":
        return head[38:].startswith(b"application/vnd.oasis.opendocument.text")
    return path.suffix.lower() in FORMAT.suffixes and holds(path, head, "content.xml")


FORMAT = Format(
    id="odt",
    name="OpenDocument text",
    suffixes=(".odt", ".ott"),
    read=read,
    sniff=sniff,
    example="article.odt",
)
