"""Commands that draw or print what the window shows."""

from pathlib import Path

import pytest
from tests.app.printing.pdf_text import pages_of
from tests.cli.conftest import Run

from annotator import main as program


def test_demo(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Path] = []
    monkeypatch.setattr(program, "draw", lambda project, out, **options: drawn.append(out))
    outcome = run("demo", tmp_path / "sample")
    assert outcome.code == 0, outcome.err
    assert [path.name for path in drawn] == ["sample-light.png", "sample-dark.png"]
    assert run("check", tmp_path / "sample" / "sample.anno").code == 0
    assert len(run("sources", tmp_path / "sample" / "sample.anno", "--json").json) > 3
    assert "stays as it is" in run("demo", tmp_path / "sample").err
    (tmp_path / "file").touch()
    run.refused("demo", tmp_path / "file")


def test_print(run: Run, case: Path, tmp_path: Path) -> None:
    out = tmp_path / "deal.pdf"
    outcome = run("print", case, 1, "-o", out, "--paper", "letter")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == f"Wrote {out}: 1 page, 1 annotation.\n"
    (page,) = pages_of(out.read_bytes())
    page = " ".join(page.split())
    assert page.startswith("Gas deal Xinhua The minister said")
    assert "C1 claim Ministry · B2 · B usually reliable, as its source · 2 probably true “The minister”" in page
    assert b"/MediaBox [0 0 612" in out.read_bytes()
    left = run("print", case, 1, "-o", out, "--label", "speculation", "--json").json
    assert left == {
        "path": str(out),
        "pages": 1,
        "annotations": 0,
        "left_out": "Left out: 1 annotation labelled claim.",
    }


def test_print_is_refused_in_one_sentence(run: Run, case: Path, tmp_path: Path) -> None:
    out = tmp_path / "deal.pdf"
    out.write_bytes(b"What was there.")
    assert "no document 7" in run.refused("print", case, 7, "-o", out)
    assert "not a known paper size" in run.refused("print", case, 1, "-o", out, "--paper", "napkin")
    assert "no label" in run.refused("print", case, 1, "-o", out, "--label", "lie")
    assert "no folder" in run.refused("print", case, 1, "-o", tmp_path / "none" / "deal.pdf")
    assert "project file" in run.refused("print", case, 1, "-o", case)
    assert run("print", case, 1).code == 2
    assert out.read_bytes() == b"What was there." and sorted(tmp_path.iterdir()) == [case, out]
