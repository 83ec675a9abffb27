"""The native export as records that two states of a project, or two projects, can be compared by."""

import json
from pathlib import Path
from typing import Any

import annotator

_STATE_OF_LOG = {"tip", "log", "removed", "undone"}


def exported(project: annotator.Project, out: Path, *, any_project: bool = False) -> list[dict[str, Any]]:
    """Export to ``out`` and return the records, without the state of the log and the files that texts came from.

    With ``any_project`` also without the uids that a project gives to itself, its labels, features and annotators.
    """
    project.export(out)
    # Not by splitlines: a text may hold other line ends.
    header, *records = (json.loads(line) for line in out.read_text(encoding="utf-8").rstrip("\n").split("\n"))
    header = {key: value for key, value in header.items() if key not in _STATE_OF_LOG}
    if any_project:
        del header["project_uid"]
        for row in (*header["labels"], *header.get("features", ()), *header.get("annotators", ())):
            row.pop("uid", None)
    return [{key: value for key, value in one.items() if not key.startswith("origin_")} for one in (header, *records)]
