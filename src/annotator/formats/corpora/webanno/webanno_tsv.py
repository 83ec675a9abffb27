"""WebAnno TSV 3.3, as WebAnno and INCEpTION import and export it: one file for each document, one row for each token.

Source: the user guides of both (appendix "WebAnno TSV 3"). Statements, the words of a cue and those of a source mention
are custom layers as in ``uima.cas``; relations are a relation layer. A statement in fragments is one annotation for
each, with the same ``uid``. Edges within a token have separate rows (``1-3.1``). The format cannot hold the fields of a
document.

The text is reconstructed from ``#Text=`` and the offsets: a sentence is a line of the text with all white space up to
the next one. Files of other programs leave out the white space between sentences; line ends replace it there.
"""

from pathlib import Path

from annotator.formats.base import Format
from annotator.formats.corpora.webanno.reader import read
from annotator.formats.corpora.webanno.vocabulary import ID
from annotator.formats.corpora.webanno.writer import write
from annotator.formats.facets import DOCUMENT_DATA, PROJECT_DATA

__all__ = ["FORMAT", "read", "sniff", "write"]


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file begins with the line that names the format."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(b"#FORMAT=WebAnno TSV 3")


FORMAT = Format(
    id=ID,
    name="WebAnno TSV",
    suffixes=(".tsv",),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(*DOCUMENT_DATA, *PROJECT_DATA),
    example="corpus.webannotsv",
    is_folder=True,
)
