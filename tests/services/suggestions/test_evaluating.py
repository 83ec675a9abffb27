"""Evaluating against gold: a project, a folder of another tool, another annotator, rules, suggestions, a model."""

from pathlib import Path

import pytest
from tests.services.suggestions.bulletins import bulletin

import annotator
from annotator.domain.analysis.bootstrap import Intervals, intervals
from annotator.domain.analysis.span_scores import SENTENCES, SPANS, Counts
from annotator.domain.errors import InvalidValue, NotFound
from annotator.services.suggestions.evaluating import ALL_LABELS, WHATEVER_LABEL


def fill(project: annotator.Project, count: int, *, wrong: int = 0) -> None:
    """Bulletins with all that is wanted in them; of the first ``wrong`` the first content has another label."""
    for number in range(count):
        made = bulletin(number)
        document = project.add_document(made.title, made.text)
        for place, wanted in enumerate(made.wanted):
            label = "claim" if number < wrong and place == 0 else wanted.label
            start = made.text.index(wanted.words)
            project.annotate(document, start, start + len(wanted.words), label)


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    with annotator.create(tmp_path / "gold.anno", annotator="gold") as project:
        fill(project, 6)
    return tmp_path / "gold.anno"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        fill(project, 6, wrong=3)
    return tmp_path / "case.anno"


def test_two_projects(gold: Path, case: Path) -> None:
    with annotator.open(case, read_only=True) as project:
        found = project.evaluate(gold, samples=200)
        again = project.evaluate(gold, samples=200)
        other = project.evaluate(gold, samples=200, seed=1)
    assert found == again
    assert found != other
    assert (found.documents, found.notes) == (6, ())
    assert found.row(SPANS, WHATEVER_LABEL).counts == Counts(30, 30, 30)
    assert found.row(SPANS, ALL_LABELS).counts == Counts(27, 30, 30)
    assert found.row(SPANS, "official statement").counts == Counts(9, 9, 12)
    official = found.row(SPANS, "official statement")
    assert official.counts.precision == 1.0
    assert official.intervals.precision == (1.0, 1.0)
    recall = official.intervals.recall
    assert recall is not None
    assert 0.5 <= recall.low < 0.75 < recall.high <= 1.0
    assert found.confusion["official statement", "claim"] == 3
    assert found.row(SENTENCES, WHATEVER_LABEL).counts == Counts(30, 30, 30)


def test_a_folder_of_another_tool(gold: Path, case: Path, tmp_path: Path) -> None:
    with annotator.open(gold, read_only=True) as project:
        project.export(tmp_path / "brat", "brat")
        project.export(tmp_path / "gold.jsonl")
    with annotator.open(case, read_only=True) as project:
        whole = project.evaluate(gold, samples=0)
        for path in (tmp_path / "brat", tmp_path / "gold.jsonl"):
            found = project.evaluate(path, samples=0)
            assert [(row.label, row.counts) for row in found.rows] == [(row.label, row.counts) for row in whole.rows]
        assert whole.row(SPANS, ALL_LABELS).intervals == Intervals(None, None, None)
        (tmp_path / "broken.jsonl").write_text('{"text": 3}\n', encoding="utf-8")
        with pytest.raises(InvalidValue, match="no document of"):
            project.evaluate(tmp_path / "broken.jsonl")
        with pytest.raises(NotFound, match="nowhere"):
            project.evaluate(tmp_path / "nowhere")


def test_another_annotator_of_the_same_project(case: Path) -> None:
    with annotator.open(case, annotator="bob") as project:
        project.annotate(1, 0, 8, "claim")
    with annotator.open(case, read_only=True) as project:
        found = project.evaluate(case, annotator="bob", gold_annotator="ada", samples=0)
        assert found.row(SPANS, WHATEVER_LABEL).counts == Counts(0, 1, 30)
        with pytest.raises(NotFound, match="no annotator 'eve'"):
            project.evaluate(case, annotator="eve")


def test_rules_suggestions_and_models(gold: Path, tmp_path: Path) -> None:
    with annotator.create(tmp_path / "new.anno", annotator="ada") as project:
        for number in range(6):
            made = bulletin(number)
            project.add_document(made.title, made.text)
        rules = project.evaluate(gold, rules=True, suggestions_from=0.5, samples=0)
        assert rules.row(SPANS, "speculation").counts == Counts(6, 6, 6)
        assert rules.sources == Counts()
        project.suggest()
        made_now = project.evaluate(gold, suggestions_from=0.5, samples=0)
        assert [row.counts for row in made_now.rows] == [row.counts for row in rules.rows]
        project.accept_all(project.suggestions(least=0.5))
        assert project.evaluate(gold, suggestions_from=0.5, samples=0).rows == made_now.rows
        with annotator.open(gold, read_only=True) as taught:
            taught.train(tmp_path / "model")
        model = project.evaluate(gold, model=tmp_path / "model", samples=0)
        counts = model.row(SPANS, ALL_LABELS).counts
        assert counts.f is not None
        assert counts.f > (rules.row(SPANS, ALL_LABELS).counts.f or 0)


def test_what_only_one_side_has_is_named(gold: Path, case: Path) -> None:
    with annotator.open(case) as project:
        project.add_document("Alone", "Nobody else has this text.")
    with annotator.open(gold) as project:
        project.trash(1)
        project.add_document("Elsewhere", "A text of the gold.")
    with annotator.open(case, read_only=True) as project:
        found = project.evaluate(gold, samples=0, labels=["claim"])
    assert found.documents == 5
    assert {row.label for row in found.rows} == {"claim", ALL_LABELS, WHATEVER_LABEL}
    assert found.notes == (
        "Left out, as it is missing from the gold: 2 documents, “Bulletin 1”, “Alone”.",
        "Left out, as only the gold has it: 1 document, “Elsewhere”.",
    )


def test_intervals_hold_the_figure_and_are_quick() -> None:
    rows = [[Counts(number % 3, 3, 2 + number % 2) for number in range(10_000)] for _ in range(12)]
    (first, *_) = intervals(rows)
    right, found = sum(one.right for one in rows[0]), sum(one.found for one in rows[0])
    assert first.precision is not None
    assert first.precision.low < right / found < first.precision.high
    assert intervals([[Counts(1, 1, 1)]]) == [Intervals(None, None, None)]
    assert intervals([]) == []
    nothing = intervals([[Counts(), Counts(0, 0, 2)]])
    assert (nothing[0].precision, nothing[0].recall) == (None, (0.0, 0.0))
