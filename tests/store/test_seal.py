"""The seal of a project, and damaged undo pointers: what continues from what, and walks that end on any log."""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.damaged_files import spoil

import annotator
from annotator.domain.errors import InvalidValue
from annotator.domain.seal import MIN_DIGITS, SHOWN_WORDS, WORDS, Seal, read_seal
from annotator.store import log
from annotator.store.check import check
from annotator.store.project import Project


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sealed") / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        document = project.add_document("One", "The ministry said so.")
        for place in (0, 4, 13):
            project.annotate(document, place, place + 3, "claim")
        project.undo()
        project.undo()
        project.redo()
    return path


@pytest.fixture
def case(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(sound, tmp_path / "case.anno"))


def findings(path: Path) -> list[str]:
    with Project.open(path, read_only=True) as project, project.raw_connection() as connection:
        return [f"{found.kind}: {found.what}" for found in check(connection)]


# --- words ------------------------------------------------------------------------------------------------------------


def test_there_is_a_word_for_every_byte() -> None:
    assert len(WORDS) == len(set(WORDS)) == 256
    assert list(WORDS) == sorted(WORDS)
    assert all(word.isascii() and word.isalpha() and word.islower() and len(word) <= 9 for word in WORDS)


@given(st.binary(min_size=32, max_size=32), st.integers(0, 10**9))
def test_a_seal_is_read_as_it_is_printed(digest: bytes, number: int) -> None:
    seal = Seal(number, digest.hex())
    assert read_seal(str(seal)) == seal
    assert read_seal(f"{number}:{seal.hash[:MIN_DIGITS].upper()}") == (number, seal.hash[:MIN_DIGITS])
    words = read_seal(f"{number}: {seal.words}")
    assert seal.hash.startswith(words.hash) and len(words.hash) == 2 * SHOWN_WORDS


@pytest.mark.parametrize(
    "stated", ["", "12", "12:", ":" + "a" * 64, "12:abcd", "x:" + "a" * 64, "12:" + "g" * 64, "-1:" + "a" * 64]
)
def test_what_is_no_seal_is_refused(stated: str) -> None:
    with pytest.raises(InvalidValue, match="NUMBER:HASH"):
        read_seal(stated)


# --- what continues ---------------------------------------------------------------------------------------------------


def test_a_project_continues_from_what_it_was(case: Path) -> None:
    with annotator.open(case, annotator="ada") as project:
        first = project.seal
        assert project.continues_from(first) and project.continues_from(*first)
        project.annotate(1, 0, 12, "claim")
        project.undo()
        assert project.seal.number == first.number + 2
        for noted in (first, str(first), f"{first.number}:{first.words}", project.seal):
            assert project.continues_from(noted)
        assert not project.continues_from(first.number + 1, first.hash)
        assert not project.continues_from(first.number + 99, first.hash)


def test_an_earlier_copy_and_a_new_history_do_not_continue(case: Path, tmp_path: Path) -> None:
    earlier = shutil.copyfile(case, tmp_path / "earlier.anno")
    with annotator.open(case, annotator="ada") as project:
        project.annotate(1, 0, 12, "claim")
        noted = project.seal
    with annotator.open(earlier, annotator="ada") as project:
        assert not project.continues_from(noted)
        project.annotate(1, 4, 12, "speculation")
        assert project.seal.number == noted.number
        assert not project.continues_from(noted)


def test_a_hash_that_was_only_written_in_is_no_continuation(case: Path) -> None:
    with annotator.open(case, annotator="ada") as project:
        noted = project.seal
    spoil(case, "UPDATE change SET title = 'Something else' WHERE number = 4")
    with annotator.open(case, read_only=True) as project:
        assert project.seal == noted
        assert not project.continues_from(noted)


# --- undo pointers ----------------------------------------------------------------------------------------------------

LAST = "(SELECT max(number) FROM change)"
CIRCLE = [
    "UPDATE change SET kind = 'undo', target = 7 WHERE number = 6",
    "UPDATE change SET kind = 'redo', target = 6 WHERE number = 7",
]


@pytest.mark.parametrize(
    "statements",
    [
        [f"UPDATE change SET kind = 'undo', target = number + 1 WHERE number = {LAST}"],
        [f"UPDATE change SET kind = 'undo', target = number WHERE number = {LAST}"],
        CIRCLE,
        ["UPDATE change SET kind = 'redo', target = 8 WHERE number = 5"],
        [f"UPDATE change SET kind = 'undo', target = NULL WHERE number = {LAST}"],
        [f"UPDATE change SET kind = 'do', target = 3 WHERE number = {LAST}"],
        [f"UPDATE change SET kind = 'redo', target = 3 WHERE number = {LAST}"],
        [f"UPDATE change SET kind = 'undo', target = -5 WHERE number = {LAST}"],
        [f"UPDATE change SET kind = 'undo', target = 0 WHERE number = {LAST}"],
        [f"UPDATE change SET kind = 'undo', target = 'x' WHERE number = {LAST}"],
        [f"UPDATE change SET kind = 'undo', target = 2.5 WHERE number = {LAST}"],
        [f"UPDATE change SET kind = 'again' WHERE number = {LAST}"],
        [f"UPDATE change SET step = x'00ff', title = x'00ff' WHERE number = {LAST}"],
        ["DELETE FROM change WHERE number IN (4, 5)"],
        [f"UPDATE change SET number = -number WHERE number = {LAST}"],
        ["DELETE FROM change"],
    ],
)  # fmt: skip
def test_undo_ends_and_check_tells_of_a_damaged_pointer(case: Path, statements: list[str]) -> None:
    spoil(case, *statements)
    assert any(found.startswith("log:") for found in findings(case))
    with annotator.open(case, read_only=True) as project:
        stored = project._stored
        for title in (stored.undo_title, stored.redo_title):
            assert title is None or isinstance(title, str)


KINDS = st.sampled_from(["do", "undo", "redo", "else"])
NUMBERS = st.one_of(st.none(), st.integers(-3, 14), st.sampled_from(["x", b"\x00", 2.5, 2**60]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(st.tuples(KINDS, NUMBERS, st.sampled_from(["", "a", "b"])), max_size=12))
def test_every_walk_along_the_log_ends(entries: Iterable[tuple[str, object, str]]) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE change (number INTEGER PRIMARY KEY, kind, target, step, title)")
        connection.executemany(
            "INSERT INTO change VALUES (?, ?, ?, ?, '')",
            [(number, *entry) for number, entry in enumerate(entries, 1)],
        )
        for find in (log.next_to_undo, log.next_to_redo):
            for number in range(-1, 15):
                walked = [entry.number for entry in log.entries_of_step(connection, find, number)]
                assert walked == sorted(set(walked), reverse=True)
