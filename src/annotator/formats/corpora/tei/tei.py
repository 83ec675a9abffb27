"""TEI P5: the unchanged text, and beside it (``standOff``) the annotations, which point into it by code points.

Source: the TEI Guidelines P5, chapters 2 (header), 16.2.4 (``string-range``), 16.10 (stand-off markup) and 18 (feature
structures). Each article is a ``TEI`` in a ``teiCorpus``; its text is one ``ab`` in which all white space is
significant. An annotation is a ``span`` whose target is a ``string-range`` with offset and length of each fragment, and
whose ``ana`` points to its label in the taxonomy of the corpus and to a feature structure with all other fields. Fields
without an element in TEI are JSON in ``xenoData``.

TEI of other programs is read as articles, one for each ``TEI``: the running text of its body, without its apparatus.
"""

import re
from pathlib import Path

from annotator.formats.base import Format
from annotator.formats.corpora.tei.reader import read
from annotator.formats.corpora.tei.vocabulary import ID
from annotator.formats.corpora.tei.writer import write
from annotator.formats.facets import PROJECT_DATA, Facet

__all__ = ["FORMAT", "read", "sniff", "write"]


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether the first element of a file is one of TEI."""
    beginning = head.replace(b"\x00", b"") if head.startswith((b"\xff\xfe", b"\xfe\xff")) else head
    first = re.search(
        rb"<(?:\w+:)?([A-Za-z.0-9]+)[\s>/]", re.sub(rb"<!--.*?-->|<[?!][^>]*>", b"", beginning, flags=re.S)
    )
    return first is not None and first[1] in (b"TEI", b"teiCorpus", b"TEI.2", b"teiCorpus.2")


FORMAT = Format(
    id=ID,
    name="TEI P5 standoff",
    suffixes=(".xml", ".tei"),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, *PROJECT_DATA),
    example="corpus.tei.xml",
)
