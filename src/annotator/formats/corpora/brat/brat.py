"""brat standoff: a folder with a text and a file of annotations for each document.

Source: https://brat.nlplab.org/standoff.html and https://brat.nlplab.org/configuration.html. Offsets are code points.

An annotation is a ``T`` line of its label. Where its cue or source mention is known, these are ``T`` lines too, and an
event ``Attribution`` connects them (``Content``, ``Cue``, ``Source``), as in PARC and PolNeAR; the same is read. Grades
are attributes, the note is a note, all other fields of an annotation are a note of our own type in JSON, and the fields
of a document that brat cannot hold are in a file beside it. ``visual.conf`` has the full names and colours of labels.
"""

from pathlib import Path

from annotator.formats.base import Format
from annotator.formats.corpora.brat import brat_folder
from annotator.formats.corpora.brat.reader import read
from annotator.formats.corpora.brat.vocabulary import ID
from annotator.formats.corpora.brat.writer import write
from annotator.formats.facets import PROJECT_DATA, Facet

__all__ = ["FORMAT", "read", "sniff", "write"]


def sniff(path: Path, head: bytes) -> bool:
    """Return whether a file contains annotations of brat, or a text that has some."""
    if path.suffix.lower() in brat_folder.ANNOTATIONS:
        return b"\0" not in head
    return path.suffix.lower() == ".txt" and bool(brat_folder.annotations_of(path))


FORMAT = Format(
    id=ID,
    name="brat standoff",
    suffixes=(".ann", ".a1", ".a2"),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, *PROJECT_DATA),
    example="corpus.brat",
    is_folder=True,
    part_of=brat_folder.part_of,
)
