"""Selection in the window, row in the file, export and quote agree, for any text and any span."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.e2e.conftest import Launch, press
from tests.thoroughness import examples

import annotator
from annotator.domain.errors import AnnotatorError
from annotator.nlp.boundaries import is_character_boundary

_PIECES = st.sampled_from(
    [
        "talks ", "The ministry said ", "é", "e\u0301", "👨‍👩‍👧‍👦", "🇺🇦", "👍🏽", "😀", "𝒳", "قال الوزير ", "השר אמר ",
        "記者會", "大臣は", "\u2028", "\u00a0", "\t", "\n", " ", ". ", "“", "”", "\u200d", "\u202b", "\u202c",
        "가", "ก็",
    ]
)  # fmt: skip
_TEXTS = st.lists(_PIECES | st.text(max_size=3), min_size=1, max_size=30).map("".join)


@settings(
    max_examples=examples(20, 200), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(text=_TEXTS, data=st.data())
def test_window_file_and_export_agree(
    launched: Launch, tmp_path_factory: pytest.TempPathFactory, text: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("agreement")
    path = folder / "a.anno"
    with annotator.create(path, annotator="ada") as project:
        try:
            document = project.add_document("Title", text)
        except AnnotatorError:
            return
    # The caret of the window stands between characters as people see them, never inside one.
    edges = [at for at in range(len(document.text) + 1) if is_character_boundary(document.text, at)]
    start, end = sorted((data.draw(st.sampled_from(edges)), data.draw(st.sampled_from(edges))))
    wanted = document.text[start:end].strip()
    _label_in_window(launched, path, start, end)
    with annotator.open(path) as project:
        held = project.annotations()
        if start != end:
            assert [a.quote for a in held] == ([wanted] if wanted else [])
        assert all(document.text[a.start : a.end] == a.quote for a in held)
        project.export(folder / "a.jsonl")
    lines = (folder / "a.jsonl").read_text(encoding="utf-8").split("\n")
    (exported,) = (found for line in lines if line and "text" in (found := json.loads(line)))
    assert [exported["text"][a["start"] : a["end"]] for a in exported["annotations"]] == [a.quote for a in held]


def _label_in_window(launched: Launch, path: Path, start: int, end: int) -> None:
    """Open the project in the one window of the test, select, press 1, and close the project."""
    window = launched.window or launched(None)
    assert window.files.open_project(path)
    view = window.reading.view
    view.setFocus()
    view.select(start, end)
    assert view.selected_span() == ((start, end) if start < end else None)
    press("1", on=view)
    window.workspace.close_project()
