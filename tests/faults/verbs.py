"""What is done while a file operation fails, and what must hold afterwards.

Each verb works in a folder of its own. It ends well, or is refused with one sentence; in both cases the project and
every other file must be as that says.
"""

import contextlib
import errno
import io
import re
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests.faults.preload import Fault
from tests.store.migrations.version_files import unpack

import annotator
from annotator.cli.output import Exit
from annotator.domain.errors import AnnotatorError, SavedButUnreadable
from annotator.main import run_command
from annotator.services.imports import importing
from annotator.store.check import check
from annotator.store.migrations.schema_versions import VERSION

TEXT = "Wörter und Zahlen 😀 in einem Text. " * 40
ARTICLES = 12
INTERNAL = re.compile(r"\.annotator-|\.draft|\b[0-9a-f]{32}\b|Traceback|sqlite3|SQLITE_|disk I/O error|-journal", re.I)
"""What is of no use to a user: hidden names, uids, words of a library."""

State = dict[str, Any]
"""What a project holds, to be compared."""


def state_of(project: annotator.Project) -> State:
    """Return what a project holds."""
    with project._stored.raw_connection() as connection:
        return {
            "documents": [(row.id, row.title) for row in project.documents()],
            "annotations": [(one.id, one.start, one.end, one.note) for one in project.annotations()],
            "labels": [label.name for label in project.labels()],
            "log": connection.execute("SELECT max(number), count(*) FROM change").fetchone(),
            "faults": [str(finding) for finding in check(connection)],
        }


def state_at(path: Path) -> State:
    with annotator.open(path, read_only=True) as project:
        return state_of(project)


def make_case(path: Path) -> None:
    """Make the project that the verbs work on."""
    path.write_bytes(_case())


@cache
def _case() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.anno"
        with annotator.create(path, annotator="ada") as project:
            document = project.add_document("A title", TEXT)
            project.add_document("Other", TEXT[::-1])
            for number in range(10):
                project.annotate(document, number * 7, number * 7 + 6, "claim", note=f"note {number}")
            project.annotate_all("Zahlen", "claim")
        return path.read_bytes()


def content_of(path: Path) -> dict[str, bytes] | bytes | None:
    """Return what a file or a folder holds."""
    if path.is_dir():
        return {one.relative_to(path).as_posix(): one.read_bytes() for one in path.rglob("*") if one.is_file()}
    return path.read_bytes() if path.exists() else None


class Run:
    """One run of a verb: its folder, its project, and what goes wrong in it."""

    def __init__(self, folder: Path, fault: Fault | None) -> None:
        self.folder = folder
        self.fault = fault
        self.path = folder / "case.anno"
        self.problems: list[str] = []
        self.refusal = ""
        self.is_saved = False
        """Whether the refusal says that what was done is saved all the same."""

    def expect(self, holds: bool, problem: str) -> None:
        if not holds:
            self.problems.append(problem)

    def attempt(self, work: Callable[[], Any]) -> Any:
        """Do ``work``; what it is refused with is kept and looked at, another error is a problem."""
        self.refusal, self.is_saved = "", False
        try:
            return work()
        except AnnotatorError as error:
            self.refusal, self.is_saved = str(error), isinstance(error, SavedButUnreadable)
            self.judge(self.refusal)
        except Exception as error:  # noqa: BLE001 - a bug of the product, which the run reports
            self.refusal = f"{type(error).__name__}: {error}"
            self.problems.append(f"an error that is not known: {self.refusal}")
        return None

    def judge(self, said: str) -> None:
        """Note what is untrue or of no use in the words of a refusal."""
        if found := INTERNAL.search(said):
            self.problems.append(f"internal words ({found[0]}) in: {said}")
        if self.fault is None:
            return
        # Without the place of the test, whose name may hold any word.
        words = said.replace(str(self.folder), "").lower()
        # What the disk cannot read SQLite calls corrupt, and for a user it is no less damaged.
        is_damage = self.fault.kind == "read"
        self.expect(is_damage or not ("damaged" in words or "is not sound" in words), f"no damage, but: {said}")
        is_full = "full" in words or "no space" in words
        self.expect(not is_full or self.fault.error == errno.ENOSPC, f"the disk is not full, but: {said}")
        is_forbidden = "permission" in words and "check" not in words
        self.expect(not is_forbidden or self.fault.error == errno.EACCES, f"no permission lacks, but: {said}")

    def expect_state(self, where: Path, wanted: State, when: str) -> None:
        """Note where the project differs from what it should hold."""
        try:
            got = state_at(where)
        except Exception as error:  # noqa: BLE001 - the run reports it
            self.problems.append(f"{when}: cannot be opened: {type(error).__name__}: {error}")
            return
        for name, value in wanted.items():
            self.expect(got[name] == value, f"{when}: {name} are {got[name]!r}, and should be {value!r}"[:600])

    def crashed_copy(self) -> Path:
        """Return a copy of the project as a crash at this moment would leave it."""
        copied = self.folder / "crashed"
        copied.mkdir()
        for suffix in ("", "-wal", "-journal"):
            beside = self.path.with_name(self.path.name + suffix)
            if beside.exists():
                shutil.copy(beside, copied / beside.name)
        return copied / self.path.name


