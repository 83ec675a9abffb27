"""What the checks of label-studio-sdk say of the tasks in a folder, by the labelling interface beside them."""

import json
import sys
from pathlib import Path

from label_studio_sdk.label_interface import LabelInterface

folder = Path(sys.argv[1])
interface = LabelInterface((folder / "config.xml").read_text(encoding="utf-8"))
interface.validate()
tasks = json.loads((folder / "tasks.json").read_text(encoding="utf-8"))
errors = []
for task in tasks:
    # Its check of a task cannot check annotations as well: it calls its own check of those without any.
    if not interface.validate_task({"data": task["data"]}):
        errors.append(f"task {task['data']}")
    for one in task["annotations"]:
        errors += [] if interface.validate_annotation(one) else interface.validate_prediction(one, return_errors=True)
    for one in task["predictions"]:
        errors += interface.validate_prediction(one, return_errors=True)
results = [result for task in tasks for one in task["annotations"] for result in one["result"]]
print(
    json.dumps(
        {
            "errors": errors,
            "tasks": len(tasks),
            "ids": [one["id"] for one in results if one["type"] == "labels"],
            "relations": sum(one["type"] == "relation" for one in results),
            "labels": sorted(interface.get_tag("label").labels),
        }
    )
)
