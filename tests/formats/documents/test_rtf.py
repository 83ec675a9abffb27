"""Rich Text Format: what is shown comes, in any encoding, and nothing else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.errors import ImportRefused
from annotator.formats import registry
from annotator.formats.base import Article
from annotator.formats.documents import rtf
from annotator.formats.reading.limits import Limits, using

HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0"
    r"{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}{\f2\fcharset128 C;}{\f3\fcharset2 S;}}"
)


def article(path: Path, body: str | bytes, head: str = HEAD) -> Article:
    data = body if isinstance(body, bytes) else f"{head}{body}}}".encode("latin-1")
    path.write_bytes(data)
    (found,) = rtf.read(path)
    assert isinstance(found, Article)
    return found


def text(tmp_path: Path, body: str, head: str = HEAD) -> str:
    return article(tmp_path / "a.rtf", body, head).text


def test_the_example(examples: Path) -> None:
    path = examples / rtf.FORMAT.example
    assert registry.detect(path) is rtf.FORMAT
    (found,) = rtf.read(path)
    assert isinstance(found, Article)
    assert (found.title, found.author, found.language) == ("Ferry to Älgö sails again", "Runa Holm", "en-GB")
    assert found.published_at == "2025-03-10T07:30:00"
    assert found.facts == {"headers": ["Lindholm Courier"], "title": "Ferry to Älgö"}
    assert found.text.split("\n")[2:] == [
        "- The first trip may be late.",
        "- Lorries have to wait until “noon”.",
        "Порт открыт, a sign says 🚢.",
        "[1] It gave no time of day.",
    ]
    assert "Nobody" not in found.text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), min_size=1))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    units = words.encode("utf-16-le")
    numbers = [int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2)]
    if any(0xF000 <= number & 0xFFFF < 0xF100 for number in numbers):
        return  # The signs of symbol fonts.
    path = tmp_path_factory.getbasetemp() / "any.rtf"
    body = "<" + "".join(rf"\u{number}\'3f" for number in numbers) + r">\par"
    assert article(path, body).text == f"<{words}>"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (r"{\f1 \'cf\'ee\'f0\'f2} caf\'e9", "Порт café"),
        (r"{\f2 \'83A\'83\'6a} x", "アニ x"),
        (r"{\f3 \'b7}a {\f3 \u61623?}b", "•a •b"),
        (r"{\uc0 \u228\u246}{\uc2 \u252ab}c", "äöüc"),
        (r"\{a\} \\ \~b\_c\-d", "{a} \\ \u00a0b\u2011cd"),
        (r"a{\v hidden}b{\deleted gone}c{\*\unknown x{y}}d{\pict\bin3 }{}e}f", "abcdf"),
        ("a\r\nb\\\nc", "ab\nc"),
        (r"{\field{\*\fldinst HYPERLINK \"https://x.example\"}{\fldrslt a link}} here", "a link here"),
        (r"{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt In a box.\par}}{\shprslt twice}}Out.", "In a box.\nOut."),
        (r"{\*\bkmkstart x}a{\*\bkmkend x}{\xe{\v b}}c", "ac"),
        (r"\pard\intbl One\cell Two \b and\b0  more\cell\row\pard After.", "One | Two and more\nAfter."),
        (r"{\pntext\f0 1.\tab}One\par{\pntext\f3\'b7\tab}Two\par", "1. One\n- Two"),
        (r"a\line b\par\par c\page d\sect e", "a\nb\nc\nd\ne"),
        (r"{\upr{old}{\*\ud{new}}}x", "oldx"),
    ],
)
def test_what_is_shown(tmp_path: Path, body: str, shown: str) -> None:
    assert text(tmp_path, body) == shown


def test_encodings_of_the_document(tmp_path: Path) -> None:
    for head, byte, letter in (
        (r"{\rtf1\mac", r"\'8a", "ä"),
        (r"{\rtf1\pc", r"\'84", "ä"),
        (r"{\rtf1\ansi\ansicpg1251", r"\'e6", "ж"),
        (r"{\rtf1\ansi\ansicpg65001", r"\'c3\'a4", "ä"),
        (r"{\rtf1\ansi\ansicpg99999", r"\'e4", "ä"),
        (r"{\rtf1", r"\'e4", "ä"),
    ):
        assert text(tmp_path, rf" {byte}\par", head) == letter


def test_headers_comments_and_notes(tmp_path: Path) -> None:
    body = (
        r"{\header Courier\par}{\footerf Page {\field{\fldrslt 1}}\par}"
        r"First.{\*\atnid R}{\*\atnauthor Runa}\chatn{\*\annotation{\*\atnref 1}Is that so?\par Ask.}"
        r"{\footnote\pard Note one.\par Goes on.} Second.{\footnote Note two {\i x}.}\par"
    )
    found = article(tmp_path / "a.rtf", body)
    assert found.text == "First.[1] Second.[2]\n[1] Note one.\nGoes on.\n[2] Note two x."
    assert found.facts == {"headers": ["Courier"], "footers": ["Page 1"], "comments": ["Is that so?", "Ask."]}


def test_a_title_by_its_style(tmp_path: Path) -> None:
    head = HEAD + r"{\stylesheet{\s0 Normal;}{\s5\sbasedon0 Title;}{\*\cs7 Other;}}{\info{\title Microsoft Word - x}}"
    found = article(tmp_path / "a.rtf", r"\pard Courier\par\pard\s5 The title\par\pard\s0 Words.", head)
    assert (found.title, found.text) == ("The title", "Courier\nThe title\nWords.")


@pytest.mark.parametrize("body", [r"{\pict 00}", r"{\*\generator x}", ""])
def test_a_document_without_words_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(ImportRefused, match="has no words"):
        text(tmp_path, body)


def test_hostile_documents(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    with pytest.raises(ImportRefused, match="nested more than"):
        article(path, HEAD.encode() + b"{" * 1_000_000)
    assert article(path, HEAD.encode() + rb"a\bin99999999999 b").text == "a"
    assert article(path, HEAD.encode() + b"a" + b"}" * 1_000 + b"b").text == "a"
    assert article(path, HEAD.encode() + rb"\'zz\u\u-99999999999\'4" + b"a \x00\x01").text.endswith(" \x01")
    with using(Limits(text=1_000)), pytest.raises(ImportRefused, match="characters of text"):
        article(path, HEAD.encode() + rb"a\par " * 2_000)


@given(st.data())
def test_damaged_documents_end_in_a_text_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, examples: Path, data: st.DataObject
) -> None:
    held = bytearray((examples / rtf.FORMAT.example).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        held[data.draw(st.integers(0, len(held) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.rtf"
    try:
        article(path, bytes(held))
    except ImportRefused as error:
        assert "\n" not in str(error)  # noqa: PT017 - most are read
