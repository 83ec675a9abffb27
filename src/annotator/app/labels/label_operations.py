"""The interface of the commands for the dialogs of labels: read annotations, write plans, open another dialog."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtWidgets import QDialog

from annotator.domain.changes import Change
from annotator.services.annotations import relabelling
from annotator.services.projects.open_project import Project

if TYPE_CHECKING:
    from annotator.app.widgets.writing_dialog import WritingDialog

T = TypeVar("T")


class LabelOperations(Protocol):
    """Operations on labels, as ``LabelCommands`` carries them out."""

    def ask_merge(self, ids: Sequence[int]) -> None:
        """Ask into which label to merge these, and merge them."""

    def ask_split(self, id: int) -> None:
        """Ask which annotations of a label get another one, and split the label."""

    def remove(self, id: int) -> None:
        """Remove a label; offer to merge one that is used."""

    def write(self, plan: Callable[[Project], Change], tell: bool = True) -> bool:
        """Plan a change and write it; return whether anything was written. A refusal is reported.

        ``tell``: also report what was done.
        """

    def compute(
        self,
        dialog: QDialog,
        make: Callable[[], T],
        size: int,
        then: Callable[[T], None],
        refused: Callable[[str], None],
    ) -> None:
        """Make a plan that reads about ``size`` annotations, in a job if they are many.

        The result is dropped if ``dialog`` was closed meanwhile.
        """

    def carry_out(self, plan: relabelling.Plan, dialog: "WritingDialog | None" = None) -> None:
        """Write a plan: at once, or if it changes many annotations, in a job with progress and cancel.

        ``dialog`` requested it: it closes when the plan is written, and keeps the typed text if it is refused.
        """
