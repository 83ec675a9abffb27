"""Concordances, and annotating every occurrence: what is found, what is skipped, and that it is one step."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import annotator
from annotator.domain.errors import Cancelled, DiskFull, InvalidValue, NotFound, ReadOnlyProject
from annotator.domain.spans import Span
from annotator.nlp.text.text_search import Finder, Query
from annotator.services.search import concordance, occurrences
from annotator.services.search.occurrences import KEEP_ALL, SKIP_ANY, SKIP_LABEL, is_left
from annotator.store.project import Project

FIRST = "The sanctions bite. New Sanctions follow,\nand unsanctioned sanctions.\n"
SECOND = "制裁措施 👩‍👩‍👧 sanctions العقوبات sanctions\n"
CLAIM, SPECULATION = 1, 2


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        made.add_document("First", FIRST, source="Gazette", published_at="2026-03-01")
        made.add_document("Second", SECOND)
        made.add_document("Empty of it", "Nothing here.")
        yield made


def lines(project: annotator.Project, words: str, **options: bool) -> list[concordance.Line]:
    return list(concordance.of_query(project._stored, Finder(Query(words, **options))))


def test_a_line_has_the_place_its_context_and_its_document(project: annotator.Project) -> None:
    project.annotate(1, 0, 13, "claim")
    project.annotate(1, 4, 13, "speculation")
    first, second, *rest = lines(project, "sanctions")
    assert first.span == Span(4, 13) and (first.before, first.match) == ("The ", "sanctions")
    assert first.after.startswith(" bite. New Sanctions follow, and unsanctioned")
    assert first.document[1:] == ("First", "Gazette", "2026-03-01", "new")
    assert first.labels == (CLAIM, SPECULATION) and first.own == (SPECULATION,)
    assert second.labels == second.own == ()
    assert [line.document.title for line in rest] == ["First", "Second", "Second"]


def test_a_label_gives_a_line_for_each_fragment(project: annotator.Project) -> None:
    project.annotate(2, 0, 2, "claim")
    project.annotate(1, 0, 0, "claim", fragments=[(4, 13), (24, 33)])
    project.annotate(1, 0, 3, "speculation")
    found = concordance.of_label(project._stored, CLAIM)
    assert [(line.document.title, line.match) for line in found] == [
        ("First", "sanctions"),
        ("First", "Sanctions"),
        ("Second", "制裁"),
    ]


def test_a_concordance_ends_at_its_limit_and_when_it_is_cancelled(project: annotator.Project) -> None:
    finder = Finder(Query("sanctions"))
    cut = concordance.of_query(project._stored, finder, limit=2)
    assert len(cut) == 2 and cut.is_cut
    whole = concordance.of_query(project._stored, finder, limit=5)
    assert len(whole) == 5 and not whole.is_cut
    with pytest.raises(Cancelled):
        concordance.of_query(project._stored, finder, cancelled=lambda: True)


def test_trashed_documents_have_no_lines(project: annotator.Project) -> None:
    project.annotate(1, 4, 13, "claim")
    project.trash(1)
    assert {line.document.id for line in lines(project, "sanctions")} == {2}
    assert len(concordance.of_label(project._stored, CLAIM)) == 0


@pytest.mark.parametrize(
    ("skip", "left"),
    [
        (SKIP_LABEL, ["Sanctions", "sanctions", "sanctions", "sanctions"]),
        (SKIP_ANY, ["sanctions", "sanctions", "sanctions"]),
        (KEEP_ALL, ["sanctions", "bite", "Sanctions", "sanctions", "sanctions", "sanctions"]),
    ],
)
def test_what_is_skipped(project: annotator.Project, skip: str, left: list[str]) -> None:
    project.annotate(1, 0, 19, "claim")
    project.annotate(1, 20, 26, "speculation")
    found = lines(project, "sanctions|bite", regex=True)
    assert [line.match for line in found if is_left(line, CLAIM, skip)] == left


def test_what_is_annotated_so_already_is_never_annotated_twice(project: annotator.Project) -> None:
    finder = Finder(Query("sanctions"))
    for skip in occurrences.SKIPS:
        occurrences.annotate_all(project._stored, finder, CLAIM, skip=skip)
        assert len(project.annotations()) == 5
    done = occurrences.annotate_all(project._stored, finder, SPECULATION, skip=KEEP_ALL)
    assert done.annotated == 5 and len(project.annotations()) == 10


def test_all_chunks_are_one_step(project: annotator.Project) -> None:
    source = project.add_source("The ministry")
    places = [(line.document.id, line.span) for line in lines(project, "sanctions")]
    number = project._stored.log_number
    seen: list[tuple[int, int]] = []
    done = occurrences.annotate(
        project._stored,
        places,
        CLAIM,
        source_id=source.id,
        chunk=2,
        progress=lambda done, total, _: seen.append((done, total)),
    )
    assert (
        done == 5
        and list(dict.fromkeys(seen)) == [(0, 5), (2, 5), (4, 5), (5, 5)]
        and project._stored.log_number == number + 3
    )
    made = project.annotations()
    assert [found.quote for found in made] == ["sanctions", "Sanctions", *["sanctions"] * 3]
    assert {found.source for found in made} == {"The ministry"}
    assert project.undo() == "Annotate 5 occurrences as claim" and project.annotations() == []
    assert project.redo() == "Annotate 5 occurrences as claim" and len(project.annotations()) == 5


def test_a_cancel_keeps_what_was_done_and_one_undo_takes_it_back(project: annotator.Project) -> None:
    places = [(line.document.id, line.span) for line in lines(project, "sanctions")]
    asked = iter([False, False, True])
    done = occurrences.annotate(project._stored, places, CLAIM, chunk=1, cancelled=lambda: next(asked))
    assert done == 2 == len(project.annotations())
    project.undo()
    assert project.annotations() == []


def test_only_space_is_left_out(project: annotator.Project) -> None:
    done = occurrences.annotate_all(project._stored, Finder(Query(r"\s+|bite", regex=True)), CLAIM)
    assert done.annotated == 1 and [found.quote for found in project.annotations()] == ["bite"]
    assert done.found == done.skipped + 1


def test_what_cannot_be_done_is_refused(project: annotator.Project, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="no words"):
        occurrences.annotate_all(project._stored, Finder(Query(" ")), CLAIM)
    with pytest.raises(InvalidValue, match="nothing to skip"):
        occurrences.annotate_all(project._stored, Finder(Query("a")), CLAIM, skip="some")
    with pytest.raises(NotFound, match="no label 99"):
        occurrences.annotate_all(project._stored, Finder(Query("sanctions")), 99)
    project.close()
    with annotator.open(tmp_path / "case.anno", read_only=True) as reading:
        with pytest.raises(ReadOnlyProject):
            occurrences.annotate_all(reading._stored, Finder(Query("sanctions")), CLAIM)
        assert len(list(concordance.of_query(reading._stored, Finder(Query("sanctions"))))) == 5


def test_the_outcome_in_one_line() -> None:
    assert occurrences.Annotated(0, 0, 0, 0).sentence("claim") == "Nothing was found, so nothing was annotated."
    assert occurrences.Annotated(1, 1, 0, 1).sentence("claim") == "Annotated 1 place as claim in 1 document."
    assert (
        occurrences.Annotated(1200, 1210, 10, 30, cancelled=True).sentence("claim")
        == "Annotated 1,200 places as claim in 30 documents, 10 skipped, then cancelled; undo takes all of them back."
    )
    assert occurrences.Annotated(2, 2, 0, 1, dry_run=True).sentence("claim").startswith("Would annotate 2 places")


def test_where_the_disk_fails_midway_the_sentence_states_what_is_done(
    project: annotator.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = Project.apply
    parts = 0

    def failing(stored: Project, *rest: Any) -> None:
        nonlocal parts
        parts += 1
        if parts == 2:
            raise DiskFull("The disk is full: nothing was changed. Free some space.")
        apply(stored, *rest)

    monkeypatch.setattr(Project, "apply", failing)
    places = [(1, Span(4, 13)), (1, Span(24, 33)), (2, Span(9, 18))]
    with pytest.raises(DiskFull, match=r"full: what follows was not annotated. .* stopped after 2 places; undo takes"):
        occurrences.annotate(project._stored, places, CLAIM, chunk=2)
    assert len(project.annotations()) == 2
