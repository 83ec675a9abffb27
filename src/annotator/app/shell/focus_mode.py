"""Focus mode: shows only the text in the window, and restores the layout afterwards."""

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtWidgets import QToolBar, QWidget

from annotator import settings as s
from annotator.app.shell.shell_host import ShellHost
from annotator.app.views.view_spec import READ


class FocusMode(QObject):
    """Hides panes, bars and menus of a window, and restores them.

    The layout is also restored when the project or the window is closed meanwhile.
    """

    def __init__(self, host: ShellHost) -> None:
        super().__init__(host.main_window)
        self._host = host
        self._panes: QByteArray | None = None
        self._geometry = QByteArray()
        self._hidden: list[QWidget] = []
        # Before the window stores its layout.
        host.workspace.project_closing.connect(self.leave)
        host.workspace.document_opened.connect(self._leave_without_text)
        host.settings.subscribe(self._on_setting_changed)

    @property
    def is_on(self) -> bool:
        """Whether only the text is shown."""
        return self._panes is not None

    def toggle(self) -> None:
        """Enter focus mode, or leave it."""
        if self.is_on:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """Show only the text; keys and the palette of actions keep working."""
        host, window = self._host, self._host.main_window
        if self.is_on or host.workspace.document is None:
            return
        host.show_page(READ)
        self._panes, self._geometry = window.saveState(), window.saveGeometry()
        bars: list[QWidget] = [window.menuBar(), window.statusBar(), *window.findChildren(QToolBar)]
        self._hidden = [bar for bar in bars if bar.isVisible()]
        for part in (*host.docks.values(), *self._hidden):
            part.hide()
        if host.settings.get(s.FOCUS_FULL_SCREEN):
            window.showFullScreen()
        for pane in host.panes.made:
            pane.set_bare(True)
            pane.view.set_spotlight(self._unit())
        host.reading.view.setFocus()
        host.action("view.focus").setChecked(True)

    def escape(self) -> None:
        """Leave focus mode, unless an open find bar has to be closed first."""
        if not self._host.reading.find_bar.isVisible():
            self.leave()

    def leave(self) -> None:
        """Restore the layout."""
        panes, self._panes = self._panes, None
        if panes is None:
            return
        host, window = self._host, self._host.main_window
        for pane in host.panes.made:
            pane.view.set_spotlight("")
            pane.set_bare(False)
        if window.isFullScreen():
            window.showNormal()
            # Immediately, because the panes are measured by the restored window.
            window.restoreGeometry(self._geometry)
        for bar in self._hidden:
            bar.show()
        window.restoreState(panes)
        host.action("view.focus").setChecked(False)

    def _leave_without_text(self) -> None:
        if self._host.workspace.document is None:
            self.leave()

    def _unit(self) -> str:
        unit = self._host.settings.get(s.FOCUS_SPOTLIGHT)
        return "" if unit == "nothing" else unit

    def _on_setting_changed(self, _setting: object) -> None:
        if self.is_on:
            for pane in self._host.panes.made:
                pane.view.set_spotlight(self._unit())
