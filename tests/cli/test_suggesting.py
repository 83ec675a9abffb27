"""The command that reads documents for suggestions."""

from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.services.suggestions.bulletins import annotate_bulletins, bulletin

import annotator
from annotator.cli.output import Exit
from annotator.files.user_folders import word_lists_path

NEWS = "The ministry said the pier 😀 was safe.\n\nPolice reportedly arrested three men near the harbour.\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        project.add_document("News", NEWS)
        project.add_document("More", "Analysts expect rates to rise.")
    return tmp_path / "case.anno"


def test_suggestions_are_made_listed_and_accepted(run: Run, path: Path) -> None:
    first = run("suggest", path, "--json")
    assert first.code == Exit.DONE, first.err
    assert (first.json["documents"], first.json["accepted"]) == (2, 0)
    assert first.json["waiting"] == {"speculation": 2, "official statement": 1}
    scores = [one["score"] for one in first.json["suggestions"]]
    assert scores == sorted(scores, reverse=True)
    official = next(one for one in first.json["suggestions"] if one["label"] == "official statement")
    start, end = official["fragments"][0]
    assert official["quote"] == NEWS[start:end] == "the pier 😀 was safe"
    assert NEWS[slice(*official["cue"][0])] == "said"
    again = run("suggest", path, "--list", "--document", 1)
    assert "Nothing is new to be read" in again.err
    assert "cue “said”" in again.out
    assert "rates" not in again.out
    accepted = run("suggest", path, "--accept", "--score", 0.72)
    assert accepted.code == Exit.DONE, accepted.err
    with annotator.open(path, read_only=True) as project:
        made = project.annotations()
        assert {one.created_by for one in made} == {"rules 1"}
        assert len(made) == sum(score >= 0.72 for score in scores)
        assert all(one.score < 0.72 for one in project.suggestions())


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--document", 9), Exit.REFUSED, "9"),
        (("--accept",), Exit.REFUSED, "--score"),
    ],
)
def test_what_cannot_be_suggested_is_reported(
    run: Run, path: Path, arguments: tuple[object, ...], code: int, said: str
) -> None:
    assert said in run.refused("suggest", path, *arguments, code=code)
    assert run("suggest", path, "--score", 7).code == Exit.USAGE


def test_word_lists_of_the_users_own(run: Run, path: Path) -> None:
    folder = word_lists_path()
    folder.mkdir(parents=True)
    (folder / "en.toml").write_text('[sources]\ninstitutions = "-ministry"\n', encoding="utf-8")
    assert "official statement" not in run("suggest", path, "--json").json["waiting"]
    (folder / "en.toml").write_text("[sources\n", encoding="utf-8")
    assert "en.toml" in run.refused("suggest", path)


def test_a_project_that_is_open_elsewhere_is_left_alone(run: Run, path: Path) -> None:
    with annotator.open(path):
        assert run("suggest", path).code == Exit.IN_USE


def test_a_model_is_trained_measured_and_used(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "desk.anno"
    with annotator.create(path, annotator="ada") as project:
        annotate_bulletins(project, 8)
        project.add_document("New", bulletin(20).text)
    trained = run("train", path, tmp_path / "desk", "--json")
    assert trained.code == Exit.DONE, trained.err
    assert (trained.json["documents"], trained.json["held_out"], trained.json["language"]) == (8, 2, "en")
    assert {row["label"] for row in trained.json["figures"]} == {*trained.json["by_label"], "all labels"}
    assert [point["documents"] for point in trained.json["curve"]] == [2, 3, 5, 6]
    told = run("train", path, tmp_path / "desk", "--name", "The desk")
    assert "model The desk" in told.err
    assert "A precision of 0.90" in told.err
    assert "official statement" in told.out
    used = run("suggest", path, "--model", tmp_path / "desk", "--json")
    assert used.code == Exit.DONE, used.err
    assert {one["engine"].rpartition(" ")[0] for one in used.json["suggestions"]} == {"model The desk"}
    assert "nowhere" in run.refused("suggest", path, "--model", tmp_path / "nowhere")
    annotator.create(tmp_path / "new.anno").close()
    assert "at least 20" in run.refused("train", tmp_path / "new.anno", tmp_path / "model")


def test_evaluate_prints_figures_with_intervals(run: Run, path: Path, tmp_path: Path) -> None:
    with annotator.create(tmp_path / "gold.anno", annotator="gold") as gold:
        for title, text, words, label in (
            ("News", NEWS, "the pier 😀 was safe", "official statement"),
            ("More", "Analysts expect rates to rise.", "rates to rise", "speculation"),
        ):
            document = gold.add_document(title, text)
            start = text.index(words)
            gold.annotate(document, start, start + len(words), label)
    told = run("evaluate", path, "--against", tmp_path / "gold.anno", "--rules", "--suggestions", 0.5)
    assert told.code == Exit.DONE, told.err
    assert "spans\tofficial statement\t1\t1\t1\t1.00" in told.out
    assert "spans\tspeculation\t1\t2\t1\t0.50 (" in told.out
    assert "–\tspeculation\t1" in told.out
    found = run("evaluate", path, "--against", tmp_path / "gold.anno", "--json").json
    rows = {(row["measure"], row["label"]): row for row in found["rows"]}
    assert rows["spans", "all labels"]["precision"] is None
    assert rows["spans", "all labels"]["recall"] == 0
    assert "nowhere" in run.refused("evaluate", path, "--against", tmp_path / "nowhere.anno")
    assert "not a rule of overlap" in run.refused("evaluate", path, "--against", path, "--overlap", "half")
    assert "nothing to compare with" in run.refused("evaluate", path, "--against", path)
    with annotator.open(path):
        assert run("evaluate", path, "--against", tmp_path / "gold.anno").code == Exit.DONE
