"""Planning rows out of what was matched, without a project or a file."""

from pathlib import Path
from typing import Any

import pytest
from tests.services.imports.planning import Planning, known_project

from annotator.domain.changes import Edit
from annotator.domain.records import AnnotatorRecord, FeatureRecord, LabelRecord, RemovedRow
from annotator.domain.spans import Span
from annotator.formats.base import (
    Article,
    IncomingAnnotation,
    IncomingAssessment,
    IncomingBookmark,
    IncomingRelation,
    IncomingSource,
    IncomingState,
    Refusal,
    Skipped,
    Vocabulary,
)
from annotator.services.imports.chunks import Chunk, Received
from annotator.services.imports.match import (
    AnnotationsOf,
    ComparisonBegins,
    HeldDocument,
    HeldWithOtherText,
    NewDocument,
    RelationBetween,
)
from annotator.store.queries.exchange_queries import Removal

TEXT = "The ministry said that twelve people died."


def found(start: int = 0, end: int = 3, **fields: Any) -> IncomingAnnotation:
    return IncomingAnnotation("claim", (Span(start, end),), **fields)


def article(*annotations: IncomingAnnotation, **fields: Any) -> Article:
    return Article("Fire", TEXT, annotations=annotations, **fields)


def label(name: str, uid: str = "", parent: str = "") -> LabelRecord:
    return LabelRecord(0, name, "", "", None, "", 0, parent=parent, uid=uid)


# --- documents --------------------------------------------------------------------------------------------------------


def test_a_new_document_is_a_row_and_its_text() -> None:
    plan = Planning(source="Outlet")
    plan.add(NewDocument(article(found(), uid="d" * 32, facts={"section": "news"}), "digest", earlier=3))
    source, text, document, annotation = plan.edits()
    assert (text.table, text.after) == ("document_text", {"text": TEXT})
    assert source.after is not None and (source.after["name"], source.after["kind"]) == ("Outlet", "outlet")
    assert document.after is not None and annotation.after is not None
    names = ("uid", "title", "text_sha256", "source_id", "version_of", "facts", "words")
    assert [document.after[name] for name in names] == [
        "d" * 32,
        "Fire",
        "digest",
        source.id,
        3,
        {"section": "news"},
        7,
    ]
    assert (text.id, annotation.after["document_id"]) == (document.id, document.id)
    assert (plan.report.documents, plan.report.versions, plan.report.annotations) == ([document.id], [document.id], 1)
    assert plan.known.documents == {"digest": document.id} and plan.known.new_documents == {document.id}


def test_a_document_with_a_bad_value_is_refused_with_all_that_it_has() -> None:
    plan = Planning()
    odd: Any = "said"
    plan.add(NewDocument(article(found(), status="half"), "a"), NewDocument(article(found(), structure=odd), "b"))
    assert plan.rows() == {}
    (_, status), (_, structure) = plan.refused()
    assert status == "'half' is not a status: use one of new, in progress, done."
    assert structure.startswith("Its format gave a value of a wrong kind (ValueError: ")


def test_a_document_that_is_there_gets_what_it_lacks() -> None:
    plan = Planning(known_project(annotations={"ours": (4, 5)}))
    bookmarks = (IncomingBookmark(3, "here"), IncomingBookmark(3, "again"), IncomingBookmark(99, "behind the end"))
    plan.add(HeldDocument(article(found(uid="ours"), found(4, 12, uid="new"), bookmarks=bookmarks), 5))
    rows = plan.rows()
    assert [row["quote"] for row in rows["annotation"]] == ["ministry"]
    assert [(row["document_id"], row["name"]) for row in rows["bookmark"]] == [(5, "here")]
    assert plan.report.duplicates == ["Fire"]
    assert plan.report.comparison.not_compared == {"annotation": 1}


def test_another_text_of_a_document_is_refused() -> None:
    plan = Planning()
    plan.add(HeldWithOtherText(article(found(), found())))
    ((place, reason),) = plan.refused()
    assert place == "Fire" and "has another text here, so nothing of it was taken (2 annotations)" in reason


# --- annotations ------------------------------------------------------------------------------------------------------


def test_an_annotation_without_a_uid_is_known_by_its_place() -> None:
    place = (5, 1, (Span(0, 3),), "ada")
    plan = Planning(known_project(places={place}, documents_with_places={5}))
    plan.add(AnnotationsOf(article(found(), found(4, 12), found(4, 12), found(annotator="bob")), 5))
    rows = plan.rows()
    assert [(row["quote"], row["annotator_id"]) for row in rows["annotation"]] == [("ministry", 1), ("The", 11)]
    assert [row["name"] for row in rows["annotator"]] == ["bob"]


def test_a_uid_of_another_document_is_not_used_again() -> None:
    plan = Planning(known_project(annotations={"taken": (4, 6)}))
    plan.add(AnnotationsOf(article(found(uid="taken"), found(4, 12, uid="x" * 65)), 5))
    uids = [row["uid"] for row in plan.rows()["annotation"]]
    assert [len(uid) for uid in uids] == [32, 32]
    assert plan.known.annotations["taken"] == (11, 5) and "taken" in plan.known.renamed


