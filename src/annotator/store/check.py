"""``check``: is the file sound, does every span still say what it said, does the log hold together."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from annotator.domain.errors import AnnotatorError
from annotator.domain.spans import checked_fragments
from annotator.store import log
from annotator.store.database import said_in_brief
from annotator.store.migrations.schema_versions import VERSION, columns, foreign_objects, missing_objects
from annotator.store.rows import ORDER, encode

_LOGGED = tuple(table for table in ORDER if table != "document_text")
"""The tables whose rows the log leads to. Texts are in no entry: their checksums are, with their documents."""


class Finding(NamedTuple):
    """Something that is not as it should be. ``kind``: file, text, offset, reference, log or search."""

    kind: str
    where: str
    what: str


def check(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Everything that is wrong with a project file, one finding at a time; none where it is sound."""
    for part in (_file, _texts, _offsets, _chain, _replayed, _search):
        try:
            yield from part(connection)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            # One unreadable page must not hide what is wrong elsewhere.
            yield Finding("file", "database", f"A part of it cannot be read: {said_in_brief(error)}.")


def _file(connection: sqlite3.Connection) -> Iterator[Finding]:
    for (line,) in connection.execute("PRAGMA integrity_check(20)"):
        if line != "ok":
            yield Finding("file", "database", line)
    for table, id, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield Finding("reference", f"{table} {id}", f"It points to a row of {parent} that is not there.")
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version <= VERSION:
        for name in foreign_objects(connection, version):
            yield Finding("file", name, "No Annotator project holds this.")
        for name in missing_objects(connection, version):
            yield Finding("file", name, "Every Annotator project holds this.")


def _texts(connection: sqlite3.Connection) -> Iterator[Finding]:
    cursor = connection.execute(
        "SELECT d.id, d.text_sha256, t.text FROM document d LEFT JOIN document_text t ON t.id = d.id ORDER BY d.id"
    )
    for id, expected, text in cursor:
        if not isinstance(text, str):
            yield Finding("text", f"document {id}", "Its text is missing.")
        elif hashlib.sha256(text.encode()).hexdigest() != expected:
            yield Finding("text", f"document {id}", "Its text is not the one that was imported.")


def _offsets(connection: sqlite3.Connection) -> Iterator[Finding]:
    read, text = None, ""
    cursor = connection.execute(
        'SELECT id, document_id, start, "end", quote, fragments, cue, mention FROM annotation '
        "ORDER BY document_id, start"
    )
    for id, document_id, start, end, quote, fragments, cue, mention in cursor:
        if document_id != read:
            # Each text once: SQLite would walk a long one from its beginning for every span in it.
            read, text = document_id, _text_of(connection, document_id)
        where, length = f"annotation {id} in document {document_id}", len(text)
        is_inside = isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= length
        if not is_inside or text[start:end] != quote:
            yield Finding("offset", where, f"Its span {start}-{end} does not cover its quote {str(quote)[:60]!r}.")
            continue
        for part, name in ((fragments, "fragments"), (cue, "cue"), (mention, "source mention")):
            if part == f"[[{start},{end}]]" or (part == "[]" and name != "fragments"):
                continue
            if not _fits(part, length, (start, end) if name == "fragments" else None):
                yield Finding("offset", where, f"Its {name} {part} do not lie in the text as they should.")
    beyond = connection.execute(
        "SELECT b.id, b.document_id, b.position FROM bookmark b JOIN document_text t ON t.id = b.document_id "
        "WHERE b.position > length(t.text) ORDER BY b.id"
    )
    for id, document_id, position in beyond:
        yield Finding("offset", f"bookmark {id} in document {document_id}", f"Its place {position} is beyond the text.")


def _text_of(connection: sqlite3.Connection, document_id: int) -> str:
    """The text of a document; empty where it is missing, which _texts tells of."""
    row = connection.execute("SELECT text FROM document_text WHERE id = ?", (document_id,)).fetchone()
    return row[0] if row is not None and isinstance(row[0], str) else ""


def _fits(part: str, length: int, hull: tuple[int, int] | None) -> bool:
    """Whether spans in JSON lie in a text in order and apart, and cover ``hull`` where it is given."""
    try:
        pairs = checked_fragments(json.loads(part), length)
    except (AnnotatorError, ValueError, TypeError):
        return False
    return [list(pair) for pair in pairs] == json.loads(part) and hull in (None, (pairs[0].start, pairs[-1].end))


def _chain(connection: sqlite3.Connection) -> Iterator[Finding]:
    for sentence in log.broken_entries(connection):
        yield Finding("log", "change log", sentence)


def _replayed(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Every row must be what the log says it became."""
    becomes: dict[str, dict[int, tuple[object, ...]]] = {table: {} for table in _LOGGED}
    for number, edits in connection.execute("SELECT number, edits FROM change ORDER BY number"):
        try:
            for table, id, before, after in json.loads(edits):
                if after is None:
                    becomes[table].pop(id, None)
                else:
                    # An entry may be older than a column.
                    held = zip(columns()[table], becomes[table].get(id, ()), strict=False)
                    row = {**columns()[table], **after} if before is None else {**dict(held), **after}
                    becomes[table][id] = tuple(_stored(row.get(column)) for column in columns()[table])
        except (ValueError, TypeError, KeyError, AttributeError):
            yield Finding("log", "change log", f"Entry {number} cannot be read.")
            return
    for table, logged in becomes.items():
        quoted = ", ".join(f'"{column}"' for column in columns()[table])
        for id, *values in connection.execute(f'SELECT id, {quoted} FROM "{table}"'):
            if not _is_alike(logged.pop(id, ()), values):
                yield Finding("log", f"{table} {id}", "The log does not lead to what the file holds.")
        for id in logged:
            yield Finding("log", f"{table} {id}", "The log made it, but the file does not hold it.")


def _is_alike(logged: Sequence[object], held: Sequence[object]) -> bool:
    """Whether a row is what the log says. A number may be written in two ways, as 1e16 and 1e+16."""
    pairs = zip(logged, held, strict=False)
    return len(logged) == len(held) and all(a == b or (isinstance(a, _Json) and a == _anew(b)) for a, b in pairs)


class _Json(str):
    """What a column of lists or objects holds."""

    __slots__ = ()


def _anew(held: object) -> str:
    try:
        return encode(json.loads(held)) if isinstance(held, str) else ""
    except ValueError:
        return ""


def _stored(value: object) -> object:
    """A value of the log as its column holds it."""
    return _Json(encode(value)) if isinstance(value, list | dict) else value


def _search(connection: sqlite3.Connection) -> Iterator[Finding]:
    indexed = connection.execute("SELECT count(*) FROM search_words_docsize").fetchone()[0]
    held = connection.execute("SELECT count(*) FROM document_text").fetchone()[0]
    if indexed != held:
        what = f"It holds {indexed} documents of {held}: 'annotator repair' makes it anew."
        yield Finding("search", "full-text index", what)
