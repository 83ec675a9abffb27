"""The actions on labels themselves: on the current one of the legend, or else that of the annotation."""

from typing import TYPE_CHECKING

from annotator.app.actions.action_spec import ActionSpec, Context
from annotator.app.actions.registry import ActionRegistry, Command, Rows
from annotator.app.labels.docked_views import GUIDELINE, LABELS
from annotator.app.labels.label_commands import LabelCommands
from annotator.app.labels.label_palette import LabelPalette
from annotator.app.reader.command_host import CommandHost

if TYPE_CHECKING:
    from annotator.app.labels.guideline_view import GuidelinePanel

ROWS: Rows[LabelCommands] = (
    Command(
        ActionSpec(
            "labels.edit",
            "Edit the labels",
            help="Adds, renames, recolours, orders, nests, merges and splits labels, and checks their colours.",
            keys=("Ctrl+L",),
            icon="label",
            menu="Annotate/Labels",
            section="vocabulary",
            context=Context.PROJECT,
        ),
        LabelCommands.labels_edit,
    ),
    Command(
        ActionSpec(
            "labels.add",
            "New label",
            help="Adds a label.",
            icon="add",
            writes=True,
            menu="Annotate/Labels",
            section="vocabulary",
            context=Context.PROJECT,
        ),
        LabelCommands.labels_add,
    ),
    Command(
        ActionSpec(
            "labels.rename",
            "Rename the label",
            help="Gives the label another name.",
            icon="edit",
            writes=True,
            menu="Annotate/Labels",
            section="vocabulary",
            context=Context.PROJECT,
        ),
        LabelCommands.labels_rename,
    ),
    Command(
        ActionSpec(
            "labels.merge",
            "Merge the label into another",
            help="Moves all its annotations to another label; the label goes.",
            icon="merge",
            writes=True,
            menu="Annotate/Labels",
            section="vocabulary",
            context=Context.PROJECT,
        ),
        LabelCommands.labels_merge,
    ),
    Command(
        ActionSpec(
            "labels.split",
            "Split the label",
            help="Moves those of its annotations that match to a new label or another one.",
            icon="split",
            writes=True,
            menu="Annotate/Labels",
            section="vocabulary",
            context=Context.PROJECT,
        ),
        LabelCommands.labels_split,
    ),
    Command(
        ActionSpec(
            "labels.remove",
            "Remove the label",
            help="Removes a label that no annotation has, or offers to merge it.",
            icon="trash",
            writes=True,
            menu="Annotate/Labels",
            section="vocabulary",
            context=Context.PROJECT,
        ),
        LabelCommands.labels_remove,
    ),
    Command(
        ActionSpec(
            "labels.hide",
            "Hide the label, or show it again",
            help="Hides the annotations with this label in the text and in the table; nothing in the file changes.",
            icon="eye-off",
            menu="Annotate/Labels",
            section="vocabulary",
            context=Context.PROJECT,
        ),
        LabelCommands.labels_hide,
    ),
    Command(
        ActionSpec(
            "labels.solo",
            "Show the label alone, or the others again",
            help="Hides all other labels; nothing in the file changes.",
            icon="solo",
            menu="Annotate/Labels",
            section="vocabulary",
            context=Context.PROJECT,
        ),
        LabelCommands.labels_solo,
    ),
    Command(
        ActionSpec(
            "labels.show_all",
            "Show all labels again",
            help="Shows every label that is hidden.",
            keys=("Ctrl+Shift+L",),
            icon="eye",
            menu="Annotate/Labels",
            section="vocabulary",
            context=Context.PROJECT,
        ),
        LabelCommands.labels_show_all,
    ),
)


def register(host: CommandHost, registry: ActionRegistry) -> None:
    """Register what is done with labels, and connect the legend and the guideline."""
    registry.add(ROWS, LabelCommands(host))

    def connect_legend(view: LabelPalette) -> None:
        view.label_requested.connect(host.reading_commands.apply_label_id)

    def connect_guideline(view: "GuidelinePanel") -> None:
        view.leave_requested.connect(host.focus_text)

    host.when_built(LABELS, connect_legend)
    host.when_built(GUIDELINE, connect_guideline)
