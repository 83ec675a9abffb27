"""A short part of ``python -m tests.kills.run``: processes are killed, and nothing that was acknowledged is lost."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults.preload import why_not
from tests.kills.windows import kill_window

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")
def test_killed_processes_lose_nothing_and_leave_nothing() -> None:
    # In a process of its own: the library is loaded when a program starts, and a test run has threads when it forks.
    words = [sys.executable, "-m", "tests.kills.run", "--count", "48", "--seed", "7", "--windows", "0"]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " 0 faults." in ended.stdout


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="there is no /proc to find processes in")
def test_a_killed_window_loses_nothing_and_its_worker_ends(tmp_path: Path) -> None:
    assert kill_window(tmp_path, "suggest", random.Random(1)) == []
