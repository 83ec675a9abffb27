"""Splits: no near-duplicate on two sides, shares met as well as groups permit, and the same split each time."""

import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import annotator
from annotator.domain.analysis import near_duplicates as near_duplicates_module
from annotator.domain.analysis.near_duplicates import near_duplicates
from annotator.domain.analysis.union_find import UnionFind
from annotator.services.exports.splitting import Member, Split, split_members

SHARES = {"train": 0.8, "dev": 0.1, "test": 0.1}


def article(seed: int, words: int = 200) -> list[str]:
    chance = random.Random(seed)
    return [f"w{int(20_000 * chance.random() ** 2)}" for _ in range(words)]


def pairs_of(texts: Sequence[str]) -> list[tuple[int, int]]:
    return list(near_duplicates(lambda: enumerate(texts), texts.__getitem__, len(texts)))


def joined(texts: Sequence[str]) -> list[set[int]]:
    connected = UnionFind()
    for one, other in pairs_of(texts):
        connected.union(str(one), str(other))
    groups: dict[str, set[int]] = {}
    for number in range(len(texts)):
        groups.setdefault(connected.find(str(number)), set()).add(number)
    return sorted((group for group in groups.values() if len(group) > 1), key=min)


def distributed(texts: Sequence[str], labels: Sequence[Mapping[str, int]], **options: Any) -> Split:
    members = [Member(number, f"u{number}", f"Title {number}", "", "", given) for number, given in enumerate(labels)]
    return split_members(members, lambda: enumerate(texts), texts.__getitem__, SHARES, **options)


def test_near_duplicates_are_found_and_nothing_else() -> None:
    texts = [" ".join(article(number)) for number in range(60)]
    words = article(3)
    texts.append(" ".join([*words[:100], "changed", *words[101:]]))
    texts.append(" ".join(words).upper().replace(" ", "  \n").replace("W9", "“W9"))
    half = article(5)
    texts.append(" ".join(half[:100] + article(999, 100)))
    assert joined(texts) == [{3, 60, 61}]


def test_nothing_is_near_to_no_words() -> None:
    assert pairs_of([]) == []
    assert pairs_of(["", "—", ""]) == []


def test_texts_of_any_script() -> None:
    chinese = "".join(chr(0x4E00 + random.Random(1).randrange(3000) + step) for step in range(300))
    arabic = "قال الوزير إن الغاز سوف يتدفق قريبا إلى جميع المدن"
    texts = [chinese, "x" + chinese[2:], arabic, f"{arabic}.", "Gas deal", "gas deal!", "😀", "", "", " \n"]
    assert joined(texts) == [
        {0, 1},
        {2, 3},
        {4, 5},
    ]


def test_a_pair_is_verified_on_its_whole_text() -> None:
    """Two of a hundred pairs just below the threshold look alike by their signatures; none may be joined."""
    texts = []
    for number in range(150):
        shared = article(number, 120)
        texts += [" ".join(shared + article(1000 + number, 80)), " ".join(shared + article(5000 + number, 80))]
    assert pairs_of(texts) == []


