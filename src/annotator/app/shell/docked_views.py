"""The views of the window in their order: that of the View menu and of the docks."""

from PySide6.QtWidgets import QWidget

from annotator.app.annotations.docked_views import ANNOTATIONS, INSPECTOR
from annotator.app.claims.docked_views import CLAIMS
from annotator.app.documents.docked_views import BOOKMARKS, DOCUMENTS
from annotator.app.hypotheses.docked_views import HYPOTHESES
from annotator.app.labels.docked_views import GUIDELINE, LABELS
from annotator.app.projects.docked_views import HISTORY
from annotator.app.reports.docked_views import DASHBOARD
from annotator.app.search.docked_views import CONCORDANCE, SEARCH
from annotator.app.sources.docked_views import SOURCES
from annotator.app.suggestions.docked_views import SUGGESTIONS
from annotator.app.views.view_spec import ViewSpec

VIEWS: tuple[ViewSpec[QWidget], ...] = (
    DOCUMENTS,
    LABELS,
    INSPECTOR,
    ANNOTATIONS,
    SUGGESTIONS,
    SEARCH,
    CONCORDANCE,
    SOURCES,
    CLAIMS,
    HYPOTHESES,
    DASHBOARD,
    GUIDELINE,
    BOOKMARKS,
    HISTORY,
)
