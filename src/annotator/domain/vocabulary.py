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
