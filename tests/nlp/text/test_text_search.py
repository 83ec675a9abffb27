"""Search in one text: its hits, and their offsets in any text."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.cpu_time import CpuTime

from annotator.domain.errors import Cancelled, InvalidValue
from annotator.domain.spans import Span
from annotator.nlp.boundaries import characters, is_character_boundary
from annotator.nlp.text.text_search import Finder, Query

ACUTE, JOINER = "\u0301", "\u200d"
FAMILY = JOINER.join("👩👩👧")


def found(words: str, text: str, **options: bool) -> list[str]:
    return [span.of(text) for span in Finder(Query(words, **options)).spans(text)]


@pytest.mark.parametrize(
    ("words", "text", "options", "hits"),
    [
        ("port", "Port report PORT", {}, ["Port", "port", "PORT"]),
        ("port", "Port report port", {"match_case": True}, ["port", "port"]),
        ("port", "Port report port", {"whole_word": True}, ["Port", "port"]),
        ("known", "well-known unknown", {"whole_word": True}, ["known"]),
        ("ministry", "the ministry's, ministry_x", {"whole_word": True}, ["ministry"]),
        ("10", "10 10,000 1.10 2010 10.", {"whole_word": True}, ["10", "10"]),
        ("制裁", "经济制裁措施", {"whole_word": True}, ["制裁"]),
        ("ข่าว", "อ่านข่าววันนี้", {"whole_word": True}, ["ข่าว"]),
        ("カタ", "カタカナ", {"whole_word": True}, ["カタ"]),
        ("AI", "用AI的 PAID", {"whole_word": True}, ["AI"]),
        ("قال", "قال الوزير وقال", {}, ["قال", "قال"]),
        ("قال", "قال الوزير وقال", {"whole_word": True}, ["قال"]),
        ("strasse", "Die Straße, STRASSE", {}, ["Straße", "STRASSE"]),
        ("straße", "Die Strasse", {}, ["Strasse"]),
        ("fisch", "ﬁsch Fisch", {}, ["ﬁsch", "Fisch"]),
        ("istanbul", "İstanbul istanbul", {}, ["İstanbul", "istanbul"]),
        ("e", f"e{ACUTE} e", {}, ["e"]),
        ("café", f"cafe{ACUTE} café CAFÉ", {}, [f"cafe{ACUTE}", "café", "CAFÉ"]),
        ("👩", f"{FAMILY} 👩", {}, ["👩"]),
        (FAMILY, f"a {FAMILY} b", {"whole_word": True}, [FAMILY]),
        ("🇫🇷", "🇩🇪🇫🇷 🇪🇫🇷🇩", {}, ["🇫🇷"]),
        (
            "the ministry",
            "the\n ministry the\n\nministry the\u00a0ministry",
            {},
            ["the\n ministry", "the\u00a0ministry"],
        ),
        ("one\n\ntwo", "one\n\n\ntwo", {}, ["one\n\n\ntwo"]),
        ("don't", "I don’t, I don't", {}, ["don’t", "don't"]),
        ("aa", "aaaa a", {}, ["aa", "aa"]),
        ("a+b", "a+b aab", {}, ["a+b"]),
        ("  ", "a  b", {}, []),
        ("", "a b", {}, []),
        (r"port\w*", "Ports report", {"regex": True}, ["Ports", "port"]),
        (r"port", "report port", {"regex": True, "whole_word": True}, ["port"]),
        (r"(?x) po rt  # in a port", "report port", {"regex": True, "whole_word": True}, ["port"]),
        (r"^b", "a\nb\nab", {"regex": True}, ["b"]),
        (r"x*", "axxb", {"regex": True}, ["xx"]),
        (r".", f"e{ACUTE}{FAMILY}", {"regex": True}, [f"e{ACUTE}", FAMILY]),
        (r"(?<=a)b", "ab b", {"regex": True}, ["b"]),
        (r"PORT", "port PORT", {"regex": True, "match_case": True}, ["PORT"]),
    ],
)
def test_hits_of_a_query(words: str, text: str, options: dict[str, bool], hits: list[str]) -> None:
    assert found(words, text, **options) == hits


@pytest.mark.parametrize("expression", ["(", "a)(b", "[", "a{2,1}", "(?P<n>a)(?P<n", "(?r)a"])
def test_an_invalid_expression_raises_an_error(expression: str) -> None:
    for whole_word in (False, True):
        with pytest.raises(InvalidValue, match="expression"):
            Finder(Query(expression, regex=True, whole_word=whole_word))


def test_a_slow_expression_ends_with_a_clear_error() -> None:
    # The library optimises this expression; the other one would take hours.
    assert found(r"(a+)+$", "a" * 40 + "b", regex=True) == []
    finder = Finder(Query(r"(?:a|aa)+$", regex=True), seconds=0.2)
    cpu = CpuTime()
    with pytest.raises(InvalidValue, match=r"took over 0.2 seconds in one document: make it simpler\.$"):
        list(finder.spans("a" * 90 + "b"))
    assert cpu.seconds() < 30


def test_time_spent_by_the_caller_between_hits_is_not_counted() -> None:
    hits = []
    for span in Finder(Query("a", regex=True), seconds=0.2).spans("a" * 5):
        time.sleep(0.1)
        hits.append(span)
    assert len(hits) == 5


def test_a_search_stops_when_it_is_cancelled() -> None:
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        list(Finder(Query("a")).spans("aaaa", cancelled=lambda: next(asked)))


def test_a_query_for_lemmas_needs_their_forms() -> None:
    with pytest.raises(ValueError, match="forms"):
        Finder(Query("sanction", lemma=True))


PIECES = st.sampled_from(
    [
        *"aAbeEiI. \nßİéﬁΣς👩🇫🇷制裁กำ한\u0651",
        *("ss", f"e{ACUTE}", "fi", FAMILY, JOINER, ACUTE, "قا", "\u1112\u1161\u11ab"),
    ]
)
TEXTS = st.lists(PIECES, max_size=24).map("".join)


@given(TEXTS, st.data(), st.booleans(), st.booleans())
@example("🇫🇷🇫🇷", None, False, False)
def test_hits_are_whole_characters_and_do_not_overlap_and_include_the_words(
    text: str, data: st.DataObject | None, match_case: bool, whole_word: bool
) -> None:
    edges = [0, *(span.end for span in characters(text))]
    start = data.draw(st.sampled_from(edges)) if data else 0
    end = data.draw(st.sampled_from(edges)) if data else 2
    words = text[min(start, end) : max(start, end)]
    spans = list(Finder(Query(words, whole_word=whole_word, match_case=match_case)).spans(text))
    reached = 0
    for span in spans:
        assert reached <= span.start < span.end <= len(text)
        reached = span.end
        assert is_character_boundary(text, span.start) and is_character_boundary(text, span.end)
        assert _same(span.of(text), match_case) == _same(words, match_case)
    own = Span(min(start, end), max(start, end))
    if words.strip() == words and words and not whole_word:
        # The words are found where they were taken from, unless an earlier hit overlaps that position.
        assert own in spans or any(span.overlaps(own) for span in spans)


def _same(text: str, match_case: bool) -> str:
    text = " ".join(unicodedata.normalize("NFC", text).split())
    for letter in "İIı":
        text = text if match_case else text.replace(letter, "i")
    return text if match_case else unicodedata.normalize("NFC", text.casefold())


@given(TEXTS, st.sampled_from([r"\w+", r"[ae]", r".", r"\S+\s", r"a|👩", r"(?:..)+?", r"\b\w"]), st.booleans())
def test_hits_of_expressions_never_split_a_character(text: str, expression: str, whole_word: bool) -> None:
    reached = 0
    for span in Finder(Query(expression, regex=True, whole_word=whole_word)).spans(text):
        assert reached <= span.start < span.end
        reached = span.end
        assert is_character_boundary(text, span.start) and is_character_boundary(text, span.end)
