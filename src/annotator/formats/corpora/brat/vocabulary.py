"""The names that our export of brat standoff writes and that the import recognises."""

ID = "brat"
"""The id of the format."""

ATTRIBUTION, CONTENT, CUE, SOURCE = "Attribution", "Content", "Cue", "Source"
FIELDS = "AnnotatorFields"
"""The type of the notes that hold further fields as JSON."""

GRADES = {
    "Reliability": ("reliability", tuple("ABCDEF")),
    "Credibility": ("credibility", tuple("123456")),
    "Confidence": ("confidence", ("low", "moderate", "high")),
}
"""Attributes that hold grades: the field of each, and its values."""

WRITTEN_BY = "# Written by Annotator."
