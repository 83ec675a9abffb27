"""What an import asks, by keys: the columns of a table, unknown labels; and the formats with their examples."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import come_back, press, said, type_text
from tests.e2e.test_contract import _unnamed

import annotator
from annotator.app.projects.formats_dialog import FormatsDialog
from annotator.app.projects.import_report import ImportReportDialog
from annotator.app.projects.label_mapping_dialog import MOST, LabelMappingDialog
from annotator.app.projects.table_columns_dialog import TableColumnsDialog
from annotator.app.shell.main_window import MainWindow
from annotator.app.widgets import file_dialogs
from annotator.formats import registry
from annotator.services.annotations import annotating
from annotator.settings import IMPORT_FILE
from annotator.store.backup import copy

LONG = "The harbour stays closed and nobody knows for how long it will be so"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def clippings(tmp_path: Path) -> Path:
    """A table of which no name tells where the text is."""
    rows = [f"{number};{LONG} {number};Tidings;Rumour" for number in (1, 2)]
    return write(tmp_path / "clippings.csv", "nr;what was said;who;kind", *rows)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Lines with labels that the project has not, one of them nearly one of its own."""
    labels = ["claim", "claims", "Rumour", "Rumour", "noise"]
    lines = [
        f'{{"text": "Some words {number}", "annotations": [{{"label": "{label}", "start": 0, "end": 4}}]}}'
        for number, label in enumerate(labels)
    ]
    return write(tmp_path / "labelled.jsonl", *lines)


@pytest.fixture
def asked(window: MainWindow, qtbot: QtBot) -> Callable[[type[QDialog]], Any]:
    """Waits for a dialog to have the focus."""

    def wait(kind: type[QDialog]) -> QDialog:
        def shown() -> list[QDialog]:
            return [found for found in window.findChildren(kind) if found.isVisible()]

        qtbot.waitUntil(lambda: bool(shown()) and not window.jobs.running, timeout=60_000)
        (dialog,) = shown()
        come_back(qtbot, dialog)  # type: ignore[arg-type] # any top window
        return dialog

    return wait


