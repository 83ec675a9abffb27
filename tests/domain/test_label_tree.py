"""Nested labels: their order, and where a label may go."""

from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.label_tree import (
    Place,
    above,
    below,
    depths,
    in_tree_order,
    place_above,
    place_below,
    place_inside,
    place_of,
    place_outside,
)
from annotator.domain.labels import LINE_PATTERNS, OKABE_ITO, confusions, free_color, free_key, line_patterns
from annotator.domain.records import LabelRecord


def label(id: int, parent_id: int | None = None, color: str = "#0072B2", key: int | None = None) -> LabelRecord:
    return LabelRecord(id, f"label {id}", "L", color, key, "", id, parent_id)


TREE = in_tree_order([label(1), label(2, 1), label(3), label(4, 1), label(5, 2)])


def test_each_label_is_followed_by_those_under_it() -> None:
    assert [found.id for found in TREE] == [1, 2, 5, 4, 3]
    assert depths(TREE) == {1: 0, 2: 1, 5: 2, 4: 1, 3: 0}
    assert below(TREE, 1) == {1, 2, 4, 5}
    assert above(TREE, 5) == [2, 1]


def test_a_label_moves_in_four_directions() -> None:
    assert place_of(TREE, 4) == Place(1, 1)
    assert place_above(TREE, 4) == Place(1, 0)
    assert place_below(TREE, 4) is None
    assert place_inside(TREE, 4) == Place(2, 1)
    assert place_outside(TREE, 4) == Place(None, 1)
    assert place_outside(TREE, 1) is None and place_inside(TREE, 1) is None and place_above(TREE, 1) is None


@given(parents=st.lists(st.one_of(st.none(), st.integers(1, 8)), min_size=1, max_size=8))
def test_no_label_is_lost_with_any_file(parents: list[int | None]) -> None:
    # Circles, unknown parents, a label under itself: a damaged file may hold any of it.
    labels = [label(id, parent_id) for id, parent_id in enumerate(parents, 1)]
    assert sorted(found.id for found in in_tree_order(labels)) == [found.id for found in labels]
    for found in labels:
        assert found.id in below(labels, found.id)
        assert found.id not in above(labels, found.id)


def test_labels_that_somebody_sees_in_one_colour_get_other_lines() -> None:
    labels = [label(id, color=color) for id, color in enumerate(OKABE_ITO * 3, 1)]
    patterns = line_patterns(labels)
    assert [patterns[id] for id in (1, 2, 3)] == [0, 0, 0]
    for id in range(1, 9):
        assert len({patterns[id], patterns[id + 8], patterns[id + 16]}) == 3
    # The grey is taken for the purple and the green by deuteranopes.
    assert patterns[8] not in (patterns[3], patterns[4])
    assert set(patterns.values()) <= set(range(len(LINE_PATTERNS)))


def test_a_pattern_stays_when_labels_are_moved() -> None:
    labels = [label(1), label(2), label(3)]
    assert line_patterns(labels) == line_patterns(list(reversed(labels))) == {1: 0, 2: 1, 3: 2}


def test_what_is_free() -> None:
    labels = [label(1, key=1), label(2, color=OKABE_ITO[1].lower(), key=3)]
    assert free_key(labels) == 2
    assert free_color(labels) == OKABE_ITO[2]
    assert free_key([label(id, key=id) for id in range(1, 10)]) is None


def test_labels_that_are_confused_are_named_with_what_distinguishes_them() -> None:
    one = LabelRecord(1, "claim", "C", "#0072B2", 1, "", 1)
    same = LabelRecord(2, "rumour", "R", "#0072B3", 2, "", 2)
    far = LabelRecord(3, "order", "O", "#E69F00", 3, "", 3)
    apart = "their lines (solid, dashes) and their initials (C, R) distinguish them"
    assert confusions([one, same, far]) == [f"claim and rumour look alike to everybody; {apart}."]
    assert confusions([one, same, far], 2) and not confusions([one, same, far], 3)
    red, green = far._replace(color="#AA5500"), same._replace(color="#667700")
    (told,) = confusions([green, red])
    assert told.startswith("rumour and order look alike with ") and "to everybody" not in told
