"""The actions on documents, their new versions and the list of bookmarks."""

from typing import TYPE_CHECKING

from annotator.app.actions.action_spec import ActionSpec, Context
from annotator.app.actions.registry import ActionRegistry, Command, Rows
from annotator.app.documents.docked_views import BOOKMARKS, DOCUMENTS
from annotator.app.documents.document_commands import DocumentCommands
from annotator.app.documents.version_commands import VersionCommands
from annotator.app.projects.file_commands import FileCommands
from annotator.app.reader.command_host import CommandHost
from annotator.app.search.docked_views import SEARCH

if TYPE_CHECKING:
    from annotator.app.documents.bookmarks_view import BookmarksView
    from annotator.app.documents.document_list import DocumentListView

VERSION_ROWS: Rows[VersionCommands] = (
    Command(
        ActionSpec(
            "file.carry_over",
            "Carry annotations over",
            "File",
            "Gives new versions of articles the annotations of the earlier ones.",
            ("Ctrl+Shift+U",),
            Context.PROJECT,
            section="exchange",
            writes=True,
            after="file.import_folder",
        ),
        VersionCommands.file_carry_over,
    ),
)

ROWS: Rows[DocumentCommands] = (
    Command(
        ActionSpec(
            "document.status",
            "Next status of the document",
            "Edit",
            "Steps through the statuses of the document, such as new and done.",
            ("Ctrl+D",),
            Context.DOCUMENT,
            icon="check",
            section="document",
            writes=True,
        ),
        DocumentCommands.document_status,
    ),
    Command(
        ActionSpec(
            "document.properties",
            "About the document",
            "Edit",
            "Shows the data of the document, such as its source and date, to change them.",
            ("Ctrl+Return",),
            Context.DOCUMENT,
            icon="edit",
            section="document",
        ),
        DocumentCommands.document_properties,
    ),
    Command(
        ActionSpec(
            "document.direction",
            "Direction of the text",
            "Edit",
            "Sets the direction of the text: left to right, right to left, or automatic for each paragraph.",
            ("Ctrl+Shift+X",),
            Context.DOCUMENT,
            section="document",
            writes=True,
        ),
        DocumentCommands.document_direction,
    ),
    Command(
        ActionSpec(
            "document.trash",
            "Move the document to the trash",
            "Edit",
            "Takes the document out of the lists; it can be brought back.",
            ("Ctrl+Shift+D",),
            Context.DOCUMENT,
            icon="trash",
            section="document",
            writes=True,
        ),
        DocumentCommands.document_trash,
    ),
    Command(
        ActionSpec(
            "navigate.previous_document",
            "Previous document",
            "Go",
            "Opens the document before in the list.",
            ("Ctrl+PgUp",),
            Context.PROJECT,
            icon="previous",
            section="documents",
            on_bar=True,
        ),
        DocumentCommands.navigate_previous_document,
    ),
    Command(
        ActionSpec(
            "navigate.next_document",
            "Next document",
            "Go",
            "Opens the next document of the list.",
            ("Ctrl+PgDown",),
            Context.PROJECT,
            icon="next",
            section="documents",
            on_bar=True,
        ),
        DocumentCommands.navigate_next_document,
    ),
    Command(
        ActionSpec(
            "bookmark.list",
            "List of bookmarks",
            "Go",
            "Shows all bookmarks, to go there, rename and remove them.",
            ("Ctrl+Shift+B",),
            Context.PROJECT,
            section="bookmarks",
        ),
        DocumentCommands.bookmark_list,
    ),
)


def register(host: CommandHost, registry: ActionRegistry) -> None:
    """Register the actions on documents; connect their list and that of the bookmarks."""
    versions = VersionCommands(host)
    registry.add(VERSION_ROWS, versions)
    registry.commands(FileCommands).imported.connect(versions.offer)
    registry.add(ROWS, DocumentCommands(host))

    def connect_list(view: "DocumentListView") -> None:
        view.search_requested.connect(lambda query: _search(host, query))
        view.leave_requested.connect(host.focus_text)

    def connect_bookmarks(view: "BookmarksView") -> None:
        view.hit_requested.connect(host.show_place)
        view.leave_requested.connect(host.focus_text)

    host.when_built(DOCUMENTS, connect_list)
    host.when_built(BOOKMARKS, connect_bookmarks)


def _search(host: CommandHost, query: str) -> None:
    # The list filters while the user types, so the last word may be incomplete; the hits must be in the same documents.
    if query[-1:].isalnum() and query.count('"') % 2 == 0:
        query += "*"
    host.show_view(SEARCH).run(query)
