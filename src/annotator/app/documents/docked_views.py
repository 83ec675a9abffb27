"""The views of documents that have a dock in the window; each is imported when it is built."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.views.view_spec import Bottom, Left, ViewSpec

if TYPE_CHECKING:
    from annotator.app.documents.bookmarks_view import BookmarksView
    from annotator.app.documents.document_list import DocumentListView


def _build_documents(workspace: Workspace, parent: QWidget) -> "DocumentListView":
    from annotator.app.documents.document_list import DocumentListView

    return DocumentListView(workspace, parent)


def _build_bookmarks(workspace: Workspace, parent: QWidget) -> "BookmarksView":
    from annotator.app.documents.bookmarks_view import BookmarksView

    return BookmarksView(workspace, parent)


DOCUMENTS = ViewSpec(
    id="documents",
    title="Documents",
    area=Left,
    build=_build_documents,
    help="All documents.",
    keys=("F7",),
    icon="document",
)
BOOKMARKS = ViewSpec(
    id="bookmarks",
    title="Bookmarks",
    area=Bottom,
    build=_build_bookmarks,
    help="Places to come back to.",
    icon="bookmark",
    shown=False,
)
