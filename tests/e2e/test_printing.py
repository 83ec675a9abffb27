"""The annotated article on paper, by real keys: into a PDF, on a printer, and what may go wrong on the way."""

import errno
import unicodedata
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from tests.app.printing.pdf_text import pages_of
from tests.e2e.conftest import Launch, press, put_caret, said

import annotator
from annotator.app.shell.main_window import MainWindow
from annotator.app.widgets import file_dialogs

OLD = b"What was there."


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that is chosen whenever one is asked for."""
    path = tmp_path / "paper" / "article.pdf"
    path.parent.mkdir()
    monkeypatch.setattr(file_dialogs, "ask_where_to_save", lambda *_: path)
    return path


@pytest.fixture
def long(launched: Launch, tmp_path: Path) -> MainWindow:
    """The window on a document of some fifty pages with a thousand annotations."""
    path = tmp_path / "long.anno"
    sentence = "The minister said that prices may fall. "
    with annotator.create(path, annotator="ada") as project:
        project.add_document("A long one", (sentence * 5 + "\n") * 200)
        project.annotate_all("minister said that prices", "claim")
    return launched(path)


def wait_for_jobs(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.jobs.running, timeout=60_000)


def read_back(path: Path) -> list[str]:
    return [" ".join(unicodedata.normalize("NFKC", page).split()) for page in pages_of(path.read_bytes())]


def annotate(window: MainWindow) -> None:
    put_caret(window, "said on Monday")
    press("1")
    put_caret(window, "Prices may fall")
    press("2", "N")
    window.reading.view.setFocus()


def test_a_pdf_by_one_key(window: MainWindow, out: Path, qtbot: QtBot) -> None:
    annotate(window)
    press("Ctrl+Shift+P")
    wait_for_jobs(qtbot, window)
    assert said(window)[-1] == "Wrote article.pdf: 1 page."
    (page,) = read_back(out)
    assert page.startswith("Talks on the pipeline resume The minister said on Monday")
    for found in window.workspace.ordered_annotations():
        assert " ".join(found.quote.split()) in page.split("Annotations", 1)[1]
    assert "C1 claim" in page and "S2 speculation" in page
    assert list(out.parent.iterdir()) == [out]


def test_a_name_without_an_end_gets_one_unless_that_is_taken(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_dialogs, "ask_where_to_save", lambda *_: tmp_path / "paper")
    for name in ("paper.pdf", "paper"):
        press("Ctrl+Shift+P")
        wait_for_jobs(qtbot, window)
        assert said(window)[-1] == f"Wrote {name}: 1 page." and (tmp_path / name).exists()


def test_hidden_labels_are_not_in_it(window: MainWindow, out: Path, qtbot: QtBot) -> None:
    annotate(window)
    window.workspace.label_filter.toggle_hidden(window.workspace.labels[0].id)
    press("Ctrl+Shift+P")
    wait_for_jobs(qtbot, window)
    assert said(window)[-1] == "Wrote article.pdf: 1 page. Left out: 1 annotation labelled claim."
    (page,) = read_back(out)
    assert "S1 speculation" in page and "claim:" not in page and "Left out: 1 annotation labelled claim." in page


def test_a_thousand_annotations_leave_the_window_alive(long: MainWindow, out: Path, qtbot: QtBot) -> None:
    turns = 0

    def turn() -> None:
        nonlocal turns
        turns += 1

    timer = QTimer(interval=0)
    timer.timeout.connect(turn)
    press("Ctrl+Shift+P")
    timer.start()
    (job,) = long.jobs.running
    seen: list[tuple[int, int]] = []
    job.progressed.connect(lambda done, total, _text: seen.append((done, total)))
    # Keys go on working, and what is printed is what was there when it was asked for.
    press("L", "2")
    wait_for_jobs(qtbot, long)
    timer.stop()
    pages = read_back(out)
    assert len(pages) > 40 and turns > 20
    assert seen == sorted(seen, key=lambda state: state[0]) and seen[-1][1] == len(pages)
    listed = " ".join(pages).split("Annotations C1", 1)[1]
    assert all(f"C{number} claim “minister said that prices”" in listed for number in range(2, 1_001))
    assert "S1" not in listed and len(long.workspace.annotations) == 1_001


def test_cancelled_it_leaves_what_was_there(long: MainWindow, out: Path, qtbot: QtBot) -> None:
    out.write_bytes(OLD)
    press("Ctrl+Shift+P")
    (job,) = long.jobs.running
    qtbot.waitUntil(lambda: job.total > 0, timeout=60_000)
    button = long.statusBar().findChild(QToolButton, "cancelJob")
    assert button is not None
    button.click()
    wait_for_jobs(qtbot, long)
    assert out.read_bytes() == OLD and list(out.parent.iterdir()) == [out]
    assert not any("Wrote" in sentence for sentence in said(long))


def test_a_window_that_is_closed_meanwhile_closes(long: MainWindow, out: Path, qtbot: QtBot) -> None:
    press("Ctrl+Shift+P")
    long.close()
    qtbot.waitUntil(lambda: not long.jobs.running and long.workspace.project is None, timeout=60_000)
    assert list(out.parent.iterdir()) == []


def test_a_full_disk_leaves_what_was_there(
    window: MainWindow, out: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    out.write_bytes(OLD)
    whole = Path.write_bytes

    def write_half(path: Path, data: bytes) -> int:
        whole(path, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_half)
    press("Ctrl+Shift+P")
    wait_for_jobs(qtbot, window)
    (sentence,) = said(window)
    assert "cannot be written (No space left on device)" in sentence and "untouched" in sentence
    assert out.read_bytes() == OLD and list(out.parent.iterdir()) == [out]


def test_a_place_that_cannot_be_is_refused(
    window: MainWindow, case: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder.pdf").mkdir()
    for path, words in (
        (tmp_path / "none" / "a.pdf", "There is no folder"),
        (tmp_path / "folder.pdf", "is a folder"),
        (case, "project file"),
        (tmp_path / ("x" * 300 + ".pdf"), "cannot be written"),
    ):
        monkeypatch.setattr(file_dialogs, "ask_where_to_save", lambda *_, path=path: path)
        press("Ctrl+Shift+P")
        wait_for_jobs(qtbot, window)
        assert words in said(window)[-1]


def test_the_suggested_name_is_one(window: MainWindow, monkeypatch: pytest.MonkeyPatch, case: Path) -> None:
    asked: list[Path] = []

    def ask(_parent: object, _title: str, suggested: Path, _filters: str) -> None:
        asked.append(suggested)

    monkeypatch.setattr(file_dialogs, "ask_where_to_save", ask)
    open_document = window.workspace.reading.open
    assert open_document is not None
    open_document.record = open_document.record._replace(title='A/B: "what"?  \n')
    press("Ctrl+Shift+P")
    assert asked == [case.parent / "A B what.pdf"] and not window.jobs.running


def test_the_print_dialog_prints_the_pages_that_are_wanted(
    long: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "printed.pdf"

    def choose(dialog: QPrintDialog) -> int:
        printer = dialog.printer()
        assert printer.docName() == "A long one"
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(path))
        printer.setFromTo(2, 3)
        return 1

    monkeypatch.setattr(QPrintDialog, "exec", choose)
    press("Ctrl+P")
    wait_for_jobs(qtbot, long)
    assert said(long)[-1] == "Wrote printed.pdf: 2 pages."
    assert [page.split()[-3] for page in read_back(path)] == ["2", "3"]


def test_nothing_is_printed_where_the_dialog_is_left(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QPrintDialog, "exec", lambda _dialog: 0)
    press("Ctrl+P")
    assert not window.jobs.running and said(window) == []
