"""The annotated article on paper: read back from the PDF, and looked at as pictures of the same pages."""

import re
import unicodedata
from collections.abc import Callable, Generator, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPrintSupport import QPrinter
from tests.app.printing.pdf_text import pages_of

import annotator
from annotator.app.printing.page_layout import Pages
from annotator.app.printing.page_metrics import RESOLUTION, Fonts, page_layout, sheet_of
from annotator.app.printing.print_job import PageRange, pdf_of, print_on
from annotator.app.printing.printed_article import PrintedAnnotation, PrintedArticle, PrintedLabel, printed_article
from annotator.app.reader.page.text_offsets import SourceText
from annotator.domain.analysis.span_index import SpanIndex
from annotator.domain.errors import ExportRefused, InvalidValue
from annotator.domain.records import DocumentRecord
from annotator.domain.spans import Span
from annotator.services.documents import documents

TEXT = """Talks on the pipeline resume
The minister said on Monday that the talks would resume, and she expected a result. Nobody else agreed.

“We are close,” a spokesman told reporters. Prices may fall by spring.

قال الوزير يوم الاثنين إن المحادثات ستستأنف.
"""
DOTS = 100
"""Pixels to an inch of a picture."""

T = TypeVar("T")
Marked = tuple[str, str, dict[str, Any]]
Print = Callable[..., PrintedArticle]

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def article(tmp_path: Path) -> Print:
    """Makes a document with annotations, each words that stand in it, a label and fields, and gathers it."""
    numbers = iter(range(100))

    def make(
        text: str,
        marked: Iterable[Marked] = (),
        hidden: Iterable[str] = (),
        direction: str = "",
        title: str = "A title",
    ) -> PrintedArticle:
        with annotator.create(tmp_path / f"{next(numbers)}.anno", annotator="ada") as project:
            made = project.add_document(title, text, source="Coast Gazette", published_at="2025-06-11")
            for words, label, fields in marked:
                start = text.index(words)
                project.annotate(made, start, start + len(words), label, **fields)
            record = project._stored.read.documents.one(made.id)
            project._stored.apply(documents.update(record, address="https://example.org/a?b=c", direction=direction))
            labels = project._stored.read.labels.all()
            return printed_article(
                project._stored.read.documents.one(made.id),
                project._stored.read.annotations.all(document_id=made.id),
                labels,
                frozenset(label.id for label in labels if label.name in set(hidden)),
            )

    return make


def driven(steps: Generator[Any, None, T]) -> T:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


def read_back(article: PrintedArticle, wanted: PageRange | None = None) -> list[str]:
    """The text of each page as it is copied out of the PDF, with one space between words."""
    data, count = driven(pdf_of(article, page_layout("a4"), "", wanted or PageRange()))
    pages = [" ".join(unicodedata.normalize("NFKC", page).split()) for page in pages_of(data)]
    assert len(pages) == count
    return pages


