"""The part of the export dialog that chooses documents and annotations."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QListWidget, QListWidgetItem

from annotator.app.state.workspace import Workspace
from annotator.app.widgets.designer_form import Form
from annotator.domain.fixed_choices import DOCUMENT_STATUSES
from annotator.domain.grades import CREDIBILITY, RELIABILITY
from annotator.services.exports.selection import NOT_GIVEN, PERSON, SUGGESTION, Selection, checked_days
from annotator.services.projects.open_project import Project

_OPEN = "open"
"""The choice of annotations and also unanswered suggestions, marked as such."""


class ExportContent(QObject):
    """The lists to tick and the other filters of an export; all that is in the project is chosen at first."""

    changed = Signal()

    def __init__(self, form: Form, workspace: Workspace, project: Project, parent: QObject) -> None:
        super().__init__(parent)
        self.labels = form.part(QListWidget, "labels")
        self.statuses = form.part(QListWidget, "statuses")
        self.annotators = form.part(QListWidget, "annotators")
        self.sources = form.part(QListWidget, "sources")
        self.reliabilities = form.part(QListWidget, "reliabilities")
        self.credibilities = form.part(QListWidget, "credibilities")
        self.maker = form.part(QComboBox, "maker")
        self.outlets = form.part(QListWidget, "outlets")
        self.first = form.part(QLineEdit, "first")
        self.last = form.part(QLineEdit, "last")
        self.annotated_only = form.part(QCheckBox, "annotatedOnly")
        self._least_score = workspace.suggestions.least
        self._fill_lists(workspace, project)
        self._fill_makers()
        for listed, _ in self._lists():
            listed.itemChanged.connect(self.changed)
        self.maker.currentIndexChanged.connect(self.changed)
        self.annotated_only.toggled.connect(self.changed)
        for day in (self.first, self.last):
            day.textChanged.connect(self.changed)

    def selection(self) -> Selection:
        """Return what is chosen."""
        with_suggestions = self.maker.currentData() == _OPEN
        return Selection(
            labels=_checked(self.labels),
            statuses=_checked(self.statuses),
            annotators=_checked(self.annotators),
            sources=_checked(self.sources),
            outlets=_checked(self.outlets),
            published_from=self.first.text().strip(),
            published_to=self.last.text().strip(),
            reliabilities=_checked(self.reliabilities),
            credibilities=_checked(self.credibilities),
            created_by="" if with_suggestions else self.maker.currentData(),
            annotated_only=self.annotated_only.isChecked(),
            suggestions_from=self._least_score if with_suggestions else None,
        )

    def check_days(self) -> None:
        """Raise InvalidValue if a date is not one."""
        checked_days(self.first.text().strip(), self.last.text().strip())

    def empty_list(self) -> str:
        """Return what the first list without a tick lists, such as ``label``; empty if each has one."""
        for listed, noun in self._lists():
            if listed.count() and not any(item.checkState() == Qt.CheckState.Checked for item in _items(listed)):
                return noun
        return ""

    def _lists(self) -> tuple[tuple[QListWidget, str], ...]:
        return (
            (self.labels, "label"),
            (self.annotators, "annotator"),
            (self.sources, "source"),
            (self.reliabilities, "reliability"),
            (self.credibilities, "credibility"),
            (self.statuses, "status"),
            (self.outlets, "outlet"),
        )

    def _fill_lists(self, workspace: Workspace, project: Project) -> None:
        speakers = [(source.name, source.name) for source in project.read.sources.all() if source.annotations]
        outlets = sorted({row.source for row in workspace.document_rows() if row.source})
        none = ("(none named)", NOT_GIVEN)
        _fill(self.labels, [(label.name, label.name) for label in workspace.labels])
        _fill(self.statuses, [(status, status) for status in DOCUMENT_STATUSES])
        _fill(self.annotators, [(name, name) for name in project.read.project.annotators()])
        _fill(self.sources, [*speakers, none])
        _fill(self.outlets, [*((name, name) for name in outlets), none])
        for listed, scale in ((self.reliabilities, RELIABILITY), (self.credibilities, CREDIBILITY)):
            graded = [(f"{grade.code}  {grade.words}", grade.code) for grade in scale]
            _fill(listed, [*graded, ("not graded", NOT_GIVEN)])

    def _fill_makers(self) -> None:
        self.maker.addItem("a person or a suggestion", "")
        self.maker.addItem("a person alone", PERSON)
        self.maker.addItem("a suggestion that was accepted", SUGGESTION)
        self.maker.addItem(f"also what is only suggested, from {self._least_score:.2f} on, marked", _OPEN)


def _fill(listed: QListWidget, entries: Iterable[tuple[str, str]]) -> None:
    """Fill a list with the text and value of each entry, all ticked."""
    for words, value in entries:
        item = QListWidgetItem(words, listed)
        item.setData(Qt.ItemDataRole.UserRole, value)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked)
    listed.setCurrentRow(0)


def _items(listed: QListWidget) -> list[QListWidgetItem]:
    return [listed.item(row) for row in range(listed.count())]


def _checked(listed: QListWidget) -> tuple[str, ...]:
    """Return the ticked values; empty if all are ticked, which means no restriction."""
    names = [
        str(item.data(Qt.ItemDataRole.UserRole))
        for item in _items(listed)
        if item.checkState() == Qt.CheckState.Checked
    ]
    return () if len(names) == listed.count() else tuple(names)