Verb = Callable[[Run, "Guard"], None]
Guard = Callable[[], contextlib.AbstractContextManager[None]]
"""Inside it, the fault is armed."""


def in_project(change: Callable[[annotator.Project, Path], list[str] | None]) -> Verb:
    """Make a verb of a change to an open project, which may return what it says of parts that it left out."""

    def verb(run: Run, armed: Guard) -> None:
        make_case(run.path)
        (run.folder / "in").mkdir()
        for number in range(ARTICLES):
            name = run.folder / "in" / f"{number}.txt"
            name.write_text(f"Article {number}\n\n{TEXT}{number}", encoding="utf-8")
        project = annotator.open(run.path, annotator="ada")
        try:
            before = state_of(project)

            def work() -> list[str] | None:
                with armed():
                    return change(project, run.folder)

            for said in run.attempt(work) or ():
                run.judge(said)
            after = state_of(project)
            if run.refusal and not run.is_saved:
                is_told = "undo takes out what was imported" in run.refusal and "nothing was" not in run.refusal
                run.expect(after == before or is_told, f"refused ({run.refusal}), but it is there")
            else:
                run.expect(after["log"][0] > before["log"][0], f"acknowledged ({run.refusal}), but it is not there")
            # While every write fails, a commit that failed at the last moment cannot be overwritten either.
            if run.fault is None or not run.fault.from_then_on or run.fault.kind == "sync":
                run.expect_state(run.crashed_copy(), after, "after a crash")
            refusal = run.refusal
            # The disk works again: so must the project.
            made = run.attempt(lambda: project.annotate(2, 1, 5, "claim", note="later"))
            run.expect(made is not None, f"after {refusal!r} nothing can be written any more: {run.refusal}")
            run.refusal = refusal
            after = state_of(project)
        finally:
            project.close()
        run.expect_state(run.path, after, "after closing")

    return verb


def annotate(project: annotator.Project, folder: Path) -> None:
    project.annotate(1, 0, 6, "claim", credibility=2, source="Ministry", note="the step")


def import_articles(project: annotator.Project, folder: Path) -> list[str]:
    report = importing.import_files(project._stored, [folder / "in"], chunk=5_000)
    said = [f"{one.path}: {one.reason}" for one in report.refused]
    if said and not report.documents:
        raise AnnotatorError(said[0])
    # A file that cannot be read is told of, and stops no other.
    assert len(report.documents) + len(said) == ARTICLES
    return said


def undo_bulk(project: annotator.Project, folder: Path) -> None:
    project.undo()


def annotate_all(project: annotator.Project, folder: Path) -> None:
    project.annotate_all("Text", "claim")


def exported(name: str, format: str, **options: Any) -> Verb:
    """Make a verb of an export over an older one."""

    def verb(run: Run, armed: Guard) -> None:
        make_case(run.path)
        place = run.folder / "exports"
        place.mkdir()
        with annotator.open(run.path, annotator="ada") as project:
            project.export(place / name, format, **options)
            old = content_of(place)
            project.annotate(2, 0, 6, "claim", note="new")
            before = state_of(project)

            def work() -> None:
                with armed():
                    project.export(place / name, format, **options)

            run.attempt(work)
            held = content_of(place)
            assert isinstance(held, dict)
            got = {path: data for path, data in held.items() if not path.startswith(".")}
            if run.refusal:
                is_told = "of this export only" in run.refusal
                run.expect(got == old or is_told, f"refused ({run.refusal}), but the old export is changed")
            else:
                run.expect(got != old, "acknowledged, but the old export is still there")
                project.export(run.folder / name, format, **options)
                again = content_of(run.folder / name)
                held = content_of(place / name)
                if not options:
                    run.expect(held == again, "the export differs from one without a fault")
            expect_no_drafts(run, place)
            run.expect(state_of(project) == before, "an export changed the project")

    return verb


