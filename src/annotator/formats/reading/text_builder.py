"""A document built block by block, for the readers of office documents, e-books and PDF.

A block is a line of the text. Lists have hyphens or their numbers, the cells of a table row are on one line, and notes
are at the end, each with the number by which the text refers to it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotator.domain.canonical_text import canonical
from annotator.domain.errors import ImportRefused, InvalidText
from annotator.domain.spans import Span
from annotator.formats.base import Article
from annotator.formats.reading.article_structure import is_paragraph, leads, shown, structured
from annotator.formats.reading.file_dates import iso_date
from annotator.formats.reading.limits import limits

_SPACES = re.compile(r"[ \u00a0]*\n[ \u00a0]*")
_LONG_CELL = 300
"""Characters of a cell from which it is running text: its table is used for layout."""

_NEAR_THE_TOP = 200
"""Maximum characters of a kicker or a letterhead."""

_NO_TITLE = re.compile(
    r"(untitled|microsoft word|document|dokument|documento)\b.{0,80}|.{1,80}\.\w{2,4}", re.IGNORECASE
)
"""Titles that a program has set and no author has checked: default words, or the name of a file."""


class Prose:
    """The text while it is built. ``title``: where the document marks one; ``heading``: where its first heading is."""

    def __init__(self, name: str) -> None:
        self.title: Span | None = None
        self.heading: Span | None = None
        self._name = name
        self._lines: list[str] = []
        self._length = 0
        self._notes: list[tuple[str, ...]] = []

    def __len__(self) -> int:
        return self._length

    def add(self, words: str, bullet: str = "", *, is_title: bool = False, is_heading: bool = False) -> None:
        """Append a block. Raise ImportRefused where the text exceeds the limit, or cannot be stored."""
        words = _SPACES.sub("\n", words).strip()
        if not words:
            return
        if is_title or is_heading:
            words = " ".join(words.split())
        try:
            words = canonical(words)
        except InvalidText as error:
            raise ImportRefused(f"“{self._name}” cannot be imported. {error}") from None
        start = self._length + len(bullet)
        if is_title and self.title is None:
            self.title = Span(start, start + len(words))
        if is_heading and self.heading is None:
            self.heading = Span(start, start + len(words))
        self._lines.append(bullet + words)
        self._length = start + len(words) + 1
        if self._length > limits().text:
            raise ImportRefused(f"“{self._name}” has more than {limits().text:,} characters of text: split it.")

    def add_row(self, cells: Iterable[Sequence[str]]) -> None:
        """Append a row of a table, given the blocks of each cell: as one line, or one by one where they are running
        text.
        """
        filled = [[block for block in cell if block.strip()] for cell in cells]
        if sum(bool(cell) for cell in filled) == 1 or any(
            len(cell) > 1 and sum(map(len, cell)) > _LONG_CELL for cell in filled
        ):
            for cell in filled:
                for block in cell:
                    self.add(block)
            return
        self.add(" | ".join(" ".join(" ".join(cell).split()) for cell in filled).strip(" |"))

    def note(self, blocks: Iterable[str]) -> str:
        """Store a note for the end of the text, and return the mark for the place that refers to it."""
        self._notes.append(tuple(blocks))
        return f"[{len(self._notes)}]"

    def text(self) -> str:
        """Return the whole text, with the notes."""
        for number, blocks in enumerate(self._notes, 1):
            for block, mark in zip(blocks, _first(f"[{number}] "), strict=False):
                self.add(block, mark)
        self._notes.clear()
        return "\n".join(self._lines)

    def article(
        self, path: Path, format: str, digest: str, stated: Mapping[str, str], facts: Mapping[str, Any]
    ) -> Article:
        """Return the article, with the metadata of its file. Raise ImportRefused where it has no words.

        ``stated``: the fields ``title``, ``author``, ``date``, ``language``, ``source``, ``address`` as in the file.
        The title in the text has priority over the stated one, which programs set and people forget to change.
        """
        text = self.text()
        if not text.strip():
            raise ImportRefused(f"“{self._name}” is empty: it has no words.")
        facts = {name: fact for name, fact in facts.items() if fact}
        stated_title = shown(stated.get("title", ""))
        title, structure = self._titled(text, stated_title)
        if stated_title and stated_title.casefold() != title.casefold():
            facts["title"] = stated_title
        stated_at = stated.get("date", "").strip()
        published_at = iso_date(stated_at)
        return Article(
            title=title,
            text=text,
            structure=structure,
            source=shown(stated.get("source", "")),
            author=shown(stated.get("author", "")),
            published_at=published_at,
            language=stated.get("language", "").strip().replace("_", "-"),
            address=stated.get("address", "").strip(),
            note="" if published_at or not stated_at else f"Date as stated in the file: {stated_at}",
            origin_path=str(path),
            origin_format=format,
            origin_sha256=digest,
            facts=facts,
        )

    def _titled(self, text: str, stated_title: str) -> tuple[str, tuple[tuple[str, Span], ...]]:
        marked = self.title or (self.heading if self._is_at_the_top(text) else None)
        if marked is not None and not is_paragraph(marked.of(text)):
            return shown(marked.of(text)), (("title", marked), *leads(text, marked.end))
        title, structure = structured(text, self._name)
        has_own = any(kind == "title" for kind, _ in structure)
        if has_own or not stated_title or _NO_TITLE.fullmatch(stated_title):
            return title, structure
        return stated_title, structure

    def _is_at_the_top(self, text: str) -> bool:
        """Return whether only a kicker or a letterhead is above the first heading."""
        above = text[: self.heading.start] if self.heading else ""
        return len(above) < _NEAR_THE_TOP and not any(map(is_paragraph, above.splitlines()))


def _first(mark: str) -> Iterator[str]:
    yield mark
    while True:
        yield ""


class Numbering:
    """Numbering of lists, level by level."""

    def __init__(self) -> None:
        self._at: dict[str, list[int]] = {}

    def next(self, name: str, level: int, starts: Sequence[int] = ()) -> list[int]:
        """Return the numbers of the next item of the list ``name`` at ``level``, from the outermost level to its
        own.
        """
        at = self._at.setdefault(name, [])
        del at[level + 1 :]
        while len(at) <= level:
            start = starts[len(at)] if len(at) < len(starts) else 1
            at.append(start - (len(at) == level))
        at[level] += 1
        return at[: level + 1]


def numeral(number: int, kind: str) -> str:
    """Return a number in the format of a list: ``decimal``, ``lowerLetter``, ``upperLetter``, ``lowerRoman``,
    ``upperRoman``.
    """
    if kind.endswith("Letter") and 0 < number < 1000:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if kind.startswith("upper") else letter
    if kind.endswith("Roman") and 0 < number < 4000:
        roman = _roman(number)
        return roman if kind.startswith("upper") else roman.lower()
    return f"{number:02}" if kind == "decimalZero" else str(number)


def _roman(number: int) -> str:
    numeral = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        numeral += sign * (number // value)
        number %= value
    return numeral
