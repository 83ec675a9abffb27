"""The names in the files of Label Studio that are both written and read."""

from typing import Any

ID = "labelstudio"
"""The id of the format."""

TASKS = "tasks.json"
CONFIG = "config.xml"
OF_TASK = {"data", "annotations", "completions", "predictions", "meta"}


def list_of(value: Any) -> list[Any]:
    """Return a value that is a list; an empty list where it is none."""
    return value if isinstance(value, list) else []
