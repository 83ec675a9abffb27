"""Sources that are one: suggested with a reason, merged as a preview says, and apart again after one undo."""

from pathlib import Path

import pytest
from tests.native_export import exported
from tests.services.claims.judged import case, stated

from annotator.domain.errors import InvalidValue
from annotator.domain.records import SourceRecord
from annotator.services.claims import chains
from annotator.services.sources import source_merging, sources
from annotator.services.sources.source_duplicates import duplicates
from annotator.store.check import check


def test_a_merger_takes_all_along_and_undo_brings_all_back(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        one = stated(project, "it rains", by="Ministry of Ports", outlet="Courier")
        two = stated(project, "rain falls", by="Ports Ministry", outlet="The Courier")
        project.assess("Ports Ministry", "B", rationale="good so far")
        stay, gone = (sources.find(project._stored, name) for name in ("Ministry of Ports", "Ports Ministry"))
        paper, again = (sources.find(project._stored, name) for name in ("Courier", "The Courier"))
        assert stay and gone and paper and again
        project._stored.apply(
            sources.update(gone, aliases=("MoP",), note="second entry", topics=["ports"], parent_id=stay.id)
        )
        for link in (stay, gone):
            project._stored.apply(chains.link(project._stored, one, link, "relay"))
        project._stored.apply(chains.link(project._stored, two, gone, "origin"))
        project._stored.apply(sources.update(paper, owner_id=gone.id))
        project.trash(two.document_id)
        before = exported(project, tmp_path / "before.jsonl")
        plan = source_merging.plan(project._stored, [gone.id], stay.id)
        assert plan.sentence() == (
            "Merge Ports Ministry into Ministry of Ports, which takes over 1 statement, 1 assessment, 2 chain links "
            "and the names as aliases."
        )
        project._stored.apply(plan.change)
        merged = sources.get(project._stored, stay.id)
        assert (merged.reliability, merged.aliases, merged.topics) == ("B", ("Ports Ministry", "MoP"), ("ports",))
        assert (merged.note, merged.parent_id, merged.owner_id) == ("second entry", None, None)
        assert sources.get(project._stored, paper.id).owner_id == stay.id
        assert sources.find(project._stored, "ports ministry") == merged
        assert list(check(project._stored._connections.connection)) == []
        project.undo()
        assert exported(project, tmp_path / "after.jsonl") == before
        assert list(check(project._stored._connections.connection)) == []
        with pytest.raises(InvalidValue, match="only one source"):
            source_merging.plan(project._stored, [stay.id], stay.id)


def source(id: int, name: str, kind: str = "person", *aliases: str, parent: int | None = None) -> SourceRecord:
    return SourceRecord(id, f"u{id}", name, kind, aliases, "", parent, None, 0, 0)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (source(1, "Vladimir Putin"), source(2, "President Putin"), "“President Putin” may be “Vladimir Putin”"),
        (source(1, "Ministry of Energy", "office"), source(2, "the Energy Ministry", "office"), "have the same words"),
        (
            source(1, "IAEA", "organisation"),
            source(2, "International Atomic Energy Agency", "organisation"),
            "stand for",
        ),
        (source(1, "Aleksei Miller"), source(2, "Alexei Miller"), "differ by a few letters"),
        (source(1, "Renée Dubois"), source(2, "RENEE DUBOIS"), "both are called"),
        (source(1, "Reuters", "outlet"), source(2, "Thomson", "organisation", "Reuters"), "both are called"),
    ],
)
def test_names_that_are_alike(one: SourceRecord, other: SourceRecord, reason: str) -> None:
    (pair,) = duplicates([one, other])
    assert reason in pair.reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (source(1, "Anna Berg"), source(2, "Jonas Berg")),
        (source(1, "Ministry of Energy", "office"), source(2, "Ministry of Finance", "office")),
        (source(1, "an official", "unnamed"), source(2, "an official", "unnamed")),
        (source(1, "Berg", "organisation"), source(2, "Anna Berg")),
        (source(1, "Court 1", "office"), source(2, "Court 2", "office")),
        (source(1, "Police", "office"), source(2, "Halvik Police", "office", "Police", parent=1)),
        (source(1, "North Korea", "office"), source(2, "South Korea", "office")),
    ],
)
def test_names_that_are_not(one: SourceRecord, other: SourceRecord) -> None:
    assert duplicates([one, other]) == []


def test_many_names_are_no_matter() -> None:
    many = [source(id, f"Office {id} of the Region {id % 97}", "office") for id in range(2000)]
    assert duplicates(many) == []
