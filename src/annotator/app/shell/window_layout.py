"""The geometry of the window and its docks, stored in the state of the program."""

import base64

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMainWindow

from annotator.app.shell.view_places import ViewPlaces
from annotator.app.views.view_spec import READ
from annotator.settings import State

_FIRST_SIZE = QSize(1440, 900)
_SHARE_OF_SCREEN = 0.9
"""The largest share of the available screen that a window takes which did not fit into it."""


class WindowLayout:
    """Saves the geometry of a window and the places of its docks, and restores them."""

    def __init__(self, window: QMainWindow, places: ViewPlaces, state: State) -> None:
        self._window = window
        self._places = places
        self._state = state

    @property
    def is_saved(self) -> bool:
        """Whether a layout was ever saved with an open project."""
        return isinstance(self._state.get("window_layout"), str)

    def restore(self) -> None:
        """Restore the saved geometry of the window and its docks."""
        if isinstance(saved := self._state.get("window_geometry"), str):
            self._window.restoreGeometry(_bytes(saved))
        else:
            self._window.resize(_FIRST_SIZE)
        room = self._window.screen().availableGeometry()
        if not room.contains(self._window.geometry()):
            self._window.resize(self._window.size().boundedTo(room.size() * _SHARE_OF_SCREEN))
            self._window.move(room.center() - self._window.rect().center())
        self.restore_docks()

    def restore_docks(self) -> None:
        """Restore the saved places of the docks, and the shares of the peeks."""
        if isinstance(shares := self._state.get("peek_shares"), dict):
            self._places.set_peek_shares(shares)
        if isinstance(saved := self._state.get("window_layout"), str):
            self._places.restore_docks(_bytes(saved))

    def save_geometry(self) -> None:
        """Save the geometry of the window, without its docks."""
        self._state.set("window_geometry", self._geometry())

    def save(self) -> None:
        """Save the geometry of the window and its docks; without a project the docks are hidden, so do not call it."""
        shares = self._places.peek_shares()
        docks = base64.b64encode(self._places.dock_state().data()).decode()
        self._state.update({"window_geometry": self._geometry(), "window_layout": docks, "peek_shares": shares})

    def reset(self) -> None:
        """Show the views of the start in their first sizes."""
        self._places.show_page(READ)
        self._places.set_peek_shares({})
        for dock in self._places.docks.values():
            dock.setFloating(False)
        self._places.show_first_ones()
        self.arrange()

    def _geometry(self) -> str:
        return base64.b64encode(self._window.saveGeometry().data()).decode()

    def arrange(self) -> None:
        """Set the initial sizes of docks that the user has never arranged."""
        window, docks = self._window, self._places.docks
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        letter, line = window.fontMetrics().averageCharWidth(), window.fontMetrics().lineSpacing()
        left, right = min(72 * letter, window.width() * 30 // 100), min(52 * letter, window.width() * 24 // 100)
        window.resizeDocks([docks["documents"], docks["inspector"]], [left, right], across)
        stacked = [docks["labels"], docks["inspector"]]
        window.resizeDocks(stacked, [stacked[0].sizeHint().height(), window.height()], down)
        window.resizeDocks([docks["annotations"]], [min(15 * line, window.height() * 26 // 100)], down)


def _bytes(saved: str) -> bytes:
    """Return a stored layout as bytes; empty if it is invalid, for example after manual edits."""
    try:
        return base64.b64decode(saved)
    except ValueError:
        return b""