def test_crowds_take_no_longer_and_are_tied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bulletins that are all alike are one group; texts that share much, but not half, are not all compared."""
    monkeypatch.setattr(near_duplicates_module, "_MAX_BUCKET", 20)
    bulletin = article(1)
    alike = [" ".join([*bulletin[:-10], *article(number, 10)]) for number in range(2, 302)]
    assert joined(alike) == [set(range(300))]
    looked_at = 0

    def text_of(number: int) -> str:
        nonlocal looked_at
        looked_at += 1
        return boiler[number]

    monkeypatch.setattr(near_duplicates_module, "_KEPT_TEXTS", 0)
    boiler = [" ".join(bulletin[:125] + article(number, 75)) for number in range(2, 302)]
    assert list(near_duplicates(lambda: enumerate(boiler), text_of, 300)) == []
    assert looked_at < 300 * 299 / 4


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_ties(pairs: list[tuple[int, int]]) -> None:
    connected = UnionFind()
    groups = [{number} for number in range(10)]
    for one, other in pairs:
        connected.union(str(one), str(other))
        together = groups[one] | groups[other]
        for number in together:
            groups[number] = together
    assert all(
        (connected.find(str(one)) == connected.find(str(other))) == (other in groups[one])
        for one in range(10)
        for other in range(10)
    )


def test_shares_of_labels_are_met() -> None:
    chance = random.Random(4)
    labels = [
        {"claim": chance.randrange(4), "speculation": chance.randrange(2), "rare": int(number % 20 == 0)}
        for number in range(400)
    ]
    found = distributed([" ".join(article(number, 30)) for number in range(400)], labels)
    for label in ("claim", "speculation", "rare"):
        whole = sum(given[label] for given in labels)
        for part, share in SHARES.items():
            own = sum(labels[number][label] for number in found.parts[part])
            assert abs(own / whole - share) < 0.02, (label, part)
    assert [len(part) for part in found.parts.values()] == pytest.approx([320, 40, 40], abs=8)
    assert sorted(number for part in found.parts.values() for number in part) == list(range(400))
    assert [line.split(":")[0] for line in found.lines] == ["Part train", "Part dev", "Part test"]


@settings(max_examples=30)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=40), st.integers(0, 3))
def test_near_duplicates_never_fall_apart(stories: list[int], seed: int) -> None:
    texts = [" ".join([*article(story, 60), f"extra{number}"]) for number, story in enumerate(stories)]
    found = distributed(texts, [{} for _ in stories], seed=seed)
    place = {number: part for part, numbers in found.parts.items() for number in numbers}
    assert len(place) == len(stories)
    for one, story in enumerate(stories):
        assert {place[other] for other, its in enumerate(stories) if its == story} == {place[one]}


def test_joined_documents_are_reported() -> None:
    texts = [" ".join(article(number % 3)) for number in range(6)]
    found = distributed(texts, [{}] * 6)
    assert (found.duplicates, found.joined) == (6, 3)
    assert found.lines[0] == "6 documents kept in the parts of their near-duplicates"
    assert found.lines[1] == "3 groups distributed, 3 of them of more than one document"
    empty = distributed([texts[0]] * 3, [{}] * 3)
    assert empty.parts == {"train": [0, 1, 2], "dev": [], "test": []}
    assert "Part dev is empty: there are too few groups to distribute" in empty.lines


def test_seeds() -> None:
    texts = [" ".join(article(number, 30)) for number in range(40)]
    splits = [distributed(texts, [{}] * 40, seed=seed).parts for seed in (1, 1, 2)]
    assert splits[0] == splits[1] != splits[2]


def test_the_same_split_in_any_process() -> None:
    script = (
        "from tests.services.exports.test_splitting import *\n"
        "labels = [{'a': n % 3, 'b': n % 2} for n in range(60)]\n"
        "print(distributed([' '.join(article(n % 30, 40)) for n in range(60)], labels))"
    )
    root = Path(__file__).resolve().parents[3]
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1 and answers.pop().startswith("Split(")


def test_stories_and_versions_stay_together(tmp_path: Path) -> None:
    """Grouped by story, one title is one story; a version stays with the earlier text whatever is grouped by."""
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        for number in range(8):
            title = "The same, title" if number in (2, 6) else f"Title {number}"
            project.add_document(title, " ".join(article(number, 80)))
        rows = project.documents()
        split = {"a": 0.5, "b": 0.5}

        def sides(group_by: str) -> list[bool]:
            found = []
            for seed in range(8):
                report = project.export(tmp_path / "c.jsonl", split=split, group_by=group_by, seed=seed)
                text = next(iter(report.written)).read_text(encoding="utf-8")
                found.append((rows_text[2] in text) == (rows_text[6] in text))
            return found

        rows_text = [project.document(row.id).text for row in rows]
        assert all(sides("story"))
        assert not all(sides("document"))
