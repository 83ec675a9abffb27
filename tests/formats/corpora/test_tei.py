"""TEI P5: our own standoff, and the texts of others."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from annotator.domain.errors import ImportRefused
from annotator.domain.records import LabelRecord
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Article, Corpus, Incoming, IncomingAnnotation, Refusal
from annotator.formats.corpora.tei import tei
from annotator.formats.corpora.tei.stand_off import relation_fields
from annotator.formats.corpora.tei.vocabulary import NAMESPACE

CorpusFrom = Callable[..., Corpus]
NS = {"t": NAMESPACE}
HEADER = (
    "<teiHeader><fileDesc><titleStmt><title>Of the <hi>sea</hi></title><author>Ada</author><author>Ben</author>"
    "</titleStmt><publicationStmt><publisher>Press</publisher><date when='1899-05-01'>May 1899</date>"
    "<idno type='URL'>https://p.example/1</idno><availability><licence>Free</licence></availability></publicationStmt>"
    "<sourceDesc><p/></sourceDesc></fileDesc><profileDesc><langUsage><language ident='en'/></langUsage></profileDesc>"
    "</teiHeader>"
)


def document(body: str, beside: str = "", header: str = HEADER) -> str:
    return f'<TEI xmlns="{NAMESPACE}">{header}<text xml:lang="en"><body>{body}</body></text>{beside}</TEI>'


def items(tmp_path: Path, source: str | bytes) -> list[Incoming]:
    path = tmp_path / "a.xml"
    path.write_bytes(source.encode() if isinstance(source, str) else source)
    assert registry.detect(path) is tei.FORMAT
    return list(tei.read(path))


def article(tmp_path: Path, source: str) -> Article:
    (found,) = (one for one in items(tmp_path, source) if isinstance(one, Article))
    return found


def test_what_is_written(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    text = "Fähre 🚢 fällt aus,\n\tsagt <das> Amt &c. "
    one = IncomingAnnotation(
        "claim", (Span(0, 7), Span(8, 13)), uid="u1", source="Amt", credibility=2, cue=(Span(20, 24),), note="a < b"
    )
    made = corpus_from([Article(title="Fähre", text=text, source="Blatt", language="de", annotations=(one,))])
    claim = LabelRecord(1, "claim", "C", "#000000", 1, "A fact.", 1)
    tei.write(replace(made, labels=(claim,)), tmp_path / "a.xml")
    root = etree.parse(tmp_path / "a.xml").getroot()
    (block,) = root.iterfind(".//t:ab", NS)
    assert block.text == text
    (span,) = root.iterfind(".//t:standOff/t:span", NS)
    assert span.get("target") == "#string-range(d1.t,0,7,8,5)"
    label, structure = span.get("ana").split()
    (category,) = root.xpath(f"//*[@xml:id='{label[1:]}']")
    assert category.findtext("t:catDesc/t:term", namespaces=NS) == "claim"
    (held,) = root.xpath(f"//*[@xml:id='{structure[1:]}']")
    assert held.find("t:f[@name='credibility']/t:numeric", NS).get("value") == "2"
    assert held.find("t:f[@name='cue']", NS).get("fVal") == "#string-range(d1.t,20,4)"
    assert held.findtext("t:f[@name='note']/t:string", namespaces=NS) == "a < b"
    ids = root.xpath("//@xml:id")
    assert len(set(ids)) == len(ids)
    assert root.findtext(".//t:TEI//t:publisher", namespaces=NS) == "Blatt"


@pytest.mark.parametrize(
    ("published_at", "when"),
    [
        ("2026-03-04", "2026-03-04"),
        ("2026-03-04T10:00", "2026-03-04T10:00:00"),
        ("2026-03-04 10:00:00Z", "2026-03-04T10:00:00+00:00"),
        ("spring 2026 & later", None),
    ],
)
@pytest.mark.parametrize(("language", "tag"), [("sr-Latn-RS", "sr-Latn-RS"), ("de_DE", None), ("العربية", None)])
def test_dates_and_languages_are_those_of_xml_and_come_back_as_stated(
    corpus_from: CorpusFrom, tmp_path: Path, published_at: str, when: str | None, language: str, tag: str | None
) -> None:
    made = corpus_from([Article(title="A", text="Words.", published_at=published_at, language=language)])
    tei.write(made, tmp_path / "a.xml")
    root = etree.parse(tmp_path / "a.xml").getroot()
    assert [one.get("when") for one in root.iterfind(".//t:date", NS)] == ([when] if when else [])
    assert [one.get("ident") for one in root.iterfind(".//t:language", NS)] == ([tag] if tag else [])
    (text,) = root.iterfind(".//t:text", NS)
    assert text.get("{http://www.w3.org/XML/1998/namespace}lang") == tag
    (found,) = tei.read(tmp_path / "a.xml")
    assert isinstance(found, Article)
    assert found.language == language
    # What is no date is a fact.
    assert (found.published_at or found.facts["published_at"]) == published_at


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: bool(text.strip())))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.xml"
    text = text.lstrip("\ufeff") or "x"
    one = IncomingAnnotation("claim", (Span(0, len(text)),), uid="u")
    path.write_bytes(
        document(
            f'<ab xml:id="t" xml:space="preserve">{text.replace("&", "&amp;").replace("<", "&lt;")}</ab>',
            f'<standOff><span type="claim" target="#string-range(t,0,{len(text)})"/></standOff>',
        ).encode()
    ) if not set(text) & {"\ufffe", "\uffff"} and text.strip() else path.write_bytes(document("<p>x</p>").encode())
    (found,) = (one for one in tei.read(path) if isinstance(one, Article))
    assert found.text in (text, "x")
    assert all(each.fragments == one.fragments for each in found.annotations)


def test_a_text_of_another_maker(tmp_path: Path) -> None:
    body = """
      <div><head>Of the
        sea</head><pb n="2"/><p>The sea is <choice><sic>depe</sic><corr>deep</corr></choice>, says
        <persName>Ada</persName>.<note place="foot">Very <hi>deep</hi>.</note> It is wi<lb break="no"/>de.</p>
        <list><item>One</item><item>Two</item></list>
        <lg><l>A line of verse,</l><l>and another.</l></lg>
        <table><row><cell>a</cell><cell>b</cell></row></table>
        <sp><speaker>HAM.</speaker><p>To be.</p></sp>
        <figure><figDesc>A ship</figDesc><head>Plate 1</head></figure></div>"""
    found = article(tmp_path, document(body))
    assert found.text.split("\n") == [
        "Of the sea",
        "The sea is deep, says Ada.[1] It is wide.",
        "- One",
        "- Two",
        "A line of verse,",
        "and another.",
        "a | b",
        "HAM.",
        "To be.",
        "Plate 1",
        "[1] Very deep.",
    ]
    assert (found.title, found.author, found.source) == ("Of the sea", "Ada; Ben", "Press")
    assert (found.published_at, found.language, found.address) == ("1899-05-01", "en", "https://p.example/1")
    assert found.facts == {"licence": "Free"}


def test_standoff_of_another_maker(tmp_path: Path) -> None:
    block = '<ab xml:id="t" xml:space="preserve">Prices may rise.</ab>'
    beside = """<standOff><spanGrp type="x"><span xml:id="s1" target="#string-range(#t, 7, 8)" type="hedge">may</span>
      <span target="#string-range(t,0,6,12,3)" ana="#l1"/><span target="#string-range(t,0,600)" type="claim"/>
      <span target="#string-range(u,0,6)" type="claim"/><span from="#a" to="#b" type="claim"/>
      <span target="#string-range(t,0,6)"/></spanGrp>
      <listRelation><relation name="follows" active="#s1" passive="#nobody"/></listRelation></standOff>"""
    found = items(tmp_path, document(block, beside))
    (text,) = (one for one in found if isinstance(one, Article))
    assert [(one.label, one.fragments) for one in text.annotations] == [
        ("hedge", ((7, 15),)),
        ("l1", ((0, 6), (12, 15))),
        ("claim", ((0, 600),)),
    ], "whether a place is in the text, the import asks"
    refused = [one for one in found if isinstance(one, Refusal)]
    assert [one.place for one in refused] == ["relation 1", "text 1, span 4", "text 1, span 5", "text 1, span 6"]


def test_annotations_that_point_to_elements_are_told(tmp_path: Path) -> None:
    beside = "<standOff><listAnnotation><annotation target='#p1'/></listAnnotation></standOff>"
    found = items(tmp_path, document("<p xml:id='p1'>Words.</p>", beside))
    assert [type(one).__name__ for one in found] == ["Article", "Refusal"]


def test_texts_of_a_corpus_one_by_one(tmp_path: Path) -> None:
    texts = document("<p>First words.</p>") + document("<p> </p>") + document("<p>Last words.</p>")
    found = items(
        tmp_path, f'<?xml version="1.0"?><!-- c --><teiCorpus xmlns="{NAMESPACE}">{HEADER}{texts}</teiCorpus>'
    )
    assert [one.text for one in found if isinstance(one, Article)] == ["First words.", "Last words."]
    assert [one.place for one in found if isinstance(one, Refusal)] == ["text 2"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (document("<p>x</p>")[:-20], "not complete XML"),
        ('<!DOCTYPE TEI [<!ENTITY a "b">]>' + document("<p>&a;</p>"), "defines its own entities"),
        ("<!DOCTYPE TEI SYSTEM 'file:///etc/passwd'>" + document("<p>&a;</p>"), "refers to entities|not complete XML"),
        (document("<div>" * 5_000), "nested more than"),
        (f'<teiCorpus xmlns="{NAMESPACE}"/>', "holds no text"),
    ],
)
def test_hostile_documents_are_refused(tmp_path: Path, source: str, words: str) -> None:
    with pytest.raises(ImportRefused, match=words):
        items(tmp_path, source)


def test_texts_with_control_characters_are_left_out(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    made = corpus_from([Article(title="A", text="a\x0bb"), Article(title="B\x01", text="Words.")])
    written = tei.write(made, tmp_path / "a.xml")
    assert written.documents == 1
    assert len(written.losses) == 2
    (found,) = tei.read(tmp_path / "a.xml")
    assert isinstance(found, Article) and found.title == "B\ufffd"


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ('<desc>{"kind":"repeats","note":"a\\u00a0b\u00a0 c"}</desc>', {"kind": "repeats", "note": "a\u00a0b\u00a0 c"}),
        (
            '<desc>\n  {"kind":"repeats",\n "note":"it was\n      wrapped"}</desc>',
            {"kind": "repeats", "note": "it was wrapped"},
        ),
        ("<desc>so they\n say</desc>", {"note": "so they say"}),
        ("<desc/>", {"note": ""}),
    ],
)
def test_what_is_said_of_a_relation(description: str, said: dict[str, str]) -> None:
    assert relation_fields(etree.fromstring(description)) == said
    assert relation_fields(None) == {}
