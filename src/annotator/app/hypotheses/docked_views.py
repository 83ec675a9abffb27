"""The views of hypotheses that have a dock in the window; each is imported when it is built."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.views.view_spec import ViewSpec

if TYPE_CHECKING:
    from annotator.app.hypotheses.hypotheses_view import HypothesesView


def _build_hypotheses(workspace: Workspace, parent: QWidget) -> "HypothesesView":
    from annotator.app.hypotheses.hypotheses_view import HypothesesView

    return HypothesesView(workspace, parent)


HYPOTHESES = ViewSpec(
    id="hypotheses",
    title="Hypotheses",
    area=None,
    build=_build_hypotheses,
    help="Competing hypotheses by evidence, and what speaks against each.",
    keys=("Ctrl+6",),
    icon="split",
    shown=False,
    has_peek=True,
)
