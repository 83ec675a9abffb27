"""Back and forward in the places visited."""

from hypothesis import given
from hypothesis import strategies as st

from annotator.app.state.visit_history import MOST, NEARBY, Visit, Visits


def test_nearby_moves_are_one_place_and_far_ones_another() -> None:
    visits = Visits()
    for position in (0, 500, 1500, 9000, 9100):
        visits.note(1, position)
    visits.note(2, 0)
    assert visits.step(False) == Visit(1, 9100)
    assert visits.step(False) == Visit(1, 1500)
    assert visits.step(False) is None
    assert visits.step(True) == Visit(1, 9100)


def test_what_lay_ahead_is_left_behind() -> None:
    visits = Visits()
    for document in (1, 2, 3):
        visits.note(document, 0)
    visits.step(False)
    visits.note(4, 0)
    assert visits.step(True) is None and visits.step(False) == Visit(2, 0)


def test_a_document_that_is_gone_is_forgotten() -> None:
    visits = Visits()
    for document in (1, 2, 1, 3):
        visits.note(document, 0)
    visits.step(False)
    visits.forget(1)
    assert visits.step(True) == Visit(3, 0) and visits.step(False) == Visit(2, 0) and visits.step(False) is None


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 10 * NEARBY)), max_size=60), st.lists(st.booleans()))
def test_any_steps_lead_to_places_that_were_noted(notes: list[tuple[int, int]], steps: list[bool]) -> None:
    visits = Visits()
    for document, position in notes:
        visits.note(document, position)
    for forward in steps:
        place = visits.step(forward)
        assert place is None or tuple(place) in notes


def test_the_oldest_are_dropped() -> None:
    visits = Visits()
    for number in range(MOST + 50):
        visits.note(number, 0)
    count = 0
    while visits.step(False):
        count += 1
    assert count == MOST - 1
