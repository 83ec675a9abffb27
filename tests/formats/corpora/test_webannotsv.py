"""WebAnno TSV: rows as other programs write them, and ours with every edge."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.errors import ImportRefused
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Article, Corpus, Incoming, IncomingAnnotation, IncomingRelation, Refusal
from annotator.formats.corpora.webanno import webanno_tsv
from annotator.formats.corpora.webanno.rows import Layer, escaped, joined, layer_of, unescaped, values_of

CorpusFrom = Callable[..., Corpus]
HEAD = (
    "#FORMAT=WebAnno TSV 3.3\n"
    "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue\n"
    "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value\n"
    "#T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|referenceRelation|referenceType\n"
    "#T_SP=webanno.custom.Bare\n"
    "#T_RL=webanno.custom.Link|label|BT_de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity\n\n\n"
)


def read(path: Path, source: str) -> list[Incoming]:
    path.write_text(source, encoding="utf-8")
    assert registry.detect(path) is webanno_tsv.FORMAT
    return list(webanno_tsv.read(path))


def marked(items: list[Incoming]) -> list[tuple[str, list[str]]]:
    (article,) = (one for one in items if isinstance(one, Article))
    return [(one.label, [span.of(article.text) for span in one.fragments]) for one in article.annotations]


def test_a_file_of_another_maker(tmp_path: Path) -> None:
    source = HEAD + (
        "#Text=🦊 Holm met Ek \\[Ltd\\] .\n"
        "1-1\t0-2\t🦊\tNE\t_\t_\t*->1-1\t*\t_\t_\t_\t\n"
        "1-2\t3-7\tHolm\tNE\tQ1\tPER\t_\t_\t_\t_\t_\t\n"
        "1-3\t8-11\tmet\tVB\t_\t_\t_\t_\t*[7]\t_\t_\t\n"
        "1-4\t12-14\tEk\tNE\t*[4]|*[5]\tORG[4]|PER[5]\t_\t_\t*[7]\tcites|knows\t1-2[0_4]|1-2[0_5]\t\n"
        "1-5\t15-20\t\\[Ltd\\]\tNE\t*[4]\tORG[4]\t_\t_\t_\t_\t_\t\n"
        "1-5.1\t16-19\tLtd\t_\t*\tFORM\t_\t_\t_\t_\t_\t\n"
        "1-6\t21-22\t.\t$.\t_\t_\t_\t_\t_\t_\t_\t\n"
        "\n"
        "#Text=Zweiter\n#Text=Satz.\n"
        "2-1\t23-30\tZweiter\t_\t_\t_\t_\t_\t_\t_\t_\t\n"
        "2-2\t31-35\tSatz\t_\t_\tWERK\t_\t_\t_\tafter\t1-2\n"
    )
    # In another maker's text brackets are escaped as well.
    items = read(tmp_path / "a.tsv", source)
    (article,) = (one for one in items if isinstance(one, Article))
    assert article.text == "🦊 Holm met Ek [Ltd] .\nZweiter\nSatz."
    assert marked(items) == [
        ("PER", ["Holm"]),
        ("Bare", ["met Ek"]),
        ("ORG", ["Ek [Ltd]"]),
        ("PER", ["Ek"]),
        ("FORM", ["Ltd"]),
        ("WERK", ["Satz"]),
    ]
    assert dict(article.annotations[0].features) == {"identifier": "Q1"}
    uids = {one.uid: (one.label, one.fragments[0].of(article.text)) for one in article.annotations}
    ties = [(one.kind, uids[one.from_uid], uids[one.to_uid]) for one in items if isinstance(one, IncomingRelation)]
    assert ties == [
        ("cites", ("PER", "Holm"), ("ORG", "Ek [Ltd]")),
        ("knows", ("PER", "Holm"), ("PER", "Ek")),
        ("after", ("PER", "Holm"), ("WERK", "Satz")),
    ]
    assert not [one for one in items if isinstance(one, Refusal)]


def test_rows_that_are_wrong_cost_only_themselves(tmp_path: Path) -> None:
    source = HEAD + (
        "#Text=One two three.\n"
        "1-1\t0-3\tOne\t_\t_\tA\t_\t_\t_\t_\t_\n"
        "nonsense\n"
        "1-2\t4\ttwo\t_\t_\tB\n"
        "1-x\t4-7\ttwo\t_\t_\tB\n"
        "1-3\t8-13\tthree\t_\t_\tC\t_\t_\t_\tties\t9-9\n"
        "1-4\t1300-1301\t.\t_\t_\tD\n"
        "\n#Text=Elsewhere\n2-1\t3-12\tElsewhere\t_\t_\tE\n"
    )
    items = read(tmp_path / "a.tsv", source)
    assert [label for label, _ in marked(items)] == ["A", "C"]
    refused = {one.place for one in items if isinstance(one, Refusal)}
    assert refused == {"line 11", "line 12", "line 13", "line 14", "NamedEntity at 1300-1301", "line 18"}


@pytest.mark.parametrize("source", [HEAD, HEAD + "1-1\t0-3\tOne\n", HEAD + "#Text=   \n"])
def test_a_file_without_text_is_refused(tmp_path: Path, source: str) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(source, encoding="utf-8")
    with pytest.raises(ImportRefused, match="has no text"):
        list(webanno_tsv.read(path))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_escapes_are_undone(words: str) -> None:
    assert unescaped(escaped(words)) == words
    assert values_of(joined([(words, 3), (None, 0), (words, 0)])) in (
        [(words, 3), (None, 0), (words, 0)],
        [("", 3), (None, 0), ("", 0)],
    )
    assert "\t" not in escaped(words) and "\n" not in escaped(words)


def test_layers_of_a_header() -> None:
    assert layer_of("#T_SP=a.B|x|y") == Layer("a.B", ("x", "y"), False)
    assert layer_of("#T_RL=a.R|k|BT_a.B") == Layer("a.R", ("k",), True, "a.B")
    assert layer_of("#FORMAT=WebAnno TSV 3.3") is None
    for layer in (Layer("a.B", ("x",), False), Layer("a.R", ("k", "l"), True, "a.B")):
        assert layer_of(layer.header()) == layer


@given(st.data())
def test_any_spans_of_any_text_come_back(
    corpus_from: CorpusFrom, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    text = data.draw(st.text(st.sampled_from("ab 1.\n\t🦊\u0301\u200dא港é[_|*\\;->"), min_size=1, max_size=25))
    text = f"x{text}"
    found = []
    for number in range(data.draw(st.integers(0, 5))):
        edges = sorted(data.draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=4)))
        pairs = [Span(*edges[at : at + 2]) for at in range(0, len(edges) - 1, 2)]
        if all(span.of(text).strip() == span.of(text) != "" for span in pairs):
            found.append(IncomingAnnotation("claim", tuple(pairs), uid=f"u{number}", note=text))
    folder = tmp_path_factory.mktemp("any")
    written = webanno_tsv.write(corpus_from([Article(title="T", text=text, annotations=tuple(found))]), folder)
    assert written.losses == ()
    (path,) = folder.iterdir()
    (article,) = webanno_tsv.read(path)
    assert isinstance(article, Article)
    assert article.text == text
    assert sorted((one.uid, one.fragments, one.note) for one in article.annotations) == sorted(
        (one.uid, one.fragments, one.note) for one in found
    )


def test_white_space_that_no_row_tells_of_is_told(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    one = IncomingAnnotation("claim", (Span(0, 2), Span(3, 4)), uid="u")
    written = webanno_tsv.write(corpus_from([Article(title="T", text="  \n Words.", annotations=(one,))]), tmp_path)
    assert written.losses == (
        "2 fragments of annotations left out: they cover nothing but white space",
        "1 document with line ends for the white space at the beginning",
    )
    (path,) = tmp_path.iterdir()
    (article,) = webanno_tsv.read(path)
    assert isinstance(article, Article) and article.text == "\n\n\n\nWords."
