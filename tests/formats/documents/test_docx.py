"""Word documents as articles."""

import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.documents import office_files as made
from tests.formats.documents.office_files import item, paragraph, row, run, said

from annotator.domain.canonical_text import canonical
from annotator.domain.errors import ImportRefused
from annotator.formats import registry
from annotator.formats.base import Article
from annotator.formats.documents import docx
from annotator.formats.reading.limits import Limits, using


def article_of(path: Path) -> Article:
    (article,) = docx.read(path)
    assert isinstance(article, Article)
    return article


def lines_of(path: Path, body: str, **further: Any) -> list[str]:
    return article_of(made.docx(path / "a.docx", body, **further)).text.split("\n")


@pytest.mark.parametrize("name", made.EXAMPLES)
def test_the_examples_are_made_here(name: str, examples: Path, tmp_path: Path) -> None:
    assert (examples / name).read_bytes() == made.EXAMPLES[name](tmp_path / name).read_bytes()


def test_the_example(examples: Path) -> None:
    article = article_of(examples / "article.docx")
    assert article.text.split("\n") == [
        "Ferry to Halvik stays in port",
        "- The operator speaks of a fault in the steering gear",
        "- The harbour master knew of it in March",
        "The ferry to Halvik will not sail before Thursday, its operator said.[1]",
        "What is known",
        "Day | Crossings | Passengers",
        "Monday | 6 | 1,140",
        "Tuesday | 0 | 0",
        "“We repaired it twice 🛠”, the harbour master told this paper.",
        "[1] Statement of the operator to its passengers, 3 May.",
    ]
    assert [(kind, span.of(article.text)) for kind, span in article.structure] == [
        ("title", "Ferry to Halvik stays in port"),
        ("lead", "The operator speaks of a fault in the steering gear"),
        ("lead", "The harbour master knew of it in March"),
    ]
    assert (article.title, article.author) == ("Ferry to Halvik stays in port", "Ada Lund")
    assert (article.published_at, article.language) == ("2025-05-04T09:30:00+00:00", "en-GB")
    assert article.facts == {}


