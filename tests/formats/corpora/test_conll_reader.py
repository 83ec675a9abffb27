"""Tables of tokens and tags, from any maker."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import annotator
from annotator.domain.errors import ImportRefused, InvalidValue
from annotator.formats import registry
from annotator.formats.base import Article, Refusal
from annotator.formats.corpora.conll import conll, reader
from annotator.formats.corpora.conll.detokenisation import text_of
from annotator.formats.corpora.conll.token_tags import SCHEMES, Chunk, chunks_of, tags_of
from annotator.services.exports import exporting
from annotator.services.imports.read import items_of


def found(tmp_path: Path, content: str, name: str = "a.conll") -> tuple[list[Article], list[Refusal]]:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert registry.detect(path) is conll.FORMAT
    items = list(reader.read(path))
    return [one for one in items if isinstance(one, Article)], [one for one in items if isinstance(one, Refusal)]


def spans(article: Article) -> list[tuple[str, str]]:
    return [(one.label, one.fragments[0].of(article.text)) for one in article.annotations]


@pytest.mark.parametrize(
    "tags",
    [
        "O B-X I-X O B-Y",
        "O I-X I-X O I-Y",
        "O B-X E-X O S-Y",
        "O B-X L-X O U-Y",
        "O B-X I-X O I-Y",
    ],
)
def test_every_scheme(tmp_path: Path, tags: str) -> None:
    lines = zip("The two ministers said nothing".split(), tags.split(), strict=True)
    (article,), refused = found(tmp_path, "\n".join(f"{token} {tag}" for token, tag in lines) + "\n\n")
    assert article.text == "The two ministers said nothing"
    assert spans(article) == [("X", "two ministers"), ("Y", "nothing")]
    assert refused == []


def test_neighbours_are_two_chunks() -> None:
    for tags in ("B-X B-X", "S-X S-X", "B-X E-X I-X", "I-X I-Y", "U-X I-X"):
        chunks = list(chunks_of(tags.split()))
        assert len(chunks) == 2, tags
    assert list(chunks_of("B-X I-X E-X".split())) == [(0, 3, "X")]
    assert list(chunks_of([])) == list(chunks_of(["O", "B-"])) == []


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from(["X", "Y-Z", "ü 🦊"])), max_size=8))
def test_chunks_become_tags_and_tags_chunks(parts: list[tuple[int, int, str]]) -> None:
    for scheme in SCHEMES:
        tags: list[str] = []
        chunks = []
        for gap, length, type in parts:
            tags += ["O"] * gap
            chunk = Chunk(len(tags), len(tags) + length, type)
            chunks.append(chunk)
            tags += tags_of(chunk, scheme)
        assert list(chunks_of(tags)) == chunks


def test_the_columns_of_conll_2003_and_its_documents(tmp_path: Path) -> None:
    content = (
        "-DOCSTART- -X- -X- O\n\nHarbour NN I-NP O\nclosed VB I-VP O\n\nThe DT I-NP I-ORG\nport NN I-NP I-ORG\n"
        "authority NN I-NP I-ORG\ndoes VB I-VP O\nn't RB I-VP O\nsay VB I-VP O\nwhy RB I-AD O\n. . O O\n\n"
        "-DOCSTART- -X- -X- O\n\nOslo NN I-NP I-LOC\n, , O O\nBergen NN I-NP I-LOC\n"
    )
    articles, refused = found(tmp_path, content, "eng.testa")
    assert [one.text for one in articles] == ["Harbour closed\nThe port authority doesn't say why.", "Oslo, Bergen"]
    assert articles[0].title == "Harbour closed"
    assert spans(articles[0]) == [("ORG", "The port authority")]
    assert spans(articles[1]) == [("LOC", "Oslo"), ("LOC", "Bergen")]
    assert refused == []


def test_numbered_tokens_comments_and_two_layers(tmp_path: Path) -> None:
    content = (
        "#\thttp://news.example/1 [2009-10-17]\n1\tDie\tO\tO\n2\tDeutsche\tB-ORG\tB-LOC\n3\tPost\tI-ORG\tO\n"
        "4\t#\tO\tO\n\n"
        "# text = Ja\n1\tJa\tO\tO\n"
    )
    (article,), refused = found(tmp_path, content, "a.tsv")
    assert article.text == "Die Deutsche Post #\nJa"
    assert spans(article) == [("LOC", "Deutsche"), ("ORG", "Deutsche Post")]
    assert refused == []


def test_documents_of_conll_u(tmp_path: Path) -> None:
    articles, _ = found(tmp_path, "# newdoc id = a1\nOne\tB-X\ntwo\tO\nthree\tO\n\n# newdoc\nFour\tO\n")
    assert [(one.title, one.text) for one in articles] == [("a1", "One two three"), ("a 2", "Four")]


def test_broken_lines_cost_nothing_but_themselves(tmp_path: Path) -> None:
    content = "One\tB-X\nbare\ntwo\tI-X\nthree\tnonsense\nfour\tB-\n\tO\nfive\tI-Y\n"
    path = tmp_path / "a.conll"
    path.write_text(content, encoding="utf-8")
    items = list(reader.read(path))
    (article,) = (one for one in items if isinstance(one, Article))
    assert article.text == "One bare two three four five"
    assert spans(article) == [("X", "One"), ("X", "two"), ("Y", "five")]
    assert [one.place for one in items if isinstance(one, Refusal)] == ["line 2", "line 4", "line 5", "line 6"]


def test_a_text_or_a_table_is_none(tmp_path: Path) -> None:
    for name, content in (
        ("a.txt", "One day O\nBig words O\n"),
        ("a.tsv", "token\ttag\nOne\tB-X\nTwo\tO\nThree\tO\n"),
        ("a.txt", "Vitamin B-12\nVitamin B-6\nVitamin C\n"),
    ):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        assert registry.detect(path) is not conll.FORMAT
    path = tmp_path / "b.conll"
    path.write_text("\n\n# only a comment\n", encoding="utf-8")
    with pytest.raises(ImportRefused, match="no tokens"):
        list(reader.read(path))


def test_a_line_without_end_is_refused_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.conll"
    path.write_text("One\tB-X\n" + "x" * 17_000_000 + "\tO\nTwo\tO\n", encoding="utf-8")
    items = list(items_of([path]))
    assert [type(one).__name__ for one in items] == ["Refusal", "Article"]


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("He said , “ no ” ( twice ) .", "He said, “no” (twice)."),
        ("`` No , '' he said -LRB- twice -RRB- .", '"No," he said (twice).'),
        ('" No , " he does n\'t say " why " .', '"No," he doesn\'t say "why".'),
        ("It 's the ministers ' word", "It's the ministers 'word"),
        ("港务 局 表示 ， 关闭 。", "港务局表示，关闭。"),
        ("costs $ 5 , or 3 % … ¿ no ?", "costs $5, or 3%… ¿no?"),
    ],
)
def test_tokens_become_a_readable_text(tokens: str, text: str) -> None:
    made, ((*places,),) = text_of([tokens.split()])
    assert made == text
    assert len(places) == len(tokens.split())


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=4), min_size=1), max_size=4
    )
)
def test_every_token_stands_at_its_place(sentences: list[list[str]]) -> None:
    made, places = text_of(sentences)
    for tokens, own in zip(sentences, places, strict=True):
        changed = any(token.startswith(("-", "``", "''")) for token in tokens)
        assert changed or [made[start:end] for start, end in own] == tokens


def test_the_scheme_is_chosen(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno") as project:
        document = project.add_document("T", "Prices may rise in May. Or so.")
        project.annotate(document, 0, 15, "speculation")
        project.annotate(document, 24, 26, "claim")
        out = tmp_path / "a.conll"
        exporting.export(project._stored, out, "conll", options={"scheme": "iobes"})
        tags = [line.split("\t")[1] for line in out.read_text(encoding="utf-8").split("\n") if "\t" in line]
        assert tags == [*"B-speculation I-speculation E-speculation O O O S-claim O O".split()]
        (article,) = reader.read(out)
        assert isinstance(article, Article)
        assert spans(article) == [("speculation", "Prices may rise"), ("claim", "Or")]
        with pytest.raises(InvalidValue, match="is no scheme"):
            exporting.export(project._stored, tmp_path / "b.conll", "conll", options={"scheme": "x"})
