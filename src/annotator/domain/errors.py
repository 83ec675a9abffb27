"""Known errors: what went wrong that is not a bug. Each carries one plain sentence for the user.

Anything else that is raised is a bug, and only a bug may open the crash dialog.
"""

from copy import copy
from pathlib import Path
from typing import TypeVar

_Error = TypeVar("_Error", bound="ProjectError")


class AnnotatorError(Exception):
    """A known error. ``str(error)`` is one plain sentence: what, where, and what to do."""


class InvalidText(AnnotatorError):
    """A text that cannot be kept as it is: a lone surrogate or NUL, with its position."""


class InvalidSpan(AnnotatorError):
    """A span that does not lie in its text, is empty, or overlaps its own fragments."""


class InvalidValue(AnnotatorError):
    """A value outside its scale: a grade, a probability, a name that is empty or taken."""


class UnsupportedGrade(InvalidValue):
    """A grade that what is known does not bear out; it is taken where a reason is given with it."""


class InvalidModel(AnnotatorError):
    """A folder that holds no trained model which can be used here."""


class NotFound(AnnotatorError):
    """Something asked for by id or name that the project does not hold."""


class StaleChange(AnnotatorError):
    """A change whose ``before`` is not what the file holds: somebody else changed it meanwhile."""


class ProjectError(AnnotatorError):
    """The project file cannot be used as asked."""


class NotAProject(ProjectError):
    """The file is no project of ours: another kind of file, or a foreign database."""


class DamagedProject(ProjectError):
    """The file is ours but cannot be read whole. ``annotator repair`` may help."""


class NewerProject(ProjectError):
    """The file was written by a newer version."""


class ProjectInUse(ProjectError):
    """Another window or command holds the project."""


class ProjectBusy(ProjectError):
    """A long step is being written by this very program; the file is not locked by another."""


class ReadOnlyProject(ProjectError):
    """A write was asked for on a project that is open for reading only."""


class ProjectFileMoved(ProjectError):
    """The file at the project's path is no longer the one that was opened; nothing was written.

    ``place``: where the file that was opened is now, or None where that is not known. ``rescued``: the new file that
    holds everything that was acknowledged, or None where there is none.
    """

    def __init__(self, sentence: str, *, place: Path | None = None, rescued: Path | None = None) -> None:
        super().__init__(sentence)
        self.place = place
        self.rescued = rescued


class SavedButUnreadable(ProjectError):
    """A step that is saved, but whose result could not be read back to be returned."""


class DiskFull(ProjectError):
    """The disk is full; nothing was changed."""


class ImportRefused(AnnotatorError):
    """A file that cannot be imported, with the reason."""


class EmptyFile(ImportRefused):
    """A file that holds nothing, or white space alone."""


class NoWords(ImportRefused):
    """A document, or a part of a file, that shows no words."""


class ExportRefused(AnnotatorError):
    """An export that cannot be written, with the reason."""


class WorkerLost(AnnotatorError):
    """A process that worked for the window ended by itself: killed, or out of memory."""


class Cancelled(AnnotatorError):
    """The user cancelled the work."""


def after_a_part(error: _Error, rest: str, part: str) -> _Error:
    """Return the same error for a step of which a part is written already.

    ``rest``: what of it was not done, in place of the words that nothing was changed. ``part``: a sentence for what is
    written.
    """
    told = copy(error)
    told.args = (f"{str(error).replace('nothing was changed', rest)} {part}",)
    return told
