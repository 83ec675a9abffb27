"""Which annotations are suggested to state the same claim."""

from pathlib import Path

from tests.services.claims.judged import case, claimed, stated

from annotator.services.claims.claim_suggestions import alike, suggested


def test_shared_names_numbers_and_wording(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        one = stated(project, "12 people died in the blast at Halvik port")
        two = stated(project, "the explosion in Halvik killed twelve people at the port, it reported")
        three = stated(project, "a blast at the port of Halvik left 31 people dead")
        other = stated(project, "the council raised the price of water in Orme")
        for number in range(12):
            stated(project, f"ministers met on day {number} to speak about fish and trade")
        (found, *_) = suggested(project._stored)
        assert {one.id, two.id} <= set(found.annotation_ids)
        assert other.id not in found.annotation_ids
        assert "halvik" in found.reason
        assert found.claim_id is None
        pairs = {pair.other_id: pair for pair in alike(project._stored, one.id)}
        assert pairs[two.id].likeness > pairs[three.id].likeness if three.id in pairs else two.id in pairs
        claim = claimed(project, "Twelve people died.", one)
        assert next(c for c in suggested(project._stored) if one.id in c.annotation_ids).claim_id == claim
        assert one.id not in {pair.other_id for pair in alike(project._stored, one.id)}


def test_two_claims_are_never_tied_and_one_document_is_no_pair(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        one, two = stated(project, "the dam at Orme broke at night"), stated(project, "at night the dam at Orme broke")
        assert len(suggested(project._stored)) == 1
        claimed(project, "First.", one)
        claimed(project, "Second.", two)
        assert suggested(project._stored) == []
        document = project.document(one.document_id)
        project.annotate(document, one.start, one.end - 2, "speculation")
        assert all(
            len({project.annotation(id).document_id for id in c.annotation_ids}) > 1 for c in suggested(project._stored)
        )
        assert suggested(project._stored, lambda *_: None) == suggested(project._stored)