def test_labels_are_mapped_left_out_or_refused() -> None:
    plan = Planning(known_project(label_map={"rumour": "claim", "noise": ""}))
    labels = ("Rumour", "noise", "noise", "lost", "CLAIM")
    annotations = [IncomingAnnotation(name, (Span(at, at + 1),)) for at, name in enumerate(labels)]
    plan.add(AnnotationsOf(article(*annotations), 5))
    assert [row["label_id"] for row in plan.rows()["annotation"]] == [1, 1]
    assert plan.planner.notes() == ["2 annotations with the label “noise” left out, as chosen."]
    reason = "The project has no label 'lost': add it, or map it to another."
    assert plan.refused() == [("annotation 4 of 'Fire'", reason)]


def test_a_quote_moves_its_annotation() -> None:
    plan = Planning()
    moved = found(0, 8, quote="ministry", cue=(Span(9, 13),))
    plan.add(AnnotationsOf(article(moved, found(quote="no such words")), 5))
    (row,) = plan.rows()["annotation"]
    assert (row["start"], row["end"], row["cue"]) == (4, 12, [[13, 17]])
    assert plan.report.notes == ["annotation 1 of 'Fire' was moved by 4 characters to where its quote is."]
    assert plan.refused() == [("annotation 2 of 'Fire'", "Its quote 'no such words' is not in the text.")]


def test_a_bad_feature_costs_no_annotation() -> None:
    kind = FeatureRecord(1, "kind", "choice", ("a", "b"), "", 1)
    plan = Planning(known_project(features={"kind": kind}))
    plan.add(AnnotationsOf(article(found(features={"kind": "c"}), found(4, 12, features={"kind": "a"})), 5))
    assert [row["features"] for row in plan.rows()["annotation"]] == [{}, {"kind": "a"}]
    assert [place for place, _ in plan.refused()] == ["kind of annotation 1 of 'Fire'"]


# --- comparison -------------------------------------------------------------------------------------------------------


def test_a_file_gives_its_own_names_to_annotators() -> None:
    plan = Planning()
    state = IncomingState(annotators=(AnnotatorRecord("u1", "Ada L."), AnnotatorRecord("u2", "bob")))
    plan.add(ComparisonBegins(state, 3, {"u1": 1}))
    plan.add(AnnotationsOf(article(found(annotator="Ada  L."), found(4, 12, annotator="bob")), 5))
    rows = plan.rows()
    assert [(row["uid"], row["name"]) for row in rows["annotator"]] == [("u2", "bob")]
    assert [row["annotator_id"] for row in rows["annotation"]] == [1, 11]
    assert (plan.comparison.is_on, plan.comparison.common) == (True, 3)


def test_annotations_that_are_there_are_compared_and_missing_ones_noted() -> None:
    row = {"uid": "ours", "document_id": 5, "annotator_id": 1, "start": 0, "end": 3, "note": "old", "label_id": 1}
    plan = Planning(known_project(annotations={"ours": (4, 5)}))
    plan.begin_comparison(is_whole=True)
    rows = {"ours": row, "lost": {**row, "uid": "lost"}}
    plan.add(HeldDocument(article(found(uid="ours", note="new", is_complete=True)), 5, annotations=rows))
    (pending,) = plan.comparison.take_pending()
    assert [(field.name, field.theirs) for field in pending.difference.fields] == [("note", {"note": "new"})]
    assert pending.place == (5, "Fire", 0, 3, "ada")
    assert [one.uid for one in plan.report.comparison.missing] == ["lost"]
    assert plan.rows() == {}


def test_what_was_removed_here_stays_removed() -> None:
    removal = Removal(RemovedRow("annotation", "gone", "2026-01-02"), 4, False)
    plan = Planning(removals=[removal])
    plan.begin_comparison()
    plan.add(AnnotationsOf(article(found(uid="gone")), 5))
    assert plan.rows() == {}
    assert [one.theirs for one in plan.report.differences] == ["claim: The"]


# --- names ------------------------------------------------------------------------------------------------------------


def test_labels_of_a_new_name_are_added_and_nested() -> None:
    plan = Planning()
    child, circle = label("child", parent="parent"), label("circle", parent="circle")
    plan.add(Vocabulary((child, label(" parent "), label("Claim"), label(" "), circle)))
    edits = plan.edits()
    assert [(edit.id, (edit.after or {})["name"]) for edit in edits[:3]] == [
        (11, "child"),
        (12, "parent"),
        (13, "circle"),
    ]
    assert edits[3:] == [Edit("label", 11, {"parent_id": None}, {"parent_id": 12})]
    assert plan.report.labels == 3
    assert plan.known.label("child") == 11


