"""From bytes to text: encodings recognised, what is no text refused with one plain sentence."""

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.root_rights import call_with_permissions

from annotator.domain.errors import ImportRefused
from annotator.formats.documents import text
from annotator.formats.reading.decoding import decoded, read_bytes, read_head, read_text

FRENCH = "Le président a déclaré que l'accord serait signé avant l'été à Genève.\n"
RUSSIAN = "Президент заявил, что переговоры будут продолжены на следующей неделе. Никто не ответил.\n"
UKRAINIAN = "Президент заявив, що переговори триватимуть і наступного тижня, їх ніхто не зупинить.\n"
POLISH = "Prezydent powiedział, że rozmowy będą kontynuowane w przyszłym tygodniu. Żółć źdźbło.\n"
TURKISH = "Cumhurbaşkanı görüşmelerin gelecek hafta süreceğini söyledi. Işık ve güneş.\n"
GREEK = "Ο πρόεδρος δήλωσε ότι οι συνομιλίες θα συνεχιστούν την επόμενη εβδομάδα.\n"
ARABIC = "قال الرئيس إن المحادثات ستستمر الأسبوع المقبل ولم يعلق أحد على ذلك.\n"
HEBREW = "הנשיא אמר כי השיחות יימשכו בשבוע הבא ואיש לא הגיב על כך.\n"
JAPANESE = "大統領は来週も協議を続けると述べた。誰も答えなかった。これはテストです。\n"
CHINESE = "总统表示，谈判将在下周继续进行。没有人回答。这是一个测试。\n"
KOREAN = "대통령은 다음 주에도 회담이 계속될 것이라고 말했다. 아무도 대답하지 않았다.\n"
ENGLISH = "The minister said “we won’t sign” – and left. It cost £5.\n"


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        (ENGLISH, "utf-8"),
        (ENGLISH, "utf-8-sig"),
        (ENGLISH, "utf-16"),
        (ENGLISH, "utf-16-le"),
        (ENGLISH, "utf-16-be"),
        (ENGLISH, "utf-32"),
        (ENGLISH, "utf-32-be"),
        (ENGLISH, "windows-1252"),
        (FRENCH, "latin-1"),
        (POLISH, "windows-1250"),
        (POLISH, "iso-8859-2"),
        (TURKISH, "windows-1254"),
        (GREEK, "windows-1253"),
        (RUSSIAN, "windows-1251"),
        (RUSSIAN * 8, "koi8-r"),
        (RUSSIAN, "cp866"),
        (RUSSIAN, "utf-16-le"),
        (UKRAINIAN, "windows-1251"),
        (ARABIC, "windows-1256"),
        (HEBREW, "windows-1255"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (JAPANESE, "utf-16-be"),
        (CHINESE, "gbk"),
        (KOREAN, "euc_kr"),
    ],
)
def test_encodings_are_recognised(words: str, encoding: str) -> None:
    assert decoded(words.encode(encoding), "article.txt").text == words


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1))
def test_utf8_comes_back_as_it_is(words: str) -> None:
    words = f"Words: {words}"
    controls = sum(character < " " and character not in "\t\n\f\x1b\x1a" for character in words) + words.count("\x7f")
    if controls * 50 <= len(words.encode()[:4096]):
        assert decoded(words.encode(), "article.txt") == (words, "utf-8")


def test_line_ends_and_byte_order_mark_are_made_canonical() -> None:
    assert decoded(b"\xef\xbb\xbfone\r\ntwo\rthree", "article.txt").text == "one\ntwo\nthree"


def test_a_declared_encoding_counts_where_the_bytes_are_not_utf8() -> None:
    assert decoded(RUSSIAN.encode("koi8-r"), "page.html", "koi8-r").text == RUSSIAN
    assert decoded(RUSSIAN.encode(), "page.html", "koi8-r").text == RUSSIAN


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \n\t ", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"%PDF-1.7\n%more", "a PDF document"),
        (b"PK\x03\x04\x14\x00", "ZIP archive"),
        (b"\x89PNG\r\n\x1a\n\x00", "an image"),
        (b"\xff\xd8\xff\xe0rest", "an image"),
        (b"\x7fELF\x02\x01", "a program"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "a program"),
        (b"{\\rtf1\\ansi Hello}", "an RTF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "an old office document"),
        (bytes(range(256)), "a binary file"),
        (b"text\x00text and more", "a binary file"),
        (bytes(range(1, 32)) * 4, "a binary file"),
        ("café naïve élan été".encode() + b" \xff.\n", "damaged place at byte 25 (line 1)"),
        ("first\nsecond é".encode()[:-1] + b"\n" + "é à".encode(), "damaged place"),
        (b"\xff\xfea\x00b", "damaged place"),
        ("Nothing marks it, and its end is cut.".encode("utf-16-be") + b"\xd8\x3d", "damaged place"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        decoded(data, "thing.txt")
    sentence = str(refused.value)
    assert reason in sentence
    assert sentence.startswith("“thing.txt”")
    assert "\n" not in sentence


def test_a_database_is_named_as_one(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE note (words TEXT)")
    connection.close()
    with pytest.raises(ImportRefused, match="an SQLite database"):
        read_text(path)


def test_words_that_look_like_a_signature_are_text() -> None:
    for words in ("MZ is a firm.", "BM said so.", "RIFF over wages", "ID3 tags"):
        assert decoded(words.encode(), "article.txt").text == words


@pytest.mark.parametrize("name", ["nothing.txt", "n" * 300 + ".txt", "nul\x00.txt"])
def test_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImportRefused):
        read_bytes(tmp_path / name)
    with pytest.raises(ImportRefused):
        read_head(tmp_path / name)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="is a folder"):
        read_bytes(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(ImportRefused, match="no ordinary file"):
        read_bytes(tmp_path / "pipe.txt")


def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("Words.", encoding="utf-8")
    path.chmod(0)

    def work() -> None:
        with pytest.raises(ImportRefused, match="no permission"):
            read_bytes(path)

    call_with_permissions(work)


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    path.write_bytes(b"word " * 1000)
    with pytest.raises(ImportRefused, match="more than the 0 MB"):
        list(text.read(path, limit=4999))
    assert len(list(text.read(path, limit=5000))) == 1


def test_a_huge_sparse_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(ImportRefused, match="has 1,024"):
        read_bytes(path, 1024)
