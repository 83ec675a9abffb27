"""Label Studio: units chosen by the words, several annotators, predictions, and what is said of regions and texts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.domain.errors import ImportRefused
from annotator.domain.records import LabelRecord
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Article, Corpus, Incoming, IncomingAnnotation, IncomingRelation, Refusal, Vocabulary
from annotator.formats.corpora.label_studio import label_studio

CorpusFrom = Callable[..., Corpus]
TEXT = "🚢 Ann met Bo 👩‍👩‍👧 there"


def read(tmp_path: Path, content: Any) -> list[Incoming]:
    path = tmp_path / "export.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return list(label_studio.read(path))


def region(words: str, label: str = "PER", text: str = TEXT, *, units: bool = True, **more: Any) -> dict[str, Any]:
    start = text.index(words)
    end = start + len(words)
    if units:
        start, end = (len(text[:place].encode("utf-16-le")) // 2 for place in (start, end))
    value = {"start": start, "end": end, "text": words, "labels": [label]}
    return {"id": words, "from_name": "label", "to_name": "text", "type": "labels", "value": value} | more


def task(*results: Any, text: str = TEXT, **more: Any) -> dict[str, Any]:
    return {"id": 1, "data": {"text": text}, "annotations": [{"completed_by": 3, "result": list(results)} | more]}


def articles(items: list[Incoming]) -> list[Article]:
    return [item for item in items if isinstance(item, Article)]


def reasons(items: list[Incoming]) -> list[tuple[str, str]]:
    return [(item.place, item.reason) for item in items if isinstance(item, Refusal)]


def quotes(article: Article) -> list[tuple[str, str]]:
    return [(found.label, found.fragments[0].of(article.text)) for found in article.annotations]


@pytest.mark.parametrize("units", [True, False])
def test_the_words_tell_what_offsets_count(tmp_path: Path, units: bool) -> None:
    found = [region(words, units=units) for words in ("🚢", "Ann", "👩‍👩‍👧", "there")]
    items = read(tmp_path, [task(*found)])
    assert reasons(items) == []
    assert [words for _, words in quotes(articles(items)[0])] == ["🚢", "Ann", "👩‍👩‍👧", "there"]
    assert {one.annotator for one in articles(items)[0].annotations} == {"Label Studio user 3"}


def test_without_words_offsets_count_utf_16(tmp_path: Path) -> None:
    found = region("Bo")
    del found["value"]["text"]
    assert quotes(articles(read(tmp_path, [task(found)]))[0]) == [("PER", "Bo")]


def test_words_elsewhere_are_left_to_the_importer_to_find(tmp_path: Path) -> None:
    moved = region("Ann")
    moved["value"] |= {"start": 900, "end": 903}
    (article,) = articles(read(tmp_path, [task(moved, region("Bo"))]))
    assert [found.quote for found in article.annotations] == ["Ann", ""]


def test_annotators_predictions_and_skipped_tasks(tmp_path: Path) -> None:
    content = {
        "data": {"text": TEXT, "title": "T", "section": "Ports"},
        "annotations": [
            {"completed_by": {"email": "bo@example.org", "id": 4}, "result": [region("Ann")], "ground_truth": True},
            {"completed_by": 5, "result": [region("Bo")], "created_at": "2026-01-02T03:04:05Z"},
            {"completed_by": 5, "result": [region("there")], "was_cancelled": True},
        ],
        "predictions": [{"model_version": "bert-7", "score": 0.5, "result": [region("Ann"), region("met", "V")]}, 17],
        "meta": {"batch": 2},
        "total_annotations": 2,
    }
    items = read(tmp_path, [content])
    (article,) = articles(items)
    made = [(found.annotator, found.created_by, found.features) for found in article.annotations]
    assert made == [
        ("bo@example.org", "", {"ground_truth": True}),
        ("Label Studio user 5", "", {}),
        ("bert-7", "bert-7", {"score": 0.5}),
        ("bert-7", "bert-7", {"score": 0.5}),
    ]
    assert len({found.uid for found in article.annotations}) == 4
    assert article.annotations[1].created_at == "2026-01-02T03:04:05Z"
    assert (article.title, article.facts) == ("T", {"section": "Ports", "meta": {"batch": 2}})
    assert reasons(items) == [("", "1 annotation of skipped tasks (was_cancelled) left out.")]


def test_what_is_said_of_regions_and_of_the_text(tmp_path: Path) -> None:
    results = [
        {"type": "relation", "from_id": "Ann", "to_id": "Bo", "direction": "left", "labels": ["meets"]},
        region("Ann", meta={"text": ["a note", "of two lines"]}, score=0.7),
        region("Bo"),
        {"id": "Ann", "from_name": "sure", "type": "rating", "value": {"start": 3, "end": 6, "rating": 4}},
        {"id": "Ann", "from_name": "kind", "type": "choices", "value": {"choices": ["a", "b"]}},
        {"id": "z", "from_name": "tone", "type": "choices", "value": {"choices": ["calm"]}},
        {"id": "y", "from_name": "said", "type": "textarea", "value": {"text": ["so"]}},
        {"type": "relation", "from_id": "Ann", "to_id": "nobody"},
    ]
    items = read(tmp_path, [task(*results)])
    (article,) = articles(items)
    ann, bo = article.annotations
    assert (ann.note, ann.features) == ("a note\nof two lines", {"score": 0.7, "sure": 4, "kind": ["a", "b"]})
    assert (article.facts["tone"], article.facts["id"]) == ("calm", 1)
    (tie,) = [item for item in items if isinstance(item, IncomingRelation)]
    assert (tie.kind, tie.from_uid, tie.to_uid) == ("meets", bo.uid, ann.uid)
    assert reasons(items) == [("task 1, result 8", "It relates a region that does not exist.")]


def test_json_min_one_task_and_lines(tmp_path: Path) -> None:
    value = region("Bo")["value"]
    row = {
        "id": 9,
        "text": TEXT,
        "label": [value],
        "tone": "calm",
        "annotator": 3,
        "annotation_id": 1,
        "lead_time": 2.5,
    }
    (article,) = articles(read(tmp_path, [row]))
    assert quotes(article) == [("PER", "Bo")]
    assert article.annotations[0].annotator == "Label Studio user 3"
    assert article.facts == {"id": 9, "tone": "calm", "lead_time": 2.5}
    assert registry.detect(tmp_path / "export.json").id == "labelstudio"
    single = task(region("Ann"))
    for count, content in enumerate((json.dumps(single, indent=2), f"{json.dumps(single)}\n{json.dumps(single)}\n"), 1):
        found = articles(read(tmp_path, content))
        assert {tuple(quotes(one)) for one in found} == {(("PER", "Ann"),)}
        assert registry.detect(tmp_path / "export.json").id == "labelstudio"
        assert len(found) == count


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ('{"data": {"text": "a\\u0000b"}}', "NUL"),
        ('{"data": {"text": "a\\ud800b"}}', "not JSON"),
        ('{"data": {"text": "ab", "n": NaN}}', "not JSON"),
        ('{"data": ' + "[" * 10_000 + "]" * 10_000 + "}", "nested too deeply"),
        ('{"data": {"image": 5}}', "has no text"),
        ("[1, 2]", "must be an object"),
        (json.dumps(task("odd")), "not an object"),
        (json.dumps(task({"type": "rectanglelabels", "value": {"x": 1}})), "labels no words"),
        (json.dumps(task({"type": "labels", "value": {"start": 2, "end": 2, "labels": ["A"]}})), "1-1"),
        (json.dumps(task({"type": "labels", "value": {"start": 5, "end": 2, "labels": ["A"]}})), "span"),
        (json.dumps(task({"type": "labels", "value": {"start": -4, "end": 2, "labels": ["A"]}})), "-4"),
        (json.dumps(task({"type": "labels", "value": {"start": 1, "end": 4, "labels": ["A"]}})), "inside a character"),
        (json.dumps(task({"type": "labels", "value": {"start": "x", "end": 4, "labels": ["A"]}})), "whole numbers"),
        (json.dumps(task({"type": "labels", "value": {"start": 2, "end": 4, "labels": [3]}})), "not a text"),
        (json.dumps(task({"type": "labels", "value": {"start": 2, "end": 4, "labels": [" "]}})), "empty"),
    ],
)
def test_hostile_tasks(tmp_path: Path, record: str, reason: str) -> None:
    items = read(tmp_path, f"[{record}, {json.dumps(task(region('Ann')))}]")
    ((place, said),) = reasons(items)
    assert place.startswith("task 1")
    assert reason in said
    assert quotes(articles(items)[-1]) == [("PER", "Ann")]


def test_files_without_tasks(tmp_path: Path) -> None:
    for content in ("[]", "[1, 2]", '"text"'):
        with pytest.raises(ImportRefused, match="holds no task"):
            read(tmp_path, content)
    items = read(tmp_path, f"[{json.dumps(task(region('Ann')))}, {{")
    assert len(articles(items)) == 1
    assert [place for place, _ in reasons(items)] == ["task 2"]


def test_the_interface_beside_the_tasks(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    label = LabelRecord(0, 'a "claim" <x>', "C", "#0072B2", 2, "What is claimed.", 1)
    article = Article("T", TEXT, annotations=(IncomingAnnotation("other", (Span(2, 5),), uid="u"),))
    label_studio.write(corpus_from([Vocabulary((label,)), article]), tmp_path)
    items = list(label_studio.read(tmp_path / "tasks.json"))
    (vocabulary,) = [item for item in items if isinstance(item, Vocabulary)]
    assert [(one.name, one.color, one.key, one.description) for one in vocabulary.labels] == [
        ('a "claim" <x>', "#0072B2", 2, "What is claimed."),
        ("other", "", None, ""),
    ]
    assert registry.whole_of(tmp_path / "config.xml") == tmp_path / "tasks.json"
    bomb = '<!DOCTYPE a [<!ENTITY b "c">]><View><Labels><Label value="&b;"/></Labels></View>'
    (tmp_path / "config.xml").write_text(bomb, encoding="utf-8")
    assert not [item for item in label_studio.read(tmp_path / "tasks.json") if isinstance(item, Vocabulary)]


def test_what_a_model_made_stays_apart(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    annotations = (
        IncomingAnnotation("A", (Span(2, 5),), uid="u1", annotator="ada"),
        IncomingAnnotation("A", (Span(2, 5),), uid="u2", annotator="bert-7", created_by="bert-7"),
        IncomingAnnotation("A", (Span(6, 9),), uid="u3", annotator="ada", created_by="bert-7"),
        IncomingAnnotation("A", (Span(6, 9),), uid="u4", annotator="bo", features={"ground_truth": True}),
    )
    tie = IncomingRelation("repeats", "u1", "u2", note="why", uid="t")
    label_studio.write(corpus_from([Article("T", TEXT, annotations=annotations), tie]), tmp_path)
    (written,) = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    assert [(len(one["result"]), one["ground_truth"]) for one in written["annotations"]] == [(2, False), (1, True)]
    assert [(one["model_version"], len(one["result"])) for one in written["predictions"]] == [("bert-7", 1)]
    items = list(label_studio.read(tmp_path / "tasks.json"))
    again = {found.uid: found for found in articles(items)[0].annotations}
    assert {uid: (one.annotator, one.created_by) for uid, one in again.items()} == {
        "u1": ("ada", ""),
        "u2": ("bert-7", "bert-7"),
        "u3": ("ada", "bert-7"),
        "u4": ("bo", ""),
    }
    (found,) = [item for item in items if isinstance(item, IncomingRelation)]
    assert (found.kind, found.from_uid, found.to_uid, found.note) == ("repeats", "u1", "u2", "why")


PIECES = st.sampled_from(["word ", "👩‍👩‍👧", "𝔘", "é", "مرحبا ", "总统", "\u2028", "\n", "\\n", '"', "\\", "\x85"])


@settings(max_examples=30)
@given(pieces=st.lists(PIECES, min_size=1, max_size=15), data=st.data())
def test_any_span_of_any_text(
    corpus_from: CorpusFrom, tmp_path_factory: pytest.TempPathFactory, pieces: list[str], data: st.DataObject
) -> None:
    text = f"x{''.join(pieces)}"
    cuts = st.sets(st.integers(0, len(text)), min_size=2, max_size=6).map(sorted)
    apart = cuts.map(lambda cut: tuple(Span(*pair) for pair in zip(cut[::2], cut[1::2], strict=False)))
    annotations = tuple(
        IncomingAnnotation("claim", fragments, uid=f"u{number}", note=f"n{number}")
        for number, fragments in enumerate(data.draw(st.lists(apart, max_size=5)))
    )
    path = tmp_path_factory.mktemp("labelstudio")
    label_studio.write(corpus_from([Article("T", text, uid="d1", annotations=annotations)]), path)
    (written,) = json.loads((path / "tasks.json").read_text(encoding="utf-8"))
    encoded = text.encode("utf-16-le")
    results = [one["value"] for group in written["annotations"] for one in group["result"]]
    assert all(encoded[2 * one["start"] : 2 * one["end"]].decode("utf-16-le") == one["text"] for one in results)
    (again,) = articles(list(label_studio.read(path / "tasks.json")))
    assert again.text == text
    key = [(found.uid, found.label, found.fragments, found.note) for found in annotations]
    assert [(found.uid, found.label, found.fragments, found.note) for found in again.annotations] == key
