"""Untrusted archives: ZIP and tar, read member by member within the limits in force.

Source: PKWARE's APPNOTE 6.3 and POSIX pax (``tar``), as ``zipfile`` and ``tarfile`` read them. Nothing is ever unpacked
under the name in an archive: a member is a stream, or a file with a name of ours in a temporary folder of the caller.
The sizes that an archive states are checked before a byte is unpacked, and a member that holds more than stated is cut
off.
"""

import lzma
import math
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from annotator.domain.canonical_text import without_surrogates
from annotator.domain.errors import ImportRefused
from annotator.domain.wording import describe_error
from annotator.formats.base import Refusal
from annotator.formats.reading.decoding import opened, read_head
from annotator.formats.reading.file_names import FileNames, safe_part
from annotator.formats.reading.limits import limits

_BLOCK = 2**20
_ALWAYS_ALLOWED = 10 * 2**20
"""Bytes that any archive may unpack to, whatever its own size."""

_ZIP_ENTRY, _TAR_ENTRY = 160, 2048
"""Bytes that an archive needs to describe a file: a generous average."""

_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_COMPRESSIONS = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,  # Also NotImplementedError and RecursionError: unknown methods, endless headers.
    ValueError,
    OverflowError,
    MemoryError,
)
"""Exceptions of the libraries for a damaged archive."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive. ``name``: its path inside, with slashes. ``size``: its stated unpacked size in bytes."""

    name: str
    size: int
    _entry: Any


class Archive:
    """An open archive: ``members`` are its files in its own order, ``refusals`` the unreadable ones with the
    reasons.
    """

    def __init__(self, name: str, library: "_Zip | _Tar", entries: Iterable[Any]) -> None:
        self.name = name
        self._library = library
        self.members: list[Member] = []
        self.refusals: list[Refusal] = []
        seen: set[str] = set()
        for entry in entries:
            inside = library.name_of(entry)
            reason = library.refusal_reason(entry) or _refusal_reason(inside)
            if not reason and inside in seen:
                reason = "It is in the archive more than once: only the first of them is read."
            if reason:
                self.refusals.append(Refusal(_CONTROL.sub("?", inside), reason))
            else:
                seen.add(inside)
                self.members.append(Member(inside, library.size_of(entry), entry))

    @cached_property
    def _by_name(self) -> dict[str, Member]:
        loose = {member.name.casefold(): member for member in reversed(self.members)}
        return loose | {member.name: member for member in self.members}

    def find(self, name: str) -> Member | None:
        """Return the member of that name; case is ignored unless several names differ only in it."""
        return self._by_name.get(name) or self._by_name.get(name.casefold())

    def read(self, member: Member | str) -> bytes:
        """Return the bytes of a member.

        Raise ImportRefused where it is missing, refused, damaged, or too large for that.
        """
        if isinstance(member, str):
            found = self.find(member)
            if found is None:
                why = next((one.reason for one in self.refusals if one.place == member), "It is not there.")
                raise ImportRefused(f"“{member}” in “{self.name}” cannot be read. {why}")
            member = found
        limits().check_file(f"{self.name}, {member.name}", member.size)
        return b"".join(self.blocks(member))

    def blocks(self, member: Member) -> Iterator[bytes]:
        """Yield a member piece by piece. Raise ImportRefused where it is damaged."""
        left = member.size
        try:
            with self._library.stream(member._entry) as file:
                while block := file.read(min(_BLOCK, left + 1)):
                    left -= len(block)
                    if left < 0:
                        raise ImportRefused(
                            f"“{member.name}” in “{self.name}” is larger than it says: it is not unpacked."
                        )
                    yield block
        except _DAMAGE as error:
            raise ImportRefused(
                f"“{member.name}” in “{self.name}” cannot be unpacked ({describe_error(error)})."
            ) from None
        if left:
            raise ImportRefused(f"“{member.name}” in “{self.name}” is cut off: copy or make the archive again.")

    def unpack(self, member: Member, folder: Path) -> Path:
        """Return a member as a file in ``folder``, under a safe name with the same suffix.

        Raise ImportRefused.
        """
        name = PurePosixPath(member.name)
        suffix = re.sub(r"[^.\w]", "", "".join(name.suffixes[-2:]))[-20:]
        stem = FileNames(tuple(path.name.split(".")[0] for path in folder.iterdir())).name_of(name.name.split(".")[0])
        path = folder / f"{stem}{suffix}"
        with path.open("wb") as file:
            for block in self.blocks(member):
                file.write(block)
        return path

    def blank_members(self) -> frozenset[str]:
        """Return the names of empty members, except those with the stem of another one, such as annotations."""
        stems = {PurePosixPath(member.name).stem for member in self.members if member.size}
        blank = (member.name for member in self.members if not member.size)
        return frozenset(name for name in blank if not stems or PurePosixPath(name).stem not in stems)

    def unpack_all(self, folder: Path, left_out: Container[str] = ()) -> Iterator[Refusal]:
        """Yield every member but those ``left_out`` as a file in ``folder``, with names as similar to their own as the
        system allows.

        Yields a refusal for each that cannot be unpacked, and for those that are never.
        """
        yield from self.refusals
        for member in self.members:
            if member.name in left_out:
                continue
            path = _place_of(member, folder)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    for block in self.blocks(member):
                        file.write(block)
            except ImportRefused as error:
                path.unlink(missing_ok=True)
                yield Refusal(member.name, str(error))
            except (FileExistsError, NotADirectoryError):
                yield Refusal(member.name, "A part of its path is a file of the archive, too: it is not unpacked.")


