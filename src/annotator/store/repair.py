"""``repair``: save the readable contents of a damaged project into a new one.

The old file is only read, so it serves as the backup, and none is made before.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from annotator.domain.canonical_text import canonical, sha256
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.dates import utc_time
from annotator.domain.errors import AnnotatorError, DamagedProject, InvalidValue, NotAProject, ProjectError
from annotator.domain.labels import OKABE_ITO
from annotator.domain.spans import Span, checked_fragments, context_of, find_quote
from annotator.domain.wording import elided
from annotator.files.drafts import draft_of
from annotator.files.replacement import put_new, recover
from annotator.store import log, rows
from annotator.store.database import check_free, open_connection, plain_errors, said_in_brief
from annotator.store.migrations.schema_versions import APPLICATION_ID, VERSION, expected_schema, migrate
from annotator.store.queries import full_text_search


class Repair(NamedTuple):
    """The result of a repair: saved rows by table, and a sentence for everything that was lost or corrected."""

    saved: dict[str, int]
    notes: list[str]


_STANDS_IN: dict[str, dict[str, Any]] = {
    "annotator": {"name": "Annotator {id}", "created_at": "1970-01-01T00:00:00.000Z"},
    "label_set": {"name": "Label set {id}"},
    "label": {"name": "label {id}", "label_set_id": 1, "color": OKABE_ITO[-1]},
    "source": {"name": "Source {id}"},
}
"""Replacements of lost rows that others refer to, so that those are not lost with them."""


Report = Callable[[int], object]
"""Called with the number of rows written so far; an exception that it raises, such as Cancelled, ends the repair."""


def repair(path: Path, out: Path, report: Report = lambda _rows: None) -> Repair:
    """Read every row of ``path`` that SQLite can still reach, check it, and write the good ones to ``out``.

    A new history is begun, because a broken chain cannot be continued. Annotations whose span no longer covers their
    quote are moved to where the quote is. Raise ProjectError where ``out`` exists, NotAProject or DamagedProject where
    nothing can be saved, and what ``report`` raises; ``out`` is not made then.
    """
    path, out = path.absolute(), out.absolute()
    check_free(out)
    if not path.is_file():
        raise NotAProject(f"There is no file {path}: check the name.")
    recover(out.parent)
    try:
        with plain_errors(out), draft_of(out) as draft:
            repaired = _rewrite(path, draft, report)
            put_new(out, draft)
    except OSError as error:
        raise ProjectError(
            f"The new project {out} cannot be written ({error.strerror or error}): check its folder and the disk."
        ) from error
    return repaired


def _rewrite(path: Path, draft: Path, report: Report) -> Repair:
    damaged = _opened(path)
    target = sqlite3.connect(draft, isolation_level=None)
    repaired = Repair({}, [])
    try:
        target.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrate(target, 0)
        # References are corrected when all rows are there: a parent may come after its children.
        target.execute("PRAGMA foreign_keys = OFF")
        target.execute("BEGIN IMMEDIATE")
        texts: dict[int, str] = {}
        count = 0
        for table in _tables_of(damaged):
            for values in _readable_rows(damaged, table, repaired.notes):
                report(count)
                edit = _sound(table, values, texts, repaired.notes)
                if edit is not None and _written(target, edit, repaired.notes):
                    count += 1
                    if table == "document_text":
                        texts[edit.id] = values["text"]
        if not count:
            raise DamagedProject(f"No row of {path.name} can be read: there is nothing to save. Open a backup instead.")
        _complete(target, texts, repaired.notes)
        while _tied_up(target, repaired.notes):
            pass
        report(count)
        full_text_search.rebuild(target)
        report(count)
        change = Change(f"Repair {path.name}", tuple(_all_rows(target, repaired.saved)), step="")
        log.append(target, log.Tip(0, log.GENESIS), change, "")
        target.execute("COMMIT")
    finally:
        target.close()
        damaged.close()
    return repaired


def _opened(path: Path) -> sqlite3.Connection:
    connection = open_connection(path, "ro")
    # A damaged character must not cost its whole row.
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        # Without this, SQLite reads nothing from a file whose end is missing. The connection cannot write.
        connection.execute("PRAGMA writable_schema = ON")
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = set[str]()
        # Read as far as possible: SQLite knows the tables that it has read.
        with suppress(sqlite3.DatabaseError, UnicodeDecodeError):
            names.update(name for (name,) in tables)
    except sqlite3.Error as error:
        connection.close()
        raise DamagedProject(
            f"Nothing of {path.name} can be read ({said_in_brief(error)}): it is not an SQLite database any more. "
            "Open a backup instead."
        ) from error
    if "document_text" not in names:
        connection.close()
        raise NotAProject(f"{path.name} holds no table of an Annotator project: there is nothing to save.")
    return connection


def _tables_of(damaged: sqlite3.Connection) -> list[str]:
    """Return the tables to look for, in the order in which they are written; a file of an older version has fewer."""
    version = damaged.execute("PRAGMA user_version").fetchone()[0]
    held = {name for _, name, _ in expected_schema(version if 1 <= version <= VERSION else VERSION)}
    return [table for table in rows.ORDER if table in held]


def _readable_rows(damaged: sqlite3.Connection, table: str, notes: list[str]) -> Iterator[dict[str, Any]]:
    """Yield rows of a table from both ends, so that one unreadable page costs only its own rows."""
    shape = rows.shapes()[table]
    seen: set[int] = set()
    for direction in ("ASC", "DESC"):
        try:
            cursor = damaged.execute(f'SELECT rowid, * FROM "{table}" NOT INDEXED ORDER BY rowid {direction}')
            columns = [column[0] for column in cursor.description][1:]
            for id, *row in cursor:
                if id in seen:
                    return
                seen.add(id)
                held = {c: _as_text(v) for c, v in zip(columns, row, strict=True) if c in shape.columns}
                try:
                    yield {column: shape.decoded_value(column, value) for column, value in held.items()} | {"id": id}
                except (ValueError, TypeError) as error:
                    notes.append(f"The {table} {id} is lost: it cannot be read ({said_in_brief(error)}).")
            return
        except (sqlite3.Error, UnicodeDecodeError) as error:
            notes.append(f"Some rows of {table} cannot be read ({said_in_brief(error)}).")


def _as_text(value: Any) -> Any:
    """Return a value of the damaged file; bytes are decoded as the text that they probably were."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _sound(table: str, values: dict[str, Any], texts: dict[int, str], notes: list[str]) -> Edit | None:
    """Return the row as it may be written, corrected where that is safe; None with a note where it is lost."""
    id = values["id"]
    for column in sorted(rows.TIME_COLUMNS):
        if isinstance(stated := values.get(column), str) and not utc_time(stated):
            what = f"The {column} of {table} {id} ({elided(stated, 60)!r}) is not a time"
            notes.append(f"{what}: that of the repair takes its place.")
            values[column] = now()
    try:
        if table == "document_text":
            values["text"] = canonical(values["text"])
        elif table == "document":
            if id not in texts:
                notes.append(f"Document {id} ({values['title']}) is lost: its text cannot be read.")
                return None
            if sha256(texts[id]) != values["text_sha256"]:
                notes.append(f"The text of document {id} ({values['title']}) is not the one that was imported.")
                values["text_sha256"] = sha256(texts[id])
            if values.get("version_of") not in texts:
                values["version_of"] = None
        elif table == "annotation":
            return _anchored(values, texts, notes)
        elif table == "bookmark" and values["position"] > len(texts.get(values["document_id"], "")):
            notes.append(f"Bookmark {id} is lost: its place in document {values['document_id']} is not there.")
            return None
        return Edit(table, id, None, values)
    except (AnnotatorError, KeyError, TypeError, ValueError, AttributeError) as error:
        notes.append(f"The {table} {id} is lost: it is damaged ({said_in_brief(error)}).")
        return None


