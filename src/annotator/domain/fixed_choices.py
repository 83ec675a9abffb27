"""The fixed words of a project: what a status, a kind of source, of feature and of relation may be.

They stand apart from the tables that check them, so that the window knows them before it imports SQLModel.
"""

DOCUMENT_STATUSES = ("new", "in progress", "done")
DIRECTIONS = ("", "ltr", "rtl")
"""How the lines of a document run; empty where its text tells."""
SOURCE_KINDS = ("outlet", "person", "office", "organisation", "document", "collective", "unnamed")
FEATURE_KINDS = ("choice", "flag", "number", "text", "link")
RELATION_KINDS = ("supports", "contradicts", "repeats", "retracts")
"""What one annotation may be to another; a project may use further words."""
STANCES = ("states", "denies")
"""How a statement stands to its claim."""
VERDICTS = ("open", "confirmed", "partly", "refuted", "unverifiable")
"""What became of a claim."""
CHAIN_ROLES = ("origin", "relay")
"""Where in an attribution chain a source stands: where it begins, or where it only passes through."""
ANSWERS = ("accepted", "corrected", "rejected")
"""What an annotator makes of a suggestion."""
CONSISTENCIES = ("very inconsistent", "inconsistent", "neutral", "consistent", "very consistent")
"""How a piece of evidence agrees with a hypothesis."""
