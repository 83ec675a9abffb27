"""A short part of ``python -m tests.kills.run``: processes are killed, and nothing that was acknowledged is lost."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults.preload import why_not

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")
def test_killed_processes_lose_nothing_and_leave_nothing() -> None:
    # In a process of its own: the library is loaded when a program starts, and a test run has threads when it forks.
    words = [sys.executable, "-m", "tests.kills.run", "--count", "48", "--seed", "7"]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " 0 faults." in ended.stdout