def expect_no_drafts(run: Run, place: Path) -> None:
    if run.fault is not None and run.fault.kind in {"remove", "read"}:
        # What cannot be removed now is removed when the process has ended.
        return
    left = [one.name for one in place.rglob("*") if one.name.startswith(".annotator-draft")]
    run.expect(not left, f"drafts are left: {left}")


def backup(run: Run, armed: Guard) -> None:
    from annotator.store.backup import backup_beside, backups_of

    make_case(run.path)
    with annotator.open(run.path, annotator="ada") as project:
        backup_beside(run.path)
        (old,) = backups_of(run.path)
        content = content_of(old)
        project.annotate(1, 0, 6, "claim", note="new")
        before = state_of(project)

        def work() -> None:
            with armed():
                backup_beside(run.path)

        run.attempt(work)
        if run.refusal:
            run.expect(content_of(old) == content, "refused, and the older backup is gone")
            run.expect(backups_of(run.path) == [old], f"refused, but there are {backups_of(run.path)}")
        else:
            made = backups_of(run.path)[-1]
            run.expect(made != old, "acknowledged, but there is no backup")
            run.expect_state(made, before, "the backup")
        run.expect(state_of(project) == before, "a backup changed the project")
        expect_no_drafts(run, run.folder)


def restore(run: Run, armed: Guard) -> None:
    from annotator.store.backup import backup as copy_whole
    from annotator.store.backup import backup_beside

    make_case(run.path)
    made_before = backup_beside(run.path)
    wanted = state_at(run.path)
    with annotator.open(run.path, annotator="ada") as project:
        project.annotate(1, 0, 6, "claim", note="new")
    before, backup_before = content_of(run.path), content_of(made_before)

    def work() -> Path:
        with armed():
            return copy_whole(made_before, run.path.with_name("case.restored.anno"))

    made = run.attempt(work)
    run.expect(content_of(run.path) == before, "the project was written to")
    run.expect(content_of(made_before) == backup_before, "the backup was written to")
    if made is None:
        others = [path.name for path in run.folder.glob("*.anno") if path not in {run.path, made_before}]
        run.expect(not others, f"refused ({run.refusal}), but there is {others}")
    else:
        run.expect_state(made, wanted, "what was restored")
    expect_no_drafts(run, run.folder)


def repair(run: Run, armed: Guard) -> None:
    from annotator.store.repair import repair as repair_file

    make_case(run.path)
    before, state = content_of(run.path), state_at(run.path)
    out = run.folder / "new.anno"

    def work() -> None:
        with armed():
            repair_file(run.path, out)

    run.attempt(work)
    run.expect(content_of(run.path) == before, "the damaged file was written to")
    run.expect(out.exists() is not bool(run.refusal), f"refused: {run.refusal!r}, and the new file: {out.exists()}")
    if out.exists():
        run.expect_state(out, {name: state[name] for name in ("documents", "annotations", "labels", "faults")}, "new")
    expect_no_drafts(run, run.folder)


def create(run: Run, armed: Guard) -> None:
    run.folder.joinpath("mine.txt").write_text("mine", encoding="utf-8")

    def work() -> None:
        with armed():
            project = annotator.create(run.path, annotator="ada")
        project.add_document("One", "A text.")
        project.close()

    run.attempt(work)
    if run.refusal and run.path.exists():
        run.expect(run.fault is not None and run.fault.kind == "remove", f"refused ({run.refusal}), but it is there")
    if not run.refusal:
        run.expect_state(run.path, {"documents": [(1, "One")], "faults": []}, "the new project")
    expect_no_drafts(run, run.folder)
    left = sorted(path.name for path in run.folder.iterdir() if not path.name.startswith(".annotator-"))
    if run.fault is None or not (run.fault.kind == "remove" or run.fault.from_then_on):
        run.expect(set(left) <= {"mine.txt", "case.anno"}, f"left over: {left}")
    if not run.path.exists():
        run.attempt(lambda: annotator.create(run.path).close())
        run.expect(run.path.exists(), f"it cannot be made afterwards: {run.refusal}")


