"""Characters, words, paragraphs, growing and shrinking, and properties of every boundary in any text."""

from collections.abc import Callable
from itertools import pairwise

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.cpu_time import CpuTime

from annotator.domain.spans import Span
from annotator.nlp import boundaries

_PIECES = st.sampled_from(
    [
        "a", "Z", "Mr.", "U.S.", " said", " that ", "He", "12,000", "3.5", "é", "e\u0301", "\u0301",
        "\u0308\u0301", "👩\u200d👩\u200d👧", "🇩🇪", "🇫", "👍🏽", "❤\ufe0f", "1\ufe0f\u20e3", "\u200d",
        "\U0001d49c", "한국", "\u1112\u1161\u11ab", "我们", "。", "」と", "「", "東", "カタ", "ひら", "ไทย",
        "กำ", "क्ष", "हिन्दी", "।", "العربية", "؟", "צה״ל", "ש\u05b8", "\u0600", "\u0d4e", " ", " ", " ", "  ",
        "\n", "\n", "\n\n", "\t", "\u00a0", "\u2028", "\u2029", "\u200b", "\u00ad", ".", ". ", ". ", "? ", "!",
        "…", "...", ". . .", '"', "“", "”", "’", "'", ",", ", ", ": ", ";", " - ", "- ", "—", "(", ")", "[1]",
        "«", "»", "1. ", "x@y.org", "http://a.b/c?d=1", "_", "$", "\x1f",
    ]
)  # fmt: skip
_TEXTS = st.one_of(
    st.lists(_PIECES, max_size=40).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=40),
)


def _edges(text: str) -> list[int]:
    return [0, *(found.end() for found in regex.finditer(r"\X", text))]


def _is_clean(text: str, span: Span) -> bool:
    edges = _edges(text)
    return 0 <= span.start <= span.end <= len(text) and span.start in edges and span.end in edges


@given(_TEXTS)
def test_characters_are_the_grapheme_clusters(text: str) -> None:
    edges = _edges(text)
    for at in range(len(text) + 1):
        assert boundaries.is_character_boundary(text, at) == (at in edges)
        assert boundaries.next_character(text, at) == min((edge for edge in edges if edge > at), default=len(text))
        assert boundaries.previous_character(text, at) == max((edge for edge in edges if edge < at), default=0)


@pytest.mark.parametrize(
    "cluster", ["👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301\u0327", "\u1112\u1161\u11ab", "क्षि", "1\ufe0f\u20e3"]
)
def test_a_caret_never_stops_inside_a_character(cluster: str) -> None:
    text = f"a{cluster}b"
    assert boundaries.next_character(text, 1) == 1 + len(cluster)
    assert boundaries.previous_character(text, 1 + len(cluster)) == 1
    assert boundaries.character_at(text, 2) == Span(1, 1 + len(cluster))


def test_flags_are_paired_from_the_first_one_on() -> None:
    text = "🇩🇪🇫🇷🇮🇹"
    assert [boundaries.next_character(text, at) for at in range(6)] == [2, 2, 4, 4, 6, 6]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a well-known co-operation, don't you", "a|well-known|co-operation|don't|you"),
        ("the U.S. and U.S.-led J.K. Rowling's", "the|U.S.|and|U.S.-led|J.K.|Rowling's"),
        ("3.5 of 1,000 at 10:30, $2bn, 7%", "3.5|of|1,000|at|10:30|2bn|7"),
        ("one,two said.Then ‘quoted’ (x)", "one|two|said|Then|quoted|x"),
        ("a\u2028b\u00a0c\td\u200be", "a|b|c|d|e"),
        ("cafe\u0301 naïve", "cafe\u0301|naïve"),
        ("👩‍👩‍👧🇩🇪ok", "👩‍👩‍👧|🇩🇪|ok"),
        ("我们去タワーへ한국어 ไทย", "我|们|去|タワー|へ|한국어|ไทย"),
        ('צה"ל צה״ל כַּלְבּ', 'צה"ל|צה״ל|כַּלְבּ'),
        ("الحُكومةُ ١٬٠٠٠", "الحُكومةُ|١٬٠٠٠"),
        (" ... -- !", ""),
    ],
)
def test_words(text: str, expected: str) -> None:
    found = [word.of(text) for word in boundaries.words(text)]
    assert found == (expected.split("|") if expected else [])


