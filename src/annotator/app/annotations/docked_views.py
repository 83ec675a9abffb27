"""The views of annotations that have a dock in the window; each is imported when it is built."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.views.view_spec import Bottom, Right, ViewSpec

if TYPE_CHECKING:
    from annotator.app.annotations.annotation_table import AnnotationTableView
    from annotator.app.annotations.inspector.inspector import Inspector


def _build_inspector(workspace: Workspace, parent: QWidget) -> "Inspector":
    from annotator.app.annotations.inspector.inspector import Inspector

    return Inspector(workspace, parent)


def _build_annotations(workspace: Workspace, parent: QWidget) -> "AnnotationTableView":
    from annotator.app.annotations.annotation_table import AnnotationTableView

    return AnnotationTableView(workspace, parent)


INSPECTOR = ViewSpec(
    id="inspector",
    title="Inspector",
    area=Right,
    build=_build_inspector,
    help="The fields of the annotation.",
    keys=("F8",),
    icon="inspector",
)
ANNOTATIONS = ViewSpec(
    id="annotations",
    title="Annotations",
    area=Bottom,
    build=_build_annotations,
    help="The annotations of the document.",
    keys=("F9",),
    icon="table",
)
