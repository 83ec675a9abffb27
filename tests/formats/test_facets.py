"""How the list of what a format cannot hold is written in its row of the table of formats."""

from annotator.formats.facets import ATTRIBUTION, DOCUMENT_DATA, GRADES, Facet, in_short


def test_a_row_stays_short() -> None:
    assert in_short(()) == ""
    assert in_short((Facet.OVERLAPS, *GRADES, Facet.NOTES)) == "overlaps; grades; notes"
    assert in_short((Facet.CUES,)) == "cues"
    assert in_short((Facet.CUES, Facet.MENTIONS)) == "attributions except sources"
    held = {Facet.TITLES, Facet.DATES, Facet.AUTHORS}
    lacking = [facet for facet in DOCUMENT_DATA if facet not in held]
    assert in_short([*ATTRIBUTION, *lacking]) == "attributions; data of documents except titles, authors and dates"
    assert in_short(("the smell", Facet.CUES, "the smell")) == "the smell; cues"
