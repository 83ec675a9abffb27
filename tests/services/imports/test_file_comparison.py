"""Collecting in what a file differs, without a project or a file."""

from typing import Any

import pytest

from annotator.domain.changes import Edit
from annotator.domain.records import LeftState, RemovedRow
from annotator.formats.base import IncomingState
from annotator.services.imports import file_comparison
from annotator.services.imports.differences import Comparison, Place
from annotator.services.imports.exchange_rows import Version, add_version
from annotator.services.imports.file_comparison import FileComparison
from annotator.store.queries.exchange_queries import GONE, IMPORT, Removal, RowEdit

OURS = {"uid": "a", "id": 1, "note": "old", "credibility": 2}
PLACE = Place(5, "Fire", 0, 3, "ada")


def removed(at: str = "2026-02-01", number: int = 8, *, is_taken: bool = False) -> Removal:
    return Removal(RemovedRow("annotation", "gone", at), number, is_taken)


def comparison(
    removal: Removal | None = None, *, update: bool = False, common: int = 0, **state: Any
) -> FileComparison:
    made = FileComparison(Comparison(), lambda: [removal] if removal else [], update=update)
    made.begin(IncomingState(exported_at="2026-03-01", **state), common)
    return made


def test_what_differs_waits_for_a_decision() -> None:
    made = comparison()
    made.compare("annotation", OURS, {**OURS, "note": "new"}, PLACE, "2026-02-02")
    made.compare("annotation", OURS, {**OURS, "credibility": 3}, PLACE)
    made.compare("annotation", OURS, dict(OURS), PLACE)
    made.compare("annotation", None, dict(OURS), PLACE)
    pending = made.take_pending()
    assert [[field.name for field in one.difference.fields] for one in pending] == [["note"], ["credibility"]]
    assert [one.changed_at for one in pending] == ["2026-02-02T00:00:00.000Z", "2026-03-01T00:00:00.000Z"]
    assert made.found.compared == 3 and made.take_pending() == []


def test_nothing_is_compared_between_files() -> None:
    made = comparison(removed(), is_whole=True)
    assert (made.is_on, made.is_whole, made.was_removed_here("annotation", "gone")) == (True, True, True)
    made.end()
    made.compare("annotation", OURS, {**OURS, "note": "new"})
    assert (made.is_on, made.is_whole, made.removed_there) == (False, False, ())
    assert made.found.compared == 0 and not made.is_kept_removed("annotation", "gone", "x", PLACE)


def test_it_is_full_where_many_rows_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_comparison, "_PENDING_ROWS", 1)
    made = comparison()
    assert not made.is_full()
    made.compare("annotation", OURS, {**OURS, "note": "new"})
    assert made.is_full()


def test_what_they_removed_is_not_missing() -> None:
    made = comparison(removed=(RemovedRow("annotation", "a", "2026-01-01"),))
    for uid in ("a", "b"):
        made.missing({"uid": uid, "document_id": 5}, "ada")
    assert [one.uid for one in made.found.missing] == ["b"] and made.found.missing_by == {"ada": 1}


@pytest.mark.parametrize("update", [False, True])
@pytest.mark.parametrize(
    ("changed_at", "undone", "removal", "side"),
    [
        ("2026-01-01", (), removed(), "ours"),
        ("2026-02-02", (), removed(), "theirs"),
        ("", (LeftState("gone", GONE, 9),), removed(is_taken=True), "theirs"),
        ("", (LeftState("gone", GONE, 9),), removed(number=5), "theirs"),
        ("", (LeftState("gone", GONE, 9),), removed(), "ours"),
        ("", (LeftState("gone", GONE, 4),), removed(number=5), "ours"),
    ],
    ids=["older", "changed later", "taken over and taken back", "common and taken back", "other", "left before"],
)
def test_what_was_removed_here_comes_back_only_where_that_is_newer(
    update: bool, changed_at: str, undone: tuple[LeftState, ...], removal: Removal, side: str
) -> None:
    made = comparison(removal, update=update, common=6, undone=undone)
    is_restored = update and side == "theirs"
    assert made.is_kept_removed("annotation", "gone", "claim: x", PLACE, changed_at) is not is_restored
    (listed,) = made.found.differences
    assert (listed.newer, listed.is_taken, listed.theirs, listed.document) == (side, is_restored, "claim: x", 5)
    assert made.was_removed_here("annotation", "gone") is not is_restored


def test_removals_are_asked_for_once_until_more_was_removed() -> None:
    asked: list[int] = []

    def removals() -> list[Removal]:
        asked.append(1)
        return []

    made = FileComparison(Comparison(), removals, update=False)
    made.begin(IncomingState(), 0)
    for _ in range(3):
        made.was_removed_here("annotation", "gone")
    made.forget_removals()
    made.was_removed_here("annotation", "gone")
    assert len(asked) == 2


def entry(number: int, before: Any, after: Any, title: str = "Change", kind: str = "do") -> RowEdit:
    return RowEdit(number, f"2026-01-0{number}", title, kind, Edit("annotation", 1, before, after))


def test_an_undo_takes_the_last_version_of_a_row_away() -> None:
    versions: list[Version] = []
    add_version(versions, entry(1, None, {"note": "a", "uid": "u"}, IMPORT))
    add_version(versions, entry(2, {"note": "a"}, {"note": "b"}))
    assert [(one.values["note"], one.is_taken) for one in versions] == [("a", True), ("b", False)]
    add_version(versions, entry(3, {"note": "b"}, {"note": "a"}, kind="undo"))
    assert [one.number for one in versions] == [1]
    add_version(versions, entry(4, {"note": "a", "uid": "u"}, None))
    add_version(versions, entry(5, None, {"note": "a", "uid": "u"}, kind="undo"))
    assert [one.number for one in versions] == [1]
