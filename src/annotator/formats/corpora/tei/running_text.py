"""Read the running text of TEI of other programs, without its apparatus."""

from typing import Any

from annotator.formats.corpora.tei.vocabulary import is_element
from annotator.formats.reading.text_builder import Prose
from annotator.formats.reading.xml_files import attribute, local

_BLOCKS = frozenset(
    "p ab l head item salute signed closer opener dateline trailer byline argument epigraph speaker stage label "
    "docTitle titlePart docAuthor docDate imprimatur bibl".split()
)
_HOLDERS = ("p", "list", "table")
_LEFT_OUT = frozenset(
    "teiHeader fw pb lb cb gb milestone del orig sic abbr figDesc certainty interp index link".split()
)
"""Elements outside the running text, or whose corrected form is beside them."""

_ALWAYS = {"orig": "reg", "sic": "corr", "abbr": "expan"}
"""Elements that are left out only where the other one of a choice is there."""


def add_running_text(element: Any, prose: Prose) -> None:
    """Add the blocks of an element to the text; notes are moved to its end."""
    for one in element:
        name = local(one) if isinstance(one.tag, str) else ""
        if name == "row":
            prose.add_row([[_running(cell, prose)] for cell in one])
        elif name == "note":
            prose.note([_running(one, prose)])
        elif name in _BLOCKS and not any(
            local(deeper) in ("p", "list", "table") for deeper in one if is_element(deeper)
        ):
            words = _running(one, prose)
            prose.add(words, "- " if name == "item" else "", is_heading=name in ("head", "titlePart", "docTitle"))
        elif name and name not in _LEFT_OUT:
            add_running_text(one, prose)


def _running(element: Any, prose: Prose) -> str:
    """Return the words of a block on one line; a note in it is marked and moved to the end."""
    parts: list[str] = []

    def walk(one: Any) -> None:
        parts.append(one.text or "")
        for child in one:
            name = local(child) if is_element(child) else ""
            if name == "lb":
                # A line that breaks within a word is marked so.
                parts.append("" if attribute(child, "break") == "no" else " ")
            elif name == "note":
                parts.append(prose.note([_running(child, prose)]))
            elif name and not _is_left_out(child, name):
                walk(child)
            parts.append(child.tail or "")

    walk(element)
    return " ".join("".join(parts).split())


def _is_left_out(element: Any, name: str) -> bool:
    if name in _ALWAYS:
        beside = element.getparent()
        return any(local(other) == _ALWAYS[name] for other in beside if is_element(other))
    return name in _LEFT_OUT
