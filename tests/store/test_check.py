"""What ``check`` sees: spoilt indexes, lowered numbers, altered suggestions, long and deep entries of the log."""

import shutil
import sqlite3
import sys
import tracemalloc
from contextlib import closing, suppress
from pathlib import Path

import pytest
from tests.damaged_files import spoil

import annotator
from annotator.domain.canonical_text import sha256
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.store import log
from annotator.store.check import IdSet, check
from annotator.store.project import Project

ENGLISH = "The ministry said on Monday that 12 people may have died in the fire. Experts doubt it.\n"
CHINESE = "東京都知事は火曜日にその報道を否定した。専門家によると真実ではない。\n"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("checked") / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        for number in range(4):
            document = project.add_document(f"Report {number}", ENGLISH * (number + 1) + f"Number {number}.")
            project.annotate(document, 0, 12, "claim")
            project.add_document(f"報道 {number}", CHINESE * (number + 1) + str(number))
        project.suggest()
        assert len(project.suggestions()) > 2
        project.remove(project.annotations()[-1])
    return path


@pytest.fixture
def case(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(sound, tmp_path / "case.anno"))


def kinds(path: Path, *, full: bool = False) -> set[str]:
    before = path.read_bytes()
    with Project.open(path, read_only=True) as project, project.raw_connection() as connection:
        found = {finding.kind for finding in check(connection, full=full)}
    assert path.read_bytes() == before
    return found


@pytest.mark.parametrize("full", [False, True])
def test_a_sound_project_has_no_findings(case: Path, full: bool) -> None:
    assert kinds(case, full=full) == set()


OUT = (
    "INSERT INTO search_words (search_words, rowid, title, body) "
    f"VALUES ('delete', 1, 'report 0', '{ENGLISH.lower()}number 0.')"
)
IN = "INSERT INTO search_words (rowid, title, body) VALUES (1, 'report 0', '{} number 0.')"


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE search_words_data SET block = x'ffffffff' WHERE id > 10"],
        ["UPDATE search_trigrams_data SET block = x'ffffffff' WHERE id > 10"],
        ["UPDATE search_words_data SET block = zeroblob(length(block)) WHERE id > 10"],
        ["DELETE FROM search_words_data WHERE id > 10"],
        ["DELETE FROM search_words_docsize WHERE id = 1"],
        ["UPDATE search_words_docsize SET sz = x'0102' WHERE id = 3"],
        ["UPDATE search_words_docsize SET sz = 'text' WHERE id = 3"],
        ["INSERT INTO search_words (search_words) VALUES ('delete-all')"],
        ["INSERT INTO search_trigrams (search_trigrams) VALUES ('delete-all')"],
        ["INSERT INTO search_words (rowid, title, body) VALUES (99, 'foreign', 'words of nobody')"],
        ["INSERT INTO search_words (rowid, title, body) VALUES (3, 'more', 'words of nobody')"],
        ["INSERT INTO search_trigrams (rowid, title, body) VALUES (1, 'more', 'words of nobody')"],
        [OUT, IN.format(ENGLISH.lower().replace("fire", "rain"))],
        [OUT, IN.format(" ".join(reversed(ENGLISH.lower().split())))],
        ["DROP TABLE search_words"],
        ["UPDATE search_words_config SET v = 99"],
    ],
)  # fmt: skip
def test_a_spoilt_index_is_found(case: Path, statements: list[str]) -> None:
    for statement in statements:
        # SQLite itself refuses some of what follows on damage.
        with suppress(sqlite3.DatabaseError):
            spoil(case, statement)
    try:
        found = kinds(case)
    except annotator.domain.errors.DamagedProject:
        return
    assert found & {"search", "file"}, found
    assert kinds(case, full=True) & {"search", "file"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'document'",
        # Its last row was removed: only the log knows that this number was given.
        "UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'annotation'",
        "UPDATE sqlite_sequence SET seq = 'x' WHERE name = 'label'",
        "UPDATE sqlite_sequence SET seq = -5 WHERE name = 'suggestion'",
        "DELETE FROM sqlite_sequence WHERE name = 'feature'",
        "INSERT INTO sqlite_sequence (name, seq) VALUES ('label', 2)",
        "INSERT INTO sqlite_sequence (name, seq) VALUES ('nothing', 2)",
    ],
)
def test_a_lowered_number_is_found(case: Path, statement: str) -> None:
    spoil(case, statement)
    assert kinds(case) == {"number"}


