"""The sample project, the guideline, the features and the icons: the data that ships beside the code."""

import functools
import html
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from annotator.domain.canonical_text import canonical
from annotator.domain.grades import CONFIDENCES, CREDIBILITY_CODES, RELIABILITY_CODES
from annotator.domain.labels import DEFAULT_LABELS
from annotator.domain.spans import Span, checked_fragments

ROOT = Path(__file__).parents[1]
RESOURCES = ROOT / "resources"
SAMPLE = RESOURCES / "sample"

LABELS = {label.name for label in DEFAULT_LABELS}
SOURCE_KINDS = {"outlet", "person", "office", "organisation", "document", "collective", "unnamed"}
RELATION_KINDS = {"supports", "contradicts", "repeats", "retracts"}
STATUSES = {"new", "in progress", "done"}
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

Json = dict[str, Any]


@functools.cache
def sample() -> Json:
    loaded: Json = json.loads((SAMPLE / "sample.json").read_text(encoding="utf-8"))
    return loaded


def source_of(file: str) -> str:
    return canonical((SAMPLE / file).read_text(encoding="utf-8"))


@functools.cache
def text_of(file: str) -> str:
    """The text of a file; of a page its visible words, and of Markdown the source, front matter included."""
    text = source_of(file)
    if file.endswith(".html"):
        text = html.unescape(re.sub(r"<[^>]*>", "", text.partition("<body>")[2]))
    return text


def documents() -> list[Json]:
    found: list[Json] = sample()["documents"]
    return found


def annotations() -> Iterator[tuple[Json, Json]]:
    for document in documents():
        for annotation in document["annotations"]:
            yield document, annotation


def occurrences(text: str, words: str) -> list[Span]:
    return [Span(found.start(), found.end()) for found in re.finditer(re.escape(words), text)]


def line_around(text: str, span: Span) -> Span:
    end = text.find("\n", span.end)
    return Span(text.rfind("\n", 0, span.start) + 1, len(text) if end < 0 else end)


def content_spans(text: str, annotation: Json) -> tuple[Span, ...]:
    """The fragments of an annotation; where words stand in the text more than once, ``occurrence`` says which."""
    parts: list[str] = annotation.get("fragments") or [annotation["quote"]]
    which = annotation.get("occurrence", 1) - 1
    return checked_fragments([occurrences(text, part)[which] for part in parts], len(text))


def nearest(text: str, words: str, fragments: tuple[Span, ...]) -> Span:
    def gap(span: Span) -> int:
        return min(max(fragment.start - span.end, span.start - fragment.end) for fragment in fragments)

    return min((span for span in occurrences(text, words) if gap(span) >= 0), key=gap)


def test_the_sample_has_articles_of_every_kind() -> None:
    files = [document["file"] for document in documents()]
    assert len(files) >= 10
    assert sorted(files) == sorted(f"articles/{path.name}" for path in (SAMPLE / "articles").iterdir())
    assert Counter(Path(file).suffix for file in files) >= Counter({".txt": 8, ".md": 2, ".html": 2})
    assert {document["status"] for document in documents()} == STATUSES
    assert sum(not document["annotations"] for document in documents()) >= 2
    for document in documents():
        assert DATE.fullmatch(document["published_at"]), document["file"]
        assert document["author"] and document["source"]


@pytest.mark.parametrize("document", documents(), ids=lambda document: Path(document["file"]).stem)
def test_an_article_is_an_article(document: Json) -> None:
    text = text_of(document["file"])
    assert 250 <= len(text.split()) <= 600
    if document["file"].endswith(".txt"):
        title, *rest = text.split("\n")
        assert title and not title.endswith(".")
        lead = [line for line in rest[:4] if line.startswith("- ")]
        assert len(lead) in (0, 3)


@pytest.mark.parametrize("suffix", [".md", ".html"])
def test_articles_that_carry_their_origin_agree_with_the_sample(suffix: str) -> None:
    for document in documents():
        if document["file"].endswith(suffix):
            head = source_of(document["file"]).split("<body>" if suffix == ".html" else "\n---\n")[0]
            for value in (document["author"], document["published_at"], document["source"]):
                assert value in head, (document["file"], value)


