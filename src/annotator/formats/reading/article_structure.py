"""Title and lead points of an article; the rest is the body.

Nothing is removed from the text: the structure only marks spans in it, so that offsets equal those of the file.
"""

import re
import unicodedata

from annotator.domain.spans import Span

Structure = tuple[tuple[str, Span], ...]

LONGEST_TITLE = 150
"""Columns of the longest first line that may be a title. Wide characters (Chinese, Japanese, Korean) take two."""

_SHOWN_TITLE = 300
"""Characters of a title that a file states about itself; a longer one is cut."""

_WORD = re.compile(r"\S")
_LETTER = re.compile(r"[^\W_]")
_BULLET = re.compile(r"[ \t\u00a0\u3000]*(?:[-*+–—−‐‑][ \t\u00a0]+|[•‣⁃∙·▪▫●○◦■□►▶▸➢➤✓✔❖][ \t\u00a0]*)(?=\S)")
_SENTENCE_END = re.compile(r"(\S*?)([.!?…]+)[”’\"')\]»]*\s+[“‘\"'(\[«¿¡]*(?=(\S))|()([。！？｡؟۔।])(?=\s*(\S))")
_MARK = re.compile("[.!?…。！？｡؟۔।]")
_FULL_STOP = re.compile(r"(?<!\.)[.。｡।۔][”’\"')\]»」』]*$")
_DATELINE = re.compile(
    r"[^\W\d_][\w .,'’/-]{1,60}\((?:[A-Z]{2,}[\w.]*|Reuters|Bloomberg|Xinhua|Tass|Interfax|Kyodo|Yonhap)\)\s*[-–—:]"
)
_ABBREVIATIONS = frozenset(
    "adm al apr art aug ave capt co col corp dec dept dr est feb fig fri gen gov hon inc jan jr jul jun lt ltd maj mar "
    "mon mr mrs ms mt nov no oct ph pres prof rep rev sat sen sep sept sgt sr st sun thu tue vol vs wed "
    "bzw ca dipl evtl ggf hr nr usw vgl m mme mm mlle sig sra dott".split()
)


def structured(text: str, file_name: str) -> tuple[str, Structure]:
    """Return the title of the article, and the spans of title and lead points in ``text``.

    The title is the first line that has words; where that line is a paragraph (too long, several sentences, the only
    line of the text, a bullet, a dateline), the title is ``file_name`` without its suffix and has no span. Lead points
    are the lines right after the title that begin with a bullet; their spans leave the bullet out.
    """
    first = _line_from(text, 0)
    if first is None:
        return title_from(file_name), ()
    if _BULLET.match(text, first.start):
        return title_from(file_name), leads(text, first.start)
    title = _joined_if_wrapped(text, first)
    if title is None or not text[title.end :].strip() or is_paragraph(title.of(text)):
        return title_from(file_name), ()
    return shown(title.of(text)), (("title", title), *leads(text, title.end))


def structure_of(text: str, title: str = "") -> Structure:
    """Return the spans of the title and of lead points in ``text``, which begins with ``title`` where one is known.

    Without a title, it is found as by ``structured``; a title that the text does not begin with has no span.
    """
    if not title:
        return structured(text, "")[1]
    if not text.startswith(title):
        return ()
    return (("title", Span(0, len(title))), *leads(text, len(title)))


def with_title(title: str, body: str, file_name: str) -> tuple[str, str, Structure]:
    """Return title, text and structure where the file states its title separately from the text ``body``.

    The title becomes the first line of the text unless it is there already; without a title, ``structured`` decides.
    """
    title = shown(title)
    if not title:
        found, structure = structured(body, file_name)
        return found, body, structure
    first = _line_from(body, 0)
    if first is not None and _same(first.of(body), title):
        return title, body, (("title", first), *leads(body, first.end))
    text = f"{title}\n{body}"
    span = Span(0, len(title))
    return title, text, (("title", span), *leads(text, span.end))


