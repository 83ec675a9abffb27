"""Inject faults into file operations: ``python -m tests.faults.run --count 500 --seed 1``.

A child process does what users do while one of its file operations fails, and looks at what is there afterwards. Exit
code 0 only where nothing was lost and every sentence was true.
"""

import argparse
import errno
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.faults.preload import KINDS, Fault, Orders, why_not

ROOT = Path(__file__).resolve().parents[2]
ERRORS = {
    "write": (errno.EIO, errno.ENOSPC),
    "sync": (errno.EIO, errno.ENOSPC),
    "truncate": (errno.EIO, errno.ENOSPC),
    "rename": (errno.EIO, errno.ENOSPC, errno.EACCES),
    "open": (errno.EIO, errno.ENOSPC, errno.EACCES),
    "remove": (errno.EIO, errno.EACCES),
    "read": (errno.EIO,),
    "map": (errno.ENOMEM,),
}
"""The errors that the system gives for each kind of operation."""


class Bed:
    """The child process in which the faults are injected; it is started again where it ends."""

    def __init__(self, room: Path) -> None:
        self._room = room
        self._orders = Orders(room / "orders")
        self._number = 0
        self._process: subprocess.Popen[str] | None = None
        self._counts: dict[tuple[str, str], int] = {}

    def close(self) -> None:
        if self._process is not None and self._process.stdin is not None and self._process.stdout is not None:
            self._process.stdin.close()
            self._process.wait()
            self._process.stdout.close()
            self._process = None

    def operations(self, verb: str, kind: str) -> int:
        """Return how many operations of a kind a verb makes. Raise RuntimeError where it fails by itself."""
        if (verb, kind) not in self._counts:
            outcome = self._ask(verb, kind, Fault(kind, 0))
            if outcome["problems"] or outcome["refusal"]:
                raise RuntimeError(f"{verb} fails without a fault: {outcome}")
            self._counts[verb, kind] = outcome["seen"]
        return self._counts[verb, kind]

    def inject(self, verb: str, fault: Fault) -> dict[str, Any]:
        """Do what ``verb`` says while ``fault`` strikes, and return what came of it."""
        return self._ask(verb, fault.kind, fault)

    def _ask(self, verb: str, kind: str, fault: Fault) -> dict[str, Any]:
        if self._process is None:
            self._number += 1
            room = self._room / f"room {self._number}"
            room.mkdir()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.driver", str(self._orders.path), str(room)],
                cwd=ROOT,
                env=self._orders.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._process.stdin is not None and self._process.stdout is not None
        line = ""
        try:
            self._process.stdin.write(json.dumps([verb, kind, fault.number, fault.error, fault.from_then_on]) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            pass
        if not line:
            self._orders.stop()
            code = self._process.wait()
            self.close_pipes()
            return {"problems": [f"the process ended with {code}"], "seen": 0, "hits": 1, "refusal": "", "last": ""}
        found: dict[str, Any] = json.loads(line)
        return found

    def close_pipes(self) -> None:
        if self._process is not None:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except BrokenPipeError:
                        pass
            self._process = None


def chosen(bed: Bed, verbs: Iterable[str], count: int, seed: int) -> Iterable[tuple[str, Fault]]:
    """Choose ``count`` faults at random, evenly over the verbs and the kinds of operations."""
    chance = random.Random(seed)
    names = list(verbs)
    done = 0
    while done < count:
        for verb in names:
            kind = chance.choice([*KINDS, "write", "write", "sync", "rename", "open"])
            operations = bed.operations(verb, kind)
            if not operations:
                continue
            yield verb, Fault(kind, chance.randint(1, operations), chance.choice(ERRORS[kind]), chance.random() < 0.4)
            done += 1
            if done == count:
                return


def main() -> int:
    from tests.faults.verbs import VERBS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verb", action="append", help="only this verb; may be repeated")
    given = parser.parse_args()
    if reason := why_not():
        print(f"Not run: {reason}.")
        return 0
    refusals: Counter[str] = Counter()
    failed = hits = 0
    with tempfile.TemporaryDirectory(prefix="annotator-faults-") as room:
        bed = Bed(Path(room))
        for verb, fault in chosen(bed, given.verb or VERBS, given.count, given.seed):
            outcome = bed.inject(verb, fault)
            hits += bool(outcome["hits"])
            failed += bool(outcome["problems"])
            refusals[f"{verb}: {outcome['refusal']}".replace(room, "")] += 1
            for problem in outcome["problems"]:
                print(f"{verb}, {fault} ({outcome['last']}): {problem}".replace(room, ""), flush=True)
        bed.close()
    for said, number in sorted(refusals.items()):
        print(f"{number:5} {said}")
    print(f"{given.count} faults were chosen, {hits} struck, {failed} runs were not as they should be.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
