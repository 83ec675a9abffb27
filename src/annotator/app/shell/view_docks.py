"""The docks of the window and their views, which are built when they are first needed."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from annotator.app.actions.registry import Actions
from annotator.app.shell.docked_views import VIEWS
from annotator.app.state.workspace import Workspace
from annotator.app.views.view_spec import Bottom, Right, ViewSpec

V = TypeVar("V", bound=QWidget)

_BY_ID = {spec.id: spec for spec in VIEWS}
_LOW = 0.35
"""The share of the window's height below which a tall pane is made higher when it is opened."""
_BUILT_WITH_THE_WINDOW = ("sources",)
"""Hidden views that are built at the start, because external scripts look up their tables by name."""
_BETWEEN_VIEWS = 50
"""Milliseconds without input between two views that are built ahead."""


class _Views(dict[str, QWidget]):
    """The views by id; a view is built at the first access."""

    def __init__(self, build: Callable[[str], QWidget]) -> None:
        super().__init__()
        self._build = build

    def __missing__(self, id: str) -> QWidget:
        return self._build(id)


class ViewDocks:
    """A dock for each view. Views that are initially shown are built immediately."""

    def __init__(self, window: QMainWindow, workspace: Workspace) -> None:
        self._window = window
        self._workspace = workspace
        self.views = _Views(self._build)
        self.docks: dict[str, QDockWidget] = {}
        self._connections: dict[str, list[Callable[[Any], object]]] = {}
        window.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks)
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        for spec in VIEWS:
            dock = self.docks[spec.id] = QDockWidget(spec.title, window)
            dock.setObjectName(f"dock.{spec.id}")
            window.addDockWidget(spec.area, dock)
            dock.setVisible(spec.shown)
            if spec.shown or spec.id in _BUILT_WITH_THE_WINDOW:
                self._build(spec.id)
            else:
                dock.visibilityChanged.connect(partial(self._build_when_seen, spec.id))
        bottom = [self.docks[spec.id] for spec in VIEWS if spec.area == Bottom]
        aside = [self.docks[spec.id] for spec in VIEWS if spec.area == Right and not spec.shown]
        for first, *others in (bottom, aside):
            for dock in others:
                window.tabifyDockWidget(first, dock)

    def _build(self, id: str) -> QWidget:
        """Build a view in its dock, and notify the features, which connect it."""
        view = self.views[id] = _BY_ID[id].build(self._workspace, self._window)
        self.docks[id].setWidget(view)
        for connect in self._connections.get(id, ()):
            connect(view)
        return view

    def _build_when_seen(self, id: str, is_visible: bool) -> None:
        if is_visible:
            _ = self.views[id]

    def build_ahead(self) -> None:
        """Build the remaining views one at a time while the user is inactive."""
        missing = next((spec.id for spec in VIEWS if spec.id not in self.views), None)
        if missing is not None:
            _ = self.views[missing]
            QTimer.singleShot(_BETWEEN_VIEWS, self._window, self.build_ahead)

    def view(self, spec: ViewSpec[V]) -> V:
        """Return a view; build it at the first access."""
        # The dictionary holds under this id what the specification has built.
        return cast(V, self.views[spec.id])

    def when_built(self, spec: ViewSpec[V], connect: Callable[[V], object]) -> None:
        """Call ``connect`` with a view once it is built, immediately if it already is."""
        self._connections.setdefault(spec.id, []).append(connect)
        if spec.id in self.views:
            connect(self.view(spec))

    def follow_visibility(self, actions: Actions) -> None:
        """Let the action of each view be checked while its dock is visible."""
        for id, dock in self.docks.items():
            dock.visibilityChanged.connect(actions[f"view.{id}"].setChecked)

    def bring_to_front(self, id: str) -> None:
        """Show the dock of a view in front of those at the same place; a tall view gets half of the window."""
        dock = self.docks[id]
        dock.show()
        dock.raise_()
        if _BY_ID[id].is_tall and not dock.isFloating() and dock.height() < self._window.height() * _LOW:
            self._window.resizeDocks([dock], [self._window.height() // 2], Qt.Orientation.Vertical)

    def visible_views(self) -> list[QWidget]:
        """Return the visible views, not those behind others, in the order in which they were built."""
        return [view for view in self.views.values() if view.isVisible() and not view.visibleRegion().isEmpty()]

    def hide_all(self) -> None:
        """Hide every dock."""
        for dock in self.docks.values():
            dock.hide()

    def show_first_ones(self) -> None:
        """Show the docks that are initially visible, and hide the others."""
        for spec in VIEWS:
            self.docks[spec.id].setVisible(spec.shown)
