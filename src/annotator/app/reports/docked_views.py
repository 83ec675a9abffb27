"""The views of reports that have a dock in the window; each is imported when it is built."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.views.view_spec import ViewSpec

if TYPE_CHECKING:
    from annotator.app.reports.dashboard_view import DashboardView


def _build_dashboard(workspace: Workspace, parent: QWidget) -> "DashboardView":
    from annotator.app.reports.dashboard_view import DashboardView

    return DashboardView(workspace, parent)


DASHBOARD = ViewSpec(
    id="dashboard",
    title="Dashboard",
    area=None,
    build=_build_dashboard,
    help="The work as a whole: labels, grades, unnamed sources, coverage and speed.",
    keys=("Ctrl+7",),
    icon="dashboard",
    shown=False,
)
