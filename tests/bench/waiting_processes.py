"""How long a hundred processes take that write one annotation each to one project, and whether all succeed.

python tests/bench/waiting_processes.py [PROCESSES]
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import annotator

CODE = """
import sys, annotator
with annotator.open(sys.argv[1], wait=600) as project:
    project.annotate(1, int(sys.argv[2]), int(sys.argv[2]) + 5, "claim")
"""


def main() -> int:
    """Run it; the exit code is 0 where no process failed and no annotation is missing."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "case.anno")
        with annotator.create(path) as project:
            project.add_document("One", "The ministry said that 12 people died. " * 100)
        begin = time.monotonic()
        running = [subprocess.Popen([sys.executable, "-c", CODE, str(path), str(n)]) for n in range(count)]
        failed = sum(process.wait() != 0 for process in running)
        seconds = time.monotonic() - begin
        with annotator.open(path, read_only=True) as project:
            written = len(project.annotations())
    print(f"{count} processes in {seconds:.1f} s: {failed} failed, {written} annotations written")
    return int(failed > 0 or written != count)


if __name__ == "__main__":
    sys.exit(main())
