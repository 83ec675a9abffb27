"""Commands that import, and carry annotations over."""

import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Run

import annotator


def test_import_of_tables(run: Run, case: Path, tmp_path: Path) -> None:
    text = "The harbour stays closed and nobody knows for how long it will be so"
    table = tmp_path / "t.csv"
    table.write_text(f"nr,what,kind\n1,{text}.,Rumour\n2,{text}!,Hoax\n", encoding="utf-8")
    outcome = run("import", case, table, "--preview", "--json")
    (found,) = outcome.json
    assert (found["columns"], found["suggested"], found["is_clear"]) == (
        ["nr", "what", "kind"],
        {"text": "what"},
        False,
    )
    assert found["rows"][0] == ["1", f"{text}.", "Rumour"]
    outcome = run("import", case, table, "--preview")
    assert "what\ttext\tThe harbour" in outcome.out and "--column text=COLUMN" in outcome.err
    assert "no column “nope”" in run("import", case, table, "--column", "text=nope").err
    for wrong in ("colour=nr", "text", "text=", "=nr"):
        assert run("import", case, table, "--column", wrong).code == 2
    assert run("import", case, table, "--map", "Rumour").code == 2
    assert run("import", case, table, "--map", "Rumour=no such label").code == 1
    columns = ("--column", "text=what", "--column", "label=kind", "--column", "note=nr")
    outcome = run("import", case, table, *columns, "--map", "rumour=speculation", "--add-labels")
    assert outcome.err == "Imported 2 documents, 2 annotations, 1 label.\n"
    with annotator.open(case) as project:
        assert {"Hoax", "speculation"} <= {one.label for one in project.annotations()}
    article = tmp_path / "a.txt"
    article.write_text("Title\n\nWords.", encoding="utf-8")
    assert "is a table" in run.refused("import", case, article, "--preview")


def test_import(run: Run, case: Path, articles: Path) -> None:
    outcome = run("import", case, articles, "--dry-run", "--json")
    assert outcome.code == 0
    assert (len(outcome.json["documents"]), outcome.json["dry_run"]) == (2, True)
    outcome = run("import", case, articles, "--source", "Reuters")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "Imported 2 documents.\n"
    assert run("import", case, articles).err == "Imported 0 documents, 2 already there.\n"
    assert run("import", case, articles, "--recursive").err == "Imported 1 document, 2 already there.\n"
    (articles / "bad.txt").write_bytes(bytes(range(256)))
    (articles / "good.txt").write_text("A new one. With words. And more.", encoding="utf-8")
    outcome = run("import", case, articles)
    assert outcome.code == 3
    assert "bad.txt" in outcome.err
    outcome = run("import", case, articles, "--json")
    assert outcome.code == 3
    assert outcome.err == ""
    assert Path(outcome.json["refused"][0]["path"]).name == "bad.txt"
    outcome = run("import", case, articles / "bad.txt")
    assert outcome.code == 1
    outcome = run("import", case, articles / "missing.txt")
    assert outcome.code == 1
    assert "does not exist" in outcome.err
    assert "format" in run.refused("import", case, articles, "--format", "nothing")
    with annotator.open(case) as project:
        assert {row.source for row in project.documents()} == {"Xinhua", "Reuters", ""}


def test_a_reader_that_fails_is_reported_in_a_sentence(case: Path, articles: Path) -> None:
    code = """
import sys
from annotator import main
from annotator.formats import registry

def stumble(path):
    raise RuntimeError("odd")

registry.detect = stumble
sys.exit(main.run_command(sys.argv[1:]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, "import", case, articles], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("cannot be read as its format (RuntimeError: odd)") == 2


def test_carry_over(run: Run, case: Path, tmp_path: Path) -> None:
    article = tmp_path / "harbour.txt"
    text = "Harbour to close\n\nThe authority said that the basin will close on Friday. Nobody knows for how long.\n"
    article.write_text(text, encoding="utf-8")
    assert run("import", case, article).code == 0
    with annotator.open(case) as project:
        id = project.documents()[-1].id
        project.annotate(id, text.index("the basin"), text.index(" on Friday"), "claim")
        project.annotate(id, text.index("Friday"), text.index(". Nobody"), "speculation")
    article.write_text(text.replace("Friday", "Saturday"), encoding="utf-8")
    answer = run("import", case, article)
    assert "1 of them a new version" in answer.err
    assert "carry-over" in answer.err
    (planned,) = run("carry-over", case, "--dry-run", "--json").json
    assert (planned["same"], planned["changed"], [one["quote"] for one in planned["lost"]]) == (1, [], ["Friday"])
    answer = run("carry-over", case)
    assert answer.code == 0
    assert "1 carried over, 1 lost" in answer.err
    assert "no new version" in run("carry-over", case).err
