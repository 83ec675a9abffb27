"""The report of an import: what was imported, what was refused, and why."""

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QPushButton,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.style.icons import icon
from annotator.app.widgets import file_dialogs
from annotator.app.widgets.designer_form import size_for_font
from annotator.app.widgets.mnemonics import with_literal_ampersands
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.wording import counted
from annotator.files import open_projects
from annotator.files.replacement import replacing
from annotator.services.imports.differences import ListedDifference
from annotator.services.imports.report import ImportReport

_Index = QModelIndex | QPersistentModelIndex

_WIDEST = 32
"""Maximum width in characters of a column that does not share the remaining width."""


class _Lines(QAbstractTableModel):
    """A table model of fixed texts."""

    def __init__(self, heads: Sequence[str], lines: Sequence[tuple[str, ...]], parent: QObject) -> None:
        super().__init__(parent)
        self._heads = heads
        self._lines = lines

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._heads)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        text = self._lines[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            # The first column is a path, whose end is more informative than its beginning.
            return Path(text).name if self._heads[index.column()] == "File" else text
        return tool_tip(text) if role == Qt.ItemDataRole.ToolTipRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        return None

    def text(self, row: int) -> str:
        """Return a row as one tab-separated line of text, for the clipboard and spreadsheets."""
        return "\t".join(self._lines[row])


class _Table(QTableView):
    """A table that copies whole rows in the form that spreadsheets accept."""

    def __init__(self, lines: _Lines, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines = lines
        self.setModel(lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted(index.row() for index in self.selectionModel().selectedRows())
            QGuiApplication.clipboard().setText("\n".join(self._lines.text(row) for row in rows))
        else:
            super().keyPressEvent(event)


def _line_of(one: ListedDifference) -> tuple[str, ...]:
    """Return a difference as a row of the table."""
    return (one.title, *one.in_words())


class ImportReportDialog(QDialog):
    """A non-modal report. If a file differs from the project, it asks whose values to use; ours are kept so far."""

    theirs_chosen = Signal()
    """The user wants to take over the newer values of the file."""

    def __init__(self, report: ImportReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importReport")
        self.setWindowTitle("Import")
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._report = report
        texts = self._texts()
        self._build_tabs()
        buttons = self._buttons()
        self._problem = TextLabel(self)
        self._problem.setProperty("role", "bad")
        self._problem.setWordWrap(True)
        self._problem.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(8)
        for widget in (*texts, self.tabs, self._problem, buttons):
            layout.addWidget(widget, 1 if widget is self.tabs else 0)
        size_for_font(self, 800, 420 if self.tabs.count() else 160)

    def _texts(self) -> tuple[TextLabel, TextLabel, TextLabel]:
        """Return the result in one sentence, what was looked at, and the question about what differs."""
        sentence = TextLabel(self._report.sentence(), self)
        sentence.setWordWrap(True)
        sentence.setStyleSheet("font-weight: 600;")
        files = TextLabel(
            f"Looked at {counted(self._report.files, 'file')}. Refused files were left as they are.",
            self,
        )
        files.setProperty("role", "muted")
        files.setWordWrap(True)
        question = TextLabel(
            (
                "What differs is listed below, and ours was kept. Take over what is newer in the file? That is one "
                "step, which can be undone."
            )
            if self._report.comparison.newer_there
            else "What differs is listed below. Ours is newer, and was kept.",
            self,
        )
        question.setWordWrap(True)
        comparison = self._report.comparison
        question.setVisible(comparison.differs and not comparison.is_updated)
        return sentence, files, question

    def _build_tabs(self) -> None:
        self.tabs = QTabWidget(self)
        self.tabs.setAccessibleName("What the import found")
        file, place = "File", "Place"
        self._add_tab(
            "Differences",
            (
                "Document",
                "Span",
                "Field",
                "Ours",
                "Theirs",
                "Whose",
                "Newer",
                "Done",
            ),
            [_line_of(one) for one in self._report.differences],
            wide=(0, 3, 4),
        )
        self._add_tab("Refused", (file, place, "Reason"), [tuple(each) for each in self._report.refused])
        self._add_tab("Already there", (file,), [(path,) for path in self._report.duplicates])
        self._add_tab("Notes", ("Note",), [(note,) for note in self._report.notes])
        if not self.tabs.count():
            self.tabs.hide()

    def _buttons(self) -> QDialogButtonBox:
        newer = self._report.comparison.newer_there
        buttons = QDialogButtonBox(self)
        self.close_button = buttons.addButton("Keep ours" if newer else "Close", QDialogButtonBox.ButtonRole.RejectRole)
        self.take: QPushButton | None = None
        if newer:
            self.take = buttons.addButton(
                with_literal_ampersands(f"Take theirs ({newer})"),
                QDialogButtonBox.ButtonRole.AcceptRole,
            )
            self.take.setAutoDefault(False)
            # The Return key must not change anything.
            self.close_button.setDefault(True)
            buttons.accepted.connect(self._take)
        self.copy = QPushButton("Copy", self)
        self.save = QPushButton(icon("export"), "Save as text …", self)
        buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.save, QDialogButtonBox.ButtonRole.ActionRole)
        for button in (self.copy, self.save):
            button.setAutoDefault(False)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        self.save.clicked.connect(self._save)
        buttons.rejected.connect(self.close)
        return buttons

    def sizeHint(self) -> QSize:
        return QSize(800, 420 if self.tabs.count() else 140)

    def text(self) -> str:
        """Return the whole report as plain text."""
        parts = [self._report.sentence()]
        if self._report.differences:
            parts.append("Differences:")
            parts += ["\t".join(_line_of(one)) for one in self._report.differences]
        if self._report.refused:
            parts.append("Refused:")
            for path, place, reason in self._report.refused:
                parts.append(f"{path}\t{place}\t{reason}" if place else f"{path}\t{reason}")
        if self._report.duplicates:
            parts += ["Already there:", *self._report.duplicates]
        if self._report.notes:
            parts += ["Notes:", *self._report.notes]
        return "\n".join(parts) + "\n"

    def _take(self) -> None:
        self.theirs_chosen.emit()
        self.close()

    def save_to(self, path: Path) -> None:
        """Write the report to a file, or show why that failed."""
        try:
            if open_projects.is_open(path):
                raise OSError(errno.EBUSY, "it is a project that is open")
            with replacing(path) as draft:
                draft.write_text(self.text(), encoding="utf-8")
        except OSError as error:
            sentence = "{path} cannot be written ({reason}): choose another place."
            self._problem.setText(sentence.format(path=path, reason=error.strerror or error))
        else:
            self._problem.clear()
        self._problem.setVisible(bool(self._problem.text()))

    def _save(self) -> None:
        title, filters = "Save the report", "Text (*.txt)"
        if (chosen := file_dialogs.ask_where_to_save(self, title, "import.txt", filters)) is not None:
            self.save_to(chosen)

    def _add_tab(
        self, title: str, heads: Sequence[str], lines: Sequence[tuple[str, ...]], wide: Sequence[int] = (-1,)
    ) -> None:
        """Show rows in a separate tab; the columns ``wide`` share the remaining width."""
        if not lines:
            return
        table = _Table(_Lines(heads, lines, self), self)
        table.setAccessibleName(title)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 10)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(9 * table.fontMetrics().averageCharWidth())
        stretched = {range(len(heads))[column] for column in wide}
        for column in range(len(heads)):
            if column in stretched:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
            else:
                width = max(table.sizeHintForColumn(column), header.sectionSizeHint(column))
                table.setColumnWidth(column, min(width, _WIDEST * table.fontMetrics().averageCharWidth()))
        self.tabs.addTab(table, with_literal_ampersands(f"{title} ({len(lines):n})"))
