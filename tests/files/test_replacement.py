"""Files and folders are replaced whole: at every moment the old or the new one stands under its name."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.files import drafts, replacement
from annotator.files.drafts import name_draft
from annotator.files.replacement import complete_swaps, put_in_place, put_new, recover, replacing


def folder_with(path: Path, text: str) -> Path:
    path.mkdir()
    (path / "a.txt").write_text(text, encoding="utf-8")
    (path / "inner").mkdir()
    (path / "inner" / "b.txt").write_text(text, encoding="utf-8")
    return path


def text_of(path: Path) -> str:
    """What stands in a file, or in every file of a folder."""
    files = [found for found in path.rglob("*") if found.is_file()] if path.is_dir() else [path]
    texts = {file.read_text(encoding="utf-8") for file in files}
    assert len(texts) == 1
    return texts.pop()


def unable(*_: object) -> None:
    raise OSError(errno.EINVAL, "no such call here")


@pytest.fixture(params=["exchange", "swap"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With and without the exchange of names, which not every file system has."""
    if request.param == "swap":
        monkeypatch.setattr(replacement, "_rename", unable)
    return str(request.param)


def test_a_file_and_a_folder_take_the_place_of_the_old_ones(tmp_path: Path) -> None:
    for target in (tmp_path / "file.txt", tmp_path / "folder"):
        for text in ("first", "second", "third"):
            with replacing(target) as draft:
                if target.suffix:
                    draft.write_text(text, encoding="utf-8")
                else:
                    folder_with(draft, text)
            assert text_of(target) == text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.txt", "folder"]


def test_a_block_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = folder_with(tmp_path / "folder", "old")

    def work() -> None:
        with replacing(target) as draft:
            folder_with(draft, "new")
            raise ValueError("stopped")

    with pytest.raises(ValueError, match="stopped"):
        work()
    assert text_of(target) == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_of_several_drafts_all_or_none_get_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    targets = [tmp_path / "train.jsonl", tmp_path / "folder", tmp_path / "new.jsonl", tmp_path / "dev.jsonl"]
    targets[0].write_text("old", encoding="utf-8")
    folder_with(targets[1], "old")
    targets[3].write_text("old", encoding="utf-8")
    made = {target: name_draft(target) for target in targets}
    for target, draft in made.items():
        folder_with(draft, "new") if target.name == "folder" else draft.write_text("new", encoding="utf-8")
    put = replacement._put

    def full(target: Path, draft: Path, *, keeps_old: bool) -> object:
        if target.name == "dev.jsonl":
            raise OSError(errno.ENOSPC, "full")
        return put(target, draft, keeps_old=keeps_old)

    with monkeypatch.context() as disk:
        disk.setattr(replacement, "_put", full)
        with pytest.raises(OSError, match="full"):
            put_in_place(made)
    assert [text_of(target) for target in targets if target.exists()] == ["old", "old", "old"]
    assert [text_of(draft) for draft in made.values()] == ["new"] * 4
    put_in_place(made)
    assert [text_of(target) for target in targets] == ["new"] * 4
    assert sorted(tmp_path.iterdir()) == sorted(targets)


def test_a_new_file_takes_no_other_files_place(tmp_path: Path) -> None:
    target, draft = tmp_path / "case.anno", tmp_path / "draft"
    target.write_text("old", encoding="utf-8")
    draft.write_text("new", encoding="utf-8")
    with pytest.raises(FileExistsError):
        put_new(target, draft)
    assert text_of(target) == "old"
    target.unlink()
    put_new(target, draft)
    assert text_of(target) == "new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(sys.platform == "win32", reason="a killed process is marked by its signal on POSIX")
def test_kill_behind_any_rename_leaves_a_whole_folder_to_the_next_run(tmp_path: Path, way: str) -> None:
    program = """
import errno, os, signal, sys
from pathlib import Path
from annotator.files import replacement
stop, count, rename, swap = int(sys.argv[2]), 0, Path.rename, replacement._rename
def counted(work, *words):
    global count
    done = work(*words)
    count += 1
    if count == stop:
        os.kill(os.getpid(), signal.SIGKILL)
    return done
def unable(*words):
    raise OSError(errno.ENOSYS, "none here")
for name in ("rename", "replace", "unlink", "mkdir"):
    def dying(self, *words, work=getattr(Path, name), **more):
        return counted(lambda: work(self, *words, **more))
    setattr(Path, name, dying)
replacement._rename = unable if sys.argv[3] == "swap" else lambda *words: counted(swap, *words)
target = Path(sys.argv[1])
with replacement.replacing(target) as draft:
    draft.mkdir()
    (draft / "a.txt").write_text("new")
"""
    killed = 0
    for stop in range(1, 30):
        folder = tmp_path / str(stop)
        folder.mkdir()
        target = folder_with(folder / "folder", "old")
        words = [sys.executable, "-c", program, str(target), str(stop), way]
        ended = subprocess.run(words, check=False)
        assert ended.returncode in {0, -signal.SIGKILL}
        if way == "exchange" and sys.platform == "linux":
            assert text_of(target) in {"old", "new"}, "there is no moment without the old or the new"
        complete_swaps(folder)
        assert text_of(target) in {"old", "new"}
        recover(folder)
        assert list(folder.iterdir()) == [target]
        if ended.returncode == 0:
            assert text_of(target) == "new"
            break
        killed += 1
    assert killed >= (2 if way == "exchange" else 5)


def test_a_swap_of_a_living_process_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, draft = tmp_path / "folder", folder_with(name_draft(tmp_path / "folder"), "new")
    folder_with(target, "old")
    seen: list[list[str]] = []

    def look(*_: object, **__: object) -> None:
        recover(tmp_path)
        seen.append(sorted(path.name for path in tmp_path.iterdir()))

    monkeypatch.setattr(replacement, "_rename", unable)
    monkeypatch.setattr(replacement, "sync_names", look)
    put_in_place({target: draft})
    assert any("folder" not in names or len(names) > 2 for names in seen)
    assert text_of(target) == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_record_that_names_other_files_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replacement, "is_abandoned", lambda _: True)
    mine = tmp_path / "mine.txt"
    mine.write_text("mine", encoding="utf-8")
    record = name_draft(tmp_path / "folder", drafts.SWAP)
    for words in ('{"target": "gone", "draft": "mine.txt", "aside": "mine.txt"}', "{", "[]", '{"target": 1}'):
        record.write_text(words, encoding="utf-8")
        complete_swaps(tmp_path)
        assert text_of(mine) == "mine"
        assert not (tmp_path / "gone").exists()


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_an_export_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    import annotator

    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "corpus").mkdir()
    (tmp_path / "corpus").symlink_to(tmp_path / "elsewhere" / "corpus", target_is_directory=True)
    with annotator.create(tmp_path / "case.anno") as project:
        project.add_document("One", "The ministry said so.")
        for _ in range(2):
            project.export(tmp_path / "corpus", "brat")
    assert (tmp_path / "corpus").is_symlink()
    assert (tmp_path / "elsewhere" / "corpus" / "One.txt").exists()
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["corpus"]
