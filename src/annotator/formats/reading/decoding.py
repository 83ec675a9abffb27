"""From the bytes of a file to its canonical text: encodings are recognised, and files that are not text are refused.

UTF-8 is tried first and strictly, because nearly every file is UTF-8 and text in other encodings is not valid UTF-8.
The encoding is guessed only where that fails.
"""

import codecs
import hashlib
import io
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from annotator.domain.canonical_text import canonical
from annotator.domain.errors import EmptyFile, ImportRefused, InvalidText
from annotator.files import open_projects

SIZE_LIMIT = 64 * 1024 * 1024
"""Bytes of a file that is read as one article; a longer one is refused."""

HEAD = 4096
"""Bytes at the beginning of a file from which its format is determined."""

LINE_LIMIT = 16 * 1024 * 1024
"""Characters of a line of a file that is read line by line; a longer one is refused and skipped."""

_BLOCK = 1024 * 1024
_SAMPLE = 128 * 1024
"""Bytes from which the encoding of a long file is guessed."""

# Without waiting: opening a named pipe would otherwise block until a process writes to it.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)

_BYTE_ORDER_MARKS = (
    # The mark of UTF-32 begins with that of UTF-16, so it is tried first.
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_BINARY = (
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"\x89PNG\r\n", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF87a", "an image"),
    (b"GIF89a", "an image"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"PAR1", "a Parquet table"),
    (b"OggS", "a sound or film recording"),
    (b"ID3", "a sound recording"),
    (b"RIFF", "a sound, film or image file"),
    (b"MZ", "a program"),
    (b"BM", "an image"),
)
_TEXT_LIKE_SIGNATURES = (b"BZh", b"PAR1", b"OggS", b"ID3", b"RIFF", b"MZ", b"BM")
"""Signatures that may also begin an article; they count only where the bytes are not text."""

_SIGNATURES = tuple(signature for signature, _ in _BINARY if signature not in _TEXT_LIKE_SIGNATURES)
_CONTROLS = bytes(code for code in (*range(32), 127) if code not in b"\t\n\r\f\x1b\x1a")
_MARKS_AND_SIGNATURES = (*_SIGNATURES, *(mark for mark, _ in _BYTE_ORDER_MARKS))
_PLAIN = bytes(code for code in range(256) if code in b"\t\n\r\f" or 32 <= code < 127)
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ISO_2022 = re.compile(rb"\x1b(\$[@B]|\(J)")

_TYPOGRAPHY = "“”‘’„‚«»‹›–—…•·°§£€©®™\u00a0\u00ad"
_LATIN = (
    # For equal scores the first one is used: Western European texts are by far the most frequent.
    ("windows-1252", "àâäáãåæçéèêëíìîïñóòôöõøœúùûüßÿ¡¿"),
    ("windows-1254", "çğıöşüâîûİ"),
    ("windows-1250", "ąćęłńóśźżáčďéěíňřšťúůýžäëöüßőűâîăşţđ"),
    ("iso-8859-2", "ąćęłńóśźżáčďéěíňřšťúůýžäëöüßőűâîăşţđ"),
)
_JAPANESE = ("cp932", "euc_jp")


class Decoded(NamedTuple):
    """A canonical text and the encoding of its bytes, by Python's name."""

    text: str
    encoding: str


def read_bytes(path: Path, limit: int = SIZE_LIMIT) -> bytes:
    """Return the bytes of a regular file of at most ``limit`` bytes.

    Raise ImportRefused where it is missing, empty, too large, unreadable, or not a file.
    """
    # One byte more than allowed shows a file that is too large, even if it is growing.
    data, size = _beginning(path, limit + 1)
    if len(data) > limit:
        raise ImportRefused(
            f"“{path.name}” has {size / 2**20:,.1f} MB, more than the {limit / 2**20:,.0f} MB that one file may have: "
            "split it into smaller files."
        )
    return data


def read_head(path: Path) -> bytes:
    """Return the first 4,096 bytes of a regular file.

    Raise ImportRefused where it is empty, unreadable, or not a file.
    """
    return _beginning(path, HEAD)[0]


def check_not_open(path: Path) -> None:
    """Raise ImportRefused where a file is a project that is open here, or belongs to one: it must not be opened."""
    if open_projects.is_open(path):
        raise ImportRefused(
            f"“{path.name}” is a project that is open in this program, or belongs to one: export that project as "
            "JSON Lines and import the export."
        )


def opened(path: Path) -> BinaryIO:
    """Return a regular file, open for reading. Raise ImportRefused where it is missing, unreadable, or not a file."""
    return os.fdopen(_descriptor(path)[0], "rb")


def _beginning(path: Path, most: int) -> tuple[bytes, int]:
    """Return at most that many bytes from the beginning of a file that is not empty, and its size."""
    descriptor, size = _descriptor(path)
    try:
        data = os.read(descriptor, min(most, size + 1))
        # One call may return less than requested.
        while len(data) < min(most, size) and (more := os.read(descriptor, most - len(data))):
            data += more
    except OSError as error:
        raise ImportRefused(_unreadable(path, error)) from None
    finally:
        open_projects.close(descriptor)
    if not data:
        raise EmptyFile(f"“{path.name}” is empty.")
    return data, size


def _descriptor(path: Path) -> tuple[int, int]:
    """Return the descriptor of a regular file, three times as fast as ``open``, and its size."""
    check_not_open(path)
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
    except (OSError, ValueError) as error:
        raise ImportRefused(_unreadable(path, error)) from None
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode):
        return descriptor, found.st_size
    os.close(descriptor)
    kind = "a folder" if stat.S_ISDIR(found.st_mode) else "no ordinary file"
    raise ImportRefused(f"“{path.name}” is {kind}: give a file.")


