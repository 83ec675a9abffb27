"""UIMA CAS XMI: one XML file for each document, with the type system in a file beside it; offsets are UTF-16 units.

Source: the UIMA reference on XMI. This module does not use ``dkpro-cassis``, which expands the entities of a file,
stops at the first unknown record, and takes far longer; the tests use it to read what is written. ``cas`` describes how
a CAS is read and written.
"""

import re
from collections.abc import Container, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from annotator.domain.errors import ImportRefused
from annotator.formats.base import Corpus, Format, Incoming, Refusal, Written
from annotator.formats.corpora.uima.cas import ANNOTATION, SOFA, FeatureStructure, Reference, TypeSystem, own_types
from annotator.formats.corpora.uima.cas_reader import Cas
from annotator.formats.corpora.uima.cas_writer import Structures, part_losses
from annotator.formats.facets import PROJECT_DATA, Facet
from annotator.formats.native_fields import checksum
from annotator.formats.reading.file_names import FileNames
from annotator.formats.reading.limits import limits
from annotator.formats.reading.xml_files import events
from annotator.formats.reading.xml_text import Fitting, serialised
from annotator.formats.relations import RelationsByDocument, relations_last

_XMI = "http://www.omg.org/XMI"
_CAS = "http:///uima/cas.ecore"
_TYPES = "http://uima.apache.org/resourceSpecifier"
_NO_NAMESPACE = "http:///uima/noNamespace.ecore"
_PACKAGE = re.compile(r"http:///(.+)\.ecore")
_TYPE_SYSTEM = "TypeSystem.xml"

# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, path: Path) -> Written:
    """Fill the folder ``path`` with one file for each document and their type system."""
    fitting = Fitting()
    by_document = RelationsByDocument(corpus.relations)
    structures = Structures(corpus.features)
    names = FileNames()
    (path / _TYPE_SYSTEM).write_bytes(_type_system(own_types(corpus.features)))
    documents = annotations = 0
    for document, own in fitting.documents(corpus.documents):
        found = structures.of(document, own, by_document.of(own))
        (path / f"{names.name_of(document.title)}.xmi").write_bytes(_xmi(found, fitting))
        documents += 1
        annotations += len(own)
    return Written(documents, annotations, (*fitting.losses(), *by_document.losses(), *part_losses(structures.parts)))


def _xmi(found: list[FeatureStructure], fitting: Fitting) -> bytes:
    from lxml import etree

    packages = dict.fromkeys(one.type.rpartition(".")[0] for one in found)
    # ``cas`` and numbered names, as UIMA itself writes them.
    prefixes = {package: "cas" if package == "uima.cas" else f"type{n}" for n, package in enumerate(packages)}
    spaces = {package: f"http:///{package.replace('.', '/')}.ecore" for package in packages}
    root = etree.Element(
        f"{{{_XMI}}}XMI", nsmap={"xmi": _XMI, "cas": _CAS, **{prefixes[one]: spaces[one] for one in packages}}
    )
    root.set(f"{{{_XMI}}}version", "2.0")
    etree.SubElement(root, f"{{{_CAS}}}NULL", {f"{{{_XMI}}}id": "0"})
    for one in (*found[1:], found[0]):
        package, _, name = one.type.rpartition(".")
        values = {key: _stated(value, fitting) for key, value in one.values.items()}
        etree.SubElement(root, f"{{{spaces[package]}}}{name}", {f"{{{_XMI}}}id": one.id, **values})
    members = " ".join(one.id for one in found[1:])
    etree.SubElement(root, f"{{{_CAS}}}View", {"sofa": found[0].id, "members": members})
    return serialised(root)


def _stated(value: Any, fitting: Fitting) -> str:
    if isinstance(value, Reference):
        return value.id
    if isinstance(value, bool):
        return "true" if value else "false"
    return fitting.value(str(value))


def _type_system(types: TypeSystem) -> bytes:
    from lxml import etree

    root = etree.Element(f"{{{_TYPES}}}typeSystemDescription", nsmap={None: _TYPES})
    listed = etree.SubElement(root, f"{{{_TYPES}}}types")

    def add(above: Any, tag: str, **texts: str) -> Any:
        element = etree.SubElement(above, f"{{{_TYPES}}}{tag}")
        for tag, text in texts.items():
            etree.SubElement(element, f"{{{_TYPES}}}{tag}").text = text
        return element

    for name, (above, features) in types.types.items():
        if name == "uima.tcas.DocumentAnnotation":
            continue
        described = add(listed, "typeDescription", name=name, description="", supertypeName=above)
        held = add(described, "features")
        for feature, range in features.items():
            add(held, "featureDescription", name=feature, description="", rangeTypeName=range)
    return serialised(root)


