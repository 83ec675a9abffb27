"""Exporting: the same bytes each time, nothing lost on the way to another project, and no target spoilt."""

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import annotator
from annotator.domain.changes import Change, Edit
from annotator.domain.errors import AnnotatorError, Cancelled, ExportRefused, InvalidValue, NotFound
from annotator.domain.records import AnnotationRecord
from annotator.formats import registry
from annotator.formats.base import Corpus, Written
from annotator.formats.corpora.spacy.tokens import pipelines
from annotator.services.documents import documents
from annotator.services.exports import exporting
from annotator.services.exports.selection import Selection

TEXT = "Title {n}\n\nThe minister said 😀 that gas will flow. Experts said this may fail. قال الوزير.\n"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada", title="The case") as made:
        (tmp_path / "in").mkdir()
        made.add_source("The State", "organisation")
        made.add_source("Ministry", "office", aliases=["MoD"], note="a note")
        made.assess("Ministry", "B", made_on="2026-01-01", topic="gas", rationale="mostly right")
        made.assess("Ministry", "C", made_on="2026-02-01")
        for number in range(6):
            outlet = ("Xinhua", "Reuters", "")[number % 3]
            path = tmp_path / "in" / f"{number}.txt"
            unlike = " ".join(f"word{number}x{place}" for place in range(40))
            path.write_text(TEXT.format(n=number) + unlike, encoding="utf-8")
            (document,) = made.import_files(path, source=outlet)
            date = f"2026-01-0{number % 2 + 1}"
            made._stored.apply(documents.update(document, published_at=date))
            a = made.annotate(
                document,
                0,
                0,
                "official statement",
                fragments=[(9, 21), (34, 47)],
                cue=(22, 26),
                mention=(9, 21),
                source="Ministry",
                credibility=2,
                reliability="A",
                reliability_reason="heard it",
                probability=70,
                confidence="moderate",
                note="a “note”\nof two lines",
                colour={"a": [1, 2.5, None, True]},
            )
            b = made.annotate(document, 49, 76, "speculation", source="experts", probability=0)
            made.relate(a, "contradicts", b, note="why")
        made._stored.apply(
            documents.update(made.document(2), status="done", author="A. Uthor", note="x", language="en")
        )
    with annotator.open(tmp_path / "case.anno", annotator="bob") as made:
        made.annotate(1, 0, 5, "claim")
        made.add_label("denial", parent="official statement", key=7)
        yield made


def comparable(found: AnnotationRecord) -> dict[str, Any]:
    """Everything of an annotation but the ids that belong to one project file."""
    values = found._asdict()
    for name in ("id", "document_id", "label_id", "source_id"):
        del values[name]
    return values


def contents(project: annotator.Project) -> dict[str, Any]:
    uids = {found.id: found.uid for found in project._stored.read.annotations.all()}
    names = {found.id: found.name for found in project._stored.read.sources.all()}
    return {
        "documents": [
            found._replace(id=0, source_id=None)._asdict() | {"structure": found.structure}
            for found in project._stored.read.documents.all()
        ],
        "annotations": [comparable(found) for found in project._stored.read.annotations.all()],
        "relations": [
            (found.uid, found.kind, uids[found.from_id], uids[found.to_id], found.note, found.annotator)
            for found in project._stored.read.annotations.relations()
        ],
        "sources": [
            found._replace(id=0, parent_id=None)._asdict() | {"parent": names.get(found.parent_id or 0)}
            for found in project._stored.read.sources.all()
        ],
        "assessments": sorted(
            (names[found.source_id], *found[2:]) for found in project._stored.read.sources.assessments()
        ),
        "features": [found._replace(id=0, uid="") for found in project._stored.read.labels.features()],
        "labels": [found._replace(id=0, parent_id=None, uid="") for found in project._stored.read.labels.all()],
    }


