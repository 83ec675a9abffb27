"""Mails, mailboxes and pages saved as one file."""

import io
import zipfile
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cpu_time import CpuTime

import annotator
from annotator.domain.errors import ImportRefused
from annotator.formats import registry
from annotator.formats.base import Article, Packed, Refusal
from annotator.formats.documents import eml, mbox, mhtml
from annotator.formats.reading.limits import Limits, using
from annotator.services.imports import importing
from annotator.services.imports.read import items_of

NEWS = "The port of Älgö stays closed 🦊, the ministry said.\n\nIt may reopen in May."


def mail(text: str = NEWS, subject: str = "Port closed", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = subject
    made["From"] = headers.pop("sender", "Runa Holm <runa@courier.example>")
    made["Date"] = "Tue, 04 Mar 2025 06:30:00 +0100"
    made["Message-ID"] = "<1@courier.example>"
    made.set_content(text)
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    return made


def saved(path: Path, data: bytes | EmailMessage) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.as_bytes())
    return path


def one(path: Path) -> Article:
    assert registry.detect(path).id in ("eml", "mbox", "mhtml")
    (article,) = (item for item in items_of([path]) if isinstance(item, Article))
    return article


def test_a_mail_with_all_it_says(tmp_path: Path) -> None:
    made = mail(Organization="Courier", List_Id="<news.courier.example>", Content_Language="sv, en", To="a@b.example")
    article = one(saved(tmp_path / "no-suffix", made))
    assert article.text == f"Port closed\n{NEWS}"
    assert [(kind, span.of(article.text)) for kind, span in article.structure] == [("title", "Port closed")]
    assert (article.title, article.author, article.source) == ("Port closed", "Runa Holm", "Courier")
    assert (article.published_at, article.language) == ("2025-03-04T06:30:00+01:00", "sv")
    assert article.facts == {
        "from": "Runa Holm <runa@courier.example>",
        "to": "a@b.example",
        "message_id": "<1@courier.example>",
        "list": "<news.courier.example>",
    }


@pytest.mark.parametrize(
    ("transfer", "encoding"),
    [
        (transfer, encoding)
        for transfer in ("quoted-printable", "base64", "8bit")
        for encoding in ("utf-8", "iso-8859-1", "windows-1252", "utf-16", "koi8-r")
        if (transfer, encoding) != ("8bit", "utf-16")  # No mail can hold that.
    ],
)
def test_any_encoding(tmp_path: Path, encoding: str, transfer: str) -> None:
    words = "Порт закрыт, сказал министр." if encoding == "koi8-r" else "Der Hafen bleibt für Älgö geschlossen."
    made = EmailMessage()
    made["From"], made["Subject"], made["Date"] = "a@b.example", "S", "Tue, 04 Mar 2025 06:30:00 +0100"
    made.set_content(words.encode(encoding), "text", "plain", cte=transfer)
    made.set_param("charset", encoding)
    del made["Content-Disposition"]
    assert one(saved(tmp_path / "a.eml", made)).text == f"S\n{words}"


def test_the_richer_part_is_read_where_the_plain_one_says_little(tmp_path: Path) -> None:
    page = "<html lang=sv><body><p>" + "</p><p>".join(NEWS.split("\n\n")) + "</p></body></html>"
    for plain, expected, language in ((NEWS, NEWS, ""), ("See the page.", NEWS.replace("\n\n", "\n"), "sv")):
        made = mail(plain)
        made.add_alternative(page, subtype="html")
        article = one(saved(tmp_path / "a.eml", made))
        assert article.text == f"Port closed\n{expected}"
        assert article.language == language


def test_flowed_text_has_its_paragraphs_back(tmp_path: Path) -> None:
    made = mail("The port \nstays closed, \nthe ministry said.\n\n From the ministry.\n> quoted \n> words\n-- \nRuna\n")
    made.set_param("format", "flowed")
    text = one(saved(tmp_path / "a.eml", made)).text
    assert text.split("\n")[1:3] == ["The port stays closed, the ministry said.", ""]
    assert text.split("\n")[3:] == ["From the ministry.", "> quoted", "> words", "--", "Runa"]