@contextmanager
def archive_of(path: Path) -> Iterator[Archive]:
    """Provide the archive at ``path``: ZIP, or tar with or without gzip, bzip2 or xz around it.

    Raise ImportRefused where it is not an archive, is damaged, or holds more than the limits in force allow.
    """
    head = read_head(path)
    kind = _Tar if is_tar(head) or is_compressed(head) else _Zip
    with opened(path) as file:
        try:
            library = kind(file, path.name)
            entries = list(_within_limits(library, path))
        except _DAMAGE:
            raise ImportRefused(
                f"“{path.name}” is not a complete {kind.words} archive: copy or export it again."
            ) from None
        yield Archive(path.name, library, entries)


def holds(path: Path, head: bytes, *names: str) -> bool:
    """Return whether a file, which begins with ``head``, is a ZIP archive with members of all these names, for
    detection.
    """
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        found = path.stat()
        return _names(path, found.st_size, found.st_mtime_ns).issuperset(names)
    except (ImportRefused, OSError):
        return False


@lru_cache(maxsize=1)
def _names(path: Path, _size: int, _changed: int) -> frozenset[str]:
    """Return the names in an archive; cached, because several formats ask for those of the same file."""
    with archive_of(path) as archive:
        return frozenset(member.name for member in archive.members)


def is_tar(head: bytes) -> bool:
    """Return whether a file that begins with ``head`` is a tar archive, not compressed."""
    return head[257:262] == b"ustar"


def is_compressed(head: bytes) -> bool:
    """Return whether a file that begins with ``head`` is compressed with gzip, bzip2 or xz."""
    return head.startswith(_COMPRESSIONS)


def _within_limits(library: "_Zip | _Tar", path: Path) -> Iterator[Any]:
    """Yield the members of an archive, as long as its stated sizes are within the limits. Raise ImportRefused."""
    bounds, packed = limits(), path.stat().st_size
    whole = 0
    for count, entry in enumerate(library.entries(), 1):
        whole += library.size_of(entry)
        if count > bounds.files or whole > bounds.unpacked:
            raise ImportRefused(
                f"“{path.name}” holds more than the {bounds.files:,} files or {bounds.unpacked / 2**20:,.0f} MB that "
                "the limits of an import allow: split it, or raise the limit in the settings."
            )
        if whole > max(_ALWAYS_ALLOWED, packed * bounds.ratio):
            raise ImportRefused(
                f"“{path.name}” grows to more than {bounds.ratio} times its size: it is not unpacked, because it "
                "looks like a file made to fill the disk."
            )
        yield entry
    library.listed()


def _place_of(member: Member, folder: Path) -> Path:
    """Return a path inside ``folder`` for a member that does not exist so far."""
    *parts, last = [safe_part(part) for part in member.name.split("/") if part not in ("", ".")]
    path, number = folder.joinpath(*parts, last), 1
    while path.exists():
        number += 1
        path = path.with_name(f"{number}-{last}")
    return path


def _refusal_reason(name: str) -> str:
    """Return why a member of this name is not read; empty where it may be read."""
    if not name.strip("/.") or _CONTROL.search(name):
        return "Its name is empty or holds control characters: it is not unpacked."
    if name.startswith("/") or _DRIVE.match(name):
        return "Its name is an absolute path, which points out of the archive: it is not unpacked."
    if ".." in name.split("/"):
        return "Its name holds “..”, which points out of the archive: it is not unpacked."
    return ""


