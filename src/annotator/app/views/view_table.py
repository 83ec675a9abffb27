"""The table of views: what the window is made of. A new view is one file and one line here.

The dock, its entry in the View menu, its key and its place in the palette all come from the line.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from annotator.app.state.workspace import Workspace

Left, Right, Bottom = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)


class ViewSpec(NamedTuple):
    """A view: the id of its dock, its title, where it stands at first, the class that is it, and its menu entry.

    The class takes the workspace and a parent. ``shown`` is False for views that are opened when wanted, which are
    built after the first paint, or when they are asked for. ``is_tall``: it has much to show, and gets half of the
    window where it would have less. ``hears_keys``: its table is a place for the keys of the text.
    """

    id: str
    title: str
    area: Qt.DockWidgetArea
    class_path: str
    help: str
    key: str = ""
    icon: str = ""
    shown: bool = True
    is_tall: bool = False
    hears_keys: bool = False

    def build(self, workspace: "Workspace", parent: QWidget) -> QWidget:
        module, _, name = self.class_path.partition(":")
        factory: Callable[[Workspace, QWidget], QWidget] = getattr(import_module(f"annotator.app.{module}"), name)
        return factory(workspace, parent)


VIEWS = (
    ViewSpec(
        "documents", "Documents", Left, "documents.document_list:DocumentListView", "All documents.", "F7", "document"
    ),
    ViewSpec(
        "labels", "Labels", Right, "labels.label_palette:LabelPalette", "The labels with their keys.", "", "label"
    ),
    ViewSpec(
        "inspector",
        "Inspector",
        Right,
        "annotations.inspector:Inspector",
        "The fields of the annotation.",
        "F8",
        "inspector",
    ),
    ViewSpec(
        "annotations",
        "Annotations",
        Bottom,
        "annotations.annotation_table:AnnotationTableView",
        "The annotations of the document.",
        "F9",
        "table",
        hears_keys=True,
    ),
    ViewSpec(
        "suggestions",
        "Suggestions",
        Bottom,
        "suggestions.suggestions_view:SuggestionsView",
        "What waits for an answer, by place or by score.",
        "Shift+F9",
        "suggest",
        shown=False,
        hears_keys=True,
    ),
    ViewSpec(
        "search",
        "Search results",
        Bottom,
        "search.search_results:SearchResults",
        "Hits in context.",
        "",
        "search",
        shown=False,
    ),
    ViewSpec(
        "concordance",
        "Concordance",
        Bottom,
        "search.concordance_view:ConcordanceView",
        "Every place of some words or of a label, in context.",
        "",
        "concordance",
        shown=False,
    ),
    ViewSpec(
        "sources",
        "Sources",
        Bottom,
        "sources.source_table:SourceTableView",
        "The registry of sources, how each was judged, and how right it was.",
        "F10",
        "source",
        False,
        True,
    ),
    ViewSpec(
        "claims",
        "Claims",
        Bottom,
        "claims.claims_view:ClaimsView",
        "Claims across documents, who states them, and what became of them.",
        "F12",
        "relation",
        False,
        True,
    ),
    ViewSpec(
        "hypotheses",
        "Hypotheses",
        Bottom,
        "hypotheses.hypotheses_view:HypothesesView",
        "Competing hypotheses by evidence, and what speaks against each.",
        "",
        "split",
        False,
        True,
    ),
    ViewSpec(
        "dashboard",
        "Dashboard",
        Bottom,
        "reports.dashboard_view:DashboardView",
        "The work as a whole: labels, grades, unnamed sources, coverage and speed.",
        "",
        "grade",
        False,
        True,
    ),
    ViewSpec(
        "guideline",
        "Guideline",
        Right,
        "labels.guideline_view:GuidelinePanel",
        "What each label means.",
        "F2",
        "guideline",
        False,
    ),
    ViewSpec(
        "bookmarks",
        "Bookmarks",
        Bottom,
        "documents.bookmarks_view:BookmarksView",
        "Places to come back to.",
        "",
        "bookmark",
        False,
    ),
    ViewSpec(
        "history",
        "History",
        Right,
        "projects.history_view:HistoryView",
        "Every change, newest first.",
        "",
        "history",
        False,
    ),
)
