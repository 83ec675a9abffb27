"""Comparison of the full-text indexes with the texts: a part of ``check``.

FTS5 can compare an index only with itself, by a command that writes; an index without stored contents it cannot compare
with anything. Therefore an index of some texts, or of all, is built in a temporary database, and both are compared.
"""

import sqlite3
from collections.abc import Container, Iterator
from contextlib import closing, contextmanager
from itertools import islice

from annotator.domain.wording import counted
from annotator.store.database import said_in_brief
from annotator.store.migrations.schema_versions import VERSION, expected_schema
from annotator.store.queries.full_text_search import INDEXES, add, indexed
from annotator.store.reading import fetched

SAMPLE = 40
"""Number of documents that are compared where not all are."""

_PHRASE, _PHRASES = 80, 6
"""Length in characters of a phrase that is searched for, and number of such phrases for each title or text."""

_NAMED = 5
_CHARACTERS = 1_000_000
"""Characters of text in a sample: a few long documents are enough."""


def index_faults(connection: sqlite3.Connection, spaceless: Container[int], *, full: bool) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the full-text indexes: the name of the index and a sentence.

    ``spaceless``: the documents that belong in the index of trigrams. ``full`` compares every word.
    """
    with _readable(connection), closing(_Expected(connection, full)) as expected:
        for index in INDEXES:
            try:
                yield from ((index, what) for what in _faults(connection, index, spaceless, expected))
            except sqlite3.DatabaseError as error:
                yield index, f"It cannot be read: {said_in_brief(error)}."


@contextmanager
def _readable(connection: sqlite3.Connection) -> Iterator[None]:
    """Provide temporary tables of this connection through which the words of the indexes can be read."""
    (is_reading_only,) = connection.execute("PRAGMA query_only").fetchone()
    connection.execute("PRAGMA query_only = OFF")
    try:
        _make_readable(connection, "main")
        yield
    finally:
        for index in INDEXES:
            for kind in ("row", "instance"):
                connection.execute(f"DROP TABLE IF EXISTS temp.{index}_{kind}")
        connection.execute(f"PRAGMA query_only = {is_reading_only}")


def _make_readable(connection: sqlite3.Connection, schema: str) -> None:
    for index in INDEXES:
        for kind in ("row", "instance"):
            connection.execute(
                f"CREATE VIRTUAL TABLE temp.{index}_{kind} USING fts5vocab('{schema}', '{index}', '{kind}')"
            )


class _Expected:
    """The indexes as they should be, of all documents or of a sample, in a temporary database."""

    def __init__(self, connection: sqlite3.Connection, full: bool) -> None:
        self.full = full
        self.phrases: dict[str, list[tuple[str, int]]] = {index: [] for index in INDEXES}
        """For each index: queries of phrases that occur in a sample of the documents, each with the document's id."""
        self.index = sqlite3.connect("", isolation_level=None)
        self.index.execute("PRAGMA journal_mode = OFF")
        for _, name, made in expected_schema(VERSION):
            if name in INDEXES:
                self.index.execute(made)
        _make_readable(self.index, "main")
        self.index.execute("BEGIN")
        add(self.index, self._documents(connection))
        self.index.execute("COMMIT")

    def close(self) -> None:
        self.index.close()

    def _documents(self, connection: sqlite3.Connection) -> Iterator[tuple[int, str, str]]:
        query = "SELECT d.id, d.title, t.text FROM document d JOIN document_text t ON t.id = d.id"
        ids = [id for (id,) in connection.execute("SELECT id FROM document ORDER BY id")] if not self.full else []
        step = max(1, -(-len(ids) // SAMPLE))
        where = "" if self.full else " WHERE d.id IN (SELECT value FROM json_each(?))"
        values = () if self.full else (f"[{','.join(map(str, [*ids[::step], *ids[-1:]]))}]",)
        characters = found = 0
        for id, title, text in fetched(connection, query + where, values):
            if not isinstance(title, str) or not isinstance(text, str):
                continue
            characters += len(text)
            if not self.full and characters > _CHARACTERS and found:
                return
            found += 1
            if not self.full:
                for index, (_, *columns) in indexed(id, title, text):
                    for column, words in zip(("title", "body"), columns, strict=True):
                        self.phrases[index] += [(phrase, id) for phrase in _phrases(column, words)]
            yield id, title, text


def _faults(
    connection: sqlite3.Connection, index: str, spaceless: Container[int], expected: _Expected
) -> Iterator[str]:
    missing, foreign = _documents(connection, index, spaceless)
    if missing:
        yield f"It lacks {_named(missing)}."
    if foreign:
        yield f"It holds {_named(foreign)} that it should not."
    # This reads the whole index, so that an overwritten part is found.
    (words,) = connection.execute(f"SELECT coalesce(sum(cnt), 0) FROM temp.{index}_row").fetchone()
    sizes = connection.execute(f"SELECT sz FROM {index}_docsize")
    if words != sum(sum(_sizes(size)) for (size,) in sizes):
        yield "It does not hold as many words as it records for its documents."
    different = (_all_different if expected.full else _sample_different)(connection, index, expected)
    if named := list(dict.fromkeys(different)):
        yield f"It does not answer as the texts of {_named(named)} do."


def _documents(connection: sqlite3.Connection, index: str, spaceless: Container[int]) -> tuple[list[int], list[int]]:
    """Return the documents that an index lacks, and those that it holds though it should not."""
    query = "SELECT d.id FROM document d JOIN document_text t ON t.id = d.id"
    wanted = {id for (id,) in connection.execute(query) if index == INDEXES[0] or id in spaceless}
    held = {id for (id,) in connection.execute(f"SELECT id FROM {index}_docsize")}
    return sorted(wanted - held), sorted(held - wanted)


def _sizes(stored: object) -> list[int]:
    """Return how many words title and text have, as FTS5 keeps that: integers of seven bits a byte."""
    if not isinstance(stored, bytes):
        return [-1]
    sizes, value = [], 0
    for byte in stored:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            sizes.append(value)
            value = 0
    return sizes


def _all_different(connection: sqlite3.Connection, index: str, expected: _Expected) -> Iterator[int]:
    """Yield the documents whose words in the index differ from those expected, or are in other places."""
    query = f"SELECT term, doc, col, offset FROM temp.{index}_instance"
    held, wanted = connection.execute(query), expected.index.execute(query)
    one, other = held.fetchone(), wanted.fetchone()
    while one or other:
        if one == other:
            one, other = held.fetchone(), wanted.fetchone()
        elif other is None or (one is not None and one < other):
            yield one[1]
            one = held.fetchone()
        else:
            yield other[1]
            other = wanted.fetchone()
    query = f"SELECT id, sz FROM {index}_docsize"
    yield from (id for id, _ in set(connection.execute(query)) ^ set(expected.index.execute(query)))


def _sample_different(connection: sqlite3.Connection, index: str, expected: _Expected) -> Iterator[int]:
    """Yield those documents of the sample in which an index does not find phrases that occur in them."""
    size = f"SELECT sz FROM {index}_docsize WHERE id = ?"
    for id, wanted in expected.index.execute(f"SELECT id, sz FROM {index}_docsize"):
        if connection.execute(size, (id,)).fetchone() != (wanted,):
            yield id
    asked = f"SELECT 1 FROM {index} WHERE {index} MATCH ? AND rowid = ?"
    for phrase in expected.phrases[index]:
        # A phrase that was cut inside a word is found in neither index.
        if expected.index.execute(asked, phrase).fetchone() and not connection.execute(asked, phrase).fetchone():
            yield phrase[1]


def _phrases(column: str, text: str) -> Iterator[str]:
    """Yield queries for some phrases out of an indexed text, which is folded."""
    step = max(_PHRASE, len(text) // _PHRASES)
    for begin in islice(range(0, len(text), step), _PHRASES):
        phrase = text[begin : begin + _PHRASE]
        if begin:
            # The characters before the first white space may be the end of a word.
            phrase = phrase[_first_space(phrase) :]
        if begin + _PHRASE < len(text):
            phrase = phrase[: len(phrase) - _first_space(phrase[::-1])]
        yield f'{column} : "{phrase.replace(chr(34), chr(34) * 2)}"'


def _first_space(text: str) -> int:
    """Return the place of the first white space; 0 where there is none, as in scripts that are written without
    spaces.
    """
    return next((place for place, character in enumerate(text) if character.isspace()), 0)


def _named(ids: list[int]) -> str:
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return f"{counted(len(ids), 'document')} ({', '.join(map(str, ids[:_NAMED]))}{more})"
