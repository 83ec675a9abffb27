"""Find the files of an import, and choose the format of each."""

import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from annotator.domain.errors import EmptyFile, ImportRefused
from annotator.formats import registry
from annotator.formats.base import Format
from annotator.formats.reading.decoding import check_not_open

MANIFEST = ".annotator-export"
"""Lists, in a folder that was exported, the files that the export wrote: those a later one may take away."""

CARD, CARD_SUFFIX = "README.md", ".card.md"
"""The name of a dataset card in a folder that was exported, and how its name ends beside a file: it is no article."""

PROJECT_FILE = re.compile(r"\.anno(-wal|-shm|-journal|\.lock|\.holder)?$", re.IGNORECASE)
"""The names of a project and of what stands beside it."""


class SourceFile(NamedTuple):
    """A file with the format that reads it. ``columns``: of a table, the column of each field."""

    path: Path
    format: Format
    columns: Mapping[str, str]


def source_file(path: Path, chosen: Format | None, columns: Mapping[str, str]) -> SourceFile:
    """Return a file with its format: that which was chosen, or else the one that its name and contents tell.

    Raise EmptyFile where it holds nothing and no format was chosen, ImportRefused where the format cannot be read or
    is not known, and OSError.
    """
    if chosen is None and _holds_nothing(path):
        raise EmptyFile(f"“{path.name}” is empty.")
    check_not_open(path)
    format = chosen or registry.detect(path)
    if format.read is None:
        raise ImportRefused(f"{format.name} can be written but not read: choose another format.")
    return SourceFile(path, format, columns)


def format_named(format: str) -> Format | None:
    """Return the format of this id, and None for ``auto``. Raise NotFound."""
    return None if format == "auto" else registry.by_id(format)


def files_of(paths: Iterable[Path], *, recursive: bool = False) -> list[Path]:
    """Return the files that ``paths`` name, those of folders in the order of their names; hidden ones are left out."""
    found: list[Path] = []
    for path in paths:
        found += _inside(path, recursive) if path.is_dir() else [path]
    return found


def _inside(folder: Path, recursive: bool) -> list[Path]:
    """Return the files in a folder without hidden ones, projects and cards; an unreadable folder stands for itself."""
    found: list[Path] = []

    def unreadable(error: OSError) -> None:
        found.append(Path(error.filename or folder))

    for place, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if recursive and not name.startswith(".")]
        cards = {n for n in names if n.endswith(CARD_SUFFIX) or (n == CARD and MANIFEST in names)}
        inside = Path(place)
        found += [inside / n for n in names if not n.startswith(".") and not PROJECT_FILE.search(n) and n not in cards]
    return sorted(found, key=os.fspath)


def whole_files_of(paths: Iterable[Path], format: str = "auto", *, recursive: bool = False) -> list[Path]:
    """Return the files that an import of ``paths`` reads, each by itself. Raise NotFound for an unknown format."""
    return _whole_files(files_of(paths, recursive=recursive), format_named(format))


def _whole_files(files: Sequence[Path], chosen: Format | None) -> list[Path]:
    """Return ``files`` without those that are only a part of another one, which stands for them, once."""
    whole: list[Path] = []
    there = set(files)
    blank = _blank_files(files)
    for path in files:
        if path in blank:
            # Nothing belongs to it: no format has to look for that.
            whole.append(path)
            continue
        owner = registry.whole_of(path, there, chosen)
        # What a whole folder uses belongs to none of its files.
        if owner == path or (owner not in there and not owner.is_dir()):
            there.add(owner)
            whole.append(owner)
    return whole


def _blank_files(files: Sequence[Path]) -> set[Path]:
    """Return the empty ones of ``files``, without those named as one with content, such as annotations."""
    blank = {path for path in files if _holds_nothing(path)}
    stems = {path.stem for path in files if path not in blank} if blank else set()
    return {path for path in blank if path.stem not in stems}


def _holds_nothing(path: Path) -> bool:
    """Return whether a path is a file of no bytes, without opening it."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(found.st_mode) and not found.st_size
