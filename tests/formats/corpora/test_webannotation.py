"""W3C Web Annotation: the text is in the file, the quote tells where a position is wrong, and nothing is fetched."""

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
from annotator.formats.corpora.web_annotation import web_annotation
from annotator.formats.corpora.web_annotation.writer import ANNO

CorpusFrom = Callable[..., Corpus]
TEXT = "🚢 Ann met Bo, and Bo met Cy"
SOURCE = {"id": "https://example.org/a", "type": "Text", "format": "text/plain", "value": TEXT}


def read(tmp_path: Path, content: Any) -> list[Incoming]:
    path = tmp_path / "a.jsonld"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return list(web_annotation.read(path))


def at(start: Any, end: Any) -> dict[str, Any]:
    return {"type": "TextPositionSelector", "start": start, "end": end}


def quoting(exact: str, prefix: str = "", suffix: str = "") -> dict[str, Any]:
    return {"type": "TextQuoteSelector", "exact": exact, "prefix": prefix, "suffix": suffix}


def annotation(*selectors: Any, source: Any = SOURCE, tag: str = "PER", **more: Any) -> dict[str, Any]:
    body = {"type": "TextualBody", "purpose": "tagging", "value": tag}
    target = {"source": source, "selector": list(selectors)}
    return {"@context": ANNO, "type": "Annotation", "body": body, "target": target} | more


def page(*items: Any) -> dict[str, Any]:
    return {"@context": ANNO, "type": "AnnotationPage", "items": list(items)}


def articles(items: list[Incoming]) -> list[Article]:
    return [item for item in items if isinstance(item, Article)]


def reasons(items: list[Incoming]) -> list[tuple[str, str]]:
    return [(item.place, item.reason) for item in items if isinstance(item, Refusal)]


def spans(article: Article) -> list[tuple[str, Span]]:
    return [(found.label, found.fragments[0]) for found in article.annotations]


def test_positions_and_quotes(tmp_path: Path) -> None:
    items = read(
        tmp_path,
        page(
            annotation(at(2, 5)),
            annotation(at(3, 6), quoting("Ann")),  # UTF-16, as browsers count
            annotation(quoting("Bo", "and ", " met")),
            annotation(quoting("Bo", "met ", ", and")),
            annotation(at(900, 902), quoting("Cy")),
            annotation(quoting("Dee")),
            annotation(at(0, 99)),
            annotation({"type": "XPathSelector", "value": "/p"}),
        ),
    )
    (article,) = articles(items)
    assert spans(article) == [("PER", Span(*pair)) for pair in ((2, 5), (2, 5), (18, 20), (10, 12), (25, 27))]
    assert article.address == "https://example.org/a"
    assert [place for place, _ in reasons(items)] == [f"page 1, item {number}" for number in (6, 7, 8)]


def test_collections_graphs_and_annotations_one_by_one(tmp_path: Path) -> None:
    one, two = annotation(at(2, 5)), annotation(at(10, 12), source=SOURCE["id"])
    context = {"@context": ANNO}
    forms: list[Any] = [
        page(one, two),
        context | {"type": "AnnotationCollection", "first": {"type": "AnnotationPage", "items": [one, two]}},
        context | {"@graph": [two, one]},
        [one, two],
        f"{json.dumps(one)}\n{json.dumps(two)}\n",
    ]
    for form in forms:
        items = read(tmp_path, form)
        assert reasons(items) == []
        (article,) = articles(items)
        assert sorted(spans(article)) == [("PER", Span(2, 5)), ("PER", Span(10, 12))]
        assert registry.detect(tmp_path / "a.jsonld").id == "webannotation"
    other = {**SOURCE, "id": "urn:b", "value": "Another text"}
    items = read(tmp_path, [one, two, annotation(at(0, 7), source=other), one])
    assert [found.text for found in articles(items)] == [TEXT, "Another text", TEXT]


def test_what_annotations_say(tmp_path: Path) -> None:
    bodies = [
        {"type": "TextualBody", "purpose": "commenting", "value": "a note"},
        {"type": "TextualBody", "purpose": "tagging", "value": "PER"},
        {"source": "https://example.org/Q5", "purpose": "classifying"},
    ]
    more: dict[str, Any] = {
        "creator": {"type": "Software", "name": "bert-7"},
        "created": "2026-01-02T03:04:05Z",
        "rights": "CC0",
    }
    items = read(
        tmp_path,
        page(
            annotation(at(2, 5), body=bodies, id="https://example.org/anno/1", **more),
            annotation(at(10, 12), body={"type": "TextualBody", "value": "so"}, motivation="commenting"),
            annotation(at(10, 12), bodyValue="plain", body=None, motivation="highlighting"),
            {"type": "Annotation", "motivation": "linking", "target": "urn:x", "body": ["urn:y", bodies[0]]},
            {"type": "Annotation", "body": bodies[0], "target": "https://example.org/a"},
        ),
    )
    (article,) = articles(items)
    first, second, third, fourth = article.annotations
    assert (first.label, second.label) == ("PER", "https://example.org/Q5")
    assert (first.note, first.created_by, first.created_at, first.features) == (
        "a note",
        "bert-7",
        "2026-01-02T03:04:05Z",
        {"rights": "CC0"},
    )
    assert first.uid == "https://example.org/anno/1" != second.uid
    assert (third.label, third.note, fourth.label, fourth.note) == ("commenting", "so", "highlighting", "plain")
    (tie,) = [item for item in items if isinstance(item, IncomingRelation)]
    assert (tie.kind, tie.from_uid, tie.to_uid, tie.note) == ("linking", "urn:x", "urn:y", "a note")
    assert reasons(items) == [("page 1, item 5", "It has no target that selects words of a text.")]


