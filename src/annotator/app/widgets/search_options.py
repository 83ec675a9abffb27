"""The switches beside a search field: match case, whole words, regular expression, all forms of the words."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from annotator.app.widgets.tool_tips import tool_tip
from annotator.nlp.text.text_search import Query


class FindOptions(QWidget):
    """Small toggle buttons. A regular expression and the forms of words exclude each other.

    ``heard_in``: the widget inside which their shortcuts work.
    """

    changed = Signal()

    def __init__(self, heard_in: QWidget, *, with_forms: bool = False) -> None:
        super().__init__(heard_in)
        self._heard_in = heard_in
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.match_case = self._button("Aa", "Match case", "Distinguish capital and small letters", "Alt+C")
        self.whole_word = self._button("[w]", "Whole words", "Whole words only", "Alt+W")
        self.regex = self._button(".*", "Regular expression", "Use the typed text as a regular expression", "Alt+R")
        self.forms = self._button(
            "-s", "All forms of the words", "Every form of the words (English): sanctions, sanctioned", "Alt+L"
        )
        self.forms.setVisible(with_forms)
        self.regex.toggled.connect(lambda on: self._exclude(self.forms, on))
        self.forms.toggled.connect(lambda on: self._exclude(self.regex, on))
        for button in self._buttons():
            button.toggled.connect(self.changed)

    def query(self, words: str) -> Query:
        """Return ``words`` as a query with the switches that are on."""
        return Query(words, *(button.isChecked() for button in self._buttons()))

    def show_query(self, query: Query) -> None:
        """Set the switches to those of ``query``; its words are not used."""
        for button, on in zip(self._buttons(), query[1:], strict=True):
            with QSignalBlocker(button):
                button.setChecked(on)

    def _buttons(self) -> tuple[QToolButton, ...]:
        """Return the buttons in the order of the fields of a Query."""
        return self.whole_word, self.match_case, self.regex, self.forms

    def _button(self, text: str, name: str, tip: str, key: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setCheckable(True)
        button.setAccessibleName(name)
        button.setToolTip(tool_tip(f"{tip} ({QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)})"))
        shortcut = QShortcut(QKeySequence(key), self._heard_in, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(lambda: button.toggle() if button.isVisible() else None)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(button)
        return button

    def _exclude(self, other: QToolButton, on: bool) -> None:
        if on:
            with QSignalBlocker(other):
                other.setChecked(False)
