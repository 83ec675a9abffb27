"""What is no sound project of ours gets one plain sentence and is left byte for byte as it was."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.root_rights import call_with_permissions
from tests.thoroughness import examples

import annotator
from annotator.domain.errors import AnnotatorError, DamagedProject, NotAProject, ReadOnlyProject
from annotator.services.search import searching
from annotator.store.backup import backup
from annotator.store.check import check
from annotator.store.project import Project
from annotator.store.repair import repair


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project with a bit of everything."""
    path = tmp_path_factory.mktemp("sound") / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        for number in range(3):
            text = f"Title {number}\n\nDer Minister sagte, 東京都知事 sagte das {number}. " * 5
            document = project.add_document(f"Title {number}", text, source="Xinhua")
            a = project.annotate(document, 0, 5, "claim", source="Ministry", credibility=2, fragments=[(0, 5), (9, 12)])
            b = project.annotate(document, 9, 12, "speculation", cue=(0, 5))
            project.relate(a, "supports", b)
        project.assess("Ministry", "B")
    return path


def use(path: Path) -> None:
    """Everything that reading a project does."""
    with Project.open(path, read_only=True) as project:
        project.read.project.record()
        project.read.labels.all()
        project.read.labels.features()
        project.read.documents.rows()
        project.read.project.counts()
        project.read.sources.all()
        project.read.sources.assessments()
        project.read.annotations.relations()
        list(project.read.documents.all())
        list(project.read.annotations.all())
        searching.search(project, "minister")
        searching.search(project, "東京都")
        _ = project.undo_title


def is_plain(sentence: str) -> bool:
    return bool(sentence) and "\n" not in sentence and "Traceback" not in sentence and len(sentence) < 600


def expect_plain(error: AnnotatorError) -> None:
    assert is_plain(str(error))


def foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE document (id INTEGER PRIMARY KEY, text TEXT)")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.touch(),
        lambda path: path.write_text("just a text", encoding="utf-8"),
        lambda path: path.write_bytes(bytes(range(256)) * 20),
        lambda path: path.write_bytes(b"SQLite format 3\x00"),
        lambda path: path.write_bytes(b"SQLite format 3\x00" + bytes(2000)),
        foreign,
        lambda path: path.mkdir(),
        lambda path: None,
    ],
    ids=["empty", "text", "binary", "magic", "zeros", "foreign", "folder", "missing"],
)
def test_no_project(tmp_path: Path, make: Callable[[Path], object]) -> None:
    path = tmp_path / "case.anno"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    for attempt in (
        lambda: Project.open(path),
        lambda: Project.open(path, read_only=True),
        lambda: backup(path, tmp_path / "copy.anno"),
        lambda: repair(path, tmp_path / "new.anno"),
    ):
        with pytest.raises((NotAProject, DamagedProject)) as refused:
            attempt()
        assert is_plain(str(refused.value))
        assert (path.read_bytes() if path.is_file() else b"") == before
        assert {entry.name for entry in tmp_path.iterdir()} <= {"case.anno"}


