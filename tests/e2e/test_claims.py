"""Claims in the window, driven by keys: made, stated, denied, resolved, merged, and their chains."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, active, come_back, press, said

import annotator
from annotator.app.annotations.docked_views import INSPECTOR
from annotator.app.claims.chain_dialog import ChainDialog
from annotator.app.claims.claim_dialogs import ClaimChooser, ClaimDialog, ResolveDialog
from annotator.app.claims.docked_views import CLAIMS
from annotator.app.claims.suggested_claims_dialog import ClaimSuggestionsDialog
from annotator.app.shell.main_window import MainWindow
from annotator.domain.records import ClaimRecord
from annotator.services.claims import claims

CONTROL = Qt.KeyboardModifier.ControlModifier


def dialog_of(window: MainWindow, kind: type[QDialog]) -> QDialog:
    return next(found for found in window.findChildren(kind) if found.isVisible())


def claims_of(window: MainWindow) -> list[ClaimRecord]:
    project = window.workspace.project
    assert project is not None
    return project.read.claims.all()


def annotate(window: MainWindow, words: str, key: str = "1") -> int:
    start = ARTICLE.index(words)
    window.reading.view.select(start, start + len(words))
    press(key)
    return active(window).id


def test_from_the_text_to_a_verdict_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    annotate(window, "talks would resume")
    press("G", "N")
    dialog = dialog_of(window, ClaimDialog)
    assert isinstance(dialog, ClaimDialog)
    assert dialog.text.toPlainText() == "Talks would resume."
    dialog.topic.setCurrentText("pipeline")
    press("Ctrl+Return", on=dialog.text)
    (claim,) = claims_of(window)
    assert (claim.text, claim.topic, claim.states) == ("Talks would resume.", "pipeline", 1)
    view = window.view(CLAIMS)
    assert not view.isVisible(), "the text stays"
    come_back(qtbot, window)
    window.reading.view.setFocus()
    press("G", "O")
    assert view.isVisible()
    assert view.table.current_id() == claim.id
    assert view.detail.title.text() == claim.text
    assert "States: Talks would resume. (open)" in window.view(INSPECTOR).claim.block.claim.text()
    come_back(qtbot, window)
    press("Ctrl+1")
    annotate(window, "Nobody else agreed")
    press("G", "X")
    chooser = dialog_of(window, ClaimChooser)
    press("Return", on=chooser.field)  # type: ignore[attr-defined]  # the kind was asked for
    assert claims_of(window)[0][9:] == (1, 1)
    come_back(qtbot, window)
    window.reading.view.setFocus()
    press("G", "O")
    qtbot.waitUntil(lambda: view.detail.statements.records.total == 2)
    view.table.setFocus()
    press("R")
    resolve = dialog_of(window, ResolveDialog)
    assert isinstance(resolve, ResolveDialog)
    resolve.verdict.setCurrentText("confirmed")
    resolve.ok.click()
    assert "needs evidence" in resolve.problem.text()
    resolve.evidence.setPlainText("the minutes")
    resolve.ok.click()
    assert claims_of(window)[0].verdict == "confirmed"
    (told,) = [sentence for sentence in said(window) if sentence.startswith("Resolve as confirmed")]
    assert told.endswith("resume.") and not told.endswith("..")
    come_back(qtbot, window)
    press("Ctrl+Z")
    assert claims_of(window)[0].verdict == "open"
    assert not [sentence for sentence in said(window) if sentence.endswith("..")]
    view.table.setFocus()
    press("Del")
    assert claims_of(window) == []
    press("Ctrl+Z")
    assert claims_of(window)[0].states == 1


def test_the_chooser_finds_makes_and_prefers_what_is_alike(launched: Launch, case: Path) -> None:
    with annotator.open(case) as project:
        one = project.annotate(2, 31, 51, "claim")
        project.add_claim("The bridge is closed.", [one])
        project.add_claim("Prices fall.")
    window = launched(case)
    annotate(window, "talks would resume")
    press("G", "S")
    chooser = dialog_of(window, ClaimChooser)
    assert isinstance(chooser, ClaimChooser)
    assert [chooser.list.item(row).text() for row in range(chooser.list.count())] == [
        "Prices fall.", "The bridge is closed.", "New claim",
    ]  # fmt: skip
    QTest.keyClicks(chooser.field, "talks resume")
    assert chooser.list.item(0).text() == "New claim: talks resume"
    press("Return", on=chooser.field)
    assert claims_of(window)[-1].text == "talks resume"


def test_statements_change_sides_and_claims_merge(launched: Launch, case: Path, qtbot: QtBot) -> None:
    with annotator.open(case) as project:
        one = project.annotate(1, ARTICLE.index("talks would"), ARTICLE.index("resume,"), "claim", source="Ann")
        two = project.annotate(2, 31, 51, "claim", source="Bea")
        project.add_claim("Talks resume.", [one])
        project.add_claim("They go on.", [two])
    window = launched(case)
    window.show_pane("claims")
    view = window.view(CLAIMS)
    view.show_claim(1)
    view.detail.statements.selectRow(0)
    view.set_stance("denies")
    assert claims_of(window)[0][9:] == (0, 1)

    def stance() -> str | None:
        shown = view.detail.statements.records.record(one.id)
        return None if shown is None else str(shown.row.stance)

    qtbot.waitUntil(lambda: stance() == "denies")
    view.detail.statements.setFocus()
    view.detail.statements.selectRow(0)
    press("Return")
    assert active(window).id == one.id
    view.detail.statements.selectRow(0)
    view.release()
    assert claims_of(window)[0][9:] == (0, 0)
    press("Ctrl+Z")
    view.table.selectAll()
    assert view.merge_button.isEnabled()
    view.merge()
    chooser = dialog_of(window, ClaimChooser)
    assert isinstance(chooser, ClaimChooser)
    assert chooser.list.count() == 2
    chooser.list.setCurrentRow(1)
    press("Return", on=chooser.field)
    (left,) = claims_of(window)
    assert (left.text, left.states, left.denies) == ("Talks resume.", 1, 1)


def test_the_chain_is_edited_and_drawn(launched: Launch, case: Path) -> None:
    with annotator.open(case) as project:
        one = project.annotate(1, ARTICLE.index("talks would"), ARTICLE.index("resume,"), "claim", source="Ann")
    window = launched(case)
    window.workspace.set_active(one.id)
    press("G", "R")
    dialog = dialog_of(window, ChainDialog)
    assert isinstance(dialog, ChainDialog)
    assert dialog.graph.words() == "Ann says it itself."
    QTest.keyClicks(dialog.source.edit, "An")
    dialog.add_button.click()
    assert "“An”" in dialog.problem.text(), "it may be half the name of Ann"
    assert [source.name for source in window.workspace.sources()] == ["Ann"]
    dialog.source.edit.clear()
    QTest.keyClicks(dialog.source.edit, "Northern Wire")
    assert dialog.source.kind.currentText() == "outlet"
    dialog.checked.setChecked(True)
    dialog.add_button.click()
    assert dialog.graph.words() == "Ann has it from Northern Wire."
    assert "checked it" in dialog.links.item(0).text()
    assert window.view(INSPECTOR).claim.block.chain.text() == "Northern Wire → Ann"
    assert not dialog.grab().isNull()
    dialog.links.setCurrentRow(0)
    dialog.remove_button.click()
    assert dialog.graph.words() == "Ann says it itself."
    dialog.reject()


def test_suggestions_are_looked_at_one_by_one(launched: Launch, case: Path, qtbot: QtBot) -> None:
    with annotator.open(case) as project:
        text = "A report\n\nOn Monday the minister said the talks would resume.\n"
        document = project.add_document("A report", text)
        start = ARTICLE.index("the talks would")
        one = project.annotate(1, start, start + 22, "claim")
        two = project.annotate(document, text.index("the talks"), text.index("."), "claim")
    window = launched(case)
    window.actions_by_id["claim.suggest"].trigger()
    qtbot.waitUntil(lambda: bool(window.findChildren(ClaimSuggestionsDialog)))
    dialog = dialog_of(window, ClaimSuggestionsDialog)
    assert isinstance(dialog, ClaimSuggestionsDialog)
    assert "Group 1 of 1" in dialog.where.text()
    dialog.make_button.click()
    (claim,) = claims_of(window)
    assert claim.states == 2
    opened = window.workspace.project
    assert opened is not None
    assert {one.id, two.id} == {found.annotation_id for found in opened.read.claims.statements()}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_view_without_claims_says_what_to_do(window: MainWindow, theme: str) -> None:
    window.theme.choose(theme)
    window.show_pane("claims")
    view = window.view(CLAIMS)
    QApplication.processEvents()
    assert "G N makes a claim" in view.table._hint
    assert view.new_button.isEnabled()
    assert not view.resolve_button.isEnabled()
    assert not view.grab().isNull()


def test_the_field_for_who_said_it_offers_whom_the_text_names(window: MainWindow) -> None:
    annotate(window, "the talks would resume")
    inspector = window.view(INSPECTOR)
    press("Down", on=inspector.source.field.edit)
    popup = inspector.source.field.popup
    assert popup.isVisible()
    assert popup.model().index(0, 0).data() == "Minister  (in the text)"
    popup.hide()


def test_a_pane_out_of_sight_lets_go_of_a_closed_project(window: MainWindow) -> None:
    project = window.workspace.project
    assert project is not None
    project.apply(claims.add(project, "Talks resume.")[1])
    view = window.view(CLAIMS)
    window.show_pane("claims")
    view.go_to_list()
    assert view.current_claim() is not None
    press("Ctrl+1")
    assert not view.isVisible()
    window.workspace.close_project()
    assert view.current_claim() is None
