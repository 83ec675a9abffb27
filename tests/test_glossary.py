"""What a user reads uses the words of GLOSSARY.md: no word of its last column, but where that has another meaning."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.test_docs import writer

from annotator.app.shell.docked_views import VIEWS
from annotator.app.shell.features import ACTIONS
from annotator.settings import SETTINGS

GLOSSARY = Path(__file__).resolve().parent.parent / "GLOSSARY.md"

WITH_ANOTHER_MEANING = {
    # Terms of the glossary themselves, for something else.
    *(
        "confidence",
        "export",
        "history",
        "key",
        "log",
        "merge",
        "origin",
        "part",
        "probability",
        "quote",
        "reliability",
    ),
    *("report", "result", "score", "selection", "source", "span", "view", "edge", "field", "index", "join", "track"),
    # A file, its path or id, the window of the program, an exit code; the topic of a claim; what refers to a source.
    *("archive", "code", "command", "copy", "default", "file", "id", "path", "reference", "sample", "topic", "window"),
    # Plain verbs and adjectives: "it states a claim", "what was removed there", "a history of complete reliability".
    *("complete", "mark", "match", "removed", "state"),
}


def refused_words() -> Iterator[str]:
    """The words of the last column of each table."""
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[2] not in ("Not", "---"):
            words = re.split(r"[,;]", re.sub(r"\(.*?\)", "", cells[2]))
            yield from (word.strip() for word in words if re.fullmatch(r"[a-z -]+", word.strip()))


def texts() -> Iterator[str]:
    """Titles and explanations of actions, views, settings and commands."""
    for action in ACTIONS:
        yield from (action.title, action.help)
    for view in VIEWS:
        yield from (view.title, view.help)
    yield from (setting.label for setting in SETTINGS)
    program = writer().commands()
    for command in (program.main, *program.commands):
        yield command.help
        yield from (one.help for one in command.arguments + command.options)


def test_what_a_user_reads_has_the_words_of_the_glossary() -> None:
    refused = set(refused_words()) - WITH_ANOTHER_MEANING
    assert len(refused) > 100
    found = {(word, text) for text in texts() for word in refused if re.search(rf"\b{word}s?\b", text, re.IGNORECASE)}
    assert found == set()


def test_each_word_is_explained_once() -> None:
    words = re.findall(r"^\| ([^|]+) \|", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    terms = [word for word in words if word not in ("Word", "---")]
    assert len(terms) == len(set(terms)) > 100
