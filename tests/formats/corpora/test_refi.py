"""REFI-QDA projects and codebooks: schemas, ways of counting, memos, and what hostile archives are told."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.formats.test_round_trips import annotate_hard, annotate_plainly

import annotator
from annotator.domain.errors import ImportRefused
from annotator.domain.records import LabelRecord
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Article, Corpus, Incoming, IncomingAnnotation, IncomingRelation, Refusal, Vocabulary
from annotator.formats.corpora.jsonl import jsonl
from annotator.formats.corpora.refi import refi_codebook, refi_project
from annotator.formats.reading.limits import Limits, using
from annotator.services.imports import importing

TEXT = "The quay 🚢 is shut.\r\nNobody knows why it is shut.\r\nA third line\r\n"
PLAIN = TEXT.replace("\r\n", "\n")
CODE, OTHER = UUID(int=1), UUID(int=2)


def project(
    path: Path,
    selections: str = "",
    *,
    text: bytes = TEXT.encode(),
    source: str = 'plainTextPath="internal://a.txt"',
    inside: str = "",
    rest: str = "",
    name: str = "talk.txt",
    files: dict[str, bytes] | None = None,
) -> Path:
    xml = (
        '<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="p"><Users><User '
        f'guid="{UUID(int=9)}" name="Bea"/></Users><CodeBook><Codes><Code guid="{CODE}" name="claim" isCodable="true" '
        f'color="#f00"><Description>What is said.</Description><Code guid="{{{OTHER}}}" name="doubt" isCodable="true"/>'
        f'</Code></Codes></CodeBook>{inside}<Sources><TextSource guid="{UUID(int=7)}" name="{name}" {source}>'
        f"{selections}</TextSource></Sources>{rest}</Project>"
    )
    with zipfile.ZipFile(path / "a.qdpx", "w") as archive:
        archive.writestr("project.qde", xml)
        archive.writestr("Sources/A.txt", text)
        for member, data in (files or {}).items():
            archive.writestr(member, data)
    return path / "a.qdpx"


def selection(start: int, end: int, name: str = "", code: UUID = CODE, inside: str = "", guid: int = 0) -> str:
    number = guid or 1000 + start
    return (
        f'<PlainTextSelection guid="{UUID(int=number)}" name="{name}" startPosition="{start}" endPosition="{end}">'
        f'{inside}<Coding guid="{UUID(int=number + 5000)}" creatingUser="{UUID(int=9)}" creationDateTime='
        f'"2024-05-06T07:08:09Z"><CodeRef targetGUID="{code}"/></Coding></PlainTextSelection>'
    )


def articles(items: list[Incoming]) -> list[Article]:
    return [item for item in items if isinstance(item, Article)]


def covered(items: list[Incoming]) -> list[str]:
    return [one.fragments[0].of(article.text) for article in articles(items) for one in article.annotations]


def refusals(items: list[Incoming]) -> list[str]:
    return [f"{item.place}: {item.reason}" for item in items if isinstance(item, Refusal)]


# -------------------------------------------------------------------------------------------------- schemas


def valid(shared: Path, schema: str, xml: bytes) -> list[str]:
    from lxml import etree

    found = etree.XMLSchema(etree.parse(shared / "fixtures" / "refi-qda" / schema))
    found.validate(etree.fromstring(xml))
    return [str(error) for error in found.error_log]


def example(examples: Path) -> Iterator[Incoming]:
    return jsonl.read(examples / "corpus.jsonl")


def test_what_is_written_is_valid(
    shared: Path, corpus_from: Callable[..., Corpus], examples: Path, tmp_path: Path
) -> None:
    refi_project.write(corpus_from(example(examples)), tmp_path / "a.qdpx")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        assert valid(shared, "Project.xsd", archive.read("project.qde")) == []
    refi_project.write(corpus_from([]), tmp_path / "b.qdpx")
    with zipfile.ZipFile(tmp_path / "b.qdpx") as archive:
        assert valid(shared, "Project.xsd", archive.read("project.qde")) == []
    refi_codebook.write(corpus_from(example(examples)), tmp_path / "a.qdc")
    assert valid(shared, "Codebook.xsd", (tmp_path / "a.qdc").read_bytes()) == []


@pytest.mark.parametrize("annotate", [annotate_plainly, annotate_hard])
def test_whole_projects_are_valid(shared: Path, tmp_path: Path, annotate: Callable[[annotator.Project], None]) -> None:
    with annotator.create(tmp_path / "a.anno", annotator="ada") as made:
        annotate(made)
        made.export(tmp_path / "a.qdpx", "refiqda")
        made.export(tmp_path / "a.qdc", "refiqdc")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        assert valid(shared, "Project.xsd", archive.read("project.qde")) == []
    assert valid(shared, "Codebook.xsd", (tmp_path / "a.qdc").read_bytes()) == []


def test_two_exports_are_the_same_bytes(corpus_from: Callable[..., Corpus], examples: Path, tmp_path: Path) -> None:
    for name in ("a.qdpx", "b.qdpx"):
        refi_project.write(corpus_from(example(examples)), tmp_path / name)
    assert (tmp_path / "a.qdpx").read_bytes() == (tmp_path / "b.qdpx").read_bytes()


# ------------------------------------------------------------------------------------------ ways of counting


@pytest.mark.parametrize("past", [True, False])
@pytest.mark.parametrize("returns", [True, False])
@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("mark", [True, False])
def test_names_tell_how_a_file_counts(tmp_path: Path, past: bool, returns: bool, wide: bool, mark: bool) -> None:
    stated = ("\ufeff" if mark else "") + (TEXT if returns else PLAIN)
    words = ("quay 🚢 is", "knows why", "third line")

    def position(point: int) -> int:
        return point + (wide and point > stated.index("🚢"))

    chosen = "".join(
        selection(position(at := stated.index(word)), position(at + len(word)) - (not past), word) for word in words
    )
    items = list(refi_project.read(project(tmp_path, chosen, text=b"\xef\xbb\xbf" + TEXT.encode())))
    assert covered(items) == list(words)
    assert refusals(items) == []
    assert articles(items)[0].text == PLAIN


@pytest.mark.parametrize("past", [True, False])
def test_without_names_the_words_that_would_be_cut_tell(tmp_path: Path, past: bool) -> None:
    words = ("quay", "knows why", "third")
    chosen = "".join(selection(at := TEXT.index(word), at + len(word) - (not past)) for word in words)
    assert covered(list(refi_project.read(project(tmp_path, chosen)))) == list(words)


def test_without_anything_that_tells_the_end_is_one_past(tmp_path: Path) -> None:
    assert covered(list(refi_project.read(project(tmp_path, selection(0, 3), text=b"......")))) == ["..."]
    # One that ends where the text does, and one that would be empty.
    assert covered(list(refi_project.read(project(tmp_path, selection(0, 6), text=b"......")))) == ["......"]
    assert covered(list(refi_project.read(project(tmp_path, selection(2, 2), text=b"......")))) == ["."]


# --------------------------------------------------------------------------------------------- what is read


def test_codes_users_times_memos_and_variables(tmp_path: Path) -> None:
    note, free, var = UUID(int=20), UUID(int=21), UUID(int=30)
    memo = "<Description>Why I chose it</Description>"
    first = selection(4, 8, "quay", inside=memo)
    second = selection(4, 8, "quay", OTHER, guid=77).replace("</Coding>", f'<NoteRef targetGUID="{note}"/></Coding>')
    values = f'<NoteRef targetGUID="{UUID(int=22)}"/><VariableValue><VariableRef targetGUID="{var}"/><TextValue>Paris'
    items = list(
        refi_project.read(
            project(
                tmp_path,
                f"<Description>On tape</Description>{first}{second}{values}</TextValue></VariableValue>",
                inside=f'<Variables><Variable guid="{var}" name="Town" typeOfVariable="Text"/></Variables><Cases><Case '
                f'guid="{UUID(int=40)}" name="Anna"><VariableValue><VariableRef targetGUID="{var}"/><TextValue>Rome'
                f'</TextValue></VariableValue><SourceRef targetGUID="{UUID(int=7)}"/></Case></Cases>',
                rest=f'<Notes><Note guid="{note}" name="m"><PlainTextContent>A memo</PlainTextContent></Note><Note '
                f'guid="{free}" name="Journal" plainTextPath="internal://n.txt"/><Note guid="{UUID(int=22)}">'
                f"<PlainTextContent>On the talk</PlainTextContent></Note></Notes><Links><Link guid="
                f'"{UUID(int=50)}" name="doubts" originGUID="{UUID(int=5077)}" targetGUID="{UUID(int=1004)}"/></Links>'
                f'<Sets><Set guid="{UUID(int=60)}" name="First wave"><MemberSource targetGUID="{UUID(int=7)}"/></Set>'
                "</Sets>",
                files={"Sources/n.txt": b"Day one"},
            )
        )
    )
    (vocabulary,) = (item for item in items if isinstance(item, Vocabulary))
    found = [(label.name, label.color, label.description, label.parent) for label in vocabulary.labels]
    assert found == [("claim", "#ff0000", "What is said.", ""), ("doubt", "", "", "claim")]
    (article,) = articles(items)
    one, other = article.annotations
    assert (one.label, one.note, one.annotator, one.created_at) == (
        "claim",
        "Why I chose it",
        "Bea",
        "2024-05-06T07:08:09Z",
    )
    assert (other.label, other.note, other.uid) == ("doubt", "A memo", UUID(int=5077).hex)
    assert article.note == "On tape\nOn the talk"
    assert article.uid == UUID(int=7).hex
    assert article.facts["Town"] == "Rome" and article.facts["cases"] == ["Anna"]
    assert article.facts["sets"] == ["First wave"]
    (tie,) = (item for item in items if isinstance(item, IncomingRelation))
    assert (tie.kind, tie.from_uid, tie.to_uid) == ("doubts", other.uid, one.uid)
    assert refusals(items) == ["memo Journal: A memo that belongs to nothing that was imported: “Day one”."]


def test_what_is_no_text_is_counted(tmp_path: Path) -> None:
    others = (
        f'</TextSource><PictureSource guid="{UUID(int=70)}" path="internal://a.png"><PictureSelection guid='
        f'"{UUID(int=71)}" firstX="0" firstY="0" secondX="1" secondY="1"/></PictureSource><PDFSource guid='
        f'"{UUID(int=72)}" name="b.pdf"><PDFSelection guid="{UUID(int=73)}"/><PDFSelection guid="{UUID(int=74)}"/>'
        f'<Representation guid="{UUID(int=75)}" plainTextPath="internal://a.txt">{selection(4, 8, "quay")}'
        f"</Representation></PDFSource><TextSource>"
    )
    items = list(refi_project.read(project(tmp_path, others)))
    assert covered(items) == ["quay"]
    told = refusals(items)
    assert any(line.startswith("2 PDFSelections") for line in told)
    assert any(line.startswith("1 PictureSelection:") for line in told)
    assert any(line.startswith("1 PictureSource:") for line in told)


def test_each_bad_selection_is_refused_by_itself(tmp_path: Path) -> None:
    chosen = (
        selection(4, 8, "quay")
        + selection(30, 12)
        + selection(-3, 5)
        + selection(0, 10**12, guid=8000)
        + selection(9, 11, "quay", UUID(int=99))
        + '<PlainTextSelection guid="x" startPosition="a" endPosition="5"/>'
        + selection(13, 15, "is", inside="").replace("startPosition", "startPositio")
    )
    items = list(refi_project.read(project(tmp_path, chosen)))
    assert covered(items) == ["quay"]
    assert len(refusals(items)) == 6


def test_a_selection_that_names_other_words_is_found_by_them(tmp_path: Path) -> None:
    chosen = selection(4, 8, "quay") + selection(9, 12, "why it is") + selection(13, 15, "my remark")
    (article,) = articles(list(refi_project.read(project(tmp_path, chosen))))
    assert [one.quote for one in article.annotations] == ["", "why it is", ""]
    assert article.annotations[2].features == {"name": "my remark"}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('plainTextPath="relative:///../a.txt"', "outside the archive"),
        ('plainTextPath="absolute:///etc/passwd"', "outside the archive"),
        ('plainTextPath="internal://../../etc/passwd"', "not in the archive"),
        ('richTextPath="internal://a.docx"', "no plain text, only internal://a.docx"),
        ("", "no plain text"),
    ],
)
def test_nothing_outside_the_archive_is_read(tmp_path: Path, source: str, reason: str) -> None:
    items = list(refi_project.read(project(tmp_path, source=source)))
    assert articles(items) == []
    assert reason in refusals(items)[0]


def test_paths_without_a_scheme_and_texts_inside(tmp_path: Path) -> None:
    assert (
        articles(list(refi_project.read(project(tmp_path, source='plainTextPath="sources\\a.txt"'))))[0].text == PLAIN
    )
    (article,) = articles(
        list(refi_project.read(project(tmp_path, "<PlainTextContent>Some words</PlainTextContent>", source="")))
    )
    assert (article.text, article.title) == ("Some words", "talk")


# --------------------------------------------------------------------------------------------------- hostile


def test_hostile_archives_are_refused_whole(tmp_path: Path) -> None:
    def refused(data: bytes) -> str:
        (tmp_path / "x.qdpx").write_bytes(data)
        with pytest.raises(ImportRefused) as caught:
            list(refi_project.read(tmp_path / "x.qdpx"))
        return str(caught.value)

    def packed(name: str, data: bytes) -> bytes:
        with zipfile.ZipFile(tmp_path / "y.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
        return (tmp_path / "y.zip").read_bytes()

    whole = project(tmp_path, selection(4, 8)).read_bytes()
    assert "not a complete ZIP" in refused(whole[: len(whole) // 2])
    assert "not a REFI-QDA project" in refused(packed("a.xml", b"<a/>"))
    assert "entities" in refused(packed("project.qde", b'<!DOCTYPE a [<!ENTITY b "c">]><Project>&b;</Project>'))
    assert "nested" in refused(packed("project.qde", b"<Project>" + b"<a>" * 10_000))
    assert "not complete XML" in refused(packed("project.qde", b"<Project>"))
    assert "begins with" in refused(packed("project.qde", b"<Other/>"))
    assert "times its size" in refused(packed("project.qde", bytes(40 * 2**20)))
    with using(Limits(unpacked=100)):
        assert "limits" in refused(whole)
    # Its checksum is wrong.
    assert "cannot be unpacked" in refused(whole.replace(b"<Project xmlns", b"<Project xmlnz", 1))


# -------------------------------------------------------------------------------------------------- codebook


def test_a_codebook_gives_labels_and_no_article(examples: Path, tmp_path: Path) -> None:
    with annotator.create(tmp_path / "a.anno", annotator="ada") as made:
        path = tmp_path / "codes.qdc"
        path.write_text(
            '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="1" name="Actors" isCodable="false"><Code '
            'guid="2" name="Other" isCodable="true" color="#123456"/></Code><Code guid="3" name="Topics" isCodable='
            '"true"><Code guid="4" name="Other" isCodable="true"/></Code></Codes></CodeBook>',
            encoding="utf-8",
        )
        assert registry.detect(path) is refi_codebook.FORMAT
        assert importing.import_files(made._stored, [path]).sentence() == "Imported 4 labels."
        names = {label.name: label.parent for label in made.labels()}
        assert names["Other"] == "Actors" and names["Topics: Other"] == "Topics"
        assert importing.import_files(made._stored, [path]).sentence() == "Imported 0 documents."


def test_codes_come_back_with_colours_descriptions_and_nesting(tmp_path: Path) -> None:
    labels = (
        LabelRecord(0, "talk", "", "#0072B2", 1, "Words\nand “more” <words>", 1),
        LabelRecord(0, "rumour", "", "#E69F00", None, "", 2, None, "talk"),
        LabelRecord(0, "deep & dark", "", "#009E73", None, "", 3, None, "rumour"),
        LabelRecord(0, "alone", "", "#CC79A7", None, "", 4, None, ""),
    )
    written = refi_codebook.write(Corpus(documents=iter(()), labels=labels), tmp_path / "a.qdc")
    assert written.losses == ("Keys of labels left out",)
    (vocabulary,) = refi_codebook.read(tmp_path / "a.qdc")
    assert isinstance(vocabulary, Vocabulary)

    def kept(label: LabelRecord) -> Any:
        return label.name, label.color, label.description, label.parent

    assert [kept(label) for label in vocabulary.labels] == [kept(label) for label in labels]


@pytest.mark.parametrize(
    "content", ["<CodeBook/>", "<CodeBook", '<!DOCTYPE a [<!ENTITY b "c">]><CodeBook>&b;</CodeBook>']
)
def test_bad_codebooks_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.qdc").write_text(content, encoding="utf-8")
    with pytest.raises(ImportRefused):
        list(refi_codebook.read(tmp_path / "a.qdc"))


def test_names_of_selections_are_the_words(corpus_from: Callable[..., Corpus], tmp_path: Path) -> None:
    long = "word " * 200
    annotations = (IncomingAnnotation("claim", (Span(0, 999),)), IncomingAnnotation("claim", (Span(5, 9),)))
    refi_project.write(corpus_from([Article("a", long, annotations=annotations)]), tmp_path / "a.qdpx")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        assert b'name="word"' in archive.read("project.qde")
    items = list(refi_project.read(tmp_path / "a.qdpx"))
    assert [tuple(one.fragments[0]) for one in articles(items)[0].annotations] == [(0, 999), (5, 9)]
    assert all(one.features == {} and one.quote == "" for one in articles(items)[0].annotations)
