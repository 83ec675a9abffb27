"""Projects: creating and opening them, and the annotator who works in one."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from annotator.domain.canonical_text import one_line, without_surrogates
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.errors import InvalidValue
from annotator.domain.labels import DEFAULT_LABEL_SET, DEFAULT_LABELS
from annotator.settings import ANNOTATOR_NAME, Settings, annotator_name
from annotator.store.project import Project

SUFFIX = ".anno"


def create(path: Path, *, title: str = "", annotator: str = "") -> Project:
    """Create a project file with the three labels, the features and the guideline; return it open.

    Raise ProjectError where the file exists or cannot be written.
    """
    name = checked_name(annotator or default_annotator())
    timestamp = now()
    edits = [
        Edit("project", 1, None, _project(title or without_surrogates(path.stem), timestamp)),
        Edit("annotator", 1, None, {"uid": new_uid(), "name": name, "created_at": timestamp}),
        Edit("label_set", 1, None, {"uid": new_uid(), "name": DEFAULT_LABEL_SET}),
        *(
            Edit("label", number, None, {"uid": new_uid(), "label_set_id": 1, "position": number, **label._asdict()})
            for number, label in enumerate(DEFAULT_LABELS, start=1)
        ),
        *(
            Edit("feature", number, None, {"uid": new_uid(), "position": number, **feature})
            for number, feature in enumerate(_default_features(), start=1)
        ),
    ]
    project = Project.create(path, edits)
    project.annotator_id, project.annotator = 1, name
    return project


def open_project(path: Path, *, annotator: str = "", read_only: bool = False, wait: float = 0.0) -> Project:
    """Open a project file and set the annotator, who is added to the project if new.

    ``wait``: maximum seconds to wait while another window or command has the project.

    Without a name, the annotator is the one in the settings, or the only one in the project, or the name of the login.
    Raise ProjectError.
    """
    project = Project.open(path, read_only=read_only, wait=wait)
    try:
        enter(project, annotator)
    except BaseException:
        project.close()
        raise
    return project


def enter(project: Project, annotator: str = "") -> None:
    """Work in ``project`` as ``annotator`` from now on."""
    known = project.read.project.annotators()
    chosen = Settings(set_aside_damaged=False)
    only = next(iter(known)) if len(known) == 1 else ""
    name = checked_name(annotator or chosen.get(ANNOTATOR_NAME).strip() or only or annotator_name(chosen))
    if name not in known and not project.read_only:
        (id,) = project.next_ids("annotator")
        values = {"uid": new_uid(), "name": name, "created_at": now()}
        # Not an action of a user, so there is nothing to undo: an empty step.
        project.apply(Change(f"Add the annotator {name}", (Edit("annotator", id, None, values),), step=""))
        known[name] = id
    project.annotator_id, project.annotator = known.get(name, 0), name


def annotator_id(project: Project, name: str) -> int:
    """Return the id of an annotator by name, who is added to the project if new."""
    if name == project.annotator or not name:
        return project.annotator_id
    known = project.read.project.annotators()
    if name in known:
        return known[name]
    (id,) = project.next_ids("annotator")
    values = {"uid": new_uid(), "name": checked_name(name), "created_at": now()}
    project.apply(Change(f"Add the annotator {name}", (Edit("annotator", id, None, values),), step=""))
    return id


def checked_name(name: str) -> str:
    """Return a name without white space around it. Raise InvalidValue where nothing is left or it has a line break."""
    if "\n" in name.strip() or not (name := one_line(name)):
        raise InvalidValue(f"{name!r} is not a name for an annotator: give one line of text.")
    return name


def default_annotator() -> str:
    """Return the name in the settings, or of the login, or ``annotator``."""
    return annotator_name(Settings(set_aside_damaged=False))


def _project(title: str, timestamp: str) -> dict[str, Any]:
    guideline = files("annotator.resources").joinpath("guideline.md").read_text(encoding="utf-8")
    return {"uid": new_uid(), "title": title, "guideline": guideline, "created_at": timestamp}


def _default_features() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        files("annotator.resources").joinpath("features.json").read_text(encoding="utf-8")
    )
    return [{key: entry[key] for key in ("name", "kind", "choices", "description") if key in entry} for entry in found]
