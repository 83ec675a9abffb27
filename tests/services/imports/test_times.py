"""The times of imported rows: in UTC and in one form, whatever form of ISO 8601 a file has; what is no time is told."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import annotator
from annotator.domain.changes import now
from annotator.services.imports import importing, planned_rows
from annotator.services.imports.report import ImportReport
from annotator.store.check import check
from annotator.store.project import Project
from annotator.store.repair import repair
from annotator.store.rows import TIME_COLUMNS

TEXT = "The harbour closes, the port said. The mayor denied it."
UIDS = ("a" * 32, "e" * 32)
STORED = "2025-03-01T21:30:00.000Z"


def lines(at: str, updated_at: str | None = None) -> list[dict[str, Any]]:
    """One row of each kind that has a time, all with the same time."""
    made = {"annotator": "ada", "created_at": at}
    annotations = [
        {"uid": uid, "label": "claim", "start": start, "end": end, "quote": TEXT[start:end], "note": "", "features": {}}
        | made
        | {"updated_at": at if updated_at is None else updated_at}
        for uid, start, end in zip(UIDS, (0, 35), (18, 45), strict=True)
    ]
    bookmark = {"position": 4, "name": "Here", "uid": "b" * 32} | made
    document = {"uid": "d" * 32, "title": "Harbour", "text": TEXT, "imported_at": at}
    return [
        {"format": "annotator", "version": 1},
        {**document, "bookmarks": [bookmark], "annotations": annotations},
        {"chain_of": UIDS[0], "source": "Port", "role": "origin", "position": 1, "uid": "c" * 32} | made,
        {
            "claim": "It closes.",
            "uid": "f" * 32,
            **made,
            "statements": [{"annotation": UIDS[0], "stance": "states", "uid": "1" * 32} | made],
            "resolutions": [{"resolved_on": "2025-03-02", "verdict": "confirmed", "uid": "2" * 32} | made],
        },
        {
            "question": "Why?",
            "uid": "3" * 32,
            **made,
            "hypotheses": [{"text": "Money", "uid": "4" * 32}],
            "evidence": [{"annotation": UIDS[1], "uid": "5" * 32}],
            "ratings": [
                {"hypothesis": 0, "annotation": UIDS[1], "consistency": "consistent", "uid": "6" * 32} | made
            ],
        },
    ]  # fmt: skip


TIMES = 2 * 2 + len(("document", "bookmark", "link", "claim", "statement", "resolution", "question", "rating"))
"""How many times ``lines`` states."""


def written(folder: Path, found: list[dict[str, Any]]) -> Path:
    path = folder / "in.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in found), encoding="utf-8")
    return path


def imported(path: Path, file: Path, **options: Any) -> ImportReport:
    with annotator.open(path, annotator="ada") as project:
        return importing.import_files(project._stored, [file], **options)


def times(path: Path) -> Mapping[tuple[str, str], set[str]]:
    """The times of the rows that an import makes, by table and column."""
    found: dict[tuple[str, str], set[str]] = {}
    made = "document annotation bookmark chain_link claim statement resolution question rating".split()
    with closing(sqlite3.connect(path)) as connection:
        for table in made:
            columns = {name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")} & TIME_COLUMNS
            for column in columns - {"trashed_at"}:
                found[table, column] = {at for (at,) in connection.execute(f"SELECT {column} FROM {table}")}
    return found


def findings(path: Path) -> list[str]:
    with Project.open(path, read_only=True) as project, project.raw_connection() as connection:
        return [f"{finding.where}: {finding.what}" for finding in check(connection)]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        return project.path


FORMS = (
    "2025-03-01T23:30:00+02:00",
    "2025-03-01T21:30:00Z",
    "2025-03-01T21:30:00.000999Z",
    "2025-03-01T21:30Z",
    "2025-03-01 21:30",
    "20250301T213000Z",
)


@pytest.mark.parametrize("at", FORMS)
def test_every_form_is_stored_in_utc(case: Path, at: str) -> None:
    report = imported(case, written(case.parent, lines(at)))
    assert not report.refused and not report.notes
    found = times(case)
    assert len(found) == 10 and all(held == {STORED} for held in found.values())
    assert findings(case) == []


def test_a_day_is_its_beginning(case: Path) -> None:
    report = imported(case, written(case.parent, lines("2025-03-01", "")))
    assert not report.notes
    assert times(case)["annotation", "updated_at"] == {"2025-03-01T00:00:00.000Z"}


def test_a_row_without_a_time_gets_that_of_the_import(case: Path) -> None:
    before = now()
    report = imported(case, written(case.parent, lines(" ")))
    assert not report.notes
    assert all(before <= at <= now() for held in times(case).values() for at in held)


def test_what_is_no_time_is_counted_and_gets_the_time_of_the_import(case: Path) -> None:
    before = now()
    report = imported(case, written(case.parent, lines("yesterday\nevening")))
    assert report.notes == [
        f"{TIMES} times could not be read, such as “yesterday evening”: the time of the import is stored instead."
    ]
    assert not report.refused
    assert all(before <= at <= now() for held in times(case).values() for at in held)
    assert findings(case) == []


def test_our_own_lines_come_back_byte_by_byte(case: Path, tmp_path: Path) -> None:
    with annotator.open(case) as project:
        project.import_files([written(tmp_path, lines(FORMS[0]))])
        project.export(tmp_path / "one.jsonl")
    with annotator.create(tmp_path / "other.anno", annotator="ada") as project:
        project.import_files([tmp_path / "one.jsonl"])
        project.export(tmp_path / "two.jsonl")
    _, *one = (tmp_path / "one.jsonl").read_bytes().splitlines()
    _, *two = (tmp_path / "two.jsonl").read_bytes().splitlines()
    assert one == two


@pytest.mark.parametrize("update", [False, True])
@pytest.mark.parametrize("at", FORMS)
def test_another_form_of_the_same_time_is_no_difference(case: Path, tmp_path: Path, at: str, update: bool) -> None:
    with annotator.open(case) as project:
        project.import_files([written(tmp_path, lines(FORMS[0]))])
        project.export(tmp_path / "sent.jsonl")
    sent = (tmp_path / "sent.jsonl").read_text(encoding="utf-8")
    assert sent.count(STORED) == TIMES
    (tmp_path / "sent.jsonl").write_text(sent.replace(STORED, at), encoding="utf-8")
    entries = entries_of_log(case)
    report = imported(case, tmp_path / "sent.jsonl", update=update)
    assert report.comparison.compared and not report.differences and not report.comparison.missing
    assert report.sentence().startswith("Nothing new")
    assert entries_of_log(case) == entries


def entries_of_log(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM change").fetchone()[0])


@pytest.mark.parametrize("at", FORMS)
@pytest.mark.parametrize("is_kept", [False, True])
def test_an_earlier_state_is_known_by_its_time_in_any_form(
    case: Path, tmp_path: Path, at: str, is_kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``is_kept``: as in projects of earlier versions, which hold times as their files stated them."""
    with annotator.open(case) as project, monkeypatch.context() as patch:
        if is_kept:
            patch.setattr(planned_rows, "utc_time", lambda stated: stated)
        project.import_files([written(tmp_path, lines(FORMS[0]))])
        project.export(tmp_path / "old.jsonl")
        project.update(project.annotations()[0], note="changed here")
        project.export(tmp_path / "new.jsonl")
    old = tmp_path / "old.jsonl"
    stored = FORMS[0] if is_kept else STORED
    assert old.read_text(encoding="utf-8").count(stored) == TIMES
    old.write_text(old.read_text(encoding="utf-8").replace(stored, at), encoding="utf-8")
    report = imported(case, old, update=True)
    assert [(one.field, one.newer, one.is_taken) for one in report.differences] == [("note", "ours", False)]


