"""The views of sources that have a dock in the window; each is imported when it is built."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.views.view_spec import ViewSpec

if TYPE_CHECKING:
    from annotator.app.sources.source_table import SourceTableView


def _build_sources(workspace: Workspace, parent: QWidget) -> "SourceTableView":
    from annotator.app.sources.source_table import SourceTableView

    return SourceTableView(workspace, parent)


SOURCES = ViewSpec(
    id="sources",
    title="Sources",
    area=None,
    build=_build_sources,
    help="The registry of sources, how each was judged, and how right it was.",
    keys=("F10", "Ctrl+5"),
    icon="source",
    shown=False,
    has_peek=True,
)
