"""Searching: words through the full-text index, exact text through a scan with a time limit."""

from collections.abc import Callable
from itertools import chain

from annotator.domain.errors import Cancelled
from annotator.domain.records import SearchHit
from annotator.nlp.text.lemmas import word_forms
from annotator.nlp.text.text_search import SECONDS, Finder, Query
from annotator.store.project import Project
from annotator.store.queries import full_text_search as index


def search(
    project: Project,
    query: str,
    *,
    regex: bool = False,
    whole_word: bool = False,
    match_case: bool = False,
    limit: int = 50,
    prefix: bool = False,
    per_document: int = 3,
    seconds: float = SECONDS,
    cancelled: Callable[[], bool] | None = None,
) -> list[SearchHit]:
    """Return the first ``limit`` hits with their context. Raise InvalidValue for an expression that cannot be used.

    Without an option the words of ``query`` must all occur, in any order. With ``regex``, ``whole_word`` or
    ``match_case`` it is searched for literally, in every text. ``seconds``: time limit of a regular expression for one
    document. Raise Cancelled when ``cancelled`` returns true during the scan.
    """
    if regex or whole_word or match_case:
        finder = Finder(Query(query, whole_word, match_case, regex), seconds=seconds)
        return _scan(project, finder, limit, per_document, cancelled or (lambda: False))
    return project.read.search.hits(query, limit, prefix=prefix, per_document=per_document)


def finder_of(query: Query) -> Finder:
    """Return the function that finds ``query`` in texts. Raise InvalidValue.

    A query for lemmas loads spaCy here, which takes seconds: a window calls ``nlp.text.lemmas`` in another process
    instead.
    """
    return Finder(query, word_forms(query.words) if query.lemma else ())


def _scan(
    project: Project, finder: Finder, limit: int, per_document: int, cancelled: Callable[[], bool]
) -> list[SearchHit]:
    hits: list[SearchHit] = []
    for id, title, text in project.read.documents.texts():
        if len(hits) >= limit:
            break
        if cancelled():
            raise Cancelled("The search was cancelled.")
        # Not where nothing is found: such documents would count as hits in the title.
        found = finder.spans(text, cancelled)
        if (first := next(found, None)) is not None:
            places = chain((first,), found)
            hits.extend(index.hits_in(id, title, text, places, min(per_document, limit - len(hits))))
    return hits