COPIED = (
    'INSERT INTO suggestion SELECT 999, document_id, label_id, start, "end", fragments, cue, mention, source, '
    "features, score, engine, rule, reason FROM suggestion WHERE id = 1"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE suggestion SET score = 0.123 WHERE id = 1",
        "UPDATE suggestion SET source = 'Somebody else' WHERE id = 1",
        "UPDATE suggestion SET label_id = 4 - label_id WHERE id = 1",
        'UPDATE suggestion SET features = \'{"certainty":"x"}\' WHERE id = 1',
        "UPDATE suggestion_run SET made_with = 'something'",
        'UPDATE suggestion_run SET checksums = \'{"run":""}\'',
        "DELETE FROM suggestion_run",
        COPIED,
    ],
)
def test_an_altered_suggestion_is_found(case: Path, statement: str) -> None:
    spoil(case, statement)
    assert "suggestion" in kinds(case)


def test_suggestions_go_with_their_label_and_are_sound_without_it(case: Path) -> None:
    with annotator.open(case, annotator="ada") as project:
        project.merge_labels("speculation", "claim")
        assert not kinds_of(project._stored)
        project.undo()
        assert not kinds_of(project._stored)


def kinds_of(project: Project) -> list[str]:
    with project.raw_connection() as connection:
        return [f"{found}" for found in check(connection)]


@pytest.mark.parametrize(
    "edits",
    ["[" * 100_000 + "]" * 100_000, "[1]", "{}", '[["label",1]]', '[["label","x",null,{}]]', '[["nothing",1,null,{}]]',
     '[["label",1,null,{"nothing":1}]]', '[["label",1,null,{"name":NaN}]]', "[", "[]x", ""],
)  # fmt: skip
def test_an_entry_of_another_form_is_found(case: Path, edits: str) -> None:
    with closing(sqlite3.connect(case)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE change SET edits = ? WHERE number = 3", (edits,))
        connection.commit()
    assert "log" in kinds(case)


def test_a_row_that_no_entry_made_or_that_is_gone_is_found(case: Path) -> None:
    spoil(case, "DELETE FROM annotation WHERE id = 2")
    assert kinds(case) == {"log"}
    spoil(case, "INSERT INTO claim SELECT 7, 'uid', 'A claim', '', '', 1, '2026-01-01T00:00:00.000Z'")
    with Project.open(case, read_only=True) as project, project.raw_connection() as connection:
        said = {f"{found.where}: {found.what}" for found in check(connection)}
    assert "annotation 2: The log made it, but the file does not hold it." in said
    assert "claim 7: No entry of the log made it." in said


def test_rows_that_were_changed_many_times_are_followed(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.store.replayed_rows._MAX_ROWS_IN_MEMORY", 3)
    with annotator.open(case, annotator="ada") as project:
        for number in range(3):
            for found in project.annotations():
                project.update(found, note=f"note {number}", credibility=number + 2)
        project.undo()
        assert not kinds_of(project._stored)
    spoil(case, "UPDATE annotation SET note = 'note 0' WHERE id = 1")
    assert kinds(case) == {"log"}


@pytest.mark.parametrize("at_once", [7, 64, 1 << 20])
def test_an_entry_of_any_length_is_read_edit_by_edit(case: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(log, "_BYTES_PER_READ", at_once)
    with Project.open(case, read_only=True) as project, project.raw_connection() as connection:
        for number in range(1, project.log_number + 1):
            assert list(log.stored_edits(connection, number)) == list(log.read_change(connection, number).edits)
        assert list(check(connection)) == []


def test_ids_are_kept_in_little_memory() -> None:
    ids = IdSet()
    assert all(ids.add(id) for id in range(0, 3_000_000, 3))
    assert 2_999_997 in ids and 2_999_998 not in ids and not ids.add(3)
    assert ids.add(2**62) and ids.add(-5) and 2**62 in ids and -5 in ids and "x" not in ids
    assert ids.highest == 2**62
    assert sum(sys.getsizeof(part) for part in ids._parts.values()) < 1_000_000


def test_the_memory_of_a_check_does_not_grow_with_the_project(tmp_path: Path) -> None:
    path = tmp_path / "large.anno"
    text = ENGLISH * 40
    moment = now()
    with annotator.create(path, annotator="ada") as project:
        for id in range(1, 7):
            own = f"{text}{id}"
            document = {"uid": new_uid(), "title": f"{id}", "text_sha256": sha256(own), "imported_at": moment}
            edits = [Edit("document_text", id, None, {"text": own}), Edit("document", id, None, document)]
            for place in range(1_000):
                span = {"start": place, "end": place + 9, "quote": text[place : place + 9]}
                rest = {"fragments": [[place, place + 9]], "note": "n" * 400}
                ids = {"uid": new_uid(), "document_id": id, "annotator_id": 1, "label_id": 1}
                values = {**ids, **span, **rest, "created_at": moment, "updated_at": moment}
                edits.append(Edit("annotation", 2_000 * id + place, None, values))
            project._stored.apply(Change("Many", tuple(edits)))
    with Project.open(path, read_only=True) as stored, stored.raw_connection() as connection:
        tracemalloc.start()
        try:
            assert list(check(connection)) == []
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    # The rows alone take 18 MB where they are kept, and one entry 4 MB while it is read.
    assert peak < 9_000_000