@pytest.mark.parametrize("document", documents(), ids=lambda document: Path(document["file"]).stem)
def test_every_quote_cue_and_mention_is_in_the_text(document: Json) -> None:
    text = text_of(document["file"])
    for annotation in document["annotations"]:
        for part in annotation.get("fragments", [annotation.get("quote")]):
            assert part and part == part.strip() and "\n" not in part
            if not document["file"].endswith(".txt"):
                # The importer may leave the title out, and markup must not fall inside a quote.
                assert len(occurrences(text, part)) == 1 or "fragments" in annotation, part
                assert not re.search(r"[<>*_`\[\]]", part), part
        fragments = content_spans(text, annotation)
        paragraph = line_around(text, fragments[0])
        for words in (annotation.get("cue"), annotation.get("mention")):
            if words is None:
                continue
            found = nearest(text, words, fragments)
            whole_word = rf"(?<!\w){re.escape(words)}(?!\w)"
            assert paragraph.contains(found), (document["file"], annotation, words)
            assert re.compile(whole_word).match(text, found.start), (document["file"], annotation, words)


def test_quotes_without_an_occurrence_are_unmistakable() -> None:
    for document, annotation in annotations():
        if "occurrence" not in annotation:
            for part in annotation.get("fragments") or [annotation["quote"]]:
                assert len(occurrences(text_of(document["file"]), part)) == 1, (document["file"], part)


def test_no_annotation_lies_on_a_title_or_outside_one_paragraph() -> None:
    for document, annotation in annotations():
        text = text_of(document["file"])
        fragments = content_spans(text, annotation)
        assert "\n" not in text[fragments[0].start : fragments[-1].end]
        if document["file"].endswith(".txt"):
            assert fragments[0].start > text.index("\n")


def test_content_leaves_speaker_and_cue_outside() -> None:
    for document, annotation in annotations():
        text = text_of(document["file"])
        fragments = content_spans(text, annotation)
        for words in (annotation.get("cue"), annotation.get("mention")):
            if words:
                span = nearest(text, words, fragments)
                assert not any(span.overlaps(fragment) for fragment in fragments)


def test_two_labels_never_share_a_whole_span() -> None:
    for document in documents():
        text = text_of(document["file"])
        contents = [content_spans(text, annotation) for annotation in document["annotations"]]
        assert len(contents) == len(set(contents)), document["file"]
        for one, other in combinations(contents, 2):
            covers = all(any(outer.contains(inner) for outer in one) for inner in other)
            covered = all(any(outer.contains(inner) for outer in other) for inner in one)
            assert not covers and not covered, (document["file"], one, other)


def test_labels_sources_and_scales_are_known() -> None:
    sources = {source["name"]: source for source in sample()["sources"]}
    assert len(sources) == len(sample()["sources"])
    assert {source["kind"] for source in sources.values()} == SOURCE_KINDS
    order = list(sources)
    for position, source in enumerate(sources.values()):
        for above in (source["parent"], source.get("owner")):
            assert above is None or above in order[:position], "a parent and an owner come first"
        for assessment in source["assessments"]:
            assert assessment["reliability"] in RELIABILITY_CODES
            assert DATE.fullmatch(assessment["made_on"])
            assert assessment["rationale"]
    for document in documents():
        assert sources[document["source"]]["kind"] == "outlet"
    for _, annotation in annotations():
        assert annotation["label"] in LABELS
        assert annotation.get("source") is None or annotation["source"] in sources
        assert annotation.get("credibility") in (None, *CREDIBILITY_CODES)
        assert 0 <= annotation.get("probability", 0) <= 100
        assert annotation.get("confidence") in (None, *CONFIDENCES)
        assert ("reliability" in annotation) == ("reliability_reason" in annotation)
        assert annotation.get("reliability") in (None, *RELIABILITY_CODES)
        relay = annotation.get("features", {}).get("relay")
        assert relay is None or relay in sources


def test_aliases_name_one_source() -> None:
    owners: dict[str, str] = {}
    for source in sample()["sources"]:
        for alias in source["aliases"]:
            assert owners.setdefault(alias.casefold(), source["name"]) == source["name"], alias


