"""Focus mode: the text alone in the window, and everything back where it was afterwards."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtWidgets import QToolBar, QWidget

from annotator import settings as s

if TYPE_CHECKING:
    from annotator.app.shell.main_window import MainWindow


class FocusMode(QObject):
    """Puts panes, bars and menus of a window away, and brings them back.

    A project that is closed meanwhile, or the window, finds its panes where they were before.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._panes: QByteArray | None = None
        self._geometry = QByteArray()
        self._hidden: list[QWidget] = []
        # Before the window remembers its layout.
        window.workspace.project_closing.connect(self.leave)
        window.workspace.document_opened.connect(self._leave_without_text)
        window.settings.subscribe(self._on_setting_changed)

    @property
    def is_on(self) -> bool:
        return self._panes is not None

    def toggle(self) -> None:
        if self.is_on:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """The text alone; keys and the palette of actions go on working."""
        window = self._window
        if self.is_on or window.workspace.document is None:
            return
        self._panes, self._geometry = window.saveState(), window.saveGeometry()
        bars: list[QWidget] = [window.menuBar(), window.statusBar(), *window.findChildren(QToolBar)]
        self._hidden = [bar for bar in bars if bar.isVisible()]
        for part in (*window.docks.values(), *self._hidden):
            part.hide()
        if window.settings.get(s.FOCUS_FULL_SCREEN):
            window.showFullScreen()
        for pane in window.panes.made:
            pane.set_bare(True)
            pane.view.set_spotlight(self._unit())
        window.reading.view.setFocus()
        window.actions_by_id["view.focus"].setChecked(True)

    def escape(self) -> None:
        """Leave, unless there is a find bar to be left first."""
        if not self._window.reading.find_bar.isVisible():
            self.leave()

    def leave(self) -> None:
        """Everything as it was."""
        panes, self._panes = self._panes, None
        if panes is None:
            return
        window = self._window
        for pane in window.panes.made:
            pane.view.set_spotlight("")
            pane.set_bare(False)
        if window.isFullScreen():
            window.showNormal()
            # At once, as the panes are measured by the window that they come back into.
            window.restoreGeometry(self._geometry)
        for bar in self._hidden:
            bar.show()
        window.restoreState(panes)
        window.actions_by_id["view.focus"].setChecked(False)

    def _leave_without_text(self) -> None:
        if self._window.workspace.document is None:
            self.leave()

    def _unit(self) -> str:
        unit = self._window.settings.get(s.FOCUS_SPOTLIGHT)
        return "" if unit == "nothing" else unit

    def _on_setting_changed(self, _setting: object) -> None:
        if self.is_on:
            for pane in self._window.panes.made:
                pane.view.set_spotlight(self._unit())
