"""Formats that choose by hand what they show of an annotation and a document: where each field goes, or why nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.domain.test_document_fields import RECORD as DOCUMENT

from annotator.domain.fields import ANNOTATION_FIELDS, DOCUMENT_FIELDS, Field
from annotator.domain.records import (
    AnnotationRecord,
    ClaimRecord,
    Judgements,
    LabelRecord,
    ResolutionRecord,
    SourceRecord,
    StatementRecord,
)
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Corpus

ANNOTATION = AnnotationRecord(
    id=3,
    uid="a" * 32,
    document_id=DOCUMENT.id,
    label_id=1,
    label="rumour",
    start=18,
    end=26,
    quote="The port",
    prefix="words before",
    suffix="words after",
    fragments=(Span(18, 26),),
    cue=(Span(27, 31),),
    mention=(Span(18, 26),),
    source_id=5,
    source="Mr Harbour",
    reliability_override="D",
    reliability_reason="Wrong last time",
    inherited_reliability="B",
    credibility=4,
    probability=64,
    confidence="moderate",
    note="Compare the other one",
    features={"topic": "ships"},
    annotator="ada",
    created_by="model 7",
    created_at="2026-03-06T01:02:03Z",
    updated_at="2026-03-07T04:05:06Z",
    credibility_reason="Two say so",
)


@dataclass(frozen=True)
class Nowhere:
    """A field that a format does not carry, and why. ``is_reported``: the format names its facet as lost."""

    why: str
    is_reported: bool = True


NO_PLACE = Nowhere("the format has no place for it")
WITH_ANOTHER = Nowhere("it is lost with another field, which is reported", is_reported=False)
FOLLOWS = Nowhere("it follows from the text", is_reported=False)
IN_AN_ID = Nowhere("the id of the object is made from it", is_reported=False)
Places = Mapping[str, str | Nowhere]

OF_ANNOTATION: dict[str, Places] = {
    "stix": {
        "label_id": '"label":"rumour"',
        "quote": '"content":"The port"',
        "start": '"start":18',
        "end": '"end":26',
        "prefix": FOLLOWS,
        "suffix": FOLLOWS,
        "fragments": '"fragments":[{"start":18,"end":26}]',
        "source_id": '"name":"Mr Harbour"',
        "mention": '"mention":[{"start":18,"end":26}]',
        "cue": '"cue":[{"start":27,"end":31}]',
        "letter": '"reliability":"D"',
        "reliability": '"reliability_on_annotation":"D"',
        "reliability_reason": '"reliability_reason":"Wrong last time"',
        "credibility": '"credibility":4',
        "credibility_reason": '"credibility_reason":"Two say so"',
        "score": '"score":"D4"',
        "probability": '"probability":64',
        "confidence": '"confidence":"moderate"',
        "note": '"note":"Compare the other one"',
        "features": '"features":[{"name":"topic","value":"ships"}]',
        "annotator_id": '"authors":["ada"]',
        "created_by": '"created_by":"model 7"',
        "created_at": '"created":"2026-03-06T01:02:03.000Z"',
        "updated_at": '"modified":"2026-03-07T04:05:06.000Z"',
        "uid": f'"uid":"{"a" * 32}"',
    },
    "misp": {
        "label_id": '"annotator:label=\\"rumour\\""',
        "quote": '"value":"The port"',
        "start": "Characters 18-",
        "end": "-26 of the event report",
        "prefix": FOLLOWS,
        "suffix": FOLLOWS,
        "fragments": "Characters 18-26",
        "source_id": "by Mr Harbour",
        "mention": NO_PLACE,
        "cue": NO_PLACE,
        "letter": 'source-reliability=\\"d\\"',
        "reliability": 'source-reliability=\\"d\\"',
        "reliability_reason": "Reliability: Wrong last time",
        "credibility": 'information-credibility=\\"4\\"',
        "credibility_reason": "Credibility: Two say so",
        "score": "D4",
        "probability": "Probability: 64%",
        "confidence": 'confidence-in-analytic-judgment=\\"moderate\\"',
        "note": "Compare the other one",
        "features": NO_PLACE,
        "annotator_id": "annotated by ada",
        "created_by": NO_PLACE,
        "created_at": '"2026-03-06T01:02:03+00:00"',
        "updated_at": '"2026-03-07T04:05:06+00:00"',
        "uid": IN_AN_ID,
    },
    "page": {
        "label_id": '<span class="a l0">rumour</span>',
        "quote": "<blockquote>The port</blockquote>",
        "start": ">The port</span><a",
        "end": ">The port</span><a",
        "prefix": FOLLOWS,
        "suffix": FOLLOWS,
        "fragments": ">The port</span><a",
        "source_id": "<dt>Source</dt><dd>Mr Harbour</dd>",
        "mention": "<dt>Source mention</dt><dd>The port</dd>",
        "cue": "<dt>Cue</dt><dd>said</dd>",
        "letter": "D4: not usually reliable",
        "reliability": "D4: not usually reliable",
        "reliability_reason": "<dt>Reason</dt><dd>Wrong last time</dd>",
        "credibility": "D4: not usually reliable, doubtful",
        "credibility_reason": "<dd>Two say so</dd>",
        "score": "<dt>Grade</dt><dd>D4",
        "probability": "<dt>Probability</dt><dd>64%",
        "confidence": "<dt>Confidence</dt><dd>moderate</dd>",
        "note": "<dt>Note</dt><dd>Compare the other one</dd>",
        "features": "<dt>topic</dt><dd>ships</dd>",
        "annotator_id": "<dt>Annotated by</dt><dd>ada",
        "created_by": NO_PLACE,
        "created_at": NO_PLACE,
        "updated_at": "ada, 2026-03-07",
        "uid": NO_PLACE,
    },
    # It is about claims: of an annotation it shows who said it.
    "claimreview": {field.name: NO_PLACE if field.facet else WITH_ANOTHER for field in ANNOTATION_FIELDS}
    | {"source_id": '"name": "Mr Harbour"'},
}

OF_DOCUMENT: dict[str, Places] = {
    "stix": {
        "uid": f'"uid":"{"d" * 32}"',
        "title": '"name":"A harbour closes"',
        "source_id": '"outlet":"Tidings"',
        "author": '"author":"B. Byline"',
        "published_at": '"published_at":"2026-03-04"',
        "language": '"lang":"en"',
        "address": '"address":"https://example.org/a"',
        "status": '"status":"done"',
        "note": '"note":"Seen twice"',
        "text": '"description":"A harbour closes\\n\\nThe port',
        "structure": NO_PLACE,
        "origin_path": NO_PLACE,
        "origin_format": NO_PLACE,
        "origin_sha256": '"SHA-256":"000',
        "imported_at": '"created":"2026-03-05T06:07:08.000Z"',
        "direction": NO_PLACE,
        "facts": NO_PLACE,
        "version_of": NO_PLACE,
        "reliability": NO_PLACE,
        "reliability_reason": WITH_ANOTHER,
        "text_sha256": f'"text_sha256":"{DOCUMENT.text_sha256}"',
        "words": FOLLOWS,
    },
    "misp": {
        "uid": IN_AN_ID,
        "title": '"value":"A harbour closes"',
        "source_id": "Tidings",
        "author": "B. Byline",
        "published_at": "2026-03-04",
        "language": NO_PLACE,
        "address": '"value":"https://example.org/a"',
        "status": NO_PLACE,
        "note": "Seen twice",
        "text": '"content":"A harbour closes\\n\\nThe port',
        "structure": NO_PLACE,
        "origin_path": NO_PLACE,
        "origin_format": NO_PLACE,
        "origin_sha256": WITH_ANOTHER,
        "imported_at": '"timestamp":"1772690828"',
        "direction": NO_PLACE,
        "facts": NO_PLACE,
        "version_of": NO_PLACE,
        "reliability": NO_PLACE,
        "reliability_reason": WITH_ANOTHER,
        "text_sha256": FOLLOWS,
        "words": FOLLOWS,
    },
    "page": {
        "uid": NO_PLACE,
        "title": ">A harbour closes</h2>",
        "source_id": "Tidings",
        "author": "B. Byline",
        "published_at": "2026-03-04",
        "language": 'lang="en" dir=',
        "address": 'href="https://example.org/a"',
        "status": NO_PLACE,
        "note": NO_PLACE,
        "text": "</a> said so.",
        "structure": '<span class="title">A harbour closes</span>',
        "origin_path": NO_PLACE,
        "origin_format": NO_PLACE,
        "origin_sha256": WITH_ANOTHER,
        "imported_at": WITH_ANOTHER,
        "direction": 'dir="rtl"',
        "facts": NO_PLACE,
        "version_of": NO_PLACE,
        "reliability": NO_PLACE,
        "reliability_reason": WITH_ANOTHER,
        "text_sha256": FOLLOWS,
        "words": FOLLOWS,
    },
    "claimreview": {
        "uid": f"urn:annotator:document:{'d' * 32}",
        "title": '"headline": "A harbour closes"',
        "source_id": '"name": "Tidings"',
        "author": '"name": "B. Byline"',
        "published_at": '"datePublished": "2026-03-04"',
        "language": '"inLanguage": "en"',
        "address": '"url": "https://example.org/a"',
        "status": NO_PLACE,
        "note": NO_PLACE,
        "text": NO_PLACE,
        "structure": NO_PLACE,
        "origin_path": NO_PLACE,
        "origin_format": NO_PLACE,
        "origin_sha256": WITH_ANOTHER,
        "imported_at": WITH_ANOTHER,
        "direction": NO_PLACE,
        "facts": NO_PLACE,
        "version_of": NO_PLACE,
        "reliability": NO_PLACE,
        "reliability_reason": WITH_ANOTHER,
        "text_sha256": WITH_ANOTHER,
        "words": WITH_ANOTHER,
    },
}


def corpus() -> Corpus:
    time = "2026-03-08T00:00:00Z"
    return Corpus(
        [(DOCUMENT, (ANNOTATION,))],
        labels=(LabelRecord(1, "rumour", "R", "#445566", 6, "", 1),),
        sources=(SourceRecord(5, "s" * 32, "Mr Harbour", "person", (), "", None, "B", 1, 1),),
        judgements=Judgements(
            claims=(ClaimRecord(1, "c" * 32, "It closes.", "", "", "ada", time, "partly", "2026-03-08", 1, 0),),
            statements=(StatementRecord(1, "n" * 32, 1, ANNOTATION.id, "states", "ada", time),),
            resolutions=(ResolutionRecord(1, "v" * 32, 1, "2026-03-08", "partly", "", "", "ada", time),),
        ),
    )


@pytest.mark.parametrize("declared", [ANNOTATION_FIELDS, DOCUMENT_FIELDS], ids=["annotation", "document"])
@pytest.mark.parametrize("id", OF_ANNOTATION)
def test_every_field_is_written_or_says_why_not(id: str, declared: tuple[Field, ...], tmp_path: Path) -> None:
    places = (OF_ANNOTATION if declared is ANNOTATION_FIELDS else OF_DOCUMENT)[id]
    assert places.keys() == {field.name for field in declared}
    format = registry.by_id(id)
    assert format.write is not None
    format.write(corpus(), tmp_path / "out")
    written = (tmp_path / "out").read_text(encoding="utf-8")
    for field in declared:
        place = places[field.name]
        if isinstance(place, str):
            assert place in written, field.name
            assert field.facet not in format.cannot_hold, field.name
        else:
            assert place.is_reported == (field.facet in format.cannot_hold), field.name
