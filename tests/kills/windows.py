"""Kill windows while a worker process does something for them; used by ``run.py`` and the tests."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.services.suggestions.bulletins import annotate_bulletins

import annotator
from annotator.store.check import check

ROOT = Path(__file__).resolve().parents[2]
MARK = "ANNOTATOR_TEST_WINDOW"
JOBS = ("suggest", "export", "train")
LONGEST = 120
"""Seconds after which a process that should have ended counts as an orphan."""


def make(path: Path) -> None:
    """Make a project that a model can be trained on."""
    with annotator.create(path, annotator="ada") as project:
        annotate_bulletins(project, 12)


def processes_with(mark: str) -> list[int]:
    """Return the running processes that were started by a window with this mark."""
    wanted, found = f"{MARK}={mark}".encode(), []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def kill_window(folder: Path, job: str, chance: random.Random) -> list[str]:
    """Kill a window at some moment while its worker works; return what is wrong afterwards."""
    path = folder / "case.anno"
    make(path)
    mark = f"{os.getpid()}-{chance.getrandbits(64):x}"
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    home = {"ANNOTATOR_HOME": str(folder / "home"), "QT_QPA_PLATFORM": "offscreen", MARK: mark}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.kills.window", str(path), job],
        cwd=ROOT,
        env=environment | home,
        stdout=subprocess.PIPE,
        text=True,
    ) as window:
        assert window.stdout is not None
        told: list[str] = []
        enough = chance.randint(3, 60)
        for line in window.stdout:
            told.append(line.strip())
            if len(told) > enough and len(processes_with(mark)) > 1:
                break
        time.sleep(chance.random() * 0.05)
        window.send_signal(signal.SIGKILL)
        told += [line.strip() for line in window.stdout if line.endswith("\n")]
    return [*orphans(mark), *lost(path, told), *left_over(folder)]


def orphans(mark: str) -> list[str]:
    """Wait until no process of a killed window is there any more; name those that stay."""
    end = time.monotonic() + LONGEST
    while running := processes_with(mark):
        if time.monotonic() > end:
            for process in running:
                os.kill(process, signal.SIGKILL)
            return [f"{len(running)} processes went on without their window"]
        time.sleep(0.05)
    return []


def lost(path: Path, told: Sequence[str]) -> list[str]:
    acknowledged = {int(word) for word in told if word.isdigit()}
    with annotator.open(path) as project:
        held = {found.id for found in project.annotations() if found.note.startswith("killed")}
        with project._stored.raw_connection() as connection:
            problems = [str(finding) for finding in check(connection)]
    if not acknowledged:
        problems.append("the window annotated nothing")
    if acknowledged - held:
        problems.append(f"lost: {sorted(acknowledged - held)}")
    if len(held) > len(acknowledged) + 1:
        problems.append(f"{len(held)} annotations, and {len(acknowledged)} were acknowledged")
    return problems


def left_over(folder: Path) -> list[str]:
    left = [path.name for path in folder.iterdir() if path.name not in {"case.anno", "home", "corpus", "model"}]
    return [f"left over after the next opening: {left}"] if left else []
