"""Drafts that killed processes left are removed; those of others, and other people's hidden files, are not touched."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import annotator
from annotator.domain.changes import new_uid
from annotator.files import drafts, running_processes
from annotator.files.drafts import draft_of, name_draft, sweep, temporary_folder
from annotator.files.replacement import recover
from annotator.files.running_processes import has_ended, mark_of_this_process

MAKE_DRAFTS = """
import sys
from pathlib import Path
from annotator.files.drafts import name_draft
folder = Path(sys.argv[1])
for suffix in (".anno", ".jsonl", ""):
    name_draft(folder / f"out{suffix}").write_text("half of a case")
database = name_draft(folder / "new.anno")
for companion in ("", "-journal", "-wal", "-shm"):
    database.with_name(database.name + companion).touch()
name_draft(folder / "corpus").mkdir()
(name_draft(folder / "corpus.brat")).mkdir()
print("ready", flush=True)
sys.stdin.read()
"""


def hidden(folder: Path) -> list[str]:
    return sorted(found.name for found in folder.iterdir() if found.name.startswith("."))


def make_old(path: Path, days: float = 2) -> None:
    past = time.time() - days * 86_400
    os.utime(path, (past, past))


def test_drafts_of_a_living_process_are_kept_until_it_ends(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", MAKE_DRAFTS, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        sweep(tmp_path)
        assert len(hidden(tmp_path)) == 9
        process.kill()
        process.stdout.read()
        # Not asked for its exit code yet, as where the window that started it is still there.
        if sys.platform == "linux":
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        else:
            process.wait()
        sweep(tmp_path)
        assert hidden(tmp_path) == []


def test_own_drafts_are_kept_and_go_with_their_block(tmp_path: Path) -> None:
    with draft_of(tmp_path / "out.jsonl") as draft:
        draft.touch()
        draft.with_name(f"{draft.name}-journal").touch()
        sweep(tmp_path)
        assert draft.exists()
        assert draft.suffix == ".jsonl"
    assert hidden(tmp_path) == []


def test_a_process_number_that_was_given_anew_is_another_process() -> None:
    host, pid, start = mark_of_this_process().split("-")
    assert has_ended(f"{host}-{pid}-{start}") is False
    if running_processes._start_of(os.getpid()) is not None:
        assert has_ended(f"{host}-{pid}-{'1' * 12}") is True
    assert has_ended(f"{host}-4294967295-{start}") is True
    assert has_ended(f"{'0' * 8}-{pid}-{start}") is None


def test_drafts_of_another_machine_go_when_nobody_touched_them_for_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "mark_of_this_process", lambda: f"00000000-{os.getpid()}-{'1' * 12}")
    file, folder = name_draft(tmp_path / "a.anno"), name_draft(tmp_path / "corpus")
    file.touch()
    folder.mkdir()
    (folder / "new").touch()
    sweep(tmp_path)
    assert len(hidden(tmp_path)) == 2
    make_old(file)
    make_old(folder)
    sweep(tmp_path)
    assert hidden(tmp_path) == [folder.name], "somebody still writes into the folder"
    make_old(folder / "new")
    make_old(folder)
    sweep(tmp_path)
    assert hidden(tmp_path) == []


def test_drafts_of_earlier_versions_go_after_a_day(tmp_path: Path) -> None:
    project, model = tmp_path / f".{new_uid()}.draft", tmp_path / f".{new_uid()}.draft"
    project.write_bytes(b"SQLite format 3\x00" + bytes(84))
    journal = project.with_name(f"{project.name}-journal")
    journal.touch()
    model.mkdir()
    (model / "roles.tsv").touch()
    (tmp_path / "corpus.jsonl").touch()
    export, table = tmp_path / f".corpus.{new_uid()}.jsonl", tmp_path / f".corpus.jsonl.{new_uid()}"
    aside = tmp_path / f".gone.{new_uid()}"
    for path in (export, table, aside):
        path.touch()
    everything = (project, journal, model / "roles.tsv", model, export, table, aside)
    recover(tmp_path, tmp_path / "corpus.jsonl")
    assert all(path.exists() for path in everything)
    for path in everything:
        make_old(path)
    recover(tmp_path, tmp_path / "other.jsonl")
    recover(tmp_path, tmp_path / "gone")
    assert hidden(tmp_path) == sorted([export.name, table.name, aside.name])
    recover(tmp_path, tmp_path / "corpus.jsonl")
    assert hidden(tmp_path) == [aside.name], "it may be all that is left of an export that was killed"


def test_other_hidden_files_are_let_alone(tmp_path: Path) -> None:
    uid = new_uid()
    (tmp_path / f".{uid}.draft").write_text("My own draft of a letter", encoding="utf-8")
    (tmp_path / f".{new_uid()}.draft").mkdir()
    next(path for path in tmp_path.iterdir() if path.is_dir()).joinpath("letter.txt").touch()
    names = [
        ".annotator",
        ".annotator-draft-1",
        ".annotator-draft-0123456789abcdef-01234567-1-0123456789abcdeX",
        ".annotator-draft-0123456789abcdef-01234567-1-0123456789abx",
        ".case.anno.swp",
        ".hidden",
        ".draft",
        f".{'a' * 32}.draft",
        f".{uid}.old",
        f"{uid}.draft",
        ".~lock.case.anno#",
    ]
    for name in names:
        (tmp_path / name).touch()
    for path in tmp_path.iterdir():
        make_old(path, 400)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    recover(tmp_path, tmp_path / "case.anno")
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_long_names_get_a_draft_too(tmp_path: Path) -> None:
    for name in ("n" * 250 + ".ann", "a." + "s" * 250, "名" * 80 + ".jsonl"):
        with draft_of(tmp_path / name) as draft:
            draft.touch()
    assert hidden(tmp_path) == []


def test_temporary_folders_of_killed_processes_go_when_the_next_one_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with monkeypatch.context() as other:
        host, pid, _ = mark_of_this_process().split("-")
        other.setattr(drafts, "mark_of_this_process", lambda: f"{host}-{pid}-{'1' * 12}")
        left = name_draft(tmp_path / "folder")
        left.mkdir()
        (left / "case.anno").touch()
    with temporary_folder() as folder:
        assert left.exists() is (running_processes._start_of(os.getpid()) is None)
        if os.name == "posix":
            assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "article.html").touch()
    assert folder not in list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="a killed process is marked by its signal on POSIX")
@pytest.mark.parametrize("act", ["create", "backup", "export", "folder", "repair", "train"])
def test_what_a_killed_command_left_is_gone_after_the_next_opening(tmp_path: Path, act: str) -> None:
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        project.add_document("One", "The ministry said on Monday that 12 people died.")
        project.annotate(1, 0, 12, "claim")
    program = f"""
import os, signal, sys
from pathlib import Path
import annotator
from annotator.files import replacement
replacement.sync = lambda path: os.kill(os.getpid(), signal.SIGKILL)
path = Path(sys.argv[1])
if {act!r} == "create":
    annotator.create(path.with_name("new.anno"))
elif {act!r} == "repair":
    from annotator.store.repair import repair
    repair(path, path.with_name("new.anno"))
elif {act!r} == "backup":
    from annotator.store.backup import backup
    backup(path, path.with_name("new.anno"))
elif {act!r} == "train":
    from annotator.files.replacement import replacing
    with replacing(path.with_name("model")) as draft:
        draft.mkdir()
        (draft / "model.json").touch()
else:
    with annotator.open(path) as project:
        project.export(path.with_name("out"), "brat" if {act!r} == "folder" else "jsonl")
"""
    ended = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert ended.returncode < 0
    assert len(hidden(tmp_path)) == 1
    with annotator.open(path, read_only=True):
        assert len(hidden(tmp_path)) == 1, "opening for reading only removes nothing"
    with annotator.open(path) as project:
        assert hidden(tmp_path) == []
        assert len(project.annotations()) == 1
