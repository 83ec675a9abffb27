"""Training a suggester: what it learns, what is measured, what it needs, and cancellation."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.nlp.trained.harbour_reports import harbour, marked

from annotator.domain.errors import Cancelled, InvalidValue
from annotator.domain.spans import Span
from annotator.nlp.rules import parses
from annotator.nlp.rules.proposals import Proposal
from annotator.nlp.rules.rule_suggester import suggest
from annotator.nlp.trained.model import Model
from annotator.nlp.trained.training import train
from annotator.nlp.trained.training_examples import Example, Labelled

NEW = "Gulls sat on the rail. Runa Holm burbled that the ice house would get a new roof. A bell rang twice."


def quiet(done: int, total: int, text: str) -> None:
    assert 0 <= done <= total and text


def trained(examples: list[Example], parsed: bool = False) -> Model:
    return train(examples, name="harbour", made_at="2026-11-27", progress=quiet, parsed=parsed)


@pytest.fixture(scope="module")
def model() -> Model:
    return trained(harbour(12))


def words(text: str, proposals: list[Proposal]) -> list[tuple[str, str, str, str]]:
    def joined(spans: tuple[Span, ...]) -> str:
        return " … ".join(span.of(text) for span in spans)

    return [(one.label, joined(one.fragments), joined(one.cue), joined(one.mention)) for one in proposals]


def test_cues_and_labels_unknown_to_the_rules_are_learned(model: Model) -> None:
    assert not any("ice house" in span.of(NEW) for one in suggest(NEW) for span in one.fragments if one.mention)
    assert words(NEW, model.suggest(NEW)) == [("promise", "the ice house would get a new roof", "burbled", "Runa Holm")]
    tally = "The pilot burbled that the slipway would weigh six tons."
    assert words(tally, model.suggest(tally)) == [("tally", "the slipway would weigh six tons", "burbled", "The pilot")]


def test_a_proposal_has_a_reason(model: Model) -> None:
    (found,) = model.suggest(NEW)
    assert found.reason == "model: cue “burbled”, source “Runa Holm”, learned from 12 documents"
    assert found.engine == "model harbour 2026-11-27" == model.card.engine
    assert found.source == "Runa Holm"
    assert found.features["source form"] == "named" and found.features["polarity"] == "asserted"
    assert 0 < found.score <= 1


def test_figures_are_measured_on_documents_held_out(model: Model) -> None:
    card = model.card
    assert (card.documents, card.annotations, card.by_label) == (12, 48, {"promise": 24, "tally": 24})
    figures = card.figures
    assert (figures.documents, figures.annotations) == (3, 12)
    assert figures.measured.contents.wanted == 12
    assert figures.measured.labelled.f > 0.9
    assert figures.measured.by_label["promise"].wanted == 6
    assert [point.documents for point in figures.curve] == [3, 5, 7, 9]
    assert figures.curve[-1].counts == figures.measured.labelled
    assert sum(one.proposed for one in figures.reliability()) == figures.measured.contents.proposed
    assert card.threshold_for(0.9) is not None and card.threshold_for(0.9, "promise") is not None


def test_the_same_examples_in_any_order_give_the_same_model(model: Model) -> None:
    again = trained(harbour(12)[::-1])
    assert again.card == model.card
    assert again.suggest(NEW) == model.suggest(NEW)


def test_cue_and_mention_come_from_the_rules_where_only_contents_are_annotated() -> None:
    examples = [
        replace(one, annotations=tuple(Labelled(a.label, a.fragments) for a in one.annotations))
        for one in harbour(10, "said")
    ]
    text = "Nobody hurried. Runa Holm said that the ice house would get a new roof."
    assert words(text, trained(examples).suggest(text)) == [
        ("promise", "the ice house would get a new roof", "said", "Runa Holm")
    ]


def test_a_rejected_proposal_lowers_the_score_of_similar_ones() -> None:
    # Six sentences of this kind are annotated. In the second training, proposals in four others are rejected.
    rumour = "Mara Lind whispered that the tide gate would {}."
    ends = ("leak", "rust", "stick", "fall", "sing", "tilt")
    annotated = [
        marked(f"[who: Mara Lind] [cue: whispered] that [promise: the tide gate would {end}].") for end in ends
    ]
    plain = [Example(rumour.format(end + " soon"), "en", ()) for end in ends[:4]]
    rejected = [replace(one, rejected=(Labelled("promise", (Span(25, len(one.text) - 1),)),)) for one in plain]
    text = rumour.format("burst")
    before = trained([*harbour(8), *annotated, *plain]).suggest(text)
    after = trained([*harbour(8), *annotated, *rejected]).suggest(text)
    assert before
    assert not after or after[0].score < before[0].score


def test_a_single_label_is_learned_with_a_note() -> None:
    examples = [
        replace(one, annotations=tuple(replace(a, label="remark") for a in one.annotations)) for one in harbour(8)
    ]
    one = trained(examples)
    assert [found.label for found in one.suggest(NEW)] == ["remark"]
    assert one.card.notes == (
        (
            "Only one label, “remark”, was learned: the model finds where it belongs, and needs annotations with a "
            "second one to tell them apart."
        ),
    )


def test_a_rare_label_is_left_out_with_a_note() -> None:
    extra = marked("[who: Otto Varga] [cue: burbled] that [oath: the ice house would sink].")
    found = trained([*harbour(8), extra]).card
    assert found.labels == ("promise", "tally")
    assert found.notes == ("“oath” has 1 annotation and was not learned: it needs at least 3.",)


@pytest.mark.parametrize(
    ("examples", "sentence"),
    [
        ([], "There are no documents, and a model learns from annotations: it needs at least 20 in 4 documents."),
        (
            [Example("A bell rang.", "en", ())],
            (
                "None of the 1 documents is annotated, and a model learns from annotations: "
                "it needs at least 20 in 4 documents."
            ),
        ),
        (
            harbour(2),
            (
                "There are 8 annotations to learn from, in 2 documents: a model needs at least 20 in 4 documents, "
                "and 3 of a label; more make it better."
            ),
        ),
    ],
)
def test_too_few_examples_raise_an_error_that_says_how_many_are_needed(examples: list[Example], sentence: str) -> None:
    with pytest.raises(InvalidValue) as error:
        trained(examples)
    assert str(error.value) == sentence


def test_documents_in_another_language_are_left_out_with_a_note() -> None:
    german = marked("[promise: Das Tor rostet], sagte der Lotse.", "de-AT")
    assert trained([*harbour(8), german]).card.notes == (
        "Learned from the documents in 'en' alone; 1 in 'de' were left out.",
    )


def test_a_language_without_word_lists_can_be_learned() -> None:
    ends = ("сломан", "закрыт", "открыт", "затоплен", "пуст", "готов")
    examples = [
        marked(f"Утро было серым. Лоцман буркнул, что [слух: порт {end}]. Лодка {number} ушла.", "ru")
        for number in range(4)
        for end in ends
    ]
    text = "Утро было серым. Лоцман буркнул, что порт забит. Лодка 9 ушла."
    assert [one.fragments[0].of(text) for one in trained(examples).suggest(text)] == ["порт забит"]


def test_training_stops_when_it_is_cancelled() -> None:
    calls = 0

    def stop(done: int, total: int, text: str) -> None:
        nonlocal calls
        calls += 1
        if text.startswith("Measuring"):
            raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        train(harbour(8), name="harbour", made_at="2026-11-27", progress=stop, parsed=False)
    assert calls > 1


def test_a_model_trained_with_parses_uses_one(monkeypatch: pytest.MonkeyPatch) -> None:
    if not parses.is_installed():
        pytest.skip("no English pipeline is installed")
    learned = trained(harbour(8), parsed=True)
    parse = parses.pipeline()(NEW)
    assert learned.suggest(NEW) == learned.suggest(NEW, parse=parse) == next(learned.suggest_all([NEW]))
    monkeypatch.setattr(parses, "PIPELINES", {})
    with pytest.raises(InvalidValue, match="was trained with a parse, and no language pipeline for 'en' is installed"):
        learned.suggest(NEW)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(text="👩‍👩‍👧 said “")
@example(text="The minister said “")
@given(
    st.lists(
        st.sampled_from(
            [
                "burbled that",
                "Runa Holm",
                "the ice house would",
                "👩‍👩‍👧 said",
                "שלום אמר",
                "港口说",
                "é",
                "“",
                "”",
                ".",
                "\n\n",
                ",",
            ]
        ),
        max_size=30,
    ).map(" ".join)
)
def test_spans_lie_in_the_text_and_contents_do_not_overlap(model: Model, text: str) -> None:
    end = 0
    for one in model.suggest(text):
        for span in one.fragments:
            assert end <= span.start < span.end <= len(text)
            end = span.end
        for span in (*one.cue, *one.mention):
            assert 0 <= span.start < span.end <= len(text)
    assert model.suggest("") == []


def test_offsets_are_code_points_after_astral_characters(model: Model) -> None:
    before = "👩‍👩‍👧 𝒳𝒴 שלום "
    assert [one.fragments for one in model.suggest(before + "\n\n" + NEW)] == [
        tuple(Span(start + len(before) + 2, end + len(before) + 2) for start, end in one.fragments)
        for one in model.suggest(NEW)
    ]
