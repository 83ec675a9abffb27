"""The dialog that restores a backup: the list of backups, their content, and the differences."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QSplitter, QVBoxLayout, QWidget

from annotator.app.widgets import file_dialogs
from annotator.app.widgets.designer_form import say, size_for_font
from annotator.app.widgets.read_only_table import PlainTable
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.dates import local_time
from annotator.services.projects.backups import Backup, Comparison

_KINDS = {"do": "", "undo": "Undone: ", "redo": "Redone: "}


class RestoreDialog(QDialog):
    """Lists the backups, shows which data of the project the selected one lacks, and requests a new file from it.

    It reads no file itself: ``read_facts`` is called for the facts of a file, ``compare`` for the differences. Both
    return their result later, through the function passed to them.
    """

    restore_requested = Signal(object)
    """The path of the backup to restore as a new project."""

    def __init__(
        self,
        project: Path,
        out: Path,
        *,
        read_facts: Callable[[Path, Callable[[Backup], None]], None],
        compare: Callable[[Path, Callable[[Comparison | str], None]], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("restore")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Restore from a backup")
        self._project = project
        self._read_facts = read_facts
        self._compare = compare
        self._backups: list[Backup] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(8)
        self.explanation = TextLabel(
            f"A backup becomes the new project {out.name} beside this one. {project.name} stays as it is.",
            self,
        )
        self.explanation.setWordWrap(True)
        layout.addWidget(self.explanation)
        layout.addWidget(self._panes(), 1)
        self.message = TextLabel(self)
        self.message.setWordWrap(True)
        say(self.message, "")
        layout.addWidget(self.message)
        buttons = self._buttons()
        layout.addWidget(buttons)
        self.table.itemSelectionChanged.connect(self._show_chosen)
        self._show_changes([])
        self.restore.setEnabled(False)
        self.summary.setText("Reading the backups…")
        size_for_font(self, 760, 560)

    def _panes(self) -> QSplitter:
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setChildrenCollapsible(False)
        self.table = PlainTable("Backups", self)
        self.table.setSelectionMode(PlainTable.SelectionMode.SingleSelection)
        splitter.addWidget(self.table)
        below = QWidget(self)
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 4, 0, 0)
        self.summary = TextLabel(below)
        self.summary.setWordWrap(True)
        self.summary.setStyleSheet("font-weight: 600;")
        self.counts = TextLabel(below)
        self.counts.setWordWrap(True)
        self.changes = PlainTable("Changes after this backup", below)
        for widget in (self.summary, self.counts, self.changes):
            column.addWidget(widget, 1 if widget is self.changes else 0)
        splitter.addWidget(below)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 1)
        return splitter

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.other = QPushButton("Choose another &file…", self)
        self.restore = QPushButton("&Restore as a new file", self)
        buttons.addButton(self.other, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.restore, QDialogButtonBox.ButtonRole.AcceptRole)
        for button in (self.other, self.restore):
            button.setAutoDefault(False)
        self.other.clicked.connect(self._choose_other)
        self.restore.clicked.connect(self._restore)
        buttons.rejected.connect(self.reject)
        return buttons

    @property
    def chosen(self) -> Backup | None:
        """The backup whose row is selected."""
        row = self.table.currentRow()
        return self._backups[row] if 0 <= row < len(self._backups) and self.table.selectedItems() else None

    def show_backups(self, backups: Sequence[Backup], chosen: int = 0) -> None:
        """Show these backups, with one of them selected."""
        self._backups = list(backups)
        headings = ["Made", "Size", "Documents", "Annotations"]
        rows: list[Sequence[object]] = [self._row(backup) for backup in self._backups]
        self.table.blockSignals(True)
        self.table.fill([*headings, "Last change"], rows, wide=4)
        self.table.blockSignals(False)
        if self._backups:
            self.table.selectRow(chosen)
            self.table.setFocus()
        self._show_chosen()

    def show_failure(self, sentence: str) -> None:
        """Show an error."""
        say(self.message, sentence)
        self.restore.setEnabled(self.chosen is not None and not self.chosen.problem)

    def _row(self, backup: Backup) -> Sequence[object]:
        if backup.problem:
            return [self._time(backup), self._size(backup), "", "", backup.problem]
        last = backup.last_title
        if backup.last_at is not None:
            last += f" ({local_time(backup.last_at.isoformat())})"
        return [self._time(backup), self._size(backup), backup.documents, backup.annotations, last]

    def _time(self, backup: Backup) -> str:
        return local_time(backup.made_at.isoformat())

    def _size(self, backup: Backup) -> str:
        return self.locale().formattedDataSize(backup.size, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)

    def _show_chosen(self) -> None:
        chosen = self.chosen
        self._show_changes([])
        self.counts.hide()
        self.restore.setEnabled(chosen is not None and not chosen.problem)
        say(self.message, "")
        if chosen is None:
            self.summary.setText(
                "No backup is chosen."
                if self._backups
                else f"There is no backup beside {self._project.name}. Another file can be chosen."
            )
            return
        self.table.setToolTip("")
        if chosen.problem:
            self.summary.setText(chosen.problem)
            return
        self.summary.setText("Comparing it with the project…")
        self._compare(chosen.path, lambda found: self._show_comparison(chosen.path, found))

    def _show_comparison(self, path: Path, found: Comparison | str) -> None:
        if self.chosen is None or self.chosen.path != path:
            return
        if isinstance(found, str):
            self.summary.setText(f"It cannot be compared with the project. {found}")
            return
        self.summary.setText(found.sentence())
        lines = [f"{word.capitalize()}: {before:,} in the backup, {now:,} now" for word, before, now in found.counts]
        self.counts.setText("\n".join(lines))
        self.counts.setVisible(bool(lines))
        rows: list[Sequence[object]] = [
            [local_time(change.at.isoformat()), change.annotator, f"{_KINDS.get(change.kind, '')}{change.title}"]
            for change in found.changes
        ]
        if found.later > len(rows):
            rows.append(["", "", f"and {found.later - len(rows):,} earlier ones"])
        self._show_changes(rows)

    def _show_changes(self, rows: Sequence[Sequence[object]]) -> None:
        headings = ["When", "Who", "Change"]
        self.changes.fill(headings, rows, wide=2)
        self.changes.setVisible(bool(rows))

    def _choose_other(self) -> None:
        chosen = file_dialogs.ask_for_file(self, "Choose a backup", self._project.parent, "Annotator projects (*.anno)")
        if chosen is not None:
            self.choose_file(chosen)

    def choose_file(self, path: Path) -> None:
        """Add a file to the list and select it."""
        if path.resolve() == self._project.resolve():
            say(self.message, f"{path.name} is the project itself: choose a backup.")
            return
        known = next((row for row, backup in enumerate(self._backups) if backup.path == path), None)
        if known is not None:
            self.table.selectRow(known)
        else:
            self._read_facts(path, lambda backup: self.show_backups([backup, *self._backups]))

    def _restore(self) -> None:
        if (chosen := self.chosen) is not None:
            self.restore.setEnabled(False)
            self.restore_requested.emit(chosen.path)
