"""The page that stands alone: the text as it is, every annotation once, nothing from outside."""

import re
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.test_round_trips import annotate_hard

import annotator
from annotator.domain.labels import OKABE_ITO
from annotator.domain.records import LabelRecord
from annotator.domain.spans import Span
from annotator.formats.base import Article, Corpus, IncomingAnnotation, Vocabulary
from annotator.formats.documents import annotated_page
from annotator.services.exports import exporting

CorpusFrom = Callable[..., Corpus]
VOID = {"meta", "br"}


class Page(HTMLParser):
    """Reads a page back: the texts of its articles, what is marked in them, and whether every element is closed."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.marks: list[set[tuple[int, str]]] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.tags.add(tag)
        self.attributes += attrs
        self.ids += [held["id"] or ""] if "id" in held else []
        self.targets += [held["href"] or ""] if "href" in held else []
        if tag not in VOID:
            self.open.append((tag, held))
        if held.get("class") == "text":
            self.texts.append("")
            self.marks.append(set())

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        classes = [str(held.get("class")) for _, held in self.open]
        if "text" in classes and "ref" not in classes:
            labels = [name.split()[-1] for name in classes if name.startswith("a ")]
            start = len(self.texts[-1])
            self.texts[-1] += data
            self.marks[-1] |= {(place, label) for place in range(start, start + len(data)) for label in labels}


LABELS = tuple(
    LabelRecord(number, name, name[0].upper(), OKABE_ITO[number], number + 1, "", number)
    for number, name in enumerate(("claim", "speculation"))
)


def page_of(corpus: Corpus, path: Path) -> Page:
    annotated_page.write(corpus, path)
    return Page(path.read_text(encoding="utf-8"))


def test_the_hard_project(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "a.anno", annotator="ada", title="<The> harbour") as project:
        annotate_hard(project)
        exporting.export(project._stored, tmp_path / "a.html", "page")
        documents = [project.document(row.id) for row in project.documents()]
        count = len(project.annotations())
    source = (tmp_path / "a.html").read_text(encoding="utf-8")
    page = Page(source)
    assert page.texts == [document.text for document in documents]
    assert len(set(page.ids)) == len(page.ids)
    inside = [target for target in page.targets if target.startswith("#")]
    assert {target[1:] for target in inside} <= set(page.ids), "every link leads somewhere"
    assert len(re.findall(r'class="back"', source)) == count
    assert 'dir="rtl"' in source and 'lang="ar"' in source
    assert "<title>&lt;The&gt; harbour</title>" in source


def test_nothing_comes_from_outside_and_nothing_runs(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> & \"quoted\" 'so'"
    one = IncomingAnnotation("claim", (Span(0, 8),), source=hostile, note=hostile, features={hostile: hostile})
    article = Article(title=hostile, text=hostile, source=hostile, address="javascript:x", annotations=(one,))
    made = corpus_from([article])
    page = page_of(made, tmp_path / "a.html")
    assert page.texts == [hostile]
    assert page.tags.isdisjoint({"script", "img", "link", "iframe", "object", "form"})
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert all(target.startswith("#") for target in page.targets), "no address but one of the web is a link"
    policy = next(value for name, value in page.attributes if name == "content" and "default-src" in str(value))
    assert policy is not None and "default-src 'none'" in policy
    style = re.search(r"<style>(.*?)</style>", (tmp_path / "a.html").read_text(encoding="utf-8"), re.DOTALL)
    assert style is not None and "url(" not in style[1] and "@import" not in style[1]


def test_contents_lead_to_each_article(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    one = IncomingAnnotation("claim", (Span(0, 5),))
    made = [Article(title="A & <b>", text="Words.", source="Tidings", annotations=(one,)), Article("C", "More.")]
    page_of(corpus_from(made), tmp_path / "a.html")
    source = (tmp_path / "a.html").read_text(encoding="utf-8")
    (contents,) = re.findall("<nav.*?</nav>", source, re.DOTALL)
    assert re.findall(r'<a href="#(\w+)"><bdi>(.*?)</bdi></a> <span class="soft">(.*?)</span>', contents) == [
        ("d1", "A &amp; &lt;b&gt;", "Tidings · 1 annotation"),
        ("d2", "C", "0 annotations"),
    ]
    assert source.index("<nav") < source.index("<main")
    page_of(corpus_from(made[:1]), tmp_path / "b.html")
    assert "<nav" not in (tmp_path / "b.html").read_text(encoding="utf-8")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.html", "b.html"]


def _luminance(color: Sequence[float]) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _rgb(color: str) -> list[float]:
    digits = color.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    return [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("color", [*OKABE_ITO, "#000000", "#ffffff"])
def test_words_can_be_read_under_any_overlap(corpus_from: CorpusFrom, tmp_path: Path, theme: int, color: str) -> None:
    page_of(corpus_from([Article("A", "Words.")]), tmp_path / "a.html")
    style = (tmp_path / "a.html").read_text(encoding="utf-8")
    ink, paper, tint = re.findall(r"--ink:(#\w+);--paper:(#\w+);.*?--tint:(\d+)%", style)[theme]
    tints = [int(tint), *map(int, re.findall(r"\.a:has\([a. ]+\)\{--share:(\d+)%\}", style))]
    assert len(tints) == 3 and tints[-1] == 0, "what lies further out adds nothing"
    ground = _rgb(paper)
    for share in tints:
        ground = [old + (new - old) * share / 100 for old, new in zip(ground, _rgb(color), strict=True)]
    lighter, darker = sorted((_luminance(ground), _luminance(_rgb(ink))), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@given(st.data())
def test_every_span_is_marked_where_it_lies(
    corpus_from: CorpusFrom, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    text = data.draw(st.text(st.sampled_from("ab 🦊\u0301\u200d<&>\u05d0\n"), min_size=3, max_size=30))
    if not text.strip():
        return
    found = []
    wanted: set[tuple[int, str]] = set()
    for number in range(data.draw(st.integers(0, 6))):
        edges = sorted(data.draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=4)))
        pairs = [Span(*edges[at : at + 2]) for at in range(0, len(edges) - 1, 2)]
        label = data.draw(st.integers(0, 1))
        found.append(IncomingAnnotation(LABELS[label].name, tuple(pairs), uid=f"u{number}"))
        wanted |= {(place, f"l{label}") for span in pairs for place in range(*span)}
    made = corpus_from([Vocabulary(LABELS), Article(title="T", text=text, annotations=tuple(found))])
    page = page_of(made, tmp_path_factory.getbasetemp() / "any.html")
    assert page.texts == [text]
    assert page.marks == [wanted]
