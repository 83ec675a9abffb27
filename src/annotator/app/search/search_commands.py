"""Commands that find: in the document, in the project, as a concordance, and to annotate all occurrences."""

from annotator.app.documents.docked_views import DOCUMENTS
from annotator.app.reader.command_host import CommandHost
from annotator.app.search.docked_views import CONCORDANCE
from annotator.nlp.text.text_search import Query

_LONGEST_QUERY = 300


class FindCommands:
    """Handlers of the actions that find."""

    def __init__(self, host: CommandHost) -> None:
        self._host = host
        self._workspace = host.workspace

    def find_document(self) -> None:
        """Find in the text; without a document, in the project."""
        if self._workspace.document is None:
            self.edit_find()
        else:
            self._host.reading.find_bar.open()

    def find_next(self) -> None:
        """Go to the next hit in the text."""
        self._host.reading.find_bar.step(True)

    def find_previous(self) -> None:
        """Go to the previous hit in the text."""
        self._host.reading.find_bar.step(False)

    def edit_find(self) -> None:
        """Move the focus to the search over all documents."""
        self._host.show_view(DOCUMENTS).focus_search()

    def find_concordance(self) -> None:
        """Show the concordance of the selected words or of the active annotation; without both, wait for words."""
        self._host.show_view(CONCORDANCE).open(self._words())

    def annotate_all_occurrences(self) -> None:
        """Ask how to annotate all occurrences of the words in the find bar, or of the selected words."""
        from annotator.app.search.annotate_all_dialog import AnnotateAllDialog

        query = self._host.reading.find_bar.query or self._words()
        AnnotateAllDialog(
            self._workspace, self._host.jobs, query, self._host.view(DOCUMENTS).shown_ids(), self._host.dialog_parent
        ).show()

    def _words(self) -> Query:
        """Return the selected words, or those of the active annotation; empty if they are too many to occur twice."""
        view, active = self._host.reading.view, self._workspace.active
        span = view.selected_span() or (active.fragments[0] if active is not None else None)
        words = span.of(view.text) if span is not None else ""
        return Query(words.strip() if len(words) <= _LONGEST_QUERY else "")
