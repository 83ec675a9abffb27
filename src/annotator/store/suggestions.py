"""Write suggestions to the project file.

They are made from the text and can be made again, so they are treated like the search index: written by the store, in
no log, and never undone. What an annotator answered is an ``answer``, which is logged like every other change.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from annotator.domain.changes import now
from annotator.domain.records import (
    Proposed,
)
from annotator.store import rows


def put(connection: sqlite3.Connection, proposed: Iterable[Proposed], made_with: str) -> None:
    """Replace what was proposed for these documents, inside the caller's transaction.

    Raise InvalidValue for a row outside its limits.
    """
    shape = rows.shapes()["suggestion"]
    timestamp = now()
    insert = shape.insert.replace('"id", ', "", 1).replace("?, ", "", 1)
    for document_id, found in proposed:
        connection.execute("DELETE FROM suggestion WHERE document_id = ?", (document_id,))
        # SQLite assigns the id; it is the first column.
        whole = [shape.row(shape.whole({**row, "document_id": document_id, "id": 1}))[1:] for row in found]
        connection.executemany(insert, whole)
        sums = checksums(document_id, made_with, timestamp, whole)
        connection.execute(
            "INSERT OR REPLACE INTO suggestion_run (document_id, made_with, made_at, checksums) VALUES (?, ?, ?, ?)",
            (document_id, made_with, timestamp, rows.encode(sums)),
        )


def checksums(document_id: int, made_with: str, made_at: str, suggestions: Iterable[Sequence[Any]]) -> dict[str, str]:
    """Return checksums of all suggestions for a document, by label, and of their run under ``run``.

    ``suggestions``: rows without their ids, as their columns hold them. Checksums are by label, because suggestions are
    removed with their label.
    """
    by_label: dict[str, list[str]] = {"run": [rows.encode([document_id, made_with, made_at])]}
    for row in suggestions:
        # The document is the first column and the label the second.
        by_label.setdefault(str(row[1]), []).append(rows.encode(list(row)))
    return {
        label: hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()[:32] for label, found in by_label.items()
    }
