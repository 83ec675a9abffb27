"""W3C Web Annotation as JSON-LD: an array with one AnnotationPage for each document, each with the text that it
annotates.

Source: the Web Annotation Data Model and Vocabulary (W3C Recommendations of 2017). The label is a body for tagging, the
note a body for commenting; every span has a TextPositionSelector (code points) and a TextQuoteSelector with its
context. A span of an annotation in fragments is one target each. A relation is an annotation for linking. Fields
without a term in the vocabulary have our own terms, defined in the inline context.

The import reads pages, collections with their pages inside, graphs, and annotations one by one. The text must be in the
file: nothing is fetched. Where position and quote contradict each other, the quote decides, because many programs count
UTF-16 units.
"""

from pathlib import Path

from annotator.formats.base import Format
from annotator.formats.corpora.web_annotation.reader import read
from annotator.formats.corpora.web_annotation.vocabulary import ID
from annotator.formats.corpora.web_annotation.writer import write
from annotator.formats.facets import PROJECT_DATA, Facet
from annotator.formats.reading.json_arrays import first_of

__all__ = ["FORMAT", "read", "sniff", "write"]


def sniff(path: Path, head: bytes) -> bool:
    """Return whether the first record has the context of Web Annotation."""
    record = first_of(path, head)
    return "@context" in record and b"www.w3.org/ns/anno" in bytes(record["@context"])


FORMAT = Format(
    id=ID,
    name="W3C Web Annotation",
    suffixes=(".jsonld", ".json"),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, *PROJECT_DATA),
    example="corpus.jsonld",
)
