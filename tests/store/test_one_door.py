"""One door for writes: whatever is done, undone and done again, the file holds what a plain model says it does."""

import copy
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import annotator
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.errors import DamagedProject, InvalidValue, ProjectError, ReadOnlyProject, StaleChange
from annotator.services.annotations import annotating
from annotator.services.documents import documents
from annotator.services.projects import projects
from annotator.services.sources import sources
from annotator.store.check import check
from annotator.store.project import Project

TEXT = "Der Minister sagte 😀 am Montag: „Wir prüfen das.“ — قال الوزير ذلك 👩‍👩‍👧 heute.\n" * 3
LABELS = ("claim", "speculation", "official statement")
NAMES = ("Ministry", "Vladimir Putin", "Xinhua", "an aide")


@dataclass
class State:
    """What the file should hold."""

    documents: dict[int, str] = field(default_factory=dict)
    trash: set[int] = field(default_factory=set)
    annotations: dict[int, dict[str, Any]] = field(default_factory=dict)
    relations: set[tuple[str, int, int]] = field(default_factory=set)
    sources: dict[str, str | None] = field(default_factory=dict)


class OneDoor(RuleBasedStateMachine):
    """Every verb against the model, with undo, redo and restarts in between."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="annotator-door-"))
        self.path = self.folder / "case.anno"
        self.project = annotator.create(self.path, annotator="ada")
        self.state = State()
        self.past: list[State] = []
        self.future: list[State] = []
        self.used: set[int] = set()
        self.texts = 0
        self.add_document()

    def step(self) -> State:
        """Keep the state for undo; what comes after an undo cannot be done again."""
        self.past.append(copy.deepcopy(self.state))
        self.future.clear()
        return self.state

    def live(self) -> list[int]:
        return sorted(set(self.state.documents) - self.state.trash)

    def shown(self) -> list[int]:
        return sorted(id for id, found in self.state.annotations.items() if found["document"] in self.live())

    @rule()
    def add_document(self) -> None:
        self.texts += 1
        document = self.project.add_document(f"Title {self.texts}", f"{TEXT}{self.texts}")
        self.step().documents[document.id] = document.title

    @precondition(lambda self: self.live())
    @rule(data=st.data(), label=st.sampled_from(LABELS), source=st.none() | st.sampled_from(NAMES))
    def annotate(self, data: st.DataObject, label: str, source: str | None) -> None:
        document = data.draw(st.sampled_from(self.live()))
        start = data.draw(st.integers(0, len(TEXT) - 2))
        end = data.draw(st.integers(start + 1, len(TEXT)))
        credibility = data.draw(st.none() | st.integers(1, 6))
        if not TEXT[start:end].strip():
            with pytest.raises(InvalidValue):
                self.project.annotate(document, start, end, label)
            return
        made = self.project.annotate(document, start, end, label, source=source, credibility=credibility)
        assert made.id not in self.used
        self.used.add(made.id)
        state = self.step()
        if source is not None:
            state.sources.setdefault(source, None)
        state.annotations[made.id] = {
            "document": document,
            "label": label,
            "quote": TEXT[start:end].strip(),
            "source": source or "",
            "credibility": credibility,
            "note": "",
        }

    @precondition(lambda self: self.shown())
    @rule(data=st.data(), note=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8))
    def update(self, data: st.DataObject, note: str) -> None:
        id = data.draw(st.sampled_from(self.shown()))
        label = data.draw(st.sampled_from(LABELS))
        held = self.state.annotations[id]
        changed = (held["note"], held["label"]) != (note.strip(), label)
        self.project.update(id, note=note, label=label)
        if changed:
            self.step().annotations[id].update(note=note.strip(), label=label)

    @precondition(lambda self: self.shown())
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(self.shown()))
        self.project.remove(id)
        state = self.step()
        del state.annotations[id]
        state.relations = {relation for relation in state.relations if id not in relation[1:]}

    @precondition(lambda self: len(self.shown()) > 1)
    @rule(data=st.data(), kind=st.sampled_from(["supports", "contradicts"]))
    def relate(self, data: st.DataObject, kind: str) -> None:
        one, other = data.draw(st.permutations(self.shown()))[:2]
        if (kind, one, other) in self.state.relations:
            with pytest.raises(InvalidValue):
                self.project.relate(one, kind, other)
            return
        self.project.relate(one, kind, other)
        self.step().relations.add((kind, one, other))

    @precondition(lambda self: self.state.sources)
    @rule(data=st.data(), letter=st.sampled_from("ABCDEF"))
    def assess(self, data: st.DataObject, letter: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.state.sources)))
        self.project.assess(name, letter)
        self.step().sources[name] = letter

    @precondition(lambda self: self.live())
    @rule(data=st.data())
    def trash(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(self.live()))
        self.project.trash(id)
        self.step().trash.add(id)

    @rule(count=st.integers(1, 6))
    def undo(self, count: int) -> None:
        for _ in range(count):
            title = self.project.undo()
            assert (title is None) == (not self.past)
            if self.past:
                self.future.append(self.state)
                self.state = self.past.pop()

    @rule(count=st.integers(1, 6))
    def redo(self, count: int) -> None:
        for _ in range(count):
            title = self.project.redo()
            assert (title is None) == (not self.future)
            if self.future:
                self.past.append(self.state)
                self.state = self.future.pop()

    @rule(name=st.sampled_from(["ada", "bob"]))
    def reopen(self, name: str) -> None:
        self.project.close()
        assert [entry.name for entry in self.folder.iterdir()] == ["case.anno"]
        self.project = annotator.open(self.path, annotator=name)

    @invariant()
    def holds_what_the_model_says(self) -> None:
        shown = {row.id: row.title for row in self.project.documents()}
        assert shown == {id: self.state.documents[id] for id in self.live()}
        held = {
            found.id: {
                "document": found.document_id,
                "label": found.label,
                "quote": found.quote,
                "source": found.source,
                "credibility": found.credibility,
                "note": found.note,
            }
            for found in self.project.annotations()
        }
        assert held == {id: self.state.annotations[id] for id in self.shown()}
        relations = {(found.kind, found.from_id, found.to_id) for found in self.project.relations()}
        assert relations == {found for found in self.state.relations if set(found[1:]) <= set(self.shown())}
        assert {found.name: found.reliability for found in self.project.sources()} == self.state.sources

    def teardown(self) -> None:
        with self.project._stored.raw_connection() as connection:
            assert list(check(connection)) == []
        while self.past:
            assert self.project.undo() is not None
            self.state = self.past.pop()
        self.holds_what_the_model_says()
        assert self.project.undo() is None
        with self.project._stored.raw_connection() as connection:
            assert list(check(connection)) == []
        self.project.close()
        assert [entry.name for entry in self.folder.iterdir()] == ["case.anno"]
        shutil.rmtree(self.folder)


TestOneDoor = OneDoor.TestCase
TestOneDoor.settings = settings(max_examples=10, stateful_step_count=25, deadline=None)


def contents(project: Project) -> dict[str, list[Any]]:
    """Every row of a project file, the counters of ids and the search index among them."""
    with project.raw_connection() as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: connection.execute(f'SELECT * FROM "{name}"').fetchall()
            for name in tables
            if name not in ("search_words", "search_trigrams")
        }


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = projects.create(tmp_path / "case.anno", annotator="ada")
    yield made
    made.close()


@pytest.fixture
def document(project: Project) -> int:
    values = {
        "uid": new_uid(),
        "title": "A title",
        "text_sha256": "0" * 64,
        "imported_at": now(),
    }
    (id,) = project.next_ids("document")
    project.apply(
        Change("Import", (Edit("document_text", id, None, {"text": TEXT}), Edit("document", id, None, values)))
    )
    return id


def annotate(project: Project, document: int, start: int = 0, end: int = 12) -> int:
    id, change = annotating.annotate(project, document, TEXT, [(start, end)], 1)
    project.apply(change)
    return id


def test_a_change_of_what_somebody_else_changed_is_refused(project: Project, document: int) -> None:
    id = annotate(project, document)
    seen = project.read.annotations.one(id)
    project.apply(annotating.update(project, seen, TEXT, credibility=2))
    before = contents(project)
    for change in (
        annotating.update(project, seen, TEXT, credibility=3),
        annotating.remove([seen], [], project),
        Change("Remove", (Edit("annotation", 99, {"note": ""}, None),)),
    ):
        with pytest.raises(StaleChange, match="changed or removed meanwhile"):
            project.apply(change)
        assert contents(project) == before


def test_a_refused_change_leaves_nothing(project: Project, document: int) -> None:
    id = annotate(project, document)
    before, number = contents(project), project.log_number
    (new,) = project.next_ids("document")
    good = (
        Edit("document_text", new, None, {"text": "Another text"}),
        Edit("document", new, None, {"uid": new_uid(), "title": "T", "text_sha256": "1" * 64, "imported_at": now()}),
        Edit("document", document, {"title": "A title"}, {"title": "Another"}),
    )
    for bad in (
        Edit("annotation", id, {"credibility": None}, {"credibility": 7}),
        Edit("annotation", id, {"credibility": None}, {"credibility": "two"}),
        Edit("annotation", id, {"label_id": 1}, {"label_id": 99}),
        Edit("annotation", id, {"quote": TEXT[:12]}, {"quote": "longer than its span"}),
        Edit("annotation", id, {"note": ""}, {"note": "\ud800"}),
        Edit("annotation", id, {"note": ""}, {"mood": "good"}),
        Edit("annotation", id, {"features": {}}, {"features": {"x": object()}}),
        Edit("annotation", id, None, {"uid": new_uid()}),
        Edit("label", 1, {"uid": "none of these"}, None),
        Edit("source", 1, None, {"uid": new_uid(), "name": "S", "kind": "rumour"}),
        Edit("source", 1, None, {"uid": new_uid(), "name": "", "kind": "person"}),
        Edit("source", 2**70, None, {"uid": new_uid(), "name": "S", "kind": "person"}),
        Edit("nothing", 1, None, {"a": 1}),
        Edit("change", 1, {"title": "Create the project"}, {"title": "Nothing happened"}),
    ):
        with pytest.raises((InvalidValue, StaleChange)) as refused:
            project.apply(Change("Much", (*good, bad)))
        assert "\n" not in str(refused.value).strip()
        assert contents(project) == before
        assert project.log_number == number
    project.apply(Change("Good", good))
    assert project.undo() == "Good"


def test_what_still_hangs_on_a_row_keeps_it(project: Project, document: int) -> None:
    id = annotate(project, document)
    source_id = sources.find_or_add(project, "Ministry")
    held = project.read.annotations.one(id)
    project.apply(annotating.update(project, held, TEXT, source_id=source_id))
    project.apply(documents.trash([document]))
    with pytest.raises(InvalidValue, match="1 annotations"):
        sources.remove(project, sources.get(project, source_id))
    with pytest.raises(InvalidValue, match="still needs it"):
        project.apply(Change("By hand", (Edit("source", source_id, {"name": "Ministry"}, None),)))


def test_removing_an_annotation_that_is_tied_to_one_in_the_trash(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno") as project:
        one, other = project.add_document("One", "One text."), project.add_document("Two", "Another text.")
        a, b = project.annotate(one, 0, 3, "claim"), project.annotate(other, 0, 7, "claim")
        project.relate(a, "supports", b)
        project.trash(other)
        project.remove(a)
        assert project.annotations() == []
        assert [project.undo(), project.undo()] == ["Remove the annotation", "Move to the trash"]
        assert len(project.relations()) == 1


def test_a_subscriber_that_raises_spoils_nothing(project: Project, document: int) -> None:
    told: list[str] = []

    def fail(change: Change) -> None:
        raise RuntimeError("a view failed")

    ends = [project.subscribe(fail), project.subscribe(lambda change: told.append(change.title))]
    with pytest.raises(RuntimeError, match="a view failed"):
        annotate(project, document)
    assert told == ["Annotate as claim"]
    with pytest.raises(RuntimeError):
        project.undo()
    ends[0]()
    assert project.redo() == "Annotate as claim"
    assert told == ["Annotate as claim"] * 3
    with project.raw_connection() as connection:
        assert len(list(project.read.annotations.all())) == 1
        assert [finding for finding in check(connection) if finding.kind != "text"] == []


def test_ids_are_never_used_again(project: Project, document: int) -> None:
    first = annotate(project, document)
    project.undo()
    second = annotate(project, document)
    assert second > first
    held = project.read.annotations.one(second)
    project.apply(annotating.remove([held], [], project))
    path = project.path
    project.close()
    with Project.open(path) as again:
        projects.enter(again, "ada")
        assert annotate(again, document) > second


def test_a_failed_change_gives_nobody_the_ids_of_another(project: Project, document: int) -> None:
    planned, change = annotating.annotate(project, document, TEXT, [(0, 3)], 1)
    with pytest.raises(StaleChange):
        project.apply(documents.trash([99]))
    other = annotate(project, document)
    assert other != planned
    project.apply(change)
    assert {found.id for found in project.read.annotations.all()} == {planned, other}


def test_undo_goes_back_over_restarts_and_not_over_the_making(project: Project, document: int) -> None:
    path = project.path
    for _ in range(30):
        annotate(project, document)
    project.close()
    with Project.open(path) as again:
        projects.enter(again, "bob")
        assert again.undo_title == "Annotate as claim"
        for _ in range(30):
            assert again.undo() == "Annotate as claim"
        assert again.undo() == "Import"
        assert again.undo() is None
        assert again.undo_title is None
    with Project.open(path) as again:
        assert again.redo() == "Import"
        for _ in range(30):
            assert again.redo() == "Annotate as claim"
        assert again.redo() is None
        assert again.redo_title is None
        assert len(list(again.read.annotations.all())) == 30
        assert "bob" in again.read.project.annotators()


def test_the_log_tells_when_it_was_altered(project: Project, document: int) -> None:
    annotate(project, document)
    path = project.path
    project.close()
    for statement in (
        "UPDATE change SET title = 'Nothing' WHERE number = 2",
        "DELETE FROM change WHERE number = 2",
        "UPDATE change SET edits = x'00' || edits WHERE number = 3",
        "UPDATE annotation SET credibility = 1",
        "DELETE FROM annotation",
    ):
        copied = path.with_name("copy.anno")
        shutil.copy(path, copied)
        connection = sqlite3.connect(copied, isolation_level=None)
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(statement)
        connection.close()
        with Project.open(copied, read_only=True) as opened, opened.raw_connection() as reader:
            assert [finding for finding in check(reader) if finding.kind == "log"], statement


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("DELETE FROM change", "change log"),
        ("DELETE FROM project", "project 1"),
        ("UPDATE project SET title = 'Another'", "project 1"),
        ("UPDATE label SET name = 'fact' WHERE id = 1", "label 1"),
        ("UPDATE document SET structure = '[1,2,]'", "document 1"),
        ("UPDATE document SET published_at = '1999-01-01'", "document 1"),
        ("INSERT INTO source (uid, name, kind, aliases, note) VALUES ('u', 'x', 'person', '[]', '')", "source 1"),
    ],
)
def test_check_compares_every_row_with_the_log(project: Project, document: int, statement: str, where: str) -> None:
    path = project.path
    project.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()
    with Project.open(path, read_only=True) as opened, opened.raw_connection() as connection:
        assert where in {finding.where for finding in check(connection) if finding.kind == "log"}


def test_a_project_without_its_row_is_damaged(project: Project) -> None:
    path = project.path
    project.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM project")
        connection.execute("DELETE FROM change")
        connection.commit()
    with Project.open(path, read_only=True) as opened, opened.raw_connection() as connection:
        with pytest.raises(DamagedProject, match="title"):
            opened.read.project.record()
        with pytest.raises(DamagedProject, match="log"):
            opened.read.log.times()


def test_a_closed_or_read_only_project_refuses(project: Project, document: int) -> None:
    path = project.path
    project.close()
    project.close()
    with pytest.raises(ProjectError, match="is closed"):
        annotate(project, document)
    with pytest.raises(ProjectError, match="is closed"):
        project.undo()
    with Project.open(path, read_only=True) as opened:
        before = contents(opened)
        with pytest.raises(ReadOnlyProject, match="reading only"):
            opened.apply(documents.trash([document]))
        with pytest.raises(ReadOnlyProject):
            opened.undo()
        assert contents(opened) == before