@given(_TEXTS)
@example(":⺀")  # a radical: a symbol of the script Han, and no letter
@example("a ㋐")
def test_the_words_at_a_position_are_those_of_the_whole_text(text: str) -> None:
    every = list(boundaries.words(text))
    assert all(_is_clean(text, word) and word.start < word.end for word in every)
    assert all(one.end <= other.start for one, other in pairwise(every))
    for at in range(len(text) + 1):
        holding = [word for word in every if word.start <= at < word.end] or [w for w in every if w.end == at]
        assert boundaries.word_at(text, at) == (holding[0] if holding else None)
        assert boundaries.next_word_start(text, at) == next((w.start for w in every if w.start > at), len(text))
        assert boundaries.next_word_end(text, at) == next((w.end for w in every if w.end > at), len(text))
    for at in _edges(text):
        assert boundaries.previous_word_start(text, at) == max((w.start for w in every if w.start < at), default=0)


def test_words_of_a_part_are_complete() -> None:
    assert list(boundaries.words("alpha beta gamma", 3, 7)) == [Span(0, 5), Span(6, 10)]
    assert list(boundaries.words("alpha beta", 5, 5)) == []


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((2, 7), "alpha beta"),
        ((0, 6), "alpha"),
        ((5, 6), ""),
        ((8, 8), "beta"),
        ((5, 12), " beta, ".strip()),
        ((10, 11), ","),
        ((-5, 900), "alpha beta, (gamma)"),
        ((13, 13), "gamma"),
    ],
)
def test_snapping_to_words(span: tuple[int, int], expected: str) -> None:
    text = "alpha beta, (gamma)"
    assert boundaries.snap_to_words(text, Span(*span)).of(text) == expected


