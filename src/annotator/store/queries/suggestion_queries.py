"""Queries on suggestions: which are open, and how they were answered."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from annotator.domain.conditions import EVERYWHERE, SuggestionBounds
from annotator.domain.records import (
    AnswerRecord,
    SuggestionRecord,
)
from annotator.store.queries.base import Connect, Queries, among
from annotator.store.queries.document_queries import DocumentQueries


def _alike(o: str, parts: int) -> str:
    """Return SQL: whether a suggestion and another row share at least one of so many ``parts`` of the longer of the
    two.
    """
    own, other = 's."end" - s.start', f'{o}."end" - {o}.start'
    shared = f'min({o}."end", s."end") - max({o}.start, s.start)'
    # A row that shares so much is at most that many times as long as the suggestion, which an index of starts uses.
    near = f'{o}.start BETWEEN s.start - {parts} * ({own}) AND s."end"'
    return f"{o}.document_id = s.document_id AND {near} AND {parts} * ({shared}) >= max({other}, {own})"


OPEN = (
    "suggestion s JOIN document d ON d.id = s.document_id AND d.trashed_at IS NULL "
    f"WHERE NOT EXISTS (SELECT 1 FROM annotation a WHERE {_alike('a', 3)}) "
    f"AND NOT EXISTS (SELECT 1 FROM answer r WHERE r.verdict = 'rejected' AND {_alike('r', 2)}) "
)
"""SQL: the suggestions that wait for an answer, as ``s``.

One that shares a third with an annotation has been answered by it, whoever made that; one that shares half with a
rejected one is the same again, whatever its label is now. Documents in the trash are left out.
"""

_SELECT = (
    "SELECT s.id, s.document_id, s.label_id, (SELECT name FROM label WHERE id = s.label_id) AS label, s.start, "
    "s.\"end\", '' AS quote, s.fragments, s.cue, s.mention, s.source, s.features, s.score, s.engine, s.rule, s.reason"
)

_ORDERS = {
    "place": 's.document_id, s.start, s."end" DESC, s.id',
    "surest": "s.score DESC, s.id DESC",
    "weakest": "s.score, s.id",
    "least sure": "abs(s.score - 0.5), s.id",
}


def _within(bounds: SuggestionBounds, by_score: bool = True) -> tuple[str, list[Any]]:
    """Return SQL for bounds, and its values; a unary plus keeps SQLite from using the index of scores where it does not
    help.
    """
    documents, values = among("s.document_id", bounds.document_ids)
    labels, more = among("s.label_id", bounds.label_ids)
    score = "s.score" if by_score and bounds.document_ids is None else "+s.score"
    return f"{score} >= ? AND {documents} AND {labels}", [bounds.least, *values, *more]


class SuggestionQueries(Queries):
    """Queries on suggestions and their answers."""

    def __init__(self, connect: Connect) -> None:
        super().__init__(connect)
        self._texts = DocumentQueries(connect)

    def unread_documents(self, made_with: str, document_ids: Iterable[int] | None = None) -> list[int]:
        """Return the documents outside the trash for which ``made_with`` has proposed nothing yet: all, or of
        ``document_ids``.
        """
        where, values = among("d.id", document_ids)
        cursor = self._rows(
            "SELECT d.id FROM document d LEFT JOIN suggestion_run r ON r.document_id = d.id AND r.made_with = ? "
            f"WHERE d.trashed_at IS NULL AND r.document_id IS NULL AND {where} ORDER BY d.id",
            (made_with, *values),
        )
        return [id for (id,) in cursor]

    def count(self, bounds: SuggestionBounds, most: int) -> int:
        """Return how many open suggestions there are, at most ``most``: counting very many takes too long for a key
        press.
        """
        where, values = _within(bounds)
        found = self._row(f"SELECT count(*) FROM (SELECT 1 FROM {OPEN} AND {where} LIMIT ?)", (*values, most))
        return int(found[0])

    def is_any_read(self) -> bool:
        """Return whether any document has been read for suggestions."""
        return self._row("SELECT 1 FROM suggestion_run LIMIT 1") is not None

    def open(
        self, bounds: SuggestionBounds = EVERYWHERE, *, by: str = "place", limit: int = -1
    ) -> list[SuggestionRecord]:
        """Return the open suggestions within ``bounds``.

        ``by``: ``place``; the ``surest`` first, or the ``weakest``; or the ``least sure``, those nearest to one half.
        """
        where, values = _within(bounds, by_score=by != "place")
        # From one half on, those nearest to it are the weakest, which an index finds.
        order = _ORDERS["weakest" if by == "least sure" and bounds.least >= 0.5 else by]
        return self._with_quotes(f"{OPEN} AND {where} ORDER BY {order} LIMIT ?", (*values, limit))

    def all(self, bounds: SuggestionBounds) -> list[SuggestionRecord]:
        """Return all suggestions within ``bounds``, answered or not: an evaluation must not depend on the answers."""
        where, values = _within(bounds, by_score=False)
        every = f"suggestion s JOIN document d ON d.id = s.document_id AND d.trashed_at IS NULL WHERE {where}"
        return self._with_quotes(f"{every} ORDER BY {_ORDERS['place']}", values)

    def one(self, id: int) -> SuggestionRecord | None:
        """Return one open suggestion; None where it is answered or gone."""
        found = self._with_quotes(f"{OPEN} AND s.id = ?", (id,))
        return found[0] if found else None

    def counts(self, bounds: SuggestionBounds = EVERYWHERE) -> dict[int, int]:
        """Return how many open suggestions each label has, by its id."""
        where, values = _within(bounds)
        return dict(self._rows(f"SELECT s.label_id, count(*) FROM {OPEN} AND {where} GROUP BY 1", values))

    def answers(
        self,
        *,
        document_ids: Iterable[int] | None = None,
        annotation_ids: Iterable[int] | None = None,
        trashed: bool = False,
    ) -> Iterator[AnswerRecord]:
        """Return the answers, in the order of answering: all, those in some documents, or those that led to some
        annotations.
        """
        where, values = among("r.document_id", document_ids)
        also, more = among("r.annotation_id", annotation_ids)
        query = (
            "SELECT r.id, r.uid, r.document_id, r.annotation_id, r.verdict, r.label, r.fragments, r.cue, r.mention, "
            "r.score, r.engine, r.rule, r.reason, p.name, r.created_at FROM answer r "
            "JOIN annotator p ON p.id = r.annotator_id JOIN document d ON d.id = r.document_id "
            f"WHERE (? OR d.trashed_at IS NULL) AND {where} AND {also} ORDER BY r.id"
        )
        return self._records(AnswerRecord, query, [trashed, *values, *more], table="answer")

    def _with_quotes(self, rest: str, values: Sequence[Any]) -> list[SuggestionRecord]:
        """Return suggestions with their quotes.

        SQLite would scan a long text again for each of them, so it is read once.
        """
        found: list[SuggestionRecord] = []
        text, text_of = "", 0
        for one in self._records(SuggestionRecord, f"{_SELECT} FROM {rest}", values, table="suggestion"):
            if one.document_id != text_of:
                text, text_of = self._texts.text(one.document_id), one.document_id
            if not 0 <= one.start < one.end <= len(text):
                self._leave_out("suggestion", one.id)
                continue
            found.append(one._replace(quote=text[one.start : one.end]))
        return found
