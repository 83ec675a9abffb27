"""Putting finished drafts in place: one file or folder, or several that belong together, all or none.

A file replaces another in one atomic operation of the file system. A folder is exchanged with the old one in one
operation where the file system supports it (Linux and macOS, on most file systems); elsewhere the old folder is moved
aside first, and a record beside it lets the next run complete what a killed one began.
"""

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from annotator.files.drafts import ASIDE, SWAP, draft_of, is_abandoned, name_draft, remove, sweep, uid_of

_UNABLE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EXDEV, errno.ENOTTY, errno.EPERM}
"""Errors of a system or file system that cannot exchange names."""

_AT_FDCWD = -100
_NO_REPLACE, _EXCHANGE = 1, 2
"""Flags of renameat2 on Linux."""

_SWAP_ON_MACOS, _EXCLUSIVE_ON_MACOS = 2, 4
"""Flags of renamex_np on macOS."""


class PartlyReplaced(OSError):
    """Raised when some of several files were replaced before one failed, and could not be restored.

    ``names``: those files.
    """

    def __init__(self, error: OSError, names: Sequence[str]) -> None:
        super().__init__(error.errno, error.strerror)
        self.names = names


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Provide a hidden name beside ``target``, whose file replaces ``target`` where the block ends without an error.

    Raise OSError; the old file is then unchanged.
    """
    with draft_of(target) as draft:
        yield draft
        put_in_place({target: draft})


def put_in_place(drafts: Mapping[Path, Path]) -> None:
    """Give each draft, file or folder, the name of its target: all, or none where one of them fails.

    The drafts are on the disk before the first name changes. Raise OSError, and PartlyReplaced where files that had
    already been replaced could not be restored.
    """
    for draft in drafts.values():
        sync(draft)
    done: dict[Path, Callable[[], None]] = {}
    try:
        for target, draft in drafts.items():
            done[target] = _put(target, draft, keeps_old=len(drafts) > 1)
    except BaseException as error:
        for target, take_back in reversed(done.copy().items()):
            with suppress(OSError):
                take_back()
                del done[target]
        if done and isinstance(error, OSError):
            raise PartlyReplaced(error, [target.name for target in done]) from error
        raise
    for folder in {target.parent for target in drafts}:
        sync_names(folder)
    for target, draft in drafts.items():
        # The previous file now has one of these names.
        remove(draft)
        remove(name_draft(target, ASIDE, uid_of(draft)))


def put_new(target: Path, draft: Path) -> None:
    """Give ``draft`` the name ``target``. Raise FileExistsError where that file exists already, or OSError."""
    sync(draft)
    try:
        _rename(draft, target, _NO_REPLACE, _EXCLUSIVE_ON_MACOS)
    except OSError as error:
        if error.errno not in _UNABLE:
            raise
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        draft.rename(target)
    sync_names(target.parent)


def sync(path: Path) -> None:
    """Wait until a file, or every file in a folder, is on the disk. Raise OSError."""
    is_folder = path.is_dir()
    for one in sorted(path.rglob("*")) if is_folder else [path]:
        if one.is_file():
            with one.open("rb+") as file:
                os.fsync(file.fileno())
        elif one.is_dir():
            sync_names(one)
    if is_folder:
        sync_names(path)


def sync_names(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system supports that."""
    if sys.platform == "win32":
        return
    # Where this fails, the new names are still in use; after a power cut the old files may be back, complete.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def recover(folder: Path, target: Path | None = None) -> None:
    """Complete what ended processes began in ``folder``: first unfinished swaps, then remove abandoned drafts.

    ``target`` as for ``drafts.sweep``.
    """
    complete_swaps(folder)
    sweep(folder, target)


def complete_swaps(folder: Path) -> None:
    """Complete the swaps of folders that killed processes began in ``folder``."""
    try:
        records = list(folder.glob(f".annotator-{SWAP}-*"))
    except OSError:
        return
    for record in records:
        if is_abandoned(record):
            with suppress(OSError):
                _complete(record)


def _put(target: Path, draft: Path, *, keeps_old: bool) -> Callable[[], None]:
    """Rename ``draft`` to ``target`` and return a function that takes that back."""
    if not os.path.lexists(target):
        draft.rename(target)
        return lambda: os.replace(target, draft)
    is_folder = draft.is_dir()
    if not (is_folder or keeps_old):
        draft.replace(target)
        return lambda: None
    try:
        _exchange(draft, target)
        return lambda: _exchange(draft, target)
    except OSError as error:
        if error.errno not in _UNABLE:
            raise
    return _swap(target, draft)


def _swap(target: Path, draft: Path) -> Callable[[], None]:
    """Move ``target`` aside and ``draft`` in its place, with a record from which the next run can complete the swap."""
    uid = uid_of(draft)
    record, aside = name_draft(target, SWAP, uid), name_draft(target, ASIDE, uid)
    with draft_of(record) as unfinished:
        names = {"target": target.name, "draft": draft.name, "aside": aside.name}
        unfinished.write_text(json.dumps(names), encoding="utf-8")
        sync(unfinished)
        unfinished.rename(record)
    sync_names(target.parent)
    try:
        target.rename(aside)
        try:
            draft.rename(target)
        except BaseException:
            aside.rename(target)
            raise
        sync_names(target.parent)
    finally:
        # Otherwise the next run needs it.
        if os.path.lexists(target):
            with suppress(OSError):
                record.unlink()

    def take_back() -> None:
        target.rename(draft)
        aside.rename(target)

    return take_back


def _complete(record: Path) -> None:
    """Complete the swap of ``record``. Raise OSError."""
    try:
        names = json.loads(record.read_text(encoding="utf-8"))
        target, draft, aside = (record.with_name(names[name]) for name in ("target", "draft", "aside"))
    except (ValueError, KeyError, TypeError):
        record.unlink()
        return
    if not (uid_of(draft) == uid_of(aside) == uid_of(record)):
        # A record from elsewhere: it must not name files that are not our drafts.
        return
    # The draft was complete before the record was written.
    for whole in (draft, aside):
        if os.path.lexists(whole) and not os.path.lexists(target):
            whole.rename(target)
    record.unlink()


def _exchange(one: Path, other: Path) -> None:
    """Exchange the names of two files or folders atomically. Raise OSError."""
    _rename(one, other, _EXCHANGE, _SWAP_ON_MACOS)


def _rename(old: Path, new: Path, flag: int, flag_on_macos: int) -> None:
    """Rename with a flag of the system. Raise OSError, with ENOSYS where the system lacks this call."""
    import ctypes

    function: Callable[..., int] | None = None
    arguments: tuple[int | bytes, ...] = ()
    if sys.platform == "linux":
        function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
        arguments = (_AT_FDCWD, os.fsencode(old), _AT_FDCWD, os.fsencode(new), flag)
    elif sys.platform == "darwin":
        function = getattr(ctypes.CDLL(None, use_errno=True), "renamex_np", None)
        arguments = (os.fsencode(old), os.fsencode(new), flag_on_macos)
    if function is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), str(old))
    if function(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(old), None, str(new))
