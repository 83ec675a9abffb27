"""The dataset card: what it tells is so, and its head is read as YAML by the tools that look for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import annotator
from annotator.domain.errors import InvalidValue

TEXT = "The minister said that gas will flow. Experts said this may fail."


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada", title='Gas: a "deal" | more') as made:
        for number in range(4):
            document = made.add_document(f"T{number}", f"{TEXT} " + " ".join(f"w{number}x{n}" for n in range(60)))
            made.annotate(document, 0, 12, "claim")
            made.annotate(document, 23, 36, "claim")
    with annotator.open(path, annotator="bob") as made:
        made.annotate(1, 0, 12, "claim")
        made.annotate(1, 23, 36, "speculation")
        made.annotate(1, 38, 45, "claim")
        yield made


def test_a_card_beside_a_file(project: annotator.Project, tmp_path: Path) -> None:
    wanted = {"card": True, "license": "cc-by-4.0", "labels": ["claim", "speculation"], "overlap": "first"}
    report = project.export(tmp_path / "corpus.conll", "conll", **wanted)  # type: ignore[arg-type] # of mixed kinds
    assert report.card == tmp_path / "corpus.card.md"
    card = report.card.read_text(encoding="utf-8")
    head = card.split("---\n")[1].splitlines()
    assert head[:2] == ['pretty_name: "Gas: a \\"deal\\" | more"', "license: cc-by-4.0"]
    assert "- n<1K" in head and not any(line.startswith("configs") for line in head)
    for line in (
        '# Gas: a "deal" | more',
        "4 documents with 11 annotations and",
        "| claim | 10 |",
        "| speculation | 1 |",
        "| ada | 8 |",
        "| ada and bob | 1 | 5 | 0.400 |",
        "- Labels: claim, speculation",
        "- overlap: first",
        "## Guideline",
    ):
        assert line in card, line
    for loss in report.losses:
        assert loss in card
    assert "corpus.card.md" in {path.name for path in tmp_path.iterdir()}
    before = card
    project.export(tmp_path / "corpus.conll", "conll", **wanted)  # type: ignore[arg-type] # of mixed kinds
    assert report.card.read_text(encoding="utf-8") == before


def test_a_card_of_parts(project: annotator.Project, tmp_path: Path) -> None:
    split = {"train": 0.5, "dev-set": 0.5}
    report = project.export(tmp_path / "set", "hf", split=split, seed=3)
    assert report.card is not None
    card = report.card.read_text(encoding="utf-8")
    assert '  - split: "dev_set"\n    path: "dev-set/data-*.parquet"' in card
    assert "## Splits" in card and "Kept together: document; seed 3" in card
    assert sorted(path.relative_to(tmp_path / "set").as_posix() for path in (tmp_path / "set").rglob("*.parquet")) == [
        "dev-set/data-00000.parquet",
        "train/data-00000.parquet",
    ]
    with annotator.create(tmp_path / "new.anno", annotator="ada") as other:
        other.import_files([tmp_path / "set" / "train", tmp_path / "set" / "dev-set"])
        assert len(other.documents()) == 4


def test_no_card_unless_wanted_and_none_is_imported(project: annotator.Project, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    assert project.export(folder / "a.jsonl").card is None
    project.export(folder / "b.jsonl", card=True)
    assert sorted(path.name for path in folder.iterdir()) == ["a.jsonl", "b.card.md", "b.jsonl"]
    with annotator.create(tmp_path / "new.anno", annotator="ada") as other:
        assert len(other.import_files(folder)) == 4
    with pytest.raises(InvalidValue, match="not an identifier of a licence"):
        project.export(folder / "c.jsonl", license="all: mine\n")
    project.export(folder / "d.jsonl", card=True, dry_run=True)
    assert not (folder / "d.card.md").exists()
