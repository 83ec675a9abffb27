"""A value of a wrong kind in any column of any row costs that row: it is found, told, and the others are read."""

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.thoroughness import IS_THOROUGH

import annotator
from annotator.domain.errors import AnnotatorError
from annotator.store.check import COVERED, check
from annotator.store.migrations.schema_versions import columns
from annotator.store.project import Project
from annotator.store.repair import repair

TEXT = "The ministry said on Monday that gas may flow. Experts said that this may fail 😀. 東京都知事は否定した。\n"
DEEP = '{"a":' * 100_000 + "1" + "}" * 100_000

VALUES: dict[str, Any] = {
    "bytes": b"\x00\xff\xfe",
    "a word": "abc",
    "a number": 7,
    "a fraction": 2.5,
    "infinity": float("inf"),
    "a huge number": 2**63 - 1,
    "a text that is not UTF-8": b"caf\xe9",
    "a NUL": "a\x00b",
    "an escaped surrogate": '["\\ud800"]',
    "deep JSON": DEEP,
    "a deep list": "[" * 100_000 + "]" * 100_000,
    "a negative number": -1,
    "nothing": None,
}
"""What is put into columns. The text that is not UTF-8 is stored as text."""

TABLES = tuple(
    table for table in columns() if not table.startswith(("search_", "sqlite_")) and table not in ("change",)
)
COLUMNS = [(table, column) for table in TABLES for column in columns()[table] if column != "id"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project with two rows at least in every table."""
    path = tmp_path_factory.mktemp("sound") / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        for number in range(2):
            document = project.add_document(f"Title {number}", TEXT + str(number), source=f"Paper {number}")
            a = project.annotate(document, 4, 12, "claim", source="Ministry", mention=(4, 12), cue=(13, 17))
            b = project.annotate(document, 0, 0, "speculation", fragments=[(4, 12), (33, 36)], note="a note")
            project.relate(a, "supports", b)
            project.assess(f"Paper {number}", "B")
            claim = project.add_claim(f"Gas flows {number}", [a])
            project.resolve(claim, "confirmed", evidence="seen", resolved_on="2026-01-01")
            project.link(a, f"Agency {number}")
        _judge(project._stored)
        project.suggest()
        suggestions = project.suggestions()
        assert len(suggestions) > 2
        project.accept(suggestions[0])
        project.reject(project.suggestions()[0])
        project.annotate(1, 40, 44, "claim")
        project.undo()
    with closing(sqlite3.connect(path)) as connection:
        for table in TABLES:
            assert connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0], table
    return path


def _judge(project: Project) -> None:
    """Put what scripts have no verb for into the project."""
    from annotator.services.annotations import bookmarks
    from annotator.services.claims import hypotheses

    for number in (1, 2):
        document = project.read.documents.one(number)
        project.apply(bookmarks.add(project, document, 5, "here"))
        question, change = hypotheses.ask(project, f"Question {number}")
        project.apply(change)
        answer, change = hypotheses.propose(project, question, f"Hypothesis {number}")
        project.apply(change)
        project.apply(hypotheses.weigh(project, question, [number]))
        (held,) = project.read.hypotheses.evidence(question_id=question)
        project.apply(hypotheses.rate(project, answer, held.id, "consistent"))


def spoil(sound: Path, folder: Path, table: str, column: str, value: Any, kind: str = "") -> Path | None:
    """A copy of the project with ``value`` in one row; None where SQLite takes it in no way, or as it was."""
    path = folder / "spoilt.anno"
    shutil.copyfile(sound, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        mark = "CAST(? AS TEXT)" if kind == "a text that is not UTF-8" else "?"
        row = f'SELECT min(rowid) FROM "{table}"'
        connection.text_factory = bytes
        before = connection.execute(f'SELECT "{column}" FROM "{table}" WHERE rowid = ({row})').fetchone()
        try:
            connection.execute(f'UPDATE "{table}" SET "{column}" = {mark} WHERE rowid = ({row})', (value,))
        except sqlite3.IntegrityError:
            return None
        after = connection.execute(f'SELECT "{column}" FROM "{table}" WHERE rowid = ({row})').fetchone()
    return None if before == after else path


def use(path: Path, folder: Path) -> None:
    """Everything that reads a project: each gives an answer or a known error."""
    with suppress(AnnotatorError), annotator.open(path, annotator="ada") as project:
        stored = project._stored
        for work in (
            project.annotations,
            project.documents,
            lambda: project.document(1),
            lambda: project.document(2),
            project.labels,
            project.sources,
            project.relations,
            project.claims,
            project.suggestions,
            project.circular_reports,
            project.suggested_claims,
            project.report,
            project.stats,
            lambda: project.search("ministry"),
            lambda: project.search("ministry", whole_word=True),
            lambda: project.search("東京"),
            lambda: project.track_record("Ministry"),
            lambda: project.export(folder / "out.jsonl"),
            lambda: stored.undo_title,
            lambda: stored.redo_title,
            project.undo,
            project.redo,
            lambda: project.annotate(2, 0, 3, "claim", source="Ministry"),
        ):
            with suppress(AnnotatorError):
                work()
        with suppress(AnnotatorError):
            stored.read.judgements()
            stored.read.project.record()
            stored.read.labels.features()
            stored.read.annotations.bookmarks()
            stored.read.sources.names()
            stored.read.dashboard.letters_by_digits()
            list(stored.read.annotations.places())
    (folder / "out.jsonl").unlink(missing_ok=True)


def findings(path: Path) -> list[str]:
    with Project.open(path, read_only=True) as project, project.raw_connection() as connection:
        return [f"{found.kind}: {found.where}: {found.what}" for found in check(connection)]


def rows_of(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return {table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in TABLES}


def examine(sound: Path, folder: Path, table: str, column: str, kind: str, steps: str = "all") -> None:
    path = spoil(sound, folder, table, column, VALUES[kind], kind)
    if path is None:
        return
    found = findings(path)
    assert found, (table, column, kind)
    assert all(len(one) < 600 and "\n" not in one for one in found)
    if steps in ("repair", "all"):
        new = folder / "new.anno"
        notes = repair(path, new).notes
        assert all(len(one) < 600 for one in notes)
        assert findings(new) == []
        before, after = rows_of(sound), rows_of(new)
        assert after["document_text"] >= before["document_text"] - 1
        assert after["annotation"] >= before["annotation"] - (3 if table in ("document_text", "document") else 1)
    if steps in ("use", "all"):
        use(path, folder)
    for left in folder.iterdir():
        left.unlink()


def test_a_sound_project_has_no_findings(sound: Path) -> None:
    assert findings(sound) == []


@pytest.mark.parametrize("table", TABLES)
def test_a_value_of_a_wrong_kind_costs_its_row_alone(sound: Path, tmp_path: Path, table: str) -> None:
    kinds = list(VALUES)
    mine = [column for name, column in COLUMNS if name == table]
    for column in mine:
        # All of all takes minutes: every column gets one kind, and every third is repaired or used.
        place = COLUMNS.index((table, column))
        if IS_THOROUGH:
            for kind in kinds:
                examine(sound, tmp_path, table, column, kind)
        else:
            examine(sound, tmp_path, table, column, kinds[place % len(kinds)], ("check", "repair", "use")[place % 3])


def test_check_covers_every_table(sound: Path) -> None:
    with closing(sqlite3.connect(sound)) as connection:
        held = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert held == set(COVERED)
