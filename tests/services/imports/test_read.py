"""Reading a file by its format: what it holds, and a refusal for whatever goes wrong."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from annotator.domain.errors import ImportRefused
from annotator.formats.base import Article, Blank, Format, Incoming, Packed, Refusal, Table, Tabular
from annotator.services.imports.read import items_in

ARTICLE = Article("T", "Words.")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "a.test"
    made.write_text("words", encoding="utf-8")
    return made


def format_of(*items: Incoming, error: Exception | None = None, tabular: Tabular | None = None) -> Format:
    def read(_path: Path) -> Iterator[Incoming]:
        yield from items
        if error is not None:
            raise error

    return Format("test", "Test", (".test",), read=read, tabular=tabular)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ImportRefused("It is sealed."), "It is sealed."),
        (OSError(5, "Input/output error"), "The file cannot be read (Input/output error)."),
        (KeyError("x"), "The file cannot be read as its format (KeyError: 'x')."),
    ],
)
def test_what_was_read_before_an_error_stays(path: Path, error: Exception, reason: str) -> None:
    assert list(items_in(path, format_of(ARTICLE, error=error), {})) == [ARTICLE, Refusal("", reason)]


def test_an_empty_file_is_counted_as_one(path: Path) -> None:
    path.write_bytes(b"")
    (refusal,) = items_in(path, None, {})
    assert isinstance(refusal, Refusal) and refusal.blank is Blank.FILE


def test_columns_are_for_tables(path: Path) -> None:
    def read(_path: Path, columns: Mapping[str, str]) -> Iterator[Incoming]:
        yield Article(columns["text"], "Words.")

    def look(_path: Path) -> Table:
        return Table((), (), {})

    table = format_of(ARTICLE, tabular=Tabular(look, read))
    assert list(items_in(path, table, {"text": "body"})) == [Article("body", "Words.")]
    assert list(items_in(path, table, {})) == [ARTICLE]
    assert list(items_in(path, format_of(ARTICLE), {"text": "body"})) == [ARTICLE]


@pytest.mark.parametrize("nesting", [0, 100])
def test_a_file_inside_is_read_by_its_own_format(path: Path, tmp_path: Path, nesting: int) -> None:
    inner = tmp_path / "x1" / "unpacked.txt"
    inner.parent.mkdir()
    inner.write_text("Title\n\nWords inside.\n", encoding="utf-8")
    packed = Packed(inner, "folder/inner.txt", address="https://example.org", facts={"from": "zip"})
    items: list[Any] = list(items_in(path, format_of(packed), {}, nesting))
    if nesting:
        assert [(item.place, "archives inside one another" in item.reason) for item in items] == [
            ("folder/inner.txt", True)
        ]
    else:
        (article,) = items
        assert article.origin_path == f"{path}!/folder/inner.txt"
        assert (article.address, article.facts["from"]) == ("https://example.org", "zip")


def test_a_refusal_inside_tells_its_place(path: Path, tmp_path: Path) -> None:
    inner = tmp_path / "x1" / "unpacked.txt"
    inner.parent.mkdir()
    inner.write_bytes(b"")
    (refusal,) = items_in(path, format_of(Packed(inner, "inner.txt")), {})
    assert isinstance(refusal, Refusal) and (refusal.place, refusal.blank) == ("inner.txt", Blank.FILE)
