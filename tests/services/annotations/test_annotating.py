"""Annotating: whatever the text and the span, the row says what the text says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import annotator
from annotator.domain.changes import Change, Edit, new_uid
from annotator.domain.errors import AnnotatorError, InvalidSpan, InvalidValue, NotFound, UnsupportedGrade
from annotator.domain.spans import Span, checked_fragments
from annotator.services.annotations import reshaping
from annotator.services.annotations.annotating import moved_edges, one_or_many
from annotator.services.documents import documents

TEXT = "Putin said on Monday that, sources say, gas 😀 may flow 👩‍👩‍👧 again. قال الوزير e\u0301te\u0301.\u2028End"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        made.add_document("T", TEXT)
        yield made


texts = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff"),
        st.sampled_from("😀👩\u200d\u0301\u200f\u202e\u2028\u00a0\t\n قا東"),
    ),
    min_size=1,
    max_size=60,
).filter(lambda text: text.strip() != "")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path_factory.mktemp("many") / "case.anno") as made:
        yield made


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts, data=st.data())
def test_the_quote_is_what_the_span_covers(many: annotator.Project, text: str, data: st.DataObject) -> None:
    number = len(many.documents())
    # Of one width, so that the same example draws the same numbers each time.
    document = many.add_document(str(number), f"{text}\n{number:06}")
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    try:
        made = many.annotate(document, start, end, "claim")
    except InvalidValue:
        assert not document.text[start:end].strip()
        return
    assert made.quote == document.text[made.start : made.end] == document.text[start:end].strip()
    assert made.prefix == document.text[max(0, made.start - 32) : made.start]
    assert made.suffix == document.text[made.end : made.end + 32]
    new_end = data.draw(st.integers(made.start + 1, len(document.text)))
    if not document.text[made.start : new_end].strip():
        return
    moved = many.update(made, end=new_end)
    assert moved.quote == document.text[moved.start : moved.end] == document.text[made.start : new_end].rstrip()


def test_fragments_cue_and_mention(project: annotator.Project) -> None:
    made = project.annotate(
        1, 0, 0, "claim", fragments=[(40, 59), (14, 26)], cue=(6, 10), mention=[(0, 5)], source="Vladimir Putin"
    )
    assert [span.of(TEXT) for span in made.fragments] == ["on Monday that,"[3:], "gas 😀 may flow 👩‍👩‍👧"[:19]]
    assert (made.start, made.end) == (14, made.fragments[1].end)
    assert made.quote == TEXT[made.start : made.end]
    assert " … " in made.shown_quote
    assert made.cue == ((6, 10),)
    assert made.mention == ((0, 5),)
    joined = project.annotate(1, 0, 0, "claim", fragments=[(0, 5), (5, 10)])
    assert joined.fragments == ((0, 10),)


def test_moving_an_edge_loses_nothing(project: annotator.Project) -> None:
    made = project.annotate(
        1,
        40,
        45,
        "speculation",
        source="an aide",
        cue=(6, 10),
        mention=(0, 5),
        credibility=3,
        reliability="D",
        reliability_reason="a rival",
        probability=60,
        confidence="low",
        note="look again",
        topic="gas",
    )
    moved = project.update(made, start=27, end=49)
    expected = made._asdict() | {name: getattr(moved, name) for name in ("start", "end", "quote", "prefix", "suffix")}
    expected |= {"fragments": ((27, 49),), "updated_at": moved.updated_at}
    assert moved._asdict() == expected
    assert project.undo() == "Move the start"
    assert project.annotation(made.id) == made


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (2, 12, [(2, 5), (10, 12)]),
        (0, 20, [(0, 5), (10, 20)]),
        (0, 4, [(0, 4)]),
        (12, 15, [(12, 15)]),
        (20, 30, [(20, 30)]),
        (7, 15, [(7, 15)]),
        (6, 8, [(6, 8)]),
    ],
)
def test_moved_edges(start: int, end: int, expected: list[tuple[int, int]]) -> None:
    assert moved_edges([Span(0, 5), Span(10, 15)], start, end) == expected


def test_moved_edges_that_meet() -> None:
    with pytest.raises(InvalidSpan):
        moved_edges([Span(0, 5)], 3, 3)


@pytest.mark.parametrize(
    ("given", "expected"),
    [(None, []), ((1, 2), [(1, 2)]), (Span(1, 9), [(1, 9)]), ([(1, 2), (3, 4)], [(1, 2), (3, 4)]), ([], [])],
)
def test_one_or_many(given: Any, expected: list[tuple[int, int]]) -> None:
    assert [tuple(pair) for pair in one_or_many(given)] == expected


def test_reliability_is_inherited_and_overridden(project: annotator.Project) -> None:
    made = project.annotate(1, 0, 5, "claim", source="Ministry", credibility=2)
    assert (made.reliability, made.score) == (None, "-2")
    project.assess("Ministry", "B", made_on="2026-01-01")
    made = project.annotation(made.id)
    assert (made.reliability, made.inherited_reliability, made.score) == ("B", "B", "B2")
    project.assess("Ministry", "D", made_on="2025-01-01")
    assert project.annotation(made.id).score == "B2", "an earlier judgement is not in force"
    project.assess("Ministry", "C", made_on="2026-01-01")
    assert project.annotation(made.id).score == "C2", "of one day the last counts"
    made = project.update(made, reliability="f", reliability_reason="an anonymous copy")
    assert (made.reliability, made.inherited_reliability, made.score) == ("F", "C", "F2")
    made = project.update(made, reliability=None, credibility=None)
    assert (made.reliability_override, made.score) == (None, "C-")
    assert project.update(made, source=None).score == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"credibility": 0},
        {"credibility": 7},
        {"credibility": True},
        {"credibility": "two"},
        {"reliability": "G"},
        {"reliability": "AB"},
        {"probability": -1},
        {"probability": 101},
        {"probability": 0.5},
        {"probability": True},
        {"confidence": "very"},
        {"cue": (5, 5)},
        {"cue": (0, 9999)},
        {"cue": "ab"},
        {"mention": [(0, 5), (3, 8)]},
        {"fragments": [(0, 5), (4, 8)]},
        {"fragments": [(0, 5, 6)]},
        {"fragments": [(0.5, 5)]},
        {"negated": "perhaps"},
        {"evidence": "not a link"},
        {"made_up": float("nan")},
        {"made_up": object()},
        {"made_up": {1, 2}},
        {"note": "\ud800"},
        {"source": " "},
        {"source": 99},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_is_outside_its_limits_is_refused(project: annotator.Project, wrong: dict[str, Any]) -> None:
    # A new project has no feature that is a link.
    feature = {"uid": new_uid(), "position": 99, "name": "proof", "kind": "link"}
    project._stored.apply(Change("Add a feature", (Edit("feature", 99, None, feature),), ""))
    names = {kind: name.replace(" ", "_") for name, kind in definitions(project)}
    if "negated" in wrong:
        wrong = {names["flag"]: wrong["negated"]}
    elif "evidence" in wrong:
        wrong = {names["link"]: wrong["evidence"]}
    number = project._stored.log_number
    with pytest.raises(AnnotatorError) as refused:
        project.annotate(1, 0, 5, "claim", **({"source": "New one"} | wrong))
    assert "\n" not in str(refused.value)
    made = project.annotate(1, 0, 5, "claim")
    with pytest.raises(AnnotatorError):
        project.update(made, **wrong)
    assert project.annotation(made.id) == made
    assert project._stored.log_number == number + 1
    assert project.sources() == []


def definitions(project: annotator.Project) -> list[tuple[str, str]]:
    with project._stored.raw_connection() as connection:
        return [tuple(row) for row in connection.execute("SELECT name, kind FROM feature")]


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (9, 5), (0, 10_000), (10_000, 10_001)])
def test_a_span_outside_the_text_is_refused(project: annotator.Project, start: int, end: int) -> None:
    with pytest.raises(InvalidSpan, match="does not lie in the text"):
        project.annotate(1, start, end, "claim")


def test_spans_that_are_no_numbers() -> None:
    for pairs in ([("0", "5")], [(None, 1)], [5], [(1,)]):
        with pytest.raises(InvalidSpan, match="whole numbers"):
            checked_fragments(pairs, 10)  # type: ignore[arg-type]  # wrong on purpose


def test_white_space_at_the_edges_is_left_out(project: annotator.Project) -> None:
    made = project.annotate(1, 5, 11, "claim")
    assert (made.start, made.end, made.quote) == (6, 10, "said")
    with pytest.raises(InvalidValue, match="white space"):
        project.annotate(1, 5, 6, "claim")


def test_names_that_the_project_does_not_hold(project: annotator.Project) -> None:
    made = project.annotate(1, 0, 5, "CLAIM")
    assert made.label == "claim"
    with pytest.raises(NotFound, match="use one of claim, speculation, official statement"):
        project.annotate(1, 0, 5, "rumour")
    with pytest.raises(NotFound):
        project.annotate(99, 0, 5, "claim")
    with pytest.raises(NotFound):
        project.update(99, note="x")
    with pytest.raises(NotFound):
        project.remove(99)
    with pytest.raises(NotFound):
        project.relate(made, "supports", 99)
    with pytest.raises(InvalidValue, match="itself"):
        project.relate(made, "supports", made)
    with pytest.raises(InvalidValue, match="kind"):
        project.relate(made, " ", 99)


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"mention": [(0, 3)], "cue": [(4, 8)]}, "Change the cue"),
        ({"note": "Both.", "confidence": "low"}, "Change the confidence"),
        ({"note": "Both.", "cue": [(4, 8)]}, "Change the note"),
        ({"mention": [(0, 3)]}, "Change the source mention"),
    ],
)
def test_a_change_of_several_fields_is_named_after_the_first(
    project: annotator.Project, changed: dict[str, Any], title: str
) -> None:
    project.update(project.annotate(1, 0, 5, "claim"), **changed)
    assert project.undo() == title


def test_a_change_without_a_difference_is_no_step(project: annotator.Project) -> None:
    made = project.annotate(1, 0, 5, "claim", note="x")
    assert project.update(made, note="x", label="claim", end=5) == made
    assert project.undo() == "Annotate as claim"


def test_a_new_source_goes_with_its_annotation(project: annotator.Project) -> None:
    made = project.annotate(1, 0, 5, "claim", source="Ministry")
    assert [found.name for found in project.sources()] == ["Ministry"]
    project.undo()
    assert project.sources() == []
    project.redo()
    assert project.annotation(made.id).source == "Ministry"
    project.update(made, source="ministry")
    assert [found.name for found in project.sources()] == ["Ministry"]
    project.update(made, source="Embassy")
    project.undo()
    assert [found.name for found in project.sources()] == ["Ministry"]


def test_undefined_features_are_kept(project: annotator.Project) -> None:
    made = project.annotate(1, 0, 5, "claim", colour="red", count=3, empty="", nested={"a": [1, None]})
    assert made.features == {"colour": "red", "count": 3, "nested": {"a": [1, None]}}
    made = project.update(made, count=4, colour=None)
    assert made.features == {"count": 4, "nested": {"a": [1, None]}}


@pytest.mark.parametrize("empty", ["", "   ", None])
def test_a_one_keeps_the_reason_it_rests_on(project: annotator.Project, empty: str | None) -> None:
    made = project.annotate(1, 0, 5, "claim")
    project.update(made, credibility=1, credibility_reason="seen by me")
    with pytest.raises(UnsupportedGrade, match="rests on this reason"):
        project.update(made, credibility_reason=empty)
    with pytest.raises(UnsupportedGrade):
        project.update(made, credibility=1, credibility_reason=empty)
    held = project.annotation(made.id)
    assert (held.credibility, held.credibility_reason) == (1, "seen by me")
    assert project.update(made, credibility_reason="seen by two").credibility_reason == "seen by two"
    assert project.update(made, note="n").credibility == 1
    changed = project.update(made, credibility=2, credibility_reason=empty)
    assert (changed.credibility, changed.credibility_reason) == (2, "")
    project.undo()
    assert project.annotation(made.id).credibility_reason == "seen by two"


def test_a_one_may_be_given_with_the_reason_that_is_there_already(project: annotator.Project) -> None:
    made = project.annotate(1, 0, 5, "claim")
    project.update(made, credibility=3, credibility_reason="seen by me")
    changed = project.update(made, credibility=1, credibility_reason="seen by me")
    assert (changed.credibility, changed.credibility_reason) == (1, "seen by me")
    with pytest.raises(UnsupportedGrade, match="two independent origins"):
        project.update(project.annotate(1, 6, 10, "claim"), credibility=1)


def test_a_reason_without_a_digit_may_go(project: annotator.Project) -> None:
    made = project.annotate(1, 0, 5, "claim")
    assert project.update(made, credibility_reason="early").credibility_reason == "early"
    assert project.update(made, credibility_reason="").credibility_reason == ""


def test_the_letter_of_a_document_keeps_its_reason(project: annotator.Project) -> None:
    project._stored.apply(documents.update(project.document(1), reliability="D", reliability_reason="an opinion page"))
    for empty in ("", "  "):
        with pytest.raises(InvalidValue, match="needs a reason"):
            documents.update(project.document(1), reliability_reason=empty)
    assert documents.update(project.document(1), reliability_reason="a column").edits
    assert documents.update(project.document(1), reliability="C").edits
    change = documents.update(project.document(1), reliability=None, reliability_reason="")
    project._stored.apply(change)
    assert project.document(1).reliability_reason == ""
    assert documents.update(project.document(1), title="Another").edits


def test_a_repeated_annotation_has_no_unsupported_one(project: annotator.Project) -> None:
    made = project.annotate(1, 0, 5, "claim", credibility=1, confidence="high")
    assert reshaping.repeated(made)["confidence"] == "high"
    assert "credibility" not in reshaping.repeated(made)
    given = project.update(made, credibility_reason="seen by me")
    assert reshaping.repeated(given)["credibility"] == 1
