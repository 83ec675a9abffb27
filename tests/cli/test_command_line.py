"""The command line: every command, every exit code, and one sentence for what is refused."""

import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from tests.cli.conftest import Run
from tests.cli.processes import process
from tests.services.suggestions.bulletins import annotate_bulletins

import annotator
from annotator.domain.errors import Cancelled


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
