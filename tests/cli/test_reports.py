"""The command that writes a report."""

from pathlib import Path

from tests.app.printing.pdf_text import pages_of
from tests.cli.conftest import Run
from tests.services.claims.judged import stated

import annotator
from annotator.cli.output import Exit


def test_a_page_and_a_pdf_say_the_same(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        one = stated(project, "the bridge is open", by="Ann", outlet="Courier", credibility=2)
        project.assess("Ann", "B", made_on="2026-01-10")
        project.add_claim("The bridge is open.", [one])
    html, pdf = tmp_path / "report.html", tmp_path / "report.pdf"
    done = run("report", path, html, "--claim", 1, "--as-of", "2026-02-01", "--json")
    assert (done.code, done.json["as_of"], done.json["statements"]) == (Exit.DONE, "2026-02-01", 1)
    assert "usually reliable" in html.read_text(encoding="utf-8")
    done = run("report", path, pdf, "--source", "Ann", "--as-of", "2026-02-01", "--paper", "a5")
    assert done.code == Exit.DONE, done.err
    said = " ".join(" ".join(pages_of(pdf.read_bytes())).split())
    assert "Report on Ann" in said and "usually reliable" in said and "annotator check" in said
    assert "ends in .html or .pdf" in run.refused("report", path, tmp_path / "report.doc")
    assert "no source" in run.refused("report", path, html, "--source", "Nobody")
    assert "not a date" in run.refused("report", path, html, "--as-of", "soon")
