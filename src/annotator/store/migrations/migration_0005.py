"""Migration 5: suggestions, their runs, and the answers to them. It is never edited again."""

import sqlite3

_TABLES = """
CREATE TABLE suggestion (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL,
    label_id INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    fragments JSON NOT NULL,
    cue JSON NOT NULL,
    mention JSON NOT NULL,
    source VARCHAR NOT NULL,
    features JSON NOT NULL,
    score FLOAT NOT NULL,
    engine VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    CHECK ("start" >= 0 AND "end" > "start"),
    CHECK (fragments LIKE '[%]'),
    CHECK (cue LIKE '[%]'),
    CHECK (mention LIKE '[%]'),
    CHECK (features LIKE '{%}'),
    CHECK (score BETWEEN 0 AND 1),
    FOREIGN KEY(document_id) REFERENCES document (id),
    FOREIGN KEY(label_id) REFERENCES label (id) ON DELETE CASCADE
);
CREATE INDEX ix_suggestion_document_id ON suggestion (document_id);
CREATE INDEX ix_suggestion_label_id ON suggestion (label_id);
CREATE INDEX ix_suggestion_score ON suggestion (score);
CREATE TABLE suggestion_run (
    document_id INTEGER NOT NULL PRIMARY KEY,
    made_with VARCHAR NOT NULL,
    made_at VARCHAR NOT NULL,
    FOREIGN KEY(document_id) REFERENCES document (id)
);
CREATE TABLE answer (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    document_id INTEGER NOT NULL,
    annotation_id INTEGER,
    verdict VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    fragments JSON NOT NULL,
    cue JSON NOT NULL,
    mention JSON NOT NULL,
    source VARCHAR NOT NULL,
    score FLOAT NOT NULL,
    engine VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    annotator_id INTEGER NOT NULL,
    created_at VARCHAR NOT NULL,
    CHECK (verdict IN ('accepted', 'corrected', 'rejected')),
    CHECK ((verdict = 'rejected') = (annotation_id IS NULL)),
    CHECK ("start" >= 0 AND "end" > "start"),
    CHECK (fragments LIKE '[%]'),
    CHECK (cue LIKE '[%]'),
    CHECK (mention LIKE '[%]'),
    CHECK (score BETWEEN 0 AND 1),
    UNIQUE (uid),
    UNIQUE (annotation_id),
    FOREIGN KEY(document_id) REFERENCES document (id),
    FOREIGN KEY(annotation_id) REFERENCES annotation (id),
    FOREIGN KEY(annotator_id) REFERENCES annotator (id)
);
CREATE INDEX ix_answer_place ON answer (document_id, start);
DROP INDEX ix_annotation_document_id;
CREATE INDEX ix_annotation_place ON annotation (document_id, start);
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Add the tables, and index annotations by place, inside the caller's transaction."""
    for statement in filter(None, map(str.strip, _TABLES.split(";"))):
        connection.execute(statement)