def test_a_document_of_a_library(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_heading("A heading", 1)
    document.add_paragraph("One", style="List Bullet")
    document.add_paragraph("First", style="List Number")
    document.add_paragraph("Second", style="List Number")
    table = document.add_table(2, 2)
    for number, cell in enumerate(table._cells):
        cell.text = f"cell {number}"
    document.core_properties.title = "Stated"
    document.core_properties.author = "Bo"
    document.sections[0].header.paragraphs[0].text = "The Halvik Gazette"
    document.save(str(tmp_path / "a.docx"))
    article = article_of(tmp_path / "a.docx")
    assert article.text.split("\n") == [
        "A heading",
        "- One",
        "1. First",
        "2. Second",
        "cell 0 | cell 1",
        "cell 2 | cell 3",
    ]
    assert (article.title, article.author) == ("A heading", "Bo")
    assert article.facts["title"] == "Stated"
    assert article.facts["headers"] == ["The Halvik Gazette"]
    assert registry.detect(tmp_path / "a.docx") is docx.FORMAT


def test_tracked_changes_are_read_as_accepted(tmp_path: Path) -> None:
    body = (
        paragraph(
            f"{run(said('Old and '))}<w:del>{run('<w:delText>gone </w:delText>')}</w:del>"
            f"<w:ins>{run(said('new'))}</w:ins>"
        )
        + paragraph(f"<w:moveFrom>{run(said('moved'))}</w:moveFrom>{run(said('Stays'))}")
        + paragraph(f"<w:moveTo>{run(said('moved'))}</w:moveTo>")
        + paragraph("Joined ", properties="<w:rPr><w:del/></w:rPr>")
        + paragraph("in one line")
        + paragraph("Last, with its end deleted", properties="<w:rPr><w:del/></w:rPr>")
        + "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p/></w:tc></w:tr>"
        + row("kept", "row")
        + "</w:tbl>"
    )
    assert lines_of(tmp_path, body) == [
        "Old and new",
        "Stays",
        "moved",
        "Joined in one line",
        "Last, with its end deleted",
        "kept | row",
    ]


def test_what_runs_show(tmp_path: Path) -> None:
    no_vanish = '<w:vanish w:val="0"/>'
    body = (
        paragraph(run(f"{said('a')}<w:tab/>{said('b')}<w:br/>{said('c')}<w:noBreakHyphen/>{said('d')}<w:softHyphen/>"))
        + paragraph(f"{run(said('seen '))}{run(said('hidden'), '<w:vanish/>')}{run(said('too'), no_vanish)}")
        + paragraph(
            f'<w:hyperlink r:id="x" xmlns:r="r">{run(said("the words of a link"))}</w:hyperlink>'
            f'{run("<w:instrText>PAGE</w:instrText>")}<w:fldSimple w:instr="DATE">{run(said(" 3 May"))}</w:fldSimple>'
        )
        + paragraph(
            f"<w:r><w:ruby><w:rt>{run(said('kan'))}</w:rt><w:rubyBase>{run(said('漢'))}</w:rubyBase></w:ruby></w:r>"
        )
    )
    assert lines_of(tmp_path, body) == ["a\tb", "c\u2011d", "seen too", "the words of a link 3 May", "漢"]


def test_lists_count_as_they_are_shown(tmp_path: Path) -> None:
    body = (
        item("dot")
        + item("deeper", 1, 1)
        + item("three", 2)
        + item("first", 2, 1)
        + item("second", 2, 1)
        + item("four", 2)
        + item("again", 2, 1)
        + paragraph("by its style", "Dots")
        + paragraph("no such list", properties='<w:numPr><w:numId w:val="99"/></w:numPr>')
    )
    assert lines_of(tmp_path, body) == [
        "- dot",
        "  - deeper",
        "3. three",
        "3.a) first",
        "3.b) second",
        "4. four",
        "4.a) again",
        "- by its style",
        "no such list",
    ]


def test_text_boxes_come_once_and_after_their_paragraph(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('In the box')}{item('dot')}</w:txbxContent>"
    twice = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    body = paragraph(f"{run(said('Before '))}<w:r>{twice}</w:r>{run(said('and after'))}") + paragraph("Next")
    assert lines_of(tmp_path, body) == ["Before and after", "In the box", "- dot", "Next"]


def test_tables_for_the_layout_are_running_text(tmp_path: Path) -> None:
    long, inner = "words " * 60, f"<w:tbl>{row('inner', 'two')}</w:tbl>"
    body = (
        f"<w:tbl>{row(paragraph('One') + paragraph('Two'))}</w:tbl>"
        f"<w:tbl>{row(paragraph('Left') + paragraph(long), 'Right')}</w:tbl>"
        f"<w:tbl>{row(paragraph('a') + paragraph('b'), '', 'c')}</w:tbl>"
        f"<w:tbl>{row('outer', inner)}</w:tbl>"
    )
    assert lines_of(tmp_path, body) == ["One", "Two", "Left", long.strip(), "Right", "a b |  | c", "outer | inner two"]


def test_notes_comments_and_contents(tmp_path: Path) -> None:
    footnotes = (
        f'<w:footnotes {made.W}><w:footnote w:id="1">{paragraph("First")}{paragraph("goes on")}</w:footnote>'
        f'<w:footnote w:id="2">{paragraph("")}</w:footnote></w:footnotes>'
    )
    endnotes = f'<w:endnotes {made.W}><w:endnote w:id="1">{paragraph("At the end")}</w:endnote></w:endnotes>'
    comments = (
        f'<w:comments {made.W}><w:comment w:id="0" w:author="Desk">{paragraph("Check this")}</w:comment></w:comments>'
    )
    body = (
        paragraph("Contents 1", "Toc1")
        + "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
        f"<w:sdtContent>{paragraph('Contents')}</w:sdtContent></w:sdt>"
        f"<w:sdt><w:sdtContent>{paragraph('In a field')}</w:sdtContent></w:sdt>"
        + paragraph(
            f'{run(said("a"))}<w:r><w:footnoteReference w:id="1"/></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
            f'<w:r><w:endnoteReference w:id="1"/></w:r><w:r><w:footnoteReference w:id="7"/></w:r>'
        )
    )
    further = {"footnotes": footnotes, "endnotes": endnotes, "comments": comments}
    article = article_of(made.docx(tmp_path / "a.docx", body, "", further))
    assert article.text.split("\n") == ["In a field", "a[1][2]", "[1] First", "goes on", "[2] At the end"]
    assert article.facts == {"comments": ["Desk: Check this"], "left_out": ["table of contents"]}


def test_the_title_of_the_text_counts_before_the_stated_one(tmp_path: Path) -> None:
    def titles(body: str, stated: str) -> tuple[str, list[str], Any]:
        path = made.docx(tmp_path / "my-file.docx", body, f"<dc:title>{stated}</dc:title>")
        article = article_of(path)
        spans = [span.of(article.text) for kind, span in article.structure if kind == "title"]
        return article.title, spans, article.facts.get("title")

    text = paragraph("One sentence stands here. Another one stands there, and a third follows.") + paragraph("More.")
    assert titles(paragraph("Kicker") + paragraph("Head", "Mine") + text, "Old") == ("Head", ["Head"], "Old")
    assert titles(text + paragraph("Below", "H1"), "Stated") == ("Stated", [], None)
    assert titles(text, "Microsoft Word - Document1") == ("my file", [], "Microsoft Word - Document1")
    assert titles(paragraph("A first line") + text, "") == ("A first line", ["A first line"], None)


def test_the_language_of_most_of_the_text(tmp_path: Path) -> None:
    def language(body: str) -> str:
        return article_of(made.docx(tmp_path / "a.docx", body)).language

    german = run(said("Ein ganzer Satz auf Deutsch."), '<w:lang w:val="de-DE"/>')
    assert language(paragraph(german + run(said("short")))) == "de-DE"
    assert language(paragraph(german) + paragraph("long " * 20)) == "en-GB"
    assert language(paragraph("نص عربي طويل بما يكفي")) == "ar-SA"
    assert language(paragraph("これは日本語の文章です。")) == "ja-JP"


def test_the_other_kind_of_names(tmp_path: Path) -> None:
    members = {}
    with zipfile.ZipFile(made.docx(tmp_path / "a.docx", paragraph("Strict"), "<dc:creator>Bo</dc:creator>")) as archive:
        for name in archive.namelist():
            content = archive.read(name).decode()
            content = content.replace(
                "schemas.openxmlformats.org/wordprocessingml/2006", "purl.oclc.org/ooxml/wordprocessingml"
            )
            content = content.replace("word/document.xml", "word/document2.xml")
            members[name.replace("document.xml", "document2.xml")] = content
    path = made.zipped(tmp_path / "b.docx", members)
    assert (article_of(path).text, article_of(path).author) == ("Strict", "Bo")
    assert registry.detect(path) is docx.FORMAT


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff"), min_size=1))
def test_any_text_comes_back(words: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        path = made.docx(Path(folder) / "a.docx", paragraph(run(said(f"a{escaped}b"))))
        assert article_of(path).text == f"a{words}b"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "it has no words"),
        ("<w:p>", "not complete XML"),
        ("<w:tbl>" * 300 + "</w:tbl>" * 300, "nested more than 200 deep"),
        ("&x;", "not complete XML"),
    ],
)
def test_bad_documents_end_in_a_sentence(tmp_path: Path, body: str, reason: str) -> None:
    with pytest.raises(ImportRefused, match=reason):
        article_of(made.docx(tmp_path / "a.docx", body))


