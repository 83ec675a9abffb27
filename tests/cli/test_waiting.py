"""``--wait``: a command waits for a project in use elsewhere; and what ``check`` says of a log beside a copy."""

import shutil
import threading
from pathlib import Path

import pytest

import annotator
from annotator.main import main


@pytest.fixture
def case(tmp_path: Path) -> Path:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        made.add_document("One", "The ministry said that 12 people died.")
    (tmp_path / "more.txt").write_text("More\n\nIt rained on Monday.", encoding="utf-8")
    return tmp_path / "case.anno"


def test_a_command_waits_for_a_project_in_use(case: Path) -> None:
    holder = annotator.open(case)
    arguments = ["import", str(case), str(case.with_name("more.txt"))]
    assert main(arguments) == 4
    assert main(["--wait", "0.05", *arguments]) == 4
    closing = threading.Timer(0.2, holder.close)
    closing.start()
    assert main(["--wait", "60", *arguments]) == 0
    closing.join()


def test_a_wait_that_is_no_time_is_wrong_usage(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--wait", "-1", "check", str(case)]) == 2
    assert "--wait" in capsys.readouterr().err


def test_check_reports_what_a_copy_of_the_file_alone_would_lack(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied = tmp_path / "copied"
    copied.mkdir()
    with annotator.open(case) as project:
        project._stored._checkpointer.stop()
        project.annotate(1, 0, 3, "claim")
        for name in ("case.anno", "case.anno-wal"):
            shutil.copy(tmp_path / name, copied)
    assert main(["check", str(copied / "case.anno")]) == 0
    assert "a write-ahead log with" in capsys.readouterr().err
    assert main(["check", str(case)]) == 0
    assert "write-ahead" not in capsys.readouterr().err
