"""Read the labels, features, sources and assessments of a header."""

import re

import msgspec

from annotator.domain import grades
from annotator.domain.errors import InvalidValue
from annotator.domain.fixed_choices import FEATURE_KINDS, SOURCE_KINDS
from annotator.domain.records import FeatureRecord, LabelRecord
from annotator.formats.base import IncomingAssessment, IncomingSource
from annotator.formats.corpora.jsonl.stated_lines import AssessmentLine, FeatureLine, LabelLine, SourceLine
from annotator.formats.reading.file_dates import iso_date
from annotator.formats.reading.json_lines import needed, one_of


def label_of(raw: msgspec.Raw) -> LabelRecord:
    """Return a label as a header states it. Raise one of ``PROBLEMS``."""
    label = msgspec.json.decode(raw, type=LabelLine)
    if not re.fullmatch("#[0-9A-Fa-f]{6}", label.color):
        raise InvalidValue(f"“{label.color[:20]}” is not a colour: give six hexadecimal digits after #.")
    if label.key is not None and not 1 <= label.key <= 9:
        raise InvalidValue(f"{label.key} is not a key of a label: give a digit from 1 to 9.")
    name = needed("name", label.name)
    return LabelRecord(
        0,
        name,
        label.initials,
        label.color,
        label.key,
        label.description,
        label.position,
        None,
        label.parent,
        label.uid,
    )


def feature_of(raw: msgspec.Raw) -> FeatureRecord:
    """Return the definition of a feature as a header states it. Raise one of ``PROBLEMS``."""
    feature = msgspec.json.decode(raw, type=FeatureLine)
    kind = one_of("kind", feature.kind, FEATURE_KINDS)
    name = needed("name", feature.name)
    return FeatureRecord(0, name, kind, feature.choices, feature.description, feature.position, feature.uid)


def source_of(raw: msgspec.Raw) -> IncomingSource:
    """Return a source as a header states it. Raise one of ``PROBLEMS``."""
    source = msgspec.json.decode(raw, type=SourceLine)
    return IncomingSource(
        name=needed("name", source.name),
        kind=one_of("kind", source.kind, SOURCE_KINDS),
        aliases=source.aliases,
        note=source.note,
        parent=source.parent,
        uid=source.uid,
        owner=source.owner,
        topics=source.topics,
    )


def assessment_of(raw: msgspec.Raw) -> IncomingAssessment:
    """Return an assessment as a header states it. Raise one of ``PROBLEMS``."""
    assessment = msgspec.json.decode(raw, type=AssessmentLine)
    reliability = grades.checked_reliability(assessment.reliability)
    if reliability is None:
        raise InvalidValue("An assessment needs a reliability: give a letter from A to F.")
    made_on = iso_date(assessment.made_on)[:10]
    if not made_on:
        raise InvalidValue(f"“{assessment.made_on[:40]}” is not a date: write it as 2025-03-31.")
    return IncomingAssessment(
        source=needed("source", assessment.source),
        made_on=made_on,
        reliability=reliability,
        topic=assessment.topic,
        rationale=assessment.rationale,
        annotator=assessment.annotator,
        uid=assessment.uid,
    )
