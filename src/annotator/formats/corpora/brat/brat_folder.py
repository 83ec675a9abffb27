"""The files of a brat corpus: texts, the annotations of each, and the configuration of all.

The annotations of ``NAME.txt`` are in ``NAME.ann`` (or ``.a1``, ``.a2``) beside it, and in ``NAME_ANNOTATOR.ann`` where
several people annotated. They may also be in a folder beside that of the text, and then count only when their own
folder is read.
"""

import os
import re
from collections.abc import Container, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from annotator.domain.errors import ImportRefused
from annotator.formats.reading.decoding import read_head

ANNOTATIONS = (".ann", ".a1", ".a2")
CONFIGURATION = ("annotation.conf", "visual.conf", "tools.conf", "kb_shortcuts.conf")
SIDECAR = ".document.json"
"""The suffix of the file beside a text with the fields that brat cannot hold."""

_SECTION = re.compile(
    rb"^\[(entities|relations|events|attributes|labels|drawing|options|search|annotators|normalization)\]\s*$", re.M
)
_TEXT = ".txt"
_MAX_FOLDERS = 200
"""A folder with more subfolders than this is not a corpus that keeps texts and annotations in separate folders."""


def annotations_of(text: Path) -> list[Path]:
    """Return the files that annotate a text, in the order of their names."""
    return _annotations_in(text.parent, text)


def annotator_of(annotations: Path, text: Path) -> str:
    """Return the annotator in the name of the file, ``NAME_ANNOTATOR.ann``; empty where there is none."""
    return annotations.stem.removeprefix(text.stem).removeprefix("_")


def text_and_annotations(path: Path) -> tuple[Path, list[Path]] | None:
    """Return the files read with a text or with a file of annotations: the text, and all files about it in one folder.

    None for annotations whose text is missing.
    """
    if path.suffix.lower() not in ANNOTATIONS:
        return path, annotations_of(path)
    text = _text_of(path)
    return (text, _annotations_in(path.parent, text)) if text else None


def part_of(path: Path, asked_for: Container[Path]) -> Path | None:
    """Return the text for a file of annotations or a sidecar, and the folder of its configuration.

    Where texts and annotations are in two folders, the first file about a text represents all of them and the text.
    """
    suffix = path.suffix.lower()
    if suffix in ANNOTATIONS:
        return _whole_of_annotations(path)
    if suffix == ".txt" and not annotations_of(path):
        found = (file for folder in _beside(path.parent) for file in _annotations_in(folder, path))
        return next((file for file in found if file in asked_for), None)
    if path.name.endswith(SIDECAR):
        text = path.with_name(f"{path.name.removesuffix(SIDECAR)}.txt")
        return text if text.is_file() else None
    if path.name in CONFIGURATION and (_has_annotations(path.parent) or _is_configuration(path)):
        return path.parent
    return None


def _has_annotations(folder: Path) -> bool:
    return any(name.endswith(ANNOTATIONS) for name in _names(_now(folder)))


def _is_configuration(path: Path) -> bool:
    """Return whether a file is brat's configuration, judged by its content: a corpus in several folders has it above
    them, or in an empty part.
    """
    try:
        return _SECTION.search(read_head(path)) is not None
    except ImportRefused:
        return False


def _whole_of_annotations(path: Path) -> Path | None:
    read = text_and_annotations(path)
    if read is None:
        return None
    text, files = read
    return text if text.parent == path.parent else files[0]


def _text_of(annotations: Path) -> Path | None:
    for folder in (annotations.parent, *_beside(annotations.parent)):
        stem = _named_text(annotations.stem, _stems(_now(folder)))
        if stem:
            return folder / f"{stem}.txt"
    return None


def _named_text(stem: str, texts: Iterable[str]) -> str:
    """Return the text that a file of annotations with this stem belongs to: its own name, or what comes before
    ``_``.
    """
    name = stem
    while name not in texts:
        name, _, _ = name.rpartition("_")
        if not name:
            return ""
    return name


def _annotations_in(folder: Path, text: Path) -> list[Path]:
    """Return the files in ``folder`` that are about a text."""
    return [folder / name for name in _by_text(_now(text.parent), _now(folder)).get(text.stem, ())]


class _Folder(NamedTuple):
    """The contents of a folder, cached until its modification time changes."""

    path: str
    changed: int


def _now(folder: Path) -> _Folder:
    # The path as a string: paths are slow to compare, and this is called several times for each file.
    path = os.fspath(folder)
    try:
        return _Folder(path, os.stat(path).st_mtime_ns)
    except OSError:
        return _Folder(path, 0)


@lru_cache(maxsize=256)
def _by_text(texts: _Folder, annotations: _Folder) -> Mapping[str, list[str]]:
    """Return the files in one folder by the stem of the text in another (or the same) that each is about."""
    stems = _stems(texts)
    found: dict[str, list[str]] = {}
    for name in sorted(_names(annotations)):
        path = Path(name)
        if path.suffix.lower() in ANNOTATIONS and (text := _named_text(path.stem, stems)):
            found.setdefault(text, []).append(name)
    return found


@lru_cache(maxsize=256)
def _stems(folder: _Folder) -> frozenset[str]:
    """Return the names of the texts in a folder, without ``.txt``."""
    return frozenset(name[: -len(_TEXT)] for name in _names(folder) if name.lower().endswith(_TEXT))


@lru_cache(maxsize=256)
def _names(folder: _Folder) -> tuple[str, ...]:
    try:
        with os.scandir(folder.path) as entries:
            return tuple(entry.name for entry in entries)
    except OSError:
        return ()


def _beside(folder: Path) -> tuple[Path, ...]:
    return _folders_in(_now(folder.parent), folder.name)


@lru_cache(maxsize=256)
def _folders_in(parent: _Folder, asking: str) -> tuple[Path, ...]:
    """Return the other folders beside ``folder``, in the order of their names."""
    try:
        with os.scandir(parent.path) as entries:
            found = sorted(
                Path(entry.path)
                for entry in entries
                if entry.name != asking and not entry.name.startswith(".") and entry.is_dir()
            )
    except OSError:
        return ()
    return tuple(found) if len(found) <= _MAX_FOLDERS else ()