def picture(article: PrintedArticle, number: int = 1) -> QImage:
    """A page without its margins."""
    layout = page_layout("a4")
    pages = Pages(article, sheet_of(layout), Fonts())
    every = [page for page in pages if page is not None]
    image = QImage(layout.paintRectPixels(DOTS).size(), QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    painter.scale(DOTS / RESOLUTION, DOTS / RESOLUTION)
    pages.paint(painter, every[number - 1], number, len(every))
    painter.end()
    return image


def colored(image: QImage) -> tuple[int, int]:
    """From where to where across the page there is a tint."""
    columns = [
        x
        for x in range(image.width())
        for y in range(0, image.height(), 2)
        if (color := image.pixelColor(x, y)).saturation() > 25 and color.lightness() > 170
    ]
    return min(columns), max(columns)


def test_everything_is_printed_and_can_be_selected(article: Print) -> None:
    made = article(
        TEXT,
        [
            ("the talks would resume, and she expected a result", "claim", {"source": "Ministry of Energy"}),
            ("she expected a result", "speculation", {"probability": 70, "confidence": "high"}),
            ("“We are close,”", "official statement", {"credibility": 2, "note": "Asked <twice>.\nYes & no."}),
            ("الوزير يوم", "claim", {"source": "وزارة الطاقة"}),
        ],
        title="Talks on the pipeline resume",
    )
    (page,) = read_back(made)
    # Where a line ends, and so what stands between two lines, is up to the font: the references of underlines.
    words = re.sub(r"\b[CSO]\d ", "", page)
    for part in (
        "The minister said on Monday that the talks would resume, and she expected a result.",
        "Nobody else agreed. “We are close,” a spokesman told reporters. Prices may fall by spring.",
    ):
        assert part in words, page
    for part in (
        "Coast Gazette · 2025-06-11",
        "https://example.org/a?b=c",
        "claim: 2 annotations",
        "official statement: 1 annotation",
        "C1 claim Ministry of Energy “the talks would resume, and she expected a result”",
        "S2 speculation 70%, likely · high confidence “she expected a result”",
        "O3 official statement -2 · 2 probably true “We are close,” Note: Asked <twice>. Yes & no.",
        "C4 claim",
        "الوزير يوم",
    ):
        assert part in page, page
    # The text begins with its title, which is not printed twice; it stands in the footer once more.
    assert page.startswith("Talks on the pipeline resume Coast Gazette")
    assert page.endswith("Talks on the pipeline resume 1 / 1") and page.count("Talks on the pipeline") == 2
    # Beside its words, on each of the lines that they take, and in the list.
    assert all(2 <= page.count(mark) <= 3 for mark in ("C1", "S2", "O3", "C4"))
    assert read_back(made) == [page]


def test_many_pages_are_numbered_and_every_annotation_is_listed_in_order(article: Print) -> None:
    text = "".join(f"Paragraph {number} says that prices may fall.\n" for number in range(400))
    marked: list[Marked] = [(f"Paragraph {number} says", "claim", {}) for number in range(0, 400, 2)]
    pages = read_back(article(text, marked))
    assert len(pages) > 10
    for number, page in enumerate(pages, 1):
        assert page.endswith(f"A title {number} / {len(pages)}")
    listed = " ".join(pages).split("Annotations", 1)[1]
    places = [listed.index(f"C{number + 1} claim “Paragraph {2 * number} says”") for number in range(200)]
    assert places == sorted(places)
    assert read_back(article(text, marked), PageRange(2, 3)) == pages[1:3]
    with pytest.raises(ExportRefused, match="none of the chosen ones"):
        read_back(article(text, marked), PageRange(900, 901))


@settings(max_examples=25)
@given(
    st.lists(st.text("abc .", max_size=300), min_size=1, max_size=12),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=6),
)
def test_no_character_is_lost_or_printed_twice(paragraphs: list[str], places: list[tuple[float, float]]) -> None:
    text = "\n".join([*paragraphs, "x"])
    spans = [Span(int(min(pair) * len(text)), int(max(pair) * len(text))) for pair in places]
    printed = " ".join(read_back(_highlighted(text, [span for span in spans if span])))
    body = re.sub(r"The title \d+ / \d+|Q\d+", "", printed.removeprefix("The title").split("Labels")[0])
    # Lines may break inside of very long words.
    assert "".join(body.split()) == "".join(text.split())


def _highlighted(text: str, spans: list[Span]) -> PrintedArticle:
    blank = dict.fromkeys(DocumentRecord._fields, "")
    given = {**blank, "title": "The title", "text": text, "structure": ()}
    document = DocumentRecord(**given)  # type: ignore[arg-type]  # empty words do for the other fields, of any type
    label = PrintedLabel("claim", "Q", "#0072b2", 0, len(spans))
    spans = sorted(spans)
    found = tuple(PrintedAnnotation(at, f"Q{at}", label, (span,), (), "", "") for at, span in enumerate(spans, 1))
    places = SpanIndex((each.number, each.fragments) for each in found)
    return PrintedArticle(document, (label,), found, "", SourceText(text), places)


def test_hidden_labels_are_left_out_and_reported(article: Print) -> None:
    marked: list[Marked] = [("Nobody else", "claim", {}), ("Prices may fall", "speculation", {})]
    (page,) = read_back(article(TEXT, marked, hidden=["speculation", "official statement"]))
    assert "Left out: 1 annotation labelled speculation." in page
    assert "C1 claim" in page and "S2" not in page and "“Prices may fall”" not in page
    (page,) = read_back(article(TEXT, marked))
    assert "Left out" not in page and "S2 speculation “Prices may fall”" in page


