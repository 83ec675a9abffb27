"""Drafts: files and folders that have a hidden name until they are complete.

The name is ``.annotator-draft-UID-HOST-PID-START`` and the suffix of the file that the draft becomes. It identifies the
process that writes the draft, so that the remains of killed processes can be removed while the drafts of running ones
are kept.
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
"""Kinds of hidden files: incomplete ones, ones that were replaced, and the record of an unfinished swap."""

_DAY = 86_400
_LONGEST_SUFFIX = 32
_NAME = re.compile(rf"\.annotator-(draft|aside|swap)-([0-9a-f]{{16}})-({MARK})(?:[.-].*)?", re.DOTALL)
_COMPANIONS = ("-journal", "-wal", "-shm", ".lock", ".holder")
"""Suffixes of files beside a draft that is a database or an open project."""

_EARLIER_UID = r"[0-9a-f]{12}7[0-9a-f]{19}"
_EARLIER_NAME = re.compile(rf"\.{_EARLIER_UID}\.draft(?:-journal|-wal|-shm)?")
"""Drafts of earlier versions, whose names do not identify the process."""


def name_draft(target: Path, kind: str = DRAFT, uid: str = "") -> Path:
    """Return a new hidden name in the folder of ``target``.

    It keeps the suffix, from which some writers derive the format.
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
    """Provide a hidden name beside ``target``; a file that still has it at the end is removed."""
    draft = name_draft(target)
    try:
        yield draft
    finally:
        remove(draft)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Provide a folder for temporary files that no other user may read, and remove it at the end.

    Remains of killed processes in it are removed first.
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
    """Remove a draft, file or folder, and its side files; what cannot be removed now is removed by a later sweep."""
    if draft.is_dir() and not draft.is_symlink():
        import shutil

        shutil.rmtree(draft, ignore_errors=True)
        return
    for path in (draft, *(draft.with_name(draft.name + companion) for companion in _COMPANIONS)):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def sweep(folder: Path, target: Path | None = None) -> None:
    """Remove the drafts in ``folder`` whose processes have ended.

    Drafts of another machine or of an earlier version, for which this cannot be known, are removed when they were not
    changed for a day. ``target``: also remove the drafts that an earlier version began for this very file or folder.
    Other files are kept, and so is what belongs to an unfinished swap.
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
    """Return whether the process that made this hidden file or folder no longer uses it."""
    found = _NAME.fullmatch(path.name)
    if found is None:
        return False
    ended = has_ended(found[3])
    return _is_old(path) if ended is None else ended


def _is_old(path: Path) -> bool:
    """Return whether no file of ``path`` was written for a day."""
    try:
        newest = path.lstat().st_mtime
        if path.is_dir() and not path.is_symlink():
            newest = max((inner.lstat().st_mtime for inner in path.rglob("*")), default=newest)
        return time.time() - newest > _DAY
    except OSError:
        return False


def _is_earlier_draft(path: Path) -> bool:
    """Return whether an earlier version left this, judged by its name and contents."""
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
