"""Drafts: files and folders that stand under a hidden name of their own until they are whole.

The name is ``.annotator-draft-UID-HOST-PID-START`` and the suffix of the file that the draft becomes. It tells which
process writes the draft, so that what a killed process left can be removed while the drafts of others are let alone.
"""

import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from annotator.files.running_processes import MARK, has_ended, mark_of_this_process

DRAFT, ASIDE, SWAP = "draft", "aside", "swap"
"""Kinds of hidden files: what is not whole yet, what has given up its place, and the record of an unfinished swap."""

_DAY = 86_400
_LONGEST_SUFFIX = 32
_NAME = re.compile(rf"\.annotator-(draft|aside|swap)-([0-9a-f]{{16}})-({MARK})(?:[.-].*)?", re.DOTALL)
_COMPANIONS = ("-journal", "-wal", "-shm", ".lock", ".holder")
"""What stands beside a draft that is a database or an open project."""

_EARLIER_UID = r"[0-9a-f]{12}7[0-9a-f]{19}"
_EARLIER_NAME = re.compile(rf"\.{_EARLIER_UID}\.draft(?:-journal|-wal|-shm)?")
"""Drafts of earlier versions, whose names do not tell the process."""


def name_draft(target: Path, kind: str = DRAFT, uid: str = "") -> Path:
    """Return a new hidden name in the folder of ``target``.

    It keeps the suffix, by which some writers choose what they write.
    """
    suffix = target.suffix if len(os.fsencode(target.suffix)) <= _LONGEST_SUFFIX else ""
    name = f".annotator-{kind}-{uid or os.urandom(8).hex()}-{mark_of_this_process()}{suffix}"
    return target.with_name(name)


def uid_of(draft: Path) -> str:
    """Return the part of the name that a draft, its companions and the record of its swap have in common."""
    found = _NAME.fullmatch(draft.name)
    return found[2] if found else ""


@contextmanager
def draft_of(target: Path) -> Iterator[Path]:
    """Give a hidden name beside ``target``; what still stands under it at the end is removed."""
    draft = name_draft(target)
    try:
        yield draft
    finally:
        remove(draft)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder where temporary files belong that nobody else may read, and remove it at the end.

    What killed processes left there is removed first.
    """
    import tempfile

    place = Path(tempfile.gettempdir())
    sweep(place)
    folder = name_draft(place / "folder")
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        remove(folder)


def remove(draft: Path) -> None:
    """Remove a draft, file or folder, and what stands beside it; what cannot be removed now is swept later."""
    if draft.is_dir() and not draft.is_symlink():
        import shutil

        shutil.rmtree(draft, ignore_errors=True)
        return
    for path in (draft, *(draft.with_name(draft.name + companion) for companion in _COMPANIONS)):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def sweep(folder: Path, target: Path | None = None) -> None:
    """Remove the drafts in ``folder`` whose processes have ended.

    Those of which this cannot be known, of another machine or of an earlier version, go when they have been left alone
    for a day. ``target``: also the drafts that an earlier version began for this very file or folder. Other files are
    not touched, nor is what belongs to an unfinished swap.
    """
    try:
        with os.scandir(folder) as entries:
            hidden = [Path(entry.path) for entry in entries if entry.name.startswith(".")]
    except OSError:
        return
    ours = [(path, found) for path in hidden if (found := _NAME.fullmatch(path.name))]
    swapping = {found[2] for _, found in ours if found[1] == SWAP}
    for path, found in ours:
        if found[1] != SWAP and found[2] not in swapping and is_abandoned(path):
            remove(path)
    earlier = _earlier_drafts_of(target) if target is not None else None
    for path in hidden:
        is_earlier = _is_earlier_draft(path) or (earlier is not None and earlier.fullmatch(path.name) is not None)
        if is_earlier and _is_old(path):
            remove(path)


def is_abandoned(path: Path) -> bool:
    """Return whether the process that made this hidden file or folder will not go on with it."""
    found = _NAME.fullmatch(path.name)
    if found is None:
        return False
    ended = has_ended(found[3])
    return _is_old(path) if ended is None else ended


def _is_old(path: Path) -> bool:
    """Return whether nothing of ``path`` was written for a day."""
    try:
        newest = path.lstat().st_mtime
        if path.is_dir() and not path.is_symlink():
            newest = max((inner.lstat().st_mtime for inner in path.rglob("*")), default=newest)
        return time.time() - newest > _DAY
    except OSError:
        return False


def _is_earlier_draft(path: Path) -> bool:
    """Return whether an earlier version left this: by its name, and by what it holds."""
    if not _EARLIER_NAME.fullmatch(path.name):
        return False
    try:
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            return {inner.suffix for inner in path.iterdir()} <= {".json", ".tsv"}
        if not stat.S_ISREG(mode):
            return False
        if not path.name.endswith(".draft"):
            return True
        with path.open("rb") as file:
            return file.read(16) in {b"", b"SQLite format 3\x00", bytes(16)}
    except OSError:
        return False


def _earlier_drafts_of(target: Path) -> re.Pattern[str]:
    """Return the names under which earlier versions wrote an export that was to become ``target``.

    Where the target is missing, such a folder may be all that is left of it, and no name is returned.
    """
    if not target.exists():
        return re.compile(r"(?!)")
    stem, suffix, name = re.escape(target.stem), re.escape(target.suffix), re.escape(target.name)
    return re.compile(rf"\.(?:{stem}\.{_EARLIER_UID}{suffix}|{name}\.{_EARLIER_UID})")
