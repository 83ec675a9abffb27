"""Sentences: the stops that end one and those that do not."""

import pytest

from annotator.domain.spans import Span
from annotator.nlp import boundaries

# A bar stands where one sentence ends and the next begins.
CASES = [
    "Mr. Smith met Dr. J. K. Rowling in the U.S. on Jan. 5.| He left.",
    "He lives in the U.S.| The plan failed.",
    "The U.S. President spoke to Gen. Adams and Sen. Brown.| It was late.",
    '"We won."| Then he left.',
    'He said: "We won."| Then he left.',
    '"Why?" he asked.| "Get out!" Smith said.| "No."| They went.',
    "He paid $5.3 million to Apple Inc. on Monday.| See http://a.b.com/x.y?z=1 or mail a.b@c.org today.| Good.",
    "Wait...| What?!| Yes…| And then… he stopped.",
    "It went on . . . and on.| It ended.",
    "他来了。|他说：“你好！”|我走了。",
    "これは「はい。」と言った。|終わり。",
    "هل جاء؟| نعم جاء.| ثم ذهب.",
    "यह सच है।| वह गया।",
    "He said.|The minister left at 5 p.m.| He was tired.",
    'It was No. 5 on the list.| "No."| No.| He refused.',
    "Vol. II is out.| Am 3. Oktober kam er.| Er ging.",
    "WASHINGTON, D.C. — The house fell.",
    "Plan B.| The U.N. (New York) agreed.| George F. Will wrote.| A. A. Milne too.",
    "Il dit « Oui. »| Puis il part.| Er sagte: »Nein.«| Dann ging er.| Er sagte: „Nein.“| Gut.",
    "It fell.[1]| The end.| (He left.)| Then.",
    "Sales of iPads rose.| iPhone sales fell.",
    "U.S. & Canada agreed.| He has a Ph.D. in art.| Yes, sir.| Smith left.",
    "Prices, i.e. The Index, e.g. Brent, rose.| In 2015. |It was 5.| Six left.",
    "One line without a stop\n|and the next\u2028|and a third",
    "Er kam z.B. Montag.| Gut.",
]


@pytest.mark.parametrize("case", CASES)
def test_sentences(case: str) -> None:
    expected = [part.strip() for part in case.split("|")]
    text = case.replace("|", "")
    assert [sentence.of(text) for sentence in boundaries.sentences(text)] == expected


def test_list_marks_do_not_belong_to_a_sentence() -> None:
    text = "Title\n\n- First point. Second one.\n- \n1. One. Two\n***\n  • Bullet\n– Dash"
    assert [sentence.of(text) for sentence in boundaries.sentences(text)] == [
        "Title", "First point.", "Second one.", "-", "One.", "Two", "***", "Bullet", "Dash",
    ]  # fmt: skip


def test_the_sentence_at_a_position() -> None:
    text = "One fell.  Two rose.\n\n- Three stood. \n"
    one, two, three = boundaries.sentences(text)
    assert boundaries.sentence_at(text, 0) == one
    assert boundaries.sentence_at(text, one.end) == two
    assert boundaries.sentence_at(text, two.end) == two
    assert boundaries.sentence_at(text, two.end + 1) == three
    assert boundaries.sentence_at(text, three.start - 1) == three
    assert boundaries.sentence_at(text, len(text)) == three
    assert boundaries.sentence_at(" \n", 1) == Span(1, 1)
    assert boundaries.sentence_at("", 0) == Span(0, 0)


def test_next_and_previous_sentence() -> None:
    text = "One fell. Two rose.\n- Three stood.\n"
    one, two, three = boundaries.sentences(text)
    assert [boundaries.next_sentence(text, at) for at in (0, one.end, two.start, three.start)] == [
        two,
        two,
        three,
        None,
    ]
    places = (len(text), three.start, two.start + 2, two.start, one.start)
    assert [boundaries.previous_sentence(text, at) for at in places] == [three, two, two, one, None]


def test_sentences_of_a_part_are_complete() -> None:
    text = "One fell. Two rose. Three stood."
    assert [sentence.of(text) for sentence in boundaries.sentences(text, 12, 13)] == ["Two rose."]
    assert list(boundaries.sentences(text, 5, 5)) == []


def test_a_very_long_sentence_is_cut_at_a_space() -> None:
    text = "alpha beta " * 2000
    found = list(boundaries.sentences(text))
    assert len(found) > 1
    assert "".join(sentence.of(text) for sentence in found).replace(" ", "") == text.replace(" ", "")
    assert all(sentence.of(text).split()[0] in ("alpha", "beta") for sentence in found)
