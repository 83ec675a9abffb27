"""The views of projects that have a dock in the window; each is imported when it is built."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.views.view_spec import ViewSpec

if TYPE_CHECKING:
    from annotator.app.projects.history_view import HistoryView


def _build_history(workspace: Workspace, parent: QWidget) -> "HistoryView":
    from annotator.app.projects.history_view import HistoryView

    return HistoryView(workspace, parent)


HISTORY = ViewSpec(
    id="history",
    title="History",
    area=None,
    build=_build_history,
    help="Every change, newest first.",
    icon="history",
    shown=False,
)
