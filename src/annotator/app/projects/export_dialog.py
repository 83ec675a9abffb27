"""The export dialog: format, content, split, and a report of the losses.

The losses are computed before anything is written: automatically for a small project, else on request.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QWidget,
)
from shiboken6 import isValid

from annotator.app.projects.export_content import ExportContent
from annotator.app.projects.format_option_fields import ChoiceFields
from annotator.app.state.workspace import Workspace
from annotator.app.widgets import file_dialogs
from annotator.app.widgets.designer_form import Form, say
from annotator.domain.errors import AnnotatorError, InvalidValue
from annotator.formats import registry
from annotator.formats.base import Format
from annotator.formats.facets import in_short
from annotator.services.exports.dataset_card import checked_license
from annotator.services.exports.splitting import GROUPS

Done = Callable[[str, list[str], bool], None]
"""Called with the result in one sentence, a line for each loss or difference, and whether the work was completed."""

Run = Callable[[Path, str, dict[str, Any], Done], None]
"""Exports in a job: target, id of the format, keyword arguments of ``services.exporting.export``, ``Done``."""

Foresee = Callable[[Path, str, dict[str, Any], Done], Callable[[], None]]
"""Like ``Run``, but without writing; returns a function that cancels it."""

SMALL = 300
"""The number of documents up to which the losses are computed automatically."""

_PAUSE = 600
"""Milliseconds without a change before that begins."""

_LICENSES = ("unknown", "other", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "mit", "apache-2.0")
_DEFAULT_SPLIT = "train=0.8, dev=0.1, test=0.1"
_LOSSES_SHOWN = 8


class ExportDialog(QDialog):
    """Asks what to export and where; ``run`` does the work, and the dialog shows the result."""

    def __init__(
        self,
        workspace: Workspace,
        run: Run,
        parent: QWidget | None = None,
        *,
        foresee: Foresee | None = None,
        verify: Run | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        project = workspace.project
        if project is None:
            raise ValueError("the dialog needs an open project")
        self._is_small = len(workspace.document_rows()) <= SMALL
        self._run = run
        self._foresee = foresee
        self._verify = verify
        self._cancel_foreseeing: Callable[[], None] | None = None
        self._foreseen_for = 0
        self._exported: tuple[Path, str, dict[str, Any]] | None = None
        self._is_running = False
        self._own_name = False
        form = Form("export_dialog", self)
        self._take_fields(form)
        self.forecast = form.part(QLabel, "forecast")
        self.foresee_button = form.part(QPushButton, "foresee")
        self._take_tabs(form)
        target = form.widget.findChild(QFormLayout, "target")
        assert isinstance(target, QFormLayout)
        self.choices = ChoiceFields(target, self._on_choice)
        self._take_split(form)
        self.message = form.part(QLabel, "message")
        self._take_buttons(form)
        self.content = ExportContent(form, workspace, project, self)
        self.license.addItems(_LICENSES)
        self._fill_formats()
        for group in GROUPS:
            self.group.addItem(group, group)
        self.parts.setText(_DEFAULT_SPLIT)
        self.path.setText(str(project.path.with_suffix("")))
        self._connect()
        self.split_fields.setEnabled(False)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._start_foreseeing)
        self.foresee_button.clicked.connect(self._start_foreseeing)
        self.foresee_button.setVisible(foresee is not None)
        self.card.setChecked(True)
        self._on_format()
        self.format.setFocus()
        workspace.project_closed.connect(self.close)

    def _take_fields(self, form: Form) -> None:
        self.format = form.part(QComboBox, "format")
        self.losses = form.part(QLabel, "losses")
        self.path = form.part(QLineEdit, "path")
        self.card = form.part(QCheckBox, "card")
        self.license = form.part(QComboBox, "license")

    def _take_tabs(self, form: Form) -> None:
        self.tabs = form.part(QTabWidget, "tabs")
        # The tab bar takes the focus, with its own name; the widget around it has no role for screen readers.
        self.tabs.setFocusProxy(None)  # type: ignore[arg-type]  # missing in the stubs
        self.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tabs.tabBar().setAccessibleName("What is exported and how")

    def _take_split(self, form: Form) -> None:
        self.split = form.part(QCheckBox, "split")
        self.parts = form.part(QLineEdit, "parts")
        self.group = form.part(QComboBox, "group")
        self.seed = form.part(QSpinBox, "seed")
        self.seed.lineEdit().setTextMargins(5, 0, 0, 0)
        self.split_fields = form.part(QWidget, "splitFields")

    def _take_buttons(self, form: Form) -> None:
        buttons = form.part(QDialogButtonBox, "buttons")
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText("E&xport")
        self.verify_button = buttons.addButton("&Verify", QDialogButtonBox.ButtonRole.ActionRole)
        self.verify_button.setToolTip("Reads the export back and compares it with the project")
        self.verify_button.setEnabled(False)
        self.verify_button.setVisible(self._verify is not None)
        self.verify_button.clicked.connect(self._start_verifying)
        buttons.accepted.connect(self.start)
        buttons.rejected.connect(self.close)
        form.part(QPushButton, "browse").clicked.connect(self._browse)

    def _fill_formats(self) -> None:
        for each in sorted(registry.writable(), key=lambda format: format.name.casefold()):
            self.format.addItem(f"{each.name} ({', '.join(each.suffixes)})", each.id)
        # The format without losses.
        self.format.setCurrentIndex(self.format.findData(registry.NATIVE_FORMAT.id))

    def _connect(self) -> None:
        self.format.currentIndexChanged.connect(self._on_format)
        self.split.toggled.connect(self.split_fields.setEnabled)
        self.split.toggled.connect(self._check)
        self.parts.textChanged.connect(self._check)
        self.path.textEdited.connect(self._on_path)
        self.path.textChanged.connect(self._check)
        self.content.changed.connect(self._check)
        self.group.currentIndexChanged.connect(self._check)
        self.seed.valueChanged.connect(self._check)
        self.card.toggled.connect(self._on_card)
        self.license.currentTextChanged.connect(self._check)

    @property
    def chosen_format(self) -> Format:
        """The format selected in the dialog."""
        return registry.by_id(self.format.currentData())

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments of the export. Raise InvalidValue for an invalid split."""
        found: dict[str, Any] = {"selection": self.content.selection()}
        if chosen := self.choices.values():
            found["options"] = chosen
        if self.split.isChecked():
            found |= {
                "split": parsed_split(self.parts.text()),
                "group_by": self.group.currentData(),
                "seed": self.seed.value(),
            }
        if self.card.isChecked():
            found |= {"card": True, "license": self.license.currentText().strip()}
        return found

    def start(self) -> None:
        """Export as chosen; a second call during the export does nothing."""
        if self._is_running or self._problem():
            return
        self._stop_foreseeing()
        wanted = (self._target(), self.chosen_format.id, self.options())
        self._begin("Exporting …")

        def done(sentence: str, losses: list[str], is_written: bool) -> None:
            if isValid(self):
                self._exported = wanted if is_written else None
                self.show_outcome(sentence, losses)

        self._run(*wanted, done)

    def _start_verifying(self) -> None:
        if self._verify is None or self._exported is None or self._is_running:
            return
        self._begin("Reading it back …")

        def done(sentence: str, differences: list[str], _is_done: bool) -> None:
            self.show_outcome(sentence, differences)

        self._verify(*self._exported, done)

    def _begin(self, sentence: str) -> None:
        self._is_running = True
        self.ok.setEnabled(False)
        self.verify_button.setEnabled(False)
        say(self.message, sentence, "muted")

    def _start_foreseeing(self) -> None:
        """Compute what would be written and lost; a running computation is replaced."""
        self._stop_foreseeing()
        if self._foresee is None or self._is_running or self._problem():
            return
        number = self._foreseen_for = self._foreseen_for + 1
        say(self.forecast, "Calculating what is lost …", "muted")

        def done(sentence: str, losses: list[str], is_done: bool) -> None:
            if isValid(self) and number == self._foreseen_for:
                self._cancel_foreseeing = None
                lines = [sentence, *self._shortened(losses)] if is_done else [sentence]
                say(self.forecast, "\n".join(lines), "warning" if losses or not is_done else "muted")

        self._cancel_foreseeing = self._foresee(self._target(), self.chosen_format.id, self.options(), done)

    def _stop_foreseeing(self) -> None:
        self._pause.stop()
        self._foreseen_for += 1
        if self._cancel_foreseeing is not None:
            self._cancel_foreseeing()
            self._cancel_foreseeing = None
        # Not hidden, because the dialog would change its size with every key press.
        self.forecast.clear()

    def done(self, result: int) -> None:
        self._stop_foreseeing()
        super().done(result)

    def _target(self) -> Path:
        return Path(self.path.text().strip()).expanduser()

    def _shortened(self, lines: list[str]) -> list[str]:
        if len(lines) <= _LOSSES_SHOWN:
            return lines
        return [*lines[:_LOSSES_SHOWN], f"… and {len(lines) - _LOSSES_SHOWN} more"]

    def show_outcome(self, sentence: str, losses: list[str]) -> None:
        """Show the result and the losses; do nothing if the dialog was closed meanwhile."""
        if not isValid(self):
            return
        self._is_running = False
        lines = self._shortened(losses)
        self._show_state()
        say(self.message, "\n".join([sentence, *lines]), "warning" if lines else "")

    def _on_format(self) -> None:
        chosen = self.chosen_format
        self.choices.show(chosen.choices)
        self._show_losses()
        # A folder that is read by its dataset card has one.
        self.card.setEnabled(not chosen.data_files)
        if chosen.data_files:
            self.card.setChecked(True)
        if not self._own_name and chosen.suffixes:
            path = Path(self.path.text())
            known = {suffix for each in registry.writable() for suffix in each.suffixes}
            stem = path.with_suffix("") if path.suffix in known else path
            # A folder has no suffix.
            self.path.setText(str(stem if chosen.is_folder else stem.with_name(stem.name + chosen.suffixes[0])))
        self._check()

    def _on_choice(self) -> None:
        self._show_losses()
        self._check()

    def _show_losses(self) -> None:
        """Show which of the chosen data the format cannot hold."""
        if lost := self.chosen_format.lacking(self.choices.values()):
            say(self.losses, f"It cannot hold: {in_short(lost)}.", "warning")
        else:
            say(self.losses, "It holds everything.", "muted")

    def _on_path(self, _text: str) -> None:
        self._own_name = True

    def _browse(self) -> None:
        chosen = file_dialogs.ask_where_to_save(
            self,
            "Export to",
            self.path.text(),
            f"{self.chosen_format.name} ({' '.join('*' + suffix for suffix in self.chosen_format.suffixes)})",
        )
        if chosen:
            self._own_name = True
            self.path.setText(str(chosen))

    def _on_card(self) -> None:
        self.license.setEnabled(self.card.isChecked())
        self._check()

    def _check(self) -> None:
        """Check the changed choices, show a problem, and compute the losses again."""
        self._stop_foreseeing()
        self._exported = None
        self._show_state()
        if self._foresee is not None and self._is_small and not self._problem():
            self._pause.start()

    def _show_state(self) -> None:
        problem = self._problem()
        self.ok.setEnabled(not problem and not self._is_running)
        self.foresee_button.setEnabled(not problem and not self._is_running)
        self.verify_button.setEnabled(self._exported is not None and not self._is_running)
        if problem:
            say(self.message, problem)
            return
        target = self._target()
        is_there = not self.split.isChecked() and target.is_file()
        say(self.message, f"{target.name} will be replaced." if is_there else "", "warning")

    def _problem(self) -> str:
        """Return the reason why the export is not possible; empty if it is."""
        text = self.path.text().strip()
        if not text:
            return "Enter where the export goes: a folder and the name of a file."
        target = Path(text).expanduser()
        try:
            if target.is_dir() and not self.chosen_format.is_folder:
                return f"{target} is a folder: give the name of a file in it."
            if not target.absolute().parent.is_dir():
                return f"There is no folder {target.parent}: make it first, or choose another."
        except (OSError, ValueError):
            return f"{target} cannot be the name of a file: give another."
        if noun := self.content.empty_list():
            return f"Tick at least one {noun}: otherwise there is nothing to export."
        try:
            self.content.check_days()
            if self.split.isChecked():
                parsed_split(self.parts.text())
            if self.card.isChecked():
                checked_license(self.license.currentText().strip())
        except AnnotatorError as error:
            return str(error)
        return ""


def parsed_split(text: str) -> dict[str, float]:
    """Return ``train=0.8, dev=0.2`` as shares by name. Raise InvalidValue."""
    parts: dict[str, float] = {}
    for piece in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, share = (part.strip() for part in piece.partition("="))
        try:
            value = float(share)
        except ValueError:
            value = -1.0
        if not name or not 0 < value < float("inf") or not name.replace("-", "").replace("_", "").isalnum():
            raise InvalidValue(f"“{piece}” is not a part of a split: write it as train=0.8.")
        if name in parts:
            raise InvalidValue(f"The split names {name} twice: give each part another name.")
        parts[name] = value
    if len(parts) < 2:
        raise InvalidValue(f"A split needs two parts or more, such as {_DEFAULT_SPLIT}.")
    return parts
