"""Markdown: one article for each file, as readable plain text, with the fields of its front matter.

The text that is annotated is the rendered one: no marks of emphasis, links as their words, lists with hyphens.
"""

import hashlib
import html
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.domain.canonical_text import canonical
from annotator.domain.errors import ImportRefused
from annotator.domain.spans import Span
from annotator.formats.base import Article, Format, Incoming
from annotator.formats.reading.article_structure import leads, shown, structured, with_title
from annotator.formats.reading.decoding import decoded, read_bytes
from annotator.formats.reading.file_dates import iso_date

if TYPE_CHECKING:
    from markdown_it.token import Token

SIZE_LIMIT = 2 * 1024 * 1024
"""Bytes of a Markdown file; a longer one is refused.

The parser can take seconds for each megabyte of a malicious file.
"""

_MAX_BLOCK_DEPTH = 100
_MAX_INLINE_DEPTH = 20

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?=\S)(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"([A-Za-z][\w -]*?)[ \t]*:(?:[ \t]+(.*))?$")
_KEYS = {
    "title": ("title",),
    "author": ("author", "authors", "by", "byline"),
    "date": ("date", "published", "published_at", "pubdate"),
    "source": ("source", "outlet", "publisher", "site", "sitename"),
    "language": ("language", "lang"),
    "address": ("address", "url", "link", "canonical", "canonical_url"),
}
_TAG = re.compile(r"<[^<>]*>")
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)


def read(path: Path, limit: int = SIZE_LIMIT) -> Iterator[Incoming]:
    """Yield the article of a Markdown file of at most ``limit`` bytes. Raise ImportRefused where it is not text."""
    data = read_bytes(path, limit)
    source = decoded(data, path.name).text
    stated, source = front_matter(source)
    text, heading = plain_text(source)
    if not text.strip():
        raise ImportRefused(f"“{path.name}” is empty: it has no words that would be shown.")
    if stated.get("title"):
        title, text, structure = with_title(stated["title"], text, path.name)
    elif heading is not None:
        title = shown(text[heading[0] : heading[1]])
        structure = (("title", heading), *leads(text, heading.end))
    else:
        title, structure = structured(text, path.name)
    published_at = iso_date(stated.get("date", ""))
    yield Article(
        title=title,
        text=text,
        structure=structure,
        source=stated.get("source", ""),
        author=stated.get("author", ""),
        published_at=published_at,
        language=stated.get("language", ""),
        address=stated.get("address", ""),
        note="" if published_at or not stated.get("date") else f"Date as stated in the file: {stated['date']}",
        origin_path=str(path),
        origin_format=FORMAT.id,
        origin_sha256=hashlib.sha256(data).hexdigest(),
    )


def front_matter(source: str) -> tuple[dict[str, str], str]:
    """Return the fields in the block between ``---`` lines at the beginning, and the text without it.

    Only ``key: value`` lines are read, with lists as ``[a, b]`` or as lines that begin with a hyphen. A block of any
    other form belongs to the text.
    """
    found = _FRONT_MATTER.match(source)
    if found is None:
        return {}, source
    values: dict[str, list[str]] = {}
    key = ""
    for line in found[1].splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if stated := _KEY.match(line):
            key = stated[1].lower()
            values[key] = _values(stated[2] or "")
        elif key and line.lstrip().startswith("- "):
            values[key].extend(_values(line.lstrip()[2:]))
        elif key and line[0].isspace():
            values[key].append(line.strip())
        else:
            return {}, source
    if not values:
        return {}, source
    fields = {}
    for field, names in _KEYS.items():
        for name in names:
            if value := "; ".join(values.get(name, ())):
                fields[field] = shown(value)
                break
    return fields, source[found.end() :]


def plain_text(source: str) -> tuple[str, Span | None]:
    """Return the readable text of Markdown, one line for each block, and the span of its first heading."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_BLOCK_DEPTH}).enable(["table", "strikethrough"])
    # Blocks nested deeper are dropped, so their limit is high; for brackets within a line the time grows with it.
    parser.core.ruler.before("inline", "shallow", lambda state: state.md.options.update(maxNesting=_MAX_INLINE_DEPTH))
    page = _Page()
    for token in parser.parse(source):
        page.take(token)
    return page.text(), page.heading


class _Page:
    """The text while it is built, token by token."""

    def __init__(self) -> None:
        self.heading: Span | None = None
        self._blocks: list[str] = []
        self._length = 0
        self._lists: list[int | None] = []
        self._bullet = ""
        self._row: list[str] | None = None
        self._in_heading = False

    def text(self) -> str:
        """Return the text so far."""
        return "\n".join(self._blocks)

    def take(self, token: "Token") -> None:
        """Add the visible text of a block token."""
        match token.type:
            case "inline":
                self._add_inline(_inline(token.children or ()))
            case "fence" | "code_block":
                self._add(token.content.rstrip("\n"))
            case "html_block":
                self._add(_without_tags(token.content))
            case "heading_open" | "heading_close":
                self._in_heading = token.nesting == 1
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                number = self._lists[-1]
                self._bullet = "- " if number is None else f"{number}. "
                if number is not None:
                    self._lists[-1] = number + 1
            case "list_item_close":
                self._bullet = ""
            case "tr_open":
                self._row = []
            case "tr_close":
                cells, self._row = self._row, None
                self._add(" | ".join(cells or ()))

    def _add_inline(self, words: str) -> None:
        if self._row is not None:
            self._row.append(" ".join(words.split()))
        elif self._in_heading:
            words = shown(words)
            start = self._add(words)
            if words and self.heading is None:
                self.heading = Span(start, start + len(words))
        else:
            self._add(words)

    def _add(self, words: str) -> int:
        """Append a block and return where its words begin in the text."""
        # A character reference may denote a carriage return, which a canonical text does not contain.
        words = canonical(words)
        if not words.strip():
            return self._length
        indent = "  " * max(0, len(self._lists) - 1)
        lead_in = indent + (self._bullet or ("  " if self._lists else ""))
        self._bullet = ""
        block = lead_in + words.replace("\n", "\n" + " " * len(lead_in))
        start = self._length + len(lead_in)
        self._blocks.append(block)
        self._length += len(block) + 1
        return start


def _inline(children: "Sequence[Token]") -> str:
    shown_words = []
    for child in children:
        match child.type:
            case "text" | "code_inline" | "image":
                shown_words.append(child.content)
            case "softbreak":
                shown_words.append(" ")
            case "hardbreak":
                shown_words.append("\n")
            case "html_inline" if child.content[:3].lower() == "<br":
                shown_words.append("\n")
    return "".join(shown_words).strip()


def _without_tags(block: str) -> str:
    words = html.unescape(_TAG.sub("", _HIDDEN.sub("", block)))
    return "\n".join(line.strip() for line in words.splitlines() if line.strip())


def _values(stated: str) -> list[str]:
    stated = stated.strip()
    if stated.startswith("[") and stated.endswith("]"):
        return [value for part in stated[1:-1].split(",") if (value := _unquoted(part))]
    return [value] if (value := _unquoted(stated)) else []


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].strip()
    return "" if value in ("|", ">", "~", "null") else value


FORMAT = Format(
    id="markdown",
    name="Markdown",
    suffixes=(".md", ".markdown", ".mdown"),
    read=read,
    example="article.md",
)
