"""What web pages say of their articles: JSON-LD, Open Graph, Dublin Core and the rest, and what counts of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cpu_time import CpuTime

from annotator.formats.base import Article
from annotator.formats.documents import html

BODY = "<p>The ferry to Ulvö will not run before June, the harbour office said on Monday.</p>" * 3


def page(head: str = "", body: str = "", attributes: str = "") -> Article:
    heading = "<h1>Ferry stays in port</h1>"
    return html.article_of(
        f"<html {attributes}><head>{head}</head><body><article>{heading}{body}{BODY}</article></body></html>", "a.html"
    )


def ld(*things: Any) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(thing)}</script>' for thing in things)


NEWS = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Ferry stays in port",
    "datePublished": "2025-03-10T06:15:00+01:00",
    "dateModified": "2025-03-11T09:00:00+01:00",
    "author": [{"@type": "Person", "name": "Ylva Brandt"}, "Nils O&#39;Hara"],
    "publisher": {"@type": "Organization", "name": "Skerry Post"},
    "inLanguage": "en-GB",
    "mainEntityOfPage": {"@type": "WebPage", "@id": "https://skerry.example/ferry", "name": "Ferry"},
    "description": "No boat before June.",
    "articleSection": "Coast",
    "keywords": "ferry, harbour",
    "isAccessibleForFree": False,
}


def test_json_ld_with_all_it_says() -> None:
    article = page(ld(NEWS))
    assert article.title == article.text.split("\n")[0] == "Ferry stays in port"
    assert article.published_at == "2025-03-10T06:15:00+01:00"
    assert article.author == "Ylva Brandt; Nils O'Hara"
    assert article.source == "Skerry Post"
    assert article.language == "en-GB"
    assert article.address == "https://skerry.example/ferry"
    assert article.facts == {
        "kind": "NewsArticle",
        "summary": "No boat before June.",
        "section": "Coast",
        "modified": "2025-03-11T09:00:00+01:00",
        "keywords": ["ferry", "harbour"],
        "is_free": False,
    }


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Ylva Brandt", "Ylva Brandt"),
        ("By Ylva Brandt", "Ylva Brandt"),
        ({"name": "Ylva Brandt"}, "Ylva Brandt"),
        ({"name": ["Ylva Brandt"]}, "Ylva Brandt"),
        ({"givenName": "Ylva", "familyName": "Brandt"}, "Ylva Brandt"),
        ({"@id": "#/person/1"}, "Ylva Brandt"),
        ({"@id": "#/person/2"}, ""),
        ([{"name": "Ylva Brandt"}, {"name": "Ylva Brandt"}, {"name": "李明"}], "Ylva Brandt; 李明"),
        ("https://pages.example/ylva", ""),
        ([None, 7, True, {}, [[]], {"name": {"name": 3}}], ""),
    ],
)
def test_authors_in_any_shape(author: Any, expected: str) -> None:
    person = {"@type": "Person", "@id": "#/person/1", "name": "Ylva Brandt"}
    article = page(ld({"@graph": [{"@type": ["Article"], "headline": "Ferry", "author": author}, person]}))
    assert article.author == expected


def test_meta_elements_of_three_kinds() -> None:
    opened = """<meta property="og:title" content="Ferry stays in port | Skerry Post"><meta property="og:site_name"
    content="Skerry Post"><meta property="article:published_time" content="2025-03-10T05:15:00Z"><meta
    property="og:locale" content="sv_SE"><meta property="og:url" content="https://skerry.example/ferry"><meta
    property="article:author" content="https://social.example/ylva"><meta name="author" content="Ylva Brandt">"""
    article = page(opened)
    assert (article.title, article.source, article.language) == ("Ferry stays in port", "Skerry Post", "sv-SE")
    assert (article.published_at, article.address) == ("2025-03-10T05:15:00+00:00", "https://skerry.example/ferry")
    assert article.author == "Ylva Brandt"
    assert "stated_otherwise" not in article.facts
    cited = """<meta name="citation_title" content="Ferry stays in port">
    <meta name="citation_author" content="Brandt, Ylva"><meta name="citation_author" content="Oke, Nils">
    <meta name="citation_publication_date" content="2025/3/10">
    <meta name="citation_journal_title" content="Coastal Letters"><meta name="citation_doi" content="10.5555/ferry">"""
    article = page(cited)
    assert (article.author, article.published_at) == ("Brandt, Ylva; Oke, Nils", "2025-03-10")
    assert (article.source, article.facts) == ("Coastal Letters", {"doi": "10.5555/ferry"})
    core = """<meta name="DC.title" content="Ferry stays in port"><meta name="DCTERMS.issued" content="2025-03-10">
    <meta name="dc:creator" content="Ylva Brandt"><meta name="DC.publisher" content="Harbour Office">"""
    article = page(core, attributes='lang="en"')
    assert (article.published_at, article.author) == ("2025-03-10", "Ylva Brandt")
    assert (article.source, article.language) == ("Harbour Office", "en")


def test_what_contradicts_is_kept_with_where_it_stands() -> None:
    head = """<link rel="canonical" href="https://skerry.example/news/ferry"><meta property="og:site_name"
    content="The Skerry Post"><meta property="article:published_time" content="2025-03-12"><meta name="author"
    content="Desk"><meta property="og:title" content="No ferry this spring">"""
    article = page(head + ld(NEWS), attributes='lang="de"')
    assert article.published_at == "2025-03-10T06:15:00+01:00"
    assert article.address == "https://skerry.example/news/ferry"
    assert article.source == "The Skerry Post"
    assert article.facts["stated_otherwise"] == {
        "title": {"og:title": "No ferry this spring"},
        "author": {"author": "Desk"},
        "published_at": {"article:published_time": "2025-03-12"},
        "source": {"json-ld:publisher": "Skerry Post"},
        "language": {"html lang": "de"},
        "address": {"json-ld:mainEntityOfPage": "https://skerry.example/ferry"},
    }


def test_one_moment_in_two_zones_is_no_contradiction() -> None:
    head = """<meta property="article:published_time" content="2025-03-10T05:15:00Z"><meta name="date"
    content="2025-03-10"><link rel="canonical" href="http://www.skerry.example/ferry/">"""
    assert "stated_otherwise" not in page(head + ld(NEWS)).facts


def test_the_article_of_the_page_is_told_from_others() -> None:
    other = NEWS | {"headline": "Lighthouse sold", "mainEntityOfPage": "https://skerry.example/light"}
    other["author"] = "Somebody Else"
    assert page(ld(other, NEWS)).author == "Ylva Brandt; Nils O'Hara"
    by_address = '<link rel="canonical" href="https://skerry.example/light">'
    assert page(by_address + ld([NEWS | {"headline": "Other"}, other])).author == "Somebody Else"
    nobody = page(ld([NEWS | {"headline": "One"}, NEWS | {"headline": "Two"}]))
    assert (nobody.author, nobody.published_at) == ("", "")


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("0001-01-01T00:00:00", ""),
        ("1970-01-01T00:00:00Z", ""),
        ("3/4/2025", ""),
        ("2025", ""),
        ("Mon, 10 Mar 2025 06:15:00 +0100", "2025-03-10T06:15:00+01:00"),
        ("March 10, 2025", "2025-03-10"),
        ("2025-02-30", ""),
        (20250310, ""),
    ],
)
def test_dates_in_many_shapes(stated: Any, expected: str) -> None:
    article = page(ld(NEWS | {"datePublished": stated, "dateModified": None}))
    assert article.published_at == expected
    assert article.facts.get("date") == (None if expected or not isinstance(stated, str) else stated)


def test_times_in_the_page_count_where_they_are_of_one_day() -> None:
    once = '<time datetime="2025-03-10T06:15">Monday</time>'
    assert page(body=once).published_at == "2025-03-10T06:15:00"
    comments = '<time datetime="2025-03-14">Friday</time><time datetime="2025-03-15">Saturday</time>'
    said = '<time itemprop="datePublished" datetime="2025-03-10">Monday</time>'
    assert page(body=said + comments).published_at == "2025-03-10"


def test_where_a_browser_saved_a_page_from() -> None:
    article = page("<!-- saved from url=(0028)https://skerry.example/ferry -->")
    assert article.address == "https://skerry.example/ferry"
    remark = "Page saved with SingleFile \n url: https://skerry.example/f?x=1 \n saved date: Mon Mar 10 2025\n"
    article = page(f"<!--\n {remark}-->")
    assert (article.address, article.facts) == ("https://skerry.example/f?x=1", {"saved_at": "Mon Mar 10 2025"})


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "Ferry stays in port", "author": "Ylva Brandt",}',
        '<!-- {"@type": "Article", "headline": "Ferry", "author": "Ylva Brandt"} -->',
        '//<![CDATA[\n{"@type": "Article", "headline": "Ferry", "author": "Ylva Brandt"}\n//]]>',
        '{"@type": "Article", "headline": "Ferry\n stays", "author": "Ylva Brandt"};',
        '{"@type": "Article", "name": "F", "author": "Ylva Brandt"}'.replace('"', "&quot;"),
        '[[{"@type": "http://schema.org/Article", "name": "F", "author": "Ylva Brandt"}]]',
    ],
    ids=["comma", "remark", "cdata", "line", "entities", "lists"],
)
def test_json_ld_as_pages_really_write_it(script: str) -> None:
    assert page(f'<script type="application/ld+json; charset=utf-8">{script}</script>').author == "Ylva Brandt"


@pytest.mark.parametrize(
    "make",
    [
        lambda: "[" * 900_000,
        lambda: '{"@graph":' * 150_000 + "1" + "}" * 150_000,
        lambda: '{"@graph":' * 900 + '{"@type":"Article","headline":"x"}' + "}" * 900,
        lambda: json.dumps([[]] * 100_000),
        lambda: json.dumps([{"@type": "Article", "name": "Ferry", "author": [{"@id": "a"}] * 50}] * 2_000),
        lambda: '{"@type":"Article","headline":' + "9" * 900_000 + "}",
        lambda: '{"@type":"Article","headline":"a","author":' + '{"name":' * 900 + '"b"' + "}" * 901,
        lambda: (
            '{"@type":"Article","headline":"\\ud800\\u0000 x","url":"http://\\ud800","datePublished":"9999-99-99T"}'
        ),
        lambda: '{"@type":{"a":[1]},"headline":[{}],"@id":[1],"@graph":{"@graph":null},"publisher":[[["x"]]]}',
        lambda: '{"@type":"Article","headline":"' + ", ; ]" * 50_000,
        lambda: "x" * 5_000_000,
    ],
    ids=["lists", "graphs", "deep", "empty", "many", "number", "names", "surrogates", "types", "commas", "long"],
)
def test_hostile_json_ld_never_hurts(make: Callable[[], str]) -> None:
    cpu = CpuTime()
    article = page(f'<script type="application/ld+json">{make()}</script>')
    assert article.text.startswith("Ferry stays in port") or article.title
    assert "The ferry to Ulvö will not run" in article.text
    assert "\x00" not in article.title and article.title.isprintable()
    assert cpu.seconds() < 5


def test_meta_elements_without_end(tmp_path: Path) -> None:
    many = "".join(f'<meta name="n{n}" content="v"><meta name="author" content="A {n}">' for n in range(2_000))
    article = page(many + f'<meta name="description" content="{"d" * 100_000}">')
    assert len(article.author) <= 300
    assert len(str(article.facts)) < 10_000
