"""The actions that find, and the one that annotates all places found."""

from typing import TYPE_CHECKING

from annotator.app.actions.action_spec import ActionSpec, Context, text_action
from annotator.app.actions.registry import ActionRegistry, Command, Rows
from annotator.app.reader.command_host import CommandHost
from annotator.app.search.docked_views import CONCORDANCE, SEARCH
from annotator.app.search.search_commands import FindCommands

if TYPE_CHECKING:
    from annotator.app.search.concordance_view import ConcordanceView
    from annotator.app.search.search_results import SearchResults


ROWS: Rows[FindCommands] = (
    Command(
        ActionSpec(
            "find.document",
            "Find in the document",
            "Edit",
            "Finds words in the text and marks them all; without a document it searches the project.",
            ("Ctrl+F",),
            Context.PROJECT,
            icon="search",
            section="find",
        ),
        FindCommands.find_document,
    ),
    Command(
        ActionSpec(
            "find.next",
            "Next hit",
            "Edit",
            "Goes to the next place that was found.",
            ("F3",),
            Context.DOCUMENT,
            section="find",
        ),
        FindCommands.find_next,
    ),
    Command(
        ActionSpec(
            "find.previous",
            "Previous hit",
            "Edit",
            "Goes back to the place that was found before.",
            ("Shift+F3",),
            Context.DOCUMENT,
            section="find",
        ),
        FindCommands.find_previous,
    ),
    Command(
        ActionSpec(
            "edit.find",
            "Search the project",
            "Edit",
            "Goes to the search field, which looks through all documents.",
            ("Ctrl+Shift+F",),
            Context.PROJECT,
            icon="search",
            section="find",
        ),
        FindCommands.edit_find,
    ),
    Command(
        ActionSpec(
            "find.concordance",
            "Concordance",
            "Edit",
            "Lists every place of the selected words, or of what you type, with the words around it.",
            ("F4",),
            Context.PROJECT,
            icon="concordance",
            section="find",
        ),
        FindCommands.find_concordance,
    ),
    Command(
        text_action(
            "annotate.all_occurrences",
            "Annotate all occurrences",
            "Annotate",
            "Finds every place of the selected words, or of what was found last, and labels them all in one step.",
            "O",
            writes=True,
            icon="label",
            section="occurrences",
        ),
        FindCommands.annotate_all_occurrences,
    ),
)


def register(host: CommandHost, registry: ActionRegistry) -> None:
    """Register the actions that find; connect the views of hits."""
    registry.add(ROWS, FindCommands(host))

    def connect(view: "SearchResults | ConcordanceView") -> None:
        view.jobs = host.jobs
        view.hit_requested.connect(host.show_place)
        view.leave_requested.connect(host.focus_text)

    host.when_built(SEARCH, connect)
    host.when_built(CONCORDANCE, connect)
