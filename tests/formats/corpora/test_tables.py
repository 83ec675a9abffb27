"""Tables: our own annotations and articles of any maker, as CSV, TSV and XLSX, in any dialect and encoding."""

import csv as csv_module
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.test_round_trips import annotate_hard, annotate_plainly, contents

import annotator
from annotator.domain.errors import ImportRefused
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Article, Corpus, Incoming, IncomingAnnotation, IncomingAnnotations, Refusal
from annotator.formats.corpora.jsonl import jsonl
from annotator.formats.corpora.tables import csv, xlsx
from annotator.formats.reading.limits import Limits, using
from annotator.services.exports import exporting
from annotator.services.imports import importing

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")
LONG = "The harbour stays closed, the authority said on Monday, and nobody knows for how long."


def table(tmp_path: Path, text: str | bytes, name: str = "t.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def articles(items: list[Incoming]) -> list[Article]:
    return [item for item in items if isinstance(item, Article)]


def refusals(items: list[Incoming]) -> list[Refusal]:
    return [item for item in items if isinstance(item, Refusal)]


# --- our own table -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("texts", ["once", "every"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_with_texts_a_table_stands_alone(tmp_path: Path, format: str, texts: str) -> None:
    chosen = registry.by_id(format)
    for number, annotate in enumerate((annotate_plainly, annotate_hard)):
        out = tmp_path / f"{number}{chosen.suffixes[0]}"
        with (
            annotator.create(tmp_path / f"{number}.anno", annotator="ada") as made,
            annotator.create(tmp_path / f"{number}-2.anno", annotator="ada") as read,
        ):
            annotate(made)
            report = exporting.export(made._stored, out, format, options={"texts": texts})
            assert not any("text" in loss or "author" in loss or loss == "left out" for loss in report.losses)
            came = importing.import_files(read._stored, [out])
            assert [refused.reason for refused in came.refused] == []
            held = registry.Format(chosen.id, "", (), cannot_hold=chosen.lacking({"texts": texts}))
            assert contents(read, held) == contents(made, held)


def test_without_texts_annotations_come_onto_documents_by_uid_or_title(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "a.anno", annotator="ada") as project:
        document = project.add_document("Harbour", LONG)
        project.add_document("Twice", LONG + " One.")
        project.add_document("Twice", LONG + " Two.")
        rows = [
            "document,title,outlet,label,quote,start,end,checked by",
            f"{document.uid},,,claim,the authority,26,39,eve",
            ",Harbour,,speculation,nobody knows,3,15,",  # its offsets are wrong, its quote is right
            ",Harbour,,claim,words that are not there,3,15,",
            ",Twice,,claim,harbour,4,11,",
            ",Nowhere,,claim,harbour,4,11,",
            f"{document.uid},,,claim,,x,39,",
            f"{document.uid},,,,nobody,3,9,",
        ]
        came = importing.import_files(project._stored, [table(tmp_path, "\n".join(rows))])
        found = project.annotations(document)
        assert [(one.quote, one.features) for one in found] == [
            ("the authority", {"checked by": "eve"}),
            ("nobody knows", {}),
        ]
        reasons = sorted(refused.reason for refused in came.refused)
        assert [reason[:28] for reason in reasons] == [
            "Its quote 'words that are no",
            "The project has 2 documents ",
            "The project has no document ",
            "The row has a quote or an of",
            "“x” in the column “start” is",
        ]
        again = importing.import_files(project._stored, [tmp_path / "t.csv"])
        assert again.annotations == 0
        assert project.undo() == "Import"
        assert project.annotations(document) == []


def test_a_table_that_was_sorted_anew_is_read(tmp_path: Path) -> None:
    rows = [
        "document,title,label,start,end,text",
        "d1,A,claim,4,11,",
        "d2,B,claim,0,3,Bad news",
        f"d1,A,claim,0,3,{LONG!r}",
    ]
    items = list(csv.read(table(tmp_path, "\n".join(rows).replace("'", '"'))))
    assert [item.uid for item in articles(items)] == ["d2", "d1"]
    assert [item.document_uid for item in items if isinstance(item, IncomingAnnotations)] == ["d1"]
    assert refusals(items) == []


def test_annotations_of_other_makers_come_with_their_text(tmp_path: Path) -> None:
    rows = [
        ["text", "label", "start", "end", "cue"],
        [LONG, "claim", "26", "39", "said"],
        [LONG, "speculation", "57", "69", "?"],
    ]
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv_module.writer(file).writerows(rows)
    (article,) = articles(list(csv.read(path)))
    first, second = article.annotations
    assert (first.fragments, first.cue) == ((Span(26, 39),), (Span(40, 44),))
    assert second.features == {"cue": "?"} and second.cue == ()


# --- tables of articles ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Headline;Body;Publisher;Pub Date;URL;section", "en"),
        ("Titel;Inhalt;Quelle;Datum;Link;section", "de"),
        ("Заголовок;Текст;Источник;Дата;ссылка;section", "ru"),
        ("标题;正文;来源;日期;网址;section", "zh"),
        ("العنوان;النص;المصدر;التاريخ;الرابط;section", "ar"),
    ],
)
def test_columns_are_known_by_name_in_many_languages(tmp_path: Path, header: str, field: str) -> None:
    path = table(tmp_path, f"{header}\nShut;{LONG};Tidings;2025-03-04;https://example.org/a;Ports\n")
    assert csv.look(path).is_clear
    (article,) = articles(list(csv.read(path)))
    assert article.text == f"Shut\n{LONG}" and article.title == "Shut" and article.structure == (("title", Span(0, 4)),)
    assert (article.source, article.published_at, article.address) == ("Tidings", "2025-03-04", "https://example.org/a")
    assert article.facts == {"section": "Ports"}


