"""Checking and grouping what readers give."""

from pathlib import Path

from annotator.domain.records import LabelRecord
from annotator.domain.spans import Span
from annotator.formats.base import (
    Article,
    Blank,
    Incoming,
    IncomingAnnotation,
    IncomingAnnotations,
    IncomingClaim,
    IncomingRelation,
    IncomingSource,
    IncomingState,
    IncomingStatement,
    Refusal,
    Vocabulary,
)
from annotator.services.imports.chunks import (
    Chunk,
    Received,
    Sent,
    checked,
    chunks,
    chunks_of_relations,
    count_blanks,
    rows_of,
)
from annotator.services.imports.report import ImportReport, Refused

ONE = IncomingAnnotation("claim", (Span(0, 1),))
RELATION = IncomingRelation("supports", "a", "b")
FIRST, SECOND = Path("first"), Path("second")


def article(title: str) -> Article:
    return Article(title, f"The text of {title}.")


def shown(chunk: Chunk) -> tuple[list[str], list[str], bool]:
    """The types of the items of a chunk, the titles of its articles, and whether a compared file ends with it."""
    items = [type(received.item).__name__ for received in chunk.items]
    return items, [article.title for article, _, _ in chunk.articles], chunk.ends_file


def grouped(*items: Incoming, size: int = 1_000_000) -> list[tuple[list[str], list[str], bool]]:
    return [shown(chunk) for chunk in chunks(((item, FIRST) for item in items), size)]


def test_labels_and_sources_come_before_the_articles_of_their_chunk() -> None:
    label = Vocabulary((LabelRecord(0, "new", "", "", None, "", 0),))
    assert grouped(article("A"), label, IncomingSource("S"), article("B")) == [
        (["Vocabulary", "IncomingSource"], ["A", "B"], False)
    ]


def test_what_refers_to_an_article_comes_in_a_later_chunk() -> None:
    found = grouped(article("A"), RELATION, IncomingAnnotations((ONE,), title="A"), article("B"))
    assert found == [([], ["A"], False), (["IncomingRelation", "IncomingAnnotations"], ["B"], False)]


def test_a_chunk_ends_where_it_is_as_large_as_it_may_be() -> None:
    found = grouped(article("A"), article("B"), article("C"), size=5_000)
    assert found == [([], ["A", "B"], False), ([], ["C"], False)]


def test_two_thousand_rows_are_a_chunk_too() -> None:
    found = grouped(*[RELATION] * 4_001)
    assert [len(items) for items, _, _ in found] == [2_000, 2_000, 1]
    waiting = [Received(RELATION, FIRST)] * 2_001
    assert [(len(chunk.items), chunk.is_last) for chunk in chunks_of_relations(waiting)] == [(2_000, True), (1, True)]
    assert list(chunks_of_relations([])) == []


def test_a_compared_file_ends_its_chunk_and_another_one_does_not() -> None:
    sent: list[Sent] = [
        (article("A"), FIRST),
        (IncomingState(), SECOND),
        (article("B"), SECOND),
        (article("C"), Path("third")),
        (article("D"), Path("fourth")),
    ]
    found = [shown(chunk) for chunk in chunks(sent, 1_000_000)]
    assert found == [(["IncomingState"], ["A", "B"], True), ([], ["C", "D"], False)]


def test_a_second_state_in_a_file_ends_the_first_comparison() -> None:
    found = grouped(IncomingState(), article("A"), IncomingState(), article("B"))
    assert found == [(["IncomingState"], ["A"], True), (["IncomingState"], ["B"], False)]


def test_rows_are_counted_with_what_belongs_to_them() -> None:
    claim = IncomingClaim("It is so.", statements=(IncomingStatement("a"), IncomingStatement("b")))
    counted = [rows_of(item) for item in (claim, IncomingAnnotations((ONE, ONE)), RELATION)]
    assert counted == [3, 2, 1]


def test_blanks_are_counted_and_a_single_one_is_refused() -> None:
    report = ImportReport()
    file, mail = Refusal("", "It is empty.", Blank.FILE), Refusal("3", "It has no words.", Blank.MAIL)
    sent: list[Sent] = [(file, FIRST), (mail, SECOND), (article("A"), FIRST), (file, SECOND)]
    assert list(count_blanks(sent, report)) == [(article("A"), FIRST)]
    assert report.refused == [Refused(str(SECOND), "3", "It has no words.")]
    assert report.skipped == {Blank.FILE: 2}


def test_a_blank_file_at_the_end_does_not_end_the_comparison_of_the_file_before() -> None:
    sent: list[Sent] = [(IncomingState(), FIRST), (article("A"), FIRST), (Refusal("", "Empty.", Blank.FILE), SECOND)]
    found = [shown(chunk) for chunk in chunks(count_blanks(sent, ImportReport()), 1_000_000)]
    assert found == [(["IncomingState"], ["A"], False)]


def test_a_text_that_cannot_be_stored_is_a_refusal() -> None:
    for text in ("", " \n", "a\r\nb", "\ufeffa", "\ud800"):
        assert isinstance(checked(Article("T", text), None).item, Refusal), repr(text)
    good = checked(article("A"), FIRST)
    assert good.item == article("A") and len(good.digest) == 64


def test_lone_surrogates_become_question_marks() -> None:
    bad = "a\udcddb"
    annotation = IncomingAnnotation("claim", (Span(0, 1),), note=bad, features={bad: [bad]})
    item = checked(Article(bad, "Words.", annotations=(annotation,)), None).item
    assert isinstance(item, Article) and item.title == "a?b"
    assert (item.annotations[0].note, item.annotations[0].features) == ("a?b", {"a?b": ["a?b"]})
    assert checked(IncomingSource(bad), None).item == IncomingSource("a?b")
