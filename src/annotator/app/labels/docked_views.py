"""The views of labels that have a dock in the window; each is imported when it is built."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.views.view_spec import Right, ViewSpec

if TYPE_CHECKING:
    from annotator.app.labels.guideline_view import GuidelinePanel
    from annotator.app.labels.label_palette import LabelPalette


def _build_labels(workspace: Workspace, parent: QWidget) -> "LabelPalette":
    from annotator.app.labels.label_palette import LabelPalette

    return LabelPalette(workspace, parent)


def _build_guideline(workspace: Workspace, parent: QWidget) -> "GuidelinePanel":
    from annotator.app.labels.guideline_view import GuidelinePanel

    return GuidelinePanel(workspace, parent)


LABELS = ViewSpec(
    id="labels",
    title="Labels",
    area=Right,
    build=_build_labels,
    help="The labels with their keys.",
    icon="label",
)
GUIDELINE = ViewSpec(
    id="guideline",
    title="Guideline",
    area=Right,
    build=_build_guideline,
    help="What each label means.",
    keys=("F2",),
    icon="guideline",
    shown=False,
)
