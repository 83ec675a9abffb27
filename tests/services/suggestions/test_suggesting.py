"""Suggestions in a project: made where something changed, answered, undone, remembered, and never in the log."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import annotator
from annotator.domain.conditions import SuggestionBounds
from annotator.domain.errors import Cancelled, ExportRefused, InvalidSpan, InvalidValue, NotFound, StaleChange
from annotator.domain.records import AnnotationRecord, AnswerRecord, SuggestionRecord
from annotator.nlp.rules import parses
from annotator.services.annotations import annotating, labels, reshaping
from annotator.services.exports import exporting
from annotator.services.exports.selection import Selection
from annotator.services.sources import sources
from annotator.services.suggestions import suggesting
from annotator.services.suggestions.suggesting import SuggestionMethod
from annotator.store.check import check
from annotator.store.project import Project
from annotator.store.repair import repair

NEWS = (
    "The Harbour Ministry said the pier 😀 was safe.\n\n"
    "Mayor Anna Kovač said the bridge would open on Monday. Police reportedly arrested three men.\n"
)
OTHER = "Analysts expect rates to rise. The weather was fine in the 👩‍👩‍👧 park."


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        made.add_document("News", NEWS)
        made.add_document("Other", OTHER)
        made.add_document("Autre", "Le ministère a déclaré que douze personnes étaient mortes dans la nuit.")
    with Project.open(tmp_path / "case.anno") as opened:
        opened.annotator_id, opened.annotator = 1, "ada"
        yield opened
        with opened.raw_connection() as connection:
            assert list(check(connection)) == []


def of(project: Project, words: str) -> SuggestionRecord:
    (found,) = [one for one in suggesting.listed(project) if words in one.quote]
    return found


def annotations(project: Project) -> list[AnnotationRecord]:
    return list(project.read.annotations.all())


def answers(project: Project) -> list[AnswerRecord]:
    return list(project.read.suggestions.answers())


def test_a_run_reads_every_document_once(project: Project) -> None:
    before = project.log_number
    outcome = suggesting.run(project)
    assert (outcome.documents, outcome.proposed) == (3, sum(outcome.waiting.values()))
    assert outcome.waiting["speculation"] >= 2
    assert project.log_number == before
    again = suggesting.run(project)
    assert (again.documents, again.waiting) == (0, outcome.waiting)
    assert again.sentence().startswith("Nothing is new to be read: ")
    assert suggesting.run(project, anew=True).documents == 3
    found = suggesting.listed(project)
    assert [one.document_id for one in found] == sorted(one.document_id for one in found)
    assert {one.document_id for one in found} == {1, 2}
    for one in found:
        text = {1: NEWS, 2: OTHER}[one.document_id].strip()
        assert one.quote == text[one.start : one.end]
        assert 0 < one.score < 1
        assert one.engine == "rules 1"


def test_what_changed_is_read_again(project: Project, tmp_path: Path) -> None:
    lists = SuggestionMethod(tmp_path / "lists")
    assert suggesting.run(project, lists).documents == 3
    (tmp_path / "lists").mkdir()
    assert suggesting.run(project, lists).documents == 0
    (tmp_path / "lists" / "en.toml").write_text('[adverbs]\nrumour = "whisperedly"\n', encoding="utf-8")
    assert suggesting.run(project, lists).documents == 3
    claim = project.read.labels.all()[0]
    project.apply(labels.update(project, claim.id, name="assertion"))
    outcome = suggesting.run(project, lists)
    assert outcome.documents == 3
    assert "claim" not in outcome.waiting
    assert "assertion" not in outcome.waiting


def test_the_grammar_is_read_where_it_can_be(project: Project) -> None:
    if not parses.is_installed():
        pytest.skip("No English pipeline is installed.")
    assert suggesting.run(project).documents == 3
    outcome = suggesting.run(project, SuggestionMethod(grammar=True))
    assert (outcome.documents, outcome.proposed > 2) == (3, True)
    assert of(project, "the pier").label == "official statement"


def test_word_lists_that_cannot_be_read_change_nothing(project: Project, tmp_path: Path) -> None:
    outcome = suggesting.run(project)
    (tmp_path / "de.toml").write_text("[[[", encoding="utf-8")
    with pytest.raises(InvalidValue, match=r"de\.toml"):
        suggesting.run(project, SuggestionMethod(tmp_path))
    assert suggesting.open_counts(project) == outcome.waiting
    with pytest.raises(NotFound):
        suggesting.run(project, document_ids=[99])


def test_a_run_that_is_cancelled_keeps_what_it_has(project: Project) -> None:
    def stop(done: int, total: int, text: str) -> None:
        raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        suggesting.run(project, progress=stop)
    assert suggesting.run(project).documents == 0


def test_accepting_makes_the_annotation_and_undo_gives_the_suggestion_back(project: Project) -> None:
    suggesting.run(project)
    one = of(project, "the pier")
    id, change = suggesting.accept(project, one)
    project.apply(change)
    (made,) = annotations(project)
    assert (made.id, made.label, made.fragments, made.cue, made.mention) == (
        id,
        "official statement",
        one.fragments,
        one.cue,
        one.mention,
    )
    assert (made.source, made.created_by, made.annotator) == ("Harbour Ministry", "rules 1", "ada")
    assert made.features["source kind"] == "official"
    assert sources.named(project, "harbour ministry").kind == "office"
    (answer,) = answers(project)
    assert (answer.verdict, answer.annotation_id, answer.score, answer.rule) == ("accepted", id, one.score, one.rule)
    assert of_or_none(project, "the pier") is None
    with pytest.raises(NotFound, match="was answered"):
        suggesting.find(project, one.id)
    project.undo()
    assert annotations(project) == answers(project) == []
    assert sources.find(project, "Harbour Ministry") is None
    assert of(project, "the pier") == one
    project.redo()
    assert [found.id for found in annotations(project)] == [id]


def of_or_none(project: Project, words: str) -> SuggestionRecord | None:
    return next((one for one in suggesting.listed(project) if words in one.quote), None)


def test_the_registry_is_asked_first(project: Project) -> None:
    _, change = sources.add(project, "Kovač, Anna", aliases=("Anna Kovac",))
    project.apply(change)
    suggesting.run(project)
    project.apply(suggesting.accept(project, of(project, "the bridge"))[1])
    assert annotations(project)[0].source == "Kovač, Anna"


def test_correcting_takes_cue_and_source_over(project: Project) -> None:
    suggesting.run(project)
    one = of(project, "the pier")
    label = annotating.find_label(project.read.labels.all(), "claim")
    start = one.start + len("the ")
    project.apply(suggesting.accept(project, one, label_id=label.id, fragments=[(start, one.end)])[1])
    (made,) = annotations(project)
    assert (made.label, made.start, made.cue, made.source) == ("claim", start, one.cue, "Harbour Ministry")
    assert [(found.verdict, found.fragments) for found in answers(project)] == [("corrected", one.fragments)]
    with pytest.raises(InvalidSpan):
        suggesting.accept(project, one, fragments=[(5, 9_999)])


def test_what_was_rejected_is_not_proposed_again(project: Project) -> None:
    suggesting.run(project)
    one = of(project, "three men")
    project.apply(suggesting.reject(project, [one]))
    suggesting.run(project, anew=True)
    assert of_or_none(project, "three men") is None
    assert [(found.verdict, found.annotation_id) for found in answers(project)] == [("rejected", None)]
    project.undo()
    assert of(project, "three men").label == "speculation"


def test_all_above_a_score_as_one_step(project: Project) -> None:
    suggesting.run(project)
    sure = suggesting.listed(project, SuggestionBounds(least=0.7), by="surest")
    assert [one.score for one in sure] == sorted((one.score for one in sure), reverse=True)
    assert 2 <= len(sure) < len(suggesting.listed(project))
    project.apply(suggesting.accept_all(project, sure))
    assert len(annotations(project)) == len(answers(project)) == len(sure)
    assert suggesting.listed(project, SuggestionBounds(least=0.7)) == []
    project.undo()
    assert annotations(project) == []
    assert suggesting.listed(project, SuggestionBounds(least=0.7), by="surest") == sure


def test_what_was_answered_twice_is_refused(project: Project) -> None:
    suggesting.run(project)
    _, change = suggesting.accept(project, of(project, "the pier"))
    project.apply(change)
    with pytest.raises((StaleChange, InvalidValue)):
        project.apply(change)
    assert len(annotations(project)) == 1


def test_an_annotation_answers_what_lies_under_it(project: Project) -> None:
    suggesting.run(project)
    one = of(project, "the pier")
    text = project.read.documents.one(1).text
    project.apply(annotating.annotate(project, 1, text, [(one.start, one.end)], 1)[1])
    assert of_or_none(project, "the pier") is None
    assert answers(project) == []


def test_answers_go_and_move_with_their_annotations(project: Project) -> None:
    suggesting.run(project)
    for words in ("the pier", "the bridge"):
        project.apply(suggesting.accept(project, of(project, words))[1])
    first, second = annotations(project)
    text = project.read.documents.one(1).text
    project.apply(reshaping.join(project, [first, second], text).change)
    assert [found.annotation_id for found in answers(project)] == [first.id]
    project.apply(annotating.remove(annotations(project), (), project))
    assert answers(project) == []


def test_a_label_that_goes_takes_its_suggestions_along(project: Project) -> None:
    suggesting.run(project)
    label = annotating.find_label(project.read.labels.all(), "speculation")
    project.apply(labels.remove(project, label.id))
    assert "speculation" not in suggesting.open_counts(project)
    assert suggesting.listed(project) != []


def test_a_repaired_project_keeps_the_answers(project: Project, tmp_path: Path) -> None:
    suggesting.run(project)
    project.apply(suggesting.reject(project, [of(project, "three men")]))
    repair(project.path, tmp_path / "saved.anno")
    with Project.open(tmp_path / "saved.anno") as saved:
        assert [found.verdict for found in answers(saved)] == ["rejected"]
        assert suggesting.listed(saved) == []
        assert suggesting.run(saved).documents == 3
        assert of_or_none(saved, "three men") is None


def test_an_export_holds_suggestions_only_when_asked_and_marks_them(project: Project, tmp_path: Path) -> None:
    suggesting.run(project)
    project.apply(suggesting.accept(project, of(project, "the pier"))[1])
    out = tmp_path / "plain.jsonl"
    exporting.export(project, out)
    assert "suggested" not in out.read_text(encoding="utf-8")
    with_them = tmp_path / "all.jsonl"
    chosen = Selection(suggestions_from=0.5)
    exporting.export(project, with_them, selection=chosen)
    exporting.export(project, tmp_path / "again.jsonl", selection=chosen)
    assert with_them.read_bytes() == (tmp_path / "again.jsonl").read_bytes()
    with annotator.create(tmp_path / "read.anno", annotator="bob") as back:
        back.import_files([with_them])
        read = back.annotations()
    assert sorted(one.quote for one in read if "suggested" in one.features) == sorted(
        one.quote for one in suggesting.listed(project, SuggestionBounds(least=0.5))
    )
    (accepted,) = [one for one in read if "suggested" not in one.features]
    assert (accepted.quote, accepted.annotator) == (annotations(project)[0].quote, "ada")
    with pytest.raises(ExportRefused, match="no place to mark"):
        exporting.export(project, tmp_path / "out.conll", "conll", selection=chosen)
    with pytest.raises(InvalidValue, match="not a score"):
        exporting.export(project, tmp_path / "out.jsonl", selection=Selection(suggestions_from=7))
    assert not (tmp_path / "out.jsonl").exists()
