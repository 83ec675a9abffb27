"""The process in which file operations fail: it takes one run a line on standard input, and tells its outcome."""

import contextlib
import json
import shutil
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from tests.faults.preload import KINDS, Fault, Orders
from tests.faults.verbs import VERBS, Run


def perform(orders: Orders, folder: Path, name: str, fault: Fault | None, counted: str) -> dict[str, object]:
    """Run a verb with a fault, or without one to count its operations of a kind."""
    folder.mkdir()
    run = Run(folder, fault)

    @contextlib.contextmanager
    def armed() -> Iterator[None]:
        if fault is None:
            orders.count(folder, KINDS[counted])
        else:
            orders.fail(folder, fault)
        try:
            yield
        finally:
            orders.stop()

    try:
        VERBS[name](run, armed)
    except Exception:  # noqa: BLE001 - the run reports it
        orders.stop()
        run.problems.append(traceback.format_exc())
    found = {"problems": run.problems, "seen": orders.seen, "hits": orders.hits, "last": orders.last}
    shutil.rmtree(folder, ignore_errors=True)
    return {**found, "refusal": run.refusal}


def main(orders_path: str, room: str) -> None:
    orders = Orders(Path(orders_path))
    for number, line in enumerate(sys.stdin):
        name, kind, nth, error, from_then_on = json.loads(line)
        fault = Fault(kind, nth, error, from_then_on) if nth else None
        outcome = perform(orders, Path(room, str(number)), name, fault, kind)
        sys.stdout.write(json.dumps(outcome) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
