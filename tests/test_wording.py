"""The check of wording finds refused words and long commit titles, and finds none in the project."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wording() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_wording", ROOT / "packaging" / "check_wording.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_words_are_found_in_sentences_and_names_and_not_within_words(wording: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "w.toml").write_text(
        "[[rule]]\nword = 'kin|pass(?:es|ed)? by'\ninstead = 'related'\nallowed = ['next of kin']\n", encoding="utf-8"
    )
    known = wording.rules(tmp_path / "w.toml")
    text = "A kind skin.\nIts Kin, and _kin_of.\nThe next of kin.\nRows are passed by; bypassed bytes."
    assert list(wording.findings_in(text, known)) == [
        (2, "“Kin”: write related"),
        (2, "“kin”: write related"),
        (4, "“passed by”: write related"),
    ]


def test_long_titles_since_the_last_tag_are_found(wording: ModuleType, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    assert wording.long_titles(tmp_path) == []
    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "x" * 73)
    assert wording.long_titles(tmp_path) == [], "neither a tag nor the check is in the history"
    git("tag", "v1")
    git("commit", "-q", "--allow-empty", "-m", "y" * 72)
    git("commit", "-q", "--allow-empty", "-m", "z" * 73)
    assert wording.long_titles(tmp_path) == ["z" * 73]


def test_the_project_is_written_in_the_words_agreed_on(wording: ModuleType) -> None:
    known, files = wording.rules(), wording.searched_files()
    assert len(files) > 400
    found = {path.name: list(wording.findings_in(path.read_text(encoding="utf-8"), known)) for path in files}
    assert {name: findings for name, findings in found.items() if findings} == {}
