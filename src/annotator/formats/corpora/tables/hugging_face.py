"""A dataset of Hugging Face: a folder with a card and Parquet files, which ``datasets.load_dataset`` can load.

Each part of a split is a separate folder. The card, ``README.md``, says which files belong to which split; the export
writes it. The files are those of the format Parquet, divided into shards.

Specification: https://huggingface.co/docs/hub/datasets-manual-configuration
"""

from collections.abc import Container
from pathlib import Path

from annotator.domain.errors import ImportRefused
from annotator.formats.base import Corpus, Format, Written
from annotator.formats.corpora.tables import parquet
from annotator.formats.reading.decoding import opened

_SHARD = 100_000_000
"""Number of characters of text after which a new file begins."""

CARD = "README.md"


def write(corpus: Corpus, folder: Path) -> Written:
    """Write the files of one split into ``folder``. Raise ExportRefused where pyarrow is not installed."""
    return parquet.write_files(corpus, lambda number: folder / f"data-{number:05}.parquet", _SHARD)


def sniff(path: Path, head: bytes) -> bool:
    """Return whether a file is one of the Parquet files of such a folder."""
    return parquet.sniff(path, head) and any(_is_card(folder / CARD) for folder in list(path.parents)[:2])


def part_of(path: Path, _asked_for: Container[Path]) -> Path | None:
    """Return the first data file of the folder for its card, which is not an article."""
    if path.name != CARD or not _is_card(path):
        return None
    return min((*path.parent.glob("*.parquet"), *path.parent.glob("*/*.parquet")), default=None)


def _is_card(path: Path) -> bool:
    try:
        with opened(path) as file:
            head = file.read(65_536).decode("utf-8", "replace").replace("\r\n", "\n")
    except (OSError, ImportRefused):
        return False
    front, _, _ = head.removeprefix("---\n").partition("\n---")
    return head.startswith("---\n") and "configs:" in front.split("\n")


FORMAT = Format(
    id="hf",
    name="Hugging Face dataset",
    suffixes=(".parquet",),
    read=parquet.read,
    sniff=sniff,
    write=write,
    example="dataset",
    is_folder=True,
    part_of=part_of,
    data_files="data-*.parquet",
)
