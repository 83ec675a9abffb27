"""Text, Markdown and HTML as articles."""

import hashlib
from pathlib import Path

import pytest
from tests.cpu_time import CpuTime

from annotator.domain.canonical_text import canonical
from annotator.domain.errors import ImportRefused
from annotator.formats.base import Article, Format
from annotator.formats.documents import html, markdown, text


def article_of(format: Format, path: Path, content: str | bytes) -> Article:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    assert format.read is not None
    (article,) = format.read(path)
    assert isinstance(article, Article)
    assert article.text == canonical(article.text)
    for _, span in article.structure:
        assert span.of(article.text).strip()
    return article


def parts(article: Article) -> list[tuple[str, str]]:
    return [(kind, span.of(article.text)) for kind, span in article.structure]


def test_text_is_kept_whole(tmp_path: Path) -> None:
    data = b"Title\r\n- one\r\n\r\nBody words go here.\r\n"
    article = article_of(text.FORMAT, tmp_path / "a.txt", data)
    assert article.text == "Title\n- one\n\nBody words go here.\n"
    assert parts(article) == [("title", "Title"), ("lead", "one")]
    assert article.origin_sha256 == hashlib.sha256(data).hexdigest()
    assert article.origin_path == str(tmp_path / "a.txt")
    assert article.origin_format == "text"


def test_markdown_becomes_readable_text(tmp_path: Path) -> None:
    source = """# A *title*

* First **lead**
* Second [lead](https://x.example)

Words that
go on with `code` &amp; more.\\
New line. ![a picture](p.png) <b>html</b>

1. one
   - nested

2. two

> Quoted.

```
kept  as is

  here
```

| Year | Gas |
|------|----:|
| 2024 | **12** |

<div>block <script>hidden()</script>words</div>
"""
    article = article_of(markdown.FORMAT, tmp_path / "a.md", source)
    assert article.text.split("\n") == [
        "A title",
        "- First lead",
        "- Second lead",
        "Words that go on with code & more.",
        "New line. a picture html",
        "1. one",
        "  - nested",
        "2. two",
        "Quoted.",
        "kept  as is",
        "",
        "  here",
        "Year | Gas",
        "2024 | 12",
        "block words",
    ]
    assert article.title == "A title"
    assert parts(article) == [("title", "A title"), ("lead", "First lead"), ("lead", "Second lead")]


def test_deep_lists_and_quotes_are_kept(tmp_path: Path) -> None:
    source = "".join(f"{'  ' * depth}- point {depth}\n" for depth in range(40)) + "\n" + "> " * 60 + "quoted"
    article = article_of(markdown.FORMAT, tmp_path / "a.md", source)
    assert "point 39" in article.text
    assert "quoted" in article.text


def test_front_matter_is_read(tmp_path: Path) -> None:
    source = """---
title: "Talks: a beginning"
authors:
  - Ada Roe
  - 'Bo Li'
date: 4 March 2025
outlet: Coast Gazette
lang: en
url: https://coast.example/1
tags: [a, b]
# a remark
---
Body words.
"""
    article = article_of(markdown.FORMAT, tmp_path / "a.md", source)
    assert article.title == "Talks: a beginning"
    assert article.text == "Talks: a beginning\nBody words."
    assert article.author == "Ada Roe; Bo Li"
    assert article.published_at == "2025-03-04"
    assert (article.source, article.language, article.address) == ("Coast Gazette", "en", "https://coast.example/1")


def test_a_date_that_could_be_two_is_noted(tmp_path: Path) -> None:
    article = article_of(markdown.FORMAT, tmp_path / "a.md", "---\ndate: 3/4/2025\n---\nTitle\n\nBody.")
    assert article.published_at == ""
    assert "3/4/2025" in article.note


def test_lines_between_rules_are_no_front_matter(tmp_path: Path) -> None:
    article = article_of(markdown.FORMAT, tmp_path / "a.md", "---\n\nWords: they stay.\n\n- so\n\n---\n\nBody.")
    assert "they stay" in article.text
    assert "- so" in article.text


def test_a_heading_further_down_is_the_title(tmp_path: Path) -> None:
    article = article_of(markdown.FORMAT, tmp_path / "a.md", "By Ada Roe\n\n## The *title*\n\n- lead\n\nBody.")
    assert article.title == "The title"
    assert parts(article) == [("title", "The title"), ("lead", "lead")]


@pytest.mark.parametrize("source", ["---\ntitle: T\n---\n", "<!-- only a remark -->", "> > >", "***"])
def test_markdown_without_words_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(ImportRefused, match="is empty"):
        article_of(markdown.FORMAT, tmp_path / "a.md", source)