@given(_TEXTS, st.data())
def test_snapping_keeps_all_visible_characters(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    snapped = boundaries.snap_to_words(text, Span(start, end))
    assert _is_clean(text, snapped)
    visible = [at for at in range(start, end) if not text[at].isspace()]
    assert all(snapped.start <= at < snapped.end for at in visible)
    for word in boundaries.words(text):
        if visible:
            assert not word.start < snapped.start < word.end
            assert not word.start < snapped.end < word.end


def test_the_number_of_words_is_about_that_of_the_words_found() -> None:
    text = "The minister said on Monday – in a well-known speech – that 1,200 people (or more) had left.\n" * 50
    assert boundaries.count_words(text) == sum(1 for _ in boundaries.words(text))
    assert boundaries.count_words("") == 0
    assert boundaries.count_words("我们去東京。") == 5
    assert boundaries.count_words("- one\n- two") == pytest.approx(2, abs=2)
    assert boundaries.count_words("x" * 300_000 + " y") >= 2


def test_paragraphs_are_lines_with_visible_characters() -> None:
    text = "\n  Title \n\n\t\nFirst line. More.\nlast\n \n"
    title, first, last = (
        Span(text.index(part), text.index(part) + len(part)) for part in ("Title", "First line. More.", "last")
    )
    assert boundaries.paragraph_at(text, 0) == title
    assert boundaries.paragraph_at(text, title.end) == title
    assert boundaries.paragraph_at(text, title.end + 3) == first
    assert boundaries.paragraph_at(text, len(text)) == last
    assert [boundaries.next_paragraph(text, at) for at in (0, title.start, first.start, last.start)] == [
        title,
        first,
        last,
        None,
    ]
    assert boundaries.previous_paragraph(text, len(text)) == last
    assert boundaries.previous_paragraph(text, first.start) == title
    assert boundaries.previous_paragraph(text, first.start + 1) == first
    assert boundaries.previous_paragraph(text, title.start) is None
    assert boundaries.paragraph_at(" \n ", 1) == Span(1, 1)


def test_a_selection_grows_to_word_clause_sentence_paragraph_and_text() -> None:
    text = "Title\nThe ministry said that 12 people died. It rained."
    at = text.index("people") + 2
    span, seen = Span(at, at), []
    while (larger := boundaries.growing(text, span)) != span:
        span = larger
        seen.append(span.of(text))
    assert seen == [
        "people",
        "12 people died",
        "The ministry said that 12 people died.",
        "The ministry said that 12 people died. It rained.",
        text,
    ]
    back = []
    while span:
        span = boundaries.shrinking(text, span, at)
        back.append(span.of(text))
    assert back == [*reversed(seen[:-1]), ""]


def test_a_selection_over_two_sentences_grows_to_both() -> None:
    text = "Title\nOne fell. Two rose. Three stood."
    assert boundaries.growing(text, Span(text.index("fell"), text.index(" rose"))).of(text) == "One fell. Two rose"
    assert boundaries.growing(text, Span(text.index("One"), text.index(". Three"))).of(text) == "One fell. Two rose."


@given(_TEXTS, st.data())
def test_growing_ends_at_the_whole_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    for _ in range(8):
        larger = boundaries.growing(text, span)
        assert larger.contains(span)
        assert _is_clean(text, larger)
        if larger == span:
            break
        span = larger
    assert span == Span(0, len(text))


@given(_TEXTS, st.data())
def test_shrinking_ends_at_the_anchor(text: str, data: st.DataObject) -> None:
    anchor = data.draw(st.integers(0, len(text)))
    span = Span(0, len(text))
    for _ in range(8):
        smaller = boundaries.shrinking(text, span, anchor)
        assert span.contains(smaller)
        assert smaller.start <= anchor <= smaller.end
        if smaller.start == smaller.end:
            return
        assert smaller != span
        span = smaller
    pytest.fail("shrinking does not end")


@given(_TEXTS)
def test_sentences_contain_all_visible_characters_but_list_marks(text: str) -> None:
    found = list(boundaries.sentences(text))
    assert all(one.end <= other.start for one, other in pairwise(found))
    ends = [0, *(sentence.end for sentence in found)]
    assert not text[ends[-1] :].strip()
    for end, sentence in zip(ends, found, strict=False):
        # Outside the sentences there are only white space and list marks.
        mark = text[end : sentence.start].strip()
        assert regex.fullmatch(r"[-–—*•‣◦▪●·○■□➢►>]*|\(?\d{1,3}[.)]|\(?[a-z]\)", mark)


@given(_TEXTS)
def test_the_sentences_at_a_position_are_those_of_the_whole_text(text: str) -> None:
    found = list(boundaries.sentences(text))
    for at in range(len(text) + 1):
        for sentence in found:
            if sentence.start <= at < sentence.end:
                assert boundaries.sentence_at(text, at) == sentence
        assert boundaries.next_sentence(text, at) == next((s for s in found if s.start > at), None)
    for at in _edges(text):
        assert boundaries.previous_sentence(text, at) == next((s for s in reversed(found) if s.start < at), None)


@given(_TEXTS)
def test_units_lie_in_the_text_and_split_no_character(text: str) -> None:
    for at in range(len(text) + 1):
        for unit_at in (boundaries.clause_at, boundaries.sentence_at, boundaries.paragraph_at):
            unit = unit_at(text, at)
            assert _is_clean(text, unit) or unit == Span(at, at)
            assert bool(unit) or not text.strip()


@pytest.mark.parametrize("at", [-7, 10_000])
def test_a_position_outside_the_text_counts_as_the_nearer_end(at: int) -> None:
    text = "One fell. Two rose."
    inside = 0 if at < 0 else len(text)
    for call in (boundaries.word_at, boundaries.sentence_at, boundaries.clause_at, boundaries.paragraph_at):
        assert call(text, at) == call(text, inside)
    for step in (boundaries.next_character, boundaries.previous_character, boundaries.next_word_start):
        assert step(text, at) == step(text, inside)


_CALLS: list[Callable[[str, int], object]] = [
    boundaries.next_character, boundaries.previous_character, boundaries.word_at, boundaries.next_word_start,
    boundaries.next_word_end, boundaries.previous_word_start, boundaries.sentence_at, boundaries.next_sentence,
    boundaries.previous_sentence, boundaries.clause_at, boundaries.paragraph_at, boundaries.next_paragraph,
    boundaries.previous_paragraph, lambda text, at: boundaries.growing(text, Span(at, at + 9)),
]  # fmt: skip


@pytest.mark.parametrize(
    "unit",
    [
        "The ministry said on Monday that 12,000 people had left. ",
        "我们去東京",
        "alpha beta ",
        "a",
        "👩‍👧🇩🇪",
        "Mr. ",
        'a, "',
    ],
)
def test_a_call_in_a_megabyte_without_a_break_is_fast(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    at = len(text) // 2
    for call in _CALLS:
        taken = []
        for shift in range(3):
            cpu = CpuTime()
            call(text, at + shift)
            taken.append(cpu.seconds())
        # Reading the whole text takes far longer; the margin is for a busy machine.
        assert min(taken) < 0.05


@settings(max_examples=20)
@given(st.sampled_from(["a", "\u0301", "🇩", "👩\u200d", "x ", " ", "\n", ". ", "我", "Mr. "]), st.integers(1000, 6000))
def test_moving_through_a_very_long_run_always_advances(unit: str, count: int) -> None:
    text = unit * count
    for step, at in ((boundaries.next_word_start, 0), (boundaries.next_word_end, 0), (boundaries.next_character, 0)):
        for _ in range(20):
            further = step(text, at)
            assert further > at or at == len(text)
            at = further
    at = len(text)
    for _ in range(20):
        before = boundaries.previous_word_start(text, at)
        assert before < at or at == 0
        at = before
