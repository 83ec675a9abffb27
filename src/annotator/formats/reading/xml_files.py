"""Untrusted XML: nothing is fetched, no entity is expanded, and too deep nesting is refused.

lxml reads; a document's own entities, external references and elements deeper than the limit are refused.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any, BinaryIO, NoReturn

from annotator.domain.errors import ImportRefused
from annotator.domain.wording import elided
from annotator.formats.reading.archive_members import Archive
from annotator.formats.reading.limits import limits

_PROLOG = 64 * 1024
_GROWTH = 8
"""Minimum factor by which XML grows when it becomes a tree of elements."""

_ENTITY = re.compile("<!ENTITY|<!ATTLIST", re.IGNORECASE)


def events(
    source: Path | BinaryIO | bytes, name: str, tag: str | tuple[str, ...] | None = None, *, most: int | None = None
) -> Iterator[Any]:
    """Yield the elements with these tags (``{namespace}name``), each when it is complete; all elements where no tag is
    given.

    The caller should ``clear()`` each element, so that memory use stays constant. ``name`` is the file's name in a
    refusal. ``most``: bytes from one of these elements to the next. Raise ImportRefused.
    """
    from lxml import etree

    deepest = limits().depth
    wanted = (tag,) if isinstance(tag, str) else tag
    stream: BinaryIO
    if isinstance(source, Path):
        from annotator.formats.reading.decoding import opened

        stream = opened(source)
    else:
        stream = BytesIO(source) if isinstance(source, bytes) else source
    depth = 0
    try:
        has_doctype = _check_prolog(stream, name)
        metered = _LimitedStream(stream, name, most)
        # Huge: a text of more than 10 MB in one element is usual for a corpus; depth is limited here.
        parsing = etree.iterparse(
            metered,
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=True,
            remove_pis=True,
            remove_comments=True,
        )
        for event, element in parsing:
            if event == "start":
                depth += 1
                if depth > deepest:
                    raise ImportRefused(
                        f"“{name}” has elements nested more than {deepest} deep: it is not a document that can be read."
                    )
            else:
                depth -= 1
                if has_doctype and any(isinstance(node, etree._Entity) for node in element):
                    raise ImportRefused(f"“{name}” refers to entities of another file, which are not read.")
                if wanted is None or element.tag in wanted:
                    metered.since = 0
                    yield element
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise ImportRefused(f"“{name}” is not complete XML: {_message_of(error)} (line {line}).") from None
    finally:
        if isinstance(source, Path):
            stream.close()


class _LimitedStream:
    """A file of which only a limited amount may be read into one tree, which is far larger than the file."""

    def __init__(self, stream: BinaryIO, name: str, most: int | None) -> None:
        self.since = 0
        self._stream, self._name, self._most = stream, name, most

    def read(self, size: int = -1) -> bytes:
        """Return at most ``size`` bytes. Raise ImportRefused beyond the limit."""
        block = self._stream.read(size)
        self.since += len(block)
        if self._most is not None and self.since > self._most:
            raise ImportRefused(
                f"“{self._name}” has a text of more than the {self._most / 2**20:,.0f} MB that one may have in XML: "
                "split it, or raise the limit in the settings."
            )
        return block


def whole_limit() -> int:
    """Return the maximum bytes of XML for one tree."""
    return limits().file // _GROWTH


def root_of(source: Path | BinaryIO | bytes, name: str) -> Any:
    """Return the root element of a whole document. Raise ImportRefused as ``events`` does."""
    last: Any = None
    for element in events(source, name):
        last = element
    if last is None:
        raise ImportRefused(f"“{name}” holds no element of XML.")
    return last


def root_in(archive: Archive, name: str) -> Any:
    """Return the root element of a member that is XML. Raise ImportRefused."""
    member = archive.find(name)
    most = whole_limit()
    if member is not None and member.size > most:
        raise ImportRefused(
            f"“{name}” in “{archive.name}” has {member.size / 2**20:,.1f} MB, more than the {most / 2**20:,.0f} MB "
            "that the text of one document may have: split it, or raise the limit in the settings."
        )
    return root_of(archive.read(member or name), f"{archive.name}, {name}")


def local(element: Any) -> str:
    """Return the name of an element without its namespace, which differs between versions of a format."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Any, name: str) -> str:
    """Return an attribute by its name without namespace; empty where it is missing."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def children(element: Any, *names: str) -> list[Any]:
    """Return the children of an element with these names."""
    return [child for child in element if local(child) in names]


def inside(element: Any, *path: str) -> Any:
    """Return the first child of that name, then its first child of the next name and so on; None where one is
    missing.
    """
    for name in path:
        if element is None:
            return None
        element = next((child for child in element if local(child) == name), None)
    return element


def refuse_document_type(stream: IO[bytes], name: str) -> None:
    """Raise ImportRefused where the XML in ``stream`` declares a document type, as that may define entities.

    For parts of packages, which must not declare one (ECMA-376, part 2), before another library reads them. Files that
    are not XML are not checked here.
    """
    from xml.parsers import expat

    class _RootReached(Exception):
        pass

    def refuse(*_: object) -> NoReturn:
        raise ImportRefused(f"“{name}” declares a document type, which is a security risk: it is not read.")

    def stop(*_: object) -> NoReturn:
        raise _RootReached

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        while block := stream.read(_PROLOG):
            parser.Parse(block, False)
    except (expat.ExpatError, _RootReached):
        return


def _check_prolog(stream: BinaryIO, name: str) -> bool:
    """Return whether a document declares a document type.

    Raise ImportRefused where it defines entities, by which a small file can become huge.
    """
    beginning = stream.read(_PROLOG)
    stream.seek(0)
    encoding = "utf-16" if beginning[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
    if beginning[:4] in (b"\x00<\x00?", b"\x00<\x00!"):
        encoding = "utf-16-be"
    elif beginning[:4] in (b"<\x00?\x00", b"<\x00!\x00"):
        encoding = "utf-16-le"
    prolog = beginning.decode(encoding, "replace")
    if _ENTITY.search(prolog):
        raise ImportRefused(f"“{name}” defines its own entities, which are a security risk: it is not read.")
    return "<!DOCTYPE" in prolog


def _message_of(error: Any) -> str:
    return elided((str(error.msg or error).splitlines() or [""])[0].split(", line ")[0], 160).rstrip(".")
