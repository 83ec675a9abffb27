"""The actions on labels: on the current label of the legend, or else the label of the annotation."""

from typing import TYPE_CHECKING

from annotator.app.actions.action_spec import ActionSpec, Context
from annotator.app.actions.registry import ActionRegistry, Command, Rows
from annotator.app.labels.docked_views import GUIDELINE, LABELS
from annotator.app.labels.label_commands import LabelCommands
from annotator.app.reader.command_host import CommandHost

if TYPE_CHECKING:
    from annotator.app.labels.guideline_view import GuidelinePanel
    from annotator.app.labels.label_palette import LabelPalette


def _spec(id: str, title: str, help: str, *, key: str = "", icon: str, writes: bool = False) -> ActionSpec:
    return ActionSpec(
        f"labels.{id}",
        title,
        "Annotate/Labels",
        help,
        (key,) if key else (),
        Context.PROJECT,
        icon=icon,
        section="vocabulary",
        writes=writes,
    )


ROWS: Rows[LabelCommands] = (
    Command(
        _spec(
            "edit",
            "Edit the labels",
            "Adds, renames, recolours, orders, nests, merges and splits labels, and checks their colours.",
            key="Ctrl+L",
            icon="label",
        ),
        LabelCommands.labels_edit,
    ),
    Command(
        _spec("add", "New label", "Adds a label.", icon="add", writes=True),
        LabelCommands.labels_add,
    ),
    Command(
        _spec("rename", "Rename the label", "Gives the label another name.", icon="edit", writes=True),
        LabelCommands.labels_rename,
    ),
    Command(
        _spec(
            "merge",
            "Merge the label into another",
            "Moves all its annotations to another label; the label goes.",
            icon="merge",
            writes=True,
        ),
        LabelCommands.labels_merge,
    ),
    Command(
        _spec(
            "split",
            "Split the label",
            "Moves those of its annotations that match to a new label or another one.",
            icon="split",
            writes=True,
        ),
        LabelCommands.labels_split,
    ),
    Command(
        _spec(
            "remove",
            "Remove the label",
            "Removes a label that no annotation has, or offers to merge it.",
            icon="trash",
            writes=True,
        ),
        LabelCommands.labels_remove,
    ),
    Command(
        _spec(
            "hide",
            "Hide the label, or show it again",
            "Hides the annotations with this label in the text and in the table; nothing in the file changes.",
            icon="eye-off",
        ),
        LabelCommands.labels_hide,
    ),
    Command(
        _spec(
            "solo",
            "Show the label alone, or the others again",
            "Hides all other labels; nothing in the file changes.",
            icon="solo",
        ),
        LabelCommands.labels_solo,
    ),
    Command(
        _spec("show_all", "Show all labels again", "Shows every label that is hidden.", key="Ctrl+Shift+L", icon="eye"),
        LabelCommands.labels_show_all,
    ),
)


def register(host: CommandHost, registry: ActionRegistry) -> None:
    """Register the actions on labels; connect the legend and the guideline."""
    registry.add(ROWS, LabelCommands(host))

    def connect_legend(view: "LabelPalette") -> None:
        view.label_requested.connect(host.reading_commands.apply_label_id)

    def connect_guideline(view: "GuidelinePanel") -> None:
        view.leave_requested.connect(host.focus_text)

    host.when_built(LABELS, connect_legend)
    host.when_built(GUIDELINE, connect_guideline)