def leads(text: str, position: int) -> Structure:
    """Return the lead points in the lines from ``position`` on, up to the first line that begins with no bullet."""
    found: list[tuple[str, Span]] = []
    while (word := _WORD.search(text, position)) and (bullet := _BULLET.match(text, word.start())):
        line = _line_at(text, word.start())
        if not _LETTER.search(text, bullet.end(), line.end):
            break
        found.append(("lead", Span(bullet.end(), line.end)))
        position = line.end
    return tuple(found)


def is_paragraph(line: str) -> bool:
    """Return whether a line at the beginning of a text is running text rather than a title.

    It is, if it is longer than 150 columns, begins with an agency's dateline, or holds several sentences of which the
    last ends with a full stop and which are not in headline case. One sentence with a full stop may be a title, as in
    many newspapers.
    """
    if len(line) > LONGEST_TITLE or (not line.isascii() and _columns(line) > LONGEST_TITLE):
        return True
    if _DATELINE.match(line):
        return True
    if not _MARK.search(line):
        return False
    ends = sum(_ends_sentence(found) for found in _SENTENCE_END.finditer(line))
    running = ends >= 2 or (ends == 1 and _FULL_STOP.search(line) is not None)
    return running and not _is_in_headline_case(line)


def title_from(file_name: str) -> str:
    """Return a title from the name of a file: without its suffix, with spaces for the separators."""
    name = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, suffix = name.rpartition(".")
    if dot and stem.strip(".") and len(suffix) <= 5 and suffix.isalnum() and not suffix.isdigit():
        name = stem
    # A hyphen between digits belongs to a date.
    name = re.sub(r"[_+]+|%20|(?<!\d)[-.]+|[-.]+(?!\d)", " ", name)
    return shown(name) or "Untitled"


def shown(title: str) -> str:
    """Return a title on one line, without white space at its edges, of at most 300 characters."""
    title = " ".join(title.split())
    return title if len(title) <= _SHOWN_TITLE else title[: _SHOWN_TITLE - 1].rstrip() + "…"


def _line_from(text: str, position: int) -> Span | None:
    """Return the first line from ``position`` on that has words, without white space at its edges."""
    found = _WORD.search(text, position)
    return None if found is None else _line_at(text, found.start())


def _line_at(text: str, start: int) -> Span:
    """Return the rest of the line from ``start`` on, without white space at its end."""
    end = text.find("\n", start)
    return Span(start, start + len((text[start:end] if end >= 0 else text[start:]).rstrip()))


def _joined_if_wrapped(text: str, first: Span) -> Span | None:
    """Return the title of a text whose lines are wrapped at a fixed width; None where those lines are a paragraph.

    A line is wrapped where the next one, with no empty line between, continues in lower case.
    """
    end = first.end
    while end < len(text) and end - first.start <= LONGEST_TITLE:
        following = _line_from(text, end)
        if following is None or text.count("\n", end, following.start) != 1 or not text[following.start].islower():
            break
        end = following.end
    if end == first.end:
        return first
    title = Span(first.start, end)
    closed = text[end:].lstrip(" \t").startswith("\n\n")
    return title if closed and not _FULL_STOP.search(title.of(text)) else None


def _ends_sentence(found: "re.Match[str]") -> bool:
    """Return whether a mark inside a line ends a sentence: not an abbreviation or initial, and a new sentence
    follows.
    """
    if found[5]:
        return True
    word, mark, following = found[1], found[2], found[3]
    if following.islower() or following.isdigit():
        return False
    if mark == ".":
        word = re.sub(r"^\W+", "", word)
        return not (len(word) < 2 or "." in word or word.lower() in _ABBREVIATIONS)
    return mark not in ("..", "...", "…")


def _is_in_headline_case(line: str) -> bool:
    """Return whether Nearly All Longer Words Begin with a Capital, as in headlines of the American press."""
    words = [word for word in re.findall(r"[^\W\d_]+", line) if len(word) > 3]
    return len(words) > 2 and sum(word[0].isupper() for word in words) >= 0.9 * len(words)


def _columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def _same(line: str, title: str) -> bool:
    return shown(line).casefold().strip(".") == title.casefold().strip(".")
