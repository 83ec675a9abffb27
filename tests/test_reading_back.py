"""What the Python interface says where a change is saved, but what it made cannot be read back to be returned."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import annotator
from annotator.domain.changes import Change
from annotator.domain.errors import ProjectError, SavedButUnreadable
from annotator.store.project import Project as StoredProject
from annotator.store.read_connections import ReadConnections

TEXT = "The minister said that the bridge had been closed. The ministry denied that it was unsafe."


def import_files(project: annotator.Project) -> Any:
    article = project.path.with_name("article.txt")
    article.write_text("A title\n\nA text.", encoding="utf-8")
    return project.import_files(article)


WRITES: dict[str, Callable[[annotator.Project], Any]] = {
    "import_files": import_files,
    "add_document": lambda project: project.add_document("Other", "Another text."),
    "annotate": lambda project: project.annotate(1, 0, 12, "claim", source="Somebody"),
    "update": lambda project: project.update(1, note="new"),
    "add_label": lambda project: project.add_label("new"),
    "update_label": lambda project: project.update_label("claim", description="new"),
    "rename_label": lambda project: project.rename_label("claim", "new"),
    "place_label": lambda project: project.place_label("claim", under="speculation"),
    "add_source": lambda project: project.add_source("new"),
    "merge_sources": lambda project: project.merge_sources("Minister", "Ministry"),
    "assess": lambda project: project.assess("Ministry", "B"),
    "accept": lambda project: project.accept(project.suggestions()[0]),
    "add_claim": lambda project: project.add_claim("New.", [1]),
    "state": lambda project: project.state(1, [2]),
    "resolve": lambda project: project.resolve(1, "confirmed", evidence="seen"),
    "link": lambda project: project.link(1, "new"),
}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        project.add_document("Title", TEXT)
        project.suggest()
        project.annotate(1, 0, 3, "claim", source="Minister")
        project.annotate(1, 51, 54, "claim", source="Ministry")
        project.add_claim("The bridge is closed.", [1])
        yield project


@pytest.mark.parametrize("write", WRITES)
def test_a_saved_change_that_cannot_be_read_back(
    project: annotator.Project, write: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = project.seal.number
    is_written = False
    apply, connection = StoredProject.apply, vars(ReadConnections)["connection"]

    def applied(stored: StoredProject, change: Change, *rest: Any) -> None:
        nonlocal is_written
        apply(stored, change, *rest)
        is_written = is_written or bool(change.edits)

    def refused(connections: ReadConnections) -> Any:
        if is_written:
            raise ProjectError("It cannot be read, because the disk reports an error: nothing was changed.")
        return connection.fget(connections)

    with monkeypatch.context() as failing:
        failing.setattr(StoredProject, "apply", applied)
        failing.setattr(ReadConnections, "connection", property(refused))
        with pytest.raises(SavedButUnreadable) as raised:
            WRITES[write](project)
    assert "is saved in case.anno" in str(raised.value) and "nothing was changed" not in str(raised.value)
    assert project.seal.number == before + 1, "in one entry of the log"


def test_every_method_that_writes_and_returns_what_it_made_is_tried() -> None:
    """Those that write in another way return numbers or titles, which they know without reading."""
    returned = {"annotate_all", "merge_labels", "split_label", "accept_all", "undo", "redo", "carry_over", "suggest"}
    returned |= {"import_annotations", "train", "export", "report", "evaluate"}
    methods = {
        name for name, one in inspect.getmembers(annotator.Project) if callable(one) and not name.startswith("_")
    }
    readers = {"documents", "document", "annotations", "annotation", "labels", "label_counts", "sources", "relations"}
    readers |= {"suggestions", "claims", "chain", "corroboration", "circular_reports", "suggested_claims", "search"}
    readers |= {"track_record", "alike_sources", "stats", "continues_from"}
    nothing = {
        "trash",
        "remove",
        "relate",
        "remove_label",
        "reject",
        "close",
        "verify_file",
        "checkpoint",
        "save_rescue",
    }
    assert methods - readers - returned - nothing == set(WRITES)
