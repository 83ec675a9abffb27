"""Full-text search: the index that ``apply`` updates, queries in plain words, and hits with their place in the text.

A query is words that must all occur; ``"several words"`` in quotation marks are a phrase, ``word*`` a beginning. Case
and diacritics are ignored. Words in scripts without spaces are found through trigrams, and through a scan where they
are shorter than three characters, as is anything without letters or digits, such as an emoji.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from annotator.domain.changes import Change
from annotator.domain.records import SearchHit
from annotator.domain.spans import Span
from annotator.store.queries.base import Queries
from annotator.store.reading import TitledText

INDEXES = ("search_words", "search_trigrams")
"""The tables of the indexes: the first holds all documents."""

CONTEXT = 60
"""Code points of context on either side of a hit."""

PER_DOCUMENT = 3
"""Hits shown for one document, so that a long one does not fill the page."""

_SPACELESS = re.compile(
    "[\u0900-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, kana and Han, which are written without spaces, and the scripts of India, whose vowel
signs the index of words takes for the ends of words."""

_TERM = re.compile(r'"([^"]*)"?|(\S+)')
_WORD = re.compile(r"[^\W_]+")
_UNSEARCHABLE = re.compile("[\x00\ud800-\udfff]")
"""Characters that no text holds and SQLite does not accept."""


_MARK = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4"
    "\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
"""Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic; in other scripts marks distinguish words."""


class _Fold(dict[int, int]):
    """A table that removes case and diacritics, one code point for one, so that offsets stay. Marks become U+0300."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        if _MARK.match(character):
            folded = 0x300
        else:
            decomposed = unicodedata.normalize("NFD", character)
            base = (decomposed[0] if all(map(_MARK.match, decomposed[1:])) else character).casefold()
            folded = ord(base) if len(base) == 1 else code
        self[code] = folded
        return folded


_FOLD = _Fold()
_MANY = 40
_ASCII = frozenset(map(chr, range(128)))


def folded(text: str) -> str:
    """Return ``text`` without case and diacritics, of the same length in code points."""
    return _folded(text, _beyond_ascii(text))


def _beyond_ascii(text: str) -> set[str]:
    """Return the characters of ``text`` that fold otherwise than by ``str.lower``, among others that may not."""
    return set() if text.isascii() else set(text).difference(_ASCII)


def _folded(text: str, characters: set[str]) -> str:
    changed = [character for character in characters if _FOLD[ord(character)] != ord(character)]
    if len(changed) > _MANY:
        return text.translate(_FOLD)
    # Most texts have few letters to fold, and then this takes a tenth of the time.
    for character in changed:
        text = text.replace(character, chr(_FOLD[ord(character)]))
    return text.lower()


# --- the index --------------------------------------------------------------------------------------------------------


def keep(connection: sqlite3.Connection, change: Change) -> None:
    """Update the index with ``change``, inside the transaction that writes it.

    A document in the trash stays in the index; queries leave it out.
    """
    texts = {edit.id: edit.after["text"] for edit in change.edits if edit.table == "document_text" and edit.after}
    for edit in change.edits:
        if edit.table != "document" or not edit.after or "title" not in edit.after:
            continue
        if edit.before is not None:
            _rename(connection, edit.id, edit.before["title"], edit.after["title"])
        elif edit.id in texts:
            add(connection, [(edit.id, edit.after["title"], texts[edit.id])])


def add(connection: sqlite3.Connection, rows: Iterable[tuple[int, str, str]]) -> None:
    """Add documents to the indexes, each by id, title and text."""
    # Folded here and not by the tokenizer, which knows Latin diacritics only and cuts words at Arabic points.
    for row in rows:
        for table, values in indexed(*row):
            connection.execute(f"INSERT INTO {table} (rowid, title, body) VALUES (?, ?, ?)", values)


def indexed(id: int, title: str, body: str) -> Iterator[tuple[str, tuple[int, str, str]]]:
    """Yield the indexes that hold a document, each with its row."""
    in_title, in_body = _beyond_ascii(title), _beyond_ascii(body)
    row = (id, _folded(title, in_title), _folded(body, in_body))
    yield "search_words", row
    if _is_spaceless(in_title | in_body):
        yield "search_trigrams", row


def needs_trigrams(title: str, body: str) -> bool:
    """Return whether a document belongs in the index of trigrams."""
    return _is_spaceless(_beyond_ascii(title) | _beyond_ascii(body))


def _is_spaceless(characters: set[str]) -> bool:
    return bool(characters) and _SPACELESS.search("".join(characters)) is not None


def _rename(connection: sqlite3.Connection, id: int, before: str, after: str) -> None:
    (body,) = connection.execute("SELECT text FROM document_text WHERE id = ?", (id,)).fetchone()
    for table, row in indexed(id, before, body):
        connection.execute(f"INSERT INTO {table} ({table}, rowid, title, body) VALUES ('delete', ?, ?, ?)", row)
    add(connection, [(id, after, body)])


def rebuild(connection: sqlite3.Connection) -> None:
    """Build the index again from the texts, inside the caller's transaction."""
    for table in INDEXES:
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
    query = "SELECT d.id, d.title, t.text FROM document d JOIN document_text t ON t.id = d.id"
    add(connection, connection.execute(query))


