"""Kill processes at any moment: ``python -m tests.kills.run --count 1000 --seed 1``.

A process is killed behind or before one of its file operations, or after a random time. What it acknowledged must be
there afterwards, the project must open, and nothing may be left over. Exit code 0 only where that is so.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.faults.preload import VARIABLE, Orders, why_not
from tests.kills.verbs import VERBS, Verb
from tests.kills.windows import JOBS, kill_window


class Bed:
    """Templates of the folders, and what each verb does when it is not killed."""

    def __init__(self, room: Path, orders: Orders) -> None:
        self._room, self._orders = room, orders
        self._number = 0
        self._known: dict[str, tuple[int, float]] = {}

    def _fresh(self, name: str) -> Path:
        template = self._room / f"template {name}"
        if not template.exists():
            template.mkdir()
            VERBS[name].make(template)
        self._number += 1
        return Path(shutil.copytree(template, self._room / str(self._number)))

    def _whole(self, name: str) -> tuple[int, float]:
        """Run a verb to its end, once; return how many file operations it made, and how many seconds it took."""
        if name not in self._known:
            folder = self._fresh(name)
            self._orders.count(folder)
            begun = time.monotonic()
            code, told = self._run(VERBS[name], folder, None)
            took = time.monotonic() - begun
            self._orders.stop()
            if code != 0 or not told:
                raise RuntimeError(f"{name} fails without being killed: exit code {code}, {told}")
            folder.rename(self._room / f"whole {name}")
            self._known[name] = self._orders.seen, took
        return self._known[name]

    def kill(self, name: str, chance: random.Random) -> tuple[bool, list[str]]:
        """Kill one run of a verb; return whether it was killed, and what is wrong afterwards."""
        operations, took = self._whole(name)
        folder = self._fresh(name)
        if chance.random() < 0.3:
            how = chance.random() * took * 1.1
            code, told = self._run(VERBS[name], folder, how)
            where = f"after {how * 1000:.1f} ms"
        else:
            number, before = chance.randint(1, operations), chance.random() < 0.5
            self._orders.kill(folder, number, before=before)
            code, told = self._run(VERBS[name], folder, None)
            self._orders.stop()
            where = f"{'before' if before else 'behind'} operation {number} ({self._orders.last})"
        if code not in {0, -signal.SIGKILL}:
            return False, [f"{where}: the process ended with {code}"]
        problems = self._judge(name, folder, told)
        return code != 0, [f"{where}, acknowledged {told[-1:]}: {problem}" for problem in problems]

    def _judge(self, name: str, folder: Path, told: list[str]) -> list[str]:
        """Open what a killed run left, and return what is wrong with it."""
        try:
            problems = VERBS[name].problems(folder, self._room / f"whole {name}", told)
        except Exception:  # noqa: BLE001 - the run reports it
            return [traceback.format_exc()]
        left = [
            path.name
            for path in folder.rglob("*")
            if path.name.startswith(".annotator-draft")
            or path.name.startswith((".annotator-swap", ".annotator-aside"))
            or path.name.endswith(("-wal", "-shm", "-journal", ".lock", ".holder"))
        ]
        if left:
            problems.append(f"left over after the next opening: {left}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
        return problems

    def _run(self, verb: Verb, folder: Path, seconds: float | None) -> tuple[int, list[str]]:
        """Do what a verb says in a forked process; return how it ended and what it acknowledged."""
        reading, writing = os.pipe()

        def done(words: str) -> None:
            os.write(writing, f"{words}\n".encode())

        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.close(reading)
                verb.act(folder, done)
                code = 0
            except BaseException:  # noqa: BLE001 - the exit code reports it
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(writing)
        if seconds is not None:
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
        with os.fdopen(reading, encoding="utf-8") as pipe:
            told = [line.strip() for line in pipe if line.endswith("\n")]
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told


def kill_many(
    room: Path, orders: Orders, count: int, seed: int, verbs: Iterable[str]
) -> tuple[Counter[str], list[str]]:
    """Kill ``count`` runs, evenly over the verbs; return how many were killed by verb, and what was wrong."""
    chance = random.Random(seed)
    bed = Bed(room, orders)
    names = list(verbs)
    killed: Counter[str] = Counter()
    problems: list[str] = []
    for number in range(count):
        name = names[number % len(names)]
        struck, found = bed.kill(name, chance)
        killed[name] += struck
        problems += [f"{name}, {problem}" for problem in found]
    return killed, problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verb", action="append", help="only this verb; may be repeated")
    parser.add_argument("--windows", type=int, default=12, help="how many windows with a worker are killed, too")
    given = parser.parse_args()
    if reason := why_not():
        print(f"Not run: {reason}.")
        return 0
    if VARIABLE not in os.environ:
        # The library is loaded when a program starts.
        with tempfile.TemporaryDirectory(prefix="annotator-kills-") as shared:
            words = [sys.executable, "-m", "tests.kills.run", *sys.argv[1:]]
            environment = Orders(Path(shared) / "orders").environment()
            return os.waitstatus_to_exitcode(os.waitpid(os.spawnve(os.P_NOWAIT, words[0], words, environment), 0)[1])
    orders = Orders(Path(os.environ[VARIABLE]))
    with contextlib.ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="annotator-kills-")))
        killed, problems = kill_many(room, orders, given.count, given.seed, given.verb or VERBS)
        for number in range(given.windows):
            folder, job = room / f"window {number}", JOBS[number % len(JOBS)]
            folder.mkdir()
            found = kill_window(folder, job, random.Random(given.seed * 1_000 + number))
            problems += [f"a window with a worker ({job}): {problem}" for problem in found]
            killed["a window with a worker"] += 1
    for problem in problems:
        print(problem)
    print(*(f"{number:5} {name}" for name, number in killed.items()), sep="\n")
    print(f"{given.count + given.windows} runs, {killed.total()} killed, {len(problems)} faults.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
