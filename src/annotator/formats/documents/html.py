"""Web pages saved as HTML: one article for each file, without menus, adverts and scripts. Nothing is fetched.

Every page is read twice: first as a stream, which handles any nesting and size, and then, where this shows an ordinary
page, by trafilatura, which separates the article from its surroundings.
"""

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from annotator.domain.canonical_text import canonical
from annotator.domain.errors import ImportRefused, InvalidText
from annotator.formats.base import Article, Format, Incoming
from annotator.formats.documents.page_metadata import PageFacts
from annotator.formats.reading.article_structure import with_title
from annotator.formats.reading.decoding import HEAD, decoded, read_bytes
from annotator.formats.reading.file_dates import iso_date

SIZE_LIMIT = 32 * 1024 * 1024
"""Bytes of a page; a longer one is refused."""

MAX_DEPTH = 200
MAX_LENGTH = 500_000
MAX_ELEMENTS = 12_000
MAX_ATTRIBUTES = 500
"""Nesting, characters and elements of an ordinary page, and attributes of an element.

A page beyond them is imported with its menus: the tree parser drops elements nested deeper than 255, compares each
attribute of an element with all others, and needs minutes to score every element of a huge page.
"""

_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*(?:<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(
    rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml\s[^>]*?encoding=[\"']([\w.:-]+)", re.IGNORECASE
)
_ENCODINGS_OF_BROWSERS = {
    # Browsers read these names as the wider encodings, and pages rely on it.
    "ascii": "windows-1252",
    "us-ascii": "windows-1252",
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "iso-8859-9": "windows-1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
}
_KNOWN = re.compile(r"(iso-8859-|windows-|cp|koi8|mac|big5|euc|gb18030|iso-2022-)[\w-]*")

_HIDDEN = frozenset("head script style noscript template svg math iframe object select textarea button nav".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rp rt ruby s samp small "
    "span strike strong sub sup time tt u var wbr".split()
)
_HEADING = frozenset(("h1", "h2", "h3"))
_RULE = re.compile(r"\|[-|: ]+\|?\s*")
_SPACES = re.compile(r"[ \t\n\r\f]+")


def read(path: Path, limit: int = SIZE_LIMIT) -> Iterator[Incoming]:
    """Yield the article of a web page of at most ``limit`` bytes. Raise ImportRefused where it has no words."""
    data = read_bytes(path, limit)
    article = article_of(decoded(data, path.name, declared_encoding(data)).text, path.name)
    yield replace(
        article, origin_path=str(path), origin_format=FORMAT.id, origin_sha256=hashlib.sha256(data).hexdigest()
    )


def article_of(source: str, name: str) -> Article:
    """Return the article of a page from its source text, without its origin. Raise ImportRefused where it has no words.

    ``name``: the name of the page in a refusal, and its title where it has none.
    """
    page = streamed(source)
    stated = page.facts.settled(page.heading)
    found: dict[str, str] = {}
    body = ""
    if page.is_ordinary():
        found, body = _extracted(source)
    try:
        body = canonical(body if page.has_lines_of(body) else page.text())
        found = {name: canonical(value) for name, value in {**found, **stated.fields}.items()}
    except InvalidText as error:
        raise ImportRefused(f"“{name}” cannot be imported. {error}") from None
    if not body.strip():
        raise ImportRefused(f"“{name}” is empty: the page shows no words without running its scripts.")
    title, text, structure = with_title(found.get("title") or page.heading or page.title, body, name)
    return Article(
        title=title,
        text=text,
        structure=structure,
        source=found.get("source", ""),
        author=found.get("author", ""),
        published_at=iso_date(found.get("published_at", "")),
        language=found.get("language", ""),
        address=found.get("address", ""),
        facts=stated.facts,
    )


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file begins as a web page does."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[2:].replace(b"\x00", b"")
    return _BEGINNING.match(head) is not None


def declared_encoding(data: bytes) -> str:
    """Return the encoding stated in the head of a page, by the name that browsers use; empty where none is stated."""
    found = _CHARSET.search(data[:HEAD])
    if found is None:
        return ""
    name = (found[1] or found[2]).decode("ascii", "ignore").lower()
    name = _ENCODINGS_OF_BROWSERS.get(name, name)
    return name if _KNOWN.fullmatch(name) else ""


def _extracted(source: str) -> tuple[dict[str, str], str]:
    """Return the metadata that trafilatura finds, and the article's text; empty where it fails."""
    # lxml has no type information.
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring
    from trafilatura import bare_extraction
    from trafilatura.metadata import extract_metadata

    # Messages about single pages are for the developers of the library; the user gets our own sentence.
    for library in ("trafilatura", "htmldate", "courlan", "justext"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    dates = {"original_date": True, "extensive_search": False}
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(source.encode(), parser=parser)
        # The metadata is read already, with more care.
        etree.strip_elements(tree, "script", with_tail=False)
        facts = extract_metadata(tree, date_config=dates)
        found = bare_extraction(tree, include_comments=False, output_format="python")
    except (etree.LxmlError, ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError):
        # Pages may be malformed in any way; the stream reader still returns their words.
        return {}, ""
    text = getattr(found, "text", "") or ""
    text = "\n".join(_plain_row(line) for line in text.splitlines() if not _RULE.fullmatch(line))
    return {
        "title": facts.title or "",
        "author": facts.author or "",
        "published_at": facts.date or "",
        "source": facts.sitename or facts.hostname or "",
        "address": facts.url or "",
    }, text


def _plain_row(line: str) -> str:
    return line.strip().removeprefix("|").removesuffix("|").strip() if line.startswith("| ") else line


def streamed(source: str) -> "Stream":
    """Return every word that a page shows, whatever its structure."""
    from lxml import etree

    stream = Stream()
    parser = etree.HTMLParser(target=stream, encoding="utf-8", huge_tree=True)
    try:
        etree.fromstring(source.encode(), parser)
    except etree.LxmlError:
        stream.close()
    return stream


class Stream:
    """A stream reader of a page that keeps the words that it shows, one line for each block."""

    def __init__(self) -> None:
        self.title = self.heading = self.language = ""
        self.facts = PageFacts()
        self.elements = self.length = self.deepest = self.attributes = 0
        self._depth = 0
        self._hidden = 0
        self._in_title = False
        self._kept_as_is = 0
        self._in_heading = ""
        self._lines: list[str] = []
        self._line: list[str] = []
        self._bullet = ""

    def text(self) -> str:
        """Return the words so far, one line for each block."""
        return "\n".join(self._lines)

    def is_ordinary(self) -> bool:
        """Return whether the page can be analysed in ordinary time."""
        is_large = self.elements > MAX_ELEMENTS or self.length > MAX_LENGTH
        return not is_large and self.deepest <= MAX_DEPTH and self.attributes <= MAX_ATTRIBUTES

    def has_lines_of(self, text: str) -> bool:
        """Return whether most lines of ``text`` are lines of the page: not so where bold words are on separate
        lines.
        """
        lines = text.splitlines()
        own = {line.removeprefix("- ") for line in self._lines}
        return sum(_SPACES.sub(" ", line).strip().removeprefix("- ") in own for line in lines) * 2 > len(lines)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Handle the start of an element."""
        self.elements += 1
        self._depth += 1
        self.deepest = max(self.deepest, self._depth)
        self.attributes = max(self.attributes, len(attributes))
        self.facts.start(tag, attributes)
        if tag == "html":
            self.language = (attributes.get("lang") or attributes.get("xml:lang") or "").strip()
        elif tag == "title":
            self._in_title = not self.title
        if tag in _HIDDEN:
            self._hidden += 1
        if tag == "br" and self._in_heading:
            self._line.append(" ")
        if tag in _INLINE or (tag == "br" and self._in_heading):
            return
        if tag in ("td", "th"):
            if self._line:
                self._line.append(" | ")
            return
        self._end_line()
        if tag == "li":
            self._bullet = "- "
        elif tag == "pre":
            self._kept_as_is += 1
        elif tag in _HEADING and not self.heading and not self._hidden:
            self._in_heading = tag

    def end(self, tag: str) -> None:
        """Handle the end of an element."""
        self._depth -= 1
        self.facts.end(tag)
        if tag == "title":
            self._in_title = False
        if tag in _HIDDEN:
            self._hidden -= 1
        if tag in _INLINE or tag in ("td", "th") or (tag == "br" and self._in_heading):
            return
        if tag == self._in_heading:
            self.heading = _SPACES.sub(" ", "".join(self._line)).strip()
            self._in_heading = ""
        self._end_line()
        if tag == "pre":
            self._kept_as_is -= 1

    def data(self, words: str) -> None:
        """Handle the text inside an element."""
        if self._in_title:
            self.title = _SPACES.sub(" ", self.title + words)
        if not self._hidden:
            self._line.append(words)
            self.length += len(words)
        else:
            self.facts.data(words)

    def comment(self, words: str) -> None:
        """Handle a comment."""
        self.facts.comment(words)

    def close(self) -> None:
        """Handle the end of the page."""
        self._end_line()
        self.title = self.title.strip()

    def _end_line(self) -> None:
        words = "".join(self._line)
        self._line.clear()
        words = words.strip("\n") if self._kept_as_is else _SPACES.sub(" ", words).strip()
        if words.strip(" |\n\t"):
            self._lines.append(self._bullet + words)
            self._bullet = ""


FORMAT = Format(
    id="html",
    name="Web page",
    suffixes=(".html", ".htm", ".xhtml"),
    read=read,
    sniff=sniff,
    example="article.html",
)
