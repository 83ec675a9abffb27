"""E-books (EPUB 2 and 3): one article for each chapter, with the book among its facts.

Source: EPUB 3.3 and OCF 3.3 (W3C), OPF 2.0.1 (IDPF). A book as one document would be too long to label, to search and
to divide among annotators, so each part of its spine becomes an article; a part that no entry of the contents refers to
and that has no heading continues the chapter before it, because programs split long chapters. Chapters are read like
web pages, but without the search for menus, which a book does not have.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

from annotator.domain.canonical_text import canonical
from annotator.domain.errors import ImportRefused, InvalidText
from annotator.formats.base import Article, Format, Incoming, Refusal
from annotator.formats.documents import html
from annotator.formats.reading.archive_members import Archive, archive_of, holds
from annotator.formats.reading.article_structure import shown, with_title
from annotator.formats.reading.decoding import checksum, decoded
from annotator.formats.reading.file_dates import iso_date
from annotator.formats.reading.xml_files import attribute, children, inside, local, root_in

_CONTAINER = "META-INF/container.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "")
_OBFUSCATIONS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Encryptions of fonts, which are not read; any other encryption prevents the text from being read."""


def read(path: Path) -> Iterator[Incoming]:
    """Yield the chapters of a book. Raise ImportRefused where it has none that can be read at all."""
    with archive_of(path) as archive:
        yield from _Book(archive, path).items()


@dataclass(slots=True)
class _Chapter:
    name: str
    number: int
    title: str
    texts: list[str] = field(default_factory=list)
    language: str = ""


