"""Harbour bulletins as one desk annotates them: by conventions that no rule can know."""

from collections.abc import Sequence
from typing import NamedTuple

import annotator

PLACES = ("Vell", "Ostermar", "Kessal", "Haldrum", "Norvane", "Lurania", "Tarn", "Brekke", "Sund", "Aldmark")
THINGS = ("grain", "timber", "salt", "ore", "paper", "wool", "cement", "copper", "sugar", "coal")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


class Wanted(NamedTuple):
    """A content, and its label in this project."""

    words: str
    label: str


class Bulletin(NamedTuple):
    """An article, and what the desk marks in it, in the order of the text."""

    title: str
    text: str
    wanted: Sequence[Wanted]


def annotate_bulletins(project: annotator.Project, count: int) -> None:
    """Add the first bulletins to a project, with all that is wanted in them."""
    for number in range(count):
        made = bulletin(number)
        document = project.add_document(made.title, made.text)
        for wanted in made.wanted:
            start = made.text.index(wanted.words)
            project.annotate(document, start, start + len(wanted.words), wanted.label)


def bulletin(number: int) -> Bulletin:
    """The article of that number: always the same one."""
    place, other = PLACES[number % 10], PLACES[(number * 3 + 1) % 10]
    thing, day = THINGS[(number * 7 + 2) % 10], DAYS[number % 5]
    count = 12 + number * 3
    wanted = [
        Wanted(f"{count} barges of {thing} were waiting at {place}", "official statement"),
        Wanted(f"the lock at {other} had been shut on {day}", "official statement"),
        Wanted(f"the {thing} may reach {other} by {day}", "speculation"),
        Wanted(f"the crews had been paid at {place}", "claim"),
        Wanted(f"Seen from the mole, the crane at {other} stood idle.", "claim"),
    ]
    text = (
        f"Bulletin {number + 1} from {place}\n\n"
        f"The Port Trust said {wanted[0].words}. The ministry said {wanted[1].words}.\n\n"
        f"According to two people on the quay, {wanted[2].words}. "
        f"The shipowner Anna Lund said {wanted[3].words}.\n\n"
        f"{wanted[4].words} The Gull Café said its soup of {thing} was ready.\n"
    )
    return Bulletin(f"Bulletin {number + 1}", text, wanted)
