"""Planning attribution chains, claims and questions, without a project or a file."""

from tests.services.imports.planning import Planning, known_project

from annotator.domain.records import RemovedRow
from annotator.formats.base import (
    IncomingChainLink,
    IncomingClaim,
    IncomingEvidence,
    IncomingHypothesis,
    IncomingQuestion,
    IncomingRating,
    IncomingResolution,
    IncomingStatement,
)
from annotator.services.imports.known import Known
from annotator.store.queries.exchange_queries import Removal

MISSING = "The annotation that it belongs to was not imported."


def known(**fields: object) -> Known:
    return known_project(annotations={"a": (1, 5), "b": (2, 5)}, **fields)


def test_a_chain_has_each_source_once() -> None:
    plan = Planning(known(chain_links={(2, 1)}))
    first = IncomingChainLink("a", "Ministry", role="origin", annotator="bob", created_at="2026-01-02")
    plan.add(first, first, IncomingChainLink("b", "the ministry"), IncomingChainLink("b", "Agency", position=1))
    rows = plan.rows()
    assert [(row["annotation_id"], row["source_id"], row["role"]) for row in rows["chain_link"]] == [
        (1, 1, "origin"),
        (2, 11, "relay"),
    ]
    assert (rows["chain_link"][0]["annotator_id"], rows["chain_link"][0]["created_at"]) == (
        11,
        "2026-01-02T00:00:00.000Z",
    )


def test_a_chain_link_without_its_annotation_or_source_is_refused() -> None:
    plan = Planning(known())
    plan.add(IncomingChainLink("lost", "Ministry"), IncomingChainLink("a", " "))
    assert plan.rows() == {}
    assert plan.refused() == [("chain link Ministry", MISSING), ("chain link", "It names no source.")]


def test_a_claim_comes_with_what_is_there_of_it() -> None:
    plan = Planning(known(stated={2}))
    statements = (IncomingStatement("a", "denies"), IncomingStatement("b"), IncomingStatement("lost"))
    plan.add(
        IncomingClaim("It burned.", uid="c", statements=statements, resolutions=(IncomingResolution("2026", "x"),))
    )
    rows = plan.rows()
    assert [(row["uid"], row["text"]) for row in rows["claim"]] == [("c", "It burned.")]
    assert [(row["annotation_id"], row["claim_id"], row["stance"]) for row in rows["statement"]] == [(1, 11, "denies")]
    assert [(row["claim_id"], row["verdict"]) for row in rows["resolution"]] == [(11, "x")]
    assert plan.refused() == [("claim “It burned.”", MISSING)]


def test_a_claim_that_is_there_gets_what_it_lacks() -> None:
    plan = Planning(known(uids={"claim": {"c": 4}, "resolution": {"r": 6}}))
    resolutions = (IncomingResolution("2026", "x", uid="r"), IncomingResolution("2027", "y", uid="s"))
    plan.add(IncomingClaim("It burned.", uid="c", statements=(IncomingStatement("a"),), resolutions=resolutions))
    rows = plan.rows()
    assert "claim" not in rows
    assert [row["claim_id"] for row in rows["statement"] + rows["resolution"]] == [4, 4]
    assert [row["verdict"] for row in rows["resolution"]] == ["y"]


def test_a_claim_that_was_removed_here_stays_removed_with_all_that_it_has() -> None:
    plan = Planning(known(), removals=[Removal(RemovedRow("claim", "c", "2026"), 3, False)])
    plan.begin_comparison()
    plan.add(IncomingClaim("It burned.", uid="c", statements=(IncomingStatement("a"),)))
    assert plan.rows() == {}
    assert [(one.table, one.theirs) for one in plan.report.differences] == [("claim", "It burned.")]


def test_a_claim_that_is_there_is_compared() -> None:
    held = {"uid": "c", "id": 4, "text": "It burnt.", "topic": "", "note": ""}
    plan = Planning(known(uids={"claim": {"c": 4}}, rows_to_compare={"claim": {"c": held}}))
    plan.begin_comparison()
    plan.add(IncomingClaim("It burned.", uid="c", annotator="bob"))
    (pending,) = plan.comparison.take_pending()
    assert [field.name for field in pending.difference.fields] == ["text"] and pending.place.whose == "bob"


QUESTION = IncomingQuestion(
    "Who did it?",
    uid="q",
    hypotheses=(IncomingHypothesis("They", uid="h"), IncomingHypothesis("We", position=1)),
    evidence=(IncomingEvidence("a"), IncomingEvidence("a"), IncomingEvidence("lost")),
    ratings=(IncomingRating(1, "a", "C"), IncomingRating(1, "a", "I"), IncomingRating(0, "lost", "C")),
)


def test_a_question_comes_with_its_matrix() -> None:
    plan = Planning(known())
    plan.add(QUESTION)
    rows = plan.rows()
    assert [row["text"] for row in rows["question"] + rows["hypothesis"]] == ["Who did it?", "They", "We"]
    assert [(row["question_id"], row["annotation_id"]) for row in rows["evidence"]] == [(11, 1)]
    assert [(row["hypothesis_id"], row["evidence_id"], row["consistency"]) for row in rows["rating"]] == [(12, 11, "C")]
    assert plan.refused() == [("question “Who did it?”", MISSING)]


def test_a_question_that_is_there_gets_nothing_new() -> None:
    plan = Planning(known(uids={"question": {"q": 4}}))
    plan.add(QUESTION)
    assert plan.rows() == {} and plan.refused() == []


def test_the_matrix_of_a_question_that_is_there_is_compared() -> None:
    question = {"uid": "q", "text": "Who did it?", "note": ""}
    hypothesis = {"uid": "h", "text": "Them", "note": "", "position": 0}
    rows = {"question": {"q": question}, "hypothesis": {"h": hypothesis}}
    plan = Planning(known(uids={"question": {"q": 4}, "hypothesis": {"h": 5}}, rows_to_compare=rows))
    plan.begin_comparison()
    plan.add(QUESTION)
    (pending,) = plan.comparison.take_pending()
    assert (pending.table, [field.theirs for field in pending.difference.fields]) == ("hypothesis", [{"text": "They"}])
    assert plan.report.comparison.not_compared == {"new part of a question": 7}
