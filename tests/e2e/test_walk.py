"""The whole job on a real article by keys alone: import, label, say who, grade, close, reopen, export, read back."""

import csv
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import Launch, leave, press, type_text

import annotator
from annotator.app.shell.main_window import MainWindow


def _go_to(window: MainWindow, words: str) -> None:
    """Walk sentence by sentence with L until the caret is in the one that holds ``words``."""
    view = window.reading.view
    place = view.text.index(words)
    for _ in range(60):
        press("S")
        span = view.selected_span()
        assert span is not None
        if span.start <= place < span.end:
            return
        press("L")
    raise AssertionError(f"{words!r} was not reached")


def _select_words(window: MainWindow, words: str) -> None:
    """Select ``words`` in the sentence at the caret: to its start by word, then extend by word."""
    view = window.reading.view
    start = view.text.index(words)
    press("Left")
    while view.caret() < start:
        press("Ctrl+Right")
    while view.caret() > start:
        press("Left")
    while (span := view.selected_span()) is None or span.end < start + len(words):
        press("Shift+W")
    while (span := view.selected_span()) is not None and span.end > start + len(words):
        press("Shift+Left")


def test_an_article_from_file_to_corpus_by_keys_alone(
    launched: Launch, qtbot: QtBot, shared: Path, tmp_path: Path
) -> None:
    path = tmp_path / "gazprom.anno"
    with annotator.create(path, annotator="ada") as project:
        (document,) = project.import_files([shared / "articles" / "gazprom.txt"])
        assert document.title == "US and Russia seek energy cooperation through Gazprom"
        assert len(document.lead_points) == 3
        assert document.lead_points[0].startswith("Moscow and Washington are in preliminary talks")
        assert "In recent months" in document.text

    window = launched(path)
    view = window.reading.view
    press("Ctrl+Home")

    # The first lead point, whole: no selection, so a digit labels the sentence at the caret.
    press("L", "1", "G", "2")
    first = window.workspace.active
    assert first is not None and first.quote == document.lead_points[0]

    # A clause out of a sentence.
    _go_to(window, "Discussions may involve")
    _select_words(window, "may involve US participation in Arctic energy projects and offshore ventures")
    press("2", "G", "3", "G", "L")

    # What Putin said, who said it, and how sure we are.
    _go_to(window, "President Vladimir Putin has remarked")
    content = (
        "Russia could reinstate gas exports to Europe if agreements concerning energy cooperation with the US are "
        "established"
    )
    _select_words(window, content)
    press("3", "A")
    type_text("Vladimir Putin")
    press("Return")
    assert view.hasFocus()
    press("G", "B", "G", "2")

    found = {annotation.label: annotation for annotation in window.workspace.annotations.values()}
    assert len(found) == 3
    assert found["claim"].quote == document.lead_points[0]
    assert found["claim"].score == "-2"
    assert found["speculation"].quote.startswith("may involve US participation")
    assert found["speculation"].confidence == "low"
    said = found["official statement"]
    assert (said.quote, said.source, said.score) == (content, "Vladimir Putin", "B2")
    leave(qtbot, window)
    assert not list(tmp_path.glob("*.anno-*")), "one file is left"

    again = launched(path)
    assert {a.label: a for a in again.workspace.annotations.values()} == found
    press("Ctrl+Z")
    assert again.workspace.annotations[said.id].credibility is None
    press("Ctrl+Shift+Z")
    assert again.workspace.annotations[said.id].credibility == 2
    leave(qtbot, again)

    with annotator.open(path) as project:
        for format, name in (("jsonl", "g.jsonl"), ("csv", "g.csv"), ("conll", "g.conll"), ("spacy", "g.spacy")):
            project.export(tmp_path / name, format)
        held = project.annotations()
    with annotator.create(tmp_path / "other.anno", annotator="bob") as other:
        other.import_files([tmp_path / "g.jsonl"])
        assert [_as_said(a) for a in other.annotations()] == [_as_said(a) for a in held]
    with (tmp_path / "g.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["quote"] for row in csv.DictReader(file)} == {a.quote for a in held}
    assert _quotes_of_docbin(tmp_path / "g.spacy") == sorted(a.quote for a in held)
    assert "B-official" in (tmp_path / "g.conll").read_text(encoding="utf-8").replace("B-OFFICIAL", "B-official")


def _as_said(annotation: annotator.Annotation) -> tuple[object, ...]:
    """An annotation without the ids that belong to one file."""
    values = annotation._asdict()
    for name in ("id", "document_id", "label_id", "source_id"):
        del values[name]
    return tuple(values.items()), annotation.score


def _quotes_of_docbin(path: Path) -> list[str]:
    spacy = pytest.importorskip("spacy")
    from spacy.tokens import DocBin

    docs = DocBin().from_disk(path).get_docs(spacy.blank("en").vocab)
    return sorted(span.text for doc in docs for span in doc.spans["sc"])