def test_a_truncated_project_is_left_as_it_is(tmp_path: Path, sound: Path) -> None:
    whole = sound.read_bytes()
    path = tmp_path / "case.anno"
    for length in sorted({*range(0, 200, 25), *range(200, len(whole), len(whole) // 25), len(whole) - 1}):
        path.write_bytes(whole[:length])
        for read_only in (False, True):
            with pytest.raises((NotAProject, DamagedProject)) as refused:
                Project.open(path, read_only=read_only)
            assert is_plain(str(refused.value))
        assert path.read_bytes() == whole[:length]
        assert [entry.name for entry in tmp_path.iterdir()] == ["case.anno"]


@pytest.mark.parametrize(
    ("words", "spoilt"),
    [
        (b"CREATE TABLE annotator (", b"CREATE TABLE annotat\xcer ("),
        (b"    name VARCHAR NOT NULL,", b"    n\x8ame VARCHAR NOT NULL,"),
        (b"FOREIGN KEY(document_id)", b"FOREIGN KEY([ocument_id)"),
        (b"CHECK (name <> '')", b"CHECK 'name <> '')"),
    ],
    ids=["table", "column", "bracket", "quotation mark"],
)
def test_a_spoilt_schema_is_damage(tmp_path: Path, sound: Path, words: bytes, spoilt: bytes) -> None:
    path = tmp_path / "case.anno"
    data = sound.read_bytes()
    assert words in data
    path.write_bytes(data.replace(words, spoilt))
    with pytest.raises(DamagedProject) as refused:
        use(path)
    expect_plain(refused.value)
    new = tmp_path / "new.anno"
    repair(path, new)
    with Project.open(new) as project, project.raw_connection() as connection:
        assert list(check(connection)) == []
        assert len(project.read.documents.rows()) == 3


def test_a_spoilt_text_costs_no_more_than_itself(tmp_path: Path, sound: Path) -> None:
    path = tmp_path / "case.anno"
    path.write_bytes(sound.read_bytes().replace(b"# Guideline", b"\xa3 Guideline"))
    use(path)
    with Project.open(path, read_only=True) as project, project.raw_connection() as connection:
        assert project.read.project.record().guideline == ""
        assert list(project.unreadable) == [("project", 1)]
        assert any(check(connection))


@settings(max_examples=examples(30, 300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_byte_never_ends_in_a_traceback(
    data: st.DataObject, sound: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    path = folder / "case.anno"
    spoilt = bytearray(sound.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(spoilt)
    try:
        use(path)
    except AnnotatorError as error:
        expect_plain(error)
    try:
        with Project.open(path, read_only=True) as project, project.raw_connection() as connection:
            for finding in check(connection):
                assert finding.what
    except AnnotatorError as error:
        expect_plain(error)
    assert path.read_bytes() == bytes(spoilt)
    new = folder / "new.anno"
    try:
        repair(path, new)
    except AnnotatorError as error:
        expect_plain(error)
        assert not new.exists()
    else:
        with Project.open(new) as project, project.raw_connection() as connection:
            assert list(check(connection)) == []
    assert path.read_bytes() == bytes(spoilt)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("CREATE TRIGGER evil AFTER INSERT ON annotation BEGIN DELETE FROM document_text; END", "trigger evil"),
        ("CREATE VIEW everything AS SELECT * FROM document_text", "view everything"),
        ("CREATE TABLE notes (x)", "table notes"),
        ("CREATE INDEX quick ON document (title)", "index quick"),
        ("ALTER TABLE document ADD COLUMN mood TEXT", "table document"),
        ("CREATE TABLE search_words_evil (x)", "table search_words_evil"),
    ],
)
def test_what_no_project_holds_is_refused_by_name(tmp_path: Path, sound: Path, statement: str, name: str) -> None:
    path = tmp_path / "case.anno"
    shutil.copy(sound, path)
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(DamagedProject, match=name) as refused:
            Project.open(path, read_only=read_only)
        assert "repair" in str(refused.value)
    assert path.read_bytes() == before
    repair(path, tmp_path / "new.anno")
    with annotator.open(tmp_path / "new.anno") as project:
        assert len(project.annotations()) == 6


def test_a_project_that_lacks_a_table_is_refused(tmp_path: Path, sound: Path) -> None:
    path = tmp_path / "case.anno"
    shutil.copy(sound, path)
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE relation")
    connection.commit()
    connection.close()
    with pytest.raises(DamagedProject, match=r"lacks .*table relation"):
        Project.open(path)


@pytest.mark.parametrize(
    "name",
    [
        "with space.anno",
        "what?.anno",
        "number#1.anno",
        "100%25.anno",
        "a&b=c;d.anno",
        "Übersicht – Żółć.anno",
        "案件.anno",
        "قضية.anno",
        "😀👩‍👩‍👧.anno",
        "'quoted\".anno",
        "file:case.anno",
        ":memory:",
    ],
)
def test_any_name_will_do(tmp_path: Path, name: str) -> None:
    if os.name == "nt" and set(name) & set('?":'):
        pytest.skip("Windows does not take this name.")
    folder = tmp_path / "a folder, 50%?"
    folder.mkdir()
    path = folder / name
    with annotator.create(path) as project:
        project.add_document("T", "A text.")
    with annotator.open(path) as project:
        assert len(project.documents()) == 1
    backup(path, folder / f"copy of {name}")
    repair(path, folder / f"repaired {name}")
    assert {entry.name for entry in folder.iterdir()} == {name, f"copy of {name}", f"repaired {name}"}


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux takes names that are not UTF-8.")
def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"f\xfcr.anno")
    with annotator.create(path) as project:
        project.add_document("T", "A text.")
    with annotator.open(path) as project:
        assert project.documents()[0].title == "T"


def test_a_name_that_no_system_takes() -> None:
    with pytest.raises(NotAProject):
        Project.open(Path("a\0b.anno"))


def read_only_mount(folder: Path) -> bool:
    """Make ``folder`` a file system that cannot be written to; False where that is not possible."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    bind = subprocess.run(["mount", "--bind", folder, folder], capture_output=True, check=False)
    if bind.returncode:
        return False
    if subprocess.run(["mount", "-o", "remount,bind,ro", folder], capture_output=True, check=False).returncode:
        subprocess.run(["umount", folder], check=True)
        return False
    return True


def test_a_folder_that_cannot_be_written_to(tmp_path: Path, sound: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "case.anno"
    shutil.copy(sound, path)
    folder.chmod(0o500)
    try:
        call_with_permissions(lambda: only_read(path))
    finally:
        folder.chmod(0o700)
    if read_only_mount(folder):
        try:
            only_read(path)
        finally:
            subprocess.run(["umount", folder], check=True)


def only_read(path: Path) -> None:
    """Read a project in a folder that cannot be written to."""
    with pytest.raises(ReadOnlyProject, match="reading only"):
        Project.open(path)
    with pytest.raises(ReadOnlyProject):
        annotator.create(path.with_name("new.anno"))
    use(path)
    assert [entry.name for entry in path.parent.iterdir()] == ["case.anno"]


def test_a_file_that_cannot_be_written_to(tmp_path: Path, sound: Path) -> None:
    path = tmp_path / "case.anno"
    shutil.copy(sound, path)
    path.chmod(0o400)

    def work() -> None:
        with pytest.raises(ReadOnlyProject, match="reading only"):
            Project.open(path)
        use(path)

    call_with_permissions(work)


def test_a_lock_that_cannot_be_made(tmp_path: Path, sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as above for users whom permissions do not hold."""
    path = tmp_path / "case.anno"
    shutil.copy(sound, path)
    before = path.read_bytes()

    def refuse(self: object, *arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with pytest.raises(ReadOnlyProject, match="Permission denied"):
        Project.open(path)
    with pytest.raises(ReadOnlyProject):
        annotator.create(tmp_path / "new.anno")
    use(path)
    assert path.read_bytes() == before


def test_a_file_marked_read_only(tmp_path: Path, sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "case.anno"
    shutil.copy(sound, path)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(ReadOnlyProject, match="reading only"):
        Project.open(path)
