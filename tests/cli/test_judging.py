"""The commands about claims and sources."""

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.services.claims.judged import stated

import annotator
from annotator.cli.output import Exit


def test_from_a_claim_to_a_track_record(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        more = "Reporting by Northern Wire"
        ids = [stated(project, f"the port is shut {who}", outlet=who, more=more).id for who in ("A1", "B2")]
        other = stated(project, "the port is open", by="Harbour master", outlet="C3")
        project.add_source("Harbor master")
    given = ("--states", ids[0], "--states", ids[1], "--denies", other.id)
    code, out, err = run("claim", path, "The port is shut.", *given)
    assert (code, out.strip()) == (Exit.DONE, "1"), err
    code, out, _ = run("circular", path, "--json")
    (found,) = json.loads(out)
    assert (found["claim"], found["independent_origins"]) == (1, 1)
    assert found["hands"][0]["reasons"] == ["the same credit line, Northern Wire"]
    code, _, err = run("resolve", path, 1, "refuted")
    assert (code, "needs evidence" in err) == (Exit.REFUSED, True)
    code, _, err = run("resolve", path, 1, "refuted", "--evidence", "ships left at noon", "--on", "2026-03-01")
    assert code == Exit.DONE, err
    code, out, _ = run("claims", path, "--json")
    (claim,) = json.loads(out)
    assert (claim["verdict"], claim["independent_origins"], claim["circular"]) == ("refuted", 1, True)
    assert [one["stance"] for one in claim["statements"]] == ["states", "states", "denies"]
    code, out, _ = run("sources", path, "--json", "--as-of", "2026-03-01")
    records = {one["name"]: one["track_record"] for one in json.loads(out)}
    assert (records["Harbour master"]["a"], records["A1"]["b"], records["C3"]["total"]) == (2.0, 2.0, 0)
    assert records["A1"]["suggested"] == "F"
    code, out, _ = run("sources", path)
    assert "Too few for a judgement: 1 of 1 resolved." in out
    code, _, err = run("merge-sources", path, "Harbor master", "--into", "Harbour master", "--dry-run")
    assert (code, "as aliases" in err) == (Exit.DONE, True)
    assert run("merge-sources", path, "Harbor master", "--into", "Harbour master")[0] == Exit.DONE
    code, _, err = run("merge-sources", path, "Nobody", "--into", "Harbour master")
    assert (code, "no source 'Nobody'" in err) == (Exit.REFUSED, True)
    with annotator.open(path) as project:
        assert [pair.reason for pair in project.alike_sources()] == []
