"""Known errors: failures that are not bugs. Each carries one plain sentence for the user.

Every other exception is a bug, and only a bug opens the crash dialog.
"""

from copy import copy
from pathlib import Path
from typing import TypeVar

_Error = TypeVar("_Error", bound="ProjectError")


class AnnotatorError(Exception):
    """A known error. ``str(error)`` is one plain sentence: what, where, and what to do."""


class InvalidText(AnnotatorError):
    """A text that cannot be stored as it is: it contains a lone surrogate or NUL, whose position is given."""


class InvalidSpan(AnnotatorError):
    """A span that does not lie in its text, is empty, or overlaps its own fragments."""


class InvalidValue(AnnotatorError):
    """A value outside its scale: a grade, a probability, or a name that is empty or already used."""


class UnsupportedGrade(InvalidValue):
    """A grade that the known facts do not support; it is accepted together with a reason."""


class InvalidModel(AnnotatorError):
    """A folder that holds no trained model that can be used here."""


class NotFound(AnnotatorError):
    """An id or name that the project does not hold."""


class StaleChange(AnnotatorError):
    """A change whose ``before`` is not what the file holds, because the row was changed meanwhile."""


class ProjectError(AnnotatorError):
    """A project file that cannot be used as requested."""


class NotAProject(ProjectError):
    """A file that is not an Annotator project: another kind of file, or another database."""


class DamagedProject(ProjectError):
    """A project file that cannot be read completely. ``annotator repair`` may help."""


class NewerProject(ProjectError):
    """A project file that was written by a newer version."""


class ProjectInUse(ProjectError):
    """A project that another window or command has open."""


class ProjectBusy(ProjectError):
    """A long step that this program is writing; the file is not locked by another one."""


class ReadOnlyProject(ProjectError):
    """A write to a project that is open for reading only."""


class ProjectFileMoved(ProjectError):
    """The file at the project's path is no longer the one that was opened; nothing was written.

    ``place``: where the opened file is now, or None where that is unknown. ``rescued``: the new file that holds
    everything that was acknowledged, or None where there is none.
    """

    def __init__(self, sentence: str, *, place: Path | None = None, rescued: Path | None = None) -> None:
        super().__init__(sentence)
        self.place = place
        self.rescued = rescued


class SavedButUnreadable(ProjectError):
    """A step that is saved, but whose result could not be read back to be returned."""


class DiskFull(ProjectError):
    """A full disk; nothing was changed."""


class ImportRefused(AnnotatorError):
    """A file that cannot be imported, with the reason."""


class EmptyFile(ImportRefused):
    """An empty file, or one with only white space."""


class NoWords(ImportRefused):
    """A document, or a part of a file, without visible words."""


class ExportRefused(AnnotatorError):
    """An export that cannot be written, with the reason."""


class WorkerLost(AnnotatorError):
    """A worker process that ended unexpectedly: killed, or out of memory."""


class Cancelled(AnnotatorError):
    """Work that the user cancelled."""


def after_a_part(error: _Error, rest: str, part: str) -> _Error:
    """Return the same error for a step of which a part is already written.

    ``rest``: what was not done; it replaces the words “nothing was changed”. ``part``: a sentence on what was written.
    """
    changed = copy(error)
    changed.args = (f"{str(error).replace('nothing was changed', rest)} {part}",)
    return changed
