"""Read the configuration of a brat corpus: which types are labels, with their names and colours."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from annotator.domain.errors import ImportRefused, InvalidText
from annotator.domain.labels import OKABE_ITO
from annotator.domain.records import LabelRecord
from annotator.formats.corpora.brat import brat_folder
from annotator.formats.corpora.brat.vocabulary import CONTENT, CUE, SOURCE, WRITTEN_BY
from annotator.formats.reading.decoding import decoded, read_bytes, read_head


class Configuration(msgspec.Struct, frozen=True):
    """The configuration of a folder: its labels, and their full names by their types."""

    labels: tuple[LabelRecord, ...]
    names: dict[str, str]


def written_at(folder: Path) -> tuple[int, ...]:
    """Return when the configuration of a folder was written."""
    found = []
    for name in brat_folder.CONFIGURATION[:2]:
        try:
            found.append((folder / name).stat().st_mtime_ns)
        except OSError:
            found.append(0)
    return tuple(found)


@lru_cache(maxsize=64)
def configuration_of(folder: Path, _stamp: tuple[int, ...]) -> Configuration:
    """Return the configuration of a folder; ``_stamp``: ``written_at``, by which a changed one is read again."""
    sections = {**_read_sections(folder / "annotation.conf", ("entities", "events"))}
    looks = _read_sections(folder / "visual.conf", ("labels", "drawing"))
    names: dict[str, str] = {}
    # The other names of a type are abbreviations or translations; its name is the type.
    for line in looks["labels"] if _is_ours(folder / "visual.conf") else ():
        type, *shown = [piece.strip() for piece in line.split("|")]
        if shown and shown[0]:
            names[type] = shown[0]
    colours: dict[str, str] = {}
    for line in looks["drawing"]:
        if found := re.search(r"bgColor:(#[0-9A-Fa-f]{6})\b", line):
            colours[line.split()[0]] = found[1]
    events = [line for line in sections["events"] if not line.startswith("<")]
    attributions = [line for line in events if re.search(rf"\b{CONTENT}\d*[?*+]?(?:{{\S*}})?:", line)]
    plain = [line for line in sections["entities"] if not line.startswith(("<", "!", "-"))]
    types = [line.split()[0] for line in (*plain, *(line for line in events if line not in attributions))]
    types = [type for type in types if not type.startswith("!") and not (attributions and type in (CUE, SOURCE))]
    labels = []
    for number, type in enumerate(dict.fromkeys(types)):
        color = colours.get(type, OKABE_ITO[number % len(OKABE_ITO)])
        labels.append(LabelRecord(0, names.get(type, type), "", color, None, "", number))
    return Configuration(tuple(labels), names)


def _is_ours(path: Path) -> bool:
    try:
        return read_head(path).startswith(WRITTEN_BY.encode())
    except ImportRefused:
        return False


def _read_sections(path: Path, wanted: Sequence[str]) -> dict[str, list[str]]:
    """Return the lines of some sections of a configuration, without comments; empty where there is none."""
    found: dict[str, list[str]] = {name: [] for name in wanted}
    try:
        content = decoded(read_bytes(path), path.name).text
    except (ImportRefused, InvalidText):
        return found
    section = ""
    for line in content.split("\n"):
        line = line.split("#", 1)[0] if line.lstrip().startswith("#") else line
        if heading := re.fullmatch(r"\s*\[(\w+)\]\s*", line):
            section = heading[1]
        elif line.strip() and section in found:
            found[section].append(line.strip())
    return found
