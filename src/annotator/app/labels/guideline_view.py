"""The guideline of the project beside the text, for reading, searching and editing."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QPalette, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QStackedWidget,
    QTextBrowser,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.actions.enabling import READ_ONLY_REASON
from annotator.app.state.typed_field import TypedField, problem_label
from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.widgets.line_edit_icons import add_clear_button
from annotator.app.widgets.markup import OfflineBrowser
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.changes import Change, Edit
from annotator.domain.errors import AnnotatorError
from annotator.domain.wording import counted
from annotator.services.projects.open_project import Project

_MARKDOWN = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
_BACK = QTextDocument.FindFlag.FindBackward
_NO_FLAG = QTextDocument.FindFlag(0)


class GuidelinePanel(QWidget):
    """The project's guideline in Markdown. Typed text is saved automatically."""

    leave_requested = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guideline")
        self.setAccessibleName("Guideline")
        self._workspace = workspace
        self._text = ""
        self._is_page_old = False
        self._build_bar()
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 8, 8, 4)
        bar.setSpacing(4)
        bar.addWidget(self.search, 1)
        bar.addWidget(self.edit)
        self._build_pages()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._found)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._problem)
        self.setFocusProxy(self.page)
        workspace.project_opened.connect(self._on_project_changed)
        workspace.project_closed.connect(self._on_project_changed)
        workspace.committed.connect(self._on_committed)
        self._on_project_changed()

    def _build_bar(self) -> None:
        self.search = QLineEdit(self)
        self.search.setObjectName("guidelineSearch")
        self.search.setPlaceholderText("Search the guideline")
        self.search.setAccessibleName("Search the guideline")
        self.search.setToolTip("Enter finds the next place, Shift+Enter the one before")
        add_clear_button(self.search)
        self.search.setMinimumWidth(60)
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self.edit = QToolButton(self)
        self.edit.setObjectName("guidelineEdit")
        self.edit.setIcon(icon("edit"))
        self.edit.setCheckable(True)
        self.edit.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.edit.setAccessibleName("Edit the guideline")
        self.edit.toggled.connect(self._on_edit_toggled)

    def _build_pages(self) -> None:
        self._found = TextLabel(self)
        self._found.setProperty("role", "muted")
        self._found.setContentsMargins(12, 0, 8, 0)
        self._found.setWordWrap(True)
        self._found.hide()
        self.page = OfflineBrowser(self)
        self.page.setObjectName("guidelinePage")
        self.page.setAccessibleName("Guideline")
        self.page.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.page.setStyleSheet("QTextBrowser { border: none; border-radius: 0; }")
        self.page.document().setDocumentMargin(12)
        self.page.anchorClicked.connect(self._on_link)
        self.source = QPlainTextEdit(self)
        self.source.setObjectName("guidelineSource")
        self.source.setAccessibleName("Guideline as Markdown")
        self.source.setToolTip("Markdown; saved while you type")
        self.source.installEventFilter(self)
        self._typed = TypedField(self.source, self._workspace.typed, "project", "guideline", self._write)
        self._problem = problem_label(self._typed)
        self._problem.setContentsMargins(12, 0, 8, 6)
        self._empty = TextLabel(self)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setMargin(16)
        self._pages = QStackedWidget(self)
        for widget in (self._empty, self.page, self.source):
            self._pages.addWidget(widget)

    def sizeHint(self) -> QSize:
        return QSize(340, 560)

    # --- showing --------------------------------------------------------------------------------------------------

    def _on_project_changed(self) -> None:
        self._typed.show_row(None)
        self.edit.setChecked(False)
        may_write = not self._workspace.read_only
        self.edit.setEnabled(may_write)
        reason = self._workspace.notice or READ_ONLY_REASON
        self.edit.setToolTip(tool_tip("Change the guideline of this project" if may_write else reason))
        self._read()

    def _on_committed(self, change: Change) -> None:
        if "project" in change.tables():
            self._read()

    def _read(self) -> None:
        project = self._workspace.project
        if project is None:
            self._text = ""
        else:
            self._text = project.read.project.record().guideline
        self._typed.show_row(None if project is None else 1, "The guideline", self._text)
        self._empty.setText(
            "Open a project to read its guideline."
            if project is None
            else "This project has no guideline yet. Press the pencil to write one."
        )
        self._is_page_old = True
        self._show_page()

    def _fill_page(self) -> None:
        """Show the guideline as a page; not called after each write while the user types."""
        self._is_page_old = False
        place = self.page.verticalScrollBar().value()
        self.page.document().setMarkdown(self._text, _MARKDOWN)
        # The caret is at the end of the inserted text, and the view would scroll there.
        self.page.moveCursor(QTextCursor.MoveOperation.Start)
        self.page.verticalScrollBar().setValue(place)
        self._mark_hits()

    def _show_page(self) -> None:
        if self._is_page_old and not self.edit.isChecked():
            self._fill_page()
        if self.edit.isChecked():
            self._pages.setCurrentWidget(self.source)
        else:
            self._pages.setCurrentWidget(self.page if self._text.strip() else self._empty)
        self.search.setEnabled(bool(self._text.strip()))

    def _on_link(self, url: QUrl) -> None:
        if url.isRelative() and url.hasFragment():
            self.page.scrollToAnchor(url.fragment())
            return
        QGuiApplication.clipboard().setText(url.toString())
        self._workspace.notified.emit("The address was copied: links are not opened from here.", False)

    # --- writing --------------------------------------------------------------------------------------------------

    def _on_edit_toggled(self, is_on: bool) -> None:
        if is_on:
            self._show_page()
            self.source.setFocus()
        else:
            self._typed.leave()
            self._show_page()

    def _write(self, row: int, text: Any, step: str) -> AnnotatorError | None:
        def plan(project: Project) -> Change:
            stored = project.read.project.record().guideline
            edits = (Edit("project", row, {"guideline": stored}, {"guideline": text}),) if text != stored else ()
            return Change("Change the guideline", edits)

        return self._workspace.write_typed(plan, step)

    # --- searching ------------------------------------------------------------------------------------------------

    def _on_search(self) -> None:
        start = self.page.textCursor()
        start.setPosition(start.selectionStart())
        self.page.setTextCursor(start)
        self._mark_hits()
        if self.search.text():
            self.find_next()

    def find_next(self, *, back: bool = False) -> None:
        """Go to the next or previous place of the search text, wrapping at the end."""
        text = self.search.text()
        if not text:
            return
        flag = _BACK if back else _NO_FLAG
        editor: QTextEdit | QPlainTextEdit = self.source if self.edit.isChecked() else self.page
        if not editor.find(text, flag):
            editor.moveCursor(QTextCursor.MoveOperation.End if back else QTextCursor.MoveOperation.Start)
            editor.find(text, flag)

    def _mark_hits(self) -> None:
        text = self.search.text()
        marks: list[QTextEdit.ExtraSelection] = []
        if text:
            shape = QTextCharFormat()
            ground = QColor(self.palette().color(QPalette.ColorRole.Link))
            ground.setAlpha(60)
            shape.setBackground(ground)
            hit = self.page.document().find(text)
            while not hit.isNull():
                mark = QTextEdit.ExtraSelection()
                mark.cursor, mark.format = hit, shape
                marks.append(mark)
                hit = self.page.document().find(text, hit)
        self.page.setExtraSelections(marks)
        self._found.setVisible(bool(text))
        count = len(marks)
        self._found.setText(f"Found {counted(count, 'time')}" if count > 1 else "Found once" if count else "Not found")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                if watched is self.search and self.search.text():
                    self.search.clear()
                else:
                    self._typed.flush()
                    self.leave_requested.emit()
                return True
            if watched is self.search and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.find_next(back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave_requested.emit()
        else:
            super().keyPressEvent(event)