class _Book:
    """One pass through a book."""

    def __init__(self, archive: Archive, path: Path) -> None:
        self._archive = archive
        self._path = path
        self._package_at = self._find_package()
        package = root_in(archive, self._package_at)
        metadata = inside(package, "metadata")
        self._metadata = _metadata(metadata if metadata is not None else ())
        manifest = inside(package, "manifest")
        self._manifest = {attribute(one, "id"): one for one in (manifest if manifest is not None else ())}
        spine = inside(package, "spine")
        if spine is None or not children(spine, "itemref"):
            raise ImportRefused(f"“{path.name}” names no chapters: it is not a complete EPUB.")
        self._spine = [attribute(one, "idref") for one in children(spine, "itemref")]
        self._contents = self._read_contents(attribute(spine, "toc"))
        self._check_encryption()

    def items(self) -> Iterator[Incoming]:
        """Yield the chapters, and a refusal for each that cannot be read.

        Raise ImportRefused where nothing has words.
        """
        digest = checksum(self._path)
        chapter: _Chapter | None = None
        is_empty = True
        for number, id in enumerate(self._spine, 1):
            entry = self._manifest.get(id)
            name = self._name_of(entry)
            is_page = entry is not None and attribute(entry, "media-type") in _PAGES
            if not is_page or "nav" in attribute(entry, "properties").split():
                continue
            try:
                page = self._page(name)
            except ImportRefused as error:
                yield Refusal(name or id, str(error))
                is_empty = False
                continue
            text = page.text()
            if not text.strip():
                continue
            is_new = chapter is None or name in self._contents or page.heading or not self._contents
            if is_new and chapter is not None:
                yield self._article(chapter, digest)
            if is_new or chapter is None:
                chapter = _Chapter(name, number, page.heading or self._contents.get(name, ""), [], page.language)
            chapter.texts.append(text)
            is_empty = False
        if chapter is not None:
            yield self._article(chapter, digest)
        if is_empty:
            raise ImportRefused(f"“{self._path.name}” has no words: its pages may be pictures.")

    # ------------------------------------------------------------------------------------------- parts

    def _find_package(self) -> str:
        if self._archive.find(_CONTAINER) is None:
            raise ImportRefused(f"“{self._path.name}” holds no {_CONTAINER}: it is not an EPUB.")
        for one in root_in(self._archive, _CONTAINER).iter():
            if local(one) == "rootfile" and (name := attribute(one, "full-path")):
                return _joined("", name)
        raise ImportRefused(f"“{self._path.name}” does not say where its book is: it is not a complete EPUB.")

    def _name_of(self, entry: Any) -> str:
        return _joined(posixpath.dirname(self._package_at), attribute(entry, "href"))

    def _read_contents(self, toc: str) -> dict[str, str]:
        """Return the entries of the table of contents by page; the first one of a page counts."""
        found: dict[str, str] = {}
        for id, entry in self._manifest.items():
            if id != toc and "nav" not in attribute(entry, "properties").split():
                continue
            name = self._name_of(entry)
            try:
                root = root_in(self._archive, name)
            except ImportRefused:
                continue  # The chapters are complete without it.
            folder = posixpath.dirname(name)
            for one in root.iter():
                if local(one) == "navPoint":
                    target = attribute(inside(one, "content"), "src")
                    label = inside(one, "navLabel", "text")
                elif local(one) == "a":
                    target, label = attribute(one, "href"), one
                else:
                    continue
                words = " ".join("".join(label.itertext()).split()) if label is not None else ""
                if target:
                    found.setdefault(_joined(folder, target), words)
        return found

    def _check_encryption(self) -> None:
        """Raise ImportRefused where a chapter is encrypted."""
        if self._archive.find("META-INF/encryption.xml") is None:
            return
        for data in children(root_in(self._archive, "META-INF/encryption.xml"), "EncryptedData"):
            method = attribute(inside(data, "EncryptionMethod"), "Algorithm")
            if method not in _OBFUSCATIONS:
                raise ImportRefused(
                    f"“{self._path.name}” is protected against copying (DRM), so its text cannot be read: "
                    "ask the publisher for a copy without protection."
                )

    # ------------------------------------------------------------------------------------------- chapters

    def _page(self, name: str) -> html.Stream:
        member = self._archive.find(name)
        if member is not None and member.size > html.SIZE_LIMIT:
            raise ImportRefused(
                f"It has {member.size / 2**20:,.1f} MB, more than the {html.SIZE_LIMIT / 2**20:,.0f} MB that a page "
                "may have."
            )
        data = self._archive.read(member or name)
        return html.streamed(decoded(data, name, html.declared_encoding(data)).text)

    def _article(self, chapter: _Chapter, digest: str) -> Incoming:
        try:
            body = canonical("\n".join(chapter.texts))
        except InvalidText as error:
            return Refusal(chapter.name, str(error))
        book = self._metadata.get("title", [""])[0]
        title, text, structure = with_title(shown(chapter.title), body, chapter.name)
        if not any(kind == "title" for kind, _ in structure) and book:
            title = shown(f"{book}, part {chapter.number}")
        stated = self._metadata.get("date", [""])[0]
        published_at = iso_date(stated)
        facts = {
            "book": book,
            "part": chapter.number,
            "parts": len(self._spine),
            "publisher": "; ".join(self._metadata.get("publisher", ())),
            "identifier": "; ".join(self._metadata.get("identifier", ())),
            "subject": self._metadata.get("subject", []),
            "description": "\n".join(self._metadata.get("description", ())),
            "rights": "; ".join(self._metadata.get("rights", ())),
            "date": "" if published_at else stated,
        }
        return Article(
            title=title,
            text=text,
            structure=structure,
            source=shown("; ".join(self._metadata.get("publisher", ()))),
            author=shown("; ".join(self._metadata.get("creator", ()))),
            published_at=published_at,
            language=chapter.language or self._metadata.get("language", [""])[0],
            origin_path=f"{self._path}!/{chapter.name}",
            origin_format=FORMAT.id,
            origin_sha256=digest,
            facts={name: fact for name, fact in facts.items() if fact},
        )


def _metadata(metadata: Any) -> dict[str, list[str]]:
    """Return the metadata of a book, by the names of Dublin Core; the date of its publication before any other."""
    fields: dict[str, list[str]] = {}
    for one in metadata:
        words = " ".join("".join(one.itertext()).split())
        if local(one) == "meta" or not words:
            continue
        found = fields.setdefault(local(one), [])
        if attribute(one, "event") in ("publication", "original-publication"):
            found.insert(0, words)
        elif attribute(one, "event") != "modification":
            found.append(words)
    return {name: found for name, found in fields.items() if found}


def _joined(folder: str, target: str) -> str:
    """Return the member that a reference names, relative to a folder of the archive."""
    return posixpath.normpath(posixpath.join("/" + folder, unquote(urldefrag(target).url))).lstrip("/")


def sniff(path: Path, head: bytes) -> bool:
    """Return whether a file is a ZIP archive that declares itself an EPUB, or contains one."""
    if head[30:58] == b"mimetypeapplication/epub+zip":
        return True
    return path.suffix.lower() in FORMAT.suffixes and holds(path, head, _CONTAINER)


FORMAT = Format(
    id="epub",
    name="E-book",
    suffixes=(".epub",),
    read=read,
    sniff=sniff,
    example="book.epub",
)
