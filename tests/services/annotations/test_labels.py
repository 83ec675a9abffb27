"""The vocabulary: whatever is done to the labels, nothing is lost, and one undo brings back what was."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.thoroughness import examples

import annotator
from annotator.domain.changes import Change
from annotator.domain.conditions import AnnotationConditions
from annotator.domain.errors import AnnotatorError, Cancelled, InvalidValue, NotFound, ReadOnlyProject
from annotator.domain.label_tree import Place, place_inside, place_outside
from annotator.services.annotations import labels, relabelling
from annotator.services.documents import documents
from annotator.services.projects import projects
from annotator.store.check import check
from annotator.store.project import Project

TEXT = "The port is closed. It may open soon. The minister denied it."
WORDS = ((4, 8), (12, 18), (20, 22), (23, 26), (27, 31), (38, 41), (42, 50), (51, 57))


@pytest.fixture
def case(tmp_path: Path) -> Iterator[annotator.Project]:
    """Two documents with eight annotations each: claim, speculation and official statement in turn."""
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        names = [label.name for label in made.labels()]
        for title in ("One", "Two"):
            document = made.add_document(title, f"{title}. {TEXT}")
            for number, (start, end) in enumerate(WORDS):
                made.annotate(document, start + 5, end + 5, names[number % 3], credibility=number % 6 + 1)
        yield made


@pytest.fixture
def project(case: annotator.Project) -> Project:
    return case._stored


Rows = dict[str, list[tuple[Any, ...]]]


def rows(project: Project) -> Rows:
    """Everything in the file that a change of labels may touch."""
    with project.raw_connection() as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
            for table in ("label", "annotation", "document", "relation")
        }


def sound(project: Project) -> bool:
    with project.raw_connection() as connection:
        return not list(check(connection))


def names(project: Project) -> list[str]:
    return [label.name for label in labels.all_labels(project)]


def undone(project: Project, do: Callable[[], object]) -> None:
    """Do it, and see that one undo brings back every row and one redo does it again."""
    before = rows(project)
    do()
    after = rows(project)
    assert after != before
    project.undo()
    assert rows(project) == before
    project.redo()
    assert rows(project) == after
    assert sound(project)


def test_a_new_label_has_what_fits(project: Project) -> None:
    id, change = labels.add(project, "  rumour   mill ")
    assert change.title == "Add the label rumour mill"
    undone(project, lambda: project.apply(change))
    made = labels.named(project, "RUMOUR MILL")
    assert (made.id, made.initials, made.key, made.parent_id) == (id, "RM", None, None)
    assert made.color not in {label.color for label in labels.all_labels(project) if label.id != id}


def test_under_another_it_follows_its_siblings(project: Project) -> None:
    for name in ("denial", "order"):
        project.apply(labels.add(project, name, parent_id=1)[1])
    assert names(project) == ["claim", "denial", "order", "speculation", "official statement"]
    assert [label.position for label in labels.all_labels(project)] == [1, 2, 3, 4, 5]
    assert [label.parent for label in labels.all_labels(project)] == ["", "claim", "claim", "", ""]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "needs a name"),
        ({"name": "Claim"}, "called 'claim' already"),
        ({"color": "red"}, "is not a colour"),
        ({"key": 10}, "a digit from 1 to 9"),
        ({"initials": "ABC"}, "one or two characters"),
        ({"size": 3}, "no field size"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(project: Project, fields: dict[str, Any], sentence: str) -> None:
    before = rows(project)
    with pytest.raises(InvalidValue, match=sentence):
        project.apply(labels.update(project, 2, **fields))
    assert rows(project) == before


def test_a_label_may_change_the_case_of_its_own_name(project: Project) -> None:
    project.apply(labels.update(project, 1, name="Claim"))
    assert names(project)[0] == "Claim"


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"name": "assertion"}, "Rename claim to assertion"),
        ({"color": "#d55e00"}, "Recolour claim"),
        ({"initials": "CL"}, "Change the initials of claim"),
        ({"key": 7}, "Give claim the key 7"),
        ({"key": None}, "Take the key of claim"),
        ({"description": "A fact."}, "Describe claim"),
        ({"name": "a", "key": 8}, "Change the label claim"),
    ],
)
def test_a_change_states_its_effect_and_is_one_step(project: Project, fields: dict[str, Any], title: str) -> None:
    change = labels.update(project, 1, **fields)
    assert change.title == title
    undone(project, lambda: project.apply(change))
    assert labels.update(project, 1, **fields).edits == ()


def test_a_key_comes_over_from_who_has_it(project: Project) -> None:
    undone(project, lambda: project.apply(labels.update(project, 3, key=1)))
    assert {label.name: label.key for label in labels.all_labels(project)} == {
        "claim": None,
        "speculation": 2,
        "official statement": 1,
    }


def test_labels_are_moved_and_nested(project: Project) -> None:
    known = labels.all_labels(project)
    nest = place_inside(known, 2)
    assert nest is not None
    change = labels.place(project, 2, nest)
    assert change.title == "Nest speculation under claim"
    undone(project, lambda: project.apply(change))
    assert [label.parent for label in labels.all_labels(project)] == ["", "claim", ""]
    out = place_outside(labels.all_labels(project), 2)
    assert out is not None
    assert labels.place(project, 2, out).title == "Take speculation out of claim"
    project.apply(labels.place(project, 3, Place(None, 0)))
    assert names(project) == ["official statement", "claim", "speculation"]
    assert labels.place(project, 3, Place(None, 0)).edits == ()


def test_no_label_comes_under_itself(project: Project) -> None:
    project.apply(labels.place(project, 2, Place(1, 0)))
    project.apply(labels.place(project, 3, Place(2, 0)))
    for parent_id in (1, 2, 3):
        with pytest.raises(InvalidValue, match="cannot be nested"):
            labels.place(project, 1, Place(parent_id, 0))
    with pytest.raises(NotFound):
        labels.place(project, 1, Place(99, 0))


def test_a_merge_states_what_it_moves_and_moves_exactly_that(project: Project) -> None:
    plan = relabelling.merge(project, [1], 2)
    assert plan.title == "Merge claim into speculation"
    assert plan.question == "Moves 6 annotations in 2 documents from 'claim' to 'speculation'; then it goes."
    before = labels.counts(project)
    undone(project, lambda: relabelling.carry_out(project, plan))
    assert names(project) == ["speculation", "official statement"]
    assert labels.counts(project) == {2: before[1] + before[2], 3: before[3]}
    assert [label.key for label in labels.all_labels(project)] == [2, 3]


def test_a_merge_takes_along_what_is_nested_and_what_lies_in_the_trash(project: Project) -> None:
    project.apply(labels.add(project, "denial", parent_id=1)[1])
    project.apply(documents.trash([1]))
    plan = relabelling.merge(project, [1], 2)
    assert plan.question.startswith("Moves 6 annotations in 2 documents (3 of them in the trash)")
    undone(project, lambda: relabelling.carry_out(project, plan))
    assert labels.named(project, "denial").parent == "speculation"
    project.undo()
    project.undo()
    assert labels.counts(project)[1] == 6


def test_a_merge_into_a_label_below_keeps_that_one(project: Project) -> None:
    project.apply(labels.place(project, 2, Place(1, 0)))
    project.apply(labels.place(project, 3, Place(2, 0)))
    undone(project, lambda: relabelling.carry_out(project, relabelling.merge(project, [1, 2], 3)))
    assert [(label.name, label.parent) for label in labels.all_labels(project)] == [("official statement", "")]


def test_chunks_are_one_step(project: Project) -> None:
    plan = relabelling.merge(project, [1, 3], 2)
    assert plan.title == "Merge 2 labels into speculation"
    seen: list[int] = []
    number = project.log_number
    undone(project, lambda: relabelling.carry_out(project, plan, chunk=3, progress=lambda done, *_: seen.append(done)))
    assert seen == [3, 6, 9]
    assert project.log_number - number == 3 * 4
    assert project.undo_title == "Merge 2 labels into speculation"


def test_cancelled_it_leaves_everything_as_it_was(project: Project) -> None:
    before = rows(project)
    asked: list[bool] = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > 2

    with pytest.raises(Cancelled):
        relabelling.carry_out(project, relabelling.merge(project, [1], 2), chunk=2, cancelled=cancelled)
    assert rows(project) == before


def test_what_is_annotated_meanwhile_comes_along(case: annotator.Project, project: Project) -> None:
    plan = relabelling.merge(project, [1], 2)
    made = case.annotate(1, 0, 3, "claim")
    case.remove(next(found for found in case.annotations(label="claim") if found.id != made.id))
    relabelling.carry_out(project, plan)
    assert case.annotation(made.id).label == "speculation"
    assert names(project) == ["speculation", "official statement"]


def test_a_split_moves_what_matches_to_a_new_label(project: Project) -> None:
    plan = relabelling.split(project, 1, AnnotationConditions(credibility=1), name="rumour")
    assert plan.question == "Moves 4 annotations in 2 documents from 'claim' to the new label 'rumour'."
    assert plan.title == "Split 4 annotations of claim off to rumour"
    undone(project, lambda: relabelling.carry_out(project, plan, chunk=1))
    made = labels.named(project, "rumour")
    assert labels.counts(project)[made.id] == 4 and labels.counts(project)[1] == 2


MATCHES: list[tuple[AnnotationConditions, Callable[[annotator.Annotation], bool]]] = [
    (AnnotationConditions(annotator="ada"), lambda found: found.annotator == "ada"),
    (AnnotationConditions(annotator="bob"), lambda found: found.annotator == "bob"),
    (AnnotationConditions(created_by="person"), lambda found: True),
    (AnnotationConditions(created_by="rule"), lambda found: False),
    (AnnotationConditions(source_id=0), lambda found: not found.source),
    (AnnotationConditions(source_id=1), lambda found: found.source == "Ministry"),
    (AnnotationConditions(reliability="B"), lambda found: found.reliability == "B"),
    (AnnotationConditions(reliability="D"), lambda found: found.reliability == "D"),
    (AnnotationConditions(reliability="-"), lambda found: found.reliability is None),
    (AnnotationConditions(credibility=4), lambda found: found.credibility == 4),
    (AnnotationConditions(credibility=0), lambda found: found.credibility is None),
    (AnnotationConditions(document_ids=[2]), lambda found: found.document_id == 2),
    (AnnotationConditions(feature="certainty"), lambda found: "certainty" in found.features),
    (
        AnnotationConditions(feature="certainty", value="possible"),
        lambda found: found.features.get("certainty") == "possible",
    ),
    (AnnotationConditions(words="ÉTÉ port"), lambda found: "été" in found.note and "port" in found.quote),
    (AnnotationConditions(since="2000-01-01", until="2999-12-31"), lambda found: True),
    (AnnotationConditions(until="2000-01-01"), lambda found: False),
    (AnnotationConditions(chosen=[1, 4]), lambda found: found.id in (1, 4)),
    (AnnotationConditions(left_out=[1, 4]), lambda found: found.id not in (1, 4)),
    (
        AnnotationConditions(document_ids=[1], credibility=1),
        lambda found: found.document_id == 1 and found.credibility == 1,
    ),
]


@pytest.mark.parametrize(("matching", "is_meant"), MATCHES)
def test_a_split_takes_what_is_asked_for(
    case: annotator.Project,
    project: Project,
    matching: AnnotationConditions,
    is_meant: Callable[[annotator.Annotation], bool],
) -> None:
    first, second, third, *_ = case.annotations(label="claim")
    case.update(first, source="Ministry", note="un été", certainty="possible")
    case.assess("Ministry", "B")
    case.update(second, credibility=None, certainty="certain")
    case.update(third, reliability="D", reliability_reason="why")
    expected = {found.id for found in case.annotations(label="claim") if is_meant(found)}
    if expected:
        assert set(relabelling.split(project, 1, matching, into_id=2).annotation_ids) == expected
    else:
        with pytest.raises(InvalidValue, match="nothing would move"):
            relabelling.split(project, 1, matching, into_id=2)


def test_only_an_unused_label_is_removed(project: Project) -> None:
    with pytest.raises(InvalidValue, match="has 6 annotations: merge it into another"):
        labels.remove(project, 1)
    child, change = labels.add(project, "denial")
    project.apply(change)
    project.apply(labels.add(project, "flat denial", parent_id=child)[1])
    undone(project, lambda: project.apply(labels.remove(project, child)))
    assert labels.named(project, "flat denial").parent_id is None


def test_the_last_label_stays(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno") as case:
        case.merge_labels(["claim", "speculation"], "official statement")
        with pytest.raises(InvalidValue, match="only label"):
            case.remove_label("official statement")


def test_a_project_open_for_reading_refuses(case: annotator.Project) -> None:
    reading = projects.open_project(case.path, read_only=True)
    try:
        for change in (labels.update(reading, 1, name="x"), labels.place(reading, 1, Place(None, 2))):
            with pytest.raises(ReadOnlyProject, match="open for reading only: nothing was changed"):
                reading.apply(change)
        with pytest.raises(ReadOnlyProject):
            relabelling.carry_out(reading, relabelling.merge(reading, [1], 2))
    finally:
        reading.close()


actions = st.lists(
    st.tuples(
        st.sampled_from(["add", "place", "merge", "split", "remove", "rename", "key"]),
        st.integers(0, 9),
        st.integers(0, 9),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=8,
)


def planned(project: Project, kind: str, one: int, other: int, rank: int) -> Callable[[], None]:
    """What a drawn action is on the labels that there are; raises AnnotatorError where it cannot be."""
    known = labels.all_labels(project)
    first, second = known[one % len(known)], known[other % len(known)]

    def write(change: Change) -> Callable[[], None]:
        return lambda: project.apply(change)

    if kind == "merge":
        plan = relabelling.merge(project, [first.id], second.id)
        return lambda: relabelling.carry_out(project, plan, chunk=rank + 1)
    if kind == "split":
        split = relabelling.split(
            project, first.id, AnnotationConditions(document_ids=[rank % 2 + 1]), into_id=second.id
        )
        return lambda: relabelling.carry_out(project, split, chunk=rank + 1)
    if kind == "add":
        return write(labels.add(project, f"new {len(known)} {one}{other}", parent_id=second.id if rank else None)[1])
    if kind == "place":
        return write(labels.place(project, first.id, Place(second.id if rank else None, other)))
    if kind == "remove":
        return write(labels.remove(project, first.id))
    if kind == "key":
        return write(labels.update(project, first.id, key=other or None))
    return write(labels.update(project, first.id, name=f"name {one}{other}{rank}"))


@settings(max_examples=examples(30, 300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=actions)
def test_after_undo_the_file_is_what_it_was(project: Project, drawn: list[tuple[str, int, int, int]]) -> None:
    states = [rows(project)]
    for kind, one, other, rank in drawn:
        try:
            do = planned(project, kind, one, other, rank)
        except AnnotatorError:
            continue
        do()
        if rows(project) != states[-1]:
            states.append(rows(project))
        keys = [label.key for label in labels.all_labels(project) if label.key]
        assert len(keys) == len(set(keys))
        assert len(rows(project)["annotation"]) == 16
    assert sound(project)
    for state in reversed(states[:-1]):
        project.undo()
        assert rows(project) == state
