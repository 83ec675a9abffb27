"""The command that exports."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from annotator.formats import registry
from annotator.formats.base import Corpus, Written


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
