"""Looks for files that an importer stumbles over: ``make fuzz ARGS="--minutes 10 --format rtf"``.

Each file is read in a process of its own kind, with limits in time and memory. What makes it crash, hang, or fail in
a way that the importer has not foreseen is kept in ``tests/fuzz/findings/FORMAT``, cut as short as it still does that,
and ``tests/formats/test_hostile.py`` tries it from then on.
"""

import argparse
import hashlib
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.fuzz.mutations import fitting, flipped, truncated, without_a_piece  # noqa: E402 - found by the line above

from annotator.formats import registry  # noqa: E402 - of the checkout that this is run from
from annotator.formats.base import Format, Refusal  # noqa: E402 - of this checkout
from annotator.formats.reading.limits import Limits, using  # noqa: E402 - of this checkout
from annotator.services.imports.read import items_of  # noqa: E402 - of this checkout

EXAMPLES = ROOT / "src" / "annotator" / "formats" / "examples"
FINDINGS = Path(__file__).parent / "findings"
SECONDS = 10
"""For one file, of a few kB."""

MEMORY = 3 * 2**30
LIMITS = Limits(file=40_000_000, unpacked=60_000_000, text=5_000_000)
UNFORESEEN = "The file cannot be read as its format"


def problem_of(path: Path) -> str:
    """What is wrong with how a file is read; empty where all is well."""
    for item in items_of([path]):
        if isinstance(item, Refusal):
            if UNFORESEEN in item.reason:
                return item.reason
            if "\n" in item.reason or len(item.reason) > 1_000:
                return f"no plain sentence: {item.reason[:80]}"
    return ""


def serve(pipe: Connection) -> None:
    """Reads the files that it is told of, and says what is wrong with each."""
    import logging

    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        pass  # Windows has no such limit.
    logging.disable()
    with using(LIMITS):
        while (path := pipe.recv()) is not None:
            try:
                pipe.send(problem_of(Path(path)))
            except BaseException as error:  # noqa: BLE001 - any exception is a finding
                pipe.send(f"{type(error).__name__}: {error}")


class Reader:
    """A process that reads files; a new one where it crashed or took too long."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._start()

    def _start(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def problem_of(self, path: Path) -> str:
        """As ``problem_of``, but a crash and a standstill are problems too."""
        self._pipe.send(str(path))
        try:
            if self._pipe.poll(SECONDS):
                return str(self._pipe.recv())
            found = f"takes more than {SECONDS} seconds"
        except (EOFError, OSError):
            found = "crashes"
        self.close()
        self._start()
        return found

    def close(self) -> None:
        self._process.kill()
        self._process.join()


def kind_of(problem: str) -> str:
    """Problems that are alike have the same."""
    return "".join(character for character in problem if not character.isdigit())[:80]


def shortened(reader: Reader, path: Path, problem: str, chance: random.Random) -> None:
    """Cut the file at ``path`` as short as it still has its problem, in at most a hundred tries."""
    best = path.read_bytes()
    for _ in range(100):
        shorter = chance.choice((truncated, without_a_piece))(best, chance)
        if not shorter:
            continue
        path.write_bytes(shorter)
        if kind_of(reader.problem_of(path)) == kind_of(problem):
            best = shorter
    path.write_bytes(best)


def fuzz(format: Format, minutes: float, seed: int) -> tuple[int, dict[str, Path]]:
    """Reads mutated examples of a format for so long; how many, and where what was found is kept, by its problem."""
    chance = random.Random(seed)
    reader = Reader()
    tried, found = 0, dict[str, Path]()
    end = time.monotonic() + 60 * minutes
    example = EXAMPLES / format.example
    with tempfile.TemporaryDirectory() as name:
        while time.monotonic() < end:
            place = Path(name, str(tried))
            place.mkdir()
            if example.is_dir():
                shutil.copytree(example, place, dirs_exist_ok=True)
            else:
                shutil.copyfile(example, place / example.name)
            path = chance.choice(sorted(one for one in place.rglob("*") if one.is_file() and one.stat().st_size))
            data = path.read_bytes()
            for _ in range(chance.choice((1, 1, 2, 3))):
                data = chance.choice((*fitting(data), flipped))(data, chance)
            path.write_bytes(data)
            tried += 1
            problem = reader.problem_of(place if example.is_dir() else path)
            if problem and kind_of(problem) not in map(kind_of, found):
                if not example.is_dir():
                    shortened(reader, path, problem, chance)
                kept = FINDINGS / format.id / f"{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}{path.suffix}"
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, kept)
                found[problem] = kept
                print(f"  {format.id}: {problem[:160]} -> {kept.relative_to(ROOT)}", flush=True)
            shutil.rmtree(place)
    reader.close()
    return tried, found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--format", action="append", help="id of a format; all that can be read where none is given")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each format")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    formats = [registry.by_id(id) for id in options.format] if options.format else registry.readable()
    count = 0
    for format in formats:
        tried, found = fuzz(format, options.minutes, options.seed)
        count += len(found)
        print(f"{format.id}: {tried:,} files in {options.minutes:g} minutes, {len(found)} findings", flush=True)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
