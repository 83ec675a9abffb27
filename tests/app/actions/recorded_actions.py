"""The actions of the program in a window of a test, which notes what they call."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from annotator.app.actions.action_spec import ActionSpec
from annotator.app.actions.registry import ActionRegistry, Actions, Command, Row, Rows, Switch
from annotator.app.shell.features import ACTIONS, FEATURES

Note = Callable[..., object]
"""Is called with the id of an action, and with its state where it is checkable."""

ROWS = {row.spec.id: row for feature in FEATURES for row in feature.rows}
"""The rows of the program by the ids of their actions."""


def recorded_actions(parent: QWidget, note: Note) -> Actions:
    """Every action, each of which calls ``note`` instead of what it does in the program."""
    registry = ActionRegistry(parent, ACTIONS)
    registry.add(tuple(_noting(ROWS[spec.id]) for spec in ACTIONS), note)
    registry.check_complete()
    return registry.actions


def _noting(row: Row) -> Command[Note] | Switch[Note]:
    if isinstance(row, Switch):
        return Switch(row.spec, lambda note, is_checked: note(row.spec.id, is_checked))
    return Command(row.spec, lambda note: note(row.spec.id))


def rows_for(*specs: ActionSpec) -> Rows[list[str]]:
    """Rows that append the id of the action to a list."""
    return tuple(Command(spec, partial(_append, spec.id)) for spec in specs)


def _append(id: str, calls: list[str]) -> None:
    calls.append(id)
