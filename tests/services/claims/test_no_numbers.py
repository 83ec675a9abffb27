"""``F``, ``6`` and "not graded" are no numbers: they change no number of anything that comes out."""

import re
from collections import Counter
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import pytest
from tests.services.claims.judged import case, claimed, stated

import annotator
from annotator.formats import registry
from annotator.services.claims import hypotheses
from annotator.services.reports.dashboard import dashboard
from annotator.services.sources.track_records import TrackRecords

NUMBER = re.compile(r"\d+(?:\.\d+)?")
STIX_VERSION = "2.1"
_UID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12,52}", re.IGNORECASE)
_LOG_HASH = re.compile(r'"[0-9a-f]{16}"')
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.]+Z?)?|\b1[78]\d{8}\b")


def judged(folder: Path, *, graded: bool) -> annotator.Project:
    """A small project of which everything is graded F and 6, or nothing at all."""
    folder.mkdir()
    with case(folder) as project:
        one = stated(project, "it rains", by="Ann", outlet="Courier", credibility=6 if graded else None)
        if graded:
            project.assess("Ann", "F", made_on="2026-01-01")
        project.resolve(claimed(project, "It rains.", one), "confirmed", evidence="seen", resolved_on="2026-02-02")
    return annotator.open(folder / "case.anno", annotator="ada")


def numbers(path: Path) -> Counter[str]:
    """Every number in what was written, without what differs from project to project."""
    found: Counter[str] = Counter()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if not file.is_file():
            continue
        if is_zipfile(file):
            with ZipFile(file) as packed:
                texts = [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
        else:
            texts = [file.read_bytes().decode("utf-8", "replace")]
        for text in texts:
            found.update(NUMBER.findall(_TIME.sub("", _LOG_HASH.sub("", _UID.sub("", text)))))
    return found


TEXTUAL = [one for one in registry.writable() if one.id not in ("spacy", "parquet", "hf")]
"""Those whose numbers can be read off the bytes; the others hold the fields of JSON Lines."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[annotator.Project, annotator.Project]:
    folder = tmp_path_factory.mktemp("graded")
    return judged(folder / "yes", graded=True), judged(folder / "no", graded=False)


@pytest.mark.parametrize("format", TEXTUAL, ids=lambda one: one.id)
def test_no_export_makes_a_number_of_them(
    both: tuple[annotator.Project, annotator.Project], format: registry.Format, tmp_path: Path
) -> None:
    outs = []
    for name, project in zip(("yes", "no"), both, strict=True):
        out = tmp_path / name / f"out{'' if format.is_folder else format.suffixes[0]}"
        out.parent.mkdir()
        project.export(out, format.id)
        outs.append(numbers(out))
    graded, bare = outs
    more = set((graded - bare).keys()) - {STIX_VERSION}
    # What a tag, a category or a table of contents adds is counted in ones; never 50, nor a share.
    assert not {number for number in more if float(number) >= 50 or "." in number}, more


def test_no_figure_makes_a_number_of_them(both: tuple[annotator.Project, annotator.Project]) -> None:
    graded, bare = both
    ann = [next(source.id for source in project.sources() if source.name == "Ann") for project in both]
    records = [TrackRecords(project._stored, "2026-06-01").of(id) for project, id in zip(both, ann, strict=True)]
    assert records[0].record == records[1].record
    assert dashboard(graded._stored).diagonal == dashboard(bare._stored).diagonal == ()
    for project in both:
        stored = project._stored
        question, change = hypotheses.ask(stored, "Why?")
        stored.apply(change)
        id, change = hypotheses.propose(stored, question, "So.")
        stored.apply(change)
        stored.apply(hypotheses.weigh(stored, question, [project.annotations()[0].id]))
        stored.apply(hypotheses.rate(stored, id, 1, "inconsistent"))
    scores = [hypotheses.matrix(project._stored, 1).score(1) for project in both]
    assert scores == [1, 1]
    pages = [re.sub("<style>.*?</style>", "", project.report(as_of="2026-03-01"), flags=re.DOTALL) for project in both]
    assert all("50%" not in page and "0.5" not in page for page in pages)
