"""The table of formats: what it holds, how a format is recognised, and how a broken package is borne."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.domain.errors import ImportRefused, NotFound
from annotator.formats import registry
from annotator.formats.base import Article, Format, IncomingAnnotations, Packed, Refusal, Vocabulary
from annotator.formats.facets import Facet


@pytest.fixture(autouse=True)
def fresh_table() -> Iterator[None]:
    registry._third_party.cache_clear()
    yield
    registry._third_party.cache_clear()


def test_the_table() -> None:
    ids = [format.id for format in registry.FORMATS]
    assert len(set(ids)) == len(ids) and all(id.isalnum() and id.islower() for id in ids)
    assert {"text", "markdown", "html", "jsonl"} <= {format.id for format in registry.readable()}
    assert {"jsonl", "csv", "conll", "spacy"} <= {format.id for format in registry.writable()}
    for format in registry.FORMATS:
        assert format.read or format.write
        assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in format.suffixes)
        assert set(format.cannot_hold) <= set(Facet), "what a format of ours cannot hold is a facet"
    assert registry.by_id("csv").name == "CSV table"
    with pytest.raises(NotFound, match=r"use one of .*text, markdown"):
        registry.by_id("xyz")


def test_every_format_has_a_row() -> None:
    rows = registry.as_markdown().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [format.id for format in registry.FORMATS]
    assert {row.count("|") for row in rows} == {7}


@pytest.mark.parametrize("format", registry.FORMATS, ids=lambda format: format.id)
def test_every_format_has_its_example(format: Format, examples: Path) -> None:
    example = examples / format.example
    assert example.is_dir() if format.is_folder else example.suffix in format.suffixes
    if format.read is not None:
        paths = sorted(example.rglob("*.*")) if format.is_folder else [example]
        items = []
        for path in (path for path in paths if registry.whole_of(path) == path):
            assert registry.detect(path) is format
            items += list(format.read(path))
        assert [item for item in items if isinstance(item, Article | IncomingAnnotations | Vocabulary | Packed)]
        assert not [item for item in items if isinstance(item, Refusal)]


def test_the_table_loads_nothing_heavy() -> None:
    heavy = "spacy thinc numpy trafilatura lxml markdown_it charset_normalizer sqlmodel importlib.metadata"
    script = (
        "import sys; from annotator.formats import registry; "
        f"print(*(name for name in {heavy.split()!r} if name in sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ""


@pytest.mark.parametrize(
    ("name", "content", "id"),
    [
        ("a.txt", b"Title\n\nBody", "text"),
        ("a", b"Title\n\nBody", "text"),
        ("a.log", b"Title\n\nBody", "text"),
        ("a.MD", b"# Title\n\nBody", "markdown"),
        ("a.txt", b"  <!-- x --><!DOCTYPE html><html>", "html"),
        ("a.txt", '\ufeff<html lang="en">'.encode("utf-16-le"), "html"),
        ("a.bin", b'<?xml version="1.0"?><html xmlns="x">', "html"),
        ("a.htm", b"<p>words", "html"),
        ("a.txt", b'{"format": "annotator", "version": 1}', "jsonl"),
        ("a.jsonl", b'{"text": "words"}', "jsonl"),
        ("a.txt", b"document;title;outlet;published_at;label\r\n", "csv"),
        ("a.csv", "a,b\r\n".encode("utf-16"), "csv"),
        ("a.tsv", b"a\tb\r\n", "csv"),
        ("a.txt", b"One, two, three\n\nand four.", "text"),
        ("a.txt", "Títle\n\nBody".encode("utf-16"), "text"),
    ],
)
def test_content_counts_before_the_suffix(tmp_path: Path, name: str, content: bytes, id: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert registry.detect(path).id == id


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("case.ANNO", b"SQLite format 3\x00" + bytes(100), "is a project of Annotator"),
        ("a.txt", b"", "is empty"),
        ("a.txt", b"%!PS-Adobe", "a PostScript document"),
        ("a.html", b"\x7fELFabc", "a program"),
        ("a.xyz", bytes(range(256)), "a binary file"),
        ("a.json", b'{"a": 1}', "JSON"),
        ("a.xml", b"<tei/>", "XML"),
    ],
)
def test_what_cannot_be_imported_is_said(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=reason):
        registry.detect(path)


def test_a_beginning_full_of_remarks_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"<!---->" * 2000 + b"x")
    assert registry.detect(path).id == "text"


def test_formats_of_third_parties(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "poems.py").write_text(
        "from annotator.formats.base import Format\n"
        "def sniff(path, head):\n    if head.startswith(b'trouble'): raise RuntimeError('bad')\n"
        "    return head.startswith(b'poem')\n"
        "GOOD = Format('poem', 'Poem', ('.poem',), read=lambda path: iter(()), sniff=sniff)\n"
        "TAKEN = Format('text', 'Other text', ('.t',))\nWRONG = 7\n",
        encoding="utf-8",
    )
    (tmp_path / "sulking.py").write_text("raise SystemExit('not today')\n", encoding="utf-8")
    info = tmp_path / "poems-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: poems\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(
        "[annotator.formats]\na = poems:GOOD\nb = poems:TAKEN\nc = poems:WRONG\n"
        "d = poems:ABSENT\ne = sulking:X\nf = no_such:X\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert registry.by_id("poem").name == "Poem"
    assert registry.by_id("text").name == "Plain text"
    reasons = "\n".join(registry.problems())
    assert len(registry.problems()) == 5
    for part in ("“text” is taken", "is not a Format", "AttributeError", "not today", "no_such"):
        assert part in reasons
    for content, id in ((b"poem one", "poem"), (b"trouble", "text")):
        (tmp_path / "a.txt").write_bytes(content)
        assert registry.detect(tmp_path / "a.txt").id == id
