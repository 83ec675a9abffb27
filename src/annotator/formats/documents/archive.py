"""Archives of files that have their own formats: ZIP and tar, and single files compressed with gzip, bzip2 or xz.

The contents of an archive are unpacked into a temporary folder and read like a folder, so that a text is read with its
annotations, and a data file with its configuration.
"""

import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path

from annotator.domain.errors import ImportRefused
from annotator.domain.wording import describe_error
from annotator.files.drafts import temporary_folder
from annotator.formats.base import Blank, Format, Incoming, Packed, Refusal
from annotator.formats.reading.archive_members import archive_of, decompressed, holds, is_compressed, is_tar
from annotator.formats.reading.decoding import opened, read_head
from annotator.formats.reading.limits import limits

_BLOCK = 2**20
_ALWAYS_ALLOWED = 10 * 2**20
_PACKED_SUFFIXES = (".gz", ".bz2", ".xz")
_TAR_SUFFIXES = {".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar"}


def read(path: Path) -> Iterator[Incoming]:
    """Yield the files of an archive, each to be read by its own format.

    Raise ImportRefused where it cannot be unpacked.
    """
    with temporary_folder() as folder:
        head = read_head(path)
        if is_compressed(head) and not _is_tar_inside(path):
            inner = _inner_name(path)
            _decompress(path, folder / "packed" / inner)
            yield Packed(folder / "packed" / inner, inner)
            return
        (folder / "unpacked").mkdir()
        with archive_of(path) as archive:
            if not archive.members and not archive.refusals:
                raise ImportRefused(f"“{path.name}” holds no files.")
            # In a separate folder, which contains nothing else that could belong to them.
            blank = archive.blank_members()
            yield from archive.unpack_all(folder / "unpacked", blank)
            for name in blank:
                yield Refusal(name, f"“{name}” is empty.", Blank.FILE)
        yield Packed(folder / "unpacked", "")


def sniff(path: Path, head: bytes) -> bool:
    """Return whether a file is an archive of one of these kinds, but not an office document or e-book, which are
    archives too.
    """
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return head[30:38] != b"mimetype" and not holds(path, head, "[Content_Types].xml")
    return is_tar(head) or is_compressed(head)


def _is_tar_inside(path: Path) -> bool:
    try:
        with opened(path) as file:
            return is_tar(decompressed(file).read(512))
    except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError):
        return False


def _inner_name(path: Path) -> str:
    suffix = path.suffix.lower()
    stem = path.stem if suffix in _PACKED_SUFFIXES or suffix in _TAR_SUFFIXES else path.name
    return stem + _TAR_SUFFIXES.get(suffix, "")


def _decompress(path: Path, target: Path) -> None:
    """Unpack a single file. Raise ImportRefused where it is damaged or exceeds the limits in force."""
    bounds = limits()
    most = min(bounds.unpacked, max(_ALWAYS_ALLOWED, path.stat().st_size * bounds.ratio))
    written = 0
    target.parent.mkdir()
    try:
        with opened(path) as packed, target.open("wb") as file:
            stream = decompressed(packed)
            while block := stream.read(_BLOCK):
                written += len(block)
                if written > most:
                    raise ImportRefused(
                        f"“{path.name}” grows to more than {most / 2**20:,.0f} MB: it is not unpacked, because it "
                        "looks like a file made to fill the disk. Unpack it yourself if you trust it."
                    )
                file.write(block)
    except (EOFError, zlib.error, lzma.LZMAError, ValueError) as error:
        raise ImportRefused(f"“{path.name}” is damaged ({describe_error(error)}): copy it again.") from None


FORMAT = Format(
    id="archive",
    name="Archive of files",
    suffixes=(".zip", ".tar", ".tgz", ".tbz2", ".txz", *_PACKED_SUFFIXES),
    read=read,
    sniff=sniff,
    example="articles.zip",
    holds_files=True,
)
