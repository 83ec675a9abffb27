"""Hides docks in a narrow window, so that the text keeps its width."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from annotator.app.shell.view_places import ViewPlaces
from annotator.app.views.view_spec import READ

_TEXT, _LEFT, _RIGHT = 58, 30, 40
"""The least widths of the text with its gutter and overview, and of the docks at its sides, in average characters."""

_SIDES = (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea)
"""In the order in which they are hidden."""


class NarrowWindow(QObject):
    """Hides the docks at the sides of the text where the window is too narrow for them, and shows them again later.

    They are hidden when the window becomes too narrow; a dock that is opened then stays open until it is resized again.
    """

    def __init__(self, window: QMainWindow, places: ViewPlaces, rail: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._places = places
        self._rail = rail
        self._room = len(_SIDES)
        """For how many sides there was room at the last look."""
        self._widths: dict[QDockWidget, int] = {}
        """The widths of the docks when there was last room for all."""
        self._is_narrowed = False
        self._hidden: dict[Qt.DockWidgetArea, list[QDockWidget]] = {}
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._narrow_docks)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.FontChange) and self._window.isVisible():
            self.fit()
        return False

    def fit(self) -> None:
        """Hide or show the docks for which there is no room any more, or room again."""
        if self._places.page != READ:
            return
        room = self._sides_with_room()
        # Those that are hidden last are shown first.
        for side in _SIDES[::-1][self._room : room]:
            for dock in self._hidden.pop(side, ()):
                dock.show()
        for side in _SIDES[: len(_SIDES) - room]:
            if side not in self._hidden:
                self._hidden[side] = [dock for dock in self._docks_at(side) if dock.isVisible()]
                for dock in self._hidden[side]:
                    dock.hide()
        self._room = room
        # The window lays its docks out after this.
        self._later.start()

    def _narrow_docks(self) -> None:
        """Give docks no more than their least width where the text has less than its own, and later the former one."""
        letter = self._window.fontMetrics().averageCharWidth()
        center = self._window.centralWidget()
        if center is None or self._places.page != READ:
            return
        if center.width() < _TEXT * letter:
            self._is_narrowed = True
            for side, width in zip(_SIDES, (_LEFT, _RIGHT), strict=True):
                docks = [dock for dock in self._docks_at(side) if dock.isVisible() and dock.width() > width * letter]
                self._window.resizeDocks(docks, [width * letter] * len(docks), Qt.Orientation.Horizontal)
        elif self._room == len(_SIDES) and center.width() - self._former_width() >= _TEXT * letter:
            if self._is_narrowed:
                self._widen_docks()
            else:
                docks = [dock for side in _SIDES for dock in self._docks_at(side) if dock.isVisible()]
                self._widths = {dock: dock.width() for dock in docks}

    def _widen_docks(self) -> None:
        self._window.resizeDocks(list(self._widths), list(self._widths.values()), Qt.Orientation.Horizontal)
        self._is_narrowed = False

    def _former_width(self) -> int:
        """Return by how much the docks would be wider in their former widths, all sides together."""
        if not self._is_narrowed:
            return 0
        former = [(self._window.dockWidgetArea(dock), width - dock.width()) for dock, width in self._widths.items()]
        return sum(max((more for at, more in former if at == side), default=0) for side in _SIDES)

    def show_all(self) -> None:
        """Show the docks that were hidden, so that a narrow window leaves no trace in a saved layout."""
        for docks in self._hidden.values():
            for dock in docks:
                dock.show()
        if self._is_narrowed:
            self._widen_docks()
        self._hidden.clear()
        self._room = len(_SIDES)

    def _sides_with_room(self) -> int:
        letter = self._window.fontMetrics().averageCharWidth()
        needed = self._rail.width() + _TEXT * letter
        for count, width in enumerate((_RIGHT, _LEFT)):
            needed += width * letter
            if self._window.width() < needed:
                return count
        return len(_SIDES)

    def _docks_at(self, side: Qt.DockWidgetArea) -> list[QDockWidget]:
        docks = self._places.docks.values()
        return [dock for dock in docks if not dock.isFloating() and self._window.dockWidgetArea(dock) == side]