# --- queries ----------------------------------------------------------------------------------------------------------


class Query:
    """A parsed query: the query for each index, the terms to scan for, and the pattern of a hit in a text."""

    def __init__(self, query: str, *, prefix: bool = False) -> None:
        words: list[str] = []
        trigrams: list[str] = []
        self.scans: list[str] = []
        patterns: list[str] = []
        query = _UNSEARCHABLE.sub(" ", query)
        terms = [(phrase or word, bool(word)) for phrase, word in _TERM.findall(query)]
        for number, (term, bare) in enumerate(terms):
            starts = bare and (term.endswith("*") or (prefix and number == len(terms) - 1))
            term = term.rstrip("*") if bare else term
            if not term.strip():
                continue
            if not _WORD.search(term):
                self.scans.append(term)
                patterns.append(re.escape(folded(term)))
            elif _SPACELESS.search(term):
                (trigrams if len(term) >= 3 else self.scans).append(term)
                patterns.append(_loose(folded(term)))
            else:
                words.append(_quoted(term) + ("*" if starts else ""))
                patterns.append(_whole_words(folded(term), starts))
        self.words = " AND ".join(words)
        self.trigrams = " AND ".join(map(_quoted, trigrams))
        self.pattern = re.compile("|".join(patterns)) if patterns else None

    def __bool__(self) -> bool:
        return self.pattern is not None

    def select(self, columns: str) -> tuple[str, list[str]]:
        """Return SQL over ``d`` (document) and ``t`` (its text) for the documents that contain the query, and its
        values.
        """
        conditions, values = ["d.trashed_at IS NULL"], []
        for table, match in (("search_words", self.words), ("search_trigrams", self.trigrams)):
            if match:
                conditions.append(f"d.id IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)")
                values.append(match)
        for scan in self.scans:
            conditions.append("(instr(t.text, ?) OR instr(d.title, ?))")
            values += [scan, scan]
        where = " AND ".join(conditions)
        joined = "document d JOIN document_text t ON t.id = d.id"
        return f"SELECT {columns} FROM {joined} WHERE {where} ORDER BY d.id", values

    def spans(self, text: str) -> Iterator[Span]:
        """Yield where the words of the query occur in ``text``, in text order."""
        if self.pattern is not None:
            for found in self.pattern.finditer(folded(text)):
                yield Span(found.start(), found.end())


def _quoted(term: str) -> str:
    return '"' + folded(term).replace('"', '""') + '"'


@cache
def _loose(term: str) -> str:
    """Return a pattern for a folded term in which marks may follow each character."""
    return "".join(re.escape(character) + "\u0300*" for character in term if character != "\u0300")


def _whole_words(term: str, starts: bool) -> str:
    # The tokenizer of the index splits at every character that is neither a letter nor a digit, and so does this.
    words = [_loose(word) for word in _WORD.findall(term.replace("\u0300", ""))]
    # A word does not begin after a mark on a letter either.
    return r"(?<![^\W_])(?<![^\W_]\u0300)" + r"[\W_]+".join(words) + ("" if starts else r"(?![^\W_])")


def hits_in(id: int, title: str, text: str, spans: Iterator[Span], limit: int) -> list[SearchHit]:
    """Return up to ``limit`` hits in one text, each with its context; one at the beginning where only the title
    matches.
    """
    hits = [_hit(id, title, text, span) for span, _ in zip(spans, range(limit), strict=False)]
    if not hits and limit > 0:
        hits = [SearchHit(id, title, Span(0, 0), "", "", _one_line(text[: 2 * CONTEXT]))]
    return hits


def _hit(id: int, title: str, text: str, span: Span) -> SearchHit:
    before = text[max(0, span.start - CONTEXT) : span.start]
    after = text[span.end : span.end + CONTEXT]
    return SearchHit(id, title, span, _one_line(before), _one_line(span.of(text)), _one_line(after))


def _one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ").replace("\u2028", " ")


class SearchQueries(Queries):
    """Queries on the full-text index."""

    def hits(
        self,
        query: str,
        limit: int = 50,
        *,
        prefix: bool = False,
        per_document: int = PER_DOCUMENT,
    ) -> list[SearchHit]:
        """Return the first ``limit`` hits of ``query`` with their context; with ``prefix`` the last word may be
        incomplete.
        """
        asked = Query(query, prefix=prefix)
        hits: list[SearchHit] = []
        if not asked:
            return hits
        query, values = asked.select("d.id, d.title, t.text")
        for id, title, text in self._records(TitledText, query, values, table="document"):
            hits.extend(hits_in(id, title, text, asked.spans(text), min(per_document, limit - len(hits))))
            if len(hits) >= limit:
                break
        return hits

    def matching_documents(self, query: str, *, prefix: bool = False) -> list[int]:
        """Return the ids of all documents that contain ``query`` in title or text."""
        asked = Query(query, prefix=prefix)
        if not asked:
            return []
        return [id for (id,) in self._rows(*asked.select("d.id"))]
