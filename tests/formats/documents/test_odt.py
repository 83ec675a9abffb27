"""OpenDocument texts as articles."""

import random
import zipfile
from pathlib import Path

import pytest
from tests.formats.documents import office_files as made

from annotator.domain.canonical_text import canonical
from annotator.domain.errors import ImportRefused
from annotator.formats import registry
from annotator.formats.base import Article
from annotator.formats.documents import odt


def article_of(path: Path) -> Article:
    (article,) = odt.read(path)
    assert isinstance(article, Article)
    return article


def lines_of(path: Path, body: str) -> list[str]:
    return article_of(made.odt(path / "a.odt", body)).text.split("\n")


def p(words: str) -> str:
    return f"<text:p>{words}</text:p>"


def items(*words: str, style: str = "Dots") -> str:
    inside = "".join(f"<text:list-item>{one if '<' in one else p(one)}</text:list-item>" for one in words)
    return f'<text:list text:style-name="{style}">{inside}</text:list>'


def test_the_example(examples: Path) -> None:
    article = article_of(examples / "article.odt")
    assert article.text.split("\n") == [
        "Harbour of Halvik closes for repairs",
        "- Two quays are out of use",
        "- The council denies a delay",
        "The harbour will be shut from Thursday, the council said.[1]",
        "What it costs",
        "Quay | Crowns",
        "North | 40,000",
        "“It may take until June”, an engineer said on condition of anonymity 🏗.",
        "[1] Notice to mariners 14, 2 May.",
    ]
    assert [kind for kind, _ in article.structure] == ["title", "lead", "lead"]
    assert (article.title, article.author) == ("Harbour of Halvik closes for repairs", "Ada Lund")
    assert (article.published_at, article.language) == ("2025-05-06T08:00:00", "en-GB")
    assert article.facts == {"keywords": ["harbour"]}


def test_white_space_is_what_the_format_says(tmp_path: Path) -> None:
    body = (
        p('  a\n   b<text:s text:c="3"/>c<text:tab/>d<text:line-break/> e <text:span> f</text:span> ')
        + p('<text:s text:c="999999"/>g')
        + p("x<text:soft-page-break/>y")
    )
    assert lines_of(tmp_path, body) == ["a b   c\td", "e f", "g", "xy"]


def test_lists_count_as_they_are_shown(tmp_path: Path) -> None:
    nested = p("three") + items("first", "second", style="")
    body = (
        items("dot", p("outer") + items("inner"))
        + items(nested, "four", style="Numbers")
        + "<text:list><text:list-header><text:p>header</text:p></text:list-header></text:list>"
    )
    assert lines_of(tmp_path, body) == [
        "- dot",
        "- outer",
        "  - inner",
        "3. three",
        "3.a) first",
        "3.b) second",
        "4. four",
        "header",
    ]


def test_frames_notes_comments_and_contents(tmp_path: Path) -> None:
    box = f"<draw:frame><draw:text-box>{p('In the box')}{items('dot')}</draw:text-box></draw:frame>"
    note = f"<text:note-citation>*</text:note-citation><text:note-body>{p('A note')}</text:note-body>"
    note = f"<text:note>{note}</text:note>"
    comment = f"<office:annotation><dc:creator>Desk</dc:creator>{p('Check this')}</office:annotation>"
    body = (
        f"<text:table-of-content><text:index-body>{p('Contents')}</text:index-body></text:table-of-content>"
        f"<text:section>{p(f'Before {box}and after{note}{comment}')}</text:section>"
        f'<text:section text:display="none">{p("Not shown")}</text:section>{p("Next")}{box}'
    )
    article = article_of(made.odt(tmp_path / "a.odt", body))
    assert article.text.split("\n") == [
        "Before and after[1]",
        "In the box",
        "- dot",
        "Next",
        "In the box",
        "- dot",
        "[1] A note",
    ]
    assert article.facts == {"comments": ["Desk: Check this"], "left_out": ["table of contents"]}
    assert article.language == "de-CH"


def test_tables(tmp_path: Path) -> None:
    cell = f"<table:table-cell>{p('a')}{p('b')}</table:table-cell>"
    empty = '<table:table-cell table:number-columns-repeated="2"/>'
    huge = '<table:table-cell table:number-columns-repeated="999999"/>'
    body = f"<table:table><table:table-row>{cell}{empty}{cell}{huge}</table:table-row></table:table>"
    assert lines_of(tmp_path, body) == ["a b |  |  | a b"]


def test_the_title_by_a_style_made_from_title(tmp_path: Path) -> None:
    body = p("Kicker") + '<text:p text:style-name="P1">The   head</text:p>' + p("Words of the article.")
    article = article_of(made.odt(tmp_path / "a.odt", body, "<dc:title>Template</dc:title>"))
    assert article.title == "The head"
    assert article.structure[0][1].of(article.text) == "The head"
    assert article.facts == {"title": "Template"}


def test_a_password_is_said(tmp_path: Path) -> None:
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry m:full-path='
        '"content.xml"><m:encryption-data/></m:file-entry></m:manifest>'
    )
    path = made.odt(tmp_path / "a.odt", p("x"), further={"META-INF/manifest.xml": manifest, "content.xml": b"\x01"})
    with pytest.raises(ImportRefused, match="protected by a password"):
        article_of(path)


def test_how_it_is_told(tmp_path: Path, examples: Path) -> None:
    path = made.odt(tmp_path / "named.zip", p("x"))
    assert registry.detect(path) is odt.FORMAT
    other = made.zipped(tmp_path / "a.odt", {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})
    with pytest.raises(ImportRefused):
        registry.detect(other)
    unnamed = made.zipped(tmp_path / "b.odt", {"content.xml": "<a/>"})
    assert registry.detect(unnamed) is odt.FORMAT
    with pytest.raises(ImportRefused, match="holds no text of OpenDocument"):
        article_of(unnamed)


def test_damaged_documents_end_in_a_sentence_or_a_text(examples: Path, tmp_path: Path) -> None:
    chance = random.Random(5)
    with zipfile.ZipFile(examples / "article.odt") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    read = 0
    for _ in range(60):
        name = chance.choice(list(members))
        data = bytearray(members[name])
        at = chance.randrange(len(data))
        data[at : at + chance.randrange(3)] = members[name][chance.randrange(len(data)) :][: chance.randrange(30)]
        try:
            article = article_of(made.zipped(tmp_path / "a.odt", {**members, name: bytes(data)}))
        except ImportRefused:
            continue
        read += 1
        assert article.text == canonical(article.text)
    assert 0 < read < 60
