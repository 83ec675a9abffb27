"""The native format: JSON Lines that hold all that a project holds about its documents, and nothing about the export.

The first line is a header with labels, features, sources and assessments; then comes one line a document, with its
text and annotations inside; then one line a relation, a link of an attribution chain, a claim with its statements and
resolutions, a question with its hypotheses. Offsets are code points, half-open. Every line has the same
keys, so that tables can be made of it, and two exports of the same project are the same bytes.

Every row has its uid, so that an import compares the file with what the project holds. Rows name labels, sources and
annotators by names, which are unique in a project; the header gives the uid of each name. It also says from which state
of which project the file comes: ``project_uid``, ``tip`` (the last entry of the log), ``log`` (number and beginning of
the hash of earlier entries, by which two projects find the last one that they share), ``whole`` (false where anything
was left out), ``annotators``, ``removed`` (table, uid and time of the rows that somebody removed) and ``undone``
(states of rows that somebody left for an earlier one: uid, state, number of the entry). All of it may be missing, as in
files of earlier versions.

The reader takes such files line by line, whoever wrote them; of all keys only ``text`` is needed. A line or an
annotation that is wrong is refused by itself, with its number and the reason.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from annotator.domain.errors import ImportRefused
from annotator.formats.base import Format, Incoming, Refusal, Tabular
from annotator.formats.corpora.jsonl.record_reader import RecordReader
from annotator.formats.corpora.jsonl.vocabulary import ID
from annotator.formats.corpora.jsonl.writer import write
from annotator.formats.corpora.tables import json_tables
from annotator.formats.reading.decoding import opened
from annotator.formats.reading.json_lines import LINE_LIMIT, PROBLEMS, lines, plain

__all__ = ["FORMAT", "read", "sniff", "write"]


def read(path: Path, line_limit: int = LINE_LIMIT) -> Iterator[Incoming]:
    """What the lines of a file hold, in their order.

    A wrong line or annotation becomes a Refusal. Raises ImportRefused where the file cannot be read at all or was
    written by a newer version.
    """
    if json_tables.is_table(path):
        yield from json_tables.read(path, {}, ID)
        return
    with opened(path) as file:
        reader = RecordReader(path, ID)
        number = 0
        for number, line in enumerate(lines(file, path, line_limit), 1):
            place = f"line {number}"
            if line is None:
                yield Refusal(place, f"The line is longer than {line_limit / 2**20:,.0f} MB.")
            elif line.strip():
                try:
                    records = reader.records(line, number, place)
                except ImportRefused:
                    raise
                except PROBLEMS as error:
                    records = [Refusal(place, plain(error))]
                yield from records
        if number == 0:
            raise ImportRefused(f"“{path.name}” is empty.")


def read_table(path: Path, columns: Mapping[str, str]) -> Iterator[Incoming]:
    """What the lines hold, the key of each field chosen by the user."""
    yield from json_tables.read(path, columns, ID)


def sniff(path: Path, head: bytes) -> bool:
    """Whether a file begins with our header, or with a record that has a text and is named as JSON Lines are."""
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if re.match(rb'\{\s*"format"\s*:\s*"annotator"', head):
        return True
    return head.startswith(b"{") and path.suffix.lower() in FORMAT.suffixes


FORMAT = Format(
    id=ID,
    name="Annotator JSON Lines",
    suffixes=(".jsonl", ".ndjson"),
    read=read,
    sniff=sniff,
    write=write,
    example="corpus.jsonl",
    tabular=Tabular(json_tables.look, read_table),
)
