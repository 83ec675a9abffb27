"""Refuse words that readers do not understand at first sight, and commit titles that are too long.

``make check`` runs it; by hand: ``python packaging/check_wording.py``. The words are in ``wording.toml``, each with
what to write instead. Names, docstrings, comments and messages in ``src`` are searched, and the documents, but not the
change log, which quotes old wording. Commit titles are checked from the last tag on, or else from the commit that added
this file. Print a line for each finding, and end with exit code 1 where there is one.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WORDS = Path(__file__).with_name("wording.toml")
SEARCHED = ("src/annotator/**/*.py", "docs/**/*.md", "*.md", "packaging/*.md", "resources/**/*.md")
NOT_SEARCHED = {"CHANGELOG.md"}
MAX_TITLE = 72
"""Characters of the title of a commit."""


class Rule(NamedTuple):
    """A word, as a regular expression that ignores case, and what to write instead of it.

    ``allowed``: phrases in which it is the usual term, each as a regular expression.
    """

    word: re.Pattern[str]
    instead: str
    allowed: tuple[re.Pattern[str], ...] = ()


def rules(path: Path = WORDS) -> list[Rule]:
    """Return the rules of a file. Raise KeyError where one lacks its word or its replacement."""
    held = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Rule(
            # An underscore separates the words of a name.
            re.compile(rf"(?<![^\W_])(?:{each['word']})(?![^\W_])", re.IGNORECASE),
            each["instead"],
            tuple(re.compile(phrase, re.IGNORECASE) for phrase in each.get("allowed", ())),
        )
        for each in held["rule"]
    ]


def findings_in(text: str, known: list[Rule]) -> Iterator[tuple[int, str]]:
    """Yield the line, counted from 1, and one sentence for each refused word of ``text``."""
    for number, line in enumerate(text.splitlines(), 1):
        for rule in known:
            rest = line
            for phrase in rule.allowed:
                rest = phrase.sub("", rest)
            for found in rule.word.finditer(rest):
                yield number, f"“{found.group()}”: write {rule.instead}"


def searched_files(root: Path = ROOT) -> list[Path]:
    """Return the files whose words are checked, sorted."""
    found = {path for pattern in SEARCHED for path in root.glob(pattern)}
    return sorted(path for path in found if path.relative_to(root).as_posix() not in NOT_SEARCHED)


def long_titles(root: Path = ROOT) -> list[str]:
    """Return the titles with more than ``MAX_TITLE`` characters; none where this is no clone with its history."""
    first = _git(root, "describe", "--tags", "--abbrev=0") or _git(
        root, "log", "--diff-filter=A", "--format=%H", "--", f"packaging/{Path(__file__).name}"
    )
    if not first:
        return []
    titles = _git(root, "log", "--no-merges", "--format=%s", f"{first.splitlines()[-1]}..HEAD")
    return [title for title in titles.splitlines() if len(title) > MAX_TITLE]


def _git(root: Path, *arguments: str) -> str:
    """Return what git prints, or nothing where git or the history is missing."""
    try:
        run = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return run.stdout.strip()


def main() -> int:
    """Print all findings; return the exit code."""
    known = rules()
    lines = [
        f"{path.relative_to(ROOT)}:{number}: {sentence}"
        for path in searched_files()
        for number, sentence in findings_in(path.read_text(encoding="utf-8"), known)
    ]
    lines += [f"commit title of {len(title)} characters, at most {MAX_TITLE}: {title}" for title in long_titles()]
    for line in lines:
        print(line)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