class _LimitedFile:
    """A file of which only a limited part may be read at first: directories and headers, which the libraries keep in
    memory.
    """

    def __init__(self, file: Any, name: str, entry: int) -> None:
        self._file, self._name = file, name
        self._left: float = max(_ALWAYS_ALLOWED, limits().files * entry)
        self.seek, self.tell, self.seekable, self.close = file.seek, file.tell, file.seekable, file.close

    def lift(self) -> None:
        """Remove the limit."""
        self._left = math.inf

    def read(self, size: int = -1) -> bytes:
        """Return at most ``size`` bytes."""
        if (size if size >= 0 else math.inf) > self._left:
            size = int(self._left) + 1
        block: bytes = self._file.read(size)
        self._left -= len(block)
        if self._left < 0:
            raise ImportRefused(
                f"“{self._name}” has too much data about its files for {limits().files:,} of them: it is not unpacked."
            )
        return block


class _Zip:
    """How the members of a ZIP archive are listed and opened."""

    words = "ZIP"

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = _LimitedFile(file, name, _ZIP_ENTRY)
        self._library = zipfile.ZipFile(self._file)  # It needs only a few methods of a file.

    def entries(self) -> Iterator[Any]:
        """Yield the entries of the library that are not folders."""
        return (info for info in self._library.infolist() if not info.filename.endswith(("/", "\\")))

    def listed(self) -> None:
        """Remove the limit for directories and headers, once all entries are known."""
        self._file.lift()

    def stream(self, info: Any) -> Any:
        """Return the contents of an entry as a binary file."""
        return self._library.open(info)

    def size_of(self, info: Any) -> int:
        """Return the stated unpacked size of an entry in bytes."""
        size: int = info.file_size
        return size

    def name_of(self, info: Any) -> str:
        """Return the path of an entry, with slashes."""
        name: str = info.orig_filename
        if not info.flag_bits & _UTF8_NAME and not name.isascii():
            # Many tools write UTF-8 without declaring it.
            with suppress(UnicodeError):
                name = name.encode("cp437").decode()
        return name.replace("\\", "/")

    def refusal_reason(self, info: Any) -> str:
        """Return why an entry is not read; empty where it may be read."""
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind and not stat.S_ISREG(kind):
            return "It is a link or a device, not a file: it is not followed."
        if info.flag_bits & _ENCRYPTED:
            return "It is encrypted: unpack the archive with its password first, and import what it holds."
        # The library unpacks the others without a limit.
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return f"It is packed in a way that is not read (method {info.compress_type}): unpack the archive first."
        return ""


class _Tar:
    """How the members of a tar archive are listed and opened."""

    words = "tar"

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = _LimitedFile(decompressed(file), name, _TAR_ENTRY)
        self._library = tarfile.TarFile(fileobj=self._file, mode="r")  # type: ignore[arg-type]  # It never writes.

    def entries(self) -> Iterator[Any]:
        """Yield the entries of the library that are not folders."""
        # A member is listed before it is read past, so that the limits are checked before it is unpacked.
        return (info for info in self._library if not info.isdir())

    def listed(self) -> None:
        """Remove the limit for directories and headers, once all entries are known."""
        self._file.lift()

    def stream(self, info: Any) -> Any:
        """Return the contents of an entry as a binary file."""
        return self._library.extractfile(info)

    def size_of(self, info: Any) -> int:
        """Return the stated unpacked size of an entry in bytes."""
        size: int = info.size
        return size

    def name_of(self, info: Any) -> str:
        """Return the path of an entry, with slashes."""
        return without_surrogates(info.name).replace("\\", "/").removeprefix("./")

    def refusal_reason(self, info: Any) -> str:
        """Return why an entry is not read; empty where it may be read."""
        if not info.isreg() or info.issparse():
            return "It is a link, a device or a file with holes: it is not followed."
        return ""


def decompressed(file: BinaryIO) -> Any:
    """Return the unpacked contents of a file compressed with gzip, bzip2 or xz; any other file as it is."""
    import bz2
    import gzip

    head = file.read(len(max(_COMPRESSIONS, key=len)))
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file, mode="rb")
    if head.startswith(b"BZh"):
        return bz2.BZ2File(file)
    return lzma.LZMAFile(file) if head.startswith(b"\xfd7zXZ") else file