def test_a_label_of_a_known_uid_keeps_our_name() -> None:
    plan = Planning(known_project(labels={"claim": 1, "rumour": 2}, label_uids={"u1": 1, "u2": 2}))
    plan.add(Vocabulary((label("assertion", "u1"), label("claim", "u2"))))
    assert plan.rows() == {}
    assert (plan.known.label("assertion"), plan.known.label("claim")) == (1, 2)


def test_two_labels_of_one_name_stay_apart() -> None:
    plan = Planning(known_project(label_uids={"u1": 1}))
    plan.add(Vocabulary((label("assertion", "u1"), label("claim", "other"))))
    assert [row["name"] for row in plan.rows()["label"]] == ["claim (2)"]
    assert plan.known.label("claim") == 11
    assert "is called “claim (2)”" in plan.report.notes[0]


def test_features_of_a_new_name_are_added() -> None:
    held, new = FeatureRecord(1, "kind", "text", (), "", 1), FeatureRecord(0, "place", "choice", ("a",), "where", 9)
    plan = Planning(known_project(features={"kind": held}))
    plan.add(Vocabulary(features=(held, new)))
    (row,) = plan.rows()["feature"]
    assert (row["name"], row["choices"], row["position"]) == ("place", ["a"], 2)


def test_a_source_that_was_only_named_gets_its_entry() -> None:
    plan = Planning()
    plan.add(
        IncomingSource("Child", parent="Parent", owner="Child"),
        IncomingSource("Parent", kind="agency", owner="Ministry", aliases=("P",)),
        IncomingSource("Ministry", note="is there"),
    )
    parent, child, later = plan.edits()
    assert parent.after is not None and child.after is not None
    assert (parent.id, parent.after["name"], parent.after["kind"], parent.after["owner_id"]) == (
        11,
        "Parent",
        "agency",
        None,
    )
    assert (child.id, child.after["parent_id"], child.after["owner_id"]) == (12, 11, None)
    assert later == Edit("source", 11, {"owner_id": None}, {"owner_id": 1})
    assert plan.known.source("p") == 11


def test_an_assessment_is_made_once_and_names_a_source() -> None:
    plan = Planning()
    one = IncomingAssessment("The Ministry", "2026-03-04", "B")
    plan.add(one, one, IncomingAssessment(" ", "2026-03-05", "C"))
    assert [row["source_id"] for row in plan.rows()["assessment"]] == [1]
    assert plan.refused() == [("assessment of 2026-03-05", "It names no source.")]


# --- relations and the rest -------------------------------------------------------------------------------------------


def test_a_relation_waits_for_its_ends_and_is_made_once() -> None:
    plan = Planning(known_project(relations={("supports", 1, 2)}))
    entry = IncomingRelation("supports", "a", "b")
    plan.add(RelationBetween(entry, 1, 2), RelationBetween(entry, 3, 0), RelationBetween(entry, 3, 4))
    plan.add(RelationBetween(entry, 3, 4))
    assert [(row["from_id"], row["to_id"]) for row in plan.rows()["relation"]] == [(3, 4)]
    assert plan.planner.take_waiting() == [Received(entry, None)]
    assert plan.planner.take_waiting() == [] and plan.refused() == []


@pytest.mark.parametrize(
    ("relation", "reason"),
    [
        (RelationBetween(IncomingRelation("k", "a", "b"), 1, 0, is_last=True), "One of the annotations that it ties"),
        (RelationBetween(IncomingRelation("k", "a", "b"), 1, 1), "A relation needs a kind, and ties two different"),
        (RelationBetween(IncomingRelation(" ", "a", "b"), 1, 2), "A relation needs a kind, and ties two different"),
    ],
)
def test_a_relation_without_two_ends_is_refused(relation: RelationBetween, reason: str) -> None:
    plan = Planning()
    plan.add(relation)
    assert plan.rows() == {} and plan.refused()[0][1].startswith(reason)


def test_refusals_and_notes_reach_the_report() -> None:
    plan = Planning()
    plan.planner.add(Refusal("x" * 400, "It is odd."), Path("folder/a.txt"))
    plan.planner.add(Skipped("Two pages hold no article."), Path("folder/a.txt"))
    (refused,) = plan.report.refused
    assert (refused.path, len(refused.place), refused.reason) == ("folder/a.txt", 300, "It is odd.")
    assert plan.report.notes == ["a.txt: Two pages hold no article."]


def test_an_item_of_no_known_type_is_nothing_to_import() -> None:
    plan = Planning()
    odd: Any = object()
    plan.add(odd)
    assert plan.rows() == {} and plan.report.refused == []


def test_reserved_ids_serve_the_next_rows() -> None:
    plan = Planning()
    chunk = Chunk(articles=[(article(found()), None, "d1"), (article(), None, "d2")])
    plan.planner.reserve(chunk)
    plan.planner.reserve(chunk)
    plan.add(NewDocument(article(), "d1"))
    assert plan.report.documents == [11] and plan.planned._next_ids("document", 1) == range(13, 14)
