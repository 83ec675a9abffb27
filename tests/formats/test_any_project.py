"""Any project, whatever characters and overlaps it holds, comes back from every two-way format as it went out."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree
from tests.formats.any_project import projects, without_bars, without_controls, without_space
from tests.formats.test_round_trips import BENT, TWO_WAY, contents
from tests.native_export import exported

import annotator
from annotator.formats import registry
from annotator.formats.base import Article, Format, Vocabulary
from annotator.formats.facets import Facet
from annotator.services.exports import exporting
from annotator.services.imports import importing

EXAMPLES = 5
"""Projects that each format is tried with, the same each time; thousands were tried once."""

EXACT = [one for one in TWO_WAY if not BENT & set(one.cannot_hold)]
WHOLE = [one for one in EXACT if not one.cannot_hold]
OTHERS = [one for one in registry.writable() if one not in EXACT]
LOSSES: dict[str, tuple[Callable[[Any], Any], ...]] = {
    "brat": (without_bars, without_space),
    "conll": (without_controls,),
    "refiqda": (without_controls,),
    "tei": (without_controls,),
    "webannotsv": (without_space,),
    "xmi": (without_controls,),
}
"""What the formats report as lost, beside what they never hold, and what is then the same without it."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project without a document, to be copied: to make one takes longer than all else here."""
    path = tmp_path_factory.mktemp("empty") / "empty.anno"
    annotator.create(path, annotator="ada").close()
    return path


def _copied(empty: Path, path: Path) -> annotator.Project:
    shutil.copy(empty, path)
    return annotator.open(path, annotator="ada")


def _take(project: annotator.Project, items: list[Any]) -> None:
    assert importing.import_items(project._stored, items).refused == []


def _out(folder: Path, format: Format) -> Path:
    return folder / ("corpus" if format.is_folder else f"corpus{format.suffixes[0]}")


def _fitted(items: list[Any], format: Format) -> list[Any]:
    for without in LOSSES.get(format.id, ()):
        items = [without(item) for item in items]
    return items


@pytest.mark.parametrize("format", EXACT, ids=lambda one: one.id)
@settings(max_examples=EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck))
@given(items=projects())
def test_it_comes_back(format: Format, empty: Path, items: list[Any]) -> None:
    items = _fitted(items, format)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _copied(empty, folder / "one.anno") as before, _copied(empty, folder / "two.anno") as after:
            _take(before, items)
            exporting.export(before._stored, _out(folder, format), format.id)
            is_bare = Facet.TEXTS in format.cannot_hold
            there = [_bare(item) for item in items if isinstance(item, Article)] if is_bare else []
            _take(after, [*(item for item in items if isinstance(item, Vocabulary)), *there])
            report = importing.import_files(after._stored, [_out(folder, format)], recursive=True)
            assert not report.refused, "\n".join(map(str, report.refused))
            different = list(_differences(_told(after, format), _told(before, format)))
            assert not different, "\n".join(different[:5])


@pytest.mark.parametrize("format", WHOLE, ids=lambda one: one.id)
@settings(max_examples=EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck))
@given(items=projects(with_judgements=True))
def test_all_of_it_comes_back(format: Format, empty: Path, items: list[Any]) -> None:
    """With sources, assessments, bookmarks, chains, claims and questions."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _copied(empty, folder / "one.anno") as before, _copied(empty, folder / "two.anno") as after:
            _take(before, items)
            exporting.export(before._stored, _out(folder, format), format.id)
            report = importing.import_files(after._stored, [_out(folder, format)], recursive=True)
            assert not report.refused, "\n".join(map(str, report.refused))
            different = list(_differences(_lines(after, folder / "a.jsonl"), _lines(before, folder / "b.jsonl")))
            assert not different, "\n".join(different[:5])


@pytest.mark.parametrize("format", OTHERS, ids=lambda one: one.id)
@settings(max_examples=EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck))
@given(items=projects(with_judgements=True))
def test_it_can_be_written(format: Format, empty: Path, items: list[Any]) -> None:
    """Where it cannot be read again, or is bent, too."""
    items = _fitted(items, format)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = _out(folder, format)
        with _copied(empty, folder / "one.anno") as project, _copied(empty, folder / "two.anno") as other:
            _take(project, items)
            exporting.export(project._stored, out, format.id)
            if format.read is not None:
                _take(other, [item for item in items if isinstance(item, Vocabulary)])
                assert not importing.import_files(other._stored, [out], recursive=True).refused
        files = [path for path in [out, *out.rglob("*")] if path.is_file()]
        assert files
        for path in files:
            text = path.read_text(encoding="utf-8")
            if path.suffix in (".json", ".jsonld"):
                json.loads(text)
            elif path.suffix in (".html", ".qdc"):
                etree.fromstring(text.encode(), etree.HTMLParser() if path.suffix == ".html" else None)


def _lines(project: annotator.Project, path: Path) -> list[Any]:
    """All that a project holds, as lines of the native format; annotators by name."""
    header, *records = exported(project, path)
    header["annotators"] = sorted(header["annotators"], key=lambda one: one["name"])
    return [header, *sorted(records, key=lambda record: json.dumps(record, sort_keys=True))]


def _bare(article: Article) -> Article:
    return replace(article, annotations=())


def _told(project: annotator.Project, format: Format) -> dict[str, Any]:
    """What a project holds; annotations by uid and features by name, so that two can be laid side by side."""
    told = contents(project, format)
    for one in told["annotations"]:
        if "features" in one:
            one["features"] = dict(sorted(one["features"].items()))
    told["annotations"].sort(key=lambda one: (one.get("uid", ""), repr(one)))
    return told


def _differences(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Where two are not the same, and how: a whole project is too much to read."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from _differences(one.get(key), other.get(key), f"{place} {key}")
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from _differences(*pair, f"{place} {number}")
    elif one != other:
        yield f"{place}: {one!r} after, {other!r} before"
