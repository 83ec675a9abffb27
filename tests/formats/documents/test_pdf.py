"""PDF: the layer of text in reading order, page by page."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.documents.pdf_files import Words, column, example
from tests.formats.documents.pdf_files import pdf as made

import annotator
from annotator.domain.errors import ImportRefused
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Article, Refusal
from annotator.formats.documents import pdf
from annotator.services.annotations.citations import cite
from annotator.services.imports import importing


def items(path: Path, data: bytes) -> list[object]:
    path.write_bytes(data)
    assert registry.detect(path) is pdf.FORMAT
    return list(pdf.read(path))


def article(path: Path, data: bytes) -> Article:
    (found,) = (one for one in items(path, data) if isinstance(one, Article))
    return found


def body(path: Path, *pages: list[Words]) -> str:
    return article(path, made(pages)).text


def test_the_example(examples: Path, tmp_path: Path) -> None:
    assert (examples / pdf.FORMAT.example).read_bytes() == example()
    found = article(tmp_path / "a", b"  \n" + example())
    assert (found.title, found.author, found.language) == ("Ice in the strait of Älgö", "Runa Holm", "en")
    assert found.published_at == "2025-03-04T06:30:00+01:00"
    lines = found.text.split("\n")
    assert [line.split(" ")[0] for line in lines] == ["Ice", "The", "Two", "Traders"]
    assert "thirty centimetres thick" in found.text, "a hyphen at the end of a line"
    assert "and the well-known winds" in lines[3], "over the end of the page"
    assert found.facts["running_heads"] == ["Lindholm Harbour Review"]
    (first, second) = found.facts["pages"]
    assert first == ["1", 0]
    assert found.text[second[1] :].startswith("well-known winds")


PARAGRAPHS = [
    ("One line that is full of words\nand goes on here. It all ends.\nNext one begins with a capital.", 1),
    ("One line that is full of words\nand ends.\nNext one begins with a capital.", 2),
    ("One line that is full of words\nand ends early.\n\nNext one after an empty line here", 2),
    ("One line that is full of words\n   Indented is the next of them.\nIt goes on to the left again.", 2),
    ("Some points that are full of it:\n• one of them is long enough to\ngo on\n• and two", 3),
    ("A gover-\nment-owned line and inter-\nnational law, government-owned", 1),
    ("The Anglo-\nAmerican line of 2020-\n2021 is a line of words here", 1),
]


@pytest.mark.parametrize(("lines", "count"), PARAGRAPHS)
def test_lines_become_paragraphs(tmp_path: Path, lines: str, count: int) -> None:
    text = body(tmp_path / "a.pdf", column(50, 700, lines))
    assert len(text.split("\n")) == count, text
    assert "".join(text.split()).replace("-", "") == "".join(lines.split()).replace("-", "")


def test_hyphens_of_compounds_stay(tmp_path: Path) -> None:
    lines = "The state-\nowned port, a state-owned one, and the state-owned har-\nbour. Anglo-\nAmerican, 2020-\n2021."
    text = body(tmp_path / "a.pdf", column(50, 700, lines))
    assert text == "The state-owned port, a state-owned one, and the state-owned harbour. Anglo-American, 2020-2021."


def sides(tmp_path: Path, lefts: Sequence[float], lines: str) -> list[str]:
    page: list[Words] = []
    for number, left in enumerate(lefts):
        page += column(left, 700, lines.replace("#", str(number)))
    return body(tmp_path / "a.pdf", page).split("\n")


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    lines = (
        "Column # has a line of words\nand another line of words,\nand a third line of words\nand then the last one."
    )
    for lefts in ([50, 320], [30, 210, 390]):
        found = sides(tmp_path, lefts, lines)
        flat = " ".join(lines.split("\n"))
        assert found == [flat.replace("#", str(number)) for number in range(len(lefts))]


def test_a_table_is_read_row_by_row(tmp_path: Path) -> None:
    found = sides(tmp_path, [50, 150, 250], "a#\nb#\nc#\nd#\ne#")
    assert " ".join(found).split() == [f"{letter}{number}" for letter in "abcde" for number in range(3)]


def test_what_crosses_the_columns_stands_between_them(tmp_path: Path) -> None:
    four = "Words of # that fill a line up\nwords of # that fill a line up\nwords of # that fill a line up\nand end."
    page = [
        *column(50, 760, "A heading over both of the columns", 18),
        *column(50, 700, four.replace("#", "a")),
        *column(320, 700, four.replace("#", "b")),
        *column(50, 620, "A caption that runs over both of the columns and over the gutter as well, all the way."),
        *column(50, 590, four.replace("#", "c")),
        *column(320, 590, four.replace("#", "d")),
    ]
    text = body(tmp_path / "a.pdf", page)
    places = [text.index(words) for words in ("A heading", "of a", "of b", "A caption", "of c", "of d")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "turn", ["1 0 0 1 0 0", "0 1 -1 0 842 0", "-1 0 0 -1 595 842", "0 -1 1 0 0 595"], ids=["0", "90", "180", "270"]
)
@pytest.mark.parametrize("rotation", [0, 90])
def test_turned_pages(tmp_path: Path, turn: str, rotation: int) -> None:
    lines = column(50, 400, "First line of a page that is turned\nand one below that goes on with it.")
    data = made([lines], turn=turn, page=f"/Rotate {rotation}", size=(842, 842))
    text = article(tmp_path / "a.pdf", data).text
    assert text == "First line of a page that is turned and one below that goes on with it."


def test_other_scripts(tmp_path: Path) -> None:
    assert (
        body(tmp_path / "a.pdf", column(50, 700, "港务局周一表示，东港池将\n关闭到春天。"))
        == "港务局周一表示，东港池将关闭到春天。"
    )
    assert body(tmp_path / "b.pdf", column(50, 700, "A ship 🚢 and 𠮷野.")) == "A ship 🚢 and 𠮷野."
    assert body(tmp_path / "c.pdf", column(50, 700, "Порт закрыт до весны.")) == "Порт закрыт до весны."


def test_page_numbers_and_running_heads_are_no_text(tmp_path: Path) -> None:
    pages = []
    for number in range(1, 7):
        head = "Annual report" if number % 2 else f"Chapter {number}"
        words = f"This is the text of page {number}, which no other page has at all."
        pages.append([*column(50, 815, head, 8), *column(50, 700, words), *column(290, 25, f"Page {number} of 6", 8)])
    found = article(tmp_path / "a.pdf", made(pages))
    assert found.text.split("\n") == [
        f"This is the text of page {number}, which no other page has at all." for number in range(1, 7)
    ]
    assert found.facts["running_heads"] == ["Annual report", "Chapter #"]


def test_pages_have_their_labels_and_are_cited(tmp_path: Path) -> None:
    pages = [column(50, 700, f"The words of sheet {number} end here.") for number in range(3)]
    labels = "/PageLabels << /Nums [0 << /S /r >> 1 << /S /D /St 7 >>] >>"
    found = article(tmp_path / "a.pdf", made(pages, catalog=labels))
    assert [label for label, _ in found.facts["pages"]] == ["i", "7", "8"]
    with annotator.create(tmp_path / "case.anno") as project:
        importing.import_files(project._stored, [tmp_path / "a.pdf"])
        document = project.document(project.documents()[0].id)
    at = found.text.index("sheet 1")
    assert cite(document, Span(at, at + 7)).endswith(f"page 7, characters {at}-{at + 7})")
    assert ", pages i-8, characters 0-" in cite(document, Span(0, len(found.text)))


def test_scanned_pages_are_told(tmp_path: Path) -> None:
    words = column(50, 700, "Only this page has words.")
    found = items(tmp_path / "a.pdf", made([None, words, [], None]))
    assert [one.place for one in found if isinstance(one, Refusal)] == ["page 1", "page 4"]
    assert isinstance(found[-1], Article)
    assert found[-1].facts["pages"] == [["2", 0]]
    for pages, words_of_it in (([None, None], "recognise its text with an OCR"), ([[]], "is empty")):
        with pytest.raises(ImportRefused, match=words_of_it):
            items(tmp_path / "b.pdf", made(pages))


def test_protected_and_damaged_documents(tmp_path: Path) -> None:
    locked = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'41' * 32}> /U <{'42' * 32}> /P -4 >> /ID [<41> <41>]"
    with pytest.raises(ImportRefused, match="protected by a password"):
        items(tmp_path / "a.pdf", made([column(50, 700, "Secret.")], trailer=locked))
    for data in (b"%PDF-1.7\nnothing", b"%PDF-", example()[:300]):
        with pytest.raises(ImportRefused, match="not a complete PDF"):
            items(tmp_path / "b.pdf", data)


@settings(max_examples=60)
@given(st.data())
def test_flipped_bytes_end_in_a_text_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    held = bytearray(example())
    for _ in range(data.draw(st.integers(1, 12))):
        held[data.draw(st.integers(5, len(held) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "flipped.pdf"
    path.write_bytes(held)
    try:
        assert all(isinstance(one, Article | Refusal) for one in pdf.read(path))
    except ImportRefused as error:
        assert "\n" not in str(error)  # noqa: PT017 - most are read


def test_two_threads_read_at_once(tmp_path: Path) -> None:
    paths = []
    for number in range(4):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(made([column(50, 700, f"Page {page} of document {number}.") for page in range(8)]))
        paths.append(path)
    found: dict[Path, int] = {}

    def read(path: Path) -> None:
        found[path] = sum(isinstance(one, Article) for one in pdf.read(path))

    threads = [threading.Thread(target=read, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == dict.fromkeys(paths, 1)
