"""The native export as records that two states of a project, or two projects, can be compared by."""

import json
from pathlib import Path
from typing import Any

import annotator

_STATE_OF_LOG = {"tip", "log", "removed", "undone"}
_OF_ONE_PROJECT = {"project_uid", "label_uid", "annotator_uid"}


def exported(project: annotator.Project, out: Path, *, any_project: bool = False) -> list[dict[str, Any]]:
    """Export to ``out`` and return the records, without the state of the log and the files that texts came from.

    With ``any_project`` also without the uids that a project gives to itself, its labels, features and annotators.
    """
    project.export(out)
    # Not by splitlines: a text may hold other line ends.
    header, *records = (json.loads(line) for line in out.read_text(encoding="utf-8").rstrip("\n").split("\n"))
    header = {key: value for key, value in header.items() if key not in _STATE_OF_LOG}
    if any_project:
        for row in (*header["labels"], *header.get("features", ()), *header.get("annotators", ())):
            row.pop("uid", None)
    found = [{key: value for key, value in one.items() if not key.startswith("origin_")} for one in (header, *records)]
    return [_without(one, _OF_ONE_PROJECT) for one in found] if any_project else found


def _without(value: Any, keys: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(held, keys) for key, held in value.items() if key not in keys}
    return [_without(held, keys) for held in value] if isinstance(value, list) else value
