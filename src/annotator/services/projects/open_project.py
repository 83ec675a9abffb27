"""An open project as the window uses it. The window imports nothing from the store itself."""

from annotator.store import rows
from annotator.store.project import Project
from annotator.store.reading import describe_unreadable
from annotator.store.write_turn import Progress

__all__ = ["Progress", "Project", "describe_unreadable", "prepare_first_write"]


def prepare_first_write() -> None:
    """Compute what the first write needs, so that it does not take longer than later ones."""
    rows.shapes()