@pytest.mark.parametrize(
    "source",
    ["[" * 20_000, "> " * 20_000 + "a", "*a " * 20_000, "![[]()" * 10_000, "`" * 20_000 + "a", "a\n" * 20_000],
    ids=["brackets", "quotes", "stars", "images", "ticks", "lines"],
)
def test_hostile_markdown_takes_little_time(tmp_path: Path, source: str) -> None:
    cpu = CpuTime()
    assert article_of(markdown.FORMAT, tmp_path / "a.md", f"Shown words.\n\n{source}").text.startswith("Shown words.")
    assert cpu.seconds() < 10


def test_a_page_with_all_it_says(examples: Path) -> None:
    (article,) = html.read(examples / "article.html")
    assert isinstance(article, Article)
    assert article.title == "Ministry denies plan to close two border posts"
    assert article.author == "Tomas Reit"
    assert article.source == "Eastern Observer"
    assert article.published_at == "2025-05-02T07:30:00+00:00"
    assert article.language == "en"
    assert article.address == "https://eastern-observer.example/border-posts"
    lines = article.text.split("\n")
    assert lines[0] == article.title
    assert [kind for kind, _ in article.structure] == ["title", "lead", "lead"]
    assert lines[-1].endswith("with the minister & the head of customs.")
    for word in ("Sport", "Imprint", "document.write", "color: grey"):
        assert word not in article.text


def test_a_small_page_keeps_its_sentences_whole(tmp_path: Path) -> None:
    page = "<p>Hi <b>there</b>,<br>you &lt;all&gt;.<ul><li>one<li>two</ul><table><tr><td>a<td>b</table>"
    article = article_of(html.FORMAT, tmp_path / "a.html", page + "<script>x()</script><style>y</style>")
    assert article.text == "Hi there,\nyou <all>.\n- one\n- two\na | b"


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "utf-8", "utf-16"])
def test_the_stated_encoding_of_a_page(tmp_path: Path, encoding: str) -> None:
    page = f'<html><head><meta charset="{encoding}"></head><body><p>Президент заявил</p></body></html>'
    assert article_of(html.FORMAT, tmp_path / "a.html", page.encode(encoding)).text == "Президент заявил"


def test_a_wrong_encoding_that_a_page_states_is_not_believed(tmp_path: Path) -> None:
    for name in ("utf-16", "rot13", "no-such", "unicode_escape"):
        page = f'<meta charset="{name}"><p>Caf\\u0041 words</p>'
        assert article_of(html.FORMAT, tmp_path / "a.html", page).text == "Caf\\u0041 words"


def test_nothing_outside_a_page_is_fetched_or_expanded(tmp_path: Path, network_attempts: list[object]) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden words", encoding="utf-8")
    page = f"""<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "{"x" * 1000}"><!ENTITY b "{"&a;" * 1000}">
    <!ENTITY c "{"&b;" * 1000}"><!ENTITY f SYSTEM "{secret.as_uri()}">]>
    <html><head><link rel="stylesheet" href="http://pages.example/x.css"></head>
    <body><p>Shown words &c; &f;</p><img src="http://pages.example/x.png"></body></html>"""
    article = article_of(html.FORMAT, tmp_path / "a.html", page)
    assert "Shown words" in article.text
    assert "hidden words" not in article.text
    assert len(article.text) < 10_000
    assert network_attempts == []


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<div>" * 10_000 + "<p>Deep words here.</p>" + "</div>" * 10_000, "Deep words here."),
        ("<b>" * 100_000 + "Bold words.", "Bold words."),
        ("<table>" * 10_000 + "Words.", "Words."),
        ("<p>Words <!--" + "<!--" * 50_000, "Words"),
        ("<p>Words" + "<a " * 50_000, "Words"),
        ("<p>A line that is said.</p>" * 20_000, "A line that is said."),
        ("<p>Words &amp" + "&" * 100_000, "Words"),
        ("<p>Words <a " + " ".join(f"a{number}=1" for number in range(100_000)) + ">here</a>", "Words here"),
    ],
    ids=["divs", "bold", "tables", "remarks", "tags", "paragraphs", "ampersands", "attributes"],
)
def test_hostile_pages_take_little_time(tmp_path: Path, page: str, words: str) -> None:
    cpu = CpuTime()
    assert words in article_of(html.FORMAT, tmp_path / "a.html", f"<html><body>{page}").text
    assert cpu.seconds() < 10


def test_a_page_without_words_is_refused(tmp_path: Path) -> None:
    for page in ("<html><script>write(1)</script></html>", "<html></html>", "<!--" * 100):
        with pytest.raises(ImportRefused, match="is empty"):
            article_of(html.FORMAT, tmp_path / "a.html", page)
