"""The status bar: key hints, selection, counts, annotator, and whether all is saved."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QMainWindow

from annotator.app.background.jobs import JobBar, Jobs
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.records import DocumentRecord
from annotator.domain.spans import Span
from annotator.domain.wording import counted
from annotator.nlp.boundaries import count_words

COUNTED_AT_ONCE = 20_000
"""The longest selection, in characters, whose words are counted immediately; longer ones are counted after a pause."""

COUNTED_AT_MOST = 1_000_000
"""The longest selection, in characters, whose words are counted; a longer one would block the window."""

_PAUSE = 250


class StatusLine(QObject):
    """The content of the status bar: whether all is saved, the annotator, and counts."""

    def __init__(self, window: QMainWindow, workspace: Workspace, jobs: Jobs) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._selection: Span | None = None
        self._selected_annotations = 0
        self._hint, self._counts, self._annotator, self._saved = (TextLabel(window) for _ in range(4))
        for label, name in (
            (self._hint, "Hint"),
            (self._counts, "Counts"),
            (self._annotator, "Annotator"),
            (self._saved, "Saved"),
        ):
            label.setAccessibleName(name)
            label.setContentsMargins(8, 0, 8, 0)
        bar = window.statusBar()
        bar.addWidget(self._hint, 1)
        bar.addPermanentWidget(JobBar(jobs, window))
        for label in (self._counts, self._annotator, self._saved):
            bar.addPermanentWidget(label)
        workspace.typed.changed.connect(self._show_saved)
        self._tested = ""
        self._later = QTimer(self, singleShot=True, interval=_PAUSE)
        self._later.timeout.connect(lambda: self._show_counts(COUNTED_AT_MOST))

    @property
    def counts(self) -> str:
        """The text about the selection and the document."""
        return self._counts.text()

    def hint(self, text: str) -> None:
        """Show which keys can follow, such as the second key of a chord."""
        self._hint.setText(text)

    def show_test(self, sentence: str, milliseconds: int = 0) -> None:
        """Show the result of the file test: in the tool tip of the saved state, and for some time in the bar."""
        self._tested = sentence
        self.show_state(self._selection, self._selected_annotations)
        if milliseconds and not self._hint.text():
            self.hint(sentence)
            QTimer.singleShot(milliseconds, self, lambda: self._take_back(sentence))

    def _take_back(self, hint: str) -> None:
        if self._hint.text() == hint:
            self.hint("")

    def show_state(self, selection: Span | None = None, annotations: int = 0) -> None:
        """Update everything from the workspace. ``annotations``: how many annotations the selection touches."""
        project = self._workspace.project
        self._annotator.setText(project.annotator if project else "")
        self._show_saved()
        self._selection, self._selected_annotations = selection, annotations
        self._show_counts(COUNTED_AT_ONCE)

    def _show_saved(self) -> None:
        project, unsaved = self._workspace.project, list(self._workspace.typed)
        problem = project.file_trouble if project else ""
        is_lost = bool(problem) and project is not None and not project.read_only
        if is_lost:
            text, tip = "Not saved: file not in its place", problem
        elif unsaved:
            text, tip = f"{counted(len(unsaved), 'text')} not saved", " ".join(edit.problem for edit in unsaved)
        else:
            text = "" if project is None else "Read only" if project.read_only else "Saved"
            state = problem or self._workspace.notice or "Everything that you see is saved on the disk."
            tip = f"{state} {self._tested}".rstrip()
        self._saved.setText(text)
        self._saved.setToolTip(tool_tip(tip))
        role = "bad" if is_lost or unsaved else ""
        if self._saved.property("role") != role:
            self._saved.setProperty("role", role)
            self._saved.style().polish(self._saved)

    def _show_counts(self, most: int) -> None:
        self._later.stop()
        document = self._workspace.document
        if document is None:
            self._counts.setText("")
            return
        parts = [counted(document.words, "word"), counted(len(self._workspace.annotations), "annotation")]
        if self._selection is not None:
            parts.insert(0, f"{', '.join(self._selected(document, self._selection, most))} selected")
        self._counts.setText(" · ".join(parts))

    def _selected(self, document: DocumentRecord, selection: Span, most: int) -> list[str]:
        size = selection.end - selection.start
        parts = [counted(size, "character")]
        if size <= most:
            parts.insert(0, counted(count_words(selection.of(document.text)), "word"))
        elif size <= COUNTED_AT_MOST:
            self._later.start()
        if self._selected_annotations:
            parts.append(counted(self._selected_annotations, "annotation"))
        return parts