def _anchored(values: dict[str, Any], texts: dict[int, str], notes: list[str]) -> Edit | None:
    id, text = values["id"], texts.get(values["document_id"])
    if text is None:
        notes.append(f"Annotation {id} is lost: its document {values['document_id']} cannot be read.")
        return None
    start, end, quote = values["start"], values["end"], values["quote"]
    shift = 0
    if not 0 <= start < end or text[start:end] != quote:
        found = find_quote(text, quote, values["prefix"], values["suffix"], start)
        if found is None:
            notes.append(f"Annotation {id} is lost: its quote {quote[:60]!r} is not in the text.")
            return None
        notes.append(f"Annotation {id} was moved from {start}-{end} to {found.start}-{found.end}, where its quote is.")
        shift = found.start - start
        start, end = values["start"], values["end"] = found
        values["prefix"], values["suffix"] = context_of(text, Span(start, end))
    for part in ("fragments", "cue", "mention"):
        values[part] = _moved(values[part], shift, len(text))
    pairs = values["fragments"]
    if not pairs or (pairs[0][0], pairs[-1][1]) != (start, end):
        notes.append(f"The fragments of annotation {id} cannot be read: it covers {start}-{end} as a whole now.")
        values["fragments"] = [[start, end]]
    return Edit("annotation", id, None, values)