def judged() -> set[str]:
    """The names of annotations that a claim, a chain or a matrix names."""
    stated = {name for claim in sample()["claims"] for stance in ("states", "denies") for name in claim[stance]}
    weighed = {one["annotation"] for question in sample()["questions"] for one in question["evidence"]}
    return stated | weighed | {link["annotation"] for link in sample()["chains"]}


def test_claims_and_matrices_name_known_annotations() -> None:
    names = {annotation["name"]: annotation for _, annotation in annotations() if "name" in annotation}
    assert judged() <= names.keys()
    stated = [name for claim in sample()["claims"] for stance in ("states", "denies") for name in claim[stance]]
    assert len(stated) == len(set(stated)), "an annotation states one claim at most"
    verdicts = {made["verdict"] for claim in sample()["claims"] for made in claim["resolutions"]}
    assert verdicts == {"confirmed", "partly", "refuted", "unverifiable"}
    assert any(not claim["resolutions"] for claim in sample()["claims"])
    for claim in sample()["claims"]:
        days = [made["resolved_on"] for made in claim["resolutions"]]
        assert days == sorted(days) and all(DATE.fullmatch(day) for day in days)
        assert all(made["evidence"] for made in claim["resolutions"])
    for question in sample()["questions"]:
        assert {len(one["ratings"]) for one in question["evidence"]} == {len(question["hypotheses"])}


def test_relations_join_known_annotations() -> None:
    names = [annotation["name"] for _, annotation in annotations() if "name" in annotation]
    assert len(names) == len(set(names))
    relations = sample()["relations"]
    assert {relation["kind"] for relation in relations} == RELATION_KINDS
    triples = [(relation["kind"], relation["from"], relation["to"]) for relation in relations]
    assert len(triples) == len(set(triples))
    for _, start, end in triples:
        assert start in names and end in names and start != end
    assert set(names) == {name for _, *ends in triples for name in ends} | judged()


def test_confirmed_statements_have_two_sources() -> None:
    """A statement graded 1 is joined by supports and repeats to a statement of another source."""
    named = {annotation["name"]: annotation for _, annotation in annotations() if "name" in annotation}
    group = {name: {name} for name in named}
    for relation in sample()["relations"]:
        if relation["kind"] in ("supports", "repeats"):
            joined = group[relation["from"]] | group[relation["to"]]
            group.update(dict.fromkeys(joined, joined))
    for _, annotation in annotations():
        if annotation.get("credibility") == 1:
            sources = {named[name].get("source") for name in group[annotation["name"]]}
            assert len(sources) > 1, annotation


def test_nothing_probable_contradicts_a_confirmed_statement() -> None:
    credibility = {item["name"]: item.get("credibility") for _, item in annotations() if "name" in item}
    for relation in sample()["relations"]:
        if relation["kind"] == "contradicts":
            pair = {credibility[relation["from"]], credibility[relation["to"]]}
            assert not (1 in pair and pair & {2, 3}), relation


def test_the_sample_shows_every_feature_of_the_tool() -> None:
    every = [annotation for _, annotation in annotations()]
    assert len(every) >= 60
    letters = {assessment["reliability"] for source in sample()["sources"] for assessment in source["assessments"]}
    assert letters == set(RELIABILITY_CODES)
    assert {annotation.get("credibility") for annotation in every} == {None, *CREDIBILITY_CODES}
    assert {annotation["label"] for annotation in every} == LABELS
    assert {annotation.get("confidence") for annotation in every} == {None, *CONFIDENCES}
    for key in ("fragments", "cue", "mention", "reliability", "probability", "note"):
        assert any(key in annotation for annotation in every), key
    dates = [[item["made_on"] for item in source["assessments"]] for source in sample()["sources"]]
    assert any(len(history) > 1 for history in dates)
    assert all(earlier < later for history in dates for earlier, later in pairwise(history))


