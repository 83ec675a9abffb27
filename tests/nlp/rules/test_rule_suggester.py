"""The suggestion rules: the examples of the guideline, and the patterns by which articles attribute contents."""

import gc
import re
from pathlib import Path

import pytest

from annotator.nlp.rules.proposals import CLAIM, OFFICIAL, SPECULATION, Proposal
from annotator.nlp.rules.rule_suggester import suggest

# The table of borderline cases in the guideline: content in brackets, label, and features that it names.
GUIDELINE: list[tuple[str, str | None, dict[str, str | bool]]] = [
    (
        "The ministry said [12 people died].",
        OFFICIAL,
        {"certainty": "certain", "source form": "role only", "source kind": "official", "on record": "yes"},
    ),
    ("The ministry said [the blast may have been an accident].", OFFICIAL, {"certainty": "possible"}),
    (
        "Two officials, who asked not to be named, said [talks had collapsed].",
        CLAIM,
        {"source form": "unnamed", "source kind": "official", "on record": "no"},
    ),
    (
        "A person familiar with the matter said [a deal could come Friday].",
        SPECULATION,
        {"source form": "unnamed", "on record": "no", "time": "future", "certainty": "possible"},
    ),
    ("The government denied [it had sold arms].", OFFICIAL, {"polarity": "denied", "speech act": "deny"}),
    ("The ministry declined to comment.", None, {}),
    ("Police reportedly [arrested three men].", SPECULATION, {"source form": "implicit", "time": "past"}),
    ("Analysts expect [rates to rise].", SPECULATION, {"source kind": "expert", "time": "future"}),
    ("Analysts said [rates rose].", CLAIM, {"source form": "collective", "certainty": "certain", "time": "past"}),
    ("If the strike goes on, [plants will close].", SPECULATION, {"conditional": True, "time": "future"}),
    ("The army vowed [to retake the town].", OFFICIAL, {"speech act": "commit"}),
    ("The court ruled that [the ban was lawful].", OFFICIAL, {"speech act": "decree"}),
    ("Company X said [it lost $2bn].", CLAIM, {"source form": "named", "source kind": "organisation"}),
    ("State TV, citing the ministry, said [the bridge was open].", OFFICIAL, {"relay": "State TV"}),
    ("Minister A said [minister B had lied].", OFFICIAL, {}),
    ('"It is a disgrace," he said.', None, {}),
    ("Some believe [the vote was rigged].", SPECULATION, {"source form": "collective"}),
    ("The report shows [deaths rose 7%].", CLAIM, {"source form": "document", "source kind": "document"}),
    ("He did not say whether talks would resume.", None, {}),
    ("The audit court's report shows [deaths rose 7%].", OFFICIAL, {"source form": "document"}),
    ("Why did the ministry lie?", None, {}),
]


def content(text: str, proposal: Proposal) -> str:
    return " … ".join(span.of(text) for span in proposal.fragments)


def bare(case: str) -> tuple[str, str | None]:
    """Return the text without its brackets, and the part that was in them."""
    match = re.search(r"\[(.+)\]", case)
    return case.replace("[", "").replace("]", ""), match[1] if match else None


@pytest.mark.parametrize(("case", "label", "features"), GUIDELINE)
def test_the_items_of_the_guideline(case: str, label: str | None, features: dict[str, str | bool]) -> None:
    text, wanted = bare(case)
    found = suggest(text)
    assert [(one.label, content(text, one)) for one in found] == ([(label, wanted)] if label else [])
    if found:
        assert {name: found[0].features.get(name) for name in features} == features


@pytest.mark.parametrize(
    "text", ["The allegedly stolen funds were returned.", "The president will sign the bill on Monday."]
)
def test_a_statement_of_the_outlet_is_a_claim_with_a_low_score(text: str) -> None:
    (found,) = suggest(text)
    assert (found.label, found.rule, found.cue, found.mention) == (CLAIM, "plain statement", (), ())
    assert found.score < 0.5
    assert content(text, found) == text[:-1]
    assert found.features["source form"] == "implicit"