# ---------------------------------------------------------------------------------------------------- in


def read(path: Path) -> Iterator[Incoming]:
    """Yield the documents of a file, each with its annotations; then their relations. Raise ImportRefused."""
    limits().check_file(path.name, path.stat().st_size)
    types, problems = _types_beside(path)
    cas = Cas()
    for element in events(path, path.name):
        above = element.getparent()
        if above is not None and above.getparent() is None:
            if element.tag not in (f"{{{_CAS}}}View", f"{{{_CAS}}}NULL"):
                cas.structures.append(_structure(element, types))
            element.clear()
    yield from (Refusal("", problem) for problem in problems)
    yield from relations_last(cas.items(path, checksum(path), FORMAT.id))


def _structure(element: Any, types: TypeSystem) -> FeatureStructure:
    type = _type_of(element.tag)
    values: dict[str, Any] = {}
    id = ""
    for name, stated in element.attrib.items():
        if name == f"{{{_XMI}}}id":
            id = stated
        elif name.startswith("{"):
            continue
        elif name == "sofa":
            values[name] = Reference(stated)
        elif type == SOFA:
            values[name] = stated
        else:
            values[name] = types.value(type, name, stated)
    for child in element:
        # An array of texts is an element for each of them.
        values.setdefault(str(child.tag), []).append(child.text or "")
    return FeatureStructure(id, type, values)


def _type_of(tag: str) -> str:
    """Return the full name of a type: its package is in the namespace."""
    space, _, name = tag.removeprefix("{").rpartition("}")
    package = _PACKAGE.fullmatch(space) if space != _NO_NAMESPACE else None
    return f"{package[1].replace('/', '.')}.{name}" if package else name


def _types_beside(path: Path) -> tuple[TypeSystem, list[str]]:
    """Return the type system of a file: the one named after it, else those in its folder that belong to no other
    file.
    """
    try:
        named, free = _type_systems(path.parent, path.parent.stat().st_mtime_ns)
    except OSError:
        named, free = {}, ()
    whole = own_types()
    problems = []
    for one in named.get(path.stem.casefold(), free):
        try:
            state = one.stat()
            found = _type_system_of(one, state.st_size, state.st_mtime_ns)
        except (ImportRefused, OSError) as error:
            problems.append(f"The type system cannot be read, so values stay texts: {error}")
            continue
        for name, (above, features) in found.types.items():
            whole.add(name, above, features)
    return whole, problems


@lru_cache(maxsize=4)
def _type_systems(folder: Path, _changed: int) -> tuple[dict[str, tuple[Path, ...]], tuple[Path, ...]]:
    """Return the type systems in a folder: by the file that each is named after, and those without such a file."""
    stems = {one.stem.casefold() for one in folder.glob("*.xmi")}
    named: dict[str, tuple[Path, ...]] = {}
    free: list[Path] = []
    for one in sorted(folder.glob("*.xml")):
        stem = re.sub(r"[-_.]?typesystem\.xml$", "", name := one.name.casefold())
        if stem in stems:
            named[stem] = (*named.get(stem, ()), one)
        elif "typesystem" in name:
            free.append(one)
    return named, tuple(free)


@lru_cache(maxsize=16)
def _type_system_of(path: Path, _size: int, _changed: int) -> TypeSystem:
    types = TypeSystem()
    for element in events(path, path.name, f"{{{_TYPES}}}typeDescription"):
        name, above = (element.findtext(f"{{{_TYPES}}}{tag}", "").strip() for tag in ("name", "supertypeName"))
        features = {
            one.findtext(f"{{{_TYPES}}}name", "").strip(): one.findtext(f"{{{_TYPES}}}rangeTypeName", "").strip()
            for one in element.iter(f"{{{_TYPES}}}featureDescription")
        }
        types.add(name, above or ANNOTATION, features)
        element.clear()
    return types


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file begins as XMI does."""
    return b"http://www.omg.org/XMI" in head and b"XMI" in head


def part_of(path: Path, _asked_for: Container[Path]) -> Path | None:
    """Return the folder, for a type system that is beside the files that use it."""
    name = path.name.casefold()
    if name.endswith(".xml") and "typesystem" in name and any(path.parent.glob("*.xmi")):
        return path.parent
    return None


FORMAT = Format(
    id="xmi",
    name="UIMA CAS XMI",
    suffixes=(".xmi",),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, *PROJECT_DATA),
    example="corpus.xmi",
    is_folder=True,
    part_of=part_of,
)
