"""Work in a process of its own: results, progress, known errors, bugs, cancelling."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from annotator.app.background.worker_process import in_process, parts_from_process
from annotator.domain.errors import Cancelled, ExportRefused, WorkerLost

Progress = Callable[[int, int, str], None]


def _double(number: int, *, progress: Progress) -> int:
    progress(1, 2, "half")
    return 2 * number


def _refuse(*, progress: Progress) -> None:
    raise ExportRefused("There is no folder.")


def _break(*, progress: Progress) -> None:
    raise KeyError("missing")


def _go_on_until_nobody_listens(mark: Path, *, progress: Progress) -> None:
    draft = mark.with_suffix(".draft")
    draft.touch()
    try:
        for number in range(600):
            progress(number, 600, "")
            time.sleep(0.05)
    finally:
        draft.unlink()
        mark.touch()


def _never() -> bool:
    return False


def test_the_result_and_the_progress_come_back() -> None:
    told: list[tuple[int, int, str]] = []
    assert in_process(_double, lambda *given: told.append(given), _never, 21) == 42
    assert told == [(1, 2, "half")]


def test_a_known_error_is_raised_as_it_was() -> None:
    with pytest.raises(ExportRefused, match="There is no folder"):
        in_process(_refuse, lambda *_: None, _never)


def test_a_bug_comes_with_its_traceback() -> None:
    with pytest.raises(RuntimeError, match="KeyError: 'missing'"):
        in_process(_break, lambda *_: None, _never)


def test_cancelling_lets_the_process_clear_up(tmp_path: Path) -> None:
    heard: list[int] = []
    with pytest.raises(Cancelled):
        in_process(
            _go_on_until_nobody_listens,
            lambda done, _total, _text: heard.append(done),
            lambda: len(heard) > 2,
            tmp_path / "mark",
        )
    assert (tmp_path / "mark").exists() and not (tmp_path / "mark.draft").exists()


def _count(to: int) -> Iterator[int]:
    yield from range(to)


def _count_and_refuse(to: int) -> Iterator[int]:
    yield from range(to)
    raise ExportRefused("There is no more.")


def _count_and_die(to: int) -> Iterator[int]:
    yield from range(to)
    os.kill(os.getpid(), signal.SIGKILL)


def test_parts_come_one_by_one() -> None:
    assert list(parts_from_process(_count, _never, 5)) == [0, 1, 2, 3, 4]


def _taken(parts: Iterator[int], into: list[int]) -> None:
    into.extend(parts)


def test_what_came_before_an_error_is_kept() -> None:
    taken: list[int] = []
    with pytest.raises(ExportRefused, match="no more"):
        _taken(parts_from_process(_count_and_refuse, _never, 3), taken)
    assert taken == [0, 1, 2]


def test_a_process_whose_parts_nobody_takes_ends() -> None:
    parts = parts_from_process(_count, _never, 10_000_000)
    assert [next(parts), next(parts)] == [0, 1]
    parts.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_process_that_is_killed_is_told_in_a_sentence() -> None:
    taken: list[int] = []
    with pytest.raises(WorkerLost, match=r"ended by itself \(code -9\)"):
        _taken(parts_from_process(_count_and_die, _never, 3), taken)
    assert taken == [0, 1, 2]


FROZEN_PROGRAM = """
import sys

sys.frozen = True
sys.executable = {program!r}

from annotator.main import main
from annotator.app.background.worker_process import in_process, parts_from_process


def double(number, *, progress):
    progress(1, 1, "")
    return 2 * number


def squares(*numbers):
    yield from (number * number for number in numbers)


if __name__ == "__main__":
    if sys.argv[1:] == ["work"]:
        print(in_process(double, lambda *_: None, lambda: False, 21))
        print(*parts_from_process(squares, lambda: False, 2, 3))
    else:
        sys.exit(main())
"""
"""A program that knows itself as a frozen build does: ``sys.executable`` is the program and no Python."""


@pytest.mark.skipif(os.name == "nt", reason="The program under test is a shell script.")
def test_a_frozen_program_starts_its_workers(tmp_path: Path) -> None:
    program, source = tmp_path / "annotator", tmp_path / "program.py"
    source.write_text(FROZEN_PROGRAM.format(program=str(program)), encoding="utf-8")
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {shlex.quote(str(tmp_path / "starts"))}\n'
        f'exec {shlex.quote(sys.executable)} {shlex.quote(str(source))} "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    done = subprocess.run([program, "work"], capture_output=True, encoding="utf-8", check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("42\n4 9\n", "", 0)
    starts = (tmp_path / "starts").read_text(encoding="utf-8").splitlines()
    assert [start.startswith("--multiprocessing-fork ") for start in starts].count(True) == 2
    assert all(
        start == "work" or start.startswith("--multiprocessing-fork ") or "resource_tracker" in start
        for start in starts
    )


ORPHAN = """
import multiprocessing, sys, threading, time
from annotator.app.background.worker_process import parts_from_process

if __name__ == "__main__":
    threading.Thread(target=lambda: list(parts_from_process(time.sleep, lambda: False, 600)), daemon=True).start()
    while not multiprocessing.active_children():
        time.sleep(0.01)
    print(multiprocessing.active_children()[0].pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="whether a process is there is asked as POSIX does")
def test_a_worker_ends_when_its_window_is_killed(tmp_path: Path) -> None:
    """It says nothing for ten minutes, so it would not notice by itself that nobody listens."""
    script = tmp_path / "window.py"
    script.write_text(ORPHAN, encoding="utf-8")
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        worker = int(window.stdout.readline())
        assert is_there(worker)
        window.kill()
        # The worker holds the pipe open, too: it has ended where the pipe has.
        window.stdout.read()
        assert wait_until(lambda: not is_there(worker))


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether something holds in the end; the time is a bound for what hangs."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
