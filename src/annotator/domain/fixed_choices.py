"""The fixed choices of a project: statuses, kinds of sources, of features of relations, and others.

They are separate from the tables that check them, so that the window can use them before it imports SQLModel.
"""

DOCUMENT_STATUSES = ("new", "in progress", "done")
DIRECTIONS = ("", "ltr", "rtl")
"""The direction of the lines of a document; empty where its text determines it."""
SOURCE_KINDS = ("outlet", "person", "office", "organisation", "document", "collective", "unnamed")
FEATURE_KINDS = ("choice", "flag", "number", "text", "link")
RELATION_KINDS = ("supports", "contradicts", "repeats", "retracts")
"""Kinds of relations between annotations; a project may use others."""
STANCES = ("states", "denies")
"""How a statement relates to its claim."""
VERDICTS = ("open", "confirmed", "partly", "refuted", "unverifiable")
"""The verdicts on a claim."""
CHAIN_ROLES = ("origin", "relay")
"""The roles of a source in an attribution chain."""
ANSWERS = ("accepted", "corrected", "rejected")
"""How an annotator answered a suggestion."""
CONSISTENCIES = ("very inconsistent", "inconsistent", "neutral", "consistent", "very consistent")
"""How a piece of evidence agrees with a hypothesis."""
