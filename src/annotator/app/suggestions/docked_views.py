"""The views of suggestions that have a dock in the window; each is imported when it is built."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.views.view_spec import Bottom, ViewSpec

if TYPE_CHECKING:
    from annotator.app.suggestions.suggestions_view import SuggestionsView


def _build_suggestions(workspace: Workspace, parent: QWidget) -> "SuggestionsView":
    from annotator.app.suggestions.suggestions_view import SuggestionsView

    return SuggestionsView(workspace, parent)


SUGGESTIONS = ViewSpec(
    id="suggestions",
    title="Suggestions",
    area=Bottom,
    build=_build_suggestions,
    help="What waits for an answer, by place or by score.",
    keys=("Shift+F9",),
    icon="suggest",
    shown=False,
)
