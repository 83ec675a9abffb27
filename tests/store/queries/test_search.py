"""Search: any script, any query, hits at the right characters, and an index that is never behind."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import annotator
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError, InvalidValue
from annotator.services.documents import documents
from annotator.services.search import searching
from annotator.store.queries.full_text_search import Query, folded

TEXTS = {
    "latin": "Le café du Ministère: «Wir prüfen das», said Mr. O'Neill (B-52, naïve).",
    "combining": "Le cafe\u0301 est de\u0301ja\u0300 la\u0300.",
    "greek": "Ο ΟΔΟΣ και ο οδός.",
    "cyrillic": "Министр Ёлкин сказал это.",
    "chinese": "東京都知事は会見で「新しい計画」を発表した。",
    "thai": "นายกรัฐมนตรีกล่าวว่าจะลดภาษี",
    "korean": "한국 정부는 발표했다. 하고 싶다.",
    "arabic": "قالَ الوَزيرُ إنّ الأمر واضح",
    "hebrew": "שָׁלוֹם לכולם",
    "hindi": "मंत्री ने हिन्दी में कहा",
    "emoji": "Es brennt 🔥🔥 im Haus 👩‍👩‍👧.",
    "under": "snake_case and 3.14 and a-b",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path_factory.mktemp("search") / "case.anno") as made:
        for title, text in TEXTS.items():
            made.add_document(f"On {title}", text)
        yield made


def found(project: annotator.Project, query: str) -> dict[str, list[str]]:
    hits: dict[str, list[str]] = {}
    for hit in project.search(query):
        text = project.document(hit.document_id).text
        assert text[hit.span.start : hit.span.end] == hit.match or not hit.match
        hits.setdefault(hit.title.removeprefix("On "), []).append(hit.match)
    return hits


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("cafe", {"latin": ["café"], "combining": ["cafe\u0301"]}),
        ("CAFÉ", {"latin": ["café"], "combining": ["cafe\u0301"]}),
        ("deja", {"combining": ["de\u0301ja\u0300"]}),
        ("caf", {}),
        ("caf*", {"latin": ["caf"], "combining": ["caf"]}),
        ("prufen", {"latin": ["prüfen"]}),
        ("naive", {"latin": ["naïve"]}),
        ("wir das", {"latin": ["Wir", "das"]}),
        ('"wir das"', {}),
        ('"wir prüfen das"', {"latin": ["Wir prüfen das"]}),
        ("O'Neill", {"latin": ["O'Neill"]}),
        ("B-52", {"latin": ["B-52"]}),
        ("οδοσ", {"greek": ["ΟΔΟΣ", "οδός"]}),
        ("елкин", {"cyrillic": ["Ёлкин"]}),
        ("東京都", {"chinese": ["東京都"]}),
        ("新しい計画", {"chinese": ["新しい計画"]}),
        ("会見", {"chinese": ["会見"]}),
        ("会", {"chinese": ["会"]}),
        ("京知", {}),
        ("かいけん", {}),
        ("ภาษี", {"thai": ["ภาษี"]}),
        ("ว่า", {"thai": ["ว่า"]}),
        ("한국", {"korean": ["한국"]}),
        ("하고", {"korean": ["하고"]}),
        ("الوزير", {"arabic": ["الوَزيرُ"]}),
        ("قال", {"arabic": ["قالَ"]}),
        ("الامر", {"arabic": ["الأمر"]}),
        ("שלום", {"hebrew": ["שָׁלוֹם"]}),
        ("हिन्दी", {"hindi": ["हिन्दी"]}),
        ("🔥", {"emoji": ["🔥", "🔥"]}),
        ("👩‍👩‍👧", {"emoji": ["👩‍👩‍👧"]}),
        ("brennt 🔥", {"emoji": ["brennt", "🔥", "🔥"]}),
        ("snake", {"under": ["snake"]}),
        ("snake_case", {"under": ["snake_case"]}),
        ("3.14", {"under": ["3.14"]}),
        ("nothing", {}),
        ("cafe nothing", {}),
    ],
)
def test_queries(project: annotator.Project, query: str, expected: dict[str, list[str]]) -> None:
    assert found(project, query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "", " ", '"', '""', '"""', "*", "**", "AND", "OR NOT", "NEAR(a b)", "a AND", "(a", "a)", "title: x", "title:x",
        "-a", "+a", "{a b}: c", "a\0b", "\ud800", "'; DROP TABLE document; --", "\\", "[", "a*b", '"a" * "b"', "%",
        "^a", "_", "\u0301", "\u200d", "cafe AND prufen", "a" * 5000, "é" * 300, "*cafe", "\n", "\u2028",
    ],
)  # fmt: skip
def test_no_query_is_an_error(project: annotator.Project, query: str) -> None:
    for prefix in (False, True):
        hits = searching.search(project._stored, query, prefix=prefix)
        assert all(hit.title.startswith("On ") for hit in hits)
    project._stored.read.search.matching_documents(query, prefix=True)


def test_operators_of_the_index_are_plain_words(project: annotator.Project) -> None:
    assert found(project, "wir OR nothing") == {}
    assert found(project, "wir NOT das") == {}
    assert set(found(project, "title:latin")) == set()