def close(run: Run, armed: Guard) -> None:
    make_case(run.path)
    project = annotator.open(run.path, annotator="ada")
    project.annotate(1, 0, 6, "claim", note="the step")
    before = state_of(project)

    def work() -> None:
        with armed():
            project.close()

    run.attempt(work)
    run.expect(not run.refusal, f"closing was refused: {run.refusal}")
    run.expect_state(run.path, before, "after closing")
    with annotator.open(run.path) as again:
        run.expect(state_of(again) == before, "opened for writing again, it differs")
    left = sorted(path.name for path in run.folder.iterdir())
    run.expect(left == ["case.anno"], f"left over: {left}")


def opening(run: Run, armed: Guard) -> None:
    make_case(run.path)
    project = annotator.open(run.path, annotator="ada")
    project.annotate(1, 0, 6, "claim", note="the step")
    before = state_of(project)
    crashed = run.crashed_copy()
    project.close()

    def work() -> None:
        with armed():
            opened = annotator.open(crashed, annotator="ada")
        opened.close()

    run.attempt(work)
    run.expect_state(crashed, before, "after an opening")
    with annotator.open(crashed, annotator="ada") as again:
        run.expect(state_of(again) == before, "opened for writing, it differs")


def migrate(run: Run, armed: Guard) -> None:
    from annotator.store.backup import backups_of

    unpack(1, run.path)
    before = state_at(run.path)

    def work() -> None:
        with armed():
            opened = annotator.open(run.path)
        opened.close()

    run.attempt(work)
    run.expect_state(run.path, before, "after a migration")
    for made in backups_of(run.path):
        run.expect_state(made, before, "its backup")
    with annotator.open(run.path) as project:
        run.expect(state_of(project)["annotations"] == before["annotations"], "migrated, it differs")
    run.expect(bool(backups_of(run.path)) or VERSION == 1, "it was migrated without a backup")
    expect_no_drafts(run, run.folder)


def by_command(*words: str, changes: str = "") -> Verb:
    """Make a verb of a command: its exit code and what it prints must fit what was done. ``changes``: its target."""

    def verb(run: Run, armed: Guard) -> None:
        make_case(run.path)
        place = run.folder / "place"
        place.mkdir()
        (place / "in.txt").write_text(f"Title\n\n{TEXT}", encoding="utf-8")
        if "export" in words:
            (place / "out.jsonl").write_text("old", encoding="utf-8")
        target = run.folder / changes
        old, before = content_of(target), state_at(run.path)
        arguments = [word.replace("PLACE", str(place)).replace("CASE", str(run.path)) for word in words]
        said = io.StringIO()
        code = -1

        def work() -> None:
            nonlocal code
            with armed(), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                code = run_command(arguments)

        run.attempt(work)
        text = " ".join(said.getvalue().split())
        run.judge(text)
        if code == 0 or (code == Exit.PARTLY and "import" not in words):
            run.expect(content_of(target) != old, f"exit code {code}, and nothing was done")
        else:
            run.expect(len(text) > 10, f"exit code {code} without a word")
            if "import" in words:
                run.expect_state(run.path, before, f"exit code {code} ({text})")
            else:
                run.expect(content_of(target) == old, f"exit code {code}, but it was done: {text}")
        expect_no_drafts(run, run.folder)

    return verb


VERBS: dict[str, Verb] = {
    "annotate": in_project(annotate),
    "import": in_project(import_articles),
    "undo of a bulk change": in_project(undo_bulk),
    "annotate every occurrence": in_project(annotate_all),
    "export over a file": exported("out.jsonl", "jsonl"),
    "export over several files": exported("out.jsonl", "jsonl", split={"train": 0.5, "dev": 0.5}, card=True),
    "export over a folder": exported("corpus", "brat"),
    "backup": backup,
    "restore": restore,
    "repair": repair,
    "create": create,
    "close": close,
    "open after a crash": opening,
    "migrate": migrate,
    "command export": by_command("export", "CASE", "PLACE/out.jsonl", "--format", "jsonl", changes="place/out.jsonl"),
    "command import": by_command("import", "CASE", "PLACE/in.txt", changes="case.anno"),
    "command backup": by_command("backup", "CASE", "PLACE/copy.anno", changes="place/copy.anno"),
    "command new": by_command("new", "PLACE/new.anno", changes="place/new.anno"),
}
