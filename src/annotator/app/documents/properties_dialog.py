"""The dialog of the open document: its editable data and its origin."""

import json
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

from annotator.app.actions.enabling import READ_ONLY_REASON
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.designer_form import Form, say
from annotator.app.widgets.source_field import SourceField
from annotator.app.widgets.writing_dialog import WritingDialog
from annotator.domain.changes import Change, Edit, Values
from annotator.domain.dates import local_day
from annotator.domain.errors import ProjectError
from annotator.domain.fixed_choices import DOCUMENT_STATUSES
from annotator.domain.records import DocumentRecord
from annotator.domain.wording import listed
from annotator.services.documents import documents
from annotator.services.sources import sources

_DIRECTIONS = {"": "Automatic", "ltr": "Left to right", "rtl": "Right to left"}
_LINES = ("title", "author", "published_at", "language", "address")
_TITLES = {
    "title": "title",
    "source_id": "source",
    "author": "author",
    "published_at": "date",
    "language": "language",
    "address": "address",
    "status": "status",
    "direction": "direction",
    "note": "note",
}
"""The columns that the dialog changes, with their titles."""


class DocumentPropertiesDialog(WritingDialog):
    """Shows the data of the open document, and writes the differences as one change."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentProperties")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace = workspace
        document = workspace.document
        if document is None:
            raise ValueError("the dialog needs an open document")
        self._document: DocumentRecord = document
        form = Form("document_properties", self)
        self.lines = {name: form.part(QLineEdit, name) for name in _LINES}
        self.source = form.replace("source", SourceField(kind="outlet"))
        self.source.edit.setAccessibleName("Source of the document")
        self.source.set_sources(workspace.sources())
        self.status = form.part(QComboBox, "status")
        self.status.addItems(DOCUMENT_STATUSES)
        self.direction = form.part(QComboBox, "direction")
        for direction, words in _DIRECTIONS.items():
            self.direction.addItem(words, direction)
        self.note = form.part(QPlainTextEdit, "note")
        self.facts = form.part(QPlainTextEdit, "facts")
        self._facts_caption = form.part(QLabel, "factsCaption")
        self.origin = form.part(QLabel, "origin")
        self.message = form.part(QLabel, "message")
        self.buttons = form.part(QDialogButtonBox, "buttons")
        self.ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._show(document)
        # Enter in the source field confirms the name; the button closes the dialog.
        self.source.chosen.connect(self._take_source)
        self.source.new_requested.connect(lambda _name, _kind: self.status.setFocus())
        self._source_id = document.source_id
        # The form has a placeholder for the problem.
        self.problem.deleteLater()
        self.problem = self.message
        self._show_access()
        self.on_accept(lambda: workspace.write(self._planned()))
        workspace.committed.connect(self._take_commit)
        workspace.project_closed.connect(self.give_up)

    def _show(self, document: DocumentRecord) -> None:
        for name, line in self.lines.items():
            line.setText(getattr(document, name))
            line.setCursorPosition(0)
        self.source.set_source(document.source_id, document.source)
        self.status.setCurrentText(document.status)
        self.direction.setCurrentIndex(self.direction.findData(document.direction))
        self.note.setPlainText(document.note)
        self.facts.setPlainText("\n".join(f"{_named(name)}: {_shown(fact)}" for name, fact in document.facts.items()))
        for part in (self.facts, self._facts_caption):
            part.setVisible(bool(document.facts))
        origin = {
            "File": document.origin_path,
            "Format": document.origin_format,
            "Imported": local_day(document.imported_at),
            "Words": f"{document.words:,}",
            "SHA-256 of the file": document.origin_sha256,
            "SHA-256 of the text": document.text_sha256,
        }
        self.origin.setText("\n".join(f"{name}: {fact}" for name, fact in origin.items() if fact))

    def _take_commit(self, change: Change) -> None:
        """Show changes made elsewhere, and report conflicts with what was entered here."""
        for edit in change.edits:
            if edit.table == "document" and edit.id == self._document.id and edit.after is not None:
                self._take_values(edit.after)

    def _take_values(self, values: Values) -> None:
        overtaken = []
        for column, value in values.items():
            if column in _TITLES and (old := getattr(self._document, column)) != value:
                self._document = self._document._replace(**{column: value})
                if self._is_shown(column, old):
                    self._show_value(column, value)
                elif not self._is_shown(column, value):
                    overtaken.append(_TITLES[column])
        if overtaken:
            changed = listed(overtaken)
            verb = "was" if len(overtaken) == 1 else "were"
            say(
                self.message,
                f"The {changed} {verb} changed elsewhere meanwhile: OK writes what you entered here instead.",
                "warning",
            )

    def _is_shown(self, column: str, value: Any) -> bool:
        """Return whether a field shows this value of its column and nothing entered by the user."""
        if column == "note":
            return not self.note.document().isModified() or self.note.toPlainText().strip() == value
        if column == "source_id":
            return self._source_id == value and not self.source.is_being_typed
        if column in self.lines:
            return bool(self.lines[column].text() == value)
        return bool((self.status.currentText() if column == "status" else self.direction.currentData()) == value)

    def _show_value(self, column: str, value: Any) -> None:
        if column in self.lines:
            self.lines[column].setText(value)
            self.note_text(self.lines[column])
        elif column == "note":
            self.note.setPlainText(value)
            self.note_text(self.note)
        elif column == "source_id":
            names = {source.id: source.name for source in self._workspace.sources()}
            self._source_id = value
            self.source.set_source(value, names.get(value, ""))
            self.note_text(self.source.edit)
        elif column == "status":
            self.status.setCurrentText(value)
        else:
            self.direction.setCurrentIndex(self.direction.findData(value))

    def _take_source(self, id: int | None) -> None:
        self._source_id = id

    def _planned(self) -> Change:
        """Return the change to write. Raise AnnotatorError if a value is invalid."""
        project = self._workspace.project
        if project is None:
            raise ProjectError("No project is open: open it, and try again.")
        fields: dict[str, Any] = {name: line.text().strip() for name, line in self.lines.items()}
        # An unchanged note is not written, because the field does not keep every kind of space.
        if self.note.document().isModified():
            fields["note"] = self.note.toPlainText().strip()
        fields["status"] = self.status.currentText()
        fields["direction"] = self.direction.currentData()
        fields["source_id"] = self._source_id
        added: tuple[Edit, ...] = ()
        self.source.check_choice()
        if self.source.is_new:
            fields["source_id"], made = sources.add(project, self.source.typed, self.source.kind.currentText())
            added = made.edits
        change = documents.update(self._document, **fields)
        return Change(change.title, (*added, *change.edits))

    def _show_access(self) -> None:
        is_closed = self._workspace.read_only
        say(self.message, (self._workspace.notice or READ_ONLY_REASON) if is_closed else "", "warning")
        self.ok.setEnabled(not is_closed)
        self.source.setEnabled(not is_closed)
        self.status.setEnabled(not is_closed)
        self.direction.setEnabled(not is_closed)
        self.note.setReadOnly(is_closed)
        for line in self.lines.values():
            line.setReadOnly(is_closed)


def _named(fact: str) -> str:
    """Return the name of a fact in readable form."""
    return fact[:1].upper() + fact[1:].replace("_", " ")


def _shown(fact: Any) -> str:
    """Return a fact as one line if possible."""
    if isinstance(fact, list) and all(isinstance(one, str | int | float) for one in fact):
        return ", ".join(map(str, fact))
    return fact if isinstance(fact, str) else json.dumps(fact, ensure_ascii=False)
