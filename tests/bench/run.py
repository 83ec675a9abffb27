"""``make bench``: every measurement, each in a process of its own, so that none warms another up."""

import platform
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
MEASUREMENTS = (
    "startup",
    "keypress",
    "reading",
    "bulk",
    "formats",
    "sources",
    "views",
    "stalls",
    "suggest",
    "suggesting",
)


def main(chosen: list[str]) -> int:
    """Run the named measurements, or all of them; the exit code is that of the first that fails."""
    print(f"Python {platform.python_version()} on {platform.machine()}; machines are noisy: compare the ratios.")
    for name in chosen or MEASUREMENTS:
        if name not in MEASUREMENTS:
            print(f"{name!r} is no measurement: use {', '.join(MEASUREMENTS)}.", file=sys.stderr)
            return 2
        done = subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], cwd=_ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