def test_attachments_are_read_by_their_own_formats(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inner.txt", "Words in an archive in a mail.")
    made = mail()
    made.add_attachment("Attached words.", filename="../Ä 🦊.txt")
    made.add_attachment(packed.getvalue(), "application", "zip", filename="a.zip")
    made.add_attachment(b"\x89PNG\r\n\x1a\n", "image", "png", filename="i.png")
    made.add_attachment(mail("The inner mail.", "Inner"))
    path = saved(tmp_path / "a.eml", made)
    with annotator.create(tmp_path / "case.anno") as project:
        report = importing.import_files(project._stored, [path])
        assert report.refused == []
        held = [project.document(id) for id in report.documents]
    assert {one.origin_path.removeprefix(f"{path}"): one.text.strip().split("\n")[-1] for one in held} == {
        "": "It may reopen in May.",
        "!/../Ä 🦊.txt": "Attached words.",
        "!/a.zip!/inner.txt": "Words in an archive in a mail.",
        "!/Inner.eml": "The inner mail.",
    }
    assert sorted(one.name for one in tmp_path.iterdir() if one.suffix not in (".anno",)) == ["a.eml"]


def test_a_mail_that_only_brings_something(tmp_path: Path) -> None:
    made = mail("")
    made.add_attachment("Attached words.", filename="a.txt")
    (item,) = eml.read(saved(tmp_path / "a.eml", made))
    assert isinstance(item, Packed)
    with pytest.raises(ImportRefused, match="has no words"):
        list(eml.read(saved(tmp_path / "b.eml", mail("  "))))


def test_broken_headers_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    data = (
        b"From: =?utf-8?q?R=FFna?= <a@b, <c@d>, \xff\xfe\r\nSubject: H\xc3\xa4fen =?xx-none?b?!!!?= \xe9\r\n"
        b"Date: 99 Foo 2025\r\nMessage-ID: <[\r\nContent-Type: text/plain; charset=nonsense; boundary\r\n"
        b"Content-Transfer-Encoding: base65\r\nTo: \r\n\r\nThe words are whole.\r\n"
    )
    article = one(saved(tmp_path / "a.eml", data))
    assert article.text.endswith("The words are whole.")
    assert article.published_at == ""
    assert article.facts["date"] == "99 Foo 2025"


def test_what_begins_like_a_mail_and_is_none(tmp_path: Path) -> None:
    for words in (
        "Subject: this is a letter\n\nNot a mail.",
        "From Berlin, 2025.\n\nWords.",
        "Note: a\nDate: b\n\nText",
    ):
        path = saved(tmp_path / "a.txt", words.encode())
        assert registry.detect(path).id == "text"


def boxed(*mails: bytes) -> bytes:
    return b"".join(b"From a@b.example Tue Mar  4 07:00:00 2025\n" + data + b"\n" for data in mails)


def test_a_mailbox_mail_by_mail(tmp_path: Path) -> None:
    quoted = b"Subject: Q\nDate: Tue, 04 Mar 2025 06:30:00 +0100\n\n>From here on\n>>From there\n\nFrom far away.\n"
    path = saved(tmp_path / "box", boxed(mail().as_bytes(), b"\n\n", quoted, mail("Last.", "L").as_bytes()))
    assert registry.detect(path) is mbox.FORMAT
    items = list(mbox.read(path))
    assert [type(item).__name__ for item in items] == ["Article", "Refusal", "Article", "Article"]
    articles = [item for item in items if isinstance(item, Article)]
    assert articles[1].text == "Q\nFrom here on\n>From there\n\nFrom far away."
    assert [one.origin_path for one in articles] == [f"{path}!/{number}" for number in (1, 3, 4)]
    assert isinstance(items[1], Refusal) and items[1].place == "mail 2"


def test_one_huge_mail_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    huge = b"Subject: H\n\n" + b"x" * 3_000_000 + b"\n"
    path = saved(tmp_path / "a.mbox", boxed(huge, mail().as_bytes(), huge))
    with using(Limits(file=8_000_000)):
        items = list(mbox.read(path))
    assert [type(item).__name__ for item in items] == ["Refusal", "Article", "Refusal"]
    assert isinstance(items[0], Refusal) and "2 MB" in items[0].reason


PAGE = b"""<html lang="sv"><head><meta charset="%s"><title>Hamnen st\xc3\xa4ngd</title></head><body><article>
<h1>Hamnen st\xc3\xa4ngd</h1><p>Hamnen p\xc3\xa5 \xc3\x84lg\xc3\xb6 h\xc3\xa5lls st\xc3\xa4ngd, sade ministeriet.</p>
</article></body></html>"""


def mht(page: bytes, *, root: str = "", location: str = "https://courier.example/a") -> bytes:
    return (
        b"From: <Saved>\r\nSubject: x\r\nDate: Wed, 5 Mar 2025 08:10:00 +0000\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="B"' + root.encode() + b"\r\n\r\n"
        b"--B\r\nContent-Type: text/html\r\nContent-ID: <ad@x>\r\n\r\n<html><body><p>An advert.</p></body></html>\r\n"
        b"--B\r\nContent-Type: text/html; charset=utf-8\r\nContent-ID: <page@x>\r\nContent-Location: "
        + location.encode()
        + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + page
        + b"\r\n--B--\r\n"
    )


def test_a_page_in_one_file(tmp_path: Path) -> None:
    path = saved(tmp_path / "page", mht(PAGE, root='; start="<page@x>"'))
    article = one(path)
    assert registry.detect(path) is mhtml.FORMAT
    assert (article.title, article.language, article.address) == ("Hamnen stängd", "sv", "https://courier.example/a")
    assert "Hamnen på Älgö hålls stängd" in article.text
    assert article.facts == {"saved_at": "2025-03-05T08:10:00+00:00"}
    assert one(saved(tmp_path / "b.mht", mht(PAGE))).text == "An advert."


def test_pages_in_one_file_that_hold_none(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.mhtml", b"MIME-Version: 1.0\nContent-Type: image/png\n\nx")
    with pytest.raises(ImportRefused, match="holds no page"):
        list(mhtml.read(path))
    article = one(saved(tmp_path / "b.mht", mht(PAGE, root='; start="<page@x>"', location="file:///tmp/a")))
    assert article.address == ""


@given(st.data())
def test_damaged_files_end_in_an_article_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    examples = [boxed(mail().as_bytes()), mht(PAGE), mail().as_bytes()]
    held = bytearray(data.draw(st.sampled_from(examples)))
    for _ in range(data.draw(st.integers(1, 8))):
        held[data.draw(st.integers(0, len(held) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.eml"
    path.write_bytes(held[: data.draw(st.integers(1, len(held)))])
    for reader in (eml.read, mbox.read, mhtml.read):
        items: list[object] = []
        with suppress(ImportRefused):
            items += reader(path)
        assert all(isinstance(item, Article | Refusal | Packed) for item in items)


HEAD = b"MIME-Version: 1.0\nFrom: a@b.example\nDate: Tue, 04 Mar 2025 06:30:00 +0100\nMessage-ID: <1@b.example>\n"


@pytest.mark.parametrize(
    "head",
    [
        b"Subject: " + b"=?utf-8?q?a?= " * 100_000,
        b"Subject: s\nTo: " + b"Some One <some.one@c.example>, " * 50_000,
        b"Subject: s\nContent-Type: text/plain; " + b"; ".join(b"a*%d*=utf-8''x" % number for number in range(5_000)),
        b"Subject: s\nContent-Type: text/plain; charset=" + b"=" * 100_000 + b";" * 100_000,
        b"Subject: s\nCc: " + b"(" * 100_000 + b"\nList-Id: " + b"[" * 100_000,
    ],
    ids=["subject", "to", "parameters", "charset", "brackets"],
)
def test_headers_without_end_take_little_time_and_memory(tmp_path: Path, head: bytes) -> None:
    cpu = CpuTime()
    (article,) = eml.read(saved(tmp_path / "a.eml", HEAD + head + b"\n\nWords of the mail.\n"))
    assert isinstance(article, Article) and article.text.endswith("Words of the mail.")
    assert len(article.title) <= 300
    assert cpu.seconds() < 4


def test_a_zero_byte_in_the_name_of_an_encoding(tmp_path: Path) -> None:
    head = b"Subject: s\nContent-Type: text/plain; charset=utf\x00-8\nContent-Transfer-Encoding: 8bit\n\n"
    (article,) = eml.read(saved(tmp_path / "a.eml", HEAD + head + "Älgö 🦊.\n".encode()))
    assert isinstance(article, Article) and article.text == "s\nÄlgö 🦊."


def test_senders_and_dates_that_are_none(tmp_path: Path) -> None:
    for date in (b"(" * 50_000, b"Tue, 04 Mar 99999999999999999999 06:30:00 +0100", b"4 Mar 2025 06:30 +9999999999999"):
        head = b"Subject: s\nMessage-ID: <1@x>\nMIME-Version: 1.0\nFrom: " + b"(" * 50_000 + b"\nDate: " + date
        (article,) = eml.read(saved(tmp_path / "a.eml", head + b"\n\nWords of the mail.\n"))
        assert isinstance(article, Article) and (article.author, article.published_at) == ("", "")
        assert article.text == "s\nWords of the mail."


def test_one_mail_of_parts_without_end_leaves_the_mailbox_whole(tmp_path: Path) -> None:
    deep = HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(1_200))
    wide = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 30_000
    items = list(mbox.read(saved(tmp_path / "a.mbox", boxed(deep, mail().as_bytes(), wide, mail("L").as_bytes()))))
    assert [type(item).__name__ for item in items] == ["Refusal", "Article", "Refusal", "Article"]
    reasons = [item.reason for item in items if isinstance(item, Refusal)]
    assert "parts inside parts" in reasons[0] and "more than 20,000 parts" in reasons[1]
