"""The command that annotates every occurrence."""

from pathlib import Path

from tests.cli.conftest import Run

import annotator


def test_every_occurrence_is_annotated_and_taken_back_at_once(run: Run, case: Path) -> None:
    dry = run("annotate-all", case, "gas", "--label", "claim", "--dry-run", "--json").json
    assert dry["found"] == dry["annotated"] == 1 and dry["dry_run"]
    with annotator.open(case) as project:
        before = len(project.annotations())
    done = run("annotate-all", case, "gas", "--label", "claim", "--word", "--case", "--skip", "any")
    assert done.code == 0 and done.out == "" and done.err.startswith("Annotated ")
    none = run(
        "annotate-all", case, "g[aá]s", "--label", "claim", "--regex", "--document", 1, "--skip", "any", "--json"
    )
    assert none.json["annotated"] == 0 < none.json["skipped"]
    with annotator.open(case) as project:
        assert len(project.annotations()) > before
        project.undo()
        assert len(project.annotations()) == before
    assert "regular expression" in run.refused("annotate-all", case, "(", "--label", "claim", "--regex")
    assert "no label" in run.refused("annotate-all", case, "gas", "--label", "rumour")
    assert "no document 99" in run.refused("annotate-all", case, "gas", "--label", "claim", "--document", 99)
    assert "nothing to skip" in run.refused("annotate-all", case, "gas", "--label", "claim", "--skip", "some")
    assert "no source" in run.refused("annotate-all", case, "gas", "--label", "claim", "--source", "Nobody at all")
