"""A query made ready to be looked for, as part of a job: the forms of its words come from another process."""

from collections.abc import Callable

from annotator.app.worker import in_process
from annotator.nlp.finding import Finder, Forms, Query
from annotator.nlp.lemmas import word_forms

_known: dict[str, Forms] = {}


def finder_for(query: Query, progress: Callable[[int, int, str], None], cancelled: Callable[[], bool]) -> Finder:
    """The Finder of ``query``. The first time that forms of its words are asked for takes some seconds.

    Raises InvalidValue, and Cancelled once ``cancelled`` says so.
    """
    if query.lemma and query.words not in _known:
        _known[query.words] = in_process(word_forms, progress, cancelled, query.words)
    return Finder(query, _known[query.words] if query.lemma else ())