def test_the_longest_column_is_the_text_where_no_name_tells(tmp_path: Path) -> None:
    path = table(tmp_path, f"nr,what,more\n1,{LONG.replace(',', '')},x\n2,{LONG.replace(',', '')} Too,y\n")
    found = csv.look(path)
    assert found.suggested == {"text": "what"} and not found.is_clear
    assert [article.facts for article in articles(list(csv.read(path)))] == [
        {"nr": "1", "more": "x"},
        {"nr": "2", "more": "y"},
    ]
    chosen = articles(list(csv.read(path, {"text": "more", "note": "what"})))
    assert [(article.text, article.note[:3]) for article in chosen] == [("x", "The"), ("y", "The")]
    with pytest.raises(ImportRefused, match="no column “nope” for the field “text”"):
        list(csv.read(path, {"text": "nope"}))
    with pytest.raises(ImportRefused, match="no field of an article"):
        list(csv.read(path, {"text": "what", "colour": "nr"}))
    with pytest.raises(ImportRefused, match="no column that seems to hold the texts"):
        list(csv.read(table(tmp_path, "a,b\n1,2\n", "u.csv")))


def test_a_table_without_a_header_is_read_by_numbers(tmp_path: Path) -> None:
    path = table(tmp_path, f'1,"{LONG}"\n2,"{LONG} Again."\n')
    assert csv.look(path).columns == ("column 1", "column 2")
    assert len(articles(list(csv.read(path)))) == 2


def test_the_whole_text_is_annotated_where_a_column_is_a_label(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        f'title\ttext\tlabel\n\t  "{LONG}" \tclaim\nShut\tIt is.\tclaim|speculation\nX\tY.\t["a b"]\n',
        "t.tsv",
    )
    first, second, third = articles(list(csv.read(path)))
    assert [one.fragments[0].of(first.text) for one in first.annotations] == [first.text.strip()]
    assert [(one.label, one.fragments[0].of(second.text)) for one in second.annotations] == [
        ("claim", "It is."),
        ("speculation", "It is."),
    ]
    assert [one.label for one in third.annotations] == ["a b"]


# --- dialects, encodings, damage ------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_dialect_in_any_encoding(tmp_path: Path, separator: str, encoding: str) -> None:
    path = tmp_path / "t.csv"
    text = f"Das Müllheizkraftwerk, so der Minister; bleibt | geschlossen:\t“{LONG}”\nUnd „ja“."
    with path.open("w", encoding=encoding, newline="") as file:
        csv_module.writer(file, delimiter=separator).writerows(
            [["title", "text"], ["Größe", text], ["Zwölf", "Schön."]]
        )
    first, second = articles(list(csv.read(path)))
    assert first.text == f"Größe\n{text}" and second.text == "Zwölf\nSchön."


def test_excel_and_bare_tabs_and_backslashes(tmp_path: Path) -> None:
    (article,) = articles(list(csv.read(table(tmp_path, "sep=;\r\ntitle;text\r\nA;B, c.\r\n"))))
    assert article.text == "A\nB, c."
    bare = 'title\ttext\nA\t"Yes" he said, "no".\nB\t"Unclosed\nC\tEnd.\n'
    assert [one.text for one in articles(list(csv.read(table(tmp_path, bare, "t.tsv"))))] == [
        'A\n"Yes" he said, "no".',
        'B\n"Unclosed',
        "C\nEnd.",
    ]
    escaped = 'title,text\nA,"He said \\"no, never\\", twice"\nB,"\\"So, what\\""\n'
    assert [one.text for one in articles(list(csv.read(table(tmp_path, escaped))))] == [
        'A\nHe said "no, never", twice',
        'B\n"So, what"',
    ]


