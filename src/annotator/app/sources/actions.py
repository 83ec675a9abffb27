"""The table of sources, which has no actions beside its pane."""

from typing import TYPE_CHECKING

from annotator.app.actions.registry import ActionRegistry
from annotator.app.reader.command_host import CommandHost
from annotator.app.sources.docked_views import SOURCES

if TYPE_CHECKING:
    from annotator.app.sources.source_table import SourceTableView


def register(host: CommandHost, _registry: ActionRegistry) -> None:
    """Connect the table of sources."""

    def connect(view: "SourceTableView") -> None:
        view.hit_requested.connect(host.show_place)
        view.peek_requested.connect(host.peek)
        view.leave_requested.connect(host.focus_text)

    host.when_built(SOURCES, connect)
