"""The lowest layer: the terms of the application as types. No Qt, no SQL, no spaCy, no input or output."""
