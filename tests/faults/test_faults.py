"""A short part of ``python -m tests.faults.run``: file operations fail, nothing is lost, and no sentence is untrue."""

import errno
from collections.abc import Iterator

import pytest
from tests.faults.preload import Fault, why_not
from tests.faults.run import Bed, chosen
from tests.faults.verbs import VERBS

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    made = Bed(tmp_path_factory.mktemp("faults"))
    yield made
    made.close()


def problems_of(bed: Bed, verb: str, fault: Fault) -> list[str]:
    outcome = bed.inject(verb, fault)
    return [f"{verb}, {fault} ({outcome['last']}): {problem}" for problem in outcome["problems"]]


def test_random_faults_lose_nothing_and_are_told_truly(bed: Bed) -> None:
    # Every verb once or twice; other faults each time the number of verbs changes.
    problems = [problem for verb, fault in chosen(bed, VERBS, 34, 11) for problem in problems_of(bed, verb, fault)]
    assert problems == []


def test_a_commit_that_failed_at_the_last_moment_does_not_come_back_after_a_crash(bed: Bed) -> None:
    """SQLite leaves such a commit in the write-ahead log, from where a crash would bring it back."""
    syncs = bed.operations("annotate", "sync")
    for number in range(1, syncs + 1):
        for later in (False, True):
            assert problems_of(bed, "annotate", Fault("sync", number, errno.EIO, later)) == []


def test_a_full_disk_is_called_full_and_a_failing_one_is_not(bed: Bed) -> None:
    for error, words in ((errno.ENOSPC, "is full"), (errno.EIO, "the disk reports an error")):
        outcome = bed.inject("annotate", Fault("write", 1, error, from_then_on=True))
        assert outcome["problems"] == []
        assert words in outcome["refusal"]


def test_a_disk_that_fails_from_some_moment_on_makes_no_project(bed: Bed) -> None:
    writes = bed.operations("create", "write")
    for number in range(3, writes, writes // 7):
        assert problems_of(bed, "create", Fault("write", number, errno.EIO, from_then_on=True)) == []


def test_of_several_exported_files_all_or_none_are_replaced(bed: Bed) -> None:
    for number in range(1, bed.operations("export over several files", "rename") + 1):
        assert problems_of(bed, "export over several files", Fault("rename", number, errno.EACCES)) == []
    fault = Fault("rename", number, errno.EACCES, from_then_on=True)
    outcome = bed.inject("export over several files", fault)
    assert outcome["problems"] == []
    assert "of this export only" in outcome["refusal"], "the renames back fail, too, and the sentence tells it"
