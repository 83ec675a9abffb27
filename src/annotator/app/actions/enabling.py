"""Which actions are possible now, and why the others are not."""

from annotator.app.actions.action_spec import Context
from annotator.app.actions.key_texts import keys_text
from annotator.app.actions.registry import Action, Actions
from annotator.app.widgets.mnemonics import without_mnemonic
from annotator.app.widgets.tool_tips import tool_tip

REASONS = {
    Context.PROJECT: "Open a project first.",
    Context.DOCUMENT: "Open a document first.",
    Context.ANNOTATION: "Choose an annotation first.",
}
READ_ONLY_REASON = "This project is open for reading only."
_REASON = "disabled_reason"
"""The property of an action that says why it is disabled."""


def enable(actions: Actions, context: Context, read_only: bool = False) -> None:
    """Enable the actions that are possible in ``context``; store the reason for the others."""
    for action in actions.values():
        spec = action.spec
        if spec.context > context:
            disable(action, REASONS[Context(context + 1)])
        elif spec.writes and read_only:
            disable(action, READ_ONLY_REASON)
        else:
            action.setProperty(_REASON, "")
            action.setEnabled(True)
    show_tips(actions)


def disable(action: Action, reason: str) -> None:
    """Disable an action; the palette and the tool tip show ``reason``."""
    action.setProperty(_REASON, reason)
    action.setEnabled(False)


def reason_of(action: Action) -> str:
    """Return why an action is disabled; empty if it is enabled."""
    if action.isEnabled():
        return ""
    return str(action.property(_REASON) or "Not possible now.")


def show_tips(actions: Actions) -> None:
    """Set tool tips with the title, the help, the keys, and the reason why an action is disabled."""
    for action in actions.values():
        keys = keys_text(action.shortcuts())
        parts = [without_mnemonic(action.text()) + (f" ({keys})" if keys else ""), action.help, reason_of(action)]
        action.setToolTip(tool_tip("\n".join(part for part in parts if part)))
