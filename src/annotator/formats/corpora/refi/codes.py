"""The parts shared by REFI-QDA projects and codebooks: codes, which are our labels, and GUIDs, which are our uids.

Source: the REFI-QDA standard 1.5 with its schemas ``Project.xsd`` and ``Codebook.xsd`` (qdasoftware.org).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid5

from annotator.domain.records import LabelRecord
from annotator.formats.reading.xml_files import children
from annotator.formats.reading.xml_text import Fitting

_IDS = UUID("0c4f1f0e-3d0b-5b51-8a55-0d7a8f4e6c11")
_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")


def guid_of(uid: str) -> str:
    """Return the GUID for a uid: the uid itself where it is a GUID, else one that is always the same."""
    return str(UUID(uid)) if re.fullmatch("[0-9a-f]{32}", uid) else derived_guid("uid", uid)


def derived_guid(kind: str, name: str) -> str:
    """Return the GUID for something with a name and no uid, always the same."""
    return str(uuid5(_IDS, f"{kind}\x1f{name}"))


def uid_of(guid: str) -> str:
    """Return the uid for a GUID, in any of its spellings; empty where it is not a GUID."""
    try:
        return UUID(guid.strip()).hex
    except ValueError:
        return ""


def text_in(element: Any, name: str) -> str:
    """Return the text of the first child with that name."""
    for child in children(element, name):
        return (child.text or "").strip()
    return ""


def add_codes(above: Any, labels: Sequence[LabelRecord], fitting: Fitting, used: Iterable[str] = ()) -> None:
    """Add ``Codes`` with a code for each label, nested like the labels.

    ``used``: names of labels that are not among these.
    """
    from lxml import etree

    space = etree.QName(above).namespace
    known = {label.name: label for label in labels}
    below: dict[str, list[LabelRecord]] = {}
    for label in labels:
        below.setdefault(label.parent if label.parent in known else "", []).append(label)
    listed = etree.SubElement(above, f"{{{space}}}Codes")
    waiting = [(listed, label) for label in reversed(below.get("", []))]
    while waiting:
        holder, label = waiting.pop()
        code = _code(holder, label.name, label.color, label.description, fitting)
        waiting += [(code, nested) for nested in reversed(below.get(label.name, []))]
    for name in sorted(set(used) - known.keys()):
        _code(listed, name, "", "", fitting)


def _code(above: Any, name: str, color: str, description: str, fitting: Fitting) -> Any:
    from lxml import etree

    space = etree.QName(above).namespace
    fields = {"guid": derived_guid("code", name), "name": fitting.value(name), "isCodable": "true"}
    code = etree.SubElement(above, f"{{{space}}}Code", fields | ({"color": color} if _COLOR.fullmatch(color) else {}))
    if description:
        etree.SubElement(code, f"{{{space}}}Description").text = fitting.value(description)
    return code


class Codes:
    """The codes of a file as labels, by GUID. Codes of one name get distinct names from the codes above them."""

    def __init__(self) -> None:
        self.labels: list[LabelRecord] = []
        self.names: dict[str, str] = {}
        self._taken: set[str] = set()
        self._places: dict[str, int] = {}

    def take(self, codes: Any) -> None:
        """Import all codes inside an element ``Codes``."""
        waiting = [(code, "") for code in reversed(children(codes, "Code"))]
        while waiting:
            code, parent = waiting.pop()
            name = self._free(" ".join((code.get("name") or "").split()), parent)
            if name:
                self.names[uid_of(code.get("guid") or "")] = name
                color = _six_digits(code.get("color") or "")
                description = text_in(code, "Description")
                position = len(self.labels) + 1
                self._places.setdefault(name, position - 1)
                self.labels.append(LabelRecord(0, name, "", color, None, description, position, None, parent))
            waiting += [(nested, name or parent) for nested in reversed(children(code, "Code"))]

    def describe(self, name: str, words: str) -> None:
        """Add words to the description of a label."""
        position = self._places.get(name)
        if position is not None and words not in (label := self.labels[position]).description:
            self.labels[position] = label._replace(description=f"{label.description}\n{words}".strip())

    def _free(self, name: str, parent: str) -> str:
        if name.casefold() in self._taken and parent:
            name = f"{parent}: {name}"
        if name.casefold() in self._taken:
            return name
        self._taken.add(name.casefold())
        return name


def _six_digits(color: str) -> str:
    if not _COLOR.fullmatch(color):
        return ""
    return color if len(color) == 7 else "#" + "".join(digit * 2 for digit in color[1:])
