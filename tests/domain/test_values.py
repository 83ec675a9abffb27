"""The scales, features and spans: what they take, what they refuse, and what they never do."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.canonical_text import canonical, sha256, without_surrogates
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.errors import InvalidSpan, InvalidText, InvalidValue
from annotator.domain.features import checked_features
from annotator.domain.grades import (
    BANDS,
    admiralty_code,
    band_of,
    checked_confidence,
    checked_credibility,
    checked_probability,
    checked_reliability,
)
from annotator.domain.records import FeatureRecord
from annotator.domain.spans import Span, checked_fragments, context_of, find_quote, hull, quote_of, trimmed


@pytest.mark.parametrize(
    ("reliability", "credibility", "code"),
    [("B", 2, "B2"), ("B", None, "B-"), (None, 2, "-2"), (None, None, ""), ("F", 6, "F6")],
)
def test_admiralty_codes(reliability: str | None, credibility: int | None, code: str) -> None:
    assert admiralty_code(reliability, credibility) == code


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0, "almost no chance"),
        (1, "almost no chance"),
        (5, "very unlikely"),
        (20, "unlikely"),
        (45, "roughly even chance"),
        (50, "roughly even chance"),
        (55, "roughly even chance"),
        (56, "likely"),
        (80, "likely"),
        (81, "very likely"),
        (95, "very likely"),
        (96, "almost certain"),
        (100, "almost certain"),
    ],
)
def test_probability_words(probability: int, words: str) -> None:
    assert band_of(probability).words == words


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_higher_probability_has_no_lower_word(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert BANDS.index(band_of(low)) <= BANDS.index(band_of(high))


def test_scales_take_what_people_write() -> None:
    assert [checked_reliability(value) for value in ("a", " B ", "", None)] == ["A", "B", None, None]
    assert [checked_credibility(value) for value in (1, "6", "", None)] == [1, 6, None, None]
    assert [checked_probability(value) for value in (0, 100, None)] == [0, 100, None]
    assert [checked_confidence(value) for value in ("low", "", None)] == ["low", None, None]


FEATURES = [
    FeatureRecord(1, "mood", "choice", ("good", "bad"), "", 1),
    FeatureRecord(2, "sure", "flag", (), "", 2),
    FeatureRecord(3, "count", "number", (), "", 3),
    FeatureRecord(4, "evidence", "link", (), "", 4),
    FeatureRecord(5, "remark", "text", (), "", 5),
]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mood", "fair"),
        ("mood", ["good"]),
        ("sure", 1),
        ("sure", "yes"),
        ("count", True),
        ("count", "3"),
        ("count", float("inf")),
        ("evidence", "example.org"),
        ("evidence", "javascript:alert(1)"),
        ("evidence", "http:[x"),
        ("evidence", 5),
        ("remark", 5),
        ("unknown", {1}),
        ("unknown", float("nan")),
    ],
)
def test_features_that_are_refused(name: str, value: object) -> None:
    with pytest.raises(InvalidValue):
        checked_features({name: value}, FEATURES)


def test_features_that_are_taken() -> None:
    values = {
        "mood": "good",
        "sure": False,
        "count": 0,
        "evidence": "https://example.org/x",
        "remark": "x",
        "unknown": [1, {"a": None}],
    }
    assert checked_features({**values, "empty": "", "none": None}, FEATURES) == values


@given(st.text(max_size=80))
def test_canonical_texts(text: str) -> None:
    try:
        made = canonical(text)
    except InvalidText:
        assert any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text)
        return
    assert "\r" not in made
    assert not made.startswith("\ufeff")
    assert canonical(made) == made
    assert len(sha256(made)) == 64
    assert made == text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("text", "place"),
    [("ab\0", "NUL character at character 2 (line 1)"), ("é\n\ud800\0", "lone surrogate at character 2 (line 2)")],
)
def test_what_no_text_may_hold_is_named_with_its_place(text: str, place: str) -> None:
    with pytest.raises(InvalidText) as refused:
        canonical(text)
    assert place in str(refused.value)


def test_names_without_surrogates() -> None:
    assert without_surrogates("f\udcfcr 😀") == "f?r 😀"


@given(st.text(st.sampled_from("ab 😀"), min_size=1, max_size=40), st.data())
def test_a_quote_is_found_again_by_its_context(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    span = Span(start, end)
    assert find_quote(text, span.of(text), *context_of(text, span), near=start) == span
    moved = "new line\n" + text
    found = find_quote(moved, span.of(text), *context_of(text, span), near=start + 9)
    assert found is not None
    assert found.of(moved) == span.of(text)
    assert find_quote(text, "x") is None
    assert find_quote(text, "") is None
    assert find_quote("The port", "\ufeffThe") == Span(0, 3)
    assert find_quote("The \ufeffport", "\ufeffport") == Span(4, 9)


def overlap(pairs: list[tuple[int, int]]) -> bool:
    return any(one[1] > other[0] for one, other in pairwise(sorted(pairs)))


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5))
def test_fragments_are_in_order_and_apart(pairs: list[tuple[int, int]]) -> None:
    try:
        made = checked_fragments(pairs, 25)
    except InvalidSpan:
        assert pairs == [] or any(not 0 <= start < end <= 25 for start, end in pairs) or overlap(pairs)
        return
    assert all(one.end < other.start for one, other in pairwise(made))
    assert sum(end - start for start, end in made) == sum(end - start for start, end in pairs)
    assert hull(made) == (min(start for start, _ in pairs), max(end for _, end in pairs))


def test_spans() -> None:
    assert Span(1, 3).overlaps(Span(2, 5))
    assert not Span(1, 3).overlaps(Span(3, 5))
    assert Span(1, 9).contains(Span(1, 9))
    assert trimmed(" \u00a0a\u2028", Span(0, 4)) == (2, 3)
    assert trimmed("  ", Span(0, 2)) is None
    assert quote_of("one two three", [Span(0, 3), Span(8, 13)]) == "one … three"


def test_the_inverse_of_a_change_runs_backwards() -> None:
    made = Edit("source", 1, None, {"uid": new_uid(), "name": "S"})
    document = Edit("document", 1, None, {"uid": new_uid(), "title": "T", "source_id": 1})
    text = Edit("document_text", 1, None, {"text": "T"})
    inverse = Change("Import", (made, text, document), "step").inverse()
    assert inverse.step == "step"
    assert [edit.table for edit in inverse.edits] == ["document", "source"]
    trashed = inverse.edits[0]
    assert trashed.before == {"trashed_at": None, "source_id": 1}
    assert trashed.after is not None
    assert trashed.after["source_id"] is None
    assert trashed.inverse().after == trashed.before
    assert now().endswith("Z")
