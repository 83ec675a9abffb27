"""brat standoff: what other people wrote, what we write, and everything that may be wrong with it."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import annotator
from annotator.domain.errors import ImportRefused
from annotator.domain.labels import OKABE_ITO
from annotator.domain.records import LabelRecord
from annotator.domain.spans import Span, checked_fragments
from annotator.formats import registry
from annotator.formats.base import Article, Corpus, Incoming, IncomingAnnotation, IncomingRelation, Refusal, Vocabulary
from annotator.formats.corpora.brat import brat
from annotator.formats.corpora.brat.configuration import configuration_of
from annotator.formats.corpora.brat.standoff import parsed
from annotator.formats.corpora.brat.vocabulary import FIELDS, WRITTEN_BY
from annotator.formats.relations import _IDS, derived_uid
from annotator.services.exports import exporting
from annotator.services.imports import detect, importing

CorpusFrom = Callable[..., Corpus]

CLAIM = LabelRecord(1, "claim", "C", OKABE_ITO[0], 1, "", 1)
TEXT = "Harbour to close 🚢\n\nThe port authority said on Monday\nthat the basin will close. Experts doubt it.\n"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        yield made


def pair(folder: Path, *lines: str, text: str = TEXT, name: str = "a") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.txt"
    path.write_bytes(text.encode())
    (folder / f"{name}.ann").write_bytes("".join(f"{line}\n" for line in lines).encode())
    return path


def span(id: str, type: str, *words: str, text: str = TEXT) -> str:
    place = ";".join(f"{text.index(each)} {text.index(each) + len(each)}" for each in words)
    return f"{id}\t{type} {place}\t{' '.join(words)}"


def read(path: Path) -> tuple[Article, list[Incoming]]:
    items = list(brat.read(path))
    (article,) = [item for item in items if isinstance(item, Article)]
    return article, [item for item in items if item is not article]


def refusals(items: list[Incoming]) -> list[str]:
    return [f"{item.place}: {item.reason}" for item in items if isinstance(item, Refusal)]


# --- one file


def test_spans_events_relations_attributes_and_notes(tmp_path: Path) -> None:
    path = pair(
        tmp_path / "in",
        span("T1", "claim", "The port authority", "on Monday"),
        span("T2", "Doubt", "doubt"),
        span("T3", "Person", "Experts"),
        "E1\tDoubt:T2 Who:T3 What:T1",
        "R1\tcontradicts Arg1:T2 Arg2:T1\t",
        "*\tEquiv T1 T3",
        "A1\tNegated T1",
        "M2\tConfidence E1 high",
        "A3\tReliability T1 B",
        "N1\tReference T3 Wikipedia:123\tExperts of the port",
        "#1\tAnnotatorNotes T1\tlooks odd",
        "#2\tAnnotatorNotes R1\twhy not",
        "#3\tOther T1\tsomething",
    )
    article, others = read(path)
    claim, doubt, person = article.annotations
    assert [span.of(TEXT) for span in claim.fragments] == ["The port authority", "on Monday"]
    assert (claim.reliability, claim.note, dict(claim.features)) == (
        "B",
        "looks odd",
        {"Negated": True, "Other": "something"},
    )
    assert (doubt.label, doubt.confidence) == ("Doubt", "high")
    assert person.features["normalisation"] == [{"resource": "Wikipedia", "id": "123", "words": "Experts of the port"}]
    ties = {(one.kind, one.from_uid, one.to_uid, one.note) for one in others if isinstance(one, IncomingRelation)}
    assert ties == {
        ("contradicts", doubt.uid, claim.uid, "why not"),
        ("Equiv", claim.uid, person.uid, ""),
        ("Who", doubt.uid, person.uid, ""),
        ("What", doubt.uid, claim.uid, ""),
    }
    assert refusals(others) == []


def test_an_attribution_is_one_annotation(tmp_path: Path) -> None:
    path = pair(
        tmp_path / "in",
        span("T1", "Source", "The port authority"),
        span("T2", "Cue", "said"),
        "T3\tContent 54 59;60 64\ton Mo bad",
        span("T4", "Attribution", "said"),
        span("T5", "Content", "the basin will close"),
        span("T6", "Content", "doubt it"),
        "E1\tAttribution:T4 Content:T5 Cue:T2 Source:T1 Content2:T6",
    )
    article, others = read(path)
    one, two = article.annotations
    for found in (one, two):
        assert [span.of(TEXT) for span in (*found.mention, *found.cue)] == ["The port authority", "said"]
        assert found.label == "Content"
    assert [found.fragments[0].of(TEXT) for found in (one, two)] == ["the basin will close", "doubt it"]
    assert refusals(others) == ["a.ann, line 3: Its words 'on Mo bad' are not at its offsets."]


def test_a_span_over_a_line_end_is_whole_again(tmp_path: Path) -> None:
    start, end = TEXT.index("on Monday"), TEXT.index(" the basin")
    path = pair(tmp_path / "in", f"T1\tclaim {start} {start + 9};{start + 10} {end}\ton Monday that")
    assert read(path)[0].annotations[0].fragments == (Span(start, end),)


def test_offsets_move_with_line_ends(tmp_path: Path) -> None:
    raw = TEXT.replace("\n", "\r\n")
    start = raw.index("Experts")
    path = pair(tmp_path / "in", f"T1\tclaim {start} {start + 7}\tExperts", text="\ufeff" + raw)
    # The mark counts as a character for brat.
    (folder := tmp_path / "in" / "a.ann").write_text(f"T1\tclaim {start + 1} {start + 8}\tExperts\n", encoding="utf-8")
    assert folder.is_file()
    (found,) = read(path)[0].annotations
    assert found.fragments[0].of(TEXT) == "Experts"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("T1\tclaim 5 2\tx", "does not lie in the text"),
        ("T1\tclaim 3 3\t", "does not lie in the text"),
        ("T1\tclaim 0 9999\tx", "does not lie in the text"),
        ("T1\tclaim -4 3\tx", "a type and offsets"),
        ("T1\tclaim 0 99999999999999999999\tx", "beyond any text"),
        ("T1\tclaim 0 5;3 8\tHarbo bour ", "overlap"),
        ("T1\tclaim\tx", "a type and offsets"),
        ("T1 claim 0 5 x", "not in the format of brat"),
        ("X1\tclaim 0 5\tHarbo", "not in the format of brat"),
        ("R1\tsupports Arg1:T9", "is incomplete"),
        ("R1\tsupports Arg1:T8 Arg2:T9", "It relates T8, which is not an annotation"),
        ("R1\tsupports T8 T9", "two arguments"),
        ("E1\tAttribution:T8 Content:T9", "refers to T9"),
        ("E1\tAttribution:", "a type with its trigger"),
        ("A1\tNegated", "is incomplete"),
        ("A1\tNegated T9", "is about T9"),
        ("#1\tAnnotatorNotes T9\tx", "is about T9"),
        ("\udcff".encode(errors="surrogateescape").decode("latin-1"), "not in the format of brat"),
    ],
)
def test_a_bad_line_stops_nothing(tmp_path: Path, line: str, reason: str) -> None:
    path = pair(tmp_path / "in", line, span("T7", "claim", "Experts"))
    article, others = read(path)
    assert [found.fragments[0].of(TEXT) for found in article.annotations] == ["Experts"]
    (refusal,) = refusals(others)
    assert reason in refusal and refusal.startswith("a.ann, line 1")


def test_an_id_stands_once(tmp_path: Path) -> None:
    path = pair(tmp_path / "in", span("T1", "claim", "Experts"), span("T1", "claim", "doubt"))
    article, others = read(path)
    assert len(article.annotations) == 1
    assert "T1 is used twice" in refusals(others)[0]


def test_words_repair_offsets(project: annotator.Project, tmp_path: Path) -> None:
    at = TEXT.index("Experts")
    path = pair(tmp_path / "in", f"T1\tclaim {at + 2} {at + 9}\tExperts")
    report = importing.import_files(project._stored, [path])
    assert [found.quote for found in project.annotations()] == ["Experts"]
    assert "moved by -2" in report.notes[0]


def test_a_million_lines_of_rubbish_take_little_time(tmp_path: Path) -> None:
    assert len(parsed("T1\n" * 200_000, "a.ann").refused) == 200_000
    deep = '{"a":' * 50_000
    path = pair(tmp_path / "in", span("T1", "claim", "Experts"), f"#1\t{FIELDS} T1\t{deep}")
    assert read(path)[0].annotations[0].features == {FIELDS: deep}


# --- folders


def test_files_of_several_annotators_and_folders_apart(project: annotator.Project, tmp_path: Path) -> None:
    texts, marks = tmp_path / "corpus" / "text", tmp_path / "corpus" / "marks"
    texts.mkdir(parents=True)
    marks.mkdir()
    (texts / "port_news.txt").write_text(TEXT, encoding="utf-8")
    (texts / "other.txt").write_text("Another text\n\nwithout annotations.\n", encoding="utf-8")
    (marks / "port_news_ben.ann").write_text(span("T1", "claim", "Experts") + "\n", encoding="utf-8")
    (marks / "port_news_cleo.ann").write_text(span("T1", "claim", "doubt") + "\n", encoding="utf-8")
    (marks / "lost.ann").write_text("T1\tclaim 0 1\tx\n", encoding="utf-8")
    report = importing.import_files(project._stored, [tmp_path / "corpus"], recursive=True)
    assert (len(report.documents), report.annotations) == (2, 2)
    held = {(found.quote, found.annotator) for found in project.annotations()}
    assert held == {("Experts", "ben"), ("doubt", "cleo")}
    assert [(Path(one.path).name, "no text beside it" in one.reason) for one in report.refused] == [("lost.ann", True)]


def test_the_file_of_annotations_alone_stands_for_its_text(project: annotator.Project, tmp_path: Path) -> None:
    pair(tmp_path / "in", span("T1", "claim", "Experts"))
    assert importing.import_files(project._stored, [tmp_path / "in" / "a.ann"]).annotations == 1
    with pytest.raises(ImportRefused, match="no text beside it"):
        list(brat.read(tmp_path / "b.ann"))


def test_the_configuration_names_labels(project: annotator.Project, tmp_path: Path) -> None:
    path = pair(tmp_path / "in", span("T1", "Big_claim", "Experts"))
    (tmp_path / "in" / "annotation.conf").write_text(
        "# of it\n[entities]\n!Thing\n\tBig_claim\n<M>=A|B\n[relations]\nX Arg1:Y\n[events]\nDoubt Who?:Thing\n",
        encoding="utf-8",
    )
    assert [label.name for label in configuration_of(tmp_path / "in", (0,)).labels] == ["Big_claim", "Doubt"]
    (tmp_path / "in" / "visual.conf").write_text(
        f"{WRITTEN_BY}\n[labels]\nBig_claim | big claim | big\n[drawing]\nBig_claim bgColor:#00FF00\n",
        encoding="utf-8",
    )
    (vocabulary,) = [item for item in brat.read(path) if isinstance(item, Vocabulary)]
    assert (vocabulary.labels[0].name, vocabulary.labels[0].color) == ("big claim", "#00FF00")
    assert [label.name for label in vocabulary.labels] == ["big claim", "Doubt"]
    report = importing.import_files(project._stored, [tmp_path / "in"])
    assert (report.annotations, report.refused) == (1, [])
    assert [found.label for found in project.annotations()] == ["big claim"]


def test_a_configuration_above_the_texts_is_no_article(project: annotator.Project, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    pair(tmp_path / "in" / "part", span("T1", "claim", "Experts"))
    for name, content in (("annotation.conf", "# of all\n[entities]\nclaim\n"), ("visual.conf", "An article.\n")):
        (tmp_path / "in" / name).write_text(content, encoding="utf-8")
    report = importing.import_files(project._stored, [tmp_path / "in"], recursive=True)
    assert (len(report.documents), report.annotations) == (2, 1)
    assert sorted(project.document(id).text for id in report.documents)[0] == "An article.\n"


def test_names_of_types_and_files_are_safe(project: annotator.Project, tmp_path: Path) -> None:
    project.add_label("a / b: “c”")
    for number, title in enumerate(("CON", "a/b", "A:b", "港口")):
        document = project.add_document(title, f"{title}\n\nText {number} of it.\n")
        project.annotate(document, 0, 1, "a / b: “c”")
    project.export(tmp_path / "out", "brat")
    names = sorted(path.stem for path in (tmp_path / "out").glob("*.ann"))
    assert names == ["A-b-2", "CON-", "a-b", "港口"]
    assert "T1\ta_b_c 0 1\tC" in (tmp_path / "out" / "CON-.ann").read_text(encoding="utf-8")
    with annotator.create(tmp_path / "b.anno") as other:
        assert importing.import_files(other._stored, [tmp_path / "out"]).refused == []
        assert {found.label for found in other.annotations()} == {"a / b: “c”"}


PIECES = st.sampled_from(
    ["port ", "said", "\n", " ", "👨‍👩‍👧", "港口", "e\u0301", ".", "قال", "\t", "\u2028", "x\x0cy"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, min_size=3, max_size=25).map("".join), st.data())
def test_every_span_comes_back(
    tmp_path_factory: pytest.TempPathFactory, corpus_from: CorpusFrom, text: str, data: st.DataObject
) -> None:
    text = f"Title\n{text} end"
    folder = tmp_path_factory.mktemp("brat")
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), min_size=4, max_size=8)))
    spans = [Span(*edges[:2]), *([Span(*edges[2:4])] if data.draw(st.booleans()) else [])]
    made = IncomingAnnotation("claim", tuple(spans), cue=(Span(0, 5),), note="a\n\tb ", uid="u" * 32)
    article = Article("Title", text, uid="d" * 32, annotations=(made,))
    written = brat.write(corpus_from([Vocabulary((CLAIM,)), article]), folder)
    (name,) = folder.glob("*.txt")
    back, others = read(name)
    assert [one for one in others if not isinstance(one, Vocabulary)] == []
    assert written.annotations == len(back.annotations) == bool("".join(span.of(text) for span in spans).strip("\n"))
    for found in back.annotations:
        assert (found.fragments, found.cue, found.note) == (checked_fragments(spans, len(text)), made.cue, made.note)


# --- corpora of other people


def test_the_tutorial_of_brat(project: annotator.Project, shared: Path) -> None:
    folder = shared / "fixtures" / "brat-news"
    report = importing.import_files(project._stored, [folder])
    assert [refused.reason for refused in report.refused] == []
    assert (len(report.documents), report.annotations) == (13, 119)
    counts = Counter(found.label for found in project.annotations())
    assert (counts["Organization"], counts["Merge-org"], counts["Report"]) == (56, 14, 8)
    # 8 R lines, 52 arguments of events, 3 pairs of aliases.
    assert len(project.relations()) == 63


def attributions(folder: Path) -> Counter[tuple[Any, ...]]:
    """The events of a folder of brat's files, read by a few lines of their own: fragments of content, cue, source."""
    found: Counter[tuple[Any, ...]] = Counter()
    for path in sorted(folder.glob("*.ann")):
        spans: dict[str, tuple[Span, ...]] = {}
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.startswith("T"):
                id, head, _ = line.split("\t", 2)
                place = head.split(" ", 1)[1]
                # A few fragments are in the order of letters, 1038 before 937, and some touch.
                pairs = [tuple(map(int, pair.split())) for pair in place.split(";")]
                spans[id] = checked_fragments(pairs, 1_000_000)
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.startswith("E"):
                parts = [part.split(":") for part in line.split("\t")[1].split()[1:]]
                roles: dict[str, list[tuple[Span, ...]]] = {"Content": [], "Cue": [], "Source": []}
                for role, id in parts:
                    roles[role.rstrip("2")].append(spans[id])
                cue = tuple(sorted(piece for each in roles["Cue"] for piece in each))
                source = tuple(sorted(piece for each in roles["Source"] for piece in each))
                for content in roles["Content"]:
                    found[content, cue, source] += 1
    return found


