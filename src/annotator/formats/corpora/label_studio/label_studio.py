"""Label Studio: a folder with ``tasks.json`` and ``config.xml``, the labelling interface of the tasks.

Source: Label Studio's documentation of its export formats and of its tasks. ``start`` and ``end`` of a region count
UTF-16 units, as the browser does; some programs that write such files count characters. Each region states the words
that it covers, so the unit is chosen, task by task, to match those words.

The import reads a list of tasks (the JSON export), one task, tasks line by line, and JSON-MIN. Fields that a region
cannot hold are in its ``meta``, whose ``text`` is the note that Label Studio shows; those of a task are in its ``data``
and ``meta``. The annotations of each annotator are an annotation of Label Studio; open suggestions of a model are its
predictions. A span of an annotation in fragments is one region each, with the same ``uid`` in its ``meta``.
"""

from collections.abc import Container
from pathlib import Path

from annotator.formats.base import Format
from annotator.formats.corpora.label_studio.reader import read
from annotator.formats.corpora.label_studio.vocabulary import CONFIG, ID, TASKS
from annotator.formats.corpora.label_studio.writer import write
from annotator.formats.facets import JUDGEMENTS, SOURCE_DATA, Facet
from annotator.formats.reading.json_arrays import first_of
from annotator.formats.reading.json_lines import is_list

__all__ = ["FORMAT", "read", "sniff", "write"]


def part_of(path: Path, _asked_for: Container[Path]) -> Path | None:
    """Return the tasks of a labelling interface, where they are beside it."""
    tasks = path.with_name(TASKS)
    return tasks if path.name == CONFIG and tasks.is_file() else None


def sniff(path: Path, head: bytes) -> bool:
    """Return whether the first record is a task of Label Studio about a text, or a row of JSON-MIN."""
    record = first_of(path, head)
    if "data" in record and bytes(record["data"]).lstrip().startswith(b"{"):
        return any(is_list(record.get(name)) for name in ("annotations", "completions", "predictions")) or (
            record.keys() <= {"id", "data", "meta"}
        )
    return "annotation_id" in record and "lead_time" in record


FORMAT = Format(
    id=ID,
    name="Label Studio",
    suffixes=(".json", ".jsonl"),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, *SOURCE_DATA, Facet.INITIALS, Facet.FEATURE_DEFINITIONS, *JUDGEMENTS),
    example="labelstudio",
    is_folder=True,
    part_of=part_of,
)
"""A folder when written; any of its files may be read."""
