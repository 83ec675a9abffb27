"""Clauses: each position in a content gives the span of this content."""

import re

import pytest

from annotator.domain.spans import Span
from annotator.nlp.boundaries import clause_at, next_clause, previous_clause

# The table of borderline cases in the guideline, content in brackets.
GUIDELINE = [
    "The ministry said [12 people died].",
    "The ministry said [the blast may have been an accident].",
    "Two officials, who asked not to be named, said [talks had collapsed].",
    "A person familiar with the matter said [a deal could come Friday].",
    "The government denied [it had sold arms].",
    "Police reportedly [arrested three men].",
    "Analysts expect [rates to rise].",
    "Analysts said [rates rose].",
    "If the strike goes on, [plants will close].",
    "The army vowed [to retake the town].",
    "The court ruled that [the ban was lawful].",
    "Company X said [it lost $2bn].",
    "State TV, citing the ministry, said [the bridge was open].",
    "Minister A said [minister B had lied].",
    "Some believe [the vote was rigged].",
    "The report shows [deaths rose 7%].",
]
NEWS = [
    '["We will win, and we will fight,"] he said.',
    'He said: ["We will win."]',
    'Smith said, ["It is over."]',
    "[\"It's a 'shame',\"] Smith said.",
    "[“We saw it,”] said John Smith, a spokesman for Gazprom.",
    "The minister said [the deal was “dead”].",
    "[It was over,”] wrote Smith on Monday.",
    "According to Reuters, [plants will close].",
    "[Plants will close], according to the ministry.",
    "[Plants will close], the spokesman said on Monday.",
    "Although it rained, [the army, led by Gen. Smith, attacked Moscow, Russia, on Monday].",
    "He told reporters on Monday that [the deal was dead].",
    "He told Reuters [the deal was dead].",
    "The minister said in a statement on Friday that [12,000 people had fled].",
    "The minister said on Friday [the road was closed].",
    "The president has remarked that [exports could resume if prices fall].",
    "[John Smith, 45, died in Moscow, Russia, on Jan. 5, 2015].",
    "[Rates are expected to rise].",
    "[Gazprom (GAZP.MM) lost $2bn], a person familiar with the matter said.",
    "[The plant closed]; it will not open.",
    "The plant closed; [it will not open].",
    "[The court of the U.S. agreed], but it did so late.",
    "The court agreed, but [it did so late].",
    "The report — released on Monday — says [deaths rose 7%].",
    "The mayor resigned [because the bridge fell].",
    "[He moved to the U.S.]",
    "[他来了]，我走了。",
]


@pytest.mark.parametrize("case", GUIDELINE + NEWS)
def test_every_position_in_a_content_gives_the_content_as_clause(case: str) -> None:
    match = re.search(r"\[(.+)\]", case)
    assert match is not None
    text = case.replace("[", "").replace("]", "")
    start, end = match.start(), match.end() - 2
    assert {clause_at(text, at).of(text) for at in range(start, end)} == {match[1]}


@pytest.mark.parametrize(
    "text",
    [
        "The ministry declined to comment",
        "The allegedly stolen funds were returned",
        "The president will sign the bill on Monday",
        "He did not say whether talks would resume",
    ],
)
def test_a_sentence_without_an_attribution_is_one_clause(text: str) -> None:
    assert clause_at(f"{text}.", 12) == Span(0, len(text))


def test_the_cue_is_a_separate_clause() -> None:
    text = "The ministry said that 12 people died."
    assert clause_at(text, 5).of(text) == "The ministry said that"


def test_a_text_without_words_has_an_empty_clause() -> None:
    assert clause_at("", 0) == Span(0, 0)
    assert clause_at(" \n", 1) == Span(1, 1)
    assert clause_at("...", 1).of("...") in ("...", "..", ".")


def test_next_and_previous_clause_visit_the_same_clauses() -> None:
    text = (
        "Haldrum Freight, which rents the shed, said it was helping the police. “We wait,” he said.\n\n"
        "Nobody knows why."
    )
    forward, at = [], 0
    while (clause := next_clause(text, at)) is not None:
        assert clause.start >= at and clause == clause_at(text, clause.start)
        forward.append(clause)
        at = clause.end
    assert [clause.of(text) for clause in forward] == [
        "Haldrum Freight, which rents the shed",
        "said",
        "it was helping the police",
        "“We wait,”",
        "he said",
        "Nobody knows why",
    ]
    backward, at = [], len(text)
    while (clause := previous_clause(text, at)) is not None:
        backward.append(clause)
        at = clause.start
    assert backward[::-1] == forward
    assert next_clause("", 0) is None and previous_clause(" \n ", 3) is None
