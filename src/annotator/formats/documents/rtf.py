"""Rich Text Format documents: the text as shown, with tracked changes accepted and notes at the end.

Source: Microsoft's Rich Text Format specification 1.9.1. Headers, footers and comments are not part of the article:
they are kept as facts. Pictures and groups of unknown kinds are left out.
"""

import codecs
import hashlib
import locale
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from annotator.domain.errors import ImportRefused
from annotator.formats.base import Format, Incoming
from annotator.formats.reading.decoding import read_bytes
from annotator.formats.reading.limits import limits
from annotator.formats.reading.text_builder import Prose

_TOKEN = re.compile(
    rb"\\(?:([a-zA-Z]{1,32})(-?\d{1,10})? ?|'([0-9a-fA-F]{2})|(\r\n|[^a-zA-Z]))|([{}])|([^\\{}\r\n\x00]+)|[\r\n\x00]+",
    re.DOTALL,
)
_MAX_DEPTH = 10_000
_LEFT_OUT = frozenset(
    "fonttbl colortbl stylesheet listtable listoverridetable revtbl rsidtbl pict objdata objclass fldinst datafield "
    "themedata colorschememapping latentstyles datastore xmlnstbl shprslt nonshppict bkmkstart bkmkend atrfstart "
    "atrfend atnid atnref atndate atnicn atnparent atntime ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn "
    "generator template filetbl private nonesttables pgptbl mmathPr do xe tc txe rxe".split()
)
_SEPARATE_GROUPS = {
    "header": "headers", "headerl": "headers", "headerr": "headers", "headerf": "headers",
    "footer": "footers", "footerl": "footers", "footerr": "footers", "footerf": "footers",
    "annotation": "comments",
    "title": "title", "author": "author", "subject": "subject", "keywords": "keywords", "doccomm": "description",
    "category": "category", "company": "company",
}  # fmt: skip
"""The groups whose words are kept separately, and under which name."""