def test_documents_that_hold_no_text(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"cannot be read\. It is not there"):
        article_of(made.zipped(tmp_path / "a.docx", {"a": "b"}))
    with pytest.raises(ImportRefused, match="holds no text of Word"):
        article_of(made.zipped(tmp_path / "a.docx", {"word/document.xml": "<a/>"}))
    with using(Limits(file=800)), pytest.raises(ImportRefused, match="the text of one document may have"):
        article_of(made.docx(tmp_path / "a.docx", paragraph("words")))
    with using(Limits(text=10)), pytest.raises(ImportRefused, match="more than 10 characters"):
        article_of(made.docx(tmp_path / "a.docx", paragraph("words") * 3))


def test_damaged_documents_end_in_a_sentence_or_a_text(examples: Path, tmp_path: Path) -> None:
    chance = random.Random(11)
    with zipfile.ZipFile(examples / "article.docx") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    read = 0
    for _ in range(60):
        name = chance.choice(list(members))
        data = bytearray(members[name])
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(3)] = members[name][chance.randrange(len(data)) :][: chance.randrange(30)]
        try:
            article = article_of(made.zipped(tmp_path / "a.docx", {**members, name: bytes(data)}))
        except ImportRefused:
            continue
        read += 1
        assert article.text == canonical(article.text)
        assert all(span.of(article.text).strip() for _, span in article.structure)
    assert 0 < read < 60
    whole = (examples / "article.docx").read_bytes()
    for cut in (100, len(whole) // 2, len(whole) - 5):
        (tmp_path / "b.docx").write_bytes(whole[:cut])
        with pytest.raises(ImportRefused, match="not a complete ZIP"):
            article_of(tmp_path / "b.docx")
