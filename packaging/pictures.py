"""Draw the pictures of the views on the sample project, light and dark, into ``packaging/pictures``."""

import subprocess
import sys
import tempfile
from pathlib import Path

from annotator.services import sample

VIEWS = ("claims", "sources", "hypotheses", "dashboard")
SIZE = "1720x1100"


def main() -> None:
    """Draw each view in each theme, as ``annotator screenshot`` does."""
    out = Path(__file__).with_name("pictures")
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "sample.anno"
        sample.make_sample(project).close()
        for view in VIEWS:
            for theme in ("light", "dark"):
                picture = out / f"{view}-{theme}.png"
                options = ["--view", view, "--theme", theme, "--size", SIZE]
                subprocess.run(
                    [sys.executable, "-m", "annotator.main", "screenshot", str(project), str(picture), *options],
                    check=True,
                )


if __name__ == "__main__":
    main()
