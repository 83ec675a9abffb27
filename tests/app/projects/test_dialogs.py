"""The dialogs: what they ask, what they refuse, and what they hand on."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLineEdit, QSpinBox, QTableView, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from annotator import settings as table
from annotator.app.documents.properties_dialog import DocumentPropertiesDialog
from annotator.app.projects import export_dialog
from annotator.app.projects.export_dialog import ExportDialog, parsed_split
from annotator.app.projects.import_report import ImportReportDialog
from annotator.app.projects.new_project_dialog import NewProjectDialog
from annotator.app.shell.about_dialog import AboutDialog
from annotator.app.shell.preferences_dialog import PreferencesDialog
from annotator.app.state.workspace import Workspace
from annotator.domain.errors import InvalidValue
from annotator.formats.base import Article
from annotator.services.exports import exporting
from annotator.services.exports.selection import Selection
from annotator.services.imports import importing
from annotator.services.imports.report import ImportReport, Refused
from annotator.services.projects import projects
from annotator.settings import Settings
from annotator.store.project import Project

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    article = tmp_path / "a.txt"
    article.write_text("Title\n\nThe bridge is closed. It may open soon.", encoding="utf-8")
    project = projects.create(tmp_path / "case.anno", annotator="ada")
    importing.import_files(project, [article])
    made = Workspace()
    made.adopt(project)
    made.open_document(made.document_rows()[0].id)
    made.annotate([(7, 27)], 1)
    made.annotate([(29, 45)], 2)
    yield made
    made.close_project()


def shown(qtbot: QtBot, dialog: QDialog) -> None:
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.show()
    qtbot.waitExposed(dialog)


# --- new project ------------------------------------------------------------------------------------------------------


@pytest.fixture
def new_project(qtbot: QtBot, tmp_path: Path) -> NewProjectDialog:
    dialog = NewProjectDialog("ada", None, tmp_path)
    shown(qtbot, dialog)
    return dialog


def test_a_title_makes_the_place(new_project: NewProjectDialog, qtbot: QtBot, tmp_path: Path) -> None:
    assert not new_project.ok.isEnabled()
    assert new_project.message.isHidden()
    qtbot.keyClicks(new_project.title_edit, "Gas: a/b?")
    assert new_project.path() == tmp_path / "Gas  a b.anno"
    assert (new_project.title(), new_project.annotator()) == ("Gas: a/b?", "ada")
    qtbot.keyClick(new_project.title_edit, Qt.Key.Key_Return)
    assert new_project.result() == QDialog.DialogCode.Accepted


def test_a_place_of_ones_own_stays(new_project: NewProjectDialog, qtbot: QtBot, tmp_path: Path) -> None:
    new_project.path_edit.clear()
    qtbot.keyClicks(new_project.path_edit, str(tmp_path / "mine"))
    qtbot.keyClicks(new_project.title_edit, "Gas")
    assert new_project.path() == tmp_path / "mine.anno"


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda dialog, folder: dialog.annotator_edit.clear(), "Enter who annotates"),
        (lambda dialog, folder: dialog.path_edit.clear(), "Give the project a place"),
        (lambda dialog, folder: dialog.path_edit.setText(str(folder / "no" / "a.anno")), "There is no folder"),
        (lambda dialog, folder: dialog.path_edit.setText(str(folder / "there")), "there.anno already exists"),
    ],
)
def test_what_is_wrong_is_said(
    new_project: NewProjectDialog,
    qtbot: QtBot,
    tmp_path: Path,
    spoil: Callable[[NewProjectDialog, Path], None],
    sentence: str,
) -> None:
    (tmp_path / "there.anno").write_bytes(b"")
    qtbot.keyClicks(new_project.title_edit, "Gas")
    spoil(new_project, tmp_path)
    assert new_project.message.text().startswith(sentence)
    assert not new_project.ok.isEnabled()
    new_project.accept()
    assert new_project.isVisible()


# --- import report ----------------------------------------------------------------------------------------------------


@pytest.fixture
def report() -> ImportReport:
    return ImportReport(
        documents=[1, 2],
        duplicates=["/in/twice.txt"],
        refused=[Refused("/in/bad.bin", "line 3", "It is not a text.")],
        notes=["One was moved."],
        files=4,
    )


def test_the_report_is_told_and_copied(report: ImportReport, qtbot: QtBot) -> None:
    dialog = ImportReportDialog(report)
    shown(qtbot, dialog)
    assert not dialog.isModal()
    assert [dialog.tabs.tabText(place) for place in range(3)] == ["Refused (1)", "Already there (1)", "Notes (1)"]
    lines = dialog.tabs.widget(0)
    assert isinstance(lines, QTableView)
    row = [lines.model().index(0, column).data() for column in range(3)]
    assert row == ["bad.bin", "line 3", "It is not a text."]
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    for part in (report.sentence(), "/in/bad.bin\tline 3\tIt is not a text.", "/in/twice.txt", "One was moved."):
        assert part in copied


def test_lines_of_the_report_are_copied(report: ImportReport, qtbot: QtBot) -> None:
    dialog = ImportReportDialog(report)
    shown(qtbot, dialog)
    lines = dialog.tabs.widget(0)
    assert isinstance(lines, QTableView)
    lines.setFocus()
    lines.selectRow(0)
    qtbot.keyClick(lines, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "/in/bad.bin\tline 3\tIt is not a text."


def test_the_report_is_saved(report: ImportReport, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ImportReportDialog(report)
    shown(qtbot, dialog)
    dialog.save_to(tmp_path / "import.txt")
    assert (tmp_path / "import.txt").read_text(encoding="utf-8") == dialog.text()
    dialog.save_to(tmp_path / "no" / "import.txt")
    assert "cannot be written" in dialog._problem.text()
    assert dialog._problem.isVisible()


# --- export -----------------------------------------------------------------------------------------------------------


class Runs:
    """Takes what the dialog hands on, and exports at once where it is told to."""

    def __init__(self, project: Project | None = None) -> None:
        self.project = project
        self.calls: list[tuple[Path, str, dict[str, Any]]] = []

    def __call__(
        self, out: Path, format: str, options: dict[str, Any], done: Callable[[str, list[str], bool], None]
    ) -> None:
        self.calls.append((out, format, options))
        if self.project is not None:
            report = exporting.export(self.project, out, format, **options)
            done(report.sentence(), report.losses, True)


def untick(dialog: ExportDialog, name: str) -> None:
    dialog.content.labels.findItems(name, Qt.MatchFlag.MatchExactly)[0].setCheckState(Qt.CheckState.Unchecked)


def choose(box: QComboBox, data: str) -> None:
    box.setCurrentIndex(box.findData(data))


def test_an_export_is_run_and_its_outcome_shown(workspace: Workspace, qtbot: QtBot, tmp_path: Path) -> None:
    runs = Runs(workspace.project)
    dialog = ExportDialog(workspace, runs)
    shown(qtbot, dialog)
    choose(dialog.format, "jsonl")
    untick(dialog, "claim")
    qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    out = tmp_path / "case.jsonl"
    selection = Selection(labels=("speculation", "official statement"))
    assert runs.calls == [(out, "jsonl", {"selection": selection, "card": True, "license": "unknown"})]
    assert out.is_file()
    assert dialog.message.text().startswith("Exported 1 document with 1 annotation to case.jsonl.")
    assert dialog.ok.isEnabled()


def test_the_format_says_what_it_cannot_hold(workspace: Workspace, qtbot: QtBot) -> None:
    dialog = ExportDialog(workspace, Runs())
    shown(qtbot, dialog)
    choose(dialog.format, "conll")
    assert "overlaps" in dialog.losses.text()
    assert dialog.path.text().endswith("case.conll")
    overlap, tokeniser = dialog.choices.fields["overlap"], dialog.choices.fields["tokeniser"]
    assert isinstance(overlap, QComboBox) and isinstance(tokeniser, QComboBox)
    qtbot.waitUntil(overlap.isVisible)
    assert overlap.accessibleName() == "Where spans overlap, keep"
    assert dialog.options()["options"] == {"scheme": "iob2", "overlap": "longest", "tokeniser": ""}
    qtbot.keyClick(overlap, Qt.Key.Key_Down)
    tokeniser.setFocus()
    qtbot.keyClick(tokeniser, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(tokeniser, "fr")
    assert dialog.options()["options"] == {"scheme": "iob2", "overlap": "first", "tokeniser": "fr"}
    choose(dialog.format, "spacy")
    assert dialog.options()["options"] == {"overlap": "first", "tokeniser": "fr"}, "what was chosen stays"
    choose(dialog.format, "jsonl")
    assert not dialog.choices.fields
    assert "options" not in dialog.options()
    assert dialog.path.text().endswith("case.jsonl")


def test_a_split_is_handed_on(workspace: Workspace, qtbot: QtBot) -> None:
    runs = Runs()
    dialog = ExportDialog(workspace, runs)
    shown(qtbot, dialog)
    assert not dialog.parts.isEnabled()
    dialog.tabs.setCurrentIndex(3)
    qtbot.keyClick(dialog.split, Qt.Key.Key_Space)
    dialog.parts.selectAll()
    qtbot.keyClicks(dialog.parts, "train=0.7, test=0.3")
    choose(dialog.group, "source")
    dialog.seed.setValue(7)
    dialog.start()
    options = runs.calls[0][2]
    assert (options["split"], options["group_by"], options["seed"]) == ({"train": 0.7, "test": 0.3}, "source", 7)
    dialog.start()
    assert len(runs.calls) == 1, "a second press waits for the first"


def test_what_cannot_be_exported_is_said(workspace: Workspace, qtbot: QtBot, tmp_path: Path) -> None:
    runs = Runs()
    dialog = ExportDialog(workspace, runs)
    shown(qtbot, dialog)
    for path, sentence in (
        ("", "Enter where"),
        (str(tmp_path), f"{tmp_path} is a folder"),
        (str(tmp_path / "no" / "a.jsonl"), "There is no folder"),
    ):
        dialog.path.setText(path)
        assert dialog.message.text().startswith(sentence)
        assert not dialog.ok.isEnabled()
    dialog.path.setText(str(tmp_path / "case.anno"))
    assert dialog.message.text() == "case.anno will be replaced."
    for label in ("claim", "speculation", "official statement"):
        untick(dialog, label)
    assert dialog.message.text().startswith("Tick at least one label")
    dialog.start()
    assert runs.calls == []


def test_what_is_chosen_is_handed_on(workspace: Workspace, qtbot: QtBot) -> None:
    runs = Runs()
    dialog = ExportDialog(workspace, runs)
    shown(qtbot, dialog)
    for listed, row in (
        (dialog.content.reliabilities, 6),
        (dialog.content.credibilities, 0),
        (dialog.content.statuses, 0),
    ):
        listed.item(row).setCheckState(Qt.CheckState.Unchecked)
    choose(dialog.content.maker, "suggestion")
    dialog.content.first.setText("2025-03-31")
    dialog.content.annotated_only.setChecked(True)
    dialog.license.setEditText("cc-by-4.0")
    dialog.start()
    assert runs.calls[0][2] == {
        "selection": Selection(
            statuses=("in progress", "done"),
            published_from="2025-03-31",
            reliabilities=tuple("ABCDEF"),
            credibilities=("2", "3", "4", "5", "6", "-"),
            created_by="suggestion",
            annotated_only=True,
        ),
        "card": True,
        "license": "cc-by-4.0",
    }


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("first", "March", "'March' is not a date"),
        ("last", "1999-01-01", "Nothing is published from 2000-01-01 to 1999-01-01"),
        ("license", "all: mine", "'all: mine' is not an identifier of a licence"),
    ],
)
def test_what_cannot_be_chosen_is_said(
    workspace: Workspace, qtbot: QtBot, field: str, text: str, sentence: str
) -> None:
    dialog = ExportDialog(workspace, Runs())
    shown(qtbot, dialog)
    dialog.content.first.setText("2000-01-01")
    assert dialog.ok.isEnabled()
    chosen = dialog.license if field == "license" else getattr(dialog.content, field)
    chosen.setEditText(text) if isinstance(chosen, QComboBox) else chosen.setText(text)
    assert dialog.message.text().startswith(sentence)
    assert not dialog.ok.isEnabled()


def test_a_folder_that_is_loaded_by_its_card_has_one(workspace: Workspace, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ExportDialog(workspace, Runs())
    shown(qtbot, dialog)
    dialog.card.setChecked(False)
    assert "card" not in dialog.options() and not dialog.license.isEnabled()
    choose(dialog.format, "hf")
    assert dialog.options()["card"] and dialog.license.isEnabled() and not dialog.card.isEnabled()
    (tmp_path / "case").mkdir()
    assert dialog.path.text() == str(tmp_path / "case")
    assert dialog.ok.isEnabled(), "a folder may be there"


class Foresees:
    """Answers when it is told to, and counts who does not want an answer any more."""

    def __init__(self) -> None:
        self.waiting: list[tuple[str, Callable[[str, list[str], bool], None]]] = []
        self.cancelled = 0

    def __call__(
        self, _out: Path, format: str, _options: dict[str, Any], done: Callable[[str, list[str], bool], None]
    ) -> Callable[[], None]:
        self.waiting.append((format, done))

        def cancel() -> None:
            self.cancelled += 1

        return cancel


def test_what_is_lost_is_told_before_anything_is_written(
    workspace: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    foresees = Foresees()
    dialog = ExportDialog(workspace, Runs(), foresee=foresees)
    shown(qtbot, dialog)
    choose(dialog.format, "conll")
    qtbot.waitUntil(lambda: bool(foresees.waiting))
    (format, done) = foresees.waiting[-1]
    assert format == "conll" and dialog.forecast.text().startswith("Calculating")
    choose(dialog.format, "csv")
    assert foresees.cancelled == 1
    done("Would export the old.", ["old"], True)
    assert dialog.forecast.text() == "", "an answer that comes too late is about something else"
    count = len(foresees.waiting)
    qtbot.waitUntil(lambda: len(foresees.waiting) > count)
    foresees.waiting[-1][1]("Would export 1 document.", ["1 relation left out"], True)
    assert dialog.forecast.text() == "Would export 1 document.\n1 relation left out"
    dialog.close()
    monkeypatch.setattr(export_dialog, "SMALL", 0)
    large = ExportDialog(workspace, Runs(), foresee=foresees)
    shown(qtbot, large)
    count = len(foresees.waiting)
    qtbot.wait(2 * export_dialog._PAUSE)
    assert len(foresees.waiting) == count, "a large project waits until somebody asks"
    qtbot.keyClick(large.foresee_button, Qt.Key.Key_Space)
    assert len(foresees.waiting) == count + 1
    large.close()
    assert foresees.cancelled == 2


def test_an_export_can_be_verified_until_something_is_changed(workspace: Workspace, qtbot: QtBot) -> None:
    verified: list[str] = []

    def verify(out: Path, _format: str, _options: dict[str, Any], done: Callable[[str, list[str], bool], None]) -> None:
        verified.append(out.name)
        done("It is not what the project holds.", ["“Title” is not there"], True)

    dialog = ExportDialog(workspace, Runs(workspace.project), verify=verify)
    shown(qtbot, dialog)
    choose(dialog.format, "jsonl")
    assert not dialog.verify_button.isEnabled()
    dialog.start()
    assert dialog.verify_button.isEnabled()
    qtbot.keyClick(dialog.verify_button, Qt.Key.Key_Space)
    assert verified == ["case.jsonl"]
    assert dialog.message.text() == "It is not what the project holds.\n“Title” is not there"
    untick(dialog, "claim")
    assert not dialog.verify_button.isEnabled()


@pytest.mark.parametrize("text", ["", "train", "train=1", "a=0.5, a=0.5", "a=0.5, b=-1", "a=0.5, b=nan", "../a=1, b=1"])
def test_no_split(text: str) -> None:
    with pytest.raises(InvalidValue):
        parsed_split(text)


# --- document ---------------------------------------------------------------------------------------------------------


def test_the_data_of_a_document_are_changed_at_once(workspace: Workspace, qtbot: QtBot) -> None:
    dialog = DocumentPropertiesDialog(workspace)
    shown(qtbot, dialog)
    changes: list[object] = []
    workspace.committed.connect(changes.append)
    assert dialog.lines["title"].text() == "Title"
    assert "a.txt" in dialog.origin.text()
    qtbot.keyClicks(dialog.lines["author"], "Jo Marsh")
    qtbot.keyClicks(dialog.source.edit, "Harbour Post")
    assert dialog.source.kind.currentText() == "outlet"
    dialog.status.setCurrentText("done")
    qtbot.keyClicks(dialog.note, "Read twice")
    qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    document = workspace.document
    assert document is not None
    assert (document.author, document.source, document.status) == ("Jo Marsh", "Harbour Post", "done")
    assert document.note == "Read twice"
    assert len(changes) == 1
    workspace.undo()
    assert workspace.document is not None and workspace.document.source == ""
    assert workspace.sources() == []


def test_what_a_file_says_besides_is_shown(workspace: Workspace, qtbot: QtBot) -> None:
    dialog = DocumentPropertiesDialog(workspace)
    shown(qtbot, dialog)
    assert not dialog.facts.isVisible()
    dialog.close()
    project = workspace.project
    assert project is not None
    facts = {"message_id": "<1@a>", "categories": ["Sea", "Ice"], "pages": [["i", 0], ["2", 90]], "paid": True}
    report = importing.import_articles(project, [Article(title="T", text="Some words.", facts=facts)])
    workspace.open_document(report.documents[0])
    dialog = DocumentPropertiesDialog(workspace)
    shown(qtbot, dialog)
    assert dialog.facts.isVisible() and dialog.facts.isReadOnly()
    assert dialog.facts.toPlainText().split("\n") == [
        "Message id: <1@a>",
        "Categories: Sea, Ice",
        'Pages: [["i", 0], ["2", 90]]',
        "Paid: true",
    ]


def test_a_document_keeps_its_title(workspace: Workspace, qtbot: QtBot) -> None:
    dialog = DocumentPropertiesDialog(workspace)
    shown(qtbot, dialog)
    dialog.lines["title"].clear()
    qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert dialog.message.text() == "A document needs a title."


def test_nothing_changed_is_nothing_written(workspace: Workspace, qtbot: QtBot) -> None:
    dialog = DocumentPropertiesDialog(workspace)
    shown(qtbot, dialog)
    changes: list[object] = []
    workspace.committed.connect(changes.append)
    qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    assert changes == []


# --- preferences ------------------------------------------------------------------------------------------------------


@pytest.fixture
def preferences(qtbot: QtBot) -> PreferencesDialog:
    dialog = PreferencesDialog(Settings())
    shown(qtbot, dialog)
    return dialog


def test_every_setting_has_a_field(preferences: PreferencesDialog) -> None:
    for setting in table.SETTINGS:
        if setting is not table.KEYS:
            field: QWidget = preferences.field(setting)
            assert field.accessibleName() == setting.label


def test_settings_hold_at_once_and_can_be_reset(preferences: PreferencesDialog, qtbot: QtBot) -> None:
    settings = preferences._settings
    theme = preferences.field(table.THEME)
    theme.setFocus()
    qtbot.keyClicks(theme, "dark")
    assert settings.get(table.THEME) == "dark"
    snap = preferences.field(table.SNAP_TO_WORDS)
    assert isinstance(snap, QCheckBox)
    qtbot.keyClick(snap, Qt.Key.Key_Space)
    assert settings.get(table.SNAP_TO_WORDS) is False
    name = preferences.field(table.ANNOTATOR_NAME)
    assert isinstance(name, QLineEdit)
    qtbot.keyClicks(name, "ada")
    size = preferences.field(table.FONT_SIZE).findChild(QSpinBox)
    assert size is not None
    size.setValue(20)
    preferences.close()
    assert settings.get(table.ANNOTATOR_NAME) == "ada"
    assert settings.get(table.FONT_SIZE) == 20
    assert Settings().get(table.FONT_SIZE) == 20, "it is in the file"


def test_a_setting_goes_back_to_its_default(preferences: PreferencesDialog, qtbot: QtBot) -> None:
    settings = preferences._settings
    reset = preferences.findChild(QToolButton, "reset.appearance.theme")
    assert reset is not None and not reset.isVisible()
    settings.set(table.THEME, "light")
    assert preferences.field(table.THEME).property("currentText") == "Light"
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert settings.get(table.THEME) == "system"
    assert not reset.isVisible()


def test_what_cannot_be_saved_is_said(preferences: PreferencesDialog, qtbot: QtBot) -> None:
    settings = preferences._settings
    settings.path = settings.path.parent / "file" / "settings.toml"
    settings.path.parent.parent.mkdir(parents=True, exist_ok=True)
    settings.path.parent.write_bytes(b"")
    qtbot.keyClick(preferences.field(table.SNAP_TO_WORDS), Qt.Key.Key_Space)
    assert "cannot be saved" in preferences.message.text()
    assert preferences.message.isVisible()


# --- about ------------------------------------------------------------------------------------------------------------


def test_about_can_be_copied(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    shown(qtbot, dialog)
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("Annotator ")
    assert "Apache" in copied and "settings.toml" in copied


def test_a_sentence_makes_room_for_itself(new_project: NewProjectDialog, qtbot: QtBot, tmp_path: Path) -> None:
    layout = new_project.layout()
    assert layout is not None
    new_project.resize(360, layout.totalHeightForWidth(360))
    before = new_project.height()
    qtbot.keyClicks(new_project.title_edit, "Gas")
    new_project.path_edit.setText(str(tmp_path / "a folder that is not there" / "and one in it" / "gas.anno"))
    assert new_project.message.isVisible()
    assert new_project.height() > before
    assert new_project.height() >= layout.totalHeightForWidth(new_project.width())