def test_overlaps_can_be_distinguished_without_colours(article: Print) -> None:
    words = "that the talks would resume"  # They stand on one line, whatever the font.
    image = picture(article(f"Talks\n{words}.\n", [(words[cut:], "claim", {}) for cut in (0, 5, 9, 15)]))
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    lines: list[int] = []
    for y in range(grey.height() * 2 // 3):
        row = [grey.pixelColor(x, y).lightness() < 160 for x in range(grey.width())]
        longest = max(map(len, "".join(" x"[dark] for dark in row).split()), default=0)
        if longest > 60 and (not lines or y - lines[-1] > 3):
            lines.append(y)
    # A swatch of the legend is shorter.
    assert len(lines) == 4
    assert len({after - before for before, after in pairwise(lines)}) <= 2


def test_more_annotations_than_lanes_are_listed_below(article: Print) -> None:
    marked: list[Marked] = [("Prices may fall", "speculation", {}) for _ in range(150)]
    pages = read_back(article(TEXT, marked))
    beyond = pages[0].split("+141:", 1)[1]
    assert beyond.split()[:2] == ["S10", "S11"] and " more" in beyond
    assert "S150 speculation “Prices may fall”" in pages[-1]


@pytest.mark.parametrize(
    ("text", "words", "direction", "at_right"),
    [
        ("Nobody else agreed.\n", "Nobody", "", False),
        ("Nobody else agreed.\n", "Nobody else", "rtl", True),
        ("قال الوزير يوم الاثنين.\n", "قال", "", True),
        ("قال الوزير يوم الاثنين.\n", "قال الوزير", "ltr", False),
    ],
)
def test_tints_are_behind_their_words(article: Print, text: str, words: str, direction: str, at_right: bool) -> None:
    image = picture(article(text, [(words, "official statement", {})], direction=direction))
    left, right = colored(image.copy(0, 0, image.width(), 130))
    assert (left > image.width() * 0.6) is at_right and (right < image.width() * 0.4) is not at_right
    if words == "قال":
        assert right >= image.width() - 2
    if words == "Nobody":
        assert left <= 1


def test_a_lone_title_and_an_empty_text_are_printed(article: Print) -> None:
    assert read_back(article("A title\n", title="A title"))[0].startswith("A title Coast Gazette")
    (page,) = read_back(article("A title", title="A title"))
    assert page.endswith("A title 1 / 1")


def test_a_font_without_bold_characters_prints_each_word_once(article: Print, box_family: str) -> None:
    made = article("A title\nNobody else agreed.\n", [("Nobody", "claim", {})], title="A title")
    data, _ = driven(pdf_of(made, page_layout("a4"), box_family, PageRange()))
    (page,) = (" ".join(page.split()) for page in pages_of(data))
    assert page.startswith("A title Coast Gazette") and page.count("C1") == 2


def test_a_very_long_paragraph_is_printed_completely(article: Print) -> None:
    text = " ".join(f"word{number}" for number in range(2_000))
    words = text[3_000:5_000].strip()
    made = article(text, [(words, "claim", {})])
    printed = " ".join(read_back(made)).split("Labels")[0].split()
    assert [word for word in printed if word.startswith("word")] == text.split()
    assert printed.count("C1") > 10
    # Of a long quote the list has both ends.
    quote = made.annotations[0].quote
    assert quote.startswith(words[:900]) and quote.endswith(words[-400:]) and " … " in quote and len(quote) < 1_600


def test_a_printer_gets_the_same_pages(article: Print, tmp_path: Path) -> None:
    made = article(TEXT, [("Nobody else", "claim", {})])
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    printer.setPageLayout(page_layout("a4"))
    assert driven(print_on(printer, made, copies=2)) == 2
    pages = [
        " ".join(unicodedata.normalize("NFKC", page).split()) for page in pages_of((tmp_path / "out.pdf").read_bytes())
    ]
    assert pages == read_back(made) * 2


def test_printing_that_is_cancelled_aborts_the_printer(article: Print, tmp_path: Path) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    called: list[str] = []
    steps = print_on(printer, article(TEXT * 60), abort=lambda: called.append("abort"))
    while next(steps).page < 2:
        assert not called
    steps.close()
    assert called == ["abort"] and not printer.paintEngine().isActive()


def test_the_paper_has_a_name() -> None:
    assert page_layout("Letter").pageSize().name().startswith("Letter")
    with pytest.raises(InvalidValue, match="use one of a4, a5, letter"):
        page_layout("napkin")