def test_a_text_that_is_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    items = read(tmp_path, page(annotation(quoting("x"), source="https://example.org/b"), annotation(at(2, 5))))
    assert len(articles(items)) == 1
    ((place, reason),) = reasons(items)
    assert place == "page 1, item 1"
    assert reason.startswith("1 annotation of “https://example.org/b” left out: the file does not hold its text.")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ('{"items": [{"value": "a\\u0000b"}]}', "NUL"),
        ('{"items": [{"value": "a\\udc00"}]}', "not JSON"),
        ('{"items": ' + "[" * 10_000 + "]" * 10_000 + "}", "nested too deeply"),
        ('{"items": [NaN]}', "not JSON"),
        ('{"type": "AnnotationPage"}', "holds no annotations"),
        ('{"first": "https://example.org/page1"}', "holds no annotations"),
        ("[1, 2]", "must be an object"),
        (json.dumps(page("odd")), "not an annotation"),
        (json.dumps(page({"target": 5})), "no target"),
        (json.dumps(page(annotation(at(0, 1), source=7))), "neither an address"),
        (json.dumps(page(annotation(at("0", 1), source="urn:t"), {**SOURCE, "id": "urn:t"})), "whole numbers"),
        (json.dumps(page(annotation(at(5, 2)))), "span"),
        (json.dumps(page(annotation(at(3, 3)))), "span"),
        (json.dumps(page(annotation(at(-3, 3)))), "span"),
        (json.dumps(page(annotation(at(True, 3)))), "whole numbers"),
        (json.dumps(page(annotation(5, "x"))), "neither"),
        (json.dumps(page(annotation(at(2, 5), tag="\ufeff ", motivation=""))), "empty"),
        (json.dumps(page({**SOURCE, "value": " "})), "empty"),
    ],
)
def test_hostile_pages(tmp_path: Path, record: str, reason: str) -> None:
    items = read(tmp_path, f"[{record}, {json.dumps(page(annotation(at(2, 5))))}]")
    found = reasons(items)
    assert len(found) == 1
    assert reason in found[0][1]
    assert spans(articles(items)[-1]) == [("PER", Span(2, 5))]


def test_files_without_pages(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="holds no page"):
        read(tmp_path, "[]")


def test_what_is_written(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    annotations = (
        IncomingAnnotation("A", (Span(2, 5), Span(10, 12)), uid="0" * 31 + "1", note=" n ", features={"k": [1, {}]}),
        IncomingAnnotation("A", (Span(2, 5),), uid="odd / uid", annotator="bert-7", created_by="bert-7"),
    )
    tie = IncomingRelation("repeats", annotations[0].uid, annotations[1].uid, note="why", uid="t")
    article = Article("T", TEXT, uid="d", annotations=annotations, facts={"type": "x", "n": [1]})
    web_annotation.write(corpus_from([article, tie]), tmp_path / "a.jsonld")
    ((first, second, link),) = [one["items"] for one in json.loads((tmp_path / "a.jsonld").read_text(encoding="utf-8"))]
    assert first["id"] == "urn:uuid:00000000-0000-0000-0000-000000000001"
    assert [target["selector"][1]["exact"] for target in first["target"]] == ["Ann", "Bo"]
    assert second["creator"] == {"type": "Software", "name": "bert-7"}
    assert (link["target"], link["body"][0]) == (first["id"], second["id"])
    items = list(web_annotation.read(tmp_path / "a.jsonld"))
    (again,) = articles(items)
    assert again.facts == article.facts
    assert [(one.uid, one.fragments, one.note, one.features) for one in again.annotations] == [
        (one.uid, one.fragments, one.note, one.features) for one in annotations
    ]
    assert [(one.annotator, one.created_by) for one in again.annotations] == [("ada", ""), ("bert-7", "bert-7")]
    (found,) = [item for item in items if isinstance(item, IncomingRelation)]
    assert (found.kind, found.from_uid, found.to_uid, found.note, found.uid) == (
        "repeats",
        tie.from_uid,
        tie.to_uid,
        "why",
        "t",
    )


PIECES = st.sampled_from(["word ", "👩‍👩‍👧", "𝔘", "é", "مرحبا ", "总统", "\u2028", "\n", '"', "\\", "\x85"])


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
    path = tmp_path_factory.mktemp("web") / "a.jsonld"
    web_annotation.write(corpus_from([Article("T", text, uid="d1", annotations=annotations)]), path)
    (again,) = list(web_annotation.read(path))
    assert isinstance(again, Article)
    assert again.text == text
    key = [(found.uid, found.label, found.fragments, found.note) for found in annotations]
    assert [(found.uid, found.label, found.fragments, found.note) for found in again.annotations] == key
