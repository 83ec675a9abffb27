"""What is declared of a view in a dock: its title, where it is placed at first, its menu entry, and how it is built."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from annotator.app.state.workspace import Workspace

Left, Right, Bottom = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)

V_co = TypeVar("V_co", bound=QWidget, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ViewSpec(Generic[V_co]):
    """A view: the id of its dock, its title, where it is placed at first, and its menu entry.

    ``build`` makes it from the workspace and a parent. ``shown`` is False for views that are opened when wanted, which
    are built after the first paint, or when they are asked for. ``is_tall``: it has much to show, and gets half of the
    window where it would have less.
    """

    id: str
    title: str
    area: Qt.DockWidgetArea
    build: "Callable[[Workspace, QWidget], V_co]"
    help: str
    key: str = ""
    icon: str = ""
    shown: bool = True
    is_tall: bool = False
