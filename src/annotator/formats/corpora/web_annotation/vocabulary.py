"""The terms of Web Annotation and our own terms that are both written and read."""

ID = "webannotation"
"""The id of the format."""
OURS = "annotator:"

DOCUMENT = f"{OURS}document"
UUID_PREFIX, UID_PREFIX = "urn:uuid:", "urn:annotator:uid:"
TERMS = {
    "title": "dcterms:title",
    "author": "dcterms:creator",
    "source": "dcterms:publisher",
    "published_at": "dcterms:issued",
    "language": "language",
    "direction": "textDirection",
}
FIELDS = {term: name for name, term in TERMS.items()}
