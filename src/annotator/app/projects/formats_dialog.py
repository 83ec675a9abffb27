"""The formats of the registry: what each can do, what it cannot hold, and an example."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from annotator.app.style.icons import icon
from annotator.app.widgets import file_dialogs
from annotator.app.widgets.designer_form import say, size_for_font
from annotator.app.widgets.markup import Markup, escaped, join_markup, markup
from annotator.app.widgets.text_label import MarkupLabel, TextLabel
from annotator.domain.errors import AnnotatorError
from annotator.formats import example_files, registry
from annotator.formats.base import Format
from annotator.formats.facets import in_short

_ID = Qt.ItemDataRole.UserRole


class FormatsDialog(QDialog):
    """A list of formats with the details of the selected one. It is not modal and may stay open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("formats")
        self.setWindowTitle("Formats")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QListWidget(self)
        self.list.setObjectName("formatList")
        self.list.setAccessibleName("Formats")
        self.list.setStyleSheet("QListView::item { padding: 3px 2px; }")
        for format in sorted(registry.all_formats(), key=lambda one: one.name.casefold()):
            item = QListWidgetItem(format.name, self.list)
            item.setData(_ID, format.id)
        self.facts = MarkupLabel(self)
        self.facts.setObjectName("formatFacts")
        self.facts.setWordWrap(True)
        self.facts.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        caption = TextLabel("&Example", self)
        self.example = QPlainTextEdit(self)
        self.example.setObjectName("formatExample")
        self.example.setReadOnly(True)
        self.example.setTabChangesFocus(True)
        self.example.setAccessibleName("Beginning of the example")
        self.example.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        caption.setBuddy(self.example)
        self.message = TextLabel(self)
        self.message.setObjectName("formatMessage")
        self.message.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.save = buttons.addButton("&Save the example as …", QDialogButtonBox.ButtonRole.ActionRole)
        self.save.setObjectName("saveExample")
        self.save.setIcon(icon("export"))
        self.save.setAutoDefault(False)
        self.save.clicked.connect(self._save)
        buttons.rejected.connect(self.close)
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.facts)
        column.addWidget(caption)
        column.addWidget(self.example, 1)
        parts = QSplitter(Qt.Orientation.Horizontal, self)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.list)
        parts.addWidget(right)
        parts.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(parts, 1)
        layout.addWidget(self.message)
        layout.addWidget(buttons)
        size_for_font(self, 860, 580)
        parts.setSizes([self.width() // 3, 2 * self.width() // 3])
        self.list.currentItemChanged.connect(lambda *_: self._show())
        self.list.setCurrentRow(0)
        self.list.setFocus()

    @property
    def format(self) -> Format:
        """The format shown."""
        return registry.by_id(self.list.currentItem().data(_ID))

    def save_to(self, target: Path) -> None:
        """Save the example as ``target``, or show why that failed."""
        path = example_files.example_of(self.format)
        if path is None:
            return
        try:
            example_files.save(path, target)
        except AnnotatorError as error:
            say(self.message, str(error))
        else:
            say(self.message, f"Saved {target.name}.", "muted")

    def _show(self) -> None:
        format = self.format
        self.facts.show_markup(_facts(format))
        path = example_files.example_of(format)
        text = example_files.beginning(format)
        # Lines are not wrapped; a note on a file that is not text is no line of it.
        is_sentence = "\n" not in text
        mode = QPlainTextEdit.LineWrapMode
        self.example.setLineWrapMode(mode.WidgetWidth if is_sentence else mode.NoWrap)
        self.example.setPlainText(text)
        self.save.setEnabled(path is not None)
        say(self.message, "")

    def _save(self) -> None:
        path = example_files.example_of(self.format)
        if path is None:
            return
        if path.is_dir():
            chosen = file_dialogs.ask_for_folder(self, "Save the example in")
            if chosen is not None:
                self.save_to(chosen / path.name)
        else:
            chosen = file_dialogs.ask_where_to_save(self, "Save the example as", path.name)
            if chosen is not None:
                self.save_to(chosen)


def _facts(format: Format) -> Markup:
    """Return the details of a format as a few lines of rich text."""
    ways = [word for word, able in (("read", format.read), ("written", format.write)) if able is not None]
    shape = "a folder" if format.is_folder else "files"
    suffixes = f" ({', '.join(format.suffixes)})" if format.suffixes else ""
    what = f"{shape.capitalize()}{suffixes}: {' and '.join(ways) or 'neither read nor written'}."
    lines = [
        markup("<b>{name}</b>", name=format.name),
        markup("{what} On the command line: <code>{id}</code>", what=what, id=format.id),
    ]
    if format.write is not None:
        lost = in_short(format.cannot_hold)
        lines.append(escaped(f"It cannot hold: {lost}." if lost else "It holds everything."))
    lines += [
        escaped(f"{choice.words}: {'; '.join(words for _, words in choice.values)}.")
        for choice in format.choices
        if choice.values
    ]
    return join_markup("<br>", lines)
