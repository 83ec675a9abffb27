"""Reshaping: whatever the script and the order of the steps, spans stay true to the text and nothing is lost."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import annotator
from annotator.domain.errors import InvalidValue
from annotator.domain.records import AnnotationRecord
from annotator.domain.spans import Span, hull
from annotator.nlp.boundaries import characters, is_character_boundary
from annotator.services.annotations import annotating, reshaping
from annotator.services.annotations.reshaping import (
    Edge,
    Fragments,
    edge_moved,
    edge_stepped,
    edges_at,
    edges_of,
    split_at,
    without_outer_space,
)

TEXT = "Putin said on Monday that gas may flow again. Nobody agreed, sources say. It is over.\n\nA new line."

texts = st.lists(
    st.sampled_from(
        [
            "said", "the", "U.S.", "don't", "1,000", ".", ". ", ", ", "“", "” ", " ", "  ", "\n", "\n\n", "\u00a0",
            "😀", "👨‍👩‍👧", "👍🏽", "🇩🇪", "e\u0301", " \u0301", "\u0301", "\u200d", "قال الوزير",
            "שָׁלוֹם", "؟ ", "外交部发言人", "。",
            "नमस्ते", "\u2028", "Monday. ", "A ",
        ]
    ),
    min_size=3,
    max_size=30,
).map("".join).filter(lambda text: len(text.split()) > 2)  # fmt: skip
UNITS = st.sampled_from(["character", "word", "sentence"])


@st.composite
def texts_with_fragments(draw: st.DrawFn) -> tuple[str, Fragments]:
    """A text and fragments as they are annotated: apart, trimmed, between whole characters."""
    text = draw(texts)
    places = [span.start for span in characters(text)] + [len(text)]
    cuts = sorted(draw(st.sets(st.sampled_from(places), min_size=2, max_size=6)))
    pairs = [(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    fragments = [span for start, end in pairs if (span := without_outer_space(text, start, end))]
    whole = without_outer_space(text, 0, len(text))
    assume(whole)
    return text, tuple(fragments) or ((whole,) if whole else ())


def check(text: str, fragments: Fragments) -> None:
    """Fragments in order, apart, trimmed, and between characters as a reader sees them."""
    assert fragments
    for one, other in pairwise(fragments):
        assert one.end < other.start
    for start, end in fragments:
        assert 0 <= start < end <= len(text)
        assert not text[start].isspace() and not text[end - 1].isspace()
        assert is_character_boundary(text, start) and is_character_boundary(text, end), (start, end)


@settings(max_examples=150)
@given(texts_with_fragments(), st.data())
def test_a_moved_edge_stays_true_to_the_text(made: tuple[str, Fragments], data: st.DataObject) -> None:
    text, fragments = made
    for _ in range(4):
        edge = data.draw(st.sampled_from(edges_of(fragments)))
        to = data.draw(st.integers(0, len(text)))
        unit = data.draw(UNITS)
        moved = edge_moved(text, fragments, edge, to, unit)
        check(text, moved)
        assert len(moved) in (len(fragments), len(fragments) - 1), "two that meet become one, and none is lost"
        other = Edge(edge.fragment, not edge.at_start).of(fragments)
        assert any(span.start <= other <= span.end for span in moved), "the other edge stays covered"
        untouched = [span for number, span in enumerate(fragments) if number != edge.fragment]
        assert all(any(span.contains(kept) for span in moved) for kept in untouched)
        fragments = moved


@settings(max_examples=150)
@given(texts_with_fragments(), st.data())
def test_an_edge_moves_a_step_or_the_reason_is_reported(made: tuple[str, Fragments], data: st.DataObject) -> None:
    text, fragments = made
    for _ in range(4):
        edge = data.draw(st.sampled_from(edges_of(fragments)))
        unit, forward = data.draw(UNITS), data.draw(st.booleans())
        before = edge.of(fragments)
        try:
            moved = edge_stepped(text, fragments, edge, unit, forward)
        except InvalidValue:
            continue
        check(text, moved)
        if len(moved) == len(fragments):
            assert (edge.of(moved) > before) is forward and edge.of(moved) != before
        fragments = moved


@settings(max_examples=120)
@given(texts_with_fragments(), st.data())
def test_halves_cover_all_words_and_joined_they_are_whole_again(
    made: tuple[str, Fragments], data: st.DataObject
) -> None:
    text, fragments = made
    at = data.draw(st.integers(0, len(text)))
    try:
        before, after = split_at(text, fragments, at)
    except InvalidValue:
        return
    check(text, before)
    check(text, after)
    assert before[-1].end <= after[0].start

    def ink(spans: Fragments) -> set[int]:
        return {place for span in spans for place in range(*span) if not text[place].isspace()}

    lost = ink(fragments) - ink((*before, *after))
    assert all(not is_character_boundary(text, place) for place in lost), "only marks upon white space"
    joined = reshaping.joined_fragments(text, [before, after])
    check(text, joined)
    assert ink(joined) >= ink((*before, *after)) and hull(joined) == Span(before[0].start, after[-1].end)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path_factory.mktemp("many") / "case.anno", annotator="ada") as made:
        yield made


def rows(project: annotator.Project) -> list[tuple[Any, ...]]:
    """What the file holds, column by column."""
    with project._stored.raw_connection() as connection:
        found = [tuple(row) for row in connection.execute("SELECT * FROM annotation ORDER BY id")]
        return found + [tuple(row) for row in connection.execute("SELECT * FROM relation ORDER BY id")]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=texts_with_fragments(), data=st.data())
def test_any_steps_can_be_taken_back(many: annotator.Project, made: tuple[str, Fragments], data: st.DataObject) -> None:
    words, fragments = made
    stored = many._stored
    number = len(many.documents())
    # Of one width, so that the same example draws the same numbers each time.
    document = many.add_document(str(number), f"{words}\n{number:06}")
    text = document.text
    first = many.annotate(document, 0, 0, "claim", fragments=fragments, credibility=2, note="seen", cue=(0, 1))
    whole = without_outer_space(text, 0, len(text))
    assert whole is not None
    second = many.annotate(document, *whole, "claim", probability=30)
    many.relate(first, "supports", second)
    began, number = rows(many), stored.log_number

    def held() -> list[AnnotationRecord]:
        return list(stored.read.annotations.all(document_id=document.id))

    steps = 0
    for _ in range(data.draw(st.integers(1, 6))):
        found = data.draw(st.sampled_from(held()))
        step = data.draw(st.sampled_from(["split", "join", "move", "without"]))
        at = data.draw(st.integers(0, len(text)))
        try:
            if step == "split":
                change = reshaping.split(stored, found, text, at)[1]
            elif step == "join":
                change = reshaping.join(stored, data.draw(st.permutations(held()))[:3], text).change
            else:
                edge = data.draw(st.sampled_from(edges_of(found.fragments)))
                wanted = (
                    edge_moved(text, found.fragments, edge, at, data.draw(UNITS))
                    if step == "move"
                    else reshaping.without_fragment(found.fragments, at)
                )
                change = annotating.update(stored, found, text, fragments=wanted)
        except InvalidValue:
            continue
        stored.apply(change)
        steps += bool(change.edits)
        for found in held():
            assert text[found.start : found.end] == found.quote
            check(text, found.fragments)
            assert (found.label, found.annotator) == ("claim", "ada")
        graded = [found for found in held() if found.credibility == 2]
        assert graded and all(found.cue == ((0, 1),) and found.note == "seen" for found in graded)
    assert stored.log_number == number + steps, "each step is one change"
    for _ in range(steps):
        many.undo()
    assert rows(many) == began


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        made.add_document("T", TEXT)
        yield made


def span(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


def quotes(fragments: Fragments) -> list[str]:
    return [part.of(TEXT) for part in fragments]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([("start", "sentence", False)], "Nobody agreed, sources"),
        ([("start", "sentence", False)] * 2, TEXT[: TEXT.index(" say")]),
        ([("end", "sentence", True)], "agreed, sources say."),
        ([("end", "sentence", True)] * 2, "agreed, sources say. It is over."),
        ([("end", "sentence", True)] * 3, "agreed, sources say. It is over.\n\nA new line."),
        ([("end", "sentence", True)] * 2 + [("start", "sentence", True)], "It is over."),
        ([("start", "sentence", False)] * 2 + [("end", "sentence", False)], TEXT[: TEXT.index(" Nobody")]),
        ([("start", "word", True), ("end", "word", True)], "sources say"),
        ([("start", "character", True), ("end", "character", True)], "greed, sources s"),
    ],
)
def test_edges_step_outward_and_inward(keys: list[tuple[str, str, bool]], expected: str) -> None:
    fragments: Fragments = (Span(*span("agreed, sources")),)
    for side, unit, forward in keys:
        fragments = edge_stepped(TEXT, fragments, Edge(0, side == "start"), unit, forward)
    assert quotes(fragments) == [expected]


def test_the_reason_is_reported_where_an_edge_cannot_move() -> None:
    whole = (Span(0, len(TEXT)),)
    word, apart = (Span(*span("Putin")),), (Span(*span("Putin")), Span(*span("gas")))
    for fragments, edge, unit, forward, reason in (
        (whole, Edge(0, True), "word", False, "There are no more words beyond this edge."),
        (whole, Edge(0, False), "sentence", True, "There are no more words beyond this edge."),
        (word, Edge(0, False), "word", False, "The annotation cannot become shorter."),
        (word, Edge(0, True), "sentence", True, "The annotation cannot become shorter."),
        (apart, Edge(1, True), "word", True, "The fragment cannot become shorter."),
    ):
        with pytest.raises(InvalidValue, match=reason):
            edge_stepped(TEXT, fragments, edge, unit, forward)


def test_a_fragment_that_comes_to_its_neighbour_is_one_with_it() -> None:
    apart = (Span(*span("said")), Span(*span("Monday")), Span(*span("gas")))
    assert quotes(edge_moved(TEXT, apart, Edge(1, True), 0)) == ["said on Monday", "gas"]
    assert quotes(edge_moved(TEXT, apart, Edge(1, False), len(TEXT))) == ["said", "Monday that gas"]
    assert quotes(edge_moved(TEXT, apart, Edge(0, True), len(TEXT))) == ["d", "Monday", "gas"]


def test_the_fragment_at_the_caret_is_meant() -> None:
    apart = (Span(2, 6), Span(10, 14), Span(20, 24))
    outer = (Edge(0, True), Edge(2, False))
    meant = {caret: edges_at(apart, caret) for caret in (0, 2, 4, 6, 8, 10, 14, 22, 24, 30)}
    assert [caret for caret, edges in meant.items() if edges == outer] == [0, 2, 8, 24, 30]
    assert meant[4] == meant[6] == (Edge(0, True), Edge(0, False))
    assert meant[10] == meant[14] == (Edge(1, True), Edge(1, False))
    assert edges_at((Span(2, 6),), 4) == (Edge(0, True), Edge(0, False))


def test_both_edges_to_the_sentence() -> None:
    found = (Span(*span("may flow")), Span(*span("sources")))
    assert quotes(reshaping.edges_at_sentence(TEXT, found, Edge(0, True), Edge(1, False))) == [
        "Putin said on Monday that gas may flow",
        "sources say.",
    ]


def test_a_split_keeps_everything_on_both_sides(project: annotator.Project) -> None:
    made = project.annotate(
        1, *span("gas may flow again"), "claim", source="Putin", cue=span("said"), mention=span("Putin"),
        reliability="D", reliability_reason="a party", credibility=3, probability=40, confidence="low", note="n",
        topic="gas",
    )  # fmt: skip
    other = project.annotate(1, *span("It is over."), "claim")
    project.relate(other, "repeats", made)
    id, change = reshaping.split(project._stored, made, TEXT, TEXT.index("flow") - 1)
    project._stored.apply(change)
    halves = project.annotation(made.id), project.annotation(id)
    assert [half.quote for half in halves] == ["gas may", "flow again"]
    own = {"id", "uid", "start", "end", "quote", "prefix", "suffix", "fragments", "updated_at"}
    for half in halves:
        assert {k: v for k, v in half._asdict().items() if k not in own} == {
            k: v for k, v in made._asdict().items() if k not in own
        }
    assert [found.to_id for found in project._stored.read.annotations.relations()] == [made.id]
    with pytest.raises(InvalidValue, match="Put the caret inside"):
        reshaping.split(project._stored, halves[0], TEXT, halves[0].start)
    project.undo()
    assert project.annotation(made.id) == made and len(project.annotations()) == 2


def test_a_join_keeps_the_grades_of_the_first_and_reports_what_it_dropped(project: annotator.Project) -> None:
    first = project.annotate(1, *span("gas may"), "claim", source="Putin", credibility=3, note="one", cue=span("said"))
    second = project.annotate(
        1, *span("flow again"), "claim", source="an aide", credibility=2, probability=60, note="two",
        cue=span("say"), confidence="high", topic="gas",
    )  # fmt: skip
    far = project.annotate(1, *span("It is over"), "claim", reliability="B", reliability_reason="seen")
    witness = project.annotate(1, *span("Nobody"), "speculation")
    project.relate(witness, "contradicts", second)
    project.relate(witness, "contradicts", far)
    project.relate(first, "repeats", second)
    began = rows(project)
    joined = reshaping.join(project._stored, [far, second, first], TEXT)
    project._stored.apply(joined.change)
    assert joined.survivor_id == first.id
    assert joined.dropped == ("who said it (an aide)", "credibility 2", "the relation repeats between them")
    made = project.annotation(first.id)
    assert quotes(made.fragments) == ["gas may flow again", "It is over"]
    assert (made.source, made.score, made.probability, made.confidence) == ("Putin", "B3", 60, "high")
    assert (made.reliability_reason, made.note, made.features) == ("seen", "one\ntwo", {"topic": "gas"})
    assert quotes(made.cue) == ["said", "say"]
    (relation,) = project._stored.read.annotations.relations()
    assert (relation.kind, relation.from_id, relation.to_id) == ("contradicts", witness.id, first.id)
    project.undo()
    assert rows(project) == began


def test_what_cannot_be_joined(project: annotator.Project) -> None:
    first, second = (project.annotate(1, *span(words), "claim") for words in ("gas", "flow"))
    other = project.annotate(1, *span("Nobody"), "speculation")
    for annotations, reason in (([first], "only one"), ([first, second, other], "one label.*claim, speculation")):
        with pytest.raises(InvalidValue, match=reason):
            reshaping.join(project._stored, annotations, TEXT)
    with pytest.raises(InvalidValue, match="one annotator"):
        reshaping.join(project._stored, [first, second._replace(annotator="bob")], TEXT)


def test_a_fragment_is_removed_but_never_the_last() -> None:
    apart = (Span(0, 5), Span(8, 12))
    assert reshaping.without_fragment(apart, 10) == (Span(0, 5),)
    with pytest.raises(InvalidValue, match="Put the caret"):
        reshaping.without_fragment(apart, 6)
    with pytest.raises(InvalidValue, match="delete the annotation"):
        reshaping.without_fragment(apart[:1], 2)


def test_grades_to_copy(project: annotator.Project) -> None:
    project.add_source("Putin")
    project.assess("Putin", "E", made_on="2026-01-01")
    made = project.annotate(
        1,
        *span("gas"),
        "claim",
        source="Putin",
        credibility=3,
        confidence="low",
        note="n",
        topic="gas",
        cue=span("said"),
    )
    assert reshaping.grades_of(made) == {"credibility": 3, "confidence": "low"}, "its letter is the source's"
    assert reshaping.repeated(made) == {
        "source_id": made.source_id,
        "features": {"topic": "gas"},
        "credibility": 3,
        "confidence": "low",
    }
    assert reshaping.grades_of(project.annotate(1, *span("flow"), "claim", note="n")) == {}
