"""CSV, CoNLL and DocBin, read back by other people's code."""

import csv
import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin
from spacy.training import iob_to_biluo
from spacy.training.converters.conll_ner_to_docs import conll_ner_to_docs
from spacy.vocab import Vocab
from tests.thoroughness import examples

from annotator.domain.errors import ExportRefused
from annotator.domain.records import LabelRecord
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Article, Corpus, IncomingAnnotation, Vocabulary
from annotator.formats.corpora.conll import conll
from annotator.formats.corpora.jsonl import jsonl
from annotator.formats.corpora.spacy import spacy_docbin
from annotator.formats.corpora.spacy.tokens import Tokeniser
from annotator.formats.corpora.tables import csv as csv_format
from annotator.formats.overlap_policy import without_overlaps
from annotator.formats.spreadsheet_cells import neutralised, restored

CorpusFrom = Callable[..., Corpus]

TEXT = "Title here\nThe U.S. minister said he may sign. Nobody else did so.\n"


def annotated(text: str, *spans: tuple[str, Sequence[tuple[int, int]]], language: str = "en") -> Article:
    annotations = tuple(
        IncomingAnnotation(label, tuple(Span(*pair) for pair in pairs), uid=f"u{number}")
        for number, (label, pairs) in enumerate(spans)
    )
    return Article("Title", text, uid="d1", annotations=annotations, language=language)


def at(words: str, text: str = TEXT) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


# --- CSV


@pytest.mark.parametrize(
    "words", ["=1+1", "+49", "-5", "@x", "\tx", "\rx", "\nx", "＝x", "'=x", "''=x", "plain", "'plain", "", "a=b"]
)
def test_cells_are_neutralised_and_restored(words: str) -> None:
    cell = neutralised(words)
    assert not cell.startswith(tuple("=+-@\t\r\n＝"))
    assert restored(cell) == words


