"""The views of search that have a dock in the window; each is imported when it is built."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.views.view_spec import Bottom, ViewSpec

if TYPE_CHECKING:
    from annotator.app.search.concordance_view import ConcordanceView
    from annotator.app.search.search_results import SearchResults


def _build_search(workspace: Workspace, parent: QWidget) -> "SearchResults":
    from annotator.app.search.search_results import SearchResults

    return SearchResults(workspace, parent)


def _build_concordance(workspace: Workspace, parent: QWidget) -> "ConcordanceView":
    from annotator.app.search.concordance_view import ConcordanceView

    return ConcordanceView(workspace, parent)


SEARCH = ViewSpec(
    id="search",
    title="Search results",
    area=Bottom,
    build=_build_search,
    help="Hits in context.",
    icon="search",
    shown=False,
)
CONCORDANCE = ViewSpec(
    id="concordance",
    title="Concordance",
    area=Bottom,
    build=_build_concordance,
    help="Every place of some words or of a label, in context.",
    icon="concordance",
    shown=False,
)
