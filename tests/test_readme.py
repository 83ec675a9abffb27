"""What README.md says of the formats is what the registry says."""

import importlib.util
from pathlib import Path

from annotator.formats import registry
from annotator.formats.facets import ATTRIBUTION, DOCUMENT_DATA, GRADES, Facet, in_short

ROOT = Path(__file__).resolve().parent.parent


def test_the_table_of_formats_is_that_of_the_registry() -> None:
    spec = importlib.util.spec_from_file_location("readme", ROOT / "packaging" / "readme.py")
    assert spec is not None and spec.loader is not None
    readme = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(readme)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text == readme.with_table(text), "The table of formats in README.md is behind: run make readme."


def test_every_format_has_a_row() -> None:
    rows = registry.as_markdown().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [format.id for format in registry.FORMATS]
    assert {row.count("|") for row in rows} == {7}


def test_a_row_stays_short() -> None:
    assert in_short(()) == ""
    assert in_short((Facet.OVERLAPS, *GRADES, Facet.NOTES)) == "overlaps; grades; notes"
    assert in_short((Facet.CUES,)) == "cues"
    assert in_short((Facet.CUES, Facet.MENTIONS)) == "attributions but sources"
    held = {Facet.TITLES, Facet.DATES, Facet.AUTHORS}
    lacking = [facet for facet in DOCUMENT_DATA if facet not in held]
    assert in_short([*ATTRIBUTION, *lacking]) == "attributions; data of documents but titles, authors and dates"
    assert in_short(("the smell", Facet.CUES, "the smell")) == "the smell; cues"
