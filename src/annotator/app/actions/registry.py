"""The actions of a window, and what each does: the features register their handlers here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Concatenate, Generic, ParamSpec, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from annotator.app.actions.action_spec import ActionSpec, Scope
from annotator.app.style.icons import icon

C = TypeVar("C")
A = TypeVar("A")
P = ParamSpec("P")

_ROLES = {
    "file.quit": QAction.MenuRole.QuitRole,
    "edit.preferences": QAction.MenuRole.PreferencesRole,
    "help.about": QAction.MenuRole.AboutRole,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row in the table of a feature."""

    spec: ActionSpec


@dataclass(frozen=True, slots=True)
class Command(Row, Generic[C]):
    """An action, and the method of the feature's commands that it calls."""

    run: Callable[[C], object]


@dataclass(frozen=True, slots=True)
class Switch(Row, Generic[C]):
    """A checkable action, and the method that takes whether it is checked now."""

    run: Callable[[C, bool], object]


Rows = tuple[Command[C] | Switch[C], ...]


@dataclass(frozen=True, slots=True)
class WithArgument(Generic[C, A, P]):
    """A handler for one of several actions that share a method: it calls the method with ``argument``."""

    method: Callable[Concatenate[C, A, P], object]
    argument: A

    def __call__(self, commands: C, /, *state: P.args, **named: P.kwargs) -> None:
        self.method(commands, self.argument, *state, **named)


class Action(QAction):
    """The action of a row, as Qt's menus and shortcuts take it."""

    def __init__(self, spec: ActionSpec, parent: QWidget) -> None:
        super().__init__(spec.title, parent)
        self.spec = spec
        self.help = spec.help
        """What it does, with the present keys of the actions that it names."""
        self.setObjectName(spec.id)
        self.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        self.setIcon(icon(spec.icon))
        self.setIconVisibleInMenu(bool(spec.icon))
        self.setStatusTip(spec.help)
        self.setMenuRole(_ROLES.get(spec.id, QAction.MenuRole.NoRole))


Actions = dict[str, Action]
"""Actions by id, in the order of the menus."""


class ActionRegistry:
    """The actions of one window by id; each gets its handler from the feature that it belongs to."""

    def __init__(self, parent: QWidget, specs: Iterable[ActionSpec]) -> None:
        """Make an action for each row. Raise ValueError for a second row with the same id.

        Keys of scope ``READING`` are not heard before ``hear_keys`` has named the widgets.
        """
        self.actions: Actions = {}
        self._commands: dict[type, object] = {}
        self._handled: set[str] = set()
        for spec in specs:
            if spec.id in self.actions:
                raise ValueError(f"There are two actions with the id {spec.id}.")
            action = self.actions[spec.id] = Action(spec, parent)
            if spec.scope is Scope.READING:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            else:
                parent.addAction(action)

    def add(self, rows: Rows[C], commands: C) -> None:
        """Connect the actions of ``rows`` to the methods of ``commands``.

        Those of a ``Switch`` become checkable. Raise LookupError for an action that is not in the table, ValueError
        for one that has a handler already.
        """
        self._commands[type(commands)] = commands
        for row in rows:
            id = row.spec.id
            if id not in self.actions:
                raise LookupError(f"The action {id} is not in the table.")
            if id in self._handled:
                raise ValueError(f"The action {id} has a handler already.")
            self._handled.add(id)
            self.actions[id].setCheckable(isinstance(row, Switch))
            self.actions[id].triggered.connect(_caller(row, commands))

    def commands(self, kind: type[C]) -> C:
        """Return the registered commands of a feature. Raise LookupError if there are none."""
        found = self._commands.get(kind)
        if not isinstance(found, kind):
            raise LookupError(f"No {kind.__name__} are registered.")
        return found

    def check_complete(self) -> None:
        """Raise LookupError naming the actions that have no handler."""
        missing = sorted(self.actions.keys() - self._handled)
        if missing:
            raise LookupError(f"no handler for {', '.join(missing)}")


def _caller(row: Command[C] | Switch[C], commands: C) -> Callable[[bool], None]:
    """Return the slot of an action; Qt calls it with the checked state."""

    def call(is_checked: bool) -> None:
        if isinstance(row, Switch):
            row.run(commands, is_checked)
        else:
            row.run(commands)

    return call


def hear_keys(actions: Actions, widgets: Iterable[QWidget]) -> None:
    """Let ``widgets`` (the text, the table of annotations) hear the keys of scope ``READING``."""
    reading = [action for action in actions.values() if action.spec.scope is Scope.READING]
    for widget in widgets:
        widget.addActions(reading)
