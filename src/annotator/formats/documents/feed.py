"""Feeds as files: RSS 2.0 and its forerunners, RSS 1.0 (RDF) and Atom 1.0; one article for each entry. Nothing is
fetched.

Source: the RSS 2.0 specification, RSS 1.0 with its modules Content and Dublin Core, and RFC 4287. Prefixes and even
namespaces differ from feed to feed, so elements are recognised by their local names.
"""

import re
from collections.abc import Iterator, Sequence
from html.entities import html5
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from annotator.domain.canonical_text import canonical
from annotator.domain.errors import AnnotatorError, ImportRefused, InvalidText, NoWords
from annotator.formats.base import Article, Blank, Format, Incoming, Refusal
from annotator.formats.documents import html
from annotator.formats.reading.article_structure import shown, with_title
from annotator.formats.reading.decoding import checksum, decoded, read_bytes
from annotator.formats.reading.file_dates import iso_date, mail_date
from annotator.formats.reading.limits import limits
from annotator.formats.reading.xml_files import attribute, children, events, inside, local

_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_OF_XML = ("amp", "lt", "gt", "quot", "apos")
_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w.:-]+)")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ROOT = re.compile(r"<(?:[\w-]+:)?(rss|feed|RDF|channel)[\s>]")
_ROOT_MARKS = ("purl.org/rss/", "my.netscape.com/rdf", "purl.org/atom/", "w3.org/2005/Atom", "<rss", "<channel")
_BODIES = ("encoded", "content", "body", "div", "description", "summary", "subtitle")
"""The elements that hold an entry's text, in order of completeness."""

_DATES = ("pubDate", "published", "issued", "date", "created", "updated", "modified")


def read(path: Path) -> Iterator[Incoming]:
    """Yield the entries of a feed, and a refusal for each without words.

    Raise ImportRefused where it is not complete XML.
    """
    data = read_bytes(path, limits().file)
    stated = _ENCODING.search(data[:200])
    source = decoded(data, path.name, stated[1].decode().lower() if stated else "").text
    # Many feeds use the entities of HTML, which XML does not know.
    source = _ENTITY.sub(_character, _DECLARATION.sub("", source, count=1))
    feed = _Feed(path)
    is_empty = True
    for number, entry in enumerate(feed.entries(BytesIO(source.encode())), 1):
        is_empty = False
        try:
            yield feed.article(entry, number)
        except NoWords as error:
            yield Refusal(f"entry {number}", str(error), Blank.ENTRY)
        except AnnotatorError as error:
            yield Refusal(f"entry {number}", str(error))
    if is_empty:
        raise ImportRefused(f"“{path.name}” is a feed without entries.")


def _character(found: re.Match[str]) -> str:
    name = found[1]
    return found[0] if name in _OF_XML else html5.get(f"{name};", found[0])