def choose_files(window: MainWindow, monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    monkeypatch.setattr(file_dialogs, "ask_for_files", lambda *_: list(paths))
    window.actions_by_id["file.import"].trigger()


def wait_for_end(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: any("mported" in sentence for sentence in said(window)), timeout=60_000)
    come_back(qtbot, window)


def test_the_columns_of_a_table_and_its_labels_are_asked_by_keys(
    window: MainWindow,
    qtbot: QtBot,
    clippings: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: Callable[[type[QDialog]], Any],
) -> None:
    choose_files(window, monkeypatch, clippings)
    dialog = asked(TableColumnsDialog)
    assert "\n".join(_unnamed(dialog)) == ""
    assert QApplication.focusWidget() is dialog.fields["text"]
    assert dialog.columns() == {"text": "what was said"}
    assert "who: Tidings" in dialog.example.toPlainText() and LONG in dialog.example.toPlainText()
    press("Home")
    assert not dialog.import_button.isEnabled() and "Choose the column" in dialog.message.text()
    type_text("what")
    press("Alt+O")
    assert QApplication.focusWidget() is dialog.fields["source"]
    type_text("who")
    assert "Outlet: Tidings" in dialog.example.toPlainText()
    press("Alt+A")
    type_text("who")
    assert "two fields" in dialog.message.text() and not dialog.import_button.isEnabled()
    press("Home", "Alt+L")
    type_text("kind")
    press("Alt+R", "Down")
    assert f"{LONG} 2" in dialog.example.toPlainText()
    press("Return", on=dialog)
    labels = asked(LabelMappingDialog)
    assert "\n".join(_unnamed(labels)) == ""
    assert QApplication.focusWidget() is labels.choices["Rumour"]
    assert labels.answers() == ({}, ["Rumour"])
    type_text("spec")
    press("Return", on=labels)
    wait_for_end(window, qtbot)
    assert "Imported 2 documents, 2 annotations." in said(window)
    project = window.workspace.project
    assert project is not None
    rows = [row for row in window.workspace.document_rows() if row.source == "Tidings"]
    assert len(rows) == 2 and all(row.annotations == 1 for row in rows)
    press("Ctrl+Z", on=window.reading.view)
    qtbot.waitUntil(lambda: len(window.workspace.document_rows()) == 2, timeout=60_000)


def test_unknown_labels_are_mapped_added_or_left_out_in_one_step(
    window: MainWindow, qtbot: QtBot, labelled: Path, asked: Callable[[type[QDialog]], Any]
) -> None:
    before = [label.name for label in window.workspace.labels]
    window.files.take_dropped([labelled])
    dialog = asked(LabelMappingDialog)
    assert list(dialog.choices) == ["Rumour", "claims", "noise"], "the most used first"
    assert dialog.answers() == ({"claims": "claim"}, ["Rumour", "noise"]), "what is spelt alike is suggested"
    press("Tab", "Tab")
    assert QApplication.focusWidget() is dialog.choices["noise"]
    type_text("left")
    assert dialog.message.text() == "1 label will be added. 1 annotation will be left out."
    press("Return", on=dialog)
    wait_for_end(window, qtbot)
    assert "Imported 5 documents, 4 annotations, 1 label." in said(window)
    assert [label.name for label in window.workspace.labels] == [*before, "Rumour"]
    (report,) = window.findChildren(ImportReportDialog)
    assert "“noise” left out" in report.text()
    report.close()
    come_back(qtbot, window)
    press("Ctrl+Z", on=window.reading.view)
    qtbot.waitUntil(lambda: len(window.workspace.document_rows()) == 2, timeout=60_000)
    assert [label.name for label in window.workspace.labels] == before


def test_cancelling_a_question_imports_nothing(
    window: MainWindow, qtbot: QtBot, labelled: Path, asked: Callable[[type[QDialog]], Any]
) -> None:
    window.files.import_paths([labelled])
    press("Esc", on=asked(LabelMappingDialog))
    qtbot.wait(50)
    assert not window.jobs.running and len(window.workspace.document_rows()) == 2


def test_a_table_can_be_left_out(
    window: MainWindow, qtbot: QtBot, clippings: Path, tmp_path: Path, asked: Callable[[type[QDialog]], Any]
) -> None:
    article = write(tmp_path / "a.txt", "Fresh title", "", "Fresh body.")
    window.files.import_paths([clippings, article])
    dialog = asked(TableColumnsDialog)
    buttons = {button.text(): button for button in dialog.findChildren(type(dialog.import_button))}
    QTest.mouseClick(buttons["Leave out"], Qt.MouseButton.LeftButton)
    wait_for_end(window, qtbot)
    assert [row.title for row in window.workspace.document_rows()][2:] == ["Fresh title"]
    assert not window.findChildren(ImportReportDialog)


def test_nothing_is_asked_where_nothing_is_open(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    table = write(tmp_path / "t.csv", "title,text,section", f"Shut,{LONG},Ports")
    lines = write(tmp_path / "l.jsonl", '{"text": "W w", "annotations": [{"label": "claim", "start": 0, "end": 1}]}')
    window.files.import_paths([table, lines])
    wait_for_end(window, qtbot)
    assert "Imported 2 documents, 1 annotation." in said(window)


def test_very_many_labels_share_an_answer(window: MainWindow, qtbot: QtBot) -> None:
    unknown = {f"kind {number:03}": 1 for number in range(MOST + 50)}
    dialog = LabelMappingDialog(window.workspace, unknown, window)
    qtbot.addWidget(dialog)
    label_map, added = dialog.answers()
    assert (len(label_map), len(added)) == (50, MOST)
    dialog.add_all.click()
    assert len(dialog.answers()[1]) == MOST + 50
    dialog.leave_all_out.click()
    assert dialog.answers() == (dict.fromkeys(unknown, ""), [])


def test_an_import_keeps_to_the_limits_of_the_settings(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    from annotator.services.imports import importing

    window.settings.set(IMPORT_FILE, 7)
    assert importing.limits_set(window.settings).file == 7 * 2**20


def test_every_format_shows_its_example_and_saves_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.actions_by_id["help.formats"].trigger()
    (dialog,) = window.findChildren(FormatsDialog)
    come_back(qtbot, dialog)  # type: ignore[arg-type] # any top window
    assert dialog.list.count() == len(registry.all_formats())
    seen = {}
    for _ in range(dialog.list.count()):
        format = dialog.format
        seen[format.id] = dialog.example.toPlainText()
        assert format.name in dialog.facts.text() and dialog.example.toPlainText() and dialog.save.isEnabled()
        target = tmp_path / f"example-{format.id}"
        dialog.save_to(target)
        assert target.exists()
        press("Down", on=dialog.list)
    assert seen["csv"].startswith("document,title,outlet") and seen["xlsx"].startswith("document\ttitle\toutlet")
    dialog.list.setCurrentRow(0)
    chosen = tmp_path / "kept"
    monkeypatch.setattr(file_dialogs, "ask_where_to_save", lambda *_: chosen)
    press("Alt+S", on=dialog.list)
    qtbot.waitUntil(lambda: "Saved kept." in dialog.message.text(), timeout=60_000)
    assert chosen.exists()
    dialog.save_to(tmp_path / "no folder" / "x")
    assert "cannot be written" in dialog.message.text()
    dialog.close()


def test_what_differs_is_asked_and_theirs_taken_in_one_step(
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    asked: Callable[[type[QDialog]], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = window.workspace.project
    document = window.workspace.document
    assert project is not None and document is not None
    _, change = annotating.annotate(project, document.id, document.text, [(0, 5)], window.workspace.labels[0].id)
    project.apply(change)
    copy(project.path, tmp_path / "bob.anno")
    with annotator.open(tmp_path / "bob.anno", annotator="bob") as bob:
        (found,) = bob.annotations()
        bob.update(found, note="bob's <b>note</b>", credibility=4)
        bob.export(tmp_path / "bob.jsonl")
    choose_files(window, monkeypatch, tmp_path / "bob.jsonl")
    dialog = asked(ImportReportDialog)
    assert "1 annotation differs" in dialog.text()
    assert "bob's <b>note</b>" in dialog.text()
    assert "\n".join(_unnamed(dialog)) == ""
    assert dialog.take is not None and dialog.take.text() == "Take theirs (2)"
    QTest.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any("1 annotation updated" in sentence for sentence in said(window)), timeout=20_000)

    def note() -> str:
        (now,) = project.read.annotations.all()
        return now.note

    assert note() == "bob's <b>note</b>"
    come_back(qtbot, window)
    press("Ctrl+Z", on=window.reading.view)
    qtbot.waitUntil(lambda: note() == "", timeout=10_000)


def test_theirs_are_not_taken_into_another_project(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, asked: Callable[[type[QDialog]], Any]
) -> None:
    project = window.workspace.project
    document = window.workspace.document
    assert project is not None and document is not None
    _, change = annotating.annotate(project, document.id, document.text, [(0, 5)], window.workspace.labels[0].id)
    project.apply(change)
    copy(project.path, tmp_path / "bob.anno")
    with annotator.open(tmp_path / "bob.anno", annotator="bob") as bob:
        bob.update(bob.annotations()[0], note="bob's note")
        bob.export(tmp_path / "bob.jsonl")
    window.files.import_paths([tmp_path / "bob.jsonl"])
    dialog = asked(ImportReportDialog)
    assert dialog.take is not None
    with annotator.create(tmp_path / "other.anno", annotator="ada"):
        pass
    window.files.open_project(tmp_path / "other.anno")
    QTest.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any("Nothing was taken over" in sentence for sentence in said(window)), timeout=20_000)
    with annotator.open(tmp_path / "other.anno", annotator="ada", read_only=True) as other:
        assert not other.annotations() and not other.documents()


def test_mine_is_kept_where_nothing_else_is_chosen(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, asked: Callable[[type[QDialog]], Any]
) -> None:
    project = window.workspace.project
    document = window.workspace.document
    assert project is not None and document is not None
    _, change = annotating.annotate(project, document.id, document.text, [(0, 5)], window.workspace.labels[0].id)
    project.apply(change)
    copy(project.path, tmp_path / "bob.anno")
    with annotator.open(tmp_path / "bob.anno", annotator="bob") as bob:
        bob.remove(bob.annotations()[0])
        bob.export(tmp_path / "bob.jsonl")
    window.files.import_paths([tmp_path / "bob.jsonl"])
    dialog = asked(ImportReportDialog)
    assert "(removed)" in dialog.text()
    QTest.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    come_back(qtbot, window)
    assert len(list(project.read.annotations.all())) == 1
