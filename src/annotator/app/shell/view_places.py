"""The places of the views: docks around the text, and pages of their own. Views are built when first needed."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar, cast

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSplitter, QVBoxLayout, QWidget

from annotator.app.actions.registry import Actions
from annotator.app.reader.peek import Peek
from annotator.app.shell.center_pages import CenterPages
from annotator.app.shell.docked_views import VIEWS
from annotator.app.state.workspace import Workspace
from annotator.app.views.view_spec import READ, Bottom, Right, ViewSpec

V = TypeVar("V", bound=QWidget)

_BY_ID = {spec.id: spec for spec in VIEWS}
_BUILT_WITH_THE_WINDOW = ("sources",)
"""Hidden views that are built at the start, because external scripts look up their tables by name."""
LAYOUT_VERSION = 2
"""Increased when docks come or go."""
_PEEK_SHARE = 0.26
"""The share of the width of a page that its peek gets at first."""
_BETWEEN_VIEWS = 50
"""Milliseconds without input between two views that are built ahead."""


class _Views(dict[str, QWidget]):
    """The views by id; a view is built at the first access."""

    def __init__(self, build: Callable[[str], QWidget]) -> None:
        super().__init__()
        self._build = build

    def __missing__(self, id: str) -> QWidget:
        return self._build(id)


class ViewPlaces:
    """A dock or a page for each view, and which page is shown.

    The page with the text has the docks around it; while another page is shown, they are hidden, and come back as they
    were. Views that are initially shown are built immediately.
    """

    def __init__(self, window: QMainWindow, workspace: Workspace, center: CenterPages) -> None:
        self._window = window
        self._workspace = workspace
        self._center = center
        self.views = _Views(self._build)
        self.docks: dict[str, QDockWidget] = {}
        self.pages: dict[str, QWidget] = {}
        """The pages of views by their ids; that of the text is not among them."""
        self.page = READ
        """The id of the page that is shown."""
        self.page_before = READ
        """The id of the page that was shown before it."""
        self._docks_of_text: QByteArray | None = None
        """The state of the docks while another page is shown."""
        self._connections: dict[str, list[Callable[[Any], object]]] = {}
        self._peeks: dict[str, Peek] = {}
        self._peek_shares: dict[str, float] = {}
        """The shares that the user gave peeks, by the ids of their pages."""
        self._peek_made: list[Callable[[Peek], object]] = []
        self._followers: list[Callable[[], object]] = []
        window.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks)
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        for spec in VIEWS:
            if spec.area is None:
                self._add_page(spec)
            else:
                self._add_dock(spec, spec.area)
            if spec.shown or spec.id in _BUILT_WITH_THE_WINDOW:
                self._build(spec.id)
        bottom = [self.docks[spec.id] for spec in VIEWS if spec.area == Bottom]
        aside = [self.docks[spec.id] for spec in VIEWS if spec.area == Right and not spec.shown]
        for first, *others in (bottom, aside):
            for dock in others:
                window.tabifyDockWidget(first, dock)

    # --- build --------------------------------------------------------------------------------------------------------

    def _add_dock(self, spec: ViewSpec[QWidget], area: Qt.DockWidgetArea) -> None:
        dock = self.docks[spec.id] = QDockWidget(spec.title, self._window)
        dock.setObjectName(f"dock.{spec.id}")
        self._window.addDockWidget(area, dock)
        dock.setVisible(spec.shown)
        if not spec.shown:
            dock.visibilityChanged.connect(partial(self._build_when_seen, spec.id))

    def _add_page(self, spec: ViewSpec[QWidget]) -> None:
        page = self.pages[spec.id] = QWidget(self._center)
        page.setObjectName(f"page.{spec.id}")
        page.setAccessibleName(spec.title)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(QSplitter(Qt.Orientation.Horizontal, page))
        self._center.addWidget(page)

    def _build(self, id: str) -> QWidget:
        """Build a view in its dock or page, and notify the features, which connect it."""
        view = self.views[id] = _BY_ID[id].build(self._workspace, self._window)
        if id in self.pages:
            self._splitter(id).insertWidget(0, view)
            self._splitter(id).setStretchFactor(0, 1)
        else:
            self.docks[id].setWidget(view)
        for connect in self._connections.get(id, ()):
            connect(view)
        return view

    def _splitter(self, id: str) -> QSplitter:
        return self.pages[id].findChildren(QSplitter, options=Qt.FindChildOption.FindDirectChildrenOnly)[0]

    def peek(self) -> Peek | None:
        """Return the peek of the shown page, which is built now if it was not used so far; None without one."""
        if self.page == READ or not _BY_ID[self.page].has_peek:
            return None
        found = self._peeks.get(self.page)
        if found is None:
            found = self._peeks[self.page] = Peek(self._workspace, self._window)
            splitter = self._splitter(self.page)
            splitter.addWidget(found)
            peek_width = round(splitter.width() * self._peek_shares.get(self.page, _PEEK_SHARE))
            splitter.setSizes([splitter.width() - peek_width, peek_width])
            for made in self._peek_made:
                made(found)
        return found

    def when_peek_is_made(self, made: Callable[[Peek], object]) -> None:
        """Call ``made`` with each peek when it is built."""
        self._peek_made.append(made)

    def peek_shares(self) -> dict[str, float]:
        """Return which share of the width of a page each peek has, by the id of its page."""
        for id in self._peeks:
            widths = self._splitter(id).sizes()
            if sum(widths):
                self._peek_shares[id] = round(widths[-1] / sum(widths), 3)
        return dict(self._peek_shares)

    def set_peek_shares(self, shares: Mapping[str, object]) -> None:
        """Give peeks shares of the width of their pages; those of unknown pages and odd values are ignored."""
        found = {id: share for id, share in shares.items() if id in self.pages and isinstance(share, float)}
        self._peek_shares = {id: share for id, share in found.items() if 0.1 <= share <= 0.7}
        for id in self._peeks:
            width = self._splitter(id).width()
            peek_width = round(width * self._peek_shares.get(id, _PEEK_SHARE))
            self._splitter(id).setSizes([width - peek_width, peek_width])

    def peeks(self) -> Iterable[Peek]:
        """Return the peeks that were built so far."""
        return self._peeks.values()

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

    # --- pages --------------------------------------------------------------------------------------------------------

    def show_page(self, id: str) -> None:
        """Show a page, and with that of the text its docks. Nothing happens while no project is open."""
        if id == self.page or self._workspace.project is None:
            self._notify()
            return
        if self.page == READ:
            self._docks_of_text = self._window.saveState(LAYOUT_VERSION)
            self.hide_all()
        self.page_before, self.page = self.page, id
        if id == READ:
            self._center.show_panes()
            self._restore_docks()
        else:
            _ = self.views[id]
            self._center.setCurrentWidget(self.pages[id])
        self._notify()

    def show_text(self) -> None:
        """Show the page of the text, as when a project is opened."""
        self.page = self.page_before = READ
        self._center.show_panes()
        self._restore_docks()
        self._notify()

    def show_welcome(self) -> None:
        """Show the welcome page in place of all others, without docks."""
        self.page = self.page_before = READ
        self._docks_of_text = None
        self._center.show_welcome()
        self.hide_all()
        self._notify()

    def _restore_docks(self) -> None:
        if self._docks_of_text is not None:
            self.restore_docks(self._docks_of_text)
            self._docks_of_text = None

    def dock_state(self) -> QByteArray:
        """Return the state of the docks around the text, also while another page is shown."""
        return self._docks_of_text or self._window.saveState(LAYOUT_VERSION)

    def restore_docks(self, state: QByteArray | bytes) -> None:
        """Restore a state of the docks; a state of another version of the program changes nothing."""
        self._window.restoreState(state, LAYOUT_VERSION)

    def follow(self, actions: Actions) -> None:
        """Let the action of each view be checked while its dock is visible, or its page is shown."""
        for id, dock in self.docks.items():
            dock.visibilityChanged.connect(actions[f"view.{id}"].setChecked)

        def check_pages() -> None:
            for id in (READ, *self.pages):
                actions[f"view.{id}"].setChecked(id == self.page and self._workspace.project is not None)

        self._followers.append(check_pages)

    def _notify(self) -> None:
        for follower in self._followers:
            follower()

    # --- views --------------------------------------------------------------------------------------------------------

    def bring_to_front(self, id: str) -> None:
        """Show the page of a view, or the text with its dock in front of those at the same place."""
        if id in self.pages:
            self.show_page(id)
            return
        self.show_page(READ)
        self.docks[id].show()
        self.docks[id].raise_()

    def hide(self, id: str) -> None:
        """Hide the dock of a view, or leave its page for that of the text."""
        if id in self.pages:
            self.show_page(READ)
        else:
            self.docks[id].hide()

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
            if spec.id in self.docks:
                self.docks[spec.id].setVisible(spec.shown)
