"""An assessment of today from one statement: written once, and for how many statements it counts."""

from pathlib import Path

import pytest

import annotator
from annotator.domain.dates import today
from annotator.domain.errors import InvalidValue
from annotator.services.sources import sources


def test_a_letter_is_written_once_and_the_statements_are_counted(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        stored = project._stored
        kept = project.add_document("Kept", "One said so. Two said so.")
        gone = project.add_document("Gone", "Three said so.")
        for document, start, letter in ((kept, 0, None), (kept, 13, "D"), (gone, 0, "E")):
            project.annotate(document, start, start + 3, "claim", source="Courier", reliability=letter)
        project.trash(gone)
        (source,) = stored.read.sources.all()
        counts = stored.read.sources
        assert (counts.statement_count(source.id), counts.override_count(source.id)) == (2, 1)
        stored.apply(sources.assess_today(stored, source.id, source.name, "B"))
        (held,) = stored.read.sources.assessments(source_id=source.id)
        assert (held.reliability, held.made_on, held.topic, held.rationale) == ("B", today(), "", "")
        assert not sources.assess_today(stored, source.id, source.name, "B").edits
        stored.apply(sources.assess_today(stored, source.id, source.name, "C"))
        assert sources.get(stored, source.id).reliability == "C"


def test_a_letter_about_a_topic_gives_way_and_one_of_a_later_day_does_not(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        stored = project._stored
        project.add_source("Courier")
        project.assess("Courier", "A", topic="weather", made_on="2999-01-01")
        (source,) = stored.read.sources.all()
        stored.apply(sources.assess_today(stored, source.id, source.name, "C"))
        assert sources.get(stored, source.id).reliability == "C"
        project.assess("Courier", "B", made_on="2999-01-01")
        with pytest.raises(InvalidValue, match="dated 2999-01-01"):
            sources.assess_today(stored, source.id, source.name, "D")
