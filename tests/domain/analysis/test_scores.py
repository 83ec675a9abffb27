"""Scores against gold: by hand, by brute force, and what must hold for any spans."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.analysis.span_scores import (
    ANY,
    CHARACTERS,
    EXACT,
    OVERLAPS,
    SENTENCES,
    SPANS,
    THIRD,
    WHATEVER,
    Counts,
    LabelledContent,
    matches,
    scored,
)
from annotator.domain.spans import Span


def mark(
    label: str, *pairs: tuple[int, int], mention: tuple[int, int] | None = None, source: str = ""
) -> LabelledContent:
    return LabelledContent(label, tuple(Span(*pair) for pair in pairs), (Span(*mention),) if mention else (), source)


SENTENCE_SPANS = [Span(0, 20), Span(21, 50), Span(51, 80)]


def test_counts_that_were_computed_manually() -> None:
    gold = [mark("claim", (0, 10)), mark("claim", (21, 30)), mark("speculation", (55, 75))]
    found = [mark("claim", (0, 10)), mark("speculation", (21, 31)), mark("claim", (60, 62)), mark("claim", (76, 78))]
    result = scored(found, gold, SENTENCE_SPANS)
    assert result.counts[SPANS, "claim"] == Counts(1, 3, 2)
    assert result.counts[SPANS, "speculation"] == Counts(0, 1, 1)
    assert result.counts[SPANS, WHATEVER] == Counts(2, 4, 3)
    assert result.counts[SENTENCES, "claim"] == Counts(1, 2, 2)
    assert result.counts[SENTENCES, "speculation"] == Counts(0, 1, 1)
    assert result.counts[SENTENCES, WHATEVER] == Counts(3, 3, 3)
    assert result.counts[CHARACTERS, WHATEVER] == Counts(10 + 9 + 2, 10 + 10 + 2 + 2, 10 + 9 + 20)
    assert result.confusion == {
        ("claim", "claim"): 1,
        ("claim", "speculation"): 1,
        ("speculation", ""): 1,
        ("", "claim"): 2,
    }
    assert scored(found, gold, SENTENCE_SPANS, ANY).counts[SPANS, WHATEVER] == Counts(3, 4, 3)
    assert scored(found, gold, SENTENCE_SPANS, EXACT).counts[SPANS, WHATEVER] == Counts(1, 4, 3)


def test_figures_that_do_not_exist_are_no_zeros() -> None:
    assert (Counts().precision, Counts().recall, Counts().f) == (None, None, None)
    assert (Counts(0, 2, 0).precision, Counts(0, 2, 0).recall, Counts(0, 2, 0).f) == (0.0, None, 0.0)
    counts = Counts(2, 4, 3)
    assert (counts.precision, counts.recall) == (0.5, pytest.approx(2 / 3))
    assert counts.f == pytest.approx(2 * 0.5 * (2 / 3) / (0.5 + 2 / 3))
    nothing = scored([], [], SENTENCE_SPANS)
    assert nothing.counts[SPANS, WHATEVER] == Counts()


def test_a_third_of_both() -> None:
    gold = [mark("claim", (0, 30))]
    assert matches([mark("claim", (0, 10))], gold) == [(0, 0)]
    assert matches([mark("claim", (0, 9))], gold) == []
    assert matches([mark("claim", (20, 110))], gold) == []
    assert matches([mark("claim", (0, 5), (25, 30))], gold) == [(0, 0)]


def test_no_span_is_counted_twice_and_none_is_left_by_a_greedy_choice() -> None:
    gold = [mark("claim", (0, 10)), mark("claim", (8, 20))]
    found = [mark("claim", (2, 14)), mark("claim", (0, 9))]
    assert len(matches(found, gold)) == 2
    assert len(matches([mark("claim", (0, 20))], gold)) == 1


def test_a_partner_with_the_same_label_is_preferred() -> None:
    gold = [mark("claim", (0, 10)), mark("speculation", (0, 10))]
    found = [mark("speculation", (0, 10))]
    assert matches(found, gold) == [(0, 1)]


def test_sources_by_mention_and_by_name() -> None:
    gold = [
        mark("claim", (0, 10), mention=(12, 20)),
        mark("claim", (21, 30), source="The Ministry"),
        mark("claim", (51, 60)),
    ]
    found = [
        mark("claim", (0, 10), mention=(12, 19)),
        mark("claim", (21, 30), mention=(40, 45), source="the ministry"),
        mark("claim", (51, 60), source="Somebody"),
    ]
    assert scored(found, gold, SENTENCE_SPANS).sources == Counts(1, 2, 2)


spans = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 30), st.integers(1, 12)).map(
        lambda one: mark(one[0], (one[1], one[1] + one[2]))
    ),
    max_size=5,
)


@given(spans, spans, st.sampled_from(OVERLAPS))
def test_as_many_pairs_as_there_can_be(found: list[LabelledContent], gold: list[LabelledContent], overlap: str) -> None:
    def fits(one: LabelledContent, other: LabelledContent) -> bool:
        return matches([one], [other], overlap) != []

    short, long = (found, gold) if len(found) <= len(gold) else (gold, found)
    best = max(
        sum(fits(one, other) if short is found else fits(other, one) for one, other in zip(short, chosen, strict=True))
        for chosen in permutations(long, len(short))
    )
    pairs = matches(found, gold, overlap)
    assert len(pairs) == best
    assert len({mine for mine, _ in pairs}) == len({theirs for _, theirs in pairs}) == len(pairs)
    assert all(fits(found[mine], gold[theirs]) for mine, theirs in pairs)


@given(spans, spans)
def test_what_holds_of_any_spans(found: list[LabelledContent], gold: list[LabelledContent]) -> None:
    result = scored(found, gold, SENTENCE_SPANS)
    for counts in result.counts.values():
        assert 0 <= counts.right <= min(counts.found, counts.gold)
    assert sum(result.confusion.values()) == len(found) + len(gold) - result.counts[SPANS, WHATEVER].right
    turned = scored(gold, found, SENTENCE_SPANS)
    for key, counts in result.counts.items():
        assert turned.counts[key] == Counts(counts.right, counts.gold, counts.found)
    same = scored(gold, gold, SENTENCE_SPANS, EXACT)
    assert all(counts.right == counts.gold == counts.found for counts in same.counts.values())


def test_ten_thousand_spans_are_quick() -> None:
    many = [mark("claim", (at * 10, at * 10 + 8)) for at in range(10_000)]
    assert len(matches(many, many, THIRD)) == 10_000
