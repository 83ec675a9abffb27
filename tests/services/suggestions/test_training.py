"""What a project teaches, and the models that come of it: kept, listed, used elsewhere, and refused where broken."""

import json
from pathlib import Path

import pytest
from tests.services.suggestions.bulletins import annotate_bulletins, bulletin

import annotator
from annotator.domain.conditions import SuggestionBounds
from annotator.domain.errors import Cancelled, InvalidModel, InvalidValue
from annotator.services.documents import documents
from annotator.services.suggestions import suggesting, training
from annotator.services.suggestions.suggesting import RULES, SuggestionMethod
from annotator.store.project import Project


def silent(_done: int, _total: int, _text: str) -> None:
    """Nobody looks."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        annotate_bulletins(project, 14)
    return tmp_path / "case.anno"


def test_done_documents_teach_and_else_all_that_are_annotated(path: Path) -> None:
    with annotator.open(path) as project:
        for number in (20, 21):
            project.add_document(bulletin(number).title, bulletin(number).text)
        data = training.training_data(project._stored)
        assert len(data.examples) == 14
        assert "fewer than 4 are marked done" in data.sentence
        assert "14 documents with annotations" in training.describe_training_data(project._stored)
        for row in project.documents()[:5]:
            project._stored.apply(documents.update(project.document(row.id), status="done"))
        data = training.training_data(project._stored)
    assert len(data.examples) == 5
    assert data.sentence == "Learned from 5 documents that are done."
    assert {one.language for one in data.examples} == {"en"}
    first = data.examples[0]
    assert [fragment.of(first.text) for one in first.annotations for fragment in one.fragments] == [
        wanted.words for wanted in bulletin(0).wanted
    ]


def test_rejections_teach_and_only_one_annotator_does(path: Path) -> None:
    with annotator.open(path) as project:
        project.suggest()
        soup = next(one for one in project.suggestions() if "soup" in one.quote)
        project.reject(soup)
    with annotator.open(path, annotator="bob") as project:
        project.annotate(1, 0, 8, "claim")
        data = training.training_data(project._stored)
    assert [one.label for one in data.examples[0].rejected] == [soup.label]
    assert len(data.examples[0].annotations) == len(bulletin(0).wanted)


def test_a_model_knows_what_no_rule_can_and_serves_other_projects(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "desk"
    card, sentence = training.train_model(path, folder, "desk", RULES, progress=silent)
    assert "14 documents" in sentence
    assert card.by_label == {"claim": 28, "official statement": 28, "speculation": 14}
    (known,) = training.models(tmp_path / "models")
    assert (known.folder, known.problem) == (folder, "")
    assert known.card is not None and known.card.engine == card.engine
    assert {row[0] for row in training.figures_table(card)} == {*card.labels, training.ALL_LABELS}
    with annotator.create(tmp_path / "other.anno", annotator="eve") as other:
        for number in (30, 31):
            other.add_document(bulletin(number).title, bulletin(number).text)
        assert other.suggest().documents == 2
        rules = {one.quote: one.label for one in other.suggestions(least=0.5)}
        assert other.suggest(model=folder).documents == 2
        assert other.suggest(model=folder).documents == 0
        found = {one.quote: one.label for one in other.suggestions()}
        wanted = {one.words: one.label for number in (30, 31) for one in bulletin(number).wanted}
        assert found == wanted
        assert rules != wanted
        (one, *_) = other.suggestions(by="surest")
        assert one.engine == card.engine
        assert one.reason.startswith("model: ")
        assert "learned from 14 documents" in one.reason
        made = other.accept(one)
        assert made.created_by == card.engine
    with Project.open(tmp_path / "other.anno", read_only=True) as again:
        assert suggesting.listed(again, SuggestionBounds(least=0.0)) != []


def test_models_that_cannot_be_used_are_reported_in_a_sentence(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "desk"
    training.train_model(path, folder, "desk", RULES, progress=silent)
    (tmp_path / "models" / "empty").mkdir()
    (tmp_path / "models" / "notes.txt").write_text("no model", encoding="utf-8")
    known = training.models(tmp_path / "models")
    assert [one.card is not None for one in known] == [True, False]
    assert "empty" in known[1].problem
    assert training.models(tmp_path / "nowhere") == []
    with annotator.open(path) as project:
        with pytest.raises(InvalidModel, match="nowhere"):
            project.suggest(model=tmp_path / "nowhere")
        for file in folder.iterdir():
            if file.name != "model.json":
                file.write_bytes(file.read_bytes()[:-7] + b"garbage")
        with pytest.raises(InvalidModel):
            project.suggest(model=folder)
        (folder / "model.json").write_text(json.dumps({"format": 99}), encoding="utf-8")
        with pytest.raises(InvalidModel):
            project.suggest(model=folder)
        assert project.suggest().documents == 14


def test_too_little_to_learn_from_is_reported(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "new.anno", annotator="ada") as project:
        with pytest.raises(InvalidValue, match="learns from annotations"):
            project.train(tmp_path / "model")
        annotate_bulletins(project, 2)
        with pytest.raises(InvalidValue, match="needs at least"):
            project.train(tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_training_that_is_cancelled_leaves_the_model_before(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    training.train_model(path, folder, "desk", RULES, progress=silent)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    def stop(done: int, _total: int, _text: str) -> None:
        if done > 500:
            raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        training.train_model(path, folder, "desk", RULES, progress=stop)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")) == []


def test_word_lists_of_ones_own_are_learned_with(path: Path, tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "en.toml").write_text('[sources]\ninstitutions = "trust"\n', encoding="utf-8")
    method = SuggestionMethod(tmp_path / "lists")
    training.train_model(path, tmp_path / "desk", "desk", method, progress=silent)
    with Project.open(path) as project:
        outcome = suggesting.run(project, SuggestionMethod(tmp_path / "lists", False, tmp_path / "desk"), anew=True)
    assert outcome.documents == 14
