"""What is declared of a view: its title, where it is placed, its menu entry, and how it is built."""

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

READ = "read"
"""The id of the page with the text; any other page has the id of its view."""

V_co = TypeVar("V_co", bound=QWidget, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ViewSpec(Generic[V_co]):
    """A view: its id, its title, where it is placed, and its menu entry.

    ``build`` makes it from the workspace and a parent. ``area``: the side of the text where its dock is placed at
    first; None for a view that has a page of its own. ``shown`` is False for views that are opened when wanted, which
    are built after the first paint, or when they are asked for. ``has_peek``: its page shows the chosen place in its
    text at the side.
    """

    id: str
    title: str
    area: Qt.DockWidgetArea | None
    build: "Callable[[Workspace, QWidget], V_co]"
    help: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    shown: bool = True
    has_peek: bool = False

    @property
    def is_page(self) -> bool:
        """Whether the view has a page of its own."""
        return self.area is None
