"""The names that our export of a REFI-QDA project writes and that the import recognises."""

import re

ID = "refiqda"
"""The id of the format."""
NOTE_NAME = "Annotator"
"""The name of our memos, by which an import recognises them."""

VARIABLES = {"source": "Source", "author": "Author", "published_at": "Published", "language": "Language"} | {
    "address": "Address",
    "status": "Status",
}
OF_VARIABLE = {words: name for name, words in VARIABLES.items()}
_FILE_NAME = re.compile(r".*\.(txt|docx?|rtf|pdf|odt|md|html?)", re.IGNORECASE | re.DOTALL)


def title_of(name: str, default: str) -> str:
    """Return the name of a source as a title; empty where it is only the name of a file."""
    return default if _FILE_NAME.fullmatch(name) else name