def test_one_bad_row_among_good_ones(tmp_path: Path) -> None:
    data = b"title,text\nA,One good.\nB,Two \xff bad.\nC,Three,too,many\nD,\n"
    data += b"F,Six \xc3\xa9 good.\nG,\xc3\xa0.\nH,\xc3\xa8\n"
    items = list(csv.read(table(tmp_path, data)))
    assert [one.title for one in articles(items)] == ["A", "F", "G", "H"]
    assert [(one.place, one.reason[:24]) for one in refusals(items)] == [
        ("row 3 (line 3)", "The row has bytes that a"),
        ("row 4 (line 4)", "The row has 4 cells, but"),
        ("row 5 (line 5)", "The cell “text” is empty"),
    ]


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    items = list(csv.read(table(tmp_path, 'title,text\nA,One.\n"B,Two.\nC,Three.\n')))
    assert [one.title for one in articles(items)] == ["A"]
    (refused,) = refusals(items)
    assert refused.place == "row 3 (line 3)" and "never closed" in refused.reason


@pytest.mark.parametrize("cell", ["x" * 3000, '"' + "x\n" * 1500 + '"'])
def test_a_huge_cell_is_bounded(tmp_path: Path, cell: str) -> None:
    path = table(tmp_path, f"title,text\nA,One.\nB,{cell}\n")
    with using(Limits(text=1000)):
        items = list(csv.read(path))
    assert [one.title for one in articles(items)] == ["A"]
    assert "more than 1,000 characters" in refusals(items)[0].reason


@pytest.mark.parametrize("data", [b"", b"\n\n\n", b"%PDF-1.4 x", b"\x00\x01\x02" * 50])
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ImportRefused):
        list(csv.read(table(tmp_path, data)))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(CHARACTERS, min_size=1, max_size=40), min_size=1, max_size=5))
def test_any_words_come_back(tmp_path_factory: pytest.TempPathFactory, notes: list[str]) -> None:
    text = "A 👨‍👩‍👧‍👦 قال 𠮷 e\u0301 =1"
    made = [
        Article(
            title="T",
            text=f"{text} {number}",
            note=note,
            annotations=(IncomingAnnotation("claim", (Span(2, 9),), note=note, features={"k": note}),),
        )
        for number, note in enumerate(notes)
    ]
    from tests.formats.conftest import corpus_from

    folder = tmp_path_factory.mktemp("words")
    for format, read in ((csv.FORMAT, csv.read), (xlsx.FORMAT, xlsx.read)):
        path = folder / f"t{format.suffixes[0]}"
        assert format.write is not None
        format.write(corpus_from(made, {"texts": "once"}), path)
        back = articles(list(read(path)))
        assert [(one.text, one.note) for one in back] == [(one.text, one.note) for one in made]
        assert [one.annotations[0].note for one in back] == notes
        assert [one.annotations[0].features for one in back] == [{"k": note} for note in notes]


# --- workbooks ------------------------------------------------------------------------------------------------------


