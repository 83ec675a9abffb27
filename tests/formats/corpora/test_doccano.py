"""doccano's JSON Lines: both forms are read, ours comes back whole, and no bad span takes a line with it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.domain.errors import ImportRefused
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Article, Corpus, Incoming, IncomingAnnotation, IncomingRelation, Refusal
from annotator.formats.corpora import doccano

CorpusFrom = Callable[..., Corpus]


def read(tmp_path: Path, *lines: Any) -> list[Incoming]:
    path = tmp_path / "a.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return list(doccano.read(path))


def articles(items: list[Incoming]) -> list[Article]:
    return [item for item in items if isinstance(item, Article)]


def refusals(items: list[Incoming]) -> list[tuple[str, str]]:
    return [(item.place, item.reason) for item in items if isinstance(item, Refusal)]


def places(article: Article) -> list[tuple[str, tuple[Span, ...]]]:
    return [(found.label, found.fragments) for found in article.annotations]


def test_files_of_doccano_itself(shared: Path) -> None:
    folder = shared / "fixtures" / "doccano"
    items = list(doccano.read(folder / "example.jsonl"))
    assert [(found.text, len(found.annotations)) for found in articles(items)] == [("exampleA", 1), ("exampleB", 0)]
    assert articles(items)[0].facts == {"meta": {"wikiPageID": 1}}
    assert refusals(items) == [("line 3", "The line has no text.")]
    (article,) = articles(list(doccano.read(folder / "example_overlapping.jsonl")))
    assert places(article) == [("LOC", ((0, 1),)), ("LOC", ((0, 1),))]
    for name in ("example.jsonl", "example_overlapping.jsonl"):
        assert registry.detect(folder / name).id == "doccano"


def test_the_form_with_relations(tmp_path: Path) -> None:
    line = {
        "id": 7,
        "text": "Ann met Bo 🚢 there",
        "wikiPageID": 3,
        "entities": [
            {"id": 11, "label": "PER", "start_offset": 0, "end_offset": 3},
            {"id": 12, "label": "PER", "start_offset": 8, "end_offset": 10},
            {"id": 13, "label": "SHIP", "start_offset": 11, "end_offset": 12, "sure": 0.5},
        ],
        "relations": [
            {"id": 1, "from_id": 11, "to_id": 12, "type": "meets"},
            {"id": 2, "from_id": 11, "to_id": 99, "type": "meets"},
        ],
        "Comments": [],
        "cats": ["news"],
    }
    items = read(tmp_path, line)
    (article,) = articles(items)
    assert [found.fragments[0].of(article.text) for found in article.annotations] == ["Ann", "Bo", "🚢"]
    assert article.facts == {"id": 7, "wikiPageID": 3, "cats": ["news"]}
    assert [found.features for found in article.annotations] == [{}, {}, {"sure": 0.5}]
    (tie,) = [item for item in items if isinstance(item, IncomingRelation)]
    ends = {found.uid: found.fragments[0].of(article.text) for found in article.annotations}
    assert (tie.kind, ends[tie.from_uid], ends[tie.to_uid]) == ("meets", "Ann", "Bo")
    assert refusals(items) == [("line 1, relation 2", "It relates the entity 99, which is not in the line.")]
    again = read(tmp_path, line)
    assert [found.uid for found in articles(again)[0].annotations] == list(ends)


@pytest.mark.parametrize("cue", ["met", 5, [5], [[1]], [[0, 99]], {"start": 0}, [["a", "b"]]])
def test_a_cue_that_is_no_span_is_a_feature(tmp_path: Path, cue: Any) -> None:
    entity = {"id": 1, "label": "PER", "start_offset": 0, "end_offset": 3, "cue": cue}
    (article,) = articles(read(tmp_path, {"text": "Ann met Bo", "entities": [entity]}))
    (found,) = article.annotations
    assert (found.cue, found.features) == ((), {"cue": cue})


def test_one_bad_span_takes_no_line_with_it(tmp_path: Path) -> None:
    wrong = [[3, 3, "A"], [4, 2, "A"], [-1, 2, "A"], [0, 99, "A"], [0, 1, ""], [0, 1], [0.5, 1, "A"]]
    spans = [[0, 3, "A"], *wrong, "word"]
    items = read(tmp_path, {"text": "One two", "label": spans}, {"text": "Three", "label": [[0, 5, "B"]]})
    assert [places(found) for found in articles(items)] == [[("A", ((0, 3),))], [("B", ((0, 5),))]]
    assert articles(items)[0].facts == {"label": ["word"]}
    assert len(refusals(items)) == len(wrong)
    assert all(place.startswith("line 1, ") and reason.endswith(".") for place, reason in refusals(items))


@pytest.mark.parametrize(
    ("label", "facts"),
    [
        (["good", "bad"], {"label": ["good", "bad"]}),
        ("good", {"label": ["good"]}),
        (None, {}),
        ([], {}),
        ([None], {"label": [None]}),
    ],
)
def test_classes_of_a_document_are_facts(tmp_path: Path, label: Any, facts: dict[str, Any]) -> None:
    (article,) = articles(read(tmp_path, {"text": "Words", "label": label}))
    assert (article.annotations, article.facts) == ((), facts)


def test_older_names_of_the_fields(tmp_path: Path) -> None:
    (article,) = articles(read(tmp_path, {"id": 1, "data": "\ufeffa\r\nbcd", "labels": [[4, 6, "X"]]}))
    assert (article.text, places(article)) == ("a\nbcd", [("X", ((2, 4),))])


def test_fields_of_another_shape_are_facts(tmp_path: Path) -> None:
    line = {"text": "Words of it", "label": [], "source": 5, "title": ["x"], "status": "odd", "published_at": "soon"}
    (article,) = articles(read(tmp_path, line | {"further": {"structure": "none", "note": "kept"}}))
    assert article.facts == {"source": 5, "title": ["x"], "status": "odd", "published_at": "soon", "structure": "none"}
    assert (article.title, article.source, article.status, article.note) == ("a 1", "", "new", "kept")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[" * 10_000, "must be an object"),
        ('{"text": "x", "label": ' + "[" * 10_000 + "]" * 10_000 + "}", "nested too deeply"),
        ('{"text": "a\\u0000b", "label": []}', "NUL"),
        ('{"text": "a\\ud800b", "label": []}', "not JSON"),
        ('{"text": "ab", "label": [[0, 1e400, "A"]]}', "out of range"),
        ('{"text": "ab", "label": [[0, NaN, "A"]]}', "not JSON"),
        ('{"text": 5, "label": []}', "must be text"),
        ('{"text": " ", "label": []}', "empty"),
        ('{"text": "ab", "label": [[0, 1, "A"]', "not JSON"),
    ],
)
def test_hostile_lines(tmp_path: Path, line: str, reason: str) -> None:
    items = read(tmp_path, line, '{"text": "first", "text": "good", "label": [[0, 4, "A"]]}')
    ((place, said),) = refusals(items)
    assert place.startswith("line 1")
    assert reason in said
    assert articles(items)[-1].text == "good"


def test_a_huge_line_and_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "' + "x" * 5000 + '", "label": []}\n{"text": "good", "label": []}\n', encoding="utf-8")
    items = list(doccano.read(path, 1000))
    assert [found.text for found in articles(items)] == ["good"]
    assert "longer than" in refusals(items)[0][1]
    path.write_bytes(b"")
    with pytest.raises(ImportRefused, match="empty"):
        list(doccano.read(path))


@pytest.mark.parametrize(
    ("line", "id"),
    [
        ({"text": "x" * 9000, "label": [[0, 1, "A"]]}, "doccano"),
        ({"id": 1, "text": "x", "entities": [], "relations": []}, "doccano"),
        ({"text": "x", "annotations": []}, "jsonl"),
        ({"text": "x", "label": "good"}, "jsonl"),
        ({"text": "x"}, "jsonl"),
    ],
)
def test_told_by_keys(tmp_path: Path, line: Any, id: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps(line)}\n", encoding="utf-8")
    assert registry.detect(path).id == id


def made(text: str, *fragments: tuple[tuple[int, int], ...]) -> Article:
    annotations = (
        IncomingAnnotation("claim", tuple(Span(*pair) for pair in pairs), uid=f"u{number}", note=f"n{number}")
        for number, pairs in enumerate(fragments)
    )
    return Article("T", text, uid="d1", annotations=tuple(annotations))


def test_doccano_may_write_it_anew(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    article = made("one two three four", ((0, 3), (8, 13)), ((4, 7),), ((14, 18),))
    written = doccano.write(corpus_from([article]), tmp_path / "a.jsonl")
    assert written.losses == ("1 annotation in fragments written as separate spans",)
    line = json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8"))
    assert [one["id"] for one in line["entities"]] == [1, 2, 3, 4]
    # doccano numbers anew and in another order; somebody took one span away and gave another one another label.
    entities = [{**one, "id": one["id"] + 500} for one in reversed(line["entities"][1:])]
    entities[0]["label"] = "rumour"
    (again,) = articles(read(tmp_path, {**line, "entities": entities, "id": 5}))
    assert sorted((found.uid, found.label, found.note, found.fragments) for found in again.annotations) == [
        ("u0", "claim", "n0", (Span(8, 13),)),
        ("u1", "claim", "n1", (Span(4, 7),)),
        ("u2", "rumour", "n2", (Span(14, 18),)),
    ]


PIECES = st.sampled_from(["word ", "👩‍👩‍👧", "𝔘", "é", "مرحبا ", "总统", "\u2028", "\n", '"', "\\", "\x85"])


@settings(max_examples=30)
@given(
    pieces=st.lists(PIECES, min_size=1, max_size=15),
    data=st.data(),
)
def test_any_span_of_any_text(
    corpus_from: CorpusFrom, tmp_path_factory: pytest.TempPathFactory, pieces: list[str], data: st.DataObject
) -> None:
    text = f"x{''.join(pieces)}"
    cuts = st.sets(st.integers(0, len(text)), min_size=2, max_size=6).map(sorted)
    apart = cuts.map(lambda cut: tuple(zip(cut[::2], cut[1::2], strict=False)))
    article = made(text, *data.draw(st.lists(apart, max_size=5)))
    path = tmp_path_factory.mktemp("doccano") / "a.jsonl"
    doccano.write(corpus_from([article]), path)
    (again,) = list(doccano.read(path))
    assert isinstance(again, Article)
    assert again.text == text
    key = [(found.uid, found.label, found.fragments, found.note) for found in article.annotations]
    assert sorted((found.uid, found.label, found.fragments, found.note) for found in again.annotations) == key
