"""The span index against a model that looks at every annotation."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cpu_time import CpuTime

from annotator.domain.analysis.span_index import SpanIndex
from annotator.domain.spans import Span, hull

LENGTHS = st.one_of(st.integers(1, 12), st.integers(200, 300), st.integers(4_000, 4_200), st.integers(60_000, 70_000))


@st.composite
def fragments(draw: st.DrawFn) -> tuple[Span, ...]:
    position = draw(st.integers(0, 80_000) | st.integers(0, 40))
    pieces = []
    for _ in range(draw(st.integers(1, 3))):
        position += draw(st.integers(1, 9))
        end = position + draw(LENGTHS)
        pieces.append(Span(position, end))
        position = end
    return tuple(pieces)


def assert_lanes_free(index: SpanIndex) -> None:
    by_lane: dict[int, list[Span]] = {}
    for id_ in index:
        by_lane.setdefault(index.lane(id_), []).append(hull(index.fragments(id_)))
    for spans in by_lane.values():
        ordered = sorted(spans)
        assert all(one.end <= other.start for one, other in pairwise(ordered))


def overlapping(model: dict[int, tuple[Span, ...]], start: int, end: int) -> list[int]:
    found = [id_ for id_, spans in model.items() if spans[0].start < end and start < spans[-1].end]
    return sorted(found, key=lambda id_: (model[id_][0].start, -model[id_][-1].end, id_))


@given(st.lists(fragments(), max_size=25), st.integers(0, 90_000), st.integers(1, 70_000))
def test_a_built_index_finds_what_overlaps(items: list[tuple[Span, ...]], start: int, length: int) -> None:
    model = dict(enumerate(items))
    index = SpanIndex(model.items())
    assert index.query(start, start + length) == overlapping(model, start, start + length)
    assert list(index) == overlapping(model, 0, 10**9)
    assert_lanes_free(index)


@settings(max_examples=40)
@given(st.data())
def test_changes_keep_the_index_right(data: st.DataObject) -> None:
    model: dict[int, tuple[Span, ...]] = dict(enumerate(data.draw(st.lists(fragments(), max_size=5))))
    index = SpanIndex(model.items())
    for _ in range(data.draw(st.integers(1, 20))):
        id_ = data.draw(st.integers(0, 8))
        spans = data.draw(fragments())
        before = {other: index.lane(other) for other in index if other != id_}
        if id_ not in model:
            free = {index.lane(other) for other in index.query(spans[0].start, spans[-1].end)}
            assert index.add(id_, spans) == min(set(range(len(free) + 1)) - free)
            model[id_] = spans
        elif data.draw(st.booleans()):
            assert index.remove(id_) == model.pop(id_)
        else:
            assert index.replace(id_, spans) == index.lane(id_)
            model[id_] = spans
        assert {other: index.lane(other) for other in index if other != id_} == before
        assert_lanes_free(index)
        start = data.draw(st.integers(0, 90_000))
        assert index.query(start, start + 300) == overlapping(model, start, start + 300)
        over = {key for key, pieces in model.items() if any(piece.start <= start < piece.end for piece in pieces)}
        assert set(index.at(start)) == over
        assert sorted(index) == sorted(model)


def test_a_change_in_place_keeps_its_lane() -> None:
    index = SpanIndex([(1, (Span(0, 10),)), (2, (Span(5, 15),)), (3, (Span(30, 40),))])
    assert [index.lane(id_) for id_ in (1, 2, 3)] == [0, 1, 0]
    assert index.replace(2, (Span(12, 15),)) == 1
    assert index.replace(2, (Span(2, 15),)) == 1
    index.remove(1)
    assert index.lane(2) == 1
    assert index.add(4, (Span(0, 5),)) == 0


def test_one_lane_holds_all_fragments() -> None:
    index = SpanIndex([(1, (Span(0, 5), Span(20, 25))), (2, (Span(8, 12),))])
    assert index.lane(1) != index.lane(2)
    assert index.query(10, 11) == [1, 2]
    assert index.query_fragments(10, 11) == [(2, Span(8, 12))]
    assert index.at(10) == [2]
    assert index.at(3) == [1]


def test_at_gives_the_innermost_first() -> None:
    index = SpanIndex([(1, (Span(0, 50),)), (2, (Span(10, 20),)), (3, (Span(5, 40),))])
    assert index.at(15) == [2, 3, 1]
    assert index.at(20) == [3, 1]
    assert index.at(50) == []


def test_walking() -> None:
    index = SpanIndex([(1, (Span(0, 50),)), (2, (Span(0, 20),)), (3, (Span(30, 40),))])
    assert list(index) == [1, 2, 3]
    assert index.successor(1) == 2
    assert index.successor(3) is None
    assert index.predecessor(2) == 1
    assert index.predecessor(1) is None
    assert index.next_after(0) == 3
    assert index.next_after(30) is None
    assert index.previous_before(30) == 2
    assert index.previous_before(0) is None


def test_unknown_and_known_ids_are_refused() -> None:
    index = SpanIndex([(1, (Span(0, 5),))])
    for refused in (lambda: index.add(1, (Span(0, 5),)), lambda: index.remove(2), lambda: index.lane(2)):
        with pytest.raises(KeyError):
            refused()
    assert len(index) == 1 and 1 in index and 2 not in index


def test_a_hundred_thousand_are_built_and_asked_quickly() -> None:
    source = random.Random(7)
    starts = sorted(source.randrange(10_000_000) for _ in range(100_000))
    items = [(id_, (Span(start, start + source.randrange(1, 300)),)) for id_, start in enumerate(starts)]
    items.append((len(items), (Span(0, 10_000_000),)))
    building = CpuTime()
    index = SpanIndex(items)
    built = building.seconds()
    asking = CpuTime()
    for position in range(0, 10_000_000, 10_000):
        index.query(position, position + 3_000)
    asked = asking.seconds() / 1_000
    # Several times what an idle machine takes.
    assert built < 1.5
    assert asked < 0.001
