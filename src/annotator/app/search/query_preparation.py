"""The preparation of a query in a job: the forms of its words come from another process."""

from collections.abc import Callable

from annotator.app.background.worker_process import in_process
from annotator.nlp.text.lemmas import word_forms
from annotator.nlp.text.text_search import Finder, Forms, Query

_known: dict[str, Forms] = {}


def finder_for(query: Query, progress: Callable[[int, int, str], None], cancelled: Callable[[], bool]) -> Finder:
    """Return the Finder of ``query``. The first request for forms of words takes some seconds.

    Raise InvalidValue, and Cancelled once ``cancelled`` returns True.
    """
    if query.lemma and query.words not in _known:
        _known[query.words] = in_process(word_forms, progress, cancelled, query.words)
    return Finder(query, _known[query.words] if query.lemma else ())
