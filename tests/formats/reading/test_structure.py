"""Title, lead points and body of an article."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.formats.base import Article
from annotator.formats.documents import text
from annotator.formats.reading.article_structure import is_paragraph, structure_of, structured, title_from, with_title

BODY = "\nThe talks began on Monday. Nobody said how long they would last.\n"


def parts(words: str, name: str = "a-file_name.txt") -> tuple[str, list[tuple[str, str]]]:
    title, structure = structured(words, name)
    return title, [(kind, span.of(words)) for kind, span in structure]


def test_the_article_about_gazprom(shared: Path) -> None:
    (article,) = text.read(shared / "articles" / "gazprom.txt")
    assert isinstance(article, Article)
    assert article.text == (shared / "articles" / "gazprom.txt").read_text(encoding="utf-8")
    assert article.title == "US and Russia seek energy cooperation through Gazprom"
    kinds = [kind for kind, _ in article.structure]
    assert kinds == ["title", "lead", "lead", "lead"]
    leads = [span.of(article.text) for kind, span in article.structure if kind == "lead"]
    assert leads[0] == "Moscow and Washington are in preliminary talks regarding energy cooperation with Gazprom."
    assert [lead.split()[0] for lead in leads] == ["Moscow", "Discussions", "Such"]
    body = article.text[article.structure[-1][1].end :].strip()
    assert body.startswith("In recent months, Moscow and Washington")
    assert body.endswith("particularly in relation to Ukraine.")


def test_titles_of_a_whole_corpus(shared: Path) -> None:
    paths = sorted((shared / "corpora" / "polnear-train" / "text").glob("*.txt"))
    assert paths
    for path in paths:
        (article,) = text.read(path)
        assert isinstance(article, Article)
        first_line = article.text.lstrip().split("\n")[0].strip()
        assert article.title == " ".join(first_line.split())


@pytest.mark.parametrize(
    "title",
    [
        "Talks resume in Geneva",
        "Talks resume in Geneva.",
        "Talks resume? Nobody knows",
        "Gazprom is back. What now?",
        "U.S. Sen. J. Smith meets Gov. Pence in St. Louis.",
        "“We will not sign,” says the minister",
        "This Man Is Not Running Again. He Is Selling His House To A Donor.",
        "总统表示谈判将继续",
        "قال الرئيس إن المحادثات ستستمر",
    ],
)
def test_a_first_line_that_is_a_title(title: str) -> None:
    assert parts(title + BODY) == (title, [("title", title)])


@pytest.mark.parametrize(
    "first",
    [
        "The talks ended on Friday. Both sides spoke of progress. A date was not set.",
        "The talks ended on Friday. Both sides spoke of progress.",
        "The minister said on Tuesday that the talks " + "had gone on and on " * 7 + "without end",
        "WASHINGTON (Reuters) - The minister met his colleague on Tuesday",
        "总统表示谈判将继续。没有人回答。",
        "- a point at the very beginning",
    ],
)
def test_a_first_line_that_is_a_paragraph(first: str) -> None:
    title, found = parts(first + BODY, "2025-03-04_talks-in-geneva.txt")
    assert title == "2025-03-04 talks in geneva"
    assert "title" not in dict(found)


def test_the_only_line_is_a_paragraph() -> None:
    assert parts("Only these words\n\n") == ("a file name", [])


def test_lead_points() -> None:
    words = "Title\n\n- one\n  * two \n• three\n–\u00a0four\n·five\n+ six\nBody - not a lead\n- nor this\n"
    _, found = parts(words)
    assert found == [("title", "Title"), *(("lead", lead) for lead in ("one", "two", "three", "four", "five", "six"))]


@pytest.mark.parametrize("line", ["-----", "* * *", "**bold** words", "-5 degrees", "-"])
def test_lines_that_are_no_lead_points(line: str) -> None:
    assert parts(f"Title\n{line}\nBody words\n")[1] == [("title", "Title")]


def test_a_wrapped_title_and_a_wrapped_paragraph() -> None:
    assert parts("US and Russia seek energy\ncooperation through Gazprom\n\nBody." + BODY)[0] == (
        "US and Russia seek energy cooperation through Gazprom"
    )
    assert parts("The talks ended on Friday and\nboth sides spoke of progress.\n\nBody." + BODY)[1] == []


def test_a_title_that_is_stated() -> None:
    assert with_title(" A  title ", "Body words", "x")[:2] == ("A title", "A title\nBody words")
    assert with_title("A title", "A title.\n- lead\nBody", "x")[1] == "A title.\n- lead\nBody"
    assert [kind for kind, _ in with_title("T", "- one\n- two\nBody", "x")[2]] == ["title", "lead", "lead"]
    assert structure_of("Title\nBody", "Other") == ()
    assert [span for _, span in structure_of("Title\n- a\nBody", "Title")] == [(0, 5), (8, 9)]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("gaz_prom-2025-03-04.txt", "gaz prom 2025-03-04"),
        ("a.b.c.md", "a b c"),
        ("über uns.html", "über uns"),
        ("v1.2.txt", "v1.2"),
        ("....", "Untitled"),
    ],
)
def test_titles_out_of_file_names(name: str, title: str) -> None:
    assert title_from(name) == title


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("-*• \n\t.A"), max_size=200))
def test_structure_always_lies_in_the_text(words: str) -> None:
    title, structure = structured(words, "name.txt")
    assert title
    assert "\n" not in title
    end = 0
    for _, span in structure:
        assert end <= span.start < span.end <= len(words)
        assert span.of(words) == span.of(words).strip()
        end = span.end


def test_hostile_texts_take_no_time() -> None:
    for words in ("." * 1_000_000, "\n" * 1_000_000, "- a\n" * 50_000, "a. " * 300_000 + "\nx", "(" * 140 + "\nx"):
        structured(words, "x")
    assert is_paragraph("a" * 151)
