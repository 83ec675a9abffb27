"""Migration 4: claims and their resolutions, attribution chains, competing hypotheses. It is never edited again."""

import sqlite3

_COLUMNS = (
    "ALTER TABLE source ADD COLUMN owner_id INTEGER REFERENCES source (id)",
    "ALTER TABLE source ADD COLUMN topics JSON NOT NULL DEFAULT '[]' CHECK (topics LIKE '[%]')",
    "ALTER TABLE document ADD COLUMN reliability VARCHAR CHECK (reliability IN ('A', 'B', 'C', 'D', 'E', 'F'))",
    "ALTER TABLE document ADD COLUMN reliability_reason VARCHAR NOT NULL DEFAULT ''",
    "ALTER TABLE annotation ADD COLUMN credibility_reason VARCHAR NOT NULL DEFAULT ''",
)
_TABLES = """
CREATE TABLE chain_link (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    annotation_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    role VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    checked BOOLEAN NOT NULL,
    note VARCHAR NOT NULL,
    annotator_id INTEGER NOT NULL,
    created_at VARCHAR NOT NULL,
    CHECK (role IN ('origin', 'relay')),
    CHECK (checked IN (0, 1)),
    UNIQUE (annotation_id, source_id),
    UNIQUE (uid),
    FOREIGN KEY(annotation_id) REFERENCES annotation (id),
    FOREIGN KEY(source_id) REFERENCES source (id),
    FOREIGN KEY(annotator_id) REFERENCES annotator (id)
);
CREATE INDEX ix_chain_link_source_id ON chain_link (source_id);
CREATE TABLE claim (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    text VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    annotator_id INTEGER NOT NULL,
    created_at VARCHAR NOT NULL,
    CHECK (text <> ''),
    UNIQUE (uid),
    FOREIGN KEY(annotator_id) REFERENCES annotator (id)
);
CREATE TABLE statement (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    claim_id INTEGER NOT NULL,
    annotation_id INTEGER NOT NULL,
    stance VARCHAR NOT NULL,
    annotator_id INTEGER NOT NULL,
    created_at VARCHAR NOT NULL,
    CHECK (stance IN ('states', 'denies')),
    UNIQUE (uid),
    UNIQUE (annotation_id),
    FOREIGN KEY(claim_id) REFERENCES claim (id),
    FOREIGN KEY(annotation_id) REFERENCES annotation (id),
    FOREIGN KEY(annotator_id) REFERENCES annotator (id)
);
CREATE INDEX ix_statement_claim_id ON statement (claim_id);
CREATE TABLE resolution (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    claim_id INTEGER NOT NULL,
    annotator_id INTEGER NOT NULL,
    resolved_on VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    CHECK (verdict IN ('open', 'confirmed', 'partly', 'refuted', 'unverifiable')),
    UNIQUE (uid),
    FOREIGN KEY(claim_id) REFERENCES claim (id),
    FOREIGN KEY(annotator_id) REFERENCES annotator (id)
);
CREATE INDEX ix_resolution_claim_id ON resolution (claim_id);
CREATE TABLE question (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    text VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    annotator_id INTEGER NOT NULL,
    created_at VARCHAR NOT NULL,
    CHECK (text <> ''),
    UNIQUE (uid),
    FOREIGN KEY(annotator_id) REFERENCES annotator (id)
);
CREATE TABLE hypothesis (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    question_id INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    CHECK (text <> ''),
    UNIQUE (uid),
    FOREIGN KEY(question_id) REFERENCES question (id)
);
CREATE INDEX ix_hypothesis_question_id ON hypothesis (question_id);
CREATE TABLE evidence (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    question_id INTEGER NOT NULL,
    annotation_id INTEGER NOT NULL,
    note VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    UNIQUE (question_id, annotation_id),
    UNIQUE (uid),
    FOREIGN KEY(question_id) REFERENCES question (id),
    FOREIGN KEY(annotation_id) REFERENCES annotation (id)
);
CREATE INDEX ix_evidence_annotation_id ON evidence (annotation_id);
CREATE TABLE rating (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    hypothesis_id INTEGER NOT NULL,
    evidence_id INTEGER NOT NULL,
    consistency VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    annotator_id INTEGER NOT NULL,
    created_at VARCHAR NOT NULL,
    CHECK (consistency IN ('very inconsistent', 'inconsistent', 'neutral', 'consistent', 'very consistent')),
    UNIQUE (hypothesis_id, evidence_id),
    UNIQUE (uid),
    FOREIGN KEY(hypothesis_id) REFERENCES hypothesis (id),
    FOREIGN KEY(evidence_id) REFERENCES evidence (id),
    FOREIGN KEY(annotator_id) REFERENCES annotator (id)
);
CREATE INDEX ix_rating_evidence_id ON rating (evidence_id);
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Add the columns and tables, inside the caller's transaction."""
    for statement in (*_COLUMNS, *filter(None, map(str.strip, _TABLES.split(";")))):
        connection.execute(statement)