def _moved(pairs: Any, shift: int, length: int) -> list[list[int]]:
    """Return spans shifted by ``shift``; none where they do not lie in the text."""
    try:
        return [[start, end] for start, end in checked_fragments([(s + shift, e + shift) for s, e in pairs], length)]
    except (AnnotatorError, TypeError, ValueError):
        return []


def _written(target: sqlite3.Connection, edit: Edit, notes: list[str]) -> bool:
    try:
        rows.write(target, [edit])
    except (sqlite3.DatabaseError, InvalidValue, OverflowError, UnicodeEncodeError, RecursionError) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise
        notes.append(f"The {edit.table} {edit.id} is lost: {said_in_brief(error).rstrip('.')}.")
        return False
    return True


def _complete(target: sqlite3.Connection, texts: dict[int, str], notes: list[str]) -> None:
    """Add a missing project row, and a document for each text that has none."""
    if target.execute("SELECT count(*) FROM project").fetchone() == (0,):
        values = {"uid": new_uid(), "title": "Repaired project", "created_at": now()}
        rows.write(target, [Edit("project", 1, None, values)])
    described = {id for (id,) in target.execute("SELECT id FROM document")}
    for id in texts.keys() - described:
        title = texts[id].split("\n", 1)[0][:120] or f"Document {id}"
        values = {"uid": new_uid(), "title": title, "text_sha256": sha256(texts[id]), "imported_at": now()}
        rows.write(target, [Edit("document", id, None, values)])
        notes.append(f"The data of document {id} cannot be read; its text was saved.")


def _tied_up(target: sqlite3.Connection, notes: list[str]) -> bool:
    """Correct references to lost rows; return True where there were any, because other rows may refer to the changed
    ones.
    """
    dangling = target.execute("PRAGMA foreign_key_check").fetchall()
    for table, id, parent, number in dangling:
        column = next(row[3] for row in target.execute(f'PRAGMA foreign_key_list("{table}")') if row[0] == number)
        lost = target.execute(f'SELECT "{column}" FROM "{table}" WHERE id = ?', (id,)).fetchone()
        if lost is None or target.execute(f'SELECT 1 FROM "{parent}" WHERE id = ?', lost).fetchone():
            continue
        stands_in = _STANDS_IN.get(parent)
        if stands_in is None or not isinstance(lost[0], int):
            target.execute(f'DELETE FROM "{table}" WHERE id = ?', (id,))
            notes.append(f"The {table} {id} is lost: the {parent} that it belongs to cannot be read.")
            continue
        values = {key: value.format(id=lost[0]) if key == "name" else value for key, value in stands_in.items()}
        if not _written(target, Edit(parent, lost[0], None, {"uid": new_uid(), **values}), notes):
            values["name"] = f"{values['name']} {new_uid()[-8:]}"
            rows.write(target, [Edit(parent, lost[0], None, {"uid": new_uid(), **values})])
        notes.append(f"The {parent} {lost[0]} cannot be read: it is called {values['name']!r} now.")
    return bool(dangling)


def _all_rows(target: sqlite3.Connection, saved: dict[str, int]) -> Iterator[Edit]:
    """Yield every row of the new file, except texts, as the edit that made it; count them in ``saved``."""
    for table in rows.ORDER:
        shape = rows.shapes()[table]
        saved[table] = target.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        if table == "document_text":
            continue
        quoted = ", ".join(f'"{column}"' for column in shape.columns)
        for row in target.execute(f'SELECT {quoted} FROM "{table}" ORDER BY id'):
            values = shape.decoded(row)
            yield Edit(table, values["id"], None, values)
