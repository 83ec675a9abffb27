"""The actions on claims and attribution chains."""

from typing import TYPE_CHECKING

from annotator.app.actions.action_spec import ActionSpec, Context, text_action
from annotator.app.actions.registry import ActionRegistry, Command, Rows
from annotator.app.claims.claim_commands import ClaimCommands
from annotator.app.claims.docked_views import CLAIMS
from annotator.app.reader.command_host import CommandHost

if TYPE_CHECKING:
    from annotator.app.claims.claims_view import ClaimsView


def _claim(id: str, title: str, help: str, key: str, *, writes: bool = False) -> ActionSpec:
    return text_action(
        f"claim.{id}", title, "Grade", help, f"G, {key}", context=Context.ANNOTATION, section="claims", writes=writes
    )


ROWS: Rows[ClaimCommands] = (
    Command(
        _claim(
            "make",
            "New claim from annotation",
            "Makes a claim that the annotation, or those chosen in the table, state.",
            "N",
            writes=True,
        ),
        ClaimCommands.claim_make,
    ),
    Command(
        _claim(
            "state",
            "It states a claim",
            "Chooses the claim that the annotation states; the likeliest come first.",
            "S",
            writes=True,
        ),
        ClaimCommands.claim_state,
    ),
    Command(
        _claim("deny", "It denies a claim", "Chooses the claim that the annotation denies.", "X", writes=True),
        ClaimCommands.claim_deny,
    ),
    Command(
        _claim(
            "open",
            "Show its claim",
            "Shows the claim that the annotation states, who else states it, and what became of it.",
            "O",
        ),
        ClaimCommands.claim_open,
    ),
    Command(
        _claim(
            "chain",
            "Attribution chain",
            "Shows from where the statement comes, and takes further origins and relays.",
            "R",
        ),
        ClaimCommands.claim_chain,
    ),
    Command(
        _claim(
            "weigh",
            "Weigh as evidence",
            "Makes the annotation, or those chosen in the table, evidence on a question with competing hypotheses.",
            "W",
            writes=True,
        ),
        ClaimCommands.claim_weigh,
    ),
    Command(
        ActionSpec(
            "claim.suggest",
            "Look for claims",
            "Grade",
            "Finds annotations that may state the same claim, by names, numbers and wording.",
            (),
            Context.PROJECT,
            section="claims",
            writes=True,
        ),
        ClaimCommands.claim_suggest,
    ),
)


def register(host: CommandHost, registry: ActionRegistry) -> None:
    """Register the actions on claims; connect their view."""
    registry.add(ROWS, ClaimCommands(host))

    def connect(view: "ClaimsView") -> None:
        view.hit_requested.connect(host.show_place)
        view.peek_requested.connect(host.peek)
        view.leave_requested.connect(host.focus_text)
        view.suggest_requested.connect(host.action("claim.suggest").trigger)

    host.when_built(CLAIMS, connect)
