"""Independent origins: what ties statements, what does not, and what a 1 needs."""

from pathlib import Path

import pytest
from tests.services.claims.judged import case, claimed, stated

import annotator
from annotator.domain.errors import UnsupportedGrade
from annotator.services.annotations.grade_checks import objections
from annotator.services.claims import chains, claims
from annotator.services.claims.corroboration import circular_reports, corroboration, shared_origins
from annotator.services.sources import sources

LONG = "no ship has left the harbour of Halvik since the storm began on Monday"


def origin_groups(project: annotator.Project, claim_id: int) -> list[tuple[int, ...]]:
    return [group.annotation_ids for group in corroboration(project._stored, claim_id).states]


def test_a_planted_circular_report_is_one_origin(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        more = "Reporting by Northern Wire"
        ids = [stated(project, f"the port is shut, {who} says", outlet=who, more=more).id for who in ("A1", "B2", "C3")]
        claim = claimed(project, "The port is shut.", *map(project.annotation, ids))
        known = corroboration(project._stored, claim)
        assert origin_groups(project, claim) == [tuple(ids)]
        assert known.is_circular
        assert known.sentence() == (
            "3 statements go back to 1 origin: one source of A1, B2 and C3 (the same credit line, Northern Wire)."
        )
        with pytest.raises(UnsupportedGrade, match=r"A 1 needs two independent origins.*3 statements.*Northern Wire"):
            project.update(ids[0], credibility=1)
        assert project.annotation(ids[0]).credibility is None
        graded = project.update(ids[0], credibility=1, credibility_reason="seen with my own eyes")
        assert (graded.credibility, graded.credibility_reason) == (1, "seen with my own eyes")
        # Another digit has no use for that reason.
        assert project.update(ids[0], credibility=2).credibility_reason == ""
        # A fourth that has it from elsewhere makes two.
        other = stated(project, "ships cannot leave the port", by="Harbour master", outlet="D4")
        project._stored.apply(claims.state(project._stored, claim, [other.id]))
        assert len(origin_groups(project, claim)) == 2
        assert project.update(ids[0], credibility=1).credibility == 1
        assert [one.claim_id for one in circular_reports(project._stored)] == [claim]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ({"outlet": "A1", "by": "Ministry"}, {"outlet": "B2", "by": "Ministry"}, "the same origin, Ministry"),
        ({"outlet": "A1", "more": LONG}, {"outlet": "A1", "more": "rain"}, "the same origin, A1"),
        (
            {"outlet": "A1", "more": "x. " * 30 + LONG},
            {"outlet": "B2", "more": "x. " * 30 + LONG},
            "the same text as",
        ),
        (
            {"outlet": "A1", "more": f"“{LONG},” she said."},
            {
                "outlet": "B2",
                "more": f'Mr Lund: "{LONG}". And much more was said about it by others who were there.',
            },
            "the same words, “No ship has left",
        ),
        (
            {"outlet": "A1", "more": "HALVIK (NWA) - It rained."},
            {"outlet": "B2", "more": "HALVIK, Monday (NWA) — The sun shone all day long."},
            "the same credit line, NWA",
        ),
    ],
)
def test_signs_of_one_origin(tmp_path: Path, one: dict[str, str], other: dict[str, str], reason: str) -> None:
    with case(tmp_path) as project:
        first, second = stated(project, "the port is shut", **one), stated(project, "the harbour is closed", **other)
        (group,) = corroboration(project._stored, claimed(project, "The port is shut.", first, second)).states
        assert group.reasons[0].casefold().startswith(reason.casefold())


