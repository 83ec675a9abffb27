"""The lines of brat's standoff (``.ann``), as https://brat.nlplab.org/standoff.html describes them.

``T1 Type 0 5;16 23 TAB words``, ``E1 Type:T2 Role:T3``, ``R1 Type Arg1:T1 Arg2:T2``, ``* Type T1 T2``,
``A1 Name T1 [Value]``, ``N1 Reference T1 Resource:Id TAB words``, ``#1 Type T1 TAB words``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from annotator.domain.errors import InvalidSpan, InvalidValue
from annotator.formats.base import Refusal

Kind = TypeVar("Kind")

NOTE = "AnnotatorNotes"
_PLACE = re.compile(r"\d+ \d+(?:;\d+ \d+)*")


class TextBound(NamedTuple):
    """A ``T`` line: offsets as in the file, and the words that it states for them."""

    type: str
    offsets: tuple[tuple[int, int], ...]
    words: str
    line: int


class Event(NamedTuple):
    """An ``E`` line. ``arguments``: role and id of each, in their order."""

    type: str
    trigger: str
    arguments: tuple[tuple[str, str], ...]
    line: int


class Relation(NamedTuple):
    """An ``R`` line, or one pair of a ``*`` line."""

    type: str
    first: str
    second: str
    line: int


class Attribute(NamedTuple):
    """An ``A`` or ``M`` line; without a value it is a flag."""

    name: str
    value: str
    line: int


class Normalisation(NamedTuple):
    """An ``N`` line: an entry of a database."""

    resource: str
    id: str
    words: str
    line: int


class Note(NamedTuple):
    """A ``#`` line."""

    type: str
    words: str
    line: int


@dataclass(slots=True)
class Lines:
    """The contents of one file of annotations, by the ids of the file. Lines about an id are stored under it."""

    spans: dict[str, TextBound] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    attributes: dict[str, list[Attribute]] = field(default_factory=dict)
    normalisations: dict[str, list[Normalisation]] = field(default_factory=dict)
    notes: dict[str, list[Note]] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)


def parsed(content: str, name: str) -> Lines:
    """Return the lines of a file of annotations; each line that is not brat's is refused individually, as one of
    ``name``.
    """
    found = Lines()
    for number, line in enumerate(content.split("\n"), 1):
        line = line.rstrip("\r")
        if not line.strip():
            continue
        try:
            _take(line, number, found)
        except (InvalidValue, InvalidSpan) as error:
            found.refused.append(Refusal(f"{name}, line {number}", str(error)))
    return found


def _take(line: str, number: int, found: Lines) -> None:
    id, tab, rest = line.partition("\t")
    kind = id[:1]
    if not tab or (kind not in "TERAMN#*" or not kind):
        raise InvalidValue("The line is not in the format of brat: it must begin with an id such as T1 and a tab.")
    if kind == "T":
        _new(id, found.spans, _span(rest, number))
    elif kind == "E":
        _new(id, found.events, _event(rest, number))
    elif kind == "R":
        _new(id, found.relations, _relation(rest, number))
    elif kind == "*":
        for count, one in enumerate(_equivalents(rest, number)):
            found.relations[f"*{number}.{count}"] = one
    elif kind in "AM":
        name, target, *value = _words(rest, 2, "an attribute has a name and an id")
        found.attributes.setdefault(target, []).append(Attribute(name, " ".join(value), number))
    elif kind == "N":
        head, _, words = rest.partition("\t")
        _, target, reference = _words(head, 3, "a normalisation has a type, an id and a reference")[:3]
        resource, _, entry = reference.partition(":")
        found.normalisations.setdefault(target, []).append(Normalisation(resource, entry, words, number))
    else:
        head, _, words = rest.partition("\t")
        type, target = _words(head, 2, "a note has a type and an id")[:2]
        found.notes.setdefault(target, []).append(Note(type, words, number))


def _new(id: str, known: dict[str, Kind], one: Kind) -> None:
    if id in known:
        raise InvalidValue(f"The id {id} is used twice: each id may occur only once in a file.")
    known[id] = one


def _span(rest: str, number: int) -> TextBound:
    head, _, words = rest.partition("\t")
    type, _, place = head.partition(" ")
    if not type or not _PLACE.fullmatch(place):
        raise InvalidSpan("A T line has a type and offsets, such as “Claim 0 5;16 23”.")
    pairs = [piece.split(" ") for piece in place.split(";")]
    if len(place) > 18 and any(len(offset) > 18 for pair in pairs for offset in pair):
        raise InvalidSpan("Its offsets are beyond any text.")
    return TextBound(type, tuple([(int(start), int(end)) for start, end in pairs]), words, number)


def _event(rest: str, number: int) -> Event:
    pieces = [piece.partition(":") for piece in rest.split()]
    if not pieces or not all(role and colon and target for role, colon, target in pieces):
        raise InvalidValue("An E line has a type with its trigger and arguments, such as “Said:T2 Content:T1”.")
    (type, _, trigger), *arguments = pieces
    return Event(type, trigger, tuple((role, target) for role, _, target in arguments), number)


def _relation(rest: str, number: int) -> Relation:
    type, *arguments = _words(rest, 3, "a relation has a type and two arguments")
    ends = [target for _, colon, target in (argument.partition(":") for argument in arguments[:2]) if colon and target]
    if len(ends) != 2:
        raise InvalidValue("An R line has two arguments, such as “Supports Arg1:T1 Arg2:T2”.")
    return Relation(type, ends[0], ends[1], number)


def _equivalents(rest: str, number: int) -> Iterator[Relation]:
    type, first, *others = _words(rest, 3, "an equivalence has a type and two ids or more")
    return (Relation(type, first, other, number) for other in others)


def _words(rest: str, least: int, what: str) -> list[str]:
    words = rest.split()
    if len(words) < least:
        raise InvalidValue(f"The line is incomplete: {what}.")
    return words
