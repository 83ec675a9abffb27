"""The view of hypotheses, which has no actions beside its pane."""

from typing import TYPE_CHECKING

from annotator.app.actions.registry import ActionRegistry
from annotator.app.hypotheses.docked_views import HYPOTHESES
from annotator.app.reader.command_host import CommandHost

if TYPE_CHECKING:
    from annotator.app.hypotheses.hypotheses_view import HypothesesView


def register(host: CommandHost, _registry: ActionRegistry) -> None:
    """Connect the view of hypotheses."""

    def connect(view: "HypothesesView") -> None:
        view.hit_requested.connect(host.show_place)
        view.peek_requested.connect(host.peek)

    host.when_built(HYPOTHESES, connect)
