"""The command line: every command, every exit code, JSON alone on stdout, and one sentence for what is refused."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook
from tests.app.printing.pdf_text import pages_of
from tests.cli.conftest import Run
from tests.services.suggestions.bulletins import annotate_bulletins

import annotator
from annotator import main as program
from annotator.cli.output import Exit
from annotator.domain.errors import Cancelled, ProjectError
from annotator.formats import registry
from annotator.formats.base import Corpus, Written
from annotator.settings import ANNOTATOR_NAME, Settings


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada", title="The case") as project:
        document = project.add_document("Gas deal", "The minister said 😀 that gas will flow. قال.", source="Xinhua")
        project.annotate(document, 0, 12, "claim", source="Ministry", credibility=2)
        project.assess("Ministry", "B")
    return path


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    (folder / "deeper").mkdir(parents=True)
    for name in ("a.txt", "b.txt", "deeper/c.txt"):
        (folder / name).write_text(f"Title {name}\n\nSome text about {name}.\n", encoding="utf-8")
    return folder


def test_new(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "new.anno"
    outcome = run("new", path, "--title", "A title", "--annotator", "ada")
    assert (outcome.code, outcome.out) == (0, "")
    with annotator.open(path) as project:
        assert project.annotator == "ada"
    assert "already" in run.refused("new", path)
    assert "no folder" in run.refused("new", tmp_path / "nowhere" / "x.anno")
    assert "name for an annotator" in run.refused("new", tmp_path / "x.anno", "--annotator", "a\nb")


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


def test_an_export_that_differs_when_it_is_read_back_is_reported(
    run: Run, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jsonl = registry.by_id("jsonl")
    assert jsonl.write is not None

    def spoil(corpus: Corpus, path: Path) -> Written:
        written = jsonl.write(corpus, path) if jsonl.write else Written(0, 0)
        path.write_bytes(path.read_bytes().replace(b"minister", b"sinister"))
        return written

    spoilt = replace(jsonl, write=spoil)
    monkeypatch.setattr(registry, "by_id", lambda _id: spoilt)
    outcome = run("export", case, tmp_path / "v.jsonl", "--format", "jsonl", "--verify")
    assert outcome.code == 3
    assert (
        "is not what the project holds" in outcome.err and "has a text that is missing from the project" in outcome.err
    )


def test_export(run: Run, case: Path, tmp_path: Path) -> None:
    formats = [found["id"] for found in run("formats", "--json").json if found["writes"]]
    assert {"jsonl", "csv", "conll"} <= set(formats)
    for format in formats:
        outcome = run("export", case, tmp_path / f"out.{format}", "--format", format, "--json")
        assert (outcome.code, outcome.err) == (0, "")
        # A codebook holds the labels alone, and this project has no resolved claim.
        assert outcome.json["files"][0]["documents"] == (0 if format in ("refiqdc", "claimreview") else 1)
        assert (tmp_path / f"out.{format}").stat().st_size > 20
    outcome = run(
        "export", case, tmp_path / "s.jsonl", "--format", "jsonl", "--split", "train=0.8,test=0.2", "--seed", 3
    )
    assert outcome.code == 0
    assert (tmp_path / "s.train.jsonl").exists()
    assert (tmp_path / "s.test.jsonl").exists()
    filters = "--source Ministry --outlet Xinhua --reliability b --credibility 2 --created-by person --annotated-only"
    outcome = run(
        "export", case, tmp_path / "f.conll", "--format", "conll", *filters.split(), "--option", "overlap=first"
    )
    assert (outcome.code, outcome.err.splitlines()[0]) == (0, "Exported 1 document with 1 annotation to f.conll.")
    outcome = run("export", case, tmp_path / "d.jsonl", "--format", "jsonl", "--from", "2025-01-01", "--dry-run")
    assert outcome.err == "Would export 0 documents with 0 annotations to d.jsonl.\n"
    assert not (tmp_path / "d.jsonl").exists()
    outcome = run("export", case, tmp_path / "v.jsonl", "--format", "jsonl", "--card", "--license", "mit", "--verify")
    assert (outcome.code, outcome.out) == (0, "")
    assert "read back by Annotator and Python's json: 1 document with 1 annotation" in outcome.err
    assert "license: mit" in (tmp_path / "v.card.md").read_text(encoding="utf-8")
    outcome = run("export", case, tmp_path / "v.csv", "--format", "csv", "--verify", "--json")
    assert outcome.json["verified"] == {"readers": ["Python's csv"], "differences": []}
    out = tmp_path / "x.jsonl"
    for wrong in (
        ["--format", "nothing"],
        ["--format", "text"],
        ["--format", "jsonl", "--label", "rumour"],
        ["--format", "jsonl", "--status", "finished"],
        ["--format", "jsonl", "--annotator", "eve"],
        ["--format", "jsonl", "--split", "train"],
        ["--format", "jsonl", "--split", "train=x"],
        ["--format", "jsonl", "--split", "train=0.5,train=0.5"],
        ["--format", "jsonl", "--split", "train=0.5,Train=0.5"],
        ["--format", "jsonl", "--split", "../x=1"],
        ["--format", "jsonl", "--split", "train=1", "--group-by", "mood"],
        ["--format", "conll", "--overlap", "nothing"],
        ["--format", "conll", "--option", "tokeniser"],
        ["--format", "conll", "--option", "colour=red"],
        ["--format", "jsonl", "--source", "nobody"],
        ["--format", "jsonl", "--outlet", "nobody"],
        ["--format", "jsonl", "--from", "March"],
        ["--format", "jsonl", "--reliability", "G"],
        ["--format", "jsonl", "--credibility", "7"],
        ["--format", "jsonl", "--created-by", "machine"],
    ):
        run.refused("export", case, out, *wrong)
        assert not out.exists()
    run.refused("export", case, case, "--format", "jsonl")
    run.refused("export", case, tmp_path / "nowhere" / "x", "--format", "jsonl")


def test_every_occurrence_is_annotated_and_taken_back_at_once(run: Run, case: Path) -> None:
    dry = run("annotate-all", case, "gas", "--label", "claim", "--dry-run", "--json").json
    assert dry["found"] == dry["annotated"] == 1 and dry["dry_run"]
    with annotator.open(case) as project:
        before = len(project.annotations())
    done = run("annotate-all", case, "gas", "--label", "claim", "--word", "--case", "--skip", "any")
    assert done.code == 0 and done.out == "" and done.err.startswith("Annotated ")
    none = run(
        "annotate-all", case, "g[aá]s", "--label", "claim", "--regex", "--document", 1, "--skip", "any", "--json"
    )
    assert none.json["annotated"] == 0 < none.json["skipped"]
    with annotator.open(case) as project:
        assert len(project.annotations()) > before
        project.undo()
        assert len(project.annotations()) == before
    assert "regular expression" in run.refused("annotate-all", case, "(", "--label", "claim", "--regex")
    assert "no label" in run.refused("annotate-all", case, "gas", "--label", "rumour")
    assert "no document 99" in run.refused("annotate-all", case, "gas", "--label", "claim", "--document", 99)
    assert "nothing to skip" in run.refused("annotate-all", case, "gas", "--label", "claim", "--skip", "some")
    assert "no source" in run.refused("annotate-all", case, "gas", "--label", "claim", "--source", "Nobody at all")


def test_labels_are_listed_renamed_and_merged(run: Run, case: Path) -> None:
    with annotator.open(case) as project:
        project.add_label("denial", parent="official statement")
    listed = {found["name"]: found for found in run("labels", case, "--json").json}
    assert list(listed) == ["claim", "speculation", "official statement", "denial"]
    assert listed["claim"]["annotations"] == 1 and listed["denial"]["parent"] == "official statement"
    assert "4\tdenial\tD\t#CC79A7\t\tofficial statement\t0\n" in run("labels", case).out
    renamed = run("rename-label", case, "claim", "assertion")
    assert renamed == (0, "", "Rename claim to assertion: 1 annotation in 1 document now has this name.\n")
    sentence = "Moves 1 annotation in 1 document from 'assertion' and 'denial' to 'speculation'; then they go.\n"
    merging = ("merge-labels", case, "assertion", "denial", "--into", "speculation")
    for options in (["--dry-run"], []):
        assert len(run("labels", case, "--json").json) == 4
        assert run(*merging, *options) == (0, "", sentence)
    assert [found["annotations"] for found in run("labels", case, "--json").json] == [1, 0]
    assert "no label 'claim'" in run.refused("rename-label", case, "claim", "x")
    assert "already" in run.refused("rename-label", case, "speculation", "Official Statement")
    assert "into itself" in run.refused("merge-labels", case, "speculation", "--into", "speculation")
    with annotator.open(case) as project:
        assert project.undo() == "Merge 2 labels into speculation"
        assert project.undo() == "Rename claim to assertion"
        assert [annotation.label for annotation in project.annotations()] == ["claim"]


def test_a_label_is_recoloured_and_its_look_alikes_are_named(run: Run, case: Path) -> None:
    assert run("recolor-label", case, "claim", "#aa0000") == (0, "", "Recolour claim.\n")
    told = run("recolor-label", case, "Claim", "#e69f01").err.splitlines()
    apart = "their lines (solid, dashes) and their initials (C, S) distinguish them"
    assert told == ["Recolour claim.", f"claim and speculation look alike to everybody; {apart}."]
    assert "not a colour" in run.refused("recolor-label", case, "claim", "red")
    assert "no label 'rumour'" in run.refused("recolor-label", case, "rumour", "#000000")
    with annotator.open(case) as project:
        assert project.labels()[0].color == "#E69F01"


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


def test_in_use_elsewhere(case: Path, articles: Path) -> None:
    with annotator.open(case):
        done = process("import", case, articles)
        assert done.returncode == 4
        assert done.stdout == ""
        assert "is in use by" in done.stderr
        assert done.stderr.count("\n") == 1
        assert process("stats", case, "--json").returncode == 0
        assert process("backup", case).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["new"],
        ["import", "x.anno"],
        ["export", "x.anno", "out"],
        ["search", "x.anno"],
        ["search", "x.anno", "q", "--limit", "0"],
        ["search", "x.anno", "q", "--limit", "many"],
        ["check", "x.anno", "--nothing"],
        ["repair", "x.anno"],
    ],
    ids=" ".join,
)
def test_wrong_usage(run: Run, arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err


COMMANDS = (
    "new import export formats search annotate-all labels rename-label recolor-label merge-labels sources stats check "
    "backup restore repair demo screenshot"
).split()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command(run: Run, command: str) -> None:
    outcome = run(command, "--help")
    assert outcome.code == 0
    assert "Usage" in outcome.out


def process(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotator.main", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )


def test_the_program_itself(case: Path) -> None:
    done = process("--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert command in done.stdout
    assert process("--version").stdout.startswith("annotator ")
    # Without a display the window is refused with a sentence.
    done = process(case, QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 1
    assert "no display" in done.stderr


def test_a_console_that_cannot_show_everything(case: Path) -> None:
    for encoding in ("ascii", "cp1252"):
        done = process("search", case, "gas", "--json", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert done.returncode == 0, done.stderr
        assert "😀" in json.loads(done.stdout)[0]["before"]
        assert process("search", case, "gas", PYTHONIOENCODING=encoding, PYTHONUTF8="0").returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux takes names that are not UTF-8.")
def test_arguments_that_are_not_utf_8(case: Path, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"f\xfcr.txt")).write_text("A paragraph. With words. And more.", encoding="utf-8")
    done = process("import", case, tmp_path / os.fsdecode(b"f\xfcr.txt"), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)["documents"]) == 1
    assert process("search", case, os.fsdecode(b"f\xfcr"), "--json").returncode == 0
    done = process("stats", tmp_path / os.fsdecode(b"f\xfcr.anno"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_stopping_and_failing(run: Run, case: Path, articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*arguments: object, **options: object) -> Iterator[None]:
        raise KeyboardInterrupt

    def cancel(*arguments: object, **options: object) -> Iterator[None]:
        raise Cancelled("The work was cancelled.")

    def fail(*arguments: object, **options: object) -> Iterator[None]:
        raise OSError(5, "Input/output error", "x")

    for failure, words in ((stop, "Stopped"), (cancel, "cancelled"), (fail, "Input/output error")):
        monkeypatch.setattr("annotator.services.imports.importing.import_files", failure)
        assert words in run.refused("import", case, articles)
    annotator.open(case).close()


def test_the_commands_of_the_user_guide(run: Run, articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "user" / "scripting.md").read_text(encoding="utf-8")
    block = guide.partition("## On the command line")[2].split("```")[1]
    monkeypatch.chdir(articles.rename(articles.with_name("articles")).parent)
    book = Workbook()
    for row in (("Headline", "Body"), ("Bridge closed", "The bridge is closed to lorries.")):
        book.active.append(row)
    book.save("table.xlsx")
    Path("more").mkdir()
    Path("more", "a.txt").write_text("The harbour is open again, says the port.", encoding="utf-8")
    Path("brat").mkdir()
    Path("brat", "a.txt").write_text("Prices may rise, they say.", encoding="utf-8")
    Path("brat", "a.ann").write_text("T1\tRumour 0 15\tPrices may rise\nT2\tCue 22 25\tsay\n", encoding="utf-8")
    commands = re.findall("^annotator (.*)$", block, re.MULTILINE)
    assert len(commands) > 5
    for command in commands:
        outcome = run(*shlex.split(command))
        assert outcome.code == 0, (command, outcome)
        if command.startswith("new "):
            with annotator.open("case.anno") as project:
                text = "The ministry says that the basin is closed. It denies that."
                project.add_document("Basin", text)
                for number, source in enumerate(("Ministry of Energy", "Min. of Energy")):
                    project.annotate(1, number, len(text), "claim", source=source)
                annotate_bulletins(project, 6)
            with annotator.create("gold.anno", annotator="gold") as gold:
                annotate_bulletins(gold, 3)
            with annotator.create("bob.anno", annotator="bob") as colleague:
                colleague.annotate(
                    colleague.add_document("Ferry", "The ferry may stop, they say."), 0, 18, "speculation"
                )
                colleague.export("bob.jsonl")
    assert Path("corpus.train.spacy").exists()


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


def test_demo(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Path] = []
    monkeypatch.setattr(program, "draw", lambda project, out, **options: drawn.append(out))
    outcome = run("demo", tmp_path / "sample")
    assert outcome.code == 0, outcome.err
    assert [path.name for path in drawn] == ["sample-light.png", "sample-dark.png"]
    assert run("check", tmp_path / "sample" / "sample.anno").code == 0
    assert len(run("sources", tmp_path / "sample" / "sample.anno", "--json").json) > 3
    assert "stays as it is" in run("demo", tmp_path / "sample").err
    (tmp_path / "file").touch()
    run.refused("demo", tmp_path / "file")


def test_print(run: Run, case: Path, tmp_path: Path) -> None:
    out = tmp_path / "deal.pdf"
    outcome = run("print", case, 1, "-o", out, "--paper", "letter")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == f"Wrote {out}: 1 page, 1 annotation.\n"
    (page,) = pages_of(out.read_bytes())
    page = " ".join(page.split())
    assert page.startswith("Gas deal Xinhua The minister said")
    assert "C1 claim Ministry · B2 · B usually reliable, as its source · 2 probably true “The minister”" in page
    assert b"/MediaBox [0 0 612" in out.read_bytes()
    left = run("print", case, 1, "-o", out, "--label", "speculation", "--json").json
    assert left == {
        "path": str(out),
        "pages": 1,
        "annotations": 0,
        "left_out": "Left out: 1 annotation labelled claim.",
    }


def test_print_is_refused_in_one_sentence(run: Run, case: Path, tmp_path: Path) -> None:
    out = tmp_path / "deal.pdf"
    out.write_bytes(b"What was there.")
    assert "no document 7" in run.refused("print", case, 7, "-o", out)
    assert "not a known paper size" in run.refused("print", case, 1, "-o", out, "--paper", "napkin")
    assert "no label" in run.refused("print", case, 1, "-o", out, "--label", "lie")
    assert "no folder" in run.refused("print", case, 1, "-o", tmp_path / "none" / "deal.pdf")
    assert "project file" in run.refused("print", case, 1, "-o", case)
    assert run("print", case, 1).code == 2
    assert out.read_bytes() == b"What was there." and sorted(tmp_path.iterdir()) == [case, out]


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