_OF_INFO = ("title", "author", "subject", "keywords", "description", "category", "company")
_MARKS = {
    "line": "\n", "tab": "\t", "emdash": "—", "endash": "–", "emspace": "\u2003", "enspace": "\u2002",
    "qmspace": "\u2005", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "zwj": "\u200d", "zwnj": "\u200c", "ltrmark": "\u200e", "rtlmark": "\u200f",
}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "\u2011", b"\\": "\\", b"{": "{", b"}": "}"}
_CHARSETS = {
    0: "cp1252", 2: "", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "cp936", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
"""Encodings by the number of a font's character set; Symbol (2) does not contain letters."""

_SYMBOL_BULLET = b"\xb7"
_ENCODINGS = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_HEADING = re.compile(r"heading \d", re.IGNORECASE)


def read(path: Path) -> Iterator[Incoming]:
    """Yield the article of a document. Raise ImportRefused where it is not complete RTF or has no words."""
    data = read_bytes(path, limits().file)
    reader = _FileReader(data, path.name)
    stated, facts = reader.run()
    yield reader.prose.article(path, FORMAT.id, hashlib.sha256(data).hexdigest(), stated, facts)


@dataclass(slots=True)
class _State:
    """The settings in effect inside a group, until it ends."""

    skipped: bool = False
    hidden: bool = False
    sink: str = ""
    encoding: str = "cp1252"
    unicode_skip: int = 1
    language: int = 0
    table: str = ""
    """Which table of the header the group belongs to: ``fonttbl`` or ``stylesheet``."""


@dataclass(slots=True)
class _Block:
    """The paragraph that is being read."""

    words: list[str] = field(default_factory=list)
    bullet: str = ""
    style: int = -1
    outline: int = -1

    def text(self) -> str:
        """Return the words of the paragraph."""
        return "".join(self.words)


class _FileReader:
    """One pass through a document."""

    def __init__(self, data: bytes, name: str) -> None:
        self.prose = Prose(name)
        self._data = data
        self._name = name
        self._state = _State()
        self._stack: list[_State] = []
        self._bytes = bytearray()
        self._to_skip = 0
        self._high = 0
        self._block = _Block()
        self._kept: dict[str, list[str]] = {}
        """Words of headers, comments and the document properties."""
        self._note: list[str] | None = None
        self._note_depth = 0
        self._outer_block = self._block
        self._row: list[list[str]] = [[]]
        self._in_table = False
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._default_font = -1
        self._styles: dict[int, str] = {}
        self._style = -1
        self._created: dict[str, int] = {}
        self._in_creation = 0
        self._languages: Counter[int] = Counter()

    def run(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Read all of it; return the document's metadata, and further facts."""
        data, at, end = self._data, 0, len(self._data)
        while at < end:
            token = _TOKEN.match(data, at)
            if token is None:
                at += 1
                continue
            at = token.end()
            word, number, code, sign, brace, plain = token.groups()
            if plain is not None:
                self._plain(plain)
            elif code is not None:
                self._plain(bytes.fromhex(code.decode()))
            elif brace is not None:
                self._flush()
                if brace == b"{":
                    self._open()
                elif not self._close():
                    break
            elif word is not None:
                if word == b"bin":
                    at += max(0, int(number or 0))
                    continue
                self._flush()
                self._control(word.decode(), int(number) if number else None)
            elif sign is not None:
                self._flush()
                self._symbol(sign)
        self._flush()
        self._end_paragraph()
        self._end_row()
        return self._metadata()

    # --- groups -----------------------------------------------------------------------------------------------

    def _open(self) -> None:
        if len(self._stack) >= _MAX_DEPTH:
            raise ImportRefused(
                f"“{self._name}” has groups nested more than {_MAX_DEPTH:,} deep: it is not a document."
            )
        self._stack.append(self._state)
        self._state = replace(self._state)

    def _close(self) -> bool:
        """Return whether the document continues after the end of a group."""
        self._to_skip = 0
        if self._note is not None and len(self._stack) == self._note_depth:
            self._end_note()
        if self._in_creation == len(self._stack):
            self._in_creation = 0
        if not self._stack:
            return False
        was = self._state
        self._state = self._stack.pop()
        if was.sink and was.sink != self._state.sink:
            self._kept.setdefault(was.sink, []).append("\n")
        return bool(self._stack)

    def _begin_note(self) -> None:
        self._note, self._note_depth = [], len(self._stack)
        self._outer_block, self._block = self._block, _Block()

    def _end_note(self) -> None:
        self._end_paragraph()
        blocks, self._note = self._note or [], None
        self._block = self._outer_block
        if blocks:
            self._block.words.append(self.prose.note(blocks))

    # --- words ------------------------------------------------------------------------------------------------

    def _plain(self, data: bytes) -> None:
        if self._to_skip:
            skipped = min(self._to_skip, len(data))
            self._to_skip -= skipped
            data = data[skipped:]
        self._bytes += data

    def _flush(self) -> None:
        """Decode the collected bytes: characters of several bytes may be split anywhere."""
        if self._bytes:
            if encoding := self._state.encoding:
                words = bytes(self._bytes).decode(encoding, "replace")
            else:
                words = "•" * self._bytes.count(_SYMBOL_BULLET)
            self._bytes.clear()
            self._add_words(words)

    def _add_words(self, words: str) -> None:
        state = self._state
        if state.table:
            self._style_name(words)
        elif state.skipped or state.hidden:
            return
        elif state.sink == "bullet":
            self._block.bullet += words
        elif state.sink:
            self._kept.setdefault(state.sink, []).append(words)
        elif self._stack:
            self._block.words.append(words)
            if state.language:
                self._languages[state.language] += len(words)

    def _style_name(self, words: str) -> None:
        """Handle a name in the table of styles."""
        if self._state.table == "stylesheet" and (name := words.strip().rstrip(";")):
            self._styles.setdefault(self._style, name)

    def _unicode(self, number: int) -> None:
        code = number & 0xFFFF
        self._to_skip = self._state.unicode_skip
        if 0xD800 <= code < 0xDC00:
            self._high = code
            return
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((self._high - 0xD800) << 10) + (code - 0xDC00) if self._high else 0xFFFD
        self._high = 0
        # Symbol fonts have their signs in the private use area: most often this is a bullet.
        self._add_words("•" if 0xF000 <= code < 0xF100 else chr(code) if code else "")

    def _symbol(self, sign: bytes) -> None:
        if sign == b"*":
            # Not every reader knows the group that it begins; the next word shows whether this one does.
            self._state.skipped = True
        elif sign in (b"\n", b"\r", b"\r\n"):
            self._end_paragraph()
        else:
            self._add_words(_SYMBOLS.get(sign, ""))

    # --- control words ----------------------------------------------------------------------------------------

    def _control(self, word: str, number: int | None) -> None:
        state = self._state
        self._to_skip = 0
        is_on = number != 0
        if word in _MARKS:
            self._add_words(_MARKS[word])
        elif word == "u" and number is not None:
            self._unicode(number)
        elif word == "uc":
            state.unicode_skip = max(0, number if number is not None else 1)
        elif word in ("par", "sect", "page", "column", "softpage") and not state.skipped:
            self._end_paragraph()
        elif word in ("cell", "nestcell") and not state.skipped:
            self._end_cell()
        elif word in ("row", "nestrow") and not state.skipped:
            self._end_row()
        elif word in ("footnote", "annotation") or word in _SEPARATE_GROUPS:
            self._begin_separate_group(word)
        elif word in ("shptxt", "shpinst", "shppict", "nestcell"):
            state.skipped = word != "shptxt"
            state.hidden = False
        elif word in ("pntext", "listtext"):
            state.sink, state.skipped = "bullet", False
        elif word in _LEFT_OUT:
            state.skipped, state.table = True, word if word in ("fonttbl", "stylesheet") else ""
        elif word in ("deleted", "v", "webhidden"):
            state.hidden = is_on
        else:
            self._set(word, number)

    def _begin_separate_group(self, word: str) -> None:
        """Handle a group whose words are not part of the text around it."""
        state = self._state
        if word == "footnote":
            if self._note is None and not state.sink and not state.skipped:
                self._begin_note()
        elif _SEPARATE_GROUPS[word] not in _OF_INFO or self._is_info():
            state.sink, state.skipped = _SEPARATE_GROUPS[word], False

    def _is_info(self) -> bool:
        # ``title`` and the like are properties only inside the group ``info``.
        return self._stack[-1].sink == "info" if self._stack else False

    def _set(self, word: str, number: int | None) -> None:
        """Handle a control word that changes how the following text is read."""
        state = self._state
        if word == "info":
            state.sink = "info"
        elif word == "creatim":
            self._in_creation, state.skipped = len(self._stack), True
        elif self._in_creation and word in ("yr", "mo", "dy", "hr", "min") and number is not None:
            self._created[word] = number
        elif word == "ansicpg" and number:
            state.encoding = _known(f"cp{number}") or _known("utf-8" if number == 65001 else "") or state.encoding
            self._keep_encoding()
        elif word in _ENCODINGS:
            state.encoding = _ENCODINGS[word]
            self._keep_encoding()
        elif word == "deff" and number is not None:
            self._default_font = number
        elif word == "f" and number is not None:
            self._choose_font(number)
        elif word == "fcharset" and state.table == "fonttbl" and number is not None:
            if number not in (0, 1):
                self._fonts[self._font] = _CHARSETS.get(number, "cp1252")
        elif word == "pard":
            self._block.style = self._block.outline = -1
            self._in_table = False
        elif word == "plain":
            state.hidden = False
            self._choose_font(self._default_font)
        elif word == "intbl":
            self._in_table = True
        elif word == "s" and number is not None:
            self._block.style = self._style = number
        elif word == "outlinelevel" and number is not None:
            self._block.outline = number
        elif word in ("lang", "deflang") and number is not None:
            state.language = number

    def _keep_encoding(self) -> None:
        for outer in self._stack:
            outer.encoding = self._state.encoding
        self._fonts.setdefault(-1, self._state.encoding)

    def _choose_font(self, number: int) -> None:
        self._font = number
        if not self._state.table:
            self._state.encoding = self._fonts.get(number, self._fonts.get(-1, "cp1252"))

    # --- paragraphs and tables --------------------------------------------------------------------------------

    def _end_paragraph(self) -> None:
        state = self._state
        if state.sink and state.sink not in ("bullet", "info"):
            self._kept.setdefault(state.sink, []).append("\n")
            return
        block, text = self._block, self._block.text()
        self._block = _Block(style=block.style, outline=block.outline)
        if self._note is not None:
            self._note.append(text.strip())
        elif self._in_table:
            self._row[-1].append(text)
        else:
            self._end_row()
            style = self._styles.get(block.style, "")
            self.prose.add(
                text,
                _bullet(block.bullet),
                is_title=style.casefold() == "title",
                is_heading=0 <= block.outline < 9 or _HEADING.match(style) is not None,
            )

    def _end_cell(self) -> None:
        self._in_table = True
        self._end_paragraph()
        self._row.append([])

    def _end_row(self) -> None:
        row, self._row = self._row, [[]]
        if any(block.strip() for cell in row for block in cell):
            self.prose.add_row(row)

    # --- what it says of itself -------------------------------------------------------------------------------

    def _metadata(self) -> tuple[dict[str, str], dict[str, Any]]:
        def words(name: str) -> str:
            return " ".join("".join(self._kept.get(name, ())).split())

        def lines(name: str) -> list[str]:
            found = "".join(self._kept.get(name, ())).split("\n")
            return list(dict.fromkeys(line.strip() for line in found if line.strip()))

        language = self._languages.most_common(1)[0][0] if self._languages else 0
        stated = {
            "title": words("title"),
            "author": words("author"),
            "date": self._date(),
            "language": locale.windows_locale.get(language, ""),
        }
        facts = {name: words(name) for name in ("subject", "keywords", "description", "category", "company")}
        return stated, {**facts, **{name: lines(name) for name in ("headers", "footers", "comments")}}

    def _date(self) -> str:
        found = self._created
        if not {"yr", "mo", "dy"} <= found.keys():
            return ""
        day = f"{found['yr']:04}-{found['mo']:02}-{found['dy']:02}"
        return f"{day}T{found['hr']:02}:{found['min']:02}:00" if {"hr", "min"} <= found.keys() else day


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name if encoding else ""
    except LookupError:
        return ""


def _bullet(shown: str) -> str:
    """Return the text before an item of a list: its number, or a hyphen for any other sign."""
    shown = shown.strip()
    return f"{shown} " if any(character.isalnum() for character in shown) else "- " if shown else ""


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file begins as a document in this format."""
    return head.lstrip().startswith(b"{\\rtf")


FORMAT = Format(
    id="rtf",
    name="RTF document",
    suffixes=(".rtf",),
    read=read,
    sniff=sniff,
    example="article.rtf",
)
