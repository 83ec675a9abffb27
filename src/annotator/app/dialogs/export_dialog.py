"""The dialog of an export: which format, what goes in, how it is split, and what the format cannot hold."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QWidget,
)
from shiboken6 import isValid

from annotator.app.dialogs.choice_fields import ChoiceFields
from annotator.app.dialogs.form import Form, say
from annotator.app.workspace import Workspace
from annotator.domain.errors import AnnotatorError, InvalidValue
from annotator.domain.vocabulary import DOCUMENT_STATUSES
from annotator.formats import registry
from annotator.formats.base import Format
from annotator.services.selection import Selection
from annotator.services.splitting import GROUPS
from annotator.store import queries

Done = Callable[[str, list[str]], None]
"""Called with the outcome in one sentence and a line for each loss."""

Run = Callable[[Path, str, dict[str, Any], Done], None]
"""Exports beside the window: target, id of the format, keyword arguments of ``services.exporting.export``, ``Done``."""

_DEFAULT_SPLIT = "train=0.8, dev=0.1, test=0.1"
_LOSSES_SHOWN = 12


class ExportDialog(QDialog):
    """Asks what to export and where; the work itself is done by ``run``, and the outcome is shown here."""

    def __init__(self, workspace: Workspace, run: Run, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        project = workspace.project
        if project is None:
            raise ValueError("the dialog needs an open project")
        self._run = run
        self._is_running = False
        self._own_name = False
        form = Form("export_dialog", self)
        self.format = form.part(QComboBox, "format")
        self.losses = form.part(QLabel, "losses")
        self.path = form.part(QLineEdit, "path")
        self.labels = form.part(QListWidget, "labels")
        self.statuses = form.part(QListWidget, "statuses")
        self.annotators = form.part(QListWidget, "annotators")
        target = form.widget.findChild(QFormLayout, "target")
        assert isinstance(target, QFormLayout)
        self.choices = ChoiceFields(target, self._check)
        self.split = form.part(QCheckBox, "split")
        self.parts = form.part(QLineEdit, "parts")
        self.group = form.part(QComboBox, "group")
        self.seed = form.part(QSpinBox, "seed")
        self.seed.lineEdit().setTextMargins(5, 0, 0, 0)
        self.split_fields = form.part(QWidget, "splitFields")
        self.message = form.part(QLabel, "message")
        buttons = form.part(QDialogButtonBox, "buttons")
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText(self.tr("Export"))
        buttons.accepted.connect(self.start)
        buttons.rejected.connect(self.close)
        form.part(QPushButton, "browse").clicked.connect(self._browse)
        with project.reading() as connection:
            names = list(queries.annotators(connection))
        _fill(self.labels, [label.name for label in workspace.labels])
        _fill(self.statuses, list(DOCUMENT_STATUSES))
        _fill(self.annotators, names)
        for each in registry.writable():
            self.format.addItem(f"{each.name} ({', '.join(each.suffixes)})", each.id)
        for group in GROUPS:
            self.group.addItem(group, group)
        self.parts.setText(_DEFAULT_SPLIT)
        self.path.setText(str(project.path.with_suffix("")))
        self.format.currentIndexChanged.connect(self._on_format)
        self.split.toggled.connect(self.split_fields.setEnabled)
        self.split.toggled.connect(self._check)
        self.parts.textChanged.connect(self._check)
        self.path.textEdited.connect(self._on_path)
        self.path.textChanged.connect(self._check)
        for listed in (self.labels, self.statuses, self.annotators):
            listed.itemChanged.connect(self._check)
        self.split_fields.setEnabled(False)
        self._on_format()
        self.format.setFocus()
        workspace.project_closed.connect(self.close)

    @property
    def chosen_format(self) -> Format:
        return registry.by_id(self.format.currentData())

    def options(self) -> dict[str, Any]:
        """The keyword arguments of the export. Raises InvalidValue for a split that cannot be read."""
        found: dict[str, Any] = {
            "selection": Selection(
                labels=_checked(self.labels), statuses=_checked(self.statuses), annotators=_checked(self.annotators)
            ),
        }
        if chosen := self.choices.values():
            found["options"] = chosen
        if self.split.isChecked():
            found |= {
                "split": parsed_split(self.parts.text()),
                "group_by": self.group.currentData(),
                "seed": self.seed.value(),
            }
        return found

    def start(self) -> None:
        """Export what was chosen; a second press while that goes on does nothing."""
        if self._is_running or self._problem():
            return
        self._is_running = True
        self.ok.setEnabled(False)
        say(self.message, self.tr("Exporting …"), "muted")
        self._run(Path(self.path.text().strip()).expanduser(), self.chosen_format.id, self.options(), self.show_outcome)

    def show_outcome(self, sentence: str, losses: list[str]) -> None:
        """Show how it ended and what was left out; nothing where the dialog was closed meanwhile."""
        if not isValid(self):
            return
        self._is_running = False
        lines = losses[:_LOSSES_SHOWN]
        if len(losses) > len(lines):
            lines.append(self.tr("… and {count} more").format(count=len(losses) - len(lines)))
        self._check()
        say(self.message, "\n".join([sentence, *lines]), "warning" if lines else "")

    def _on_format(self) -> None:
        chosen = self.chosen_format
        lost = chosen.cannot_hold
        if lost:
            say(self.losses, self.tr("It cannot hold: {what}.").format(what="; ".join(lost)), "warning")
        else:
            say(self.losses, self.tr("It holds everything."), "muted")
        self.choices.show(chosen.choices)
        if not self._own_name and chosen.suffixes:
            path = Path(self.path.text())
            known = {suffix for each in registry.writable() for suffix in each.suffixes}
            stem = path.with_suffix("") if path.suffix in known else path
            # A folder has no suffix.
            self.path.setText(str(stem if chosen.is_folder else stem.with_name(stem.name + chosen.suffixes[0])))
        self._check()

    def _on_path(self, _text: str) -> None:
        self._own_name = True

    def _browse(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Export to"),
            self.path.text(),
            f"{self.chosen_format.name} ({' '.join('*' + suffix for suffix in self.chosen_format.suffixes)})",
        )
        if chosen:
            self._own_name = True
            self.path.setText(chosen)

    def _check(self) -> None:
        problem = self._problem()
        self.ok.setEnabled(not problem and not self._is_running)
        if problem:
            say(self.message, problem)
            return
        target = Path(self.path.text().strip()).expanduser()
        is_there = not self.split.isChecked() and target.is_file()
        say(self.message, self.tr("{name} will be replaced.").format(name=target.name) if is_there else "", "warning")

    def _problem(self) -> str:
        """Why nothing can be exported; empty where it can."""
        text = self.path.text().strip()
        if not text:
            return self.tr("Say where the export goes: a folder and the name of a file.")
        target = Path(text).expanduser()
        try:
            if target.is_dir():
                return self.tr("{path} is a folder: give the name of a file in it.").format(path=target)
            if not target.absolute().parent.is_dir():
                return self.tr("There is no folder {folder}: make it first, or choose another.").format(
                    folder=target.parent
                )
        except (OSError, ValueError):
            return self.tr("{path} cannot be the name of a file: give another.").format(path=target)
        for listed, what in (
            (self.labels, self.tr("label")),
            (self.statuses, self.tr("status")),
            (self.annotators, self.tr("annotator")),
        ):
            if listed.count() and not any(item.checkState() == Qt.CheckState.Checked for item in _items(listed)):
                return self.tr("Tick at least one {what}: else nothing is left to export.").format(what=what)
        if self.split.isChecked():
            try:
                parsed_split(self.parts.text())
            except AnnotatorError as error:
                return str(error)
        return ""


def parsed_split(text: str) -> dict[str, float]:
    """``train=0.8, dev=0.2`` as shares by name. Raises InvalidValue."""
    parts: dict[str, float] = {}
    for piece in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, share = (part.strip() for part in piece.partition("="))
        try:
            value = float(share)
        except ValueError:
            value = -1.0
        if not name or not 0 < value < float("inf") or not name.replace("-", "").replace("_", "").isalnum():
            raise InvalidValue(f"“{piece}” is no part of a split: write it as train=0.8.")
        if name in parts:
            raise InvalidValue(f"The split names {name} twice: give each part another name.")
        parts[name] = value
    if len(parts) < 2:
        raise InvalidValue(f"A split needs two parts or more, such as {_DEFAULT_SPLIT}.")
    return parts


def _fill(listed: QListWidget, names: list[str]) -> None:
    for name in names:
        item = QListWidgetItem(name, listed)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked)
    if names:
        listed.setCurrentRow(0)


def _items(listed: QListWidget) -> list[QListWidgetItem]:
    return [listed.item(row) for row in range(listed.count())]


def _checked(listed: QListWidget) -> tuple[str, ...]:
    """The names that are ticked; nothing where all are, which leaves nothing out."""
    names = [item.text() for item in _items(listed) if item.checkState() == Qt.CheckState.Checked]
    return () if len(names) == listed.count() else tuple(names)
