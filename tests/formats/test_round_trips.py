"""Every two-way format: out of one project, into another one, and all is there but what the loss report named."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import annotator
from annotator.domain.records import AnnotationRecord, DocumentRecord, RelationRecord
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Article, Format
from annotator.formats.facets import Facet
from annotator.services.exports import exporting
from annotator.services.imports import importing

TWO_WAY = [
    format
    for format in registry.FORMATS
    if format.read is not None and format.write is not None and Facet.ANNOTATIONS not in format.cannot_hold
]

ENGLISH = (
    "Harbour to close on Friday 🚢\n\n"
    "The port authority said on Monday that the eastern basin will close. “We have no choice,” its head "
    "told reporters.\n"
    "A family of four 👨‍👩‍👧‍👦 lives there; e\u0301lan is spelt with a mark. Tax & <tags> “stay”; a\\b | c.\n\n"
    "Analysts believe the closure may last until spring, and one of them, Ms Ørsted, called it “a bluff”.\n"
)
ARABIC = "إغلاق الميناء\n\nقال الوزير إن الميناء 🚢 سيغلق يوم الجمعة. ويرى خبراء أن الإغلاق قد يستمر.\n"
CHINESE = "港口将于周五关闭\n\n港务局周一表示，东港池将关闭。𠮷野先生认为关闭可能持续到春天。\n"
BARE = "A text that nobody has read\n\nIt has no annotation at all, and no source.\n"


def words(text: str, found: str) -> tuple[int, int]:
    start = text.index(found)
    return start, start + len(found)


def _documents(project: annotator.Project) -> dict[str, DocumentRecord]:
    articles = [
        Article(
            title="Harbour to close on Friday 🚢",
            text=ENGLISH,
            structure=(("title", Span(0, 28)),),
            source="Tidings",
            author="B. Byline",
            published_at="2026-03-04",
            language="en",
            address="https://example.org/a?b=c&d=1",
            status="done",
            note="Seen twice;\nsecond line.",
            facts={"section": "Ports", "pages": [3, 4], "paid": False},
        ),
        Article(title="إغلاق الميناء", text=ARABIC, language="ar", direction="rtl"),
        Article(title="港口将于周五关闭", text=CHINESE, language="zh"),
        Article(title="A text that nobody has read", text=BARE),
    ]
    kept = {"origin_path": "in/article.txt", "origin_format": "text", "origin_sha256": "0" * 64}
    importing.import_articles(
        project._stored,
        [replace(one, uid=f"d{number:031}", **kept) for number, one in enumerate(articles)],  # type: ignore[arg-type] # the names of text fields
    )
    return dict(zip(("en", "ar", "zh", "bare"), (project.document(row.id) for row in project.documents()), strict=True))


def annotate_plainly(project: annotator.Project, format: Format | None = None) -> None:
    """Annotations without overlaps and fragments; inside words where the format holds those."""
    made = _documents(project)
    if format is None or Facet.TOKEN_EDGES not in format.cannot_hold:
        annotate_inside_a_word(project, made)
    a = project.annotate(
        made["en"],
        *words(ENGLISH, "the eastern basin will close"),
        "official statement",
        source="Port authority",
        cue=words(ENGLISH, "said"),
        mention=words(ENGLISH, "The port authority"),
        credibility=2,
        reliability="B",
        reliability_reason="heard it",
        probability=80,
        confidence="moderate",
        note="A note\twith “quotes”, a comma;\nand a second line = 1 | 2",
        topic="harbour",
        checked=True,
        rank=3,
    )
    b = project.annotate(made["en"], *words(ENGLISH, "the closure may last until spring"), "speculation", probability=0)
    project.annotate(made["en"], *words(ENGLISH, "👨‍👩‍👧‍👦"), "claim", credibility=6, reliability="F")
    project.annotate(made["en"], *words(ENGLISH, "<tags>"), "claim", note="=SUM(A1)")
    c = project.annotate(
        made["ar"],
        *words(ARABIC, "الميناء 🚢 سيغلق يوم الجمعة"),
        "official statement",
        source="الوزير",
        credibility=1,
        confidence="high",
    )
    project.annotate(made["zh"], *words(CHINESE, "东港池将关闭"), "official statement", source="港务局")
    project.annotate(made["zh"], *words(CHINESE, "𠮷野"), "claim", confidence="low")
    project.relate(a, "contradicts", b, note="why; “so”")
    project.relate(c, "repeats", a)


def annotate_inside_a_word(project: annotator.Project, made: Mapping[str, DocumentRecord]) -> None:
    """Every grade, on single letters."""
    for number, letter in enumerate("ABCDEF"):
        at = ENGLISH.index("reporters.") + number
        project.annotate(made["en"], at, at + 1, "claim", reliability=letter, credibility=number + 1)


def annotate_hard(project: annotator.Project) -> None:
    """Overlaps, nested and crossing, two on the same span, fragments, and edges inside words."""
    made = _documents(project)
    head = words(ENGLISH, "its head told reporters")
    one = project.annotate(made["en"], *head, "claim")
    project.annotate(made["en"], *head, "speculation", note="the same span")
    project.annotate(made["en"], head[0] + 4, head[1] + 3, "claim")
    project.annotate(made["en"], head[0] - 3, head[0] + 8, "speculation", credibility=4)
    project.annotate(
        made["en"],
        0,
        0,
        "claim",
        fragments=[words(ENGLISH, "the closure"), words(ENGLISH, "until spring"), words(ENGLISH, "a bluff")],
        cue=words(ENGLISH, "called it"),
    )
    two = project.annotate(made["ar"], *words(ARABIC, "ميناء 🚢"), "speculation")
    project.annotate(made["ar"], 0, 0, "claim", fragments=[words(ARABIC, "قال"), words(ARABIC, "🚢"), (60, 70)])
    project.annotate(made["zh"], *words(CHINESE, "港池"), "claim")
    project.annotate(made["zh"], *words(CHINESE, "东港池将"), "claim")
    project.annotate(made["en"], 0, len(ENGLISH.rstrip()), "claim")
    project.relate(two, "supports", one)


_DOCUMENT_FACETS: Mapping[Facet, tuple[str, ...]] = {
    Facet.TITLES: ("title",),
    Facet.OUTLETS: ("source",),
    Facet.AUTHORS: ("author",),
    Facet.DATES: ("published_at",),
    Facet.LANGUAGES: ("language",),
    Facet.ADDRESSES: ("address",),
    Facet.STATUSES: ("status",),
    Facet.DOCUMENT_NOTES: ("note",),
    Facet.STRUCTURE: ("structure",),
    Facet.DIRECTIONS: ("direction",),
    Facet.FACTS: ("facts",),
    Facet.ORIGINS: ("origin_path", "origin_format", "origin_sha256", "imported_at"),
    Facet.VERSIONS: ("version_of",),
    Facet.DOCUMENT_UIDS: ("uid",),
}
_ANNOTATION_FACETS: Mapping[Facet, tuple[str, ...]] = {
    Facet.CUES: ("cue",),
    Facet.MENTIONS: ("mention",),
    Facet.SOURCES: ("source",),
    Facet.RELIABILITY: ("reliability_override", "reliability_reason"),
    Facet.CREDIBILITY: ("credibility",),
    Facet.PROBABILITY: ("probability",),
    Facet.CONFIDENCE: ("confidence",),
    Facet.NOTES: ("note",),
    Facet.FEATURES: ("features",),
    Facet.ANNOTATORS: ("annotator",),
    Facet.CREATORS: ("created_by",),
    Facet.TIMES: ("created_at", "updated_at"),
    Facet.UIDS: ("uid",),
}


def _kept(record: Any, facets: Mapping[Facet, tuple[str, ...]], lacking: set[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for facet, names in facets.items() if facet not in lacking for name in names}


def contents(project: annotator.Project, format: Format) -> dict[str, Any]:
    """What a project holds, without the facets that the format cannot hold."""
    lacking = set(format.cannot_hold)
    texts = {found.id: found for found in project._stored.read.documents.all()}
    annotations = list(project._stored.read.annotations.all())
    relations = list(project._stored.read.annotations.relations())
    annotated = {found.document_id for found in annotations}
    held = {id: found for id, found in texts.items() if id in annotated or Facet.UNANNOTATED not in lacking}
    is_spaced = Facet.SPACING not in lacking
    places = {found.id: _place(found, texts[found.document_id].text, is_spaced) for found in annotations}
    return {
        "documents": sorted(
            (
                {"text": _unspaced(found.text, is_spaced), **_kept(found, _DOCUMENT_FACETS, lacking)}
                for found in held.values()
            ),
            key=lambda found: str(found["text"]),
        ),
        "annotations": sorted(
            (({"at": places[found.id], **_kept(found, _ANNOTATION_FACETS, lacking)}) for found in annotations), key=repr
        ),
        "relations": [] if Facet.RELATIONS in lacking else sorted(_tie(found, places) for found in relations),
    }


def _unspaced(text: str, is_spaced: bool) -> str:
    return text if is_spaced else "".join(text.split())


def _place(found: AnnotationRecord, text: str, is_spaced: bool) -> tuple[str, str, tuple[tuple[int, int], ...]]:
    edges = [(span.start, span.end) for span in found.fragments]
    if not is_spaced:
        edges = [(len(_unspaced(text[:start], False)), len(_unspaced(text[:end], False))) for start, end in edges]
    return _unspaced(text, is_spaced)[:20], found.label, tuple(edges)


def _tie(found: RelationRecord, places: Mapping[int, Any]) -> tuple[Any, ...]:
    return found.kind, places[found.from_id], places[found.to_id], found.note


@pytest.fixture
def made(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "one.anno", annotator="ada", title="The harbour") as project:
        yield project


def exported(project: annotator.Project, format: Format, tmp_path: Path) -> Path:
    out = tmp_path / "out" / ("corpus" if format.is_folder else f"corpus{format.suffixes[0]}")
    out.parent.mkdir()
    exporting.export(project._stored, out, format.id)
    return out


def imported(out: Path, format: Format, before: annotator.Project, tmp_path: Path) -> annotator.Project:
    project = annotator.create(tmp_path / "two.anno", annotator="ada")
    if Facet.TEXTS in format.cannot_hold:
        bare = tmp_path / "texts.jsonl"
        exporting.export(before._stored, bare, "jsonl")
        with annotator.create(tmp_path / "bare.anno", annotator="ada") as emptied:
            importing.import_files(emptied._stored, [bare])
            for one in emptied.annotations():
                emptied.remove(one)
            exporting.export(emptied._stored, bare, "jsonl")
        importing.import_files(project._stored, [bare])
    report = importing.import_files(project._stored, [out], format="auto", recursive=True)
    assert [refused.reason for refused in report.refused] == []
    return project


@pytest.mark.parametrize("format", TWO_WAY, ids=lambda format: format.id)
def test_what_goes_out_comes_back(format: Format, made: annotator.Project, tmp_path: Path) -> None:
    annotate_plainly(made, format)
    with imported(exported(made, format, tmp_path), format, made, tmp_path) as project:
        assert contents(project, format) == contents(made, format)


BENT = {Facet.OVERLAPS, Facet.FRAGMENTS, Facet.TOKEN_EDGES}


@pytest.mark.parametrize(
    "format", [one for one in TWO_WAY if not BENT & set(one.cannot_hold)], ids=lambda format: format.id
)
def test_overlaps_and_fragments_come_back(format: Format, made: annotator.Project, tmp_path: Path) -> None:
    annotate_hard(made)
    with imported(exported(made, format, tmp_path), format, made, tmp_path) as project:
        assert contents(project, format) == contents(made, format)


@pytest.mark.parametrize("format", TWO_WAY, ids=lambda format: format.id)
def test_a_second_import_adds_nothing(format: Format, made: annotator.Project, tmp_path: Path) -> None:
    annotate_plainly(made, format)
    out = exported(made, format, tmp_path)
    with imported(out, format, made, tmp_path) as project:
        before = contents(project, format)
        report = importing.import_files(project._stored, [out], recursive=True)
        assert (report.documents, report.annotations) == ([], 0)
        assert contents(project, format) == before