def test_a_table_is_read_by_the_csv_module(corpus_from: CorpusFrom, examples: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    written = csv_format.write(corpus_from(jsonl.read(examples / "corpus.jsonl")), path)
    assert (written.documents, written.annotations, written.losses) == (1, 4, ())
    assert path.read_bytes().startswith("\ufeffdocument,title".encode())
    assert path.read_bytes().replace(b"\r\n", b"").count(b"\n") == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == csv_format.COLUMNS
    statement = rows[2]
    assert statement["label"] == "official statement"
    assert statement["quote"] == "“We have reached the limit of what the budget allows,”"
    assert (statement["reliability"], statement["credibility"], statement["score"]) == ("B", "3", "B3")
    assert (statement["mention"], statement["cue"]) == ("the harbour authority", "said in a statement")
    assert restored(rows[0]["score"]) == "-2"
    assert json.loads(rows[0]["features"]) == {"topic": "labour"}
    assert json.loads(rows[1]["fragments"]) == [[199, 222], [239, 265]]
    assert (rows[3]["probability"], rows[3]["probability_words"], rows[3]["confidence"]) == ("70", "likely", "moderate")


def test_a_quote_with_everything_in_it(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    text = '=HYPERLINK("x"),\n"quoted"; 𝔘 👩‍👩‍👧 مرحبا\u2028end'
    csv_format.write(corpus_from([annotated(text, ("claim", [(0, len(text))]))]), tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert restored(row["quote"]) == text
    assert row["quote"].startswith("'=")


# --- what stays where nothing may overlap


def test_policies() -> None:
    candidates = [[(0, 2)], [(1, 9)], [(9, 10)], [(3, 4), (10, 12)], [(12, 13)], []]
    assert without_overlaps(candidates, "longest") == [1, 2, 4]
    assert without_overlaps(candidates, "first") == [0, 2, 3, 4]


@given(
    st.lists(st.lists(st.integers(0, 30), min_size=2, max_size=6, unique=True).map(sorted), max_size=12),
    st.sampled_from(["longest", "first"]),
)
def test_what_is_kept_never_overlaps_and_nothing_more_would_fit(cuts: list[list[int]], policy: str) -> None:
    candidates = [list(zip(cut[::2], cut[1::2], strict=False)) for cut in cuts]
    kept = without_overlaps(candidates, policy)
    taken = [set().union(*(range(*one) for one in candidates[position])) for position in kept]
    assert sum(map(len, taken)) == len(set().union(*taken))
    for position, candidate in enumerate(candidates):
        if position not in kept:
            assert set().union(*taken) & set().union(*(range(*one) for one in candidate))


# --- CoNLL


def sentences(path: Path) -> list[list[tuple[str, ...]]]:
    """What an ordinary reader of CoNLL files sees."""
    found: list[list[tuple[str, ...]]] = [[]]
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line or line.startswith("-DOCSTART-"):
            found.append([])
        else:
            assert len(line.split()) == len(line.split("\t"))
            found[-1].append(tuple(line.split("\t")))
    return [sentence for sentence in found if sentence]


def chunks(path: Path, column: int = 1) -> list[tuple[str, str]]:
    """Label and words of each chunk, by the strict rules of IOB2."""
    found: list[tuple[str, list[str]]] = []
    for sentence in sentences(path):
        before = "O"
        for token in sentence:
            tag = token[column]
            assert re.fullmatch(r"O|[BI]-\S+", tag)
            if tag.startswith("I-"):
                assert before[1:] == tag[1:], "an I- tag goes on with the chunk before it"
                found[-1][1].append(token[0])
            elif tag.startswith("B-"):
                found.append((tag[2:], [token[0]]))
            before = tag
    return [(label, " ".join(words)) for label, words in found]


def exported(corpus: Corpus, path: Path) -> tuple[str, ...]:
    return conll.write(corpus, path).losses


def test_tokens_sentences_and_tags(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    article = annotated(TEXT, ("claim", [at("minister said")]), ("official statement", [at("Nobody else did so.")]))
    losses = exported(corpus_from([article, article]), tmp_path / "a.conll")
    assert losses == ("Label “official statement” written as official_statement",)
    assert (
        (tmp_path / "a.conll")
        .read_text(encoding="utf-8")
        .startswith("-DOCSTART- -X- O O\n\nTitle\tO\nhere\tO\n\nThe\tO\nU.S.\tO\n")
    )
    assert [" ".join(token[0] for token in sentence) for sentence in sentences(tmp_path / "a.conll")] == [
        "Title here",
        "The U.S. minister said he may sign .",
        "Nobody else did so .",
    ] * 2
    assert (
        chunks(tmp_path / "a.conll") == [("claim", "minister said"), ("official_statement", "Nobody else did so .")] * 2
    )


def test_spacy_reads_the_file(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    article = annotated(TEXT, ("claim", [at("minister said")]), ("claim", [at("here\nThe")]))
    exported(corpus_from([article, article]), tmp_path / "a.conll")
    docs = list(conll_ner_to_docs((tmp_path / "a.conll").read_text(encoding="utf-8"), no_print=True))
    assert [[(span.label_, span.text) for span in doc.ents] for doc in docs] == [
        [("claim", "here The"), ("claim", "minister said")]
    ] * 2


def test_overlaps_follow_the_policy(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    article = annotated(
        TEXT,
        ("claim", [at("minister said he")]),
        ("rumour", [at("said he may sign")]),
        ("claim", [at("Nobody")]),
    )
    labels = Vocabulary(tuple(LabelRecord(0, name, "", "#999999", None, "", 0) for name in ("claim", "rumour")))
    path = tmp_path / "a.conll"
    losses = exported(corpus_from([article]), path)
    assert chunks(path) == [("rumour", "said he may sign"), ("claim", "Nobody")]
    assert losses == ("1 annotation left out: others overlap them (overlap policy: longest)",)
    exported(corpus_from([article], {"overlap": "first"}), path)
    assert chunks(path) == [("claim", "minister said he"), ("claim", "Nobody")]
    assert exported(corpus_from([labels, article], {"overlap": "layers"}), path) == ()
    assert chunks(path, 1) == [("claim", "minister said he"), ("claim", "Nobody")]
    assert chunks(path, 2) == [("rumour", "said he may sign")]
    for format in ("conll", "spacy"):
        write = registry.by_id(format).write
        assert write is not None
        with pytest.raises(ExportRefused, match="“odd”"):
            write(corpus_from([article], {"overlap": "odd"}), path)


def test_losses_are_told(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    article = annotated(
        TEXT,
        ("a b", [(1, 3)]),
        ("a_b", [at("minister"), at("may sign")]),
        ("claim", [at(" ")]),
        ("claim", [at("else ")]),
    )
    losses = exported(corpus_from([article]), tmp_path / "a.conll")
    assert losses == (
        "1 annotation left out: they cover nothing but white space",
        "1 annotation widened to whole tokens",
        "1 annotation in fragments written as separate chunks",
        "Label “a b” and “a_b” written as a_b",
    )
    assert chunks(tmp_path / "a.conll") == [
        ("a_b", "Title"),
        ("a_b", "minister"),
        ("a_b", "may sign"),
        ("claim", "else"),
    ]


def test_scripts_without_spaces_are_cut(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    text = "总统说NATO将继续。\nカードが👩‍👩‍👧あるかも。"
    losses = exported(
        corpus_from([annotated(text, ("claim", [at("NATO将", text)]), ("claim", [at("カード", text)]), language="zh")]),
        tmp_path / "a.conll",
    )
    assert losses == ()
    assert chunks(tmp_path / "a.conll") == [("claim", "NATO 将"), ("claim", "カー ド")]


# --- DocBin


@cache
def vocabulary() -> Vocab:
    """The words of no language: to make it takes longer than to read a file."""
    return spacy.blank("xx").vocab


def docs_of(path: Path) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(vocabulary()))


def test_spacy_sees_the_same_quotes(corpus_from: CorpusFrom, examples: Path, tmp_path: Path) -> None:
    corpus = corpus_from(jsonl.read(examples / "corpus.jsonl"))
    documents = [(document, list(own)) for document, own in corpus.documents]
    written = spacy_docbin.write(Corpus(documents=documents, relations=corpus.relations), tmp_path / "a.spacy")
    assert written.losses == ()
    (doc,) = docs_of(tmp_path / "a.spacy")
    ((document, own),) = documents
    assert doc.text == document.text
    assert [(span.id_, span.label_, span.text) for span in doc.spans["sc"]] == [
        (one.uid, one.label, one.quote) for one in own
    ]
    assert [span.text for span in doc.spans["cues"]] == ["said in a statement", "said"]
    assert [span.text for span in doc.spans["mentions"]] == ["the harbour authority", "Three people close to the union"]
    assert [span.text for span in doc.spans["fragments"]] == [
        "A rejection could delay",
        "until the end of the month",
    ]
    for one in own:
        span = doc.char_span(one.start, one.end, alignment_mode="strict")
        assert span is not None
        assert span.text == one.quote
        fields = doc.user_data["annotations"][one.uid]
        assert (fields["score"], fields["credibility"], fields["probability"]) == (
            one.score,
            one.credibility,
            one.probability,
        )
    assert next((span.ent_id_, span.label_) for span in doc.ents) == (own[0].uid, "claim")
    assert doc.user_data["title"] == document.title
    (example,) = docs_of(examples / "corpus.spacy")
    assert [span.text for span in example.spans["sc"]] == [one.quote for one in own]


def test_overlaps_are_all_in_spans(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    article = annotated(
        TEXT,
        ("claim", [at("minister said he")]),
        ("claim", [at("minister said he")]),
        ("rumour", [at("aid he ma")]),
        ("claim", [(10, 11)]),
    )
    written = spacy_docbin.write(corpus_from([article]), tmp_path / "a.spacy")
    assert written.annotations == 4
    assert written.losses[0].startswith("3 annotations in doc.spans only")
    (doc,) = docs_of(tmp_path / "a.spacy")
    assert [span.text for span in doc.spans["sc"]] == [
        "minister said he",
        "minister said he",
        "aid he ma",
        "\n",
    ]
    assert [span.text for span in doc.ents] == ["minister said he"]


PIECES = st.sampled_from(
    [
        "word ",
        "don't ",
        "  ",
        " ",
        "\n",
        "\n\n",
        "\t",
        "👩‍👩‍👧",
        "𝔘x",
        "é",
        "مرحبا ",
        "שלום",
        "\u2028",
        "\u00a0",
        "总统说",
        "カード",
        "대통령",
        "ไทยนี้",
        "U.S.",
        "(a)",
        "...",
        "x-y",
        "3.5%",
    ]
)


@settings(max_examples=examples(20, 200))
@given(
    pieces=st.lists(PIECES, min_size=1, max_size=25),
    language=st.sampled_from(["", "en-GB", "ar", "zh", "nonsense", "../x"]),
    data=st.data(),
)
def test_any_span_of_any_text(
    corpus_from: CorpusFrom,
    tmp_path_factory: pytest.TempPathFactory,
    pieces: list[str],
    language: str,
    data: st.DataObject,
) -> None:
    text = "".join(pieces)
    cuts = st.sets(st.integers(0, len(text)), min_size=2, max_size=4).map(sorted)
    spans = data.draw(st.lists(cuts.map(lambda cut: list(zip(cut[::2], cut[1::2], strict=False))), max_size=5))
    gapped = [span for span in spans if len(span) > 1]
    article = annotated(text, *(("claim", span) for span in spans), language=language)
    path = tmp_path_factory.mktemp("export") / "a"
    spacy_docbin.write(corpus_from([article]), path)
    (doc,) = docs_of(path)
    assert doc.text == text
    assert [span.text for span in doc.spans["sc"]] == [text[span[0][0] : span[-1][1]] for span in spans]
    assert [span.text for span in doc.spans["fragments"]] == [text[start:end] for span in gapped for start, end in span]
    conll.write(corpus_from([article]), path)
    chunks(path)
    for sentence in sentences(path):
        iob_to_biluo([token[1] for token in sentence])
    assert "".join(token[0] for sentence in sentences(path) for token in sentence) == "".join(text.split())


def bytes_of(path: Path) -> dict[str, bytes]:
    """The bytes of a file, or of each file of a folder by its path in it."""
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    return {one.relative_to(path).as_posix(): one.read_bytes() for one in files}


def test_two_exports_are_the_same_bytes(corpus_from: CorpusFrom, examples: Path, tmp_path: Path) -> None:
    for format in registry.writable():
        assert format.write is not None
        for name in ("one", "two"):
            out = tmp_path / format.id / name
            (out if format.is_folder else out.parent).mkdir(parents=True, exist_ok=True)
            format.write(corpus_from(jsonl.read(examples / "corpus.jsonl")), out)
        assert bytes_of(tmp_path / format.id / "one") == bytes_of(tmp_path / format.id / "two")
        # The bytes of spaCy and of zlib may differ between versions; the dataset is of a project, with its card.
        if format.id not in ("spacy", "xlsx", "hf"):
            assert bytes_of(tmp_path / format.id / "one") == bytes_of(examples / format.example)


def test_hostile_texts_are_tokenised_in_time() -> None:
    tokeniser = Tokeniser()
    for words in ("(" * 20_000, "." * 20_000, "a.b-c/" * 5_000, "总" * 20_000):
        assert tokeniser.doc(words, "en", [Span(3, 1700)]).text == words
