"""XML from hostile hands: nothing is fetched, no entity is expanded, no nesting is too deep to be refused.

lxml reads; entities of a document's own, external references and what lies deeper than the limit are refused.
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
"""By how much XML grows when it becomes a tree of elements, at least."""

_ENTITY = re.compile("<!ENTITY|<!ATTLIST", re.IGNORECASE)


def events(
    source: Path | BinaryIO | bytes, name: str, tag: str | tuple[str, ...] | None = None, *, most: int | None = None
) -> Iterator[Any]:
    """The elements with these tags (``{namespace}name``), each when it is whole; all elements where none is named.

    Whoever takes an element should ``clear()`` it, so that memory stays flat. ``name`` is what the file is called in
    a refusal. ``most``: bytes from one of these elements to the next. Raises ImportRefused.
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
        metered = _Metered(stream, name, most)
        # Huge: a text of more than 10 MB in one element is ordinary for a corpus; depth is held to the limit here.
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
                        f"“{name}” has elements nested more than {deepest} deep: it is no document that can be read."
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
        raise ImportRefused(f"“{name}” is no whole XML: {_said(error)} (line {line}).") from None
    finally:
        if isinstance(source, Path):
            stream.close()


class _Metered:
    """A file of which only so much is read at one stretch: what is read becomes a tree, which is far larger."""

    def __init__(self, stream: BinaryIO, name: str, most: int | None) -> None:
        self.since = 0
        self._stream, self._name, self._most = stream, name, most

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self.since += len(block)
        if self._most is not None and self.since > self._most:
            raise ImportRefused(
                f"“{self._name}” has a text of more than the {self._most / 2**20:,.0f} MB that one may have in XML: "
                "split it, or raise the limit in the preferences."
            )
        return block


def whole_limit() -> int:
    """Bytes of XML that may become one tree."""
    return limits().file // _GROWTH


def root_of(source: Path | BinaryIO | bytes, name: str) -> Any:
    """The root element of a whole document. Raises ImportRefused as ``events`` does."""
    last: Any = None
    for element in events(source, name):
        last = element
    if last is None:
        raise ImportRefused(f"“{name}” holds no element of XML.")
    return last


def root_in(archive: Archive, name: str) -> Any:
    """The root element of a member that is XML. Raises ImportRefused."""
    member = archive.find(name)
    most = whole_limit()
    if member is not None and member.size > most:
        raise ImportRefused(
            f"“{name}” in “{archive.name}” has {member.size / 2**20:,.1f} MB, more than the {most / 2**20:,.0f} MB "
            "that the text of one document may have: split it, or raise the limit in the preferences."
        )
    return root_of(archive.read(member or name), f"{archive.name}, {name}")


def local(element: Any) -> str:
    """The name of an element without its namespace, which differs from one version of a format to the next."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Any, name: str) -> str:
    """An attribute by its name without namespace; empty where it is not there."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def children(element: Any, *names: str) -> list[Any]:
    """The children of an element with these names."""
    return [child for child in element if local(child) in names]


def inside(element: Any, *path: str) -> Any:
    """The first child of that name, its first child of the next name ...; None where one is not there."""
    for name in path:
        if element is None:
            return None
        element = next((child for child in element if local(child) == name), None)
    return element


def refuse_document_type(stream: IO[bytes], name: str) -> None:
    """Raise ImportRefused where the XML in ``stream`` declares a document type, as that may define entities.

    For parts of packages, which must not declare one (ECMA-376, part 2), before another library reads them. What is no
    XML is not judged here.
    """
    from xml.parsers import expat

    class _RootReached(Exception):
        pass

    def refuse(*_: object) -> NoReturn:
        raise ImportRefused(f"“{name}” declares a document type, which may hide anything: it is not read.")

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
    """Whether a document names a type. Raises ImportRefused where it defines entities: so a small file grows huge."""
    beginning = stream.read(_PROLOG)
    stream.seek(0)
    encoding = "utf-16" if beginning[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
    if beginning[:4] in (b"\x00<\x00?", b"\x00<\x00!"):
        encoding = "utf-16-be"
    elif beginning[:4] in (b"<\x00?\x00", b"<\x00!\x00"):
        encoding = "utf-16-le"
    prolog = beginning.decode(encoding, "replace")
    if _ENTITY.search(prolog):
        raise ImportRefused(f"“{name}” defines entities of its own, which may hide anything: they are not read.")
    return "<!DOCTYPE" in prolog


def _said(error: Any) -> str:
    return elided((str(error.msg or error).splitlines() or [""])[0].split(", line ")[0], 160).rstrip(".")
