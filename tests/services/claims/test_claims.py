"""Claims: grouped, moved, merged, resolved, undone, and carried from project to project whole."""

from pathlib import Path

import pytest
from tests.native_export import exported
from tests.services.claims.judged import case, claimed, stated

import annotator
from annotator.domain.changes import Change
from annotator.domain.errors import InvalidValue, NotFound
from annotator.domain.records import ClaimRecord
from annotator.services.claims import chains, claims, hypotheses
from annotator.services.documents import documents
from annotator.services.exports import exporting
from annotator.services.sources import sources
from annotator.store.check import check


def claim_of(project: annotator.Project, id: int) -> ClaimRecord:
    return project._stored.read.claims.one(id)


def apply(project: annotator.Project, change: Change) -> None:
    project._stored.apply(change)


def test_annotations_state_one_claim_at_most_and_are_moved(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        one, two = stated(project, "the bridge is open"), stated(project, "the bridge opened")
        first = claimed(project, "The bridge is open.", one, two)
        second = claimed(project, "Another thing", topic="roads  and bridges")
        assert (claim_of(project, first).states, claim_of(project, second).topic) == (2, "roads and bridges")
        apply(project, claims.state(project._stored, second, [two.id], "denies"))
        assert (claim_of(project, first).states, claim_of(project, second).denies) == (1, 1)
        project.undo()
        assert (claim_of(project, first).states, claim_of(project, second).denies) == (2, 0)
        with pytest.raises(NotFound):
            claims.state(project._stored, 99, [one.id])
        with pytest.raises(InvalidValue, match="sentence"):
            claims.add(project._stored, "  ")


def test_the_verdict_in_force_is_the_latest_by_date(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        id = claimed(project, "The bridge is open.", stated(project, "the bridge is open"))
        assert claim_of(project, id).verdict == "open"
        for verdict, day in (("refuted", "2026-03-01"), ("confirmed", "2026-02-01")):
            apply(
                project,
                claims.resolve(project._stored, claim_of(project, id), verdict, evidence="photos", resolved_on=day),
            )
        assert claim_of(project, id)[7:9] == ("refuted", "2026-03-01")
        latest = project._stored.read.claims.resolutions()[0]
        apply(project, claims.withdraw(latest))
        assert claim_of(project, id).verdict == "confirmed"
        with pytest.raises(InvalidValue, match="needs evidence"):
            claims.resolve(project._stored, claim_of(project, id), "refuted")
        with pytest.raises(InvalidValue, match="not a verdict"):
            claims.resolve(project._stored, claim_of(project, id), "true")
        with pytest.raises(InvalidValue, match="not a date"):
            claims.resolve(project._stored, claim_of(project, id), "open", resolved_on="yesterday")


def test_claims_merge_with_all_that_they_have_and_come_apart_again(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        one, two = stated(project, "the bridge is open"), stated(project, "the bridge opened")
        first, second = claimed(project, "The bridge is open.", one), claimed(project, "It opened.", two)
        apply(project, claims.resolve(project._stored, claim_of(project, second), "confirmed", evidence="seen"))
        before = exported(project, tmp_path / "before.jsonl")
        apply(project, claims.merge(project._stored, [first, second], first))
        assert (claim_of(project, first).states, claim_of(project, first).verdict) == (2, "confirmed")
        with pytest.raises(NotFound):
            claim_of(project, second)
        project.undo()
        assert exported(project, tmp_path / "after.jsonl") == before


def test_what_hangs_on_an_annotation_goes_and_comes_with_it(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        judged(project)
        before = exported(project, tmp_path / "before.jsonl")
        project.remove(project.annotations()[0])
        assert list(check(project._stored._connections.connection)) == []
        project.undo()
        assert exported(project, tmp_path / "after.jsonl") == before
        project.trash(project.documents()[0])
        assert not {one.annotation_id for one in project._stored.read.claims.statements()} & {1}
        # In the trash too nothing is left in the air.
        project.undo()
        assert exported(project, tmp_path / "again.jsonl") == before


def test_all_of_it_comes_back_from_the_native_export(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        judged(project)
        before = exported(project, tmp_path / "before.jsonl", any_project=True)
    for format, name in (("jsonl", "before.jsonl"), ("parquet", "corpus.parquet")):
        with annotator.open(tmp_path / "case.anno") as project:
            exporting.export(project._stored, tmp_path / name, format)
        with annotator.create(tmp_path / f"{format}.anno", annotator="ada", title="Case") as again:
            report = again.import_annotations(tmp_path / name)
            assert [refused.reason for refused in report.refused] == []
            assert exported(again, tmp_path / f"{format}.jsonl", any_project=True) == before
            report = again.import_annotations(tmp_path / name)
            assert exported(again, tmp_path / f"{format}.jsonl", any_project=True) == before
            assert list(check(again._stored._connections.connection)) == []


def judged(project: annotator.Project) -> None:
    """Claims, resolutions, chains, and a matrix of hypotheses."""
    stored = project._stored
    one = stated(project, "the bridge is open", by="Ministry", outlet="Courier", credibility=2)
    two = stated(project, "the bridge opened", outlet="Gazette")
    id = claimed(project, "The bridge is open.", one, two, topic="roads")
    apply(
        project,
        claims.resolve(stored, claim_of(project, id), "confirmed", evidence="photos", address="https://x.example"),
    )
    wire = project.add_source("Wire", "outlet")
    owner = project.add_source("Holding", "organisation")
    courier = sources.find(stored, "Courier")
    assert courier is not None
    apply(project, sources.update(courier, owner_id=owner.id, topics=["roads", "ports"]))
    apply(project, chains.link(stored, two, wire, "origin", checked=True, note="credit line"))
    document = project.document(project.documents()[1].id)
    apply(project, documents.update(document, reliability="D", reliability_reason="opinion page"))
    question, change = hypotheses.ask(stored, "Who closed the bridge?")
    apply(project, change)
    for text in ("the storm", "the ministry"):
        apply(project, hypotheses.propose(stored, question, text)[1])
    apply(project, hypotheses.weigh(stored, question, [one.id, two.id]))
    (first, second), held = stored.read.hypotheses.all(), stored.read.hypotheses.evidence()
    apply(project, hypotheses.rate(stored, first.id, held[0].id, "inconsistent", note="calm that day"))
    apply(project, hypotheses.rate(stored, second.id, held[1].id, "consistent"))
    apply(project, hypotheses.rate(stored, second.id, held[1].id, "very consistent"))


def test_a_letter_of_a_document_needs_a_reason_and_is_inherited(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        own, quoted = (
            stated(project, "it rains", outlet="Courier"),
            stated(project, "it snows", by="Ann", outlet="Courier"),
        )
        project.assess("Courier", "B")
        project.assess("Courier", "E", topic="sports")
        assert [project.annotation(one.id).reliability for one in (own, quoted)] == ["B", None]
        document = project.document(own.document_id)
        with pytest.raises(InvalidValue, match="needs a reason"):
            documents.update(document, reliability="D")
        apply(project, documents.update(document, reliability="D", reliability_reason="an opinion page"))
        assert project.annotation(own.id).reliability == "D"
        assert project.document(own.document_id).reliability == "D"
        marks = list(project._stored.read.annotations.filter_values())
        assert [mark.reliability for mark in marks] == ["D", None]
        apply(project, documents.update(project.document(own.document_id), reliability=None))
        assert project.annotation(own.id).reliability == "B"
