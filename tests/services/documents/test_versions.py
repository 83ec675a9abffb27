"""An article that changed: recognised as a new version, its annotations carried over, and what is lost named."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import annotator
from annotator.domain.errors import NotFound
from annotator.domain.spans import Span
from annotator.formats.base import Article
from annotator.services.documents import versions
from annotator.services.imports import importing
from annotator.services.imports.report import ImportReport

OLD = (
    "Harbour to close\n\n"
    "The port authority said 🚢 that the eastern basin will close on Friday for repairs of the quay wall.\n"
    "Fishermen of the old town fear that they cannot land their catch there until spring.\n"
    "Analysts believe that the closure may last longer. The mayor denied that there is a danger.\n"
)
NEW = (
    "Harbour to close\n\n"
    "Updated at noon: a comment of the mayor was added.\n"
    "The port authority said 🚢 that the eastern basin will close on Saturday for repairs of the quay wall.\n"
    "Analysts believe that the closure may last longer. The mayor said nothing of the kind.\n"
    "Fishermen of the old town fear that they cannot land their catch there until spring.\n"
)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        yield made


def words(text: str, found: str) -> tuple[int, int]:
    return text.index(found), text.index(found) + len(found)


def imported(project: annotator.Project, path: Path, text: str, **options: bool) -> ImportReport:
    path.write_text(text, encoding="utf-8")
    return importing.import_files(project._stored, [path], **options)  # type: ignore[arg-type] # only flags


def annotated(project: annotator.Project, path: Path) -> int:
    (id,) = imported(project, path, OLD).documents
    closes = project.annotate(
        id,
        *words(OLD, "the eastern basin will close on Friday"),
        "official statement",
        source="Port authority",
        cue=words(OLD, "said 🚢"),
        mention=words(OLD, "The port authority"),
        credibility=2,
        note="seen",
    )
    lasts = project.annotate(id, *words(OLD, "the closure may last longer"), "speculation", probability=60)
    project.annotate(id, *words(OLD, "there is a danger"), "claim")
    project.annotate(id, *words(OLD, "they cannot land their catch there until spring"), "speculation")
    project.annotate(id, 0, 0, "claim", fragments=[words(OLD, "eastern basin"), words(OLD, "the quay wall")])
    project.relate(lasts, "supports", closes, note="why")
    return id


def test_a_changed_file_is_a_new_version(project: annotator.Project, tmp_path: Path) -> None:
    first = annotated(project, tmp_path / "a.txt")
    report = imported(project, tmp_path / "a.txt", NEW)
    (second,) = report.documents
    assert report.versions == [second]
    assert report.sentence() == "Imported 1 document, 1 of them a new version."
    assert project.document(second).version_of == project.document(first).uid
    assert [row.id for row in versions.pending(project._stored)] == [second]
    assert imported(project, tmp_path / "a.txt", NEW).versions == []


def test_annotations_are_carried_over_and_the_lost_are_named(project: annotator.Project, tmp_path: Path) -> None:
    first = annotated(project, tmp_path / "a.txt")
    (second,) = imported(project, tmp_path / "a.txt", NEW).documents
    before = project.annotations(document=first)
    done = project.carry_over(second)
    assert done.sentence() == "“Harbour to close”: 3 carried over, 1 carried over to changed words, 1 lost."
    assert [found.quote for found in done.lost] == ["there is a danger"]
    now = project.annotations(document=second)
    assert [found.shown_quote for found in now] == [
        "the eastern basin will close on Saturday",
        "eastern basin … the quay wall",
        "the closure may last longer",
        "they cannot land their catch there until spring",
    ]
    for found in now:
        assert NEW[found.start : found.end] == found.quote
    closes = now[0]
    assert (closes.source, closes.credibility, closes.note, closes.annotator) == ("Port authority", 2, "seen", "ada")
    assert [span.of(NEW) for span in (*closes.cue, *closes.mention)] == ["said 🚢", "The port authority"]
    (own, copied) = project.relations()
    assert (copied.kind, copied.from_id, copied.to_id, copied.note) == ("supports", now[2].id, closes.id, "why")
    assert own.to_id == before[0].id
    assert project.annotations(document=first) == before
    again = project.carry_over(second)
    assert (again.count("there"), again.edits) == (4, ())
    assert versions.pending(project._stored) == []


def test_it_is_one_step_of_undo_and_with_the_import_one_too(project: annotator.Project, tmp_path: Path) -> None:
    first = annotated(project, tmp_path / "a.txt")
    (second,) = imported(project, tmp_path / "a.txt", NEW).documents
    project.carry_over(second)
    assert project.undo() == "Carry annotations over"
    assert project.annotations(document=second) == []
    project.undo()
    report = imported(project, tmp_path / "a.txt", NEW, carry_over=True)
    assert [done.count("same", "changed") for done in report.carried] == [4]
    project.undo()
    assert [row.id for row in project.documents()] == [first]
    assert len(project.annotations()) == 5


@pytest.mark.parametrize(
    ("earlier", "later", "is_version"),
    [
        (Article("Title", OLD, address="https://x.org/1"), Article("Other", NEW, address="https://x.org/1"), True),
        (Article("Title", OLD, source="Tidings"), Article("Title", NEW, source="Tidings"), True),
        (Article("Title", OLD, source="Tidings"), Article("Title", NEW, source="Herald"), False),
        (Article("Title", OLD, source="Tidings"), Article("Title", NEW), True),
        (Article("Title", OLD), Article("Other", NEW), False),
        (Article("Title", OLD), Article("Title", "Something else altogether, of a river and of its fish."), False),
        (Article("T", OLD, origin_path="/in/a.html"), Article("U", NEW, origin_path="/in/a.html"), True),
    ],
)
def test_what_is_a_version(project: annotator.Project, earlier: Article, later: Article, is_version: bool) -> None:
    importing.import_articles(project._stored, [earlier])
    assert bool(importing.import_articles(project._stored, [later]).versions) is is_version


def test_articles_of_one_import_are_no_versions_of_each_other(project: annotator.Project) -> None:
    report = importing.import_articles(project._stored, [Article("Title", OLD), Article("Title", NEW)])
    assert len(report.documents) == 2
    assert report.versions == []


def test_the_native_format_carries_versions(project: annotator.Project, tmp_path: Path) -> None:
    first = annotated(project, tmp_path / "a.txt")
    imported(project, tmp_path / "a.txt", NEW)
    project.export(tmp_path / "out.jsonl")
    with annotator.create(tmp_path / "other.anno") as other:
        report = importing.import_files(other._stored, [tmp_path / "out.jsonl"])
        one, two = (other.document(row.id) for row in other.documents())
        assert two.version_of == one.uid == project.document(first).uid
        assert report.versions == []


def test_kept_apart(project: annotator.Project, tmp_path: Path) -> None:
    annotated(project, tmp_path / "a.txt")
    (second,) = imported(project, tmp_path / "a.txt", NEW).documents
    project._stored.apply(versions.separate(project._stored, [second]))
    assert project.document(second).version_of == ""
    with pytest.raises(NotFound, match="not a new version"):
        project.carry_over(second)


def test_a_few_words_that_occur_everywhere_are_not_guessed(project: annotator.Project) -> None:
    old = Article("Title", "He said no. " + "A sentence that stays as it is, whatever else changes around it. " * 3)
    new = Article("Title", "A sentence that stays as it is, whatever else changes around it. " * 3 + "No, no, and no.")
    (first,) = importing.import_articles(project._stored, [old]).documents
    project.annotate(first, 8, 10, "claim")
    (second,) = importing.import_articles(project._stored, [new]).documents
    assert [found.span for found in project.carry_over(second).lost] == [Span(8, 10)]
