"""Run commands in this process, on a project with one annotation."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import annotator
from annotator import main as program


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Run:
    """Runs a command in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Outcome:
        self._capsys.readouterr()
        code = program.run_command([str(argument) for argument in arguments])
        captured = self._capsys.readouterr()
        assert "Traceback" not in captured.err + captured.out
        return Outcome(code, captured.out, captured.err)

    def refused(self, *arguments: object, code: int = 1) -> str:
        outcome = self(*arguments)
        assert outcome.code == code, outcome
        assert outcome.out == ""
        assert outcome.err.count("\n") == 1, outcome.err
        assert outcome.err.rstrip().endswith("."), outcome.err
        return outcome.err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(capsys)


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
