"""Matching what came with what is known of the project, without a project."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from tests.services.imports.planning import known_project

from annotator.domain.errors import NotFound
from annotator.domain.records import DocumentRecord
from annotator.domain.spans import Span
from annotator.formats.base import (
    Article,
    Incoming,
    IncomingAnnotation,
    IncomingAnnotations,
    IncomingRelation,
    IncomingSource,
    IncomingState,
    Refusal,
)
from annotator.services.imports.chunks import Chunk, Received
from annotator.services.imports.known import AnnotationPlace, Known
from annotator.services.imports.match import (
    AnnotationsOf,
    ComparisonBegins,
    HeldDocument,
    HeldWithOtherText,
    MatchedItem,
    Matcher,
    NewDocument,
    RelationBetween,
)

PATH = Path("file.txt")
ONE = IncomingAnnotation("claim", (Span(0, 1),))


class Stored:
    """A project of one document, 5, that holds one annotation."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.titles = {"Fire": [5], "Twice": [5, 6]}

    def document(self, id: int) -> DocumentRecord:
        if id != 5:
            raise NotFound(f"There is no document {id}.")
        empty: dict[str, Any] = dict.fromkeys(DocumentRecord._fields, "")
        return DocumentRecord(**{**empty, "id": 5, "title": "Fire", "text": "The fire."})

    def documents_titled(self, title: str, source: str, published_at: str) -> list[int]:
        return self.titles.get(title, [])

    def earlier_version(self, article: Article, source_id: int | None, new: Collection[int]) -> int | None:
        self.asked.append((article.title, article.origin_path, source_id))
        return 5 if article.title == "Fire" else None

    def places(self, document_id: int) -> set[AnnotationPlace]:
        return {(document_id, 1, (Span(0, 3),), "ada")}

    def common_entry(self, state: IncomingState) -> int:
        return 7

    def annotators_by_uid(self) -> dict[str, int]:
        return {"u": 1}


def matched(
    article: Article,
    known: Known | None = None,
    stored: Stored | None = None,
    *,
    source: str = "",
    is_compared: bool = False,
) -> MatchedItem:
    """An article of the digest "d", matched with what is known."""
    chunk = Chunk(articles=[(article, PATH, "d")])
    matcher = Matcher(known or known_project(), stored or Stored(), source)
    (found,) = matcher.articles(chunk, is_compared=is_compared)
    assert found.path == PATH
    return found.item


def matched_item(item: Incoming, known: Known | None = None, *, is_last: bool = False) -> MatchedItem:
    """An item that is no article, matched with what is known."""
    chunk = Chunk(items=[Received(item, PATH)], is_last=is_last)
    (found,) = Matcher(known or known_project(), Stored()).items(chunk)
    return found.item


def test_a_text_that_the_project_holds_is_no_new_document() -> None:
    known = known_project(documents={"d": 5}, document_rows={5: {"id": 5}}, annotation_rows={5: {"a": {}}})
    article = Article("Other title", "The fire.")
    assert matched(article, known) == HeldDocument(article, 5, {"id": 5}, {"a": {}})


def test_a_text_of_its_own_is_a_new_document_or_a_new_version() -> None:
    other, again = Article("Other", "Words."), Article("Fire", "The fire grows.")
    assert matched(other) == NewDocument(other, "d")
    assert matched(again) == NewDocument(again, "d", earlier=5)


def test_a_file_tells_which_text_it_takes_the_place_of() -> None:
    stored = Stored()
    article = Article("Fire", "The fire grows.", version_of="known")
    known = known_project(uids={"document": {"known": 9}})
    assert matched(article, known, stored) == NewDocument(article, "d", earlier=9)
    lost = Article("Fire", "Words.", version_of="lost")
    assert matched(lost, known, stored) == NewDocument(lost, "d")
    assert stored.asked == []


@pytest.mark.parametrize(
    ("named", "default", "source"), [("The  Ministry", "", 1), ("New", "", -1), ("", "", None), ("", "Ministry", 1)]
)
def test_earlier_versions_are_those_of_the_same_outlet(named: str, default: str, source: int | None) -> None:
    stored = Stored()
    matched(Article("T\ud800", "Words.", source=named), stored=stored, source=default)
    assert stored.asked == [("T?", "file.txt", source)]


def test_another_text_of_the_same_uid_is_told_only_where_the_file_is_compared() -> None:
    known = known_project(uids={"document": {"u": 5}})
    article = Article("Fire", "Another text.", uid="u")
    assert matched(article, known, is_compared=True) == HeldWithOtherText(article)
    assert isinstance(matched(article, known), NewDocument)


def test_a_value_that_no_reader_checked_is_a_refusal() -> None:
    odd: Any = 7
    found = matched(Article(odd, "Words."))
    assert isinstance(found, Refusal)
    assert found.reason.startswith("Its format gave a value of a wrong kind (AttributeError: ")


@pytest.mark.parametrize(
    "incoming",
    [
        IncomingAnnotations((ONE,), document_uid="u"),
        IncomingAnnotations((ONE,), document_uid="lost", text_sha256="d"),
        IncomingAnnotations((ONE,), title=" Fire "),
    ],
    ids=["uid", "hash", "title"],
)
def test_annotations_find_their_document(incoming: IncomingAnnotations) -> None:
    known = known_project(uids={"document": {"u": 5}}, documents={"d": 5})
    found = matched_item(incoming, known)
    assert isinstance(found, AnnotationsOf)
    assert (found.document_id, found.article.text, found.article.annotations) == (5, "The fire.", (ONE,))


@pytest.mark.parametrize(
    ("incoming", "reason"),
    [
        (IncomingAnnotations((ONE,), title="Twice", place="3"), "has 2 documents with the title “Twice”"),
        (IncomingAnnotations((ONE,), title="Lost", place="3"), "has no document with the title “Lost”"),
        (IncomingAnnotations((ONE,), document_uid="x", place="3"), "has no document with the uid x"),
        (IncomingAnnotations((ONE,), document_uid="trashed", place="3"), "There is no document 6."),
    ],
)
def test_annotations_without_a_document_are_refused(incoming: IncomingAnnotations, reason: str) -> None:
    found = matched_item(incoming, known_project(uids={"document": {"trashed": 6}}))
    assert isinstance(found, Refusal) and found.place == "3" and reason in found.reason


def test_places_are_learned_where_uids_do_not_tell() -> None:
    def learned(*uids: str) -> bool:
        known = known_project(documents={"d": 5}, annotations={"ours": (1, 5), "elsewhere": (2, 6)})
        annotations = tuple(IncomingAnnotation("claim", (Span(0, 1),), uid=uid) for uid in uids)
        matched(Article("Fire", "The fire.", annotations=annotations), known)
        assert known.documents_with_places == ({5} if known.places else set())
        return bool(known.places)

    assert not learned() and not learned("ours") and not learned("ours", "new")
    assert learned("") and learned("elsewhere") and learned("new", "new")


def test_a_relation_has_the_ids_of_its_ends() -> None:
    relation = IncomingRelation("supports", "a", "lost")
    known = known_project(annotations={"a": (3, 5)})
    assert matched_item(relation, known) == RelationBetween(relation, 3, 0)
    assert matched_item(relation, known, is_last=True) == RelationBetween(relation, 3, 0, is_last=True)


def test_a_state_begins_a_comparison_and_the_rest_passes() -> None:
    state, source = IncomingState(), IncomingSource("S")
    assert matched_item(state) == ComparisonBegins(state, 7, {"u": 1})
    assert matched_item(source) is source