def without_identity(path: Path) -> list[dict[str, Any]]:
    """The lines of an export without what tells which project and which of its labels it comes from."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for key in ("project_uid", "tip", "annotators", "log", "removed", "undone"):
        del lines[0][key]
    for defined in (*lines[0]["labels"], *lines[0]["features"]):
        del defined["uid"]
    return lines


def test_jsonl_takes_everything_to_a_new_project(project: annotator.Project, tmp_path: Path) -> None:
    out = tmp_path / "corpus.jsonl"
    report = project.export(out)
    assert report.sentence() == "Exported 6 documents with 13 annotations to corpus.jsonl."
    assert report.losses == []
    with annotator.create(tmp_path / "new.anno", annotator="eve", title="The case") as other:
        other.import_files(out)
        assert other.last_import is not None
        assert other.last_import.refused == []
        assert contents(other) == contents(project)
        other.export(tmp_path / "again.jsonl")
        assert without_identity(tmp_path / "again.jsonl") == without_identity(out)
        before = contents(other)
        other.import_files(out)
        assert contents(other) == before
        other.undo()
        assert other.documents() == other.annotations() == other.sources() == []
        other.redo()
        assert contents(other) == before


@pytest.mark.parametrize("format", [found.id for found in registry.FORMATS if found.write is not None])
def test_two_exports_are_the_same_bytes(project: annotator.Project, tmp_path: Path, format: str) -> None:
    for name in ("one", "two"):
        project.export(tmp_path / name, format)
    one, two = (
        {path.relative_to(out).as_posix(): path.read_bytes() for path in (out, *out.rglob("*")) if path.is_file()}
        for out in (tmp_path / "one", tmp_path / "two")
    )
    assert one == two
    assert sum(map(len, one.values())) > 100
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")) == []


@pytest.mark.parametrize("format", [found.id for found in registry.FORMATS if found.write is not None])
def test_two_exports_in_parts_with_a_card_are_the_same_bytes(
    project: annotator.Project, tmp_path: Path, format: str
) -> None:
    found = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        split = {"train": 0.6, "dev": 0.2, "test": 0.2}
        report = project.export(folder / "corpus", format, split=split, group_by="story", seed=5, card=True)
        assert report.card is not None and report.card.is_file()
        found.append(
            {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        )
    assert found[0] == found[1]
    assert len(found[0]) > 3


def test_cancelling_while_near_duplicates_are_sought_leaves_nothing(project: annotator.Project, tmp_path: Path) -> None:
    def cancel(_done: int, _total: int, text: str) -> None:
        if text == "Comparing near-duplicates":
            raise Cancelled("Enough.")

    before = sorted(tmp_path.iterdir())
    with pytest.raises(Cancelled):
        project.export(tmp_path / "c.jsonl", split={"train": 0.5, "dev": 0.5}, progress=cancel)
    assert sorted(tmp_path.iterdir()) == before


def exported(project: annotator.Project, tmp_path: Path, **options: Any) -> list[AnnotationRecord]:
    out = tmp_path / "some.jsonl"
    project.export(out, **options)
    fresh = tmp_path / "fresh.anno"
    fresh.unlink(missing_ok=True)
    with annotator.create(fresh) as other:
        other.import_files(out)
        return other.annotations()


def test_filters(project: annotator.Project, tmp_path: Path) -> None:
    assert {found.label for found in exported(project, tmp_path, labels=["Speculation"])} == {"speculation"}
    assert [found.annotator for found in exported(project, tmp_path, annotators=["bob"])] == ["bob"]
    assert len(exported(project, tmp_path, statuses=["done"])) == 2
    selection = Selection(documents=[3, 4])
    report = exporting.export(project._stored, tmp_path / "two.jsonl", selection=selection)
    assert report.sentence().startswith("Exported 2 documents with 4 annotations")
    with pytest.raises(NotFound):
        exported(project, tmp_path, labels=["rumour"])
    with pytest.raises(InvalidValue, match="annotator"):
        exported(project, tmp_path, annotators=["eve"])
    with pytest.raises(InvalidValue, match="status"):
        exported(project, tmp_path, statuses=["finished"])


def test_what_is_in_the_trash_is_not_exported(project: annotator.Project, tmp_path: Path) -> None:
    project.trash(1)
    assert len(exported(project, tmp_path)) == 10


@pytest.mark.parametrize("group_by", ["document", "source", "story", "date"])
def test_a_split_keeps_groups_whole(project: annotator.Project, tmp_path: Path, group_by: str) -> None:
    split = {"train": 0.5, "dev": 0.25, "test": 0.25}
    report = project.export(tmp_path / "c.jsonl", split=split, group_by=group_by, seed=7)
    assert [path.name for path in report.written] == ["c.train.jsonl", "c.dev.jsonl", "c.test.jsonl"]
    parts: dict[str, list[annotator.Document]] = {}
    for path in report.written:
        with annotator.create(tmp_path / f"{path.stem}.anno") as other:
            parts[path.name] = other.import_files(path)
    titles = [document.title for found in parts.values() for document in found]
    assert sorted(titles) == sorted(row.title for row in project.documents())
    if group_by in ("source", "date"):
        places: dict[str, set[str]] = {}
        for name, found in parts.items():
            for document in found:
                key = document.source if group_by == "source" else document.published_at
                places.setdefault(key or document.uid, set()).add(name)
        assert all(len(names) == 1 for names in places.values())
    else:
        assert [len(found) for found in parts.values()] == [3, 2, 1] or len(parts["c.train.jsonl"]) == 3
    again = project.export(tmp_path / "d.jsonl", split=split, group_by=group_by, seed=7)
    for one, other_path in zip(report.written, again.written, strict=True):
        assert one.read_bytes() == other_path.read_bytes()


@pytest.mark.parametrize(
    "split",
    [{}, {"train": 0.0}, {"train": -1.0, "dev": 2.0}, {"train": float("nan")}, {"../x": 1.0}, {"": 1.0}, {"a/b": 1.0}],
    ids=str,
)
def test_a_split_that_makes_no_sense(project: annotator.Project, tmp_path: Path, split: dict[str, float]) -> None:
    with pytest.raises(InvalidValue):
        project.export(tmp_path / "c.jsonl", split=split)
    with pytest.raises(InvalidValue, match="group by"):
        project.export(tmp_path / "c.jsonl", split={"train": 1.0}, group_by="mood")
    assert not list(tmp_path.glob("*c.*jsonl"))


def test_targets_that_are_refused(project: annotator.Project, tmp_path: Path) -> None:
    before = project.path.read_bytes()
    for out in (
        project.path,
        tmp_path / "other.anno",
        tmp_path / "case.anno-wal",
        tmp_path / "CASE.ANNO.LOCK",
        tmp_path,
        tmp_path / "nowhere" / "c.jsonl",
    ):
        with pytest.raises(ExportRefused):
            project.export(out)
    link = tmp_path / "link.jsonl"
    link.symlink_to(project.path)
    with pytest.raises(ExportRefused):
        project.export(link)
    with pytest.raises(NotFound):
        project.export(tmp_path / "c.x", "nothing")
    with pytest.raises(ExportRefused, match="read but not written"):
        project.export(tmp_path / "c.txt", "text")
    with pytest.raises(AnnotatorError, match="overlap"):
        project.export(tmp_path / "c.conll", "conll", overlap="nothing")
    assert project.path.read_bytes() == before


def test_an_export_shows_one_moment(
    project: annotator.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever annotates while documents are being written: nothing of it is half in the file."""
    before = len(project.annotations()), len(project.relations())
    jsonl = registry.by_id("jsonl")
    assert jsonl.write is not None
    write = jsonl.write

    def slow(corpus: Corpus, path: Path) -> Written:
        document = project.documents()[0]

        def annotate() -> None:
            made = [project.annotate(document, 0, end, "claim", source="Late source") for end in (5, 6)]
            project.relate(made[0], "supports", made[1])

        other = threading.Thread(target=annotate)
        other.start()
        other.join()
        return write(corpus, path)

    monkeypatch.setattr(registry, "by_id", lambda id: replace(jsonl, write=slow))
    report = project.export(tmp_path / "c.jsonl")
    assert sum(found.annotations for found in report.written.values()) == before[0]
    assert not report.losses
    assert "Late source" not in (tmp_path / "c.jsonl").read_text(encoding="utf-8")
    assert (len(project.annotations()), len(project.relations())) == (before[0] + 2, before[1] + 1)


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception, after: int) -> None:
    """Make the native writer write half of its file and fail, from the call after ``after`` ones on."""
    calls: list[None] = []

    def write(corpus: Corpus, path: Path) -> Written:
        path.write_text("half", encoding="utf-8")
        calls.append(None)
        if len(calls) > after:
            raise error
        return Written(0, 0)

    broken = replace(registry.by_id("jsonl"), write=write)
    monkeypatch.setattr(registry, "by_id", lambda id: broken)


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), ExportRefused("No."), ValueError("bug")]
)
def test_a_failed_export_leaves_the_old_file_and_no_draft(
    project: annotator.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    old = {name: tmp_path / f"c{name}.jsonl" for name in ("", ".train", ".dev")}
    for path in old.values():
        path.write_text("old", encoding="utf-8")
    entries = sorted(tmp_path.iterdir())
    failing(monkeypatch, error, 1)
    expected = ValueError if isinstance(error, ValueError) else ExportRefused
    with pytest.raises(expected):
        project.export(tmp_path / "c.jsonl", split={"train": 0.5, "dev": 0.5})
    with pytest.raises(expected):
        project.export(tmp_path / "c.jsonl")
    assert all(path.read_text(encoding="utf-8") == "old" for path in old.values())
    assert sorted(tmp_path.iterdir()) == entries


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="Only root may mount a small disk; see the test above."
)
def test_a_full_disk(project: annotator.Project, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "t", disk], capture_output=True, check=False
    ).returncode:
        pytest.skip("Nothing can be mounted here.")
    try:
        target = disk / "c.jsonl"
        target.write_text("old", encoding="utf-8")
        (disk / "filler").write_bytes(bytes(8 * 1024))
        with pytest.raises(ExportRefused, match="No space left"):
            project.export(target)
        assert target.read_text(encoding="utf-8") == "old"
        assert sorted(entry.name for entry in disk.iterdir()) == ["c.jsonl", "filler"]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_filters_of_source_date_grade_and_maker(project: annotator.Project, tmp_path: Path) -> None:
    text = "A rule found this in a report of the press office."
    document = project.add_document("Later", text, published_at="2026-03-01")
    made = project.annotate(document, 0, 6, "claim", credibility=4)
    project._stored.apply(
        Change("Mark", (Edit("annotation", made.id, {"created_by": "person"}, {"created_by": "rule: press"}),))
    )

    def found(**filters: Any) -> tuple[int, int]:
        report = project.export(tmp_path / "some.jsonl", dry_run=True, **filters)
        assert not (tmp_path / "some.jsonl").exists()
        (written,) = report.written.values()
        return written.documents, written.annotations

    assert found() == (7, 14)
    assert found(sources=["mod"]) == (7, 6), "an alias names its source"
    assert found(sources=["-"]) == (7, 2)
    assert found(outlets=["Xinhua", "-"]) == (5, 10)
    assert found(published_from="2026-01-02", published_to="2026-01-31") == (3, 6)
    assert found(published_from="2026-02-01") == (1, 1)
    assert found(reliabilities=["a"]) == (7, 6)
    assert found(reliabilities=["A", "-"], credibilities=["-"]) == (7, 7)
    assert found(credibilities=[2, 4]) == (7, 7)
    assert found(created_by="suggestion") == (7, 1)
    assert found(created_by="suggestion", annotated_only=True) == (1, 1)
    assert found(created_by="person", annotated_only=True) == (6, 13)
    for wrong in (
        {"sources": ["nobody"]},
        {"outlets": ["x"]},
        {"published_from": "March"},
        {"published_from": "2026-03-01", "published_to": "2026-02-01"},
        {"reliabilities": ["G"]},
        {"credibilities": [7]},
        {"created_by": "machine"},
    ):
        with pytest.raises((InvalidValue, NotFound)):
            found(**wrong)


