"""The actions on suggestions: Y accepts, Shift+Y corrects, Shift+N rejects."""

from typing import TYPE_CHECKING

from annotator.app.actions.action_spec import ActionSpec, Context, text_action
from annotator.app.actions.registry import ActionRegistry, Command, Rows, Switch
from annotator.app.reader.command_host import CommandHost
from annotator.app.suggestions.docked_views import SUGGESTIONS
from annotator.app.suggestions.suggestion_commands import SuggestCommands

if TYPE_CHECKING:
    from annotator.app.suggestions.suggestions_view import SuggestionsView


def _suggest(
    id: str,
    title: str,
    help: str,
    key: str = "",
    *,
    icon: str,
    section: str,
    writes: bool = False,
    on_bar: bool = False,
) -> ActionSpec:
    return ActionSpec(
        f"suggest.{id}",
        title,
        "Suggest",
        help,
        (key,) if key else (),
        Context.PROJECT,
        icon=icon,
        section=section,
        writes=writes,
        on_bar=on_bar,
    )


def _answer(id: str, title: str, help: str, key: str, *, icon: str) -> ActionSpec:
    return text_action(f"suggest.{id}", title, "Suggest", help, key, icon=icon, writes=True, section="answer")


ROWS: Rows[SuggestCommands] = (
    Command(
        _suggest(
            "run",
            "Suggest",
            "Reads the documents in which something has changed, and suggests annotations by rules or a chosen model.",
            "Ctrl+G",
            icon="suggest",
            section="make",
            writes=True,
            on_bar=True,
        ),
        SuggestCommands.suggest_run,
    ),
    Command(
        _suggest(
            "model",
            "Suggestion method",
            "Chooses the rules or a trained model, shows how good it is, and from which score on suggestions are "
            "shown.",
            "Ctrl+Shift+G",
            icon="settings",
            section="make",
        ),
        SuggestCommands.suggest_model,
    ),
    Command(
        _suggest(
            "train",
            "Train a model",
            "Learns from the annotations and rejections of this project, on this machine.",
            icon="suggest",
            section="make",
        ),
        SuggestCommands.suggest_train,
    ),
    Command(
        _suggest(
            "evaluate",
            "Evaluate against gold",
            "Precision, recall and F of annotations or suggestions against another project, corpus or annotator.",
            icon="grade",
            section="make",
        ),
        SuggestCommands.suggest_evaluate,
    ),
    Command(
        _answer(
            "accept",
            "Accept the suggestion",
            "Makes the annotation that is suggested; on other words where such are selected. Goes on to the next.",
            "Y",
            icon="accept",
        ),
        SuggestCommands.suggest_accept,
    ),
    Command(
        _answer(
            "correct",
            "Correct the suggestion",
            "Selects the suggested words, to be changed before a label or {suggest.accept} takes them. A label alone "
            "gives another label.",
            "Shift+Y",
            icon="edit",
        ),
        SuggestCommands.suggest_correct,
    ),
    Command(
        _answer(
            "reject",
            "Reject the suggestion",
            "What is like it is not suggested again, and a model learns from it. Goes on to the next.",
            "Shift+N",
            icon="reject",
        ),
        SuggestCommands.suggest_reject,
    ),
    Command(
        _suggest(
            "accept_all",
            "Accept all from a score on",
            "Accepts many suggestions as one step, after a look at how many they are.",
            "Ctrl+Shift+Y",
            icon="accept-all",
            writes=True,
            section="answer",
        ),
        SuggestCommands.suggest_accept_all,
    ),
    Command(
        _suggest(
            "next",
            "Next suggestion",
            "Goes to the next suggestion, in the order that the list of suggestions has.",
            "Ctrl+J",
            icon="next",
            section="walk",
        ),
        SuggestCommands.suggest_next,
    ),
    Command(
        _suggest(
            "previous",
            "Previous suggestion",
            "Goes to the suggestion before.",
            "Ctrl+Shift+J",
            icon="previous",
            section="walk",
        ),
        SuggestCommands.suggest_previous,
    ),
    Switch(
        _suggest(
            "show",
            "Suggestions in the text",
            "Shows the suggestions in the text with dashes, or puts them away.",
            icon="eye",
            section="walk",
        ),
        SuggestCommands.suggest_show,
    ),
)


def register(host: CommandHost, registry: ActionRegistry) -> None:
    """Register the actions on suggestions; connect their list."""
    commands = SuggestCommands(host)
    registry.add(ROWS, commands)
    host.reading_commands.answer_suggestion = commands.label

    def connect(view: "SuggestionsView") -> None:
        view.suggestion_requested.connect(commands.show_suggestion)
        view.run_requested.connect(host.action("suggest.run").trigger)
        view.accept_requested.connect(host.action("suggest.accept").trigger)
        view.reject_requested.connect(host.action("suggest.reject").trigger)
        view.accept_all_requested.connect(host.action("suggest.accept_all").trigger)
        view.leave_requested.connect(host.focus_text)
        host.enable_text_keys(view.table)

    host.when_built(SUGGESTIONS, connect)
