"""What a process does until it is killed, and what must be there afterwards.

Each verb works on a copy of a folder that was made once. It tells what was done by ``done(WORDS)``: from then on it is
acknowledged, and must be there however soon the process ends.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.verbs import TEXT, make_case, state_of
from tests.store.migrations.version_files import unpack

import annotator
from annotator.services.imports import importing

Done = Callable[[str], None]
"""Acknowledge something."""

NAME = "case.anno"


class Verb(NamedTuple):
    """``make``: the folder as it is before. ``act``: what is done in it. ``problems``: what is wrong afterwards.

    ``problems`` gets the folder, the folder of a run that was not killed, and what was acknowledged.
    """

    make: Callable[[Path], None]
    act: Callable[[Path, Done], None]
    problems: Callable[[Path, Path, Sequence[str]], list[str]]


def simple_case(folder: Path) -> None:
    make_case(folder / NAME)
    (folder / "in").mkdir()
    for number in range(8):
        text = f"Article {number}\n\n{TEXT}{number}"
        (folder / "in" / f"{number}.txt").write_text(text, encoding="utf-8")


def state(folder: Path, name: str = NAME) -> dict[str, Any]:
    """Open a project for writing, as a user would, and return what it holds."""
    with annotator.open(folder / name, annotator="ada") as project:
        return state_of(project)


# --- one project ------------------------------------------------------------------------------------------------------


def annotate(folder: Path, done: Done) -> None:
    with annotator.open(folder / NAME, annotator="ada") as project:
        for number in range(12):
            made = project.annotate(2, number, number + 3, "claim", note=f"killed {number}", source=f"Source {number}")
            done(str(made.id))
    done("closed")


def annotated(folder: Path, whole: Path, told: Sequence[str]) -> list[str]:
    got = {str(id) for id, _, _, note in state(folder)["annotations"] if note.startswith("killed")}
    acknowledged = {word for word in told if word.isdigit()}
    problems = [f"lost: {sorted(acknowledged - got)}"] if acknowledged - got else []
    return problems + ([f"too many: {len(got)}"] if len(got) > len(acknowledged) + 1 else [])


def import_articles(folder: Path, done: Done) -> None:
    with annotator.open(folder / NAME, annotator="ada") as project:
        importing.import_files(project._stored, [folder / "in"], chunk=4_000)
        done("imported")
    done("closed")


def imported(folder: Path, whole: Path, told: Sequence[str]) -> list[str]:
    got, wanted = state(folder), state(whole)
    if told and len(got["documents"]) != len(wanted["documents"]):
        return [f"acknowledged, but there are {len(got['documents'])} documents"]
    with annotator.open(folder / NAME, annotator="ada") as project:
        before = len(project.documents())
        # The same import again goes on where the killed one ended.
        project.import_files([folder / "in"])
        after = len(project.documents())
    return [] if after == len(wanted["documents"]) else [f"{before} documents, and after the same import {after}"]


def undo_and_redo(folder: Path, done: Done) -> None:
    with annotator.open(folder / NAME, annotator="ada") as project:
        for number in range(3):
            project.undo()
            done(f"undone {number}")
            project.redo()
            done(f"redone {number}")
    done("closed")


def undone_or_redone(folder: Path, whole: Path, told: Sequence[str]) -> list[str]:
    got, wanted = len(state(folder)["annotations"]), len(state(whole)["annotations"])
    steps = [word for word in told if word != "closed"]
    if not steps:
        return [] if got in {10, wanted} else [f"{got} annotations"]
    last_is_undo = steps[-1].startswith("undone")
    allowed = {10 if last_is_undo else wanted}
    if "closed" not in told:
        allowed = {10, wanted}
    return [] if got in allowed else [f"{got} annotations after {steps[-1]}, and not one of {allowed}"]


def close_only(folder: Path, done: Done) -> None:
    project = annotator.open(folder / NAME, annotator="ada")
    project.annotate(1, 0, 6, "claim", note="killed 0")
    project.annotate_all("Text", "claim")
    done("1")
    project.close()
    done("closed")


def closed(folder: Path, whole: Path, told: Sequence[str]) -> list[str]:
    if not told:
        state(folder)
        return []
    got, wanted = state(folder)["annotations"], state(whole)["annotations"]
    return [] if got == wanted else [f"lost: {len(got)} annotations, and not {len(wanted)}"]


def migrating(version: int) -> Verb:
    def migrate(folder: Path, done: Done) -> None:
        annotator.open(folder / NAME).close()
        done("migrated")

    def migrated(folder: Path, whole: Path, told: Sequence[str]) -> list[str]:
        from annotator.store.backup import backups_of

        wanted = state(whole)
        got = state(folder)
        problems = [name for name in wanted if got[name] != wanted[name]]
        for made in backups_of(folder / NAME):
            with annotator.open(made, read_only=True) as project:
                problems += [f"{name} of {made.name}" for name in wanted if state_of(project)[name] != wanted[name]]
        if not backups_of(folder / NAME):
            problems.append("no backup")
        return problems

    def make(folder: Path) -> None:
        unpack(version, folder / NAME)

    return Verb(make, migrate, migrated)


# --- other files ------------------------------------------------------------------------------------------------------


def digest(path: Path) -> str:
    """Return what a file, or a folder with its names, holds."""
    if not path.exists():
        return "nothing"
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    found = hashlib.sha256()
    for one in files:
        found.update(one.relative_to(path.parent).as_posix().encode() + b"\0" + one.read_bytes())
    return found.hexdigest()


def exporting(name: str, format: str) -> Verb:
    def make(folder: Path) -> None:
        simple_case(folder)
        with annotator.open(folder / NAME, annotator="ada") as project:
            project.export(folder / name, format)
            project.annotate(2, 0, 6, "claim", note="new")
            project.add_document("Third", TEXT + "third")
        (folder / "old").write_text(digest(folder / name), encoding="utf-8")

    def export(folder: Path, done: Done) -> None:
        with annotator.open(folder / NAME, annotator="ada") as project:
            project.export(folder / name, format)
            done("exported")

    def exported(folder: Path, whole: Path, told: Sequence[str]) -> list[str]:
        old, new, got = (folder / "old").read_text(encoding="utf-8"), digest(whole / name), digest(folder / name)
        state(folder)
        if told:
            return [] if got == new else ["acknowledged, but it is not the new export"]
        return [] if got in {old, new} else [f"neither the old nor the new export: {got}"]

    return Verb(make, export, exported)


def back_up(folder: Path, done: Done) -> None:
    from annotator.store.backup import backup_beside

    with annotator.open(folder / NAME, annotator="ada") as project:
        project.annotate(1, 0, 6, "claim", note="killed 0")
        made = backup_beside(folder / NAME)
        done(made.name)


def backed_up(folder: Path, whole: Path, told: Sequence[str]) -> list[str]:
    from annotator.store.backup import backups_of

    wanted = state(whole)["annotations"]
    problems = []
    for made in backups_of(folder / NAME):
        with annotator.open(made, read_only=True) as project:
            if state_of(project)["annotations"] != wanted:
                problems.append(f"{made.name} is not whole")
    if told and told[0] not in [made.name for made in backups_of(folder / NAME)]:
        problems.append("acknowledged, but there is no backup")
    state(folder)
    return problems


def with_a_backup(folder: Path) -> None:
    from annotator.store.backup import backup_beside

    simple_case(folder)
    backup_beside(folder / NAME)
    with annotator.open(folder / NAME, annotator="ada") as project:
        project.annotate(1, 0, 6, "claim", note="new")


def restore(folder: Path, done: Done) -> None:
    from annotator.store.backup import backup as copy_whole
    from annotator.store.backup import backups_of

    done(copy_whole(backups_of(folder / NAME)[-1], folder / "case.restored.anno").name)


def restored(folder: Path, whole: Path, told: Sequence[str]) -> list[str]:
    from annotator.store.backup import backups_of

    newest = backups_of(folder / NAME)[-1].name
    wanted = state(folder, newest)
    made = [path.name for path in folder.glob("*.anno") if path.name not in {NAME, newest}]
    problems = [f"{name} is not whole" for name in made if state(folder, name) != wanted]
    problems += ["acknowledged, but it is not there"] if told and told[0] not in made else []
    return problems + ([] if len(state(folder)["annotations"]) == len(wanted["annotations"]) + 1 else ["lost"])


def repair(folder: Path, done: Done) -> None:
    from annotator.store.repair import repair as repair_file

    repair_file(folder / NAME, folder / "new.anno")
    done("repaired")


def create(folder: Path, done: Done) -> None:
    annotator.create(folder / "new.anno", annotator="ada").close()
    done("created")


def new_is_whole_or_missing(folder: Path, whole: Path, told: Sequence[str]) -> list[str]:
    wanted = state(whole, "new.anno")
    problems = []
    if (folder / "new.anno").exists():
        got = state(folder, "new.anno")
        problems = [name for name in ("documents", "annotations", "faults") if got[name] != wanted[name]]
    elif told:
        problems.append("acknowledged, but it is not there")
    state(folder)
    if not (folder / "new.anno").exists():
        # Tried again, it works, and takes away what is left of a lock.
        annotator.create(folder / "new.anno").close()
    return problems


def trained(folder: Path) -> None:
    from tests.nlp.trained.harbour_reports import harbour

    from annotator.nlp.trained.training import train as train_model

    simple_case(folder)
    for name, count in (("model", 8), ("other", 6)):
        model = train_model(
            harbour(count), name=name, made_at="2026-11-27T10:00:00Z", progress=lambda *_: None, parsed=False
        )
        model.save(folder / name)


def train(folder: Path, done: Done) -> None:
    from annotator.nlp.trained.model import Model

    Model.load(folder / "other").save(folder / "model")
    done("trained")


def model_is_whole(folder: Path, whole: Path, told: Sequence[str]) -> list[str]:
    from annotator.nlp.trained.model import card_of

    name = card_of(folder / "model").name
    state(folder)
    return [] if name in ({"other"} if told else {"model", "other"}) else [f"the model is {name}"]


VERBS: dict[str, Verb] = {
    "annotate": Verb(simple_case, annotate, annotated),
    "import": Verb(simple_case, import_articles, imported),
    "undo and redo": Verb(simple_case, undo_and_redo, undone_or_redone),
    "close": Verb(simple_case, close_only, closed),
    "export over a file": exporting("out.jsonl", "jsonl"),
    "export over a folder": exporting("corpus", "brat"),
    "migrate from 1": migrating(1),
    "migrate from 4": migrating(4),
    "backup": Verb(simple_case, back_up, backed_up),
    "restore": Verb(with_a_backup, restore, restored),
    "repair": Verb(simple_case, repair, new_is_whole_or_missing),
    "create": Verb(simple_case, create, new_is_whole_or_missing),
    "train": Verb(trained, train, model_is_whole),
}
