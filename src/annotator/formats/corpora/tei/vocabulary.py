"""The names in TEI that are both written and read."""

from typing import Any

ID = "tei"
"""The id of the format."""

NAMESPACE = "http://www.tei-c.org/ns/1.0"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
FURTHER = "annotator"
"""The type of the ``xenoData`` that is ours."""


def one_line_of(element: Any) -> str:
    """Return the words of an element on one line; empty where there is no element."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def is_element(one: Any) -> bool:
    """Return whether a node is an element, and not a comment or an instruction."""
    return isinstance(one.tag, str)
