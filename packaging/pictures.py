"""Draw the pictures of the views on the sample project, light and dark, into ``docs/pictures``."""

import subprocess
import sys
import tempfile
from pathlib import Path

from annotator.services import sample_project

VIEWS = {"suggestions": "7", "claims": "", "sources": "", "hypotheses": "", "dashboard": ""}
"""The views, each with the document that is shown beside it where that matters: one without annotations."""

SIZE = "1440x900"


def main() -> None:
    """Draw each view in each theme, as ``annotator screenshot`` does."""
    out = Path(__file__).resolve().parent.parent / "docs" / "pictures"
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "sample.anno"
        sample_project.make_sample(project).close()
        _draw(project, out / "window-light.png", "--size", SIZE)
        for view, document in VIEWS.items():
            shown = ["--view", view, "--size", SIZE, *(["--document", document] if document else [])]
            for theme in ("light", "dark"):
                _draw(project, out / f"{view}-{theme}.png", *shown, "--theme", theme)


def _draw(project: Path, picture: Path, *options: str) -> None:
    command = [sys.executable, "-m", "annotator.main", "screenshot", str(project), str(picture), *options]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
