"""From the start of the process to a document that is painted and takes a key."""

import compileall
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tests.bench.corpus import project_of_articles
from tests.bench.report import header, line, median

ROOT = Path(__file__).resolve().parents[2]

_BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPlainTextEdit
class Editor(QPlainTextEdit):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, self.ready)
    def ready(self):
        print("ready", flush=True)
        QApplication.quit()
app = QApplication(sys.argv)
editor = Editor()
editor.resize(1400, 900)
editor.show()
app.exec()
"""

_OURS = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from annotator.app.application import launch
heavy = []
window = launch(Path(sys.argv[1]))
def ready():
    assert window.workspace.document is not None and window.reading.view.text
    heavy.extend({"sqlmodel", "sqlalchemy", "pydantic", "spacy", "numpy", "typer"} & set(sys.modules))
    print("ready", ",".join(sorted(heavy)), flush=True)
    QApplication.quit()
window.painted.disconnect()
window.painted.connect(ready)
QApplication.exec()
window.close()
"""


def _run(code: str, *arguments: str) -> tuple[float, str]:
    begin = perf_counter()
    with subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        answer = process.stdout.readline().strip()
        elapsed = (perf_counter() - begin) * 1000
    if not answer.startswith("ready"):
        raise SystemExit("the measured program did not start")
    return elapsed, answer.removeprefix("ready").strip()


def measure(articles: int = 10_000, runs: int = 7) -> None:
    """Print the medians of ``runs`` starts of both programs, in turn."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # As an installed copy is; the environment may forbid Python to keep what it compiled.
    compileall.compile_dir(str(ROOT / "src"), quiet=2)
    header(f"Start-up on a project of {articles:,} articles")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ANNOTATOR_HOME"] = f"{folder}/home"
        path = Path(folder) / "big.anno"
        project_of_articles(path, articles).close()
        bare, ours, heavy = [], [], ""
        for _ in range(runs):
            bare.append(_run(_BARE)[0])
            elapsed, heavy = _run(_OURS, str(path))
            ours.append(elapsed)
    line("process start to painted document", median(ours), "ms", median(bare), "ratio <= 5")
    print(f"heavy imports before the first paint: {heavy or 'none'}")


if __name__ == "__main__":
    measure()
