"""The middle of the main window: the texts, or without a project the welcome page."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from annotator import settings as s
from annotator.app.reader.split_panes import ReadingPanes

if TYPE_CHECKING:
    from annotator.app.shell.welcome_page import WelcomePage


class CenterPages(QStackedWidget):
    """Two pages; the welcome page is built when it is first used, because most starts open a project."""

    painted = Signal()
    """The first paint of a page is done."""

    new_requested = Signal()
    open_requested = Signal(object)
    """The Path of a project, or None to ask the user for one."""

    sample_requested = Signal()

    def __init__(self, panes: ReadingPanes, state: s.State, parent: QWidget) -> None:
        super().__init__(parent)
        self._panes = panes
        self._state = state
        self._welcome: WelcomePage | None = None
        self.addWidget(panes)
        panes.first.view.viewport().installEventFilter(self)

    @property
    def welcome(self) -> "WelcomePage":
        """The welcome page."""
        if self._welcome is None:
            from annotator.app.shell.welcome_page import WelcomePage

            self._welcome = WelcomePage(self)
            self._welcome.new_requested.connect(self.new_requested)
            self._welcome.open_requested.connect(self.open_requested)
            self._welcome.sample_requested.connect(self.sample_requested)
            self._welcome.forget_requested.connect(self._forget)
            # Its viewport is covered by the page and is never painted.
            if (page := self._welcome.widget()) is not None:
                page.installEventFilter(self)
            self.addWidget(self._welcome)
        return self._welcome

    def show_panes(self) -> None:
        """Show the texts."""
        self.setCurrentWidget(self._panes)

    def show_welcome(self) -> None:
        """Show the welcome page with the recent projects, and move the focus there."""
        self.setCurrentWidget(self.welcome)
        self.welcome.show_recent(self._state.recent_projects())
        self.welcome.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.painted.emit)
        return False

    def _forget(self, path: Path) -> None:
        self._state.forget_recent(path)
        self.welcome.show_recent(self._state.recent_projects())
