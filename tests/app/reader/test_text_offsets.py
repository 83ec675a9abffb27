"""Code points and UTF-16 positions, and the copy of a text that Qt is given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from annotator.app.reader.page.text_offsets import PARAGRAPH_LIMIT, SourceText

ODD = "ab \n\t\u00a0\u0085\u2028\u2029\ufeff\ufffe\ufdd0\ufdd1\ufffc\u200d\u0301\x0b\x0c\x1c\u00ad😀👨🏽🇩𐤀שع漢\r"
texts = st.text(st.sampled_from(ODD) | st.characters(exclude_characters="\x00"), max_size=60)


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(texts)
def test_offsets_are_converted_to_qt_and_back(text: str) -> None:
    source = SourceText(text)
    for offset in range(len(text) + 1):
        assert source.to_qt(offset) == units(text[:offset])
        assert source.from_qt(source.to_qt(offset)) == offset
    assert source.length == units(text) == units(source.display)


@given(texts)
def test_the_document_of_qt_has_the_length_of_the_display_copy(qapp: object, text: str) -> None:
    source = SourceText(text)
    document = QTextDocument()
    document.setPlainText(source.display)
    assert document.characterCount() - 1 == source.length


def test_a_position_inside_a_surrogate_pair_is_before_the_character() -> None:
    source = SourceText("a😀b")
    assert [source.from_qt(position) for position in range(5)] == [0, 1, 1, 2, 3]


def test_offsets_outside_are_clamped() -> None:
    source = SourceText("a😀b")
    assert (source.to_qt(-3), source.to_qt(99)) == (0, 4)
    assert (source.from_qt(-3), source.from_qt(99)) == (0, 3)
    assert source.span_from_qt(1, 3) == (1, 2)


def test_a_lone_surrogate_does_not_break_the_view() -> None:
    source = SourceText("a\ud800b😀")
    assert source.length == 5
    assert source.text == "a\ud800b😀"


@pytest.mark.parametrize(
    "unit", ["word ", "A sentence ends. ", "漢字かな。", "😀", "e\u0301", "👩\u200d👩\u200d👧", "x", "שלום "]
)
def test_long_paragraphs_are_broken_and_offsets_stay(unit: str) -> None:
    text = "short\n" + unit * (3 * PARAGRAPH_LIMIT // len(unit)) + "\nend"
    source = SourceText(text)
    assert max(len(line) for line in source.display.split("\n")) <= PARAGRAPH_LIMIT
    assert source.soft_breaks
    assert source.length == units(source.display)
    for offset in [*range(0, len(text), 37), *range(3_900, 4_200), len(text)]:
        position = source.to_qt(offset)
        assert source.from_qt(position) == offset
        if offset < len(text):
            shown = source.display.encode("utf-16-le")[2 * position :][:4].decode("utf-16-le", "ignore")
            assert shown[0] in (text[offset], "\n")
    for position in source.soft_breaks:
        assert source.display.encode("utf-16-le")[2 * position : 2 * position + 2] == b"\n\x00"


def test_a_break_does_not_separate_characters_that_belong_together() -> None:
    for unit in ("e\u0301", "👩\u200d👩\u200d👧"):
        lines = SourceText(unit * (2 * PARAGRAPH_LIMIT // len(unit))).display.split("\n")
        assert len(lines) > 1
        assert all(line.startswith(unit[0]) and line.endswith(unit[-1]) for line in lines)


def test_a_break_prefers_the_end_of_a_sentence() -> None:
    text = "word " * 700 + "End. " + "more " * 700
    first = SourceText(text).display.split("\n")[0]
    assert first.endswith("End.")


def test_texts_with_short_paragraphs_are_shown_as_they_are() -> None:
    text = "line\n" * 5_000 + "x" * PARAGRAPH_LIMIT
    source = SourceText(text)
    assert source.display == text
    assert source.soft_breaks == []


def test_the_last_paragraph_is_broken_too() -> None:
    text = "line\n" + "word " * 1_000
    assert len(SourceText(text).soft_breaks) == 1


def test_the_document_of_qt_has_a_block_for_each_part(qtbot: QtBot) -> None:
    source = SourceText("漢" * 9_000)
    document = QTextDocument()
    document.setPlainText(source.display)
    assert document.characterCount() - 1 == source.length == 9_002
    assert document.blockCount() == 3
