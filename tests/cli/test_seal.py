"""Commands print the seal, say whether a file continues from one, and what was left out because it is damaged."""

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.damaged_files import spoil

import annotator
from annotator.domain.seal import read_seal


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        document = project.add_document("One", "The ministry said so. Experts doubt it.")
        project.annotate(document, 4, 12, "claim", source="Ministry")
        project.annotate(document, 22, 29, "speculation")
    return path


def test_every_command_that_writes_a_file_prints_the_seal(run: Run, case: Path, tmp_path: Path) -> None:
    with annotator.open(case, read_only=True) as project:
        seal = project.seal
    told = {"number": seal.number, "hash": seal.hash, "words": seal.words}
    for command in (
        ("check", case),
        ("export", case, tmp_path / "out.jsonl", "--format", "jsonl"),
        ("report", case, tmp_path / "out.html"),
        ("backup", case, tmp_path / "copy.anno"),
        ("stats", case),
    ):
        done = run(*command)
        assert done.code == 0 and f"{seal.number}" in done.out + done.err
        assert seal.hash in done.out + done.err and seal.words in done.out + done.err
        (tmp_path / "copy.anno").unlink(missing_ok=True)
        assert run(*command, "--json").json["seal"] == told
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert f"--expect {seal}" in page and seal.words in page


def test_check_reports_whether_a_file_continues_from_a_seal(run: Run, case: Path, tmp_path: Path) -> None:
    noted = read_seal("{number}:{hash}".format(**run("stats", case, "--json").json["seal"]))
    earlier = shutil.copyfile(case, tmp_path / "earlier.anno")
    with annotator.open(case, annotator="ada") as project:
        project.annotate(1, 0, 3, "claim")
        later = project.seal
    for stated in (noted, f"{noted.number}:{noted.hash[:16]}", f"{noted.number}:{noted.words}", later):
        done = run("check", case, "--expect", stated)
        assert done.code == 0 and done.err.count("\n") == 1
        assert f"continues from entry {noted.number}" in done.err or stated == later
    assert run("check", case, "--expect", noted, "--json").json["continues"] is True
    assert run("check", case, "--json").json["continues"] is None
    assert "earlier state" in run.refused("check", earlier, "--expect", later)
    with annotator.open(earlier, annotator="ada") as project:
        project.annotate(1, 4, 12, "speculation")
    assert "another one" in run.refused("check", earlier, "--expect", later)
    done = run("check", earlier, "--expect", later, "--json")
    assert (done.code, done.json["sound"], done.json["continues"]) == (1, True, False)


@pytest.mark.parametrize("stated", ["12", "12:abcd", "x", ":", "12:" + "g" * 64])
def test_what_is_no_seal_is_wrong_usage(run: Run, case: Path, stated: str) -> None:
    done = run("check", case, "--expect", stated)
    assert done.code == 2 and "NUMBER:HASH" in " ".join(done.err.split())


def test_a_full_check_compares_every_word(run: Run, case: Path) -> None:
    assert run("check", case, "--full").code == 0
    spoil(case, "INSERT INTO search_words (search_words) VALUES ('delete-all')")
    done = run("check", case, "--full", "--json")
    assert done.code == 1 and {one["kind"] for one in done.json["findings"]} == {"search"}


def test_an_export_lists_what_is_damaged_and_writes_the_rest(run: Run, case: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    spoil(case, "UPDATE annotation SET features = x'00' WHERE id = 2")
    done = run("export", case, out, "--format", "jsonl")
    assert done.code == 3
    assert "annotation 2" in done.err and "annotation\t2" in done.err
    assert "Experts" in out.read_text(encoding="utf-8") and '"Ministry"' in out.read_text(encoding="utf-8")
    done = run("export", case, out, "--format", "jsonl", "--json")
    assert (done.code, done.json["damaged"]) == (3, [{"table": "annotation", "id": 2}])


def test_check_reads_a_project_that_is_open_elsewhere(run: Run, case: Path) -> None:
    with annotator.open(case, annotator="ada") as project:
        project.annotate(1, 0, 3, "claim")
        done = run("check", case, "--json")
        assert done.code == 0 and done.json["seal"]["hash"] == project.seal.hash
