"""Commands on a whole project file."""

from pathlib import Path

import pytest
from tests.cli.conftest import Run

import annotator
from annotator.cli.output import Exit
from annotator.domain.errors import ProjectError
from annotator.settings import ANNOTATOR_NAME, Settings


def test_new(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "new.anno"
    outcome = run("new", path, "--title", "A title", "--annotator", "ada")
    assert (outcome.code, outcome.out) == (0, "")
    with annotator.open(path) as project:
        assert project.annotator == "ada"
    assert "already" in run.refused("new", path)
    assert "no folder" in run.refused("new", tmp_path / "nowhere" / "x.anno")
    assert "name for an annotator" in run.refused("new", tmp_path / "x.anno", "--annotator", "a\nb")


def test_search_sources_stats_formats(run: Run, case: Path) -> None:
    (hit,) = run("search", case, "gas flow", "--limit", 1, "--json").json
    assert (hit["match"], hit["document_id"], hit["span"]) == ("gas", 1, [25, 28])
    assert "[gas]" in run("search", case, "gas").out
    assert run("search", case, "nothing", "--json").json == []
    assert run("search", case, r"g\w+", "--regex", "--json").json[0]["match"] == "gas"
    assert run("search", case, "as", "--case", "--json").json[0]["match"] == "as"
    assert run("search", case, "a", "--word", "--case", "--json").code == 0
    assert "regular expression" in run.refused("search", case, "(", "--regex")
    for query in ('"', "AND", "*", "a:b", "😀"):
        assert run("search", case, query, "--json").code == 0
    names = {found["name"]: found["reliability"] for found in run("sources", case, "--json").json}
    assert names == {"Ministry": "B", "Xinhua": None}
    assert "Ministry\toffice" in run("sources", case).out or "Ministry" in run("sources", case).out
    assert run("stats", case, "--json").json["project"]["annotations"] == 1
    assert "annotations\t1" in run("stats", case).out
    assert "jsonl" in run("formats").out


def test_a_backup_that_cannot_be_read_back_is_reported(
    run: Run, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_project: object) -> None:
        raise ProjectError("The disk reports an error.")

    monkeypatch.setattr("annotator.cli.project_commands.seal_of", fail)
    outcome = run("backup", case, tmp_path / "copy.anno")
    assert outcome.code == Exit.PARTLY and (tmp_path / "copy.anno").exists()
    assert "The copy was made, but it cannot be read back. The disk reports an error." in outcome.err


def test_check_backup_repair(run: Run, case: Path, tmp_path: Path) -> None:
    outcome = run("check", case, "--json")
    assert (outcome.code, outcome.json["sound"], outcome.json["findings"]) == (0, True, [])
    assert run("check", case).err.startswith(f"{case} is sound: the file, all offsets and the log. The log ends with")
    assert run("backup", case).code == 0
    assert len(list(tmp_path.glob("case.backup-*.anno"))) == 1
    (made,) = tmp_path.glob("case.backup-*.anno")
    assert f"{made}: " in run("restore", case, "--list").err
    assert run("restore", case, made, tmp_path / "again.anno").code == 0
    assert "already" in run.refused("restore", case, made, tmp_path / "again.anno")
    assert run("restore", case).code == 0
    assert len(list(tmp_path.glob("case.restored-*.anno"))) == 1
    assert "no backup beside" in run.refused("restore", tmp_path / "again.anno")
    (tmp_path / "again.anno").unlink()
    copy = tmp_path / "copy.anno"
    assert run("backup", case, copy).code == 0
    assert "already" in run.refused("backup", case, copy)
    assert run("repair", copy, tmp_path / "repaired.anno").code == 0
    assert "already" in run.refused("repair", copy, tmp_path / "repaired.anno")

    import sqlite3

    connection = sqlite3.connect(copy)
    connection.execute('UPDATE annotation SET start = 1, "end" = 13')
    connection.commit()
    connection.close()
    outcome = run("check", copy, "--json")
    assert outcome.code == 1
    assert not outcome.json["sound"]
    assert {finding["kind"] for finding in outcome.json["findings"]} == {"offset", "log"}
    outcome = run("repair", copy, tmp_path / "again.anno")
    assert outcome.code == 3
    assert "was moved from 1-13 to 0-12" in outcome.err
    assert run("check", tmp_path / "again.anno").code == 0


@pytest.mark.parametrize("command", ["check", "stats", "sources", "backup"])
def test_bad_projects(run: Run, tmp_path: Path, command: str) -> None:
    text = tmp_path / "text.anno"
    text.write_text("no project", encoding="utf-8")
    for path in (text, tmp_path / "missing.anno", tmp_path):
        run.refused(command, path)
    run.refused("import", text, text)
    run.refused("search", text, "x")
    run.refused("export", text, tmp_path / "o", "--format", "jsonl")
    run.refused("repair", text, tmp_path / "new.anno")
    run.refused("screenshot", text, tmp_path / "o.png", "--size", "big")
    run.refused("screenshot", text, tmp_path / "o.png", "--theme", "pink")
    assert text.read_text(encoding="utf-8") == "no project"


def test_a_name_in_the_settings_is_that_of_the_annotator(run: Run, case: Path, tmp_path: Path, articles: Path) -> None:
    assert run("import", case, articles).code == 0
    Settings().set(ANNOTATOR_NAME, " Bob ")
    path = tmp_path / "new.anno"
    assert run("new", path).code == 0
    with annotator.open(path) as project:
        assert project.annotator == "Bob"
    with annotator.open(case) as project:
        assert project.annotator == "Bob"
    with annotator.open(case, annotator="ada") as project:
        assert project.annotator == "ada"
    damaged = Settings().path
    damaged.write_text("[", encoding="utf-8")
    assert run("stats", case).code == 0
    assert damaged.read_text(encoding="utf-8") == "["
