"""The whole list of actions against a stored copy: a change to it is made on purpose, in both places."""

import json
from pathlib import Path
from typing import Any

from annotator.app.actions.action_spec import ActionSpec
from annotator.app.shell.features import ACTIONS

STORED = Path(__file__).with_name("actions.jsonl")


def shown(spec: ActionSpec) -> dict[str, Any]:
    """All that a user or a script sees of an action."""
    return {
        "id": spec.id,
        "title": spec.title,
        "menu": spec.menu,
        "section": spec.section,
        "keys": list(spec.keys),
        "scope": spec.scope.value,
        "context": spec.context.name,
        "writes": spec.writes,
        "checkable": spec.checkable,
        "on_bar": spec.on_bar,
        "icon": spec.icon,
        "help": spec.help,
    }


def test_the_actions_are_those_of_the_stored_copy_in_its_order() -> None:
    stored = [json.loads(line) for line in STORED.read_text(encoding="utf-8").splitlines()]
    assert [shown(spec) for spec in ACTIONS] == stored
