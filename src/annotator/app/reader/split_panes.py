"""The middle of the window: one pane of the text, or two side by side or one above the other."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from annotator.app.reader.document_view import DocumentView
from annotator.app.reader.reader_pane import ReadingPane
from annotator.app.state.workspace import Workspace


class ReadingPanes(QSplitter):
    """The panes of the text. The one that had the focus last is the current one, on which all actions act.

    The second pane is created when it is first needed, and kept.
    """

    split_changed = Signal()
    """The second pane was shown or hidden."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._workspace = workspace
        self._listeners: list[Callable[[ReadingPane], object]] = []
        self.setChildrenCollapsible(False)
        self.first = ReadingPane(workspace, workspace.reading, self)
        self.second: ReadingPane | None = None
        self.addWidget(self.first)
        self.setFocusProxy(self.first)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow_focus)
        workspace.reading_changed.connect(self._show_current)

    def each_pane(self, listener: Callable[[ReadingPane], object]) -> None:
        """Call ``listener`` with every pane, also with one that is created later."""
        self._listeners.append(listener)
        for pane in self.made:
            listener(pane)

    @property
    def panes(self) -> list[ReadingPane]:
        """The panes on the screen."""
        return self.made if self.is_split else [self.first]

    @property
    def made(self) -> list[ReadingPane]:
        """All panes, including a hidden one."""
        return [self.first] if self.second is None else [self.first, self.second]

    @property
    def current(self) -> ReadingPane:
        """The pane in which the user works."""
        return next(pane for pane in self.made if pane.reading is self._workspace.reading)

    @property
    def view(self) -> DocumentView:
        """The text in which the user works."""
        return self.current.view

    @property
    def other(self) -> ReadingPane | None:
        """The pane beside the current one."""
        return next((pane for pane in self.panes if pane is not self.current), None)

    @property
    def is_split(self) -> bool:
        return self.second is not None and not self.second.isHidden()

    def split(self) -> ReadingPane:
        """Show a second pane and return it. Both have the same size at first."""
        if self.second is None:
            self.second = ReadingPane(self._workspace, self._workspace.add_reading(), self)
            self.second.view.setObjectName("secondDocumentView")
            self.second.view.setAccessibleName("Document text, second pane")
            self.addWidget(self.second)
            for listener in self._listeners:
                listener(self.second)
        elif self.is_split:
            return self.second
        self.second.show()
        self.setSizes([1, 1])
        self._show_current()
        self.split_changed.emit()
        return self.second

    def unite(self) -> None:
        """Hide the second pane; the document of the current pane stays."""
        if self.second is None or not self.is_split:
            return
        if self.current is self.second:
            self.first.take_over(self.second)
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self._workspace.set_reading(self.first.reading)
        self.second.hide()
        self._workspace.open_document(None, self.second.reading)
        if had_focus:
            self.first.view.setFocus()
        self._show_current()
        self.split_changed.emit()

    def _follow_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self.is_split:
            return
        for pane in self.panes:
            if pane.isAncestorOf(now):
                self._workspace.set_reading(pane.reading)

    def _show_current(self) -> None:
        current = self.current
        self.setFocusProxy(current)
        for pane in self.made:
            pane.set_current(pane is current if self.is_split else None)
