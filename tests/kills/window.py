"""A window with a running worker, to be killed: ``python -m tests.kills.window FILE.anno suggest|export|train``.

It annotates without a pause, tells each annotation when it is committed, and goes on with the job without an end.
"""

import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from annotator.app.application import launch
from annotator.app.background.worker_process import in_process, parts_from_process

EVERY = 5
"""Milliseconds between two annotations."""


def main(path: Path, job: str) -> None:
    window = launch(path)
    workspace = window.workspace

    def work(progress: Callable[[int, int, str], None], cancelled: Callable[[], bool]) -> Any:
        from annotator.services.exports.exporting import export_file
        from annotator.services.suggestions.suggesting import SuggestionMethod, proposed
        from annotator.services.suggestions.training import train_model

        while not cancelled():
            tell("working")
            if job == "export":
                in_process(export_file, progress, cancelled, path, path.with_name("corpus"), "brat", {})
            elif job == "train":
                in_process(
                    train_model, progress, cancelled, path, path.with_name("model"), "killed", SuggestionMethod()
                )
            else:
                list(parts_from_process(proposed, cancelled, path, SuggestionMethod(), list(range(1, 9))))

    numbers = itertools.count(1)

    def annotate() -> None:
        number = next(numbers)
        id = workspace.annotate([(number % 50, number % 50 + 3)], 1, note=f"killed {number}")
        if id is not None:
            tell(str(id))

    def begin() -> None:
        window.jobs.run(job, work)
        timer.start()

    timer = QTimer(window, interval=EVERY)
    timer.timeout.connect(annotate)
    QTimer.singleShot(0, window, begin)
    QApplication.exec()


def tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