def test_a_later_time_in_another_zone_counts_as_later(tmp_path: Path) -> None:
    for name in ("ours", "theirs"):
        with annotator.create(tmp_path / f"{name}.anno", annotator="ada") as project:
            project.import_files([written(tmp_path, lines(STORED))])
    with annotator.open(tmp_path / "ours.anno") as project:
        project.update(project.annotations()[0], note="ours")
    with annotator.open(tmp_path / "theirs.anno") as project:
        project.update(project.annotations()[0], note="theirs")
        changed = project.annotations()[0].updated_at
        project.export(tmp_path / "theirs.jsonl")
    sent = (tmp_path / "theirs.jsonl").read_text(encoding="utf-8")
    # The same moment, ten hours west of UTC: as a text it comes before that of our change.
    west = datetime.fromisoformat(changed).astimezone(timezone(timedelta(hours=-10))).isoformat()
    (tmp_path / "theirs.jsonl").write_text(sent.replace(changed, west), encoding="utf-8")
    report = imported(tmp_path / "ours.anno", tmp_path / "theirs.jsonl", update=True)
    assert [(one.field, one.newer, one.is_taken) for one in report.differences] == [("note", "theirs", True)]
    with annotator.open(tmp_path / "ours.anno") as project:
        assert project.annotations()[0].updated_at == changed


def test_check_finds_a_time_that_is_none_and_repair_replaces_it(case: Path, tmp_path: Path) -> None:
    imported(case, written(tmp_path, lines(STORED)))
    with closing(sqlite3.connect(case)) as connection:
        connection.execute("UPDATE annotation SET created_at = 'yesterday' WHERE id = 1")
        connection.execute("UPDATE annotation SET created_at = '2025-03-01T23:30:00+02:00' WHERE id = 2")
        connection.execute("UPDATE bookmark SET created_at = '2025-02-30T00:00:00.000Z'")
        connection.commit()
    found = [one for one in findings(case) if "is not a time" in one]
    assert sorted(found) == [
        "annotation 1: Its created_at 'yesterday' is not a time.",
        "bookmark 1: Its created_at '2025-02-30T00:00:00.000Z' is not a time.",
    ]
    notes = repair(case, tmp_path / "repaired.anno").notes
    assert "The created_at of annotation 1 ('yesterday') is not a time: that of the repair takes its place." in notes
    assert findings(tmp_path / "repaired.anno") == []
