"""The actions on claims and attribution chains."""

from typing import TYPE_CHECKING

from annotator.app.actions.action_spec import ActionSpec, Context, text_action
from annotator.app.actions.registry import ActionRegistry, Command, Rows
from annotator.app.claims.claim_commands import ClaimCommands
from annotator.app.claims.docked_views import CLAIMS
from annotator.app.reader.command_host import CommandHost

if TYPE_CHECKING:
    from annotator.app.claims.claims_view import ClaimsView


ROWS: Rows[ClaimCommands] = (
    Command(
        text_action(
            "claim.make",
            "New claim from annotation",
            "Grade",
            "Makes a claim that the annotation, or those chosen in the table, state.",
            "G, N",
            writes=True,
            context=Context.ANNOTATION,
            section="claims",
        ),
        ClaimCommands.claim_make,
    ),
    Command(
        text_action(
            "claim.state",
            "It states a claim",
            "Grade",
            "Chooses the claim that the annotation states; the likeliest come first.",
            "G, S",
            writes=True,
            context=Context.ANNOTATION,
            section="claims",
        ),
        ClaimCommands.claim_state,
    ),
    Command(
        text_action(
            "claim.deny",
            "It denies a claim",
            "Grade",
            "Chooses the claim that the annotation denies.",
            "G, X",
            writes=True,
            context=Context.ANNOTATION,
            section="claims",
        ),
        ClaimCommands.claim_deny,
    ),
    Command(
        text_action(
            "claim.open",
            "Show its claim",
            "Grade",
            "Shows the claim that the annotation states, who else states it, and what became of it.",
            "G, O",
            context=Context.ANNOTATION,
            section="claims",
        ),
        ClaimCommands.claim_open,
    ),
    Command(
        text_action(
            "claim.chain",
            "Attribution chain",
            "Grade",
            "Shows from where the statement comes, and takes further origins and relays.",
            "G, R",
            context=Context.ANNOTATION,
            section="claims",
        ),
        ClaimCommands.claim_chain,
    ),
    Command(
        text_action(
            "claim.weigh",
            "Weigh as evidence",
            "Grade",
            "Makes the annotation, or those chosen in the table, evidence on a question with competing hypotheses.",
            "G, W",
            writes=True,
            context=Context.ANNOTATION,
            section="claims",
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
    """Register what is done with claims, and connect their view."""
    registry.add(ROWS, ClaimCommands(host))

    def connect(view: "ClaimsView") -> None:
        view.hit_requested.connect(host.show_place)
        view.leave_requested.connect(host.focus_text)
        view.suggest_requested.connect(host.action("claim.suggest").trigger)

    host.when_built(CLAIMS, connect)
