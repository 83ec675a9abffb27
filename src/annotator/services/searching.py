"""Searching: words through the full-text index, patterns through a scan with a time limit."""

from collections.abc import Callable, Iterator
from itertools import chain

from annotator.domain.errors import Cancelled, InvalidValue
from annotator.domain.records import SearchHit
from annotator.domain.spans import Span
from annotator.store import queries
from annotator.store import search as index
from annotator.store.project import Project

REGEX_SECONDS = 5.0
"""How long a regular expression may work on one document."""


def search(
    project: Project,
    query: str,
    *,
    regex: bool = False,
    limit: int = 50,
    prefix: bool = False,
    per_document: int = 3,
    seconds: float = REGEX_SECONDS,
    cancelled: Callable[[], bool] | None = None,
) -> list[SearchHit]:
    """The first ``limit`` hits with their context. Raises InvalidValue for an expression that cannot be used.

    ``seconds``: how long a regular expression may work on one document. ``cancelled`` is asked between documents of
    such a scan; then it raises Cancelled.
    """
    if regex:
        return _search_regex(project, query, limit, per_document, seconds, cancelled or (lambda: False))
    with project.reading() as connection:
        return index.search(connection, query, limit, prefix=prefix, per_document=per_document)


def _search_regex(
    project: Project,
    expression: str,
    limit: int,
    per_document: int,
    seconds: float,
    cancelled: Callable[[], bool],
) -> list[SearchHit]:
    import regex

    try:
        compiled = regex.compile(expression, regex.IGNORECASE | regex.MULTILINE)
    except (regex.error, OverflowError, RecursionError, MemoryError, ValueError) as error:
        raise InvalidValue(f"{expression!r} is no regular expression ({error}): correct it.") from error

    def spans(text: str) -> Iterator[Span]:
        for found in compiled.finditer(text, timeout=seconds):
            if found.end() > found.start():
                yield Span(found.start(), found.end())

    hits: list[SearchHit] = []
    try:
        with project.reading() as connection:
            for id, title, text in queries.texts(connection):
                if len(hits) >= limit:
                    break
                if cancelled():
                    raise Cancelled("The search was cancelled.")
                # Not where it matches nothing but empty places: those would pass for hits in the title.
                found = spans(text)
                if (first := next(found, None)) is not None:
                    places = chain((first,), found)
                    hits.extend(index.hits_in(id, title, text, places, min(per_document, limit - len(hits))))
    except TimeoutError:
        raise InvalidValue(
            f"The expression {expression!r} took over {seconds:g} seconds in one document: make it simpler."
        ) from None
    return hits
