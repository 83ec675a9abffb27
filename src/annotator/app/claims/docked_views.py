"""The views of claims that have a dock in the window; each is imported when it is built."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.views.view_spec import ViewSpec

if TYPE_CHECKING:
    from annotator.app.claims.claims_view import ClaimsView


def _build_claims(workspace: Workspace, parent: QWidget) -> "ClaimsView":
    from annotator.app.claims.claims_view import ClaimsView

    return ClaimsView(workspace, parent)


CLAIMS = ViewSpec(
    id="claims",
    title="Claims",
    area=None,
    build=_build_claims,
    help="Claims across documents, who states them, and what became of them.",
    keys=("F12", "Ctrl+4"),
    icon="relation",
    shown=False,
    has_peek=True,
)
