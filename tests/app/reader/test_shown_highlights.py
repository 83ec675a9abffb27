"""The highlights that are shown: changed by id, found by place, and withheld while their label is hidden."""

from annotator.app.reader.marks.shown_highlights import ShownHighlights
from annotator.app.style.label_style import Highlight
from annotator.domain.spans import Span


def highlight(id_: int, start: int, end: int, label_id: int = 1) -> Highlight:
    return Highlight(id_, label_id, (Span(start, end),))


def test_a_change_returns_what_was_and_what_is_shown() -> None:
    shown = ShownHighlights()
    assert shown.put([highlight(1, 0, 5)]) == [Span(0, 5)]
    assert shown.put([highlight(1, 3, 9)]) == [Span(0, 5), Span(3, 9)]
    assert shown.index.at(4) == [1] and shown.index.at(1) == []
    assert shown.remove([1, 1, 99]) == [Span(3, 9)]
    assert shown.by_id == {} and shown.index.at(4) == []


def test_highlights_of_hidden_labels_are_withheld() -> None:
    shown = ShownHighlights()
    shown.set_all([highlight(1, 0, 5), highlight(2, 0, 9, label_id=2)])
    assert shown.hide_labels([2]) and not shown.hide_labels([2])
    assert list(shown.by_id) == [1] and shown.index.at(7) == []
    assert shown.put([highlight(3, 6, 8, label_id=2)]) == []
    assert shown.hide_labels([])
    assert sorted(shown.by_id) == [1, 2, 3]
    assert sorted(shown.index.at(7)) == [2, 3]


def test_a_highlight_that_gets_a_hidden_label_is_no_longer_shown() -> None:
    shown = ShownHighlights()
    shown.set_all([highlight(1, 0, 5)])
    shown.hide_labels([2])
    assert shown.put([highlight(1, 0, 5, label_id=2)]) == [Span(0, 5)]
    assert shown.by_id == {}
    assert shown.put([highlight(1, 2, 5)]) == [Span(2, 5)]
    assert list(shown.by_id) == [1]


def test_a_withheld_highlight_can_be_removed() -> None:
    shown = ShownHighlights()
    shown.set_all([highlight(1, 0, 5, label_id=2)])
    shown.hide_labels([2])
    assert shown.remove([1]) == []
    shown.hide_labels([])
    assert shown.by_id == {}


def test_replacing_all_keeps_labels_hidden() -> None:
    shown = ShownHighlights()
    shown.hide_labels([2])
    shown.set_all([highlight(1, 0, 5), highlight(2, 0, 5, label_id=2)])
    assert list(shown.by_id) == [1] and len(shown.index) == 1
