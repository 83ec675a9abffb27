"""Whom the text offers as the source of an annotation."""

import pytest

from annotator.domain.records import SourceRecord
from annotator.domain.spans import Span
from annotator.services.annotations.source_candidates import TextNames, offers


def source(name: str, *aliases: str) -> SourceRecord:
    return SourceRecord(1, "u", name, "person", aliases, "", None, None, 0, 0)


REGISTRY = [
    source("Ministry of Energy", "energy ministry"),
    source("Ilse Vandermoor", "harbour master"),
    source("Berg"),
    source("José Díaz"),
]


@pytest.mark.parametrize(
    ("text", "content", "expected"),
    [
        ("The energy ministry said the talks would resume.", "the talks would resume", ["Ministry of Energy"]),
        ("Anna Lund said it was late. She said the ship had left.", "the ship had left", ["Anna Lund"]),
        ("According to the council, the bridge is open.", "the bridge is open", ["Council"]),
        ("The port is shut; the harbour master left.", "The port is shut", ["Ilse Vandermoor"]),
        ("It rains. Bergen is wet.", "It rains", []),
        ("It rains, JOSÉ DÍAZ thinks. Jose Diaz left.", "It rains", ["José Díaz"]),
        ("Bergen is wet. The port is shut, as Berg knows.", "The port is shut", ["Berg"]),
        ("In der ﬁnsteren Straße ist es kalt. Berg friert.", "ist es kalt", ["Berg"]),
        ("😀 الوزير قال.", "قال", []),
    ],
)
def test_offers(text: str, content: str, expected: list[str]) -> None:
    start = text.index(content)
    assert offers(text, [Span(start, start + len(content))], REGISTRY) == expected


def test_a_long_text_is_not_read_whole() -> None:
    text = "Nobody said anything of note on that day.\n\n" * 20_000 + "Berg said it rained."
    start = text.index("it rained")
    assert offers(text, [Span(start, start + 9)], REGISTRY) == ["Berg"]


def test_the_distance_of_a_name_is_that_of_its_nearest_place() -> None:
    text = "Möller said so. The gazette wrote on it. JORG MOLLER denied it, and Mollering too."
    names = TextNames(text)
    place = Span(text.index("The gazette"), text.index(" wrote"))
    assert names.distance(["Möller"], place) == len(" said so. ")
    assert names.distance(["Jörg Möller", "Nobody"], place) == len(" wrote on it. ")
    assert names.distance(["Gazette"], place) is None, "inside the place itself it says nothing"
    assert names.distance(["Moll", "so", ""], place) is None, "parts of words and two letters are no names"
