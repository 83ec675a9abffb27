"""The geometry of the window and its docks, stored in the state of the program."""

import base64

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow

from annotator.app.shell.view_docks import ViewDocks
from annotator.settings import State

_VERSION = 1


class WindowLayout:
    """Saves the geometry of a window and the places of its docks, and restores them."""

    def __init__(self, window: QMainWindow, docks: ViewDocks, state: State) -> None:
        self._window = window
        self._docks = docks
        self._state = state

    @property
    def is_saved(self) -> bool:
        """Whether a layout was ever saved with an open project."""
        return isinstance(self._state.get("window_layout"), str)

    def restore(self) -> None:
        """Restore the saved geometry of the window and its docks."""
        if isinstance(saved := self._state.get("window_geometry"), str):
            self._window.restoreGeometry(_bytes(saved))
        self.restore_docks()

    def restore_docks(self) -> None:
        """Restore the saved places of the docks."""
        if isinstance(saved := self._state.get("window_layout"), str):
            self._window.restoreState(_bytes(saved), _VERSION)

    def save_geometry(self) -> None:
        """Save the geometry of the window, without its docks."""
        self._state.set("window_geometry", self._geometry())

    def save(self) -> None:
        """Save the geometry of the window and its docks; without a project the docks are hidden, so do not call it."""
        docks = base64.b64encode(self._window.saveState(_VERSION).data()).decode()
        self._state.update({"window_geometry": self._geometry(), "window_layout": docks})

    def _geometry(self) -> str:
        return base64.b64encode(self._window.saveGeometry().data()).decode()

    def arrange(self) -> None:
        """Set the initial sizes of docks that the user has never arranged."""
        window, docks = self._window, self._docks.docks
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
