"""DocBins of any maker: made here by spaCy itself, and spoilt by hand."""

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin, Span

import annotator
from annotator.domain.errors import ImportRefused
from annotator.formats import registry
from annotator.formats.base import Article, Incoming, Refusal
from annotator.formats.corpora.spacy import spacy_docbin
from annotator.formats.corpora.spacy.docbin_reader import read
from annotator.formats.reading.limits import Limits, using
from annotator.services.imports import importing

BLANK = spacy.blank("xx")


def saved(path: Path, *docs: Doc, **options: Any) -> Path:
    DocBin(docs=docs, **options).to_disk(path)
    return path


def articles(path: Path) -> list[Article]:
    items = list(read(path))
    assert not [one for one in items if isinstance(one, Refusal)]
    return [one for one in items if isinstance(one, Article)]


def spans(article: Article) -> list[tuple[str, str]]:
    return [(one.label, one.fragments[0].of(article.text)) for one in article.annotations]


def test_entities_spans_and_what_else_is_known(tmp_path: Path) -> None:
    doc = BLANK("Port 🚢 of Älgö\nThe ministry said that قال may rise in 港口.")
    doc.ents = [Span(doc, 3, 4, label="LOC", kb_id="Q42"), Span(doc, 6, 7, label="ORG", span_id="m1")]
    doc.spans["sc"] = [Span(doc, 9, 13, label="speculation"), Span(doc, 10, 12, label="hedge")]
    doc.spans["named"] = [Span(doc, 3, 4, label="LOC"), Span(doc, 0, 2, label="")]
    doc.cats = {"news": 0.75}
    known: dict[Any, Any] = doc.user_data
    known["source"] = "Courier"
    known["._.", "seen", None, None] = 3
    known["._.", "sure", doc[9].idx, doc[12].idx + len(doc[12])] = True
    path = saved(tmp_path / "a.spacy", doc, BLANK("A second document."), store_user_data=True)
    assert registry.detect(path) is spacy_docbin.FORMAT
    first, second = articles(path)
    assert first.text == doc.text
    assert spans(first) == [
        ("named", "Port 🚢"),
        ("LOC", "Älgö"),
        ("ORG", "ministry"),
        ("speculation", "قال may rise in"),
        ("hedge", "may rise"),
    ]
    features = {label: dict(one.features) for (label, _), one in zip(spans(first), first.annotations, strict=True)}
    assert features["LOC"] == {"kb_id": "Q42", "spans_key": "named"}
    assert features["ORG"] == {"id": "m1"}
    assert features["speculation"] == {"sure": True}
    assert (first.source, first.facts) == ("Courier", {"seen": 3, "cats": {"news": 0.75}})
    assert (second.title, second.annotations) == ("a 2", ())


def test_a_second_import_adds_nothing(tmp_path: Path) -> None:
    doc = BLANK("The ministry said so.")
    doc.ents = [Span(doc, 1, 2, label="claim")]
    path = saved(tmp_path / "a.spacy", doc)
    with annotator.create(tmp_path / "a.anno") as project:
        assert importing.import_files(project._stored, [path]).annotations == 1
        report = importing.import_files(project._stored, [path])
        assert (report.documents, report.annotations) == ([], 0)


def test_only_some_attributes(tmp_path: Path) -> None:
    doc = BLANK("The ministry said so.")
    doc.ents = [Span(doc, 1, 2, label="claim")]
    path = saved(tmp_path / "a.spacy", doc, attrs=["LEMMA"])
    assert spans(articles(path)[0]) == []
    path = saved(tmp_path / "b.spacy", doc, attrs=["ENT_TYPE", "ENT_IOB"])
    assert spans(articles(path)[0]) == [("claim", "ministry")]