def test_polnear_comes_in_and_goes_out_with_the_same_offsets(
    project: annotator.Project, shared: Path, tmp_path: Path
) -> None:
    corpus = shared / "corpora" / "polnear-train"
    report = importing.import_files(
        project._stored, [corpus / "text", corpus / "attributions"], label_map={"Content": "claim"}
    )
    assert len(report.documents) == 210
    expected = attributions(corpus / "attributions")
    held = list(project._stored.read.annotations.all())
    assert len({found.annotator for found in held}) > 1
    assert sum(expected.values()) == report.annotations == len(held)
    assert sum(len(found.fragments) > 1 for found in held) > 0
    assert {reason.split("'")[1] for _, _, reason in report.refused if "no label" in reason} == {
        "Attribution", "Attribution-no-source", "Cue", "Discuss", "Discard"
    }  # fmt: skip
    exporting.export(project._stored, tmp_path / "out", "brat")
    assert attributions(tmp_path / "out") == expected


def test_annotations_in_a_folder_beside_the_texts_count_where_they_are_asked_for(
    project: annotator.Project, tmp_path: Path
) -> None:
    texts, annotations = tmp_path / "texts", tmp_path / "annotations"
    texts.mkdir()
    annotations.mkdir()
    for name in ("a", "b"):
        (texts / f"{name}.txt").write_text(f"Prices {name} may rise.\n", encoding="utf-8")
    for name in ("a_anna", "a_ben"):
        (annotations / f"{name}.ann").write_text("T1\tclaim 0 6\tPrices\n", encoding="utf-8")
    alone = [path.name for path in detect.whole_files_of([texts])]
    assert alone == ["a.txt", "b.txt"]
    assert all(registry.detect(texts / name).id == "text" for name in alone)
    for asked_for in ([texts, annotations], [annotations, texts], [tmp_path]):
        whole = detect.whole_files_of(asked_for, recursive=True)
        assert sorted(path.name for path in whole) == ["a_anna.ann", "b.txt"]
    report = importing.import_files(project._stored, [texts, annotations])
    assert (len(report.documents), report.annotations, report.duplicates) == (2, 2, [])
    assert {found.annotator for found in project.annotations()} == {"anna", "ben"}


def test_the_example_is_what_is_written(examples: Path, tmp_path: Path, project: annotator.Project) -> None:
    shutil.copytree(examples / brat.FORMAT.example, tmp_path / "in")
    importing.import_files(project._stored, [tmp_path / "in"])
    exporting.export(project._stored, tmp_path / "out", "brat")
    for path in sorted((tmp_path / "in").glob("*.ann")):
        assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes()
        assert registry.detect(path.with_suffix(".txt")) is brat.FORMAT


@pytest.mark.parametrize("parts", [("a", "b"), ("ü🦊", 3, None), ()])
def test_uids_are_those_of_uuid(parts: tuple[object, ...]) -> None:
    assert derived_uid(*parts) == uuid5(_IDS, "\x1f".join(map(str, parts))).hex
