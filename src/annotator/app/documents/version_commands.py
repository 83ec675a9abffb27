"""New versions of articles: offered after an import, and carrying annotations over to them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from annotator.app.reader.command_host import CommandHost
from annotator.domain.wording import counted

if TYPE_CHECKING:
    from annotator.services.documents.versions import Cancelled, CarryOver, Progress
    from annotator.services.imports.report import ImportReport

_TITLE = "Carry annotations over"


class VersionCommands:
    """Handlers of the actions on articles that changed after their import."""

    def __init__(self, host: CommandHost) -> None:
        self._host = host
        self._workspace = host.workspace

    def file_carry_over(self) -> None:
        """Show which new versions can take over annotations, and carry them over if the user agrees."""
        self._find_versions(None)

    def offer(self, report: "ImportReport") -> None:
        """Show, after an import, the new versions of articles that have annotations."""
        if report.versions and not report.carried:
            self._find_versions(report.versions)

    def _find_versions(self, ids: Sequence[int] | None) -> None:
        from annotator.services.documents import versions

        project = self._workspace.project
        if project is None:
            return

        def work(progress: "Progress", cancelled: "Cancelled") -> "list[CarryOver]":
            return versions.plans(project, ids, progress, cancelled)

        def looked(found: "list[CarryOver]") -> None:
            if self._workspace.project is not project:
                return
            if found:
                self._open(found)
            elif ids is None:
                self._workspace.notified.emit("No new version of a document has annotations to take over.", False)

        self._host.jobs.run("Compare versions", work, on_success=looked)

    def _open(self, found: "list[CarryOver]") -> None:
        from annotator.app.documents.versions_dialog import VersionsDialog

        dialog = VersionsDialog(self._workspace, found, self._host.dialog_parent)
        dialog.carry_requested.connect(self._carry)
        dialog.separate_requested.connect(self._separate)
        dialog.show()

    def _carry(self, ids: list[int]) -> None:
        from annotator.services.documents import versions

        if self._workspace.project is None:
            return

        def carried(done: "list[CarryOver]") -> None:
            count = sum(one.count("same", "changed") for one in done)
            lost = sum(len(one.lost) for one in done)
            sentence = f"{counted(count, 'annotation')} carried over"
            self._workspace.notified.emit(f"{sentence}, {lost:,} lost." if lost else f"{sentence}.", True)

        self._workspace.write_as_job(
            _TITLE, lambda project, _progress, _cancelled: versions.carry_over(project, ids), carried
        )

    def _separate(self, ids: list[int]) -> None:
        from annotator.services.documents import versions

        change = self._workspace.attempt("Keep the documents apart", lambda project: versions.separate(project, ids))
        if change is not None and change.edits:
            self._workspace.notified.emit("They are kept as separate documents.", True)
