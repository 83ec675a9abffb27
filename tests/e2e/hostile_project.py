"""A project whose every text field of every table holds markup that names a file."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column

import annotator
from annotator.domain import tables
from annotator.services.annotations import bookmarks
from annotator.services.claims import hypotheses

NAME = "R&D [*]"
"""Part of every text: a single ``&`` would mark a letter, and ``[*]`` a changed document."""

SHAPES = (
    '<img src="{file}"> {name}',
    '<table background="{file}"><tr><td>{name}</table>',
    "<body background='{file}'>{name}",
    '<style>@import url("{file}");</style> {name}',
    '<a href="{file}"><img src="{file}"></a> {name}',
    '&lt; <img src="{file}"> {name}',
)

STRUCTURE = {
    # What is made by the program and no other program's words: names of rows, times, hashes, spans, seals.
    *("uid", "at", "created_at", "updated_at", "imported_at", "trashed_at", "made_at", "made_on", "resolved_on"),
    *("text_sha256", "origin_sha256", "hash", "previous_hash", "step", "edits"),
    *("structure", "fragments", "cue", "mention"),
    # A step of the log has the words of its time; the steps below were made with such words.
    *("change.annotator", "change.title"),
    # Quotes and what is around them stand in the text, and the text is such.
    *("annotation.quote", "annotation.prefix", "annotation.suffix", "document_text.text"),
    # Fixed by the program without a constraint: what made a row.
    *("annotation.created_by", "suggestion_run.made_with", "label.color"),
}
"""Columns that hold no words from outside, by their name or as ``table.column``."""


def hostile_words(file: str, table: str, column: str, number: int) -> str:
    """Markup that names ``file``, and says at its end which field it stands in."""
    shape = SHAPES[(len(table) + len(column) + number) % len(SHAPES)]
    return shape.format(file=file, name=f"{NAME} {table}.{column} {number}")


def is_filled(table: str, column: Column[Any]) -> bool:
    """Whether a column holds words from outside."""
    constraints = (str(each.sqltext) for each in column.table.constraints if isinstance(each, CheckConstraint))
    is_fixed = any(text.startswith(f"{column.name} IN (") for text in constraints)
    is_text = isinstance(column.type, JSON) or column.type.python_type is str
    return is_text and not is_fixed and not {column.name, f"{table}.{column.name}"} & STRUCTURE


def make_hostile_project(path: Path, file: str) -> None:
    """Make a project with rows in every table, whose words are markup that names ``file``."""

    def words(name: str) -> str:
        return hostile_words(file, "step", name, 0)

    text = f'<img src="{file}"> {NAME}, said the minister on Monday. "It may rain," she said.\n\n' * 3
    # A suggestion is needed below, whatever the words of the path are taken for.
    text += "The mayor said on Monday that the bridge is closed."
    with annotator.create(path, annotator=words("annotator")) as project:
        project.update_label("claim", name=words("label"), description=words("description"))
        document = project.add_document(words("title"), text, source=words("outlet"))
        other = project.add_document(words("other"), text.replace("rain", "snow"), source=words("outlet"))
        length = text.index("<img", 1)
        first = project.annotate(
            document, 0, 40, words("label"), source=words("source"), note=words("note"), credibility=2
        )
        second = project.annotate(document, length, length + 60, "speculation", source=words("source"))
        third = project.annotate(other, 0, 40, words("label"), source=words("third"))
        project.relate(first, "supports", second, words("relation"))
        project.add_source(words("owner"), "organisation", aliases=[words("alias")], note=words("note"))
        project.assess(words("source"), "B", rationale=words("rationale"), topic=words("topic"))
        project.link(first, words("relay"), note=words("link"))
        claim = project.add_claim(words("claim"), [first, third], topic=words("topic"), note=words("note"))
        project.resolve(claim, "partly", evidence=words("evidence"), address=file)
        project.suggest()
        found = project.suggestions()
        project.reject(found[0])
        stored = project._stored
        question_id, change = hypotheses.ask(stored, words("question"), words("note"))
        stored.apply(change)
        hypothesis_id, change = hypotheses.propose(stored, question_id, words("hypothesis"), words("note"))
        stored.apply(change)
        stored.apply(hypotheses.weigh(stored, question_id, [first.id, second.id]))
        evidence = hypotheses.matrix(stored, question_id).rows[0].evidence
        stored.apply(hypotheses.rate(stored, hypothesis_id, evidence.id, "inconsistent", words("cell")))
        stored.apply(bookmarks.add(stored, project.document(document.id), 3, words("bookmark")))
    _fill(path, file)


def _fill(path: Path, file: str) -> None:
    """Put such words into every field: also where no step would let them in, as the file of somebody else can."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in tables.ProjectInfo.metadata.sorted_tables:
            ids = [id for (id,) in connection.execute(f'SELECT rowid FROM "{table.name}"')]
            assert ids, f"Nothing is in the table {table.name}: make_hostile_project has to fill it."
            for column in table.columns:
                for id in ids if is_filled(table.name, column) else ():
                    words = hostile_words(file, table.name, column.name, id)
                    if isinstance(column.type, JSON):
                        words = json.dumps({words: words} if "{" in _default(column) else [words])
                    connection.execute(f'UPDATE "{table.name}" SET "{column.name}" = ? WHERE rowid = ?', (words, id))
        names = [name for (name,) in connection.execute("SELECT name FROM feature")]
        values = json.dumps({name: hostile_words(file, "annotation", "features", 0) for name in names})
        connection.execute("UPDATE annotation SET features = ?", (values,))
        # The guideline alone is Markdown.
        connection.execute("UPDATE project SET guideline = guideline || ?", (f"\n\n![picture]({file})",))


def _default(column: Column[Any]) -> str:
    """The empty value of a JSON column."""
    constraints = (str(each.sqltext) for each in column.table.constraints if isinstance(each, CheckConstraint))
    return next(text for text in constraints if text.startswith(f"{column.name} LIKE "))
