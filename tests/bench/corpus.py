"""Texts for the measurements: made from a seed, so that every run measures the same."""

import random
from collections.abc import Iterator
from pathlib import Path

from annotator.services.imports import importing
from annotator.services.projects import projects
from annotator.store.project import Project

_WORDS = (
    "the of to and in a said that was for on is with by he it as at from his an were are which be this had they but "
    "ministry talks energy official port pipeline sanctions report minister government statement region agreement "
    "exports court bank rate deputy spokesman according sources crisis border supply market council treaty fleet "
    "inquiry harbour envoy election parliament ceasefire tariff reserve budget inflation region's co-operation"
).split()


def article(number: int, words: int = 450) -> str:
    """A text of about ``words`` words with a title and paragraphs; ``number`` is the seed."""
    chance = random.Random(number)
    lines = [f"Report {number}: {' '.join(chance.choices(_WORDS, k=7))}"]
    left = words
    while left > 0:
        count = min(left, chance.randint(40, 110))
        sentences = []
        while count > 0:
            length = min(count, chance.randint(9, 26))
            sentences.append(" ".join(chance.choices(_WORDS, k=length)).capitalize() + ".")
            count -= length
            left -= length
        lines.append(" ".join(sentences))
    return "\n".join(lines) + "\n"


def long_text(characters: int) -> str:
    """One text of at least ``characters`` characters in paragraphs."""
    parts: list[str] = []
    size = number = 0
    while size < characters:
        parts.append(article(number, 2000))
        size += len(parts[-1])
        number += 1
    return "".join(parts)[:characters]


def write_articles(folder: Path, count: int) -> list[Path]:
    """``count`` articles of 450 words as text files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        path = folder / f"{number:05}.txt"
        path.write_text(article(number), encoding="utf-8")
        paths.append(path)
    return paths


def spans(length: int, count: int) -> Iterator[tuple[int, int]]:
    """``count`` spans of 20 to 120 characters spread over a text of ``length``."""
    chance = random.Random(count)
    for number in range(count):
        start = min(number * length // count, length - 121)
        yield start, start + chance.randint(20, 120)


def project_of_articles(path: Path, count: int) -> Project:
    """A project with ``count`` articles, made by the ordinary import."""
    files = write_articles(path.parent / "articles", count)
    project = projects.create(path, annotator="bench")
    importing.import_files(project, files)
    return project
