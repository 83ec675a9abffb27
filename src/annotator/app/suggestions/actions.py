"""The actions on suggestions: Y is yes, Shift+Y yes but, Shift+N no."""

from typing import TYPE_CHECKING

from annotator.app.actions.action_spec import ActionSpec, Context, text_action
from annotator.app.actions.registry import ActionRegistry, Command, Rows, Switch
from annotator.app.reader.command_host import CommandHost
from annotator.app.suggestions.docked_views import SUGGESTIONS
from annotator.app.suggestions.suggestion_commands import SuggestCommands

if TYPE_CHECKING:
    from annotator.app.suggestions.suggestions_view import SuggestionsView


ROWS: Rows[SuggestCommands] = (
    Command(
        ActionSpec(
            "suggest.run",
            "Suggest",
            "Suggest",
            "Reads the documents in which something has changed, and suggests annotations by rules.",
            ("Ctrl+G",),
            Context.PROJECT,
            icon="suggest",
            section="make",
            writes=True,
            on_bar=True,
        ),
        SuggestCommands.suggest_run,
    ),
    Command(
        ActionSpec(
            "suggest.model",
            "Suggestion method",
            "Suggest",
            "Chooses the rules or a trained model, shows how good it is, and from which score on suggestions are "
            "shown.",
            ("Ctrl+Shift+G",),
            Context.PROJECT,
            icon="settings",
            section="make",
        ),
        SuggestCommands.suggest_model,
    ),
    Command(
        ActionSpec(
            "suggest.train",
            "Train a model",
            "Suggest",
            "Learns from the annotations and rejections of this project, on this machine.",
            (),
            Context.PROJECT,
            icon="suggest",
            section="make",
        ),
        SuggestCommands.suggest_train,
    ),
    Command(
        ActionSpec(
            "suggest.evaluate",
            "Evaluate against gold",
            "Suggest",
            "Precision, recall and F of annotations or suggestions against another project, corpus or annotator.",
            (),
            Context.PROJECT,
            icon="grade",
            section="make",
        ),
        SuggestCommands.suggest_evaluate,
    ),
    Command(
        text_action(
            "suggest.accept",
            "Accept the suggestion",
            "Suggest",
            "Makes the annotation that is suggested; on other words where such are selected. Goes on to the next.",
            "Y",
            icon="accept",
            writes=True,
            section="answer",
        ),
        SuggestCommands.suggest_accept,
    ),
    Command(
        text_action(
            "suggest.correct",
            "Correct the suggestion",
            "Suggest",
            "Selects the suggested words, to be changed before a label or Y takes them. A label alone gives another "
            "label.",
            "Shift+Y",
            icon="edit",
            writes=True,
            section="answer",
        ),
        SuggestCommands.suggest_correct,
    ),
    Command(
        text_action(
            "suggest.reject",
            "Reject the suggestion",
            "Suggest",
            "What is like it is not suggested again, and a model learns from it. Goes on to the next.",
            "Shift+N",
            icon="reject",
            writes=True,
            section="answer",
        ),
        SuggestCommands.suggest_reject,
    ),
    Command(
        ActionSpec(
            "suggest.accept_all",
            "Accept all from a score on",
            "Suggest",
            "Accepts many suggestions as one step, after a look at how many they are.",
            ("Ctrl+Shift+Y",),
            Context.PROJECT,
            icon="accept-all",
            writes=True,
            section="answer",
        ),
        SuggestCommands.suggest_accept_all,
    ),
    Command(
        ActionSpec(
            "suggest.next",
            "Next suggestion",
            "Suggest",
            "Goes to the next suggestion, in the order that the list of suggestions has.",
            ("Ctrl+J",),
            icon="next",
            context=Context.PROJECT,
            section="walk",
        ),
        SuggestCommands.suggest_next,
    ),
    Command(
        ActionSpec(
            "suggest.previous",
            "Previous suggestion",
            "Suggest",
            "Goes to the suggestion before.",
            ("Ctrl+Shift+J",),
            icon="previous",
            context=Context.PROJECT,
            section="walk",
        ),
        SuggestCommands.suggest_previous,
    ),
    Switch(
        ActionSpec(
            "suggest.show",
            "Suggestions in the text",
            "Suggest",
            "Shows the suggestions in the text with dashes, or puts them away.",
            (),
            icon="eye",
            context=Context.PROJECT,
            section="walk",
        ),
        SuggestCommands.suggest_show,
    ),
)


def register(host: CommandHost, registry: ActionRegistry) -> None:
    """Register what is done with suggestions, and connect their list."""
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
        host.hear_text_keys(view.table)

    host.when_built(SUGGESTIONS, connect)
