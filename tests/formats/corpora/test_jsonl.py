"""The native format: nothing is lost on the way out and in, and bad records stop nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.domain.errors import ImportRefused
from annotator.domain.grades import CONFIDENCES, CREDIBILITY_CODES, RELIABILITY_CODES
from annotator.domain.records import FeatureRecord, LabelRecord
from annotator.domain.spans import Span, checked_fragments
from annotator.formats.base import (
    Article,
    Corpus,
    Incoming,
    IncomingAnnotation,
    IncomingAssessment,
    IncomingBookmark,
    IncomingRelation,
    IncomingSource,
    IncomingState,
    Refusal,
    Vocabulary,
)
from annotator.formats.corpora.jsonl import jsonl

CorpusFrom = Callable[..., Corpus]

PIECES = st.sampled_from(
    [
        "👩‍👩‍👧",
        "𝔘",
        "é",
        "مرحبا",
        "שלום",
        "\u2028",
        "\u2029",
        "\u00a0",
        "\u0085",
        "总统",
        "\t",
        "\n",
        " ",
        "a\\u0000",
        '"',
    ]
)
TEXTS = (
    st.lists(
        PIECES | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r\ufeff"), max_size=8),
        min_size=1,
        max_size=20,
    )
    .map("".join)
    .filter(str.strip)
)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r\ufeff"), max_size=12)
NAMES = WORDS.map(str.strip)


@st.composite
def fragments(draw: st.DrawFn, text: str, least: int = 1) -> tuple[Span, ...]:
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), min_size=2 * least, max_size=6)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return checked_fragments(pairs, len(text)) if pairs else ()


@st.composite
def articles(draw: st.DrawFn) -> Article:
    text = draw(TEXTS)
    annotations = []
    for _ in range(draw(st.integers(0, 4))):
        content = draw(fragments(text))
        annotations.append(
            IncomingAnnotation(
                label=draw(NAMES.filter(bool)),
                fragments=content,
                quote=text[content[0].start : content[-1].end],
                cue=draw(fragments(text, 0)),
                mention=draw(fragments(text, 0)),
                source=draw(NAMES),
                reliability=draw(st.none() | st.sampled_from(RELIABILITY_CODES)),
                reliability_reason=draw(WORDS),
                credibility=draw(st.none() | st.sampled_from(CREDIBILITY_CODES)),
                probability=draw(st.none() | st.integers(0, 100)),
                confidence=draw(st.none() | st.sampled_from(CONFIDENCES)),
                note=draw(WORDS),
                features=draw(
                    st.dictionaries(
                        NAMES,
                        WORDS | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
                        max_size=3,
                    )
                ),
                uid=draw(st.uuids()).hex,
                annotator=draw(NAMES.filter(bool)),
                created_by=draw(NAMES.filter(bool)),
                created_at="2025-01-01T00:00:00.000Z",
                updated_at="2025-01-02T00:00:00.000Z",
            )
        )
    structure = sorted(draw(st.sets(fragments(text).map(lambda found: found[0]), max_size=2)))
    return Article(
        title=" ".join(draw(WORDS).split()) or "Title",
        text=text,
        structure=tuple(("lead", span) for span in structure),
        source=draw(NAMES),
        author=draw(WORDS),
        published_at="2025-03-04",
        language=draw(st.sampled_from(["", "en", "zh-Hant"])),
        address=draw(WORDS),
        status=draw(st.sampled_from(["new", "in progress", "done"])),
        note=draw(WORDS),
        uid=draw(st.uuids()).hex,
        annotations=tuple(annotations),
        origin_path="a.txt",
        origin_format="text",
        origin_sha256="0" * 64,
        imported_at="2025-01-01T00:00:00.000Z",
        direction=draw(st.sampled_from(["", "ltr", "rtl"])),
        facts=draw(st.dictionaries(WORDS, st.one_of(st.integers(-9, 9), st.booleans(), WORDS), max_size=2)),
        version_of=draw(st.sampled_from(["", "d" * 32])),
        bookmarks=tuple(
            IncomingBookmark(position, draw(WORDS), draw(st.uuids()).hex, draw(NAMES), "2025-01-03T00:00:00.000Z")
            for position in sorted(draw(st.sets(st.integers(0, len(text)), max_size=2)))
        ),
    )


def contents(path: Path) -> list[Incoming]:
    """What a file holds, without the state of the project that it comes from."""
    return [item for item in jsonl.read(path) if not isinstance(item, IncomingState)]


@settings(max_examples=50)
@given(found=st.lists(articles(), max_size=3))
def test_all_comes_back(
    corpus_from: CorpusFrom, tmp_path_factory: pytest.TempPathFactory, found: list[Article]
) -> None:
    folder = tmp_path_factory.mktemp("round")
    written = jsonl.write(corpus_from(found), folder / "one.jsonl")
    assert (written.documents, written.losses) == (len(found), ())
    assert contents(folder / "one.jsonl") == found
    jsonl.write(corpus_from(jsonl.read(folder / "one.jsonl")), folder / "two.jsonl")
    assert (folder / "one.jsonl").read_bytes() == (folder / "two.jsonl").read_bytes()


VOCABULARY: list[Incoming] = [
    Vocabulary(
        (
            LabelRecord(0, "claim", "C", "#0072B2", 1, "A fact.", 1),
            LabelRecord(0, "rumour", "R", "#999999", None, "", 2),
        ),
        (FeatureRecord(0, "topic", "choice", ("gas", "oil"), "What about.", 1),),
    ),
    IncomingSource("Ministry", "office", ("the ministry",), "A note.", uid="s1"),
    IncomingSource("Gazette", "outlet", uid="s2"),
    IncomingAssessment("Ministry", "2025-01-31", "B", "gas", "It held.", "ada"),
]
RELATED: list[Incoming] = [
    Article(
        "Title",
        "Title\nOne two.",
        structure=(("title", Span(0, 5)),),
        uid="d1",
        annotations=(
            IncomingAnnotation(
                "claim",
                (Span(6, 9),),
                "One",
                source="Ministry",
                uid="a1",
                annotator="ada",
                created_by="rule:x",
                created_at="t",
                updated_at="t",
            ),
            IncomingAnnotation(
                "rumour",
                (Span(10, 13),),
                "two",
                uid="a2",
                annotator="bo",
                created_by="person",
                created_at="t",
                updated_at="t",
            ),
        ),
        origin_path="a.txt",
    ),
    IncomingRelation("supports", "a1", "a2", "why", "ada", "r1"),
]


def test_vocabulary_sources_and_relations_come_back(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    jsonl.write(corpus_from(VOCABULARY + RELATED), tmp_path / "a.jsonl")
    assert contents(tmp_path / "a.jsonl") == VOCABULARY + RELATED


def test_effective_grades_are_told_apart_from_overrides(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    jsonl.write(corpus_from(VOCABULARY + RELATED), tmp_path / "a.jsonl")
    document = json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8").split("\n")[1])
    first, second = document["annotations"]
    assert (first["reliability"], first["reliability_override"], first["score"]) == ("B", None, "B-")
    assert (second["reliability"], second["score"]) == (None, "")
    assert set(first) == set(second)


def test_a_relation_to_what_is_not_exported_is_a_loss(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    corpus = corpus_from(VOCABULARY + RELATED)
    documents = [(document, [one for one in own if one.uid != "a2"]) for document, own in corpus.documents]
    without = Corpus(documents=documents, relations=corpus.relations)
    written = jsonl.write(without, tmp_path / "a.jsonl")
    assert written.losses == ("1 relation left out: not both annotations are exported",)
    assert b'"relation"' not in (tmp_path / "a.jsonl").read_bytes()


def read(tmp_path: Path, *lines: Any, **options: int) -> list[Incoming]:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
    return list(jsonl.read(path, **options))


def test_a_plain_text_is_an_article(tmp_path: Path) -> None:
    (article,) = read(
        tmp_path, {"text": "Talks resume\n- one\nBody words.", "date": "4 March 2025", "url": "https://x.example"}
    )
    assert isinstance(article, Article)
    assert article.title == "Talks resume"
    assert article.structure == (("title", Span(0, 12)), ("lead", Span(15, 18)))
    assert (article.published_at, article.address, article.status) == ("2025-03-04", "https://x.example", "new")
    assert len(article.origin_sha256) == 64


def test_offsets_move_with_line_ends(tmp_path: Path) -> None:
    text = "\ufeffone\r\ntwo\rthree"
    annotations = [
        {"label": "claim", "start": text.index(word), "end": text.index(word) + len(word), "quote": word}
        for word in ("one", "two", "three")
    ]
    (article,) = read(tmp_path, {"text": text, "annotations": annotations})
    assert isinstance(article, Article)
    assert [one.fragments[0].of(article.text) for one in article.annotations] == ["one", "two", "three"]


def test_a_span_that_begins_with_a_mark_inside_the_text_stays_where_it_is(tmp_path: Path) -> None:
    text = "\ufeff\ufeffOne \ufefftwo"
    annotations = [{"label": "claim", "start": 6, "end": 10, "quote": "\ufefftwo"}]
    (article,) = read(tmp_path, {"text": text, "annotations": annotations})
    assert isinstance(article, Article)
    (found,) = article.annotations
    assert (article.text, found.quote) == ("One \ufefftwo", "\ufefftwo")
    assert found.fragments == (Span(4, 8),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"not json", "not JSON"),
        (b'{"text": "cut', "not JSON"),
        (b'{"text": "lone \\ud800"}', "not JSON"),
        (b'{"text": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "an object"),
        (b'{"text": "x", "note":' + b"[" * 100_000, "nested too deeply"),
        (b"[1, 2]", "must be an object, not a list"),
        (b'"words"', "must be an object, not text"),
        (b"{}", "neither a text nor a relation"),
        (b'{"text": 3}', "“text” must be text, not a whole number"),
        (b'{"text": null}', "“text” must be text, not nothing"),
        (b'{"text": "  "}', "empty"),
        (b'{"text": "a\\u0000b"}', "NUL"),
        (b'{"text": "x", "status": "lost"}', "“status” is “lost”"),
        (b'{"text": "x", "annotations": {}}', "“annotations” must be a list"),
        (b'{"relation": "supports", "from": "a"}', "“to” is missing"),
        (b'{"format": "other"}', "another format, “other”"),
        (b'{"text": "' + b"x" * 3000 + b'"}', "longer than 0 MB"),
    ],
)
def test_a_bad_line_stops_nothing(tmp_path: Path, line: bytes, reason: str) -> None:
    before, refusal, after = read(
        tmp_path,
        {"text": "Before."},
        line,
        {"text": "After."},
        line_limit=200_000 if line[:1] == b"[" or b"[[" in line else 2000,
    )
    assert isinstance(before, Article)
    assert isinstance(after, Article)
    assert (before.text, after.text) == ("Before.", "After.")
    assert isinstance(refusal, Refusal)
    assert refusal.place == "line 2"
    assert reason in refusal.reason
    assert refusal.reason.endswith(".")


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        ({"start": 0, "end": 1}, "“label” is missing"),
        ({"label": " ", "start": 0, "end": 1}, "“label” is empty"),
        ({"label": "claim"}, "needs a start and an end"),
        ({"label": "claim", "start": 0, "end": 0}, "does not lie in the text"),
        ({"label": "claim", "start": -1, "end": 2}, "does not lie in the text"),
        ({"label": "claim", "start": 0, "end": 999}, "does not lie in the text"),
        ({"label": "claim", "start": True, "end": 2}, "“start” must be"),
        ({"label": "claim", "start": 0.5, "end": 2}, "“start” must be"),
        ({"label": "claim", "start": "0", "end": 2}, "not text"),
        ({"label": "claim", "fragments": [[0, 2], [1, 3]]}, "overlap"),
        ({"label": "claim", "fragments": [[0, 2, 3]]}, "fragments"),
        ({"label": "claim", "fragments": [[0, 2]], "start": 0, "end": 3}, "start and end say 0-3"),
        ({"label": "claim", "start": 0, "end": 2, "reliability": "G"}, "not a reliability"),
        ({"label": "claim", "start": 0, "end": 2, "credibility": 7}, "not a credibility"),
        ({"label": "claim", "start": 0, "end": 2, "probability": 101}, "not a probability"),
        ({"label": "claim", "start": 0, "end": 2, "confidence": "sure"}, "not a confidence"),
        ({"label": "claim", "start": 0, "end": 2, "features": []}, "“features” must be an object"),
        ({"label": "claim", "start": 10**30, "end": 2}, "."),
        (7, "must be an object"),
    ],
)
def test_a_bad_annotation_stops_nothing(tmp_path: Path, annotation: Any, reason: str) -> None:
    good = {"label": "claim", "start": 0, "end": 5, "reliability": "b"}
    article, refusal = read(
        tmp_path, {"text": "Words here."}, {"text": "Words.", "annotations": [good, annotation, good]}
    )[1:]
    assert isinstance(article, Article)
    assert [one.reliability for one in article.annotations] == ["B", "B"]
    assert isinstance(refusal, Refusal)
    assert refusal.place == "line 2, annotation 2"
    assert reason in refusal.reason


def test_bad_entries_of_the_header_stop_nothing(tmp_path: Path) -> None:
    header = {
        "format": "annotator",
        "version": 1,
        "labels": [{"name": "claim"}, {"name": ""}, {"name": "x", "color": "red"}, {"name": "y", "key": 0}],
        "features": [{"name": "f", "kind": "odd"}],
        "sources": [{"name": "s", "kind": "odd"}, {"name": "Ministry", "kind": "office"}],
        "assessments": [
            {"source": "Ministry", "made_on": "soon", "reliability": "B"},
            {"source": "Ministry", "made_on": "2025-01-31", "reliability": ""},
        ],
    }
    found = read(tmp_path, header)
    assert [item.place for item in found if isinstance(item, Refusal)] == [
        "line 1, label 2",
        "line 1, label 3",
        "line 1, label 4",
        "line 1, feature 1",
        "line 1, source 1",
        "line 1, assessment 1",
        "line 1, assessment 2",
    ]
    assert [label.name for item in found if isinstance(item, Vocabulary) for label in item.labels] == ["claim"]
    assert [item.name for item in found if isinstance(item, IncomingSource)] == ["Ministry"]


def test_fields_without_a_place_become_facts(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {"text": "One.", "meta": {"a": [1, None]}},
        {"text": "Two.", "facts": {"b": 1}, "c": "x"},
        b"",
        {"text": "Three."},
    )
    facts = [item.facts for item in found if isinstance(item, Article)]
    assert facts == [{"meta": {"a": [1, None]}}, {"b": 1, "c": "x"}, {}]


def test_files_that_cannot_be_read_at_all(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="newer version"):
        read(tmp_path, {"format": "annotator", "version": 2})
    with pytest.raises(ImportRefused, match="is empty"):
        read(tmp_path)
    with pytest.raises(ImportRefused, match="does not exist"):
        list(jsonl.read(tmp_path / "none.jsonl"))


def test_a_long_line_is_never_held_whole(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    with path.open("wb") as file:
        file.truncate(1 << 26)
        file.seek(0, 2)
        file.write(b'\n{"text": "After."}\n')
    refusal, article = jsonl.read(path, line_limit=1000)
    assert isinstance(refusal, Refusal)
    assert isinstance(article, Article)