class _Feed:
    """The metadata of a feed, collected on the way to its entries."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digest = checksum(path)
        self._title = self._language = self._base = self._address = ""

    def entries(self, stream: BytesIO) -> Iterator[Any]:
        """Yield each entry when it is complete; it is cleared when the next one is requested."""
        for element in events(stream, self._path.name):
            parent = element.getparent()
            if local(element) in ("item", "entry") and (parent is None or local(parent) not in ("item", "entry")):
                self._read_metadata(parent)
                yield element
                element.clear()
                # The elements before an entry are known by now.
                while parent is not None and parent[0] is not element:
                    del parent[0]

    def _read_metadata(self, around: Any) -> None:
        if self._title or around is None:
            return
        channel = inside(around, "channel")
        channel = around if channel is None else channel
        self._title = _line(inside(channel, "title"))
        self._language = _words(inside(channel, "language")) or attribute(around, "lang")
        self._base = attribute(around, "base") or _address(channel, "")

    def article(self, entry: Any, number: int) -> Article:
        """Return the article of an entry. Raise AnnotatorError where it has no words."""
        bodies = {name: text for name in _BODIES if (text := _text(_first(entry, name)))}
        body = next(iter(bodies.values()), "")
        subject = _line(inside(entry, "title"))
        try:
            body, subject = canonical(body), canonical(subject)
        except InvalidText as error:
            raise ImportRefused(f"It cannot be imported. {error}") from None
        if not body.strip() and not subject.strip():
            raise NoWords("It has no words.")
        if not body.strip():
            raise ImportRefused(f"It has only a title, “{shown(subject)[:60]}”: save the page that it links to.")
        title, text, structure = with_title(subject, body, f"{self._path.stem} {number}")
        origin = inside(entry, "source")
        outlet = "" if origin is None else _line(inside(origin, "title")) or _line(origin)
        stated_at = next((words for name in _DATES if (words := _words(inside(entry, name)))), "")
        published_at = iso_date(stated_at) or mail_date(stated_at)
        base = attribute(entry, "base")
        summary = bodies.get("description") or bodies.get("summary") or ""
        facts = {
            "id": next((words for name in ("guid", "id") if (words := _words(inside(entry, name)))), ""),
            "categories": [words for one in children(entry, "category", "subject") if (words := _category(one))],
            "summary": summary if summary != body else "",
            "feed": self._title if outlet and outlet != self._title else "",
            "date": "" if published_at else stated_at,
        }
        return Article(
            title=title,
            text=text,
            structure=structure,
            source=shown(outlet or self._title),
            author=shown(_authors(entry)),
            published_at=published_at,
            language=_words(_first(entry, "language")) or attribute(entry, "lang") or self._language,
            address=_address(entry, _joined(self._base, base) if base else self._base),
            origin_path=f"{self._path}!/{number}",
            origin_format=FORMAT.id,
            origin_sha256=self._digest,
            facts={name: fact for name, fact in facts.items() if fact},
        )


def _first(entry: Any, name: str) -> Any:
    """Return the first child of that name that holds text: Media RSS has its own ``content``, for pictures."""
    found = (one for one in children(entry, name) if not attribute(one, "url") and not attribute(one, "src"))
    return next(found, None)


def _text(element: Any) -> str:
    """Return the words of a text construct: plain, HTML as text, or XHTML as elements."""
    if element is None:
        return ""
    if len(element):
        from lxml import etree

        return html.streamed(etree.tostring(element, encoding="unicode", with_tail=False)).text()
    words = "".join(element.itertext())
    return words.strip() if attribute(element, "type") in ("text", "text/plain") else html.streamed(words).text()


def _line(element: Any) -> str:
    return " ".join(_text(element).split())


def _words(element: Any) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _category(element: Any) -> str:
    return attribute(element, "label") or attribute(element, "term") or _words(element)


def _authors(entry: Any) -> str:
    found: Sequence[str] = [_words(inside(one, "name")) or _words(one) for one in children(entry, "author", "creator")]
    # RSS has the address of a mail, with the name in parentheses after it.
    return "; ".join(re.sub(r"^\S+@\S+ \((.+)\)$", r"\1", one) for one in dict.fromkeys(found) if one)


def _address(element: Any, base: str) -> str:
    """Return the address where an entry or a feed can be read in full."""
    links = children(element, "link")
    for link in links:
        if attribute(link, "href") and attribute(link, "rel") in ("", "alternate"):
            return _joined(base, attribute(link, "href").strip())
    stated = next((words for link in links if (words := _words(link))), "")
    if not stated:
        guid = inside(element, "guid")
        words = _words(guid)
        stated = (
            words if words.startswith(("http://", "https://")) and attribute(guid, "isPermaLink") != "false" else ""
        )
    return _joined(base, stated) if stated else ""


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address  # An invalid address, such as “http://[”.


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether the first element of a file is that of a feed."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[2:].replace(b"\x00", b"")
    beginning = head.decode("utf-8-sig", "replace").lstrip()
    root = _ROOT.search(beginning)
    first = re.search(r"<(?![?!])", beginning)
    is_first = root is not None and first is not None and first.start() == root.start()
    return is_first and beginning.startswith("<") and any(sign in beginning for sign in _ROOT_MARKS)


FORMAT = Format(
    id="feed",
    name="Feed",
    suffixes=(".rss", ".atom", ".rdf"),
    read=read,
    sniff=sniff,
    example="feed.rss",
)
