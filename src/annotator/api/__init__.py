"""The Python interface: make or open a project and work on it from a script.

    import annotator

    with annotator.create("case.anno", annotator="ada") as project:
        (document,) = project.import_files(["article.txt"])
        a = project.annotate(document, 18, 32, "claim", source="Ministry", credibility=2)
        project.export("case.jsonl")

Every operation uses the same services and the same single write method as the window.
"""

from __future__ import annotations

from pathlib import Path

from annotator.api.project import Project
from annotator.api.project_base import PathLike
from annotator.domain.records import AnnotationRecord as Annotation
from annotator.domain.records import DocumentRecord as Document
from annotator.domain.records import SuggestionRecord as Suggestion
from annotator.services.projects import projects

__all__ = ["Annotation", "Document", "Project", "Suggestion", "create", "open"]


def create(path: PathLike, *, annotator: str = "", title: str = "") -> Project:
    """Make a new project file and open it.

    ``annotator``: the name under which it writes; that of the settings, or of the login, by default. ``title``: the
    name of the file by default. Raise ProjectError where the file exists already or cannot be written, InvalidValue for
    a name of an annotator that is no line of text.
    """
    return Project(projects.create(Path(path), title=title, annotator=annotator))


def open(path: PathLike, *, annotator: str = "", read_only: bool = False, wait: float = 0.0) -> Project:
    """Open a project file, and wait at most ``wait`` seconds while another window or command has it.

    ``annotator``: the name under which it writes, which is added to the project; by default that of the settings, or
    the only one in the project, or that of the login. Raise ProjectInUse, NotAProject, DamagedProject, NewerProject or
    ReadOnlyProject.
    """
    return Project(projects.open_project(Path(path), annotator=annotator, read_only=read_only, wait=wait))
