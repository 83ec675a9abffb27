"""E-books: one article a chapter."""

import random
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.formats.documents import office_files as made
from tests.formats.documents.office_files import page

from annotator.domain.canonical_text import canonical
from annotator.domain.errors import ImportRefused
from annotator.formats import registry
from annotator.formats.base import Article, Incoming, Refusal
from annotator.formats.documents import epub


def articles(items: Sequence[Incoming]) -> list[Article]:
    return [item for item in items if isinstance(item, Article)]


def book(path: Path, *pages: str, **further: dict[str, str]) -> list[Incoming]:
    named = {f"p{number}.xhtml": one for number, one in enumerate(pages, 1)}
    return list(epub.read(made.epub(path / "a.epub", named, "<dc:title>The book</dc:title>", **further)))


def test_the_example(examples: Path) -> None:
    first, second = articles(list(epub.read(examples / "book.epub")))
    assert first.text.split("\n") == [
        "The northern quay",
        "Nobody in Halvik knows who built the northern quay.1",
        "The council claims that it is sound; the divers say otherwise 🤿.",
        "1 The archive burned in 1911.",
    ]
    assert (first.title, first.author, first.source) == ("The northern quay", "Ada Lund", "Halvik Press")
    assert (first.published_at, first.language) == ("2025-01-15", "en")
    assert first.facts["book"] == "The Quays of Halvik"
    assert [one.facts["part"] for one in (first, second)] == [2, 3]
    assert first.origin_path.endswith("book.epub!/OPS/text/one.xhtml")
    # The third page has no heading, and the contents do not lead to it: it goes on with the second.
    assert second.text.split("\n")[-1] == "It lay in a drawer until the spring of 2024."
    assert second.title == "Two What the divers saw"
    assert [kind for kind, _ in second.structure] == ["title", "lead", "lead"]


def test_titles_of_chapters(tmp_path: Path) -> None:
    long = "<p>One sentence stands here. Another stands there, and a third one follows it.</p><p>More of it.</p>"
    items = book(tmp_path, page(long), page("<h2>Own</h2>" + long), page(long), page("<p>x</p>", language="de"))
    assert [one.title for one in articles(items)] == ["The book, part 2", "Own", "The book, part 4", "The book, part 5"]
    assert [one.language for one in articles(items)] == ["en", "en", "en", "de"]
    items = book(tmp_path, page(long), page(long), page(long), contents={"text/p1.xhtml": "From contents"})
    (only,) = articles(items)
    assert only.title == "From contents"
    assert only.text.count("Another") == 3


def test_contents_of_the_second_version(tmp_path: Path) -> None:
    path = made.epub(tmp_path / "a.epub", {"a b.xhtml": page("<p>Some words</p>"), "c.xhtml": page("<p>More</p>")})
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name).decode() for name in archive.namelist()}
    package = members["OPS/book.opf"].replace('properties="nav"', "").replace("<spine>", '<spine toc="ncx">')
    members["OPS/book.opf"] = package.replace(
        "<manifest>", '<manifest><item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    ).replace('<itemref idref="nav"/>', "")
    members["OPS/toc.ncx"] = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>First</text></navLabel>'
        '<content src="text/a%20b.xhtml#top"/></navPoint></navMap></ncx>'
    )
    (only,) = articles(list(epub.read(made.zipped(tmp_path / "b.epub", members))))
    assert only.text.split("\n") == ["First", "Some words", "More"]


def test_the_date_of_publication_counts(tmp_path: Path) -> None:
    metadata = (
        '<dc:date event="modification">2024-01-01</dc:date><dc:date>2012</dc:date>'
        '<dc:date event="publication">2011-05-06</dc:date><dc:creator>A</dc:creator><dc:creator>B</dc:creator>'
    )
    path = made.epub(tmp_path / "a.epub", {"a.xhtml": page("<p>x</p>")}, metadata)
    (only,) = articles(list(epub.read(path)))
    assert (only.published_at, only.author) == ("2011-05-06", "A; B")


def test_one_bad_chapter_among_good_ones(tmp_path: Path) -> None:
    path = made.epub(tmp_path / "a.epub", {"a.xhtml": page("<h1>A</h1>"), "b.xhtml": "", "c.xhtml": page("<h1>C</h1>")})
    items = list(epub.read(path))
    assert [one.title for one in articles(items)] == ["A", "C"]
    assert [item.place for item in items if isinstance(item, Refusal)] == ["OPS/text/b.xhtml"]


@pytest.mark.parametrize(("method", "is_read"), [("http://www.idpf.org/2008/embedding", True), ("aes256-cbc", False)])
def test_protected_books_are_said_to_be_so(tmp_path: Path, method: str, is_read: bool) -> None:
    encryption = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData xmlns="http://www.w3.org/'
        f'2001/04/xmlenc#"><EncryptionMethod Algorithm="{method}"/></EncryptedData></encryption>'
    )
    pages = [page("<p>x</p>")]
    if is_read:
        assert articles(book(tmp_path, *pages, further={"META-INF/encryption.xml": encryption}))
    else:
        with pytest.raises(ImportRefused, match="protected against copying"):
            book(tmp_path, *pages, further={"META-INF/encryption.xml": encryption})


def test_books_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="not an EPUB"):
        list(epub.read(made.zipped(tmp_path / "a.epub", {"a": "b"})))
    with pytest.raises(ImportRefused, match="does not say where"):
        list(epub.read(made.zipped(tmp_path / "a.epub", {"META-INF/container.xml": "<a/>"})))
    with pytest.raises(ImportRefused, match="has no words"):
        book(tmp_path, page("<img src='a.png'/>"))
    outside = '<container><rootfiles><rootfile full-path="../../etc/passwd"/></rootfiles></container>'
    with pytest.raises(ImportRefused, match="It is not there"):
        list(epub.read(made.zipped(tmp_path / "a.epub", {"META-INF/container.xml": outside})))
    path = made.epub(tmp_path / "named.zip", {"a.xhtml": page("<p>x</p>")})
    assert registry.detect(path) is epub.FORMAT


def test_damaged_books_end_in_sentences_or_texts(examples: Path, tmp_path: Path) -> None:
    chance = random.Random(3)
    with zipfile.ZipFile(examples / "book.epub") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    read = 0
    for _ in range(80):
        name = chance.choice(list(members))
        data = bytearray(members[name])
        at = chance.randrange(len(data))
        data[at : at + chance.randrange(3)] = members[name][chance.randrange(len(data)) :][: chance.randrange(30)]
        try:
            items = list(epub.read(made.zipped(tmp_path / "a.epub", {**members, name: bytes(data)})))
        except ImportRefused:
            continue
        read += 1
        assert all(one.text == canonical(one.text) for one in articles(items))
    assert 0 < read < 80
