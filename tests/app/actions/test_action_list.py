"""The whole list of actions against a stored copy: a change to it is made on purpose, in both places."""

import json
from pathlib import Path
from typing import Any

from tests.app.actions.recorded_actions import ROWS

from annotator.app.actions.keymap import Keymap
from annotator.app.actions.registry import Command, Row, Switch, WithArgument
from annotator.app.shell.features import ACTIONS
from annotator.app.views.view_spec import ViewSpec

KEYMAP = Keymap(ACTIONS)
STORED = Path(__file__).with_name("actions.jsonl")


def shown(row: Row) -> dict[str, Any]:
    """All that a user or a script sees of an action, and what it calls."""
    spec = row.spec
    handler, argument = called(row)
    return {
        "id": spec.id,
        "title": spec.title,
        "menu": spec.menu,
        "section": spec.section,
        "keys": list(spec.keys),
        "scope": spec.scope.value,
        "context": spec.context.name,
        "writes": spec.writes,
        "checkable": isinstance(row, Switch),
        "on_bar": spec.on_bar,
        "icon": spec.icon,
        "help": KEYMAP.help(spec.id),
        "handler": handler,
        "argument": argument,
    }


def called(row: Row) -> tuple[str, str | int | None]:
    """The method that an action calls, with its class, and its argument; a view is named by its id."""
    assert isinstance(row, Command | Switch)
    run: Any = row.run
    argument = None
    if isinstance(run, WithArgument):
        run, argument = run.method, run.argument
    return run.__qualname__, argument.id if isinstance(argument, ViewSpec) else argument


def test_the_actions_are_those_of_the_stored_copy_in_its_order() -> None:
    stored = [json.loads(line) for line in STORED.read_text(encoding="utf-8").splitlines()]
    assert [shown(ROWS[spec.id]) for spec in ACTIONS] == stored


def test_a_handler_gets_its_argument() -> None:
    calls: list[tuple[str, int, bool]] = []

    def note(commands: str, argument: int, is_checked: bool) -> None:
        calls.append((commands, argument, is_checked))

    WithArgument(note, 2)("commands", True)
    assert calls == [("commands", 2, True)]
