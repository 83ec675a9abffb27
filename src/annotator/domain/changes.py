"""Changes: each is one undoable action of a user and consists of edits, one row before and after."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from annotator.domain.dates import utc_text
from annotator.domain.wording import with_full_stop

Values = Mapping[str, Any]
"""Column values of a row. Lists and dicts are JSON columns."""


_EDITS_PER_PORTION = 100
"""Edits that are freed in one step."""

_VERSION_7 = 0x7 << 76 | 0b10 << 62
_RANDOM_BITS = 0xFFF << 64 | (1 << 62) - 1
"""The bits of a UUID of version 7 that give version and variant, and the random ones."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One row before and after.

    Where ``before`` is None, the edit creates the row, and ``after`` has all its columns; where ``after`` is None, it
    removes the row, and ``before`` has all its columns once the edit is written; otherwise both have only the columns
    that change.
    """

    table: str
    id: int
    before: Values | None
    after: Values | None

    def inverse(self) -> "Edit":
        """Return the edit that takes this one back. A document is never removed: it is moved to the trash."""
        if self.table == "document" and self.before is None:
            # Its source may have been added with it and will be removed: a document in the trash must not prevent that.
            source_id = (self.after or {}).get("source_id")
            before, after = {"trashed_at": None, "source_id": source_id}, {"trashed_at": now(), "source_id": None}
            return Edit("document", self.id, before, after)
        return Edit(self.table, self.id, self.after, self.before)


@dataclass(frozen=True, slots=True)
class Change:
    """One undoable user action: a title and its edits.

    Changes with the same ``step`` that follow one another are undone together; work that writes in chunks gives them
    all one step. An empty step marks a change that is not an action of a user, such as a new annotator: undo skips it.
    """

    title: str
    edits: tuple[Edit, ...] = ()
    step: str = field(default_factory=lambda: os.urandom(16).hex())

    @property
    def sentence(self) -> str:
        """The title as a sentence; one that ends with a quotation that has a full stop gets no second one."""
        return with_full_stop(self.title)

    def inverse(self) -> "Change":
        """Return the change that takes this one back."""
        edits = tuple(edit.inverse() for edit in reversed(self.edits) if edit.table != "document_text")
        return Change(self.title, edits, self.step)

    def brief(self) -> "Change":
        """Return the change with only the documents of its annotations: what subscribers get for a step of very
        many.
        """
        places: dict[int, Values] = {}

        def cut(values: Values | None) -> Values | None:
            if values is None or "document_id" not in values:
                return values and {}
            return places.setdefault(values["document_id"], {"document_id": values["document_id"]})

        edits = (e if e.table != "annotation" else Edit(e.table, e.id, cut(e.before), cut(e.after)) for e in self.edits)
        return Change(self.title, tuple(edits), self.step)

    def edits_of(self, table: str) -> list[Edit]:
        """Return the edits of the rows of a table, in their order."""
        return [edit for edit in self.edits if edit.table == table]

    def tables(self) -> frozenset[str]:
        """Return the names of the tables that the change touches."""
        return frozenset(edit.table for edit in self.edits)


def free_edits(edits: list[Edit]) -> None:
    """Empty a list of very many edits in portions.

    Freeing a hundred thousand rows in one step blocks the interpreter, and with it the window, for a sixth of a second.
    """
    while edits:
        del edits[-_EDITS_PER_PORTION:]


def now() -> str:
    """Return the present time in UTC, ISO 8601 with milliseconds and ``Z``."""
    return utc_text(datetime.now(UTC))


def new_uid() -> str:
    """Return a uid that no other project will use: a UUID of version 7 (RFC 9562, 5.7) in 32 hexadecimal digits.

    It begins with the time, so that rows that are made together are neighbours in the index of uids. The index is then
    as fast to write in a large project as in a small one; random uids would each touch another page.
    """
    milliseconds = time.time_ns() // 1_000_000
    random_bits = int.from_bytes(os.urandom(10))
    return f"{milliseconds << 80 | random_bits & _RANDOM_BITS | _VERSION_7:032x}"