def test_a_claim_about_a_later_day_is_in_the_future() -> None:
    (found,) = suggest("The president will sign the bill on Monday.")
    assert (found.label, found.features["time"]) == (CLAIM, "future")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("State TV, citing the ministry, said the bridge was open.", "the ministry"),
        ("Minister A said minister B had lied.", "A"),
        ("Police reportedly arrested three men.", ""),
    ],
)
def test_the_source_of_a_content(text: str, source: str) -> None:
    (found,) = suggest(text)
    assert found.source == source


def test_the_hedge_is_the_cue_where_there_is_no_source() -> None:
    text = "Police reportedly arrested three men."
    (found,) = suggest(text)
    assert [span.of(text) for span in found.cue] == ["reportedly"]


def test_the_article_that_the_guideline_explains(shared: Path) -> None:
    """The labels are those of the last paragraph of the guideline."""
    text = (shared / "articles" / "gazprom.txt").read_text(encoding="utf-8")
    found = suggest(text)

    def at(words: str) -> list[Proposal]:
        place = text.index(words)
        return [one for one in found if any(span.start <= place < span.end for span in one.fragments)]

    assert [one.label for one in at("are in preliminary talks")] == [CLAIM]
    for hedged in ("may involve", "could influence", "could reshape"):
        assert [one.label for one in at(hedged)] == [SPECULATION]
    (putin,) = at("Russia could reinstate")
    assert (putin.label, putin.source, putin.source_kind) == (OFFICIAL, "Vladimir Putin", "official")
    assert content(text, putin).startswith("Russia could reinstate gas exports to Europe if agreements")
    assert [span.of(text) for span in putin.cue] == ["has remarked"]
    assert [span.of(text) for span in putin.mention] == ["President Vladimir Putin"]
    (unnamed,) = at("the potential cooperation may extend to")
    assert (unnamed.label, unnamed.features["source form"]) == (SPECULATION, "unnamed")
    assert at("have yet to officially comment") == []


GERMAN: list[tuple[str, str | None]] = [
    ("Das Ministerium sagte, [zwölf Menschen seien gestorben].", OFFICIAL),
    ("Analysten erwarten, dass [die Zinsen steigen].", SPECULATION),
    ("[„Der Hafen bleibt geschlossen“], sagte die Sprecherin der Polizei.", OFFICIAL),
    ("Die Regierung bestritt, [Waffen verkauft zu haben].", OFFICIAL),
    ("Laut Polizei [wurden drei Männer festgenommen].", OFFICIAL),
    ("[Die Brücke könnte am Montag wieder öffnen].", SPECULATION),
    ("Angeblich [hat die Firma zwei Milliarden verloren].", SPECULATION),
    ("Der Bericht zeigt, dass [die Zahl der Toten um sieben Prozent stieg].", CLAIM),
    ("Das Ministerium wollte sich nicht äußern.", None),
    ("Warum log das Ministerium?", None),
]


@pytest.mark.parametrize(("case", "label"), GERMAN)
def test_german_sentences(case: str, label: str | None) -> None:
    text, wanted = bare(case)
    found = suggest(text, "de")
    assert [(one.label, content(text, one)) for one in found] == ([(label, wanted)] if label else [])


@pytest.mark.parametrize(
    "text", ["The minister said “", "The minister said: “ ”", "👩\u200d👩\u200d👧 said “", "According to him, “"]
)
def test_a_quotation_without_words_is_not_proposed(text: str) -> None:
    assert [
        one for one in suggest(text) if not any(map(str.isalpha, text[one.fragments[0][0] : one.fragments[-1][1]]))
    ] == []


def test_suggesting_leaves_nothing_to_the_garbage_collector() -> None:
    """Objects that refer to each other stay in memory until the next collection."""
    text = "\n".join(bare(case)[0] for case, _label, _features in GUIDELINE)
    suggest(text)
    gc.collect()
    gc.disable()
    try:
        suggest(text)
        assert gc.collect() == 0
    finally:
        gc.enable()
