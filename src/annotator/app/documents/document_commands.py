"""Commands for the open document as a whole, and for its place in the list."""

from annotator.app.documents.docked_views import BOOKMARKS, DOCUMENTS
from annotator.app.reader.command_host import CommandHost
from annotator.domain.fixed_choices import DIRECTIONS, DOCUMENT_STATUSES
from annotator.services.documents import documents

_NEXT_STATUS = dict(zip(DOCUMENT_STATUSES, (*DOCUMENT_STATUSES[1:], DOCUMENT_STATUSES[0]), strict=True))
_DIRECTIONS = {
    "": "The direction of the text is automatic.",
    "ltr": "The text runs from left to right.",
    "rtl": "The text runs from right to left.",
}


class DocumentCommands:
    """Handlers of the actions on the open document; dialogs are imported when they are opened."""

    def __init__(self, host: CommandHost) -> None:
        self._host = host
        self._workspace = host.workspace

    def document_status(self) -> None:
        """Set the next status of the open document."""
        if (document := self._workspace.document) is not None:
            self._workspace.perform(documents.update(document, status=_NEXT_STATUS[document.status]))

    def document_properties(self) -> None:
        """Show the data of the open document, which can be changed."""
        from annotator.app.documents.properties_dialog import DocumentPropertiesDialog

        if self._workspace.document is not None:
            DocumentPropertiesDialog(self._workspace, self._host.dialog_parent).show()

    def document_direction(self) -> None:
        """Set the next direction of the text: left to right, right to left, automatic."""
        document = self._workspace.document
        if document is None:
            return
        direction = DIRECTIONS[(DIRECTIONS.index(document.direction) + 1) % len(DIRECTIONS)]
        if self._workspace.perform(documents.update(document, direction=direction)):
            self._workspace.notified.emit(_DIRECTIONS[direction], True)

    def document_trash(self) -> None:
        """Move the open document to the trash and open the one after it."""
        document = self._workspace.document
        if document is None:
            return
        listed = self._host.view(DOCUMENTS)
        listed.open_next()
        if self._workspace.document is document:
            listed.open_previous()
        if self._workspace.perform(documents.trash([document.id])):
            self._workspace.notified.emit(f"Moved {document.title[:60]} to the trash.", True)

    def navigate_next_document(self) -> None:
        """Open the document after this one in the list."""
        self._host.view(DOCUMENTS).open_next()

    def navigate_previous_document(self) -> None:
        """Open the document before this one in the list."""
        self._host.view(DOCUMENTS).open_previous()

    def bookmark_list(self) -> None:
        """Show the bookmarks of the project and go to their list."""
        self._host.show_view(BOOKMARKS).go_to_list()
