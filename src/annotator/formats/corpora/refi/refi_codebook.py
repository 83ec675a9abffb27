"""REFI-QDA codebook (``.qdc``): the labels with their colours, descriptions and nesting, and nothing else.

Source: the REFI-QDA standard 1.5, ``Codebook.xsd``. QualCoder, ATLAS.ti, MAXQDA, NVivo and others read it.
"""

from collections.abc import Iterator
from pathlib import Path

from annotator.domain.errors import ImportRefused
from annotator.formats.base import Corpus, Format, Incoming, Vocabulary, Written
from annotator.formats.corpora.refi.codes import Codes, add_codes, text_in, uid_of
from annotator.formats.facets import JUDGEMENTS, SOURCE_DATA, Facet
from annotator.formats.reading.limits import limits
from annotator.formats.reading.xml_files import children, local, root_of
from annotator.formats.reading.xml_text import Fitting, serialised

_SPACE = "urn:QDA-XML:codebook:1.0"


def write(corpus: Corpus, path: Path) -> Written:
    """Write the labels to ``path``."""
    from lxml import etree

    fitting = Fitting()
    root = etree.Element(f"{{{_SPACE}}}CodeBook", {"origin": "Annotator"}, nsmap={None: _SPACE})
    used = {one.label for _, own in corpus.documents for one in own}
    add_codes(root, corpus.labels, fitting, used)
    path.write_bytes(serialised(root))
    keys = ("Keys of labels left out",) if any(label.key for label in corpus.labels) else ()
    return Written(0, 0, (*fitting.losses(), *keys))


def read(path: Path) -> Iterator[Incoming]:
    """Yield the labels that a codebook defines. Raise ImportRefused."""
    limits().check_file(path.name, path.stat().st_size)
    root = root_of(path, path.name)
    codes = Codes()
    for listed in children(root, "Codes"):
        codes.take(listed)
    for one in (one for listed in children(root, "Sets") for one in children(listed, "Set")):
        for member in children(one, "MemberCode"):
            name = codes.names.get(uid_of(member.get("guid") or member.get("targetGUID") or ""), "")
            codes.describe(name, f"Set {one.get('name') or ''}: {text_in(one, 'Description')}".rstrip(": "))
    if local(root) != "CodeBook" or not codes.labels:
        raise ImportRefused(f"“{path.name}” defines no code: there is no label to take.")
    yield Vocabulary(tuple(codes.labels))


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file begins as a codebook does."""
    return b"urn:QDA-XML:codebook" in head or (b"<CodeBook" in head and b"QDA-XML" in head)


FORMAT = Format(
    id="refiqdc",
    name="REFI-QDA codebook",
    suffixes=(".qdc",),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(
        Facet.ANNOTATIONS,
        Facet.RELATIONS,
        Facet.TEXTS,
        Facet.BOOKMARKS,
        *SOURCE_DATA,
        Facet.INITIALS,
        Facet.FEATURE_DEFINITIONS,
        *JUDGEMENTS,
    ),
    example="labels.qdc",
)
