"""Third-party programs that read our exports, to verify them independently of the code that wrote them.

Each yields for each document its text, and for each annotation the words from its beginning to its end. Their
exceptions are passed to the caller.
"""

import csv as csv_module
import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from annotator.formats.corpora.spacy import spacy_docbin
from annotator.formats.spreadsheet_cells import restored


@dataclass(frozen=True, slots=True)
class Seen:
    """What another program finds in a document.

    ``text``: None where the file holds none; then the ``uid`` identifies it.
    """

    quotes: tuple[str, ...]
    text: str | None = None
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IndependentReader:
    """Another program: its name, and the function that reads a file or folder."""

    name: str
    look: Callable[[Path], Iterator[Seen]]


def _by_json(path: Path) -> Iterator[Seen]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            if "text" in record:
                text = record["text"]
                yield Seen(tuple(text[one["start"] : one["end"]] for one in record["annotations"]), text)


def _by_csv(path: Path) -> Iterator[Seen]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        # Directly after the name of the first column.
        separator = file.readline().removeprefix("document")[0]
        file.seek(0)
        rows = csv_module.DictReader(file, delimiter=separator)
        for uid, own in groupby(rows, key=lambda row: row["document"]):
            # A document without annotations has a row for its text.
            yield Seen(tuple(restored(row["quote"]) for row in own if row["label"]), uid=uid)


def _by_spacy(path: Path) -> Iterator[Seen]:
    for text, quotes in spacy_docbin.look(path):
        yield Seen(tuple(quotes), text)


def _by_pyarrow(path: Path) -> Iterator[Seen]:
    parquet = importlib.import_module("pyarrow.parquet")
    for file in sorted(path.rglob("*.parquet")) if path.is_dir() else [path]:
        with parquet.ParquetFile(file) as opened:
            for batch in opened.iter_batches(batch_size=64, columns=["text", "annotations"]):
                for row in batch.to_pylist():
                    text = row["text"]
                    yield Seen(tuple(text[one["start"] : one["end"]] for one in row["annotations"]), text)


def _by_cassis_from_xmi(path: Path) -> Iterator[Seen]:
    # It has no type information.
    cassis: Any = importlib.import_module("cassis")
    with (path / "TypeSystem.xml").open("rb") as file:
        types = cassis.load_typesystem(file)
    for found in sorted(path.glob("*.xmi")):
        with found.open("rb") as file:
            yield _seen_in(cassis.load_cas_from_xmi(file, typesystem=types))


def _by_cassis_from_json(path: Path) -> Iterator[Seen]:
    cassis: Any = importlib.import_module("cassis")
    for found in sorted(path.glob("*.json")):
        with found.open("rb") as file:
            yield _seen_in(cassis.load_cas_from_json(file))


def _seen_in(cas: Any) -> Seen:
    text = cas.sofa_string
    hulls: dict[str, tuple[int, int]] = {}
    for number, one in enumerate(cas.select("webanno.custom.Statement")):
        uid = one.get("uid") or str(number)
        begin, end = hulls.get(uid, (one.begin, one.end))
        hulls[uid] = min(begin, one.begin), max(end, one.end)
    return Seen(tuple(text[begin:end] for begin, end in hulls.values()), text)


INDEPENDENT_READERS = {
    "jsonl": IndependentReader("Python's json", _by_json),
    "csv": IndependentReader("Python's csv", _by_csv),
    "spacy": IndependentReader("spaCy", _by_spacy),
    "parquet": IndependentReader("pyarrow", _by_pyarrow),
    "hf": IndependentReader("pyarrow", _by_pyarrow),
    "xmi": IndependentReader("dkpro-cassis", _by_cassis_from_xmi),
    "casjson": IndependentReader("dkpro-cassis", _by_cassis_from_json),
}
"""By the id of the format."""