def test_who_cites_the_same_body_is_one(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        project.add_source("Ministry of Ports", "office", aliases=["Ports Ministry"])
        first = stated(project, "the port is shut, State TV reported, citing the Ministry of Ports", outlet="A1")
        second = stated(project, "according to the Ports Ministry, the harbour is closed", outlet="B2")
        (group,) = corroboration(project._stored, claimed(project, "The port is shut.", first, second)).states
        assert group.reasons[0].startswith("the same body cited, ")


def test_one_owner_and_a_chain_tie(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        first, second = stated(project, "it rains", outlet="A1"), stated(project, "rain falls", outlet="B2")
        claim = claimed(project, "It rains.", first, second)
        assert len(origin_groups(project, claim)) == 2
        holding = project.add_source("Holding", "organisation")
        for name in ("A1", "B2"):
            outlet = sources.find(project._stored, name)
            assert outlet is not None
            project._stored.apply(sources.update(outlet, owner_id=holding.id))
        assert corroboration(project._stored, claim).states[0].reasons == ("the same owner, Holding",)
        project.undo()
        wire = project.add_source("Wire", "outlet")
        for one in (first, second):
            project._stored.apply(chains.link(project._stored, one, wire, "origin"))
        assert corroboration(project._stored, claim).states[0].reasons == ("the same origin, Wire",)


def test_two_witnesses_in_one_wire_stay_two_and_the_unnamed_may_be_one(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        more = "Reporting by Northern Wire"
        first = stated(project, "it rains", by="Ann", outlet="A1", more=more)
        second = stated(project, "rain falls", by="Bea", outlet="B2", more=more)
        assert len(origin_groups(project, claimed(project, "It rains.", first, second))) == 2
        unnamed = [project.add_source(f"an official ({n})", "unnamed") for n in (1, 2)]
        told = [stated(project, f"it snows {one.id}", by=one.name, outlet=f"O{one.id}") for one in unnamed]
        (group,) = corroboration(project._stored, claimed(project, "It snows.", *told)).states
        assert group.reasons == ("unnamed sources, which may be the same",)


def test_a_denial_is_no_support_and_has_its_own_origins(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        first, second = stated(project, "it rains", by="Ann"), stated(project, "it is dry", by="Bea")
        claim = claimed(project, "It rains.", first)
        project._stored.apply(claims.state(project._stored, claim, [second.id], "denies"))
        known = corroboration(project._stored, claim)
        assert (len(known.states), len(known.denies)) == (1, 1)
        with pytest.raises(UnsupportedGrade):
            project.update(second, credibility=1)


def test_what_is_only_questioned(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        first, second = stated(project, "it rains", by="Ann"), stated(project, "it is dry", by="Bea")
        claim = claimed(project, "It rains.", first, stated(project, "rain falls", by="Cleo"))
        assert [one.refuses for one in objections(project._stored, first, 6)] == [False]
        assert objections(project._stored, second, 6) == []
        project.relate(second, "contradicts", first)
        held = project._stored.read.claims.one(claim)
        project._stored.apply(claims.resolve(project._stored, held, "confirmed", evidence="seen"))
        (told,) = objections(project._stored, second, 2)
        assert told == (False, "It contradicts “It rains.”, which is confirmed.")
        assert objections(project._stored, second, 4) == []
        project._stored.apply(claims.resolve(project._stored, held, "refuted", evidence="dry"))
        assert objections(project._stored, first, 3)[0].reason.startswith("The claim “It rains.” is refuted")


def test_echoes_are_found_over_all_documents_with_progress(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        for number in range(6):
            quote = f"“{LONG},” she said." if number in (2, 5) else ""
            copied = "one and the same long text of many words that stands in two of them " * 3 if number < 2 else ""
            stated(
                project,
                f"report number {number} is about {number * 7} things",
                outlet=f"O{number}",
                more=copied or quote,
            )
        told: list[str] = []
        found = shared_origins(project._stored, lambda done, total, text: told.append(text))
        assert [(echo.document_ids, len(echo.reasons)) for echo in found] == [((1, 2), 1), ((3, 6), 1)]
        assert told


def test_the_sentence_counts_statements_and_origins_and_names_each(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        cited = [stated(project, f"It is shut, said number {n}", outlet=f"P{n}", by="Ilse Lund") for n in range(3)]
        own = [stated(project, f"Shut it is, for the time number {n}", outlet=f"G{n}") for n in range(6)]
        claim = claimed(project, "It is shut.", *cited, *own)
        project.state(claim, [stated(project, "It is open", outlet="G0")], stance="denies")
        assert project.corroboration(claim).sentence() == (
            "9 statements go back to 7 origins: 3 to Ilse Lund, in 3 outlets; 1 to G0 itself; 1 to G1 itself; "
            "1 to G2 itself; 1 to G3 itself; 2 to 2 other origins. 1 denial goes back to 1 origin: G0 itself."
        )


def test_the_sentence_about_one_statement_and_about_none(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        one = claimed(project, "It is shut.", stated(project, "It is shut", outlet=""))
        assert project.corroboration(one).sentence() == "1 statement goes back to 1 origin: one source."
        assert project.corroboration(project.add_claim("It is open.")).sentence() == ""
