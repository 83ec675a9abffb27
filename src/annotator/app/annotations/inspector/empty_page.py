"""The page of the inspector without an active annotation."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.records import SuggestionRecord


class EmptyPage(QWidget):
    """Shows what can be done without an active annotation; for a suggestion, its data and reason."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._icon, self.title, self.text = (TextLabel(self) for _ in range(3))
        for label in (self._icon, self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for label in (self.title, self.text):
            label.setWordWrap(True)
        self.text.setProperty("role", "muted")
        self._draw_icon()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 24, 20, 20)
        layout.setSpacing(10)
        for label in (self._icon, self.title, self.text):
            layout.addWidget(label)
        layout.addStretch(1)
        workspace.keys.changed.connect(self.show_hints)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def show_hints(self) -> None:
        """Show the active suggestion; without one, how to make or choose an annotation."""
        suggestion = self._workspace.suggestions.active
        title, text = self._hints() if suggestion is None else self._described(suggestion)
        self.title.setText(title)
        self.text.setText(text)

    def _draw_icon(self) -> None:
        self._icon.setPixmap(icon("label").pixmap(32, 32))

    def _hints(self) -> tuple[str, str]:
        if self._workspace.project is None:
            return "No project is open", "Open one, or make a new one, to begin."
        if self._workspace.document is None:
            return "No document is open", "Choose one in the list of documents."
        if self._workspace.read_only:
            return "No annotation is chosen", "Click one in the text to read about it."
        keys = self._workspace.keys
        pressed = keys.label_keys(label.key for label in self._workspace.labels)
        return f"Select words and press {pressed}", keys.fill(
            "Without a selection the sentence at the caret is taken. Click a highlight, or go to the next with "
            "{navigate.next_annotation} and back with {navigate.previous_annotation}, to see and grade an annotation "
            "that is there."
        )

    def _described(self, suggestion: SuggestionRecord) -> tuple[str, str]:
        paragraphs = [suggestion.reason, f"by {suggestion.engine}"]
        if not self._workspace.read_only:
            paragraphs.append(
                self._workspace.keys.fill(
                    "{suggest.accept} accepts it, a label's key gives it another label, {suggest.correct} selects its "
                    "words to be changed, {suggest.reject} rejects it."
                )
            )
        title = f"Suggested: {suggestion.label}, score {suggestion.score:.2f}"
        return title, "\n\n".join(filter(None, paragraphs))
