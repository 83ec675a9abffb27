"""Hidden labels: what the reading view and the window leave out, and that nothing active is ever hidden."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

import annotator
from annotator.app.reader.document_view import DocumentView, Highlight, LabelStyle
from annotator.app.state.workspace import Workspace
from annotator.domain.label_tree import Place
from annotator.domain.spans import Span
from annotator.services.annotations import labels, relabelling

TEXT = "The port is closed. It may open soon. The minister denied it."
STYLES = {number: LabelStyle("#0072B2", "L", number) for number in range(3)}


@pytest.fixture
def view(qtbot: QtBot) -> DocumentView:
    made = DocumentView()
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.set_label_styles(STYLES)
    made.show()
    made.set_document(TEXT)
    return made


spans = st.tuples(st.integers(0, len(TEXT) - 5), st.integers(1, 5)).map(lambda drawn: Span(drawn[0], sum(drawn)))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("hide"), st.frozensets(st.integers(0, 2))),
        st.tuples(st.just("put"), st.lists(st.tuples(st.integers(1, 6), st.integers(0, 2), spans), max_size=4)),
        st.tuples(st.just("remove"), st.lists(st.integers(1, 6), max_size=3)),
        st.tuples(st.just("set"), st.lists(st.tuples(st.integers(1, 6), st.integers(0, 2), spans), max_size=4)),
    ),
    max_size=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_the_view_finds_what_is_shown_and_nothing_else(view: DocumentView, steps: list[tuple[str, object]]) -> None:
    view.set_highlights([])
    view.set_hidden_labels([])
    held: dict[int, Highlight] = {}
    hidden: frozenset[int] = frozenset()
    for kind, values in steps:
        if kind == "hide":
            assert isinstance(values, frozenset)
            hidden = values
            view.set_hidden_labels(hidden)
        elif kind == "remove":
            assert isinstance(values, list)
            view.remove_highlights(values)
            held = {id: found for id, found in held.items() if id not in values}
        else:
            assert isinstance(values, list)
            made = {id: Highlight(id, label_id, (span,)) for id, label_id, span in values}
            (view.set_highlights if kind == "set" else view.put_highlights)(made.values())
            held = made if kind == "set" else held | made
        shown = {id for id, found in held.items() if found.label_id not in hidden}
        assert set(view.index) == shown
        for position in range(0, len(TEXT), 3):
            expected = {id for id in shown if held[id].fragments[0].start <= position < held[id].fragments[0].end}
            assert set(view.highlights_at(position)) == expected


def test_what_is_hidden_is_not_painted_and_comes_back_as_it_was(view: DocumentView) -> None:
    bare = view.grab().toImage()
    view.set_highlights([Highlight(1, 1, (Span(4, 18),)), Highlight(2, 2, (Span(8, 30),))])
    both = view.grab().toImage()
    view.set_hidden_labels([1, 2])
    assert view.grab().toImage() == bare
    view.set_hidden_labels([1])
    assert view.grab().toImage() not in (bare, both)
    view.set_hidden_labels([])
    assert view.grab().toImage() == both


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A document with an annotation of each label; ``denial`` is nested under ``claim``."""
    with annotator.create(tmp_path / "case.anno", annotator="ada") as case:
        document = case.add_document("T", TEXT)
        case.add_label("denial", parent="claim")
        for number, name in enumerate(("claim", "speculation", "official statement", "denial")):
            case.annotate(document, 4 * number, 4 * number + 3, name)
    made = Workspace()
    made.open_project(tmp_path / "case.anno", "ada")
    made.open_document(1)
    yield made
    made.close_project()


CLAIM, SPECULATION, OFFICIAL, DENIAL = 1, 2, 3, 4


def test_what_is_nested_goes_with_its_label(workspace: Workspace) -> None:
    filter = workspace.label_filter
    filter.toggle_hidden(CLAIM)
    assert filter.hidden_ids == {CLAIM, DENIAL}
    filter.toggle_hidden(DENIAL)
    assert filter.hidden_ids == set()
    filter.toggle_hidden(DENIAL)
    assert filter.hidden_ids == {DENIAL}
    filter.toggle_solo(CLAIM)
    assert filter.hidden_ids == {SPECULATION, OFFICIAL, DENIAL}
    filter.toggle_solo(DENIAL)
    assert filter.hidden_ids == {SPECULATION, OFFICIAL}
    filter.toggle_solo(CLAIM)
    filter.toggle_solo(DENIAL)
    assert filter.hidden_ids == set()


def test_solo_ends_with_what_was_hidden_before(workspace: Workspace) -> None:
    filter = workspace.label_filter
    filter.toggle_hidden(OFFICIAL)
    filter.toggle_solo(SPECULATION)
    assert filter.hidden_ids == {CLAIM, OFFICIAL, DENIAL}
    filter.toggle_solo(SPECULATION)
    assert filter.hidden_ids == {OFFICIAL}
    filter.show_all()
    assert filter.hidden_ids == set()


def test_the_active_annotation_is_never_hidden(workspace: Workspace) -> None:
    filter = workspace.label_filter
    told: list[str] = []
    workspace.notified.connect(lambda sentence, _: told.append(sentence))
    workspace.set_active(4)
    filter.toggle_hidden(CLAIM)
    assert workspace.active is None
    workspace.set_active(4)
    assert workspace.active is not None and filter.hidden_ids == set()
    assert told == ["The label 'denial' is shown again."]
    filter.toggle_solo(SPECULATION)
    workspace.set_active(4)
    assert filter.hidden_ids == {CLAIM, OFFICIAL}


def test_nesting_and_undo_move_what_is_hidden(workspace: Workspace) -> None:
    assert workspace.project is not None
    filter = workspace.label_filter
    filter.toggle_hidden(SPECULATION)
    workspace.perform(labels.place(workspace.project, OFFICIAL, Place(SPECULATION, 0)))
    assert filter.hidden_ids == {SPECULATION, OFFICIAL}
    workspace.undo()
    assert filter.hidden_ids == {SPECULATION}
    relabelling.carry_out(workspace.project, relabelling.merge(workspace.project, [SPECULATION], CLAIM))
    assert filter.hidden_ids == set()
    workspace.undo()
    assert filter.hidden_ids == {SPECULATION}
