"""Finding the files of an import, and the format of each."""

from dataclasses import replace
from pathlib import Path

import pytest

from annotator.domain.errors import EmptyFile, ImportRefused, NotFound
from annotator.formats import registry
from annotator.services.imports import detect


def test_a_file_has_the_format_that_its_contents_tell(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Title\n\nWords.\n", encoding="utf-8")
    source = detect.source_file(path, None, {"text": "body"})
    assert (source.path, source.format.id, source.columns) == (path, "markdown", {"text": "body"})


def test_a_chosen_format_is_not_doubted(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("", encoding="utf-8")
    assert detect.source_file(path, registry.by_id("text"), {}).format.id == "text"


def test_an_empty_file_and_a_format_without_a_reader_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("", encoding="utf-8")
    with pytest.raises(EmptyFile, match=r"a\.txt"):
        detect.source_file(path, None, {})
    with pytest.raises(ImportRefused, match="can be written but not read"):
        detect.source_file(path, replace(registry.by_id("text"), read=None), {})


def test_a_format_is_found_by_its_id() -> None:
    assert detect.format_named("auto") is None
    assert detect.format_named("jsonl") is registry.by_id("jsonl")
    with pytest.raises(NotFound):
        detect.format_named("nonsense")


def test_files_of_folders_are_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", ".hidden.txt", "case.anno", "case.anno-wal", "corpus.card.md", "README.md"):
        (tmp_path / name).write_text("words", encoding="utf-8")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "c.txt").write_text("words", encoding="utf-8")
    names = [path.relative_to(tmp_path).as_posix() for path in detect.files_of([tmp_path])]
    assert names == ["README.md", "a.txt", "b.txt"]
    (tmp_path / detect.MANIFEST).write_text("", encoding="utf-8")
    names = [path.relative_to(tmp_path).as_posix() for path in detect.files_of([tmp_path], recursive=True)]
    assert names == ["a.txt", "b.txt", "inner/c.txt"]
