"""UIMA XMI and JSON CAS: UTF-16 offsets, type systems, files of other programs, and what dkpro-cassis makes of ours."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.domain.errors import ImportRefused
from annotator.domain.records import FeatureRecord
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import (
    Article,
    Corpus,
    Format,
    Incoming,
    IncomingAnnotation,
    IncomingRelation,
    Refusal,
    Vocabulary,
)
from annotator.formats.corpora.uima import json_cas, xmi

TEXT = "Sea 🚢 wall\nA family 👨‍👩‍👧‍👦 stays; e\u0301lan.\nقال الوزير 東港池"


def corpus(corpus_from: Callable[..., Corpus], *annotations: IncomingAnnotation, text: str = TEXT) -> Corpus:
    return corpus_from([Article("Sea wall", text, annotations=annotations)])


def only_article(items: list[Incoming]) -> Article:
    (article,) = (item for item in items if isinstance(item, Article))
    return article


def refusals(items: list[Incoming]) -> list[str]:
    return [f"{item.place}: {item.reason}" for item in items if isinstance(item, Refusal)]


def xmi_file(folder: Path, inside: str, text: str = "One 🚢 two three", name: str = "a.xmi") -> Path:
    path = folder / name
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas'
        '.ecore" xmlns:c="http:///webanno/custom.ecore" xmlns:n="http:///de/x/ner/type.ecore" xmlns:t="http:///uima/'
        f'tcas.ecore" xmi:version="2.0"><cas:NULL xmi:id="0"/>{inside}<cas:Sofa xmi:id="1" sofaNum="1" '
        f'sofaID="_InitialView" mimeType="text" sofaString="{text}"/><cas:View sofa="1" members=""/></xmi:XMI>',
        encoding="utf-8",
    )
    return path


# ---------------------------------------------------------------------------------- files of other programs


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("casWithEmojiUnicodeTextAndAnnotations", ["🥳", "This", "👳🏻‍♀️", "is", "✆", "a", "🧔🏾‍♂️", "test", "👻"]),
        ("casWithLeftToRightTextAndAnnotations", ["هذا", "اختبار"]),
        ("casWithTraditionalChineseTextAndAnnotations", ["這", "是", "一個", "測試"]),
    ],
)
@pytest.mark.parametrize("suffix", [".debug.xmi", ".data.json"])
def test_files_of_cassis(shared: Path, name: str, texts: list[str], suffix: str) -> None:
    path = shared / "fixtures" / "cassis" / f"{name}{suffix}"
    format = registry.detect(path)
    assert format.id == ("xmi" if suffix.endswith("xmi") else "casjson")
    assert format.read is not None
    items = list(format.read(path))
    article = only_article(items)
    assert [one.fragments[0].of(article.text) for one in article.annotations] == texts
    assert {one.label for one in article.annotations} == {"Annotation"}
    assert refusals(items) == []


def test_a_file_of_inception(shared: Path) -> None:
    path = shared / "fixtures" / "cassis" / "cas_with_smileys.xmi"
    items = list(xmi.read(path))
    article = only_article(items)
    # Its lines end with CR LF, which are one character here and two there.
    found = [(one.label, one.fragments[0].of(article.text)) for one in article.annotations]
    assert found == [
        ("OTH", "Transformers"),
        ("OTH", "Transformers"),
        ("OTH", "Transformers"),
        ("OTH", "PyTorch"),
        ("OTH", "TensorFlow"),
    ]
    assert article.language == "" and "\r" not in article.text
    assert "Named Entity tags" in article.facts["tagsets"].values()
    assert article.facts["documentId"] == "huggingface.txt"
    assert article.title != "huggingface.txt"
    assert refusals(items) == []


# ----------------------------------------------------------------------------------------- ours, by cassis


def statements(cas: object) -> Iterator[tuple[str, str]]:
    for one in cas.select("webanno.custom.Statement"):  # type: ignore[attr-defined] # cassis is untyped
        yield one.label, one.get_covered_text()


@pytest.mark.parametrize("format", [xmi.FORMAT, json_cas.FORMAT], ids=lambda format: format.id)
def test_cassis_reads_what_is_written(format: Format, corpus_from: Callable[..., Corpus], tmp_path: Path) -> None:
    cassis: Any = pytest.importorskip("cassis")

    words = ("🚢 wall", "👨‍👩‍👧‍👦", "e\u0301lan", "الوزير", "東港池")
    annotations = [
        IncomingAnnotation("a <b> & “c”", (Span(TEXT.index(word), TEXT.index(word) + len(word)),), probability=0)
        for word in words
    ]
    tie = IncomingRelation("supports", f"{1:032}", f"{2:032}", "why", "ada")
    annotations = [IncomingAnnotation(one.label, one.fragments, uid=f"{n:032}") for n, one in enumerate(annotations)]
    made = corpus_from([Article("Sea wall", TEXT, language="en", annotations=tuple(annotations)), tie])
    assert format.write is not None
    format.write(made, tmp_path)
    (path,) = (one for one in tmp_path.iterdir() if one.name != "TypeSystem.xml")
    if format is xmi.FORMAT:
        with open(tmp_path / "TypeSystem.xml", "rb") as types, open(path, "rb") as file:
            cas = cassis.load_cas_from_xmi(file, typesystem=cassis.load_typesystem(types))
    else:
        with open(path, "rb") as file:
            cas = cassis.load_cas_from_json(file)
    assert cas.sofa_string == TEXT
    assert list(statements(cas)) == [("a <b> & “c”", word) for word in words]
    (relation,) = cas.select("webanno.custom.StatementRelation")
    assert (relation.Governor.get_covered_text(), relation.Dependent.get_covered_text()) == words[1:3]
    (document,) = cas.select("de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData")
    assert (document.documentTitle, document.language) == ("Sea wall", "en")


@given(
    text=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(str.strip),
    data=st.data(),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_and_place_comes_back(
    text: str, data: st.DataObject, corpus_from: Callable[..., Corpus], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = text.lstrip("\ufeff\ufffe\uffff").replace("\ufffe", "x").replace("\uffff", "x")
    if not text.strip():
        return
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    for format in (xmi.FORMAT, json_cas.FORMAT):
        assert format.write is not None and format.read is not None
        folder = tmp_path_factory.mktemp("a")
        format.write(corpus(corpus_from, IncomingAnnotation("claim", (span,)), text=text), folder)
        (path,) = (one for one in folder.iterdir() if one.name != "TypeSystem.xml")
        article = only_article(list(format.read(path)))
        assert (article.text, article.annotations[0].fragments) == (text, (span,))


def test_two_exports_are_the_same_bytes(corpus_from: Callable[..., Corpus], examples: Path, tmp_path: Path) -> None:
    for format in (xmi.FORMAT, json_cas.FORMAT):
        assert format.write is not None
        written = []
        for part in ("one", "two"):
            folder = tmp_path / format.id / part
            folder.mkdir(parents=True)
            items = registry.by_id("jsonl").read(examples / "corpus.jsonl")  # type: ignore[misc] # it has a reader
            format.write(corpus_from(items), folder)
            written.append({one.name: one.read_bytes() for one in folder.iterdir()})
        assert written[0] == written[1] and written[0]


def test_features_of_the_project_are_features_of_the_type(corpus_from: Callable[..., Corpus], tmp_path: Path) -> None:
    features = tuple(
        FeatureRecord(0, name, kind, (), "", 1)
        for name, kind in (
            ("topic", "text"),
            ("rank", "number"),
            ("seen", "flag"),
            ("my note", "text"),
            ("label", "text"),
        )
    )
    values = {"topic": "harbour", "rank": 3, "seen": True, "my note": "x", "label": "y", "deep": {"a": [1, None]}}
    made = corpus_from(
        [
            Vocabulary((), features),
            Article("a", TEXT, annotations=(IncomingAnnotation("claim", (Span(0, 3),), features=values),)),
        ]
    )
    xmi.write(made, tmp_path)
    assert 'rank="3" seen="true" topic="harbour"' in (tmp_path / "a.xmi").read_text(encoding="utf-8")
    (found,) = only_article(list(xmi.read(tmp_path / "a.xmi"))).annotations
    assert (found.label, found.features) == ("claim", values)


def test_what_xml_cannot_hold(corpus_from: Callable[..., Corpus], tmp_path: Path) -> None:
    made = corpus_from(
        [
            Article("bad", "a \x01 text"),
            Article("good", "a text", annotations=(IncomingAnnotation("claim", (Span(0, 1),), note="x\x02y"),)),
        ]
    )
    written = xmi.write(made, tmp_path)
    assert (written.documents, written.annotations) == (1, 1)
    assert "1 document left out" in written.losses[0] and "1 value" in written.losses[1]
    (found,) = only_article(list(xmi.read(tmp_path / "good.xmi"))).annotations
    assert found.note == "x\ufffdy"
    assert [one.name for one in tmp_path.glob("*.xmi")] == ["good.xmi"]


# ------------------------------------------------------------------------------------------ hostile and odd


def test_each_bad_record_is_refused_by_itself(tmp_path: Path) -> None:
    path = xmi_file(
        tmp_path,
        '<n:NamedEntity xmi:id="2" sofa="1" begin="0" end="3" value="ship" identifier="http://x/1"/>'
        '<n:NamedEntity xmi:id="3" sofa="1" begin="5" end="7" value="ship"/>'
        '<n:NamedEntity xmi:id="4" sofa="1" begin="3" end="3" value="ship"/>'
        '<n:NamedEntity xmi:id="5" sofa="1" begin="3" end="1" value="ship"/>'
        '<n:NamedEntity xmi:id="6" sofa="1" begin="-1" end="1" value="ship"/>'
        '<n:NamedEntity xmi:id="7" sofa="1" begin="0" end="99999999999999999999" value="ship"/>'
        '<n:NamedEntity xmi:id="8" sofa="1" begin="x" end="2" value="ship"/>'
        '<c:Thing xmi:id="9" sofa="1" begin="4" end="6"/>',
    )
    items = list(xmi.read(path))
    found = only_article(items).annotations
    assert [(one.label, tuple(one.fragments[0])) for one in found] == [("ship", (0, 3)), ("Thing", (4, 5))]
    assert found[0].features == {"identifier": "http://x/1"}
    reasons = refusals(items)
    assert [reason.split(":")[0] for reason in reasons] == [f"NamedEntity {id}" for id in range(3, 9)]
    assert "inside a character" in reasons[0]


def test_relations_of_inception(tmp_path: Path) -> None:
    path = xmi_file(
        tmp_path,
        '<n:NamedEntity xmi:id="2" sofa="1" begin="0" end="3" value="a"/>'
        '<n:NamedEntity xmi:id="3" sofa="1" begin="4" end="6" value="b"/>'
        '<c:Moves xmi:id="4" sofa="1" begin="4" end="6" Governor="2" Dependent="3"/>'
        '<c:Moves xmi:id="5" sofa="1" begin="4" end="6" source="3" target="2" label="back"/>'
        '<c:Moves xmi:id="6" sofa="1" begin="4" end="6" Governor="2" Dependent="7"/>'
        '<n:Token xmi:id="7" sofa="1" begin="4" end="6"/>',
    )
    items = list(xmi.read(path))
    first, second = only_article(items).annotations
    ties = [(one.kind, one.from_uid, one.to_uid) for one in items if isinstance(one, IncomingRelation)]
    assert first.uid and ties == [("Moves", first.uid, second.uid), ("back", second.uid, first.uid)]
    assert refusals(items) == ["Moves: 1 relation left out: not both ends are imported annotations."]


def test_a_broken_type_system_is_told_and_the_file_read(tmp_path: Path) -> None:
    (tmp_path / "TypeSystem.xml").write_text('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', encoding="utf-8")
    items = list(xmi.read(xmi_file(tmp_path, '<c:Thing xmi:id="9" sofa="1" begin="4" end="6"/>')))
    assert [one.label for one in only_article(items).annotations] == ["Thing"]
    assert "type system cannot be read" in refusals(items)[0]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]><xmi:XMI xmlns:xmi="http://www.omg.org/XMI">&b;</xmi:XMI>', "entities"),
        ('<xmi:XMI xmlns:xmi="http://www.omg.org/XMI">' + "<a>" * 10_000, "nested"),
        ('<xmi:XMI xmlns:xmi="http://www.omg.org/XMI"><a>', "not complete XML"),
    ],
)
def test_hostile_xmi_is_refused_whole(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "a.xmi"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ImportRefused, match=reason):
        list(xmi.read(path))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "not complete JSON"),
        ('{"%TYPES": ' + "[" * 100_000, "JSON|deep"),
        ('{"%FEATURE_STRUCTURES": 7}', "no list"),
        ("[]", "no list"),
        ('{"%FEATURE_STRUCTURES": [{"sofaString": "\\u0000"}]}', "NUL"),
    ],
)
def test_hostile_json_is_refused_whole(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Exception, match=reason):
        list(json_cas.read(path))


def test_references_and_arrays_of_json_become_features(tmp_path: Path) -> None:
    structures = [
        {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaID": "_InitialView", "sofaString": "One two"},
        {
            "%ID": 2,
            "%TYPE": "a.Thing",
            "@sofa": 1,
            "begin": 0,
            "end": 3,
            "@link": 3,
            "@self": 2,
            "@many": 4,
            "#w": "NaN",
        },
        {"%ID": 3, "%TYPE": "a.Link", "role": "r", "@target": 2},
        {"%ID": 4, "%TYPE": "uima.cas.StringArray", "%ELEMENTS": ["x", "y"]},
        {"%ID": 5, "%TYPE": "a.Thing", "@sofa": 1, "begin": True, "end": 3},
        {"%ID": 6, "%TYPE": "a.Thing", "@sofa": 99, "begin": 0, "end": 3},
    ]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"%TYPES": {}, "%FEATURE_STRUCTURES": structures, "%VIEWS": {}}), encoding="utf-8")
    items = list(json_cas.read(path))
    (found,) = only_article(items).annotations
    assert found.features["link"]["role"] == "r"
    assert (found.features["many"], found.features["w"]) == (["x", "y"], "NaN")
    assert Counter(refusals(items)).total() == 1


def test_names_of_files_are_safe_and_never_twice(corpus_from: Callable[..., Corpus], tmp_path: Path) -> None:
    titles = ["../../etc/passwd", "CON", "a", "A", "a-2", "港" * 100, "🚢", ""]
    json_cas.write(corpus_from([Article(title, f"text {n}") for n, title in enumerate(titles)]), tmp_path)
    names = sorted(one.name for one in tmp_path.iterdir())
    assert names == sorted(
        [
            "etc-passwd.json",
            "CON-.json",
            "a.json",
            "A-2.json",
            "a-2-2.json",
            "港" * 26 + ".json",
            "document.json",
            "document-2.json",
        ]
    )
