"""The native format: JSON Lines with all data that a project has about its documents, and none about the export itself.

The first line is a header with labels, features, sources and assessments. Then there is one line for each document,
with its text and its annotations, and one line for each relation, link of an attribution chain, claim (with its
statements and resolutions) and question (with its hypotheses). Offsets are code points, half-open. All lines of one
kind have the same keys, so that they can be read as tables, and two exports of the same project are the same bytes.

Every row has its uid, so that an import can compare the file with the project. Labels, sources and annotators are
referred to by their names, which are unique in a project; the header has the uid of each name. The header also
describes the state of the project: ``project_uid``, ``tip`` (the last entry of the log), ``log`` (number and beginning
of the hash of earlier entries, by which two projects find the last one that they share), ``whole`` (false where
anything was left out), ``annotators``, ``removed`` (table, uid and time of removed rows) and ``undone`` (states of
rows that were replaced by earlier ones: uid, state, number of the entry). All of it may be missing, as in files of
earlier versions.

The reader reads such files line by line, also those of other programs; only the key ``text`` is required. A bad line or
annotation is refused individually, with its number and the reason.
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
    """Yield the contents of the lines of a file, in their order.

    A bad line or annotation becomes a Refusal. Raise ImportRefused where the file cannot be read at all or was
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
    """Yield the contents of the lines as those of a table. ``columns``: the key of each field."""
    yield from json_tables.read(path, columns, ID)


def sniff(path: Path, head: bytes) -> bool:
    """Return whether a file begins with our header, or with a record and has a suffix of JSON Lines."""
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