def test_a_workbook_is_plain_strings_and_the_same_twice(
    corpus_from: Callable[..., Corpus], examples: Path, tmp_path: Path
) -> None:
    from openpyxl import load_workbook

    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path in paths:
        xlsx.write(corpus_from(jsonl.read(examples / "corpus.jsonl")), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    sheet = load_workbook(paths[0])["Annotations"]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref.startswith("A1:")
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert "'-2" in {cell.value for row in sheet.iter_rows() for cell in row}


def test_what_a_sheet_cannot_hold_goes_on_in_another_or_is_told(
    corpus_from: Callable[..., Corpus], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "SHEET_ROWS", 3)
    long = "🚢" * 17_000
    made = [
        Article(title=f"T{number}", text=f"Harbour {number}", annotations=(IncomingAnnotation("claim", (Span(0, 7),)),))
        for number in range(5)
    ] + [Article(title="Long", text=long, annotations=(IncomingAnnotation("claim", (Span(0, 17_000),)),))]
    path = tmp_path / "a.xlsx"
    written = xlsx.write(corpus_from(made, {"texts": "once"}), path)
    assert [loss[:24] for loss in written.losses] == ["1 cell of “quote” left o", "1 cell of “text” left ou"]
    monkeypatch.undo()
    items = list(xlsx.read(path))
    assert [one.title for one in articles(items)] == [f"T{number}" for number in range(5)]
    assert [one.title for one in items if isinstance(one, IncomingAnnotations)] == ["Long"]


def test_a_workbook_of_articles(tmp_path: Path) -> None:
    import datetime as dt

    path = workbook(
        tmp_path / "a.xlsx",
        Empty=[],
        Articles=[
            ["Our clippings"],
            ["Headline", "Body", "Date", "views", None],
            ["Shut", LONG, dt.datetime(2025, 3, 4), 12, "stray"],  # noqa: DTZ001 - as sheets hold them
            [None, None, None, None, None],
            ["Open", "It is =open.", "soon", 1.5, None],
            ["No body", None, None, 3, None],
        ],
        Other=[["a", "b"], [1, 2]],
    )
    assert registry.detect(path) is xlsx.FORMAT
    look = xlsx.look(path)
    assert look.columns[:4] == ("Headline", "Body", "Date", "views") and look.is_clear
    items = list(xlsx.read(path))
    first, second = articles(items)
    assert (first.published_at, first.facts["views"]) == ("2025-03-04", 12)
    assert (second.published_at, second.facts) == ("", {"Date": "soon", "views": 1.5})
    assert [one.place for one in refusals(items)] == ["sheet “Articles”, row 6", "sheet “Other”"]


def test_damaged_and_swollen_workbooks_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", A=[["title", "text"], *[["A", "B."]] * 50])
    data = path.read_bytes()
    path.write_bytes(data[:-200])
    with pytest.raises(ImportRefused, match="no workbook that can be read"):
        list(xlsx.read(path))
    path.write_bytes(data)
    with using(Limits(unpacked=1000)), pytest.raises(ImportRefused, match="more than the"):
        list(xlsx.read(path))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(40 * 2**20))
    with pytest.raises(ImportRefused, match="times its size"):
        list(xlsx.read(path))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>')
    with pytest.raises(ImportRefused, match="declares a document type"):
        list(xlsx.read(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("comment", ["", f"<!--{' ' * 200_000}-->"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_entities_of_a_workbook_are_not_expanded(tmp_path: Path, part: str, comment: str, encoding: str) -> None:
    whole = workbook(tmp_path / "a.xlsx", A=[["title", "text"], ["A", "A long text."]])
    swollen = tmp_path / "b.xlsx"
    prolog = f"{comment}<!DOCTYPE x [<!ENTITY a '{'a' * 5000}'>]>"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(swollen, "w") as new:
        assert part in old.namelist()
        for name in old.namelist():
            xml = old.read(name)
            if name == part:
                text = re.sub(r"^<\?xml.*?\?>\s*", "", xml.decode("utf-8"))
                xml = f'<?xml version="1.0" encoding="{encoding}"?>{prolog}{text}'.encode(encoding)
            new.writestr(name, xml)
    assert len(articles(list(xlsx.read(whole)))) == 1
    with pytest.raises(ImportRefused, match=f"{part}” declares a document type"):
        list(xlsx.read(swollen))


# --- JSON Lines of other programs ----------------------------------------------------------------------------------


def test_json_lines_of_other_makers_are_a_table(tmp_path: Path) -> None:
    lines = [
        {"headline": "Shut", "content": LONG, "meta": {"outlet": "Tidings", "pages": [3]}, "date": "4 March 2025"},
        {"headline": "Open", "content": "It is\r\nopen.", "meta": {}, "views": 3},
        {"headline": "No body"},
    ]
    path = table(tmp_path, "\n".join([*map(json.dumps, lines), "{broken"]), "t.jsonl")
    assert registry.detect(path) is jsonl.FORMAT and jsonl.FORMAT.tabular is not None
    look = jsonl.FORMAT.tabular.look(path)
    assert look.is_clear and look.suggested == {"text": "content", "title": "headline", "published_at": "date"}
    items = list(jsonl.read(path))
    first, second = articles(items)
    assert (first.title, first.published_at, first.origin_format) == ("Shut", "2025-03-04", "jsonl")
    assert first.facts == {"meta.outlet": "Tidings", "meta.pages": [3]}
    assert (second.text, second.facts) == ("Open\nIt is\nopen.", {"views": 3, "meta": {}})
    assert [one.place for one in refusals(items)] == ["line 3", "line 4"]
    mapped = articles(list(jsonl.FORMAT.tabular.read(path, {"text": "content", "source": "meta.outlet"})))
    assert [one.source for one in mapped] == ["Tidings", ""]


def test_our_own_lines_are_none(tmp_path: Path, examples: Path) -> None:
    assert jsonl.FORMAT.tabular is not None
    assert jsonl.FORMAT.tabular.look(examples / "corpus.jsonl").is_clear
    path = table(tmp_path, '{"text": "Words.", "annotations": []}\n', "t.jsonl")
    assert [one.text for one in articles(list(jsonl.read(path)))] == ["Words."]
    for wrong in ("[1]\n", '{"a": 1}\n{"b": 2}\n'):
        path = table(tmp_path, wrong, "u.jsonl")
        with annotator.create(tmp_path / f"{len(wrong)}.anno", annotator="ada") as project:
            report = importing.import_files(project._stored, [path])
        assert len(report.refused) == 1 and not report.documents
