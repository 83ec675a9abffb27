"""Settings of Sphinx for ``make docs``. Nothing here needs Annotator to be installed, or a network."""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

project = "Annotator"
author = "The Annotator authors"
copyright = author
extensions = ["myst_parser"]
exclude_patterns = ["man"]
html_theme = "furo"
html_title = "Annotator"
html_copy_source = False
html_show_sphinx = False
myst_heading_anchors = 4

PAGES_OF_THE_ROOT = {
    "architecture": "ARCHITECTURE.md",
    "contributing": "CONTRIBUTING.md",
    "glossary": "GLOSSARY.md",
    "user/labels": "resources/guideline.md",
}
"""Pages whose text is kept elsewhere, where people and the program look for it."""


def read_from_root(_app: Any, page: str, source: list[str]) -> None:
    """Replace the text of such a page, with its links turned to the pages of this folder."""
    if page not in PAGES_OF_THE_ROOT:
        return
    text = (ROOT / PAGES_OF_THE_ROOT[page]).read_text(encoding="utf-8")
    for name, file in PAGES_OF_THE_ROOT.items():
        text = text.replace(f"]({file}", f"]({name}.md")
    source[0] = re.sub(r"\]\(docs/", "](", text)


def setup(app: Any) -> None:
    """Register with Sphinx."""
    app.connect("source-read", read_from_root)
