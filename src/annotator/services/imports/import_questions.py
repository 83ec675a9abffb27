"""What an import has to ask before it begins: which column holds the text, and what becomes of unknown labels."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from annotator.domain.canonical_text import one_line
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import LabelRecord
from annotator.formats import registry
from annotator.formats.base import Article, Format, IncomingAnnotations, Table, Vocabulary
from annotator.formats.reading.decoding import check_not_open
from annotator.formats.reading.limits import Limits, using
from annotator.services.imports import detect, read
from annotator.services.imports.report import Progress
from annotator.store.project import Project

Columns = Mapping[str, str]
"""The column of each field."""


class LookedAt(NamedTuple):
    """A file that is a table, and what its format and its beginning are."""

    path: Path
    format: Format
    table: Table


@dataclass(frozen=True)
class UnclearTable:
    """Files with the same columns, of which no name tells which one holds the text."""

    paths: tuple[Path, ...]
    table: Table


def may_ask(
    paths: Iterable[Path],
    *,
    recursive: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Path]:
    """Return the files about which an import may have to ask something; a folder of articles has none."""
    found = []
    files = detect.whole_files_of(paths, recursive=recursive)
    for path in files:
        if cancelled is not None and cancelled():
            break
        if progress is not None:
            progress(0, len(files), path.name)
        try:
            format = registry.detect(path)
        except AnnotatorError:
            continue
        if format.tabular is not None or format.brings_annotations:
            found.append(path)
    return found


def tables(paths: Iterable[Path], format: str = "auto", *, recursive: bool = False) -> Iterator[LookedAt]:
    """Yield the tables among the files, with their columns and first rows. What cannot be read is left out."""
    chosen = None if format == "auto" else registry.by_id(format)
    for path in detect.whole_files_of(paths, format, recursive=recursive):
        found = _looked_at(path, chosen)
        if found is not None:
            yield found


def unclear_tables(
    paths: Iterable[Path],
    *,
    recursive: bool = False,
    limits: Limits | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[UnclearTable]:
    """Return the tables among the files for which somebody must first say which column holds the text."""
    alike: dict[tuple[str, ...], list[LookedAt]] = {}
    with using(limits or Limits()):
        for found in tables(paths, recursive=recursive):
            if cancelled is not None and cancelled():
                break
            if not found.table.is_clear:
                alike.setdefault(found.table.columns, []).append(found)
    return [UnclearTable(tuple(one.path for one in group), group[0].table) for group in alike.values()]


def unknown_labels(
    project: Project,
    paths: Iterable[Path],
    format: str = "auto",
    *,
    recursive: bool = False,
    columns: Columns | None = None,
    tables: Mapping[Path, Columns] | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> dict[str, int]:
    """Return the labels of the files that the project lacks, each with its number of annotations; most used first.

    Labels that the files define themselves come with them, and are not among these.
    """
    chosen = None if format == "auto" else registry.by_id(format)
    counts: dict[str, int] = {}
    spelt: dict[str, str] = {}
    known = _spellings(project.read.labels.all())
    files = detect.whole_files_of(paths, format, recursive=recursive)
    with using(limits or Limits()):
        for path in files:
            own = (tables or {}).get(path, columns or {})
            if not _may_be_labelled(path, chosen, own):
                continue
            if progress is not None:
                progress(0, len(files), path.name)
            for item in read.items_of([path], format, columns=own):
                if cancelled is not None and cancelled():
                    return {}
                if isinstance(item, Article | IncomingAnnotations):
                    for annotation in item.annotations:
                        key = one_line(annotation.label).casefold()
                        spelt.setdefault(key, annotation.label)
                        counts[key] = counts.get(key, 0) + 1
                elif isinstance(item, Vocabulary):
                    known |= _spellings(item.labels)
    unknown = {spelt[key]: count for key, count in counts.items() if key not in known}
    return dict(sorted(unknown.items(), key=lambda one: (-one[1], one[0])))


def _spellings(labels: Iterable[LabelRecord]) -> set[str]:
    """Return the spellings by which an import finds labels: names, also with ``_`` for the space, as in tags."""
    names = {one_line(label.name).casefold() for label in labels}
    return names | {name.replace(" ", "_") for name in names}


def _may_be_labelled(path: Path, chosen: Format | None, columns: Columns) -> bool:
    """Return whether a file may bring annotations: formats of articles never do, and many tables have no labels."""
    try:
        format = chosen or registry.detect(path)
    except AnnotatorError:
        return False
    if format.tabular is None:
        return format.brings_annotations
    found = _looked_at(path, chosen)
    return found is None or "label" in {**found.table.suggested, **columns} or "annotations" in found.table.columns


def _looked_at(path: Path, chosen: Format | None) -> LookedAt | None:
    try:
        check_not_open(path)
        format = chosen or registry.detect(path)
        return LookedAt(path, format, format.tabular.look(path)) if format.tabular is not None else None
    except (AnnotatorError, OSError):
        # The import itself says what is wrong with it.
        return None