def test_the_last_word_may_go_on_while_it_is_typed(project: annotator.Project) -> None:
    assert [hit.match for hit in searching.search(project._stored, "minis", prefix=True)] == ["Minis"]
    assert searching.search(project._stored, "minis") == []


letters = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff"),
        st.sampled_from("aeéßİıſςΣ😀👩\u200d\u0301\u0300\u0308한ก้東か\u3099الُشّ\u202e\u2028\xa0_ "),
    ),
    max_size=30,
)


@given(letters)
def test_folding_keeps_the_length(text: str) -> None:
    assert len(folded(text)) == len(text)
    assert folded(folded(text)) == folded(text)


@given(letters, letters, st.booleans())
@example("e\u0301 x", "x", False)
def test_spans_lie_in_the_text(text: str, query: str, prefix: bool) -> None:
    last = 0
    for span in Query(query, prefix=prefix).spans(text):
        assert last <= span.start < span.end <= len(text)
        last = span.end


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from("café Straße 東京都庁 ภาษีใหม่ 한국어 الوزير 🔥 O'Neill naïve e\u0301te\u0301".split()),
        min_size=1,
    )
)
def test_every_word_of_a_text_is_found_where_it_stands(words: list[str]) -> None:
    text = " ".join(words)
    for word in set(words):
        spans = list(Query(word).spans(text))
        assert len(spans) >= words.count(word)
        for span in spans:
            assert unicodedata.normalize("NFC", span.of(text)) == unicodedata.normalize("NFC", word)


def test_a_new_title_is_found_and_the_old_one_is_not(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno") as project:
        for before, after in (("Alpha", "Omega"), ("東京都知事", "Beta"), ("Gamma", "新しい計画")):
            document = project.add_document(before, f"Another body for {after[:2]}x.")
            project._stored.apply(documents.update(document, title=after))
            assert [hit.title for hit in project.search(after)] == [after]
            assert project.search(before) == []
            project.undo()
            assert [hit.title for hit in project.search(before)] == [before]
            assert project.search(after) == []
            project.redo()
            assert [hit.title for hit in project.search(after)] == [after]
        rows = project._stored.read.documents.rows()
        assert [row.title for row in rows] == ["Omega", "Beta", "新しい計画"]


def test_what_is_in_the_trash_is_not_found(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno") as project:
        document = project.add_document("Title", "Needle in a haystack, 東京都.")
        for query in ("needle", "東京都", "東", "title"):
            assert len(project.search(query)) == 1
        project.trash(document)
        for query in ("needle", "東京都", "東", "title"):
            assert project.search(query) == []
        assert project.search("needle", regex=True) == []
        project.undo()
        assert len(project.search("needle")) == 1
        project.undo()
        assert project.search("needle") == []
        project.redo()
        assert len(project.search("needle")) == 1


def test_limits(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno") as project:
        for number in range(30):
            project.add_document(f"T{number}", f"gas {number} gas gas gas gas")
        assert len(project.search("gas")) == 50
        assert len(project.search("gas", limit=7)) == 7
        assert project.search("gas", limit=0) == []
        hits = searching.search(project._stored, "gas", limit=1000, per_document=2)
        assert len(hits) == 60
        assert all(hit.before + hit.match + hit.after for hit in hits)


def test_a_hit_comes_with_its_context_on_one_line(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno") as project:
        project.add_document("T", "😀 before\nthe\tneedle\nand after\u2028it")
        (hit,) = project.search("needle")
        assert (hit.before, hit.match, hit.after) == ("😀 before the ", "needle", " and after it")
        (hit,) = project.search("t")
        assert (hit.span, hit.match) == ((0, 0), "")


def test_regular_expressions(project: annotator.Project) -> None:
    assert [hit.match for hit in project.search(r"\bB-\d+", regex=True)] == ["B-52"]
    assert [hit.match for hit in project.search("CAFÉ", regex=True)] == ["café"]
    assert [hit.match for hit in project.search(r"\p{Han}{3,}", regex=True)] == ["東京都知事"]
    assert project.search("x*?", regex=True) == []
    for wrong in ("(", "[", "*", "a{2,1}", "(?P<1>x)", r"\p{Nothing}", "a{99999999999999999999}"):
        with pytest.raises(InvalidValue, match="no regular expression"):
            project.search(wrong, regex=True)


def expect_one_line(error: AnnotatorError) -> None:
    assert "\n" not in str(error)


@given(st.text(st.sampled_from("ab()[]{}*+?|\\.^$12,:=!<>P"), max_size=12))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_expression_ends_in_a_traceback(project: annotator.Project, expression: str) -> None:
    try:
        searching.search(project._stored, expression, regex=True, seconds=0.5)
    except AnnotatorError as error:
        expect_one_line(error)


def test_an_expression_that_runs_away_is_stopped(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno") as project:
        project.add_document("T", "a" * 60 + "b")
        with pytest.raises(InvalidValue, match=r"took over 0\.2 seconds"):
            searching.search(project._stored, "(a|aa|a?a)+$", regex=True, seconds=0.2)


def test_an_empty_change_writes_nothing(project: annotator.Project) -> None:
    number = project._stored.log_number
    project._stored.apply(Change("Nothing"))
    assert project._stored.log_number == number
