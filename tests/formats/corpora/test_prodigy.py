"""Prodigy's JSON Lines: tasks with tokens that fit every span; what was not accepted is no annotation."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Article, Corpus, Incoming, IncomingAnnotation, IncomingRelation, Refusal
from annotator.formats.corpora import prodigy

CorpusFrom = Callable[..., Corpus]


def read(tmp_path: Path, *lines: Any) -> list[Incoming]:
    path = tmp_path / "a.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return list(prodigy.read(path))


def articles(items: list[Incoming]) -> list[Article]:
    return [item for item in items if isinstance(item, Article)]


def reasons(items: list[Incoming]) -> list[tuple[str, str]]:
    return [(item.place, item.reason) for item in items if isinstance(item, Refusal)]


def quotes(article: Article) -> list[tuple[str, str]]:
    return [(found.label, found.fragments[0].of(article.text)) for found in article.annotations]


def test_the_headlines_of_prodigy(shared: Path) -> None:
    path = shared / "fixtures" / "prodigy" / "annotated_news_headlines.jsonl"
    assert registry.detect(path).id == "prodigy"
    items = list(prodigy.read(path))
    found = articles(items)
    assert len(found) == 373
    assert reasons(items) == [
        (
            "",
            "1 task answered “reject” or “ignore”: the text is imported, the spans are kept as facts of the document.",
        )
    ]
    labels = Counter(one.label for article in found for one in article.annotations)
    assert labels == {"ORG": 136, "LOCATION": 121, "PERSON": 38, "PRODUCT": 8}
    assert all(one.quote in ("", one.fragments[0].of(a.text)) for a in found for one in a.annotations)
    assert {article.source for article in found} >= {"The New York Times"}
    assert sum("_input_hash" in article.facts for article in found) == 373
    by_model = [one for article in found for one in article.annotations if one.created_by]
    assert len(by_model) == 94


def test_tokens_stand_in_for_offsets_and_the_last_is_included(tmp_path: Path) -> None:
    tokens = [{"text": t, "start": s, "end": e, "id": n} for n, (t, s, e) in enumerate([("Ann", 0, 3), ("Lee", 4, 7)])]
    spans = [
        {"token_start": 0, "token_end": 1, "label": "PER"},
        {"token_start": 1, "token_end": 1, "label": "PER"},
        {"token_start": 1, "token_end": 2, "label": "PER"},
        {"start": 2, "end": 2, "label": "PER"},
        {"start": 0, "end": 3},
        "odd",
        {"start": 0, "end": 3, "label": "PER", "score": 0.5, "source": "model-7"},
    ]
    items = read(tmp_path, {"text": "Ann Lee", "tokens": tokens, "spans": spans})
    (article,) = articles(items)
    assert quotes(article) == [("PER", "Ann Lee"), ("PER", "Lee"), ("PER", "Ann")]
    assert (article.annotations[2].created_by, article.annotations[2].features) == ("model-7", {"score": 0.5})
    assert [place for place, _ in reasons(items)] == [f"line 1, span {number}" for number in (3, 4, 5, 6)]


def test_relations_by_spans_and_by_tokens(tmp_path: Path) -> None:
    ann = {"start": 0, "end": 3, "token_start": 0, "token_end": 0, "label": "PER"}
    bo = {"start": 8, "end": 10, "token_start": 2, "token_end": 2, "label": "PER"}
    relations = [
        {"head": 0, "child": 2, "head_span": ann, "child_span": bo, "label": "meets"},
        {"head": 2, "child": 0, "label": "knows"},
        {"head": 1, "child": 0, "label": "odd"},
        {"head": 1},
    ]
    items = read(tmp_path, {"text": "Ann met Bo", "spans": [ann, bo], "relations": relations, "answer": "accept"})
    (article,) = articles(items)
    words = {found.uid: found.fragments[0].of(article.text) for found in article.annotations}
    ties = [item for item in items if isinstance(item, IncomingRelation)]
    assert [(tie.kind, words[tie.from_uid], words[tie.to_uid]) for tie in ties] == [
        ("meets", "Ann", "Bo"),
        ("knows", "Bo", "Ann"),
    ]
    assert [place for place, _ in reasons(items)] == ["line 1, relation 3", "line 1, relation 4"]


@pytest.mark.parametrize("answer", ["reject", "ignore"])
def test_what_was_not_accepted_is_kept_as_facts(corpus_from: CorpusFrom, tmp_path: Path, answer: str) -> None:
    spans = [{"start": 0, "end": 3, "label": "PER"}]
    task = {"text": "Ann met Bo", "spans": spans, "answer": answer, "_task_hash": -5, "meta": {"source": "S", "n": 1}}
    items = read(tmp_path, task)
    (article,) = articles(items)
    assert article.annotations == ()
    assert article.facts == {"answer": answer, "spans": spans, "_task_hash": -5, "meta": {"n": 1}}
    assert article.source == "S"
    assert len(reasons(items)) == 1
    prodigy.write(corpus_from([article]), tmp_path / "b.jsonl")
    again = json.loads((tmp_path / "b.jsonl").read_text(encoding="utf-8"))
    assert (again["answer"], again["spans"], again["_task_hash"]) == (answer, [], -5)
    assert again["meta"].items() >= {"source": "S", "n": 1}.items()
    assert articles(list(prodigy.read(tmp_path / "b.jsonl")))[0].facts == article.facts


def test_sessions_are_annotators(tmp_path: Path) -> None:
    spans = [{"start": 0, "end": 3, "label": "PER"}]
    items = read(tmp_path, {"text": "Ann met Bo", "spans": spans, "_session_id": "news-ada", "answer": "accept"})
    assert articles(items)[0].annotations[0].annotator == "news-ada"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[" * 10_000, "must be an object"),
        ('{"text": "x", "spans": ' + "[" * 10_000 + "]" * 10_000 + "}", "nested too deeply"),
        ('{"text": "a\\u0000b", "spans": []}', "NUL"),
        ('{"text": "ab", "spans": [{"start": 0, "end": 1e999, "label": "A"}]}', "out of range"),
        ('{"text": "ab", "spans": [{"start": "0", "end": 1, "label": "A"}]}', "must be a whole number"),
        ('{"text": "ab", "spans": [{"token_start": -1, "token_end": 1, "label": "A"}]}', "numbers of tokens"),
        (
            '{"text": "ab", "tokens": "x", "spans": [{"token_start": 0, "token_end": 0, "label": "A"}]}',
            "must be a list",
        ),
        ('{"image": "data:", "spans": []}', "has no text"),
        ('{"text": null, "_input_hash": 1}', "must be text"),
        ('{"text": "ab", "spans": [{"start": 0, "end": 1, "label": "A", "text": "\\udc00"}]}', "not JSON"),
    ],
)
def test_hostile_lines(tmp_path: Path, line: str, reason: str) -> None:
    items = read(tmp_path, line, '{"text": "good", "spans": [], "spans": [{"start": 0, "end": 4, "label": "A"}]}')
    ((place, said),) = reasons(items)
    assert place.startswith("line 1")
    assert reason in said
    assert quotes(articles(items)[-1]) == [("A", "good")]


@pytest.mark.parametrize(
    ("line", "id"),
    [
        ({"text": "x" * 9000, "_input_hash": 1, "label": "A", "answer": "accept"}, "prodigy"),
        ({"text": "x", "spans": []}, "prodigy"),
        ({"text": "x", "tokens": []}, "prodigy"),
        ({"text": "x", "spans": "none"}, "jsonl"),
        ({"text": "x", "entities": []}, "doccano"),
    ],
)
def test_told_by_keys(tmp_path: Path, line: Any, id: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps(line)}\n", encoding="utf-8")
    assert registry.detect(path).id == id


PIECES = st.sampled_from(
    ["word ", "don't ", "  ", "👩‍👩‍👧", "𝔘", "é", "مرحبا ", "总统说", "カード", "\u2028", "\n", "\t", "U.S.", "x-y"]
)


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
    path = tmp_path_factory.mktemp("prodigy") / "a.jsonl"
    prodigy.write(corpus_from([Article("T", text, uid="d1", annotations=annotations)]), path)
    task = json.loads(path.read_text(encoding="utf-8"))
    tokens = task["tokens"]
    assert [token["text"] for token in tokens] == [text[token["start"] : token["end"]] for token in tokens]
    assert "".join(token["text"] + " " * token["ws"] for token in tokens) == text
    for span in task["spans"]:
        assert (tokens[span["token_start"]]["start"], tokens[span["token_end"]]["end"]) == (span["start"], span["end"])
        assert span["text"] == text[span["start"] : span["end"]]
    (again,) = list(prodigy.read(path))
    assert isinstance(again, Article)
    key = [(found.uid, found.label, found.fragments, found.note) for found in annotations]
    assert [(found.uid, found.label, found.fragments, found.note) for found in again.annotations] == key
