"""REFI-QDA project (``.qdpx``): a ZIP archive of ``project.qde``, which is XML, and the sources as text files.

Source: the REFI-QDA standard 1.5, ``Project.xsd``, and the practice of QualCoder, MAXQDA, ATLAS.ti and NVivo.

Positions are characters of the plain text. The standard calls ``endPosition`` the last character, and the tools write
one past it; some count the CR before a LF or a byte order mark, and those that use UTF-16 count an emoji as two. So the
way of counting is inferred from the file: from the selected words, which most tools give as the selection's name, from
selections that one way of counting would make empty or too long, and from those that would cut a word in two
(``position_counting``). Where this does not decide, the end is one past the last character, as we write it.

A coding is an annotation and its code the label. The selection's description is its note, as in QualCoder and MAXQDA;
annotator and time are in the attributes of the standard. The standard cannot hold grades and other fields: they are,
readable, in a memo that the codings refer to. Fragments are one selection each, connected by that memo. Facts of
documents are variables, relations are links.
"""

from pathlib import Path

from annotator.formats.base import Format
from annotator.formats.corpora.refi.project_names import ID
from annotator.formats.corpora.refi.project_reader import read
from annotator.formats.corpora.refi.project_writer import write
from annotator.formats.facets import JUDGEMENTS, SOURCE_DATA, Facet

__all__ = ["FORMAT", "read", "sniff", "write"]


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file is an archive whose first file belongs to a project; otherwise its suffix decides."""
    return head.startswith(b"PK\x03\x04") and (b"project.qde" in head[:80] or _path.suffix.lower() == ".qdpx")


FORMAT = Format(
    id=ID,
    name="REFI-QDA project",
    suffixes=(".qdpx",),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, *SOURCE_DATA, Facet.INITIALS, Facet.FEATURE_DEFINITIONS, *JUDGEMENTS),
    example="corpus.qdpx",
)
