"""JSON CAS 0.4: one JSON file for each document, with its type system inside; offsets are UTF-16 units.

Source: the specification of the UIMA CAS JSON format in Apache UIMA's JSON CAS support. ``cas`` describes how
a CAS is read and written.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.errors import ImportRefused
from annotator.domain.wording import describe_error
from annotator.formats.base import Corpus, Format, Incoming, Written
from annotator.formats.corpora.uima.cas import FeatureStructure, Reference, TypeSystem, own_types
from annotator.formats.corpora.uima.cas_reader import Cas
from annotator.formats.corpora.uima.cas_writer import Structures, part_losses
from annotator.formats.facets import PROJECT_DATA, Facet
from annotator.formats.reading.decoding import read_bytes
from annotator.formats.reading.file_names import FileNames
from annotator.formats.reading.json_lines import check_no_nul
from annotator.formats.reading.limits import limits
from annotator.formats.relations import RelationsByDocument, relations_last

_VIEW = "_InitialView"

# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, path: Path) -> Written:
    """Fill the folder ``path`` with one file for each document."""
    by_document = RelationsByDocument(corpus.relations)
    structures = Structures(corpus.features)
    types = _types(own_types(corpus.features))
    names = FileNames()
    documents = annotations = 0
    for document, own in corpus.documents:
        cas = {
            "%TYPES": types,
            "%FEATURE_STRUCTURES": (
                found := [_stated(one) for one in structures.of(document, own, by_document.of(own))]
            ),
            "%VIEWS": {_VIEW: {"%SOFA": 1, "%MEMBERS": [one["%ID"] for one in found[1:]]}},
        }
        data = json.dumps(cas, ensure_ascii=False, indent=1).encode()
        (path / f"{names.name_of(document.title)}.json").write_bytes(data + b"\n")
        documents += 1
        annotations += len(own)
    return Written(documents, annotations, (*by_document.losses(), *part_losses(structures.parts)))


def _types(types: TypeSystem) -> dict[str, Any]:
    return {
        name: {"%NAME": name, "%SUPER_TYPE": above}
        | {feature: {"%NAME": feature, "%RANGE": range} for feature, range in features.items()}
        for name, (above, features) in types.types.items()
        if name != "uima.tcas.DocumentAnnotation"
    }


def _stated(structure: FeatureStructure) -> dict[str, Any]:
    stated: dict[str, Any] = {"%ID": int(structure.id), "%TYPE": structure.type}
    for name, value in structure.values.items():
        if isinstance(value, Reference):
            stated[f"@{name}"] = int(value.id)
        else:
            stated[name] = value
    return stated


# ---------------------------------------------------------------------------------------------------- in


def read(path: Path) -> Iterator[Incoming]:
    """Yield the documents of a file, each with its annotations; then their relations. Raise ImportRefused."""
    data = read_bytes(path, limits().file)
    try:
        check_no_nul(data)
        cas = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = (
            "nested too deeply" if isinstance(error, RecursionError) else f"not complete JSON ({describe_error(error)})"
        )
        raise ImportRefused(f"“{path.name}” is {reason}.") from None
    stated = cas.get("%FEATURE_STRUCTURES") if isinstance(cas, dict) else None
    if isinstance(stated, dict):  # Versions before 0.4 have a map by id.
        stated = [{"%ID": id, **one} for id, one in stated.items() if isinstance(one, dict)]
    if not isinstance(stated, list):
        raise ImportRefused(f"“{path.name}” has no list “%FEATURE_STRUCTURES”: it is not a JSON CAS.")
    found = Cas([_structure(one) for one in stated if isinstance(one, dict)])
    yield from relations_last(found.items(path, hashlib.sha256(data).hexdigest(), FORMAT.id))


def _structure(stated: Mapping[str, Any]) -> FeatureStructure:
    values: dict[str, Any] = {}
    for name, value in stated.items():
        if name.startswith("@"):
            values[name[1:]] = _references(value)
        elif name == "%ELEMENTS":
            is_of_structures = str(stated.get("%TYPE")).endswith(("FSArray", "[]"))
            values["elements"] = _references(value) if is_of_structures else value
        elif name.startswith(("#", "^")):
            values[name[1:]] = value
        elif not name.startswith("%"):
            values[name] = value
    return FeatureStructure(str(stated.get("%ID")), str(stated.get("%TYPE")), values)


def _references(value: Any) -> Any:
    if isinstance(value, list):
        return [_references(one) for one in value]
    return Reference(str(value)) if isinstance(value, int | str) else value


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file begins as a JSON CAS does."""
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"{") and any(key in head for key in (b'"%TYPES"', b'"%FEATURE_STRUCTURES"', b'"%VIEWS"'))


FORMAT = Format(
    id="casjson",
    name="UIMA JSON CAS",
    suffixes=(".json",),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, *PROJECT_DATA),
    example="corpus.casjson",
    is_folder=True,
)
