"""Files, archives, mailboxes and feeds that hold nothing: counted in one line, and next to no work."""

import io
import tarfile
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import annotator
from annotator.services.imports import importing
from annotator.services.imports.report import ImportReport

WORDS = "Article {}\n\nThe ministry said on Monday that prices rose {} times.\n"


@pytest.fixture
def project(tmp_path: Path) -> annotator.Project:
    return annotator.create(tmp_path / "case.anno", annotator="ada")


def imported(project: annotator.Project, path: Path) -> ImportReport:
    return importing.import_files(project._stored, [path])


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def nested(members: Mapping[str, bytes]) -> bytes:
    return zipped({"inside.zip": zipped(members)})


@pytest.mark.parametrize(("name", "pack"), [("a.zip", zipped), ("a.tgz", tarred), ("a.zip", nested)])
@pytest.mark.parametrize("suffix", [".txt", ".html", ".docx", ""])
def test_empty_files_of_an_archive_are_counted_in_one_line(
    project: annotator.Project,
    tmp_path: Path,
    name: str,
    pack: Callable[[Mapping[str, bytes]], bytes],
    suffix: str,
) -> None:
    members = {f"{number}{suffix}": b"" for number in range(40)} | {"words.txt": b"Words of an article.\n"}
    (tmp_path / name).write_bytes(pack(members))
    report = imported(project, tmp_path / name)
    assert report.sentence() == "Imported 1 document, 40 empty files skipped."
    assert (report.refused, report.notes) == ([], [])


@pytest.mark.parametrize("blank", [b"", b" \n\t\n", b"\xef\xbb\xbf", b"\xff\xfe", "\u00a0\u2003\n".encode()])
def test_files_of_white_space_are_empty_too(project: annotator.Project, tmp_path: Path, blank: bytes) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_bytes(blank)
    (folder / "words.txt").write_text("Words of an article.\n", encoding="utf-8")
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    report = imported(project, folder)
    assert report.sentence() == "Imported 1 document, 5 empty files skipped, 1 refused."
    assert [Path(refused.path).name for refused in report.refused] == ["picture.txt"]


def test_a_single_empty_file_is_refused_by_its_name(project: annotator.Project, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    report = imported(project, tmp_path / "a.txt")
    assert (report.sentence(), report.skipped) == ("Imported 0 documents, 1 refused.", {})
    assert report.refused[0].reason == "“a.txt” is empty."
    (tmp_path / "a.zip").write_bytes(zipped({"b/c.txt": b""}))
    report = imported(project, tmp_path / "a.zip")
    assert (report.refused[0].place, report.sentence()) == ("b/c.txt", "Imported 0 documents, 1 refused.")


@pytest.mark.parametrize("pack", [None, zipped, tarred])
def test_an_empty_file_of_annotations_belongs_to_its_text(
    project: annotator.Project, tmp_path: Path, pack: Callable[[Mapping[str, bytes]], bytes] | None
) -> None:
    members = {"a.txt": b"Words of an article.\n", "a.ann": b"", "b.txt": b"Other words.\n", "b.ann": b""}
    path = tmp_path / "in"
    if pack is None:
        path.mkdir()
        for name, data in members.items():
            (path / name).write_bytes(data)
    else:
        path.write_bytes(pack(members))
    report = imported(project, path)
    assert report.sentence() == "Imported 2 documents."


def test_mails_without_anything_are_counted(project: annotator.Project, tmp_path: Path) -> None:
    head = (
        "From ada@example.org Mon Jan  6 10:00:00 2025\nFrom: ada@example.org\nDate: Mon, 6 Jan 2025 10:00:00 +0000\n\n"
    )
    mails = "".join(head + "\n" for _ in range(12)) + head + "Words of a mail.\n\n"
    (tmp_path / "a.mbox").write_text(mails, encoding="utf-8")
    report = imported(project, tmp_path / "a.mbox")
    assert report.sentence() == "Imported 1 document, 12 empty mails skipped."
    assert report.refused == []


def test_entries_of_a_feed_without_words_are_counted(project: annotator.Project, tmp_path: Path) -> None:
    entries = "<item></item>" * 9 + "<item><title>News</title><description>Words of it.</description></item>"
    (tmp_path / "a.rss").write_text(
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{entries}</channel></rss>', encoding="utf-8"
    )
    report = imported(project, tmp_path / "a.rss")
    assert report.sentence() == "Imported 1 document, 9 entries without words skipped."
    assert report.refused == []


@pytest.mark.parametrize("kind", ["zip", "tar", "folder"])
def test_empty_files_cost_a_quarter_of_short_articles_at_most(tmp_path: Path, kind: str) -> None:
    def spent(name: str, text: str) -> float:
        members = {f"{number}.txt": text.format(number, number).encode() for number in range(120)}
        path = tmp_path / f"{name}.{kind}"
        if kind == "folder":
            path.mkdir()
            for member, data in members.items():
                (path / member).write_bytes(data)
        else:
            path.write_bytes((zipped if kind == "zip" else tarred)(members))
        with annotator.create(tmp_path / f"{name}.anno", annotator="ada") as project:
            before = time.process_time()
            project.import_files([path])
            return time.process_time() - before

    spent("first", WORDS)  # What is imported and kept at the first time.
    articles, empty = spent("articles", WORDS), min(spent("empty", ""), spent("again", ""))
    assert empty <= articles / 4, (empty, articles)
