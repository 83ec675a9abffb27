"""Bad input for every importer: each file ends in a line of the report, and nothing else comes of it.

Every format that can be read is tried with its own example, gone bad in the ways of ``tests.fuzz.mutations``; a new
format is tried the day it is there. ``ANNOTATOR_HOSTILE=100`` tries a hundred files of each rather than a few.
"""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fuzz.mutations import fitting

import annotator
from annotator.formats import registry
from annotator.formats.base import Format
from annotator.formats.reading.limits import Limits
from annotator.services.imports import importing
from annotator.services.imports.report import ImportReport
from annotator.store.check import check

FILES = int(os.environ.get("ANNOTATOR_HOSTILE", "6"))
FINDINGS = Path(__file__).resolve().parents[1] / "fuzz" / "findings"
LIMITS = Limits(file=40_000_000, unpacked=60_000_000, text=5_000_000)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    folder = tmp_path / "project"
    folder.mkdir()
    with annotator.create(folder / "case.anno", annotator="ada") as made:
        yield made


def bad_files(format: Format, examples: Path, folder: Path, chance: random.Random) -> None:
    """Examples of a format that went bad, each in a folder of its own, with the files that it needs beside it."""
    example = examples / format.example
    for number in range(FILES):
        place = folder / str(number)
        if example.is_dir():
            shutil.copytree(example, place)
        else:
            place.mkdir()
            shutil.copyfile(example, place / example.name)
        held = [path for path in sorted(place.rglob("*")) if path.is_file() and path.stat().st_size]
        path = chance.choice(held)
        data = path.read_bytes()
        for _ in range(chance.choice((1, 1, 2))):
            data = chance.choice(fitting(data))(data, chance)
        path.write_bytes(data)


def assert_told_well(report: ImportReport) -> None:
    for refused in report.refused:
        assert refused.path, refused
        assert refused.reason.strip() and "\n" not in refused.reason and "Traceback" not in refused.reason, refused
        # What an importer has not foreseen.
        assert "The file cannot be read as its format" not in refused.reason, refused
        assert len(refused.reason) < 1_000, refused


def take(project: annotator.Project, paths: list[Path]) -> ImportReport:
    report = importing.import_files(project._stored, paths, recursive=True, limits=LIMITS)
    assert_told_well(report)
    with project._stored.raw_connection() as connection:
        assert list(check(connection)) == []
    return report


@pytest.mark.parametrize("format", registry.readable(), ids=lambda format: format.id)
def test_files_that_went_bad(format: Format, examples: Path, project: annotator.Project, tmp_path: Path) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    bad_files(format, examples, folder, random.Random(f"{format.id} {os.environ.get('ANNOTATOR_SEED', '')}"))
    before = set(tmp_path.iterdir())
    take(project, [folder])
    assert set(tmp_path.iterdir()) == before
    assert {path.name.partition(".anno")[0] for path in (tmp_path / "project").iterdir()} == {"case"}
    while project.undo() is not None:
        pass
    assert project.documents() == []


@pytest.mark.parametrize("path", sorted(FINDINGS.rglob("*.*")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_was_found_once_stays_mended(path: Path, project: annotator.Project) -> None:
    take(project, [path])