def test_annotations_overlap_somewhere() -> None:
    overlapping_labels = set()
    for document in documents():
        text = text_of(document["file"])
        contents = [(content_spans(text, item), item["label"]) for item in document["annotations"]]
        for (one, label), (other, other_label) in combinations(contents, 2):
            if any(left.overlaps(right) for left in one for right in other):
                overlapping_labels.add(label == other_label)
    assert overlapping_labels == {True, False}


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("an emoji joined by ZWJ", "[\U0001f300-\U0001faff]\u200d[\U0001f300-\U0001faff]"),
        ("a flag", "[\U0001f1e6-\U0001f1ff]{2}"),
        ("Arabic", "[\u0600-\u06ff]{3}"),
        ("Hebrew", "[\u0590-\u05ff]{3}"),
    ],
)
def test_the_sample_has_difficult_text(what: str, pattern: str) -> None:
    assert any(re.search(pattern, text_of(document["file"])) for document in documents()), what


def test_annotations_cover_astral_and_right_to_left_text() -> None:
    quotes = " ".join(annotation["quote"] for _, annotation in annotations() if "quote" in annotation)
    assert re.search("[\U0001f300-\U0001faff]", quotes)
    assert re.search("[\u0600-\u06ff]", quotes)
    assert re.search("[\u0590-\u05ff]", quotes)


def test_features_fit_their_definitions() -> None:
    features: list[Json] = json.loads((RESOURCES / "features.json").read_text(encoding="utf-8"))
    known = {feature["name"]: feature for feature in features}
    assert len(known) == len(features)
    used: dict[str, set[Any]] = {name: set() for name in known}
    for feature in features:
        assert feature["kind"] in {"choice", "flag", "number", "text", "link"}
        assert bool(feature["choices"]) == (feature["kind"] == "choice")
        assert len(set(feature["choices"])) == len(feature["choices"])
        assert feature["description"]
    for _, annotation in annotations():
        for name, value in annotation.get("features", {}).items():
            feature = known[name]
            if feature["kind"] == "choice":
                assert value in feature["choices"], (name, value)
            elif feature["kind"] == "flag":
                assert isinstance(value, bool)
            else:
                assert isinstance(value, str) and value
            used[name].add(value)
        due = annotation.get("features", {}).get("due")
        assert due is None or DATE.fullmatch(due)
    for name, values in used.items():
        assert values, f"no annotation of the sample shows {name}"


def test_the_guideline_names_labels_and_scales() -> None:
    guideline = (RESOURCES / "guideline.md").read_text(encoding="utf-8")
    assert guideline.startswith("# ")
    for word in (*LABELS, "A-F", "1-6", "almost certain", "Source form", "Smallest clause"):
        assert word.casefold() in guideline.casefold(), word


@pytest.mark.parametrize("path", sorted((RESOURCES / "icons").glob("*.svg")), ids=lambda path: path.stem)
def test_an_icon_is_a_drawing(path: Path) -> None:
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(list(root.iter())) > 1
    if path.stem != "annotator":
        assert root.get("viewBox") == "0 0 24 24"
        colours = {node.get(name) for node in root.iter() for name in ("stroke", "fill")} - {None, "none"}
        assert colours == {"#000"}, "the theme recolours one plain colour"


def test_the_icons_are_all_there() -> None:
    names = {path.stem for path in (RESOURCES / "icons").glob("*.svg")}
    assert names >= {
        "annotator", "document", "folder", "import", "export", "search", "undo", "redo", "label", "trash", "next",
        "previous", "accept", "reject", "source", "grade", "note", "guideline", "palette", "theme", "settings", "keys",
        "check", "warning", "new", "open", "sample", "history", "table", "inspector", "split",
    }  # fmt: skip


def test_the_file_type_is_recognised_by_our_application_id() -> None:
    root = ElementTree.parse(ROOT / "packaging" / "annotator-mime.xml").getroot()
    space = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    kind = root.find("m:mime-type", space)
    assert kind is not None and kind.get("type") == "application/x-annotator-project"
    match = root.find("m:mime-type/m:magic/m:match/m:match", space)
    assert match is not None
    assert int(match.get("value", ""), 16) == int.from_bytes(b"ANNO") == 0x414E4E4F
    assert match.get("offset") == "68"
    glob = root.find("m:mime-type/m:glob", space)
    assert glob is not None and glob.get("pattern") == "*.anno"
    desktop = (ROOT / "packaging" / "annotator.desktop").read_text(encoding="utf-8")
    assert "MimeType=application/x-annotator-project;" in desktop
