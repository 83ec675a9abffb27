"""A query made ready to be looked for, as part of a job: the forms of its words come from another process."""

from collections.abc import Callable

from annotator.app.background.worker_process import in_process
from annotator.nlp.text.lemmas import word_forms
from annotator.nlp.text.text_search import Finder, Forms, Query

_known: dict[str, Forms] = {}


def finder_for(query: Query, progress: Callable[[int, int, str], None], cancelled: Callable[[], bool]) -> Finder:
    """The Finder of ``query``. The first time that forms of its words are asked for takes some seconds.

    Raises InvalidValue, and Cancelled once ``cancelled`` says so.
    """
    if query.lemma and query.words not in _known:
        _known[query.words] = in_process(word_forms, progress, cancelled, query.words)
    return Finder(query, _known[query.words] if query.lemma else ())