def _unreadable(path: Path, error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"“{path.name}” does not exist: look whether it was moved or renamed."
    if isinstance(error, PermissionError):
        if path.is_dir():  # Windows cannot open a folder.
            return f"“{path.name}” is a folder: give a file."
        return f"“{path.name}” cannot be read: you have no permission to open it."
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"“{path.name}” cannot be read: {reason}."


def decoded(data: bytes, name: str, declared: str = "") -> Decoded:
    """Return the canonical text of ``data``, the bytes of the file called ``name``.

    ``declared``: the encoding that the file itself states, such as the ``charset`` of a web page; it counts where the
    bytes are not UTF-8. Raise ImportRefused where the bytes are empty, not text, or in an unknown encoding.
    """
    if _is_plain(data) and (found := _strict(data, "utf-8")) is not None and not found.isspace():
        return Decoded(found, "utf-8")
    text, encoding = _decoded(data, name, declared)
    try:
        text = canonical(text)
    except InvalidText as error:
        raise ImportRefused(f"“{name}” cannot be imported. {error}") from None
    if not text or text.isspace():
        raise EmptyFile(f"“{name}” is empty: it has no words.")
    return Decoded(text, encoding)


def in_utf8(data: bytes, name: str) -> str:
    """Return the canonical text of a file whose format requires UTF-8, whatever other encoding its bytes resemble.

    Where it is not UTF-8, as ``decoded``, with its errors.
    """
    text = _strict(data.removeprefix(codecs.BOM_UTF8), "utf-8")
    if text is None or not text or "\x00" in text:
        return decoded(data, name).text
    return canonical(text)


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file of any size, as ``open`` takes it; the file is never held in memory
    completely.

    A file that is UTF-8 except for single places is ``utf-8`` too: the caller must handle those places. Raise
    ImportRefused where it is empty, not text, or in an unknown encoding.
    """
    head = read_head(path)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            # With these names the byte order mark is removed.
            return "utf-8-sig" if encoding == "utf-8" else encoding[: len("utf-16")]
    if kind := binary_kind(head):
        raise ImportRefused(f"“{path.name}” is {kind}, not a text: save it as UTF-8 text first.")
    if b"\x00" in head and (encoding := _wide_encoding(head)):
        return encoding
    strange = _beyond_utf8(path)
    if not strange:
        return "iso2022_jp" if head.isascii() and _ISO_2022.search(head) else "utf-8"
    wrong, right = _utf8_errors(strange)
    return "utf-8" if right >= 2 * len(wrong) else _guessed(strange, path.name).encoding


def _beyond_utf8(path: Path) -> bytes:
    """Return a sample of a file from where it stops being UTF-8; empty where it never does."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with opened(path) as file:
        while True:
            before = file.tell()
            block = file.read(_BLOCK)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                file.seek(max(0, before + error.start - _SAMPLE // 8))
                sample = file.read(_SAMPLE)
                # From one ASCII character to another, so that no character is cut in two.
                ascii_at = [place for place, byte in enumerate(sample) if byte < 0x40]
                return sample[ascii_at[0] : ascii_at[-1] + 1] if len(ascii_at) > 1 else sample
            if not block:
                return b""


def lines_of(path: Path, limit: int = LINE_LIMIT) -> Iterator[tuple[int, str | None]]:
    """Yield the lines of a text file of any size by their numbers, without their ends; None for one beyond the limit.

    Damaged places become replacement characters. Raise ImportRefused as ``encoding_of`` does, and where the file cannot
    be read to its end.
    """
    encoding = encoding_of(path)
    try:
        with io.TextIOWrapper(opened(path), encoding=encoding, errors="replace") as file:
            number = 0
            while line := file.readline(limit + 1):
                number += 1
                if line.endswith("\n") or len(line) <= limit:
                    yield number, line.removesuffix("\n")
                    continue
                while line and not line.endswith("\n"):
                    line = file.readline(_BLOCK)
                yield number, None
    except OSError as error:
        raise ImportRefused(_unreadable(path, error)) from None


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file of any size, in hexadecimal."""
    digest = hashlib.sha256()
    with opened(path) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def read_text(path: Path, limit: int = SIZE_LIMIT) -> Decoded:
    """Return the canonical text of a file. Raise ImportRefused (see ``read_bytes`` and ``decoded``)."""
    return decoded(read_bytes(path, limit), path.name)


def binary_kind(data: bytes) -> str:
    """Return the kind of file that the bytes are, such as ``a PDF document``; empty where they may be text.

    ``data`` may be just the beginning of a file.
    """
    if data.startswith(_SIGNATURES):
        return next(kind for signature, kind in _BINARY if data.startswith(signature))
    if any(data.startswith(mark) for mark, _ in _BYTE_ORDER_MARKS):
        return ""
    has_nul = b"\x00" in data
    if (has_nul and not _wide_encoding(data)) or (not has_nul and _has_many_controls(data)):
        return next((kind for signature, kind in _BINARY if data.startswith(signature)), "a binary file")
    return ""


def _is_plain(data: bytes) -> bool:
    """Return whether the bytes are valid as canonical text in UTF-8, as those of nearly every file are."""
    return bool(data) and not (
        data.startswith(_MARKS_AND_SIGNATURES)
        or b"\x00" in data
        or b"\r" in data
        or b"\x1b" in data
        or _has_many_controls(data)
    )


def _decoded(data: bytes, name: str, declared: str) -> Decoded:
    if not data:
        raise EmptyFile(f"“{name}” is empty.")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _in(encoding, data, name, begin=len(mark))
    if kind := binary_kind(data):
        raise ImportRefused(f"“{name}” is {kind}, not a text: save it as UTF-8 text first.")
    if b"\x00" in data:
        # Its last character may be incomplete.
        return _in(_wide_encoding(data), data, name)
    if b"\x1b" in data and data.isascii() and _ISO_2022.search(data):
        declared = declared or "iso2022_jp"
    elif (text := _strict(data, "utf-8")) is not None:
        return Decoded(text, "utf-8")
    if declared and (text := _strict(data, declared)) is not None:
        return Decoded(text, declared)
    return _guessed(data, name)


def _in(encoding: str, data: bytes, name: str, begin: int = 0) -> Decoded:
    """Return the text of bytes in a known encoding. Raise ImportRefused where a place of it is damaged."""
    try:
        return Decoded(data[begin:].decode(encoding), encoding)
    except UnicodeDecodeError as error:
        raise ImportRefused(_damaged(name, encoding.upper(), data, error.start + begin)) from None


def _guessed(data: bytes, name: str) -> Decoded:
    """Return the text of bytes that are not UTF-8 and do not state their encoding."""
    wrong, right = _utf8_errors(data)
    if right >= 2 * len(wrong):
        # Nearly all of it is UTF-8: any other encoding would turn every good character into nonsense.
        raise ImportRefused(_damaged(name, "UTF-8", data, wrong[0]))
    if encoding := _latin(data) or _japanese(data):
        return Decoded(data.decode(encoding), encoding)

    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise ImportRefused(f"“{name}” is in an encoding that cannot be recognised: save it as UTF-8 text first.")
    return Decoded(str(best), best.encoding)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _utf8_errors(data: bytes) -> tuple[list[int], int]:
    """Return where ``data`` is not UTF-8 (at most a thousand places), and how many characters beyond ASCII are
    valid.
    """
    wrong: list[int] = []
    start = 0
    while len(wrong) < 1000:
        try:
            codecs.utf_8_decode(memoryview(data)[start:], "strict", True)
            return wrong, len(_UTF8_CHARACTER.findall(data))
        except UnicodeDecodeError as error:
            wrong.append(start + error.start)
            start += error.end
    return wrong, len(_UTF8_CHARACTER.findall(data, 0, start))


def _damaged(name: str, encoding: str, data: bytes, position: int) -> str:
    line = data.count(b"\n", 0, position) + 1
    return (
        f"“{name}” is {encoding} text with a damaged place at byte {position} (line {line}): "
        "repair that place and save the file again as UTF-8."
    )


def _wide_encoding(data: bytes) -> str:
    """Return UTF-16 or UTF-32 without a byte order mark, recognised by NUL bytes; empty where it is neither."""
    sample = data[: HEAD - HEAD % 4]
    if sample.count(0) * 4 < len(sample) and len(sample.translate(None, _PLAIN)) * 10 < len(sample) + 9 * sample.count(
        0
    ):
        return ""  # Characters of one byte with a few NULs among them.
    for encoding, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        if len(data) % width and len(data) <= HEAD:
            continue
        cut = sample[: len(sample) - len(sample) % width]
        text = _strict(cut, encoding) or (_strict(cut[:-2], encoding) if width == 2 else None)
        if text and _is_plausible(text) and (len(data) <= HEAD or _strict(data, encoding) is not None):
            return encoding
    return ""


def _is_plausible(text: str) -> bool:
    """Return whether decoded characters look like text: no control characters, nearly all of them letters and the
    like.
    """
    if any(character < " " and character not in "\t\n\r\f" for character in text):
        return False
    # With swapped bytes, a text has spaces and line ends at U+2000 and U+0A00, never at U+0020.
    common = sum(character in " \n\t" or "a" <= character.lower() <= "z" for character in text)
    writing = sum(character.isalnum() or character.isspace() or character.isprintable() for character in text)
    return common > 0 and writing >= 0.95 * len(text)


def _has_many_controls(data: bytes) -> bool:
    sample = data[:HEAD]
    return (len(sample) - len(sample.translate(None, _CONTROLS))) * 50 > len(sample)


def _latin(data: bytes) -> str:
    """Return the encoding of a text in Latin letters of which some have accents; empty where it is another script."""
    sample = data[: 16 * HEAD]
    plain = len(re.findall(rb"[A-Za-z]", sample))
    beyond = len(re.findall(rb"[\x80-\xff]", sample))
    if plain < 2 * beyond:
        return ""
    best, best_score = "", 0.0
    for encoding, letters in _LATIN:
        if (text := _strict(data, encoding)) is None:
            continue
        known = set(letters + letters.upper() + _TYPOGRAPHY)
        strange = [character for character in text[: len(sample)] if character > "\x7f"]
        score = sum(character in known for character in strange) / max(1, len(strange))
        if score > best_score:
            best, best_score = encoding, score
    return best if best_score >= 0.8 else ""


def _japanese(data: bytes) -> str:
    """Return the encoding of a text with hiragana; empty where it is another script."""
    for encoding in _JAPANESE:
        if (text := _strict(data, encoding)) is not None:
            beyond = [character for character in text[:HEAD] if character > "\x7f"]
            if sum("\u3041" <= character <= "\u309f" for character in beyond) * 5 > len(beyond):
                return encoding
    return ""
