"""Migration 1: the first schema. It is never edited again: later changes are new migrations."""

import sqlite3

SCHEMA = """
CREATE TABLE project (
    id INTEGER NOT NULL,
    uid VARCHAR(64) NOT NULL,
    title VARCHAR NOT NULL,
    guideline VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CHECK (id = 1),
    UNIQUE (uid)
);
CREATE TABLE annotator (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    name VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    CHECK (name <> ''),
    UNIQUE (uid),
    UNIQUE (name)
);
CREATE TABLE label_set (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    name VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    CHECK (name <> ''),
    UNIQUE (uid),
    UNIQUE (name)
);
CREATE TABLE label (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    label_set_id INTEGER NOT NULL,
    parent_id INTEGER,
    name VARCHAR NOT NULL,
    initials VARCHAR NOT NULL,
    color VARCHAR NOT NULL,
    "key" INTEGER,
    description VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    CHECK (name <> ''),
    CHECK (key BETWEEN 1 AND 9),
    CHECK (color GLOB '#[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]'),
    UNIQUE (label_set_id, name),
    UNIQUE (uid),
    FOREIGN KEY(label_set_id) REFERENCES label_set (id),
    FOREIGN KEY(parent_id) REFERENCES label (id)
);
CREATE TABLE feature (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    choices JSON NOT NULL,
    description VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    CHECK (name <> ''),
    CHECK (kind IN ('choice', 'flag', 'number', 'text', 'link')),
    CHECK (choices LIKE '[%]'),
    UNIQUE (uid),
    UNIQUE (name)
);
CREATE TABLE source (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    aliases JSON NOT NULL,
    note VARCHAR NOT NULL,
    parent_id INTEGER,
    CHECK (name <> ''),
    CHECK (kind IN ('outlet', 'person', 'office', 'organisation', 'document', 'collective', 'unnamed')),
    CHECK (aliases LIKE '[%]'),
    UNIQUE (uid),
    UNIQUE (name),
    FOREIGN KEY(parent_id) REFERENCES source (id)
);
CREATE TABLE assessment (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    source_id INTEGER NOT NULL,
    annotator_id INTEGER NOT NULL,
    made_on VARCHAR NOT NULL,
    reliability VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,
    rationale VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    CHECK (reliability IN ('A', 'B', 'C', 'D', 'E', 'F')),
    UNIQUE (uid),
    FOREIGN KEY(source_id) REFERENCES source (id),
    FOREIGN KEY(annotator_id) REFERENCES annotator (id)
);
CREATE INDEX ix_assessment_source_id ON assessment (source_id);
CREATE TABLE document (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    title VARCHAR NOT NULL,
    text_sha256 VARCHAR(64) NOT NULL,
    words INTEGER NOT NULL,
    source_id INTEGER,
    author VARCHAR NOT NULL,
    published_at VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    structure JSON NOT NULL,
    origin_path VARCHAR NOT NULL,
    origin_format VARCHAR NOT NULL,
    origin_sha256 VARCHAR NOT NULL,
    imported_at VARCHAR NOT NULL,
    trashed_at VARCHAR,
    CHECK (status IN ('new', 'in progress', 'done')),
    CHECK (structure LIKE '[%]'),
    CHECK (length(text_sha256) = 64),
    UNIQUE (uid),
    FOREIGN KEY(source_id) REFERENCES source (id)
);
CREATE INDEX ix_document_source_id ON document (source_id);
CREATE INDEX ix_document_text_sha256 ON document (text_sha256);
CREATE TABLE document_text (
    id INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE annotation (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    document_id INTEGER NOT NULL,
    annotator_id INTEGER NOT NULL,
    label_id INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    quote VARCHAR NOT NULL,
    prefix VARCHAR NOT NULL,
    suffix VARCHAR NOT NULL,
    fragments JSON NOT NULL,
    cue JSON NOT NULL,
    mention JSON NOT NULL,
    source_id INTEGER,
    reliability VARCHAR,
    reliability_reason VARCHAR NOT NULL,
    credibility INTEGER,
    probability INTEGER,
    confidence VARCHAR,
    note VARCHAR NOT NULL,
    features JSON NOT NULL,
    created_by VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    CHECK ("start" >= 0 AND "end" > "start"),
    CHECK (length(quote) = "end" - "start"),
    CHECK (fragments LIKE '[%]'),
    CHECK (cue LIKE '[%]'),
    CHECK (mention LIKE '[%]'),
    CHECK (features LIKE '{%}'),
    CHECK (reliability IN ('A', 'B', 'C', 'D', 'E', 'F')),
    CHECK (credibility BETWEEN 1 AND 6),
    CHECK (probability BETWEEN 0 AND 100),
    CHECK (confidence IN ('low', 'moderate', 'high')),
    UNIQUE (uid),
    FOREIGN KEY(document_id) REFERENCES document (id),
    FOREIGN KEY(annotator_id) REFERENCES annotator (id),
    FOREIGN KEY(label_id) REFERENCES label (id),
    FOREIGN KEY(source_id) REFERENCES source (id)
);
CREATE INDEX ix_annotation_document_id ON annotation (document_id);
CREATE INDEX ix_annotation_label_id ON annotation (label_id);
CREATE INDEX ix_annotation_source_id ON annotation (source_id);
CREATE TABLE relation (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    kind VARCHAR NOT NULL,
    from_id INTEGER NOT NULL,
    to_id INTEGER NOT NULL,
    annotator_id INTEGER NOT NULL,
    note VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    CHECK (kind <> ''),
    CHECK (from_id <> to_id),
    UNIQUE (kind, from_id, to_id),
    UNIQUE (uid),
    FOREIGN KEY(from_id) REFERENCES annotation (id),
    FOREIGN KEY(to_id) REFERENCES annotation (id),
    FOREIGN KEY(annotator_id) REFERENCES annotator (id)
);
CREATE INDEX ix_relation_from_id ON relation (from_id);
CREATE INDEX ix_relation_to_id ON relation (to_id);
CREATE TABLE change (
    number INTEGER NOT NULL,
    at VARCHAR NOT NULL,
    annotator VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    target INTEGER,
    step VARCHAR NOT NULL,
    edits TEXT NOT NULL,
    previous_hash VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    PRIMARY KEY (number),
    CHECK (kind IN ('do', 'undo', 'redo')),
    CHECK ((kind = 'do') = (target IS NULL)),
    CHECK (edits LIKE '[%]')
);
CREATE VIRTUAL TABLE search_words USING fts5(title, body, content='', tokenize="unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE search_trigrams USING fts5(title, body, content='', tokenize='trigram');
"""
"""The tables of ``domain.tables`` and the two full-text indexes.

The indexes keep no copy of the text, and the second holds only documents in scripts without spaces.
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Make the tables and indexes in an empty file, inside the caller's transaction."""
    for statement in SCHEMA.strip().split(";\n"):
        connection.execute(statement)