def test_words_whose_spaces_are_not_known(tmp_path: Path) -> None:
    doc = Doc(BLANK.vocab, words=["One", "two", ".", "🦊"])
    doc.spans["sc"] = [Span(doc, 1, 2, label="claim")]
    (article,) = articles(saved(tmp_path / "a.spacy", doc))
    assert article.text == "One two . 🦊 "
    assert spans(article) == [("claim", "two")]


@given(st.data())
def test_spans_of_any_text(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from("ab .\n🦊\u0301\u200dא港é"), min_size=1, max_size=25).filter(str.strip))
    doc = BLANK(text)
    wanted = set()
    for number in range(data.draw(st.integers(0, 4))):
        first = data.draw(st.integers(0, len(doc) - 1))
        last = data.draw(st.integers(first + 1, len(doc)))
        span = Span(doc, first, last, label=f"L{number}")
        doc.spans[f"k{number % 2}"] = [*doc.spans.get(f"k{number % 2}", []), span]
        wanted.add((f"L{number}", span.text))
    (article,) = articles(saved(tmp_path_factory.getbasetemp() / "any.spacy", doc))
    assert article.text == text
    assert set(spans(article)) == wanted


def spoilt(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    doc = BLANK("The ministry said so.")
    doc.spans["sc"] = [Span(doc, 0, 2, label="claim")]
    held = msgspec.msgpack.decode(zlib.decompress(DocBin(docs=[doc, doc]).to_bytes()))
    change(held)
    path.write_bytes(zlib.compress(msgspec.msgpack.encode(held)))
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held.pop("tokens"),
        lambda held: held.pop("strings"),
        lambda held: held.update(lengths=b"\x07\x00\x00"),
        lambda held: held.update(lengths=b"\xff\xff\xff\xff\x05\x00\x00\x00"),
        lambda held: held.update(lengths=b"\xff\xff\xff\x7f\x05\x00\x00\x00"),
        lambda held: held.update(attrs=[]),
        lambda held: held.update(attrs="x"),
        lambda held: held.update(strings=[1]),
        lambda held: held.update(spaces="x"),
        lambda held: held.update(tokens=held["tokens"][:-8]),
        lambda held: held.update(span_groups=[b"\xc1", b""]),
        lambda held: held.update(cats=7),
    ],
)
def test_what_is_no_whole_docbin_is_refused(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = spoilt(tmp_path / "a.spacy", change)
    with pytest.raises(ImportRefused, match="not a complete DocBin") as caught:
        list(read(path))
    assert "\n" not in str(caught.value)


def refusals(path: Path) -> list[Incoming]:
    return [one for one in read(path) if isinstance(one, Refusal)]


def test_one_bad_document_costs_only_itself(tmp_path: Path) -> None:
    path = spoilt(tmp_path / "a.spacy", lambda held: held.update(strings=[]))
    assert len(refusals(path)) == 2
    beyond = b"\0" * 23 + b"\x01" + b"\0" * 12 + b"\x7f" * 4
    groups = msgspec.msgpack.encode({msgspec.msgpack.encode({"name": "sc", "spans": [beyond]}): ["sc"]})
    path = spoilt(tmp_path / "b.spacy", lambda held: held.update(span_groups=[groups, b""]))
    items = list(read(path))
    assert [type(one).__name__ for one in items] == ["Article", "Refusal", "Article"]


def test_bombs_and_cuts(tmp_path: Path) -> None:
    path = tmp_path / "a.spacy"
    path.write_bytes(zlib.compress(b"\x81\xa1a\xc6" + bytes(80_000_000)))
    with using(Limits(unpacked=20_000_000)), pytest.raises(ImportRefused, match="grows to more than"):
        list(read(path))
    for data in (
        b"",
        b"x",
        b"\x78\x9c",
        zlib.compress(b"\x81\xa1a\xdd\xff\xff\xff\xff"),
        zlib.compress(b"\x9f" * 200_000),
    ):
        path.write_bytes(data)
        with pytest.raises(ImportRefused):
            list(read(path))