def test_choices_that_a_format_has_not_are_refused(project: annotator.Project, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="no option 'colour': it has scheme, overlap, tokeniser"):
        project.export(tmp_path / "a.conll", "conll", options={"colour": "red"})
    with pytest.raises(InvalidValue, match="no option 'overlap': it has none"):
        project.export(tmp_path / "a.jsonl", options={"overlap": "first"})
    with pytest.raises(InvalidValue, match="use one of longest, first, layers"):
        project.export(tmp_path / "a.conll", "conll", options={"overlap": "shortest"})
    with pytest.raises(ExportRefused, match="no pipeline “no_such”"):
        project.export(tmp_path / "a.conll", "conll", options={"tokeniser": "no_such"})
    with pytest.raises(ExportRefused, match="language “qqq”"):
        project.export(tmp_path / "a.conll", "conll", options={"tokeniser": "qqq"})
    assert not list(tmp_path.glob("*a.*"))


def test_the_tokeniser_is_the_users_choice(tmp_path: Path) -> None:
    """French rules split at an elision, which those of no language do not know."""
    with annotator.create(tmp_path / "fr.anno", annotator="ada") as project:
        document = project.add_document("Accord", "L'accord n'est pas sûr. It isn't.")
        project.annotate(document, 2, 8, "claim")
        (installed,) = pipelines()[:1] or pytest.skip("no pipeline is installed")

        def tokens(rules: str) -> list[str]:
            project.export(tmp_path / "a.conll", "conll", options={"tokeniser": rules})
            lines = (tmp_path / "a.conll").read_text(encoding="utf-8").splitlines()
            return [line.split("\t")[0] for line in lines if "\t" in line]

        assert tokens("fr")[:3] == ["L'", "accord", "n'"]
        assert tokens("")[0] == "L'accord"
        assert tokens(installed)[-3:] == ["is", "n't", "."]
        assert tokens("blank:en") == tokens("en")
        project.export(tmp_path / "a.spacy", "spacy", options={"tokeniser": installed})
