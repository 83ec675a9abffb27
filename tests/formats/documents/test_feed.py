"""Feeds saved as files: RSS in its versions, RDF and Atom."""

from pathlib import Path

import pytest

from annotator.domain.errors import ImportRefused
from annotator.formats import registry
from annotator.formats.base import Article, Refusal
from annotator.formats.documents import feed

RSS = """<rss version="2.0"><channel><title>Courier</title><link>https://c.example/x/</link><language>sv</language>
{}</channel></rss>"""
ITEM = "<item><title>{0}</title><description>{0} is open.</description></item>"


def saved(path: Path, source: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(source.encode(encoding))
    return path


def read(path: Path) -> list[Article]:
    assert registry.detect(path) is feed.FORMAT
    return [item for item in feed.read(path) if isinstance(item, Article)]


def test_an_entry_of_rss(tmp_path: Path) -> None:
    entry = """<item xmlns:m="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <title>Prices &amp;amp; &lt;b&gt;wages&lt;/b&gt; 🦊</title><m:content url="https://c.example/i.png">x</m:content>
    <link>../a?b=1&amp;c=2</link><pubDate>Tue, 04 Mar 2025 06:30 GMT</pubDate>
    <author>runa@c.example (Runa Holm)</author><dc:creator>Ben Ek</dc:creator><dc:creator>Ben Ek</dc:creator>
    <description>&lt;p&gt;Wages rose&amp;nbsp;by 3&nbsp;%.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</description>
    <source url="https://wire.example/feed">The Wire</source><category>Work</category><category>Money</category>
    </item>"""
    (article,) = read(saved(tmp_path / "a.xml", RSS.format(entry)))
    assert (article.title, article.source, article.author) == ("Prices & wages 🦊", "The Wire", "Runa Holm; Ben Ek")
    assert article.text == "Prices & wages 🦊\nWages rose\u00a0by 3\u00a0%."
    assert (article.published_at, article.language) == ("2025-03-04T06:30:00+00:00", "sv")
    assert article.address == "https://c.example/a?b=1&c=2"
    assert article.facts == {"categories": ["Work", "Money"], "feed": "Courier"}


def test_an_entry_of_atom(tmp_path: Path) -> None:
    source = """<?xml version="1.0" encoding="iso-8859-1"?><!-- made by hand -->
    <a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://z.example/">
    <a:title type="html">Zeitung &amp;amp; Co</a:title>
    <a:entry><a:id>urn:1</a:id><a:title type="text">Häfen &lt;3</a:title><a:link rel="edit" href="e"/>
    <a:link href="n/1"/><a:updated>2025-03-05T01:02:03Z</a:updated><a:published>2025-03-04T01:02:03Z</a:published>
    <a:author><a:name>Ada</a:name><a:email>a@z.example</a:email></a:author><a:summary>Kurz.</a:summary>
    <a:content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Der Hafen ist <b>offen</b>.</p><p>Bis Mai.</p>
    </div></a:content></a:entry></a:feed>"""
    (article,) = read(saved(tmp_path / "a.atom", source, "iso-8859-1"))
    assert article.title == "Häfen <3"
    assert article.text == "Häfen <3\nDer Hafen ist offen.\nBis Mai."
    assert (article.source, article.author, article.language) == ("Zeitung & Co", "Ada", "de")
    assert (article.address, article.published_at) == ("https://z.example/n/1", "2025-03-04T01:02:03+00:00")
    assert article.facts == {"id": "urn:1", "summary": "Kurz."}


def test_entries_beside_their_channel(tmp_path: Path) -> None:
    source = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://c.example/"><title>Courier</title>
    <link>https://c.example/</link></channel>
    <item rdf:about="https://c.example/1"><title>One</title><link>https://c.example/1</link>
    <description>Words of one.</description><dc:date>2025-03-04</dc:date><dc:subject>Sea</dc:subject></item>
    <item rdf:about="https://c.example/2"><title>Two</title><description>Words of two.</description></item></rdf:RDF>"""
    first, second = read(saved(tmp_path / "a.rdf", source))
    assert (first.source, first.published_at, first.facts) == ("Courier", "2025-03-04", {"categories": ["Sea"]})
    assert (second.source, second.text) == ("Courier", "Two\nWords of two.")


def test_many_entries_and_one_without_words(tmp_path: Path) -> None:
    entries = "".join(ITEM.format(f"Port {number}") for number in range(300))
    path = saved(tmp_path / "a.xml", RSS.format(f"{entries}<item><title>Bare</title></item>{ITEM.format('Last')}"))
    items = list(feed.read(path))
    assert len(items) == 302
    (refused,) = (item for item in items if isinstance(item, Refusal))
    assert refused.place == "entry 301" and "only a title, “Bare”" in refused.reason
    assert [item.origin_path for item in items if isinstance(item, Article)][-1] == f"{path}!/302"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (RSS.format(""), "without entries"),
        (RSS.format(ITEM.format("A"))[:-40], "not complete XML"),
        ('<!DOCTYPE r [<!ENTITY x "y">]>' + RSS.format(ITEM.format("&x;")), "defines its own entities"),
        (RSS.format("<a>" * 10_000), "nested more than"),
    ],
)
def test_what_is_no_whole_feed_is_refused(tmp_path: Path, source: str, words: str) -> None:
    path = saved(tmp_path / "a.xml", source)
    assert registry.detect(path) is feed.FORMAT
    with pytest.raises(ImportRefused, match=words):
        list(feed.read(path))


def test_links_that_are_none_are_kept_as_they_stand(tmp_path: Path) -> None:
    entry = ITEM.format("A").replace("<item>", "<item xml:base='http://[x'><link>//[y</link>", 1)
    (article,) = read(saved(tmp_path / "a.xml", RSS.format(entry)))
    assert article.address == "//[y"


def test_what_only_talks_of_feeds_is_none(tmp_path: Path) -> None:
    for source in (
        "<html><body><rss version='2.0'></body></html>",
        "How to write <rss version='2.0'>",
        "<tei><rss/></tei>",
    ):
        assert not feed.sniff(tmp_path / "a", source.encode())
    assert feed.sniff(tmp_path / "a", "\ufeff<?xml version='1.0'?>\n<rss version='0.91'>".encode("utf-16-le"))
