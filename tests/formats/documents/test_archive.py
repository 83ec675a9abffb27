"""Archives of articles: read as the folder that they hold."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import annotator
from annotator.domain.errors import ImportRefused
from annotator.formats import registry
from annotator.formats.documents import archive
from annotator.formats.reading.limits import Limits
from annotator.services.imports import importing
from annotator.services.imports.report import ImportReport

IMAGE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
HARBOUR = "Harbour closed\n\nThe port may reopen on Monday, the ministry of works said."
FILES = {
    "a/harbour.txt": HARBOUR.encode(),
    "a/harbour.ann": b"T1\tspeculation 25 45\tmay reopen on Monday\n",
    "b/Äpfel 🦊.md": "# Äpfel\n\nDer Preis steigt.".encode(),
    "b/.hidden": b"x",
}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        yield made


def zipped(files: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return held.getvalue()


def tarred(files: Mapping[str, bytes], mode: str = "w") -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as made:  # type: ignore[call-overload]  # a mode as text
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
    return held.getvalue()


def imported(project: annotator.Project, path: Path, **options: Limits) -> ImportReport:
    return importing.import_files(project._stored, [path], **options)  # type: ignore[arg-type]  # only limits


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("a.zip", zipped(FILES)),
        ("a.tar", tarred(FILES)),
        ("a.tgz", tarred(FILES, "w:gz")),
        ("a.tar.bz2", tarred(FILES, "w:bz2")),
        ("a.bin", tarred(FILES, "w:xz")),
    ],
)
def test_an_archive_is_read_as_its_folder(project: annotator.Project, tmp_path: Path, name: str, packed: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(packed)
    assert registry.detect(path) is archive.FORMAT
    report = imported(project, path)
    assert report.refused == []
    held = [project.document(document.id) for document in project.documents()]
    assert {(one.title, one.origin_path) for one in held} == {
        ("Harbour closed", f"{path}!/a/harbour.txt"),
        ("Äpfel", f"{path}!/b/Äpfel 🦊.md"),
    }
    (annotation,) = project.annotations()
    assert (annotation.label, annotation.quote) == ("speculation", "may reopen on Monday")
    assert [one for one in tmp_path.iterdir() if one.is_dir()] == []
    assert imported(project, path).documents == []


def test_texts_and_annotations_in_two_folders_of_an_archive(project: annotator.Project, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"texts/h.txt": FILES["a/harbour.txt"], "labels/h_ada.ann": FILES["a/harbour.ann"]}))
    report = imported(project, path)
    assert (len(report.documents), report.annotations, report.refused) == (1, 1, [])
    assert project.document(report.documents[0]).origin_path == f"{path}!/texts/h.txt"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_single_packed_file(project: annotator.Project, tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "harbour.txt.gz"
    path.write_bytes(pack(HARBOUR.encode()))
    report = imported(project, path)
    assert report.refused == []
    assert project.document(report.documents[0]).origin_path == f"{path}!/harbour.txt"
    assert project.document(report.documents[0]).text == HARBOUR


def test_archives_inside_archives_to_the_depth_that_is_set(project: annotator.Project, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    inner = zipped({"in.txt": b"The innermost words.", "x.txt": b"Other words."})
    path.write_bytes(zipped({"1.zip": tarred({"2.zip": inner}, "w:gz"), "top.txt": b"The words at the top."}))
    report = imported(project, path, limits=Limits(nesting=1))
    assert len(report.documents) == 1
    assert [(one.place, "inside one another" in one.reason) for one in report.refused] == [("1.zip, 2.zip", True)]
    report = imported(project, path)
    assert report.refused == []
    assert {project.document(id).origin_path for id in report.documents} == {
        f"{path}!/1.zip!/2.zip!/in.txt",
        f"{path}!/1.zip!/2.zip!/x.txt",
    }


def test_what_an_archive_holds_that_is_no_text_is_told_by_its_place(project: annotator.Project, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"../up.txt": b"x", "p/i.png": IMAGE, "ok.txt": b"Words."}))
    report = imported(project, path)
    assert len(report.documents) == 1
    assert {one.place: one.reason.split(",")[0] for one in report.refused} == {
        "../up.txt": "Its name holds “..”",
        "p/i.png": "“i.png” is an image",
    }


def test_hostile_and_damaged_archives(project: annotator.Project, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(30_000_000))
    cases = {
        "empty.zip": (zipped({}), "holds no files"),
        "cut.zip": (zipped(FILES)[:-30], "not a complete ZIP archive"),
        "cut.txt.gz": (gzip.compress(HARBOUR.encode() * 50)[:-20], "is damaged"),
        "bomb.txt.gz": (bomb, "made to fill the disk"),
        "deck.pptx": (zipped({"[Content_Types].xml": b"<x/>", "ppt/slide.xml": b"<x/>"}), "an office document"),
    }
    for name, (data, words) in cases.items():
        path = tmp_path / name
        path.write_bytes(data)
        report = imported(project, path)
        assert report.documents == []
        (refused,) = report.refused
        assert words in refused.reason
    assert [one for one in Path(tmp_path).iterdir() if one.is_dir()] == []


def test_a_format_that_is_chosen_is_that_of_the_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"Just words.")
    with pytest.raises(ImportRefused, match="not a complete ZIP"):
        list(archive.read(path))
